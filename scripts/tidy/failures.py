# SPDX-License-Identifier: Apache-2.0
"""How the product fails: by its own errors, caught by name, with a reason for every exception."""

import ast
import builtins
import re
from collections.abc import Iterator

from scripts.tidy.tree import Finding, Source

_OPEN_END = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X])\b(?!\(#\d+\))")
_SILENCED = re.compile(
    r"#\s*(type:\s*ignore|noqa|pragma)(?P<rest>[^#(]*)(?P<reason>(?:#\s*\w|\(\w).*)?$"
)
# Protocols of the language itself end with these.
_PROTOCOL = {
    "AttributeError", "StopIteration", "StopAsyncIteration", "GeneratorExit", "KeyboardInterrupt",
}  # fmt: skip
_FOREIGN = (
    frozenset(
        name
        for name, value in vars(builtins).items()
        if isinstance(value, type) and issubclass(value, BaseException)
    )
    - _PROTOCOL
)


def leaves_no_open_end(source: Source) -> Iterator[Finding]:
    """Refuse a mark for later that names no issue, as `(#12)` right behind it."""
    for number, line in enumerate(source.lines, start=1):
        found = _OPEN_END.search(line)
        if found and "SPDX" not in line:
            yield source.finding(number, f"{found[1]} without an issue number")


def excepts_by_name(source: Source) -> Iterator[Finding]:
    """Refuse an `except` that catches everything; in the core, `except Exception` too."""
    for node in source.nodes:
        if not isinstance(node, ast.ExceptHandler):
            continue
        if node.type is None:
            yield source.finding(node, "bare except")
        elif source.is_core and any(
            isinstance(part, ast.Name) and part.id in {"Exception", "BaseException"}
            for part in ast.walk(node.type)
        ):
            yield source.finding(node, "the core catches errors by their own names")


def gives_reasons(source: Source) -> Iterator[Finding]:
    """Refuse to silence a checker without a reason on the same line."""
    if not source.is_product:
        return
    for number, line in enumerate(source.lines, start=1):
        found = _SILENCED.search(line)
        if found and found["reason"] is None:
            yield source.finding(number, "checker silenced without a reason on the line")
        elif found and source.is_core and "no cover" in line:
            yield source.finding(number, "unreachable code in the core is deleted, not excluded")


def raises_its_own_errors(source: Source) -> Iterator[Finding]:
    """Refuse `assert` and foreign exceptions in the product: a broken invariant has its family."""
    if not source.is_product:
        return
    for node in source.nodes:
        if isinstance(node, ast.Assert):
            yield source.finding(node, "assert is for tests: raise InvariantError")
        if isinstance(node, ast.Raise) and node.exc is not None:
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(raised, ast.Name) and raised.id in _FOREIGN:
                yield source.finding(node, f"raises {raised.id}: use a family of ComityError")
