# SPDX-License-Identifier: Apache-2.0
"""Agreements: which are pinned, where they stand, their text, and what may be done.

What binds the state is said at the command line. Source: DESIGN 4, 6
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Request, Response
from litestar.params import JSONBody, Parameter
from msgspec import Struct

from comity.agreement.model import Agreement
from comity.api.authority import tell_command
from comity.api.desk import Desk, desk_of
from comity.api.operations import get, post
from comity.api.places import AgreementPath, agreement_of
from comity.api.replies import not_there
from comity.api.shapes import (
    AgreementsReply,
    AgreementStateReply,
    AgreementTextReply,
    Anything,
    DecisionReply,
    reply,
)
from comity.basis.ids import AgreementId
from comity.basis.instants import parse_instant
from comity.basis.strict_json import format_json
from comity.decision.deciding import decide, decision_json
from comity.decision.request_reading import parse_request
from comity.flows.binding import is_binding
from comity.flows.listing import read_state
from comity.flows.set_up import pinned_agreements
from comity.flows.treaty import showing
from comity.flows.treaty.showing import AgreementLine
from comity.flows.treaty.tabled import find_tabled, find_text
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.foresight.plain_words import show_agreement
from comity.signin.permissions import Permission
from comity.statement.treaty import (
    AgreementAnnouncement,
    AgreementCounter,
    AgreementEndNotice,
    AgreementEntryNotification,
    AgreementInitial,
    AgreementInterpretation,
    AgreementPostpone,
    AgreementPropose,
    AgreementResumeCategory,
    AgreementSign,
    AgreementSuspendCategory,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
)

_TAG: Final = ["agreements"]
_PARTS: Final = ("at", "agreement", "lifecycle", "suspensions", "not_counted")
_TOML: Final = "application/toml"
_DIGITS: Final = 12

At = Annotated[
    str | None, Parameter(max_length=32, description="As it stood, or will stand, then. [now]")
]
Language = Annotated[
    Literal["en", "ja", "ko"] | None,
    Parameter(description="The page's language. [the node's own]"),
]


class LifecycleAct(StrEnum):
    """What a party says about an agreement."""

    PROPOSE = "propose"
    COUNTER = "counter"
    INITIAL = "initial"
    POSTPONE = "postpone"
    SIGN = "sign"
    NOTIFY_ENTRY = "notify-entry"
    GIVE_NOTICE = "give-notice"
    SUSPEND_NOTICE = "suspend-notice"
    WITHDRAW_NOTICE = "withdraw-notice"
    SUSPEND = "suspend"
    RESUME = "resume"
    INTERPRET = "interpret"
    ANNOUNCE = "announce"


_KINDS: Final = {
    LifecycleAct.PROPOSE: AgreementPropose.KIND,
    LifecycleAct.COUNTER: AgreementCounter.KIND,
    LifecycleAct.INITIAL: AgreementInitial.KIND,
    LifecycleAct.POSTPONE: AgreementPostpone.KIND,
    LifecycleAct.SIGN: AgreementSign.KIND,
    LifecycleAct.NOTIFY_ENTRY: AgreementEntryNotification.KIND,
    LifecycleAct.GIVE_NOTICE: AgreementEndNotice.KIND,
    LifecycleAct.SUSPEND_NOTICE: AgreementSuspendEndNotice.KIND,
    LifecycleAct.WITHDRAW_NOTICE: AgreementWithdrawEndNotice.KIND,
    LifecycleAct.SUSPEND: AgreementSuspendCategory.KIND,
    LifecycleAct.RESUME: AgreementResumeCategory.KIND,
    LifecycleAct.INTERPRET: AgreementInterpretation.KIND,
    LifecycleAct.ANNOUNCE: AgreementAnnouncement.KIND,
}


class DecisionBody(Struct, forbid_unknown_fields=True):
    """An agreement that is pinned here, and a request as AGREEMENTS section 4 has it."""

    agreement: str
    request: Anything


@get("/agreements", summary="List the agreements", tags=_TAG)
async def list_agreements(request: Request[Any, Any, Any]) -> AgreementsReply:
    """List the agreements that are pinned here, and where each stands now."""
    desk = desk_of(request, Permission.AGREEMENTS_READ)
    lines = [_line(each) for each in await showing.list_agreements(desk.context)]
    return reply(desk, AgreementsReply, {"agreements": lines})


@get("/agreements/{agreement:str}", summary="Show where an agreement stands", tags=_TAG)
async def show(
    request: Request[Any, Any, Any], agreement: AgreementPath, at: At = None
) -> AgreementStateReply:
    """Show state, dates, versions, notes, records and suspensions, in every party's reading."""
    desk = desk_of(request, Permission.AGREEMENTS_READ)
    instant = None if at is None else parse_instant(at, "at")
    named = agreement_of(agreement)
    state: Any = await read_state(desk.context, named, instant, parts=_PARTS)
    standing = {
        "state": state["lifecycle"]["state"],
        "binding": await is_binding(desk.context, named),
    }
    value = {**standing, **{name: state[name] for name in _PARTS}}
    return reply(desk, AgreementStateReply, value)


