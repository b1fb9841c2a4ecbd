# SPDX-License-Identifier: Apache-2.0
"""Two books of the same orders, held against each other line by line.

Both stand in the order of orders and lines, so each is read once and neither is held: a million
lines cost the memory of two. A book is what a fold holds, or what a ledger outside of comity does.
Source: treaties.md 4.5 (match both parties' ledgers line by line)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby
from typing import Final

from msgspec import Struct

from comity.basis.errors import InputError
from comity.basis.ids import Place, format_place
from comity.support.accounts import LineAccount

FIGURES: Final = tuple(name for name in LineAccount.__struct_fields__ if name != "line")
"""What both sides must have alike of a line."""


class LedgerLine(Struct, frozen=True, gc=False):
    """One line as a ledger outside of comity has it: the figures of the columns that it keeps."""

    line: int
    figures: tuple[tuple[str, str], ...]


class BookLine(Struct, frozen=True, gc=False):
    """One line of one order, as one side has it."""

    order: Place
    account: LineAccount | LedgerLine

    @property
    def key(self) -> tuple[Place, int]:
        """Give where it stands in a book."""
        return self.order, self.account.line


class Difference(Struct, frozen=True, gc=False):
    """A line that the two books have differently, and in what; nothing named: one has none."""

    order: Place
    line: int
    figures: tuple[str, ...]
    ours: bool
    theirs: bool


def differences(ours: Iterable[BookLine], theirs: Iterable[BookLine]) -> Iterator[Difference]:
    """Give every line in which two books differ, in their order.

    Raises:
        InputError: a book is out of order, or has a line twice.
    """
    own = ((line, True) for line in _in_order(ours, "ours"))
    other = ((line, False) for line in _in_order(theirs, "theirs"))
    for (order, line), both in groupby(merge(own, other, key=_key), key=_key):
        found = {is_ours: each.account for each, is_ours in both}
        mine, their = found.get(True), found.get(False)
        if mine != their:
            unlike = () if mine is None or their is None else _unlike(mine, their)
            yield Difference(order, line, unlike, mine is not None, their is not None)


def _key(one: tuple[BookLine, bool]) -> tuple[Place, int]:
    return one[0].key


def _unlike(ours: LineAccount | LedgerLine, theirs: LineAccount | LedgerLine) -> tuple[str, ...]:
    mine, other = _figures(ours), _figures(theirs)
    return tuple(name for name, figure in mine.items() if figure != other.get(name))


def _figures(account: LineAccount | LedgerLine) -> dict[str, object]:
    if isinstance(account, LedgerLine):
        return dict(account.figures)
    return {name: getattr(account, name) for name in FIGURES}


def _in_order(lines: Iterable[BookLine], whose: str) -> Iterator[BookLine]:
    last: tuple[Place, int] | None = None
    for line in lines:
        if last is not None and line.key <= last:
            raise InputError(
                "support.book-order",
                "a book has its lines in the order of orders and numbers, each once",
                where=f"{whose}: {format_place(line.order)}",
                found=str(line.account.line),
            )
        last = line.key
        yield line
