# SPDX-License-Identifier: Apache-2.0
"""Signing in and out. What was sent when a session had ended is kept in the page itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from comity.basis.errors import ComityError
from comity.console.forms import Fields, pack_kept, unpack_kept
from comity.console.replies import cookie
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Page, Visit
from comity.front.cookie import COOKIE
from comity.signin.sessions import LONGEST_S

SIGN_IN: Final = "/sign-in"
SIGN_OUT: Final = "/sign-out"

_KEPT: Final = "kept"
_BACK: Final = "back"


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that begins, or the page that asks again; `kept` was sent before it."""

    visit: Visit
    outcome: Outcome
    back: str = "/"
    kept: Fields | None = None


def sign_in_page(visit: Visit) -> Page:
    """Ask whoever comes to sign in; what was sent is kept in the page."""
    if visit.is_part:
        return Page("sign_in/session_over.html")
    return _page(visit, local_path(visit.path), pack_kept(visit.form))


async def begin_session(visit: Visit) -> Begun:
    """Sign in by name and password."""
    form = visit.form
    back = local_path(form.text(_BACK))
    kept = form.text(_KEPT)
    fields = unpack_kept(kept) if kept else None
    try:
        signed_in = await visit.node.door.sign_in(
            form.text("person"), form.raw("password"), visit.address
        )
    except ComityError as error:
        return Begun(visit, _page(visit, back, kept, error))
    own = cookie(COOKIE, signed_in.secret, age_s=int(LONGEST_S))
    visit = replace(visit, caller=signed_in.caller, secret=signed_in.secret)
    return Begun(visit, Elsewhere(back, (own,)), back, fields)


async def ask(visit: Visit) -> Outcome:
    """Ask whoever comes to sign in; send whoever is home."""
    return sign_in_page(visit) if visit.caller is None else Elsewhere("/")


async def end_session(visit: Visit) -> Outcome:
    """Sign out."""
    await visit.node.door.sign_out(visit.signed_in)
    return Elsewhere("/", (cookie(COOKIE, "", age_s=0),))


def local_path(text: str) -> str:
    """Give a path of our own, or the home page in the place of anything else."""
    plain = text.isascii() and text.isprintable() and "\\" not in text and " " not in text
    is_ours = plain and text.startswith("/") and not text.startswith("//")
    return text if is_ours and text not in (SIGN_IN, SIGN_OUT) else "/"


def _page(visit: Visit, back: str, kept: str, error: ComityError | None = None) -> Page:
    values = {"back": back, "kept": kept, "error": error, "name": visit.form.text("person")}
    return Page("sign_in/sign_in.html", visit.say("Sign in"), values)


SESSION: Final = (
    Route("GET", SIGN_IN, ask, is_open=True),
    Route("POST", SIGN_OUT, end_session),
)
