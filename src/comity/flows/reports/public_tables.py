# SPDX-License-Identifier: Apache-2.0
"""Tables of a public report: which counts are shown, and none that gives a hidden one away.

Whoever reads it knows these rules too, and what a statement calls for. That no hidden count follows
all the same is searched through in `tests/properties/test_hidden_counts.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from comity.basis.strict_json import JsonValue
from comity.statement.cases import DisclosureRecord, IncidentReport
from comity.statement.information import ItemRefusal, ItemRelease

SHOWN_MIN: Final = 5
"""Smaller counts are hidden, but none at all: that nothing happened points at nothing."""

Counts = Counter[tuple[str, ...]]
Triggers = dict[tuple[str, ...], set[str]]


def agreement_tables(
    items: Counts, refusals: Counts, incidents: Counts, duties: tuple[Counts, Triggers]
) -> dict[str, JsonValue]:
    """Write one agreement's tables; `duties` with the kinds of statement that call for each."""
    told = (
        (ItemRelease.KIND, items),
        (DisclosureRecord.KIND, items),
        (ItemRefusal.KIND, refusals),
        (IncidentReport.KIND, incidents),
    )
    small = {kind for kind, counts in told if _hidden(counts)}
    return {
        "items": count_table(("way", "category", "level"), items),
        "refusals": count_table(("article",), refusals),
        "incidents": count_table(("harm", "certainty"), incidents),
        "duties": _duty_table(*duties, small),
    }


def count_table(
    names: tuple[str, ...], counts: Mapping[tuple[str, ...], int]
) -> dict[str, JsonValue]:
    """Write counts as rows, small ones hidden, and their sum where that gives none of them away."""
    rows: list[JsonValue] = [
        {**dict(zip(names, key, strict=True)), "count": shown_count(count)}
        for key, count in sorted(counts.items())
    ]
    hidden = _hidden(counts)
    shown = not hidden or _is_open(len(hidden), sum(hidden))
    return {"rows": rows, "sum": sum(counts.values()) if shown else None}


def _is_open(rows: int, total: int) -> bool:
    """Answer whether each hidden count could be another one, where their sum is known.

    With one alone the sum says it; where all are the least or the most that is hidden, it does so
    too. A sum that is as small as a hidden count is hidden as well: it may be the count of what all
    of these call for.
    """
    return rows > 1 and total >= SHOWN_MIN and rows < total < rows * (SHOWN_MIN - 1)


def _duty_table(counts: Counts, triggers: Triggers, small: set[str]) -> dict[str, JsonValue]:
    """Write duties; those that would tell of a hidden count as one row, without state or count.

    Nor is their sum given then: it would be that of the statements that call for them.
    """
    covered = _covered(counts, triggers, small)
    names = ("owed", "article", "state")
    rows: dict[tuple[str, str, str], JsonValue] = {}
    for key, count in sorted(counts.items()):
        owed, article, state = key
        if key in covered:
            blank: JsonValue = {"owed": owed, "article": article, "state": None, "count": None}
            rows[owed, article, ""] = blank
        else:
            rows[owed, article, state] = {**dict(zip(names, key, strict=True)), "count": count}
    total = None if covered else sum(counts.values())
    return {"rows": [each for _, each in sorted(rows.items(), key=_by_key)], "sum": total}


def _by_key(row: tuple[tuple[str, str, str], JsonValue]) -> tuple[str, str, str]:
    return row[0]


def _covered(counts: Counts, triggers: Triggers, small: set[str]) -> frozenset[tuple[str, ...]]:
    """Find the rows of duties from which a small count of what calls for them could be worked out.

    Whatever is called for by the same kind of statement counts the same statements: one small
    count among these, here or in another table, covers all.
    """
    hidden = {kind for row, count in counts.items() if count < SHOWN_MIN for kind in triggers[row]}
    hidden |= small
    while more := {
        kind
        for kinds in triggers.values()
        if kinds & hidden
        for kind in kinds
        if kind not in hidden
    }:
        hidden |= more
    return frozenset(row for row, kinds in triggers.items() if kinds & hidden)


def _hidden(counts: Mapping[tuple[str, ...], int]) -> list[int]:
    return [count for count in counts.values() if count < SHOWN_MIN]


def shown_count(count: int) -> JsonValue:
    """Show a count, or that it is hidden; none at all is shown."""
    return count if not 0 < count < SHOWN_MIN else f"<{SHOWN_MIN}"
