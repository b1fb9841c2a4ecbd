# SPDX-License-Identifier: Apache-2.0
"""Collect every error code of the product from its syntax trees, and write docs/errors.md.

`python -m scripts.error_codes` says whether the page is up to date; `--write` writes it. A code is
a literal given to a parameter (or dataclass field) named `code`; nothing is imported to find it.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from comity.basis import errors
from scripts.tidy.tree import ROOT, Finding, Source, called_name, read_sources

PAGE = ROOT / "docs/errors.md"
CODE = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*")
_FINDING = "a finding"
_SAID = "said in a statement"


@dataclass(frozen=True, slots=True)
class Taker:
    """Something that takes a code: at which places its code and its sentence stand."""

    family: str
    code_place: int
    what_place: int | None


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


def collect(sources: Iterable[Source]) -> Catalogue:
    """Read the codes of the product."""
    product = [source for source in sources if source.is_product and source.is_python]
    bases = _bases(product)
    takers = {source.path: dict(_takers(source, bases)) for source in product}
    constants = {name: value for source in product for name, value in _constants(source.tree.body)}
    everywhere = {
        name: taker
        for found in takers.values()
        for name, taker in found.items()
        if not name.startswith("_")
    }
    catalogue = Catalogue()
    for source in product:
        known = {**everywhere, **takers[source.path]}
        _read_source(source, known, constants, catalogue)
    return catalogue


def _bases(product: Iterable[Source]) -> dict[str, str]:
    found = {
        name: name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.ComityError)
    }
    classes = {
        node.name: [getattr(base, "id", getattr(base, "attr", "")) for base in node.bases]
        for source in product
        for node in source.nodes
        if isinstance(node, ast.ClassDef)
    }
    for _ in range(len(classes)):
        for name, parents in classes.items():
            family = next((found[parent] for parent in parents if parent in found), None)
            if family is not None:
                found.setdefault(name, family)
    return found


def _takers(source: Source, bases: Mapping[str, str]) -> Iterator[tuple[str, Taker]]:
    for name, family in bases.items():
        yield name, Taker(family, 0, 1)
    for node in source.nodes:
        if isinstance(node, ast.ClassDef) and node.name not in bases:
            fields = [
                line.target.id
                for line in node.body
                if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
            ]
            if "code" in fields:
                family = _FINDING if node.name == "Problem" else _SAID
                yield node.name, _taker(family, fields)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [argument.arg for argument in [*node.args.posonlyargs, *node.args.args]]
            names = names[1:] if names[:1] in (["self"], ["cls"]) else names
            named = {argument.arg for argument in node.args.kwonlyargs}
            if "code" in {*names, *named} and not node.name.startswith("__"):
                yield node.name, _taker(_family_of(node, bases), names)


def _taker(family: str, names: list[str]) -> Taker:
    return Taker(
        family,
        names.index("code") if "code" in names else -1,
        names.index("what") if "what" in names else None,
    )


def _family_of(function: ast.FunctionDef | ast.AsyncFunctionDef, bases: Mapping[str, str]) -> str:
    returns = getattr(function.returns, "id", "")
    if returns in bases:
        return bases[returns]
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and called_name(node) in bases:
            return bases[called_name(node)]
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and called_name(node) == "Problem":
            return _FINDING
    return _SAID


def _constants(body: Iterable[ast.stmt]) -> Iterator[tuple[str, str]]:
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(value))):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(value))):
                yield name, value
            case _:
                continue


def _read_source(
    source: Source,
    known: Mapping[str, Taker],
    constants: Mapping[str, str],
    catalogue: Catalogue,
) -> None:
    parents = {child: node for node in source.nodes for child in ast.iter_child_nodes(node)}
    for node in source.nodes:
        if not isinstance(node, ast.Call):
            continue
        taker = _called(node, known, parents)
        if taker is None:
            continue
        given = _given(node, "code", taker.code_place)
        if given is None:
            continue
        what = _given(node, "what", taker.what_place)
        for code in _codes(given, node, parents, constants):
            if code is None:
                catalogue.findings.append(source.finding(node, "error code is not a literal"))
            elif not CODE.fullmatch(code):
                catalogue.findings.append(source.finding(node, f"error code {code!r} is malformed"))
            else:
                file = source.path.removeprefix("src/comity/")
                use = Use(code, taker.family, file, node.lineno, _sentence(what))
                catalogue.uses.append(use)


def _called(
    call: ast.Call, known: Mapping[str, Taker], parents: Mapping[ast.AST, ast.AST]
) -> Taker | None:
    name = called_name(call)
    if name != "__init__":
        return known.get(name)
    owner = _enclosing(call, parents, ast.ClassDef)
    return known.get(owner.name) if isinstance(owner, ast.ClassDef) else None


def _enclosing(
    node: ast.AST, parents: Mapping[ast.AST, ast.AST], kind: type[ast.AST]
) -> ast.AST | None:
    found = parents.get(node)
    while found is not None and not isinstance(found, kind):
        found = parents.get(found)
    return found


def _given(call: ast.Call, name: str, place: int | None) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if place is None or not 0 <= place < len(call.args):
        return None
    given = call.args[place]
    return None if isinstance(given, ast.Starred) else given


def _codes(
    given: ast.expr,
    call: ast.Call,
    parents: Mapping[ast.AST, ast.AST],
    constants: Mapping[str, str],
) -> Iterator[str | None]:
    match given:
        case ast.Constant(value=str(code)):
            yield code
        case ast.Constant(value=None) | ast.Attribute(attr="code"):
            return
        case ast.IfExp(body=body, orelse=orelse):
            yield from _codes(body, call, parents, constants)
            yield from _codes(orelse, call, parents, constants)
        case ast.Name(id=name) if name in constants:
            yield constants[name]
        case ast.Name(id=name):
            yield from _local_codes(name, call, parents)
        case ast.Call(args=[]) | ast.Call(func=ast.Name(id="read_code")):
            return
        case _:
            yield None


def _local_codes(
    name: str, call: ast.Call, parents: Mapping[ast.AST, ast.AST]
) -> Iterator[str | None]:
    """Read what a local name may hold: a parameter is read where it is given."""
    around = _enclosing(call, parents, ast.FunctionDef) or _enclosing(
        call, parents, ast.AsyncFunctionDef
    )
    if not isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef):
        yield None
        return
    arguments = around.args
    if name in {a.arg for a in [*arguments.args, *arguments.kwonlyargs, *arguments.posonlyargs]}:
        return
    literals: list[str | None] = [
        part.value
        for node in ast.walk(around)
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.For)
        for part in ast.walk(node.iter if isinstance(node, ast.For) else node.value or node)
        if isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and CODE.fullmatch(part.value)
    ]
    yield from literals or [None]


def _sentence(what: ast.expr | None) -> str:
    match what:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in values
            )
        case _:
            return ""


def page(catalogue: Catalogue) -> str:
    """Write the page: one table per first word, codes in order."""
    uses: dict[str, list[Use]] = defaultdict(list)
    for use in catalogue.uses:
        uses[use.code].append(use)
    groups: dict[str, list[str]] = defaultdict(list)
    for code in sorted(uses):
        groups[code.partition(".")[0]].append(code)
    lines = [_HEAD]
    for group in sorted(groups):
        lines += [f"## {group}\n", "| code | says | family | exit | HTTP | in |"]
        lines += ["|---|---|---|---|---|---|"]
        lines += [_row(code, uses[code]) for code in groups[group]]
        lines.append("")
    return "\n".join(lines)


_HEAD = """<!-- Written by `make golden` from the source; a test compares. -->
# Error codes

