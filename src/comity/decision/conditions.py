# SPDX-License-Identifier: Apache-2.0
"""The three-valued evaluator: does a condition hold, fail, or is it unknown?

A condition over a missing fact is unknown and names the fact. Dates hold to the end of
the day in the agreement's zone. Source: AGREEMENTS.md section 3 (conditions), section 4
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from comity.agreement.rules import (
    Among,
    AnyOf,
    Assured,
    AtLeastLevel,
    BelowLevel,
    ByChannel,
    Condition,
    Consented,
    FlagFact,
    HoldsAll,
    IsTrue,
    ListFact,
    NotPast,
    OneOf,
    RuleBook,
    TextFact,
    UntilFact,
    UpToLevel,
)
from comity.decision.kleene import HOLDS, Outcome, fails, holds_if, some, unknown
from comity.decision.promises import is_assured, is_consented, missing_of
from comity.decision.request import MISSING, Flag, Request, Text, Texts, When
from comity.decision.times import has_passed
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


def evaluate(condition: Condition, request: Request, book: RuleBook) -> Outcome:
    """Work out one condition over the facts of one request."""
    match condition:
        case OneOf():
            return _one_of(condition, request)
        case Among():
            return _among(condition, request)
        case HoldsAll():
            return _holds_all(condition, request)
        case AtLeastLevel():
            return _at_least_level(condition, request, book)
        case UpToLevel() | BelowLevel():
            return _within_level(condition, request, book)
        case NotPast():
            return _not_past(condition, request, book)
        case IsTrue():
            flag = _FLAGS[condition.fact](request)
            if flag is MISSING:
                return unknown(condition.fact)
            return holds_if(flag is True, condition.failing)
        case ByChannel():
            return _by_channel(condition, request, book)
        case Assured():
            return is_assured(request, book)
        case Consented():
            return is_consented(request, condition.to, book)
        case AnyOf():
            return some(evaluate(part, request, book) for part in condition.conditions)
        case _:
            assert_never(condition)


def _one_of(condition: OneOf, request: Request) -> Outcome:
    value = _TEXTS[condition.fact](request)
    if value is MISSING:
        return unknown(condition.fact)
    if value in condition.values:
        return HOLDS
    return fails(condition.failing.format(value=quoted(value), known=listed(condition.values)))


def _among(condition: Among, request: Request) -> Outcome:
    value, within = _TEXTS[condition.fact](request), _LISTS[condition.within](request)
    if value is MISSING or within is MISSING:
        return unknown(*missing_of((condition.fact, value), (condition.within, within)))
    if value in within:
        return HOLDS
    return fails(condition.failing.format(value=quoted(value), known=listed(within)))


def _holds_all(condition: HoldsAll, request: Request) -> Outcome:
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
