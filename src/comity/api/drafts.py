# SPDX-License-Identifier: Apache-2.0
"""Drafts that wait for a releasing officer: shown, read, released or dropped."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Request
from litestar.params import Parameter
from litestar.response import Stream

from comity.api.desk import Desk, desk_of, done
from comity.api.item_payloads import streamed
from comity.api.item_wishes import CONTENT_TYPE
from comity.api.operations import delete, get, post
from comity.api.replies import not_there
from comity.api.shapes import DraftReply, DraftsReply, EnteredReply, entered_reply, reply
from comity.flows.draft_previews import may_know_draft
from comity.flows.drafts import KeptDraft, find_draft, waiting_drafts
from comity.flows.previews import preview_content
from comity.flows.release import drop_draft, release_draft
from comity.flows.shapes import draft_json
from comity.signin.permissions import Permission

_TAG: Final = ["drafts"]

Number = Annotated[int, Parameter(ge=1, le=10**9, description="The draft's number.")]


@get("/drafts", summary="List the drafts that wait", tags=_TAG)
async def list_drafts(request: Request[Any, Any, Any]) -> DraftsReply:
    """List the drafts that wait and that the person may know of."""
    desk = desk_of(request, Permission.ITEMS_READ)
    waiting = [
        each
        for each in await waiting_drafts(desk.context)
        if may_know_draft(desk.caller.person, each)
    ]
    return reply(desk, DraftsReply, {"drafts": [draft_json(each) for each in waiting]})


@get("/drafts/{number:int}", summary="Show a draft", tags=_TAG)
async def show_draft(request: Request[Any, Any, Any], number: Number) -> DraftReply:
    """Show the label of a draft; its content is opened apart."""
    desk = desk_of(request, Permission.ITEMS_READ)
    return reply(desk, DraftReply, {"draft": draft_json(await _known(desk, number))})


@post(
    "/drafts/{number:int}/open",
    summary="Read a draft before it is released",
    tags=_TAG,
    status_code=200,
    media_type=CONTENT_TYPE,
)
async def open_draft(request: Request[Any, Any, Any], number: Number) -> Stream:
    """Open a draft as its drafter or as a releasing officer; the journal has it first."""
    desk = desk_of(request, Permission.ITEMS_OPEN)
    await _known(desk, number)
    read = done(await preview_content(desk.context, desk.person, number))
    return streamed(desk, f"draft {number}", read)


@post("/drafts/{number:int}/approval", summary="Release a draft", tags=_TAG)
async def approve(request: Request[Any, Any, Any], number: Number) -> EnteredReply:
    """Release a draft as its releasing officer; it is decided anew, as everything stands now."""
    desk = desk_of(request, Permission.ITEMS_RELEASE)
    await _known(desk, number)
    entered = done(await release_draft(desk.context, desk.person, number))
    return entered_reply(desk, entered)


@delete("/drafts/{number:int}", summary="Drop a draft", tags=_TAG, status_code=200)
async def drop(request: Request[Any, Any, Any], number: Number) -> DraftReply:
    """Take a draft away unreleased; its key and payload are erased."""
    desk = desk_of(request, Permission.ITEMS_DRAFT)
    await _known(desk, number)
    dropped = done(await drop_draft(desk.context, desk.person, number))
    return reply(desk, DraftReply, {"draft": draft_json(dropped)})


async def _known(desk: Desk, number: int) -> KeptDraft:
    kept = await find_draft(desk.context, number)
    if not may_know_draft(desk.caller.person, kept):
        raise not_there()
    return kept


DRAFTS: Final = (list_drafts, show_draft, open_draft, approve, drop)
