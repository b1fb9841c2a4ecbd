# SPDX-License-Identifier: Apache-2.0
"""Duties and what comes up as an iCalendar file: articles, parties, places and days, no content.

The same duty has the same UID whenever it is written, and on whichever node. What has a day is an
event, for most calendars import nothing else; what has none is a to-do. Source: RFC 5545
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Final

from icalendar import Alarm, Calendar, Event, Todo

from comity.basis.instants import DAY_MS, Instant, Zone
from comity.flows.duties.listing import Owed
from comity.foresight.matters import (
    owed_matter,
    say_collectors,
    say_coming,
    say_head,
    say_matter,
    say_state,
)
from comity.foresight.words import say_article
from comity.state.coming import Coming
from comity.state.duties import Duty, DutyState
from comity.state.lifecycle_dates import day_of, day_start

BEGINNING: Final = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//comity//duties//EN\r\n"
"""By which a calendar of ours is known, and may be written anew."""

_STATUS: Final = {
    DutyState.DONE: "COMPLETED",
    DutyState.DONE_LATE: "COMPLETED",
    DutyState.WAIVED: "CANCELLED",
}


def calendar_of(owed: Iterable[Owed], *, exercise: bool, language: str = "en") -> bytes:
    """Write what is owed and comes up as one calendar, to be imported again and again."""
    calendar = Calendar()
    calendar.add("prodid", "-//comity//duties//EN")
    calendar.add("version", "2.0")
    mark = f"{say_head('exercise', language)} " if exercise else ""
    for each in owed:
        for duty in each.duties:
            calendar.add_component(_owed(each, duty, mark, language))
        for coming in each.coming:
            if coming.due is not None or coming.remind_at:
                calendar.add_component(_event(each, coming, mark, language))
    written: bytes = calendar.to_ical()
    return written


def _owed(owed: Owed, duty: Duty, mark: str, language: str) -> Event | Todo:
    """Write a duty on the day it is due, or as a to-do where none is named."""
    entry = _to_do(duty) if duty.due is None else _on_its_day(duty, _due(duty.due, owed.zone))
    entry.add("uid", f"{duty.id}@{owed.agreement}.comity")
    entry.add("dtstamp", _time(owed.at))
    words = say_matter(owed_matter(duty.owes, duty.because, duty.or_by), language, duty.needs)
    owes = say_head("owes", language, party=duty.owed_by, words=words)
    entry.add("summary", f"{mark}{owed.agreement}: {owes}")
    said = (
        say_article(duty.article, language),
        say_head("owed_to", language, parties=", ".join(duty.owed_to)),
        say_head("from", language, place=duty.trigger),
        say_state(duty.state.value, language),
    )
    lines = [", ".join(said)]
    if duty.about is not None:
        lines.append(say_head("about", language, place=duty.about))
    if duty.collects is not None:
        officer = (duty.collects.person, duty.collects.office)
        lines.append(say_collectors((officer,), language))
    entry.add("description", "\n".join(lines))
    remind = _first_moment(duty) if duty.remind_at is None else duty.remind_at
    if remind is not None and duty.live:
        entry.add_component(_alarm(remind, language))
    return entry


def _first_moment(duty: Duty) -> Instant | None:
    """Give when its last day begins, to be reminded of it where nothing says when."""
    return None if duty.due is None else Instant(duty.due - DAY_MS)


def _on_its_day(duty: Duty, due: datetime.date) -> Event:
    """Begin an event; it keeps nobody busy. An event is never completed (RFC 5545 3.8.1.11)."""
    event = Event()
    event.add("dtstart", due)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if duty.state is DutyState.WAIVED else "CONFIRMED")
    return event


def _to_do(duty: Duty) -> Todo:
    todo = Todo()
    todo.add("status", _STATUS.get(duty.state, "NEEDS-ACTION"))
    if duty.done_at is not None:
        todo.add("completed", _time(duty.done_at))
    return todo


def _event(owed: Owed, coming: Coming, mark: str, language: str) -> Event:
    """Write what comes up at its day, or where nothing names one at the first reminder of it."""
    event = Event()
    about = "" if coming.about is None else f"-{str(coming.about).replace('/', '-')}"
    event.add("uid", f"{coming.what}{about}-{coming.for_party}@{owed.agreement}.comity")
    event.add("dtstamp", _time(owed.at))
    due = coming.due
    event.add("dtstart", _time(coming.remind_at[0]) if due is None else _due(due, owed.zone))
    event.add("summary", f"{mark}{owed.agreement}: {say_coming(coming.what, language)}")
    given = coming.article
    article = "" if given is None else say_article(given, language)
    event.add("description", article)
    for instant in coming.remind_at:
        event.add_component(_alarm(instant, language))
    return event


def _alarm(at: Instant, language: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", say_head("reminds", language))
    # Without the parameter a reader expects a duration (RFC 5545 3.8.6.3).
    alarm.add("trigger", _time(at), parameters={"VALUE": "DATE-TIME"})
    return alarm


def _due(end: Instant, zone: Zone) -> datetime.date:
    """Give a bound that ends a day of the zone as that day: as an instant it shows a day late."""
    if day_start(day_of(end, zone), zone) == end:
        return day_of(Instant(end - 1), zone)
    return _time(end)


def _time(instant: Instant) -> datetime.datetime:
    """Give an instant in UTC to the second, as the format has it."""
    return datetime.datetime.fromtimestamp(instant // 1000, datetime.UTC)
