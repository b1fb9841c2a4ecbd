# SPDX-License-Identifier: Apache-2.0
"""The body of a push: checkpoint, entries from the partner's size, checkpoints held, parcels.

Knows bytes only: what the entries say and what a parcel is, is for others. Nothing is verified.

Source: DESIGN 5; docs/formats/push.md; C2SP tlog-witness (add-checkpoint), tlog-mirror (header)
"""

from dataclasses import dataclass
from struct import Struct

import msgspec

from comity.basis.errors import InputError
from comity.basis.limits import (
    ENTRY_BYTES_MAX,
    PARCEL_INLINE_BYTES_MAX,
    PUSH_BYTES_MAX,
    PUSH_ENTRIES_MAX,
    PUSH_HELD_MAX,
    PUSH_PARCELS_MAX,
)
from comity.tlog.add_checkpoint import AddCheckpoint, format_add_checkpoint, parse_add_checkpoint
from comity.tlog.add_entries import AddEntries, format_head, parse_head
from comity.tlog.checkpoints import SignedCheckpoint, format_checkpoint, parse_checkpoint

PUSH_TYPE = "application/vnd.comity.push"
_UINT8 = 1
_UINT16 = 2
_UINT32 = 4
_UINT64 = 8
_PARCEL_HEAD = Struct(">BQI")
"""Before a parcel's bytes: its register, the index of its entry, and how many bytes they are."""


