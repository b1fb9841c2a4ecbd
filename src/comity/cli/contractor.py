# SPDX-License-Identifier: Apache-2.0
"""`comity contractor`: what is made sure of at a firm, and what is then given to it.

Nothing goes to a firm while one of the agreement's conditions lacks, there or at a firm above it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId
from comity.basis.instants import UTC, date_of
from comity.basis.strict_json import JsonValue
from comity.cli.case_texts import show_text, text_of
from comity.cli.entering import cited_lines, show_entered
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    date_option,
    the_agreement,
    the_place,
)
from comity.cli.printing import labelled, say, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.cases import contractors
from comity.statement.cases import ContractorAssure

_firm = click.argument("firm", metavar="FIRM")
_facility = click.option(
    "--facility", metavar="FACILITY", required=True, help="Which of the firm's facilities."
)


@click.group(cls=Noun)
def contractor() -> None:
    """Make sure of a firm's conditions; give it what it may have.

    A firm is a word of our own. A subcontractor needs a list of its own.
    """


@contractor.command(
    epilog="Example: comity contractor assure firm-7 --facility plant-2 --all "
    "--document inspection-33 --by inspector --until 2017-06-30 --node jpn --as jpn-002"
)
@_firm
@click.argument("file", metavar="[FILE]", required=False)
@agreement_option
@_facility
@click.option("--parent", metavar="FIRM", help="The firm that this one works for.")
@click.option(
    "--condition", "letters", metavar="LETTER", multiple=True, help="A letter; once for each."
)
@click.option("--all", "every", is_flag=True, help="Every condition of the agreement.")
@click.option("--not-met", is_flag=True, help="They are no longer met.")
@click.option("--clearance", metavar="LEVEL", help="The level that the facility is cleared to.")
@click.option("--document", metavar="NAME", help="The evidence by name, where FILE is not it.")
@click.option("--by", "assured_by", metavar="POST", required=True, help="The post that made sure.")
@date_option("--on", help_text="When. [today]")
@date_option("--until", help_text="Until when it holds. [with --not-met: none]")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def assure(
    desk: Desk, *, firm: str, file: str | None, agreement: AgreementId | None, **said: Any
) -> int | None:
    """Say which conditions are met at a facility of FIRM, with the evidence in FILE sealed."""
    chosen = await the_agreement(desk.context, agreement)
    letters = tuple(sorted(set(said["letters"])))
    if said["every"]:
        letters = await contractors.letters_asked(desk.context, chosen)
    if not letters:
        raise InputError(
            "cli.no-condition",
            "no condition is named",
            where="--condition",
            hint="name letters with --condition, or --all",
        )
    body = ContractorAssure(
        firm=firm,
        facility=said["facility"],
        parent=said["parent"],
        conditions=letters,
        met=not said["not_met"],
        clearance=said["clearance"],
        document=said["document"],
        assured_by=said["assured_by"],
        assured_on=said["on"] or date_of(desk.context.ports.clock.now(), UTC),
        until=said["until"],
    )
    with text_of(file, "evidence") as sealed:
        entered = await contractors.assure_contractor(
            desk.context, chosen, body, person=desk.acting, text=sealed
        )
    return show_entered(desk, entered)


@contractor.command(
    epilog="Exit codes: 0 given, 3 refused with its articles.\n\n"
    "Example: comity contractor release JPN/12 firm-7 --facility plant-2 --purpose assessment "
    "--node kor --as kor-002"
)
@control_argument("control", "ITEM")
@_firm
@agreement_option
@_facility
@click.option("--purpose", required=True, metavar="WORD", help="What it is given for.")
@click.option(
    "--rights-respected", is_flag=True, help="Patents, copyrights and trade secrets are respected."
)
@node_command(writing=True, person=AsPerson.REQUIRED)
async def release(
    desk: Desk, *, control: Control, firm: str, agreement: AgreementId | None, **said: Any
) -> int | None:
    """Give an ITEM to FIRM: every letter that lacks is named."""
    chosen, place = await the_place(desk.context, control, agreement)
    given = await contractors.release_to_contractor(
        desk.context,
        chosen,
        place,
        (firm, said["facility"]),
        person=desk.acting,
        purpose=said["purpose"],
        rights_confirmed=said["rights_respected"],
    )
    if isinstance(given, Refused):
        return desk.refuse(given)
    value: dict[str, JsonValue] = {
        "item": f"{chosen}/{place}",
        "firm": given.firm,
        "facility": given.facility,
        "articles": [*given.articles],
    }
    line = f"gave {chosen}/{place} to {shown(given.firm)} at {shown(given.facility)}"
    desk.show("comity/contractor-release/1", {"given": value}, [line, *cited_lines(given.articles)])
    if not desk.as_json:
        say(f"next: note who holds which copy: {desk.next_command(f'copy list {chosen}/{place}')}")
    return None


@contractor.command("open", epilog="Example: comity contractor open JPN/9 --node jpn --as jpn-002")
@control_argument("control", "STATEMENT")
@agreement_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def open_text(desk: Desk, *, control: Control, agreement: AgreementId | None) -> int | None:
    """Read the evidence beside an assurance (STATEMENT); the journal notes who did, first."""
    chosen, place = await the_place(desk.context, control, agreement)
    opened = await contractors.open_evidence(desk.context, chosen, place, desk.acting)
    return show_text(desk, f"{chosen}/{place}", opened)


@contractor.command("list", epilog="Example: comity contractor list --node jpn")
@agreement_option
@node_command(writing=False)
async def list_firms(desk: Desk, *, agreement: AgreementId | None) -> None:
    """List the firms, which conditions stand, which lack, and what was given to each here."""
    chosen = await the_agreement(desk.context, agreement)
    rows = await contractors.firms_now(desk.context, chosen)
    lines = [line for row in rows for line in _lines(row)]
    desk.show_list(
        "comity/contractor-list/1",
        {"contractors": [*rows]},
        lines,
        empty=("no firm was assured of", "assure one: comity contractor assure --help"),
    )


def _lines(row: dict[str, Any]) -> Iterator[str]:
    lacking = ", ".join(f"({letter})" for letter in row["lacking"])
    standing = f"lacks {lacking}" if lacking else "every condition stands"
    yield f"{shown(row['firm'])} at {shown(row['facility'])}, of {row['by']}: {standing}"
    if row["parent"] is not None:
        yield labelled("works for", shown(row["parent"]))
    if row["clearance"] is not None:
        yield labelled("cleared to", shown(row["clearance"]["level"] or "–"))
    for each in row["conditions"]:
        until = "" if each["until"] is None else f" until {each['until']}"
        words = f"met{until}" if each["met"] else "NOT MET"
        state = "" if each["current"] or not each["met"] else ", EXPIRED"
        yield labelled(f"({each['letter']})", f"{words}{state}, {each['place']}")
    for item in row["given"]:
        yield labelled("given", item)
