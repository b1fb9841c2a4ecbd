# SPDX-License-Identifier: Apache-2.0
"""What has come since somebody was told last: items and their content, answers, acknowledgements.

How far somebody was told is said in places of registers and sizes alone, so that whoever comes back
with it goes on there, in this process or a later one: nothing is lost and nothing told twice. What
a person may not know of leaves no trace but the place after it. Source: DESIGN 1, 4, 5
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place, parse_place
from comity.basis.instants import Instant
from comity.basis.limits import PARTIES_MAX
from comity.decision.house import allow_listing
from comity.decision.people import Person
from comity.decision.stages import Refused
from comity.flows.alerts import alert_categories
from comity.flows.context import Context
from comity.flows.delivery_parcels import statements
from comity.flows.duties.listing import list_urgent, may_see_coming, may_see_duty
from comity.flows.duties.reminder_rows import Alike, Reminder, known_reminders
from comity.flows.duties.reminders import last_reminder, moments_of, reminders_since
from comity.flows.facts import find_person
from comity.flows.listing import as_known, may_know
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.queries import item_level
from comity.state.records import Item
from comity.statement.envelope import Statement
from comity.statement.information import ItemReceipt, ItemRefusal, ItemRelease

AWAITED_MAX: Final = 64
"""Items of which somebody is to be told when their content is here."""

_SCANNED_MAX: Final = 2_048
_PAGE: Final = 256
_SECTIONS: Final = 3
_NUMBER_CHARS: Final = 12


class Happening(StrEnum):
    """What may have come.

    `openable`: the content of an item is here and its key in our custody. `unwatched`: more items
    wait for their content than one is told of; of this one it will not be told.
    """

    ITEM = "item"
    OPENABLE = "openable"
    UNWATCHED = "unwatched"
    RECEIPT = "receipt"
    REFUSAL = "refusal"
    ACKNOWLEDGEMENT = "acknowledgement"


@dataclass(frozen=True, slots=True)
class Told:
    """How far somebody was told.

    `read`: up to where in each partner's register. `acknowledged`: up to which size of ours each
    partner's cosignature was told. `awaited`: items whose content was not here yet. `reminded`: the
    number of the last reminder.
    """

    read: Mapping[PartyId, int]
    acknowledged: Mapping[PartyId, int]
    awaited: tuple[Place, ...] = ()
    reminded: int = 0


@dataclass(frozen=True, slots=True)
class News:
    """One thing that has come, about an item; `told` is how far one was told with it.

    `by` and `at`: who answered or cosigned, and when it was said, where that is said. `is_alert`:
    its category is one of those that the agreement names as alerts.
    """

    happening: Happening
    item: Item
    level: str
    is_alert: bool
    by: PartyId
    at: Instant | None
    told: Told


@dataclass(frozen=True, slots=True)
class Batch:
    """Some news, how far one was told with all of it, and whether there is more at once."""

    news: tuple[News, ...]
    told: Told
    has_more: bool


def format_told(told: Told) -> str:
    """Write how far somebody was told, in letters that a header may hold."""
    sections = (
        (Place(party, index) for party, index in sorted(told.read.items())),
        (Place(party, size) for party, size in sorted(told.acknowledged.items())),
        told.awaited,
    )
    written = [",".join(str(place) for place in section) for section in sections]
    return ";".join([*written, str(told.reminded)] if told.reminded else written)


def parse_told(text: str, where: str = "") -> Told:
    """Read how far somebody was told.

    Raises:
        InputError: it is not what was given.
    """
    texts = text.split(";", _SECTIONS)
    reminded = _reminded(texts.pop(), where) if len(texts) > _SECTIONS else 0
    sections = [_places(each, where) for each in texts]
    if len(sections) != _SECTIONS:
        raise _unreadable(where)
    read, acknowledged, awaited = sections
    for section, most in ((read, PARTIES_MAX), (acknowledged, PARTIES_MAX), (awaited, AWAITED_MAX)):
        if len(section) > most:
            raise _unreadable(where)
    return Told(_by_party(read, where), _by_party(acknowledged, where), awaited, reminded)


async def news_from_now(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    start: Mapping[PartyId, int] | None = None,
) -> Told | Refused:
    """Say from where on somebody is told: from now, or from a place in each register.

    From now: what is here is known. Items whose content has not come are awaited, the newest ones.
    From a place in our own register on, acknowledgements of what stands there are told.

    Raises:
        StateError: no such agreement, or the person is not here.
    """
    view = await read_view(context, agreement)
    by = await find_person(context, person)
    allowed = allow_listing(by)
    if isinstance(allowed, Refused):
        return allowed
    own = None if start is None else start.get(view.own, 0)
    acknowledged = await _acknowledged(context, view)
    if start is not None:
        return Told(
            {party: start.get(party, 0) for party in view.partners},
            {party: min(size, own or 0) for party, size in acknowledged.items()},
        )
    reminded = await last_reminder(context, agreement)
    read = {party: view.registers.judged_size(party) for party in view.partners}
    items = (view.fold.state.items.get(place) for place in sorted(view.open.parcels))
    known = [item for item in items if item is not None and _is_shown(view, by, item)]
    awaited = tuple(each.place for each in sorted(known, key=_said_at)[-AWAITED_MAX:])
    return Told(read, acknowledged, awaited, reminded)


async def gather_news(
    context: Context, agreement: AgreementId, person: PersonId, told: Told, *, limit: int
) -> Batch | Refused:
    """Give what has come since, as far as the person may know of it; about `limit` at most.

    1. content that has come of items that were told before;
    2. what partners said, register by register, in the order of each: items, and content that is
       here already; receipts and refusals of our items;
    3. which partners have acknowledged our items.

    What rests on a file that is named and not here waits for it. Whoever looks first notes
    `context.written.told`: what is written while this looks may not be in it.

    Raises:
        StateError: no such agreement, or the person is not here.
    """
    view = await read_view(context, agreement)
    by = await find_person(context, person)
    allowed = allow_listing(by)
    if isinstance(allowed, Refused):
        return allowed
    reading = _Reading(context, view, by, told, limit=limit)
    await reading.note_custody()
    reading.open_awaited()  # 1
    await reading.read_registers()  # 2
    await reading.read_acknowledgements()  # 3
    return Batch(tuple(reading.news), reading.told, reading.has_more)


async def gather_reminders(
    context: Context, agreement: AgreementId, person: PersonId, told: Told
) -> tuple[tuple[Reminder, Told], ...]:
    """Give the reminders since, as far as the person may know of what they are about."""
    found = await reminders_since(context, agreement, told.reminded)
    if not found:
        return ()
    view, by = await read_view(context, agreement), await find_person(context, person)
    has_more = any(each.more for each in found)
    hidden = await _counted_for(context, view, person) if has_more else Counter[Alike]()
    at, given = view.moment(context), list[tuple[Reminder, Told]]()
    for each in found:
        count = hidden[each.alike] if each.more else 0
        if count or (not each.more and _may_see(view, by, each, at)):
            given.append((replace(each, more=count), replace(told, reminded=each.number)))
    return tuple(given)


async def _counted_for(context: Context, view: View, person: PersonId) -> Counter[Alike]:
    """Count what is not told one by one, of that which the person may know of."""
    agreement = view.agreement_id
    told = {each.key for each in await known_reminders(context, agreement)}
    owed = await list_urgent(context, agreement, person)
    moments = moments_of(view.own, owed)
    return Counter(each.alike for each in moments if each.key not in told)


def _may_see(view: View, by: Person, reminder: Reminder, at: Instant) -> bool:
    """Say whether a person may know of what a reminder is about, as of the duty itself."""
    state, about = view.fold.state, reminder.about
    place = None if about is None else parse_place(about)
    if place is None or not reminder.is_of_duty:
        return may_see_coming(state, by, place)
    return may_see_duty(state, by, place, at)


class _Reading:
    """One look at what has come."""

    def __init__(self, context: Context, view: View, by: Person, told: Told, *, limit: int) -> None:
        self._context = context
        self._view = view
        self._by = by
        self._limit = limit
        self._scanned = 0
        self._held: frozenset[str] = frozenset()
        self.told = told
        self.news: list[News] = []
        self.has_more = False

    async def note_custody(self) -> None:
        """Note which awaited keys another command took into our custody."""
        items = (self._known(place) for place in self.told.awaited)
        refs = frozenset(self._ref(each) for each in items if each is not None)
        if refs:
            self._held = await self._context.ports.keys.held_item_keys(refs)

    def _ref(self, item: Item) -> str:
        return self._view.item_ref(item.place, item.release.sealed)

    def open_awaited(self, places: Iterable[Place] | None = None) -> None:
        """Tell of content that has come; what does not count any more is not awaited."""
        for place in self.told.awaited if places is None else places:
            item = self._known(place)
            if item is None or self._view.own not in item.to or _is_given_up(self._view, item):
                self._forget(place)
            elif place not in self._view.open.parcels or self._ref(item) in self._held:
                self._forget(place)
                self._tell(Happening.OPENABLE, item, place.party)

    async def read_registers(self) -> None:
        """Tell of what partners said, up to where it is judged."""
        for party in self._view.partners:
            size = self._view.registers.judged_size(party)
            while (start := self.told.read.get(party, 0)) < size:
                if self._is_full():
                    return
                if not await self._read_page(party, start, min(size, start + _PAGE)):
                    break

    async def read_acknowledgements(self) -> None:
        """Tell of what partners cosigned of ours."""
        acknowledged = await _acknowledged(self._context, self._view)
        for party, size in sorted(acknowledged.items()):
            for index in range(self.told.acknowledged.get(party, 0), size):
                if self._is_full():
                    return
                self._scanned += 1
                self._move(acknowledged={party: index + 1})
                item = self._known(Place(self._view.own, index))
                if item is not None and party in item.to:
                    self._tell(Happening.ACKNOWLEDGEMENT, item, party)

    async def _read_page(self, party: PartyId, start: int, end: int) -> bool:
        """Tell of entries `[start, end)`; answer whether one may go on after them."""
        async for index, statement in statements(self._context, self._view, party, start, end):
            place = Place(party, index)
            if self._may_yet_count(place):
                self._move(read={party: index})
                return False
            if self._is_full():
                self._move(read={party: index})
                return True
            self._move(read={party: index})
            self._scanned += 1
            self._tell_statement(place, statement)
        self._move(read={party: end})
        return True

    def _tell_statement(self, place: Place, statement: Statement) -> None:
        state, after = self._view.fold.state, {place.party: place.index + 1}
        match statement.body:
            case ItemRelease():
                item = self._known(place)
                if item is not None and self._view.own in item.to:
                    self._tell_item(item)
            case ItemReceipt() as body:
                receipt = state.receipts.get((body.item, place.party))
                self._move(read=after)
                if receipt is not None and receipt.place == place:
                    self._tell_answer(Happening.RECEIPT, body.item, place.party, receipt.at)
            case ItemRefusal() as body:
                refusal = state.refusals.get((body.item, place.party))
                self._move(read=after)
                if refusal is not None and refusal.place == place:
                    self._tell_answer(Happening.REFUSAL, body.item, place.party, refusal.at)
            case _:
                pass

    def _tell_item(self, item: Item) -> None:
        """Tell of an item, and of its content if that is here.

        Whoever is cut off after any of these goes on at the next: what makes room is told before
        the item, and the item is awaited until its content was told.
        """
        place, awaited = item.place, self.told.awaited
        if len(awaited) >= AWAITED_MAX:
            oldest = self._known(awaited[0])
            self._forget(awaited[0])
            if oldest is not None:
                self._tell(Happening.UNWATCHED, oldest, awaited[0].party)
        self._move(read={place.party: place.index + 1})
        if not _is_given_up(self._view, item):
            self.told = replace(self.told, awaited=(*self.told.awaited, place))
        self._tell(Happening.ITEM, item, place.party, item.at)
        self.open_awaited((place,))

    def _tell_answer(self, happening: Happening, item: Place, by: PartyId, at: Instant) -> None:
        known = self._known(item)
        if known is not None:
            self._tell(happening, known, by, at)

    def _may_yet_count(self, place: Place) -> bool:
        """Answer whether an entry rests on a file that was named and is not here."""
        view = self._view
        versions = view.open.uncounted.get(place)
        return versions is not None and bool(versions & (view.open.named - view.known))

    def _known(self, place: Place) -> Item | None:
        item = self._view.fold.state.items.get(place)
        return item if item is not None and _is_shown(self._view, self._by, item) else None

    def _tell(
        self, happening: Happening, item: Item, by: PartyId, at: Instant | None = None
    ) -> None:
        view = self._view
        level = item_level(view.fold.state, item, view.moment(self._context))
        is_alert = item.release.label.category in alert_categories(view.file(item.version))
        shown = as_known(view.fold.state, self._by, item)
        self.news.append(News(happening, shown, level, is_alert, by, at, self.told))

    def _forget(self, place: Place) -> None:
        awaited = tuple(each for each in self.told.awaited if each != place)
        self.told = replace(self.told, awaited=awaited)

    def _move(
        self,
        *,
        read: Mapping[PartyId, int] | None = None,
        acknowledged: Mapping[PartyId, int] | None = None,
    ) -> None:
        self.told = replace(
            self.told,
            read={**self.told.read, **(read or {})},
            acknowledged={**self.told.acknowledged, **(acknowledged or {})},
        )

    def _is_full(self) -> bool:
        self.has_more = len(self.news) >= self._limit or self._scanned >= _SCANNED_MAX
        return self.has_more


async def _acknowledged(context: Context, view: View) -> dict[PartyId, int]:
    """Give the size of our register that each partner has cosigned."""
    origin, sizes = view.heads[view.own].origin, dict[PartyId, int]()
    for party in view.partners:
        found = await context.ports.store.latest_cosignature(origin, party)
        sizes[party] = 0 if found is None else found.size
    return sizes


def _is_shown(view: View, person: Person, item: Item) -> bool:
    return view.own in (*item.to, item.place.party) and may_know(person, item)


def _is_given_up(view: View, item: Item) -> bool:
    """Answer whether we refused an item or rejected its entry: its content will not be had."""
    state, key = view.fold.state, (item.place, view.own)
    refused = key in state.refusals or (view.own, item.place) in state.rejections
    return refused and key not in state.receipts


def _said_at(item: Item) -> tuple[Instant, Place]:
    return item.at, item.place


def _places(text: str, where: str) -> tuple[Place, ...]:
    return tuple(parse_place(each, where) for each in text.split(",")) if text else ()


def _reminded(text: str, where: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _NUMBER_CHARS):
        raise _unreadable(where)
    return int(text)


def _by_party(places: Iterable[Place], where: str) -> dict[PartyId, int]:
    found = tuple(places)
    by_party = {place.party: place.index for place in found}
    if len(by_party) != len(found):
        raise _unreadable(where)
    return by_party


def _unreadable(where: str) -> InputError:
    return InputError(
        "news.bad-position",
        "this is not how far anybody was told",
        where=where,
        expected="the id of an event",
        hint="begin without one: what is here now is in the list of items",
    )
