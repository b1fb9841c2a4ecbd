# SPDX-License-Identifier: Apache-2.0
"""The evaluator knows every kind of condition; what each gives is in the decision vectors."""

from typing import get_args

from comity.agreement.model import Agreement
from comity.agreement.rules import Condition, NotPast
from comity.basis.instants import Date, Instant
from comity.decision.conditions import KNOWN_CONDITIONS, open_conditions
from comity.decision.kleene import HOLDS
from comity.decision.request import Actor, Request


def test_every_kind_of_condition_has_its_evaluator() -> None:
    assert set(get_args(Condition)) == KNOWN_CONDITIONS


def test_a_date_at_the_end_of_the_calendar_has_not_passed(gsomia: Agreement) -> None:
    request = Request(at=Instant(253402300799999), actor=Actor(clearance_until=Date(9999, 12, 31)))
    condition = NotPast("actor.clearance_until", "{value}")
    found = open_conditions((condition,), request, gsomia.rules)
    assert [outcome.why for outcome in found] == ["9999-12-31"]
    assert HOLDS not in found
