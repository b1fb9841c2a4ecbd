# SPDX-License-Identifier: Apache-2.0
"""Requests and agreement files worked out by hand from AGREEMENTS.md, without looking at the code.

`agreement.toml` is the file, `requests.json` the requests that cases start from: a case sets or
drops facts, and names the exit code and what is cited, `article clause` or `article clause fact`.
`variants.json` brings its own articles. `files.json` replaces parts of the file: `#!` stands on
the line of each problem (`#!2`: of two), `lines` names further ones, `names` what must be said.
"""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.basis.errors import InputError, ProblemsError
from comity.decision.deciding import decide, decision_json
from comity.decision.request_reading import parse_request

FOLDER = Path(__file__).parent / "decisions_blackbox"
SOUND = (FOLDER / "agreement.toml").read_text("utf-8")
HEAD = (FOLDER / "head.toml").read_text("utf-8")
THEMES = (
    "actions",
    "access",
    "register-marking",
    "purpose",
    "third-party",
    "release",
    "assurance-channel",
    "reclassification",
    "request",
)
DENIED, REFUSED = 3, 2


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


REQUESTS: dict[str, dict[str, Any]] = load("requests")
FILES: list[dict[str, Any]] = load("files")


@cache
def agreement(text: str) -> Agreement:
    return read_agreement(text.encode())


def with_articles(spec: dict[str, Any]) -> str:
    """Write a variant: the head with its replacements, and the articles."""
    text = replaced(HEAD, spec.get("replace", []))
    for article in spec["articles"]:
        head = ["[[article]]", f'number = "{article["number"]}"', 'title.en = "x"']
        text += "\n".join([*head, 'summary.en = "y"', *article["clauses"], ""])
    return text


def replaced(text: str, pairs: list[list[str]]) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def cases() -> Iterator[Any]:
    for theme in THEMES:
        for case in load(theme):
            yield pytest.param(SOUND, case, id=f"{theme}: {case['name']}")
    for variant in load("variants"):
        text = with_articles(variant["agreement"])
        for case in variant["cases"]:
            yield pytest.param(text, case, id=f"variants: {case['name']}")


CASES = list(cases())


def request_of(case: dict[str, Any]) -> bytes:
    if "raw" in case:
        return str(case["raw"]).encode()
    request = copy.deepcopy(REQUESTS[case["request"]])
    for path, value in case.get("set", {}).items():
        inner, key = place(request, path)
        inner[key] = copy.deepcopy(value)
    for path in case.get("drop", ()):
        inner, key = place(request, path)
        del inner[key]
    return json.dumps(request).encode()


def place(request: Any, path: str) -> tuple[Any, str]:
    *outer, last = path.split(".")
    for key in outer:
        request = request[int(key)] if isinstance(request, list) else request[key]
    return request, last


@pytest.mark.parametrize(("text", "case"), CASES)
def test_a_request_is_decided_as_the_specification_says(text: str, case: dict[str, Any]) -> None:
    raw = request_of(case)
    if case["exit"] == REFUSED:
        with pytest.raises(InputError) as refusal:
            parse_request(raw)
        assert refusal.value.exit_code == REFUSED
        return
    decided: dict[str, Any] = dict(decision_json(decide(agreement(text), parse_request(raw))))
    assert decided["decision"] == ("deny" if case["exit"] == DENIED else "allow")
    for key, last in (("articles", ()), ("unmet", ()), ("unknown", ("fact",))):
        cited = [
            " ".join(row[part] for part in ("article", "clause", *last)) for row in decided[key]
        ]
        assert sorted(cited) == case.get(key, [])
        assert decided[key] == sorted(decided[key], key=lambda row: list(row.values()))


@pytest.mark.parametrize("case", FILES, ids=[case["name"] for case in FILES])
def test_a_file_is_read_or_refused_as_the_specification_says(case: dict[str, Any]) -> None:
    text = case["text"] if "text" in case else replaced(SOUND, case["replace"])
    if case["exit"] == 0:
        assert agreement(text).raw == text.encode()
        return
    with pytest.raises(ProblemsError) as refusal:
        read_agreement(text.encode())
    problems = refusal.value.problems
    said = json.dumps([problem.as_json() for problem in problems], ensure_ascii=False)
    assert [name for name in case.get("names", ()) if name not in said] == []
    expected = Counter(case.get("lines", ()))
    for number, line in enumerate(text.split("\n"), 1):
        for mark in re.findall(r"#!(\d?)", line):
            expected[number] += int(mark or 1)
    found = Counter(int(problem.where.split(",")[0].removeprefix("line ")) for problem in problems)
    if case.get("and_others"):
        assert expected <= found
    elif expected:
        assert expected == found
