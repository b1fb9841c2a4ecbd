# SPDX-License-Identifier: Apache-2.0
"""When a clearance ends or is to be looked at again: our own affair, owed to nobody.

Source: Japan-ROK GSOMIA Art. 2(e), 7(3), 7(4) (treaties.md G7.3-4: renewal is reminded of)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from comity.basis.ids import PersonId
from comity.basis.instants import UTC, Date, Instant, end_of_day, format_date, start_of_day
from comity.basis.strict_json import JsonValue
from comity.decision.people import Person
from comity.decision.registrars import is_present

REMIND_DAYS: Final = (60, 30, 7)
"""So many days before the last day one is reminded, and once more when it has passed."""

END: Final = "clearance.end"
REVIEW: Final = "clearance.review"


@dataclass(frozen=True, slots=True)
class Renewal:
    """A clearance that ends, or is to be looked at again, with `day`, its last in UTC."""

    what: str
    person: PersonId
    facility: str
    day: Date

    @property
    def remind_at(self) -> tuple[Instant, ...]:
        """Give when one is reminded: before, and at the first instant after the day."""
        return reminders_of(self.day)

    @property
    def passed_at(self) -> Instant:
        """Give the first instant after the day."""
        return passes_at(self.day)

    def reminded_by(self, at: Instant) -> Instant:
        """Give the latest reminder that has come by `at`, of which there is one."""
        return last_reminder_of(self.day, at)


def passes_at(day: Date) -> Instant:
    """Give the first instant after the day, in UTC."""
    return end_of_day(day, UTC)


def reminders_of(day: Date) -> tuple[Instant, ...]:
    """Give when one is reminded of a last day: before, and at the first instant after it."""
    last = day.toordinal()
    days = (Date.fromordinal(max(1, last - before)) for before in REMIND_DAYS)
    return (*(start_of_day(each, UTC) for each in days), passes_at(day))


def last_reminder_of(day: Date, at: Instant) -> Instant:
    """Give the latest reminder that has come by `at`, of which there is one."""
    return max(each for each in reminders_of(day) if each <= at)


def renewals_at(persons: Iterable[Person], at: Instant) -> tuple[Renewal, ...]:
    """List what comes up at `at` for those who are here and cleared, the earliest day first."""
    found = (
        renewal
        for person in persons
        if person.clearance is not None and is_present(person, at)
        for renewal in _of(person)
        if renewal.remind_at[0] <= at
    )
    return tuple(sorted(found, key=lambda each: (each.day, each.person, each.what)))


def renewal_json(renewal: Renewal, at: Instant) -> dict[str, JsonValue]:
    """Write what comes up for a person: no level, and nothing of what the clearance rests on."""
    return {
        "what": renewal.what,
        "person": renewal.person,
        "facility": renewal.facility,
        "day": format_date(renewal.day),
        "passed": renewal.passed_at <= at,
    }


def _of(person: Person) -> Iterator[Renewal]:
    for what, day in ((END, person.clearance_until), (REVIEW, person.clearance_review)):
        if day is not None:
            yield Renewal(what, person.id, person.facility, day)