class PushedParcel(msgspec.Struct, frozen=True, gc=False):
    """A parcel's bytes, and of which entry: `register` 0 is the one pushed, n the n-th held."""

    register: int
    index: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Push:
    """One push. `entries` are those from the checkpoint's old size up to its size.

    Invariant: no proof lines, since the entries lead to the root; the registers differ; parcels
    are sorted by register and index, one each, of entries that the shown checkpoints count.
    """

    checkpoint: AddCheckpoint
    entries: tuple[bytes, ...] = ()
    held: tuple[SignedCheckpoint, ...] = ()
    parcels: tuple[PushedParcel, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no push may hold."""
        if self.checkpoint.proof:
            raise _malformed("no proof lines", f"{len(self.checkpoint.proof)} lines")
        if len(self.entries) != self.end - self.start:
            raise _malformed(f"{self.end - self.start} entries", f"{len(self.entries)} entries")
        if len(self.entries) > PUSH_ENTRIES_MAX:
            raise _too_large(f"{PUSH_ENTRIES_MAX} entries", f"{len(self.entries)} entries")
        if any(len(each) > ENTRY_BYTES_MAX for each in self.entries):
            raise _malformed(f"entries of at most {ENTRY_BYTES_MAX} bytes", "a longer one")
        _check_held(self.signed, self.held)
        _check_parcels((self.signed, *self.held), self.parcels)

    @property
    def signed(self) -> SignedCheckpoint:
        """Give the checkpoint that the entries lead to."""
        return self.checkpoint.signed

    @property
    def origin(self) -> str:
        """Name the register that is pushed."""
        return self.signed.checkpoint.origin

    @property
    def start(self) -> int:
        """Give the size that the partner is taken to hold."""
        return self.checkpoint.old_size

    @property
    def end(self) -> int:
        """Give the size that the partner will hold."""
        return self.signed.checkpoint.size


def format_push(push: Push) -> bytes:
    """Write a push; `parse_push` gives it back.

    Raises:
        InputError: it is larger than any partner takes.

    Source: docs/formats/push.md
    """
    head = format_head(AddEntries(push.origin, push.start, push.end))
    held = b"".join(_prefixed(format_checkpoint(each)) for each in push.held)
    raw = b"".join(
        (
            _prefixed(format_add_checkpoint(push.checkpoint)),
            _prefixed(head + _format_entries(push.entries)),
            _prefixed(held),
            *(_format_parcel(each) for each in push.parcels),
        )
    )
    if len(raw) > PUSH_BYTES_MAX:
        raise _too_large(f"{PUSH_BYTES_MAX} bytes", f"{len(raw)} bytes")
    return raw


def parse_push(raw: bytes) -> Push:
    """Read a push; only the form that `format_push` writes.

    Raises:
        InputError: it is cut off, something is left over or out of its form, entries do not match
            the checkpoint, or (`tlog.push-too-large`) it is beyond a limit.

    Source: docs/formats/push.md
    """
    if len(raw) > PUSH_BYTES_MAX:
        raise _too_large(f"{PUSH_BYTES_MAX} bytes", f"{len(raw)} bytes")
    view = _Reader(raw)
    checkpoint = parse_add_checkpoint(view.prefixed())
    entries = _parse_entries(checkpoint, view.prefixed())
    held = _parse_held(view.prefixed())
    return Push(checkpoint, entries, held, _parse_parcels(raw, view.at))


def parcel_bytes(parcel: PushedParcel) -> int:
    """Count the bytes that a parcel takes in a push."""
    return _UINT8 + _UINT64 + _UINT32 + len(parcel.raw)


def entry_bytes(entry: bytes) -> int:
    """Count the bytes that an entry takes in a push."""
    return _UINT16 + len(entry)


class _Reader:
    """Cuts bytes into pieces, and refuses to go beyond their end."""

    __slots__ = ("_raw", "at")

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self.at = 0

    @property
    def is_at_end(self) -> bool:
        return self.at == len(self._raw)

    def take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self._raw):
            raise _cut_off(end, len(self._raw))
        piece = self._raw[self.at : end]
        self.at = end
        return piece

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")

    def prefixed(self) -> bytes:
        return self.take(self.number(_UINT32))


def _parse_entries(checkpoint: AddCheckpoint, raw: bytes) -> tuple[bytes, ...]:
    read = parse_head(raw)
    if read is None:
        raise _malformed("the head of add-entries", f"{len(raw)} bytes")
    head, at = read
    signed = checkpoint.signed.checkpoint
    if head != AddEntries(signed.origin, checkpoint.old_size, signed.size):
        raise _malformed(
            f"entries {checkpoint.old_size} to {signed.size} of the same register, no ticket",
            f"entries {head.start} to {head.end}",
        )
    if head.end - head.start > PUSH_ENTRIES_MAX:
        raise _too_large(f"{PUSH_ENTRIES_MAX} entries", f"{head.end - head.start} entries")
    # Thousands a second come here: each is cut out in one step, with no reader between.
    entries, most, whole = list[bytes](), head.end - head.start, len(raw)
    while at < whole:
        begin = at + _UINT16
        at = begin + int.from_bytes(raw[at:begin], "big")
        if at > whole or begin > whole:
            raise _cut_off(max(at, begin), whole)
        entries.append(raw[begin:at])
        if len(entries) > most:
            raise _malformed(f"{most} entries", "more")
    return tuple(entries)


def _parse_parcels(raw: bytes, at: int) -> tuple[PushedParcel, ...]:
    """Read parcels up to the end, and no more than one beyond what a push may hold."""
    parcels, whole = list[PushedParcel](), len(raw)
    while at < whole and len(parcels) <= PUSH_PARCELS_MAX:
        begin = at + _PARCEL_HEAD.size
        if begin > whole:
            raise _cut_off(begin, whole)
        register, index, size = _PARCEL_HEAD.unpack_from(raw, at)
        at = begin + size
        if at > whole:
            raise _cut_off(at, whole)
        parcels.append(PushedParcel(register, index, raw[begin:at]))
    return tuple(parcels)


def _parse_held(raw: bytes) -> tuple[SignedCheckpoint, ...]:
    reader, held = _Reader(raw), list[SignedCheckpoint]()
    while not reader.is_at_end:
        held.append(parse_checkpoint(reader.prefixed()))
        if len(held) > PUSH_HELD_MAX:
            raise _malformed(f"at most {PUSH_HELD_MAX} checkpoints held", "more")
    return tuple(held)


def _check_held(signed: SignedCheckpoint, held: tuple[SignedCheckpoint, ...]) -> None:
    origins = [each.checkpoint.origin for each in (signed, *held)]
    if len(held) > PUSH_HELD_MAX or len(set(origins)) != len(origins):
        raise _malformed(
            f"at most {PUSH_HELD_MAX} checkpoints held, each of another register",
            f"{len(held)} checkpoints",
        )


def _check_parcels(shown: tuple[SignedCheckpoint, ...], parcels: tuple[PushedParcel, ...]) -> None:
    if len(parcels) > PUSH_PARCELS_MAX:
        raise _too_large(f"{PUSH_PARCELS_MAX} parcels", "more")
    sizes = [each.checkpoint.size for each in shown]
    before = (0, -1)
    for each in parcels:
        place = (each.register, each.index)
        if each.register >= len(sizes) or each.index >= sizes[each.register]:
            raise _malformed("parcels of entries that a checkpoint shown here counts", "another")
        if not 1 <= len(each.raw) <= PARCEL_INLINE_BYTES_MAX:
            raise _too_large(
                f"{PARCEL_INLINE_BYTES_MAX} bytes in a parcel", f"{len(each.raw)} bytes"
            )
        if place <= before:
            raise _malformed("parcels sorted by register and index, one each", "another order")
        before = place


def _format_entries(entries: tuple[bytes, ...]) -> bytes:
    return b"".join(len(entry).to_bytes(_UINT16, "big") + entry for entry in entries)


def _format_parcel(parcel: PushedParcel) -> bytes:
    place = parcel.register.to_bytes(_UINT8, "big") + parcel.index.to_bytes(_UINT64, "big")
    return place + _prefixed(parcel.raw)


def _prefixed(raw: bytes) -> bytes:
    return len(raw).to_bytes(_UINT32, "big") + raw


def _cut_off(expected: int, found: int) -> InputError:
    return _malformed(f"{expected} bytes", f"{found} bytes")


def _malformed(expected: str, found: str) -> InputError:
    return InputError("tlog.push", "not a push in its only form", expected=expected, found=found)


def _too_large(expected: str, found: str) -> InputError:
    return InputError(
        "tlog.push-too-large",
        "a push is larger than any partner takes",
        expected=f"at most {expected}",
        found=found,
        hint="send less at a time; a large parcel goes by itself",
    )
