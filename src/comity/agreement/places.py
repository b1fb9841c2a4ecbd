# SPDX-License-Identifier: Apache-2.0
"""Where each table and each statement of a TOML text begins.

`tomllib` gives values without lines; this scan gives lines without values. It knows just
enough TOML to skip strings, comments and brackets, and refuses nothing: what is not TOML
is for `tomllib` to say. Source: TOML 1.0
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

Path = tuple[str | int, ...]

_TRIPLES = ('"""', "'''")
_OPENERS, _CLOSERS = "[{", "]}"
_IMPLIED_MAX = 16  # a hostile name of a thousand parts must not cost a thousand entries
_HEADER = re.compile(r"\[\[?[^\n]*?\]\]?[ \t]*(?:#[^\n]*)?\r?$")


@dataclass(frozen=True, slots=True)
class Statement:
    """A table header or a key with its value; lines count from 1.

    `dots` counts those outside strings: of a dotted name, or of a value.
    """

    is_header: bool
    first_line: int
    last_line: int
    dots: int = 0


def scan_statements(text: str) -> tuple[Statement, ...]:
    """List the statements of a TOML text in order."""
    return tuple(_statements(text))


def table_lines(text: str, statements: tuple[Statement, ...]) -> dict[Path, int]:
    """Give the line of each table's header under its path, arrays with their index.

    The table without a header is `()`, on line 1. One that only headers of its sub-tables name,
    as `[parties.X]` does `parties`, begins with the first of those.
    """
    lines = text.split("\n")
    found: dict[Path, int] = {(): 1}
    implied: dict[Path, int] = {}
    sizes: dict[Path, int] = {}
    for statement in statements:
        if statement.is_header:
            header = lines[statement.first_line - 1].strip()
            path = _resolve(_header_names(header), sizes)
            if header.startswith("[["):
                index = sizes.get(path, 0)
                sizes[path] = index + 1
                path = (*path, index)
            found.setdefault(path, statement.first_line)
            for length in range(1, min(len(path), _IMPLIED_MAX)):
                implied.setdefault(path[:length], statement.first_line)
    return {**implied, **found}


def line_of(path: Path, lines: dict[Path, int]) -> int:
    """Give the line of the table at `path`, or of the nearest table around it."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


def show_path(path: Path) -> str:
    """Write a path as a reader of the file would: `article[3].release`, counted from 1."""
    shown = ""
    for part in path:
        if isinstance(part, int):
            shown += f"[{part + 1}]"
        else:
            shown += f".{part}" if shown else part
    return shown


def _statements(text: str) -> Iterator[Statement]:
    position, line = 0, 1
    while position < len(text):
        end = _line_end(text, position)
        first = text[position:end].strip()
        if not first or first.startswith("#"):
            last = line
        elif first.startswith("[") and _HEADER.match(first):
            last = line
            yield Statement(True, line, line, first.count("."))
        else:
            end, dots = _statement_end(text, position)
            last = line + text.count("\n", position, end)
            yield Statement(False, line, last, dots)
        position, line = end + 1, last + 1


def _statement_end(text: str, position: int) -> tuple[int, int]:
    """Find the end of the line on which the value that begins here is complete; count dots."""
    depth = dots = 0
    while position < len(text):
        character = text[position]
        if character == "\n" and depth == 0:
            break
        if character in _OPENERS:
            depth += 1
        elif character in _CLOSERS:
            depth = max(0, depth - 1)
        dots += character == "."
        if character == "#":
            position = _line_end(text, position)
        elif character in "\"'":
            position = _string_end(text, position)
        else:
            position += 1
    return position, dots


def _string_end(text: str, position: int) -> int:
    quote = text[position]
    triple = text[position : position + 3]
    if triple in _TRIPLES:
        return _triple_end(text, position + 3, triple)
    position += 1
    while position < len(text) and text[position] not in (quote, "\n"):
        position += 2 if quote == '"' and text[position] == "\\" else 1
    closed = position < len(text) and text[position] == quote
    return position + 1 if closed else min(position, len(text))


def _triple_end(text: str, position: int, triple: str) -> int:
    while position < len(text):
        if triple == '"""' and text[position] == "\\":
            position += 2
        elif text.startswith(triple, position):
            position += 3
            # One or two more quotes may stand right before the closing three.
            while text.startswith(triple[0], position):
                position += 1
            return position
        else:
            position += 1
    return len(text)


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _header_names(header: str) -> tuple[str, ...]:
    try:
        value: object = tomllib.loads(header)
    except (ValueError, RecursionError):
        return (header,)
    names: list[str] = []
    while True:
        if isinstance(value, list):
            value = value[0]
        if not isinstance(value, dict) or not value:
            return tuple(names)
        name, value = next(iter(value.items()))
        names.append(name)


def _resolve(names: tuple[str, ...], sizes: dict[Path, int]) -> Path:
    """Put the index of the latest element behind each array on the way, not behind the last."""
    path: Path = ()
    for position, name in enumerate(names):
        path = (*path, name)
        if path in sizes and position < len(names) - 1:
            path = (*path, sizes[path] - 1)
    return path
