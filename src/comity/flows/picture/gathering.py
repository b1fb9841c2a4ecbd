# SPDX-License-Identifier: Apache-2.0
"""Gathering the reports that a person may open now, for a map, a timeline or a list.

To draw a report is to open it: each item is decided as an opening for the purpose that the person
names, and the journal names all that is shown before anything of it leaves here. What may not be
opened leaves no trace. Source: Japan-ROK GSOMIA Art. 6(c), 7(1), 12 (treaties.md G7.1)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from comity.basis.errors import InputError, ProofError, StateError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.limits import KIB, REPORT_BYTES_MAX
from comity.decision.house import CONTENT_ROLES, allow_house_act
from comity.decision.people import Person
from comity.decision.stages import Allowed, Refused
from comity.flows.alerts import Precedence, precedence_of
from comity.flows.context import Context, decide_again
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person
from comity.flows.listing import level_now, may_know, may_know_all
from comity.flows.parcels import read_sealed
from comity.flows.receipts import (
    ask_as,
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
from comity.state.records import Item

TOGETHER: Final = 32
"""So many items are decided in one turn, and noted in one commit."""

SHOWN_MAX: Final = 256
"""So many reports one picture shows; each register has an equal share, the newest first."""

SHARE_LEAST: Final = 8
"""A register's share where there are many of them."""

TRIED_FOR_ONE: Final = 4
"""So many times its share may be decided of a register: what is refused fills no picture."""

SCANNED_MAX: Final = 20_000
"""Entries of a register that one picture looks at; looking at one is cheap."""

_SEALED_BYTES_MAX: Final = REPORT_BYTES_MAX + 128 * KIB


