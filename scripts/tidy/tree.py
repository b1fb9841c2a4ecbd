# SPDX-License-Identifier: Apache-2.0
"""The files that the repository tracks, as sources that a check can look at.

A source is a path and its text; its syntax tree is parsed once. Nothing is imported or run.
"""

import ast
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]

# Rooms that meet the world. Everything else under src/comity is core, a new room too.
OUTER_ROOMS = frozenset(
    {
        "adapters",
        "api",
        "cli",
        "console",
        "flows",
        "front",
        "node",
        "serve",
        "signin",
        "wire",
        "__init__",
        "__main__",
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A place, and what is wrong there."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        """Say it as an editor reads it."""
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Source:
    """A tracked file: its path from the root, and its text."""

    path: str
    text: str = field(repr=False)

    @property
    def is_python(self) -> bool:
        """Tell whether the file is a Python program."""
        return self.path.endswith(".py")

    @property
    def is_product(self) -> bool:
        """Tell whether the file is part of the package."""
        return self.path.startswith("src/comity/")

    @property
    def room(self) -> str:
        """Give the room of the package that the file stands in, or nothing."""
        return PurePosixPath(self.path).with_suffix("").parts[2] if self.is_product else ""

    @property
    def is_core(self) -> bool:
        """Tell whether the file is of the core, from ports down."""
        return self.is_product and self.room not in OUTER_ROOMS

    @cached_property
    def lines(self) -> list[str]:
        """Give the lines without their ends."""
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        """Parse the program."""
        try:
            return ast.parse(self.text, self.path)
        except SystemError:
            # CPython 3.11 may miscount its depth where garbage is collected meanwhile (gh-106905).
            return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Give every node of the program."""
        return tuple(ast.walk(self.tree))

    def finding(self, line: int | ast.stmt | ast.expr | ast.excepthandler, what: str) -> Finding:
        """Say what is wrong at a line or a node."""
        return Finding(self.path, line if isinstance(line, int) else line.lineno, what)


Check = Callable[[Source], Iterator[Finding]]


def tracked_paths(root: Path) -> tuple[str, ...]:
    """List the paths that git tracks; without git, every file that stands in the tree."""
    if (root / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True
        ).stdout
        return tuple(sorted(filter(None, listed.split("\0"))))
    return tuple(
        sorted(
            found.relative_to(root).as_posix()
            for found in root.rglob("*")
            if found.is_file() and not any(part.startswith(".") for part in found.parts)
        )
    )


def read_sources(root: Path) -> Iterator[Source]:
    """Read every tracked text file."""
    for path in tracked_paths(root):
        file = root / path
        if not file.is_file():
            continue
        try:
            yield Source(path, file.read_bytes().decode("utf-8"))
        except UnicodeDecodeError:
            continue


def called_name(call: ast.Call) -> str:
    """Give the last name of what is called: `b` for `a.b()`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
