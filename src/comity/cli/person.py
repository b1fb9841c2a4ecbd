# SPDX-License-Identifier: Apache-2.0
"""`comity person`: who is cleared to what, until when, where, and in which role.

A registrar keeps the register (`--as`); while there is none, whoever runs the node may begin it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import click

from comity.basis.ids import parse_person_id
from comity.basis.instants import Date, Instant, format_date, parse_date
from comity.basis.strict_json import JsonValue
from comity.cli.moments import expiry_words, parse_beginning, parse_ending
from comity.cli.nouns import Noun
from comity.cli.person_password import password_command
from comity.cli.printing import labelled, say, shown, shown_instant
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.people import (
    Facility,
    Person,
    RecordChanges,
    Role,
    blank_record,
    change_record,
    is_registered,
    parse_role,
    unregistered_why,
)
from comity.decision.registrars import is_present
from comity.decision.stages import Refused
from comity.flows.facts import find_facility, list_facilities, list_persons
from comity.flows.people.register import (
    add_person,
    change_person,
    known_categories,
    known_levels,
)
from comity.flows.shapes import CLEARANCE_BASIS, person_json

NEVER = "never"
_DAYS = ("clearance_until", "clearance_on", "clearance_review")
_NOTHING = {"clearance": ("", "none"), "clearance_until": (NEVER,)}
"""What takes something of a clearance away, where that is not an empty text alone."""


@click.group(cls=Noun)
def person() -> None:
    """The register of persons: clearance, need-to-know, posts and roles.

    Nothing on the register opens content by itself: clearance, need-to-know and the register of a
    facility are all asked for, each time. Records are never taken away: who leaves is marked so.
    """


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the options say; None: not spoken of."""

    facility: str | None
    kind: str | None
    roles: tuple[str, ...]
    posts: tuple[str, ...]
    need_to_know: tuple[str, ...]
    clearance: str | None
    clearance_until: str | None
    clearance_by: str | None
    clearance_on: str | None
    clearance_reference: str | None
    clearance_review: str | None
    begins: str | None
    ends: str | None