@dataclass(frozen=True, slots=True)
class PictureWish:
    """What a person wants to see, and for which purpose; nothing named: all there is.

    `levels` are those that items have now, `precedences` those of the version that an item came
    under. `agreements` None: every one that is pinned here.
    `before` is where the picture after another begins in each register (`Picture.next`).
    """

    purpose: str
    agreements: tuple[AgreementId, ...] | None = None
    parties: frozenset[PartyId] = frozenset()
    categories: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    precedences: frozenset[Precedence] = frozenset()
    before: Mapping[tuple[AgreementId, PartyId], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A report that its viewer may open, under its banner, as it is marked now and at that level.

    `precedence` is that of the version that its item came under (AGREEMENTS 3, `channel`).
    `superseded_by` is the item that its originator put in its place, as far as the viewer may know.
    """

    agreement: AgreementId
    item: Item
    marking: str
    level: str
    banner: Banner
    report: Report
    superseded_by: Place | None
    precedence: Precedence

    @property
    def name(self) -> str:
        """Give the control number of its item."""
        return f"{self.agreement}/{self.item.place}"


@dataclass(frozen=True, slots=True)
class Picture:
    """Reports by the time of their release, the newest first.

    `unreadable` are items that the viewer may open and whose payload or key is not here, or is not
    sound. `next` is where older ones begin in each register; None: that was all.
    """

    reports: tuple[ShownReport, ...]
    unreadable: tuple[str, ...]
    next: tuple[tuple[AgreementId, Place], ...] | None

    @property
    def is_cut(self) -> bool:
        """Answer whether there may be older items that were not looked at."""
        return self.next is not None


@dataclass(frozen=True, slots=True)
class _Drawn:
    shown: tuple[ShownReport, ...]
    unreadable: tuple[str, ...]


async def gather_picture(
    context: Context, person: PersonId, wish: PictureWish
) -> Picture | Refused:
    """Gather the reports that a person may open for a purpose.

    1. the person has a role that leads to content at all;
    2. each register is gone through from its end, for its own share of the picture: so no party
       keeps another's reports out of it; what may be a report is found by its label alone;
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
    walks = [each for name in named for each in await _walks(context, name, reader, wish)]
    share = max(SHARE_LEAST, SHOWN_MAX // max(1, len(walks)))
    drawn = [each for walk in walks for each in await _draw_share(context, walk, person, share)]
    shown = sorted(
        (each for part in drawn for each in part.shown),
        key=lambda each: (-each.item.at, each.agreement, each.item.place),
    )
    unreadable = tuple(each for part in drawn for each in part.unreadable)
    ends = tuple((each.agreement, Place(each.party, each.end)) for each in walks)
    is_over = all(each.end == 0 for each in walks)
    return Picture(tuple(shown), unreadable, None if is_over else ends)  # 4


async def gather_named(
    context: Context,
    person: PersonId,
    items: Sequence[tuple[AgreementId, Place]],
    purpose: str,
) -> tuple[ShownReport, ...] | Refused:
    """Open these reports alone, each as `gather_picture` does; what is no report is left out."""
    reader = await find_person(context, person)
    house = allow_house_act("picture.open", reader.roles, CONTENT_ROLES)
    if isinstance(house, Refused):
        return await keep_refusal(context, house, person, {"purpose": purpose})
    shown: dict[tuple[AgreementId, Place], ShownReport] = {}
    for agreement in sorted({each for each, _ in items}):
        places = [place for each, place in items if each == agreement]
        drawn = await _draw(context, agreement, places, person, purpose)
        shown |= {(agreement, each.item.place): each for each in drawn.shown}
    return tuple(shown[each] for each in items if each in shown)


class _Walk:
    """Goes through one register from its end, or from where an earlier picture left it."""

    def __init__(
        self, context: Context, view: View, party: PartyId, reader: Person, wish: PictureWish
    ) -> None:
        self.agreement, self.party = view.agreement_id, party
        self.wish = wish
        self._context, self._view, self._reader = context, view, reader
        size = view.heads[party].size
        self.end = min(size, max(0, wish.before.get((view.agreement_id, party), size)))
        self._left = SCANNED_MAX

    async def take(self, limit: int) -> list[Place]:
        """Give the newest places that are left of what may be a report and is wished for."""
        found: list[Place] = []
        items = self._view.fold.state.items
        while self.end > 0 and self._left > 0 and len(found) < limit:
            self.end -= 1
            self._left -= 1
            item = items.get(Place(self.party, self.end))
            if item is not None and await self._is_wished(item):
                found.append(item.place)
        return found

    async def _is_wished(self, item: Item) -> bool:
        wish, view, category = self.wish, self._view, item.release.label.category
        if item.release.sealed.size > _SEALED_BYTES_MAX or not may_know(self._reader, item):
            return False
        if view.own not in (*item.to, item.place.party):
            return False
        if wish.categories and category not in wish.categories:
            return False
        if wish.precedences:
            file = view.files.get(item.version)
            if file is None or precedence_of(file, category) not in wish.precedences:
                return False
        return not wish.levels or await level_now(self._context, view, item) in wish.levels


async def _walks(
    context: Context, agreement: AgreementId, reader: Person, wish: PictureWish
) -> list[_Walk]:
    view = await read_view(context, agreement)
    parties = [each for each in sorted(view.heads) if not wish.parties or each in wish.parties]
    return [_Walk(context, view, each, reader, wish) for each in parties]


async def _draw_share(context: Context, walk: _Walk, person: PersonId, share: int) -> list[_Drawn]:
    """Draw a register's share, some items in each turn; what was shown is given, never less."""
    drawn: list[_Drawn] = []
    left, tries = share, share * TRIED_FOR_ONE
    while left > 0 and tries > 0 and (places := await walk.take(min(TOGETHER, left, tries))):
        drawn.append(await _draw(context, walk.agreement, places, person, walk.wish.purpose))
        left -= len(drawn[-1].shown)
        tries -= len(places)
    return drawn


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
    asking = await ask_as(context, view, person)
    shown: list[tuple[ShownReport, Allowed]] = []
    unreadable: list[str] = []
    for place in places:
        item = view.item(place)
        try:
            allowed = await decide_opening(context, view, item, asking, purpose)
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
            shown.append((_shown(context, view, asking.by, item, report), allowed))
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
    content: list[bytes] = []
    for chunk in open_chunks(opener, chunks):
        if opener.header is not None and opener.header.schema is None:
            return None
        content.append(chunk)
    return parse_report(b"".join(content))


def _shown(context: Context, view: View, reader: Person, item: Item, report: Report) -> ShownReport:
    state = view.fold.state
    later = state.superseded_by.get(item.place)
    known = later is not None and may_know_all(state, reader, (later,))
    return ShownReport(
        view.agreement_id,
        item,
        *marking_and_level(view, item, view.moment(context)),
        item_banner(context, view, item, view.file(item.version)),
        report,
        later if known else None,
        precedence_of(view.file(item.version), item.release.label.category),
    )
