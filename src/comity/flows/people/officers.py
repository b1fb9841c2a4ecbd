# SPDX-License-Identifier: Apache-2.0
"""Facilities that have no control officer, or soon will: listed, and told of once.

It is our own affair: no agreement obliges to it and no partner hears of it.
Source: Japan-ROK GSOMIA Art. 10 (treaties.md G10)
"""

from __future__ import annotations

from typing import Final

from comity.basis.ids import PersonId
from comity.basis.instants import Instant
from comity.decision.last_days import passes_at
from comity.decision.officers import Vacancy, vacancies_at
from comity.flows.context import Context
from comity.flows.documents import FACILITY
from comity.flows.duties.reminder_rows import Reminder
from comity.flows.facts import find_person, list_facilities
from comity.flows.people.clearances import KEEPERS
from comity.flows.people.telling import Told, remind_once

_TOLD: Final = Told("officer.remind", "(officers)", FACILITY)


async def list_vacancies(
    context: Context, person: PersonId | None = None, *, at: Instant | None = None
) -> tuple[Vacancy, ...]:
    """List what comes up: everything to who keeps the register, to others their own terms.

    Raises:
        StateError: the person is not on the register.
    """
    moment = context.ports.clock.now() if at is None else at
    found = vacancies_at(await list_facilities(context), moment)
    if person is None or not KEEPERS.isdisjoint((await find_person(context, person)).roles):
        return found
    return tuple(each for each in found if each.officer == person)


async def remind_of_officers(context: Context) -> tuple[Reminder, ...]:
    """Tell of each vacancy whose moment has come, once, and again when it is back."""

    async def find(now: Instant) -> tuple[Reminder, ...]:
        vacancies = vacancies_at(await list_facilities(context), now)
        return tuple(_moment(each, now) for each in vacancies)

    return await remind_once(context, _TOLD, find)


def _moment(vacancy: Vacancy, now: Instant) -> Reminder:
    due = None if vacancy.day is None else passes_at(vacancy.day)
    return Reminder(0, vacancy.reminder_key(now), vacancy.what, None, None, due, Instant(0))
