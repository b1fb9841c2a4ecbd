# SPDX-License-Identifier: Apache-2.0
"""Reminders to our own people: each is told once, whenever the node is restarted.

What was told is kept in one document for each agreement, written in the commit that journals it.
Source: AGREEMENTS 5; Japan-ROK GSOMIA Art. 21(3) (treaties.md G21.3: 120, 100 and 91 days)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from comity.basis.errors import ComityError
from comity.basis.ids import AgreementId, PartyId
from comity.basis.instants import Instant
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.documents import REMINDED, json_document
from comity.flows.duties.listing import Owed, concerns, list_urgent
from comity.flows.duties.reminder_rows import (
    Reminder,
    kept_beside,
    known_reminders,
    numbered,
    reminder_row,
    untold,
)
from comity.flows.journal import journal_entry
from comity.flows.passing.telling import turn_onward
from comity.flows.set_up import pinned_agreements
from comity.flows.view import View
from comity.ports import Basis, Change
from comity.state.coming import live_reminders
from comity.state.duties import DutyState
from comity.statement.order_values import Officer


async def remind_all(
    context: Context, failed: Callable[[AgreementId, ComityError], None] | None = None
) -> tuple[tuple[AgreementId, Reminder], ...]:
    """Tell of everything under every agreement whose moment has come and that was not told of.

    What goes wrong under one agreement stops no other: it is given to `failed`, or raised at the
    end.
    """
    told: list[tuple[AgreementId, Reminder]] = []
    errors: list[ComityError] = []
    for agreement in await pinned_agreements(context):
        try:
            told += [(agreement, each) for each in await remind(context, agreement)]
        except ComityError as error:
            errors.append(error)
            if failed is not None:
                failed(agreement, error)
    if errors and failed is None:
        raise errors[0]
    return tuple(told)


async def remind(context: Context, agreement: AgreementId) -> tuple[Reminder, ...]:
    """Tell what is to be told under one agreement: one commit, with a journal entry for each."""

    async def attempt() -> tuple[Reminder, ...]:
        async with turn_onward(context, agreement) as view:
            return await _remind(context, view)

    return await decide_again(attempt)


async def reminders_since(
    context: Context, agreement: AgreementId, number: int
) -> tuple[Reminder, ...]:
    """List the reminders after the one of that number, in their order."""
    known = await known_reminders(context, agreement)
    return tuple(each for each in known if each.number > number)


async def last_reminder(context: Context, agreement: AgreementId) -> int:
    """Give the number of the last reminder; 0 for none."""
    return max((each.number for each in await known_reminders(context, agreement)), default=0)


async def _remind(context: Context, view: View) -> tuple[Reminder, ...]:
    agreement = view.agreement_id
    version = await context.ports.store.version(REMINDED)
    known = await known_reminders(context, agreement)
    owed = await list_urgent(context, agreement)
    moments = tuple(moments_of(view.own, owed))
    single, more = untold(moments, known)
    fresh = numbered((*single, *more), known, context.ports.clock.now())
    if not fresh:
        return ()
    rows = kept_beside(known, fresh, {each.key for each in moments})
    document = json_document(REMINDED, agreement, [reminder_row(each) for each in rows])
    noted = tuple(_noted(context, agreement, each) for each in fresh)
    allowed = allow_house_act("duty.remind")
    change = Change(
        allowed_by=allowed,
        basis=Basis(versions=((REMINDED, version),)),
        documents=(document,),
        journal=noted,
    )
    await commit_on(context, view, change)
    return fresh


def moments_of(own: PartyId, owed: Owed) -> Iterator[Reminder]:
    """Give what one is to be reminded of now: our own duties and those to us, and what comes up."""
    for duty in owed.duties:
        if not concerns(duty, own):
            continue
        about = str(duty.about or duty.trigger)
        who = duty.collects
        if duty.remind_at is not None and duty.remind_at <= owed.at:
            again = f"/{duty.reminded}" if duty.reminded > 1 else ""
            key = f"{duty.id}/remind{again}"
            yield _moment(key, duty.owes, (duty.article, about), duty.due, who)
        if duty.state is DutyState.LATE:
            due = 0 if duty.due is None else duty.due
            key = f"{duty.id}/late/{due}"
            yield _moment(key, duty.owes, (duty.article, about), duty.due, who)
    for coming, at in live_reminders(owed.coming, owed.at):
        named = None if coming.about is None else str(coming.about)
        key = f"{coming.what}/{named}/{at}"
        yield _moment(key, coming.what, (coming.article, named), coming.due)


def _moment(
    key: str,
    what: str,
    named: tuple[str | None, str | None],
    due: Instant | None,
    collects: Officer | None = None,
) -> Reminder:
    return Reminder(0, key, what, *named, due, Instant(0), collects=collects)


def _noted(context: Context, agreement: AgreementId, reminder: Reminder) -> bytes:
    details: dict[str, JsonValue] = {"agreement": agreement, **reminder_row(reminder)}
    return journal_entry(context, "duty.remind", None, details=details)
