# SPDX-License-Identifier: Apache-2.0
"""A copy of the tree in which every function of some rooms can be any of its mutants."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Final

from mutmut.mutation.file_mutation import mutate_file_contents

from scripts.tidy.tree import ROOT

COPIED: Final = ("src", "tests", "scripts", "bench", "verify", "docs", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed function: its name for mutmut, its file, and the line as it was and became."""

    name: str
    file: str
    was: str
    became: str


def copy_tree(folder: Path) -> None:
    """Copy what tests need."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy2(source, folder / name)


def write_mutants(folder: Path, room: str) -> tuple[Mutant, ...]:
    """Write the mutants of one room into the copy; give all of them."""
    found: list[Mutant] = []
    for path in sorted((folder / "src/comity" / room).rglob("*.py")):
        relative = path.relative_to(folder / "src")
        code = path.read_text(encoding="utf-8")
        mutated = mutate_file_contents(str(relative), code)
        path.write_text(mutated.code, encoding="utf-8")
        module = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
        lines = mutated.code.splitlines()
        spans = mutated.line_span_by_function_name
        bodies = {
            name.rpartition(".")[2]: lines[span.start - 1 : span.end]
            for name, span in spans.items()
        }
        for name in mutated.mutant_names:
            inner = name.rpartition(".")[2]
            was, became = _change(bodies, inner)
            found.append(Mutant(f"{module}.{inner}", str(relative), was, became))
    return tuple(found)


def draw(mutants: Iterable[Mutant], count: int, seed: int) -> tuple[Mutant, ...]:
    """Draw a sample, the same for the same seed and code; all of them where there are fewer."""
    every = sorted(mutants, key=lambda each: each.name)
    return tuple(random.Random(seed).sample(every, min(count, len(every))))


def _change(bodies: dict[str, list[str]], name: str) -> tuple[str, str]:
    """Give the first line that a mutant changes, and what it becomes."""
    stem, _, _ = name.rpartition("__mutmut_")
    original = _plain(bodies.get(f"{stem}__mutmut_orig", []), f"{stem}__mutmut_orig")
    mutant = _plain(bodies.get(name, []), name)
    for was, became in zip_longest(original, mutant, fillvalue=""):
        if was != became:
            return was, became
    return "", ""


def _plain(lines: list[str], name: str) -> list[str]:
    """Leave out what mutmut adds: empty lines before, and the function's number."""
    stripped = (line.strip().replace(name, "function") for line in lines)
    return [line for line in stripped if line]
