# SPDX-License-Identifier: Apache-2.0
"""Reading `[[equivalence]]`: which markings of which party read as which level, and when.

A row has a level and, under each party's id, a list of markings: texts, or tables where a
marking is in use on some days only. Source: AGREEMENTS.md section 1, rule 6; treaties.md 1.1
"""

from __future__ import annotations

import re

from comity.agreement.clauses import CITATION
from comity.agreement.model import LevelCitation
from comity.agreement.tables import Table, nearest_hint
from comity.basis.ids import PartyId
from comity.marking.equivalence import UNKNOWN_LEVEL, MarkEntry, MarkingTable, table_problems
from comity.marking.levels import Ladder

MARKS_MAX = 256
_PARTY_LIKE = re.compile(r"[A-Z][A-Z0-9-]*")


def read_equivalence(
    root: Table, ladder: Ladder, parties: tuple[PartyId, ...]
) -> tuple[MarkingTable, tuple[LevelCitation, ...]]:
    """Read all rows; in a file without any, each level's own name is its marking."""
    if not root.has("equivalence"):
        names = (MarkEntry(party, level, level) for party in parties for level in ladder.order)
        return MarkingTable(ladder, tuple(names)), ()
    entries: list[MarkEntry] = []
    citations: list[LevelCitation] = []
    sound = True
    for row in root.tables("equivalence", required=False):
        level = row.text("level")
        article = row.text("article", required=False, pattern=CITATION)
        if article:
            citations.append(LevelCitation(level, article))
        before = len(entries)
        entries.extend(_marks(row, level, parties))
        row.finish(tuple(parties))
        if len(entries) == before:
            row.note("missing-key", "the row names no marking", expected=", ".join(parties))
        sound = _check_row(row, ladder, entries, before=before) and sound
    if not sound:
        return MarkingTable(ladder, ()), tuple(citations)
    return MarkingTable(ladder, tuple(entries)), tuple(citations)


def _marks(row: Table, level: str, parties: tuple[PartyId, ...]) -> list[MarkEntry]:
    entries: list[MarkEntry] = []
    for key in row.left():
        if key in parties:
            party = PartyId(key)
            texts, tables = row.texts_and_tables(key)
            entries.extend(MarkEntry(party, text, level) for text in texts)
            entries.extend(_dated_mark(table, party, level) for table in tables)
        elif _PARTY_LIKE.fullmatch(key):
            row.has(key)
            row.note(
                "unknown-party",
                "a party that is not in [parties]",
                expected=", ".join(parties),
                found=key,
                hint=nearest_hint(key, tuple(parties)),
            )
    return [entry for entry in entries if entry.text]


def _dated_mark(table: Table, party: PartyId, level: str) -> MarkEntry:
    text = table.text("text")
    valid_from, valid_to = table.day("valid_from"), table.day("valid_to")
    romanised = table.text("romanised", required=False)
    table.finish()
    return MarkEntry(party, text, level, valid_from, valid_to, romanised or None)


def _check_row(row: Table, ladder: Ladder, entries: list[MarkEntry], *, before: int) -> bool:
    """Note what is wrong with the newest row beside the earlier ones."""
    if len(entries) > MARKS_MAX:
        row.note("too-many", "too many markings", expected=f"at most {MARKS_MAX}")
        del entries[before:]
        return False
    if len(entries) == before:
        return True
    known = table_problems(ladder, entries[:before])
    problems = table_problems(ladder, entries)[len(known) :]
    said = entries[before].level == ""  # the row's level is missing or wrong, which is noted
    for problem in problems:
        if problem.code != UNKNOWN_LEVEL or not said:
            row.findings.take(problem, row.path, hint=nearest_hint(problem.found, ladder.order))
        said = said or problem.code == UNKNOWN_LEVEL  # one row, one level: said once
    return not problems
