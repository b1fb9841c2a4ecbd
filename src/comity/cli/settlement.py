# SPDX-License-Identifier: Apache-2.0
"""`comity settlement`: bills, and what is settled by cash, return, replacement or exchange."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import click

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, Place, format_place
from comity.basis.instants import Date, format_date
from comity.basis.strict_json import JsonValue
from comity.cli.case_texts import text_of
from comity.cli.entering import show_entered
from comity.cli.goods_options import (
    COUNTED,
    another_option,
    counted_lines,
    line_option,
    method_option,
    number_option,
    office_option,
    standing_of,
    text_option,
)
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    date_option,
    place_option,
    the_agreement,
    the_place,
)
from comity.cli.printing import labelled, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.flows.listing import read_state
from comity.flows.support import settlements
from comity.flows.support.claims import drop
from comity.flows.support.reading import officer_json, read_office, read_wanted
from comity.statement.orders import Method

_IN_KIND = (Method.RETURN.value, Method.REPLACEMENT_IN_KIND.value)


@click.group(cls=Noun)
def settlement() -> None:
    """Bill what was receipted, and settle it.

    What the creditor says counts, until it takes it back; what the debtor alone says is claimed,
    until the creditor confirms or refuses it. An offset, and the price of the day, need the word
    of both.
    """


@settlement.command(
    epilog="Example: comity settlement bill KOR/9 --number I-1 --office Finance "
    "--node jpn --as jpn-006"
)
@control_argument("control", "ORDER")
@agreement_option
@number_option("the bill")
@office_option
@click.option("--currency", metavar="CODE", help="Of which currency, where there are several.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def bill(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    number: str,
    office: str,
    currency: str | None,
) -> int | None:
    """Bill what was receipted of an ORDER and not billed yet; the total is worked out."""
    chosen, place = await the_place(desk.context, control, agreement)
    acting = read_office(desk.acting, office)
    return show_entered(
        desk,
        await settlements.bill(desk.context, chosen, place, number, acting, currency=currency),
    )


@settlement.command(
    epilog="Example: comity settlement record KOR/9 --method replacement_in_kind --number S-1 "
    "--line '1 10000' --office Depot --node kor --as kor-005"
)
@control_argument("control", "ORDER")
@agreement_option
@method_option(required=True, help_text="How it is settled.")
@number_option("the settlement")
@office_option
@line_option(
    "--line",
    "lines",
    words="LINE FIGURE",
    help_text="Of a line a quantity given back or replaced, an amount paid, or the price of "
    "the day (converted) [all that is open]",
)
@line_option(
    "--in-kind", "in_kind", words=COUNTED, help_text="A quantity owed in kind, and met in cash"
)
@line_option(
    "--damaged", "damaged", words=COUNTED, help_text="How much of what is returned is damaged"
)
@click.option("--reason", metavar="TEXT", help="Why in cash, where return or replacement is first.")
@place_option(
    "--other-order", "against", help_text="The order of the other direction, of an offset."
)
@date_option("--on", help_text="The day. [today]")
@another_option
@text_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def record(
    desk: Desk, *, control: Control, agreement: AgreementId | None, **said: Any
) -> int | None:
    """Say that an ORDER is settled, whole or line by line.

    Of a loan that comes back damaged, --text says how; the lender confirms or refuses it.
    """
    chosen, place = await the_place(desk.context, control, agreement)
    on: Date | None = said["on"]
    against: Place | None = said["against"]
    told: dict[str, JsonValue] = {
        "number": said["number"],
        "method": said["method"],
        "acting": officer_json(desk.acting, said["office"]),
        "on": None if on is None else format_date(on),
        "reason": said["reason"],
        "against": None if against is None else format_place(against),
    }
    wanted = await read_wanted(desk.context, chosen, place, told, _lines_said(said))
    with text_of(said["text"], "settlement") as sealed:
        wanted = replace(wanted, text=sealed, another=said["another"])
        return show_entered(desk, await settlements.settle(desk.context, chosen, wanted))


def _lines_said(said: dict[str, Any]) -> list[dict[str, JsonValue]]:
    figure = "amount"
    if said["method"] in _IN_KIND:
        figure = "quantity"
    elif said["method"] == Method.CONVERTED.value:
        figure = "price"
    figures = [(line, figure, text) for line, text in counted_lines(said["lines"], "--line")]
    figures += [
        (line, "quantity", text) for line, text in counted_lines(said["in_kind"], "--in-kind")
    ]
    none: dict[str, JsonValue] = {"quantity": None, "amount": None, "price": None}
    said_lines = [{"line": line, **none, name: text} for line, name, text in sorted(figures)]
    damaged = dict(counted_lines(said["damaged"], "--damaged"))
    unnamed = damaged.keys() - {line for line, _, _ in figures}
    if unnamed:
        raise InputError(
            "cli.goods-no-line",
            "no such line is returned here",
            where="--damaged",
            found=str(min(unnamed)),
            hint="name the line with --line too",
        )
    return [{**each, **_damage(damaged.get(int(str(each["line"]))))} for each in said_lines]


def _damage(quantity: str | None) -> dict[str, JsonValue]:
    return {} if quantity is None else {"damaged": quantity}


@settlement.command(
    epilog="Example: comity settlement confirm KOR/14 --number S-2 --office Finance "
    "--node jpn --as jpn-006"
)
@control_argument("control", "SETTLEMENT")
@agreement_option
@number_option("the confirmation")
@office_option
@another_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def confirm(
    desk: Desk, *, control: Control, agreement: AgreementId | None, **said: Any
) -> int | None:
    """Confirm a SETTLEMENT that the other side said: the same lines and figures.

    Refused where we have recorded the same ourselves: it would count twice.
    """
    chosen, place = await the_place(desk.context, control, agreement)
    acting = read_office(desk.acting, said["office"])
    return show_entered(
        desk,
        await settlements.confirm(
            desk.context, chosen, place, said["number"], acting, another=said["another"]
        ),
    )


@settlement.command(
    epilog="Example: comity settlement withdraw KOR/14 --office Finance --node kor --as kor-006"
)
@control_argument("control", "SETTLEMENT")
@agreement_option
@office_option
@text_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def withdraw(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    office: str,
    text: str | None,
) -> int | None:
    """Take back a SETTLEMENT of ours.

    What counts by our word alone is owed again, of its own day; not what the other side said
    too, what was billed since, or what is in a balance that both agreed.
    """
    return await _drop(desk, control, agreement, office, text, own=True)


@settlement.command(
    epilog="Example: comity settlement refuse KOR/14 --office Finance --text why.txt "
    "--node jpn --as jpn-006"
)
@control_argument("control", "SETTLEMENT")
@agreement_option
@office_option
@text_option
@node_command(writing=True, person=AsPerson.REQUIRED)
async def refuse(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    office: str,
    text: str | None,
) -> int | None:
    """Refuse a SETTLEMENT that the other side claims; what is owed stays owed."""
    return await _drop(desk, control, agreement, office, text, own=False)


async def _drop(
    desk: Desk,
    control: Control,
    agreement: AgreementId | None,
    office: str,
    text: str | None,
    *,
    own: bool,
) -> int | None:
    chosen, place = await the_place(desk.context, control, agreement)
    acting = read_office(desk.acting, office)
    with text_of(text, "withdrawal" if own else "refusal") as sealed:
        return show_entered(
            desk, await drop(desk.context, chosen, place, acting, text=sealed, own=own)
        )


@settlement.command("list", epilog="Example: comity settlement list --claimed --node jpn")
@agreement_option
@click.option("--claimed", is_flag=True, help="Only those that do not count yet.")
@node_command(writing=False)
async def list_settlements(desk: Desk, *, agreement: AgreementId | None, claimed: bool) -> None:
    """List bills and settlements; what one side alone has said is claimed, and does not count."""
    chosen = await the_agreement(desk.context, agreement)
    state: Any = await read_state(desk.context, chosen, parts=("invoices", "settlements"))
    rows = [row for row in state["settlements"] if not (claimed and _is_done(row))]
    bills = [] if claimed else state["invoices"]
    lines = [line for row in bills for line in _bill(row)]
    lines += [line for row in rows for line in _settled(row)]
    desk.show_list(
        "comity/settlement-list/1",
        {"invoices": bills, "settlements": rows},
        lines,
        empty=("no settlements", "settle what is owed: comity settlement record --help"),
    )


_BY_BOTH: Final = (Method.OFFSET.value, Method.CONVERTED.value)


def _is_done(row: dict[str, Any]) -> bool:
    return row["counted"] is not None or row["dropped"] is not None


def _bill(row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['place']}  bill {shown(row['number'])} of order {row['order']}"
    yield labelled("total", f"{row['total']} {row['currency']}")


def _settled(row: dict[str, Any]) -> Iterator[str]:
    counts = standing_of(row)
    yield f"{row['place']}  {row['method']} of order {row['order']}, on {row['on']}: {counts}"
    if row["method"] in _BY_BOTH:
        yield labelled("approved by", ", ".join(row["approved_by"]))
    for line in row["lines"]:
        figures = [line["quantity"], line["amount"], line["price"]]
        told = ", ".join(str(each) for each in figures if each is not None)
        yield labelled(f"line {line['line']}", f"{told} {row['currency'] or ''}".rstrip())
        if row["method"] == Method.RETURN.value:
            damaged = line.get("damaged")
            yield labelled("condition", "good" if damaged is None else f"{damaged} of it DAMAGED")
