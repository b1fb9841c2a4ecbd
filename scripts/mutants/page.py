# SPDX-License-Identifier: Apache-2.0
"""docs/mutants.md: what was drawn, what was killed, and which mutants live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scripts.mutants.writing import Mutant
from scripts.tidy.tree import ROOT

PAGE: Final = ROOT / "docs/mutants.md"

_HEAD: Final = """# Mutants that live

`make mutants ARGS=--write` changes functions of the core one at a time and runs the tests that
reach them (`tests/unit`, `tests/vectors`, the pages made from them; whole nodes and drawn input are
left out). Of each room a sample is drawn by a seed. A mutant that lives is a change that no test
noticed: some are equal to the original (a word in an error's text, a faster way to the same
answer), the others are what to test next.
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one room's mutants."""

    room: str
    all: int
    drawn: int
    survivors: tuple[Mutant, ...]

    @property
    def killed(self) -> int:
        """Count those that some test noticed."""
        return self.drawn - len(self.survivors)


def write_page(results: Sequence[Result], seed: int) -> None:
    """Write the page."""
    lines = [_HEAD, f"Seed {seed}.", "", "| room | mutants | drawn | killed | share |"]
    lines.append("|---|---|---|---|---|")
    for each in results:
        share = f"{100 * each.killed / each.drawn:.1f} %"
        lines.append(f"| {each.room} | {each.all} | {each.drawn} | {each.killed} | {share} |")
    for each in results:
        lines += ["", f"## {each.room}", "", "| file | was | became |", "|---|---|---|"]
        for mutant in sorted(each.survivors, key=lambda found: found.name):
            cells = (
                f"`{text.replace('|', chr(92) + '|')}`" for text in (mutant.was, mutant.became)
            )
            lines.append(f"| {mutant.file} | {' | '.join(cells)} |")
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
