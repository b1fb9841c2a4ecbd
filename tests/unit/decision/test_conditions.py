# SPDX-License-Identifier: Apache-2.0
"""The evaluator knows every kind of condition; what each gives is in the decision vectors."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from comity.agreement.model import Agreement
from comity.agreement.rules import Condition, NotPast
from comity.basis.instants import Date, Instant
from comity.decision.conditions import KNOWN_CONDITIONS, open_conditions
from comity.decision.deciding import decide
from comity.decision.kleene import HOLDS
from comity.decision.request import Actor, Derived, Item, Request, Visit


def test_every_kind_of_condition_has_its_evaluator() -> None:
    assert set(get_args(Condition)) == KNOWN_CONDITIONS


def test_a_date_at_the_end_of_the_calendar_has_not_passed(gsomia: Agreement) -> None:
    request = Request(at=Instant(253402300799999), actor=Actor(clearance_until=Date(9999, 12, 31)))
    condition = NotPast("actor.clearance_until", "{value}")
    found = open_conditions((condition,), request, gsomia.rules)
    assert [outcome.why for outcome in found] == ["9999-12-31"]
    assert HOLDS not in found


_DERIVED = {
    *("derived.level", "derived.marked", "derived.originators", "derived.purposes"),
    *("derived.use_until", "item.level", "item.originators", "item.purposes", "item.use_until"),
}
_VISIT = {
    *("agreement_state", "visit.asked_by", "visit.clearance", "visit.clearance_until"),
    *("visit.granted_by", "visit.host", "visit.level", "visit.until"),
}


@pytest.mark.parametrize(
    ("clause", "asked", "facts"),
    [
        ("derived", Request(action="derive", derived=Derived()), _DERIVED),
        ("visit", Request(action="visit", visit=Visit()), _VISIT),
    ],
)
def test_of_what_is_not_known_every_fact_is_named(
    gsomia: Agreement, clause: str, asked: Request, facts: set[str]
) -> None:
    unknown = decide(gsomia, asked).unknown
    assert {each.fact for each in unknown if each.clause == clause} == facts


@pytest.mark.parametrize(
    ("known", "left"),
    [
        ({"level": "SECRET"}, "derived.level"),
        ({"originators": ("JPN",)}, "derived.originators"),
        ({"purposes": ("warning",)}, "derived.purposes"),
        ({"use_until": Date(2017, 1, 1)}, "derived.use_until"),
    ],
)
def test_of_two_facts_one_of_which_is_known_the_other_is_named(
    gsomia: Agreement, known: dict[str, Any], left: str
) -> None:
    other = left.replace("derived", "item")
    for item, derived, named in (
        (replace(Item(), **known), Derived(), left),
        (Item(), replace(Derived(), **known), other),
    ):
        asked = Request(action="derive", item=item, derived=derived)
        facts = {each.fact for each in decide(gsomia, asked).unknown if each.clause == "derived"}
        assert facts & {left, other} == {named}
