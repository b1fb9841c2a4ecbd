# SPDX-License-Identifier: Apache-2.0
"""Functions of a source, each with the calls it makes and the words its names may stand for."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from scripts.tidy.tree import Source

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Scope:
    """A function (None: the file itself), the class around it, and its surroundings."""

    source: Source
    function: Function | None
    inside_class: str
    calls: tuple[ast.Call, ...]
    methods: Mapping[str, frozenset[str]]
    constants: Mapping[str, str]
    tables: Mapping[str, tuple[str, ...]]

    @property
    def place(self) -> str:
        """Name the class around the function, with its file."""
        return f"{self.source.path}:{self.inside_class}"

    def meant(self, called: ast.Attribute) -> frozenset[str]:
        """Name the classes whose method a call can mean: our own for self, else the nearest."""
        known = self.methods.get(called.attr, frozenset())
        if isinstance(called.value, ast.Name) and called.value.id in {"self", "cls"}:
            return known & {self.place} or known
        others = known - {self.place} or known
        for near in (self.source.path, f"src/comity/{self.source.room}/"):
            found = frozenset(place for place in others if place.startswith(near))
            if len(found) == 1:
                return found
        return others

    @cached_property
    def parameters(self) -> frozenset[str]:
        """Name the parameters."""
        positional, named = parameters(self.function) if self.function else ([], [])
        return frozenset(positional + named)

    @cached_property
    def _assignments(self) -> tuple[tuple[str, ast.expr], ...]:
        return tuple(_assignments(self.function if self.function else self.source.tree))

    def assigned(self, name: str) -> tuple[ast.expr, ...]:
        """List the expressions that a local name is given."""
        return tuple(value for target, value in self._assignments if target == name)


def parameters(function: Function) -> tuple[list[str], list[str]]:
    """Name the parameters: those by position, without self, and those by keyword alone."""
    names = [argument.arg for argument in [*function.args.posonlyargs, *function.args.args]]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names
    return names, [argument.arg for argument in function.args.kwonlyargs]


def scopes(product: Iterable[Source]) -> tuple[Scope, ...]:
    """List the functions of every source, and each file as a whole."""
    product = tuple(product)
    constants: dict[str, str] = {}
    for source in product:
        constants.update(_constants(source))
    methods: dict[str, frozenset[str]] = defaultdict(frozenset)
    for source in product:
        for function, owner in _functions(source):
            if owner:
                methods[function.name] |= {f"{source.path}:{owner}"}
    return tuple(scope for source in product for scope in _scopes_of(source, constants, methods))


def _functions(source: Source) -> Iterator[tuple[Function, str]]:
    owners = {
        part: node.name
        for node in source.nodes
        if isinstance(node, ast.ClassDef)
        for part in node.body
    }
    for node in source.nodes:
        if isinstance(node, Function):
            yield node, owners.get(node, "")


def _scopes_of(
    source: Source, constants: Mapping[str, str], methods: Mapping[str, frozenset[str]]
) -> Iterator[Scope]:
    tables = dict(_tables(source))
    whole: list[tuple[Function | None, str]] = [(None, "")]
    for function, owner in whole + list(_functions(source)):
        calls = tuple(_calls(function if function else source.tree))
        yield Scope(source, function, owner, calls, methods, constants, tables)


def _calls(top: ast.AST) -> Iterator[ast.Call]:
    """List the calls of a function or file, without those of functions inside it."""
    for node in ast.iter_child_nodes(top):
        if isinstance(node, Function):
            continue
        if isinstance(node, ast.Call):
            yield node
        yield from _calls(node)


def _assignments(top: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(top):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from ((name, value) for name in _names(target))
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield from ((name, value) for name in _names(target))
            case ast.NamedExpr(target=target, value=value):
                yield from ((name, value) for name in _names(target))
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                yield from ((name, value) for name in _names(target))
            case _:
                continue


def _names(target: ast.expr) -> Iterator[str]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            yield node.id


def _constants(source: Source) -> Iterator[tuple[str, str]]:
    for node in source.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(value))):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(value))):
                yield name, value
            case _:
                continue


def _tables(source: Source) -> Iterator[tuple[str, tuple[str, ...]]]:
    for node in source.tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                values = [
                    part.value
                    for table in ast.walk(value)
                    if isinstance(table, ast.Dict)
                    for part in table.values
                    if isinstance(part, ast.Constant)
                ]
                if values:
                    yield name, tuple(word for word in values if isinstance(word, str))
            case _:
                continue


def sentence(what: ast.expr | None) -> str:
    """Read what an error says: a literal, with … for what is put in."""
    match what:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            said = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in values
            )
            return said.replace("……", "…")
        case _:
            return ""
