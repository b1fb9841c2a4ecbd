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
    claims_of,
    open_amount,
    open_quantity,
)
from comity.support.terms import SettlementTerms, due_day

YEAR = Duration(12, DurationUnit.MONTHS)
TERMS = SettlementTerms(Rounding.HALF_UP, YEAR, YEAR, converts=True)
HANDED = date(2022, 1, 31)
LAST = date(2023, 1, 31)
AFTER = date(2023, 2, 1)


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
    return arrived(account, on, quantity * MILLION)


@pytest.mark.parametrize(
    ("quantity", "price", "currency", "rounding", "amount"),
    [
        (10_000 * MILLION, 505_000, "USD", Rounding.HALF_UP, 5050 * MILLION),
        (1, 1, "JPY", Rounding.HALF_UP, 0),
        (MILLION, 500_000, "JPY", Rounding.HALF_UP, MILLION),
        (MILLION, 500_000, "JPY", Rounding.HALF_EVEN, 0),
        (3 * MILLION, 500_000, "JPY", Rounding.HALF_EVEN, 2 * MILLION),
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
    assert open_quantity(asked) == 0


def test_cash_is_owed_from_the_receipt_on_and_due_by_the_longest_time() -> None:
    owed = came(line(Method.CASH))
    assert claims_of(owed, TERMS, HANDED) == (
        Claim(HANDED, LAST, Owed.CASH, 150 * MILLION, converted=False),
    )
    assert claims_of(owed, TERMS, AFTER) == claims_of(owed, TERMS, HANDED)
    part = replace(owed, paid=40 * MILLION)
    assert open_amount(part, TERMS, AFTER) == 110 * MILLION
    assert claims_of(replace(owed, paid=150 * MILLION), TERMS, AFTER) == ()
    endless = replace(TERMS, at_most=None)
    assert claims_of(owed, endless, AFTER)[0].due is None


def test_what_is_owed_in_kind_becomes_cash_the_day_after_its_last() -> None:
    owed = replace(came(line(Method.REPLACEMENT_IN_KIND)), given_back=40 * MILLION)
    assert claims_of(owed, TERMS, LAST) == (
        Claim(HANDED, LAST, Owed.KIND, 60 * MILLION, converted=False),
    )
    assert (open_quantity(owed), open_amount(owed, TERMS, LAST)) == (60 * MILLION, 0)
    assert claims_of(owed, TERMS, AFTER) == (
        Claim(HANDED, LAST, Owed.CASH, 90 * MILLION, converted=True),
    )
    dearer = replace(owed, day_price=2 * MILLION, paid=20 * MILLION)
    assert open_amount(dearer, TERMS, AFTER) == 100 * MILLION
    stays = replace(TERMS, converts=False)
    assert claims_of(owed, stays, AFTER)[0].owed is Owed.KIND
    met = replace(owed, given_back=100 * MILLION)
    assert claims_of(met, TERMS, AFTER) == ()


def test_equal_value_is_owed_as_an_amount_and_becomes_cash_alike() -> None:
    owed = replace(came(line(Method.EQUAL_VALUE)), paid=50 * MILLION)
    assert claims_of(owed, TERMS, LAST) == (
        Claim(HANDED, LAST, Owed.EQUAL_VALUE, 100 * MILLION, converted=False),
    )
    assert claims_of(owed, TERMS, AFTER) == (
        Claim(HANDED, LAST, Owed.CASH, 100 * MILLION, converted=True),
    )
    assert open_quantity(owed) == 0


def test_parts_that_came_on_several_days_are_due_one_after_the_other() -> None:
    later = date(2022, 6, 30)
    owed = came(came(line(Method.RETURN), 30), 70, later)
    both = claims_of(replace(owed, given_back=10 * MILLION), TERMS, AFTER)
    assert [(each.on, each.owed, each.open) for each in both] == [
        (HANDED, Owed.CASH, 30 * MILLION),
        (later, Owed.KIND, 70 * MILLION),
    ]
    oldest = claims_of(replace(owed, given_back=30 * MILLION), TERMS, AFTER)
    assert [each.on for each in oldest] == [later]
    paid = claims_of(replace(owed, given_back=10 * MILLION, paid=30 * MILLION), TERMS, AFTER)
    assert [each.owed for each in paid] == [Owed.KIND]


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


def test_a_line_knows_what_may_still_be_accepted_and_handed_over() -> None:
    asked = LineAccount(1, "fuel", Nature.SUPPLY, "LTR", 100 * MILLION)
    assert (asked.open_to_accept, asked.open_to_deliver) == (100 * MILLION, 0)
    assert replace(asked, ended=100 * MILLION).open_to_accept == 0
    taken = replace(line(Method.CASH), delivered=60 * MILLION, received=50 * MILLION)
    assert (taken.open_to_accept, taken.open_to_deliver) == (0, 40 * MILLION)
    assert taken.unmatched == 10 * MILLION
    assert replace(taken, ended=40 * MILLION).open_to_deliver == 0


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
