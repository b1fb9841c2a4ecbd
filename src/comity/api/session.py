# SPDX-License-Identifier: Apache-2.0
"""Signing in and out, who one is, and one's own password."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.params import JSONBody

from comity.api.desk import desk_of, node_of
from comity.api.operations import delete, get, post, put
from comity.api.replies import NotPermitted
from comity.basis.unshown import Unshown
from comity.front.cookie import COOKIE
from comity.signin.door import Caller, Way
from comity.signin.passwords import CODE_CHARS_MAX, PASSWORD_CHARS_MAX
from comity.signin.permissions import permissions_of
from comity.signin.sessions import LONGEST_S

_TAG: Final = ["sign-in"]
_NAME_CHARS_MAX: Final = 64

_NO_COOKIE: Final = Cookie(
    COOKIE, value="", path="/", max_age=0, secure=True, httponly=True, samesite="strict"
)

Name = Annotated[str, msgspec.Meta(max_length=_NAME_CHARS_MAX)]
Password = Annotated[str, msgspec.Meta(max_length=PASSWORD_CHARS_MAX)]


class SignInBody(Unshown, msgspec.Struct, forbid_unknown_fields=True):
    """Who signs in."""

    person: Name
    password: Password


class CodeBody(Unshown, msgspec.Struct, forbid_unknown_fields=True):
    """A registrar's one-time code, and the password that it sets."""

    person: Name
    code: Annotated[str, msgspec.Meta(max_length=CODE_CHARS_MAX)]
    password: Password


class ChangeBody(Unshown, msgspec.Struct, forbid_unknown_fields=True):
    """The password that one has, and the one that takes its place."""

    old: Password
    password: Password


class SessionReply(msgspec.Struct):
    """Who is signed in, in which roles, and what this way in is good for."""

    schema: Literal["comity/session/1"]
    party: str
    exercise: bool
    person: str
    roles: list[str]
    permissions: list[str]
    way: Literal["session", "token"]


@post("/session", summary="Sign in", tags=_TAG)
async def sign_in(
    request: Request[Any, Any, Any], data: JSONBody[SignInBody]
) -> Response[SessionReply]:
    """Begin a session; the cookie goes with every request of the same pages."""
    node = node_of(request)
    signed_in = await node.door.sign_in(data.person, data.password, _address(request))
    cookie = Cookie(
        COOKIE,
        value=signed_in.secret,
        path="/",
        max_age=int(LONGEST_S),
        secure=True,
        httponly=True,
        samesite="strict",
    )
    return Response(_reply(request, signed_in.caller), cookies=[cookie])


@get("/session", summary="Who is signed in", tags=_TAG)
async def show_session(request: Request[Any, Any, Any]) -> SessionReply:
    """Say who asks, and what this way in is good for."""
    return _reply(request, desk_of(request).caller)


@delete(
    "/session",
    summary="Sign out",
    tags=_TAG,
    status_code=204,
    response_cookies=[_NO_COOKIE],
)
async def sign_out(request: Request[Any, Any, Any]) -> None:
    """End this session; a token goes on."""
    desk = desk_of(request)
    await desk.node.door.sign_out(desk.caller)


@post("/password", summary="Set one's password with a registrar's code", tags=_TAG, status_code=204)
async def set_password(request: Request[Any, Any, Any], data: JSONBody[CodeBody]) -> None:
    """Set a password; every session of the person ends."""
    await node_of(request).door.set_password_by_code(
        data.person, code=data.code, password=data.password, address=_address(request)
    )


@put("/password", summary="Change one's own password", tags=_TAG, status_code=204)
async def change_password(request: Request[Any, Any, Any], data: JSONBody[ChangeBody]) -> None:
    """Set another password; every session of the person ends, this one too."""
    desk = desk_of(request)
    if desk.caller.way is not Way.SESSION:
        raise NotPermitted(
            "api.session-needed",
            "a program does not change its person's password",
            hint="sign in with the password: POST /api/v1/session",
        )
    await desk.node.door.change_password(desk.caller, data.old, data.password, _address(request))


def _reply(request: Request[Any, Any, Any], caller: Caller) -> SessionReply:
    config = node_of(request).context.config
    held = caller.permissions & permissions_of(caller.person.roles)
    return SessionReply(
        schema="comity/session/1",
        party=config.party,
        exercise=config.exercise,
        person=caller.id,
        roles=[each.value for each in caller.person.roles],
        permissions=sorted(held),
        way=caller.way.value,
    )


def _address(request: Request[Any, Any, Any]) -> str:
    return "" if request.client is None else request.client.host


SESSION: Final = (sign_in, show_session, sign_out, set_password, change_password)
