# SPDX-License-Identifier: Apache-2.0
"""What agreements on goods say of their term, of loans, and of information that goes with goods."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.amounts import Rounding
from comity.basis.instants import Duration, DurationUnit
from comity.statement.orders import Method, Nature, OrderRequest
from comity.statement.treaty import AgreementEndNotice
from comity.support.accounts import MILLION, LineAccount, Owed, arrived, claims_of
from comity.support.settling import give_back
from comity.support.terms import SettlementTerms
from tests.support_state import JPN, NOTE, USA, Teller, in_force, instant
from tests.unit.state.test_fold_goods import HEAD, LINE, agreement, asked

LOAN = LineAccount(
    1,
    "vehicles",
    Nature.LOAN,
    "EA",
    asked=2 * MILLION,
    return_by=date(2017, 3, 31).toordinal(),
    accepted=2 * MILLION,
    price=9 * MILLION,
    currency="USD",
    method=Method.RETURN,
)
YEAR = Duration(12, DurationUnit.MONTHS)


def acsa() -> Teller:
    """Give the agreement of 1996, in force from 22 October of that year."""
    file = read_agreement(template("acsa-jpn-usa-1996"))
    teller = Teller(file, parties=(JPN, USA))
    teller.sign(at="1996-04-15")
    teller.now = instant("1996-10-22")
    teller.enter(delivered="1996-10-22")
    return teller


@pytest.mark.row("A15")
def test_a15_the_term_is_ten_years_and_ten_more_where_nobody_gives_notice() -> None:
    teller = acsa()
    for at in ("1996-10-23", "2006-10-21", "2006-10-25", "2016-10-25"):
        assert teller.state_name(at) == "in_force", at
    told = teller.view("2004-01-01")
    assert told.term is not None
    assert told.term.last_notice_day == date(2006, 4, 21)


@pytest.mark.row("A15")
def test_a15_notice_six_months_before_ends_it_with_the_term() -> None:
    teller = acsa()
    notice = AgreementEndNotice(None, date(2006, 4, 10), None, NOTE)
    assert teller.why(teller.say(USA, notice, at="2006-04-10")) is None
    assert teller.state_name("2006-10-20") == "notice_given"
    assert teller.state_name("2006-10-30") == "terminated"


@pytest.mark.row("A15")
def test_a15_a_years_notice_ends_it_within_a_term_on_both_nodes() -> None:
    teller = acsa()
    notice = AgreementEndNotice(None, date(1999, 3, 15), None, NOTE)
    assert teller.why(teller.say(USA, notice, at="1999-03-15")) is None
    told = teller.view("1999-03-16")
    assert {reading.ends_at for reading in told.readings} == {instant("2000-03-15T15:00:00Z")}
    assert teller.state_name("2000-03-15T14:59:59Z") == "notice_given"
    assert teller.state_name("2000-03-15T15:00:00Z") == "terminated"


@pytest.mark.row("A15")
def test_a15_notice_too_late_for_the_term_takes_a_year_and_may_name_the_terms_end() -> None:
    late, early = acsa(), acsa()
    late.say(USA, AgreementEndNotice(None, date(2006, 4, 22), None, NOTE), at="2006-04-22")
    assert late.view("2006-04-23").ends_at == instant("2007-04-22T15:00:00Z")
    stated = AgreementEndNotice(None, date(1999, 3, 15), date(2006, 10, 21), NOTE)
    early.say(USA, stated, at="1999-03-15")
    assert early.view("1999-03-16").ends_at == instant("2006-10-21T15:00:00Z")


@pytest.mark.row("U7", "2350.4")
def test_u7_a_loan_is_late_from_its_day_of_return_and_turns_to_cash_as_all_else_does() -> None:
    terms = SettlementTerms(Rounding.HALF_UP, YEAR, YEAR, converts=True)
    lent = arrived(LOAN, 0, date(2016, 11, 23), 2 * MILLION)
    (claim,) = claims_of(lent, terms, date(2017, 4, 1))
    assert (claim.owed, claim.open, claim.due) == (Owed.KIND, 2 * MILLION, date(2017, 3, 31))
    (turned,) = claims_of(lent, terms, date(2017, 11, 24))
    assert (turned.owed, turned.open, turned.converted) == (Owed.CASH, 18 * MILLION, True)
    back = give_back(lent, terms, date(2017, 3, 31), 2 * MILLION)
    assert back is not None
    assert claims_of(back, terms, date(2017, 11, 24)) == ()


@pytest.mark.row("U7")
def test_u7_what_comes_back_in_part_leaves_the_rest_to_be_paid() -> None:
    terms = SettlementTerms(Rounding.HALF_UP, YEAR, YEAR, converts=True)
    lent = arrived(LOAN, 0, date(2016, 11, 23), 2 * MILLION)
    part = give_back(lent, terms, date(2017, 3, 31), MILLION)
    assert part is not None
    (rest,) = claims_of(part, terms, date(2017, 11, 24))
    assert (rest.owed, rest.open) == (Owed.CASH, 9 * MILLION)


@pytest.mark.row("U11")
def test_u11_an_order_names_the_protected_items_that_go_with_it_and_holds_nothing_of_them() -> None:
    teller = in_force(agreement=agreement())
    named = ("gsomia-jpn-kor/JPN/12",)
    order = asked(teller, protected=named)
    assert teller.why(order) is None
    row = teller.state.orders.get(order)
    assert row is not None
    assert row.head.protected == named
    body = OrderRequest(replace(HEAD, protected=named), None, (LINE,))
    assert set(body.to_json()) == {"head", "continues", "lines", "parcel", "sealed"}
