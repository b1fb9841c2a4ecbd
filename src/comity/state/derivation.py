# SPDX-License-Identifier: Apache-2.0
"""What an item made from others inherits: level, originators, rights, purposes, end, persons.

Source: Japan-ROK GSOMIA Art. 4(3) (treaties.md G4.3), 6(d), 6(g)
"""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from comity.agreement.acts import PrivateRight
from comity.agreement.vocabulary.derived import LIMITS
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Instant
from comity.basis.limits import DERIVED_FROM_MAX
from comity.state.findings import Finding, Uncounted
from comity.state.lifecycle_dates import until_passed
from comity.state.onward import OnwardWish, consents_to, leave_to_pass_on
from comity.state.protected import find_protected
from comity.state.queries import item_levels, recalled_by
from comity.state.records import Item, Said
from comity.state.state import State
from comity.state.terms import Terms
from comity.statement.information import ItemRelease
from comity.statement.values import Until


def derivation_stops(state: State, terms: Terms, said: Said, body: ItemRelease) -> Uncounted | None:
    """Say why an item may not be derived so from those that it names, or None.

    Whoever derives was given or told each of them, or gave it; the level is below none of theirs,
    every originator and private right of theirs is one of its own, its purposes are among the
    purposes of each, its use ends no later, it is for no others than those whom each names, as far
    as the clause says so, and none that it had seen called back is among them.

    Source: Japan-ROK GSOMIA Art. 4(3), 6(h)
    """
    if not body.derived_from:
        return None
    article = terms.article("derived")
    parents = [find_protected(state, place) for place in body.derived_from]
    known = [item for item in parents if item is not None]
    if len(known) < len(parents):
        return Uncounted(Finding.UNKNOWN_ITEM, article)
    if any(said.by not in (*item.to, item.place.party) for item in known):
        return Uncounted(Finding.NOT_A_RECIPIENT, article)
    if len(ancestors_of(state, body)) > DERIVED_FROM_MAX:
        return Uncounted(Finding.DERIVED_FROM_TOO_MUCH, article)
    levels = item_levels(state, known, said.at)
    limits = _limits(terms)
    if any(_widens(terms, limits, body, *each) for each in zip(known, levels, strict=True)):
        return Uncounted(Finding.DERIVED_WIDER, article)
    seen = {**dict(said.seen), said.by: said.place.index}
    if any(recalled_by(state, item, seen=seen) for item in known):
        return Uncounted(Finding.RECALLED, terms.article("retention"))
    if not all(_is_left_to(state, said, body, parent) for parent in known):
        return Uncounted(Finding.WITHOUT_LEAVE, terms.article("third_party_rule"))
    return None


def ancestors_of(state: State, release: ItemRelease) -> frozenset[Place]:
    """Give all that an item was made from, and that this was made from; a little over the limit.

    No walk goes on beyond what the fold lets in: what is derived from too much is told early.
    """
    found: set[Place] = set()
    waiting = list(release.derived_from)
    while waiting and len(found) <= DERIVED_FROM_MAX:
        place = waiting.pop()
        if place in found:
            continue
        found.add(place)
        item = state.items.get(place)
        waiting.extend(() if item is None else item.release.derived_from)
    return frozenset(found)


def _is_left_to(state: State, said: Said, body: ItemRelease, parent: Item) -> bool:
    """Say whether those may get what is made from an item who were not given the item itself.

    Every originator of the item has consented before, the speaker aside, for each purpose.

    Source: Japan-ROK GSOMIA Art. 4(3), 6(a)
    """
    label = parent.release.label
    others = tuple(party for party in label.originators if party != said.by)
    if not others:
        return True
    release = structs.replace(parent.release, label=replace(label, originators=others))
    theirs = structs.replace(parent, release=release)
    holders = {parent.place.party, *parent.to, *label.originators}
    seen = {**dict(said.seen), said.by: said.place.index}
    for party in said.to:
        if party in holders:
            continue
        for purpose in body.label.purposes:
            wish = OnwardWish(said.by, party, purpose, seen)
            consents = consents_to(state, theirs, wish, said.at, seen=seen)
            if not leave_to_pass_on(state, theirs, wish, said.at, consents).allowed:
                return False
    return True


def _limits(terms: Terms) -> frozenset[str]:
    """Give what is inherited by the text: all that can be where no clause speaks of it."""
    clauses = terms.agreement.clauses("derived")
    named = {limit for clause in clauses for limit in clause.texts("inherits")}
    return frozenset(named if clauses else LIMITS)


def _widens(
    terms: Terms, limits: frozenset[str], body: ItemRelease, parent: Item, level: str
) -> bool:
    label, theirs = body.label, parent.release.label
    zone = terms.agreement.lifecycle.zone
    wider = {
        "level": terms.ranks[label.level] < terms.ranks.get(level, len(terms.ranks)),
        "originators": not set(theirs.originators) <= set(label.originators),
        "purposes": not set(label.purposes) <= set(theirs.purposes),
        "use_until": until_passed(label.use_until, zone) > until_passed(theirs.use_until, zone),
        "for": bool(theirs.named_for) and not _is_among(label.named_for, theirs.named_for),
    }
    rights = not set(parent.release.rights) <= set(body.rights)
    return rights or any(wider[limit] for limit in limits)


def _is_among(names: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Say whether somebody is named, and nobody who is not known."""
    return bool(names) and set(names) <= set(known)


def inherited_originators(parents: tuple[Item, ...], by: PartyId) -> tuple[PartyId, ...]:
    """Give the originators of an item made from others by a party: theirs, and the party."""
    every = {party for parent in parents for party in parent.release.label.originators}
    return tuple(sorted({*every, by}))


def inherited_rights(parents: tuple[Item, ...]) -> tuple[PrivateRight, ...]:
    """Give the private rights in an item made from others: every one that is in one of them.

    Source: Japan-ROK GSOMIA Art. 6(d)
    """
    return tuple(sorted({right for parent in parents for right in parent.release.rights}))


def inherited_purposes(parents: tuple[Item, ...]) -> tuple[str, ...]:
    """Give the purposes that every one of some items was provided for."""
    sets = [set(parent.release.label.purposes) for parent in parents]
    return tuple(sorted(set.intersection(*sets))) if sets else ()


def inherited_end(state: State, parents: tuple[Item, ...]) -> Until:
    """Give the earliest end of use among some items; None: none of them has one."""
    ends = [parent.release.label.use_until for parent in parents]
    zone = state.files[parents[0].version].agreement.lifecycle.zone
    return min(ends, key=lambda end: until_passed(end, zone))


def inherited_names(parents: tuple[Item, ...]) -> tuple[str, ...]:
    """Give the persons and posts whom every item that names any is for."""
    sets = [set(parent.release.label.named_for) for parent in parents]
    named = [each for each in sets if each]
    return tuple(sorted(set.intersection(*named))) if named else ()


def inherited_level(state: State, parents: tuple[Item, ...], instant: Instant) -> str:
    """Give the highest level among some items, each as it stands, on the ladder of the first."""
    ranks = state.files[parents[0].version].ranks
    levels = item_levels(state, parents, instant)
    return max(levels, key=lambda level: ranks.get(level, len(ranks)))
