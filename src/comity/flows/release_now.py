# SPDX-License-Identifier: Apache-2.0
"""Releasing a small item in one step, where one person suffices: no draft, no file, one commit.

Sealing and wrapping are done before the turn; what is said is decided in it, on the view that shows
all that is said before. Source: DESIGN 2; Japan-ROK GSOMIA Art. 7
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.basis.errors import InputError, StateError
from comity.basis.ids import Digest, PersonId, digest_of
from comity.basis.instants import Instant
from comity.basis.limits import PARCEL_INLINE_BYTES_MAX
from comity.config import ALWAYS
from comity.decision.people import Person
from comity.decision.registrars import is_present
from comity.decision.stages import Cleared, Refused, allow_cleared
from comity.flows.context import Context
from comity.flows.drafts import (
    ItemDraft,
    clear_item,
    draft_details,
    label_item,
)
from comity.flows.facts import find_person
from comity.flows.journal import refusal_entry
from comity.flows.release import (
    house_refusal,
    recipient_of,
    refuse_too_large,
)
from comity.flows.spans import Same
from comity.flows.speak import Act, Entered, Prepare, Unsaid, Utterance
from comity.flows.speaker import say
from comity.flows.turns import glimpse
from comity.flows.view import View
from comity.ports import Recipient
from comity.sealing import stages
from comity.sealing.payload import PayloadHeader
from comity.sealing.stages import Sealed, prepare_release, seal
from comity.sealing.stream import cobblestone_encryptor, seal_chunks
from comity.statement.values import SealedRef

_TRIES_MAX: Final = 4
# So long a decision holds whose ground has not moved: about what a busy commit takes.
_HOLDS_MS: Final = 1_000
# What a parcel holds besides: its two headers at their largest, and for each recipient the largest
# wrap in base64.
_HEAD_BYTES: Final = 8 * 1024
_WRAP_BYTES: Final = 2560


@dataclass(frozen=True, slots=True)
class _Payload:
    """A payload that is sealed in memory, and its key."""

    raw: bytes
    digest: Digest
    key: bytes


class AnotherPerson(StateError):  # noqa: N818 (named for who is missing)
    """Whoever drafts this may not release it alone."""


def may_go_now(context: Context, item: ItemDraft, content: bytes) -> bool:
    """Answer whether an item may perhaps be released at once.

    Its parcel is small enough to lie in the store, and not everything here needs two persons.
    """
    size = len(content) + _HEAD_BYTES + _WRAP_BYTES * len(item.to)
    alone = context.config.two_persons_from(item.agreement) != ALWAYS
    return alone and size <= PARCEL_INLINE_BYTES_MAX


async def release_now(
    context: Context, person: PersonId, item: ItemDraft, header: PayloadHeader, content: bytes
) -> Entered | Refused:
    """Release a small item as its drafter and releasing officer in one.

    1. it is decided, the payload sealed in memory, and its key wrapped to each recipient;
    2. in the turn of all who speak now it is decided as it stands then. A refusal is journalled;
    3. the keys of all that is said together are taken into custody, and only then statement,
       parcel and journal are committed;
    4. where nothing was entered the key is erased: the sealed bytes are nowhere.

    Raises:
        AnotherPerson: a second person must release it, or it is not this person's to release.
        InputError: the marking is on no list, or a recipient would refuse to read the header.
        StateError: no such person, no agreement is signed, or a recipient takes no such payload.
    """
    payload = await _seal_payload(context, header, content)
    try:
        for _ in range(_TRIES_MAX):
            wrapped = await _wrap(context, person, item, payload)  # 1
            entering = _entering(context, person, item, wrapped)
            try:
                return await say(context, item.agreement, entering)  # 2, 3
            except _OtherwiseNowError:
                continue
    except (InputError, StateError):
        await context.ports.keys.erase_item_key(payload.digest)  # 4
        raise
    raise StateError(
        "flows.basis-keeps-moving",
        "what the release was sealed for kept changing",
        where=item.agreement,
        hint="keys or the agreement are being changed on this node: try again",
    )


class _OtherwiseNowError(StateError):
    """The key was wrapped for another label, version or card than hold now."""


@dataclass(frozen=True, slots=True)
class _Decided:
    """What was decided, when, and on what: `ground` is the same while nothing of it has moved."""

    outcome: Cleared | Refused
    level: str
    at: Instant
    ground: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Wrapped:
    """A release that lacks its moment: sealed for what was decided, and to these keys."""

    decided: _Decided
    cleared: Cleared
    recipients: tuple[Recipient, ...]
    sealed: Sealed
    payload: _Payload


async def _decide(context: Context, view: View, person: PersonId, item: ItemDraft) -> _Decided:
    at, ground = view.moment(context), _ground(view, item)
    officer = await _officer(context, view, person)
    labelled = label_item(view, view.agreement(), item, at)
    cleared = await clear_item(context, view, officer, labelled, item)
    if house_refusal(context, view, officer, person, labelled.label.level) is not None:
        raise AnotherPerson(
            "item.another-person",
            "another person must release this",
            where=view.agreement_id,
            hint="draft it, and let a releasing officer approve: comity item approve",
        )
    return _Decided(cleared, labelled.label.level, at, ground)


async def _officer(context: Context, view: View, person: PersonId) -> Person:
    """Give the person who acts, looked up once while the register of persons does not change."""
    key = ("person", person, view.basis.versions)
    known = view.memo.get(key)
    if isinstance(known, Person) and is_present(known, context.ports.clock.now()):
        return known
    found = await find_person(context, person)
    view.memo.keep(key, found)
    return found


def _ground(view: View, item: ItemDraft) -> tuple[object, ...]:
    """Give all that a release is decided on but its time: documents, lifecycle, what was assured.

    Rows of the state are never changed, only replaced, so the same row says the same.
    """
    state = view.fold.state
    return (
        view.basis.versions,
        view.agreement().sha256,
        Same(state.life),
        *(Same(state.assurances.get(party)) for party in sorted(item.to)),
    )


async def _seal_payload(context: Context, header: PayloadHeader, content: bytes) -> _Payload:
    key = await context.ports.keys.new_item_key()
    raw = b"".join(seal_chunks(cobblestone_encryptor(key), header, [content]))
    return _Payload(raw, digest_of(raw), key)


async def _wrap(
    context: Context, person: PersonId, item: ItemDraft, payload: _Payload
) -> _Wrapped | None:
    """Seal what would be said now; None where nothing would be. The turn alone says no."""
    view = await glimpse(context, item.agreement)
    try:
        decided = await _decide(context, view, person, item)
    except (AnotherPerson, InputError):
        return None
    cleared = decided.outcome
    if isinstance(cleared, Refused):
        return None
    ports, suite, at = context.ports, view.suite(), view.moment(context)
    for party in cleared.draft.to:
        refuse_too_large(view, party, len(payload.raw))
    prepared = prepare_release(
        cleared,
        SealedRef(suite.value, len(payload.raw), payload.digest),
        utterance=stages.Utterance(view.under(), ports.random.token(16).hex()),
        supersedes=item.supersedes,
        answers=item.answers,
    )
    recipients = tuple(recipient_of(view, party, suite, at) for party in cleared.draft.to)
    wraps = await ports.keys.wrap_item_key(payload.key, recipients, context=prepared.context)
    return _Wrapped(decided, cleared, recipients, seal(prepared, wraps), payload)


def _entering(
    context: Context, person: PersonId, item: ItemDraft, wrapped: _Wrapped | None
) -> Prepare:
    async def prepare(view: View) -> Utterance | Unsaid:
        decided = await _decide_now(context, view, person, item, wrapped)
        cleared = decided.outcome
        details = {**draft_details(item), "level": decided.level, "drafted_by": person}
        if isinstance(cleared, Refused):
            return Unsaid(cleared, refusal_entry(context, cleared, person, details))
        if wrapped is None or not _fits(context, view, wrapped, cleared):
            raise _OtherwiseNowError("flows.otherwise-now", "the key is wrapped for something else")
        details["articles"] = [each.article for each in cleared.decision.articles]
        act = Act("item.release", allow_cleared(cleared), person, details)
        payload, sealed = wrapped.payload, wrapped.sealed
        return Utterance(
            sealed.draft,
            act,
            parcel=sealed.head + payload.raw,
            item_key=(payload.digest, payload.key),
        )

    return prepare


async def _decide_now(
    context: Context, view: View, person: PersonId, item: ItemDraft, wrapped: _Wrapped | None
) -> _Decided:
    """Decide as it stands now; what was decided just before on the very same ground, holds."""
    if wrapped is not None:
        before, at = wrapped.decided, view.moment(context)
        is_fresh = before.at <= at <= before.at + _HOLDS_MS
        if is_fresh and before.ground == _ground(view, item):
            return before
    return await _decide(context, view, person, item)


def _fits(context: Context, view: View, wrapped: _Wrapped, cleared: Cleared) -> bool:
    """Answer whether what was sealed says what is decided now, to the keys that hold now."""
    suite, at, to = view.suite(), view.moment(context), cleared.draft.to
    return (
        cleared.draft == wrapped.cleared.draft
        and view.under() == wrapped.sealed.draft.agreement
        and wrapped.recipients == tuple(recipient_of(view, party, suite, at) for party in to)
    )
