# SPDX-License-Identifier: Apache-2.0
"""One's own password: set by a registrar's one-time code, or changed; every session then ends.

Nothing that is typed here is shown again or kept in a page.
"""

from __future__ import annotations

from typing import Final

from comity.basis.errors import ComityError, InputError
from comity.console.replies import cookie
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Page, Visit
from comity.front.cookie import COOKIE
from comity.signin.passwords import PASSWORD_CHARS_MIN

_PATH: Final = "/password"


async def ask(visit: Visit) -> Outcome:
    """Ask for a code and a new password; of whoever is signed in, for the old one."""
    return _page(visit)


async def set_own(visit: Visit) -> Outcome:
    """Set one's own password."""
    form, door = visit.form, visit.node.door
    new = form.raw("new")
    try:
        if new != form.raw("again"):
            raise InputError(
                "console.password-differs", "the new password was not typed twice alike"
            )
        if visit.caller is not None:
            await door.change_password(visit.caller, form.raw("old"), new, visit.address)
            return Elsewhere("/", (cookie(COOKIE, "", age_s=0),))
        await door.set_password_by_code(
            form.text("person"), code=form.text("code"), password=new, address=visit.address
        )
    except ComityError as error:
        return _page(visit, error, error.http_status or 400)
    return Elsewhere("/")


def _page(visit: Visit, error: ComityError | None = None, status: int = 200) -> Page:
    values = {
        "error": error,
        "own": visit.caller is not None,
        "name": visit.form.text("person"),
        "chars": PASSWORD_CHARS_MIN,
    }
    return Page("password/password.html", visit.say("Your password"), values, status)


PASSWORD: Final = (
    Route("GET", _PATH, ask, is_open=True),
    Route("POST", _PATH, set_own, is_open=True),
)
