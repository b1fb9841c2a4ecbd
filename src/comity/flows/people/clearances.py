# SPDX-License-Identifier: Apache-2.0
"""Clearances of our own people that end or are to be looked at again: listed, and told of once.

It is our own affair: no agreement obliges to it, no partner hears of it, and no calendar that is
handed on holds it. Source: Japan-ROK GSOMIA Art. 7(3), 7(4) (treaties.md G7.3-4)
"""

from __future__ import annotations

from typing import Final

from comity.basis.ids import PersonId
from comity.basis.instants import Instant, format_date
from comity.decision.clearances import Renewal, renewals_at
from comity.decision.house import allow_house_act
from comity.decision.people import Role
from comity.flows.context import Context, decide_again
from comity.flows.documents import PERSON, REMINDED, json_document
from comity.flows.duties.reminder_rows import (
    Reminder,
    kept_beside,
    known_reminders,
    numbered,
    reminder_row,
    untold,
)
from comity.flows.facts import find_person
from comity.flows.journal import journal_entry
from comity.flows.people.register import list_persons
from comity.ports import Basis, Change

_HOUSE: Final = "(house)"
"""Where these reminders are remembered; no agreement has such an id."""

_ACT: Final = "clearance.remind"
_KEEPERS: Final = frozenset({Role.REGISTRAR, Role.AUDITOR})


async def list_renewals(
    context: Context, person: PersonId | None = None, *, at: Instant | None = None
) -> tuple[Renewal, ...]:
    """List what comes up: everything to who keeps the register, to others their own.

    Raises:
        StateError: the person is not on the register.
    """
    moment = context.ports.clock.now() if at is None else at
    found = renewals_at(await list_persons(context), moment)
    if person is None or not _KEEPERS.isdisjoint((await find_person(context, person)).roles):
        return found
    return tuple(each for each in found if each.person == person)


async def remind_of_clearances(context: Context) -> tuple[Reminder, ...]:
    """Tell of each renewal whose moment has come, once; who it is stands in the journal alone.

    1. note the versions, before anything is read;
    2. one commit writes what was told, and a journal entry for each.
    """

    async def attempt() -> tuple[Reminder, ...]:
        store, now = context.ports.store, context.ports.clock.now()
        versions = [(each, await store.version(each)) for each in (PERSON, REMINDED)]  # 1
        renewals = renewals_at(await list_persons(context), now)
        moments = tuple(_moment(each, now) for each in renewals)
        known = await known_reminders(context, _HOUSE)
        single, more = untold(moments, known)
        fresh = numbered((*single, *more), known, now)
        if fresh:
            rows = kept_beside(known, fresh, {each.key for each in moments})
            change = Change(  # 2
                allowed_by=allow_house_act(_ACT),
                basis=Basis(versions=tuple(versions)),
                documents=(json_document(REMINDED, _HOUSE, [reminder_row(each) for each in rows]),),
                journal=tuple(
                    journal_entry(context, _ACT, None, details=reminder_row(each)) for each in fresh
                ),
            )
            await store.commit(change)
        return fresh

    return await decide_again(attempt)


def _moment(renewal: Renewal, now: Instant) -> Reminder:
    key = "/".join(
        (
            renewal.what,
            renewal.person,
            format_date(renewal.day),
            str(renewal.reminded_by(now)),
        )
    )
    return Reminder(0, key, renewal.what, None, None, renewal.passed_at, Instant(0))