Every error says its code in brackets at the end of its line, and under `code` with `--json`. A code
is a promise: it never changes its meaning. The family fixes the exit code and the HTTP status of
the API; only an `EdgeError` is worth trying again as it is. A *finding* is one of several problems
listed together; its error has the family of the document's reader. What is *said in a statement*
is the code of a rejection or a refusal, and travels to the partner.
"""


def _row(code: str, uses: list[Use]) -> str:
    families = sorted({use.family for use in uses})
    named = [family for family in families if family not in {_FINDING, _SAID}]
    kinds = [getattr(errors, family) for family in named]
    exits = sorted({str(kind.exit_code) for kind in kinds})
    statuses = sorted({str(kind.http_status or "–") for kind in kinds})
    what = next((use.what for use in uses if use.what), "").replace("|", "\\|")
    files = ", ".join(sorted({f"`{use.file}`" for use in uses}))
    return (
        f"| `{code}` | {what} | {', '.join(families)} | {', '.join(exits) or '–'} "
        f"| {', '.join(statuses) or '–'} | {files} |"
    )


def main(arguments: list[str]) -> int:
    """Write or compare the page; say what could not be read."""
    catalogue = collect(read_sources(ROOT))
    for finding in catalogue.findings:
        print(finding, file=sys.stderr)
    text = page(catalogue)
    if "--write" in arguments:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        print("docs/errors.md is out of date; `make golden` writes it", file=sys.stderr)
        return 1
    return 1 if catalogue.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
