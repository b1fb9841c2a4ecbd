# SPDX-License-Identifier: Apache-2.0
"""Single lines of a journal under an anchor: shown to stand in it, and nothing else shown."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from comity.basis.errors import InputError, ProofError
from comity.tlog.journal_lines import (
    JournalLine,
    JournalLines,
    format_journal_lines,
    parse_journal_lines,
    verify_journal_lines,
)
from comity.tlog.tree import leaf_hash, node_hash
from comity.tlog.tree_head import Checkpoint

ENTRIES = (b'{"act":"a"}', b'{"act":"b"}')
ROOT = node_hash(leaf_hash(ENTRIES[0]), leaf_hash(ENTRIES[1]))


@pytest.fixture
def shown() -> JournalLines:
    line = JournalLine(1, ENTRIES[1], (leaf_hash(ENTRIES[0]),))
    return JournalLines(Checkpoint("kor.example/journal", 2, ROOT), bytes(32), (line,))


def test_a_line_that_stands_in_the_journal_is_proved(shown):
    verify_journal_lines(shown, shown.digest)


def test_lines_read_back_as_they_were_written(shown):
    assert parse_journal_lines(format_journal_lines(shown)) == shown


def test_an_opening_of_another_anchor_is_refused(shown):
    with pytest.raises(ProofError) as caught:
        verify_journal_lines(replace(shown, blinding=bytes([1]) * 32), shown.digest)
    assert caught.value.code == "journal.other-anchor"


@pytest.mark.parametrize(
    "line",
    [
        JournalLine(1, b'{"act":"c"}', (leaf_hash(ENTRIES[0]),)),
        JournalLine(0, ENTRIES[1], (leaf_hash(ENTRIES[0]),)),
        JournalLine(2, ENTRIES[1], (leaf_hash(ENTRIES[0]),)),
        JournalLine(1, ENTRIES[1], ()),
    ],
)
def test_a_line_that_does_not_stand_there_is_refused(shown, line):
    with pytest.raises(ProofError):
        verify_journal_lines(replace(shown, lines=(line,)), shown.digest)


@pytest.mark.parametrize(
    ("key", "value"),
    [("path", ["AA=="]), ("path", ["?"]), ("index", -1), ("entry", None), ("more", 1)],
)
def test_lines_that_do_not_read_are_refused(shown, key, value):
    written = json.loads(format_journal_lines(shown))
    written["lines"][0][key] = value
    with pytest.raises(InputError):
        parse_journal_lines(json.dumps(written).encode())
