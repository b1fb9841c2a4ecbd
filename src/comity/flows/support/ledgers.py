# SPDX-License-Identifier: Apache-2.0
"""The other side's ledger, held against our books line by line: what differs is named, no more.

Where both nodes have heard the same they say the same bytes; what differs then is what people wrote
down elsewhere. The table of `balance export` is such a ledger, and any other with its columns: the
order and the line, and whichever figures it keeps. Source: treaties.md 4.5
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec import Struct

from comity.basis.errors import InputError, StateError, excerpt
from comity.basis.ids import AgreementId, Place, format_place, parse_place
from comity.basis.instants import Date, Instant
from comity.basis.limits import BALANCE_LINES_MAX, LEDGER_BYTES_MAX, ORDER_LINE_NUMBER_MAX
from comity.flows.context import Context
from comity.flows.support.balances import end_of, read_balance
from comity.flows.support.finding import find_balance
from comity.flows.turns import read_view
from comity.flows.view import judge_anew
from comity.state.export_goods import order_json
from comity.state.state import State
from comity.statement.settlements import LineRef
from comity.support.matching import BookLine, LedgerLine, differences

_WORDS: Final = ("unit", "currency", "method")
_AMOUNTS: Final = (
    *("asked", "accepted", "price", "delivered", "received", "damaged"),
    *("worth", "given_back", "paid"),
)
LEDGER_FIGURES: Final = (*_WORDS, *_AMOUNTS)
"""The columns that are held against our books; others are for people."""

_DECIMAL: Final = re.compile(r"0*([0-9]+?)(?:\.([0-9]*?)0*)?")
_LINE: Final = re.compile(r"[1-9][0-9]{0,6}")


class Ledger(Struct, frozen=True):
    """A ledger's lines in their order, and the figures that it keeps of each."""

    figures: tuple[str, ...]
    lines: tuple[BookLine, ...]


class DifferentLine(Struct, frozen=True):
    """A line that both have otherwise: each figure as we have it and as they do, by its name.

    None stands for a line that one side has not at all.
    """

    order: Place
    line: int
    ours: dict[str, str] | None
    theirs: dict[str, str] | None


def read_ledger(raw: bytes) -> Ledger:
    """Read a table: a row for each line, its columns named in the first row.

    Raises:
        InputError: it is no such table, too large, or a cell is no figure.
    """
    if len(raw) > LEDGER_BYTES_MAX:
        raise _no_ledger(f"at most {LEDGER_BYTES_MAX} bytes", f"{len(raw)} bytes")
    try:
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as err:
        raise _no_ledger("a table of comma-separated values in UTF-8", type(err).__name__) from err
    names = rows[0] if rows else []
    figures = tuple(name for name in LEDGER_FIGURES if name in names)
    if not figures or not {"order", "line"} <= set(names) or len(set(names)) != len(names):
        raise _no_ledger(
            f"columns named order and line, each once, and some of {' '.join(LEDGER_FIGURES)}",
            excerpt(",".join(names)),
        )
    lines = [_read_row(dict(zip(names, row, strict=False)), figures, number)
             for number, row in enumerate(rows[1:], start=2) if row]  # fmt: skip
    return Ledger(figures, tuple(sorted(lines, key=lambda each: each.key)))


async def compare_ledger(
    context: Context, agreement: AgreementId, ledger: Ledger, on: Date | None = None
) -> tuple[DifferentLine, ...]:
    """Give the lines in which a ledger differs from our books at the end of a day.

    Raises:
        InputError: the ledger has a line twice.
    """
    view = await read_view(context, agreement)
    end = end_of(context, view, on)
    if not view.fold.reaches(end):
        view = await judge_anew(context, agreement)
    with view.fold.standing_at(end) as state:
        own = _own_lines(_orders(state, sorted(state.orders.keys()), end), ledger.figures)
        found = tuple(differences(own, ledger.lines))
        named = {each.order for each in found}
        again = _own_lines(_orders(state, sorted(named), end), ledger.figures)
        ours = {each.key: _of(each) for each in again}
    theirs = {each.key: _of(each) for each in ledger.lines if each.order in named}
    return tuple(
        DifferentLine(
            each.order,
            each.line,
            _named(ours.get((each.order, each.line)), each.figures),
            _named(theirs.get((each.order, each.line)), each.figures),
        )
        for each in found
    )


