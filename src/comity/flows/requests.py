# SPDX-License-Identifier: Apache-2.0
"""Requests for information: asked with a sealed question, answered by an item, or declined.

A declined request owes no reason and a request sets no deadline (treaties.md G-vol).
"""

from __future__ import annotations

from comity.basis.errors import InputError, StateError, excerpt
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.strict_json import JsonValue
from comity.decision.house import CONTENT_ROLES, allow_house_act
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.drafts import keep_refusal
from comity.flows.enclosures import OpenedText, Text, enclose, seal_text
from comity.flows.facts import find_person
from comity.flows.journal import journal_entry, refusal_entry
from comity.flows.parcels import read_sealed
from comity.flows.promises import speak_in_role
from comity.flows.speak import Act, Entered, Unsaid, Utterance
from comity.flows.speaker import say
from comity.flows.turns import read_view, turn
from comity.flows.view import View
from comity.marking.banners import EXERCISE_LINE, Banner
from comity.ports import Change
from comity.sealing.stream import Opener, open_chunks
from comity.statement.information import RequestAnswer, RequestDecline, RequestMake, Subject

ASKING = frozenset({Role.DRAFTER, Role.RELEASING_OFFICER, Role.REGISTRAR})


async def ask(
    context: Context,
    agreement: AgreementId,
    to: tuple[PartyId, ...],
    *,
    category: str,
    person: PersonId,
    question: Text | None = None,
    subject: Subject | None = None,
) -> Entered | Refused:
    """Ask partners for information, or for what `subject` names; the question is sealed to them.

    Raises:
        InputError: laws are asked for that protect a category which the agreement does not have.

    1. the role: a refusal is journalled;
    2. the question is sealed under a fresh key, which is kept in custody;
    3. as it stands after that, the key is wrapped to each partner and the request entered.
    """
    asker = await find_person(context, person)
    allowed = allow_house_act("request.make", asker.roles, ASKING)
    if isinstance(allowed, Refused):  # 1
        return await keep_refusal(context, allowed, person, {"agreement": agreement})
    if subject is not None:
        _check_category(await read_view(context, agreement), category)
    sealed = await seal_text(context, agreement, question)  # 2

    async def prepare(view: View) -> Utterance | Unsaid:
        still = allow_house_act("request.make", (await find_person(context, person)).roles, ASKING)
        if isinstance(still, Refused):
            return Unsaid(still, refusal_entry(context, still, person, {"agreement": agreement}))
        act = Act("request.make", still, person)
        body = RequestMake(category, None, None, subject)
        return Utterance(await enclose(context, view, act, body, sealed, to=to), act)  # 3

    return await say(context, agreement, prepare)


def _check_category(view: View, category: str) -> None:
    """Refuse a category outside the scope: nothing of it is protected, so no law is owed.

    Source: Japan-ROK GSOMIA Art. 3 (treaties.md G3)
    """
    agreed = view.fold.state.life.agreed
    terms = None if agreed is None else view.fold.state.files.get(agreed)
    known = () if terms is None else terms.agreement.scope.categories
    if known and category not in known:
        raise InputError(
            "request.category",
            "the agreement covers no such category",
            where=f"{view.agreement_id} --category",
            expected=f"one of {', '.join(known)}",
            found=excerpt(category),
            hint=f"list them: comity agreement text {view.agreement_id}",
        )


async def open_question(
    context: Context, agreement: AgreementId, request: Place, person: PersonId
) -> OpenedText | Refused:
    """Open the question of a request, as a person who works with content; journalled first.

    Raises:
        StateError: no such request, it names a category alone, or its key is not here.
        ProofError: while content is drawn, when it is altered or truncated.
    """

    async def attempt() -> OpenedText | Refused:
        async with turn(context, agreement) as view:
            return await _open_question(context, view, request, person)

    return await decide_again(attempt)


async def _open_question(
    context: Context, view: View, request: Place, person: PersonId
) -> OpenedText | Refused:
    reader = await find_person(context, person)
    known = view.fold.state.requests.get(request)
    if known is None or known.request.sealed is None or known.request.parcel is None:
        raise StateError(
            "request.no-question",
            "no such request" if known is None else "this request names a category alone",
            where=f"{view.agreement_id}/{request}",
            hint="list them: comity request list",
        )
    details: dict[str, JsonValue] = {"request": f"{view.agreement_id}/{request}"}
    allowed = allow_house_act("request.open", reader.roles, CONTENT_ROLES)
    if isinstance(allowed, Refused):
        return await keep_refusal(context, allowed, person, details)
    ports, sealed = context.ports, known.request.sealed
    key = await ports.keys.custody_item_key(view.item_ref(request, sealed))
    head = known.request.parcel
    chunks = await read_sealed(context, view, request, head, sealed)
    noted = journal_entry(context, "request.open", person, details=details)
    await commit_on(context, view, Change(allowed_by=allowed, journal=(noted,)))
    opener = Opener(key)
    lines = (EXERCISE_LINE,) if context.config.exercise else ()  # it bears no marking of its own
    return OpenedText(opener, open_chunks(opener, chunks), Banner(lines, lines))


async def answer(
    context: Context, agreement: AgreementId, request: Place, item: Place, person: PersonId
) -> Entered | Refused:
    """Say that an item of ours answers a request."""
    return await speak_in_role(context, agreement, RequestAnswer(request, item), person)


async def decline(
    context: Context, agreement: AgreementId, request: Place, person: PersonId
) -> Entered | Refused:
    """Decline a request; no reason is owed."""
    return await speak_in_role(context, agreement, RequestDecline(request), person)
