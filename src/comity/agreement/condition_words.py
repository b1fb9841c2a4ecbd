# SPDX-License-Identifier: Apache-2.0
"""Each condition in words, for the specification pages; a fact stands under its name.

Source: AGREEMENTS.md section 3, end
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

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
    HoldsAll,
    InCircle,
    Inherits,
    IsTrue,
    Never,
    NotedInLanguage,
    NotPast,
    NotSuspended,
    OffsetDue,
    OneOf,
    OrderBetween,
    OrderCondition,
    OrderListed,
    OrderNotExcluded,
    OrderRow,
    OrderShows,
    PersonsApart,
    RightsConfirmed,
    SettledBy,
    ThroughHub,
    TwoPersons,
    UpToLevel,
    VisitGranted,
    WithinVisit,
)
from comity.basis.instants import format_date


def condition_text(condition: Condition) -> str:
    """Say one condition in words; a fact stands under its name in a request."""
    if isinstance(condition, OrderCondition):
        return _order_text(condition)
    match condition:
        case OneOf(fact, values):
            return f"`{fact}` is one of: {listed(values)}"
        case Among(fact, within):
            return f"`{fact}` is in `{within}`"
        case HoldsAll(within, values):
            return f"`{within}` holds all of: {listed(values)}"
        case AtLeastLevel(fact, needed):
            return f"`{fact}` is as high as `{needed}` or higher"
        case UpToLevel(fact, top):
            return f"`{fact}` is a level of the ladder up to `{top}`"
        case BelowLevel(fact, limit):
            return f"`{fact}` is a level of the ladder below `{limit}`"
        case NotPast(fact):
            return f"`{fact}` has not passed at `at` (a date holds to the end of its day)"
        case IsTrue(fact):
            return f"`{fact}` is true"
        case ByChannel(allowed, encrypted):
            return (
                f"`channel` is one of: {listed(allowed)}; one that is not among "
                f"{listed(encrypted)} only for an `item.level` below `encrypted_from`"
            )
        case Assured():
            return (
                "for each name in `item.for`, else for any, one of `assurances` is by "
                "`recipient`, was given, has not passed, reaches `item.level`, and says `need` "
                "and `equivalent_protection`"
            )
        case Consented(to):
            return _consented_text(to)
        case AnyOf(conditions):
            return "; or else ".join(condition_text(part) for part in conditions)
        case (
            Never()
            | NotSuspended()
            | ThroughHub()
            | Accredited()
            | InCircle()
            | VisitGranted()
            | WithinVisit()
        ):
            return _way_text(condition)
        case (
            Inherits()
            | FewerCopies()
            | TwoPersons()
            | NotedInLanguage()
            | FirmsAssured()
            | RightsConfirmed()
        ):
            return _handling_text(condition)
        case _:
            assert_never(condition)


def _way_text(
    condition: Never
    | NotSuspended
    | ThroughHub
    | Accredited
    | InCircle
    | VisitGranted
    | WithinVisit,
) -> str:
    match condition:
        case Never():
            return "never"
        case NotSuspended(categories):
            return f"`suspended` does not hold `item.category`, where that is: {listed(categories)}"
        case ThroughHub(hub, by_consent):
            what = (
                f"`item.id` or, where that is none or of `{hub}` itself, an `item.category` of the "
                "scope"
            )
            consent = f"; and {_consented_text('recipient', what)}" if by_consent else ""
            return (
                f"`recipient` is `{hub}`; or `actor.party` is `{hub}`, `sharing.under` is this "
                f"agreement and `sharing.with` holds `recipient`{consent}"
            )
        case Accredited(from_level, by_hand):
            return (
                f"`channel` is one of: {listed(by_hand)}; or `item.level` is below `{from_level}`; "
                "or one of `assurances` is by `recipient`, "
                "for `system:` and the name of `channel`, was given, has not passed and reaches "
                "`item.level`"
            )
        case InCircle(circles):
            return "; ".join(
                f"at `item.level` {level} the person is of the circle `{circle}`"
                for level, circle in circles
            )
        case VisitGranted(_, lead_time):
            early = "" if lead_time is None else f"; `visit.asked_at` is {lead_time} before `from`"
            return (
                "`visit.asked_by` and `visit.host` are two parties, `visit.granted_by` the host, "
                "`visit.level` is a level of the ladder and `visit.clearance` reaches it, "
                f"`visit.clearance_until` and `visit.until` have not passed{early}"
            )
        case WithinVisit(required):
            named = "the request names a visit" if required else "the request names no visit, or"
            return (
                f"{named}: `visit.granted_by` is `visit.host`, `item.level` is at most "
                "`visit.level`, and `at` lies between `visit.from` and `visit.until`"
            )
        case _:
            assert_never(condition)


def _handling_text(
    condition: Inherits
    | FewerCopies
    | TwoPersons
    | NotedInLanguage
    | FirmsAssured
    | RightsConfirmed,
) -> str:
    match condition:
        case Inherits(limits, carries):
            return (
                f"`derived` takes over from the item: {listed(limits)}; and `derived.marked` holds "
                f"all of: {listed(carries)}"
            )
        case FewerCopies(limit):
            return f"`item.copies` is less than {limit}"
        case TwoPersons(from_level):
            level = "" if from_level is None else f"`item.level` is below `{from_level}`, or "
            return f"{level}`second_person.id` is not `actor.id`"
        case NotedInLanguage(languages):
            among = f", which is one of: {listed(languages)}" if languages else ""
            return f"`translation.note` is `translation.language`{among}"
        case FirmsAssured(letters, cleared):
            facility = (
                "its `clearance` reaches `item.level` and has not passed" if cleared else "any"
            )
            return (
                f"for each of `firms`, of which there is at least one: {facility}; and for each "
                f"letter of {listed(letters) or 'none'} one of its `conditions` was given and has "
                "not passed"
            )
        case RightsConfirmed():
            return "`item.rights` is empty, or `rights_confirmed` is true"
        case _:
            assert_never(condition)


def _consented_text(to: str, what: str = "`item.id` or an `item.category` of the scope") -> str:
    whom = (
        "`recipient`"
        if to == "recipient"
        else "`recipient`, or `actor.party` where there is none, or nobody"
    )
    return (
        f"for each of `item.originators` one of `consents` is by it, covers {what}, names {whom} "
        "and `purpose`, was given before, and has not passed"
    )


def listed(words: Iterable[str]) -> str:
    """List words, each as code."""
    return ", ".join(f"`{word}`" for word in words)


def _order_text(condition: OrderCondition) -> str:
    match condition:
        case OrderBetween(_, ends):
            known = " or ".join(f"`order.{end}`" for end in ends)
            return (
                "`order.requester` and `order.provider` are two parties, and `actor.party` is "
                f"{known}"
            )
        case OrderListed(rows):
            return f"each of `order.categories` stands in one of the rows: {_rows_text(rows)}"
        case OrderNotExcluded(rows):
            return f"none of `order.categories` stands in one of the rows: {_rows_text(rows)}"
        case OrderShows(needs):
            return f"`order.shows` holds all of: {listed(needs)}"
        case PersonsApart():
            return "`actor.id` is not among `order.acted`"
        case SettledBy(supplies, services, in_order):
            first = "; cash for supplies only with a `settlement.reason`" if in_order else ""
            return (
                f"`settlement.method` is one of {listed(supplies)} for supplies and loans, one of "
                f"{listed(services)} for services, or `offset` or `converted`{first}"
            )
        case OffsetDue(after, approved):
            late = (
                [] if after is None else [f"`at` is more than {after} after `settlement.delivered`"]
            )
            both = ["`settlement.approved_by` holds both parties of the order"] if approved else []
            return f"for an `offset`: {', and '.join((*late, *both)) or 'nothing more'}"
        case _:
            assert_never(condition)


def _rows_text(rows: tuple[OrderRow, ...]) -> str:
    return "; ".join(_row_text(row) for row in rows)


def _row_text(row: OrderRow) -> str:
    parts = [
        f"{listed(row.categories)}" if row.categories else "any category",
        f"by {listed(row.providers)}" if row.providers else "by any party",
        f"for {listed(row.activities)}" if row.activities else "for any activity",
    ]
    if row.since is not None:
        parts.append(f"from {format_date(row.since)}")
    if row.until is not None:
        parts.append(f"until {format_date(row.until)}")
    return " ".join(parts)
