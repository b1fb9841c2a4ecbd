# SPDX-License-Identifier: Apache-2.0
"""`comity inventory`: what should be here is found, or is reported as missing."""

from __future__ import annotations

from typing import Any

import click

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, Place
from comity.basis.strict_json import JsonValue
from comity.cli.nouns import Noun
from comity.cli.options import agreement_option, reading, the_agreement
from comity.cli.printing import labelled, say, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.keeping.counting import (
    CopyName,
    Row,
    all_but,
    count,
    expected_copies,
    parse_copy_name,
)
from comity.flows.keeping.shapes import counted_json, row_json
from comity.flows.listing import read_state


@click.group(cls=Noun)
def inventory() -> None:
    """Count copies; a missing one opens an incident.

    What lies in the node is looked at by the node itself.
    """


@inventory.command(epilog="Example: comity inventory expected --node kor --as kor-003")
@agreement_option
@click.option("--facility", metavar="FACILITY", help="At this facility alone.")
@node_command(writing=False, person=AsPerson.REQUIRED)
async def expected(
    desk: Desk, *, agreement: AgreementId | None, facility: str | None
) -> int | None:
    """List what should be found, and where."""
    chosen = await the_agreement(desk.context, agreement)
    rows = await expected_copies(desk.context, chosen, desk.acting, facility=facility)
    if isinstance(rows, Refused):
        return desk.refuse(rows)
    value: dict[str, JsonValue] = {"copies": [row_json(chosen, each) for each in rows]}
    desk.show(
        "comity/inventory-expected/1",
        value,
        [*map(_line, rows)] or ["no copy should be found here"],
    )
    return None


@inventory.command(
    "count",
    epilog="Example: comity inventory count --found JPN/12:2 --found JPN/14:3 "
    "--node kor --as kor-003",
)
@agreement_option
@click.option(
    "--facility", metavar="FACILITY", help="At this facility alone; partners are told nothing."
)
@click.option(
    "--found",
    "found",
    multiple=True,
    callback=reading(parse_copy_name),
    metavar="ITEM:NUMBER",
    help="A copy that was seen; once for each.",
)
@click.option(
    "--all-but",
    "missing",
    multiple=True,
    callback=reading(parse_copy_name),
    metavar="ITEM:NUMBER",
    help="A copy that was not seen, where all others were; once for each.",
)
@click.option("--all", "everything", is_flag=True, help="Every copy was seen.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def count_command(
    desk: Desk, *, agreement: AgreementId | None, facility: str | None, **seen: Any
) -> int | None:
    """Count: what is not found is put down as missing, and reported at once.

    Where everything is counted, partners are told the result as far as the agreement asks.
    """
    chosen = await the_agreement(desk.context, agreement)
    found: tuple[CopyName, ...] = seen["found"] or ()
    missing: tuple[CopyName, ...] = seen["missing"] or ()
    if sum(map(bool, (found, missing, seen["everything"]))) != 1:
        raise InputError(
            "cli.what-was-found",
            "one of three says what was seen",
            where="--found, --all-but or --all",
            hint="list what should be: comity inventory expected",
        )
    if not found:
        rows = await expected_copies(desk.context, chosen, desk.acting, facility=facility)
        if isinstance(rows, Refused):
            return desk.refuse(rows)
        found = all_but(chosen, rows, missing)
    counted = await count(desk.context, chosen, desk.acting, found, facility=facility)
    if isinstance(counted, Refused):
        return desk.refuse(counted)
    lines = [f"{len(counted.rows)} copies counted, {len(counted.missing)} missing"]
    lines += map(_line, counted.missing)
    if counted.incident is not None:
        lines.append(labelled("reported", str(counted.incident)))
    if counted.told is not None:
        lines.append(labelled("told", str(counted.told.place)))
    desk.show("comity/inventory-count/1", counted_json(chosen, counted), lines)
    if counted.incident is not None and not desk.as_json:
        say(f"next: {desk.next_command(f'incident show {chosen}/{counted.incident}')}")
    return None


@inventory.command(epilog="Example: comity inventory results --node jpn")
@agreement_option
@node_command(writing=False)
async def results(desk: Desk, *, agreement: AgreementId | None) -> None:
    """List how the inventories of every party came out."""
    chosen = await the_agreement(desk.context, agreement)
    rows: Any = (await read_state(desk.context, chosen, parts=("inventories",)))["inventories"]
    lines = [
        f"{row['place']}: {row['on']}, {row['copies']} copies of {row['items']} items, "
        f"missing of {shown(', '.join(row['missing']) or 'none')}"
        for row in rows
    ]
    desk.show_list(
        "comity/inventory-results/1",
        {"results": rows},
        lines,
        empty=("no inventory was told", "count: comity inventory count --help"),
    )


def _line(row: Row) -> str:
    hand, name = row.copy.hand, f"{_name(row.item)}:{row.copy.number}"
    if hand.holder is None:
        return f"{name} in the node"
    return f"{name} with {hand.holder} at {shown(hand.facility)}"


def _name(item: Place) -> str:
    return str(item)