def _record_options(*, adding: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the options of a record; lists given once replace those held."""
    now = " [now]" if adding else ""
    official = " [official]" if adding else ""
    whole = "" if adding else " Replaces those held; an empty text takes them away."

    def option(*names: str, **settings: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return click.option(*names, **settings)

    options = (
        option("--facility", required=adding, metavar="FACILITY", help="Where the person works."),
        option("--kind", help=f"The kind of person that agreements ask for.{official}"),
        option(
            "--role",
            "roles",
            multiple=True,
            metavar="ROLE",
            help=f"What the person does here; once for each: {', '.join(Role)}.{whole}",
        ),
        option(
            "--post",
            "posts",
            multiple=True,
            help=f"A post that the person holds; once for each.{whole}",
        ),
        option(
            "--need-to-know",
            multiple=True,
            metavar="CATEGORY",
            help=f"A category that the person needs to know; once for each.{whole}",
        ),
        option("--clearance", metavar="LEVEL", help="A level of the agreements; none takes it."),
        option(
            "--clearance-until",
            metavar="DATE",
            help="The last day of the clearance; never means without end.",
        ),
        option("--clearance-by", metavar="BODY", help="Which body granted the clearance."),
        option("--clearance-on", metavar="DATE", help="The day on which it was granted."),
        option(
            "--clearance-reference",
            metavar="NUMBER",
            help="The number of the decision in that body's file; no words.",
        ),
        option("--clearance-review", metavar="DATE", help="By when it is looked at again."),
        option("--from", "begins", metavar="WHEN", help=f"When the person begins.{now}"),
        option("--until", "ends", metavar="WHEN", help="When the person leaves; never undoes it."),
    )

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for each in reversed(options):
            command = each(command)
        return command

    return decorate


@person.command(
    "add",
    epilog="WHEN is now, a day (2016-12-31) or an instant (2016-12-31T03:00:00Z).\n\n"
    "Example: comity person add kor-017 --facility seoul-1 --role reader --clearance SECRET "
    "--clearance-until 2017-12-31 --need-to-know missile-warning --node kor",
)
@click.argument("person_id", metavar="PERSON")
@_record_options(adding=True)
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def add(desk: Desk, *, person_id: str, **options: Any) -> int | None:
    """Put PERSON on the register."""
    now = desk.context.ports.clock.now()
    blank = blank_record(parse_person_id(person_id, "PERSON"), now)
    record = change_record(blank, _changes(_Wish(**options), now))
    return await _answer(desk, "added", await add_person(desk.context, record, desk.person))


@person.command(
    "change",
    epilog="WHEN is now, a day or an instant.\n\n"
    "Example: comity person change kor-017 --until now --node kor --as kor-001",
)
@click.argument("person_id", metavar="PERSON")
@_record_options(adding=False)
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def change(desk: Desk, *, person_id: str, **options: Any) -> int | None:
    """Change the record of PERSON; what is not named stays. --until now: the person leaves."""
    changes = _changes(_Wish(**options), desk.context.ports.clock.now())
    outcome = await change_person(
        desk.context,
        parse_person_id(person_id, "PERSON"),
        lambda record: change_record(record, changes),
        desk.person,
    )
    return await _answer(desk, "changed", outcome)


@person.command("list", epilog="Example: comity person list --node kor")
@click.option("--all", "everybody", is_flag=True, help="Show those who left, too.")
@node_command(writing=False)
async def list_register(desk: Desk, *, everybody: bool) -> None:
    """List the register: clearances that end within 60 days say so."""
    now = desk.context.ports.clock.now()
    whole = await list_persons(desk.context)
    listed = [each for each in whole if everybody or not _has_left(each, now)]
    places = {each.id: each for each in await list_facilities(desk.context)}
    lines = [line for each in listed for line in _lines(each, places.get(each.facility), now)]
    value: dict[str, JsonValue] = {
        "persons": [person_json(each, places.get(each.facility), now) for each in listed]
    }
    desk.show("comity/person-list/1", value, lines or ["nobody is on the register"])
    left = len(whole) - len(listed)
    if left and not desk.as_json:
        say(f"{left} who left are not shown: --all")
    if not whole:
        say("hint: begin with a facility and a registrar: comity facility add, comity person add")


person.add_command(password_command)


def _lines(record: Person, place: Facility | None, now: Instant) -> Iterator[str]:
    """Say a record in lines, its person first."""
    yield f"{record.id}: {shown(record.kind)} at {shown(record.facility)}"
    yield labelled("roles", ", ".join(record.roles) or "none")
    yield labelled("posts", shown(", ".join(record.posts)) or "none")
    yield labelled("clearance", _clearance_words(record, now))
    if record.clearance is not None:
        yield labelled("rests on", _basis_words(record, now))
    yield labelled("need to know", shown(", ".join(record.need_to_know)) or "nothing")
    until = record.registered_until
    ended = "" if until is None else f" until {shown_instant(until)}"
    yield labelled("registered", f"from {shown_instant(record.registered_from)}{ended}")
    if not is_present(record, now):
        yield labelled("", "NOT ON THE REGISTER NOW")
    elif not is_registered(record, place, now):
        yield labelled("", f"NOT COUNTED: {shown(unregistered_why(record, place, now))}")


def _changes(wish: _Wish, now: Instant) -> RecordChanges:
    """Read what the options say of a record; an empty text in a list takes the list away."""
    lists = {"posts": wish.posts, "need_to_know": wish.need_to_know, "roles": wish.roles}
    named: dict[str, Any] = {
        name: tuple(word for word in words if word) for name, words in lists.items() if words
    }
    if wish.roles:
        named["roles"] = tuple(parse_role(each) for each in named["roles"])
    for name in ("facility", "kind"):
        if getattr(wish, name):
            named[name] = getattr(wish, name)
    for name in ("clearance", "clearance_until", *CLEARANCE_BASIS):
        text = getattr(wish, name)
        if text is not None:
            named[name] = _of_clearance(name, text)
    if wish.begins is not None:
        named["registered_from"] = parse_beginning(wish.begins, now, "--from")
    if wish.ends is not None:
        ends = None if wish.ends == NEVER else parse_ending(wish.ends, now, "--until")
        named["registered_until"] = ends
    return cast("RecordChanges", named)  # of the record's fields, each read


def _of_clearance(name: str, text: str) -> str | Date | None:
    """Read what is said of a clearance: nothing of it, a day, or words."""
    if text in _NOTHING.get(name, ("",)):
        return None
    return parse_date(text, f"--{name.replace('_', '-')}") if name in _DAYS else text


def _has_left(record: Person, now: Instant) -> bool:
    return record.registered_until is not None and record.registered_until <= now


def _clearance_words(record: Person, now: Instant) -> str:
    if record.clearance is None:
        return "none"
    if record.clearance_until is None:
        return f"{shown(record.clearance)}, without end"
    soon = expiry_words(record.clearance_until, now)
    last = format_date(record.clearance_until)
    return f"{shown(record.clearance)} until {last}{f' ({soon})' if soon else ''}"


def _basis_words(record: Person, now: Instant) -> str:
    """Say what a clearance rests on, as far as it is recorded."""
    words = [shown(record.clearance_by or "no granting body on record")]
    if record.clearance_on is not None:
        words.append(f"of {format_date(record.clearance_on)}")
    if record.clearance_reference is not None:
        words.append(f"number {record.clearance_reference}")
    review = record.clearance_review
    if review is not None:
        soon = {"": "", "EXPIRED": " (PASSED)"}.get(expiry_words(review, now), " (soon)")
        words.append(f"review by {format_date(review)}{soon}")
    return ", ".join(words)


async def _answer(desk: Desk, done: str, outcome: Person | Refused) -> int | None:
    if isinstance(outcome, Refused):
        return desk.refuse(outcome)
    now = desk.context.ports.clock.now()
    place = await find_facility(desk.context, outcome.facility)
    lines = [done, *_lines(outcome, place, now)]
    desk.show("comity/person/1", {"person": person_json(outcome, place, now)}, lines)
    if not desk.as_json:
        await _warn_of_unknown_level(desk, outcome)
        await _warn_of_unknown_categories(desk, outcome)
    return None


async def _warn_of_unknown_level(desk: Desk, record: Person) -> None:
    levels = await known_levels(desk.context)
    if record.clearance is not None and levels and record.clearance not in levels:
        say(f"warning: no agreement here knows the level {shown(record.clearance)}")
        say(f"hint: levels are {shown(', '.join(levels))}: comity person change {record.id}")


async def _warn_of_unknown_categories(desk: Desk, record: Person) -> None:
    known = await known_categories(desk.context)
    unknown = [each for each in record.need_to_know if each not in known]
    if known and unknown:
        say(f"warning: no agreement here knows the category {shown(', '.join(unknown))}")
        say(f"hint: categories are {shown(', '.join(known))}: comity person change {record.id}")
