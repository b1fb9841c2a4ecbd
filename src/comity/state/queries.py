# SPDX-License-Identifier: Apache-2.0
"""What flows ask of a state: items, levels, consents, assurances, requests.

`seen` narrows an answer to what lay within given register sizes: a consent counts for a release
only if the release's speaker had seen it. Whoever asks adds the size of its own register.
Source: DESIGN.md section 4
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from comity.basis.ids import Digest, PartyId, Place
from comity.basis.instants import UTC, Date, Instant, Zone
from comity.marking.equivalence import corresponding_markings
from comity.state.lifecycle_dates import day_end, day_of
from comity.state.protected import find_protected
from comity.state.records import Assurance, Consent, Item, Receipt, Reclassification, Request
from comity.state.state import State
from comity.state.tables import walk

Seen = Mapping[PartyId, int]
Until = Date | Instant | None


class _Placed(Protocol):
    @property
    def place(self) -> Place: ...


PlacedRow = TypeVar("PlacedRow", bound=_Placed)


def current_version(state: State) -> Digest | None:
    """Give the version that every party signed last, under which new statements are made."""
    return state.life.agreed


def zone_of(state: State) -> Zone:
    """Give the zone that days are counted in."""
    rules = state.life.rules
    return UTC if rules is None else rules.zone


def standing_state(state: State, instant: Instant) -> str | None:
    """Give the state that governs at an instant, as decisions ask for it; None before any.

    Source: AGREEMENTS.md section 2
    """
    standing = state.standing(instant).state
    return None if standing is None else standing.value


def items_for(state: State, party: PartyId) -> tuple[Item, ...]:
    """List the items released to a party, by place."""
    return tuple(item for item in _by_place(state.items.values()) if party in item.to)


def items_by(state: State, party: PartyId) -> tuple[Item, ...]:
    """List the items that a party released, by place."""
    return tuple(item for item in _by_place(state.items.values()) if item.place.party == party)


def receipt_of(state: State, item: Place, party: PartyId) -> Receipt | None:
    """Find a party's receipt of an item; it holds the party's own marking."""
    return state.receipts.get((item, party))


def originator_marking(state: State, item: Item, instant: Instant) -> str:
    """Give the marking that an item carries now: the one whose level holds.

    Source: Japan-ROK GSOMIA Art. 4(1), 6(g)
    """
    label = item.release.label
    level = item_level(state, item, instant)
    for party in label.originators:
        change = _change_at(state, item.place, party, instant)
        if change is not None and change.change.level == level:
            return change.change.marking
    if level == label.level:
        return label.marking
    # A derived item follows what it was made from: its speaker's own marking for that level.
    terms = state.files[item.version]
    on = day_of(instant, terms.agreement.lifecycle.zone)
    fitting = corresponding_markings(terms.agreement.table, item.place.party, level, on)
    return fitting[0] if fitting else label.marking


def held_marking(state: State, item: Item, party: PartyId, instant: Instant) -> str | None:
    """Give the recipient's own marking for an item as it stands, or None until it has one.

    It is the one of its receipt. Once the originator has changed the level it is the one that
    corresponds; where several do, the receiving officer has to choose anew.

    Source: Japan-ROK GSOMIA Art. 4(2), 6(g)
    """
    receipt = state.receipts.get((item.place, party))
    if receipt is None:
        return None
    terms, level = state.files[item.version], item_level(state, item, instant)
    if terms.level_of(party, receipt.marking, instant) == level:
        return receipt.marking
    table, on = terms.agreement.table, day_of(instant, terms.agreement.lifecycle.zone)
    fitting = corresponding_markings(table, party, level, on)
    return fitting[0] if len(fitting) == 1 else None


def item_level(state: State, item: Item, instant: Instant) -> str:
    """Give an item's level at an instant: the highest that any of its originators holds it at.

    An originator that changed nothing holds it at the level of the release, so that one of two
    originators cannot lower what the other one must protect. For those of an item that was passed
    on, who are no parties here, whoever passed it on speaks.

    Source: Japan-ROK GSOMIA Art. 6(g)
    """
    if item.release.derived_from:
        return _derived_level(state, item, instant, {})
    label = item.release.label
    held = []
    for party in label.originators:
        change = _change_at(state, item.place, _who_speaks(state, item, party), instant)
        held.append(label.level if change is None else change.change.level)
    ranks = state.files[item.version].ranks
    return max(held, key=lambda level: ranks[level])


def item_levels(state: State, items: Iterable[Item], instant: Instant) -> tuple[str, ...]:
    """Give the levels of several items, looking once at what they are made from in common."""
    known: dict[tuple[Place, PartyId], str] = {}
    return tuple(_derived_level(state, item, instant, known) for item in items)


def _derived_level(
    state: State, item: Item, instant: Instant, known: dict[tuple[Place, PartyId], str]
) -> str:
    """Give the level of a derived item: each originator's, which follows what it is made from.

    Source: Japan-ROK GSOMIA Art. 4(3), 6(g)
    """
    parties = item.release.label.originators
    ranks = state.files[item.version].ranks
    held = (_held_by(state, item, party, instant, known) for party in parties)
    return max(held, key=lambda level: ranks.get(level, len(ranks)))


def _held_by(
    state: State,
    item: Item,
    party: PartyId,
    instant: Instant,
    known: dict[tuple[Place, PartyId], str],
) -> str:
    """Give the level at which one originator holds an item: as it said, or as of its own items.

    An originator of nothing that the item was made from holds it at the level of the release.
    What an item may be made from has a limit, so this ends early (`derivation`).
    """
    party = _who_speaks(state, item, party)
    key = (item.place, party)
    if key not in known:
        change = _change_at(state, item.place, party, instant)
        parents = [find_protected(state, place) for place in item.release.derived_from]
        above = [
            _held_by(state, parent, party, instant, known)
            for parent in parents
            if parent is not None and party in parent.release.label.originators
        ]
        if change is not None:
            known[key] = change.change.level
        else:
            ranks = state.files[item.version].ranks
            known[key] = max(
                above,
                key=lambda level: ranks.get(level, len(ranks)),
                default=item.release.label.level,
            )
    return known[key]


def _who_speaks(state: State, item: Item, party: PartyId) -> PartyId:
    """Give who says an originator's word here: itself, or whoever passed its item on to here."""
    if item.release.passed_on is None or party in state.files[item.version].parties:
        return party
    return item.place.party