@get("/agreements/{agreement:str}/text", summary="Show an agreement in plain words", tags=_TAG)
async def show_text(
    request: Request[Any, Any, Any], agreement: AgreementPath, lang: Language = None
) -> AgreementTextReply:
    """Show the signed version in plain words, or else the one on the table."""
    desk = desk_of(request, Permission.AGREEMENTS_READ)
    view = await read_view(desk.context, agreement_of(agreement))
    found = _text_of(view)
    language = lang or desk.context.config.default_language
    value = {
        "agreement": found.id,
        "version": found.version,
        "sha256": found.sha256,
        "parties": [each.id for each in found.parties],
        "language": language,
        "page": show_agreement(found, language),
    }
    return reply(desk, AgreementTextReply, value)


@get(
    "/agreements/{agreement:str}/file",
    summary="Give the agreement file",
    tags=_TAG,
    media_type=_TOML,
)
async def give_file(request: Request[Any, Any, Any], agreement: AgreementPath) -> Response[bytes]:
    """Give the exact bytes that the parties signed, or that lie on the table."""
    desk = desk_of(request, Permission.AGREEMENTS_READ)
    view = await read_view(desk.context, agreement_of(agreement))
    headers = {"content-disposition": "attachment"}
    return Response(_text_of(view).raw, media_type=_TOML, headers=headers)


@post(
    "/agreements/{agreement:str}/lifecycle/{act:str}",
    summary="Say something about an agreement: at the command line",
    tags=_TAG,
    status_code=201,
)
async def act_on(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    act: Annotated[LifecycleAct, Parameter(description="What is to be said.")],
) -> None:
    """Answer that the authority's key signs this, and by which command."""
    desk = desk_of(request, Permission.AGREEMENTS_READ)
    named = agreement_of(agreement)
    what = "FILE" if act in (LifecycleAct.PROPOSE, LifecycleAct.COUNTER) else named
    meant = await _meant(desk, named, act)
    await tell_command(desk, _KINDS[act], named, f"agreement {act} {what}{meant}")


@post("/decisions", summary="Decide a request; nothing is done", tags=_TAG, status_code=200)
async def try_decision(
    request: Request[Any, Any, Any], data: JSONBody[DecisionBody]
) -> DecisionReply:
    """Decide any request under the signed version, as `comity decide` does with a file.

    A fact that the request leaves out is unknown, and what is unknown never permits.
    """
    desk = desk_of(request, Permission.AGREEMENTS_READ)
    view = await read_view(desk.context, agreement_of(data.agreement))
    question = parse_request(format_json(data.request))
    return msgspec.convert(decision_json(decide(view.agreement(), question)), DecisionReply)


async def _meant(desk: Desk, agreement: AgreementId, act: LifecycleAct) -> str:
    """Name the text on the table, which is what would be signed, and what is told of with it."""
    if act not in (LifecycleAct.INITIAL, LifecycleAct.SIGN):
        return ""
    if agreement not in await pinned_agreements(desk.context):
        return ""
    view = await read_view(desk.context, agreement)
    found = find_tabled(view)
    if found is None:
        return ""
    party = found.text.find_party(view.own)
    rule = None if party is None or act is LifecycleAct.INITIAL else party.before_signing
    told = "" if rule is None else "".join(f" --told '{each} DATE'" for each in rule.notices)
    return f" --sha256 {found.text.sha256[:_DIGITS]}{told}"


def _text_of(view: View) -> Agreement:
    found = find_text(view)
    if found is None:
        raise not_there()
    return found


def _line(line: AgreementLine) -> dict[str, Any]:
    return {
        "agreement": line.agreement,
        "parties": line.parties,
        "state": line.life.agreement_state,
        "version": None if line.signed is None else line.signed.version,
        "sha256": None if line.signed is None else line.signed.sha256,
    }


AGREEMENTS: Final = (
    list_agreements,
    show,
    show_text,
    give_file,
    act_on,
    try_decision,
)
