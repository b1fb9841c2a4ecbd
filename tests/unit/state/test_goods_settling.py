# SPDX-License-Identifier: Apache-2.0
"""Settlements are counted for arrivals, on the day that they name, as the file has both orders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from comity.agreement.reading import read_agreement
from comity.basis.amounts import Money
from comity.basis.ids import Digest, PartyId, Place
from comity.state.export_goods import order_json
from comity.state.goods_settling import asks_of
from comity.state.queries_goods import accounts_of, is_left_short, today_of
from comity.statement.deliveries import (
    Condition,
    DeliveredLine,
    DeliveryMake,
    DeliveryReceipt,
    ReceivedLine,
)
from comity.statement.orders import (
    Method,
    Nature,
    OrderAccept,
    OrderCancel,
    OrderRequest,
    Tax,
)
from comity.statement.settlements import (
    BalanceAgree,
    BalanceState,
    InvoiceIssue,
    SettledLine,
    SettlementRecord,
)
from comity.support.accounts import MILLION, Owed
from tests.builders.dealings import officer
from tests.support_state import JPN, KOR, Teller, in_force
from tests.unit.state.test_fold_goods import (
    COLLECTING,
    HEAD,
    ISSUING,
    LINE,
    PACT,
    PRICED,
    RECEIVING,
    TAKEN,
    accepted,
    asked,
    made,
    owed,
    paper,
    received,
    settled,
)

FIRST, SECOND = date(2016, 11, 23), date(2017, 5, 2)


def teller_of(text: str = PACT.decode()) -> Teller:
    return in_force(agreement=read_agreement(text.encode()))


@pytest.fixture
def teller() -> Teller:
    return teller_of()


def after(teller: Teller, on: date) -> str | None:
    """Give the day after, or nothing where that is past."""
    day = date.fromordinal(on.toordinal() + 1)
    return None if day <= today_of(teller.state, teller.now) else f"{day}"


def part(teller: Teller, order: Place, quantity: int, on: date) -> Place:
    """Hand over and receipt some of the first line on a day."""
    handed = (DeliveredLine(1, Decimal(quantity)),)
    delivery = teller.say(
        JPN,
        DeliveryMake(order, paper(teller, order), on, "Bor", ISSUING, handed),
        at=after(teller, on),
    )
    came = (ReceivedLine(1, Decimal(quantity), Condition.GOOD),)
    receipt = teller.say(KOR, DeliveryReceipt(delivery, on, RECEIVING, came))
    assert teller.why(receipt) is None
    return receipt


def two_parts(teller: Teller) -> Place:
    """Give an order of which 4000 came in November, and 6000 in May."""
    order = asked(teller)
    accepted(teller, order)
    part(teller, order, 4000, FIRST)
    part(teller, order, 6000, SECOND)
    return order


def back(quantity: int) -> tuple[SettledLine, ...]:
    return (SettledLine(1, Decimal(quantity), None, None),)


def amount(count: int) -> tuple[SettledLine, ...]:
    return (SettledLine(1, None, Decimal(count), None),)


def at(teller: Teller, day: str) -> None:
    """Let a day come: somebody says something that changes nothing."""
    teller.say(KOR, DeliveryReceipt(Place(JPN, 999), FIRST, RECEIVING, ()), at=day)


def test_a_return_in_time_is_of_the_newer_goods_once_the_older_turned(teller: Teller) -> None:
    order = two_parts(teller)
    at(teller, "2017-12-01")
    assert owed(teller, order) == [(Owed.CASH, 240_000), (Owed.KIND, 6000)]
    assert teller.why(settled(teller, order, by=JPN, lines=back(6000))) is None
    assert owed(teller, order) == [(Owed.CASH, 240_000)]
    beyond = settled(teller, order, by=JPN, lines=back(1))
    assert teller.why(beyond) == ("settlement.beyond-debt", "4")


def test_a_payment_stays_with_what_it_paid_when_the_rest_turns(teller: Teller) -> None:
    order = two_parts(teller)
    at(teller, "2017-12-01")
    cash: dict[str, Any] = {"method": Method.CASH, "currency": "JPY", "reason": "late"}
    assert teller.why(settled(teller, order, by=JPN, lines=amount(240_000), **cash)) is None
    at(teller, "2018-06-01")
    assert owed(teller, order) == [(Owed.CASH, 360_000)]


def test_the_price_of_the_day_is_of_what_turned_by_then_and_of_nothing_later(
    teller: Teller,
) -> None:
    order = two_parts(teller)
    at(teller, "2017-12-01")

    def price(yen: int, confirmed: str) -> Any:
        lines = (SettledLine(1, None, None, Decimal(yen)),)
        said = settled(teller, order, method=Method.CONVERTED, lines=lines)
        at(teller, confirmed)
        return teller.why(
            settled(teller, order, by=JPN, method=Method.CONVERTED, lines=lines, confirms=said)
        )

    assert price(70, "2018-06-01") is None
    assert owed(teller, order) == [(Owed.CASH, 280_000), (Owed.CASH, 360_000)]
    assert price(80, "2018-06-02") is None
    assert owed(teller, order) == [(Owed.CASH, 280_000), (Owed.CASH, 480_000)]
    lines = (SettledLine(1, None, None, Decimal(90)),)
    third = settled(teller, order, method=Method.CONVERTED, lines=lines)
    assert teller.why(third) == ("settlement.not-converted", "4")


def test_a_return_that_was_claimed_in_time_is_confirmed_after_it(teller: Teller) -> None:
    order = asked(teller)
    accepted(teller, order)
    received(teller, made(teller, order))
    claimed = settled(teller, order)
    at(teller, "2017-12-01")
    assert owed(teller, order) == [(Owed.CASH, 600_000)]
    assert teller.why(settled(teller, order, by=JPN, confirms=claimed)) is None
    assert owed(teller, order) == []


@pytest.mark.row("2344a")
def test_what_is_owed_in_equal_value_is_paid_in_cash_before_its_term_too() -> None:
    supplies = 'supplies = ["equal_value", "cash"]\nat_most = "12 months"'
    teller = teller_of(PACT.decode().replace('at_most = "12 months"', supplies))
    order = asked(teller)
    accepted(teller, order, method=Method.EQUAL_VALUE)
    received(teller, made(teller, order))
    cash: dict[str, Any] = {"method": Method.CASH, "currency": "JPY", "reason": "agreed"}
    assert teller.why(settled(teller, order, by=JPN, lines=amount(100_000), **cash)) is None
    claimed = settled(teller, order, lines=amount(500_000), **cash)
    assert owed(teller, order) == [(Owed.EQUAL_VALUE, 500_000)]
    said = settled(teller, order, by=JPN, lines=amount(500_000), confirms=claimed, **cash)
    assert teller.why(said) is None
    assert owed(teller, order) == []


def test_a_debt_that_turned_keeps_its_taxes_and_they_are_paid_with_what_is_bought(
    teller: Teller,
) -> None:
    order = asked(teller)
    accepted(teller, order, taxes=(Tax(Decimal(5000), "not exempt"),))
    received(teller, made(teller, order))
    line = (SettledLine(1, Decimal(2000), Decimal(121_000), None),)
    cash: dict[str, Any] = {"method": Method.CASH, "currency": "JPY", "reason": "consumed"}
    assert teller.why(settled(teller, order, by=JPN, lines=line, **cash)) is None
    at(teller, "2017-12-01")
    assert owed(teller, order) == [(Owed.CASH, 484_000)]


def lent(teller: Teller, until: date) -> Any:
    line = replace(LINE, nature=Nature.LOAN, return_by=until)
    order = asked(teller, lines=(line,), number=f"K-{until}")
    return teller.why(accepted(teller, order, method=Method.RETURN))


@pytest.mark.row("2345b", "2350.4")
def test_no_loan_is_agreed_for_longer_than_the_file_has_all_debts_settled(teller: Teller) -> None:
    today = today_of(teller.state, teller.now)
    latest = today.replace(year=today.year + 1)
    assert lent(teller, latest) is None
    assert lent(teller, date.fromordinal(latest.toordinal() + 1)) == ("order.loan-too-long", "4")
    assert (
        lent(teller_of(PACT.decode().replace('at_most = "12 months"\n', "")), date(2030, 1, 1))
        is None
    )


def teller_day(teller: Teller) -> date:
    from comity.state.queries_goods import today_of

    return today_of(teller.state, teller.now)


def test_a_bill_asks_for_what_is_payable_in_cash_and_for_nothing_owed_in_kind(
    teller: Teller,
) -> None:
    lines = (LINE, replace(LINE, line=2))
    order = asked(teller, lines=lines)
    priced = (PRICED, replace(PRICED, line=2, method=Method.CASH, price=Decimal(7)))
    assert teller.why(teller.say(JPN, OrderAccept(order, TAKEN, priced))) is None
    handed = tuple(DeliveredLine(n, Decimal(100)) for n in (1, 2))
    delivery = teller.say(JPN, DeliveryMake(order, "D", FIRST, "Bor", ISSUING, handed))
    came = tuple(ReceivedLine(n, Decimal(100), Condition.GOOD) for n in (1, 2))
    receipt = teller.say(KOR, DeliveryReceipt(delivery, FIRST, RECEIVING, came))

    def bill(total: int) -> Any:
        money = Money(Decimal(total), "JPY")
        body = InvoiceIssue("I", order, (receipt,), COLLECTING, money)
        return teller.why(teller.say(JPN, body))

    assert bill(6700) == ("invoice.other-total", "4")
    assert bill(700) is None
    only = asked(teller, number="K-2")
    accepted(teller, only)
    receipt, order = received(teller, made(teller, only)), only
    assert bill(600_000) == ("invoice.other-total", "4")
    at(teller, "2017-12-01")
    assert bill(600_000) is None


def test_an_order_is_billed_once_all_that_asks_for_cash_is(teller: Teller) -> None:
    order = asked(teller, method=Method.CASH)
    accepted(teller, order, method=Method.CASH)
    first = received(teller, made(teller, order, 4000), 4000)
    received(teller, made(teller, order, 6000), 6000, Condition.DAMAGED)
    row = teller.state.orders.get(order)
    assert row is not None
    assert order_json(teller.state, row, teller.now)["life"] == "receipted"
    money = Money(Decimal(240_000), "JPY")
    teller.say(JPN, InvoiceIssue("I", order, (first,), COLLECTING, money))
    row = teller.state.orders.get(order)
    assert row is not None
    assert order_json(teller.state, row, teller.now)["life"] == "invoiced"


def both_ways(teller: Teller, theirs_on: date, ours_on: tuple[date, ...]) -> tuple[Place, Place]:
    """Give an order from each side, in cash, handed over on these days."""
    theirs = asked(teller, method=Method.CASH)
    accepted(teller, theirs, method=Method.CASH)
    asking, giving = officer(JPN), officer(KOR)
    head = replace(HEAD, number="J", provider=KOR, ordering=asking, method=Method.CASH)
    ours = teller.say(JPN, OrderRequest(head, None, (LINE,)))
    taken = replace(TAKEN, accepting=giving, collects=giving)
    priced = (replace(PRICED, method=Method.CASH),)
    assert teller.why(teller.say(KOR, OrderAccept(ours, taken, priced))) is None
    part(teller, theirs, 1000, theirs_on)
    for on in ours_on:
        handed = (DeliveredLine(1, Decimal(1000)),)
        delivery = teller.say(
            KOR,
            DeliveryMake(ours, paper(teller, ours), on, "Bor", giving, handed),
            at=after(teller, on),
        )
        came = (ReceivedLine(1, Decimal(1000), Condition.GOOD),)
        receipt = teller.say(JPN, DeliveryReceipt(delivery, on, asking, came))
        assert teller.why(receipt) is None
    return theirs, ours


@pytest.mark.row("2345c")
def test_both_orders_of_an_offset_are_old_enough_in_what_it_settles() -> None:
    also = 'offset_after = "18 months"\napart = false\ncurrency = "any"'
    text = (
        PACT.decode()
        .replace("converts = true", also)
        .replace("[article.order]", "[article.order]\napart = false")
    )
    teller = in_force(agreement=read_agreement(text.encode()))
    theirs, ours = both_ways(teller, FIRST, (FIRST, SECOND))
    part(teller, theirs, 1000, date(2018, 5, 1))

    def offset(count: int, day: str) -> Any:
        at(teller, day)
        said: dict[str, Any] = {
            "method": Method.OFFSET, "currency": "JPY", "lines": amount(count), "against": ours,
        }  # fmt: skip
        return teller.why(settled(teller, theirs, by=JPN, **said))

    assert offset(60_000, "2018-05-02") == ("settlement.not-permitted", "4")
    assert offset(60_000, "2018-06-01") is None, "what is newer is not touched"
    assert offset(60_001, "2018-06-02") == ("settlement.not-permitted", "4")
    young = in_force(agreement=read_agreement(text.encode()))
    theirs, ours = both_ways(young, FIRST, (SECOND,))
    teller = young
    assert offset(60_000, "2018-06-01") == ("settlement.not-permitted", "4"), "theirs is too new"
    row = young.state.orders.get(ours)
    assert row is not None
    assert [each.paid // MILLION for each in accounts_of(young.state, row)] == [0]


def test_the_file_is_asked_about_the_lines_that_are_named_where_figures_are_wrong(
    teller: Teller,
) -> None:
    order = asked(teller)
    accepted(teller, order)
    received(teller, made(teller, order))
    row = teller.state.orders.get(order)
    assert row is not None
    lines = (*back(10_001), SettledLine(9, Decimal(1), None, None))
    body = SettlementRecord(
        "S", order, Method.RETURN, FIRST, COLLECTING, None, lines, "why", None, None
    )
    ((wrong, settling),) = asks_of(teller.state, row, body)
    assert [each.line for each in wrong.accounts] == [1]
    assert (wrong.order, wrong.person) == (row, COLLECTING.person)
    assert (settling.method, settling.reason, settling.delivered) == (Method.RETURN, "why", None)
    ((right, settled_so),) = asks_of(teller.state, row, replace(body, lines=back(1)))
    assert [each.given_back for each in right.accounts] == [MILLION]
    assert (settled_so.delivered, settled_so.approved_by) == (FIRST, (KOR, JPN))


def test_what_is_owed_in_cash_has_no_price_of_the_day(teller: Teller) -> None:
    order = asked(teller, method=Method.CASH)
    accepted(teller, order, method=Method.CASH)
    received(teller, made(teller, order))
    lines = (SettledLine(1, None, None, Decimal(70)),)
    said = settled(teller, order, method=Method.CONVERTED, lines=lines)
    assert teller.why(said) == ("settlement.not-converted", "4")


@pytest.mark.parametrize("by", [KOR, JPN])
def test_an_order_of_which_some_came_short_is_closed_once_its_provider_cancels_the_rest(
    teller: Teller, by: PartyId
) -> None:
    order = asked(teller)
    accepted(teller, order)
    received(teller, made(teller, order, 10_000, FIRST), 9_000)
    at(teller, "2016-11-26")
    assert teller.why(settled(teller, order, by=JPN, lines=back(9_000))) is None

    def life(on: str) -> Any:
        stated = teller.say(JPN, BalanceState(date(2016, 11, 26), Digest("ab" * 32), ()), at=on)
        assert teller.why(teller.say(KOR, BalanceAgree(stated, ()))) is None
        row = teller.state.orders.get(order)
        assert row is not None
        return order_json(teller.state, row, teller.now)["life"]

    assert life("2016-11-27") == "reconciled"
    assert teller.why(teller.say(by, OrderCancel(order, ()))) is None
    row = teller.state.orders.get(order)
    assert row is not None
    assert is_left_short(accounts_of(teller.state, row)) == (by == KOR)
    if by == KOR:  # who asked wants no more: its provider's books still have it as handed over
        assert life("2016-11-28") == "reconciled"
        assert teller.why(teller.say(JPN, OrderCancel(order, ()))) is None
    assert life("2016-11-29") == "closed"


def test_a_balance_of_days_before_a_settlement_closes_no_order(teller: Teller) -> None:
    order = asked(teller)
    accepted(teller, order)
    part(teller, order, 10_000, FIRST)
    at(teller, "2016-11-26")
    assert teller.why(settled(teller, order, by=JPN)) is None

    def life_after(until: date, on: str) -> Any:
        stated = teller.say(JPN, BalanceState(until, Digest("ab" * 32), ()), at=on)
        assert teller.why(teller.say(KOR, BalanceAgree(stated, ()))) is None
        row = teller.state.orders.get(order)
        assert row is not None
        return order_json(teller.state, row, teller.now)["life"]

    assert life_after(date(2016, 11, 25), "2016-11-27") == "settled"
    assert life_after(date(2016, 11, 26), "2016-11-28") == "closed"
