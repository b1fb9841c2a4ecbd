# SPDX-License-Identifier: Apache-2.0
"""Each table of docs/performance.md stands between marks of its own."""

from __future__ import annotations

import pytest

from bench.run import BEGINS, END, PAGE, WIRE, is_whole, main, names_of, written


@pytest.mark.parametrize("begin", BEGINS.values())
def test_a_table_takes_the_place_of_the_one_before_and_of_nothing_else(begin: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    changed = written(page, "new\n", begin)
    assert f"{begin}\nnew\n{END}" in changed
    before, after = page.split(begin)
    assert changed == f"{before}{begin}\nnew\n{END}{after.partition(END)[2]}"


def test_a_page_without_the_marks_is_left_alone() -> None:
    with pytest.raises(ValueError, match="lacks"):
        written("# Speed\n", "new\n", BEGINS[True])


@pytest.mark.parametrize("words", [["fold"], ["fold", "wire"], ["tlog", "store"]])
def test_a_part_of_a_table_is_not_written_over_the_whole(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = PAGE.read_bytes()
    with pytest.raises(SystemExit) as ended:
        main([*words, "--write"])
    assert ended.value.code == 2
    assert "whole tables" in capsys.readouterr().err
    assert PAGE.read_bytes() == before


@pytest.mark.parametrize("words", [[], ["wire"], ["speed"]])
def test_whole_tables_are_written(words: list[str]) -> None:
    assert is_whole(names_of(words))


def test_the_wire_is_measured_by_its_name_alone() -> None:
    assert WIRE not in names_of([])
    assert names_of(["wire"]) == [WIRE]


def test_a_word_that_no_file_holds_is_a_mistake() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["nothing-like-it"])
    assert ended.value.code == 2
