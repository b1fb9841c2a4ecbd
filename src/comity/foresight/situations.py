# SPDX-License-Identifier: Apache-2.0
"""The finite world in which agreements are looked at before anybody signs them.

A situation gives every fact that a rule may ask for one word of a closed list: the words of the
files, and one that no file knows. `request_of` makes the request of it, which `decide` answers, so
that whatever is said of a situation can be tried. Nothing is unknown in a situation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from comity.agreement.acts import AgreementState, DestructionMeans
from comity.agreement.model import Agreement
from comity.agreement.rules import (
    AnyOf,
    ByChannel,
    Condition,
    FewerCopies,
    FirmsAssured,
    HoldsAll,
    Inherits,
    NotedInLanguage,
    OneOf,
)
from comity.basis.instants import (
    DAY_MS,
    MINUTE_MS,
    UTC,
    Instant,
    date_of,
)
from comity.decision.promises import SYSTEM
from comity.decision.request import (
    Actor,
    Assurance,
    Consent,
    Derived,
    Firm,
    FirmCondition,
    Item,
    Request,
    SecondPerson,
    Sharing,
    Translation,
    Visit,
)
from comity.foresight.order_situations import order_of, order_words, settlement_of
from comity.foresight.worlds import (
    AT,
    JOIN,
    NO,
    NONE,
    OF_CATEGORY,
    OF_ITEM,
    OTHER,
    PAST,
    YES,
    Situation,
    Variable,
    World,
)

_BEFORE: Final = Instant(AT - 400 * DAY_MS)
_OVER: Final = Instant(AT - DAY_MS)
_AFTER: Final = Instant(AT + 400 * DAY_MS)
_LATER: Final = Instant(AT + 500 * DAY_MS)
_JUST: Final = MINUTE_MS
_PERSON: Final = "person-1"
_SECOND: Final = "person-2"
_PURPOSE: Final = "purpose"
_MARKS: Final = ("level", "originator", "receiver_mark")
_DERIVED_MARKS: Final = ("level", "originator")
_KINDS: Final = ("official", "contractor", "client", "community")


def world_of(*agreements: Agreement) -> World:
    """Gather every word that any of the agreements knows, and one for each fact that none does."""
    parties = _once(party for each in agreements for party in each.party_ids())
    levels = _joined_ladders(agreements)
    found = tuple(_conditions(agreements))
    recipients = _once((*parties, *_values(found, "recipient")))
    outsider, above = _unused("ZZZ", recipients), _unused("ABOVE", levels)
    shared = [p for p in parties if all(p in each.party_ids() for each in agreements)]
    hosts = [*shared, *parties, outsider]
    pairs = [f"{one}{JOIN}{two}" for i, one in enumerate(parties) for two in parties[i + 1 :]]
    lists: dict[str, Iterable[str]] = {
        "agreement_state": _states(),
        "actor.party": (*parties, outsider),
        "actor.kind": (*_KINDS, *_values(found, "actor.kind"), OTHER),
        "actor.named": (YES, NO),
        "actor.clearance": (*levels, NONE),
        "actor.clearance_until": (YES, PAST),
        "need_to_know": (YES, NO),
        "actor.registered": (YES, NO),
        "item.originators": (*parties, *pairs, outsider),
        "item.level": (*reversed(levels), above),
        "item.category": (*(c for each in agreements for c in each.scope.categories), OTHER),
        "item.form": (*_values(found, "item.form"), OTHER),
        "marks": (YES, *(f"-{mark}" for mark in _marks(found))),
        "purpose": (YES, NO),
        "recipient": (*recipients, outsider, NONE),
        "channel": (*_channels(found), OTHER),
        "consent": (YES, "first", "other", PAST, NONE),
        "consent.of": (OF_ITEM, OF_CATEGORY),
        "assurance": (*levels, PAST, "no-need", NONE),
        "accreditation": (YES, PAST, NONE),
        "second_person": (YES, "same", NONE),
        "derived": (YES, *_derivations(found), NONE),
        "language": (*_languages(found), OTHER),
        "note": (YES, NO),
        "firm": (YES, *(f"-{letter}" for letter in _letters(found)), "uncleared", "sub", NONE),
        "rights": (YES, NO, NONE),
        "visit": (YES, "late", "refused", "guest", "self", "uncleared", PAST, NONE),
        "visit.level": levels,
        "copies": _copies(found),
        "means": (*(means.value for means in DestructionMeans), OTHER),
        "suspended": (NO, YES),
        "sharing": (YES, "another", "elsewhere", NONE),
        **order_words(found, agreements),
    }
    return World(
        tuple(Variable(name, _once(words)) for name, words in lists.items()),
        outsider,
        above,
        levels,
        (hosts[0], hosts[1] if hosts[1] != hosts[0] else outsider),
        agreements[0].id,
    )


def request_of(world: World, action: str, situation: Situation) -> Request:
    """Make the request of a situation; what it does not say is what most rules are glad of."""
    said = {each.name: situation.get(each.name, each.words[0]) for each in world.variables}
    item, recipient = _item(world, said), None if said["recipient"] == NONE else said["recipient"]
    actor = _actor(said)
    return Request(
        at=AT,
        action=action,
        agreement_state=said["agreement_state"],
        actor=actor,
        item=item,
        purpose=_PURPOSE if said["purpose"] == YES else "another-purpose",
        recipient=recipient,
        channel=said["channel"],
        consents=_consents(said, item, recipient or said["actor.party"]),
        assurances=tuple(_assurances(world, said, recipient)),
        second_person=_second_person(said["second_person"]),
        derived=_derived(world, said, item),
        translation=Translation(
            said["language"], said["language"] if said["note"] == YES else None
        ),
        visit=_visit(world, said),
        firms=tuple(_firms(world, said)),
        rights_confirmed=said["rights"] == YES,
        means=said["means"],
        sharing=_sharing(world, said, recipient),
        suspended=(said["item.category"],) if said["suspended"] == YES else (),
        order=order_of(world, said, _PERSON),
        settlement=settlement_of(world, said),
    )


def _actor(said: Situation) -> Actor:
    return Actor(
        party=said["actor.party"],
        id=_PERSON,
        kind=said["actor.kind"],
        clearance=None if said["actor.clearance"] == NONE else said["actor.clearance"],
        clearance_until=date_of(_OVER, UTC) if said["actor.clearance_until"] == PAST else None,
        need_to_know=(said["item.category"],) if said["need_to_know"] == YES else (),
        facility="facility-1",
        registered=said["actor.registered"] == YES,
    )


def _item(world: World, said: Situation) -> Item:
    """Give the item; its number is nobody's of the file, so no hub made it itself."""
    lacking = said["marks"].removeprefix("-")
    return Item(
        id=f"{world.outsider}/1",
        originators=tuple(said["item.originators"].split(JOIN)),
        level=said["item.level"],
        category=said["item.category"],
        form=said["item.form"],
        purposes=(_PURPOSE,),
        named_for=(_PERSON,) if said["actor.named"] == YES else (_SECOND,),
        marked=tuple(mark for mark in _MARKS if mark != lacking),
        copies=int(said["copies"]),
        use_until=_AFTER,
        rights=() if said["rights"] == NONE else ("patent",),
    )


