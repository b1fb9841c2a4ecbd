# SPDX-License-Identifier: Apache-2.0
"""Checkpoints, signature lines and a policy as published with C2SP and by one implementation.

Sources: C2SP tlog-cosignature and tlog-witness (examples); FiloSottile/torchwood,
cmd/litewitness/testdata/litewitness.txt (a log's two signed checkpoints and their consistency).
"""

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from comity.basis.errors import ProofError
from comity.keys.notes import SignatureType, verifier_key
from comity.tlog.checkpoints import (
    SignedCheckpoint,
    format_checkpoint,
    parse_checkpoint,
    require_signature,
    with_cosignatures,
)
from comity.tlog.cosignatures import format_signature_lines, parse_signature_lines
from comity.tlog.proofs import ConsistencyProof, verify_consistency

FOLDER = Path(__file__).parent / "tlog"
COSIGNED = (FOLDER / "specified.checkpoint").read_text(encoding="utf-8")
ANSWER = (FOLDER / "specified.cosignatures").read_text(encoding="utf-8")

LOG_NAME = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
LOG_KEY = verifier_key(
    LOG_NAME,
    SignatureType.ED25519,
    bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f"),
)
SIGNATURES = {
    1: "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKo"
    "FBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=",
    3: "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39"
    "d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=",
}
ROOTS = {
    1: "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    3: "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=",
}
CONSISTENCY = (
    "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
)


def log_checkpoint(size: int) -> SignedCheckpoint:
    note = f"{LOG_NAME}\n{size}\n{ROOTS[size]}\n\n— {LOG_NAME} {SIGNATURES[size]}\n"
    return parse_checkpoint(note.encode())


def test_the_cosigned_checkpoint_of_the_specification_comes_back_as_written() -> None:
    signed = parse_checkpoint(COSIGNED.encode())
    assert format_checkpoint(signed).decode() == COSIGNED
    assert [line.name for line in signed.note.signatures] == [
        "example.com/behind-the-sofa",
        "witness.example.com/w1",
    ]
    # The time in the cosigner's line is that of the message in the specification.
    assert int.from_bytes(signed.note.signatures[1].signature[:8], "big") == 1679315147


def test_the_answer_of_a_witness_is_taken_into_a_checkpoint() -> None:
    lines = parse_signature_lines(ANSWER.encode())
    assert format_signature_lines(lines).decode() == ANSWER
    cosigned = with_cosignatures(parse_checkpoint(COSIGNED.encode()), lines)
    assert format_checkpoint(cosigned).decode() == COSIGNED + ANSWER


@pytest.mark.parametrize("size", [1, 3])
def test_the_signatures_of_a_published_log_hold(size: int) -> None:
    require_signature(log_checkpoint(size), LOG_KEY)


def test_a_published_signature_does_not_hold_for_another_size() -> None:
    signed = log_checkpoint(3)
    other = replace(signed.checkpoint, size=2)
    text = format_checkpoint(signed).replace(b"\n3\n", b"\n2\n")
    assert parse_checkpoint(text).checkpoint == other
    with pytest.raises(ProofError):
        require_signature(parse_checkpoint(text), LOG_KEY)


def test_the_published_log_is_consistent() -> None:
    path = tuple(base64.b64decode(each) for each in CONSISTENCY)
    roots = {size: base64.b64decode(root) for size, root in ROOTS.items()}
    verify_consistency(ConsistencyProof(1, 3, path), roots[1], roots[3])
    with pytest.raises(ProofError):
        verify_consistency(ConsistencyProof(1, 3, path[::-1]), roots[1], roots[3])
