# SPDX-License-Identifier: Apache-2.0
"""When a clearance ends or is to be looked at again: our own affair, owed to nobody.

Source: Japan-ROK GSOMIA Art. 2(e), 7(3), 7(4) (treaties.md G7.3-4: renewal is reminded of)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from comity.basis.ids import PersonId
from comity.basis.instants import Date, Instant, format_date
from comity.basis.strict_json import JsonValue
from comity.decision.last_days import last_reminder_of, passes_at, reminders_of
from comity.decision.people import Person
from comity.decision.registrars import is_present

END: Final = "clearance.end"
REVIEW: Final = "clearance.review"


@dataclass(frozen=True, slots=True)
class Renewal:
    """A clearance that ends, or is to be looked at again, with `day`, its last in UTC."""

    what: str
    person: PersonId
    facility: str
    day: Date

    def reminder_key(self, at: Instant) -> str:
        """Name the reminder that has come by `at`, of which there is one."""
        moment = last_reminder_of(self.day, at)
        return f"{self.what}/{self.person}/{format_date(self.day)}/{moment}"


def renewals_at(persons: Iterable[Person], at: Instant) -> tuple[Renewal, ...]:
    """List what comes up at `at` for those who are here and cleared, the earliest day first."""
    found = (
        renewal
        for person in persons
        if person.clearance is not None and is_present(person, at)
        for renewal in _of(person)
        if reminders_of(renewal.day)[0] <= at
    )
    return tuple(sorted(found, key=lambda each: (each.day, each.person, each.what)))


def renewal_json(renewal: Renewal, at: Instant) -> dict[str, JsonValue]:
    """Write what comes up for a person: no level, and nothing of what the clearance rests on."""
    return {
        "what": renewal.what,
        "person": renewal.person,
        "facility": renewal.facility,
        "day": format_date(renewal.day),
        "passed": passes_at(renewal.day) <= at,
    }


def _of(person: Person) -> Iterator[Renewal]:
    for what, day in ((END, person.clearance_until), (REVIEW, person.clearance_review)):
        if day is not None:
            yield Renewal(what, person.id, person.facility, day)
