# SPDX-License-Identifier: Apache-2.0
"""`comity visit`: asked by the visitors' authority, granted by the host's alone.

Subject and visitors are sealed; level, days and facility are said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import click

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PartyId
from comity.basis.instants import Date, parse_instant_canonical
from comity.cli.case_texts import show_text, text_of
from comity.cli.entering import show_entered
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    date_option,
    party_option,
    refuse_own_party,
    the_agreement,
    the_place,
)
from comity.cli.printing import labelled, say, shown, shown_instant
from comity.cli.session import AsPerson, Desk, node_command
from comity.flows.case_texts import open_visit_text
from comity.flows.cases import visits
from comity.flows.cases.visits import Grant
from comity.flows.listing import read_state
from comity.statement.cases import VisitKind, VisitRequest

VISITORS: Final = click.IntRange(min=1, max=1000)


@click.group(cls=Noun)
def visit() -> None:
    """Ask for a visit, grant or refuse it.

    The host alone grants, up to the highest level that may be shown; what is disclosed on a visit
    stays within it: comity disclosure record.
    """


@visit.command(
    epilog="Example: comity visit ask --host JPN --facility fuchu-1 --level SECRET "
    "--from 2016-12-20 --to 2016-12-21 --visitors 3 --clearance SECRET visitors.txt "
    "--node kor --as kor-002"
)
@click.argument("file", metavar="[FILE]", required=False)
@agreement_option
@party_option("--host", "host", required=True, help_text="Whose facility it is.")
@click.option("--facility", metavar="FACILITY", required=True, help="The host's facility.")
@click.option(
    "--level", metavar="LEVEL", required=True, help="The highest level that is to be shown."
)
@date_option("--from", help_text="The first day.  [required]")
@date_option("--to", help_text="The last day. [the first]")
@click.option("--visitors", metavar="COUNT", type=VISITORS, required=True, help="How many come.")
@click.option(
    "--clearance", metavar="LEVEL", required=True, help="The lowest clearance among the visitors."
)
@date_option("--clearance-until", help_text="The first day on which one of these ends.")
@click.option(
    "--security", is_flag=True, help="Security staff look at how information is protected."
)
@node_command(writing=True, person=AsPerson.REQUIRED)
async def ask(
    desk: Desk, *, file: str | None, agreement: AgreementId | None, **asked: Any
) -> int | None:
    """Ask a partner for a visit, with subject, scope and visitors in FILE sealed to it."""
    chosen = await the_agreement(desk.context, agreement)
    body = _request(asked)
    refuse_own_party(desk.context, body.host, "--host")
    with text_of(file, "visit") as sealed:
        entered = await visits.ask_visit(
            desk.context, chosen, body, person=desk.acting, text=sealed
        )
    return show_entered(desk, entered)


def _request(asked: dict[str, Any]) -> VisitRequest:
    first = asked["from"]
    if first is None:
        raise InputError("cli.missing-day", "the first day is not named", where="--from")
    return VisitRequest(
        host=asked["host"],
        facility=asked["facility"],
        purpose=VisitKind.SECURITY if asked["security"] else VisitKind.OFFICIAL,
        level=asked["level"],
        first_day=first,
        last_day=asked["to"] or first,
        visitors=asked["visitors"],
        clearance=asked["clearance"],
        clearance_until=asked["clearance_until"],
    )


@visit.command(
    epilog="Example: comity visit grant KOR/9 --level CONFIDENTIAL --node jpn --as jpn-002"
)
@control_argument("control", "VISIT")
@agreement_option
@click.option(
    "--level", metavar="LEVEL", help="The highest level that may be shown. [what was asked]"
)
@date_option("--from", help_text="The first day. [what was asked]")
@date_option("--to", help_text="The last day. [what was asked]")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def grant(
    desk: Desk, *, control: Control, agreement: AgreementId | None, level: str | None, **days: Any
) -> int | None:
    """Grant a VISIT to one of our facilities, at most what was asked for."""
    chosen, place = await the_place(desk.context, control, agreement)
    asked = await visits.asked_visit(desk.context, chosen, place)
    first: Date = days["from"] or asked.request.first_day
    last: Date = days["to"] or asked.request.last_day
    granted = Grant(level or asked.request.level, first, last)
    entered = await visits.decide_visit(desk.context, chosen, place, granted, person=desk.acting)
    code = show_entered(desk, entered)
    if code is None and not desk.as_json:
        say(f"note: tell facility {shown(asked.request.facility)}: up to {shown(granted.level)}")
    return code


@visit.command(epilog="Example: comity visit refuse KOR/9 --node jpn --as jpn-002")
@control_argument("control", "VISIT")
@agreement_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def refuse(desk: Desk, *, control: Control, agreement: AgreementId | None) -> int | None:
    """Refuse a VISIT, or take back what was granted; no reason is owed."""
    chosen, place = await the_place(desk.context, control, agreement)
    entered = await visits.decide_visit(desk.context, chosen, place, None, person=desk.acting)
    return show_entered(desk, entered)


@visit.command("open", epilog="Example: comity visit open KOR/9 --node jpn --as jpn-002")
@control_argument("control", "VISIT")
@agreement_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def open_text(desk: Desk, *, control: Control, agreement: AgreementId | None) -> int | None:
    """Read subject and visitors of a VISIT; the journal notes who did, first."""
    chosen, place = await the_place(desk.context, control, agreement)
    opened = await open_visit_text(desk.context, chosen, place, desk.acting)
    return show_text(desk, f"{chosen}/{place}", opened)


@visit.command("list", epilog="Example: comity visit list --node jpn")
@agreement_option
@party_option("--host", "host", help_text="Only visits to this party.")
@node_command(writing=False)
async def list_visits(desk: Desk, *, agreement: AgreementId | None, host: PartyId | None) -> None:
    """List the visits that were asked for, what their hosts said, and what is on record of them."""
    chosen = await the_agreement(desk.context, agreement)
    state: Any = await read_state(desk.context, chosen, parts=("visits", "disclosures"))
    rows = [row for row in state["visits"] if host in (None, row["host"])]
    lines = [line for row in rows for line in _lines(row, state["disclosures"])]
    desk.show("comity/visit-list/1", {"visits": rows}, lines or ["no visits"])


def _lines(row: dict[str, Any], disclosures: list[Any]) -> Iterator[str]:
    said = row["decisions"][-1] if row["decisions"] else None
    if said is None:
        standing = f"waits for {row['host']}"
    elif row["granted"] is None:
        standing = f"refused as {said['place']}"
    else:
        standing = f"granted as {said['place']}"
    yield f"{row['place']} by {row['by']} to {row['host']}: {standing}"
    yield labelled("facility", shown(row["facility"]))
    yield labelled("purpose", row["purpose"])
    yield labelled("asked for", f"{row['level']}, {row['first_day']} to {row['last_day']}")
    yield labelled("visitors", f"{row['visitors']}, cleared to {row['clearance']}")
    if row["granted"] is not None and said is not None:
        days = f"{said['first_day']} to {said['last_day']}"
        yield labelled("granted", f"up to {row['granted']}, {days}")
    yield labelled("asked", shown_instant(parse_instant_canonical(row["at"])))
    if row["sealed"] is not None:
        yield labelled("text", f"sealed, {row['sealed']['size']} bytes")
    for each in disclosures:
        if each["visit"] == row["place"]:
            label, note = each["label"], "" if each["sealed"] is None else ", with a note"
            words = f"{each['place']}: {shown(label['form'])}, {shown(label['level'])}{note}"
            yield labelled("on record", words)
