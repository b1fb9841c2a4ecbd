# SPDX-License-Identifier: Apache-2.0
"""To say something is to enter it in our register: one transaction, then the signature over it.

Nothing that our own fold would not count is ever entered. Source: DESIGN 1, 2, 4, 7
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import StateError
from comity.basis.ids import Digest, PartyId, PersonId, Place
from comity.basis.instants import Instant
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.decision.stages import Allowed
from comity.flows.checkpoints import refuse_behind, sign_register
from comity.flows.context import Context
from comity.flows.journal import journal_entry
from comity.flows.view import View, commit_on, judgements_of, own_register
from comity.keys.authority import authority_text
from comity.ports import Change, Document, Entries
from comity.state.findings import REASONS, Finding
from comity.statement.authorised import draft_authority_digest, is_authorised, with_authority
from comity.statement.drafting import draft_statement
from comity.statement.envelope import Statement, StatementDraft
from comity.statement.judgement import TIME_AHEAD, Judged
from comity.statement.kinds import SpokenBody
from comity.statement.trust import StatementReject

AUTHORITY_HOURS: Final = 24
_LISTED: Final = frozenset({"assurance", "consent", "item", "request"})
_HOUR_MS: Final = 3_600_000


class NotCounted(StateError):  # noqa: N818 (named for what happened, as `BasisMoved` is)
    """What was to be said would not count, so it was not said."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A statement that stands in our register, committed. Built by `speak` alone."""

    place: Place
    statement: Statement


@dataclass(frozen=True, slots=True)
class Act:
    """What is done by entering: its name in the journal, who does it, and what allows it."""

    name: str
    allowed_by: Allowed
    person: PersonId | None = None
    details: Mapping[str, JsonValue] | None = None
    documents: tuple[Document, ...] = ()


def draft_for(
    context: Context,
    view: View,
    body: SpokenBody,
    *,
    to: tuple[PartyId, ...] | None = None,
    version: Digest | None = None,
) -> StatementDraft:
    """Draft a statement under the signed version (or `version`), to all partners unless told."""
    return draft_statement(
        body,
        view.under(version),
        by=view.own,
        to=view.partners if to is None else to,
        nonce=context.ports.random.token(16).hex(),
    )


def standing_version(view: View) -> Digest | None:
    """Give a version that our word counts under: the signed one, the one on the table, or another.

    None while no file is known that names us: until then nothing that we say would count.
    """
    life = view.fold.state.life
    for version in (life.agreed, life.on_table, *sorted(view.files)):
        file = None if version is None else view.files.get(version)
        if file is not None and (view.own in file.party_ids() or view.own in life.parties):
            return file.sha256
    return None


async def speak(context: Context, view: View, draft: StatementDraft, act: Act) -> Entered:
    """Enter one statement in our register.

    1. what partners dated ahead of our clock is rejected first, for we shall have seen it;
    2. the register is signed as far as it stands, should a crash have come between;
    3. the authority keys sign what binds the state;
    4. the statement gets its moment, and must be admitted and counted by our own state;
    5. statement, documents and journal entry are committed, if nothing moved meanwhile;
    6. the register is signed.

    Raises:
        NotCounted: the code and article are those of the finding.
        StateError: our register cannot grow now.
        BasisMoved: something that this rested on has changed: gather and decide again.
    """
    await reject_ahead(context, view, standing_version(view) or draft.agreement.sha256)  # 1
    return await _enter(context, view, draft, act)


async def reject_ahead(context: Context, view: View, version: Digest) -> tuple[Entered, ...]:
    """Reject what partners dated ahead of our clock, so that our own dates need not follow it."""
    spoken: list[Entered] = []
    for body in _find_ahead(view, context.ports.clock.now()):
        draft = draft_for(context, view, body, version=version)
        spoken.append(await _enter(context, view, draft, house_act(body.KIND)))
    return tuple(spoken)


