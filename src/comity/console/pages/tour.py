# SPDX-License-Identifier: Apache-2.0
"""The tour of an EXERCISE: what to look at first, in ten minutes. docs/tour.md says the same."""

from __future__ import annotations

from typing import Final

from comity.console.routes import Route
from comity.console.visit import Outcome, Page, Visit
from comity.flows.set_up import pinned_agreements
from comity.front.answers import not_there

AGREEMENT: Final = "gsomia-jpn-kor"


async def show_tour(visit: Visit) -> Outcome:
    """Show the tour, where the node plays; elsewhere there is none."""
    if not visit.node.context.config.exercise:
        raise not_there()
    held = AGREEMENT in await pinned_agreements(visit.context)
    values = {"held": held, "agreement": AGREEMENT}
    return Page("tour/tour.html", visit.say("A tour in ten minutes"), values)


TOUR: Final = (Route("GET", "/tour", show_tour),)
