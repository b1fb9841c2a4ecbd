# SPDX-License-Identifier: Apache-2.0
"""A visit by our security staff comes up again by the house's own figure, and obliges nobody."""

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from comity.agreement.reading import read_agreement
from comity.basis.instants import format_instant
from comity.state.coming_visits import security_visits_coming
from comity.statement.cases import VisitDecide, VisitKind, VisitRequest
from comity.statement.treaty import AgreementEndNotice
from tests.builders.dutiful import dutiful_teller
from tests.support_state import JPN, KOR, NOTE, Teller, gsomia, in_force, instant

VISIT = VisitRequest(
    host=JPN,
    facility="hq",
    purpose=VisitKind.SECURITY,
    level="CONFIDENTIAL",
    first_day=date(2017, 3, 1),
    last_day=date(2017, 3, 3),
    visitors=2,
    clearance="SECRET",
    clearance_until=None,
)
GRANT: dict[str, Any] = {
    "level": "CONFIDENTIAL",
    "first_day": date(2017, 3, 1),
    "last_day": date(2017, 3, 2),
}


def up(teller: Teller, at: str, party: Any = KOR, months: int = 12) -> str | None:
    """Give the day, and about what; the moment is the first of that day in Seoul."""
    moment = instant(at)
    with teller.fold.standing_at(moment) as state:
        found = security_visits_coming(state, party, moment, months)
    for each in found:
        assert (each.what, each.for_party, each.due) == ("visit.propose", party, None)
        assert each.article == "18"  # Art. 8 is of visits on business
    told = [(format_instant(each.remind_at[0]), each.about) for each in found]
    return "".join(f"{when} {about}" for when, about in told) or None


@pytest.mark.row("G18")
def test_g18_a_proposal_comes_up_a_year_after_the_entry_into_force_and_again_each_year() -> None:
    teller = in_force()
    entered = "2017-11-22T15:00:00.000Z None"  # 23 November in Seoul and Tokyo
    assert up(teller, "2017-11-22T14:59:59Z") is None
    assert up(teller, "2017-11-22T15:00:00Z") == entered
    assert up(teller, "2018-11-22T14:59:59Z", JPN) == entered
    assert up(teller, "2018-11-22T15:00:00Z") == "2018-11-22T15:00:00.000Z None"
    assert up(teller, "2018-11-22T15:00:00Z", months=36) is None
    assert up(teller, "2017-01-22T15:00:00Z", months=1) == "2017-01-22T15:00:00.000Z None"


@pytest.mark.row("G18")
def test_g18_it_counts_anew_from_the_last_day_of_our_own_staffs_visit() -> None:
    teller = in_force()
    asked = teller.say(KOR, VISIT, at="2017-02-01")
    assert up(teller, "2018-01-31") == up(teller, "2017-11-22T14:59:59Z") is None
    assert up(teller, "2018-02-01T03:00:00Z") == f"2018-02-01T03:00:00.000Z {asked}"
    teller.say(JPN, VisitDecide(asked, **GRANT), at="2017-02-02")
    assert up(teller, "2018-03-02T14:59:59Z") is None
    assert up(teller, "2018-03-02T15:00:00Z") == f"2018-03-02T15:00:00.000Z {asked}"
    assert up(teller, "2018-03-02T15:00:00Z", JPN) == "2017-11-22T15:00:00.000Z None"


@pytest.mark.row("G18")
def test_g18_a_visit_that_was_refused_was_proposed_and_one_on_other_business_was_not() -> None:
    teller = in_force()
    refused = teller.say(KOR, VISIT, at="2017-02-01")
    teller.say(JPN, VisitDecide(refused, None, None, None), at="2017-02-02")
    other = structs.replace(VISIT, purpose=VisitKind.OFFICIAL)
    teller.say(KOR, other, at="2017-02-10")
    assert up(teller, "2018-02-05") == f"2018-02-01T03:00:00.000Z {refused}"


def test_a_month_without_that_day_gives_its_last() -> None:
    teller = in_force()
    asked = teller.say(KOR, VISIT, at="2017-01-31")
    assert up(teller, "2017-02-28T02:59:59Z", months=1) is None
    assert up(teller, "2017-02-28", months=1) == f"2017-02-28T03:00:00.000Z {asked}"
    assert up(teller, "2017-03-30", months=1) == f"2017-02-28T03:00:00.000Z {asked}"


def test_nothing_comes_up_before_the_entry_after_the_end_or_where_no_clause_speaks_of_visits() -> (
    None
):
    teller = Teller(gsomia())
    assert up(teller, "2030-01-01") is None
    teller.sign(at="2016-11-23")
    assert up(teller, "2030-01-01") is None
    ended = in_force()
    notice = AgreementEndNotice(None, date(2017, 8, 1), None, NOTE)
    ended.say(KOR, notice, at="2017-08-01")
    assert up(ended, "2017-11-22T14:59:59Z", months=11) == "2017-10-22T15:00:00.000Z None"
    assert up(ended, "2017-11-22T15:00:00Z", months=11) is None
    assert up(dutiful_teller(), "2030-01-01") is None


def test_where_no_clause_is_of_security_staff_no_article_is_cited() -> None:
    text = gsomia().raw.replace(b'[article.visit]\nof = "security_staff"', b"")
    teller = in_force(agreement=read_agreement(text))
    moment = instant("2018-01-01")
    (coming,) = security_visits_coming(teller.state, KOR, moment, 12)
    assert coming.article is None
