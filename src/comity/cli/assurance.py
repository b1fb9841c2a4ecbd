# SPDX-License-Identifier: Apache-2.0
"""`comity assurance`: what the receiving party assures in writing before anything is sent to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import click

from comity.basis.errors import InputError, excerpt
from comity.basis.ids import AgreementId
from comity.basis.instants import Date, Instant
from comity.cli.entering import show_entered
from comity.cli.nouns import Noun
from comity.cli.options import agreement_option, refuse_past, the_agreement, until_option
from comity.cli.printing import labelled, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.flows.listing import read_state
from comity.flows.people.register import known_levels
from comity.flows.promises import promise
from comity.statement.information import AssuranceGive

_NOBODY: Final = "no one by name"


@click.group(cls=Noun)
def assurance() -> None:
    """Assure partners in writing of our protection, and see what was assured.

    Under many agreements nothing may be sent before the recipient has assured its official need
    and equivalent protection.
    """


@assurance.command(
    epilog="Example: comity assurance give --level SECRET --until 2017-12-31 --node kor "
    "--as kor-002"
)
@agreement_option
@click.option(
    "--level", metavar="LEVEL", required=True, help="Up to which level of the agreement it holds."
)
@click.option("--for", "named", metavar="POST", help="For this person or post. [no one by name]")
@until_option("Until when it holds; a day counts to its end. [without end]")
@click.option(
    "--need/--no-need", default=True, show_default=True, help="There is an official need."
)
@click.option(
    "--equivalent-protection/--no-equivalent-protection",
    default=True,
    show_default=True,
    help="What comes is protected as the originator protects it.",
)
@node_command(writing=True, person=AsPerson.REQUIRED)
async def give(
    desk: Desk,
    *,
    agreement: AgreementId | None,
    level: str,
    named: str | None,
    until: Date | Instant | None,
    need: bool,
    equivalent_protection: bool,
) -> int | None:
    """Assure all partners, as a releasing officer or registrar.

    It says that there is an official need and that what comes is protected equivalently.
    """
    chosen = await the_agreement(desk.context, agreement)
    await refuse_past(desk.context, chosen, until)
    await _refuse_unknown_level(desk, level)
    body = AssuranceGive(level, named, need, equivalent_protection, until)
    entered = await promise(desk.context, chosen, body, desk.acting)
    said = f"level {shown(level)}, for {_NOBODY if named is None else shown(named)}"
    return show_entered(desk, entered, details=(labelled("assured", said),))


async def _refuse_unknown_level(desk: Desk, level: str) -> None:
    levels = await known_levels(desk.context)
    if levels and level not in levels:
        raise InputError(
            "cli.no-such-level",
            "no agreement here has such a level",
            where="--level",
            expected=", ".join(levels),
            found=excerpt(level),
            hint="name one of these levels",
        )


@assurance.command("list", epilog="Example: comity assurance list --node jpn")
@agreement_option
@node_command(writing=False)
async def list_assurances(desk: Desk, *, agreement: AgreementId | None) -> None:
    """List every party's assurances, and whether they hold now."""
    chosen = await the_agreement(desk.context, agreement)
    rows: Any = (await read_state(desk.context, chosen))["assurances"]
    lines = [line for row in rows for line in _lines(row)]
    desk.show_list(
        "comity/assurance-list/1",
        {"assurances": rows},
        lines,
        empty=("no assurance was given", "give ours: comity assurance give --help"),
    )


def _lines(row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['place']} by {row['by']}: {'holds' if row['in_force'] else 'holds no longer'}"
    yield labelled("level", shown(row["level"]))
    yield labelled("for", _NOBODY if row["for"] is None else shown(row["for"]))
    yield labelled("until", "without end" if row["until"] is None else row["until"])
    lacks = [name for name in ("need", "equivalent_protection") if not row[name]]
    if lacks:
        yield labelled("without", ", ".join(lacks).replace("_", " "))
