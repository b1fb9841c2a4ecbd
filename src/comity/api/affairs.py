# SPDX-License-Identifier: Apache-2.0
"""What is owed and what comes up; disputes, notified authorities, changes of law.

A row about an item that a person may not know of is left out without a trace. What a party says of
all this binds the state: the authority's key signs it at the command line.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Final

from litestar import Request, Response
from litestar.params import JSONBody, Parameter, QueryParameter
from msgspec import Meta, Struct

from comity.api.authority import tell_command
from comity.api.desk import Desk, desk_of, done
from comity.api.operations import get, post
from comity.api.places import AgreementPath, agreement_of
from comity.api.shapes import reply
from comity.api.shapes_affairs import (
    AuthoritiesReply,
    DisputesReply,
    DutiesReply,
    LawChangesReply,
    LawTaskReply,
    LawTasksReply,
)
from comity.basis.ids import AgreementId, parse_place
from comity.basis.instants import parse_instant
from comity.basis.strict_json import JsonValue
from comity.decision.clearances import renewal_json
from comity.decision.officers import vacancy_json
from comity.flows.binding import not_binding
from comity.flows.duties.listing import Owed, list_duties, owed_json
from comity.flows.facts import find_person
from comity.flows.listing import may_know_all, read_state
from comity.flows.people.clearances import list_renewals
from comity.flows.people.officers import list_vacancies
from comity.flows.set_up import pinned_agreements
from comity.flows.treaty.law_tasks import close_task, list_tasks, open_task, task_json
from comity.flows.turns import read_view
from comity.signin.permissions import Permission
from comity.statement.affairs import (
    DisputeOpen,
    DisputeSettle,
    DutyExtend,
    DutyWaive,
    PartyAuthority,
    PartyLawChange,
)

_TAG: Final = ["duties"]
_CALENDAR: Final = "text/calendar"

At = Annotated[
    str | None, Parameter(max_length=32, description="As they stand, or will stand, then. [now]")
]
Every = Annotated[
    bool,
    QueryParameter(name="all", description="Also what is done or waived, not only what is owed."),
]


class Affair(StrEnum):
    """What a party says of authorities, laws, disputes and duties."""

    OPEN_DISPUTE = "open-dispute"
    SETTLE_DISPUTE = "settle-dispute"
    NOTIFY_AUTHORITY = "notify-authority"
    TELL_LAW = "tell-law"
    WAIVE_DUTY = "waive-duty"
    EXTEND_DUTY = "extend-duty"


class CauseBody(Struct, forbid_unknown_fields=True):
    """What changed, in a few words."""

    cause: Annotated[str, Meta(max_length=200)]


class CloseBody(Struct, forbid_unknown_fields=True):
    """The notice by which partners were told, or the reason why they are not."""

    notice: Annotated[str, Meta(max_length=64)] | None = None
    reason: Annotated[str, Meta(max_length=1000)] | None = None


_COMMANDS: Final = {
    Affair.OPEN_DISPUTE: (DisputeOpen.KIND, "dispute open --article ARTICLE"),
    Affair.SETTLE_DISPUTE: (DisputeSettle.KIND, "dispute settle DISPUTE"),
    Affair.NOTIFY_AUTHORITY: (PartyAuthority.KIND, "authority notify --name NAME"),
    Affair.TELL_LAW: (PartyLawChange.KIND, "law tell --law LAW --effect CODE --article ARTICLE"),
    Affair.WAIVE_DUTY: (DutyWaive.KIND, "duty waive ID"),
    Affair.EXTEND_DUTY: (DutyExtend.KIND, "duty extend ID --until DATE"),
}


@get("/duties", summary="List what is owed and what comes up", tags=_TAG)
async def show_duties(
    request: Request[Any, Any, Any],
    at: At = None,
    every: Every = False,
) -> DutiesReply:
    """List duties under every agreement, the earliest due first, and what comes up.

    Clearances that end or are to be looked at again, and facilities that have no control officer or
    soon will: one's own, and everybody's to who keeps the register of persons.
    """
    desk = desk_of(request, Permission.AGREEMENTS_READ)
    owed = await _owed(desk, at, live=not every)
    shapes = [owed_json(each) for each in owed]
    value = {
        "not_binding": [*await not_binding(desk.context, (each.agreement for each in owed))],
        "duties": [duty for each in shapes for duty in each["duties"]],
        "coming": [coming for each in shapes for coming in each["coming"]],
        "clearances": await _clearances(desk, at),
        "officers": await _officers(desk, at),
    }
    return reply(desk, DutiesReply, value)


@get("/duties.ics", summary="Give them as a calendar", tags=_TAG, media_type=_CALENDAR)
async def show_calendar(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Give what is owed and what comes up as an iCalendar file (RFC 5545)."""
    desk = desk_of(request, Permission.AGREEMENTS_READ)
    owed = await _owed(desk, None, live=True)
    config = desk.context.config
    from comity.flows.duties.calendar import calendar_of  # 3 MiB, for whoever asks for one

    raw = calendar_of(owed, exercise=config.exercise, language=config.default_language)
    return Response(raw, media_type=_CALENDAR)


