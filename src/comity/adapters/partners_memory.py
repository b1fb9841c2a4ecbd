# SPDX-License-Identifier: Apache-2.0
"""Partners in one process: a request is handed to whoever answers for the party's domain.

For the simulator and tests. What goes wrong on the way is decided by a function that is given;
time is the event loop's, so a virtual one makes days pass in a moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from comity.adapters.partner_errors import unreached
from comity.basis.errors import EdgeError
from comity.basis.ids import Domain
from comity.keys.cards import Card
from comity.ports import WireReply, WireRequest

Answer = Callable[[WireRequest], Awaitable[WireReply]]
"""What answers for a party: `PartnerWire.answer` of its node."""

SignRequest = Callable[[Card, WireRequest], Awaitable[WireRequest]]
"""Adds our signature to a request to the party of a card."""


class Fault(StrEnum):
    """What happens to a request.

    `drop` loses it; `lose_reply` lets it be answered and loses the reply; `duplicate` delivers it
    twice, one after the other, and gives the second reply; `cut` ends its body halfway.
    """

    NONE = "none"
    DROP = "drop"
    LOSE_REPLY = "lose_reply"
    DUPLICATE = "duplicate"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Course:
    """How one request fares. Seconds are the event loop's; a fault comes after `before_s`."""

    fault: Fault = Fault.NONE
    before_s: float = 0.0
    after_s: float = 0.0


SMOOTH = Course()

Decide = Callable[[Domain, Domain, WireRequest], Course]
"""Decides how a request from one domain to another fares."""


def smoothly(sender: Domain, receiver: Domain, request: WireRequest) -> Course:
    """Let every request through at once."""
    del sender, receiver, request
    return SMOOTH


@dataclass
class MemoryNetwork:
    """Who answers where. A domain that is not in `answers` cannot be reached."""

    decide: Decide = smoothly
    answers: dict[Domain, Answer] = field(default_factory=dict)

    def partners(self, domain: Domain, sign: SignRequest | None = None) -> MemoryPartners:
        """Give the way to partners of the node with this domain."""
        return MemoryPartners(self, domain, sign)


class MemoryPartners:
    """One node's way to its partners over a network in memory."""

    def __init__(self, network: MemoryNetwork, domain: Domain, sign: SignRequest | None) -> None:
        """Send as `domain`; `sign` signs what is to be signed."""
        self._network = network
        self._domain = domain
        self._sign = sign

    async def call(
        self, card: Card, request: WireRequest, *, signed: bool, timeout_s: float
    ) -> WireReply:
        """Hand the request over, as far as its course lets it come.

        Raises:
            EdgeError: it, or its reply, was lost.
        """
        if signed and self._sign is not None:
            request = await self._sign(card, request)
        course = self._network.decide(self._domain, card.domain, request)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._deliver(card, request, course)
        except TimeoutError as err:
            raise unreached("partners.read", card, card.domain, found="no reply in time") from err

    async def _deliver(self, card: Card, request: WireRequest, course: Course) -> WireReply:
        await asyncio.sleep(course.before_s)
        answer = self._network.answers.get(card.domain)
        if answer is None:
            raise unreached("partners.connect", card, card.domain, found="nobody there")
        match course.fault:
            case Fault.DROP:
                raise unreached("partners.send", card, card.domain, found="request lost")
            case Fault.CUT:
                await answer(await _half(request))
                raise unreached("partners.send", card, card.domain, found="request cut off")
            case Fault.DUPLICATE if isinstance(request.body, bytes):
                await answer(request)
        reply = await answer(request)
        await asyncio.sleep(course.after_s)
        if course.fault is Fault.LOSE_REPLY:
            raise unreached("partners.read", card, card.domain, found="reply lost")
        return reply


async def _half(request: WireRequest) -> WireRequest:
    """Give a request whose body ends halfway: at once, or where the sender's stream is cut."""
    if isinstance(request.body, bytes):
        return replace(request, body=_ended(request.body[: len(request.body) // 2]))
    first = await anext(aiter(request.body), b"")
    return replace(request, body=_ended(first[: (len(first) + 1) // 2]))


async def _ended(chunk: bytes) -> AsyncIterator[bytes]:
    yield chunk
    raise EdgeError("wire.cut-off", "the request's body ended before its length")
