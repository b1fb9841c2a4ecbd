# SPDX-License-Identifier: Apache-2.0
"""`comity delivery`: what is handed over and what came; the receipt makes the claim by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from comity.basis.ids import AgreementId
from comity.basis.strict_json import JsonValue
from comity.cli.case_texts import text_of
from comity.cli.entering import show_all_entered, show_entered
from comity.cli.goods_options import (
    COUNTED,
    another_option,
    counted_lines,
    line_option,
    number_option,
    office_option,
    text_option,
)
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    date_option,
    the_agreement,
    the_place,
)
from comity.cli.printing import labelled, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.listing import read_state
from comity.flows.support import deliveries
from comity.flows.support.reading import handing_of, receiving_of


@click.group(cls=Noun)
def delivery() -> None:
    """Say what was handed over, and what came of it.

    A receipt of goods enters the claim that it makes, and names the officer who collects.
    """


@delivery.command(
    epilog="Example: comity delivery make KOR/9 --number D-1 --place Bor --office Depot "
    "--line '1 10000' --node jpn --as jpn-005"
)
@control_argument("control", "ORDER")
@agreement_option
@number_option("the delivery")
@click.option("--place", required=True, metavar="TEXT", help="Where it was handed over.")
@office_option
@line_option("--line", "lines", words=COUNTED, help_text="How much of a line [all that is open]")
@date_option("--on", help_text="The day of handing over. [today]")
@text_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def make(
    desk: Desk, *, control: Control, agreement: AgreementId | None, **said: Any
) -> int | None:
    """Hand over what was accepted of an ORDER, in parts or whole; all deadlines count from it."""
    chosen, place = await the_place(desk.context, control, agreement)
    lines: list[JsonValue] = [
        {"line": line, "quantity": quantity}
        for line, quantity in counted_lines(said["lines"], "--line")
    ]
    with text_of(said["text"], "delivery") as sealed:
        handing = handing_of(
            place,
            {"number": said["number"], "at": said["place"], "office": said["office"]},
            desk.acting,
            lines,
            on=said["on"],
            text=sealed,
        )
        entered = await deliveries.deliver(desk.context, chosen, handing)
    return show_entered(desk, entered)


@delivery.command(
    epilog="Example: comity delivery receipt JPN/7 --office Hanbit --node kor --as kor-005"
)
@control_argument("control", "DELIVERY")
@agreement_option
@office_option
@line_option("--line", "lines", words=COUNTED, help_text="What came of a line [all of it]")
@line_option("--damaged", "damaged", words=COUNTED, help_text="What of a line came damaged")
@click.option("--nothing", is_flag=True, help="Nothing came.")
@click.option("--further", is_flag=True, help="It came beside what was receipted before.")
@another_option
@date_option("--on", help_text="The day on which it came. [today]")
@text_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def receipt(
    desk: Desk, *, control: Control, agreement: AgreementId | None, **said: Any
) -> int | None:
    """Receipt a DELIVERY: what came is owed for, and the officer who collects is named at once.

    Of an ORDER it receipts whole whatever nobody has receipted. What a receipt said too little of
    is receipted with --further.
    """
    chosen, place = await the_place(desk.context, control, agreement)
    with text_of(said["text"], "receipt") as sealed:
        receiving = receiving_of(
            place,
            desk.acting,
            said["office"],
            _came(said),
            on=said["on"],
            text=sealed,
            further=said["further"],
            another=said["another"],
        )
        outcome = await deliveries.receive(desk.context, chosen, receiving)
    if isinstance(outcome, Refused):
        return desk.refuse(outcome)
    entered = (outcome.receipt._replace(further=()), *outcome.receipt.further)
    return show_all_entered(desk, "comity/delivery-receipt/1", entered)


def _came(said: dict[str, Any]) -> list[Any] | None:
    """Give what came by line; None: all of it."""
    if not (said["lines"] or said["damaged"] or said["nothing"]):
        return None
    good = counted_lines(said["lines"], "--line")
    damaged = counted_lines(said["damaged"], "--damaged")
    found = [(line, quantity, "good") for line, quantity in good]
    found += [(line, quantity, "damaged") for line, quantity in damaged]
    return [
        {"line": line, "quantity": quantity, "condition": condition}
        for line, quantity, condition in sorted(found)
    ]


@delivery.command("list", epilog="Example: comity delivery list --node kor")
@agreement_option
@click.option("--open", "only_open", is_flag=True, help="Only those that are not receipted.")
@node_command(writing=False)
async def list_deliveries(desk: Desk, *, agreement: AgreementId | None, only_open: bool) -> None:
    """List the deliveries, their receipts and the claims that these made."""
    chosen = await the_agreement(desk.context, agreement)
    state: Any = await read_state(desk.context, chosen, parts=("deliveries",))
    rows = [row for row in state["deliveries"] if not (only_open and row["receipt"])]
    desk.show_list(
        "comity/delivery-list/1",
        {"deliveries": rows},
        (line for row in rows for line in _lines(row)),
        empty=("no deliveries", "hand over what was accepted: comity delivery make --help"),
    )


def _lines(row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['place']}  of order {row['order']}, on {row['on']}, paper {shown(row['number'])}"
    for line in row["lines"]:
        yield labelled(f"line {line['line']}", f"{line['quantity']} handed over")
    came = row["receipt"]
    if came is None:
        yield labelled("receipt", "none yet")
        return
    for receipt in (came, *row["further"]):
        yield from _receipt_lines(receipt)


def _receipt_lines(came: dict[str, Any]) -> Iterator[str]:
    yield labelled("receipt", came["place"])
    for line in came["lines"]:
        yield labelled(f"line {line['line']}", f"{line['quantity']} came")
    for line in came["damaged"]:
        yield labelled(f"line {line['line']}", f"{line['quantity']} came damaged")
    for worth in came["worth"]:
        yield labelled("worth", f"{worth['amount']} {worth['currency']}")
    yield labelled("claim", came["claim"] or "none")
