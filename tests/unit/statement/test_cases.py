# SPDX-License-Identifier: Apache-2.0
"""Bodies of cases: lists in their one form, and no half of a grant."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.instants import Instant
from comity.basis.strict_json import format_json
from comity.statement.drafting import compose
from comity.statement.envelope import StatementDraft, parse_statement
from comity.statement.kinds import Body

Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        ("incident.report", lambda body: body["affected"].reverse(), "statement.not-sorted"),
        ("incident.report", lambda body: body["affected"].clear(), "statement.not-sorted"),
        (
            "incident.report",
            lambda body: body["affected"].append(copy.deepcopy(body["affected"][-1])),
            "statement.not-sorted",
        ),
        (
            "incident.report",
            lambda body: body["affected"][0].update(copies=[3, 1]),
            "statement.not-sorted",
        ),
        (
            "incident.report",
            lambda body: body["affected"][0].update(copies=[1, 1]),
            "statement.not-sorted",
        ),
        (
            "incident.report",
            lambda body: body["affected"][0].update(why="x"),
            "basis.unknown-field",
        ),
        ("incident.report", lambda body: body.update(harm="theft"), "basis.unknown-word"),
        ("incident.findings", lambda body: body.update(outcome="none"), "basis.unknown-word"),
        ("incident.findings", lambda body: body["measures"].reverse(), "statement.not-sorted"),
        ("contractor.assure", lambda body: body["conditions"].append("g"), "statement.not-sorted"),
        ("contractor.assure", lambda body: body["conditions"].clear(), "basis.wrong-length"),
        ("visit.request", lambda body: body.update(visitors=0), "basis.out-of-range"),
        ("visit.request", lambda body: body.update(visitors=1001), "basis.out-of-range"),
    ],
    ids=[
        "items out of order",
        "no item",
        "an item twice",
        "copies out of order",
        "a copy twice",
        "a key that is none",
        "another harm",
        "another outcome",
        "measures out of order",
        "a letter twice",
        "no letter",
        "no visitor",
        "too many visitors",
    ],
)
def test_a_body_has_one_form(
    draft_of: Callable[[Body], StatementDraft],
    bodies: dict[str, Body],
    minute: Callable[[int], Instant],
    kind: str,
    change: Change,
    code: str,
) -> None:
    members = json.loads(compose(draft_of(bodies[kind]), at=minute(0), seen=()).raw)
    change(members["body"])
    with pytest.raises(InputError) as refused:
        parse_statement(format_json(members))
    assert refused.value.code == code


def test_a_visit_is_refused_with_none_of_three(
    draft_of: Callable[[Body], StatementDraft],
    bodies: dict[str, Body],
    minute: Callable[[int], Instant],
) -> None:
    members = json.loads(compose(draft_of(bodies["visit.decide"]), at=minute(0), seen=()).raw)
    members["body"].update(level=None, first_day=None, last_day=None)
    assert parse_statement(format_json(members)).kind == "visit.decide"
