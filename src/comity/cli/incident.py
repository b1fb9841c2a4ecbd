# SPDX-License-Identifier: Apache-2.0
"""`comity incident`: a loss or compromise is told at once, looked into, and closed by both sides.

One command reports: no draft, no second person, no review before it.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

import click

from comity.basis.errors import InputError, excerpt
from comity.basis.ids import AgreementId, PartyId, parse_place
from comity.basis.instants import Instant
from comity.cli.case_texts import show_text, text_of
from comity.cli.entering import say_delivery, show_all_entered, show_entered
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    instant_option,
    node_lang_option,
    party_option,
    reading,
    the_agreement,
    the_place,
)
from comity.cli.printing import labelled, say, shown, shown_instant
from comity.cli.session import AsPerson, Desk, node_command
from comity.cli.worded import Words, shown_at
from comity.config import ClockKind
from comity.flows.case_texts import open_incident_text
from comity.flows.cases import incidents
from comity.flows.cases.incidents import Clock, Report
from comity.flows.cases.shapes import clock_json, milliseconds_words
from comity.flows.listing import read_state
from comity.flows.passing.telling import tell_incident_on
from comity.flows.shapes import control_number, entered_json
from comity.flows.speak import Entered
from comity.foresight.words import LANGUAGES
from comity.statement.cases import Affected, Certainty, Harm, Outcome

# The command began when this was loaded for it; asking for a passphrase is part of the wait.
_LOADED_S: Final = time.monotonic()
_WAIT_S: Final = 2.0
_LOOK_S: Final = 0.1
_COPY: Final = re.compile(r"[1-9][0-9]{0,6}")


@click.group(cls=Noun)
def incident() -> None:
    """Report a loss, compromise or named victim at once; investigate; close.

    A possibility is enough. Access to the items stays as it is unless the agreement says otherwise.
    """


def parse_affected(text: str, where: str) -> Affected:
    """Read `JPN/12`, or with numbers of copies `JPN/12:1,3`."""
    place, colon, rest = text.partition(":")
    numbers = rest.split(",") if colon else []
    if any(
        not (each.isascii() and each.isdecimal() and each == str(int(each))) for each in numbers
    ):
        raise InputError(
            "cli.copies",
            "not the numbers of copies",
            where=where,
            expected="JPN/12:1,3",
            found=excerpt(text),
        )
    copies = tuple(sorted({int(each) for each in numbers}))
    return Affected(parse_place(place, where), copies)


@incident.command(
    epilog="Example: comity incident report JPN/12 --possible --compromise --text found.txt "
    "--node kor --as kor-017"
)
@click.argument(
    "affected",
    metavar="ITEM[:COPIES]...",
    nargs=-1,
    required=True,
    callback=reading(parse_affected),
)
@agreement_option
@click.option("--loss", "harm", flag_value=Harm.LOSS.value, help="It is gone.")
@click.option(
    "--compromise",
    "harm",
    flag_value=Harm.COMPROMISE.value,
    default=Harm.COMPROMISE.value,
    help="Others saw it, or may have.  [default]",
)
@click.option(
    "--victim-named",
    "harm",
    flag_value=Harm.VICTIM_NAMED.value,
    help="No harm to the item: it, or what is done with it, names a victim. The originators are "
    "told; nothing is investigated or closed.",
)
@click.option("--actual", "certainty", flag_value=Certainty.ACTUAL.value, help="It did happen.")
@click.option(
    "--possible",
    "certainty",
    flag_value=Certainty.POSSIBLE.value,
    default=Certainty.POSSIBLE.value,
    help="It may have happened.  [default]",
)
@instant_option("--found-at", help_text="When it was found. [now]")
@party_option("--held-by", "held_by", help_text="Where it happened. [with us]")
@click.option("--text", metavar="FILE", help="What happened, sealed beside it; - for input.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def report(
    desk: Desk,
    *,
    affected: tuple[Affected, ...],
    agreement: AgreementId | None,
    harm: str,
    certainty: str,
    found_at: Instant | None,
    held_by: PartyId | None,
    text: str | None,
) -> int | None:
    """Report that ITEMs, or some COPIES, are lost or compromised, or may be, or name a victim.

    Anybody on the register reports. It is entered at once, and goes out before anything else.
    """
    begun = _begun_at(desk)
    chosen = await the_agreement(desk.context, agreement)
    told = Report(
        incidents.put_together(affected), Harm(harm), Certainty(certainty), begun, found_at, held_by
    )
    with text_of(text, "what happened") as sealed:
        entered = await incidents.report_incident(
            desk.context, chosen, told, person=desk.acting, text=sealed
        )
    if not isinstance(entered, Entered):
        return desk.refuse(entered)
    clock = await _told(desk, chosen, entered)
    value = {"entered": entered_json(entered), "clock": clock_json(clock)}
    words = Words(LANGUAGES[0])
    lines = [
        f"entered {control_number(entered)}: incident.report to {', '.join(entered.statement.to)}",
        labelled("said at", shown_instant(entered.statement.at)),
        _entered_after(clock, words),
        *_acknowledged_lines(entered.statement.to, clock, words),
    ]
    desk.show("comity/incident-report/1", value, lines)
    if not desk.as_json:
        say_delivery(desk, entered.statement.to)
        look = desk.next_command(f"incident show {chosen}/{entered.place}")
        say(f"next: see who has acknowledged it: {look}")
        if Harm(harm) is not Harm.VICTIM_NAMED:
            say("      look into it, and tell what was found: comity incident findings --help")
    return None


@incident.command(
    epilog="Example: comity incident findings KOR/9 --outcome neither --measure new-lock "
    "--text findings.txt --node kor --as kor-002"
)
@control_argument("control", "INCIDENT")
@agreement_option
@click.option(
    "--outcome",
    type=click.Choice([each.value for each in Outcome]),
    help="What was found. [not known yet]",
)
@click.option(
    "--measure", "measures", multiple=True, metavar="CODE", help="A measure; once for each."
)
@click.option("--text", metavar="FILE", help="Findings and measures in words, sealed; - for input.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def findings(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    outcome: str | None,
    measures: tuple[str, ...],
    text: str | None,
) -> int | None:
    """Tell what the investigation of an INCIDENT found, and what is done against repetition."""
    chosen, place = await the_place(desk.context, control, agreement)
    with text_of(text, "findings") as sealed:
        entered = await incidents.give_findings(
            desk.context,
            chosen,
            place,
            outcome=None if outcome is None else Outcome(outcome),
            measures=measures,
            person=desk.acting,
            text=sealed,
        )
    return show_entered(desk, entered)


@incident.command(
    "tell-on",
    epilog="Example: comity incident tell-on kor-usa-1987/KOR/9 --node usa --as usa-017",
)
@control_argument("control", "INCIDENT")
@agreement_option
@click.option("--text", metavar="FILE", help="What happened, sealed beside it; - for input.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def tell_on(
    desk: Desk, *, control: Control, agreement: AgreementId | None, text: str | None
) -> int | None:
    """Tell of an INCIDENT those whose items we passed on, under the agreement they came by.

    The originators are told of the same harm, where and when; the text of others is not sent on.
    """
    chosen, place = await the_place(desk.context, control, agreement)
    with text_of(text, "what happened") as sealed:
        said = await tell_incident_on(desk.context, chosen, place, desk.acting, text=sealed)
    return show_all_entered(desk, "comity/incident-told-on/1", said)


@incident.command(epilog="Example: comity incident close KOR/9 --node jpn --as jpn-002")
@control_argument("control", "INCIDENT")
@agreement_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def close(desk: Desk, *, control: Control, agreement: AgreementId | None) -> int | None:
    """Take an INCIDENT as closed, as the originator's side, after result and measures."""
    chosen, place = await the_place(desk.context, control, agreement)
    entered = await incidents.close_incident(desk.context, chosen, place, desk.acting)
    return show_entered(desk, entered)


