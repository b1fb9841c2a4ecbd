# SPDX-License-Identifier: Apache-2.0
"""Exercises: the orders that hang on one, and the visits and items of it."""

from __future__ import annotations

from typing import Final

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, Place, parse_agreement_id, parse_place
from comity.basis.limits import STATEMENT_WORD_CHARS_MAX
from comity.console.pages.goods.places import order_path
from comity.console.pages.goods.words import Words
from comity.console.pages.items import marking_of_levels
from comity.console.places import item_path
from comity.console.routes import Route
from comity.console.visit import Outcome, Page, Visit, done
from comity.flows.set_up import pinned_agreements
from comity.flows.support.exercise_pages import list_exercises, page_exercise
from comity.flows.turns import read_view
from comity.front.answers import not_there
from comity.marking.hidden import printable_text

PAGE: Final = 25


async def show(visit: Visit) -> Outcome:
    """Show one exercise where the query names it, else list all."""
    name = visit.query.raw("name")
    return await _one(visit, name) if name else await _list(visit)


async def _list(visit: Visit) -> Page:
    after = visit.query.raw("after")
    lines, more = done(await list_exercises(visit.context, visit.person, after=after, limit=PAGE))
    values = {"lines": lines, "more": more, "order_path": order_path}
    return Page("exercises/list.html", visit.say("Exercises"), values)


async def _one(visit: Visit, name: str) -> Page:
    """Show one exercise; of one that nobody named there is nothing to show."""
    if len(name) > STATEMENT_WORD_CHARS_MAX:
        raise not_there()
    agreements, start = await _where(visit)
    found = done(
        await page_exercise(visit.context, name, visit.person, agreements, start=start, limit=PAGE)
    )
    values = {
        "named": name,
        "parts": found,
        "order_path": order_path,
        "item_path": item_path,
        "words": Words(visit),
    }
    labels = [
        marking
        for part in found
        if part.meant.rows
        and (marking := await _highest(visit, part.agreement, [r.level for r in part.meant.rows]))
    ]
    title = visit.say("Exercise %(name)s", name=printable_text(name))
    return Page("exercises/one.html", title, values, labels=", ".join(labels) or None)


async def _highest(visit: Visit, agreement: AgreementId, levels: list[str]) -> str | None:
    """Give the highest marking of items under one agreement; those of several stand beside."""
    return marking_of_levels(await read_view(visit.context, agreement), visit, levels)


async def _where(visit: Visit) -> tuple[tuple[AgreementId, ...], Place | None]:
    """Give the agreement and the order that a further page begins with; all, and none, at first."""
    pinned = await pinned_agreements(visit.context)
    text, start = visit.query.text("agreement"), visit.query.text("start")
    if not text:
        return pinned, None
    try:
        named = parse_agreement_id(text)
        place = parse_place(start) if start else None
    except InputError:
        raise not_there() from None
    if named not in pinned:
        raise not_there()
    return (named,), place


EXERCISES: Final = (Route("GET", "/exercises", show),)
