# SPDX-License-Identifier: Apache-2.0
"""The parcels that follow a register to one partner: which are due, and which have arrived.

A parcel is due once the partner has cosigned its entry, if it may travel by the wire. Small ones
ride on pushes, large ones go by themselves, each kind in the order of the register; what is
remembered is how far each has come. Source: DESIGN 5
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final

from msgspec import Struct

from comity.basis.errors import InputError
from comity.basis.ids import PartyId, Place
from comity.basis.limits import PARCEL_INLINE_BYTES_MAX
from comity.basis.strict_json import JsonValue
from comity.flows.brought import has_come
from comity.flows.context import Context
from comity.flows.documents import PARCELS_DELIVERED, json_document, read_json_document
from comity.flows.parcels import Named, payloads_of
from comity.flows.view import View
from comity.ports import Document
from comity.statement.envelope import Statement, parse_statement

SMALL_QUEUED_MAX: Final = 256
LARGE_QUEUED_MAX: Final = 256
_PAGE: Final = 256


IsFor = Callable[[Statement], bool]
"""Says of a statement whether its parcel travels on a line: by whom it is to, and by its way."""


class DueParcel(Struct, frozen=True, gc=False):
    """A parcel by the index of its entry; its parts in the order in which they travel.

    `size` counts their bytes.
    """

    index: int
    parts: tuple[Named, ...]
    size: int

    @property
    def is_small(self) -> bool:
        """Answer whether it may ride on a push."""
        return self.size <= PARCEL_INLINE_BYTES_MAX


def due_parcel(index: int, statement: Statement, is_for: IsFor) -> DueParcel | None:
    """Give what follows a statement to the partner: a clear payload, or a parcel addressed so."""
    parts = payloads_of(statement)
    if not parts or not (parts[0].clear or is_for(statement)):
        return None
    return DueParcel(index, parts, bytes_of(parts))


def bytes_of(parts: Iterable[Named]) -> int:
    """Count the bytes of a parcel's parts."""
    return sum([part.size for part in parts])


class ParcelQueue:
    """What is due on one line, bounded however much waits.

    Invariant: below `_scanned` every due parcel is queued or has arrived, save large ones from
    `_large_from` on, which did not fit and are looked for again when the queue is empty.
    """

    def __init__(
        self, register: PartyId, partner: PartyId, origin: str, *, small: int = 0, large: int = 0
    ) -> None:
        """Begin where parcels had arrived up to, each kind."""
        self._register = register
        self._partner = partner
        self._key = f"{partner}/{origin}"
        self._kept = small, large
        self._noted_in: dict[tuple[str, str], Document] | None = None
        self._scanned = small
        self._large_from: int | None = large if large < small else None
        self._early: set[int] = set()
        self.small: deque[DueParcel] = deque()
        self.large: deque[DueParcel] = deque()

    @property
    def arrived(self) -> tuple[int, int]:
        """Give the index below which every small, and every large, parcel has arrived."""
        small = self.small[0].index if self.small else self._scanned
        beyond = self._scanned if self._large_from is None else self._large_from
        # A large parcel that was refused stands behind later ones.
        return small, min((each.index for each in self.large), default=beyond)

    @property
    def waiting(self) -> int:
        """Count what is queued."""
        return len(self.small) + len(self.large)

    def waits_below(self, upto: int) -> int:
        """Count what is queued, and every entry below `upto` that was not looked at yet."""
        return self.waiting + max(0, upto - self._scanned)

    def rewind(self, size: int) -> None:
        """Begin again from `size`: the partner holds no more than that, it was restored."""
        small, large = self.arrived
        self._scanned = min(small, size)
        self._large_from = min(large, size) if large < self._scanned else None
        self._early.clear()
        self.small.clear()
        self.large.clear()

    async def look(self, context: Context, view: View, upto: int, is_for: IsFor) -> None:
        """Queue what has become due below `upto`, as far as there is room."""
        while self._scanned < upto and len(self.small) < SMALL_QUEUED_MAX:
            end = min(upto, self._scanned + _PAGE)
            async for index, statement in statements(
                context, view, self._register, self._scanned, end
            ):
                due = due_parcel(index, statement, is_for)
                is_here = due is None or index in self._early or self._is_answered(view, due)
                if due is not None and not is_here:
                    self._queue(due)
            self._scanned = end
            self._early = {each for each in self._early if each >= end}
        if self._large_from is not None and not self.large:
            await self._look_for_large(context, view, is_for)

    def drop_small(self, indexes: Iterable[int]) -> None:
        """Note that small parcels have arrived, or are gone for good.

        Those that went with their entries were not looked for yet.
        """
        gone = frozenset(indexes)
        self._early.update(each for each in gone if each >= self._scanned)
        if gone:
            self.small = deque(each for each in self.small if each.index not in gone)

    def drop_large(self, index: int) -> None:
        """Note that a large parcel has arrived, or is gone for good."""
        self.large = deque(each for each in self.large if each.index != index)

    def note(self) -> tuple[Document, ...]:
        """Give the document that says what has arrived, if it says anything new."""
        if self.arrived == self._kept:
            return ()
        small, large = self.arrived
        value: JsonValue = {"large": large, "small": small}
        return (json_document(PARCELS_DELIVERED, self._key, value),)

    def noted(self) -> None:
        """Note that the document is committed."""
        self._kept = self.arrived

    def note_along(self, view: View) -> None:
        """Let what has arrived be kept with the next commit; a new view may have lost the last."""
        if self._noted_in is not None and self._noted_in is not view.along:
            self._kept = -1, -1
        self._noted_in = view.along
        view.along.update(((each.kind, each.key), each) for each in self.note())
        self.noted()

    def _is_answered(self, view: View, due: DueParcel) -> bool:
        """Answer whether the partner has said that it has the parcel, or will not have it."""
        state, key = view.fold.state, (Place(self._register, due.index), self._partner)
        return key in state.receipts or key in state.refusals

    def _queue(self, due: DueParcel) -> None:
        if due.is_small:
            self.small.append(due)
        elif self._large_from is None:
            if len(self.large) < LARGE_QUEUED_MAX:
                self.large.append(due)
            else:
                self._large_from = due.index

    async def _look_for_large(self, context: Context, view: View, is_for: IsFor) -> None:
        start, self._large_from = self._large_from or 0, None
        while start < self._scanned and self._large_from is None:
            end = min(self._scanned, start + _PAGE)
            async for index, statement in statements(context, view, self._register, start, end):
                due = due_parcel(index, statement, is_for)
                if due is not None and not (due.is_small or self._is_answered(view, due)):
                    self._queue(due)
            start = end


