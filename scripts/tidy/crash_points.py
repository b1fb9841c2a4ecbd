# SPDX-License-Identifier: Apache-2.0
"""Every crash point is a literal, listed once in CRASH_POINTS, met in the code, and tested."""

import ast
from collections.abc import Iterable, Iterator

from scripts.tidy.tree import Finding, Source, called_name

LIST_NAME = "CRASH_POINTS"


def _listed(source: Source) -> Iterator[tuple[str, int]]:
    for node in source.tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if name == LIST_NAME:
                for part in ast.walk(value):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value, part.lineno
            case _:
                continue


def _met(source: Source) -> Iterator[tuple[str | None, int]]:
    for node in source.nodes:
        if isinstance(node, ast.Call) and called_name(node) == "crash_point":
            match node.args:
                case [ast.Constant(value=str(name))]:
                    yield name, node.lineno
                case _:
                    yield None, node.lineno


def compare(sources: Iterable[Source]) -> Iterator[Finding]:
    """Compare the list with the calls in the product, and with the tests' words."""
    sources = tuple(sources)
    listed: dict[str, Finding] = {}
    met: dict[str, Finding] = {}
    for source in (source for source in sources if source.is_product):
        for name, line in _listed(source):
            if name in listed:
                yield Finding(source.path, line, f"crash point {name} is listed twice")
            listed[name] = Finding(source.path, line, f"crash point {name} is never met")
        for said, line in _met(source):
            if said is None:
                yield Finding(source.path, line, "crash point's name is not a literal")
            else:
                met[said] = Finding(source.path, line, f"crash point {said} is not listed")
    yield from (met[name] for name in sorted(met.keys() - listed.keys()))
    yield from (listed[name] for name in sorted(listed.keys() - met.keys()))
    tests = "\n".join(s.text for s in sources if _is_behaviour_test(s.path))
    if LIST_NAME in tests:
        return
    for name in sorted(name for name in listed if f'"{name}"' not in tests):
        found = listed[name]
        yield Finding(found.path, found.line, f"crash point {name} is in no test")


def _is_behaviour_test(path: str) -> bool:
    return path.startswith("tests/") and path.endswith(".py") and "/tidy/" not in path
