# SPDX-License-Identifier: Apache-2.0
"""Whatever is done to a file, the reader gives an agreement or says where it is wrong."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.errors import Problem, ProblemsError

SOUND = template("gsomia-jpn-kor")
LINES = SOUND.splitlines(keepends=True)
PIECES = st.sampled_from(
    [
        piece.encode()
        for piece in ['"', "'", '"""', "'''", "[", "]", "[[", "{", "}", "=", "#", "\\", ".", "1"]
    ]
)
PLACE = re.compile(r"line [1-9][0-9]*(, .+)?")


def problems_of(raw: bytes) -> tuple[Problem, ...]:
    try:
        agreement = read_agreement(raw)
    except ProblemsError as err:
        return err.problems or (Problem("none", "", ""),)
    return () if agreement.raw == raw else (Problem("other bytes", "", ""),)


def check(raw: bytes) -> None:
    for problem in problems_of(raw):
        assert PLACE.fullmatch(problem.where)
        assert problem.code.partition(".")[0] in {"agreement", "basis", "marking"}


@given(st.integers(0, len(SOUND)), st.integers(0, 12), st.lists(PIECES, max_size=4))
def test_a_file_with_a_changed_piece(start: int, length: int, pieces: list[bytes]) -> None:
    check(SOUND[:start] + b"".join(pieces) + SOUND[start + length :])


@given(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1), st.booleans())
def test_a_file_with_a_line_moved_or_repeated(source: int, target: int, kept: bool) -> None:
    lines = list(LINES)
    line = lines[source] if kept else lines.pop(source)
    lines.insert(target, line)
    check(b"".join(lines))


@given(st.binary(max_size=200))
def test_bytes_of_any_kind(raw: bytes) -> None:
    check(raw)


@given(st.text(alphabet="[]{}=\"'\\#.,\n ab1", max_size=80))
def test_texts_of_signs_that_toml_knows(text: str) -> None:
    check(text.encode())
