# SPDX-License-Identifier: Apache-2.0
"""The duty vectors: one file for each clause kind that makes duties, or for one way of writing it.

A file holds the clauses, the statements, and vectors that say some of them in order and give the
whole list of duties at an instant; how one is read stands in docs/formats/duties.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from comity.agreement.acts import Effect
from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.vocabulary import CLAUSE_KINDS
from comity.basis.fields import Fields
from comity.basis.ids import PartyId
from comity.basis.instants import Instant, parse_instant
from comity.state.duties import duties_at, duty_json
from comity.statement.kinds import SPOKEN_KINDS
from comity.statement.values import format_file
from tests.support_state import Teller, file_ref

FOLDER = Path(__file__).parent / "duties"
HEAD = (FOLDER / "agreement.toml").read_text(encoding="utf-8")
FILES = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
ENTRY = "2016-11-23"
VECTORS = [
    pytest.param(document, vector, id=f"{name}: {vector['name']}")
    for name, document in FILES.items()
    for vector in document["vectors"]
]
Row = dict[str, Any]


@dataclass(frozen=True)
class Rule:
    """What tells one rule of a clause from another, and whether it can be late."""

    because: str
    owes: str
    needs: str | None
    is_late: bool


def file_of(document: Row, version: int = 1) -> Agreement:
    """Read the file of a vector; the second version has the markings of `next_markings`."""
    markings = document.get("next_markings" if version > 1 else "markings", ())
    head, _, article = HEAD.partition("[[article]]")
    if version > 1:
        head = head.replace("version = 1", f"version = {version}")
    text = "\n".join([head, *markings, f"[[article]]{article}", *document["clauses"]])
    return read_agreement(text.encode())


def told(document: Row, said: list[str]) -> Teller:
    """Tell of the agreement and of some of the statements, in this order."""
    versions = [file_of(document)]
    if "next_markings" in document:
        versions.append(file_of(document, 2))
    teller = Teller(versions[0], versions[1:])
    teller.sign(at=ENTRY)
    teller.enter(delivered=ENTRY)
    for name in said:
        statement = document["statements"][name]
        body = dict(statement["body"])
        if body.get("file") == "the next version":
            body["file"] = format_file(file_ref(versions[1]))
        under = versions[statement.get("version", 1) - 1]
        where = teller.say(
            PartyId(statement["by"]),
            SPOKEN_KINDS[statement["kind"]].parse(Fields(body, name)),
            at=statement["at"],
            version=under.sha256,
        )
        assert teller.why(where) is None, (name, teller.why(where))
    return teller


def duties(teller: Teller, at: Instant) -> list[Row]:
    with teller.fold.standing_at(at) as state:
        return [duty_json(each) for each in duties_at(state, at)]


def ids(rows: list[Row]) -> set[str]:
    return {row["id"] for row in rows}


@pytest.mark.parametrize(("document", "vector"), VECTORS)
def test_the_duties_are_those_of_the_vector(document: Row, vector: Row) -> None:
    found = duties(told(document, vector["said"]), parse_instant(vector["at"]))
    of_version = {row.pop("version") for row in found}
    assert len(of_version) <= 1
    assert found == vector["duties"]


@pytest.mark.parametrize(("document", "vector"), VECTORS)
def test_a_vector_shows_what_it_says(document: Row, vector: Row) -> None:
    at, rows = parse_instant(vector["at"]), vector["duties"]
    match vector["shows"]:
        case "trigger":
            assert any(row["state"] in ("open", "done") for row in rows)
            before = duties(told(document, vector["said"][:-1]), at)
            assert ids(rows) - ids(before)
        case "late":
            late = [row for row in rows if row["state"] in ("late", "done_late")]
            assert {row["may_be_called"] for row in late} == {"breach"}
            earlier = duties(told(document, vector["said"]), Instant(at - 1))
            was = {row["id"]: row["state"] for row in earlier}
            assert any(was.get(row["id"]) not in ("late", "done_late") for row in late)
        case "none":
            assert rows == []
        case _:
            assert vector["shows"] == "discharged"
            done = {row["id"]: row for row in rows if row["state"] == "done"}
            assert all(row["done_by"] and row["done_at"] for row in done.values())
            assert not any(row["state"] in ("late", "done_late") for row in rows)
            before = duties(told(document, vector["said"][:-1]), at)
            assert done.keys() - {row["id"] for row in before if row["state"] == "done"}


def obliging() -> list[Any]:
    return [each for each in CLAUSE_KINDS if each.effect in (Effect.DUTY, Effect.BOTH)]


def rules_of(document: Row) -> Iterator[Rule]:
    for rule in file_of(document).rules.duties:
        has_number = rule.within is not None and rule.within.duration is not None
        # What is done as it is said, and counted from then on, has no time to be late in.
        at_once = rule.how == "itself" and rule.since is None
        yield Rule(rule.trigger, rule.discharged_by, rule.needs, has_number and not at_once)


@pytest.mark.parametrize("kind", obliging(), ids=lambda kind: kind.name)
def test_each_clause_kind_with_duties_has_one_triggered_one_late_and_one_discharged(
    kind: Any,
) -> None:
    documents = [each for name, each in FILES.items() if name.partition("-")[0] == kind.name]
    assert documents, "no file"
    shown = {vector["shows"] for each in documents for vector in each["vectors"]}
    can_be_late = any(rule.is_late for each in documents for rule in rules_of(each))
    assert shown >= {"trigger", "discharged"} | ({"late"} if can_be_late else set())
    assert can_be_late or kind.name == "suspension"
    for document in documents:
        assert f"[article.{kind.name}]" in document["clauses"]
        assert {row["clause"] for vector in document["vectors"] for row in vector["duties"]} == {
            kind.name
        }


@pytest.mark.parametrize("document", FILES.values(), ids=FILES)
def test_each_rule_that_a_file_makes_is_shown_in_each_of_the_three(document: Row) -> None:
    """But a rule without a number is never late."""
    rows = [(vector["shows"], row) for vector in document["vectors"] for row in vector["duties"]]
    for rule in rules_of(document):
        states = {
            (shows, row["state"])
            for shows, row in rows
            if (row["because"], row["owes"], row["needs"]) == (rule.because, rule.owes, rule.needs)
        }
        assert "trigger" in {shows for shows, _ in states}, rule
        assert ("discharged", "done") in states, rule
        assert rule.is_late == bool(states & {("late", "late"), ("late", "done_late")}), rule


def test_no_file_is_of_a_kind_that_makes_no_duties() -> None:
    assert {name.partition("-")[0] for name in FILES} == {each.name for each in obliging()}
