# SPDX-License-Identifier: Apache-2.0
"""What a facility must have before anything is delivered to it or opened in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.basis.ids import PersonId
from comity.basis.instants import Date, parse_instant
from comity.decision.facilities import refuse_firm, refuse_not_given, refuse_unattended
from comity.decision.people import Facility
from comity.decision.request import NO_ITEM, Firm, FirmCondition, Request
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
    refused = refuse_not_given("open", "16", "shop")
    cited = [(each.article, each.why) for each in refused.findings]
    assert cited == [("16", "the item was not released to firm 'shop'")]
