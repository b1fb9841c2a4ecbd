# SPDX-License-Identifier: Apache-2.0
"""Lists as comma-separated tables that no program can take for formulas.

Every cell is quoted and what nobody could see is escaped; a text that begins as a formula does
gets an apostrophe before it, which spreadsheets take for "this is text". Source: RFC 4180
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from comity.basis.errors import InvariantError
from comity.marking.hidden import printable_text

Cell = str | int | bool | None

TEXT_MARK: Final = "'"
_FORMULA: Final = frozenset("=+-@|%＝＋－＠")


def format_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write a head and its rows in UTF-8, each line ended as the standard has it.

    Every row has a cell for every column.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([safe_cell(each) for each in columns])
    for row in rows:
        if len(row) != len(columns):
            raise InvariantError("formats.ragged-table", "a row has not one cell for each column")
        writer.writerow([safe_cell(each) for each in row])
    return out.getvalue().encode()


def safe_cell(value: Cell) -> str:
    """Write one value: numbers as they are, nothing as nothing, text so that it stays text."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case _:
            return _safe_text(value)


def _safe_text(text: str) -> str:
    shown = printable_text(text)
    first = shown.lstrip()[:1]
    is_taken_for_more = first in _FORMULA or first == TEXT_MARK
    return f"{TEXT_MARK}{shown}" if is_taken_for_more else shown
