# SPDX-License-Identifier: Apache-2.0
"""Texts that go sealed beside a statement: sealed before it is said, opened after the journal.

What a statement must not say itself (words, names of persons) is payload of it. Source: DESIGN 4, 6
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from msgspec import structs

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.decision.people import Person, Role
from comity.decision.stages import Allowed, Refused
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person
from comity.flows.journal import done_entry
from comity.flows.parcels import read_sealed
from comity.flows.release import recipient_of
from comity.flows.sealed_content import Content, seal_content
from comity.flows.speak import Act, draft_for
from comity.flows.turns import read_view, turn
from comity.flows.view import View, statement_at
from comity.marking.banners import EXERCISE_LINE, Banner
from comity.ports import Change, Stored
from comity.sealing import stages
from comity.sealing.payload import PayloadHeader
from comity.sealing.stages import prepare_enclosing, seal
from comity.sealing.stream import Opener, cobblestone_encryptor, open_chunks
from comity.state.records_handling import Enclosed
from comity.statement.envelope import StatementDraft
from comity.statement.information import RequestMake
from comity.statement.kinds import EnclosingBody
from comity.statement.values import SealedRef

Text = tuple[PayloadHeader, Content]
"""What a text is, and its content as it is drawn."""

_Body = TypeVar("_Body", bound=EnclosingBody | RequestMake)


@dataclass(frozen=True, slots=True)
class SealedText:
    """A text that is sealed and stored, and its key, which is in our custody."""

    sealed: Stored
    key: bytes


async def seal_text(
    context: Context, agreement: AgreementId, text: Text | None
) -> SealedText | None:
    """Seal a text under a fresh key, and keep the key in custody; None for no text.

    Raises:
        StateError: no version of the agreement is signed, so nothing is sealed under it.
    """
    if text is None:
        return None
    (await read_view(context, agreement)).agreement()
    ports = context.ports
    key = await ports.keys.new_item_key()
    stored = await ports.blobs.write(seal_content(cobblestone_encryptor(key), *text))
    await ports.keys.keep_item_key(stored.digest, key)
    return SealedText(stored, key)


async def enclose(
    context: Context,
    view: View,
    act: Act,
    body: _Body,
    text: SealedText | None,
    *,
    to: tuple[PartyId, ...] | None = None,
) -> StatementDraft:
    """Draft a statement to partners (all unless told), and a sealed text beside it, if any.

    `body` names no parcel yet; it is named once the key is wrapped to each of them.

    Raises:
        StateError: a recipient's card has no valid sealing key.
    """
    partners = view.partners if to is None else to
    if text is None:
        return draft_for(
            context, view, structs.replace(body, parcel=None, sealed=None), to=partners
        )
    ports, suite = context.ports, view.agreement().sealing_suite()
    prepared = prepare_enclosing(
        act.allowed_by,
        structs.replace(body, sealed=SealedRef(suite.value, text.sealed.size, text.sealed.digest)),
        between=(view.own, partners),
        utterance=stages.Utterance(view.under(), ports.random.token(16).hex()),
    )
    at = view.moment(context)
    recipients = tuple(recipient_of(view, each, suite, at) for each in sorted(set(partners)))
    wraps = await ports.keys.wrap_item_key(text.key, recipients, context=prepared.context)
    sealed = seal(prepared, wraps)
    await ports.blobs.write([sealed.head])
    return sealed.draft


@dataclass(frozen=True, slots=True)
class OpenedText:
    """A text being read. Built by `open_text_by`, after the journal entry."""

    opener: Opener
    content: Iterator[bytes]
    banner: Banner

    @property
    def header(self) -> PayloadHeader | None:
        """The payload's own description; None until the first content has been drawn."""
        return self.opener.header


@dataclass(frozen=True, slots=True)
class Leave:
    """Whether a text is read, what the journal says of it, and its banner; None: it has none."""

    act: str
    outcome: Allowed | Refused
    details: Mapping[str, JsonValue] = field(default_factory=dict)
    banner: Banner | None = None


LeaveFor: TypeAlias = Callable[[View, Person], Awaitable[Leave | None]]
"""Decides on a text for a person; None: to this one nothing is there."""


async def open_text(
    context: Context,
    agreement: AgreementId,
    place: Place,
    person: PersonId,
    *,
    act: str,
    roles: Collection[Role],
    kinds: tuple[type, ...],
) -> OpenedText | Refused:
    """Open the text beside a statement, as a person with one of the roles; journalled first.

    Only beside a statement of these kinds is one found: each has readers of its own.

    Raises:
        StateError: no such text, or its key is not here.
        ProofError: while content is drawn, when it is altered or truncated.
    """

    async def leave(view: View, reader: Person) -> Leave | None:
        if not isinstance((await statement_at(context, view, place)).body, kinds):
            return None
        return Leave(act, allow_house_act(act, reader.roles, roles))

    return await open_text_by(context, agreement, place, person, leave)


async def open_text_by(
    context: Context, agreement: AgreementId, place: Place, person: PersonId, leave: LeaveFor
) -> OpenedText | Refused:
    """Open the text beside a statement for a person who is given leave; journalled first.

    Raises:
        StateError: no such text, or none that the person may know of; or its key is not here.
        ProofError: while content is drawn, when it is altered or truncated.
    """

    async def attempt() -> OpenedText | Refused:
        async with turn(context, agreement) as view:
            reader = await find_person(context, person)
            known = view.fold.state.enclosed.get(place)
            given = None if known is None else await leave(view, reader)
            if known is None or given is None:
                raise _no_text(view, place)
            return await _open(context, view, known, person, given)

    return await decide_again(attempt)


async def _open(
    context: Context, view: View, known: Enclosed, person: PersonId, given: Leave
) -> OpenedText | Refused:
    place = known.place
    details: dict[str, JsonValue] = {
        "statement": f"{view.agreement_id}/{place}",
        **given.details,
    }
    if isinstance(given.outcome, Refused):
        return await keep_refusal(context, given.outcome, person, details)
    key = await context.ports.keys.custody_item_key(view.item_ref(place, known.sealed))
    chunks = await read_sealed(context, view, place, known.parcel, known.sealed)
    noted = done_entry(context, given.act, person, given.outcome, details)
    await commit_on(context, view, Change(allowed_by=given.outcome, journal=(noted,)))
    lines = (EXERCISE_LINE,) if context.config.exercise else ()
    opener = Opener(key)
    return OpenedText(opener, open_chunks(opener, chunks), given.banner or Banner(lines, lines))


def _no_text(view: View, place: Place) -> StateError:
    return StateError(
        "statement.no-text",
        "no sealed text stands beside this statement",
        where=f"{view.agreement_id}/{place}",
        hint="look at what was said there: comity register show",
    )
