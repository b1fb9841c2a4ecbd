# SPDX-License-Identifier: Apache-2.0
"""Requests for information: asked with a sealed question, answered by an item, or declined.

A declined request owes no reason and a request sets no deadline (treaties.md G-vol).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.strict_json import JsonValue
from comity.decision.house import CONTENT_ROLES, allow_house_act
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person
from comity.flows.journal import journal_entry
from comity.flows.promises import speak_in_role
from comity.flows.release import recipient_of
from comity.flows.speak import Act, Entered, draft_for, speak
from comity.flows.view import gather_view
from comity.ports import Change
from comity.sealing.payload import PayloadHeader
from comity.sealing.stages import Utterance, prepare_request, seal
from comity.sealing.stream import Opener, cobblestone_encryptor, open_chunks, seal_chunks
from comity.statement.information import RequestAnswer, RequestDecline, RequestMake
from comity.statement.values import SealedRef

ASKING = frozenset({Role.DRAFTER, Role.RELEASING_OFFICER, Role.REGISTRAR})


async def ask(
    context: Context,
    agreement: AgreementId,
    to: tuple[PartyId, ...],
    *,
    category: str,
    person: PersonId,
    question: tuple[PayloadHeader, Iterable[bytes]] | None = None,
) -> Entered | Refused:
    """Ask partners for information; the question itself is payload, sealed to them."""
    view = await gather_view(context, agreement)
    asker = await find_person(context, person)
    allowed = allow_house_act("request.make", asker.roles, ASKING)
    if isinstance(allowed, Refused):
        await keep_refusal(context, allowed, person, {"agreement": agreement})
        return allowed
    act = Act("request.make", allowed, person)
    if question is None:
        draft = draft_for(context, view, RequestMake(category, None, None), to=to)
        return await speak(context, view, draft, act)
    ports, suite = context.ports, view.agreement().sealing_suite()
    header, content = question
    key = await ports.keys.new_item_key()
    stored = await ports.blobs.write(seal_chunks(cobblestone_encryptor(key), header, content))
    await ports.keys.keep_item_key(stored.digest, key)
    prepared = prepare_request(
        allowed,
        SealedRef(suite.value, stored.size, stored.digest),
        category=category,
        between=(view.own, to),
        utterance=Utterance(view.under(), ports.random.token(16).hex()),
    )
    recipients = tuple(recipient_of(view, each, suite, view.moment(context)) for each in sorted(to))
    wraps = await ports.keys.wrap_item_key(key, recipients, context=prepared.context)
    sealed = seal(prepared, wraps)
    await ports.blobs.write([sealed.head])
    return await speak(context, view, sealed.draft, act)


@dataclass(frozen=True, slots=True)
class Question:
    """The question of a request being read. Built by `open_question`, after the journal entry."""

    opener: Opener
    content: Iterator[bytes]

    @property
    def header(self) -> PayloadHeader | None:
        """The payload's own description; None until the first content has been drawn."""
        return self.opener.header


async def open_question(
    context: Context, agreement: AgreementId, request: Place, person: PersonId
) -> Question | Refused:
    """Open the question of a request, as a person who works with content; journalled first.

    Raises:
        StateError: no such request, it names a category alone, or its key is not here.
        ProofError: while content is drawn, when it is altered or truncated.
    """
    view = await gather_view(context, agreement)
    reader = await find_person(context, person)
    known = view.fold.state.requests.get(request)
    if known is None or known.request.sealed is None:
        raise StateError(
            "request.no-question",
            "no such request" if known is None else "this request names a category alone",
            where=f"{agreement}/{request}",
            hint="list them: comity request list",
        )
    details: dict[str, JsonValue] = {"request": f"{agreement}/{request}"}
    allowed = allow_house_act("request.open", reader.roles, CONTENT_ROLES)
    if isinstance(allowed, Refused):
        await keep_refusal(context, allowed, person, details)
        return allowed
    ports, sealed = context.ports, known.request.sealed
    key = await ports.keys.custody_item_key(sealed.sha256)
    chunks = await ports.blobs.read(sealed.sha256)
    noted = journal_entry(context, "request.open", person, details=details)
    await ports.store.commit(Change(allowed_by=allowed, basis=view.basis, journal=(noted,)))
    opener = Opener(key)
    return Question(opener, open_chunks(opener, chunks))


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
