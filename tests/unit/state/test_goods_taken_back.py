# SPDX-License-Identifier: Apache-2.0
"""What counts by its creditor's word alone is taken back exactly, until others rest on it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from comity.agreement.reading import read_agreement
from comity.basis.amounts import Money
from comity.basis.ids import Digest, Place
from comity.state.duties import DutyState, duties_at
from comity.state.fold import Fold
from comity.state.goods_balance import balance_json
from comity.state.queries_goods import find_line
from comity.statement.deliveries import (
    Condition,
    DeliveredLine,
    DeliveryMake,
    DeliveryReceipt,
    ReceivedLine,
)
from comity.statement.order_values import Officer
from comity.statement.orders import Method, Nature, OrderAccept, OrderDispute
from comity.statement.settlements import (
    BalanceAgree,
    BalanceState,
    InvoiceIssue,
    LineRef,
    SettledLine,
    SettlementDrop,
)
from comity.support.accounts import LineAccount
from tests.support_state import JPN, KOR, Teller, in_force, instant
from tests.unit.state.test_fold_goods import (
    ACCEPTING,
    BOOKING,
    COLLECTING,
    ISSUING,
    LINE,
    PACT,
    PRICED,
    RECEIVING,
    TAKEN,
    accepted,
    agreement,
    asked,
    settled,
)
from tests.unit.state.test_goods_settling import both_ways

IN_CASH = {"method": Method.CASH, "currency": "JPY"}


@pytest.fixture
def teller() -> Teller:
    return in_force(agreement=agreement())


def part(teller: Teller, order: Place, quantity: int, on: date, at: str) -> Place:
    lines = (DeliveredLine(1, Decimal(quantity)),)
    number = f"D-{on.month}"
    delivery = teller.say(JPN, DeliveryMake(order, number, on, "Bor", ISSUING, lines), at=at)
    came = (ReceivedLine(1, Decimal(quantity), Condition.GOOD),)
    return teller.say(KOR, DeliveryReceipt(delivery, on, RECEIVING, came))


def two_parts(teller: Teller, method: Method = Method.REPLACEMENT_IN_KIND, **line: Any) -> Place:
    """Give an order of which half came in November, and half a month later."""
    order = asked(teller, lines=(replace(LINE, **line),))
    accepted(teller, order, method=method)
    part(teller, order, 5000, date(2016, 11, 23), "2016-11-24")
    assert teller.why(part(teller, order, 5000, date(2016, 12, 23), "2016-12-24")) is None
    return order


def account(teller: Teller, order: Place) -> LineAccount:
    row = teller.state.orders.get(order)
    found = None if row is None else find_line(teller.state, row, 1)
    assert found is not None
    return found


def goods(quantity: int, damaged: int | None = None) -> tuple[SettledLine, ...]:
    broken = None if damaged is None else Decimal(damaged)
    return (SettledLine(1, Decimal(quantity), None, None, broken),)


def money(amount: int) -> tuple[SettledLine, ...]:
    return (SettledLine(1, None, Decimal(amount), None),)


def dropped(teller: Teller, place: Place, by: Any = JPN, acting: Officer = BOOKING) -> Any:
    return teller.why(teller.say(by, SettlementDrop(place, acting)))


def stands(teller: Teller, order: Place, at: str = "2018-03-01") -> tuple[Any, ...]:
    """Give all that is owed: account, balances, duties, receipts that are not settled."""
    moment = instant(at)
    with teller.fold.standing_at(moment) as state:
        duties = [(each.trigger, each.owes, each.state) for each in duties_at(state, moment)]
    owed: Any = balance_json(teller.state, moment)["owed"]
    rows = [(each.settled, each.loans) for _, each in sorted(teller.state.goods_receipts.items())]
    unsettled = sorted(teller.state.unsettled.items())
    return account(teller, order), owed, duties, rows, unsettled


def heard_backwards(teller: Teller) -> bytes:
    other = Fold(teller.agreement.id, teller.files)
    for place, statement in reversed(teller.told):
        other.insert(place, statement)
    return other.export()


HARD: dict[str, tuple[Method, dict[str, Any], dict[str, Any]]] = {
    "a replacement of one delivery": (Method.REPLACEMENT_IN_KIND, {}, {"lines": goods(5000)}),
    "of both": (Method.REPLACEMENT_IN_KIND, {}, {"lines": goods(10000)}),
    "of one and a part": (Method.REPLACEMENT_IN_KIND, {}, {"lines": goods(7001)}),
    "cash": (Method.CASH, {}, {"lines": money(450_001), **IN_CASH}),
    "equal value exchange": (
        Method.EQUAL_VALUE,
        {"nature": Nature.SERVICE},
        {"lines": money(599_999), "method": Method.EQUAL_VALUE, "currency": "JPY"},
    ),
    "cash for what is owed in kind": (
        Method.REPLACEMENT_IN_KIND,
        {},
        {
            "lines": (SettledLine(1, Decimal(6000), Decimal(360_000), None),),
            "reason": "consumed",
            **IN_CASH,
        },
    ),
    "a loan that came back": (
        Method.RETURN,
        {"nature": Nature.LOAN, "return_by": date(2017, 3, 31)},
        {"lines": goods(10000), "method": Method.RETURN},
    ),
    "a loan that came back damaged": (
        Method.RETURN,
        {"nature": Nature.LOAN, "return_by": date(2017, 3, 31)},
        {"lines": goods(6000, 2000), "method": Method.RETURN},
    ),
}


@pytest.mark.parametrize("name", HARD)
def test_what_is_taken_back_is_owed_again_as_if_it_had_never_been_said(
    name: str, teller: Teller
) -> None:
    method, line, record = HARD[name]
    order = two_parts(teller, method, **line)
    before = stands(teller, order)
    said = settled(teller, order, by=JPN, **record)
    assert teller.why(said) is None
    assert stands(teller, order) != before
    assert dropped(teller, said) is None
    assert stands(teller, order) == before
    row = teller.state.settlements.get(said)
    assert row is not None
    assert (row.counted, row.taken) == (None, ())
    assert heard_backwards(teller) == teller.fold.export()
    again = settled(teller, order, by=JPN, **record)
    assert teller.why(again) is None
    assert dropped(teller, said) == ("settlement.already-dropped", "4")


@pytest.mark.row("A12")
def test_what_other_records_settled_stays_with_what_they_settled(teller: Teller) -> None:
    """The debt that is open again is that of November, late by its own day."""
    order = two_parts(teller)
    first = settled(teller, order, by=JPN, lines=goods(5000))
    settled(teller, order, by=JPN, lines=goods(3000))
    assert dropped(teller, first) is None
    assert [(each.quantity, each.back) for each in account(teller, order).arrivals] == [
        (5000_000_000, 0),
        (5000_000_000, 3000_000_000),
    ]
    owed: Any = balance_json(teller.state, instant("2017-12-01"))["owed"]
    assert [(row["in"], row["open"], row["late"]) for row in owed] == [
        ("cash", "300000", "300000"),
        ("kind", "2000", "0"),
    ]
    settled(teller, order, by=JPN, lines=goods(5001))
    assert [each.left for each in account(teller, order).arrivals] == [0, 1_999_000_000]


@pytest.mark.row("U7")
def test_u7_a_loan_whose_return_is_taken_back_is_due_on_its_day_again(teller: Teller) -> None:
    method, line, record = HARD["a loan that came back"]
    order = two_parts(teller, method, **line)
    said = settled(teller, order, by=JPN, **record)

    def loans(at: str) -> set[DutyState]:
        moment = instant(at)
        with teller.fold.standing_at(moment) as state:
            found = duties_at(state, moment)
        return {each.state for each in found if "loan.return" in each.owes}

    done = loans("2017-01-01")
    assert dropped(teller, said) is None
    assert (done, loans("2017-01-01")) == ({DutyState.DONE}, {DutyState.OPEN})
    assert loans("2017-04-02") == {DutyState.LATE}


def test_what_the_other_side_said_too_is_not_taken_back_by_one(teller: Teller) -> None:
    order = two_parts(teller)
    claim = settled(teller, order, lines=goods(100))
    confirmed = settled(teller, order, by=JPN, lines=goods(100), confirms=claim)
    assert dropped(teller, confirmed) == ("settlement.by-both", "4")
    assert dropped(teller, claim) == ("settlement.already-counted", "4")
    assert dropped(teller, claim, KOR) == ("settlement.by-both", "4")
    own = settled(teller, order, by=JPN, lines=goods(100))
    assert dropped(teller, own, KOR) == ("settlement.already-counted", "4")
    assert dropped(teller, own) is None


def test_an_offset_is_taken_back_by_neither() -> None:
    text = PACT.decode().replace("converts = true", 'currency = "any"\napart = false')
    loose = text.replace("[article.order]", "[article.order]\napart = false")
    teller = in_force(agreement=read_agreement(loose.encode()))
    day = date(2016, 11, 23)
    theirs, ours = both_ways(teller, day, (day,))
    said: dict[str, Any] = {
        "method": Method.OFFSET, "currency": "JPY", "lines": money(100), "against": ours,
    }  # fmt: skip
    first = settled(teller, theirs, by=JPN, **said)
    second = settled(teller, theirs, confirms=first, **said)
    assert (teller.why(first), teller.why(second)) == (None, None)
    before = account(teller, theirs), account(teller, ours)
    assert dropped(teller, first) == ("settlement.by-both", "4")
    assert dropped(teller, second, KOR) == ("settlement.by-both", "4")
    assert (account(teller, theirs), account(teller, ours)) == before


@pytest.mark.row("U5")
def test_u5_the_price_of_the_day_is_taken_back_by_neither(teller: Teller) -> None:
    order = two_parts(teller)
    teller.say(JPN, OrderDispute(order, (), stands=True), at="2017-12-24")
    price = (SettledLine(1, None, None, Decimal(70)),)
    first = settled(teller, order, by=JPN, method=Method.CONVERTED, lines=price)
    second = settled(teller, order, method=Method.CONVERTED, lines=price, confirms=first)
    assert teller.why(second) is None
    assert dropped(teller, first) == ("settlement.by-both", "4")
    assert dropped(teller, second, KOR) == ("settlement.by-both", "4")


@pytest.mark.row("2342f")
def test_who_accepted_or_handed_over_takes_no_settlement_back(teller: Teller) -> None:
    order = two_parts(teller)
    said = settled(teller, order, by=JPN, lines=goods(100))
    for acting in (ACCEPTING, ISSUING):
        assert dropped(teller, said, acting=acting) == ("settlement.not-permitted", "4")
    other = replace(COLLECTING, person="jpn-9")
    assert dropped(teller, said, acting=other) is None
    row = teller.state.orders.get(order)
    assert row is not None
    assert (JPN, other.person, "settling") in row.acted


@pytest.mark.row("U6")
def test_u6_what_a_bill_left_out_stays_settled(teller: Teller) -> None:
    lines = (LINE, replace(LINE, line=2))
    order = asked(teller, lines=lines, method=Method.CASH)
    priced = tuple(replace(PRICED, line=n, method=Method.CASH) for n in (1, 2))
    teller.say(JPN, OrderAccept(order, TAKEN, priced))
    receipts = []
    for n in (1, 2):
        handed = (DeliveredLine(n, Decimal(10000)),)
        day = date(2016, 11, 23)
        delivery = teller.say(JPN, DeliveryMake(order, f"D-{n}", day, "Bor", ISSUING, handed))
        came = (ReceivedLine(n, Decimal(10000), Condition.GOOD),)
        receipts.append(teller.say(KOR, DeliveryReceipt(delivery, day, RECEIVING, came)))
    paid = settled(teller, order, by=JPN, lines=money(100_000), **IN_CASH)

    def bill(receipt: Place, total: int) -> Any:
        asks = Money(Decimal(total), "JPY")
        return teller.why(teller.say(JPN, InvoiceIssue("I", order, (receipt,), COLLECTING, asks)))

    assert bill(receipts[1], 600_000) is None, "of the other line"
    first = settled(teller, order, by=JPN, lines=money(1), **IN_CASH)
    assert dropped(teller, first) is None
    assert bill(receipts[0], 500_000) is None
    assert dropped(teller, paid) == ("settlement.billed-since", "4")
    after = settled(teller, order, by=JPN, lines=money(7), **IN_CASH)
    assert dropped(teller, after) is None


def test_what_is_in_a_balance_that_both_agreed_stays_settled(teller: Teller) -> None:
    order = two_parts(teller)
    first = settled(teller, order, by=JPN, lines=goods(1))
    second = settled(teller, order, by=JPN, lines=goods(2))

    def state(until: date, at: str) -> Place:
        return teller.say(JPN, BalanceState(until, Digest("ab" * 32), ()), at=at)

    def agree(balance: Place, *differs: LineRef) -> None:
        assert teller.why(teller.say(KOR, BalanceAgree(balance, differs))) is None

    agree(state(date(2016, 12, 20), "2016-12-25"))
    assert dropped(teller, first) is None, "that balance was of days before"
    agree(state(date(2016, 12, 26), "2016-12-27"), LineRef(order, 1))
    third = settled(teller, order, by=JPN, lines=goods(3))
    asked_only = state(date(2016, 12, 27), "2016-12-28")
    assert dropped(teller, third) is None, "nobody answered it yet"
    agree(asked_only)
    assert dropped(teller, second) == ("settlement.agreed-since", "4")
    assert heard_backwards(teller) == teller.fold.export()


def test_a_record_and_its_withdrawal_that_cross_end_alike_on_both_nodes(teller: Teller) -> None:
    order = two_parts(teller)
    said = settled(teller, order, by=JPN, lines=goods(10000))
    claim = settled(teller, order, lines=goods(10000))
    assert teller.why(claim) == ("settlement.beyond-debt", "4")
    assert dropped(teller, said) is None
    late = settled(teller, order, lines=goods(10000))
    assert teller.why(late) is None
    assert teller.why(settled(teller, order, by=JPN, lines=goods(10000), confirms=late)) is None
    assert not account(teller, order).arrivals[0].left
    assert heard_backwards(teller) == teller.fold.export()
