# SPDX-License-Identifier: Apache-2.0
"""The tour of an EXERCISE: what to look at first, in ten minutes. docs/tour.md says the same."""

from __future__ import annotations

from typing import Final

from comity.console.routes import Route
from comity.console.visit import Outcome, Page, Visit
from comity.flows.set_up import pinned_agreements
from comity.front.answers import not_there

POINTS: Final = """Seoul, 37.5665, 126.978
Tokyo, 35.6895, 139.6917
Guam, 13.4443, 144.7937
Honolulu, 21.3069, -157.8583"""
"""What the step on reach puts in; the capitals and islands of the story."""

AGREEMENT: Final = "gsomia-jpn-kor"


async def show_tour(visit: Visit) -> Outcome:
    """Show the tour, where the node plays; elsewhere there is none."""
    if not visit.node.context.config.exercise:
        raise not_there()
    held = AGREEMENT in await pinned_agreements(visit.context)
    values = {"held": held, "agreement": AGREEMENT, "points": POINTS}
    return Page("tour/tour.html", visit.say("A tour in ten minutes"), values)


TOUR: Final = (Route("GET", "/tour", show_tour),)
