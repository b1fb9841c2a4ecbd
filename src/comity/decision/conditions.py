# SPDX-License-Identifier: Apache-2.0
"""The three-valued evaluator: does a condition hold, fail, or is it unknown?

A condition over a missing fact is unknown and names the fact. Dates hold to the end of
the day in the agreement's zone. Source: AGREEMENTS.md section 3 (conditions), section 4
"""

from __future__ import annotations

from collections.abc import Callable

from comity.agreement.rules import (
    Accredited,
    Among,
    AnyOf,
    Assured,
    AtLeastLevel,
    BelowLevel,
    ByChannel,
    Condition,
    Consented,
    FewerCopies,
    FirmsAssured,
    FlagFact,
    HoldsAll,
    InCircle,
    Inherits,
    IsTrue,
    ListFact,
    Never,
    NotedInLanguage,
    NotPast,
    NotSuspended,
    OffsetDue,
    OneOf,
    OrderBetween,
    OrderListed,
    OrderNotExcluded,
    OrderShows,
    PersonsApart,
    RightsConfirmed,
    RuleBook,
    SettledBy,
    TextFact,
    ThroughHub,
    TwoPersons,
    UntilFact,
    UpToLevel,
    VisitGranted,
    WithinVisit,
)
from comity.decision.circles import accredited, in_circle, never, not_suspended, through_hub
from comity.decision.firms import firms_assured, rights_confirmed
from comity.decision.handling import fewer_copies, inherits, noted_in_language, two_persons
from comity.decision.kleene import HOLDS, Outcome, fails, some, unknown
from comity.decision.orders import (
    offset_due,
    order_between,
    order_listed,
    order_not_excluded,
    order_shows,
    persons_apart,
    settled_by,
)
from comity.decision.promises import is_assured, is_consented
from comity.decision.request import MISSING, Flag, Request, Text, Texts, When, missing_of
from comity.decision.times import has_passed
from comity.decision.visits import visit_granted, within_visit
from comity.decision.wording import listed, quoted, shown_time

_TEXTS: dict[TextFact, Callable[[Request], Text]] = {
    "agreement_state": lambda request: request.agreement_state,
    "actor.party": lambda request: request.actor.party,
    "actor.kind": lambda request: request.actor.kind,
    "actor.clearance": lambda request: request.actor.clearance,
    "item.level": lambda request: request.item.level,
    "item.category": lambda request: request.item.category,
    "item.form": lambda request: request.item.form,
    "purpose": lambda request: request.purpose,
    "recipient": lambda request: request.recipient,
    "channel": lambda request: request.channel,
    "means": lambda request: request.means,
}
_LISTS: dict[ListFact, Callable[[Request], Texts]] = {
    "actor.need_to_know": lambda request: request.actor.need_to_know,
    "item.originators": lambda request: request.item.originators,
    "item.purposes": lambda request: request.item.purposes,
    "item.marked": lambda request: request.item.marked,
}
_UNTILS: dict[UntilFact, Callable[[Request], When]] = {
    "actor.clearance_until": lambda request: request.actor.clearance_until,
}
_FLAGS: dict[FlagFact, Callable[[Request], Flag]] = {
    "actor.registered": lambda request: request.actor.registered,
}


def open_conditions(
    conditions: tuple[Condition, ...], request: Request, book: RuleBook
) -> list[Outcome]:
    """Give the outcome of each condition that fails or is unknown; none: all of them hold."""
    found = []
    for condition in conditions:
        outcome = _EVALUATORS[type(condition)](condition, request, book)
        if outcome is not HOLDS:
            found.append(outcome)
    return found


def _one_of(condition: OneOf, request: Request, _book: RuleBook) -> Outcome:
    value = _TEXTS[condition.fact](request)
    if value is MISSING:
        return unknown(condition.fact)
    if value in condition.values:
        return HOLDS
    return fails(condition.failing.format(value=quoted(value), known=listed(condition.values)))


def _among(condition: Among, request: Request, _book: RuleBook) -> Outcome:
    value, within = _TEXTS[condition.fact](request), _LISTS[condition.within](request)
    if value is MISSING or within is MISSING:
        return unknown(*missing_of((condition.fact, value), (condition.within, within)))
    if value in within:
        return HOLDS
    return fails(condition.failing.format(value=quoted(value), known=listed(within)))


