# SPDX-License-Identifier: Apache-2.0
"""What a facility must have before anything is delivered to it or opened in it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.basis.ids import PersonId
from comity.basis.instants import Date, parse_instant
from comity.decision.deciding import Citation
from comity.decision.facilities import (
    allow_at_firm,
    refuse_firm,
    refuse_not_given,
    refuse_unattended,
    say_unregistered,
)
from comity.decision.people import Facility, blank_record
from comity.decision.request import NO_ITEM, Actor, Firm, FirmCondition, Request
from comity.decision.stages import Allowed, Refused, allow
from tests.support_state import gsomia, varied

NOON = parse_instant("2016-12-16T03:00:00Z")
LATER = parse_instant("2016-12-16T03:00:00.001Z")
ATTENDED = Facility("hq", PersonId("kor-001"), Date(2016, 12, 31))


@pytest.mark.parametrize(
    ("facility", "why"),
    [
        (Facility("hq", None), "has no control officer"),
        (Facility("hq", PersonId("kor-001"), Date(2016, 12, 15)), "lost its officer"),
    ],
)
def test_nothing_is_delivered_where_no_officer_is_in_office(facility: Facility, why: str) -> None:
    refused = refuse_unattended(gsomia(), "item.receipt", facility, NOON)
    assert refused is not None
    (finding,) = refused.findings
    assert (finding.article, finding.clause) == ("6(e)", "facility_register")
    assert why in finding.why


def test_an_attended_facility_takes_deliveries_and_so_does_any_where_nothing_asks() -> None:
    assert refuse_unattended(gsomia(), "item.receipt", ATTENDED, NOON) is None
    assert refuse_unattended(gsomia(), "item.receipt", None, NOON) is None
    silent = varied(('[article.facility_register]\npara = "(e)"\n', ""))
    assert refuse_unattended(silent, "item.receipt", Facility("hq", None), NOON) is None


HERE = replace(
    blank_record(PersonId("kor-017"), parse_instant("2016-12-01T00:00:00Z")), facility="hq"
)
TERM = "the term of the control officer of facility 'hq' ended with 2016-12-15"


@pytest.mark.parametrize(
    ("changes", "facility", "why"),
    [
        ({}, None, "facility 'hq' is not on this node's register"),
        ({"facility": "plant"}, ATTENDED, "facility 'plant' is not on this node's register"),
        ({}, Facility("hq", None), "facility 'hq' has no control officer"),
        ({}, Facility("hq", PersonId("kor-001"), Date(2016, 12, 15)), TERM),
        ({"registered_from": LATER}, ATTENDED, "the person is not yet on the register"),
        ({"registered_until": NOON}, ATTENDED, "the person is no longer on the register"),
        (
            {},
            replace(ATTENDED, firm="shop"),
            "firm 'shop' lacks a condition, so that nobody there counts as registered",
        ),
    ],
)
def test_a_refusal_for_not_being_on_the_register_says_what_lacks(
    changes: dict[str, Any], facility: Facility | None, why: str
) -> None:
    """Nothing but the words is another, in the findings and in the decision that they are of."""
    person = replace(HERE, **changes)
    refused = allow(gsomia(), an_engineer("official", registered=False))
    assert isinstance(refused, Refused)
    assert refused.decision is not None
    said = say_unregistered(refused, person, facility, NOON)
    assert isinstance(said, Refused)
    assert said.decision is not None
    lists = [said.findings, (*said.decision.articles, *said.decision.unmet)]
    for found in lists:
        assert {each.why for each in found if each.clause == "facility_register"} == {why}
    named = [(each.article, each.clause) for each in refused.findings]
    assert [(each.article, each.clause) for each in said.findings] == named
    assert said.act == refused.act


def test_what_is_refused_for_another_reason_or_let_is_said_as_it_was() -> None:
    let = allow(gsomia(), an_engineer("official"))
    assert isinstance(let, Allowed)
    other = allow(gsomia(), an_engineer())
    assert isinstance(other, Refused)
    for outcome in (let, other):
        assert say_unregistered(outcome, HERE, None, NOON) is outcome


def test_a_refusal_by_a_rule_of_the_house_has_no_decision_to_say_it_in() -> None:
    bare = Refused("open", (Citation("6(e)", "facility_register", "no"),))
    said = say_unregistered(bare, HERE, None, NOON)
    assert isinstance(said, Refused)
    assert (said.decision, said.findings[0].why) == (
        None,
        "facility 'hq' is not on this node's register",
    )


def at_a_firm(letters: str, clearance: str | None, level: str = "CONFIDENTIAL") -> Request:
    """Ask for an opening at a firm that meets these conditions, of an item with a right in it."""
    met = tuple(FirmCondition(each, NOON, None) for each in letters)
    item = replace(NO_ITEM, level=level, rights=("patent",))
    firm = Firm("shop", clearance, None, met)
    return Request(action="open", at=NOON, item=item, firms=(firm,), agreement_state="ended")


def test_at_a_firm_the_conditions_on_firms_are_asked_anew_and_nothing_else() -> None:
    every = "abcdefghijklmno"
    assert refuse_firm(gsomia(), at_a_firm(every, "CONFIDENTIAL")) is None
    for asked, why in (
        (at_a_firm(every.replace("g", ""), "SECRET"), "firm 'shop' does not meet: (g)"),
        (at_a_firm(every, "CONFIDENTIAL", "SECRET"), "not to 'SECRET'"),
        (at_a_firm(every, None), "is cleared to none"),
    ):
        refused = refuse_firm(gsomia(), asked)
        assert refused is not None
        assert refused.act == "open"
        (finding,) = refused.findings
        assert (finding.article, finding.clause) == ("16", "contractor")
        assert why in finding.why


def test_at_a_firm_nothing_is_opened_that_it_was_not_given() -> None:
    refused = refuse_not_given(gsomia(), "open", "16", "shop")
    cited = [(each.article, each.why) for each in refused.findings]
    assert cited == [("16", "the item was not released to firm 'shop'")]


def an_engineer(kind: str = "contractor", **more: Any) -> Request:
    """Ask for an opening by somebody who is cleared and registered, of a marked item."""
    actor = Actor(
        party="KOR",
        id="engineer",
        kind=kind,
        clearance="CONFIDENTIAL",
        clearance_until=None,
        need_to_know=("air",),
        registered=True,
    )
    item = replace(
        NO_ITEM,
        originators=("JPN",),
        level="CONFIDENTIAL",
        category="air",
        purposes=("warning",),
        marked=("level", "originator", "receiver_mark"),
    )
    asked = Request(action="open", at=NOON, actor=actor, item=item, purpose="warning", consents=())
    return replace(asked, actor=replace(actor, **more))


def test_a_firms_own_people_have_access_as_officials_and_article_16_is_cited_with_7() -> None:
    allowed = allow_at_firm(gsomia(), an_engineer())
    assert isinstance(allowed, Allowed)
    assert [each.article for each in allowed.articles] == ["16", "7(2)"]
    official = allow_at_firm(gsomia(), an_engineer("official"))
    assert isinstance(official, Allowed)
    assert [each.article for each in official.articles] == ["7(2)"]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (an_engineer(need_to_know=()), "need-to-know 'air' is not held"),
        (an_engineer(clearance=None), "clearance none does not reach level 'CONFIDENTIAL'"),
        (an_engineer("visitor"), "kind of person 'visitor' is not among: official"),
    ],
)
def test_at_a_firm_clearance_need_and_kind_are_asked_as_anywhere(asked: Request, why: str) -> None:
    refused = allow_at_firm(gsomia(), asked)
    assert isinstance(refused, Refused)
    assert {each.why for each in refused.findings} == {why}


def without_firms() -> Agreement:
    """Give the shipped file without a word on firms."""
    text = gsomia().raw.decode()
    clause = re.compile(
        r"\n\[\[?article\.contractor.*?(?=\n\n|\n\[\[?article\.(?!con)|\n\[\[a)", re.S
    )
    return read_agreement(clause.sub("", text).encode())


def test_where_nothing_goes_to_firms_a_contractor_is_no_official() -> None:
    refused = allow_at_firm(without_firms(), an_engineer())
    assert isinstance(refused, Refused)
    (finding,) = {each.why for each in refused.findings}
    assert finding == "kind of person 'contractor' is not among: official"
    assert isinstance(allow_at_firm(without_firms(), an_engineer("official")), Allowed)


def test_where_circles_say_who_belongs_a_contractor_is_in_none_by_the_clause_on_firms() -> None:
    circle = '[article.audience]\nSECRET = "organisation"\nCONFIDENTIAL = "organisation"\n'
    first = '[[article.access]]\npara = "(1)"\n'
    both = varied((first, circle + first))
    assert isinstance(allow_at_firm(both, an_engineer()), Refused)
    assert isinstance(allow_at_firm(both, an_engineer("official")), Allowed)
