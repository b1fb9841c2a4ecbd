# SPDX-License-Identifier: Apache-2.0
"""Releasing small items in one step, where one person suffices: no draft, no file, one commit.

Sealing and wrapping are done before the turn; what is said is decided in it, on the view that shows
all that is said before. Items that are alike are decided together, in `release_plans`.
Source: DESIGN 2; Japan-ROK GSOMIA Art. 7
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from comity.basis.errors import ComityError, InputError, StateError
from comity.basis.ids import AgreementId, Digest, PersonId, digest_of
from comity.basis.instants import Instant
from comity.basis.limits import PARCEL_INLINE_BYTES_MAX
from comity.config import ALWAYS
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.drafts import ItemDraft
from comity.flows.holders import refuse_holder_alone
from comity.flows.release_plans import Alike, AnotherPerson, Plan, Releasing
from comity.flows.shared_under import refuse_unshareable
from comity.flows.speak import Entered, HoldsAt, Outcome, Unsaid, Utterance, WholeRelease
from comity.flows.speaker import say_all
from comity.flows.turns import glimpse
from comity.flows.view import View
from comity.sealing.parcels import Wrap
from comity.sealing.payload import PayloadHeader, format_payload_header
from comity.sealing.stages import SealedRelease
from comity.sealing.stream import cobblestone_encryptor, seal_whole
from comity.statement.values import SealedRef

__all__ = ["AnotherPerson", "Wanted", "may_go_now", "release_all_now", "release_now"]

_TRIES_MAX: Final = 4
_NONCE_BYTES: Final = 16
# Wrapping is work: so many are wrapped before others get their turn of the loop.
_WRAPPED_AT_ONCE: Final = 32
# What a parcel holds besides: its two headers at their largest, and for each recipient the largest
# wrap in base64.
_HEAD_BYTES: Final = 8 * 1024
_WRAP_BYTES: Final = 2560


class Wanted(Struct, frozen=True, gc=False):
    """An item to be released at once, what its payload is, and the payload."""

    item: ItemDraft
    header: PayloadHeader
    content: bytes

    def __repr__(self) -> str:
        """Name what it is, without what is in it."""
        return f"<item of {len(self.content)} bytes under {self.item.agreement}>"


class _Payload(Struct, frozen=True, gc=False):
    """A payload that is sealed in memory, and its key."""

    raw: bytes
    digest: Digest
    key: bytes

    def __repr__(self) -> str:
        return f"<payload {self.digest}>"


class _Wrapped(Struct, frozen=True, gc=False):
    """A release that lacks its moment: sealed for what was decided, and to these keys."""

    releasing: Releasing
    sealed: SealedRelease


class _Prepared(Struct, frozen=True, gc=False):
    """A release that lacks its wraps: they are to be bound to `context`."""

    releasing: Releasing
    nonce: bytes
    sealed: SealedRef
    context: Digest

    def seal(self, wraps: tuple[Wrap, ...]) -> _Wrapped:
        """Put the wraps beside the payload."""
        return _Wrapped(self.releasing, self.releasing.series.seal(self.nonce, self.sealed, wraps))


class _Waiting(Struct, frozen=True, gc=False):
    """An item whose payload is sealed: its place among those that were asked for, and its like."""

    number: int
    alike: Alike
    payload: _Payload


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

    Raises:
        AnotherPerson: a second person must release it, or it is not this person's to release.
        InputError: the marking is on no list, or a recipient would refuse to read the header.
        StateError: no such person, no agreement is signed, or a recipient takes no such payload.
    """
    wanted = (Wanted(item, header, content),)
    outcome = (await release_all_now(context, person, item.agreement, wanted))[0]
    if isinstance(outcome, ComityError):
        raise outcome
    return outcome


async def release_all_now(
    context: Context, person: PersonId, agreement: AgreementId, wanted: Sequence[Wanted]
) -> list[Outcome]:
    """Release small items under one agreement, each by itself, as `release_now` does.

    1. what an arrangement does not let its hub be given is refused, and journalled; each other
       payload is sealed in memory; items that are alike are decided once, and the key of each
       is wrapped to its recipients;
    2. in the turn of all who speak now each is decided as it stands then. A refusal is journalled;
    3. the keys of all that is said together are taken into custody, and only then statements,
       parcels and journal are committed; where an item was not entered its key is erased: the
       sealed bytes are nowhere.
    """
    alike: dict[int, Alike] = {}
    for each in wanted:
        if id(each.item) not in alike:
            alike[id(each.item)] = Alike(context, person, each.item)
    outcomes: dict[int, Outcome] = {}
    for number, each in enumerate(wanted):
        refused = await refuse_unshareable(context, person, each.item)
        if refused is not None:
            outcomes[number] = refused
    waiting = [
        _Waiting(number, alike[id(wanted[number].item)], payload)
        for number, payload in await _seal_payloads(context, wanted, outcomes)
    ]
    for _ in range(_TRIES_MAX):
        wrapped = await _wrap(context, agreement, waiting)  # 1
        entering = map(_Entering, waiting, wrapped)
        said = await say_all(context, agreement, tuple(entering))  # 2, 3
        again: list[_Waiting] = []
        for asked, outcome in zip(waiting, said, strict=True):
            outcomes[asked.number] = outcome
            if isinstance(outcome, _OtherwiseNowError):
                again.append(asked)
        waiting = again
        if not waiting:
            break
    outcomes.update((asked.number, _keeps_moving(agreement)) for asked in waiting)
    return [outcomes[number] for number in range(len(wanted))]