@get("/agreements/{agreement:str}/disputes", summary="List the disputes", tags=_TAG)
async def list_disputes(request: Request[Any, Any, Any], agreement: AgreementPath) -> DisputesReply:
    """List disputes, and who has said that they are settled."""
    desk = desk_of(request, Permission.AGREEMENTS_READ)
    named = agreement_of(agreement)
    rows = await _rows(desk, named, "disputes")
    view = await read_view(desk.context, named)
    person = await find_person(desk.context, desk.person)
    state, seen = view.fold.state, []
    for row in rows:
        if may_know_all(state, person, map(parse_place, row["about"])):
            seen.append(row)
    return reply(desk, DisputesReply, {"disputes": seen})


@get("/agreements/{agreement:str}/authorities", summary="List notified authorities", tags=_TAG)
async def list_authorities(
    request: Request[Any, Any, Any], agreement: AgreementPath
) -> AuthoritiesReply:
    """List the competent authorities that every party has notified, the oldest first."""
    desk = desk_of(request, Permission.AGREEMENTS_READ)
    rows = await _rows(desk, agreement_of(agreement), "authorities")
    return reply(desk, AuthoritiesReply, {"authorities": rows})


@get("/agreements/{agreement:str}/law-changes", summary="List changes of law", tags=_TAG)
async def list_law_changes(
    request: Request[Any, Any, Any], agreement: AgreementPath
) -> LawChangesReply:
    """List the changes of law that every party has told of."""
    desk = desk_of(request, Permission.AGREEMENTS_READ)
    rows = await _rows(desk, agreement_of(agreement), "law_changes")
    return reply(desk, LawChangesReply, {"law_changes": rows})


@get("/agreements/{agreement:str}/law-tasks", summary="List changes to be told", tags=_TAG)
async def list_law_tasks(
    request: Request[Any, Any, Any], agreement: AgreementPath
) -> LawTasksReply:
    """List the changes of our own laws and tables that partners are still to be told of."""
    desk = desk_of(request, Permission.AGREEMENTS_READ)
    named = agreement_of(agreement)
    await read_view(desk.context, named)
    tasks = [task_json(each) for each in await list_tasks(desk.context, named)]
    return reply(desk, LawTasksReply, {"tasks": tasks})


@post("/agreements/{agreement:str}/law-tasks", summary="Note a change to be told", tags=_TAG)
async def open_law_task(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[CauseBody]
) -> LawTaskReply:
    """Note that a law, table or rule of ours has changed, which partners are to be told of."""
    desk = desk_of(request, Permission.REQUESTS_WRITE)
    task = done(await open_task(desk.context, agreement_of(agreement), data.cause, desk.person))
    return reply(desk, LawTaskReply, {"task": task_json(task)})


@post(
    "/agreements/{agreement:str}/law-tasks/{number:int}/close",
    summary="Close it by a notice or a reason",
    tags=_TAG,
    status_code=200,
)
async def close_law_task(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    number: Annotated[int, Parameter(ge=1, le=999_999, description="The task's number.")],
    data: JSONBody[CloseBody],
) -> LawTaskReply:
    """Close a task by a notice that was sent since, or by a recorded reason; by nothing else."""
    desk = desk_of(request, Permission.REQUESTS_WRITE)
    notice = None if data.notice is None else parse_place(data.notice, "notice")
    closed = await close_task(
        desk.context,
        agreement_of(agreement),
        number,
        desk.person,
        notice=notice,
        reason=data.reason,
    )
    return reply(desk, LawTaskReply, {"task": task_json(done(closed))})


@post(
    "/agreements/{agreement:str}/affairs/{act:str}",
    summary="Say something that binds the state: at the command line",
    tags=_TAG,
    status_code=201,
)
async def act_on(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    act: Annotated[Affair, Parameter(description="What is to be said.")],
) -> None:
    """Answer that the authority's key signs this, and by which command."""
    desk = desk_of(request, Permission.AGREEMENTS_READ)
    named, (kind, command) = agreement_of(agreement), _COMMANDS[act]
    await tell_command(desk, kind, named, f"{command} --agreement {named}")


async def _owed(desk: Desk, at: str | None, *, live: bool) -> list[Owed]:
    instant = None if at is None else parse_instant(at, "at")
    return [
        await list_duties(desk.context, each, desk.person, at=instant, live=live)
        for each in await pinned_agreements(desk.context)
    ]


async def _clearances(desk: Desk, at: str | None) -> list[JsonValue]:
    """Give whose clearance comes up; a token that may not read the register shows one's own."""
    now = desk.context.ports.clock.now() if at is None else parse_instant(at, "at")
    found = await list_renewals(desk.context, desk.person, at=now)
    sees_all = desk.caller.may(Permission.PEOPLE_READ)
    return [renewal_json(each, now) for each in found if sees_all or each.person == desk.person]


async def _officers(desk: Desk, at: str | None) -> list[JsonValue]:
    """Give the facilities without an officer; a token that may not read the register: one's own."""
    now = desk.context.ports.clock.now() if at is None else parse_instant(at, "at")
    found = await list_vacancies(desk.context, desk.person, at=now)
    sees_all = desk.caller.may(Permission.PEOPLE_READ)
    return [vacancy_json(each, now) for each in found if sees_all or each.officer == desk.person]


async def _rows(desk: Desk, agreement: AgreementId, part: str) -> list[Any]:
    state: Any = await read_state(desk.context, agreement, parts=(part,))
    rows: list[Any] = state[part]
    return rows


AFFAIRS: Final = (
    show_duties,
    show_calendar,
    list_disputes,
    list_authorities,
    list_law_changes,
    list_law_tasks,
    open_law_task,
    close_law_task,
    act_on,
)
