# SPDX-License-Identifier: Apache-2.0
"""Onward releases: what others gave us, released to a third party by their consent.

Consents themselves are in `promises`. What a person may not know of is left out without a trace.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Request
from litestar.params import JSONBody, Parameter
from msgspec import Struct

from comity.api.case_shapes import TextBody, text_of
from comity.api.case_sight import known_incident
from comity.api.desk import Desk, desk_of, done
from comity.api.item_wishes import Word
from comity.api.operations import delete, get, post
from comity.api.places import (
    AgreementPath,
    IndexPath,
    PartyPath,
    agreement_of,
    known_item,
    place_of,
    refuse_own_party,
)
from comity.api.replies import not_there
from comity.api.shapes import DecisionReply, EnteredStatement, Reply, reply
from comity.basis.ids import parse_agreement_id, parse_party_id, parse_place
from comity.decision.deciding import decision_json
from comity.decision.house import keeps_registers
from comity.flows.item_pages import find_known
from comity.flows.passing.listing import onward_releases
from comity.flows.passing.onward import draft_onward, drop_onward, pass_on
from comity.flows.passing.telling import tell_incident_on, tell_on
from comity.flows.passing.wishes import KeptPassing, OnwardDraft, find_passing, passing_json
from comity.flows.shapes import entered_json
from comity.signin.permissions import Permission

_TAG: Final = ["third parties"]
_PATH: Final = "/third-party-releases"


Number = Annotated[int, Parameter(ge=1, le=10**9, description="The onward release's number.")]


class OnwardBody(Struct, forbid_unknown_fields=True, kw_only=True):
    """To whom an item is to go on, under which agreement, and how it is labelled there."""

    to: Word
    under: Word
    purpose: Word
    marking: Word
    category: Word | None = None
    form: Word | None = None
    through: Word | None = None
    channel: Word | None = None


class Onward(Struct):
    """An onward release on record, and what became of it.

    `not_named` is the arrangement that the item is marked for, where no consent names the item.
    """

    agreement: str
    place: str
    by: str
    at: str
    item: str
    recipient: str
    purpose: str
    consents: list[str]
    onward: str
    release: str | None
    receipt: str | None
    linked_by: str | None
    ended: list[str]
    not_named: str | None


class Exposed(Struct):
    """An onward release without leave: it does not count, by this article."""

    agreement: str
    place: str
    by: str
    item: str
    recipient: str
    code: str
    article: str | None


class WaitingOnward(Struct):
    """An onward release that is not done with here."""

    number: int
    agreement: str
    item: str
    under: str
    to: str
    purpose: str
    marking: str
    category: str
    form: str
    arrangement: str | None
    channel: str | None
    level: str
    drafted_by: str
    said: str | None
    release: str | None


class OnwardReply(Reply, tag_field="schema", tag="comity/third-party-list/1", kw_only=True):
    """What went to third parties, what did without leave, and what waits here."""

    said: list[Onward]
    without_leave: list[Exposed]
    waiting: list[WaitingOnward]


class WaitingReply(Reply, tag_field="schema", tag="comity/third-party-draft/1", kw_only=True):
    """An onward release that waits for its releasing officer."""

    waits: WaitingOnward


class DroppedReply(Reply, tag_field="schema", tag="comity/third-party-dropped/1", kw_only=True):
    """An onward release that was given up."""

    dropped: WaitingOnward


class PassedReply(Reply, tag_field="schema", tag="comity/third-party-release/1", kw_only=True):
    """Where it was said, where it was released, and what each agreement decided."""

    said: str
    release: str
    decisions: list[DecisionReply]


class TellBody(Struct, forbid_unknown_fields=True, kw_only=True):
    """Our own marking of a new level, where there are several."""

    marking: Word | None = None


class TellIncidentBody(Struct, forbid_unknown_fields=True, kw_only=True):
    """What happened in our own words, sealed beside it; the text of others is not sent on."""

    text: TextBody | None = None


class ToldReply(Reply, tag_field="schema", tag="comity/third-party-told/1", kw_only=True):
    """What was said to whom an item was passed on."""

    entered: list[EnteredStatement]


class IncidentToldReply(Reply, tag_field="schema", tag="comity/incident-told-on/1", kw_only=True):
    """What the originators were told."""

    entered: list[EnteredStatement]


@get(_PATH, summary="List onward releases", tags=_TAG)
async def list_onward(request: Request[Any, Any, Any]) -> OnwardReply:
    """List what went to third parties, by us and of ours, as far as one may know of the items."""
    desk = desk_of(request, Permission.ITEMS_READ)
    found = await onward_releases(desk.context)
    return reply(
        desk,
        OnwardReply,
        {
            "said": [each for each in found.said if await _may_know(desk, each)],
            "without_leave": [each for each in found.without_leave if await _may_know(desk, each)],
            "waiting": [each for each in found.waiting if await _may_know(desk, each)],
        },
    )


@post(
    "/agreements/{agreement:str}/items/{party:str}/{index:int}/third-party-releases",
    summary="Draft an onward release",
    tags=_TAG,
)
async def draft(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[OnwardBody],
) -> WaitingReply:
    """Decide an onward release as it would be now, and keep it for a releasing officer."""
    desk = desk_of(request, Permission.ITEMS_DRAFT)
    named, place = agreement_of(agreement), place_of(party, index)
    label = (await known_item(desk, named, place)).release.label
    to = parse_party_id(data.to, "to")
    refuse_own_party(desk, (to,))
    wish = OnwardDraft(
        named,
        place,
        under=parse_agreement_id(data.under, "under"),
        to=to,
        purpose=data.purpose,
        marking=data.marking,
        category=data.category or label.category,
        form=data.form or label.form,
        arrangement=None if data.through is None else parse_agreement_id(data.through, "through"),
        channel=data.channel,
    )
    kept = done(await draft_onward(desk.context, desk.person, wish))
    return reply(desk, WaitingReply, {"waits": passing_json(kept)})


@post(f"{_PATH}/{{number:int}}/approval", summary="Let an onward release go", tags=_TAG)
async def approve(request: Request[Any, Any, Any], number: Number) -> PassedReply:
    """Release what waits as its releasing officer, or go on with what was cut short."""
    desk = desk_of(request, Permission.ITEMS_RELEASE)
    kept = await _known(desk, number)
    passed = done(await pass_on(desk.context, desk.person, number))
    value = {
        "said": f"{kept.draft.agreement}/{passed.said}",
        "release": f"{kept.draft.under}/{passed.release}",
        "decisions": [decision_json(each) for each in passed.decisions],
    }
    return reply(desk, PassedReply, value)


@delete(f"{_PATH}/{{number:int}}", summary="Give up an onward release", tags=_TAG, status_code=200)
async def drop(request: Request[Any, Any, Any], number: Number) -> DroppedReply:
    """Give up what is not made; what was said of it to the originators stays said."""
    desk = desk_of(request, Permission.ITEMS_DRAFT)
    await _known(desk, number)
    dropped = done(await drop_onward(desk.context, desk.person, number))
    return reply(desk, DroppedReply, {"dropped": passing_json(dropped)})


@post(
    "/agreements/{agreement:str}/items/{party:str}/{index:int}/third-party-word",
    summary="Say on what originators said since",
    tags=_TAG,
)
async def tell(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[TellBody],
) -> ToldReply:
    """Say on, by either number of an item: a new level, a recall, or which copies ended there."""
    desk = desk_of(request, Permission.ITEMS_RELEASE)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_item(desk, named, place)
    said = done(await tell_on(desk.context, named, place, desk.person, marking=data.marking))
    return reply(desk, ToldReply, {"entered": [entered_json(each) for each in said]})


@post(
    "/agreements/{agreement:str}/incidents/{party:str}/{index:int}/third-party-word",
    summary="Tell originators of an incident where their items went",
    tags=_TAG,
)
async def tell_incident(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[TellIncidentBody],
) -> IncidentToldReply:
    """Tell the originators of items that we passed on, under the agreement that they came by."""
    desk = desk_of(request, Permission.INCIDENTS_REPORT)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_incident(desk, named, place)
    text = text_of(data.text)
    said = done(await tell_incident_on(desk.context, named, place, desk.person, text=text))
    return reply(desk, IncidentToldReply, {"entered": [entered_json(each) for each in said]})


async def _known(desk: Desk, number: int) -> KeptPassing:
    kept = await find_passing(desk.context, number)
    if not await _may_know(desk, passing_json(kept)):
        raise not_there()
    return kept


async def _may_know(desk: Desk, row: Any) -> bool:
    """Whoever keeps the registers knows of all; others of items that they may know of."""
    if keeps_registers(desk.caller.person):
        return True
    agreement, place = agreement_of(str(row["agreement"])), parse_place(str(row["item"]))
    return await find_known(desk.context, agreement, place, desk.person) is not None


THIRD_PARTIES: Final = (list_onward, draft, approve, drop, tell, tell_incident)
