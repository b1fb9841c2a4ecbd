# SPDX-License-Identifier: Apache-2.0
"""Laws of what is owed of a line, for any course of arrivals and settlements."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from comity.basis.amounts import Rounding
from comity.basis.instants import Duration, DurationUnit
from comity.statement.orders import Method, Nature
from comity.support.accounts import (
    IN_KIND,
    MILLION,
    LineAccount,
    Owed,
    arrived,
    cash_for,
    claims_of,
    debt_of,
)
from comity.support.settling import cost_of, days_settled, give_back, open_on, pay, with_day_price
from comity.support.terms import SettlementTerms

Act = tuple[str, int, Fraction]
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
    for nth, (quantity, days) in enumerate(parts):
        account = arrived(account, nth, START + timedelta(days), quantity)
    return account


ACTS = st.lists(
    st.tuples(st.sampled_from(["back", "pay", "price"]), st.integers(0, 1500), st.fractions(0, 1)),
    max_size=6,
)
AMOUNTS = frozenset({Owed.CASH, Owed.EQUAL_VALUE})


def act(account: LineAccount, terms: SettlementTerms, one: Act) -> LineAccount:
    """Settle a share of what is open on a day; a price of the day may be refused."""
    kind, days, share = one
    day = START + timedelta(days)
    if kind == "price":
        return with_day_price(account, terms, day, int(share * 10**9) + 1) or account
    kinds = frozenset({Owed.KIND}) if kind == "back" else AMOUNTS
    count = int(open_on(account, terms, day, kinds) * share)
    if kind == "back":
        after = give_back(account, terms, day, count)
        cost = cost_of(account, terms, day, count)
        assert cost is not None
        assert cost >= 0
    else:
        after = pay(account, terms, day, kinds, count)
    assert after is not None
    grown = after.given_back - account.given_back, after.paid - account.paid
    assert grown == ((count, 0) if kind == "back" else (0, count))
    return after


@given(accounts(), TERMS, ACTS, st.integers(0, 1500))
def test_no_debt_is_below_nothing_and_no_more_is_settled_than_was_owed(
    account: LineAccount, terms: SettlementTerms, acts: list[Act], days: int
) -> None:
    for each in acts:
        account = act(account, terms, each)
    for arrival in account.arrivals:
        assert 0 <= arrival.back <= arrival.quantity
        assert 0 <= arrival.paid <= cash_for(account, arrival, terms.rounding)
    today = START + timedelta(days)
    assert all(each.open > 0 for each in claims_of(account, terms, today))
    over = START + timedelta(1500)
    assert give_back(account, terms, over, account.received + 1) is None
    owed = open_on(account, terms, today, AMOUNTS)
    assert pay(account, terms, today, AMOUNTS, owed + 1) is None


@given(accounts(), TERMS, ACTS, st.tuples(st.integers(1, 10**9), st.integers(0, 700)))
def test_what_is_settled_stays_so_whatever_comes_later(
    account: LineAccount, terms: SettlementTerms, acts: list[Act], more: tuple[int, int]
) -> None:
    """No later act, and no late receipt of an early delivery, takes from what an act settled."""
    for each in acts:
        before = {one.nth: one for one in account.arrivals}
        after = act(account, terms, each)
        for one in after.arrivals:
            old = before[one.nth]
            assert one.back >= old.back
            assert one.paid >= old.paid
            assert old.price in (None, one.price)
            if debt_of(account, old, terms) is None:
                assert one == old
        touched = {one.on for one in after.arrivals if one != before[one.nth]}
        assert {day.toordinal() for day in days_settled(account, after)} == touched
        account = after
    quantity, days = more
    late = arrived(account, len(account.arrivals), START + timedelta(days), quantity)
    assert {one for one in late.arrivals if one in account.arrivals} == set(account.arrivals)


@given(accounts(), TERMS, st.integers(0, 1500), st.fractions(0, 1))
def test_paid_for_in_parts_or_returned_the_parts_make_up_the_whole(
    account: LineAccount, terms: SettlementTerms, days: int, share: Fraction
) -> None:
    day = START + timedelta(days)
    in_kind = open_on(account, terms, day, frozenset({Owed.KIND}))
    part = int(in_kind * share)
    after = give_back(account, terms, day, part)
    assert after is not None
    whole, first = (cost_of(account, terms, day, count) for count in (in_kind, part))
    rest = cost_of(after, terms, day, in_kind - part)
    assert whole is not None
    assert first is not None
    assert rest is not None
    assert whole == first + rest
    if account.received == account.accepted:
        worth = sum(cash_for(account, one, terms.rounding) for one in account.arrivals)
        assert worth == account.value(terms.rounding)


@given(accounts(), TERMS, st.integers(0, 1500))
def test_no_claim_is_empty_and_none_turns_back(
    account: LineAccount, terms: SettlementTerms, days: int
) -> None:
    today = START + timedelta(days)
    for day in (today, today + timedelta(1)):
        assert all(claim.open > 0 for claim in claims_of(account, terms, day))
    turned = {c.on for c in claims_of(account, terms, today) if c.converted}
    assert turned <= {c.on for c in claims_of(account, terms, today + timedelta(1)) if c.converted}
