# SPDX-License-Identifier: Apache-2.0
"""What registers and records of copies say of a visitor's items, all read at one moment.

Copies are made and statements said while a report is made. What changes is read in the turns of
every agreement that the report tells of, with how long the journals are then; lines and evidence,
which only grow, are read afterwards. Source: Japan-ROK GSOMIA Art. 18 (treaties.md G18)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from comity.basis.ids import AgreementId, PartyId, Place, format_place
from comity.basis.instants import Instant, format_instant
from comity.basis.strict_json import JsonValue
from comity.flows.context import Context, decide_again
from comity.flows.copies import Copy, copies_from, copies_key
from comity.flows.documents import COPIES, PASSING
from comity.flows.keeping.opening_keys import onward_of
from comity.flows.passing.wishes import kept_passings
from comity.flows.reports.journal_search import journals
from comity.flows.reports.made_onward import Elsewhere, MadeOnward, made_onward
from comity.flows.shapes import given_json
from comity.flows.turns import turns
from comity.flows.view import View, own_register
from comity.marking.labels import format_label
from comity.ports import BasisMoved, RegisterHead
from comity.state.protected import told_as_item
from comity.state.queries import item_level
from comity.state.records import Item
from comity.state.state import State
from comity.state.tables import walk
from comity.statement.cases import DisclosureRecord
from comity.statement.handling import ItemRecall
from comity.statement.information import (
    ConsentGive,
    ConsentWithdraw,
    ItemReceipt,
    ItemReclassify,
    ItemRefusal,
    ItemRelease,
)

_ANSWERS: Final = (ItemReceipt.KIND, ItemRefusal.KIND)
_KEPT: Final = (COPIES, PASSING)


@dataclass(frozen=True, slots=True)
class Told:
    """One item as it stands, and the statements that say so, each with its kind.

    `names` are those that its content has here, `apart` those of what is only counted. `row` is
    what a report says of it, but for what lines of the journal say.
    """

    names: tuple[str, ...]
    apart: tuple[str, ...]
    statements: tuple[tuple[Place, str], ...]
    row: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Moment:
    """How it stood `at` one moment; our register of the agreement and the journals went so far."""

    version: int
    at: Instant
    register: RegisterHead
    items: tuple[Told, ...]
    journals: tuple[RegisterHead, ...]


async def standing_of(context: Context, agreement: AgreementId, visitor: PartyId) -> Moment:
    """Read what is here of the items that a visiting party originated.

    1. in the turns of the agreement, and of those by which such items went on;
    2. what registers and records say, and how long the journals are;
    3. again from the start where another command wrote meanwhile.

    Raises:
        StateError: no version is signed, or other commands keep writing.
    """
    named = {agreement}

    async def attempt() -> Moment:
        async with turns(context, named) as views:  # 1
            versions = await _versions(context)
            view, kept = views[agreement], await kept_passings(context)
            items = [each for each in _by_place(view) if _is_shown(view, each, visitor)]
            onward = [onward_of(view, each.place, kept) for each in items]
            named.update(each for places in onward for each, _ in places)
            copies = {each: await _copies(context, each) for each in views}  # 2
            lengths, at = await journals(context), view.moment(context)
            unmoved = versions == await _versions(context)
            if not unmoved or named - views.keys() or not await _still(context, views):
                raise BasisMoved("report.moved", "what a report tells of has changed")  # 3
            reading = _Reading(views, copies, at)
            made = made_onward(views, agreement, visitor, onward)
            told = (_told(reading, view, *each) for each in zip(items, onward, made, strict=True))
            version = view.agreement().version
            return Moment(version, at, own_register(view), tuple(told), lengths)

    return await decide_again(attempt)


async def _versions(context: Context) -> list[int]:
    return [await context.ports.store.version(each) for each in _KEPT]


async def _copies(context: Context, agreement: AgreementId) -> dict[str, bytes | None]:
    found = await context.ports.store.documents(COPIES, prefix=f"{agreement}/")
    return {each.key: each.body for each in found}


async def _still(context: Context, views: Mapping[AgreementId, View]) -> bool:
    """Answer whether the registers are as these views have them."""
    for agreement, view in views.items():
        held = {each.origin: each.size for each in await context.ports.store.registers(agreement)}
        if any(held.get(each.origin) != each.size for each in view.heads.values()):
            return False
    return True


def _by_place(view: View) -> list[Item]:
    """List what was released and what was told or shown."""
    state = view.fold.state
    told = map(told_as_item, state.disclosures.values())
    return sorted((*state.items.values(), *told), key=lambda item: item.place)


def _is_shown(view: View, item: Item, visitor: PartyId) -> bool:
    here = view.own in (item.place.party, *item.to)
    return here and visitor in item.release.label.originators


@dataclass(frozen=True, slots=True)
class _Reading:
    """The views of all agreements that are told of, their records of copies, and the moment."""

    views: Mapping[AgreementId, View]
    copies: Mapping[AgreementId, Mapping[str, bytes | None]]
    at: Instant

    def rows(self, view: View, item: Item) -> tuple[Copy, ...] | None:
        """Give the copies of an item; None where their record does not read."""
        raw = self.copies[view.agreement_id].get(copies_key(view.agreement_id, item.place))
        found = copies_from(view, item, raw)
        return None if found.unread else found.rows


def _told(
    reading: _Reading, view: View, item: Item, onward: tuple[Elsewhere, ...], made: MadeOnward
) -> Told:
    statements = tuple(sorted(frozenset(_statements(view, item))))
    gone = [_there(reading, *each) for each in onward]
    there = [_there(reading, *each, made=True) for each in made.shown]
    copies = reading.rows(view, item)
    elsewhere = [copy for _, found in (*gone, *there) for copy in found]
    row: dict[str, JsonValue] = {
        "item": f"{view.agreement_id}/{item.place}",
        "released_by": item.place.party,
        "released_at": format_instant(item.at),
        "under": item.version,
        "made_from": [format_place(each) for each in item.release.derived_from],
        "label": format_label(item.release.label),
        "given_as": given_json(item.release),
        "level": item_level(view.fold.state, item, reading.at),
        "passed_on": [each for each, _ in gone],
        "made_onward": [each for each, _ in there],
        "copies": [*map(_copy, copies or ()), *elsewhere],
        **({"copies_unread": True} if copies is None else {}),
    }
    own = (view.agreement_id, item.place)
    return Told(_names(own, *onward, *made.shown), _names(*made.others), statements, row)


def _names(*places: Elsewhere) -> tuple[str, ...]:
    return tuple(f"{agreement}/{place}" for agreement, place in places)


def _there(
    reading: _Reading, agreement: AgreementId, place: Place, *, made: bool = False
) -> tuple[JsonValue, list[JsonValue]]:
    """Tell to whom an item went under another agreement, and which copies were made of it there.

    The node's own copy is none of these, unless it was `made` there: it has that name alone.
    """
    view = reading.views[agreement]
    item, name = view.item(place), f"{agreement}/{place}"
    state = view.fold.state
    row: dict[str, JsonValue] = {
        "item": name,
        "at": format_instant(item.at),
        "by": place.party,
        "to": [*item.to],
        "marking": item.release.label.marking,
        "receipted_by": [each for each in item.to if (place, each) in state.receipts],
        "refused_by": [each for each in item.to if (place, each) in state.refusals],
    }
    copies = reading.rows(view, item)
    if copies is None:
        return {**row, "copies_unread": True}, []
    rows = (each for each in copies if made or not each.in_node)
    return row, [{**_copy(each), "item": name} for each in rows]


def _copy(copy: Copy) -> dict[str, JsonValue]:
    hand, ended = copy.hands[-1], copy.ended
    return {
        "number": copy.number,
        "kind": copy.kind.value,
        "holder": hand.holder,
        "place": hand.facility,
        "since": format_instant(hand.since),
        "language": copy.language,
        "ended": None if ended is None else ended.how.value,
        "ended_at": None if ended is None else format_instant(ended.at),
    }


def _statements(view: View, item: Item) -> Iterator[tuple[Place, str]]:
    """Name the statements that say what became of an item, each with its kind."""
    state, own, place = view.fold.state, view.own, item.place
    yield place, DisclosureRecord.KIND if place in state.disclosures else ItemRelease.KIND
    receipt, refusal = state.receipts.get((place, own)), state.refusals.get((place, own))
    if receipt is not None:
        yield receipt.place, ItemReceipt.KIND
    if refusal is not None:
        yield refusal.place, ItemRefusal.KIND
    for party in item.release.label.originators:
        for change in walk(state.changes.get((place, party))):
            yield change.place, ItemReclassify.KIND
        recall = state.recalls.get((place, party))
        if recall is not None:
            yield recall.place, ItemRecall.KIND
    yield from _acts_about(state, place, own)
    yield from _consents_about(state, item)


def _acts_about(state: State, item: Place, own: PartyId) -> Iterator[tuple[Place, str]]:
    """Give what names an item, and what names that: a return's receipt, an incident's findings.

    Of answers that a later one took the place of, only the holder's own.
    """
    for act in walk(state.acts_about.get(item)):
        if act.kind in _ANSWERS and act.place.party != own:
            continue
        yield act.place, act.kind
        yield from ((each.place, each.kind) for each in walk(state.acts_about.get(act.place)))
        answered = ((act.place, party) for party in act.to)
        receipts = (state.return_receipts.get(each) for each in answered)
        yield from ((each.place, ItemReceipt.KIND) for each in receipts if each is not None)


def _consents_about(state: State, item: Item) -> Iterator[tuple[Place, str]]:
    """Give the consents that name an item, and their withdrawals."""
    for consent in walk(state.consents_by_item.get(item.place)):
        yield consent.place, ConsentGive.KIND
        withdrawn = state.withdrawals.get(consent.place)
        if withdrawn is not None:
            yield withdrawn, ConsentWithdraw.KIND