async def lines_to_name(
    context: Context,
    agreement: AgreementId,
    balance: Place,
    *,
    ledger: Ledger | None,
    unmatched: bool,
) -> tuple[LineRef, ...]:
    """Give the lines of a stated balance that differ: from a ledger, or between the two sides.

    `unmatched` asks for those on which less was receipted than was handed over.

    Raises:
        StateError: no such balance; or more lines differ than one answer can name.
    """
    until = find_balance(await read_view(context, agreement), balance).state.until
    found: set[tuple[Place, int]] = set()
    if ledger is not None:
        compared = await compare_ledger(context, agreement, ledger, until)
        found |= {(each.order, each.line) for each in compared}
    if unmatched:
        value: Any = (await read_balance(context, agreement, until)).value
        found |= {(parse_place(row["order"], "order"), row["line"]) for row in value["unmatched"]}
    if len(found) > BALANCE_LINES_MAX:
        raise StateError(
            "balance.too-many-lines",
            "more lines differ than one answer names",
            where=f"{agreement}/{format_place(balance)}",
            expected=str(BALANCE_LINES_MAX),
            found=str(len(found)),
            hint="see them all: comity balance compare; name some of them with --differs",
        )
    return tuple(LineRef(*key) for key in sorted(found))


def _orders(state: State, places: Iterable[Place], at: Instant) -> Iterator[Any]:
    """Write one order after the other: all at once they would take gigabytes."""
    for place in places:
        order = state.orders.get(place)
        if order is not None:
            yield order_json(state, order, at)


def _own_lines(orders: Iterable[Any], figures: tuple[str, ...]) -> Iterator[BookLine]:
    """Give our books in the columns of a ledger, as the table of `balance export` has them."""
    for order in orders:
        place = parse_place(order["place"], "order")
        for line in order["lines"]:
            told = {**line, "method": line["method"] or order["head"]["method"]}
            found = tuple((name, _figure(name, str(told[name] or ""))) for name in figures)
            yield BookLine(place, LedgerLine(line["line"], found))


def _read_row(row: dict[str, str], figures: tuple[str, ...], number: int) -> BookLine:
    where = f"row {number}"
    order, line = row.get("order", ""), row.get("line", "")
    if _LINE.fullmatch(line) is None or int(line) > ORDER_LINE_NUMBER_MAX:
        raise _no_figure(f"{where}: line", "the number of an order's line", line)
    found = []
    for name in figures:
        figure = _figure(name, row.get(name, ""))
        if name in _AMOUNTS and figure == "":
            raise _no_figure(f"{where}: {name}", "a decimal such as 12.5, or nothing", row[name])
        found.append((name, figure))
    # An order is named as here, or with its agreement before it.
    place = parse_place("/".join(order.rsplit("/", 2)[-2:]), f"{where}: order")
    return BookLine(place, LedgerLine(int(line), tuple(found)))


def _figure(name: str, text: str) -> str:
    """Bring a cell to one spelling: nothing is 0, and 12.50 is 12.5; what is no figure is empty."""
    if name in _WORDS:
        return text.strip()
    match = _DECIMAL.fullmatch(text.strip() or "0")
    if match is None:
        return ""
    whole, behind = match[1], match[2] or ""
    return f"{whole}.{behind}" if behind else whole


def _of(line: BookLine) -> dict[str, str]:
    return dict(line.account.figures) if isinstance(line.account, LedgerLine) else {}


def _named(figures: dict[str, str] | None, names: tuple[str, ...]) -> dict[str, str] | None:
    """Give the figures that differ; of a line that one side has alone, all."""
    if figures is None or not names:
        return figures
    return {name: figures[name] for name in names}


def _no_ledger(expected: str, found: str) -> InputError:
    return InputError(
        "balance.no-ledger",
        "this is no ledger of an order's lines",
        expected=expected,
        found=found,
        hint="see the table that this writes: comity balance export --form csv",
    )


def _no_figure(where: str, expected: str, found: str) -> InputError:
    return InputError(
        "balance.no-figure",
        "a cell of the ledger is no figure",
        where=where,
        expected=expected,
        found=excerpt(found),
    )
