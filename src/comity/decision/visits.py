# SPDX-License-Identifier: Apache-2.0
"""Conditions of a visit: who asked, who granted, what may be shown, and when.

Source: AGREEMENTS.md section 3 (visit); Japan-ROK GSOMIA Art. 8
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from comity.agreement.rules import RuleBook, VisitGranted, WithinVisit
from comity.basis.errors import InputError
from comity.basis.instants import Duration, Instant, Zone, add_duration, end_of_day, start_of_day
from comity.decision.kleene import HOLDS, Outcome, every, fails, unknown
from comity.decision.request import MISSING, Absent, Request, Text, Visit, When, missing_of
from comity.decision.times import has_begun, has_passed
from comity.decision.wording import listed, quoted, shown_time


def visit_granted(condition: VisitGranted, request: Request, book: RuleBook) -> Outcome:
    """Ask whether the host has granted what another party's authority asked for.

    Source: Japan-ROK GSOMIA Art. 8
    """
    visit = request.visit
    if visit is MISSING:
        return unknown("visit")
    if visit is None:
        return fails("the request names no visit")
    return every(_granted(condition, visit, request.at, book))


def within_visit(condition: WithinVisit, request: Request, book: RuleBook) -> Outcome:
    """Ask whether a disclosure stays within the visit that the request names, if it names one."""
    visit = request.visit
    if visit is MISSING or visit is None:
        return fails("the request names no visit") if condition.required else HOLDS
    return every(_within(visit, request, book))


def _granted(
    condition: VisitGranted, visit: Visit, at: Instant | Absent, book: RuleBook
) -> Iterator[Outcome]:
    yield _asked(visit, condition.parties)
    yield _by_host(visit)
    yield _on_ladder(visit.level, book)
    yield _cleared(visit, book)
    yield _not_past(visit.clearance_until, "visit.clearance_until", at, zone=book.zone)
    yield _not_past(visit.until, "visit.until", at, zone=book.zone)
    if condition.lead_time is not None:
        yield _early_enough(visit, condition.lead_time, book.zone)


def _within(visit: Visit, request: Request, book: RuleBook) -> Iterator[Outcome]:
    level, levels = request.item.level, book.levels
    yield _by_host(visit)
    yield _between_sides(visit, request.recipient)
    if visit.level is MISSING or level is MISSING:
        yield unknown(*missing_of(("visit.level", visit.level), ("item.level", level)))
    elif not (
        visit.level in levels
        and level in levels
        and levels.index(visit.level) <= levels.index(level)
    ):
        yield fails(
            f"level {quoted(level)} is above what may be shown on this visit: {quoted(visit.level)}"
        )
    yield _begun(visit.begins, request.at, book.zone)
    yield _not_past(visit.until, "visit.until", request.at, zone=book.zone)


def _asked(visit: Visit, parties: tuple[str, ...]) -> Outcome:
    asked_by, host = visit.asked_by, visit.host
    if asked_by is MISSING or host is MISSING:
        return unknown(*missing_of(("visit.asked_by", asked_by), ("visit.host", host)))
    if asked_by not in parties or host not in parties:
        return fails(
            f"the visit is asked by {quoted(asked_by)} of {quoted(host)}, the parties are: "
            f"{listed(parties)}"
        )
    if asked_by == host:
        return fails(f"{quoted(host)} asks for a visit to itself")
    return HOLDS


def _by_host(visit: Visit) -> Outcome:
    granted_by, host = visit.granted_by, visit.host
    if granted_by is MISSING or host is MISSING:
        return unknown(*missing_of(("visit.granted_by", granted_by), ("visit.host", host)))
    if granted_by is None:
        return fails("the visit is not granted")
    if granted_by == host:
        return HOLDS
    return fails(f"the visit is granted by {quoted(granted_by)}, the host is {quoted(host)}")


def _between_sides(visit: Visit, recipient: Text) -> Outcome:
    """Ask whether what is disclosed is for one of the two sides of the visit, if for a party."""
    if recipient is None:
        return HOLDS
    host, asked_by = visit.host, visit.asked_by
    if recipient is MISSING or host is MISSING or asked_by is MISSING:
        return unknown(
            *missing_of(
                ("recipient", recipient), ("visit.host", host), ("visit.asked_by", asked_by)
            )
        )
    if recipient in (host, asked_by):
        return HOLDS
    return fails(
        f"on a visit of {quoted(asked_by)} to {quoted(host)} nothing is disclosed to "
        f"{quoted(recipient)}"
    )


def _on_ladder(level: Text, book: RuleBook) -> Outcome:
    if level is MISSING:
        return unknown("visit.level")
    if level in book.levels:
        return HOLDS
    return fails(f"level {quoted(level)} is not on the ladder: {listed(book.levels)}")


def _cleared(visit: Visit, book: RuleBook) -> Outcome:
    held, level, levels = visit.clearance, visit.level, book.levels
    if held is MISSING:
        return unknown("visit.clearance")
    if level is MISSING or level not in levels:
        return HOLDS  # that is said of the level itself
    if held in levels and levels.index(held) <= levels.index(level):
        return HOLDS
    return fails(f"the visitors' clearance {quoted(held)} does not reach level {quoted(level)}")


def _not_past(until: When, fact: str, at: Instant | Absent, *, zone: Zone) -> Outcome:
    if until is MISSING:
        return unknown(fact)
    if until is None:
        return HOLDS
    if at is MISSING:
        return unknown("at")
    return fails(f"{fact} is past: {shown_time(until)}") if has_passed(until, at, zone) else HOLDS


def _begun(begins: When, at: Instant | Absent, zone: Zone) -> Outcome:
    if begins is MISSING:
        return unknown("visit.from")
    if begins is None:
        return fails("the visit has no beginning")
    if at is MISSING:
        return unknown("at")
    if has_begun(begins, at, zone):
        return HOLDS
    return fails(f"the visit begins on {shown_time(begins)}")


def _early_enough(visit: Visit, lead_time: Duration, zone: Zone) -> Outcome:
    """Ask whether the visit was asked for so long before; a day counts from its end."""
    asked_at, begins = visit.asked_at, visit.begins
    if asked_at is MISSING or begins is MISSING:
        return unknown(*missing_of(("visit.asked_at", asked_at), ("visit.from", begins)))
    failing = fails(f"the visit is asked for less than {lead_time} before it begins")
    if asked_at is None or begins is None:
        return failing
    try:
        asked = end_of_day(asked_at, zone) if isinstance(asked_at, date) else asked_at
        start = start_of_day(begins, zone) if isinstance(begins, date) else begins
        return HOLDS if add_duration(asked, lead_time, zone) <= start else failing
    except InputError:  # beyond the calendar
        return failing
