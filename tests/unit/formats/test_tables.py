# SPDX-License-Identifier: Apache-2.0
"""Tables: nothing in a cell is a formula, hides, or breaks its row."""

import csv
import io

import pytest

from comity.basis.errors import InvariantError
from comity.formats.tables import format_table, safe_cell


def read(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode(), newline="")))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        " =1",
        "\u3000=1",
        "|cmd",
        "%0",
        "\N{FULLWIDTH EQUALS SIGN}1",
        "\N{FULLWIDTH PLUS SIGN}1",
        "\N{FULLWIDTH HYPHEN-MINUS}1",
        "\N{FULLWIDTH COMMERCIAL AT}1",
        "'=1",
    ],
)
def test_a_text_that_begins_as_a_formula_is_marked_as_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "\n=1", "\u202e=1", "\u3164=1", "\x00=1"])
def test_what_nobody_sees_is_written_out_and_opens_no_formula(text: str) -> None:
    assert safe_cell(text).startswith("‹U+")


def test_numbers_words_and_nothing_stay_what_they_are() -> None:
    row = [-3, True, False, None, "極秘", "a-b", ""]
    assert [safe_cell(each) for each in row] == ["-3", "true", "false", "", "極秘", "a-b", ""]


def test_a_row_comes_back_whole_whatever_its_cells_hold() -> None:
    raw = format_table(["a", "b"], [['x","=1', "1;=2"], ["l\nm", "한국"]])
    assert read(raw) == [["a", "b"], ['x","=1', "1;=2"], ["l‹U+000A›m", "한국"]]
    assert raw.endswith(b"\r\n")
    assert raw.count(b"\r\n") == 3


def test_a_row_without_a_cell_for_each_column_is_a_fault() -> None:
    with pytest.raises(InvariantError):
        format_table(["a", "b"], [["1"]])
