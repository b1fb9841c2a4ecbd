# SPDX-License-Identifier: Apache-2.0
"""Signed checkpoints: read, written, put together, and held against the log's two keys."""

from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError, InvariantError, ProofError
from comity.basis.limits import CHECKPOINT_BYTES_MAX, NOTE_SIGNATURES_MAX
from comity.keys.notes import Note, NoteSignature, SignatureType
from comity.tlog.checkpoints import (
    Checkpoint,
    SignedCheckpoint,
    format_checkpoint,
    parse_checkpoint,
    signed_checkpoint,
    verify_log,
    with_cosignatures,
)

STRANGER = NoteSignature("stranger.example", b"\0\1\2\3", b"anything")


def code_of(error: pytest.ExceptionInfo[Any]) -> str:
    return str(error.value.code)


def test_a_signed_checkpoint_comes_back_as_written(signed: SignedCheckpoint) -> None:
    raw = format_checkpoint(signed)
    assert parse_checkpoint(raw) == signed
    assert format_checkpoint(parse_checkpoint(raw)) == raw


def test_the_log_signs_with_both_keys(jpn: Any, signed: SignedCheckpoint) -> None:
    verify_log(signed, jpn.log_keys)


def test_the_log_may_leave_the_time_out(jpn: Any, checkpoint: Checkpoint) -> None:
    verify_log(jpn.sign_log(checkpoint, 0), jpn.log_keys)


def test_signatures_by_unknown_keys_are_ignored(jpn: Any, signed: SignedCheckpoint) -> None:
    verify_log(with_cosignatures(signed, (STRANGER,)), jpn.log_keys)


@pytest.mark.parametrize("kept", [0, 1])
def test_refuses_a_checkpoint_with_only_one_of_the_two(
    kept: int, jpn: Any, signed: SignedCheckpoint
) -> None:
    half = signed_checkpoint(signed.checkpoint, (signed.note.signatures[kept],))
    with pytest.raises(ProofError) as refusal:
        verify_log(half, jpn.log_keys)
    assert code_of(refusal) == "tlog.signature-missing"


@pytest.mark.parametrize("place", [0, 1])
def test_refuses_a_checkpoint_whose_one_signature_fails(
    place: int, jpn: Any, signed: SignedCheckpoint
) -> None:
    lines = list(signed.note.signatures)
    lines[place] = replace(lines[place], signature=bytes(len(lines[place].signature)))
    with pytest.raises(ProofError) as refusal:
        verify_log(signed_checkpoint(signed.checkpoint, tuple(lines)), jpn.log_keys)
    assert code_of(refusal) == "tlog.signature"


def test_refuses_signatures_carried_over_from_another_checkpoint(
    jpn: Any, signed: SignedCheckpoint
) -> None:
    other = replace(signed.checkpoint, size=8)
    with pytest.raises(ProofError):
        verify_log(signed_checkpoint(other, signed.note.signatures), jpn.log_keys)


def test_refuses_the_checkpoint_of_another_log(jpn: Any, kor: Any, checkpoint: Checkpoint) -> None:
    foreign = jpn.sign_log(replace(checkpoint, origin=kor.origin))
    with pytest.raises(ProofError) as refusal:
        verify_log(foreign, jpn.log_keys)
    assert code_of(refusal) == "tlog.origin-mismatch"


def test_refuses_a_partner_who_signs_in_the_logs_name(
    jpn: Any, kor: Any, checkpoint: Checkpoint
) -> None:
    with pytest.raises(ProofError) as refusal:
        verify_log(kor.sign_log(checkpoint), jpn.log_keys)
    assert code_of(refusal) == "tlog.signature-missing"


def test_keys_of_the_wrong_types_or_names_are_a_bug(
    jpn: Any, kor: Any, signed: SignedCheckpoint
) -> None:
    for keys in (
        jpn.log_keys[::-1],
        jpn.mirror_keys,
        (jpn.log_keys[0], kor.log_keys[1]),
        jpn.log_keys[:1],
        (jpn.log_keys[0], jpn.key(jpn.origin, SignatureType.OTHER, "statement")),
    ):
        with pytest.raises(InvariantError) as refusal:
            verify_log(signed, keys)
        assert code_of(refusal) == "tlog.key-pair"


def test_a_note_about_something_else_cannot_stand_beside_a_checkpoint(
    signed: SignedCheckpoint,
) -> None:
    with pytest.raises(InvariantError) as refusal:
        SignedCheckpoint(replace(signed.checkpoint, size=8), signed.note)
    assert code_of(refusal) == "tlog.note-text"


def test_refuses_extension_lines(signed: SignedCheckpoint) -> None:
    note = Note(signed.note.text + "extension\n", signed.note.signatures)
    raw = format_checkpoint(signed).replace(signed.note.text.encode(), note.text.encode())
    with pytest.raises(InputError) as refusal:
        parse_checkpoint(raw)
    assert code_of(refusal) == "tlog.checkpoint-lines"


def test_refuses_every_cut_of_a_checkpoint(signed: SignedCheckpoint) -> None:
    raw = format_checkpoint(signed)
    for length in range(len(raw)):
        try:
            cut = parse_checkpoint(raw[:length])
        except InputError:
            continue
        # Only a cut between two signature lines leaves a whole note.
        assert len(cut.note.signatures) < len(signed.note.signatures)
        assert format_checkpoint(cut) == raw[:length]


def test_refuses_a_checkpoint_that_is_too_long(signed: SignedCheckpoint) -> None:
    with pytest.raises(InputError):
        parse_checkpoint(format_checkpoint(signed) + bytes(CHECKPOINT_BYTES_MAX))


def test_a_later_line_by_the_same_key_takes_the_place_of_the_earlier(
    kor: Any, signed: SignedCheckpoint
) -> None:
    first, second = kor.cosign(signed.checkpoint, 1), kor.cosign(signed.checkpoint, 2)
    once = with_cosignatures(signed, first)
    twice = with_cosignatures(once, second)
    assert twice.note.signatures == (*signed.note.signatures, *second)
    assert with_cosignatures(twice, second) == twice


def test_refuses_more_lines_than_a_note_may_have(signed: SignedCheckpoint) -> None:
    lines = tuple(
        replace(STRANGER, key_id=number.to_bytes(4, "big")) for number in range(NOTE_SIGNATURES_MAX)
    )
    assert len(with_cosignatures(signed, lines[2:]).note.signatures) == NOTE_SIGNATURES_MAX
    with pytest.raises(InputError):
        with_cosignatures(signed, lines[1:])


def test_refuses_a_checkpoint_without_signatures_or_with_two_by_one_key(
    checkpoint: Checkpoint,
) -> None:
    for lines in ((), (STRANGER, STRANGER)):
        with pytest.raises(InputError):
            signed_checkpoint(checkpoint, lines)
