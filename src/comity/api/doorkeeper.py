# SPDX-License-Identifier: Apache-2.0
"""Who asks: by cookie or by token, on every request, before any route is looked for.

Only what is listed here is open to nobody in particular. A cookie counts only for what the party's
own pages ask: a browser says where a request comes from, and a header that no other site can set
must be there. Source: OWASP Cross-Site Request Forgery Prevention (Fetch Metadata)
"""

from __future__ import annotations

from typing import Final

from comity.basis.errors import InputError, SignInError
from comity.front.asgi import App, Receive, Scope, Send, header_values
from comity.front.cookie import CALLER, SAFE, AtOnce, Forged, is_foreign, session_secrets
from comity.front.limits import Patience
from comity.signin.door import Caller, Door, Way

CSRF_HEADER: Final = b"comity-request"

_OPEN_TO_READ: Final = frozenset({"/healthz", "/readyz", "/metrics", "/openapi.json"})
_OPEN_TO_POST: Final = frozenset({"/api/v1/session", "/api/v1/password"})
_BEARER: Final = "bearer "


class Doorkeeper:
    """Lets in who is signed in, and puts the caller into the scope."""

    def __init__(self, app: App, *, door: Door, patience: Patience) -> None:
        """Stand before `app`."""
        self._app = app
        self._door = door
        self._at_once = AtOnce(patience.requests_at_once)

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
            _refuse_foreign(scope, needs_header=scope["method"] not in SAFE)
        scope[CALLER] = caller
        with self._at_once.one_of_few(caller):
            await self._app(scope, receive, send)

    async def _find(self, scope: Scope) -> Caller:
        tokens = header_values(scope, b"authorization")
        cookies = session_secrets(header_values(scope, b"cookie"))
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


def _is_open(scope: Scope) -> bool:
    wanted = _OPEN_TO_READ if scope["method"] in SAFE else _OPEN_TO_POST
    return scope["path"] in wanted and scope["method"] in SAFE | {"POST"}


def _refuse_foreign(scope: Scope, *, needs_header: bool) -> None:
    """Refuse what a browser sends for another site's page.

    Raises:
        Forged: another site, another origin, or no header that only our own pages set.
    """
    has_header = bool(header_values(scope, CSRF_HEADER))
    if is_foreign(scope) or (needs_header and not has_header):
        raise Forged(
            "api.forged",
            "this request may come from another site's page",
            expected="the same origin, and the header Comity-Request",
            hint="programs use a token, not a session",
        )
