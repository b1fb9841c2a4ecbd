# SPDX-License-Identifier: Apache-2.0
"""Laws of what is owed of a line, for any course of arrivals and settlements."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from comity.basis.amounts import Rounding
from comity.basis.instants import Duration, DurationUnit
from comity.statement.orders import Method, Nature
from comity.support.accounts import (
    IN_KIND,
    MILLION,
    LineAccount,
    Owed,
    arrived,
    claims_of,
    open_amount,
    open_quantity,
)
from comity.support.terms import SettlementTerms

START = date(2020, 1, 1)
METHODS = st.sampled_from([*IN_KIND, Method.CASH, Method.EQUAL_VALUE])
QUANTITIES = st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 700)), min_size=1, max_size=6)
TERMS = st.builds(
    SettlementTerms,
    st.sampled_from(Rounding),
    st.sampled_from([None, Duration(12, DurationUnit.MONTHS), Duration(30, DurationUnit.DAYS)]),
    st.sampled_from([None, Duration(12, DurationUnit.MONTHS)]),
    st.booleans(),
)


@st.composite
def accounts(draw: st.DrawFn) -> LineAccount:
    parts = draw(QUANTITIES)
    total = sum(quantity for quantity, _ in parts)
    account = LineAccount(
        1,
        "fuel",
        Nature.SUPPLY,
        "LTR",
        asked=total,
        accepted=total,
        price=draw(st.integers(1, 10**9)),
        taxes=draw(st.sampled_from([0, 7 * MILLION])),
        currency=draw(st.sampled_from(["JPY", "USD", "KWD"])),
        method=draw(METHODS),
        delivered=total,
    )
    for quantity, days in parts:
        account = arrived(account, START + timedelta(days), quantity)
    return account


@given(accounts(), TERMS, st.integers(0, 1500), st.data())
def test_what_is_open_and_what_was_settled_make_up_what_came(
    account: LineAccount, terms: SettlementTerms, days: int, data: st.DataObject
) -> None:
    today = START + timedelta(days)
    if account.method in IN_KIND:
        back = data.draw(st.integers(0, account.received))
        settled = replace(account, given_back=back)
        in_kind = sum(c.open for c in claims_of(settled, terms, today) if c.owed is Owed.KIND)
        assert in_kind <= open_quantity(settled) == account.received - back
        if not terms.converts:
            assert in_kind == account.received - back
    else:
        worth = account.value(terms.rounding)
        paid = data.draw(st.integers(0, worth))
        settled = replace(account, paid=paid)
        assert open_amount(settled, terms, today) == worth - paid
    rest = open_amount(settled, terms, today)
    more = data.draw(st.integers(0, rest))
    assert open_amount(replace(settled, paid=settled.paid + more), terms, today) == rest - more


@given(accounts(), TERMS, st.integers(0, 1500))
def test_no_claim_is_empty_and_none_turns_back(
    account: LineAccount, terms: SettlementTerms, days: int
) -> None:
    today = START + timedelta(days)
    for day in (today, today + timedelta(1)):
        assert all(claim.open > 0 for claim in claims_of(account, terms, day))
    turned = {c.on for c in claims_of(account, terms, today) if c.converted}
    assert turned <= {c.on for c in claims_of(account, terms, today + timedelta(1)) if c.converted}
