# SPDX-License-Identifier: Apache-2.0
"""Follow error codes from where they are written to what bears them: error, finding, statement.

A *taker* takes a code: a class of errors, a dataclass with a field `code`, or a function that hands
one of its own parameters on to a taker, perhaps under a prefix. Nothing is imported or run.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from comity.basis import errors
from scripts.error_codes.scopes import Function, Scope, parameters, scopes, sentence
from scripts.tidy.tree import Finding, Source, called_name

CODE = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*")
FINDING = "a finding"
SAID = "said in a statement"

_ROUNDS_MAX = 12
_ERRORS = {
    name: name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.ComityError)
}


@dataclass(frozen=True, slots=True)
class Taker:
    """Something that takes a code, where it stands among its arguments, and what is put around it.

    `home` is the file that it is private to, `owner` the class that it is a method of, or nothing.
    """

    family: str
    parameter: str
    place: int | None
    what_place: int | None
    before: str = ""
    after: str = ""
    home: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a code is written."""

    code: str
    family: str
    file: str
    line: int
    what: str


@dataclass(slots=True)
class Catalogue:
    """Every use of a code, and every place where a code could not be read."""

    uses: list[Use] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


Takers = dict[str, set[Taker]]


def collect(sources: Iterable[Source]) -> Catalogue:
    """Read the codes of the product: takers to a fixed point, then what they are given."""
    product = tuple(source for source in sources if source.is_product and source.is_python)
    found = scopes(product)
    takers = _classes(product)
    for _ in range(_ROUNDS_MAX):
        before = sum(map(len, takers.values()))
        for scope in found:
            _follow(scope, takers)
        if sum(map(len, takers.values())) == before:
            break
    catalogue = Catalogue()
    for source in product:
        catalogue.uses.extend(_listed(source))
    for scope in found:
        _read(scope, takers, catalogue)
    return catalogue


def _listed(source: Source) -> Iterator[Use]:
    """Take down an enumeration whose every member is a code: a closed list of findings."""
    file = source.path.removeprefix("src/comity/")
    for node in source.nodes:
        if not isinstance(node, ast.ClassDef) or "StrEnum" not in map(ast.unparse, node.bases):
            continue
        members = [
            (line.value.value, line.lineno, ast.unparse(line.targets[0]))
            for line in node.body
            if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)
        ]
        if members and all(CODE.fullmatch(str(code)) for code, _, _ in members):
            said = _reasons(source, node.name)
            for code, line, name in members:
                words = said.get(name, name.lower().replace("_", " "))
                yield Use(str(code), FINDING, file, line, words)


def _reasons(source: Source, enumeration: str) -> dict[str, str]:
    """Find what a table beside an enumeration says of its members; without one: nothing."""
    return {
        key.attr: str(value.value)
        for table in source.nodes
        if isinstance(table, ast.Dict)
        for key, value in zip(table.keys, table.values, strict=True)
        if isinstance(key, ast.Attribute)
        and ast.unparse(key.value) == enumeration
        and isinstance(value, ast.Constant)
    }


def _classes(product: Iterable[Source]) -> Takers:
    """Find the classes that take a code: errors by their bases, dataclasses by their field."""
    families = dict(_ERRORS)
    classes = [
        (source, node)
        for source in product
        for node in source.nodes
        if isinstance(node, ast.ClassDef)
    ]
    for _ in range(_ROUNDS_MAX):
        for _source, node in classes:
            bases = [getattr(base, "id", getattr(base, "attr", "")) for base in node.bases]
            family = next((families[base] for base in bases if base in families), None)
            if family is not None:
                families.setdefault(node.name, family)
    takers: Takers = defaultdict(set)
    for name, family in families.items():
        takers[name].add(Taker(family, "code", 0, 1))
    for source, node in classes:
        fields = [
            line.target.id
            for line in node.body
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
        ]
        if "code" in fields and node.name not in families:
            what = fields.index("what") if "what" in fields else None
            family = FINDING if node.name == "Problem" else SAID
            home = source.path if node.name.startswith("_") else ""
            takers[node.name].add(Taker(family, "code", fields.index("code"), what, home=home))
    return takers


def _calls(scope: Scope, takers: Takers) -> Iterator[tuple[ast.Call, Taker, ast.expr]]:
    """List the calls of takers that are given a code, with the taker and what it is given."""
    for call in scope.calls:
        name = called_name(call)
        if name == "__init__":
            name = scope.inside_class
        for taker in takers.get(name, ()):
            if taker.home in {"", scope.source.path} and _may_mean(call, taker, scope):
                given = _given(call, taker.parameter, taker.place)
                if given is not None:
                    yield call, taker, given


