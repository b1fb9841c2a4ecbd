# SPDX-License-Identifier: Apache-2.0
"""Options of orders, deliveries and settlements: lines as words, offices, papers' numbers.

A line is typed as words, quantities and units by themselves; what they say is read as strictly as
the statement that it goes into, later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import click

from comity.basis.errors import InputError, excerpt
from comity.basis.strict_json import JsonValue
from comity.cli.options import Decorator
from comity.statement.orders import Method

_NUMBER_DIGITS: Final = 7

text_option = click.option(
    "--text", metavar="FILE", help="Names, titles, needs: sealed beside it; - for input."
)
office_option = click.option(
    "--office", required=True, metavar="OFFICE", help="The office for which the person acts."
)

another_option = click.option(
    "--another", is_flag=True, help="It is not what is recorded already, though it looks like it."
)


def standing_of(row: Mapping[str, Any]) -> str:
    """Tell whether a settlement counts, is claimed, or was dropped."""
    if row["counted"] is not None:
        return f"counts by {row['counted']}"
    if row["dropped"] is None:
        return "claimed, not confirmed"
    own = row["dropped"].split("/")[0] == row["by"]
    return f"{'taken back' if own else 'REFUSED'} by {row['dropped']}"


def cap_words(row: Mapping[str, Any]) -> str:
    """Tell how far a yearly cap is used, and what counts in currencies that nobody converts."""
    used = f"{row['used']} of {row['cap']} {row['currency']}, {row['percent']} %"
    if row["coming"] != "0":
        used += f", {row['coming']} more accepted"
    if row["overdue"] != "0":
        used += f", {row['overdue']} of it LATE TO BE HANDED OVER (comity order list)"
    over = ", OVER THE CAP" if row["over"] else ""
    beside = "".join(f", and {each['amount']} {each['currency']}" for each in row["elsewhere"])
    until = f"in the year to {row['until']}, Art. {row['article']}"
    return f"{row['of']} of {row['party']}: {used}{beside}{over}, {until}"


def number_option(what: str) -> Decorator:
    """Give a command the number of its paper."""
    return click.option(
        "--number", required=True, metavar="NUMBER", help=f"The document number of {what}."
    )


def method_option(*, required: bool, help_text: str) -> Decorator:
    """Give a command a way to settle."""
    return click.option(
        "--method",
        type=click.Choice([each.value for each in Method]),
        required=required,
        help=help_text,
    )


def line_option(name: str, variable: str, *, words: str, help_text: str) -> Decorator:
    """Give a command lines, each told in words between quotes."""
    told = f"{help_text}: '{words}', once for each."
    return click.option(name, variable, multiple=True, metavar="LINE", help=told)


lines_option = click.option(
    "--line",
    "lines",
    multiple=True,
    type=click.IntRange(min=1),
    metavar="LINE",
    help="A line's number; once for each. [all that is open]",
)


def split_line(text: str, where: str, words: str, *, most: int | None = None) -> list[str]:
    """Take the words of a line; the last may hold blanks where `most` says how many there are.

    Raises:
        InputError: there are too few, or too many.
    """
    wanted = words.split()
    least = sum(not each.startswith("[") for each in wanted)
    found = text.split(None, len(wanted) - 1 if most else -1)
    if not least <= len(found) <= len(wanted):
        raise InputError(
            "cli.goods-line",
            "a line is told in other words",
            where=where,
            expected=words,
            found=excerpt(text),
            hint="put it between quotes: its words are parted by blanks",
        )
    return found


def line_number(text: str, where: str) -> int:
    """Read a line's number.

    Raises:
        InputError: it is none.
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= _NUMBER_DIGITS):
        raise InputError(
            "cli.goods-line-number",
            "not the number of a line",
            where=where,
            expected="1",
            found=excerpt(text),
        )
    return int(text)


def by_line(texts: Iterable[str], where: str, words: str) -> dict[int, list[str]]:
    """Read words by the number of the line that they are about, sorted; each line once.

    Raises:
        InputError: a line stands twice, or its words are too few or too many.
    """
    found: dict[int, list[str]] = {}
    for text in texts:
        number, *rest = split_line(text, where, words, most=1)
        line = line_number(number, where)
        if line in found:
            raise InputError(
                "cli.goods-line-twice", "a line stands twice", where=where, found=str(line)
            )
        found[line] = rest
    return dict(sorted(found.items()))


def asked_lines(
    lines: Iterable[str], stocks: Iterable[str], returns: Iterable[str]
) -> list[JsonValue]:
    """Read the lines of an order, numbered from 1 as they stand on the command line."""
    stock = by_line(stocks, "--stock", "LINE NUMBER")
    back = by_line(returns, "--return-by", "LINE DATE")
    found: list[JsonValue] = []
    for number, text in enumerate(lines, 1):
        said = split_line(text, "--line", ASKED, most=1)
        category, nature, quantity, unit, description = said
        found.append(
            {
                "line": number,
                "category": category,
                "nature": nature,
                "stock": stock.pop(number, [None])[0],
                "description": description,
                "quantity": quantity,
                "unit": unit,
                "return_by": back.pop(number, [None])[0],
            }
        )
    for where, left in (("--stock", stock), ("--return-by", back)):
        if left:
            raise InputError(
                "cli.goods-no-line",
                "no such line is asked for",
                where=where,
                expected=f"1 to {len(found)}",
                found=str(min(left)),
            )
    return found


ASKED: Final = "CATEGORY NATURE QUANTITY UNIT DESCRIPTION"
PRICED: Final = "LINE QUANTITY PRICE CURRENCY BASIS METHOD"
TAXED: Final = "LINE AMOUNT REASON"
COUNTED: Final = "LINE QUANTITY"


def priced_lines(prices: Iterable[str], taxes: Iterable[str]) -> list[JsonValue]:
    """Read the lines of an acceptance."""
    taxed = by_line(taxes, "--tax", TAXED)
    found: list[JsonValue] = []
    for line, words in by_line(prices, "--line", PRICED).items():
        quantity, price, currency, basis, method = words
        tax: list[Any] = (
            [{"amount": amount, "reason": reason} for amount, reason in [taxed.pop(line)]]
            if line in taxed
            else []
        )
        found.append(
            {
                "line": line,
                "quantity": quantity,
                "price": price,
                "currency": currency,
                "basis": basis,
                "method": method,
                "taxes": tax,
            }
        )
    if taxed:
        raise InputError(
            "cli.goods-no-line",
            "no such line is accepted here",
            where="--tax",
            found=str(min(taxed)),
        )
    return found


def counted_lines(texts: Iterable[str], where: str) -> list[tuple[int, str]]:
    """Read quantities by line."""
    return [(line, words[0]) for line, words in by_line(texts, where, COUNTED).items()]