@incident.command("open", epilog="Example: comity incident open KOR/9 --node jpn --as jpn-001")
@control_argument("control", "STATEMENT")
@agreement_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def open_text(desk: Desk, *, control: Control, agreement: AgreementId | None) -> int | None:
    """Read the text of a report or of findings (STATEMENT); the journal notes who did, first."""
    chosen, place = await the_place(desk.context, control, agreement)
    opened = await open_incident_text(desk.context, chosen, place, desk.acting)
    return show_text(desk, f"{chosen}/{place}", opened)


@incident.command("list", epilog="Example: comity incident list --open --node jpn")
@agreement_option
@click.option("--open", "only_open", is_flag=True, help="Only those that are not closed.")
@node_lang_option
@node_command(writing=False)
async def list_incidents(
    desk: Desk, *, agreement: AgreementId | None, only_open: bool, lang: str | None
) -> None:
    """List the incidents that were reported, ours and the partners'."""
    chosen, words = await the_agreement(desk.context, agreement), Words(desk.language(lang))
    every: Any = (await read_state(desk.context, chosen, parts=("incidents",)))["incidents"]
    rows = [row for row in every if not (only_open and row["closed"])]
    lines = [line for row in rows for line in _lines(row, words)]
    nothing = words.say("none open" if only_open else "no incidents", agreement=chosen)
    desk.show(
        "comity/incident-list/1", {"incidents": rows}, lines or [nothing], lang=words.language
    )
    if not (rows or desk.as_json):
        say("hint: what is lost, or may be, is reported at once: comity incident report --help")


