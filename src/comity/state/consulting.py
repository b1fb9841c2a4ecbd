# SPDX-License-Identifier: Apache-2.0
"""Consultation before acting: who asked the others about which act, and who acted unasked.

What the file names under `before` is asked first. An act that was not is counted all the same: it
stands here, with its article, until its party has asked each of the others after all, at whatever
time. Source: AGREEMENTS.md section 3
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from comity.agreement.acts import Action
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Date, Instant, Zone
from comity.state.affairs import Act, Consulted, Doing, Unasked
from comity.state.duty_triggers import subjects, tells_on
from comity.state.lifecycle_dates import until_passed
from comity.state.records import Ask, Said
from comity.state.state import State
from comity.state.tables import Chain, walk
from comity.state.terms import Terms
from comity.statement.cases import DisclosureRecord
from comity.statement.information import ConsentAsk
from comity.statement.kinds import Body
from comity.statement.orders import OrderRequest

ACTIONS: Final[dict[str, Action]] = {
    "item.release": Action.RELEASE,
    "item.third_party_release": Action.THIRD_PARTY_RELEASE,
    "item.reclassify": Action.RECLASSIFY,
    "item.return": Action.RETURN,
    "item.destroyed": Action.DESTROY,
    "disclosure.record": Action.DISCLOSE,
    "visit.request": Action.VISIT,
    "order.request": Action.ORDER,
}
"""The acts that are done by saying so, by the kind of the statement: those of `before`."""


def note_consulting(state: State, said: Said) -> None:
    """Keep a consultation that counts, or an act that was done unasked; for the fold alone."""
    body = said.body
    if isinstance(body, ConsentAsk):
        if body.consults(said.by):
            zone = state.files[said.version].agreement.lifecycle.zone
            _note_ask(state, Ask(said.place, said.at, said.to, body), zone)
        return
    action = ACTIONS.get(body.KIND)
    if action is None or action.value not in state.files[said.version].asked_before:
        return
    if tells_on(body):
        return
    doing = _doing(state, said, body, action)
    terms = state.files[said.version]
    left = _left(state, terms, doing, said.at)
    if not left:
        return
    article = terms.asked_before[doing.action]
    state.unasked.put(said.place, Unasked(said.place, said.at, said.version, article, doing, left))
    for about in _abouts(doing):
        for party in sorted(left):
            key = (doing.by, doing.action, about, party)
            state.unasked_about.put(key, Chain(said.place, state.unasked_about.get(key)))


def unasked(state: State, terms: Terms, doing: Doing, at: Instant) -> str | None:
    """Give the article by which somebody is still to be asked about an act; None: all were."""
    article = terms.asked_before.get(doing.action)
    if article is None:
        return None
    return article if _left(state, terms, doing, at) else None


def _left(state: State, terms: Terms, doing: Doing, at: Instant) -> frozenset[PartyId]:
    """Give who is left to be asked about an act at an instant."""
    return frozenset(terms.parties - {doing.by} - set(_asked(state, terms, doing, at)))


def acted_unasked(state: State, party: PartyId) -> tuple[Unasked, ...]:
    """List what a party did without asking before, nor since, by place."""
    rows = (row for row in state.unasked.values() if row.place.party == party)
    return tuple(sorted(rows, key=lambda row: row.place))


def _asked(state: State, terms: Terms, doing: Doing, at: Instant) -> Iterator[PartyId]:
    """Give who was asked about an act in time: about its item, or its category."""
    zone = terms.agreement.lifecycle.zone
    for about in _abouts(doing):
        for party, until in state.consulted.get((doing.by, doing.action, about)) or ():
            if at < until_passed(until, zone):
                yield party


def _abouts(doing: Doing) -> tuple[Place | str, ...]:
    """Name what is asked about: what concerns no item and no category, by its act alone."""
    return (*doing.items, *sorted(doing.categories)) or ("",)


def _note_ask(state: State, ask: Ask, zone: Zone) -> None:
    """Keep under what it concerns that the others were asked; what was done unasked is now asked.

    One ask names the others, or some of them: whoever was not asked yet still is to be. Of whoever
    is asked again and again only the longest time is kept, so that a flood of asks costs no more.
    """
    if ask.at >= until_passed(ask.ask.until, zone):
        return
    (word,) = ask.ask.consulted
    category = ask.ask.category
    for about in (*ask.ask.items, *(() if category is None else (category,)), ""):
        key = (ask.place.party, word, about)
        state.consulted.put(key, _longest(state.consulted.get(key) or (), ask))
        for party in ask.to:
            _sweep(state, (*key, party))


def _longest(known: Consulted, ask: Ask) -> Consulted:
    """Add who is asked, and until when, leaving out what lasts no longer than another."""
    until = ask.ask.until
    new = [
        party
        for party in ask.to
        if not any(party == other and _lasts(each, until) for other, each in known)
    ]
    kept = (each for each in known if each[0] not in new or not _lasts(until, each[1]))
    return (*kept, *((party, until) for party in new))


def _lasts(until: Date | Instant | None, other: Date | Instant | None) -> bool:
    """Answer whether a time surely lasts as long as another; None: without an end."""
    if until is None or other is None:
        return until is None
    if isinstance(until, Date):
        return isinstance(other, Date) and other <= until
    return not isinstance(other, Date) and other <= until


def _sweep(state: State, key: tuple[PartyId, str, Place | str, PartyId]) -> None:
    """Take a party that is asked now from those left to be asked; an act with nobody left goes.

    Each act is looked at once for each party and thing that it concerns, however many ask.
    """
    for place in walk(state.unasked_about.get(key)):
        row = state.unasked.get(place)
        if row is None:
            continue
        left = row.left - {key[-1]}
        if left:
            state.unasked.put(place, replace(row, left=left))
        else:
            state.unasked.drop(place)
    state.unasked_about.drop(key)


def _doing(state: State, said: Said, body: Body, action: Action) -> Doing:
    """Name what an act concerns: its items, and the categories of those or of what it orders."""
    act = Act(action.value, said.place, said.at, said.to, said.version, body)
    released = state.items.get(said.place)
    items = subjects(state, act) if released is None else (released,)
    places = tuple(item.place for item in items)
    categories = {item.release.label.category for item in items}
    if isinstance(body, DisclosureRecord):
        categories.add(body.label.category)
    if isinstance(body, OrderRequest):
        categories.update(line.category for line in body.lines)
    return Doing(action.value, said.by, places, frozenset(categories))
