# SPDX-License-Identifier: Apache-2.0
"""Collect what the rooms beneath the console say in English: reasons of decisions, and errors.

They are read from the syntax trees, each with its values as holes: `%(level)s` stands where the
text shows a level. The console's catalogues translate them (`comity/console/reasons.py`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
SOURCE: Final = ROOT / "src/comity"

# Rooms whose texts are reasons, and those whose errors reach whoever sits before a browser.
_REASONS: Final = ("decision",)
_RULES: Final = ("agreement/vocabulary",)
_ERRORS: Final = ("console", "decision", "flows", "foresight", "marking", "picture", "signin")

_STEPS: Final = ("flows/doctor/partner.py", "adapters/partner_errors.py")
"""What each step to a partner tells, and what keeps one away: said on a page all the same."""

_CODE: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_OURS: Final = ("invarianterror",)  # a fault of ours; pages say no more of it
_KEYS: Final = ("what", "expected", "found", "hint")
_BRACES: Final = re.compile(r"\{([a-z_]+)\}")
_LETTERS: Final = re.compile(r"[^\W\d_]{3}")
HOLE: Final = re.compile(r"%\([a-z_]+\)s")

Said = dict[str, set[str]]
"""Texts with holes, each with the files that say it."""

Constants = dict[str, ast.expr]
"""What the names of a module stand for."""


def reasons() -> Said:
    """Give the reasons for which a decision, or a rule of the house, allows or refuses."""
    found: Said = {}
    for path in _files(_REASONS):
        tree = ast.parse(path.read_text("utf-8"))
        _add(found, path, prose(tree, constants(tree)))
    for path in _files(_RULES):
        tree = ast.parse(path.read_text("utf-8"))
        inside = (each for each in tree.body if isinstance(each, ast.FunctionDef))
        _add(found, path, (text for each in inside for text in prose(each, {})))
    return found


def errors() -> Said:
    """Give what errors say: what is wrong, what was expected and found, what to do next.

    So do the steps to a partner, of which each tells what came of it.
    """
    known = reasons()
    found: Said = {}
    for path in _files(_ERRORS):
        tree = ast.parse(path.read_text("utf-8"))
        _add(found, path, told(tree))
    for path in (SOURCE / each for each in _STEPS):
        tree = ast.parse(path.read_text("utf-8"))
        _add(found, path, prose(tree, constants(tree)))
    return {text: files for text, files in found.items() if text not in known}


def _files(rooms: Iterable[str]) -> Iterator[Path]:
    for room in rooms:
        yield from sorted((SOURCE / room).rglob("*.py"))


def _add(found: Said, path: Path, texts: Iterable[str]) -> None:
    for text in texts:
        if " " in text.strip() and _LETTERS.search(HOLE.sub("", text)):
            found.setdefault(text, set()).add(str(path.relative_to(SOURCE)))


def prose(tree: ast.AST, named: Constants) -> Iterator[str]:
    """Give every text that is no docstring and no part of another."""
    parts: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            parts.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            within = ast.walk(node)
            next(within)
            parts.update(id(each) for each in within if not isinstance(each, ast.IfExp))
        if id(node) not in parts and isinstance(node, ast.expr):
            is_text = isinstance(node, ast.Constant | ast.JoinedStr | ast.IfExp)
            yield from _texts(node, named) if is_text else ()


def constants(tree: ast.Module) -> Constants:
    """Give what each name at the top of a module stands for."""
    return {
        target.id: each.value
        for each in tree.body
        if isinstance(each, ast.Assign | ast.AnnAssign) and each.value is not None
        for target in (each.targets if isinstance(each, ast.Assign) else (each.target,))
        if isinstance(target, ast.Name)
    }


def told(tree: ast.Module) -> Iterator[str]:
    """Give what each error says for whoever meets it, not for whoever mends the node."""
    named = constants(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or _name(node.func) in _OURS:
            continue
        coded = bool(node.args) and _is_code(node.args[0], named)
        for each in node.args[1:2] if coded else ():
            yield from _texts(each, named)
        for key in node.keywords:
            if key.arg in _KEYS and (coded or key.arg == "hint"):
                yield from _texts(key.value, named)


def _is_code(node: ast.expr, named: Constants) -> bool:
    if isinstance(node, ast.Name):
        node = named.get(node.id, node)
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_text and _CODE.fullmatch(node.value) is not None  # type: ignore[attr-defined]  # a constant


def _texts(node: ast.expr, named: Constants) -> Iterator[str]:
    """Give the texts that an expression may be, each with its holes."""
    match node:
        case ast.Name(id=name) if name in named:
            yield from _texts(named[name], {})
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one, named)
            yield from _texts(other, named)
        case ast.Constant(value=str() as text):
            yield _BRACES.sub(r"%(\1)s", text)
        case ast.JoinedStr(values=values):
            yield _joined(values, named)


def _joined(values: list[ast.expr], named: Constants) -> str:
    written, used = [], dict[str, int]()
    for each in values:
        inner = each.value if isinstance(each, ast.FormattedValue) else each
        known = named.get(inner.id, inner) if isinstance(inner, ast.Name) else inner
        if isinstance(known, ast.Constant) and isinstance(known.value, str):
            written.append(str(known.value))
            continue
        name = _name(inner)
        used[name] = used.get(name, 0) + 1
        again = f"_{'abcdefgh'[used[name] - 1]}" if used[name] > 1 else ""
        written.append(f"%({name}{again})s")
    return "".join(written)


def _name(node: ast.expr) -> str:
    """Name a hole after what is shown in it."""
    match node:
        case ast.Call(args=[first, *_]):
            return _name(first)
        case ast.Call(func=each) | ast.Subscript(value=each) | ast.Starred(value=each):
            return _name(each)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return re.sub(r"[^a-z_]", "", name.lower()).strip("_") or "value"
        case _:
            return "value"
