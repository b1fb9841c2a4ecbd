# SPDX-License-Identifier: Apache-2.0
"""Sizes, names, licence lines and docstrings."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from scripts.tidy.tree import Finding, Source

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60
LINE_CHARS_MAX = 100
ARGUMENTS_MAX = 5
DOCSTRING_LINES_MAX = 6

# Names that say nothing about what is inside.
EMPTY_NAMES = frozenset(
    {"common", "data", "helper", "helpers", "info", "manager", "misc", "process", "util", "utils"}
)

_TO_CHECKERS = re.compile(r"\s+#\s*(type:\s*ignore|noqa).*$")

VENDORED_END = ".min.js"
SPDX = "SPDX-License-Identifier: Apache-2.0"
LICENSED_ENDS = (".py", ".toml", ".sh", ".css", ".js", ".html", ".sql", "Makefile", ".ci/run")


def is_short(source: Source) -> Iterator[Finding]:
    """Refuse a file that has become two."""
    if len(source.lines) > FILE_LINES_MAX:
        yield source.finding(1, f"{len(source.lines)} lines, at most {FILE_LINES_MAX}")


def has_narrow_lines(source: Source) -> Iterator[Finding]:
    """Refuse a line that does not fit a screen; words to a checker at its end do not count."""
    for number, whole in enumerate(source.lines, start=1):
        line = _TO_CHECKERS.sub("", whole)
        if len(line) > LINE_CHARS_MAX and len(line.split()) > 1:
            yield source.finding(number, f"{len(line)} columns, at most {LINE_CHARS_MAX}")


def _functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def has_short_functions(source: Source) -> Iterator[Finding]:
    """Refuse a function that cannot be seen whole."""
    for function in _functions(source):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > FUNCTION_LINES_MAX:
            yield source.finding(
                function, f"{function.name} has {lines} lines, at most {FUNCTION_LINES_MAX}"
            )


def asks_for_few_arguments(source: Source) -> Iterator[Finding]:
    """Refuse many arguments by position, and a boolean by position."""
    if not source.is_product:
        return
    for function in _functions(source):
        arguments = [*function.args.posonlyargs, *function.args.args]
        if arguments and arguments[0].arg in {"self", "cls"}:
            arguments = arguments[1:]
        if len(arguments) > ARGUMENTS_MAX:
            yield source.finding(
                function,
                f"{function.name} takes {len(arguments)} arguments by position, "
                f"at most {ARGUMENTS_MAX}",
            )
        for argument in arguments:
            if isinstance(argument.annotation, ast.Name) and argument.annotation.id == "bool":
                yield source.finding(
                    function, f"{function.name}: boolean {argument.arg} must be named by keyword"
                )


def bears_its_licence(source: Source) -> Iterator[Finding]:
    """Refuse a program without its licence on the first line (the second after #!)."""
    if not source.path.endswith(LICENSED_ENDS) or not source.text:
        return
    if source.path.endswith(VENDORED_END):
        return  # not ours: the manifest beside it names its licence, and a test holds it to that
    first = source.lines[1 if source.text.startswith("#!") and len(source.lines) > 1 else 0]
    if SPDX not in first:
        yield source.finding(1, f"first line must say {SPDX}")


def says_what_lives_here(source: Source) -> Iterator[Finding]:
    """Refuse a module without one to six lines on what lives in it; tests name themselves."""
    if source.path.startswith("tests/"):
        return
    docstring = ast.get_docstring(source.tree)
    if docstring is None:
        yield source.finding(1, "module docstring is missing")
    elif len(docstring.splitlines()) > DOCSTRING_LINES_MAX:
        yield source.finding(
            1,
            f"module docstring has {len(docstring.splitlines())} lines, "
            f"at most {DOCSTRING_LINES_MAX}",
        )


def has_a_plain_name(source: Source) -> Iterator[Finding]:
    """Refuse a file or folder whose name says nothing."""
    for part in PurePosixPath(source.path).parts:
        words = re.split(r"[^a-z]+", part.lower().partition(".")[0])
        for word in EMPTY_NAMES.intersection({"_".join(words), words[0], words[-1]}):
            yield source.finding(1, f"name {part!r} holds {word!r}, which says nothing")


def keeps_private_names_private(source: Source) -> Iterator[Finding]:
    """Refuse to take another file's private name."""
    if not source.is_product:
        return
    for node in source.nodes:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if re.match(r"_[a-z]", alias.name, re.IGNORECASE):
                    yield source.finding(node, f"{alias.name} is private to {node.module}")
