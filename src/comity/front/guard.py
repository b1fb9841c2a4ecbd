# SPDX-License-Identifier: Apache-2.0
"""The outermost layer: sizes before anything is read, slow bodies, headers of every answer, counts.

Plain ASGI, so that it holds for whatever the framework does, its own failures included.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from comity.basis.errors import EdgeError, InputError
from comity.front.answers import GONE, Answer, Gone, not_there
from comity.front.asgi import App, Message, Receive, Scope, Send
from comity.front.limits import (
    HEADERS_BYTES_MAX,
    HEADERS_MAX,
    PATH_BYTES_MAX,
    QUERY_BYTES_MAX,
    REFUSED_BODY_BYTES,
    Patience,
)
from comity.front.metrics import NO_ROUTE, Metrics

NO_STORE: Final = b"no-store"
LASTING: Final = b"public, max-age=31536000, immutable"

_EVERY_ANSWER: Final = (
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
_POLICY: Final = b"content-security-policy"
_CACHE: Final = b"cache-control"
_OWN: Final = frozenset(name for name, _ in _EVERY_ANSWER) | {_POLICY, _CACHE}


def nothing_lasts(scope: Scope) -> bool:
    """Stand in where every answer is for whoever asked alone."""
    del scope
    return False


@dataclass(frozen=True, slots=True)
class Manner:
    """How those behind the guard say no, and what their answers may do in a browser.

    `is_lasting` says of which answers a browser may keep a copy: of what is nobody's in particular.
    """

    answer: Callable[[Exception], Answer]
    policy: bytes
    is_lasting: Callable[[Scope], bool] = nothing_lasts


class TooSlow(EdgeError):  # noqa: N818 (named for what is said)
    """A body that does not come fast enough."""

    http_status = 408


class TooLong(InputError):  # noqa: N818 (named for what is said)
    """A path, query or header that nothing here needs."""

    http_status = 431


@dataclass(slots=True)
class _Course:
    """How far an answer has come."""

    status: int = 0
    body_read: bool = False
    body_bytes: int = 0


class Guard:
    """Wraps the whole app. `fault` is told of what the program did wrong, to be diagnosed."""

    def __init__(
        self,
        app: App,
        *,
        manner: Manner,
        metrics: Metrics,
        patience: Patience,
        fault: Callable[[Exception], None],
    ) -> None:
        """Stand before `app`."""
        self._app = app
        self._manner = manner
        self._metrics = metrics
        self._patience = patience
        self._fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, within bounds, and count the answer."""
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        course, began = _Course(body_read=not _has_body(scope)), time.perf_counter()
        self._metrics.at_once.inc()
        try:
            await self._answer(scope, receive, send, course)
        finally:
            self._metrics.at_once.dec()
            route = scope.get("path_template") or NO_ROUTE
            taken = time.perf_counter() - began
            self._metrics.answered(route, scope["method"], course.status or GONE, seconds=taken)
            if course.status >= 400 and course.body_bytes > REFUSED_BODY_BYTES:
                # The framework's refusals hold their own frames, and with them the body, until
                # memory is next tidied up: a flood would fill it before that.
                gc.collect(0)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, course: _Course) -> None:
        def headed(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                course.status = message["status"]
                given = message.get("headers", ())
                message["headers"] = _headers(given, course, self._own_headers(scope, course))
            return send(message)

        try:
            _refuse_long(scope)
            _refuse_odd(scope)
            await self._app(scope, _timed(receive, course, self._patience), headed)
        except Exception as error:
            answer = self._manner.answer(error)
            if answer.status >= 500 and not isinstance(error, EdgeError):
                self._fault(error)
            # Where the answer has begun, cutting it off is all that can still be said.
            if not course.status:
                await write_answer(headed, answer)

    def _own_headers(self, scope: Scope, course: _Course) -> tuple[tuple[bytes, bytes], ...]:
        lasts = course.status == 200 and self._manner.is_lasting(scope)
        return (_CACHE, LASTING if lasts else NO_STORE), (_POLICY, self._manner.policy)

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008})


async def write_answer(send: Send, answer: Answer) -> None:
    """Send an answer that says no."""
    headers = [(name.encode(), text.encode("latin-1")) for name, text in answer.headers.items()]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _headers(
    given: Any, course: _Course, own: tuple[tuple[bytes, bytes], ...]
) -> list[tuple[bytes, bytes]]:
    headers = [(name, value) for name, value in given if name.lower() not in _OWN]
    if not course.body_read:
        # What was not read would be taken for the next request.
        headers.append((b"connection", b"close"))
    return [*headers, *own, *_EVERY_ANSWER]


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in scope["headers"]
    )


def _refuse_long(scope: Scope) -> None:
    path = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")
    for name, found, most in (
        ("path", len(path), PATH_BYTES_MAX),
        ("query", len(scope.get("query_string", b"")), QUERY_BYTES_MAX),
        ("headers", sum(len(a) + len(b) for a, b in scope["headers"]), HEADERS_BYTES_MAX),
        ("number of headers", len(scope["headers"]), HEADERS_MAX),
    ):
        if found > most:
            raise TooLong(
                "api.too-long",
                "the request is longer than anything here needs",
                where=name,
                expected=f"at most {most}",
                found=str(found),
            )


def _refuse_odd(scope: Scope) -> None:
    """Refuse a second way to write a path: what is decided by one must hold for all.

    Raises:
        NotThere: a part of it is empty.
    """
    if "//" in scope["path"]:
        raise not_there()


def _timed(receive: Receive, course: _Course, patience: Patience) -> Receive:
    """Ask of a body that it comes, and of its rate that it is not a trickle."""
    began = asyncio.get_running_loop().time()

    async def timed() -> Message:
        if course.body_read:
            return await receive()
        deadline = began + patience.first_s + course.body_bytes / patience.bytes_a_second
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise TooSlow(
                "api.too-slow",
                "the body does not come fast enough",
                expected=f"at least {patience.bytes_a_second} bytes a second",
                found=f"{course.body_bytes} bytes so far",
                hint="send it again over a better line",
            ) from None
        if message["type"] == "http.disconnect":
            raise Gone
        course.body_bytes += len(message.get("body", b""))
        course.body_read = not message.get("more_body", False)
        return message

    return timed
