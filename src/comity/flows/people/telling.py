# SPDX-License-Identifier: Apache-2.0
"""Reminders of the house's own affairs: each is told once, and stands in the journal.

No agreement obliges to them and no partner hears of them.
Source: Japan-ROK GSOMIA Art. 7(3), 10 (treaties.md G7.3-4, G10)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from comity.basis.instants import Instant
from comity.decision.house import allow_house_act
from comity.flows.context import Context, decide_again
from comity.flows.documents import REMINDED, json_document
from comity.flows.duties.reminder_rows import (
    Reminder,
    kept_beside,
    known_reminders,
    numbered,
    reminder_row,
    untold,
)
from comity.flows.journal import journal_entry
from comity.ports import Basis, Change


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of: the act in the journal, where it is remembered, and what it rests on.

    `under` is no agreement's id.
    """

    act: str
    under: str
    rests_on: str


async def remind_once(
    context: Context, told: Told, find: Callable[[Instant], Awaitable[tuple[Reminder, ...]]]
) -> tuple[Reminder, ...]:
    """Tell of what `find` gives and was not told of.

    1. note the versions, before anything is read;
    2. what has no day is forgotten once it holds no more, so that it is told of when it is back;
    3. one commit writes what was told, and a journal entry for each.
    """

    async def attempt() -> tuple[Reminder, ...]:
        store, now = context.ports.store, context.ports.clock.now()
        versions = [(each, await store.version(each)) for each in (told.rests_on, REMINDED)]  # 1
        moments = await find(now)
        live = {each.key for each in moments}
        before = await known_reminders(context, told.under)
        known = [each for each in before if each.key in live or each.due or each.more]  # 2
        single, more = untold(moments, known)
        fresh = numbered((*single, *more), before, now)
        if fresh or len(known) < len(before):
            rows = [reminder_row(each) for each in kept_beside(known, fresh, live)]
            change = Change(  # 3
                allowed_by=allow_house_act(told.act),
                basis=Basis(versions=tuple(versions)),
                documents=(json_document(REMINDED, told.under, [*rows]),),
                journal=tuple(
                    journal_entry(context, told.act, None, details=reminder_row(each))
                    for each in fresh
                ),
            )
            await store.commit(change)
        return fresh

    return await decide_again(attempt)
