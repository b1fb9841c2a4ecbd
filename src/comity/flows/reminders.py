# SPDX-License-Identifier: Apache-2.0
"""Reminders to our own people: each is told once, whenever the node is restarted.

What was told is kept in one document for each agreement, written in the commit that journals it.
Source: AGREEMENTS 5; Japan-ROK GSOMIA Art. 21(3) (treaties.md G21.3: 120, 100 and 91 days)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from comity.basis.fields import Fields
from comity.basis.ids import AgreementId
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.documents import REMINDED, json_document, read_json_document
from comity.flows.duties import Owed, concerns, list_duties
from comity.flows.journal import journal_entry
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import turn
from comity.flows.view import View
from comity.ports import Change
from comity.state.coming import live_reminders
from comity.state.duties import DutyState

KEPT_MAX: Final = 4_096
"""Reminders that are remembered; of those beyond, what is no longer owed is forgotten first."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder: its number under the agreement, what it is about, and by which article.

    `key` names the duty or the event and the moment, so that it is told once. `due` None: no day.
    """

    number: int
    key: str
    what: str
    article: str | None
    about: str | None
    due: Instant | None
    told_at: Instant


async def remind_all(context: Context) -> tuple[tuple[AgreementId, Reminder], ...]:
    """Tell of everything under every agreement whose moment has come and that was not told of."""
    told: list[tuple[AgreementId, Reminder]] = []
    for agreement in await pinned_agreements(context):
        told += [(agreement, each) for each in await remind(context, agreement)]
    return tuple(told)


async def remind(context: Context, agreement: AgreementId) -> tuple[Reminder, ...]:
    """Tell what is to be told under one agreement: one commit, with a journal entry for each."""

    async def attempt() -> tuple[Reminder, ...]:
        async with turn(context, agreement) as view:
            return await _remind(context, view)

    return await decide_again(attempt)


async def reminders_since(
    context: Context, agreement: AgreementId, number: int
) -> tuple[Reminder, ...]:
    """List the reminders after the one of that number, in their order."""
    known = await _known(context, agreement)
    return tuple(each for each in known if each.number > number)


async def last_reminder(context: Context, agreement: AgreementId) -> int:
    """Give the number of the last reminder; 0 for none."""
    return max((each.number for each in await _known(context, agreement)), default=0)


async def _remind(context: Context, view: View) -> tuple[Reminder, ...]:
    agreement = view.agreement_id
    known = await _known(context, agreement)
    told = {each.key for each in known}
    owed = await list_duties(context, agreement, live=True)
    now, last = context.ports.clock.now(), max((each.number for each in known), default=0)
    fresh: list[Reminder] = []
    for found in _moments(view, owed):
        if found.key not in told:
            last += 1
            fresh.append(_numbered(found, last, now))
    if not fresh:
        return ()
    live = {each.key for each in _moments(view, owed)}
    kept = _forget(known, live, KEPT_MAX - len(fresh))
    document = json_document(REMINDED, agreement, [_row(each) for each in (*kept, *fresh)])
    noted = tuple(
        journal_entry(context, "duty.remind", None, details={"agreement": agreement, **_row(each)})
        for each in fresh
    )
    allowed = allow_house_act("duty.remind")
    change = Change(allowed_by=allowed, documents=(document,), journal=noted)
    await commit_on(context, view, change)
    return tuple(fresh)


def _moments(view: View, owed: Owed) -> Iterator[Reminder]:
    """Give what one is to be reminded of now: our own duties and those to us, and what comes up."""
    for duty in owed.duties:
        if not concerns(duty, view.own):
            continue
        about = str(duty.about or duty.trigger)
        if duty.remind_at is not None and duty.remind_at <= owed.at:
            yield _moment(f"{duty.id}/remind", duty.owes, (duty.article, about), duty.due)
        if duty.state is DutyState.LATE:
            due = 0 if duty.due is None else duty.due
            yield _moment(f"{duty.id}/late/{due}", duty.owes, (duty.article, about), duty.due)
    for coming, at in live_reminders(owed.coming, owed.at):
        named = None if coming.about is None else str(coming.about)
        key = f"{coming.what}/{named}/{at}"
        yield _moment(key, coming.what, (coming.article, named), coming.due)


def _moment(
    key: str, what: str, named: tuple[str | None, str | None], due: Instant | None
) -> Reminder:
    return Reminder(0, key, what, *named, due, Instant(0))


def _numbered(found: Reminder, number: int, at: Instant) -> Reminder:
    return Reminder(number, found.key, found.what, found.article, found.about, found.due, at)


def _forget(known: tuple[Reminder, ...], live: set[str], most: int) -> tuple[Reminder, ...]:
    """Forget the oldest that are no longer owed, as far as there are too many."""
    over = len(known) - most
    gone = {each.number for each in known if each.key not in live}
    drop = set(sorted(gone)[: max(0, over)])
    return tuple(each for each in known if each.number not in drop)


def _row(reminder: Reminder) -> dict[str, JsonValue]:
    return {
        "number": reminder.number,
        "key": reminder.key,
        "what": reminder.what,
        "article": reminder.article,
        "about": reminder.about,
        "due": None if reminder.due is None else format_instant(reminder.due),
        "told_at": format_instant(reminder.told_at),
    }


async def _known(context: Context, agreement: AgreementId) -> tuple[Reminder, ...]:
    raw = await context.ports.store.document(REMINDED, agreement)
    rows = [] if raw is None else read_json_document(raw)
    return tuple(_read(each) for each in Fields({"rows": rows}, "reminders").objects("rows"))


def _read(fields: Fields) -> Reminder:
    due = fields.nullable_text("due")
    return Reminder(
        fields.integer("number"),
        fields.text("key"),
        fields.text("what"),
        fields.nullable_text("article"),
        fields.nullable_text("about"),
        None if due is None else parse_instant_canonical(due),
        parse_instant_canonical(fields.text("told_at")),
    )
