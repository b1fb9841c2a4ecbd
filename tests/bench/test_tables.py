# SPDX-License-Identifier: Apache-2.0
"""Each table of docs/performance.md stands between marks of its own."""

from __future__ import annotations

import pytest

from bench.run import BEGINS, END, PAGE, written


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
