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
from comity.decision.facilities import (
    allow_at_firm,
    refuse_firm,
    refuse_not_given,
    refuse_unattended,
)
from comity.decision.people import Facility
from comity.decision.request import NO_ITEM, Actor, Firm, FirmCondition, Request
from comity.decision.stages import Allowed, Refused
from tests.support_state import gsomia, varied

NOON = parse_instant("2016-12-16T03:00:00Z")
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
    assert [each.article for each in allowed.articles] == ["16", "7"]
    official = allow_at_firm(gsomia(), an_engineer("official"))
    assert isinstance(official, Allowed)
    assert [each.article for each in official.articles] == ["7"]


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
    both = varied(("[article.access]\n", f"{circle}[article.access]\n"))
    assert isinstance(allow_at_firm(both, an_engineer()), Refused)
    assert isinstance(allow_at_firm(both, an_engineer("official")), Allowed)
