# SPDX-License-Identifier: Apache-2.0
"""Every trap of the page names tests that are in the tree, or the later issue that it waits for."""

import re

import pytest

from scripts.tidy.tree import ROOT

LINES = (ROOT / "docs/traps.md").read_text(encoding="utf-8").splitlines()
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in LINES
    if re.match(r"\| (?!trap \|)", line)
]
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(
        r"^\s*(?:async )?def (test_\w+)\(", path.read_text("utf-8"), re.MULTILINE
    )
}


def test_every_trap_of_the_specification_has_its_row() -> None:
    assert len(ROWS) == 40
    assert len({row[0] for row in ROWS}) == 40


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_trap_names_tests_that_exist_or_the_issue_that_it_comes_with(
    row: tuple[str, ...],
) -> None:
    assert len(row) == 3
    assert all(row)
    caught_by, _, later = row[2].rpartition("; ") if "with issue" in row[2] else (row[2], "", "")
    named = re.findall(r"`([^`]*)`", caught_by)
    assert ", ".join(f"`{name}`" for name in named) == caught_by
    assert named or later
    assert len(named) == len(set(named))
    assert [name for name in named if name not in TESTS] == []
    assert not later or re.search(r"\bwith issue [3-6]$", later)