def _may_mean(call: ast.Call, taker: Taker, scope: Scope) -> bool:
    """Tell whether a call can mean a function or class of this name, or a method of this class."""
    if not isinstance(call.func, ast.Attribute):
        return not taker.owner
    if taker.owner:
        return taker.owner in scope.meant(call.func)
    return call.func.attr[0].isupper() or call.func.attr == "__init__"


def _surely_means(call: ast.Call, taker: Taker, scope: Scope) -> bool:
    """Tell whether no other class shares the name of the method."""
    return (
        not taker.owner
        or not isinstance(call.func, ast.Attribute)
        or len(scope.meant(call.func)) == 1
    )


def _given(call: ast.Call, name: str, place: int | None) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if place is None or place >= len(call.args):
        return None
    given = call.args[place]
    return None if isinstance(given, ast.Starred) else given


def _follow(scope: Scope, takers: Takers) -> None:
    """Make a function a taker that hands a parameter of its own on to one."""
    function = scope.function
    if function is None or function.name.startswith("__"):
        return
    positional, named = parameters(function)
    for call, taker, given in list(_calls(scope, takers)):
        if not _surely_means(call, taker, scope):
            continue
        for before, name, after in _handed_on(given):
            if name not in {*positional, *named}:
                continue
            takers[function.name].add(
                replace(
                    taker,
                    family=_family(function, taker),
                    parameter=name,
                    place=positional.index(name) if name in positional else None,
                    what_place=positional.index("what") if "what" in positional else None,
                    before=taker.before + before,
                    after=after + taker.after,
                    home=scope.source.path if function.name.startswith("_") else "",
                    owner=scope.place if scope.inside_class else "",
                )
            )


def _family(function: Function, taker: Taker) -> str:
    returned = getattr(function.returns, "id", "")
    return _ERRORS.get(returned, taker.family)


def _handed_on(given: ast.expr) -> Iterator[tuple[str, str, str]]:
    """Say which names an expression hands on, and what it puts around them."""
    match given:
        case ast.Name(id=name):
            yield "", name, ""
        case ast.IfExp(body=body, orelse=orelse):
            yield from _handed_on(body)
            yield from _handed_on(orelse)
        case ast.JoinedStr(values=values):
            names = [part for part in values if isinstance(part, ast.FormattedValue)]
            if len(names) == 1 and isinstance(names[0].value, ast.Name):
                place = values.index(names[0])
                yield _text(values[:place]), names[0].value.id, _text(values[place + 1 :])
        case _:
            return


def _text(parts: Iterable[ast.expr]) -> str:
    return "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))


def _read(scope: Scope, takers: Takers, catalogue: Catalogue) -> None:
    """Take down the codes that are given here; a parameter's are taken down by its callers."""
    file = scope.source.path.removeprefix("src/comity/")
    for call, taker, given in _calls(scope, takers):
        what = sentence(_given(call, "what", taker.what_place))
        for word in _words(given, scope):
            code = None if word is None else f"{taker.before}{word}{taker.after}"
            if code is not None and CODE.fullmatch(code):
                catalogue.uses.append(Use(code, taker.family, file, call.lineno, what))
            elif taker.family != SAID and _surely_means(call, taker, scope):
                said = "is not a literal" if code is None else f"{code!r} is malformed"
                catalogue.findings.append(scope.source.finding(call, f"error code {said}"))


def _words(given: ast.expr, scope: Scope, depth: int = 0) -> Iterator[str | None]:
    """List what an expression may be: literals, None for what cannot be known."""
    match given:
        case ast.Constant(value=str(word)):
            yield word
        case ast.Constant(value=None) | ast.Attribute(attr="code" | "value"):
            return
        case ast.IfExp(body=body, orelse=orelse):
            yield from _words(body, scope, depth)
            yield from _words(orelse, scope, depth)
        case ast.Name(id=name) if name in scope.constants:
            yield scope.constants[name]
        case ast.Name(id=name) if name in scope.parameters:
            return
        case ast.Name(id=name) if depth < _ROUNDS_MAX and scope.assigned(name):
            for value in scope.assigned(name):
                yield from _words(value, scope, depth + 1)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from (word for word in _words(part, scope, depth) if word is not None)
        case ast.Subscript(value=ast.Name(id=name)) if name in scope.tables:
            yield from scope.tables[name]
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get"), args=args) if (
            name in scope.tables
        ):
            yield from scope.tables[name]
            for default in args[1:]:
                yield from _words(default, scope, depth)
        case ast.JoinedStr() if handed := list(_handed_on(given)):
            before, name, after = handed[0]
            for inner in _words(ast.Name(name), scope, depth):
                yield None if inner is None else f"{before}{inner}{after}"
        case _:
            yield None
