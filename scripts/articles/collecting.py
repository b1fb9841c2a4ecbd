# SPDX-License-Identifier: Apache-2.0
"""Find the tests that are bound to rows: functions marked `@pytest.mark.row("G6a", …)`.

A file's `pytestmark` binds each of its tests. Nothing is imported or run: a mark that is not
written out cannot be read, and is a finding.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from scripts.tidy.tree import Source

_NOT_RUN: Final = frozenset({"skip", "skipif", "xfail", "torture"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One test that shows rows; `findings` are what is wrong with how it is marked."""

    test: str
    file: str
    rows: tuple[str, ...]
    findings: tuple[str, ...] = ()


def collect(sources: Iterable[Source]) -> tuple[Shown, ...]:
    """Read the marks of every test."""
    return tuple(
        shown
        for source in sources
        if source.path.startswith("tests/") and source.is_python
        for shown in _shown_in(source)
    )


def _shown_in(source: Source) -> Iterator[Shown]:
    if "mark.row" not in source.text:
        return
    tree = ast.parse(source.text)
    shared = _marks_of_all(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            marks = [mark for mark in node.decorator_list if _name_of(mark) == "row"]
            if node in tree.body and node.name.startswith("test_"):
                marks += shared
            if marks:
                yield _read(node, marks, source.path)


def _marks_of_all(tree: ast.Module) -> list[ast.expr]:
    """Give the row marks that a file puts on all its tests, one or a list of them."""
    found: list[ast.expr] = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
        ):
            inner = node.value.elts if isinstance(node.value, ast.List) else [node.value]
            found += [mark for mark in inner if _name_of(mark) == "row"]
    return found


def _read(node: ast.FunctionDef | ast.AsyncFunctionDef, marks: list[ast.expr], file: str) -> Shown:
    arguments = [each for mark in marks if isinstance(mark, ast.Call) for each in mark.args]
    rows = [each.value for each in arguments if isinstance(each, ast.Constant)]
    named = tuple(row for row in rows if isinstance(row, str))
    findings: list[str] = []
    if not named or len(named) < len(arguments):
        findings.append("a row of it is not written out")
    if not node.name.startswith("test_"):
        findings.append("it is no test")
    if any(_name_of(mark) in _NOT_RUN for mark in node.decorator_list):
        findings.append("`make test` does not run it")
    return Shown(node.name, file, named, tuple(findings))


def _name_of(mark: ast.expr) -> str:
    inner = mark.func if isinstance(mark, ast.Call) else mark
    return inner.attr if isinstance(inner, ast.Attribute) else ""