def _find_ahead(view: View, now: Instant) -> tuple[StatementReject, ...]:
    """Word the rejections of what partners dated ahead of our clock, not yet seen nor rejected.

    Source: DESIGN 4 (`time.ahead`)
    """
    seen = dict(view.registers.position(view.own).seen)
    return tuple(
        StatementReject(place.party, place.index, TIME_AHEAD, None)
        for place in sorted(view.ahead(now))
        if place.index >= seen.get(place.party, 0)
        and (view.own, place) not in view.fold.state.rejections
    )


async def _enter(context: Context, view: View, draft: StatementDraft, act: Act) -> Entered:
    head = own_register(view)
    await refuse_behind(context, head)
    _refuse_waiting(view, head.size)
    await sign_register(context, head, view.keys(view.own))  # 2
    now = context.ports.clock.now()
    statement = view.registers.speak(await _authorise(context, draft, now), now)  # 3
    place = Place(view.own, head.size)
    registers = view.registers.trial()
    judged = registers.judge(view.own, statement.raw, view.cards)
    if not isinstance(judged, Judged):
        raise StateError(
            "statement.card-missing",
            "the card that this statement enters is not here",
            where=f"{view.agreement_id}/{place}",
        )
    try:
        _refuse_uncounted(view, judged)  # 4
    except NotCounted as err:
        await _keep_failed(context, act, err)
        raise
    details = {"statement": f"{view.agreement_id}/{place}", **(act.details or {})}
    await commit_on(
        context,
        view,
        Change(
            allowed_by=act.allowed_by,
            entries=(Entries(head.origin, head.size, (statement.raw,)),),
            judgements=judgements_of(view, (judged,)),
            documents=act.documents,
            journal=(journal_entry(context, act.name, act.person, details=details),),
        ),
    )  # 5
    registers.keep()
    view.registers = registers
    await sign_register(context, own_register(view), view.keys(view.own))  # 6
    return Entered(place, statement)


async def _authorise(context: Context, draft: StatementDraft, now: Instant) -> StatementDraft:
    if not is_authorised(draft.body):
        return draft
    enter_by = Instant(now + AUTHORITY_HOURS * _HOUR_MS)
    text = authority_text(draft_authority_digest(draft), enter_by)
    return with_authority(draft, await context.ports.keys.sign_authority(text))


def _refuse_waiting(view: View, size: int) -> None:
    judged = view.registers.judged_size(view.own)
    if judged != size:
        raise StateError(
            "register.waits",
            "our own register has seen more of a partner's than is held here",
            where=view.agreement_id,
            expected=f"{size} entries judged",
            found=str(judged),
            hint="take the partners' bundles first: comity courier take",
        )


def _refuse_uncounted(view: View, judged: Judged) -> None:
    """Fold what is about to be said; where it does not count, the view has seen too much."""
    rejected = judged.rejected
    if rejected is not None:
        where = f"{view.agreement_id}/{judged.place}"
        raise NotCounted(rejected.code, rejected.what, where=where)
    view.take_in((judged,))
    uncounted = view.fold.state.uncounted.get(judged.place)
    if uncounted is not None:
        view.spent = True
        raise NotCounted(
            uncounted.finding.value,
            REASONS[uncounted.finding],
            where=f"{view.agreement_id} Art. {uncounted.article or '–'}",
            hint=f"it would not count, so it was not said; see {_where_to_look(uncounted.finding)}",
        )


def _where_to_look(finding: Finding) -> str:
    subject = finding.value.partition(".")[0]
    command = f"{subject} list" if subject in _LISTED else "agreement state"
    return f"what stands: comity {command}"


async def _keep_failed(context: Context, act: Act, err: NotCounted) -> None:
    """Journal what a person could not say; what the node would say by itself is no act."""
    if act.person is None:
        return
    details = {**(act.details or {}), "code": err.code, "where": err.where}
    entry = journal_entry(context, act.name, act.person, outcome="refused", details=details)
    await context.ports.store.commit(
        Change(allowed_by=allow_house_act("journal.refusal"), journal=(entry,))
    )


def house_act(
    name: str, person: PersonId | None = None, details: Mapping[str, JsonValue] | None = None
) -> Act:
    """Describe an act that a rule of the node's own house allows."""
    return Act(name, allow_house_act(name), person, details)
