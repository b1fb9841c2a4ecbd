# SPDX-License-Identifier: Apache-2.0
"""The party's own points of interest: looked at by who sees the picture, put in by who runs it."""

from __future__ import annotations

from typing import Final

from comity.basis.errors import ComityError
from comity.basis.limits import (
    INTERESTS_BYTES_MAX,
    INTERESTS_MAX,
    OVERLAY_LINES_MAX,
)
from comity.console.acts import answer_form
from comity.console.errors import Finding, closed_to, status_of
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Page, Visit, done
from comity.decision.stages import Refused
from comity.flows.picture.points import (
    SETTERS,
    put_overlay,
    put_points,
    read_overlay_text,
    read_points,
)
from comity.picture.interests import Interest, interest_lines, read_interest_lines
from comity.picture.maps import degrees_text
from comity.picture.overlays import Overlaid

PATH: Final = "/map/points"
_EXAMPLE: Final = "Zone A: 30.0 150.0, 30.0 152.0, 28.5 152.0"


async def show(visit: Visit) -> Outcome:
    """Show the points of interest, and the form to put others in."""
    return await _page(visit)


async def put(visit: Visit) -> Outcome:
    """Put points of interest in, in place of all that were there."""

    async def act() -> tuple[Interest, ...] | Refused:
        points = read_interest_lines(visit.form.raw("points"))
        return await put_points(visit.context, visit.person, points)

    async def again(*, error: ComityError | None = None, refused: tuple[Finding, ...] = ()) -> Page:
        return await _page(visit, error, refused)

    return await answer_form(visit, act, again, lambda _: Elsewhere(f"{PATH}?told=yes"))


async def lay(visit: Visit) -> Outcome:
    """Put the lines in that are laid over maps, in place of all that were there."""

    async def act() -> tuple[Overlaid, ...] | Refused:
        return await put_overlay(visit.context, visit.person, visit.form.raw("overlay"))

    async def again(*, error: ComityError | None = None, refused: tuple[Finding, ...] = ()) -> Page:
        return await _page(visit, error, refused)

    return await answer_form(visit, act, again, lambda _: Elsewhere(f"{PATH}?told=overlay"))


async def _page(
    visit: Visit, error: ComityError | None = None, refused: tuple[Finding, ...] = ()
) -> Page:
    points = done(await read_points(visit.context, visit.person))
    overlay = done(await read_overlay_text(visit.context, visit.person))
    values = {
        "told": visit.query.text("told"),
        "overlay": visit.form.raw("overlay") if "overlay" in visit.form else overlay,
        "example": _EXAMPLE,
        "lines_max": OVERLAY_LINES_MAX,
        "points": [(each.name, degrees_text(each.spot)) for each in points],
        "typed": visit.form.raw("points") if "points" in visit.form else interest_lines(points),
        "most": INTERESTS_MAX,
        "chars_max": INTERESTS_BYTES_MAX,
        "closed": closed_to(visit, "picture.points", SETTERS),
        "error": error,
        "refused": refused,
    }
    title = visit.say("Points of interest")
    return Page("points/points.html", title, values, status_of(error, refused))


POINTS: Final = (
    Route("GET", PATH, show),
    Route("POST", PATH, put),
    Route("POST", f"{PATH}/overlay", lay),
)
