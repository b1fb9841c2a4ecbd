# SPDX-License-Identifier: Apache-2.0
"""What triggers duties: counted statements by their kind, and what follows from several of them.

`agreement.in_force` is the last word that brought the agreement into force, `agreement.table`
a new version, signed by all, in which a party's own markings are others than before.
Source: AGREEMENTS.md section 5; Japan-ROK GSOMIA Art. 3
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from comity.agreement.rules import DutyRule
from comity.basis.ids import Digest, PartyId, Place
from comity.basis.instants import INSTANT_MIN, Instant
from comity.marking.equivalence import MarkEntry
from comity.state.affairs import Act, GoodsRow
from comity.state.duty_goods import TRIGGERS, goods_acts, goods_acts_of
from comity.state.lifecycle import lifecycle_at
from comity.state.protected import find_protected, is_sealed
from comity.state.records import Item, Said, Text
from comity.state.state import State
from comity.state.tables import Chain
from comity.statement.handling import ItemDestroyed, ItemReturn
from comity.statement.information import (
    ConsentAsk,
    ConsentGive,
    ConsentRefuse,
    ItemRelease,
    RequestMake,
)
from comity.statement.kinds import Body

IN_FORCE: Final = "agreement.in_force"
TABLE: Final = "agreement.table"
RELEASE: Final = "item.release"

ACT_KINDS: Final = frozenset(
    {
        "item.reclassify",
        "item.recall",
        "item.return",
        "item.destroyed",
        "item.third_party_release",
        "disclosure.record",
        "incident.report",
        "incident.findings",
        "incident.close",
        "visit.request",
        "visit.decide",
        "contractor.assure",
        "inventory.result",
        "agreement.suspend_category",
        "request.make",
        "consent.ask",
        "consent.give",
        "consent.refuse",
        "party.authority",
        "party.law_change",
        "dispute.open",
        "dispute.settle",
        "balance.state",
        "balance.agree",
    }
)
"""Kinds that may trigger or discharge a duty; releases, receipts and refusals stand in tables."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event that duties follow from: its name in the rules, and the statement that it is."""

    because: str
    act: Act

    @property
    def place(self) -> Place:
        """Give the statement's place."""
        return self.act.place

    @property
    def version(self) -> Digest:
        """Give the version that it was said under, whose rules hold."""
        return self.act.version


def note_act(state: State, said: Said) -> None:
    """Keep a counted statement that may trigger or discharge duties; for the fold alone."""
    body = said.body
    if isinstance(body, ItemRelease):
        _note_release(state, said, body)
        return
    if body.KIND not in ACT_KINDS or tells_on(body):
        return
    if isinstance(body, RequestMake) and body.subject is None:
        return  # whoever asks for information is owed nothing (treaties.md G-vol)
    if isinstance(body, ConsentAsk | ConsentGive | ConsentRefuse) and not _consults(
        state, said, body
    ):
        return  # nor is whoever asks for leave to pass something on
    act = Act(body.KIND, said.place, said.at, said.to, said.version, body)
    state.acts.put(act.place, act)
    by = (act.kind, said.by)
    state.acts_by.put(by, Chain(act, state.acts_by.get(by)))
    for place in places_in(body):
        state.acts_about.put(place, Chain(act, state.acts_about.get(place)))


def tells_on(body: Body) -> bool:
    """Answer whether a body tells what a third party did with its copies: no act of its speaker."""
    return isinstance(body, ItemReturn | ItemDestroyed) and body.follows is not None


def _consults(state: State, said: Said, body: ConsentAsk | ConsentGive | ConsentRefuse) -> bool:
    """Answer whether a question asks before an act, or an answer is one to such a question."""
    if isinstance(body, ConsentAsk):
        return body.consults(said.by)
    asked = None if body.ask is None else state.acts.get(body.ask)
    if asked is None or not isinstance(asked.body, ConsentAsk):
        return False
    return isinstance(body, ConsentRefuse) or body.purpose == asked.body.purpose


def _note_release(state: State, said: Said, body: ItemRelease) -> None:
    """Keep to whom anything was given at all, which items' use ends, which are made from others."""
    for party in said.to:
        if party not in state.first_given:
            state.first_given.put(party, said.place)
    if body.label.use_until is not None:
        state.limited.put(said.place, said.place)
    if body.derived_from:
        state.derived.put(said.place, said.place)


