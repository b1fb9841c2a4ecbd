# SPDX-License-Identifier: Apache-2.0
"""Who asks: by cookie or by token, on every request, before any route is looked for.

Only what is listed here is open to nobody in particular. A cookie counts only for what the party's
own pages ask: a browser says where a request comes from, and a header that no other site can set
must be there. Source: OWASP Cross-Site Request Forgery Prevention (Fetch Metadata)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from comity.api.guard import App, Receive, Scope, Send
from comity.api.limits import Patience
from comity.basis.errors import EdgeError, InputError, SignInError
from comity.signin.door import Caller, Door, Way

COOKIE: Final = "__Host-comity"
CSRF_HEADER: Final = b"comity-request"
CALLER: Final = "comity.caller"

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN_TO_READ: Final = frozenset({"/", "/healthz", "/readyz", "/metrics", "/openapi.json"})
_OPEN_TO_POST: Final = frozenset({"/api/v1/session", "/api/v1/password"})
_SAME_SITE: Final = frozenset({b"same-origin", b"none"})
_BEARER: Final = "bearer "


class Forged(SignInError):  # noqa: N818 (named for what it may be)
    """A request by cookie that may come from another site."""

    http_status = 403


class TooMany(EdgeError):  # noqa: N818 (named for what is said)
    """More requests of one session or token at once than are answered."""

    http_status = 429


class Doorkeeper:
    """Lets in who is signed in, and puts the caller into the scope."""

    def __init__(self, app: App, *, door: Door, patience: Patience) -> None:
        """Stand before `app`."""
        self._app = app
        self._door = door
        self._most = patience.requests_at_once
        self._at_once: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the caller, unless this place is open, and go on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _is_open(scope):
            _refuse_foreign(scope, needs_header=False)
            await self._app(scope, receive, send)
            return
        caller = await self._find(scope)
        if caller.way is Way.SESSION:
            _refuse_foreign(scope, needs_header=scope["method"] not in _SAFE)
        scope[CALLER] = caller
        await self._one_of_few(caller, scope, receive, send)

    async def _one_of_few(self, caller: Caller, scope: Scope, receive: Receive, send: Send) -> None:
        if self._at_once[caller.key] >= self._most:
            raise TooMany(
                "api.too-many-at-once",
                "too many requests of one session or token at once",
                expected=f"at most {self._most}",
                hint="wait for some of them to end",
            )
        self._at_once[caller.key] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._at_once[caller.key] -= 1
            if not self._at_once[caller.key]:
                del self._at_once[caller.key]

    async def _find(self, scope: Scope) -> Caller:
        tokens = _values(scope, b"authorization")
        cookies = session_secrets(_values(scope, b"cookie"))
        if len(tokens) + len(cookies) > 1:
            raise InputError(
                "api.two-ways-in",
                "a request comes in by one session or by one token",
                found=f"{len(tokens)} tokens and {len(cookies)} sessions",
            )
        found: Caller | None = None
        if tokens and tokens[0][: len(_BEARER)].lower() == _BEARER:
            found = await self._door.by_token(tokens[0][len(_BEARER) :].strip())
        elif cookies:
            found = await self._door.by_session(cookies[0])
        if found is None:
            raise SignInError(
                "signin.needed",
                "nobody is signed in, or not any more",
                hint="sign in: POST /api/v1/session; programs send a token of comity token create",
            )
        return found


def session_secrets(headers: Iterable[str]) -> list[str]:
    """Read the session's cookie out of cookie headers, as often as it stands there."""
    pairs = (pair.strip().partition("=") for header in headers for pair in header.split(";"))
    return [value for name, _, value in pairs if name == COOKIE]


def _is_open(scope: Scope) -> bool:
    wanted = _OPEN_TO_READ if scope["method"] in _SAFE else _OPEN_TO_POST
    return scope["path"] in wanted and scope["method"] in _SAFE | {"POST"}


def _values(scope: Scope, wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]


def _refuse_foreign(scope: Scope, *, needs_header: bool) -> None:
    """Refuse what a browser sends for another site's page.

    Raises:
        Forged: another site, another origin, or no header that only our own pages set.
    """
    headers: dict[bytes, bytes] = dict(scope["headers"])
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
    host = headers.get(b"host", b"").decode("latin-1")
    foreign = site is not None and site not in _SAME_SITE
    if origin is not None and urlsplit(origin.decode("latin-1")).netloc != host:
        foreign = True
    if foreign or (needs_header and CSRF_HEADER not in headers):
        raise Forged(
            "api.forged",
            "this request may come from another site's page",
            expected="the same origin, and the header Comity-Request",
            hint="programs use a token, not a session",
        )
