# SPDX-License-Identifier: Apache-2.0
"""The tlog-proof: read, written, and every field of it refused when changed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError, ProofError
from comity.basis.limits import TLOG_PROOF_BYTES_MAX, TLOG_PROOF_EXTRA_BYTES_MAX
from comity.tlog.checkpoints import SignedCheckpoint, format_checkpoint
from comity.tlog.evidence_proof import TlogProof, format_proof, parse_proof, verify_entry
from comity.tlog.proofs import prove_inclusion

ENTRY = (4).to_bytes(4, "big")


@pytest.fixture(scope="module")
def proof(log_of: Callable[[int], Any], signed: SignedCheckpoint) -> TlogProof:
    """The fifth of Japan's seven entries."""
    path = prove_inclusion(4, 7, log_of(7).read_node).path
    return TlogProof(4, path, signed)


def test_a_proof_comes_back_as_written(proof: TlogProof) -> None:
    for each in (proof, replace(proof, extra=b"context"), replace(proof, path=())):
        raw = format_proof(each)
        assert parse_proof(raw) == each
        assert format_proof(parse_proof(raw)) == raw


def test_a_proof_has_the_lines_of_the_specification(proof: TlogProof) -> None:
    raw = format_proof(replace(proof, extra=b"x"))
    lines = raw.decode().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra eA==", "index 4"]
    assert lines[3 + len(proof.path)] == ""
    assert raw.endswith(b"\n\n" + format_checkpoint(proof.checkpoint))


def test_the_entry_that_it_is_about_verifies(proof: TlogProof) -> None:
    verify_entry(proof, ENTRY)


def test_refuses_another_entry_index_path_and_tree(proof: TlogProof, jpn: Any) -> None:
    head = proof.checkpoint.checkpoint
    changed = (
        replace(proof, index=5),
        replace(proof, index=7),
        replace(proof, path=proof.path[::-1]),
        replace(proof, path=proof.path[:-1]),
        replace(proof, path=(*proof.path, bytes(32))),
        replace(proof, checkpoint=jpn.sign_log(replace(head, size=5))),
        replace(proof, checkpoint=jpn.sign_log(replace(head, root_hash=bytes(32)))),
    )
    for each in changed:
        with pytest.raises(ProofError):
            verify_entry(each, ENTRY)
    with pytest.raises(ProofError):
        verify_entry(proof, ENTRY + b"\0")


def altered(raw: bytes) -> list[bytes]:
    path = raw.split(b"\n")[2]
    return [
        b"",
        raw.replace(b"@v1", b"@v2"),
        raw.replace(b"index 4\n", b""),
        raw.replace(b"index 4", b"index 04"),
        raw.replace(b"index 4", b"index  4"),
        raw.replace(b"index 4", b"index -4"),
        raw.replace(b"index 4", b"index 4 "),
        raw.replace(b"index 4", b"Index 4"),
        raw.replace(b"index 4\n", b"index 4\nindex 4\n"),
        raw.replace(b"index 4", b"extra \nindex 4"),
        raw.replace(b"index 4", b"extra eB==\nindex 4"),
        raw.replace(b"index 4", b"extra eA==\nextra eA==\nindex 4"),
        raw.replace(b"index 4\n", b"index 4\nextra eA==\n"),
        raw.replace(b"index 4\n", b"extra eA==\n"),
        raw.replace(b"\n", b"\r\n"),
        raw.replace(path, path[:-1]),
        raw.replace(path, path[4:]),
        raw.replace(path, path + b" "),
        raw.replace(path, b"\xe2\x80\x94"),
        raw.replace(path, b"\n".join([path] * 64)),
        raw.replace(b"\n\n", b"\n"),
        raw.replace(b"\n\n", b"\n\n\n", 1),
        raw.split(b"\n\n")[0] + b"\n\n",
        b"c2sp.org/tlog-proof@v1\n\n" + raw.split(b"\n\n", 1)[1],
        b"c2sp.org/tlog-proof@v1\nextra eA==\n\n" + raw.split(b"\n\n", 1)[1],
        raw + bytes(TLOG_PROOF_BYTES_MAX),
    ]


def test_refuses_any_other_spelling(proof: TlogProof) -> None:
    for raw in altered(format_proof(proof)):
        with pytest.raises(InputError):
            parse_proof(raw)


def test_refuses_extra_bytes_that_are_empty_or_too_many(proof: TlogProof) -> None:
    longest = bytes(TLOG_PROOF_EXTRA_BYTES_MAX)
    assert parse_proof(format_proof(replace(proof, extra=longest))).extra == longest
    for extra in (b"", longest + b"\0"):
        with pytest.raises(InputError) as refusal:
            format_proof(replace(proof, extra=extra))
        assert refusal.value.code == "tlog.proof-text"
