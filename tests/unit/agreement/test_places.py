# SPDX-License-Identifier: Apache-2.0
"""Lines of tables: strings, comments and brackets do not mislead the scan."""

import pytest

from comity.agreement.places import line_of, scan_statements, show_path, table_lines


def lines(text: str) -> dict[tuple[str | int, ...], int]:
    return table_lines(text, scan_statements(text))


def test_headers_are_found_under_their_path() -> None:
    text = "[a]\n[a.b]\n[[c]]\n[c.d]\n[[c]]\n[c.d]\n[[c.e]]\n[[c.e]]\n[ x . 'y z' ] # why\n"
    assert lines(text) == {
        (): 1,
        ("a",): 1,
        ("a", "b"): 2,
        ("c",): 3,
        ("c", 0): 3,
        ("c", 0, "d"): 4,
        ("c", 1): 5,
        ("c", 1, "d"): 6,
        ("c", 1, "e"): 7,
        ("c", 1, "e", 0): 7,
        ("c", 1, "e", 1): 8,
        ("x",): 9,
        ("x", "y z"): 9,
    }


def test_a_table_without_a_header_begins_with_the_first_of_its_sub_tables() -> None:
    found = lines("[a.b.c]\n[a.b]\n[d.e]\n[d.f]\n")
    assert found[("a",)] == 1
    assert found[("a", "b")] == 2
    assert found[("d",)] == 3


def test_a_name_of_very_many_parts_costs_few_places() -> None:
    assert len(lines("[" + ".".join("x" * 1000) + "]\n")) < 20


@pytest.mark.parametrize(
    "value",
    [
        '"""\n[no]\n"""',
        '"""a\\"""\n[no]\n"""',
        "'''\n[no]\n'''",
        '""""quoted"\n[no]\n"""""',
        "[\n[1],\n# [no]\n[2], { a = [3] },\n]",
        '["]",\n"[",\n\'"\',\n]',
        '"\\"]" # [',
        "'\\'",
    ],
)
def test_nothing_inside_a_value_is_a_header(value: str) -> None:
    text = f"a = {value}\n[b]\n"
    assert lines(text) == {(): 1, ("b",): text.count("\n")}


def test_a_statement_says_where_it_begins_and_ends() -> None:
    statements = scan_statements("# c\n\na = [\n1,\n]\n[b]\nc = 1")
    assert [(s.is_header, s.first_line, s.last_line) for s in statements] == [
        (False, 3, 5),
        (True, 6, 6),
        (False, 7, 7),
    ]


@pytest.mark.parametrize(
    "text", ["a = '''x", 'a = """x\\', 'a = "x', "a = [", "a = ]\n", 'a = "\\']
)
def test_the_scan_ends_whatever_is_left_open(text: str) -> None:
    assert len(scan_statements(text)) == 1


def test_the_line_of_a_path_is_that_of_the_nearest_table() -> None:
    known: dict[tuple[str | int, ...], int] = {(): 1, ("a",): 4}
    assert line_of(("a", "b", 3), known) == 4
    assert line_of(("c",), known) == 1


def test_a_path_is_shown_counted_from_one() -> None:
    assert show_path(("article", 2, "release")) == "article[3].release"