def triggers(state: State, at: Instant, items: Collection[Place] | None) -> Iterator[Trigger]:
    """Give everything that triggers a duty up to `at`, in no order that anybody may rely on."""
    if any(RELEASE in terms.duties for terms in state.files.values()):
        named = state.items.keys() if items is None else {*items, *state.limited.keys()}
        for place in named:
            yield from find_trigger(state, place, at)
    for act in state.acts.values():
        yield Trigger(act.kind, act)
    if any(TRIGGERS & terms.duties.keys() for terms in state.files.values()):
        for act in goods_acts(state, live=items is not None):
            yield Trigger(act.kind, act)
    yield from _of_the_agreement(state, at)


def find_trigger(state: State, place: Place, at: Instant) -> Iterator[Trigger]:
    """Give what one statement triggers duties as."""
    item, act = state.items.get(place), state.acts.get(place)
    acts = tuple(goods_acts_of(state, place)) if act is None else (act,)
    if item is not None:
        said = Act(RELEASE, item.place, item.at, item.to, item.version, item.release)
        yield Trigger(RELEASE, said)
    elif acts:
        yield from (Trigger(each.kind, each) for each in acts)
    else:
        yield from (each for each in _of_the_agreement(state, at) if each.place == place)


def items_of(state: State, trigger: Trigger, rule: DutyRule) -> tuple[Place | None, ...]:
    """Give what the duties of a rule are about: one for each item, where each is owed apart.

    Of a word without a note there is nothing to give back or to destroy.
    """
    if trigger.because == RELEASE:
        return (trigger.place,)
    if rule.how == "names_item":
        return tuple(item.place for item in subjects(state, trigger.act) if is_sealed(item))
    return (None,)


def subjects(state: State, act: Act) -> tuple[Item, ...]:
    """List the items that a statement names, or that what it names is about."""
    direct = _items_in(state, (act.place, *places_in(act.body)))
    if direct:
        return direct
    named = (state.acts.get(place) for place in places_in(act.body))
    further = [place for known in named if known is not None for place in places_in(known.body)]
    return _items_in(state, tuple(further))


def places_in(body: Body | GoodsRow | None) -> tuple[Place, ...]:
    """List the places that a body names, each once, in order."""
    found: set[Place] = set()
    for name in () if body is None else body.__struct_fields__:
        value = getattr(body, name)
        if isinstance(value, Place):
            found.add(value)
        elif isinstance(value, tuple):
            inner = (getattr(each, "item", each) for each in value)
            found.update(each for each in inner if isinstance(each, Place))
    return tuple(sorted(found))


def _items_in(state: State, places: tuple[Place, ...]) -> tuple[Item, ...]:
    found = (find_protected(state, place) for place in places)
    return tuple(item for item in found if item is not None)


def _of_the_agreement(state: State, at: Instant) -> Iterator[Trigger]:
    agreed = sorted(
        (text.agreed_at or INSTANT_MIN, sha256, text) for sha256, text in state.agreed.items()
    )
    if not agreed:
        return
    entered = lifecycle_at(state, at).in_force_at
    if entered is not None and entered <= at:
        place = _last_word(state, agreed[0][2])
        to = tuple(sorted(set(state.life.parties) - {place.party}))
        version = agreed[-1][1]
        yield Trigger(IN_FORCE, Act(IN_FORCE, place, entered, to, version, None))
    for (_, old, _), (since, new, text) in pairwise(agreed):
        for place in text.signed:
            if _markings(state, old, place.party) != _markings(state, new, place.party):
                to = tuple(sorted(state.files[new].parties - {place.party}))
                yield Trigger(TABLE, Act(TABLE, place, since, to, new, None))


def _last_word(state: State, first: Text) -> Place:
    """Give the statement that brought the agreement into force: a notification, or a signature."""
    told = [(at, place) for place, at in state.entry_notes.items()]
    return max(told)[1] if told else first.signed[-1]


def _markings(state: State, version: Digest, party: PartyId) -> tuple[MarkEntry, ...]:
    table = state.files[version].agreement.table
    return tuple(entry for entry in table.entries if entry.party == party)
