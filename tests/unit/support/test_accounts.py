# SPDX-License-Identifier: Apache-2.0
"""What is owed of a line: by method, by day, after parts of it were settled."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from comity.basis.amounts import Rounding
from comity.basis.instants import Duration, DurationUnit, parse_duration
from comity.statement.orders import Method, Nature
from comity.support.accounts import (
    MILLION,
    Claim,
    LineAccount,
    Owed,
    amount_of,
    arrived,
    billable_in_cash,
    claims_of,
    debts_of,
    handed_over,
    open_amount,
)
from comity.support.settling import cost_of, give_back, pay, with_day_price
from comity.support.terms import SettlementTerms, due_day

YEAR = Duration(12, DurationUnit.MONTHS)
TERMS = SettlementTerms(Rounding.HALF_UP, YEAR, YEAR, converts=True)
HANDED = date(2022, 1, 31)
LAST = date(2023, 1, 31)
AFTER = date(2023, 2, 1)
AMOUNTS = frozenset({Owed.CASH, Owed.EQUAL_VALUE})


def line(method: Method, **changes: object) -> LineAccount:
    asked = LineAccount(1, "fuel", Nature.SUPPLY, "LTR", 100 * MILLION)
    return replace(
        asked,
        accepted=100 * MILLION,
        price=1_500_000,
        currency="JPY",
        method=method,
        delivered=100 * MILLION,
        **changes,  # type: ignore[arg-type]  # names of fields, checked by the dataclass itself
    )


def came(account: LineAccount, quantity: int = 100, on: date = HANDED) -> LineAccount:
    return arrived(account, len(account.arrivals), on, quantity * MILLION)


def back(account: LineAccount, quantity: int, on: date = LAST) -> LineAccount:
    after = give_back(account, TERMS, on, quantity * MILLION)
    assert after is not None
    return after


def paid(account: LineAccount, amount: int, on: date = LAST) -> LineAccount:
    after = pay(account, TERMS, on, AMOUNTS, amount * MILLION)
    assert after is not None
    return after


@pytest.mark.parametrize(
    ("quantity", "price", "currency", "rounding", "amount"),
    [
        (10_000 * MILLION, 505_000, "USD", Rounding.HALF_UP, 5050 * MILLION),
        (1, 1, "JPY", Rounding.HALF_UP, 0),
        (MILLION, 500_000, "JPY", Rounding.HALF_UP, MILLION),
        (MILLION, 499_999, "JPY", Rounding.HALF_UP, 0),
        (
            999_999_999_999_999 * MILLION,
            MILLION,
            "JPY",
            Rounding.DOWN,
            999_999_999_999_999 * MILLION,
        ),
        (MILLION, 500_000, "JPY", Rounding.HALF_EVEN, 0),
        (3 * MILLION, 500_000, "JPY", Rounding.HALF_EVEN, 2 * MILLION),
        (7 * MILLION, 500_000, "JPY", Rounding.HALF_EVEN, 4 * MILLION),
        (9 * MILLION, 500_000, "JPY", Rounding.HALF_EVEN, 4 * MILLION),
        (MILLION, 500_001, "JPY", Rounding.HALF_EVEN, MILLION),
        (MILLION, 999_999, "JPY", Rounding.DOWN, 0),
        (MILLION, 1_005_000, "USD", Rounding.HALF_UP, 1_010_000),
        (MILLION, 1_000_500, "KWD", Rounding.HALF_UP, 1_001_000),
    ],
)
def test_an_amount_is_quantity_times_price_in_the_currencys_smallest_unit(
    quantity: int, price: int, currency: str, rounding: Rounding, amount: int
) -> None:
    assert amount_of(quantity, price, currency, rounding) == amount


def test_nothing_is_owed_of_what_was_not_accepted_or_did_not_come() -> None:
    asked = LineAccount(1, "fuel", Nature.SUPPLY, "LTR", 100 * MILLION)
    assert claims_of(asked, TERMS, LAST) == ()
    assert claims_of(line(Method.CASH), TERMS, LAST) == ()
    assert claims_of(line(Method.RETURN), TERMS, AFTER) == ()


def test_cash_is_owed_from_the_receipt_on_and_due_by_the_longest_time() -> None:
    owed = came(line(Method.CASH))
    assert claims_of(owed, TERMS, HANDED) == (
        Claim(HANDED, LAST, Owed.CASH, 150 * MILLION, converted=False),
    )
    assert claims_of(owed, TERMS, AFTER) == claims_of(owed, TERMS, HANDED)
    part = paid(owed, 40)
    assert open_amount(part, TERMS, AFTER) == 110 * MILLION
    assert claims_of(paid(owed, 150), TERMS, AFTER) == ()
    endless = replace(TERMS, at_most=None)
    assert claims_of(owed, endless, AFTER)[0].due is None


def test_what_is_owed_in_kind_becomes_cash_the_day_after_its_last() -> None:
    owed = back(came(line(Method.REPLACEMENT_IN_KIND)), 40)
    assert claims_of(owed, TERMS, LAST) == (
        Claim(HANDED, LAST, Owed.KIND, 60 * MILLION, converted=False),
    )
    assert open_amount(owed, TERMS, LAST) == 0
    assert claims_of(owed, TERMS, AFTER) == (
        Claim(HANDED, LAST, Owed.CASH, 90 * MILLION, converted=True),
    )
    dearer = with_day_price(owed, TERMS, AFTER, 2 * MILLION)
    assert dearer is not None
    assert open_amount(paid(dearer, 20, AFTER), TERMS, AFTER) == 100 * MILLION
    stays = replace(TERMS, converts=False)
    assert claims_of(owed, stays, AFTER)[0].owed is Owed.KIND
    met = back(owed, 60)
    assert claims_of(met, TERMS, AFTER) == ()


def test_equal_value_is_owed_as_an_amount_and_becomes_cash_alike() -> None:
    owed = paid(came(line(Method.EQUAL_VALUE)), 50)
    assert claims_of(owed, TERMS, LAST) == (
        Claim(HANDED, LAST, Owed.EQUAL_VALUE, 100 * MILLION, converted=False),
    )
    assert claims_of(owed, TERMS, AFTER) == (
        Claim(HANDED, LAST, Owed.CASH, 100 * MILLION, converted=True),
    )


def test_parts_that_came_on_several_days_are_due_one_after_the_other() -> None:
    later = date(2022, 6, 30)
    owed = came(came(line(Method.RETURN), 30), 70, later)
    both = claims_of(back(owed, 10), TERMS, AFTER)
    assert [(each.on, each.owed, each.open) for each in both] == [
        (HANDED, Owed.CASH, 30 * MILLION),
        (later, Owed.KIND, 70 * MILLION),
    ]
    assert [each.on for each in claims_of(back(owed, 30), TERMS, AFTER)] == [later]
    settled = claims_of(paid(back(owed, 10), 30, AFTER), TERMS, AFTER)
    assert [(each.owed, each.open) for each in settled] == [(Owed.KIND, 70 * MILLION)]


def test_what_comes_back_once_an_older_part_turned_is_counted_for_the_newer() -> None:
    """The older debt is one in cash and stays so: a return in time is of what is owed in kind."""
    later = date(2022, 6, 30)
    owed = back(came(came(line(Method.RETURN), 30), 70, later), 50, AFTER)
    both = claims_of(owed, TERMS, AFTER)
    assert [(each.on, each.owed, each.open) for each in both] == [
        (HANDED, Owed.CASH, 45 * MILLION),
        (later, Owed.KIND, 20 * MILLION),
    ]


def test_what_was_settled_stays_so_when_an_older_part_is_receipted_late() -> None:
    first = back(came(line(Method.RETURN), 40, date(2022, 6, 30)), 40)
    both = arrived(first, 1, HANDED, 60 * MILLION)
    assert [(each.on, each.open) for each in claims_of(both, TERMS, LAST)] == [
        (HANDED, 60 * MILLION)
    ]


def test_parts_make_up_the_whole_however_they_round() -> None:
    owed = replace(line(Method.CASH), currency="USD", price=333_333)
    for days in (2, 1, 0):
        owed = came(owed, 1, HANDED - timedelta(days))
    parts = [each.open for each in claims_of(owed, TERMS, HANDED)]
    assert parts == [330_000, 340_000, 330_000]
    assert sum(parts) == owed.value(Rounding.HALF_UP)
    kind = replace(owed, method=Method.RETURN)
    assert [each.open for each in claims_of(kind, TERMS, AFTER)] == parts


def test_taxes_come_by_the_share_that_came_and_the_rest_with_the_last() -> None:
    owed = line(Method.CASH, taxes=10 * MILLION)
    assert came(owed, 33).value(Rounding.HALF_UP) == (50 + 3) * MILLION
    assert came(came(owed, 33), 67).value(Rounding.HALF_UP) == 160 * MILLION
    assert sum(c.open for c in claims_of(came(came(owed, 33), 67), TERMS, LAST)) == 160 * MILLION
    part_of_a_yen = line(Method.CASH, taxes=10_500_000)
    assert came(part_of_a_yen, 100).value(Rounding.HALF_UP) == 150 * MILLION + 10_500_000


def test_a_line_knows_what_may_still_be_accepted_and_handed_over() -> None:
    asked = LineAccount(1, "fuel", Nature.SUPPLY, "LTR", 100 * MILLION)
    assert (asked.open_to_accept, asked.open_to_deliver) == (100 * MILLION, 0)
    assert replace(asked, ended=100 * MILLION).open_to_accept == 0
    handed = replace(line(Method.CASH), delivered=60 * MILLION)
    assert (handed.open_to_accept, handed.open_to_deliver) == (0, 40 * MILLION)
    taken = replace(handed, answered=60 * MILLION, received=50 * MILLION)
    assert (taken.open_to_deliver, taken.never_handed_over) == (50 * MILLION, 40 * MILLION)
    assert taken.unmatched == 10 * MILLION
    ended = replace(taken, ended=50 * MILLION)
    assert (ended.open_to_deliver, ended.never_handed_over, ended.unmatched) == (0, 0, 10 * MILLION)


@pytest.mark.parametrize(("again", "missing"), [(40, 10), (41, 9), (50, 0)])
def test_what_never_was_is_handed_over_first_and_what_is_missing_after_it(
    again: int, missing: int
) -> None:
    short = replace(
        line(Method.CASH),
        delivered=60 * MILLION,
        answered=60 * MILLION,
        received=50 * MILLION,
        damaged=10 * MILLION,
    )
    after = handed_over(short, again * MILLION)
    assert (after.delivered, after.missing) == ((60 + again) * MILLION, missing * MILLION)
    assert (after.awaited, after.open_to_deliver) == (again * MILLION, (50 - again) * MILLION)
    assert after.unmatched == (again + missing) * MILLION
    assert (after.received, after.damaged) == (50 * MILLION, 10 * MILLION)


@pytest.mark.parametrize(
    ("handed", "within", "due"),
    [
        ("2022-01-31", "12 months", "2023-01-31"),
        ("2024-02-29", "1 year", "2025-02-28"),
        ("2022-01-31", "18 months", "2023-07-31"),
        ("2022-08-31", "6 months", "2023-02-28"),
        ("9999-06-01", "1 year", None),
    ],
)
def test_a_debt_is_due_by_the_calendar(handed: str, within: str, due: str | None) -> None:
    found = due_day(date.fromisoformat(handed), parse_duration(within))
    assert found == (None if due is None else date.fromisoformat(due))
    assert due_day(date.fromisoformat(handed), None) is None


def test_the_shorter_of_two_times_holds() -> None:
    short = replace(TERMS, in_kind_within=Duration(30, DurationUnit.DAYS))
    assert claims_of(came(line(Method.RETURN)), short, HANDED)[0].due == date(2022, 3, 2)
    only = replace(TERMS, in_kind_within=None)
    assert claims_of(came(line(Method.RETURN)), only, HANDED)[0].due == LAST


def test_what_is_worth_less_than_the_smallest_unit_stays_owed_in_kind() -> None:
    owed = replace(came(line(Method.RETURN)), price=1)
    for day in (LAST, AFTER):
        (claim,) = claims_of(owed, TERMS, day)
        assert (claim.owed, claim.open, claim.due) == (Owed.KIND, 100 * MILLION, LAST)
    settled = give_back(owed, TERMS, AFTER, 100 * MILLION)
    assert settled is not None
    assert debts_of(settled, TERMS) == ()
    most = back(replace(came(line(Method.RETURN)), price=10_000), 99)
    (left,) = claims_of(most, TERMS, AFTER)
    assert (left.owed, left.open) == (Owed.KIND, MILLION)


def test_of_what_was_paid_in_part_nothing_comes_back_and_no_more_is_bought_than_owed() -> None:
    owed = paid(came(line(Method.RETURN)), 10, AFTER)
    assert give_back(owed, TERMS, LAST, 1) is None
    fresh = came(line(Method.RETURN))
    assert cost_of(fresh, TERMS, LAST, 40 * MILLION) == 60 * MILLION
    assert cost_of(fresh, TERMS, LAST, 101 * MILLION) is None
    assert cost_of(fresh, TERMS, AFTER, 1) is None


def test_what_turned_and_was_paid_whole_is_settled_though_nothing_came_back() -> None:
    assert debts_of(paid(came(line(Method.RETURN)), 150, AFTER), TERMS) == ()


def test_no_price_of_the_day_is_below_what_was_paid_already() -> None:
    owed = paid(came(line(Method.RETURN)), 120, AFTER)
    assert with_day_price(owed, TERMS, AFTER, 1_190_000) is None
    cheap = with_day_price(owed, TERMS, AFTER, 1_200_000)
    assert cheap is not None
    assert debts_of(cheap, TERMS) == ()


def test_a_debt_in_kind_turns_by_the_shorter_of_two_times() -> None:
    owed = came(line(Method.RETURN))
    short = replace(TERMS, in_kind_within=Duration(30, DurationUnit.DAYS))
    assert claims_of(owed, short, date(2022, 3, 3))[0].converted
    long = replace(TERMS, in_kind_within=Duration(24, DurationUnit.MONTHS))
    assert claims_of(owed, long, AFTER)[0].converted


def test_a_debt_that_became_one_in_cash_keeps_the_taxes_of_what_is_left() -> None:
    owed = came(line(Method.RETURN, taxes=10 * MILLION))
    assert open_amount(owed, TERMS, AFTER) == 160 * MILLION
    assert open_amount(back(owed, 60), TERMS, AFTER) == 64 * MILLION


def loan(until: date) -> LineAccount:
    return came(line(Method.RETURN, nature=Nature.LOAN, return_by=until.toordinal()))


def test_a_loan_turns_no_sooner_than_on_the_day_of_return_that_was_agreed() -> None:
    half = replace(TERMS, in_kind_within=Duration(6, DurationUnit.MONTHS))
    lent = loan(date(2022, 12, 1))
    (before,) = claims_of(lent, half, date(2022, 12, 1))
    assert (before.owed, before.due) == (Owed.KIND, date(2022, 12, 1))
    (turned,) = claims_of(lent, half, date(2022, 12, 2))
    assert (turned.owed, turned.open) == (Owed.CASH, 150 * MILLION)
    soon = loan(date(2022, 3, 1))
    (late,) = claims_of(soon, half, date(2022, 7, 31))
    assert (late.owed, late.due) == (Owed.KIND, date(2022, 3, 1))
    assert claims_of(soon, half, date(2022, 8, 1))[0].converted


def test_the_longest_time_bounds_a_loan_and_nothing_else_does() -> None:
    (claim,) = claims_of(loan(date(2024, 1, 1)), TERMS, LAST)
    assert (claim.owed, claim.due) == (Owed.KIND, LAST)
    assert claims_of(loan(date(2024, 1, 1)), TERMS, AFTER)[0].converted
    unbound = replace(TERMS, at_most=None)
    assert claims_of(loan(date(2024, 1, 1)), unbound, date(2024, 1, 1))[0].owed is Owed.KIND
    assert claims_of(loan(date(2024, 1, 1)), unbound, date(2024, 1, 2))[0].converted
    endless = replace(unbound, in_kind_within=None)
    (ever,) = claims_of(loan(date(2024, 1, 1)), endless, date(2030, 1, 1))
    assert (ever.owed, ever.due) == (Owed.KIND, date(2024, 1, 1))


def test_a_bill_asks_for_what_is_open_in_cash_of_one_delivery() -> None:
    both = came(came(line(Method.CASH), 30), 70, date(2022, 6, 30))
    assert billable_in_cash(both, 0, TERMS, LAST, None) == 45 * MILLION
    assert billable_in_cash(paid(both, 10), 0, TERMS, LAST, None) == 35 * MILLION
    assert billable_in_cash(paid(both, 45), 0, TERMS, LAST, None) == 0
    assert billable_in_cash(both, 1, TERMS, LAST, None) == 105 * MILLION
    assert billable_in_cash(both, 1, TERMS, LAST, HANDED) == 0, "it stands on a bill"
    assert billable_in_cash(both, 2, TERMS, LAST, None) == 0
    for method in (Method.RETURN, Method.EQUAL_VALUE):
        owed = came(came(line(method), 30), 70, date(2022, 6, 30))
        assert billable_in_cash(owed, 0, TERMS, LAST, None) == 0
        for billed in (None, HANDED, LAST):
            assert billable_in_cash(owed, 0, TERMS, AFTER, billed) == 45 * MILLION
        assert billable_in_cash(owed, 0, TERMS, AFTER, AFTER) == 0, "it stands on a bill"
        assert billable_in_cash(owed, 1, TERMS, AFTER, None) == 0
        assert billable_in_cash(paid(owed, 45, AFTER), 0, TERMS, AFTER, None) == 0