class _OtherwiseNowError(StateError):
    """The key was wrapped for another label, version or card than hold now."""


async def _seal_payloads(
    context: Context, wanted: Sequence[Wanted], outcomes: dict[int, Outcome]
) -> list[tuple[int, _Payload]]:
    """Seal each payload that has no outcome yet under a key of its own.

    What recipients would not read is an outcome.
    """
    headers: dict[PayloadHeader, bytes] = {}
    payloads: list[tuple[int, _Payload]] = []
    for number, each in enumerate(wanted):
        if number in outcomes:
            continue
        header = headers.get(each.header)
        try:
            refuse_holder_alone(each.item.rights, each.header)
            if header is None:
                header = headers[each.header] = format_payload_header(each.header)
        except InputError as err:
            outcomes[number] = err
            continue
        key = await context.ports.keys.new_item_key()
        raw = seal_whole(cobblestone_encryptor(key), header, each.content)
        payloads.append((number, _Payload(raw, digest_of(raw), key)))
    return payloads


async def _wrap(
    context: Context, agreement: AgreementId, waiting: Sequence[_Waiting]
) -> list[_Wrapped | None]:
    """Seal what would be said now; None where nothing would be. The turn alone says no.

    One step for all of them after the other: so each is in the processor's caches.
    """
    view = await glimpse(context, agreement)
    alike = {id(each.alike): each.alike for each in waiting}
    at, held = view.moment(context), dict[object, HoldsAt]()
    known = {key: await _releasing(view, at, held, each) for key, each in alike.items()}
    fresh = context.ports.random.token(_NONCE_BYTES * len(waiting))
    nonces = (fresh[at : at + _NONCE_BYTES] for at in range(0, len(fresh), _NONCE_BYTES))
    planned = [
        _prepare(view, each, known[id(each.alike)], nonce)
        for each, nonce in zip(waiting, nonces, strict=True)
    ]
    wraps: list[tuple[Wrap, ...]] = []
    for each, prepared in zip(waiting, planned, strict=True):
        if prepared is not None:
            recipients, key = prepared.releasing.recipients, each.payload.key
            wrapping = context.ports.keys.wrap_item_key(key, recipients, context=prepared.context)
            wraps.append(await wrapping)
            if not len(wraps) % _WRAPPED_AT_ONCE:
                await asyncio.sleep(0)
    given = iter(wraps)
    return [None if each is None else each.seal(next(given)) for each in planned]


async def _releasing(
    view: View, at: Instant, held: dict[object, HoldsAt], alike: Alike
) -> Releasing | None:
    """Say what items that are alike would have in common; None where nothing would be said."""
    try:
        outcome = (await alike.plan_at(view, at, held)).outcome
    except (InputError, StateError):
        return None
    return None if isinstance(outcome, Refused) else outcome


def _prepare(
    view: View, waiting: _Waiting, releasing: Releasing | None, nonce: bytes
) -> _Prepared | None:
    """Say what a key is to be wrapped for; None where nothing would be said."""
    size, digest = len(waiting.payload.raw), waiting.payload.digest
    if releasing is None:
        return None
    try:
        releasing.refuse_too_large(view, size)
    except StateError:
        return None
    sealed = releasing.series.payload(size, digest)
    return _Prepared(releasing, nonce, sealed, releasing.series.context(nonce, sealed))


class _Entering:
    """Decides whether an item that is wrapped for what was decided before is said so now."""

    __slots__ = ("_waiting", "_wrapped")

    def __init__(self, waiting: _Waiting, wrapped: _Wrapped | None) -> None:
        self._waiting = waiting
        self._wrapped = wrapped

    async def __call__(self, view: View) -> Utterance | Unsaid:
        alike, payload, wrapped = self._waiting.alike, self._waiting.payload, self._wrapped
        plan = await alike.plan(view)
        releasing = plan.outcome
        if isinstance(releasing, Refused):
            return alike.unsaid(releasing, plan)
        if wrapped is None or not releasing.says_what(wrapped.releasing):
            releasing.refuse_too_large(view, len(payload.raw))
            raise _OtherwiseNowError("flows.otherwise-now", "the key is wrapped for something else")
        return Utterance(
            wrapped.sealed.draft,
            releasing.act,
            parcel=wrapped.sealed.head + payload.raw,
            item_key=(payload.digest, payload.key),
        )

    def find(self, view: View, at: Instant, known: dict[object, HoldsAt]) -> WholeRelease | None:
        alike, payload, wrapped = self._waiting.alike, self._waiting.payload, self._wrapped
        plan = known.get(alike) or alike.planned(view, at, known)
        if wrapped is None or not isinstance(plan, Plan):
            return None
        known[alike] = plan
        releasing, sealed = plan.outcome, wrapped.sealed
        if isinstance(releasing, Refused) or not releasing.says_what(wrapped.releasing):
            return None
        item_key = payload.digest, payload.key
        return WholeRelease(sealed.worded, releasing.act, sealed.head + payload.raw, item_key)


def _keeps_moving(agreement: AgreementId) -> StateError:
    return StateError(
        "flows.basis-keeps-moving",
        "what the release was sealed for kept changing",
        where=agreement,
        hint="keys or the agreement are being changed on this node: try again",
    )
