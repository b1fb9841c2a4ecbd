# SPDX-License-Identifier: Apache-2.0
"""Partners over HTTPS: connections kept alive, each partner's apart.

Addresses and TLS pins come from the card alone. Nothing is taken from the environment, from
cookies or from a redirect, and no reply is read beyond its limit. Source: DESIGN 5; spec/traps.md
"""

from __future__ import annotations

from typing import Final, NoReturn, Protocol
from urllib.parse import SplitResult, urlsplit

from comity.adapters.https_connection import Bounds, ReplyError, SendError
from comity.adapters.https_pool import (
    HttpsPool,
    NoConnectionError,
    NoNameError,
    NoTlsError,
    Place,
    Resolve,
    resolve_name,
)
from comity.adapters.partner_errors import NOT_SENT, unreached
from comity.adapters.pinned_tls import PinMismatchError
from comity.basis.errors import EdgeError, InvariantError, StateError
from comity.basis.ids import PartyId
from comity.basis.limits import WIRE_READ_BYTES_MAX, WIRE_REPLY_BYTES_MAX
from comity.keys.cards import Card
from comity.ports import WireReply, WireRequest

CONNECT_TIMEOUT_S: Final = 10.0
SILENCE_TIMEOUT_S: Final = 30.0

_SCHEME: Final = "https"
_PORT: Final = 443


class SignsRequests(Protocol):
    """Adds our signature to a request to the party of a card."""

    async def sign(self, card: Card, request: WireRequest) -> WireRequest:
        """Return the request with what shows that it is ours."""


class HttpsPartners:
    """The way to partners' nodes. Made and closed in the loop that it is used in."""

    def __init__(
        self,
        signer: SignsRequests,
        *,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        silence_timeout_s: float = SILENCE_TIMEOUT_S,
        resolve: Resolve = resolve_name,
    ) -> None:
        """Connect to nobody yet. Names are resolved as the machine does, unless told otherwise."""
        self._signer = signer
        self._silence_timeout_s = silence_timeout_s
        self._pool = HttpsPool(connect_s=connect_timeout_s, resolve=resolve)
        self._good: dict[PartyId, str] = {}

    async def call(
        self, card: Card, request: WireRequest, *, signed: bool, timeout_s: float
    ) -> WireReply:
        """Send a request to the first of the card's addresses that can be reached.

        The address that was good last is tried first. Another one is tried only while nothing of
        the request has left: a request that may have been taken is not sent twice by itself.

        Raises:
            EdgeError: no address led to a whole reply; the code names the step of the last one.
            StateError: the card has no address, or pins no key.
        """
        addresses = self._addresses(card)
        if signed:
            request = await self._signer.sign(card, request)
        *others, last = addresses
        for address in others:
            try:
                return await self._ask_at(card, address, request, timeout_s)
            except EdgeError as err:
                if err.code not in NOT_SENT:
                    raise
        return await self._ask_at(card, last, request, timeout_s)

    def preferred(self, card: Card) -> str | None:
        """Give the address at which the party of a card was reached last."""
        return self._good.get(card.party)

    async def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def _addresses(self, card: Card) -> tuple[str, ...]:
        found = [each for each in card.addresses if _split(each) is not None]
        if not found or not card.tls_pins:
            raise StateError(
                "partners.no-address",
                "the partner's card names no address that can be used, or pins no key for it",
                where=f"partner {card.party}",
                expected="an https address and a TLS pin",
                found=f"{len(found)} addresses, {len(card.tls_pins)} pins",
                hint="ask the partner for a newer card; until then go by courier",
            )
        good = self._good.get(card.party)
        return tuple(sorted(found, key=lambda each: each != good))

    async def _ask_at(
        self, card: Card, address: str, request: WireRequest, timeout_s: float
    ) -> WireReply:
        """Ask at one address, and remember whether it was good."""
        try:
            reply = await self._ask(card, address, request, timeout_s)
        except EdgeError:
            self._good.pop(card.party, None)
            raise
        self._good[card.party] = address
        return reply

    async def _ask(
        self, card: Card, address: str, request: WireRequest, timeout_s: float
    ) -> WireReply:
        """Ask at one address, and turn whatever fails into the step that failed."""
        split = _split(address)
        if split is None:
            _refuse("an address of another kind")
        place = Place(split.hostname or "", split.port or _PORT, card.tls_pins)
        silence_s = min(self._silence_timeout_s, timeout_s)
        bounds = Bounds(_most(request), silence_s, timeout_s)
        try:
            answer = await self._pool.ask(place, _head(split, request), request.body, bounds)
        except NoNameError as err:
            raise unreached("partners.resolve", card, address, found=_why(err)) from err
        except NoTlsError as err:
            raise _tls_error(card, address, err) from err
        except NoConnectionError as err:
            raise unreached("partners.connect", card, address, found=_why(err)) from err
        except ReplyError as err:
            raise unreached("partners.read", card, address, found=str(err)) from err
        except SendError as err:
            raise unreached("partners.send", card, address, found=str(err)) from err
        return WireReply(answer.status, answer.headers, answer.body)


def _split(address: str) -> SplitResult | None:
    """Take an address apart; None: nothing of ours goes there, such as by another scheme."""
    try:
        split = urlsplit(address)
        is_whole = split.scheme == _SCHEME and bool(split.hostname) and split.port != 0
    except ValueError:
        return None
    return split if is_whole else None


def _head(split: SplitResult, request: WireRequest) -> bytes:
    """Write the head of a request.

    Source: RFC 9112 2.1, 3.2
    """
    path = split.path.rstrip("/") + request.path
    headers = [("host", split.netloc.rpartition("@")[2]), *request.headers]
    if request.header("content-length") is None and request.method != "GET":
        if not isinstance(request.body, bytes):
            _refuse("a streamed body without its length")
        headers.append(("content-length", str(len(request.body))))
    lines = [f"{request.method} {path} HTTP/1.1", *(f"{name}: {text}" for name, text in headers)]
    if any("\r" in line or "\n" in line for line in lines):
        _refuse("a line break in a head")
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def _refuse(found: str) -> NoReturn:
    raise InvariantError("partners.no-request", "this is no request to a partner", found=found)


def _most(request: WireRequest) -> int:
    return WIRE_READ_BYTES_MAX if request.method == "GET" else WIRE_REPLY_BYTES_MAX


def _tls_error(card: Card, address: str, err: NoTlsError) -> EdgeError:
    cause = err.__cause__
    if isinstance(cause, PinMismatchError):
        return unreached(
            "partners.pin",
            card,
            address,
            found=str(cause.args[0]),
            hint="nothing was sent; if the partner has new TLS keys, its new card must come first",
        )
    return unreached("partners.tls", card, address, found=_why(err))


def _why(err: BaseException) -> str:
    """Say what kind of failure it was; not its text, which may quote what the partner sent."""
    cause = err.__cause__ or err
    reason = getattr(cause, "reason", None) or getattr(cause, "strerror", None)
    return f"{type(cause).__name__}{f', {reason}' if isinstance(reason, str) else ''}"
