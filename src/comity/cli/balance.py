# SPDX-License-Identifier: Apache-2.0
"""`comity balance`: what is owed, stated and agreed by both; and the books and reports of it.

With --json both nodes print the same bytes once they have heard the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, format_place
from comity.basis.instants import Date
from comity.basis.limits import LEDGER_BYTES_MAX
from comity.basis.strict_json import JsonValue, format_json
from comity.cli.entering import show_entered
from comity.cli.files import read_input
from comity.cli.goods_options import cap_words, line_number, split_line
from comity.cli.nouns import Noun
from comity.cli.options import (
    Control,
    agreement_option,
    control_argument,
    date_option,
    node_lang_option,
    the_agreement,
    the_place,
)
from comity.cli.outputs import write_output
from comity.cli.printing import labelled, say, shown, write_out
from comity.cli.session import AsPerson, Desk, node_command
from comity.flows.listing import read_state
from comity.flows.support import balances
from comity.flows.support.books import BOOKS, export_books
from comity.flows.support.ledgers import (
    DifferentLine,
    Ledger,
    compare_ledger,
    lines_to_name,
    read_ledger,
)
from comity.flows.support.reading import read_differing
from comity.flows.support.reports import yearly_report
from comity.flows.support.year_words import year_lines

SCHEMA = "comity/balance-show/1"
YEARS = click.IntRange(min=1990, max=9999)


@click.group(cls=Noun)
def balance() -> None:
    """Show what is owed, state it each quarter, and agree it or name the lines that differ."""


@balance.command(epilog="Example: comity balance show --agreement acsa-jpn-usa-2016 --node jpn")
@agreement_option
@date_option("--at", help_text="At the end of this day, in the agreement's zone. [today]")
@click.option("--lines", "with_lines", is_flag=True, help="Each open line too, by its age.")
@node_command(writing=False)
async def show(
    desk: Desk, *, agreement: AgreementId | None, at: Date | None, with_lines: bool
) -> None:
    """Show what is owed between the parties, what is late, and what is on one side alone.

    With --json both nodes print the same bytes, for they name no node.
    """
    chosen = await the_agreement(desk.context, agreement)
    found = await balances.read_balance(desk.context, chosen, at, with_lines=with_lines)
    if desk.as_json:
        value: dict[str, JsonValue] = {"schema": SCHEMA, **found.value, "sha256": found.sha256}
        if found.caps:
            value["caps"] = [*found.caps]
        if with_lines:
            value |= {"ageing": [*found.ageing], "lines": [*found.lines]}
        write_out(format_json(value))
        return
    desk.show(SCHEMA, {}, list(_lines(found, with_lines=with_lines)))


def _lines(found: balances.Balance, *, with_lines: bool) -> Iterator[str]:
    value: Any = found.value
    yield f"{value['agreement']} at the end of {found.on}"
    for row in value["owed"]:
        late = "" if row["late"] == "0" else f", {row['late']} of it LATE"
        what = row["currency"] or f"{row['unit']} of {shown(row['category'])}"
        yield labelled(f"{row['by']} owes", f"{row['to']} {row['open']} {what}{late}")
    if not value["owed"]:
        yield labelled("owed", "nothing")
    for row in value["unmatched"]:
        told = f"{row['delivered']} handed over, {row['received']} received {row['unit']}"
        yield labelled("UNMATCHED", f"{row['order']} line {row['line']}: {told}")
    for each in found.caps:
        yield labelled("WARNING" if each["warns"] else "cap", cap_words(each))
    yield labelled("sha256", found.sha256)
    for each in found.ageing if with_lines else ():
        told = f"{each['by']} owes {each['to']} {each['open']} {shown(str(each['of']))}"
        yield labelled(f"{each['months']} months", told)
    lines: tuple[Any, ...] = found.lines if with_lines else ()
    yield from (_open_line(row) for row in lines)


def _open_line(row: dict[str, Any]) -> str:
    due = "" if row["due"] is None else f", due {row['due']}"
    late = ", LATE" if row["late"] else ""
    disputed = ", disputed" if row["disputed"] else ""
    owed = f"{row['open']} {row['unit'] or row['currency']}"
    return f"  {row['order']} line {row['line']}: {owed}{due}{late}{disputed}"


@balance.command(epilog="Example: comity balance state --until 2018-06-30 --node jpn --as jpn-006")
@agreement_option
@date_option("--until", help_text="The day at whose end it stood; it is over.  [required]")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def state(desk: Desk, *, agreement: AgreementId | None, until: Date | None) -> int | None:
    """State the balance at the end of a day; figures and digest are worked out."""
    chosen = await the_agreement(desk.context, agreement)
    if until is None:
        raise InputError("cli.missing-day", "the day is not named", where="--until")
    return show_entered(
        desk, await balances.state_balance(desk.context, chosen, until, desk.acting)
    )


@balance.command(epilog="Example: comity balance agree JPN/21 --node usa --as usa-006")
@control_argument("control", "BALANCE")
@agreement_option
@click.option(
    "--differs",
    multiple=True,
    metavar="'ORDER LINE'",
    help="A line that is not so; once for each. [none: agreed]",
)
@click.option(
    "--ledger",
    metavar="FILE",
    help="Name the lines that a ledger has otherwise, as `balance compare` finds them.",
)
@click.option(
    "--unmatched", is_flag=True, help="Name the lines of which less came than was handed over."
)
@node_command(writing=True, person=AsPerson.REQUIRED)
async def agree(
    desk: Desk,
    *,
    control: Control,
    agreement: AgreementId | None,
    differs: tuple[str, ...],
    ledger: str | None,
    unmatched: bool,
) -> int | None:
    """Agree to a BALANCE that the other side stated, or name the lines that differ."""
    chosen, place = await the_place(desk.context, control, agreement)
    named: list[JsonValue] = []
    for text in differs:
        order, line = split_line(text, "--differs", "ORDER LINE")
        named.append({"order": order, "line": line_number(line, "--differs")})
    held = None if ledger is None else _ledger(ledger)
    found = await lines_to_name(desk.context, chosen, place, ledger=held, unmatched=unmatched)
    lines = {*read_differing(place, named).differs, *found}
    return show_entered(
        desk,
        await balances.agree_balance(
            desk.context, chosen, place, desk.acting, differs=tuple(lines)
        ),
    )


def _ledger(name: str) -> Ledger:
    return read_ledger(read_input(name, bytes_max=LEDGER_BYTES_MAX))


@balance.command(epilog="Example: comity balance compare theirs.csv --at 2018-06-30 --node jpn")
@click.argument("ledger", metavar="LEDGER")
@agreement_option
@date_option("--at", help_text="With the books at the end of this day. [today]")
@node_command(writing=False)
async def compare(
    desk: Desk, *, ledger: str, agreement: AgreementId | None, at: Date | None
) -> None:
    """Hold a LEDGER against the books, line by line, and show what differs.

    A ledger is a table such as `balance export` writes: columns named order and line, and whichever
    figures it keeps.
    """
    chosen = await the_agreement(desk.context, agreement)
    found = await compare_ledger(desk.context, chosen, _ledger(ledger), at)
    desk.show_list(
        "comity/balance-compare/1",
        {
            "differences": [
                {
                    "order": format_place(each.order),
                    "line": each.line,
                    "ours": None if each.ours is None else {**each.ours},
                    "theirs": None if each.theirs is None else {**each.theirs},
                }
                for each in found
            ]
        },
        (line for each in found for line in _different(each)),
        empty=("no differences", "agree to what was stated: comity balance agree --help"),
    )


def _different(each: DifferentLine) -> Iterator[str]:
    yield f"{format_place(each.order)} line {each.line}"
    if each.ours is None or each.theirs is None:
        yield labelled("on one side", "ours" if each.theirs is None else "theirs")
        return
    for name, ours in each.ours.items():
        yield labelled(name, f"{shown(ours)} here, {shown(each.theirs[name])} there")


@balance.command("list", epilog="Example: comity balance list --node jpn")
@agreement_option
@node_command(writing=False)
async def list_balances(desk: Desk, *, agreement: AgreementId | None) -> None:
    """List the balances that were stated, and what the other side said to them."""
    chosen = await the_agreement(desk.context, agreement)
    found: Any = await read_state(desk.context, chosen, parts=("balances",))
    desk.show_list(
        "comity/balance-list/1",
        {"balances": found["balances"]},
        (line for row in found["balances"] for line in _stated(row)),
        empty=("no balances", "state one: comity balance state --help"),
    )


def _stated(row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['place']}  until {row['until']}, sha256 {row['sha256']}"
    for each in row["rows"]:
        yield labelled(f"{each['by']} owes", f"{each['to']} {each['amount']} {each['currency']}")
    for each in row["answers"]:
        lines = ", ".join(f"{ref['order']} line {ref['line']}" for ref in each["differs"])
        told = "agreed" if each["agreed"] else f"differs: {lines}"
        yield labelled(each["by"], f"{told}, {each['place']}")
    if not row["answers"]:
        yield labelled("answer", "none yet")


@balance.command(
    epilog="Example: comity balance export --form beancount --out books.beancount --node jpn"
)
@agreement_option
@click.option(
    "--form",
    "shape",
    type=click.Choice(tuple(BOOKS)),
    default="csv",
    show_default=True,
    help="A table of lines, one object, or a book of accounts.",
)
@date_option("--at", help_text="At the end of this day. [today]")
@click.option("--out", default="-", metavar="FILE", help="A new file. [standard output]")
@node_command(writing=False)
async def export(
    desk: Desk, *, agreement: AgreementId | None, shape: str, at: Date | None, out: str
) -> None:
    """Write the books: every line, what came, what was settled, what is owed."""
    chosen = await the_agreement(desk.context, agreement)
    text = await export_books(desk.context, chosen, shape, at)
    write_output(out, text.encode())
    if out != "-":
        say(f"written: {shown(out)}")


@balance.command(epilog="Example: comity balance report --year 2018 --node usa")
@agreement_option
@click.option(
    "--year", type=YEARS, metavar="YEAR", required=True, help="The fiscal year, as it is named."
)
@click.option(
    "--begins",
    default="10-01",
    show_default=True,
    metavar="MM-DD",
    help="On which day of the year before a fiscal year begins; 01-01: of the year itself.",
)
@node_lang_option
@node_command(writing=False)
async def report(
    desk: Desk, *, agreement: AgreementId | None, year: int, begins: str, lang: str | None
) -> None:
    """Report a year as 10 U.S.C. 2342(h) asks: by class of supply, and what is over a year old.

    Total, collected and outstanding are sums of the registers.
    """
    chosen = await the_agreement(desk.context, agreement)
    found: Any = await yearly_report(desk.context, chosen, year, begins)
    words = desk.language(lang)
    lines = [labelled(name, line) if name else line for name, line in year_lines(found, words)]
    desk.show("comity/balance-report/1", {"report": found}, lines, lang=words)
