# SPDX-License-Identifier: Apache-2.0
"""The body of a push: one spelling, every truncation refused, every limit held to."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.limits import (
    ENTRY_BYTES_MAX,
    PARCEL_INLINE_BYTES_MAX,
    PUSH_BYTES_MAX,
    PUSH_ENTRIES_MAX,
    PUSH_HELD_MAX,
    PUSH_PARCELS_MAX,
)
from comity.tlog.add_checkpoint import AddCheckpoint, format_add_checkpoint
from comity.tlog.add_entries import AddEntries, format_head
from comity.tlog.checkpoints import Checkpoint, SignedCheckpoint, format_checkpoint
from comity.tlog.push import (
    Push,
    PushedParcel,
    entry_bytes,
    format_push,
    parcel_bytes,
    parse_push,
)

ENTRIES = (b"five", b"", b"seven" * 100, b"eight")


@pytest.fixture(scope="module")
def head(jpn: Any) -> Callable[[int], SignedCheckpoint]:
    """Sign Japan's register at a size; whether the root is right is nobody's business here."""
    return lambda size: jpn.sign_log(Checkpoint(jpn.origin, size, b"r" * 32))


@pytest.fixture(scope="module")
def push(head: Callable[[int], SignedCheckpoint], kor: Any, usa: Any) -> Push:
    held = tuple(each.sign_log(Checkpoint(each.origin, 9, b"k" * 32)) for each in (kor, usa))
    parcels = (
        PushedParcel(0, 3, b"sealed"),
        PushedParcel(0, 7, b"at once"),
        PushedParcel(1, 2, b"x" * PARCEL_INLINE_BYTES_MAX),
        PushedParcel(2, 8, b"y"),
    )
    return Push(AddCheckpoint(4, (), head(8)), ENTRIES, held, parcels)


def sealed(push: Push, *, entries: bytes | None = None, held: bytes = b"") -> bytes:
    """Write a push part by part, so that each part may be wrong."""
    first = format_add_checkpoint(push.checkpoint)
    if entries is None:
        entries = format_head(AddEntries(push.origin, push.start, push.end))
        entries += b"".join(len(each).to_bytes(2, "big") + each for each in push.entries)
    return b"".join(len(each).to_bytes(4, "big") + each for each in (first, entries, held))


def test_a_push_comes_back_as_written(push: Push) -> None:
    empty = AddCheckpoint(8, (), push.signed)
    for each in (
        push,
        replace(push, parcels=()),
        replace(push, parcels=push.parcels[:2], held=()),
        Push(empty),
        replace(push, checkpoint=empty, entries=()),
    ):
        raw = format_push(each)
        assert parse_push(raw) == each
        assert format_push(parse_push(raw)) == raw


def test_a_push_has_its_parts_one_after_the_other(push: Push) -> None:
    bare = replace(push, parcels=(), held=())
    assert format_push(bare) == sealed(bare)
    held = b"".join(len(raw).to_bytes(4, "big") + raw for raw in map(format_checkpoint, push.held))
    one = replace(push, parcels=push.parcels[:1])
    tail = b"\0" + (3).to_bytes(8, "big") + b"\0\0\0\x06sealed"
    assert format_push(one) == sealed(one, held=held) + tail


def test_what_a_part_takes_can_be_counted(push: Push) -> None:
    bare = replace(push, parcels=(), held=())
    empty = Push(AddCheckpoint(8, (), push.signed))
    entries = sum(map(entry_bytes, push.entries))
    assert len(format_push(bare)) == len(format_push(empty)) + entries
    one = replace(bare, parcels=push.parcels[:1])
    assert len(format_push(one)) == len(format_push(bare)) + parcel_bytes(push.parcels[0])


def test_a_push_says_what_it_goes_on_from(push: Push) -> None:
    assert (push.start, push.end) == (4, 8)
    assert push.origin == push.signed.checkpoint.origin


def test_refuses_every_truncation_but_at_a_parcels_end(push: Push) -> None:
    small = replace(push, parcels=(PushedParcel(0, 3, b"sealed"), PushedParcel(1, 0, b"y")))
    raw = format_push(small)
    ends = {len(format_push(replace(small, parcels=small.parcels[:count]))) for count in range(3)}
    for cut in range(len(raw)):
        if cut not in ends:
            with pytest.raises(InputError):
                parse_push(raw[:cut])
    with pytest.raises(InputError):
        parse_push(raw + b"\0")


def test_refuses_entries_that_do_not_match_the_checkpoint(push: Push) -> None:
    for entries in (ENTRIES[:-1], (*ENTRIES, b"nine"), ()):
        with pytest.raises(InputError):
            replace(push, entries=entries)
    bare = replace(push, parcels=(), held=())
    origin, other = push.origin, "mnd.kor.example/register/gsomia-jpn-kor"
    body = sealed(bare)[-sum(map(entry_bytes, ENTRIES)) - 4 : -4]
    for head in (
        AddEntries(origin, 4, 9),
        AddEntries(origin, 3, 8),
        AddEntries(other, 4, 8),
        AddEntries(origin, 4, 8, b"ticket"),
    ):
        with pytest.raises(InputError):
            parse_push(sealed(bare, entries=format_head(head) + body))
    good = format_head(AddEntries(origin, 4, 8))
    assert parse_push(sealed(bare, entries=good + body)) == bare
    for raw in (good[:-1], good + body + b"\0", good + body + b"\0\0", good + body[:-1], good):
        with pytest.raises(InputError):
            parse_push(sealed(bare, entries=raw))


def test_refuses_proof_lines(push: Push) -> None:
    with pytest.raises(InputError):
        replace(push, checkpoint=replace(push.checkpoint, proof=(bytes(32),)))


def test_refuses_an_entry_that_no_register_holds(push: Push) -> None:
    with pytest.raises(InputError):
        replace(push, entries=(*ENTRIES[:-1], b"x" * (ENTRY_BYTES_MAX + 1)))


def test_refuses_the_same_register_twice_and_too_many(push: Push, head: Any, kor: Any) -> None:
    for held in ((*push.held, push.held[0]), (head(3),)):
        with pytest.raises(InputError):
            replace(push, parcels=(), held=held)
    many = tuple(
        kor.sign_log(Checkpoint(f"{number}.example/register/a", 1, b"k" * 32))
        for number in range(PUSH_HELD_MAX + 1)
    )
    bare = replace(push, parcels=(), held=many[:-1])
    assert parse_push(format_push(bare)) == bare
    with pytest.raises(InputError):
        replace(bare, held=many)
    written = b"".join(len(raw).to_bytes(4, "big") + raw for raw in map(format_checkpoint, many))
    with pytest.raises(InputError):
        parse_push(sealed(bare, held=written))


def test_refuses_more_parcels_than_entries_and_a_queue_bring(push: Push, kor: Any) -> None:
    held = kor.sign_log(Checkpoint("many.example/register/a", 1 << 40, b"k" * 32))
    many = tuple(PushedParcel(1, index, b"x") for index in range(PUSH_PARCELS_MAX))
    full = replace(push, held=(held,), parcels=many)
    assert parse_push(format_push(full)) == full
    one_more = (*many, PushedParcel(1, PUSH_PARCELS_MAX, b"x"))
    with pytest.raises(InputError, match="larger than any partner takes"):
        replace(full, parcels=one_more)
    record = (1).to_bytes(1, "big") + PUSH_PARCELS_MAX.to_bytes(8, "big") + b"\0\0\0\1x"
    with pytest.raises(InputError, match="larger than any partner takes"):
        parse_push(format_push(full) + 9 * record)


@pytest.mark.parametrize(
    "parcels",
    [
        [PushedParcel(3, 0, b"x")],
        [PushedParcel(0, 8, b"x")],
        [PushedParcel(1, 9, b"x")],
        [PushedParcel(0, 1, b"")],
        [PushedParcel(0, 1, b"x" * (PARCEL_INLINE_BYTES_MAX + 1))],
        [PushedParcel(0, 1, b"x"), PushedParcel(0, 1, b"x")],
        [PushedParcel(0, 2, b"x"), PushedParcel(0, 1, b"x")],
        [PushedParcel(1, 0, b"x"), PushedParcel(0, 1, b"x")],
    ],
)
def test_refuses_parcels_of_nothing_shown_too_large_or_out_of_order(
    push: Push, parcels: list[PushedParcel]
) -> None:
    with pytest.raises(InputError):
        replace(push, parcels=tuple(parcels))


def test_too_much_is_told_from_malformed(push: Push, head: Any) -> None:
    count = PUSH_ENTRIES_MAX + 1
    long = AddCheckpoint(0, (), head(count))
    claimed = sealed(
        replace(push, held=(), parcels=()),
        entries=format_head(AddEntries(push.origin, 0, count)),
    )
    first = format_add_checkpoint(long)
    rest = claimed[4 + int.from_bytes(claimed[:4], "big") :]
    large = tuple(PushedParcel(0, at, b"x" * PARCEL_INLINE_BYTES_MAX) for at in range(64))
    full = Push(AddCheckpoint(64, (), head(64)), (), (), large)
    for refused in (
        lambda: parse_push(len(first).to_bytes(4, "big") + first + rest),
        lambda: Push(long, (b"",) * count),
        lambda: parse_push(bytes(PUSH_BYTES_MAX + 1)),
        lambda: format_push(full),
        lambda: replace(push, parcels=(PushedParcel(0, 1, bytes(PARCEL_INLINE_BYTES_MAX + 1)),)),
    ):
        with pytest.raises(InputError) as caught:
            refused()
        assert caught.value.code == "tlog.push-too-large"
    with pytest.raises(InputError) as caught:
        parse_push(b"")
    assert caught.value.code == "tlog.push"
