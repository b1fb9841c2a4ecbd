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
from comity.basis.instants import Date, format_zone
from comity.cli.case_texts import show_text, text_of
from comity.cli.entering import show_entered
from comity.cli.next_steps import SPEAKERS, person_with
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    date_option,
    node_lang_option,
    party_option,
    refuse_own_party,
    the_agreement,
    the_place,
    zone_of,
)
from comity.cli.printing import say, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.cli.worded import Words, shown_at
from comity.flows.case_texts import open_visit_text
from comity.flows.cases import visits
from comity.flows.cases.visits import Grant
from comity.flows.listing import read_state
from comity.foresight.words import language_index, say_names
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
@date_option("--from", help_text="The first day, in the agreement's zone.  [required]")
@date_option("--to", help_text="The last day, in the agreement's zone. [the first]")
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
@node_lang_option
@node_command(writing=False)
async def list_visits(
    desk: Desk, *, agreement: AgreementId | None, host: PartyId | None, lang: str | None
) -> None:
    """List the visits that were asked for, what their hosts said, and what is on record of them."""
    chosen, words = await the_agreement(desk.context, agreement), Words(desk.language(lang))
    state: Any = await read_state(desk.context, chosen, parts=("visits", "disclosures"))
    rows = [row for row in state["visits"] if host in (None, row["host"])]
    told = words.say("zone", zone=format_zone(await zone_of(desk.context, chosen)))
    lines = [line for row in rows for line in _lines(row, state["disclosures"], words, told)]
    nothing = words.say(
        "no visits" if host is None else "no visits to", agreement=chosen, host=host
    )
    desk.show("comity/visit-list/1", {"visits": rows}, lines or [nothing], lang=words.language)
    own = desk.context.config.party
    waits = [row for row in rows if row["host"] == own and not row["decisions"]]
    if waits and not desk.as_json:
        by, place = await person_with(desk, SPEAKERS), f"{chosen}/{waits[0]['place']}"
        say(f"next: {desk.next_command(f'visit grant {place}', person=by)}")
        say(f"      or: {desk.next_command(f'visit refuse {place}', person=by)}")
    if not (rows or desk.as_json):
        say("hint: a visit is asked for by the visitors' side: comity visit ask --help")


def _lines(row: dict[str, Any], disclosures: list[Any], words: Words, zone: str) -> Iterator[str]:
    said = row["decisions"][-1] if row["decisions"] else None
    named = {"place": row["place"], "by": row["by"], "host": row["host"]}
    yield words.say("visit", **named, standing=_standing(row, said, words))
    yield words.fact("facility", shown(row["facility"]))
    yield words.fact("purpose", words.say(row["purpose"]))
    days = _days(row, words)
    asked = words.say("asked level", level=shown(row["level"]), days=days)
    yield words.fact("asked for", f"{asked}{zone}")
    cleared = words.say("cleared to", count=row["visitors"], level=shown(row["clearance"]))
    yield words.fact("visitors", cleared)
    if row["granted"] is not None and said is not None:
        days = _days(said, words)
        granted = words.say("granted level", level=shown(row["granted"]), days=days)
        yield words.fact("granted", f"{granted}{zone}")
    yield words.fact("asked", shown_at(row["at"]))
    if row["sealed"] is not None:
        yield words.fact("text", words.sealed(row["sealed"]))
    for each in disclosures:
        if each["visit"] == row["place"]:
            yield words.fact("on record", _disclosed(each, words))


def _days(row: dict[str, Any], words: Words) -> str:
    first, last = row["first_day"], row["last_day"]
    return str(first) if first == last else words.say("days", first=first, last=last)


def _standing(row: dict[str, Any], said: dict[str, Any] | None, words: Words) -> str:
    if said is None:
        return words.say("waits for", host=row["host"])
    if row["granted"] is None:
        return words.say("refused as", place=said["place"])
    return words.say("granted as", place=said["place"])


def _disclosed(row: dict[str, Any], words: Words) -> str:
    label = row["label"]
    form = say_names((label["form"],), language_index(words.language))
    told = words.say("disclosed", place=row["place"], form=form, level=shown(label["level"]))
    return told if row["sealed"] is None else told + words.say("with a note")