def _holds_all(condition: HoldsAll, request: Request, _book: RuleBook) -> Outcome:
    within = _LISTS[condition.within](request)
    if within is MISSING:
        return unknown(condition.within)
    lacking = [value for value in condition.values if value not in within]
    if not lacking:
        return HOLDS
    return fails(condition.failing.format(value=listed(lacking), known=listed(within)))


def _at_least_level(condition: AtLeastLevel, request: Request, book: RuleBook) -> Outcome:
    held, needed = _TEXTS[condition.fact](request), _TEXTS[condition.needed](request)
    if held is MISSING or needed is MISSING:
        return unknown(*missing_of((condition.fact, held), (condition.needed, needed)))
    levels = book.levels
    if held in levels and needed in levels and levels.index(held) <= levels.index(needed):
        return HOLDS
    return fails(condition.failing.format(value=quoted(held), known=quoted(needed)))


def _within_level(condition: UpToLevel | BelowLevel, request: Request, book: RuleBook) -> Outcome:
    level, levels = _TEXTS[condition.fact](request), book.levels
    if level is MISSING:
        return unknown(condition.fact)
    if isinstance(condition, UpToLevel):
        allowed = levels[levels.index(condition.top) :]
    else:
        allowed = levels[levels.index(condition.limit) + 1 :]
    if level in allowed:
        return HOLDS
    return fails(condition.failing.format(value=quoted(level), known=listed(allowed)))


def _not_past(condition: NotPast, request: Request, book: RuleBook) -> Outcome:
    until = _UNTILS[condition.fact](request)
    if until is MISSING:
        return unknown(condition.fact)
    if until is None:
        return HOLDS
    if request.at is MISSING:
        return unknown("at")
    if not has_passed(until, request.at, book.zone):
        return HOLDS
    return fails(condition.failing.format(value=shown_time(until)))


def _by_channel(condition: ByChannel, request: Request, book: RuleBook) -> Outcome:
    channel, level, levels = request.channel, request.item.level, book.levels
    if channel is MISSING:
        return unknown("channel")
    if channel not in condition.allowed:
        return fails(
            f"channel {quoted(channel)} is not among those allowed: {listed(condition.allowed)}"
        )
    if condition.encrypted_from is None or channel in condition.encrypted:
        return HOLDS
    if level is MISSING:
        return unknown("item.level")
    if level in levels[levels.index(condition.encrypted_from) + 1 :]:
        return HOLDS
    return fails(
        f"channel {quoted(channel)} is not encrypted, as it must be from level "
        f"{condition.encrypted_from} on"
    )


def _is_true(condition: IsTrue, request: Request, _book: RuleBook) -> Outcome:
    flag = _FLAGS[condition.fact](request)
    if flag is MISSING:
        return unknown(condition.fact)
    return HOLDS if flag is True else fails(condition.failing)


def _assured(_condition: Assured, request: Request, book: RuleBook) -> Outcome:
    return is_assured(request, book)


def _consented(condition: Consented, request: Request, book: RuleBook) -> Outcome:
    return is_consented(request, condition.to, book)


def _any_of(condition: AnyOf, request: Request, book: RuleBook) -> Outcome:
    return some(_EVALUATORS[type(part)](part, request, book) for part in condition.conditions)


# A table and not a `match`, which would ask up to a dozen questions for each condition; a
# test holds it to the union of `Condition`, so that no kind can be left out.
_EVALUATORS: dict[type[Condition], Callable[..., Outcome]] = {
    OneOf: _one_of,
    Among: _among,
    HoldsAll: _holds_all,
    AtLeastLevel: _at_least_level,
    UpToLevel: _within_level,
    BelowLevel: _within_level,
    NotPast: _not_past,
    IsTrue: _is_true,
    ByChannel: _by_channel,
    Assured: _assured,
    Consented: _consented,
    AnyOf: _any_of,
    Never: never,
    NotSuspended: not_suspended,
    ThroughHub: through_hub,
    Accredited: accredited,
    Inherits: inherits,
    FewerCopies: fewer_copies,
    TwoPersons: two_persons,
    NotedInLanguage: noted_in_language,
    FirmsAssured: firms_assured,
    RightsConfirmed: rights_confirmed,
    VisitGranted: visit_granted,
    WithinVisit: within_visit,
    InCircle: in_circle,
    OrderBetween: order_between,
    OrderListed: order_listed,
    OrderNotExcluded: order_not_excluded,
    OrderShows: order_shows,
    PersonsApart: persons_apart,
    SettledBy: settled_by,
    OffsetDue: offset_due,
}
KNOWN_CONDITIONS = frozenset(_EVALUATORS)
