# SPDX-License-Identifier: Apache-2.0
"""docs/articles.md as text: a table for each instrument, its rows in their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from scripts.articles.collecting import Shown
from scripts.articles.row import Row
from scripts.articles.rows import ROWS, SECTIONS

_HEAD: Final = """<!-- Written by `make golden` from the marks of the tests; a test compares. -->
# The articles, and what shows them

Every row of the treaties that comity was built for, and the tests that show it; each of them runs
in `make test`. What a node *does* with a row: E enforces (it refuses, or does it itself), C records
(a signed entry), M reminds (a duty with its day). How sure the row is: V was read in a text, V* in
a secondary text only, R is remembered from the known template. Templates are models, not the legal
texts. Where a part of a row is not in a node's hands, it says so.
"""


def findings(shown: Iterable[Shown]) -> tuple[str, ...]:
    """List what is wrong: rows that nothing shows, marks that name no row, tests not run."""
    tests = tuple(shown)
    known = {row.id for row in ROWS}
    found = [f"{each.file}: {each.test}: {what}" for each in tests for what in each.findings]
    found += [
        f"{each.file}: {each.test}: there is no row {row!r}"
        for each in tests
        for row in each.rows
        if row not in known
    ]
    bound = {row for each in tests for row in each.rows}
    found += [
        f"row {row.id}: no test shows it, and nothing says why a node cannot"
        for row in ROWS
        if row.id not in bound and not row.cannot
    ]
    return tuple(found)


def page(shown: Iterable[Shown]) -> str:
    """Write the page."""
    tests: dict[str, set[str]] = defaultdict(set)
    for each in shown:
        for row in each.rows:
            tests[row].add(each.test)
    lines = [_HEAD]
    for section in SECTIONS:
        lines += [f"## {section.title}", ""]
        lines += ["| row | article | asks | does | read | shown by |", "|---|---|---|---|---|---|"]
        lines += [_line(row, tests) for row in section.rows]
        lines.append("")
    return "\n".join(lines)


def _line(row: Row, tests: Mapping[str, set[str]]) -> str:
    shown = [f"`{test}`" for test in sorted(tests.get(row.id, ()))]
    if row.cannot:
        shown.append(f"not in a node's hands: {row.cannot}")
    cells = (row.id, row.article, row.asks, row.does, row.read, "<br>".join(shown))
    return f"| {' | '.join(cells)} |"
