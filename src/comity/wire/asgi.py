# SPDX-License-Identifier: Apache-2.0
"""The partners' listener as a plain ASGI app: what is too large, too slow or too often ends here.

Bodies stream; what is read whole is counted until its request ends. An answer that comes before
the body's end closes the connection. Source: DESIGN 5; ASGI 3.0 (HTTP)
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Final

from comity.basis.errors import EdgeError, InputError
from comity.basis.limits import KIB
from comity.basis.networks import network_of
from comity.ports import WireReply, WireRequest
from comity.wire.bodies import CUT_OFF, declared_length
from comity.wire.limits import Address, Addresses, TooMuch, WireLimits
from comity.wire.replies import TOO_SLOW, not_found, refusal_of, text_reply
from comity.wire.router import DEFAULTS, OTHER, PartnerWire
from comity.wire.routes import Route

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]

# Of the request that this task answers. What proves who asks stands far within, without HTTP.
_ASKING: Final[ContextVar[str]] = ContextVar("asking", default="")

_CLOSE: Final = (b"connection", b"close")
_PIECE_BYTES: Final = 64 * KIB


@dataclass(frozen=True, slots=True)
class Answered:
    """One request that was answered, for metrics: bounded names, sizes and seconds only."""

    label: str
    status: int
    bytes_in: int
    bytes_out: int
    seconds: float


def ignore_answer(answered: Answered) -> None:
    """Count nothing."""


def ignore_fault(err: Exception) -> None:
    """Tell nobody."""


def asking_address() -> str:
    """Give the address from which the request comes that is being answered."""
    return _ASKING.get()


class PartnersApp:
    """Answers HTTP by a `PartnerWire`. `fault` is told of mistakes in the program."""

    def __init__(
        self,
        wire: PartnerWire,
        *,
        limits: WireLimits = DEFAULTS,
        answered: Callable[[Answered], None] = ignore_answer,
        fault: Callable[[Exception], None] = ignore_fault,
    ) -> None:
        """Serve a wire."""
        self._wire = wire
        self._limits = limits
        self._answered = answered
        self._fault = fault
        self._addresses = Addresses(limits)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        began = asyncio.get_running_loop().time()
        request = _request(scope)
        route = self._wire.route(request.method, request.path)
        body = _Body(receive, self._limits, is_empty=_has_no_body(request))
        client = scope.get("client")
        asking = client[0] if client else ""
        _ASKING.set(asking)
        try:
            address = self._addresses.enter(network_of(asking), began)
        except TooMuch as err:
            reply = refusal_of(err)
            await _send(reply, body, send)
        else:
            try:
                reply = await self._answer(request, route, scope, body, address)
                await _send(reply, body, send)
            finally:
                self._addresses.leave(address)
                self._addresses.release(address, body.buffered)
        label = OTHER if route is None else route.label
        seconds = asyncio.get_running_loop().time() - began
        self._answered(Answered(label, reply.status, body.size, len(reply.body), seconds))

    async def _answer(
        self, request: WireRequest, route: Route | None, scope: Any, body: _Body, address: Address
    ) -> WireReply:
        """Answer whom was let in: is there such a thing, is it too large, what is said of it."""
        try:
            if route is None or scope.get("query_string"):
                return not_found()
            _refuse_doubled(scope)
            _refuse_long(request, route)
            body.expect(route, address, self._addresses)
            reply = await self._wire.answer(replace(request, body=body.chunks()))
            if len(reply.body) > _PIECE_BYTES:
                # It is kept until it is read, which may take as long as the reader likes.
                self._addresses.buffer(address, len(reply.body))
                body.buffered += len(reply.body)
        except (EdgeError, InputError, TooMuch) as err:
            return refusal_of(err)
        except Exception as err:
            self._fault(err)
            return text_reply(500, "wire.fault")
        return reply


class _Body:
    """The body of a request as it comes: not for ever, not too slowly, not too much."""

    __slots__ = ("_account", "_limits", "_receive", "buffered", "is_at_end", "size")

    def __init__(self, receive: Receive, limits: WireLimits, *, is_empty: bool) -> None:
        self._receive = receive
        self._limits = limits
        self._account: tuple[Route, Address, Addresses] | None = None
        self.buffered = 0
        self.is_at_end = is_empty
        self.size = 0

    def expect(self, route: Route, address: Address, addresses: Addresses) -> None:
        """Say what it is the body of, and on whose account it is read.

        Raises:
            TooMuch: it may come to hold too much.
        """
        addresses.buffer(address, route.bytes_held)
        self.buffered += route.bytes_held
        # Held apart, not in a closure: one that knew this body would be held by it in turn, and
        # with both the connection and its buffers, until memory is next tidied up.
        self._account = route, address, addresses

    async def chunks(self) -> AsyncIterator[bytes]:
        """Give the bytes.

        Raises:
            EdgeError: it was cut off, or came too slowly.
            InputError: it is too long.
            TooMuch: too much is read at once.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        while not self.is_at_end:
            message = await self._message(loop.time() - began)
            if message["type"] != "http.request":
                raise EdgeError(CUT_OFF, "a request's body ended before its length")
            chunk = message.get("body", b"")
            self.is_at_end = not message.get("more_body", False)
            self.size += len(chunk)
            self._take(len(chunk))
            if chunk:
                yield chunk

    def _take(self, count: int) -> None:
        if self._account is None:
            return
        route, address, addresses = self._account
        if self.size > route.bytes_max:
            raise _too_large(route, self.size)
        if not route.streams:
            addresses.buffer(address, count)
            self.buffered += count

    async def _message(self, seconds: float) -> Any:
        """Wait for the next bytes, as long as those before came fast enough."""
        owed = (seconds - self._limits.grace_s) * self._limits.bytes_s_min
        try:
            async with asyncio.timeout(self._limits.idle_s if self.size >= owed else 0):
                return await self._receive()
        except TimeoutError as err:
            raise EdgeError(TOO_SLOW, "a request's body comes too slowly") from err


def _request(scope: Any) -> WireRequest:
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
    )
    return WireRequest(scope["method"], scope["path"], headers)


def _has_no_body(request: WireRequest) -> bool:
    """Say whether nothing follows the head.

    Source: RFC 9112 6.3
    """
    chunked = request.header("transfer-encoding") is not None
    return not chunked and request.header("content-length") in (None, "0")


def _refuse_doubled(scope: Any) -> None:
    """Refuse a header that stands twice: two readers could take two values."""
    names = [name for name, _ in scope["headers"]]
    if len(set(names)) != len(names):
        raise InputError("wire.doubled-header", "a header stands twice in a request")


def _refuse_long(request: WireRequest, route: Route) -> None:
    """Refuse by its declared length a body that would be too long, before it is read."""
    length = declared_length(request) or 0
    if length > route.bytes_max:
        raise _too_large(route, length)


def _too_large(route: Route, size: int) -> InputError:
    return InputError(
        "wire.too-large",
        "a request's body is too large",
        where=route.label,
        expected=f"at most {route.bytes_max} bytes",
        found=f"{size} bytes",
    )


async def _send(reply: WireReply, body: _Body, send: Send) -> None:
    """Send a reply, piece by piece, each once the one before it is on its way."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    headers.append((b"content-length", str(len(reply.body)).encode()))
    if not body.is_at_end:
        headers.append(_CLOSE)
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    raw, at = reply.body, 0
    while len(raw) - at > _PIECE_BYTES:
        piece, at = raw[at : at + _PIECE_BYTES], at + _PIECE_BYTES
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": raw[at:]})
