# SPDX-License-Identifier: Apache-2.0
"""What a facility must have before anything is delivered to it or opened in it."""

from __future__ import annotations

import pytest

from comity.basis.ids import PersonId
from comity.basis.instants import Date, parse_instant
from comity.decision.facilities import refuse_firm, refuse_unattended
from comity.decision.people import Facility
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


def test_every_letter_that_lacks_at_a_firm_is_cited() -> None:
    lacks = (("firm-7", "g"), ("shop", "a"))
    refused = refuse_firm("open", "16", "shop", lacks, given=False)
    assert refused is not None
    cited = [(each.article, each.why) for each in refused.findings]
    assert cited == [
        ("16", "the item was not released to firm 'shop'"),
        ("16(a)", "firm 'shop' does not meet it now"),
        ("16(g)", "firm 'firm-7' does not meet it now"),
    ]
    assert refuse_firm("open", "16", "shop", (), given=True) is None
