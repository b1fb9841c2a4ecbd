# SPDX-License-Identifier: Apache-2.0
"""What each arrival of a line is worth, and what of it is settled."""

from datetime import date

from msgspec.structs import replace

from comity.basis.amounts import Rounding
from comity.basis.instants import Duration, DurationUnit
from comity.statement.orders import Method, Nature
from comity.support.accounts import MILLION, LineAccount, Owed, arrived
from comity.support.arrivals import Worth, worths_of
from comity.support.settling import give_back, pay, with_day_price
from comity.support.terms import SettlementTerms

YEAR = Duration(12, DurationUnit.MONTHS)
TERMS = SettlementTerms(Rounding.HALF_UP, YEAR, YEAR, converts=True)
FIRST, SECOND = date(2022, 1, 31), date(2022, 7, 1)
LAST, AFTER = date(2023, 1, 31), date(2023, 2, 1)


def twice(method: Method, **changes: object) -> LineAccount:
    """Give a line of 100 litres at 1.5 yen: 60 came in January, 40 in July."""
    asked = LineAccount(1, "fuel", Nature.SUPPLY, "LTR", 100 * MILLION)
    accepted = replace(
        asked,
        accepted=100 * MILLION,
        price=1_500_000,
        currency="JPY",
        method=method,
        delivered=100 * MILLION,
        **changes,  # type: ignore[arg-type]  # names of fields, checked by the dataclass itself
    )
    return arrived(arrived(accepted, 0, FIRST, 60 * MILLION), 1, SECOND, 40 * MILLION)


def sure(account: LineAccount | None) -> LineAccount:
    assert account is not None
    return account


def test_cash_pays_the_oldest_arrival_first() -> None:
    line = sure(pay(twice(Method.CASH), TERMS, AFTER, {Owed.CASH}, 100 * MILLION))
    paid = list(worths_of(line, TERMS, AFTER))
    assert paid == [
        Worth(FIRST, 60 * MILLION, 90 * MILLION, 90 * MILLION),
        Worth(SECOND, 40 * MILLION, 60 * MILLION, 10 * MILLION),
    ]
    assert [each.outstanding for each in paid] == [0, 50 * MILLION]


def test_what_is_given_back_settles_the_oldest_arrival_at_its_price() -> None:
    line = sure(give_back(twice(Method.RETURN), TERMS, LAST, 70 * MILLION))
    given = list(worths_of(line, TERMS, LAST))
    assert given == [
        Worth(FIRST, 60 * MILLION, 90 * MILLION, 90 * MILLION, back=60 * MILLION),
        Worth(SECOND, 40 * MILLION, 60 * MILLION, 15 * MILLION, back=10 * MILLION),
    ]


def test_what_turned_into_cash_is_worth_the_price_of_the_day() -> None:
    back = sure(give_back(twice(Method.REPLACEMENT_IN_KIND), TERMS, LAST, 20 * MILLION))
    line = sure(with_day_price(back, TERMS, AFTER, 2_000_000))
    line = sure(pay(line, TERMS, AFTER, {Owed.CASH}, 50 * MILLION))
    turned, waits = worths_of(line, TERMS, AFTER)
    assert turned == Worth(
        FIRST,
        60 * MILLION,
        110 * MILLION,
        80 * MILLION,
        back=20 * MILLION,
        due=LAST,
        turned=80 * MILLION,
    )
    assert turned.outstanding == 30 * MILLION
    assert waits == Worth(SECOND, 40 * MILLION, 60 * MILLION, 0)
    assert next(worths_of(back, TERMS, AFTER)).turned == 60 * MILLION
    stays = replace(TERMS, converts=False)
    assert next(worths_of(line, stays, AFTER)).turned is None
    endless = SettlementTerms(Rounding.HALF_UP, None, None, converts=True)
    assert next(worths_of(line, endless, AFTER)).turned is None
