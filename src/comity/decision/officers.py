# SPDX-License-Identifier: Apache-2.0
"""When a facility will have, or has, nobody who answers for it: our own affair, owed to nobody.

Source: Japan-ROK GSOMIA Art. 10, 16(j) (treaties.md G10: a vacancy is reminded of)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comity.basis.ids import PersonId
from comity.basis.instants import Date, Instant, format_date
from comity.basis.strict_json import JsonValue
from comity.decision.last_days import last_reminder_of, passes_at, reminders_of
from comity.decision.people import Facility

END: Final = "officer.end"
NONE: Final = "officer.none"


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A facility whose officer's term ends with `day`, in UTC; without one: it has none named."""

    facility: str
    officer: PersonId | None
    day: Date | None

    @property
    def what(self) -> str:
        """Give the code: the term ends, or nobody is named."""
        return NONE if self.day is None else END

    def is_up(self, at: Instant) -> bool:
        """Answer whether one is to be reminded by now; where nobody is named, at once."""
        return self.day is None or reminders_of(self.day)[0] <= at

    def passed(self, at: Instant) -> bool:
        """Answer whether nobody is in office."""
        return self.day is None or passes_at(self.day) <= at

    def reminder_key(self, at: Instant) -> str:
        """Name what is told of once: where nobody is named there is one moment."""
        if self.day is None:
            return f"{self.what}/{self.facility}"
        moment = last_reminder_of(self.day, at)
        return f"{self.what}/{self.facility}/{format_date(self.day)}/{moment}"


def vacancies_at(facilities: Iterable[Facility], at: Instant) -> tuple[Vacancy, ...]:
    """List the facilities that have nobody in office or soon will, by id."""
    every = (_of(each) for each in facilities)
    found = (each for each in every if each is not None and each.is_up(at))
    return tuple(sorted(found, key=lambda each: each.facility))


def vacancy_json(vacancy: Vacancy, at: Instant) -> dict[str, JsonValue]:
    """Write what comes up for a facility."""
    return {
        "what": vacancy.what,
        "facility": vacancy.facility,
        "person": vacancy.officer,
        "day": None if vacancy.day is None else format_date(vacancy.day),
        "passed": vacancy.passed(at),
    }


def _of(facility: Facility) -> Vacancy | None:
    """Give what may come up; None: somebody answers for it without end."""
    if facility.control_officer is None:
        return Vacancy(facility.id, None, None)
    if facility.officer_until is None:
        return None
    return Vacancy(facility.id, facility.control_officer, facility.officer_until)
