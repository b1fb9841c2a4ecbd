# SPDX-License-Identifier: Apache-2.0
"""Who asks: the party whose card names the online key that signed a request, and may ask now.

Whoever is not known gets the answer of whatever is absent. Only one who has shown its key is told
that a clock is off or that it asks too much. Source: DESIGN 5; docs/formats/http-signatures.md
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from comity.basis.errors import InputError, ProofError, StateError
from comity.basis.ids import Domain, PartyId
from comity.basis.limits import HTTP_SIGNATURE_SKEW_S, HTTP_SIGNATURE_WINDOW_S
from comity.flows.context import Context
from comity.flows.documents import CARD, CLEAR, PIN
from comity.flows.served import not_served
from comity.flows.set_up import held_successors, pinned_cards
from comity.keys.cards import Card
from comity.keys.http_signatures import (
    CONTENT_DIGEST,
    CONTENT_RANGE,
    SIGNATURE,
    SIGNATURE_INPUT,
    TO,
    RequestParts,
    SignedBy,
    parse_signature,
    parse_signed_by,
    request_target,
    verify_request,
)
from comity.keys.suites import KeyUse
from comity.ports import WireRequest

CLOCK: Final = "wire.clock"
REPLAYED: Final = "wire.replayed"
TOO_MANY_REQUESTS: Final = "wire.too-many-requests"

NONCES_MAX: Final = 16_384
"""How many requests of one partner are remembered; one more is asked to come later."""

# A signature made by a clock a minute ahead is good for its window and a minute after that.
_REMEMBERED_S: Final = 2 * HTTP_SIGNATURE_SKEW_S + HTTP_SIGNATURE_WINDOW_S + 1


@dataclass(slots=True)
class _Known:
    """The cards that count now by domain, and the versions that they were read at."""

    versions: tuple[int, ...] = ()
    cards: dict[Domain, tuple[Card, ...]] = field(default_factory=dict)


class Callers:
    """Tells partners by their signatures, and refuses the same signature twice."""

    def __init__(self, context: Context) -> None:
        """Remember nothing yet."""
        self._context = context
        self._known = _Known()
        self._nonces: dict[PartyId, OrderedDict[str, int]] = {}

    async def caller(self, request: WireRequest) -> Card:
        """Give the card of the party that signed a request.

        1. the request is signed, for us and for just what is asked;
        2. by the online key of a pinned party's newest card, valid now, or of one that follows it
           and is held: what it is judged by may come from that very party, where it is a hub;
        3. within its window by our clock, give or take a minute;
        4. for the first time.

        A body that a digest covers is for the route to hold against it.

        Raises:
            StateError: it is nobody's (as if nothing were here), or it came late or twice.
        """
        card, by = await self.signed(request)  # 1, 2
        self.once(card, by)  # 3, 4
        return card

    def once(self, card: Card, by: SignedBy) -> None:
        """Let a signature count now, and this once.

        Raises:
            StateError: it came late or twice.
        """
        now_s = self._context.ports.clock.now() // 1000
        _refuse_other_time(by, now_s)
        self._refuse_again(card.party, by, now_s)

    async def signed(self, request: WireRequest) -> tuple[Card, SignedBy]:
        """Give the card of the party that signed, whenever that was, and what stands beside it.

        Whoever lets something in by it says `once`, unless what was signed proves itself.

        Raises:
            StateError: it is nobody's.
        """
        parts, by, signature = self._read(request)
        now = self._context.ports.clock.now()
        for card in (await self._cards()).get(by.domain, ()):
            for key in card.keys_for(KeyUse.ONLINE, now):
                if key.key_id == by.key_id:
                    try:
                        verify_request(parts, by, signature, key)
                    except ProofError as err:
                        raise not_served() from err
                    return card, by
        raise not_served()

    def _read(self, request: WireRequest) -> tuple[RequestParts, SignedBy, bytes]:
        to, written, signed = (request.header(each) for each in (TO, SIGNATURE_INPUT, SIGNATURE))
        if to is None or written is None or signed is None:
            raise not_served()
        if to != request_target(self._context.config.domain, request.path):
            raise not_served()
        parts = RequestParts(
            request.method, to, request.header(CONTENT_DIGEST), request.header(CONTENT_RANGE)
        )
        try:
            return parts, parse_signed_by(written, parts), parse_signature(signed)
        except InputError as err:
            raise not_served() from err

    async def _cards(self) -> dict[Domain, tuple[Card, ...]]:
        """Give every pinned party's newest card and what follows it; read when one was written."""
        store = self._context.ports.store
        versions = tuple([await store.version(each) for each in (PIN, CARD, CLEAR)])
        if versions != self._known.versions:
            cards = await pinned_cards(self._context)
            after = await held_successors(self._context, cards)
            self._known = _Known(
                versions, {each.domain: (each, *after[each.party]) for each in cards}
            )
        return self._known.cards

    def _refuse_again(self, party: PartyId, by: SignedBy, now_s: int) -> None:
        seen = self._nonces.setdefault(party, OrderedDict())
        # All are remembered equally long, so the oldest stands first.
        while seen and next(iter(seen.values())) <= now_s:
            seen.popitem(last=False)
        if by.nonce in seen:
            raise StateError(REPLAYED, "a request came twice", where=party)
        if len(seen) >= NONCES_MAX:
            raise StateError(
                TOO_MANY_REQUESTS, "a partner asks too much at once", where=party, hint="come later"
            )
        seen[by.nonce] = now_s + _REMEMBERED_S


def _refuse_other_time(by: SignedBy, now_s: int) -> None:
    skew = HTTP_SIGNATURE_SKEW_S
    if not by.created_s - skew <= now_s <= by.expires_s + skew:
        raise StateError(
            CLOCK,
            "a request was signed at another time than it came",
            where=by.domain,
            expected=f"{now_s}, within {skew} seconds",
            found=f"{by.created_s} to {by.expires_s}",
            hint="compare the two clocks",
        )
