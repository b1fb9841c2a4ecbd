# SPDX-License-Identifier: Apache-2.0
"""The parcel of an entry, as partners ask for it or bring it: its parts, and for whom it is.

A parcel travels as one run of bytes: head and sealed payload, or a clear payload. Source: DESIGN 5
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from comity.basis.errors import InputError
from comity.basis.ids import PartyId, Place
from comity.flows.alerts import NODE_CHANNEL, early_by
from comity.flows.channels import may_travel
from comity.flows.context import Context
from comity.flows.courier.loads import acknowledged_size
from comity.flows.delivery_routes import hub_of
from comity.flows.parcels import Named, Parcel, is_held, parcel_of, payloads_of, read_small
from comity.flows.served import not_served
from comity.flows.serving.reads import Shown
from comity.flows.view import View
from comity.statement.envelope import Statement, parse_statement


@dataclass(frozen=True, slots=True)
class PlacedParcel:
    """The parcel of one entry: the statement that names it, and its parts in their order."""

    place: Place
    statement: Statement
    parts: tuple[Named, ...]

    @property
    def size(self) -> int:
        """Count its bytes."""
        return sum(each.size for each in self.parts)

    @property
    def is_clear(self) -> bool:
        """Answer whether it is a card or an agreement file, which every party gets."""
        return self.parts[0].clear

    @property
    def parcel(self) -> Parcel | None:
        """Give it as a sealed parcel, if it is one."""
        return parcel_of(self.place, self.statement)


async def find_parcel(context: Context, view: View, shown: Shown, index: int) -> PlacedParcel:
    """Find the parcel that an entry names.

    Raises:
        StateError: there is no such entry, or it names none.
    """
    place = Place(shown.party, index)
    statement = view.recent.get(place)
    if statement is None:
        statement = _first(await context.ports.store.entries(shown.origin, index, index + 1))
    parts = () if statement is None else payloads_of(statement, place)
    if statement is None or not parts:
        raise not_served()
    return PlacedParcel(place, statement, parts)


def is_for_reader(view: View, placed: PlacedParcel, reader: PartyId) -> bool:
    """Say whether a party may have a parcel: it is to it, its own, in the clear, or to carry on."""
    return (
        placed.is_clear
        or reader in placed.statement.to
        or reader in (placed.place.party, hub_of(view))
    )


async def is_given(context: Context, view: View, placed: PlacedParcel, reader: PartyId) -> bool:
    """Say whether a party that may have a parcel gets it now over the wire, after its receipt.

    Its own comes back to a party at any time, and a clear payload is no content.
    """
    if placed.is_clear or reader == placed.place.party:
        return True
    if not may_travel(view, placed.statement, NODE_CHANNEL):
        return False
    if early_by(view, placed.statement.agreement_sha256, NODE_CHANNEL).lets(placed.statement):
        return True
    origin = view.heads[placed.place.party].origin
    return await acknowledged_size(context, origin, reader) > placed.place.index


async def is_here(context: Context, view: View, placed: PlacedParcel) -> bool:
    """Answer whether every part is held."""
    return all([await is_held(context, view, each) for each in placed.parts])


async def read_piece(
    context: Context, view: View, placed: PlacedParcel, start: int, end: int
) -> bytes:
    """Give the bytes `[start, end)` of a parcel that is held.

    Raises:
        StateError: it is not held any more.
    """
    if placed.is_clear:
        digest = placed.parts[0].digest
        file = view.files.get(digest)
        raw = view.cards.get(digest, b"") if file is None else file.raw
        return raw[start:end]
    parcel = placed.parcel
    small = None if parcel is None else await read_small(context, view, parcel)
    if small is not None:
        return small[start:end]
    found: list[bytes] = []
    for part in placed.parts:
        if start < part.size and end > 0:
            chunks = await context.ports.blobs.read(part.digest, max(0, start))
            found.append(_first_bytes(chunks, min(end, part.size) - max(0, start)))
        start, end = start - part.size, end - part.size
    return b"".join(found)


def _first_bytes(chunks: Iterable[bytes], count: int) -> bytes:
    found = bytearray()
    for chunk in chunks:
        found += chunk[: count - len(found)]
        if len(found) == count:
            break
    return bytes(found)


def _first(raws: tuple[bytes, ...]) -> Statement | None:
    try:
        return parse_statement(raws[0]) if raws else None
    except InputError:
        return None
