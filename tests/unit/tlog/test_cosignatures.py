# SPDX-License-Identifier: Apache-2.0
"""A partner's cosignatures: both algorithms, one time, this checkpoint."""

from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError, InvariantError, ProofError
from comity.tlog.checkpoints import Checkpoint, SignedCheckpoint, verify_log, with_cosignatures
from comity.tlog.cosignatures import (
    CosignedAt,
    cosigned_at_s,
    format_signature_lines,
    parse_signature_lines,
    verify_cosignatures,
)


def code_of(error: pytest.ExceptionInfo[Any]) -> str:
    return str(error.value.code)


def test_a_partner_cosigns_with_both_keys_at_one_time(
    jpn: Any, kor: Any, signed: SignedCheckpoint
) -> None:
    cosigned = with_cosignatures(signed, kor.cosign(signed.checkpoint, 77))
    assert verify_cosignatures(cosigned, kor.mirror_keys) == CosignedAt(
        "mnd.kor.example/mirror", 77
    )
    verify_log(cosigned, jpn.log_keys)


@pytest.mark.parametrize("kept", [0, 1])
def test_refuses_one_algorithm_alone(kept: int, kor: Any, signed: SignedCheckpoint) -> None:
    half = with_cosignatures(signed, (kor.cosign(signed.checkpoint)[kept],))
    with pytest.raises(ProofError) as refusal:
        verify_cosignatures(half, kor.mirror_keys)
    assert code_of(refusal) == "tlog.signature-missing"


@pytest.mark.parametrize("place", [0, 1])
def test_refuses_one_failing_signature(place: int, kor: Any, signed: SignedCheckpoint) -> None:
    lines = list(kor.cosign(signed.checkpoint))
    lines[place] = kor.cosign(replace(signed.checkpoint, size=8))[place]
    with pytest.raises(ProofError) as refusal:
        verify_cosignatures(with_cosignatures(signed, tuple(lines)), kor.mirror_keys)
    assert code_of(refusal) == "tlog.signature"


def test_refuses_two_signatures_of_different_times(kor: Any, signed: SignedCheckpoint) -> None:
    early, late = kor.cosign(signed.checkpoint, 1), kor.cosign(signed.checkpoint, 2)
    with pytest.raises(ProofError) as refusal:
        verify_cosignatures(with_cosignatures(signed, (early[0], late[1])), kor.mirror_keys)
    assert code_of(refusal) == "tlog.cosignature-times"


def test_refuses_a_cosignature_without_a_time(kor: Any, signed: SignedCheckpoint) -> None:
    with pytest.raises(ProofError) as refusal:
        verify_cosignatures(
            with_cosignatures(signed, kor.cosign(signed.checkpoint, 0)), kor.mirror_keys
        )
    assert code_of(refusal) == "tlog.cosignature-times"


def test_refuses_the_cosignature_of_another_partner(
    kor: Any, usa: Any, signed: SignedCheckpoint
) -> None:
    cosigned = with_cosignatures(signed, usa.cosign(signed.checkpoint))
    with pytest.raises(ProofError) as refusal:
        verify_cosignatures(cosigned, kor.mirror_keys)
    assert code_of(refusal) == "tlog.signature-missing"


def test_refuses_a_time_that_was_changed(kor: Any, signed: SignedCheckpoint) -> None:
    lines = kor.cosign(signed.checkpoint, 77)
    moved = tuple(
        replace(line, signature=(78).to_bytes(8, "big") + line.signature[8:]) for line in lines
    )
    with pytest.raises(ProofError) as refusal:
        verify_cosignatures(with_cosignatures(signed, moved), kor.mirror_keys)
    assert code_of(refusal) == "tlog.signature"


def test_statement_keys_are_no_mirror_keys(jpn: Any, signed: SignedCheckpoint) -> None:
    with pytest.raises(InvariantError):
        verify_cosignatures(signed, jpn.log_keys)


def test_bare_lines_come_back_as_written(kor: Any, checkpoint: Checkpoint) -> None:
    lines = kor.cosign(checkpoint)
    raw = format_signature_lines(lines)
    assert parse_signature_lines(raw) == lines
    for broken in (b"", b"\n", raw + b"\n", b"text\n\n" + raw, raw[:-1]):
        with pytest.raises(InputError):
            parse_signature_lines(broken)


def test_lines_say_when_they_were_given(kor: Any, signed: SignedCheckpoint) -> None:
    lines = format_signature_lines(kor.cosign(signed.checkpoint, 1_481_857_200))
    assert cosigned_at_s(lines) == 1_481_857_200
