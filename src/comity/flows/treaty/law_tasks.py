# SPDX-License-Identifier: Apache-2.0
"""Changes of our own laws, tables and rules that partners are still to be told of.

A task is our own, not said to anybody. It is closed by a notice that was said since, or by a
recorded reason; by nothing else. Source: Japan-ROK GSOMIA Art. 3 (treaties.md G3)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from comity.agreement.model import Agreement
from comity.basis.errors import InputError, StateError
from comity.basis.fields import Fields
from comity.basis.ids import AgreementId, PartyId, PersonId, Place, format_place, parse_place
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.basis.limits import STATEMENT_SUBJECT_CHARS_MAX
from comity.basis.strict_json import JsonValue
from comity.decision.house import KEEPING_OFFICES, allow_house_act
from comity.decision.stages import Refused
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.documents import LAW_TASK, json_document, read_json_document
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person
from comity.flows.journal import journal_entry
from comity.flows.turns import turn
from comity.flows.view import View
from comity.marking.equivalence import MarkEntry
from comity.ports import Basis, Change, Document

MARKINGS: Final = "markings"
"""The cause of a task that a new version opens by itself: our own markings are others in it."""


@dataclass(frozen=True, slots=True)
class LawTask:
    """A change that partners are to be told of; closed by `notice` or `reason`, or still open."""

    number: int
    cause: str
    opened_at: Instant
    closed_at: Instant | None = None
    notice: Place | None = None
    reason: str | None = None


async def list_tasks(context: Context, agreement: AgreementId) -> tuple[LawTask, ...]:
    """List the tasks of an agreement, the oldest first."""
    kept = await context.ports.store.documents(LAW_TASK, prefix=f"{agreement}/")
    return tuple(_read(each.body) for each in kept if each.body is not None)


async def open_task(
    context: Context, agreement: AgreementId, cause: str, person: PersonId
) -> LawTask | Refused:
    """Note that a law, table or rule of ours has changed, which partners are to be told of."""
    if not 0 < len(cause) <= STATEMENT_SUBJECT_CHARS_MAX:
        raise InputError(
            "law.cause",
            "what changed is said in a few words",
            expected=f"1 to {STATEMENT_SUBJECT_CHARS_MAX} characters",
            found=str(len(cause)),
        )

    def prepare(_: View, known: tuple[LawTask, ...], now: Instant) -> LawTask:
        return LawTask(_next(known), cause, now)

    return await _write(context, agreement, "law.open", person, prepare)


async def close_task(
    context: Context,
    agreement: AgreementId,
    number: int,
    person: PersonId,
    *,
    notice: Place | None = None,
    reason: str | None = None,
) -> LawTask | Refused:
    """Close a task by the notice that was sent, or by the reason why none is.

    Raises:
        StateError: no such task, it is closed, or neither a notice said since nor a reason is
            given (Art. 3).
    """

    def prepare(view: View, known: tuple[LawTask, ...], now: Instant) -> LawTask:
        found = next((each for each in known if each.number == number), None)
        if found is None or found.closed_at is not None:
            raise StateError(
                "law.no-task",
                "no such task is open",
                where=agreement,
                found=str(number),
                hint="list them: comity law tasks",
            )
        _check_told(view, found, notice, reason)
        return replace(found, closed_at=now, notice=notice, reason=reason)

    return await _write(context, agreement, "law.close", person, prepare)


async def tasks_of_amendment(
    context: Context, old: Agreement | None, new: Agreement, own: PartyId
) -> tuple[Document, ...]:
    """Give the task that goes with a new version in which our own markings are others."""
    if old is None or _markings(old, own) == _markings(new, own):
        return ()
    number = _next(await list_tasks(context, new.id))
    return (_document(new.id, LawTask(number, MARKINGS, context.ports.clock.now())),)


def task_json(task: LawTask) -> dict[str, JsonValue]:
    """Give a task as an object."""
    return {
        "number": task.number,
        "cause": task.cause,
        "opened_at": format_instant(task.opened_at),
        "closed_at": None if task.closed_at is None else format_instant(task.closed_at),
        "notice": None if task.notice is None else format_place(task.notice),
        "reason": task.reason,
    }


def _check_told(view: View, task: LawTask, notice: Place | None, reason: str | None) -> None:
    """Refuse to close a task by nothing, or by a notice that is not ours or was said before."""
    known = None if notice is None else view.fold.state.law_changes.get(notice)
    by_notice = known is not None and known.place.party == view.own and known.at >= task.opened_at
    if by_notice or (notice is None and reason is not None and reason.strip()):
        return
    since = [
        change.place
        for change in view.fold.state.law_changes.values()
        if change.place.party == view.own and change.at >= task.opened_at
    ]
    which = f"{task.number} --notice {max(since) if since else 'PLACE'}"
    first = "" if since else "tell them: comity law tell, and then "
    terms = view.fold.state.files.get(view.under().sha256)
    article = "" if terms is None else f" Art. {terms.owed_article('party.law_change')}"
    raise StateError(
        "law.notice-owed",
        "partners are to be told of this change, or the reason why not is to be recorded",
        where=f"{view.agreement_id}{article}",
        expected="a notice of ours said since, or a reason",
        found="none named" if notice is None else str(notice),
        hint=f"{first}comity law close {which}; or give the reason: comity law close "
        f"{task.number} --reason TEXT",
    )


Prepare = Callable[[View, tuple[LawTask, ...], Instant], LawTask]


async def _write(
    context: Context, agreement: AgreementId, act: str, person: PersonId, prepare: Prepare
) -> LawTask | Refused:
    """Write what a person does to a task, with its journal entry; a refusal is journalled too."""

    async def attempt() -> LawTask | Refused:
        async with turn(context, agreement) as view:
            allowed = allow_house_act(
                act, (await find_person(context, person)).roles, KEEPING_OFFICES
            )
            details: dict[str, JsonValue] = {"agreement": agreement}
            if isinstance(allowed, Refused):
                return await keep_refusal(context, allowed, person, details)
            version = await context.ports.store.version(LAW_TASK)
            known = await list_tasks(context, agreement)
            task = prepare(view, known, context.ports.clock.now())
            noted = journal_entry(context, act, person, details={**details, **task_json(task)})
            change = Change(
                allowed_by=allowed,
                basis=Basis(versions=((LAW_TASK, version),)),
                documents=(_document(agreement, task),),
                journal=(noted,),
            )
            await commit_on(context, view, change)
            return task

    return await decide_again(attempt)


def _document(agreement: AgreementId, task: LawTask) -> Document:
    return json_document(LAW_TASK, f"{agreement}/{task.number:06d}", task_json(task))


def _next(known: tuple[LawTask, ...]) -> int:
    return max((each.number for each in known), default=0) + 1


def _markings(file: Agreement, party: PartyId) -> tuple[MarkEntry, ...]:
    return tuple(entry for entry in file.table.entries if entry.party == party)


def _read(raw: bytes) -> LawTask:
    fields = Fields(read_json_document(raw), "law task")
    closed, notice = fields.nullable_text("closed_at"), fields.nullable_text("notice")
    return LawTask(
        fields.integer("number"),
        fields.text("cause"),
        parse_instant_canonical(fields.text("opened_at")),
        None if closed is None else parse_instant_canonical(closed),
        None if notice is None else parse_place(notice),
        fields.nullable_text("reason"),
    )
