# SPDX-License-Identifier: Apache-2.0
"""The app: finds who asks and in which language, then the page. Behind the same guard as the API.

Without a session every path shows the sign-in, so that none tells what is there; a form that was
sent is kept in it, and shown again to whoever signs in.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Final

from comity.basis.errors import ComityError, EdgeError
from comity.console.errors import error_page, plain_answer
from comity.console.forms import (
    FORM_BYTES_MAX,
    SIGN_IN_BYTES_MAX,
    TOKEN,
    Fields,
    check_form,
    read_form,
    read_query,
)
from comity.console.languages import COOKIE as LANGUAGE
from comity.console.languages import choose_language, tongue
from comity.console.moments import COOKIE as ZONE
from comity.console.moments import Moments, choose_zone
from comity.console.pages import ROUTES
from comity.console.pages.alerts import encode_happening
from comity.console.pages.sign_in import SIGN_IN, begin_session, sign_in_page
from comity.console.replies import send_file, send_outcome
from comity.console.routes import Route, Routes
from comity.console.static_files import static_files
from comity.console.unbound import with_unbound
from comity.console.uploads import Upload
from comity.console.visit import Elsewhere, Events, Outcome, Page, TurnedDown, Visit
from comity.front.alert_feed import AlertFeed
from comity.front.answers import Gone, not_there
from comity.front.asgi import App, Receive, Scope, Send, header_values
from comity.front.cookie import CALLER, SAFE, AtOnce, cookies, session_secrets
from comity.front.guard import Guard, Manner
from comity.front.node import FrontNode
from comity.front.streams import Line, Streams, send_events

POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_UPLOAD: Final = "comity.upload"


def create_console(node: FrontNode) -> App:
    """Make the ASGI app of a node's console."""
    manner = Manner(plain_answer, POLICY, is_lasting=lambda scope: scope["path"] in static_files())
    return Guard(
        _Console(node),
        manner=manner,
        metrics=node.metrics,
        patience=node.patience,
        fault=node.fault,
    )


class _Console:
    def __init__(self, node: FrontNode) -> None:
        self._node = node
        self._routes = Routes(ROUTES)
        self._at_once = AtOnce(node.patience.requests_at_once)
        self._feed = AlertFeed(node, encode_happening)
        most = node.patience
        self._streams = Streams(most=most.streams_at_once, most_of_one=most.streams_of_one)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise EdgeError("console.no-http", "the console speaks HTTP alone")
        file = static_files().get(scope["path"])
        if file is not None and scope["method"] in SAFE:
            scope["path_template"] = "/static"
            await send_file(file, send)
            return
        visit = self._arrive(scope)
        with ExitStack() as running:
            try:
                visit, outcome = await self._answer(visit, scope, receive, running)
            except Gone:
                raise
            except Exception as error:
                if not isinstance(error, ComityError | TurnedDown):
                    self._node.fault(error)
                visit = replace(visit, caller=scope.get(CALLER), secret=_secret(scope))
                outcome = error_page(error, visit)
            upload = scope.get(_UPLOAD)
            if isinstance(upload, Upload):
                await upload.let_go()
            if isinstance(outcome, Events):
                await send_events(outcome.content, self._line(visit), receive, send)
            else:
                await send_outcome(outcome, visit, send)

    def _line(self, visit: Visit) -> Line:
        caller = visit.signed_in
        place = partial(self._streams.place, caller.key, caller.id)
        return Line(place, self._node.patience.send_s)

    def _arrive(self, scope: Scope) -> Visit:
        """Find language and zone, which even an error page is written in."""
        sent = header_values(scope, b"cookie")
        wanted = header_values(scope, b"accept-language")
        code = choose_language(cookies(sent, LANGUAGE), wanted)
        zone = choose_zone(next(iter(cookies(sent, ZONE)), None), code)
        client = scope.get("client")
        return Visit(
            self._node,
            scope["path"],
            tongue(code),
            Moments(tongue(code), zone),
            address=client[0] if client else "",
            is_part=bool(header_values(scope, b"hx-request")),
        )

    async def _answer(
        self, visit: Visit, scope: Scope, receive: Receive, running: ExitStack
    ) -> tuple[Visit, Outcome]:
        """Let a page answer, and say to whom.

        1. who asks, by the cookie; more than one are none;
        2. what was sent; a form is held to its session, or to where it comes from;
        3. whoever is not signed in signs in, what was sent is kept;
        4. the page.
        """
        secret = _secret(scope)
        caller = None if secret is None else await self._node.door.by_session(secret)  # 1
        if caller is not None:
            scope[CALLER] = caller
            running.enter_context(self._at_once.one_of_few(caller))
        method = "GET" if scope["method"] in SAFE else scope["method"]
        form, upload = Fields(), None
        if method == "POST":  # 2
            most = SIGN_IN_BYTES_MAX if visit.path == SIGN_IN else FORM_BYTES_MAX
            form, upload = await read_form(scope, receive, most)
            scope[_UPLOAD] = upload
            check_form(scope, form, secret if caller is not None else None)
        visit = replace(
            visit,
            caller=caller,
            secret=None if caller is None else secret,
            query=read_query(scope),
            feed=self._feed,
            position=next(iter(header_values(scope, b"last-event-id")), ""),
            form=form.without((TOKEN,)),
            upload=upload,
        )
        if method == "POST" and visit.path == SIGN_IN:
            return await self._sign_in(visit, scope)
        found = self._routes.find(method, visit.path)
        if caller is None and (found is None or not found[0].is_open):
            return visit, sign_in_page(visit)  # 3
        return visit, await _show(found, visit, scope)  # 4

    async def _sign_in(self, visit: Visit, scope: Scope) -> tuple[Visit, Outcome]:
        """Sign in; a form that was kept is shown again where it stands, and nothing is done."""
        scope["path_template"] = SIGN_IN
        begun = await begin_session(visit)
        found = None if begun.kept is None else self._routes.find_form(begun.back)
        if not isinstance(begun.outcome, Elsewhere) or found is None or begun.kept is None:
            return begun.visit, begun.outcome
        path, route = found
        shown = replace(begun.visit, path=path, form=begun.kept, query=Fields(), is_kept=True)
        page = await _show(route, shown, scope)
        if isinstance(page, Page):
            page = replace(page, cookies=begun.outcome.cookies)
        return shown, page


async def _show(
    found: tuple[Route, Mapping[str, str]] | None, visit: Visit, scope: Scope
) -> Outcome:
    if found is None:
        raise not_there()
    route, values = found
    scope["path_template"] = route.pattern
    visit = replace(visit, values=values)
    try:
        return await with_unbound(await route.act(visit), visit)
    except TurnedDown as error:
        return error_page(error, visit)  # it leads on by what the path names


def _secret(scope: Scope) -> str | None:
    found = session_secrets(header_values(scope, b"cookie"))
    return found[0] if len(found) == 1 else None