def consents_for(
    state: State, item: Item, instant: Instant, *, seen: Seen | None = None
) -> tuple[Consent, ...]:
    """List the consents in effect that name an item, or the category that it is in."""
    named = walk(state.consents_by_item.get(item.place))
    of_category = walk(state.consents_by_category.get(item.release.label.category))
    return in_effect(state, {c.place: c for c in (*named, *of_category)}.values(), instant, seen)


def in_effect(
    state: State, consents: Iterable[Consent], instant: Instant, seen: Seen | None
) -> tuple[Consent, ...]:
    """Give of some consents those that are not withdrawn and not past, by place."""
    zone = zone_of(state)
    return tuple(
        known
        for known in _by_place(consents)
        if within(known.place, seen)
        and _holds(known.consent.until, instant, zone)
        and not _withdrawn(state, known.place, seen)
    )


def recalled_by(state: State, item: Item, *, seen: Seen | None = None) -> tuple[PartyId, ...]:
    """List the originators that have called an item back, within what was seen.

    Source: Japan-ROK GSOMIA Art. 6(h)
    """
    rows = (
        (party, state.recalls.get((item.place, party))) for party in item.release.label.originators
    )
    return tuple(party for party, row in rows if row is not None and within(row.since, seen))


def effective_consents(
    state: State, instant: Instant, *, seen: Seen | None = None
) -> tuple[Consent, ...]:
    """List every consent that is given, not withdrawn and not past, by place."""
    return in_effect(state, state.consents.values(), instant, seen)


def assurances_in_force(
    state: State, party: PartyId, instant: Instant, *, seen: Seen | None = None
) -> tuple[Assurance, ...]:
    """List the assurances that a party gave and that are not past, the oldest first."""
    zone = zone_of(state)
    return tuple(
        known
        for known in given_by(state, party)
        if within(known.place, seen) and _holds(known.assurance.until, instant, zone)
    )


def given_by(state: State, party: PartyId) -> tuple[Assurance, ...]:
    """List every assurance that a party gave, the oldest first."""
    return tuple(each.newest for each in walk(state.assurances.get((party, None))))


def assured(
    state: State,
    party: PartyId,
    names: Iterable[str | None],
    instant: Instant,
    *,
    seen: Seen | None = None,
) -> tuple[Assurance, ...]:
    """List what a party had assured for these names, for as long as it holds at the longest.

    Under None lies what was given for any name. Of those that assure the same, only what no other
    outlasts is listed, past or not, so that a decision costs the same however much was given.
    """
    found: dict[Place, Assurance] = {}
    for name in names:
        chain = state.assurances.get((party, name))
        while chain is not None and not _given(chain.newest.newest, instant, seen):
            chain = chain.before
        if chain is not None:
            found.update((each.place, each) for each in chain.newest.lasting)
    return tuple(found[place] for place in sorted(found))


def _given(known: Assurance, instant: Instant, seen: Seen | None) -> bool:
    return known.at <= instant and within(known.place, seen)


def open_requests(state: State, party: PartyId) -> tuple[Request, ...]:
    """List the requests that a party has neither answered nor declined, by place."""
    waiting = (request for (_, asked), request in state.open_requests.items() if asked == party)
    return tuple(_by_place(waiting))


def open_asks(state: State, party: PartyId) -> Iterator[Place]:
    """Give the questions for a party's consent that it has neither granted nor refused."""
    given = {row.consent.ask for row in state.consents.values() if row.place.party == party}
    for place, ask in state.asks.items():
        if party in ask.to and place not in given and (place, party) not in state.ask_refusals:
            yield place


def change_of(
    state: State, item: Item, party: PartyId, instant: Instant
) -> Reclassification | None:
    """Find the reclassification by one originator that has effect at an instant."""
    return _change_at(state, item.place, party, instant)


def _change_at(
    state: State, item: Place, party: PartyId, instant: Instant
) -> Reclassification | None:
    chain = state.changes.get((item, party))
    while chain is not None and chain.newest.change.effective > instant:
        chain = chain.before
    return None if chain is None else chain.newest


def _withdrawn(state: State, consent: Place, seen: Seen | None) -> bool:
    withdrawal = state.withdrawals.get(consent)
    return withdrawal is not None and within(withdrawal, seen)


def within(place: Place, seen: Seen | None) -> bool:
    """Say whether a statement lies within what was seen; None: all is."""
    return seen is None or place.index < seen.get(place.party, 0)


def _holds(until: Until, instant: Instant, zone: Zone) -> bool:
    """Say whether something still holds: a date to the end of its day, an instant included."""
    match until:
        case None:
            return True
        case Date():
            return instant < day_end(until, zone)
        case _:
            return instant <= until


def _by_place(rows: Iterable[PlacedRow]) -> list[PlacedRow]:
    return sorted(rows, key=lambda row: row.place)
