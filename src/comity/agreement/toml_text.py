# SPDX-License-Identifier: Apache-2.0
"""From the bytes of an agreement file to its tables, with every lexical problem listed.

A repeated key or table is taken out and reading goes on, so that the other problems are
found too. Source: TOML 1.0; AGREEMENTS.md section 1, rule 1; spec/traps.md (look-alikes)
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time

from comity.agreement.places import Path, Statement, scan_statements, table_lines
from comity.basis.errors import Problem
from comity.basis.limits import AGREEMENT_BYTES_MAX
from comity.marking.hidden import is_hidden

TomlValue = (
    str | int | float | bool | datetime | date | time | list["TomlValue"] | dict[str, "TomlValue"]
)
TomlTable = dict[str, TomlValue]

REPEATED_MARK = "\x00"
_REPEATS_MAX = 64
_REPAIR_BYTES_MAX = 4 * AGREEMENT_BYTES_MAX
_HIDDEN_MAX = 32
_DEPTH_MAX = 16
_DOTS_MAX = 1000
_BOM = b"\xef\xbb\xbf"
_WHITESPACE = frozenset("\t\n\r")
_AT_LINE = re.compile(r"\(at line ([0-9]+), column [0-9]+\)$")
_REPEATED_KEY = "Cannot overwrite a value"
_REPEATED_TABLE = re.compile(r"Cannot declare .* twice")
_REPEATS = (
    _REPEATED_KEY,
    "Cannot declare",
    "Duplicate inline table key",
    "Cannot redefine namespace",
    "Cannot mutate immutable namespace",
)


@dataclass(frozen=True, slots=True)
class TomlText:
    """The tables of a file, the line of each, and what was wrong with the text."""

    root: TomlTable | None
    lines: dict[Path, int]
    problems: tuple[Problem, ...]


def read_toml(raw: bytes) -> TomlText:
    """Read the tables of an agreement file; `root` is None where nothing could be read.

    Keys that begin with `REPEATED_MARK` stand for tables that are repeated; skip them.
    """
    fault = _byte_fault(raw)
    if fault is not None:
        return TomlText(None, {(): 1}, (fault,))
    text = raw.decode("utf-8")
    hidden = _hidden_problems(text)
    parsed = _parse(text)
    return TomlText(parsed.root, parsed.lines, (*hidden, *parsed.problems))


def _byte_fault(raw: bytes) -> Problem | None:
    if len(raw) > AGREEMENT_BYTES_MAX:
        return Problem(
            "agreement.too-large",
            "line 1",
            "the agreement file is too large",
            f"at most {AGREEMENT_BYTES_MAX} bytes",
            f"{len(raw)} bytes",
        )
    if raw.startswith(_BOM):
        return Problem(
            "agreement.byte-order-mark",
            "line 1",
            "the agreement file begins with a byte order mark",
            "UTF-8 without one",
            "EF BB BF",
            "save the file as UTF-8 without BOM",
        )
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as err:
        line = raw.count(b"\n", 0, err.start) + 1
        return Problem(
            "agreement.not-utf8",
            f"line {line}",
            "the agreement file is not UTF-8",
            "UTF-8",
            f"byte {raw[err.start]:02X}",
        )
    return None


def _hidden_problems(text: str) -> tuple[Problem, ...]:
    hidden = {c for c in set(text) - _WHITESPACE if is_hidden(c)}
    if not hidden:
        return ()
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), 1):
        problems.extend(
            Problem(
                "agreement.hidden-character",
                f"line {number}",
                "the file holds a character that cannot be seen",
                "visible characters only",
                f"U+{ord(character):04X}",
                "type the line again by hand instead of pasting it",
            )
            for character in sorted(hidden.intersection(line))
        )
    return tuple(problems[:_HIDDEN_MAX])


def _parse(text: str) -> TomlText:
    problems: list[Problem] = []
    statements = scan_statements(text)
    for statement in statements:
        # Checked before `tomllib`, whose time grows with the square of the parts of a name.
        if statement.dots > _DOTS_MAX:
            return TomlText(None, {(): 1}, (_too_deep(statement.first_line),))
    lines = table_lines(text, statements)
    # Each repair reads the text again, so a large file gets fewer of them.
    repeats_max = min(_REPEATS_MAX, _REPAIR_BYTES_MAX // (len(text) + 1))
    while True:
        try:
            root: TomlTable = tomllib.loads(text)
        except RecursionError:
            return TomlText(None, lines, (*problems, _too_deep()))
        except ValueError as err:
            statement = _statement_at(statements, _line_in(str(err), text))
            problem, repaired = _repair(text, statement, err=str(err), statements=statements)
            if repaired is None or len(problems) == repeats_max:
                # What is not TOML after a repair may be of our own making.
                return TomlText(None, lines, tuple(problems or [problem]))
            problems.append(problem)
            text = repaired
            continue
        if _is_deeper(root, _DEPTH_MAX):
            return TomlText(None, lines, (*problems, _too_deep()))
        return TomlText(root, lines, tuple(problems))


def _repair(
    text: str, statement: Statement, *, err: str, statements: tuple[Statement, ...]
) -> tuple[Problem, str | None]:
    """Name the problem, and give the text without it where that is safe."""
    lines = text.split("\n")
    what = lines[statement.first_line - 1].strip()
    if not err.startswith(_REPEATS):
        return _not_toml(statement, err), None
    begins = statement if statement.is_header else _header_before(statements, statement)
    problem = Problem(
        "agreement.repeated-key",
        f"line {begins.first_line}",
        "a key or table is given twice",
        "each key once",
        f"line {statement.first_line}: {what[:60]}",
        "keep one of them",
    )
    if err.startswith(_REPEATED_KEY) and not statement.is_header:
        for number in range(statement.first_line, statement.last_line + 1):
            lines[number - 1] = ""
    elif _REPEATED_TABLE.match(err) and statement.is_header:
        lines[statement.first_line - 1] = f'["\\u0000{statement.first_line}"]'
    else:
        return problem, None
    return problem, "\n".join(lines)


def _header_before(statements: tuple[Statement, ...], statement: Statement) -> Statement:
    before = [s for s in statements if s.is_header and s.first_line < statement.first_line]
    return before[-1] if before else Statement(is_header=True, first_line=1, last_line=1)


def _line_in(err: str, text: str) -> int:
    match = _AT_LINE.search(err)
    return int(match[1]) if match else text.count("\n") + 1


def _statement_at(statements: tuple[Statement, ...], line: int) -> Statement:
    until = [statement for statement in statements if statement.first_line <= line]
    return until[-1] if until else Statement(is_header=False, first_line=line, last_line=line)


def _not_toml(statement: Statement, err: str) -> Problem:
    return Problem(
        "agreement.not-toml",
        f"line {statement.first_line}",
        "the agreement file is not TOML 1.0",
        "TOML 1.0",
        err[:200],
    )


def _too_deep(line: int = 1) -> Problem:
    return Problem(
        "agreement.too-deep",
        f"line {line}",
        "tables and lists are nested too deep",
        f"at most {_DEPTH_MAX} levels",
    )


def _is_deeper(root: TomlValue, depth_max: int) -> bool:
    level: list[TomlValue] = [root]
    for _ in range(depth_max):
        inner: list[TomlValue] = []
        for value in level:
            if isinstance(value, dict):
                inner.extend(value.values())
            elif isinstance(value, list):
                inner.extend(value)
        if not inner:
            return False
        level = inner
    return True
