# SPDX-License-Identifier: Apache-2.0
"""Clearances of our own people that end or are to be looked at again: listed, and told of once.

It is our own affair: no agreement obliges to it, no partner hears of it, and no calendar that is
handed on holds it. Source: Japan-ROK GSOMIA Art. 7(3), 7(4) (treaties.md G7.3-4)
"""

from __future__ import annotations

from typing import Final

from comity.basis.ids import PersonId
from comity.basis.instants import Instant
from comity.decision.clearances import Renewal, renewals_at
from comity.decision.last_days import passes_at
from comity.decision.people import Role
from comity.flows.context import Context
from comity.flows.documents import PERSON
from comity.flows.duties.reminder_rows import Reminder
from comity.flows.facts import find_person, list_persons
from comity.flows.people.telling import Told, remind_once

_TOLD: Final = Told("clearance.remind", "(house)", PERSON)
KEEPERS: Final = frozenset({Role.REGISTRAR, Role.AUDITOR})
"""Who is shown what comes up for everybody; others are shown their own."""


async def list_renewals(
    context: Context, person: PersonId | None = None, *, at: Instant | None = None
) -> tuple[Renewal, ...]:
    """List what comes up: everything to who keeps the register, to others their own.

    Raises:
        StateError: the person is not on the register.
    """
    moment = context.ports.clock.now() if at is None else at
    found = renewals_at(await list_persons(context), moment)
    if person is None or not KEEPERS.isdisjoint((await find_person(context, person)).roles):
        return found
    return tuple(each for each in found if each.person == person)


async def remind_of_clearances(context: Context) -> tuple[Reminder, ...]:
    """Tell of each renewal whose moment has come, once; who it is stands in the journal alone."""

    async def find(now: Instant) -> tuple[Reminder, ...]:
        renewals = renewals_at(await list_persons(context), now)
        return tuple(_moment(each, now) for each in renewals)

    return await remind_once(context, _TOLD, find)


def _moment(renewal: Renewal, now: Instant) -> Reminder:
    due = passes_at(renewal.day)
    return Reminder(0, renewal.reminder_key(now), renewal.what, None, None, due, Instant(0))