@incident.command(epilog="Example: comity incident show KOR/9 --node kor")
@control_argument("control", "INCIDENT")
@agreement_option
@node_lang_option
@node_command(writing=False)
async def show(
    desk: Desk, *, control: Control, agreement: AgreementId | None, lang: str | None
) -> None:
    """Show an INCIDENT: what was found, who closed it, and how long it took to be told."""
    chosen, place = await the_place(desk.context, control, agreement)
    clock = await incidents.incident_clock(desk.context, chosen, place)
    every: Any = (await read_state(desk.context, chosen, parts=("incidents",)))["incidents"]
    row = next(each for each in every if each["place"] == str(place))
    value = {"incident": {**row, "clock": clock_json(clock)}}
    words = Words(desk.language(lang))
    lines = [*_lines(row, words), *_clock_lines(row, clock, words)]
    desk.show("comity/incident/1", value, lines, lang=words.language)


async def _told(desk: Desk, agreement: AgreementId, entered: Entered) -> Clock:
    """Measure how long it took; a served node delivers at once, and is given a moment for it."""
    until = time.monotonic() + (_WAIT_S if desk.is_served else 0)
    while True:
        clock = await incidents.incident_clock(desk.context, agreement, entered.place)
        known = {each.party for each in clock.acknowledged}
        if known.issuperset(entered.statement.to) or time.monotonic() >= until:
            return clock
        await asyncio.sleep(_LOOK_S)


def _begun_at(desk: Desk) -> Instant:
    """Give when the person began: when the command was started, by the node's clock."""
    now = desk.context.ports.clock.now()
    if desk.context.config.clock is ClockKind.STORY:
        return now
    return Instant(now - int((time.monotonic() - _LOADED_S) * 1000))


def _lines(row: dict[str, Any], words: Words) -> Iterator[str]:
    harm = words.say(f"{row['certainty']} {row['harm']}")
    named = {"place": row["place"], "by": row["by"], "harm": harm}
    yield words.say("incident", **named, standing=_standing(row, words))
    yield words.fact("items", ", ".join(_item_words(each, words) for each in row["affected"]))
    yield words.fact("happened at", row["held_by"])
    yield words.fact("entered", shown_at(row["at"]))
    if row["sealed"] is not None:
        yield words.fact("text", words.sealed(row["sealed"]))
    for each in row["findings"]:
        result = words.say(each["outcome"] or "unknown")
        measures = ", ".join(map(shown, each["measures"])) or words.say("no measures")
        told = words.say("result", place=each["place"], result=result, measures=measures)
        yield words.fact("findings", told)


def _standing(row: dict[str, Any], words: Words) -> str:
    if row["harm"] == Harm.VICTIM_NAMED.value:
        return words.say("nothing to close")
    if row["closed"]:
        return words.say("closed")
    waiting = [each["by"] for each in row["to_close"] if each["closed_by"] is None]
    return words.say("open", by=", ".join(waiting))


def _second_words(milliseconds: int) -> str:
    """Say how long it took where a clock tells whole seconds only."""
    return milliseconds_words(-(-milliseconds // 1000) * 1000)


def _item_words(affected: dict[str, Any], words: Words) -> str:
    numbers = ", ".join(map(str, affected["copies"]))
    item = str(affected["item"])
    return words.say("copies", item=item, numbers=numbers) if numbers else item


def _clock_lines(row: dict[str, Any], clock: Clock, words: Words) -> Iterator[str]:
    yield words.fact("found", shown_instant(clock.found_at))
    yield _entered_after(clock, words)
    yield words.fact("since found", milliseconds_words(clock.since_found_ms))
    yield from _acknowledged_lines(row["to"], clock, words)


def _entered_after(clock: Clock, words: Words) -> str:
    took = milliseconds_words(clock.told_ms)
    return words.fact("entered after", words.say("from the command", time=took))


def _acknowledged_lines(to: Iterable[str], clock: Clock, words: Words) -> Iterator[str]:
    """Say who was told: whoever has acknowledged it, and nobody before that."""
    after = {party: clock.acknowledged_ms(PartyId(party)) for party in to}
    for party, told in after.items():
        if told is not None:
            took = _second_words(told)
            yield words.fact("told", words.say("told within", party=party, time=took))
    waiting = [party for party, told in after.items() if told is None]
    if waiting:
        yield words.fact("not yet", words.say("acknowledged by", parties=", ".join(waiting)))
