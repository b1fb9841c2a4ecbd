# SPDX-License-Identifier: Apache-2.0
"""Who is no stranger to a register that we mirror: only they hear that it is here, and how far.

A stranger hears what it would hear of a register that is not here. What shows that somebody is
none costs little, waits for no turn, and comes before anything counts against a partner.
Source: DESIGN 4, 5; docs/decisions/0010
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from comity.basis.errors import InputError, ProofError
from comity.basis.ids import PartyId
from comity.flows.context import Context
from comity.flows.delivery_routes import is_straight
from comity.flows.documents import CARD
from comity.flows.served import Served, not_served, served_mirror
from comity.flows.serving.callers import Callers
from comity.flows.serving.reads import Readers, hub_now
from comity.flows.serving.uploads import is_known
from comity.flows.set_up import known_versions
from comity.keys.cards import Card, statement_keys, verify_succession
from comity.keys.http_signatures import (
    CONTENT_DIGEST,
    SIGNATURE,
    SignedBy,
    content_digest,
)
from comity.ports import WireRequest
from comity.tlog.add_entries import AddEntries, EntryPackage
from comity.tlog.checkpoints import KeyPair, SignedCheckpoint, require_signature
from comity.tlog.origin import origin_hash
from comity.tlog.push import Push


@dataclass(slots=True)
class _Known:
    """The cards of parties, every version, as they were at one version of the store's cards."""

    version: int = -1
    cards: dict[PartyId, tuple[Card, ...]] = field(default_factory=dict)
    keys: dict[str, tuple[KeyPair, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LetIn:
    """A register, the party on whose account it is asked for, and whether it is proven to ask now.

    A log's signature and a package of its entries show that somebody has them, not who: whoever was
    handed evidence has such, from years ago.
    """

    served: Served
    by: PartyId
    is_proven: bool

    async def is_new(self, context: Context, size: int) -> bool:
        """Answer whether so large a register is more than we hold of it."""
        head = await context.ports.store.register(self.served.origin)
        return head is None or size > head.size


class Strangers:
    """Lets through to a register who has to do with it, and refuses everybody else alike.

    Each way in gives the register, and the party on whose account the request is answered.
    """

    def __init__(self, context: Context, callers: Callers, readers: Readers) -> None:
        """Know nobody yet."""
        self._context = context
        self._callers = callers
        self._readers = readers
        self._known = _Known()

    async def with_push(self, request: WireRequest, raw: bytes, push: Push) -> LetIn:
        """Let in a push, also by keys that a card along with it brings.

        Raises:
            StateError: no key of the log has signed, nor has a party signed the request.
            InputError: the request's body is not the one that was signed.
        """
        cards = [
            each.raw for each in push.parcels if (each.register, each.index + 1) == (0, push.start)
        ]
        return await self.with_checkpoint(request, raw, push.signed, cards=cards)

    async def with_checkpoint(
        self,
        request: WireRequest,
        raw: bytes,
        signed: SignedCheckpoint,
        *,
        cards: Iterable[bytes] = (),
    ) -> LetIn:
        """Let in a checkpoint that one of the log's keys has signed, at whatever size.

        That both have, and which keys they have to be, is for the flow to say. Who brings another's
        register signs the whole body: with the log's own signature in it that proves itself, so it
        may come twice and clocks may differ. Any other signature is good once.

        Raises:
            StateError: none has, nor has a party signed the request, or it came late or twice.
            InputError: the request's body is not the one that was signed.
        """
        origin = signed.checkpoint.origin
        if request.header(SIGNATURE) is None:
            served = await served_mirror(self._context, origin)
            if not await self._is_by_log(served, signed, cards):
                raise not_served()
            return await self._straight(served)
        served, card, by = await self._signer(request, origin)
        if request.header(CONTENT_DIGEST) != content_digest(raw):
            raise InputError("wire.digest", "a request's body is not the one that was signed")
        is_once = card.party == served.party or not await self._is_by_log(served, signed, cards)
        if is_once:
            self._callers.once(card, by)
        return LetIn(served, card.party, is_once)

    async def with_package(self, head: AddEntries, first: EntryPackage | None) -> LetIn:
        """Let in an upload whose first package is the register's, held already or yet to come.

        Raises:
            StateError: it is not, or there is none.
        """
        served = await served_mirror(self._context, head.origin)
        if first is None or not await is_known(self._context, head, first):
            raise not_served()
        return await self._straight(served)

    async def _straight(self, served: Served) -> LetIn:
        """Take as its own party's what nobody signed for; a hub signs for what it takes on.

        Raises:
            StateError: the register comes through a hub.
        """
        hub = await hub_now(self._context, served.agreement)
        if not is_straight(hub, self._context.config.party, served.party):
            raise not_served()
        return LetIn(served, served.party, is_proven=False)

    async def signer(self, request: WireRequest, origin: str) -> LetIn | None:
        """Let in what a party to the register's agreement has signed; None: nobody has.

        Raises:
            StateError: the signature is no such party's, or it came late or twice.
        """
        if request.header(SIGNATURE) is None:
            return None
        served, card, by = await self._signer(request, origin)
        self._callers.once(card, by)
        return LetIn(served, card.party, is_proven=True)

    async def _signer(self, request: WireRequest, origin: str) -> tuple[Served, Card, SignedBy]:
        card, by = await self._callers.signed(request)
        await self._readers.find(origin_hash(origin), card.party)
        return await served_mirror(self._context, origin), card, by

    async def _is_by_log(
        self, served: Served, signed: SignedCheckpoint, cards: Iterable[bytes]
    ) -> bool:
        return any(_has_signed(signed, keys) for keys in await self._keys(served, cards))

    async def _keys(self, served: Served, cards: Iterable[bytes]) -> list[KeyPair]:
        version = await self._context.ports.store.version(CARD)
        if version != self._known.version:
            self._known = _Known(version)
        known = self._known
        if served.origin not in known.keys:
            found = known.cards[served.party] = await known_versions(self._context, served.party)
            known.keys[served.origin] = tuple(
                statement_keys(each, served.origin) for each in reversed(found)
            )
        brought = (_follow(known.cards[served.party], each) for each in cards)
        return [
            *known.keys[served.origin],
            *(statement_keys(each, served.origin) for each in brought if each is not None),
        ]


def _follow(known: tuple[Card, ...], raw: bytes) -> Card | None:
    """Read a card that comes along, if it is the next that the party's root keys have signed."""
    try:
        return verify_succession(known[-1], raw)
    except (InputError, ProofError):
        return None


def _has_signed(signed: SignedCheckpoint, keys: KeyPair) -> bool:
    """Say whether one of a card's two keys has signed: nobody else can have made that."""
    for key in keys:
        try:
            require_signature(signed, key)
        except ProofError:
            continue
        return True
    return False
