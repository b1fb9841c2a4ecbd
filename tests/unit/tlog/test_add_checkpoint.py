# SPDX-License-Identifier: Apache-2.0
"""The body of add-checkpoint: C2SP's lines, and no other spelling of them."""

from dataclasses import replace

import pytest

from comity.basis.errors import InputError
from comity.basis.limits import ADD_CHECKPOINT_BYTES_MAX
from comity.tlog.add_checkpoint import (
    AddCheckpoint,
    format_add_checkpoint,
    parse_add_checkpoint,
)
from comity.tlog.checkpoints import SignedCheckpoint, format_checkpoint
from comity.tlog.proofs import ConsistencyProof


@pytest.fixture(scope="module")
def body(signed: SignedCheckpoint) -> AddCheckpoint:
    return AddCheckpoint(3, (b"a" * 32, b"b" * 32), signed)


def test_a_body_comes_back_as_written(body: AddCheckpoint) -> None:
    for each in (body, replace(body, proof=()), replace(body, old_size=0, proof=())):
        raw = format_add_checkpoint(each)
        assert parse_add_checkpoint(raw) == each
        assert format_add_checkpoint(parse_add_checkpoint(raw)) == raw


def test_a_body_has_the_lines_of_the_specification(body: AddCheckpoint) -> None:
    raw = format_add_checkpoint(body)
    head, note = raw.split(b"\n\n", 1)
    assert head.split(b"\n") == [
        b"old 3",
        b"YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=",
        b"YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=",
    ]
    assert note == format_checkpoint(body.signed)


def test_the_lines_are_a_proof_between_the_two_sizes(body: AddCheckpoint) -> None:
    assert body.consistency == ConsistencyProof(3, 7, body.proof)


@pytest.mark.parametrize(
    "cut", [(b"old 3", b"old 03"), (b"old 3", b"old -3"), (b"old 3", b"Old 3")]
)
def test_refuses_other_spellings(body: AddCheckpoint, cut: tuple[bytes, bytes]) -> None:
    with pytest.raises(InputError):
        parse_add_checkpoint(format_add_checkpoint(body).replace(*cut, 1))


def test_refuses_an_old_size_beyond_the_checkpoint(signed: SignedCheckpoint) -> None:
    with pytest.raises(InputError):
        AddCheckpoint(8, (), signed)
    with pytest.raises(InputError):
        AddCheckpoint(-1, (), signed)


def test_refuses_too_many_hashes_and_hashes_of_another_length(body: AddCheckpoint) -> None:
    with pytest.raises(InputError):
        replace(body, proof=(b"a" * 32,) * 64)
    with pytest.raises(InputError):
        replace(body, proof=(b"a" * 31,))
    raw = format_add_checkpoint(replace(body, proof=(b"a" * 32,) * 63))
    line = b"YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=\n"
    parse_add_checkpoint(raw)
    with pytest.raises(InputError):
        parse_add_checkpoint(raw.replace(line, line + line, 1))
    with pytest.raises(InputError):
        parse_add_checkpoint(raw.replace(line, b"YWFh\n", 1))


def test_refuses_every_truncation(body: AddCheckpoint) -> None:
    raw = format_add_checkpoint(body)
    end_of_first_line = raw.index(b"\n", raw.index("\u2014".encode())) + 1
    for cut in range(len(raw)):
        if cut != end_of_first_line:  # a note with one signature line less is a note
            with pytest.raises(InputError):
                parse_add_checkpoint(raw[:cut])


def test_refuses_what_is_no_ascii_and_what_is_too_large(body: AddCheckpoint) -> None:
    raw = format_add_checkpoint(body)
    with pytest.raises(InputError):
        parse_add_checkpoint("old ３\n\n".encode() + format_checkpoint(body.signed))
    with pytest.raises(InputError):
        parse_add_checkpoint(raw + b"x" * ADD_CHECKPOINT_BYTES_MAX)
