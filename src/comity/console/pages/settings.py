# SPDX-License-Identifier: Apache-2.0
"""Language and zone of one reader, kept in cookies: they tell nothing of whoever chose them."""

from __future__ import annotations

from typing import Final

from comity.console.languages import COOKIE as LANGUAGE
from comity.console.moments import COOKIE as ZONE
from comity.console.moments import ZONES
from comity.console.pages.sign_in import local_path
from comity.console.replies import cookie
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Visit
from comity.foresight.words import LANGUAGES

_YEAR_S: Final = 365 * 24 * 3600


async def set_own(visit: Visit) -> Outcome:
    """Keep what was chosen, and go back."""
    wanted = ((LANGUAGE, "language", LANGUAGES), (ZONE, "zone", ZONES))
    cookies = tuple(
        cookie(name, visit.form.text(field), age_s=_YEAR_S)
        for name, field, known in wanted
        if visit.form.text(field) in known
    )
    return Elsewhere(local_path(visit.form.text("back")), cookies)


SETTINGS: Final = (Route("POST", "/settings", set_own, is_open=True),)
