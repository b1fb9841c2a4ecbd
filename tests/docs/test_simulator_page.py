# SPDX-License-Identifier: Apache-2.0
"""The simulator's page names every planted bug, what notices it, and which command looks for it."""

from __future__ import annotations

from pathlib import Path

from tests.simulator import test_affairs_seeds, test_cases_seeds, test_keeping_seeds
from tests.simulator.cast import TOPOLOGIES
from tests.simulator.planted import PLANTED
from tests.simulator.test_seeds import SEEDS, TORTURE_SEEDS

PAGE = Path(__file__).parents[2] / "docs" / "simulator.md"


def rows(heading: str) -> list[tuple[str, ...]]:
    """Give the cells of the first table under a heading, without its two first lines."""
    _, _, after = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    lines = [line for line in after.partition("\n## ")[0].splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]


def test_every_planted_bug_stands_in_the_table_as_it_is_looked_for() -> None:
    assert rows("Bugs that are planted") == [
        (
            bug.name,
            "; ".join(bug.noticed),
            "`make torture`" if bug.is_rare else "`make test`",
        )
        for bug in PLANTED
    ]


def test_the_page_says_how_many_seeds_are_lived_through() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"seeds 0 to {SEEDS - 1}" in text
    assert f"through {TORTURE_SEEDS:,} more" in text


def test_the_page_says_in_which_seeds_the_other_acts_are_done() -> None:
    told = " ".join(PAGE.read_text(encoding="utf-8").split())
    for acts, module in (
        ("copies, translations, ends and counts in seeds", test_keeping_seeds),
        ("losses, visits and firms in", test_cases_seeds),
        ("authorities, laws, disputes and waivers in", test_affairs_seeds),
    ):
        *most, last = map(str, module.SEEDS)
        assert f"{acts} {', '.join(most)} and {last}" in told


def test_the_page_names_every_kind_of_world() -> None:
    assert [row[0] for row in rows("Worlds")] == [each.name for each in TOPOLOGIES]
