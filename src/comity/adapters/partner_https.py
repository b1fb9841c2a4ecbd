# SPDX-License-Identifier: Apache-2.0
"""Partners over HTTPS: one session, connections kept alive, each partner's apart.

Addresses and TLS pins come from the card alone. Nothing is taken from the environment, from
cookies or from a redirect, and no reply is read beyond its limit. Source: DESIGN 5; spec/traps.md
"""

from __future__ import annotations

import asyncio
import socket
import warnings
from collections.abc import AsyncIterator
from typing import Final, Protocol
from weakref import WeakSet

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from comity.adapters.partner_errors import NOT_SENT, unreached
from comity.adapters.pinned_tls import PinMismatchError, pinned_context
from comity.basis.errors import EdgeError, StateError
from comity.basis.ids import PartyId
from comity.basis.limits import WIRE_READ_BYTES_MAX, WIRE_REPLY_BYTES_MAX
from comity.keys.cards import Card
from comity.ports import WireReply, WireRequest

CONNECTIONS_PER_PARTNER: Final = 8
CONNECT_TIMEOUT_S: Final = 10.0
SILENCE_TIMEOUT_S: Final = 30.0
KEPT_ALIVE_S: Final = 60.0
TLS_END_S: Final = 0.5

_LOOK_S: Final = 0.01
_LOOKS_MAX: Final = round(2 * TLS_END_S / _LOOK_S)
_CHUNK: Final = 64 * 1024
_SCHEME: Final = "https"
_NOT_ADDED: Final = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


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
        resolver: AbstractResolver | None = None,
    ) -> None:
        """Connect to nobody yet. Names are resolved as the machine does, unless told otherwise."""
        self._signer = signer
        self._connect_timeout_s = connect_timeout_s
        self._silence_timeout_s = silence_timeout_s
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None
        self._sockets: WeakSet[socket.socket] = WeakSet()
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
        """Close every connection, those too that were given up before and still end TLS."""
        session, self._session = self._session, None
        sockets, self._sockets = self._sockets, WeakSet()
        if session is not None:
            await session.close()
            await _closed(sockets)

    def _addresses(self, card: Card) -> tuple[str, ...]:
        found = [each for each in card.addresses if URL(each).scheme == _SCHEME]
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
        try:
            async with self._open().request(
                request.method,
                URL(address.rstrip("/") + request.path, encoded=True),
                headers=dict(request.headers),
                data=_body(request),
                ssl=pinned_context(card.tls_pins),
                timeout=self._timeout(timeout_s),
                allow_redirects=False,
            ) as response:
                body = await _read(response, card, address, _most(request))
                headers = tuple((name.lower(), value) for name, value in response.headers.items())
                return WireReply(response.status, headers, body)
        except aiohttp.ClientConnectorDNSError as err:
            raise unreached("partners.resolve", card, address, found=_why(err)) from err
        except aiohttp.ClientSSLError as err:
            raise _tls_error(card, address, err) from err
        except aiohttp.ClientConnectorError as err:
            # Who takes the connection and ends it before the handshake is done speaks no such TLS.
            if isinstance(err.os_error, ConnectionResetError | ConnectionAbortedError):
                raise unreached("partners.tls", card, address, found=_why(err)) from err
            raise unreached("partners.connect", card, address, found=_why(err)) from err
        except aiohttp.ConnectionTimeoutError as err:
            raise unreached("partners.connect", card, address, found=_why(err)) from err
        except (TimeoutError, aiohttp.ServerDisconnectedError) as err:
            raise unreached("partners.read", card, address, found=_why(err)) from err
        except (aiohttp.ClientPayloadError, aiohttp.ClientResponseError) as err:
            raise unreached("partners.read", card, address, found=_why(err)) from err
        except (aiohttp.ClientError, OSError) as err:
            raise unreached("partners.send", card, address, found=_why(err)) from err

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=_connector(self._resolver, self._sockets),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                skip_auto_headers=_NOT_ADDED,
                requote_redirect_url=False,
            )
        return self._session

    def _timeout(self, total_s: float) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(
            total=total_s,
            sock_connect=min(self._connect_timeout_s, total_s),
            sock_read=min(self._silence_timeout_s, total_s),
        )


def _connector(
    resolver: AbstractResolver | None, sockets: WeakSet[socket.socket]
) -> aiohttp.TCPConnector:
    """Make what opens connections, and keeps their sockets in a set while they live.

    A partner that never ends TLS would else keep each closed connection, and its file descriptor,
    for the 30 s that an event loop waits: the library says no time of its own unless it is given.
    """

    def opened(info: aiohttp.AddrInfoType) -> socket.socket:
        made = socket.socket(*info[:3])
        sockets.add(made)
        return made

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return aiohttp.TCPConnector(
            limit=0,
            limit_per_host=CONNECTIONS_PER_PARTNER,
            keepalive_timeout=KEPT_ALIVE_S,
            resolver=resolver,
            ssl_shutdown_timeout=TLS_END_S,
            socket_factory=opened,
        )


async def _closed(sockets: WeakSet[socket.socket]) -> None:
    """Wait until sockets are closed, looking so often that the end of TLS has had its time.

    The library waits for what it holds; a connection that it has let go of ends by itself, and
    only while the event loop goes on. Looks are counted, as a clock runs on where we do not.
    """
    for _ in range(_LOOKS_MAX):
        if all(each.fileno() == -1 for each in sockets):
            return
        await asyncio.sleep(_LOOK_S)


class _Once:
    """A streamed body, given once: the library must not send the rest of it as if it were all."""

    def __init__(self, body: AsyncIterator[bytes]) -> None:
        self._body: AsyncIterator[bytes] | None = body

    def __aiter__(self) -> AsyncIterator[bytes]:
        body, self._body = self._body, None
        if body is None:
            raise aiohttp.ClientConnectionError("the connection was gone")
        return body


def _body(request: WireRequest) -> bytes | _Once | None:
    body = request.body
    if isinstance(body, bytes):
        return body or None
    return _Once(body)


def _most(request: WireRequest) -> int:
    return WIRE_READ_BYTES_MAX if request.method == "GET" else WIRE_REPLY_BYTES_MAX


async def _read(response: aiohttp.ClientResponse, card: Card, address: str, most: int) -> bytes:
    """Read a reply to its end, and leave the connection when it is longer than replies are."""
    read = bytearray()
    declared = response.content_length or 0
    async for chunk in response.content.iter_chunked(_CHUNK):
        read += chunk
        if max(declared, len(read)) > most:
            response.close()
            raise unreached(
                "partners.read", card, address, found=f"a reply of more than {most} bytes"
            )
    return bytes(read)


def _tls_error(card: Card, address: str, err: aiohttp.ClientSSLError) -> EdgeError:
    if isinstance(err.os_error, PinMismatchError):
        return unreached(
            "partners.pin",
            card,
            address,
            found=str(err.os_error.args[0]),
            hint="nothing was sent; if the partner has new TLS keys, its new card must come first",
        )
    return unreached("partners.tls", card, address, found=_why(err))


def _why(err: BaseException) -> str:
    """Say what kind of failure it was; not its text, which may quote what the partner sent."""
    cause = getattr(err, "os_error", None) or err
    reason = getattr(cause, "reason", None) or getattr(cause, "strerror", None)
    return f"{type(cause).__name__}{f', {reason}' if isinstance(reason, str) else ''}"