def _consents(said: Situation, item: Item, to: str) -> tuple[Consent, ...]:
    if said["consent"] == NONE:
        return ()
    by = tuple(said["item.originators"].split(JOIN))
    of_category = said["consent.of"] == OF_CATEGORY
    return tuple(
        Consent(
            by=party,
            items=() if of_category else (str(item.id),),
            category=item.category if of_category else None,
            recipient="YYY" if said["consent"] == "other" else to,
            purpose=_PURPOSE if said["purpose"] == YES else "another-purpose",
            given_at=_BEFORE,
            until=_OVER if said["consent"] == PAST else _AFTER,
        )
        for party in (by[:1] if said["consent"] == "first" else by)
    )


def _assurances(world: World, said: Situation, recipient: str | None) -> Iterator[Assurance]:
    given = said["assurance"]
    named = _PERSON if said["actor.named"] == YES else _SECOND
    if given != NONE:
        yield Assurance(
            by=recipient,
            level=given if given in world.levels else world.levels[0],
            named_for=named,
            need=given != "no-need",
            equivalent_protection=True,
            given_at=_BEFORE,
            until=_OVER if given == PAST else _AFTER,
        )
    if said["accreditation"] != NONE:
        yield Assurance(
            by=recipient,
            level=said["item.level"],
            named_for=f"{SYSTEM}{said['channel']}",
            need=False,
            equivalent_protection=False,
            given_at=_BEFORE,
            until=_OVER if said["accreditation"] == PAST else _AFTER,
        )


def _second_person(word: str) -> SecondPerson | None:
    if word == NONE:
        return None
    return SecondPerson(_PERSON if word == "same" else _SECOND, "official")


