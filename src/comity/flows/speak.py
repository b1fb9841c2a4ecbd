# SPDX-License-Identifier: Apache-2.0
"""To say something is to enter it in our register: one transaction, then the signature over it.

Nothing that our own fold would not count is ever entered. Source: DESIGN 1, 2, 4, 7
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from comity.basis.errors import StateError
from comity.basis.ids import Digest, PartyId, PersonId, Place
from comity.basis.instants import Instant
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.decision.stages import Allowed
from comity.flows.checkpoints import sign_register
from comity.flows.context import Context
from comity.flows.journal import journal_entry
from comity.flows.view import View, own_register
from comity.keys.authority import authority_text
from comity.ports import Change, Document, Entries, Judgement
from comity.state.findings import REASONS
from comity.statement.authorised import draft_authority_digest, is_authorised, with_authority
from comity.statement.drafting import draft_statement
from comity.statement.envelope import Statement, StatementDraft
from comity.statement.kinds import SpokenBody

AUTHORITY_HOURS: Final = 24
_HOUR_MS: Final = 3_600_000


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


async def speak(context: Context, view: View, draft: StatementDraft, act: Act) -> Entered:
    """Enter one statement in our register.

    1. the register is signed as far as it stands, should a crash have come between;
    2. the authority keys sign what binds the state;
    3. the statement gets its moment, and must be admitted and counted by our own state;
    4. statement, documents and journal entry are committed, if nothing moved meanwhile;
    5. the register is signed.

    Raises:
        StateError: it would not count; the code and article are those of the finding.
        BasisMoved: something that this rested on has changed.
    """
    head = own_register(view)
    keys = view.keys(view.own)
    await sign_register(context, head, keys)  # 1
    now = context.ports.clock.now()
    ready = await _authorise(context, draft, now)  # 2
    statement = view.registers.speak(ready, now)
    place = Place(view.own, head.size)
    _count(view, place, statement)  # 3
    entered_at = head.size
    await context.ports.store.commit(
        Change(
            allowed_by=act.allowed_by,
            basis=view.basis,
            entries=(Entries(head.origin, entered_at, (statement.raw,)),),
            judgements=(Judgement(head.origin, entered_at, admitted=True),),
            documents=act.documents,
            journal=(
                journal_entry(
                    context,
                    act.name,
                    act.person,
                    details={"statement": f"{view.agreement_id}/{place}", **(act.details or {})},
                ),
            ),
        )
    )  # 4
    await _moved_on(context, view)
    await sign_register(context, own_register(view), view.keys(view.own))  # 5
    return Entered(place, statement)


async def _authorise(context: Context, draft: StatementDraft, now: Instant) -> StatementDraft:
    if not is_authorised(draft.body):
        return draft
    enter_by = Instant(now + AUTHORITY_HOURS * _HOUR_MS)
    text = authority_text(draft_authority_digest(draft), enter_by)
    return with_authority(draft, await context.ports.keys.sign_authority(text))


def _count(view: View, place: Place, statement: Statement) -> None:
    verdict = view.registers.judge(view.own, statement.raw, view.cards)
    rejected = getattr(verdict, "rejected", None)
    if rejected is not None:
        raise StateError(rejected.code, rejected.what, where=f"{view.agreement_id}/{place}")
    view.registers.keep()
    view.fold.insert(place, statement)
    uncounted = view.fold.state.uncounted.get(place)
    if uncounted is not None:
        raise StateError(
            uncounted.finding.value,
            REASONS[uncounted.finding],
            where=f"{view.agreement_id} Art. {uncounted.article or '–'}",
            found=statement.kind,
            hint="it would not count, so it was not said; see the state: comity agreement state",
        )


async def _moved_on(context: Context, view: View) -> None:
    """Let the view rest on what was just committed, so that it can speak again."""
    heads = {each.party: each for each in await context.ports.store.registers(view.agreement_id)}
    view.heads = heads
    view.basis = replace(
        view.basis, registers=tuple((each.origin, each.size) for each in heads.values())
    )


def house_act(
    name: str, person: PersonId | None = None, details: Mapping[str, JsonValue] | None = None
) -> Act:
    """Describe an act that a rule of the node's own house allows."""
    return Act(name, allow_house_act(name), person, details)
