# SPDX-License-Identifier: Apache-2.0
"""Drafts that wait: read, released by a second person where one is asked for, or dropped."""

from __future__ import annotations

from typing import Final

from comity.basis.errors import StateError
from comity.console.contents import show_content
from comity.console.errors import findings_of
from comity.console.names import party_names
from comity.console.places import item_path
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Page, Visit, done
from comity.decision.stages import Refused
from comity.flows.draft_previews import may_know_draft
from comity.flows.drafts import KeptDraft, find_draft, waiting_drafts
from comity.flows.previews import preview_content
from comity.flows.release import drop_draft, may_release, release_draft
from comity.front.answers import not_there

PAGE: Final = 50
_DRAFT: Final = "/drafts/{number}"
_DIGITS_MAX: Final = 9


async def list_drafts(visit: Visit) -> Outcome:
    """List the drafts that the person may know of, the newest first."""
    person = visit.signed_in.person
    waiting = await waiting_drafts(visit.context)
    before = visit.query.text("before")
    last = _number(before) if before else None
    known = [
        each
        for each in reversed(waiting)
        if may_know_draft(person, each) and (last is None or each.number < last)
    ]
    shown = known[:PAGE]
    values = {
        "drafts": shown,
        "next": shown[-1].number if len(known) > PAGE else None,
    }
    return Page("drafts/list.html", visit.say("Drafts"), values)


async def show_draft(visit: Visit) -> Outcome:
    """Show a draft's label, and what may be done with it now."""
    kept = await _named(visit)
    released = await may_release(visit.context, visit.person, kept.number)
    values = {
        "agreement": kept.item.agreement,
        "kept": kept,
        "item": kept.item,
        "name": await party_names(visit, kept.item.agreement),
        "path": f"/drafts/{kept.number}",
        "forbidden": findings_of(released, visit) if isinstance(released, Refused) else (),
        "is_own": kept.drafted_by == visit.person,
    }
    title = visit.say("Draft %(number)s", number=kept.number)
    return Page("drafts/draft.html", title, values, labels=kept.item.marking)


async def open_draft(visit: Visit) -> Outcome:
    """Read a draft before it is released; the journal has it first."""
    kept = await _named(visit)
    read = done(await preview_content(visit.context, visit.person, kept.number))
    return await show_content(visit, read, f"draft-{kept.number}", f"/drafts/{kept.number}")


async def release(visit: Visit) -> Outcome:
    """Release a draft as its releasing officer; it is decided anew, as everything stands now."""
    kept = await _named(visit)
    entered = done(await release_draft(visit.context, visit.person, kept.number))
    return Elsewhere(item_path(kept.item.agreement, entered.place))


async def drop(visit: Visit) -> Outcome:
    """Take a draft away unreleased; its key and payload are erased."""
    kept = await _named(visit)
    done(await drop_draft(visit.context, visit.person, kept.number))
    return Elsewhere("/drafts")


async def _named(visit: Visit) -> KeptDraft:
    """Give the draft that the path names, if the reader may know of it.

    Raises:
        NotThere: there is none, or it is hidden.
    """
    number = _number(visit.values["number"])
    try:
        kept = await find_draft(visit.context, number)
    except StateError:
        raise not_there() from None
    if not may_know_draft(visit.signed_in.person, kept):
        raise not_there()
    return kept


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX):
        raise not_there()
    return int(text)


DRAFTS: Final = (
    Route("GET", "/drafts", list_drafts),
    Route("GET", _DRAFT, show_draft),
    Route("POST", f"{_DRAFT}/open", open_draft),
    Route("POST", f"{_DRAFT}/release", release),
    Route("POST", f"{_DRAFT}/drop", drop),
)
