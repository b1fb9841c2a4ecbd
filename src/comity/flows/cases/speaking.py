# SPDX-License-Identifier: Apache-2.0
"""How cases and goods are spoken of: by a person with a role, with a sealed text beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PartyId, PersonId
from comity.decision.house import KEEPING_OFFICES, allow_house_act, join_refusals
from comity.decision.people import Role
from comity.decision.stages import Allowed, Refused
from comity.flows.context import Context
from comity.flows.drafts import keep_refusal
from comity.flows.enclosures import SealedText, Text, enclose, seal_text
from comity.flows.facts import find_person
from comity.flows.journal import refusal_entry
from comity.flows.speak import Act, Entered, Prepare, Unsaid, Utterance, draft_for
from comity.flows.speaker import say
from comity.flows.view import View
from comity.statement.cases import CasesBody
from comity.statement.envelope import StatementDraft
from comity.statement.kinds import EnclosingBody, GoodsBody

KEEPING_CASES = KEEPING_OFFICES
"""Who speaks for the party on cases, where anybody may not."""

_NO_KEY: Final = "card.no-sealing-key"
_Body = TypeVar("_Body", bound=CasesBody | GoodsBody)


@dataclass(frozen=True, slots=True)
class Saying(Generic[_Body]):
    """What is to be said, by whom, to whom (None: all partners), and the text beside it.

    `decide` gathers what it needs from the view that it is entered on, and holds it against the
    agreement; None: no act of the file speaks of it. What is `urgent` is said without its text
    where that cannot be sealed.
    """

    body: _Body
    person: PersonId
    roles: Collection[Role] = KEEPING_CASES
    text: Text | None = None
    to: tuple[PartyId, ...] | None = None
    decide: Callable[[View], Awaitable[Allowed | Refused]] | None = None
    urgent: bool = False


async def say_case(
    context: Context, agreement: AgreementId, saying: Saying[_Body]
) -> Entered | Refused:
    """Say a statement of a case.

    1. the role: a refusal is journalled, and nothing is sealed;
    2. the text is sealed;
    3. as it stands after that, the file decides, and the statement is entered.

    Raises:
        NotCounted: it would not count, so it was not said.
        StateError: no version of the agreement is signed.
    """
    refused = await refuse_role(context, agreement, saying)
    if refused is not None:  # 1
        return refused
    sealed = await seal_text(context, agreement, saying.text)  # 2
    return await say(context, agreement, preparing(context, agreement, saying, sealed))  # 3


async def refuse_role(
    context: Context, agreement: AgreementId, saying: Saying[_Body]
) -> Refused | None:
    """Refuse whoever has none of the roles, journalled; None: this one has."""
    roles = (await find_person(context, saying.person)).roles
    first = allow_house_act(saying.body.KIND, roles, saying.roles)
    if isinstance(first, Refused):
        return await keep_refusal(context, first, saying.person, {"agreement": agreement})
    return None


def preparing(
    context: Context, agreement: AgreementId, saying: Saying[_Body], sealed: SealedText | None
) -> Prepare:
    """Decide a statement on the view that it is entered on, with the text that is sealed."""
    name, person = saying.body.KIND, saying.person
    details = {"agreement": agreement}

    async def prepare(view: View) -> Utterance | Unsaid:
        roles = (await find_person(context, person)).roles
        allowed = allow_house_act(name, roles, saying.roles)
        decided = None if saying.decide is None else await saying.decide(view)
        refused = join_refusals(allowed, decided)
        if refused is not None:
            return Unsaid(refused, refusal_entry(context, refused, person, {**details}))
        leave = decided if isinstance(decided, Allowed) else allow_house_act(name)
        act = Act(name, leave, person)
        return Utterance(await _draft(context, view, act, saying, sealed), act)

    return prepare


async def _draft(
    context: Context, view: View, act: Act, saying: Saying[_Body], text: SealedText | None
) -> StatementDraft:
    body = saying.body
    if not isinstance(body, EnclosingBody):
        return draft_for(context, view, body, to=saying.to)
    try:
        return await enclose(context, view, act, body, text, to=saying.to)
    except StateError as err:
        if not saying.urgent or err.code != _NO_KEY:
            raise
        return draft_for(context, view, body, to=saying.to)
