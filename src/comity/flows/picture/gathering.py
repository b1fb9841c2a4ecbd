# SPDX-License-Identifier: Apache-2.0
"""Gathering the reports that a person may open now, for a map, a timeline or a list.

To draw a report is to open it: each item is decided as an opening for the purpose that the person
names, and the journal names all that is shown before anything of it leaves here. What may not be
opened leaves no trace. Source: Japan-ROK GSOMIA Art. 6(c), 7(1), 12 (treaties.md G7.1)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import InputError, ProofError, StateError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.limits import KIB, REPORT_BYTES_MAX
from comity.decision.house import CONTENT_ROLES, allow_house_act
from comity.decision.people import Person
from comity.decision.stages import Allowed, Refused
from comity.flows.context import Context, decide_again
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person
from comity.flows.listing import may_know, may_know_all
from comity.flows.parcels import read_sealed
from comity.flows.receipts import (
    decide_opening,
    item_banner,
    marking_and_level,
    note_openings,
)
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view, turn_about
from comity.flows.view import View
from comity.marking.banners import Banner
from comity.picture.reports import Report, parse_report
from comity.sealing.stream import Opener, open_chunks
from comity.state.queries import items_by, items_for
from comity.state.records import Item

TOGETHER: Final = 128
"""So many items are decided in one turn, and noted in one commit."""

LOOKED_AT_MAX: Final = 1000
"""So many items are looked at for one picture, the newest first."""

_SEALED_BYTES_MAX: Final = REPORT_BYTES_MAX + 128 * KIB


@dataclass(frozen=True, slots=True)
class PictureWish:
    """What a person wants to see, and for which purpose; nothing named: all there is.

    `levels` are those that items have now. `agreements` None: every one that is pinned here.
    """

    purpose: str
    agreements: tuple[AgreementId, ...] | None = None
    parties: frozenset[PartyId] = frozenset()
    categories: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A report that its viewer may open, under its banner, at the level that it has now.

    `superseded_by` is the item that its originator put in its place, as far as the viewer may know.
    """

    agreement: AgreementId
    item: Item
    level: str
    banner: Banner
    report: Report
    superseded_by: Place | None

    @property
    def name(self) -> str:
        """Give the control number of its item."""
        return f"{self.agreement}/{self.item.place}"


@dataclass(frozen=True, slots=True)
class Picture:
    """Reports by the time of their release, the newest first.

    `unreadable` are items that the viewer may open and whose payload or key is not here, or is not
    sound. `is_cut`: there are older items that were not looked at; a narrower wish finds them.
    """

    reports: tuple[ShownReport, ...]
    unreadable: tuple[str, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class _Drawn:
    shown: tuple[ShownReport, ...]
    unreadable: tuple[str, ...]


async def gather_picture(
    context: Context, person: PersonId, wish: PictureWish
) -> Picture | Refused:
    """Gather the reports that a person may open for a purpose.

    1. the person has a role that leads to content at all;
    2. what may be a report, and is wished for, is found by its label alone;
    3. some at a time: each is decided as an opening; what is allowed is read; a line of the
       journal for each that is shown is committed, all in one turn;
    4. only then is any of it given.
    """
    reader = await find_person(context, person)
    house = allow_house_act("picture.open", reader.roles, CONTENT_ROLES)  # 1
    if isinstance(house, Refused):
        return await keep_refusal(context, house, person, {"purpose": wish.purpose})
    pinned = await pinned_agreements(context)
    named = pinned if wish.agreements is None else wish.agreements
    found = [each for agreement in named for each in await _find(context, agreement, reader, wish)]
    found.sort(key=lambda each: (-each[1].at, each[0], each[1].place))  # 2
    is_cut, found = len(found) > LOOKED_AT_MAX, found[:LOOKED_AT_MAX]
    drawn: list[_Drawn] = []
    for agreement in sorted({each for each, _ in found}):
        places = [item.place for each, item in found if each == agreement]
        for start in range(0, len(places), TOGETHER):
            some = places[start : start + TOGETHER]
            drawn.append(await _draw(context, agreement, some, person, wish.purpose))
    shown = sorted(
        (each for part in drawn for each in part.shown),
        key=lambda each: (-each.item.at, each.agreement, each.item.place),
    )
    unreadable = tuple(each for part in drawn for each in part.unreadable)
    return Picture(tuple(shown), unreadable, is_cut)  # 4


async def _find(
    context: Context, agreement: AgreementId, reader: Person, wish: PictureWish
) -> list[tuple[AgreementId, Item]]:
    view = await read_view(context, agreement)
    state, now = view.fold.state, view.moment(context)
    return [
        (agreement, item)
        for item in (*items_for(state, view.own), *items_by(state, view.own))
        if item.release.sealed.size <= _SEALED_BYTES_MAX
        and may_know(reader, item)
        and _is_wished(wish.parties, item.place.party)
        and _is_wished(wish.categories, item.release.label.category)
        and (not wish.levels or marking_and_level(view, item, now)[1] in wish.levels)
    ]


def _is_wished(wished: frozenset[str] | frozenset[PartyId], found: str) -> bool:
    return not wished or found in wished


async def _draw(
    context: Context,
    agreement: AgreementId,
    places: Sequence[Place],
    person: PersonId,
    purpose: str,
) -> _Drawn:
    async def attempt() -> _Drawn:
        async with turn_about(context, agreement, places) as view:
            return await _draw_on(context, view, places, person, purpose)

    return await decide_again(attempt)


async def _draw_on(
    context: Context, view: View, places: Sequence[Place], person: PersonId, purpose: str
) -> _Drawn:
    reader = await find_person(context, person)
    shown: list[tuple[ShownReport, Allowed]] = []
    unreadable: list[str] = []
    for place in places:
        item = view.item(place)
        try:
            allowed = await decide_opening(context, view, item, person, purpose)
        except StateError:
            continue  # no copy of it is left
        if isinstance(allowed, Refused):
            continue
        try:
            report = await _read(context, view, item)
        except (StateError, ProofError, InputError):
            unreadable.append(f"{view.agreement_id}/{place}")
            continue
        if report is not None:
            shown.append((_shown(context, view, reader, item, report), allowed))
    if shown:
        opened = [(each.item, allowed) for each, allowed in shown]
        await note_openings(context, view, person, purpose, opened)
    return _Drawn(tuple(each for each, _ in shown), tuple(unreadable))


async def _read(context: Context, view: View, item: Item) -> Report | None:
    """Read a payload that says it is a report; None: it says that it is something else."""
    sealed = item.release.sealed
    key = await context.ports.keys.custody_item_key(view.item_ref(item.place, sealed))
    chunks = await read_sealed(context, view, item.place, item.release.parcel, sealed)
    opener = Opener(key)
    content = b"".join(open_chunks(opener, chunks))
    if opener.header is None or opener.header.schema is None:
        return None
    return parse_report(content)


def _shown(context: Context, view: View, reader: Person, item: Item, report: Report) -> ShownReport:
    state = view.fold.state
    later = state.superseded_by.get(item.place)
    known = later is not None and may_know_all(state, reader, (later,))
    return ShownReport(
        view.agreement_id,
        item,
        marking_and_level(view, item, view.moment(context))[1],
        item_banner(context, view, item, view.file(item.version)),
        report,
        later if known else None,
    )
