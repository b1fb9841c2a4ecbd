# SPDX-License-Identifier: Apache-2.0
"""The decision vectors: one file for each clause kind, or for one way of writing it.

A file holds the clauses, a request, and vectors that each set or drop some of its facts
(`actor.kind`, `consents.0.until`) and give the whole decision but for what names the file.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from comity.agreement.acts import Effect
from comity.agreement.reading import read_agreement
from comity.agreement.vocabulary import CLAUSE_KINDS
from comity.decision.deciding import decide, decision_json
from comity.decision.request_reading import parse_request

FOLDER = Path(__file__).parent / "decisions"
HEAD = (FOLDER / "agreement.toml").read_text(encoding="utf-8")
FILES = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
VECTORS = [
    pytest.param(document, vector, id=f"{name}: {vector['name']}")
    for name, document in FILES.items()
    for vector in document["vectors"]
]


def request_of(document: dict[str, Any], vector: dict[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = copy.deepcopy(document["request"])
    for path, value in vector.get("set", {}).items():
        inner, key = place(request, path)
        inner[key] = value
    for path in vector.get("drop", ()):
        inner, key = place(request, path)
        del inner[key]
    return request


def place(request: Any, path: str) -> tuple[Any, str]:
    *outer, last = path.split(".")
    for key in outer:
        request = request[int(key)] if isinstance(request, list) else request[key]
    return request, last


@pytest.mark.parametrize(("document", "vector"), VECTORS)
def test_the_decision_is_that_of_the_vector(
    document: dict[str, Any], vector: dict[str, Any]
) -> None:
    agreement = read_agreement((HEAD + "\n".join(document["clauses"])).encode())
    request = request_of(document, vector)
    decided = decision_json(decide(agreement, parse_request(json.dumps(request).encode())))
    assert decided == {
        **vector["decision"],
        "agreement": "vectors",
        "version": 1,
        "sha256": agreement.sha256,
        "action": request.get("action"),
        "at": request.get("at"),
    }


@pytest.mark.parametrize(("document", "vector"), VECTORS)
def test_a_vector_shows_what_it_says(document: dict[str, Any], vector: dict[str, Any]) -> None:
    decision = vector["decision"]
    if vector["shows"] == "allow":
        assert decision["decision"] == "allow"
        assert decision["articles"]
        assert decision["unmet"] == decision["unknown"] == []
    else:
        assert decision["decision"] == "deny"
        assert bool(decision["unknown"]) == (vector["shows"] == "unknown")
        assert decision["articles"] or decision["unmet"] or decision["unknown"]


@pytest.mark.parametrize("kind", CLAUSE_KINDS, ids=lambda kind: kind.name)
def test_each_clause_kind_has_an_allowing_a_denying_and_an_unknown_vector(kind: Any) -> None:
    document = FILES[kind.name]
    assert f"[article.{kind.name}]" in document["clauses"]
    assert {vector["shows"] for vector in document["vectors"]} == {"allow", "deny", "unknown"}
    if kind.effect in (Effect.PERMIT, Effect.BOTH):
        cited = {
            row["clause"]
            for vector in document["vectors"]
            for row in vector["decision"]["articles"] + vector["decision"]["unknown"]
        }
        assert kind.name in cited


@pytest.mark.parametrize(("document", "vector"), VECTORS)
def test_a_vector_names_only_what_its_page_says_a_clause_asks_for(
    document: dict[str, Any], vector: dict[str, Any]
) -> None:
    asks = {kind.name: {*kind.asks, "at", "action"} for kind in CLAUSE_KINDS} | {
        "scope": {"at", "action"}
    }
    for row in vector["decision"]["unknown"]:
        fact = row["fact"].partition("[")[0]
        assert fact in asks[row["clause"]]
