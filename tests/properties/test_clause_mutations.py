# SPDX-License-Identifier: Apache-2.0
"""Every key of every clause kind, mutated: refused with the line, or nothing else is changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from comity.agreement.kinds import ClauseKind, KeySpec, KeyType
from comity.agreement.model import Agreement, Clause
from comity.agreement.reading import read_agreement
from comity.agreement.rules import OrderRow
from comity.agreement.specification import example_text
from comity.agreement.vocabulary import CLAUSE_KINDS
from comity.basis.errors import ProblemsError

HEAD = """format = 1
id = "mutants"
version = 1
kind = "information-security"
title.en = "Mutants"
[parties.JPN]
name.en = "Japan"
competent_authority = "A"
[parties.KOR]
name.en = "Korea"
competent_authority = "B"
[levels]
order = ["SECRET", "CONFIDENTIAL"]
[scope]
article = "2"
categories = ["missile-warning"]
forms = ["document", "electronic"]
activities = ["exercise"]
[lifecycle]
article = "21"
runs = "1 year"
[[article]]
number = "9"
title.en = "Clauses"
summary.en = "Clauses."
"""
LINE = HEAD.count("\n") + 1
TEXTS = {"text": '"anything"', "empty": '""', "hidden": '"a\u200bb"', "long": f'"{"x" * 2001}"'}
OTHER = {"number": "3", "fraction": "1.5", "flag": "true", "date": "2016-11-23", "nothing": "[]"}
HUGE = {"huge number": str(2**60), "huge list": json.dumps(["node"] * 1100), "texts": '["x", "y"]'}
TABLES = {"table": "{ a = 1 }", "texts by language": '{ en = "x", "*" = "y" }', "list": "[{}]"}
MUTATIONS = {**TEXTS, **OTHER, **HUGE, **TABLES, "less than one": "0", "less than none": "-1"}
TOML_TYPES: dict[KeyType, tuple[type, ...]] = {
    KeyType.WORD: (str,),
    KeyType.LEVEL: (str,),
    KeyType.PARTY: (str,),
    KeyType.DURATION: (str,),
    KeyType.TERM: (str,),
    KeyType.WORDS: (list,),
    KeyType.NAMES: (list,),
    KeyType.CATEGORIES: (list,),
    KeyType.IDS: (list,),
    KeyType.FORMS: (list,),
    KeyType.ACTIONS: (list,),
    KeyType.ACTS: (list,),
    KeyType.COUNT: (int,),
    KeyType.FLAG: (bool,),
    KeyType.TEXT: (dict,),
    KeyType.CHECKLIST: (dict,),
    KeyType.DURATIONS: (list,),
    KeyType.ROWS: (list, dict),
    KeyType.ANY_ROWS: (list, dict),
}
CLOSED = {
    KeyType.WORD,
    KeyType.WORDS,
    KeyType.LEVEL,
    KeyType.PARTY,
    KeyType.CATEGORIES,
    KeyType.IDS,
    KeyType.FORMS,
    KeyType.ACTIONS,
    KeyType.ACTS,
    KeyType.DURATION,
    KeyType.DURATIONS,
    KeyType.TERM,
}
ROW = {
    "providers": '["JPN"]',
    "categories": '["missile-warning"]',
    "activities": '["exercise"]',
    "valid_from": "2016-11-23",
    "valid_to": "2016-11-24",
}


def keys_of(kind: ClauseKind) -> tuple[KeySpec, ...]:
    levels = (
        KeySpec(level, KeyType.WORD, "a level", words=kind.level_words, required=True)
        for level in ("SECRET", "CONFIDENTIAL")
    )
    return (*kind.keys, *levels) if kind.level_words else kind.keys


def cases() -> Iterator[Any]:
    for kind in CLAUSE_KINDS:
        for spec in keys_of(kind):
            yield pytest.param(kind, spec, id=f"{kind.name}.{spec.name}")


def written(kind: ClauseKind, key: str, value: str | None, *, twice: bool = False) -> str:
    """Write the example of a kind with another value of one key; None leaves the key out."""
    name = key if key.islower() else f'"{key}"'
    lines = [line for line in example_text(kind).splitlines() if not line.startswith(f"{name} = ")]
    if value is not None:
        lines[1:1] = [f"{name} = {value}"] * (2 if twice else 1)
    return HEAD + "\n".join(lines) + "\n"


def clause_of(agreement: Agreement) -> Clause:
    (clause,) = agreement.articles[0].clauses
    return clause


def refused(text: str) -> bool:
    """Say whether a file is refused; if so, every problem is told with its line and its code."""
    try:
        read_agreement(text.encode())
    except ProblemsError as err:
        problems = err.problems
    else:
        return False
    last = text.count("\n")
    for problem in problems:
        if problem.found == "more":  # the list of problems has a limit of its own
            continue
        line = int(problem.where.split(",")[0].removeprefix("line "))
        assert LINE <= line <= last, problem
        assert problem.code.partition(".")[0] in {"agreement", "basis"}
        assert len(str(problem.found)) <= 200
    return True


def only_that_key_differs(kind: ClauseKind, key: str, text: str) -> bool:
    usual = read_agreement((HEAD + example_text(kind)).encode())
    changed = read_agreement(text.encode())
    same = replace(clause_of(changed), keys=())
    kept = [pair for pair in clause_of(usual).keys if pair[0] != key]
    return (
        same == replace(clause_of(usual), keys=())
        and [pair for pair in clause_of(changed).keys if pair[0] != key] == kept
        and replace(changed, articles=(), raw=b"", sha256=usual.sha256)
        == replace(usual, articles=(), raw=b"")
    )


def is_of_its_type(spec: KeySpec, mutation: str) -> bool:
    value: object = {
        "flag": True,
        "fraction": 1.5,
        "number": 3,
        "huge number": 2**60,
        "less than one": 0,
        "less than none": -1,
        "date": None,
        "nothing": [],
        "huge list": [],
        "texts": [],
        "list": [],
        "table": {},
        "texts by language": {},
    }.get(mutation, "")
    wanted = TOML_TYPES[spec.type]
    return type(value) in wanted


@pytest.mark.parametrize(("kind", "spec"), list(cases()))
def test_a_mutated_key_is_refused_with_its_line_or_changes_nothing_else(
    kind: ClauseKind, spec: KeySpec
) -> None:
    for name, value in MUTATIONS.items():
        text = written(kind, spec.name, value)
        if refused(text):
            continue
        assert is_of_its_type(spec, name), name
        assert spec.type not in CLOSED, name
        assert only_that_key_differs(kind, spec.name, text), name


@pytest.mark.parametrize(("kind", "spec"), list(cases()))
def test_a_key_that_is_left_out_or_doubled(kind: ClauseKind, spec: KeySpec) -> None:
    missing = written(kind, spec.name, None)
    assert refused(missing) is spec.required
    if not spec.required:
        kept = dict(clause_of(read_agreement(missing.encode())).keys)
        assert kept.get(spec.name) == spec.default
        assert only_that_key_differs(kind, spec.name, missing)
    for value in ('"x"', "1", "[]"):
        assert refused(written(kind, spec.name, value, twice=True))


@pytest.mark.parametrize("kind", CLAUSE_KINDS, ids=lambda kind: kind.name)
def test_a_key_that_no_page_names_is_refused(kind: ClauseKind) -> None:
    for key in ("colour", "Para", "article", "TOP SECRET", "speaks_of"):
        assert refused(written(kind, key, '"x"'))


@pytest.mark.parametrize(("kind", "spec"), list(cases()))
def test_each_word_of_a_closed_list_is_read_and_changes_that_key_alone(
    kind: ClauseKind, spec: KeySpec
) -> None:
    is_list = spec.type in {KeyType.WORDS, KeyType.ACTIONS}
    for word in spec.words:
        value = f'["{word}"]' if is_list else f'"{word}"'
        text = written(kind, spec.name, value)
        found = dict(clause_of(read_agreement(text.encode())).keys)[spec.name]
        assert found == ((word,) if is_list else word)
        assert only_that_key_differs(kind, spec.name, text)
        doubled = f'["{word}", "{word}"]' if is_list else f'"{word} "'
        assert refused(written(kind, spec.name, doubled))


def tables() -> Iterator[Any]:
    """Give each key of each row of each table of orders."""
    for kind in CLAUSE_KINDS:
        for spec in kind.keys:
            if spec.type in {KeyType.ROWS, KeyType.ANY_ROWS}:
                for key in ROW:
                    yield pytest.param(kind, spec, key, id=f"{kind.name}.{spec.name}.{key}")


def row_text(row: dict[str, str]) -> str:
    return "{ " + ", ".join(f"{key} = {value}" for key, value in row.items()) + " }"


def rows_of(text: str, spec: KeySpec) -> tuple[OrderRow, ...]:
    return clause_of(read_agreement(text.encode())).rows(spec.name)


@pytest.mark.parametrize(("kind", "spec", "key"), list(tables()))
def test_a_mutated_key_of_a_row_is_refused_with_its_line_or_changes_that_key_alone(
    kind: ClauseKind, spec: KeySpec, key: str
) -> None:
    usual = rows_of(written(kind, spec.name, f"[{row_text(ROW)}]"), spec)[0]
    field = {"valid_from": "since", "valid_to": "until"}.get(key, key)
    for name, value in MUTATIONS.items():
        text = written(kind, spec.name, f"[{row_text(ROW)}, {row_text({**ROW, key: value})}]")
        if refused(text):
            continue
        first, second = rows_of(text, spec)
        assert first == usual
        assert replace(second, **{field: getattr(usual, field)}) == usual, name
        open_words = spec.type is KeyType.ANY_ROWS and key == "categories"
        assert (name == "date" and key in {"valid_from", "valid_to"}) or (
            name == "texts" and open_words
        ), name


@pytest.mark.parametrize(("kind", "spec", "key"), list(tables()))
def test_a_key_of_a_row_is_left_out_alone_and_never_doubled(
    kind: ClauseKind, spec: KeySpec, key: str
) -> None:
    less = {name: value for name, value in ROW.items() if name != key}
    field = {"valid_from": "since", "valid_to": "until"}.get(key, key)
    usual = rows_of(written(kind, spec.name, f"[{row_text(ROW)}]"), spec)[0]
    (row,) = rows_of(written(kind, spec.name, f"[{row_text(less)}]"), spec)
    assert row == replace(usual, **{field: getattr(OrderRow(), field)})
    twice = row_text(ROW).replace(f"{key} = ", f"{key} = {ROW[key]}, {key} = ")
    assert refused(written(kind, spec.name, f"[{twice}]"))


@pytest.mark.parametrize(("kind", "spec", "key"), list(tables()))
def test_a_row_refuses_a_key_of_no_page_and_words_that_the_file_does_not_know(
    kind: ClauseKind, spec: KeySpec, key: str
) -> None:
    for other in ("colour", key.upper(), f"{key}s", "since", "from"):
        assert refused(written(kind, spec.name, f"[{row_text({**ROW, other: ROW[key]})}]"))
    unknown = {"providers": '["USA"]', "activities": '["parade"]', "categories": '["Two Words"]'}
    for column, words in unknown.items():
        assert refused(written(kind, spec.name, f"[{row_text({**ROW, column: words})}]"))
    turned = {**ROW, "valid_from": "2016-11-25"}
    assert refused(written(kind, spec.name, f"[{row_text(turned)}]"))
    assert rows_of(written(kind, spec.name, row_text(ROW)), spec) == rows_of(
        written(kind, spec.name, f"[{row_text(ROW)}]"), spec
    )
