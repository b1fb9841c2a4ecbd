# SPDX-License-Identifier: Apache-2.0
"""The register of persons and facilities, and tokens: read by those who keep it, changed by a
registrar, never one's own record.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, cast

from litestar import Request
from litestar.params import JSONBody, Parameter
from msgspec import UNSET, Meta, Struct, UnsetType

from comity.api.desk import Desk, desk_of, done
from comity.api.operations import delete, get, patch, put
from comity.api.places import PersonPath
from comity.api.replies import not_there
from comity.api.shapes import (
    FacilitiesReply,
    FacilityRegisterReply,
    FacilityReply,
    PeopleReply,
    PersonReply,
    TokensReply,
    reply,
)
from comity.basis.ids import parse_person_id
from comity.basis.instants import Instant, format_instant, parse_date, parse_instant
from comity.decision.people import (
    Facility,
    Person,
    RecordChanges,
    blank_record,
    change_record,
    parse_role,
)
from comity.flows.facts import find_facility, list_facilities, list_persons
from comity.flows.people.register import (
    add_person,
    change_person,
    set_facility,
)
from comity.flows.people.register_then import register_at, then_json
from comity.flows.shapes import facility_json, person_json
from comity.signin.permissions import Permission, permissions_of
from comity.signin.tokens import list_tokens, revoke_token, token_json

NOW: Final = "now"

_TAG: Final = ["people"]
_DAYS: Final = ("clearance_until", "clearance_on", "clearance_review")
_MOMENTS: Final = ("registered_from", "registered_until")

Word = Annotated[str, Meta(max_length=100)]
Words = Annotated[list[Word], Meta(max_length=64)]
Moment = Annotated[str, Meta(max_length=32)]
FacilityPath = Annotated[
    str, Parameter(pattern="^[a-z0-9][a-z0-9._-]{0,63}$", description="The facility's id.")
]
TokenPath = Annotated[
    str, Parameter(pattern="^[0-9a-f]{16}$", description="The token's id, as the list shows it.")
]


At = Annotated[
    str | None, Parameter(max_length=32, description="As the register stood then. [now]")
]


class RecordBody(Struct, forbid_unknown_fields=True):
    """What changes of a person's record; what is left out stays as it is.

    A clearance is given with its last day (null: without end), and what it rests on is given with
    it anew; `clearance_reference` is a number, no words. Moments are instants, or `now`.
    """

    facility: Word | UnsetType = UNSET
    kind: Word | UnsetType = UNSET
    roles: Words | UnsetType = UNSET
    posts: Words | UnsetType = UNSET
    need_to_know: Words | UnsetType = UNSET
    clearance: Word | UnsetType | None = UNSET
    clearance_until: Moment | UnsetType | None = UNSET
    clearance_by: Word | UnsetType | None = UNSET
    clearance_on: Moment | UnsetType | None = UNSET
    clearance_reference: Word | UnsetType | None = UNSET
    clearance_review: Moment | UnsetType | None = UNSET
    registered_from: Moment | UnsetType = UNSET
    registered_until: Moment | UnsetType | None = UNSET


class FacilityBody(Struct, forbid_unknown_fields=True):
    """Who answers for the facility, and until when; null: nobody, and nothing is opened there.

    `firm` is the contractor whose facility it is.
    """

    control_officer: Word | None
    officer_until: Word | None = None
    firm: Word | None = None


@get("/people", summary="List the register of persons", tags=_TAG)
async def show_people(request: Request[Any, Any, Any]) -> PeopleReply:
    """List every person, those who left included."""
    desk = desk_of(request, Permission.PEOPLE_READ)
    places = {each.id: each for each in await list_facilities(desk.context)}
    now = desk.context.ports.clock.now()
    whole = await list_persons(desk.context)
    rows = [person_json(each, places.get(each.facility), now) for each in whole]
    return reply(desk, PeopleReply, {"persons": rows})


@get("/people/{person:str}", summary="Show a person's record", tags=_TAG)
async def show_person(request: Request[Any, Any, Any], person: PersonPath) -> PersonReply:
    """Show a record: anybody's to those who keep the register, one's own to everybody."""
    desk = desk_of(request)
    named = parse_person_id(person, "person")
    if named != desk.person:
        desk = desk_of(request, Permission.PEOPLE_READ)
    for each in await list_persons(desk.context):
        if each.id == named:
            return await _person(desk, each)
    raise not_there()


@put("/people/{person:str}", summary="Put a person on the register", tags=_TAG, status_code=201)
async def add(
    request: Request[Any, Any, Any], person: PersonPath, data: JSONBody[RecordBody]
) -> PersonReply:
    """Put a person on the register, as a registrar; there must not be one of that id."""
    desk = desk_of(request, Permission.PEOPLE_WRITE)
    now = desk.context.ports.clock.now()
    blank = blank_record(parse_person_id(person, "person"), now)
    added = await add_person(desk.context, change_record(blank, _changes(data, now)), desk.person)
    return await _person(desk, done(added))


@patch("/people/{person:str}", summary="Change a person's record", tags=_TAG)
async def change(
    request: Request[Any, Any, Any], person: PersonPath, data: JSONBody[RecordBody]
) -> PersonReply:
    """Change what is named; who leaves gets `registered_until`, and is out at once."""
    desk = desk_of(request, Permission.PEOPLE_WRITE)
    now = desk.context.ports.clock.now()
    named = parse_person_id(person, "person")
    changes = _changes(data, now)
    changed = await change_person(
        desk.context, named, lambda record: change_record(record, changes), desk.person
    )
    return await _person(desk, done(changed))


@get("/facilities", summary="List the facilities", tags=_TAG)
async def show_facilities(request: Request[Any, Any, Any]) -> FacilitiesReply:
    """List the facilities and their control officers."""
    desk = desk_of(request, Permission.PEOPLE_READ)
    found = [facility_json(each) for each in await list_facilities(desk.context)]
    return reply(desk, FacilitiesReply, {"facilities": found})


@get(
    "/facilities/{facility:str}/register",
    summary="Show a facility's register as of any past instant",
    tags=_TAG,
)
async def show_register(
    request: Request[Any, Any, Any], facility: FacilityPath, at: At = None
) -> FacilityRegisterReply:
    """Show who was cleared and authorised there, and by whom, as the journal has it."""
    desk = desk_of(request, Permission.PEOPLE_READ)
    moment = desk.context.ports.clock.now() if at is None else parse_instant(at, "at")
    (found,) = await register_at(desk.context, moment, facility=facility)
    value = {"at": format_instant(moment), "register": then_json(found)}
    return reply(desk, FacilityRegisterReply, value)


@put("/facilities/{facility:str}", summary="Put a facility on the register", tags=_TAG)
async def put_facility(
    request: Request[Any, Any, Any], facility: FacilityPath, data: JSONBody[FacilityBody]
) -> FacilityReply:
    """Put a facility on the register, or name its control officer, as a registrar."""
    desk = desk_of(request, Permission.PEOPLE_WRITE)
    officer = None
    if data.control_officer is not None:
        officer = parse_person_id(data.control_officer, "control_officer")
    until = None if data.officer_until is None else parse_date(data.officer_until, "officer_until")
    wanted = Facility(facility, officer, until, data.firm)
    outcome = await set_facility(desk.context, wanted, desk.person)
    return reply(desk, FacilityReply, {"facility": facility_json(done(outcome))})


@get("/tokens", summary="List tokens", tags=["sign-in"])
async def show_tokens(request: Request[Any, Any, Any]) -> TokensReply:
    """List one's own tokens, and everybody's to those who keep the register of persons.

    They are made at the node's command line: comity token create.
    """
    desk = desk_of(request)
    now = desk.context.ports.clock.now()
    whose = None if desk.caller.may(Permission.PEOPLE_READ) and _keeps(desk) else desk.person
    rows = [token_json(each, now) for each in await list_tokens(desk.context, whose)]
    return reply(desk, TokensReply, {"tokens": rows})


@delete("/tokens/{token:str}", summary="Revoke a token", tags=["sign-in"], status_code=200)
async def revoke(request: Request[Any, Any, Any], token: TokenPath) -> TokensReply:
    """Revoke a token, as a registrar: it is good for nothing from now on."""
    desk = desk_of(request, Permission.PEOPLE_WRITE)
    revoked = done(await revoke_token(desk.context, token, desk.person))
    now = desk.context.ports.clock.now()
    return reply(desk, TokensReply, {"tokens": [token_json(revoked, now)]})


def _keeps(desk: Desk) -> bool:
    return Permission.PEOPLE_READ in permissions_of(desk.caller.person.roles)


async def _person(desk: Desk, record: Person) -> PersonReply:
    place = await find_facility(desk.context, record.facility)
    now = desk.context.ports.clock.now()
    return reply(desk, PersonReply, {"person": person_json(record, place, now)})


def _changes(wish: RecordBody, now: Instant) -> RecordChanges:
    """Read what a body says of a record."""
    named: dict[str, Any] = {
        name: value
        for name in wish.__struct_fields__
        if (value := getattr(wish, name)) is not UNSET
    }
    reads: dict[str, Callable[[Any, str], Any]] = {
        "posts": lambda words, _: tuple(words),
        "need_to_know": lambda words, _: tuple(words),
        "roles": lambda words, _: tuple(parse_role(each) for each in words),
        **dict.fromkeys(_DAYS, parse_date),
        **dict.fromkeys(_MOMENTS, lambda text, where: _moment(text, where, now)),
    }
    for name, read in reads.items():
        if named.get(name) is not None:
            named[name] = read(named[name], name)
    return cast("RecordChanges", named)  # of the body's fields, each read


def _moment(text: str, where: str, now: Instant) -> Instant:
    return now if text == NOW else parse_instant(text, where)


PEOPLE: Final = (
    show_people,
    show_person,
    add,
    change,
    show_facilities,
    show_register,
    put_facility,
    show_tokens,
    revoke,
)