async def open_queue(
    context: Context, register: PartyId, partner: PartyId, origin: str
) -> ParcelQueue:
    """Go on from what is noted to have arrived."""
    small, large = await arrived_parcels(context, origin, partner)
    return ParcelQueue(register, partner, origin, small=small, large=large)


async def arrived_parcels(
    context: Context, origin: str, partner: PartyId, view: View | None = None
) -> tuple[int, int]:
    """Give the index below which every small, and every large, parcel has arrived by the wire.

    Without the live view, as far as that is kept: the last of it may wait for the next commit.
    """
    key = f"{partner}/{origin}"
    noted = None if view is None else view.along.get((PARCELS_DELIVERED, key))
    raw = (
        await context.ports.store.document(PARCELS_DELIVERED, key) if noted is None else noted.body
    )
    value = None if raw is None else read_json_document(raw)
    match value:
        case {"large": int(large), "small": int(small)}:
            return small, large
        case _:
            return 0, 0


def has_arrived(arrived: tuple[int, int], index: int, parts: Iterable[Named]) -> bool:
    """Answer whether a parcel is below what `arrived_parcels` gave for its kind."""
    small, large = arrived
    return index < (small if bytes_of(parts) <= PARCEL_INLINE_BYTES_MAX else large)


async def statements(
    context: Context, view: View, register: PartyId, start: int, end: int
) -> AsyncIterator[tuple[int, Statement]]:
    """Give the statements `[start, end)` of a register, as far as they read."""
    raws: tuple[bytes, ...] | None = None
    for index in range(start, end):
        known = view.recent.get(Place(register, index))
        if known is None:
            if raws is None:
                raws = await context.ports.store.entries(view.heads[register].origin, start, end)
            known = _read(raws[index - start])
        if known is not None:
            yield index, known


async def small_bytes(context: Context, view: View, origin: str, due: DueParcel) -> bytes | None:
    """Give a small parcel's bytes as it travels; None when it is not held, or not any more."""
    if due.parts[0].clear:
        return clear_bytes(view, due)
    party = next((each.party for each in view.heads.values() if each.origin == origin), None)
    held = None if party is None else view.parcels.get(Place(party, due.index))
    held = held or await context.ports.store.parcel(origin, due.index)
    if held is not None:
        return held
    sizes = [await context.ports.blobs.size(part.digest) for part in due.parts]
    if sizes != [part.size for part in due.parts]:
        return None
    if party is None or not await have_come(context, view, party, due):
        return None
    chunks = [b"".join(await context.ports.blobs.read(part.digest)) for part in due.parts]
    return b"".join(chunks)


async def have_come(context: Context, view: View, register: PartyId, due: DueParcel) -> bool:
    """Answer whether every part has come for this very entry."""
    place = Place(register, due.index)
    return all([await has_come(context, view, place, part.digest) for part in due.parts])


def clear_bytes(view: View, due: DueParcel) -> bytes | None:
    """Give a clear payload that is held: a card, or an agreement file."""
    digest = due.parts[0].digest
    file = view.files.get(digest)
    return view.cards.get(digest) if file is None else file.raw


def _read(raw: bytes) -> Statement | None:
    try:
        return parse_statement(raw)
    except InputError:
        return None
