# SPDX-License-Identifier: Apache-2.0
"""Does one condition ask at least what another asks, whatever the facts are?

A "no" may be too careful, a "yes" is sure: whoever meets the first meets the second.
Source: treaties.md G5
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from comity.agreement.circles import is_within
from comity.agreement.rules import (
    Accredited,
    AnyOf,
    BelowLevel,
    ByChannel,
    Condition,
    FewerCopies,
    FirmsAssured,
    HoldsAll,
    InCircle,
    Inherits,
    Never,
    NotedInLanguage,
    NotSuspended,
    OffsetDue,
    OneOf,
    OrderBetween,
    OrderListed,
    OrderNotExcluded,
    OrderRow,
    OrderShows,
    SettledBy,
    ThroughHub,
    TwoPersons,
    UpToLevel,
    VisitGranted,
)
from comity.basis.instants import Duration

Levels = tuple[str, ...]


def implies(strict: Condition, loose: Condition, levels: Levels) -> bool:
    """Answer whether `strict` asks at least what `loose` asks; `levels` stand highest first.

    Source: treaties.md G5
    """
    if strict == loose or isinstance(strict, Never):
        return True
    if isinstance(strict, AnyOf):
        return all(implies(part, loose, levels) for part in strict.conditions)
    if isinstance(loose, AnyOf):
        return any(implies(strict, part, levels) for part in loose.conditions)
    compare = _COMPARED.get(type(strict))
    return type(strict) is type(loose) and compare is not None and compare(strict, loose, levels)


def is_sooner(strict: Duration, loose: Duration) -> bool:
    """Answer whether one time is surely no longer than the other."""
    return strict == loose or (strict.unit is loose.unit and strict.amount <= loose.amount)


def _one_of(strict: OneOf, loose: OneOf, _levels: Levels) -> bool:
    return strict.fact == loose.fact and _within(strict.values, loose.values)


def _holds_all(strict: HoldsAll, loose: HoldsAll, _levels: Levels) -> bool:
    return strict.within == loose.within and _within(loose.values, strict.values)


def _up_to(strict: UpToLevel, loose: UpToLevel, levels: Levels) -> bool:
    return strict.fact == loose.fact and _no_higher(strict.top, loose.top, levels)


def _below(strict: BelowLevel, loose: BelowLevel, levels: Levels) -> bool:
    return strict.fact == loose.fact and _no_higher(strict.limit, loose.limit, levels)


def _by_channel(strict: ByChannel, loose: ByChannel, levels: Levels) -> bool:
    return (
        _within(strict.allowed, loose.allowed)
        and _within(strict.encrypted, loose.encrypted)
        and _begins_no_later(strict.encrypted_from, loose.encrypted_from, levels)
    )


def _not_suspended(strict: NotSuspended, loose: NotSuspended, _levels: Levels) -> bool:
    return _within(loose.categories, strict.categories)


def _through_hub(strict: ThroughHub, loose: ThroughHub, _levels: Levels) -> bool:
    return strict.hub == loose.hub and strict.by_consent >= loose.by_consent


def _accredited(strict: Accredited, loose: Accredited, levels: Levels) -> bool:
    by_hand = _within(strict.by_hand, loose.by_hand)
    return by_hand and _begins_no_later(strict.from_level, loose.from_level, levels)


def _inherits(strict: Inherits, loose: Inherits, _levels: Levels) -> bool:
    return _within(loose.limits, strict.limits) and _within(loose.carries, strict.carries)


def _fewer(strict: FewerCopies, loose: FewerCopies, _levels: Levels) -> bool:
    return strict.limit <= loose.limit


def _two(strict: TwoPersons, loose: TwoPersons, levels: Levels) -> bool:
    if strict.from_level is None:
        return True
    return loose.from_level is not None and _no_higher(strict.from_level, loose.from_level, levels)


def _noted(strict: NotedInLanguage, loose: NotedInLanguage, _levels: Levels) -> bool:
    named = bool(strict.languages) and _within(strict.languages, loose.languages)
    return named or not loose.languages


def _firms(strict: FirmsAssured, loose: FirmsAssured, _levels: Levels) -> bool:
    return _within(loose.letters, strict.letters) and strict.cleared >= loose.cleared


def _visit(strict: VisitGranted, loose: VisitGranted, _levels: Levels) -> bool:
    # A longer time before a visit is the stricter one.
    early = loose.lead_time is None or (
        strict.lead_time is not None and is_sooner(loose.lead_time, strict.lead_time)
    )
    return early and _within(strict.parties, loose.parties)


def _circle(strict: InCircle, loose: InCircle, _levels: Levels) -> bool:
    wider = dict(loose.circles)
    return _within(strict.parties, loose.parties) and all(
        level in wider and is_within(circle, wider[level]) for level, circle in strict.circles
    )


def _between(strict: OrderBetween, loose: OrderBetween, _levels: Levels) -> bool:
    return _within(strict.parties, loose.parties) and _within(strict.ends, loose.ends)


def _listed(strict: OrderListed, loose: OrderListed, _levels: Levels) -> bool:
    return _rows_within(strict.rows, loose.rows)


def _not_excluded(strict: OrderNotExcluded, loose: OrderNotExcluded, _levels: Levels) -> bool:
    return _rows_within(loose.rows, strict.rows)


def _rows_within(part: Collection[OrderRow], whole: Collection[OrderRow]) -> bool:
    """Answer whether each row lies within a row of the other table."""
    return all(any(_row_within(row, other) for other in whole) for row in part)


def _row_within(row: OrderRow, other: OrderRow) -> bool:
    lists = (
        (row.providers, other.providers),
        (row.categories, other.categories),
        (row.activities, other.activities),
    )
    begins = other.since is None or (row.since is not None and row.since >= other.since)
    ends = other.until is None or (row.until is not None and row.until <= other.until)
    named = all(not wider or (words and _within(words, wider)) for words, wider in lists)
    return begins and ends and named


def _shows(strict: OrderShows, loose: OrderShows, _levels: Levels) -> bool:
    return _within(loose.needs, strict.needs)


def _settled(strict: SettledBy, loose: SettledBy, _levels: Levels) -> bool:
    methods = _within(strict.supplies, loose.supplies) and _within(strict.services, loose.services)
    return methods and strict.in_order >= loose.in_order


def _offset(strict: OffsetDue, loose: OffsetDue, _levels: Levels) -> bool:
    waits = loose.after is None or (
        strict.after is not None and is_sooner(loose.after, strict.after)
    )
    return waits and strict.approved >= loose.approved


def _within(part: Collection[str], whole: Collection[str]) -> bool:
    return set(part) <= set(whole)


def _no_higher(level: str, other: str, levels: Levels) -> bool:
    known = level in levels and other in levels
    return known and levels.index(level) >= levels.index(other)


def _begins_no_later(strict: str | None, loose: str | None, levels: Levels) -> bool:
    """Answer whether what begins at a level begins at that of the other, or below it."""
    if loose is None:
        return True
    return strict is not None and _no_higher(strict, loose, levels)


# Conditions that stand in no line here only imply what is the same as they are.
_COMPARED: dict[type[Condition], Callable[..., bool]] = {
    OneOf: _one_of,
    HoldsAll: _holds_all,
    UpToLevel: _up_to,
    BelowLevel: _below,
    ByChannel: _by_channel,
    NotSuspended: _not_suspended,
    ThroughHub: _through_hub,
    Accredited: _accredited,
    Inherits: _inherits,
    FewerCopies: _fewer,
    TwoPersons: _two,
    NotedInLanguage: _noted,
    FirmsAssured: _firms,
    VisitGranted: _visit,
    InCircle: _circle,
    OrderBetween: _between,
    OrderListed: _listed,
    OrderNotExcluded: _not_excluded,
    OrderShows: _shows,
    SettledBy: _settled,
    OffsetDue: _offset,
}
