# SPDX-License-Identifier: Apache-2.0
"""Partners' nodes: one request, one reply, whatever carries them.

HTTPS is one adapter of this contract, the simulator's network in memory another. Nothing here
retries, redirects or remembers; who sends what and when is the flows' business.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final, Protocol

from comity.basis.errors import StateError
from comity.keys.card_model import Card


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request to a partner, or one that has come from it.

    `path` begins with `/` and is the path below the address in the card, without a query.
    Names of `headers` are in lower case, each at most once. A streamed body is read once.
    """

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | AsyncIterator[bytes] = b""

    def header(self, name: str) -> str | None:
        """Return the value of a header, named in lower case."""
        return next((value for each, value in self.headers if each == name), None)


@dataclass(frozen=True, slots=True)
class WireReply:
    """What came back, whatever its status: a refusal of the partner is an answer."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the value of a header, named in lower case."""
        return next((value for each, value in self.headers if each == name), None)


class Partners(Protocol):
    """The way to partners' nodes."""

    async def call(
        self, card: Card, request: WireRequest, *, signed: bool, timeout_s: float
    ) -> WireReply:
        """Send one request to the party of `card`, and return its reply whole.

        Addresses and the TLS pin come from the card and from nowhere else; no byte of the request
        leaves before the partner has shown the pinned key. `signed` requests carry an RFC 9421
        signature by our online key.

        Raises:
            EdgeError: the network or the partner failed; `where` names the partner, and the code's
                last word the step. Whether the partner took the request is then not known.
        """


class NoWire:
    """Stands where a command runs once and ends: what it says is delivered by a served node."""

    async def call(
        self, card: Card, request: WireRequest, *, signed: bool, timeout_s: float
    ) -> WireReply:
        """Refuse.

        Raises:
            StateError: always.
        """
        del request, signed, timeout_s
        raise StateError(
            "partners.no-wire",
            "this command does not talk to partners",
            where=f"partner {card.party}",
            hint="a served node does: comity serve --node DIR; or go by courier",
        )


class NodeDelivers(NoWire):
    """Stands where a command says something while its node is served: that one delivers it."""


NO_WIRE: Final[Partners] = NoWire()
NODE_DELIVERS: Final[Partners] = NodeDelivers()
