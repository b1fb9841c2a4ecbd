# SPDX-License-Identifier: Apache-2.0
"""`comity facility`: places that handle items, each with the control officer who answers for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import click

from comity.basis.errors import StateError, excerpt
from comity.basis.ids import parse_person_id
from comity.basis.instants import (
    Date,
    Instant,
    Zone,
    date_of,
    end_of_day,
    format_date,
    format_instant,
    format_zone,
    parse_instant_canonical,
)
from comity.basis.strict_json import JsonValue
from comity.cli.moments import NOW, expiry_words
from comity.cli.nouns import Noun
from comity.cli.options import date_option, parse_until, reading
from comity.cli.outputs import refuse_taken, write_new_file
from comity.cli.printing import labelled, say, shown, shown_instant
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.people import Facility, is_cleared
from comity.decision.stages import Refused
from comity.flows.facts import find_facility, find_record, list_facilities
from comity.flows.people.register import add_facility, set_facility
from comity.flows.people.register_then import (
    moment_of,
    register_at,
    register_table,
    then_json,
)
from comity.flows.shapes import facility_json
from comity.flows.zones import common_zone


def _parse_when(text: str, where: str) -> Date | Instant | None:
    """Read `now` (None), a day or an instant."""
    return None if text == NOW else parse_until(text, where)


@click.group(cls=Noun)
def facility() -> None:
    """Facilities, and who answers for each.

    A facility without a control officer registers nobody: nothing is opened there.
    """


@facility.command("add", epilog="Example: comity facility add seoul-1 --node kor")
@click.argument("facility_id", metavar="FACILITY")
@click.option("--firm", metavar="FIRM", help="The contractor whose facility it is. [our own]")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def add(desk: Desk, *, facility_id: str, firm: str | None) -> int | None:
    """Put FACILITY on the register; its control officer is named once that person is there."""
    return await _answer(desk, await add_facility(desk.context, facility_id, firm, desk.person))


@facility.command(
    "change", epilog="Example: comity facility change seoul-1 --control-officer kor-001 --node kor"
)
@click.argument("facility_id", metavar="FACILITY")
@click.option(
    "--control-officer",
    required=True,
    metavar="PERSON",
    help="Who answers for the facility, a person of it; none: nobody does.",
)
@date_option("--until", help_text="The last day of the officer's term. [without end]")
@node_command(writing=True, person=AsPerson.OPTIONAL)
async def change(
    desk: Desk, *, facility_id: str, control_officer: str, until: Date | None
) -> int | None:
    """Name the control officer of FACILITY, and until when."""
    known = await find_facility(desk.context, facility_id)
    if known is None:
        raise StateError(
            "facility.unknown",
            "no such facility on this node's register",
            found=excerpt(facility_id),
            hint="list them: comity facility list",
        )
    none = control_officer == "none"
    officer = None if none else parse_person_id(control_officer, "--control-officer")
    ends = None if none else until
    return await _set(desk, replace(known, control_officer=officer, officer_until=ends))


@facility.command("list", epilog="Example: comity facility list --node kor")
@node_command(writing=False)
async def list_all(desk: Desk) -> None:
    """List the facilities and their control officers."""
    found = await list_facilities(desk.context)
    value: dict[str, JsonValue] = {"facilities": [facility_json(each) for each in found]}
    now = desk.context.ports.clock.now()
    lines = [_line(each, now) for each in found]
    desk.show("comity/facility-list/1", value, lines or ["no facility is on the register"])


@facility.command(
    epilog="A date is a day in the zone of the agreements that are signed here, or in UTC where "
    "these differ: the register is shown as it stood at the end of that day.\n\n"
    "Example: comity facility register seoul-1 --at 2016-12-31 --csv seoul-1.csv --node kor"
)
@click.argument("facility_id", metavar="[FACILITY]", required=False)
@click.option(
    "--at",
    callback=reading(_parse_when),
    metavar="DATE|INSTANT",
    help="As the register stood then. [now]",
)
@click.option("--csv", "csv_file", metavar="FILE", help="Write it as a table to FILE, too.")
@node_command(writing=False)
async def register(
    desk: Desk, *, facility_id: str | None, at: Date | Instant | None, csv_file: str | None
) -> None:
    """Show who was cleared and authorised at FACILITY, or at each, as of any past date.

    It is read back from the journal, where each change stands with who made it; what was put right
    later is not in it.
    """
    if csv_file is not None:
        refuse_taken(csv_file)
    zone = await common_zone(desk.context)
    instant = moment_of(at, zone, desk.context.ports.clock.now())
    head = _head(at, zone, instant)
    found = await register_at(desk.context, instant, facility=facility_id)
    rows: list[Any] = [then_json(each) for each in found]
    if csv_file is not None:
        write_new_file(csv_file, [register_table(rows)])
    value: dict[str, JsonValue] = {
        "at": format_instant(instant),
        "zone": format_zone(zone),
        "facilities": rows,
    }
    lines = [f"as of {head}", *(line for row in rows for line in _register(row))]
    if not rows:
        lines.append("no facility was on the register then")
    desk.show("comity/facility-register/1", value, lines)


def _head(at: Date | Instant | None, zone: Zone, instant: Instant) -> str:
    """Say when: of a day that is over its end, in its zone."""
    if (
        isinstance(at, Date)
        and date_of(instant, zone) == at
        and end_of_day(at, zone) - 1 == instant
    ):
        return f"the end of {format_date(at)} ({format_zone(zone)}), {shown_instant(instant)}"
    return shown_instant(instant)


def _register(row: dict[str, Any]) -> Iterator[str]:
    officer = row["control_officer"] or "NONE, so nobody counted as registered"
    firm = "" if row["firm"] is None else f", of firm {shown(row['firm'])}"
    yield f"{shown(row['facility'])}{firm}: control officer {officer}"
    for each in row["persons"]:
        yield f"  {each['person']}: {shown(each['kind'])}"
        until = "" if each["level_until"] is None else f" until {each['level_until']}"
        level = "none" if each["level"] is None else f"{shown(each['level'])}{until}"
        yield labelled("clearance", level)
        yield labelled("need to know", shown(", ".join(each["need_to_know"])) or "nothing")
        ends = "" if each["authorised_to"] is None else f" to {_when(each['authorised_to'])}"
        yield labelled("authorised", f"from {_when(each['authorised_from'])}{ends}")
        by = each["authorised_by"] or f"whoever ran the node ({shown(each['operator'])})"
        yield labelled("by", f"{by}, {_when(each['authorised_at'])}")
        yield labelled("journal", each["journal"])


def _when(text: str) -> str:
    return shown_instant(parse_instant_canonical(text))


async def _set(desk: Desk, wanted: Facility) -> int | None:
    return await _answer(desk, await set_facility(desk.context, wanted, desk.person))


async def _answer(desk: Desk, outcome: Facility | Refused) -> int | None:
    if isinstance(outcome, Refused):
        return desk.refuse(outcome)
    lines = [_line(outcome, desk.context.ports.clock.now())]
    desk.show("comity/facility/1", {"facility": facility_json(outcome)}, lines)
    if outcome.control_officer is None and not desk.as_json:
        say("hint: nothing is opened here before it has a control officer: comity facility change")
    await _warn_of_uncleared(desk, outcome)
    return None


async def _warn_of_uncleared(desk: Desk, named: Facility) -> None:
    """Say that a control officer holds no clearance: who answers for items may open none of them.

    Source: Japan-ROK GSOMIA Art. 10
    """
    if named.control_officer is None or desk.as_json:
        return
    officer = await find_record(desk.context, named.control_officer)
    if not is_cleared(officer, desk.context.ports.clock.now()):
        say(f"warning: {officer.id} answers for this facility and holds no clearance in force")


def _line(found: Facility, now: Instant) -> str:
    officer = found.control_officer or "NONE: nobody here may open an item"
    term = ""
    if found.officer_until is not None:
        urgent = expiry_words(found.officer_until, now)
        term = f" until {format_date(found.officer_until)}{f', {urgent}' if urgent else ''}"
    firm = "" if found.firm is None else f", of firm {shown(found.firm)}"
    return f"{shown(found.id)}{firm}: control officer {officer}{term}"