def _derived(world: World, said: Situation, item: Item) -> Derived | None:
    how = said["derived"]
    if how == NONE:
        return None
    originators = tuple(said["item.originators"].split(JOIN))
    return Derived(
        level=_lower(world, said["item.level"]) if how == "-level" else said["item.level"],
        originators=originators[1:] if how == "-originators" else originators,
        purposes=(_PURPOSE, "another-purpose") if how == "-purposes" else (_PURPOSE,),
        use_until=_LATER if how == "-use_until" else item.use_until,
        marked=tuple(mark for mark in _DERIVED_MARKS if how != f"-mark-{mark}"),
        named_for=() if how == "-for" else item.named_for,
    )


def _lower(world: World, level: str) -> str | None:
    """Give the level below; below the lowest there is none."""
    if level not in world.levels:
        return world.levels[-1]
    return dict(zip(world.levels, (*world.levels[1:], None), strict=True))[level]


def _visit(world: World, said: Situation) -> Visit | None:
    how, (guest, host) = said["visit"], world.hosts
    if how == NONE:
        return None
    granted_by = {"refused": None, "guest": guest}.get(how, host)
    begins = Instant(AT - _JUST)
    return Visit(
        host=host,
        asked_by=host if how == "self" else guest,
        asked_at=Instant(begins - _JUST) if how == "late" else _BEFORE,
        granted_by=granted_by,
        begins=begins,
        until=Instant(AT - 1) if how == PAST else _AFTER,
        level=said["visit.level"],
        clearance=None if how == "uncleared" else said["visit.level"],
        clearance_until=None,
    )


def _firms(world: World, said: Situation) -> Iterator[Firm]:
    how = said["firm"]
    if how == NONE:
        return
    letters = [word[1:] for word in world.words("firm") if word.startswith("-")]
    if how == "sub":
        # A subcontractor with no list of its own; the firm above it meets everything.
        yield Firm("firm-2", None, None, ())
    yield Firm(
        id="firm-1",
        clearance=None if how == "uncleared" else said["item.level"],
        clearance_until=None,
        conditions=tuple(
            FirmCondition(letter, _BEFORE, _AFTER) for letter in letters if how != f"-{letter}"
        ),
    )


def _sharing(world: World, said: Situation, recipient: str | None) -> Sharing | None:
    how = said["sharing"]
    if how == NONE:
        return None
    to = () if how == "another" or recipient is None else (recipient,)
    return Sharing("another-pact" if how == "elsewhere" else world.agreement, to)


def _conditions(agreements: Iterable[Agreement]) -> Iterator[Condition]:
    for agreement in agreements:
        for rules in agreement.rules.by_action.values():
            for rule in rules:
                yield from _flat(rule.conditions)


def _flat(conditions: Iterable[Condition]) -> Iterator[Condition]:
    for condition in conditions:
        if isinstance(condition, AnyOf):
            yield from _flat(condition.conditions)
        else:
            yield condition


def _values(found: Iterable[Condition], fact: str) -> Iterator[str]:
    for each in found:
        if isinstance(each, OneOf) and each.fact == fact:
            yield from each.values


def _states() -> tuple[str, ...]:
    first = AgreementState.IN_FORCE
    return (first.value, *(state.value for state in AgreementState if state is not first))


def _channels(found: Iterable[Condition]) -> Iterator[str]:
    for each in found:
        if isinstance(each, ByChannel):
            yield from each.allowed


def _marks(found: Iterable[Condition]) -> Iterator[str]:
    for each in found:
        if isinstance(each, HoldsAll):
            yield from each.values


def _derivations(found: Iterable[Condition]) -> Iterator[str]:
    for each in found:
        if isinstance(each, Inherits):
            yield from (f"-{limit}" for limit in each.limits)
            yield from (f"-mark-{mark}" for mark in each.carries)


def _languages(found: Iterable[Condition]) -> Iterator[str]:
    for each in found:
        if isinstance(each, NotedInLanguage):
            yield from each.languages


def _letters(found: Iterable[Condition]) -> Iterator[str]:
    for each in found:
        if isinstance(each, FirmsAssured):
            yield from each.letters


def _copies(found: Iterable[Condition]) -> Iterator[str]:
    yield "0"
    limits = {each.limit for each in found if isinstance(each, FewerCopies)}
    for limit in sorted(limits):
        yield from (str(limit - 1), str(limit))


def _joined_ladders(agreements: Iterable[Agreement]) -> tuple[str, ...]:
    """Join ladders into one that keeps the order of the first, and of the others where it can."""
    joined: list[str] = []
    for agreement in agreements:
        at = 0
        for level in agreement.levels.order:
            if level in joined:
                at = joined.index(level) + 1
            else:
                joined.insert(at, level)
                at += 1
    return tuple(joined)


def _unused(word: str, used: Iterable[str]) -> str:
    while word in used:
        word += "X"
    return word


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
