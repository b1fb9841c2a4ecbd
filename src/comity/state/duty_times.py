# SPDX-License-Identifier: Apache-2.0
"""When a duty is due: by the calendar, in UTC or in the zone that the file names.

Whole days end at 24:00; hours and minutes count to the millisecond. Dates come from statements
that anybody may write, so nothing here raises: beyond the calendar there is no due time.
Source: AGREEMENTS.md section 5
"""

from __future__ import annotations

import datetime
from typing import Final

from comity.agreement.rules import DutyRule
from comity.basis.errors import InputError
from comity.basis.instants import (
    INSTANT_MAX,
    Duration,
    DurationUnit,
    Instant,
    Zone,
    add_duration,
    subtract_duration,
)
from comity.state.affairs import Act
from comity.state.duty_triggers import Trigger
from comity.state.lifecycle_dates import day_end, day_of, day_start
from comity.support.terms import due_day

AS_SAID: Final = "as said"
"""What stands for the file's own words where the trigger itself ends before its term."""

_BY_THE_CLOCK: Final = (DurationUnit.MINUTES, DurationUnit.HOURS)


def due_after(start: Instant, duration: Duration, zone: Zone) -> Instant:
    """Give the first instant that is too late: days, months and years end with their last day."""
    try:
        due = add_duration(start, duration, zone)
    except InputError:  # beyond the year 9999
        return INSTANT_MAX
    return due if duration.unit in _BY_THE_CLOCK else day_end(day_of(due, zone), zone)


def due_before(start: Instant, duration: Duration, zone: Zone) -> Instant:
    """Give the first instant that is too late for what is owed so long before `start`."""
    try:
        due = subtract_duration(start, duration, zone)
    except InputError:  # before the year 1
        return Instant(0)
    return due if duration.unit in _BY_THE_CLOCK else day_end(day_of(due, zone), zone)


def held(act: Act, name: str) -> object:
    """Give what a statement holds under a name with dots; None for nothing.

    After a colon: whether what is held has that word among others.
    """
    named, _, word = name.partition(":")
    found: object = act.body
    for part in named.split("."):
        found = getattr(found, part, None)
    if word:
        return isinstance(found, tuple) and word in found
    return found


def term_start(trigger: Trigger, rule: DutyRule, zone: Zone) -> Instant:
    """Give when the term begins: at the statement, or at what the statement itself names.

    The last day of use or of validity counts whole: the term begins when it has passed. The day
    on which something begins counts from its first moment.
    """
    return _counted_from(trigger, rule, rule.since, zone)


def _counted_from(trigger: Trigger, rule: DutyRule, name: str | None, zone: Zone) -> Instant:
    named = None if name is None else held(trigger.act, name)
    if isinstance(named, datetime.date):
        return day_start(named, zone) if rule.how == "itself" else day_end(named, zone)
    return Instant(named) if isinstance(named, int) else trigger.act.at


def reminders_of(trigger: Trigger, rule: DutyRule, zone: Zone) -> tuple[Instant, ...]:
    """Give when the debtor's own people are reminded, the first time first.

    Several reminders fall on the first moment of days: six months after the day that is named.
    """
    start = _counted_from(trigger, rule, rule.remind_since or rule.since, zone)
    if rule.remind_after is not None:
        return (due_after(start, rule.remind_after, zone),)
    named = None if rule.since is None else held(trigger.act, rule.since)
    first = named if isinstance(named, datetime.date) else day_of(start, zone)
    days = (due_day(first, each) for each in rule.remind)
    return tuple(sorted(day_start(each, zone) for each in days if each is not None))


def term_end(trigger: Trigger, rule: DutyRule, duration: Duration, zone: Zone) -> Instant:
    """Give the first instant that is too late; whole days count from the day that is named.

    A week after the last day of use, 10 January, is over with 17 January; an hour after it, at one.
    Where what was said ends before that, so does the term.

    Source: AGREEMENTS.md section 5; Japan-ROK GSOMIA Art. 16(g)
    """
    start = term_start(trigger, rule, zone)
    named = None if rule.since is None else held(trigger.act, rule.since)
    whole_days = duration.unit not in _BY_THE_CLOCK
    if isinstance(named, datetime.date) and rule.how != "itself" and whole_days:
        start = Instant(start - 1)
    due = (due_before if rule.ahead else due_after)(start, duration, zone)
    ends = _said_end(trigger, rule, zone)
    return due if ends is None else min(due, ends)


def term_text(trigger: Trigger, rule: DutyRule, term_due: Instant | None, zone: Zone) -> str | None:
    """Give a term in the file's own words, or `as said` where the trigger's own end is the term's.

    Source: Japan-ROK GSOMIA Art. 16(g)
    """
    if rule.within is None:
        return None
    ends = _said_end(trigger, rule, zone)
    return rule.within.text if ends is None or ends != term_due else AS_SAID


def _said_end(trigger: Trigger, rule: DutyRule, zone: Zone) -> Instant | None:
    """Give the end of the day until which what was said holds; None: the rule or it names none."""
    ends = None if rule.until is None else held(trigger.act, rule.until)
    return day_end(ends, zone) if isinstance(ends, datetime.date) else None
