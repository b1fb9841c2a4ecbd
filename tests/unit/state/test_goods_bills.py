# SPDX-License-Identifier: Apache-2.0
"""What was billed is late after the days that the file gives a bill, everywhere it is shown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from comity.agreement.reading import read_agreement
from comity.basis.amounts import Money
from comity.basis.ids import Place
from comity.basis.instants import Instant
from comity.state.duty_goods import goods_acts
from comity.state.export_goods import order_json
from comity.state.goods_balance import balance_json, is_late, open_lines
from comity.state.queries_goods import today_of
from comity.statement.deliveries import (
    Condition,
    DeliveredLine,
    DeliveryMake,
    DeliveryReceipt,
    ReceivedLine,
)
from comity.statement.orders import Method, OrderAccept, OrderDispute
from comity.statement.settlements import InvoiceIssue, SettledLine
from comity.support.accounts import Owed
from tests.support_state import JPN, KOR, Teller, in_force
from tests.unit.state.test_fold_goods import (
    COLLECTING,
    ISSUING,
    LINE,
    PACT,
    PRICED,
    RECEIVING,
    TAKEN,
    accepted,
    asked,
    made,
    received,
    settled,
)

DAY_MS = 86_400_000
WORTH = 600_000


def teller_of(within: str) -> Teller:
    raw = PACT.replace(b"[article.settlement]\n", b"[article.settlement]\n" + within.encode())
    return in_force(agreement=read_agreement(raw))


@pytest.fixture
def teller() -> Teller:
    return teller_of('pay_within = "30 days"\n')


def bought(teller: Teller, quantity: int = 10000) -> tuple[Place, Place]:
    """Let so much be received and be owed for in cash: the order and the receipt."""
    order = asked(teller)
    assert teller.why(accepted(teller, order, method=Method.CASH)) is None
    return order, received(teller, made(teller, order, quantity), quantity)


def billed(teller: Teller, order: Place, receipt: Place, total: int = WORTH) -> Place:
    money = Money(Decimal(total), "JPY")
    place = teller.say(JPN, InvoiceIssue("I", order, (receipt,), COLLECTING, money))
    assert teller.why(place) is None
    return place


def late(teller: Teller, days: int) -> tuple[list[str], list[bool], list[Any]]:
    """Give what is late so many days from now: by the sums, line by line, and as orders show it."""
    at = Instant(teller.now + days * DAY_MS)
    state, rows = teller.state, balance_json(teller.state, at)["owed"]
    assert isinstance(rows, list)
    lines = [is_late(each, today_of(state, at)) for each in open_lines(state, at)]
    order = next(iter(state.orders.items()))[1]
    shown: Any = order_json(state, order, at)["lines"]
    return (
        [str(row["late"]) for row in rows if isinstance(row, dict)],
        lines,
        [claim["late"] for line in shown for claim in line["open"]],
    )


@pytest.mark.row("U6")
def test_u6_what_was_billed_is_late_the_day_after_the_days_of_a_bill(teller: Teller) -> None:
    order, receipt = bought(teller)
    assert late(teller, 31) == (["0"], [False], [False])
    billed(teller, order, receipt)
    assert late(teller, 30) == (["0"], [False], [False])
    assert late(teller, 31) == ([str(WORTH)], [True], [True])


def test_a_file_without_days_for_a_bill_calls_nothing_late_for_one() -> None:
    teller = teller_of("")
    order, receipt = bought(teller)
    billed(teller, order, receipt)
    assert late(teller, 31) == (["0"], [False], [False])


def test_a_longest_time_that_is_sooner_than_the_bill_holds() -> None:
    teller = teller_of('pay_within = "3650 days"\n')
    order, receipt = bought(teller)
    billed(teller, order, receipt)
    assert late(teller, 365) == (["0"], [False], [False])
    assert late(teller, 367) == ([str(WORTH)], [True], [True])


def test_what_is_paid_or_disputed_is_not_late_by_its_bill(teller: Teller) -> None:
    order, receipt = bought(teller)
    billed(teller, order, receipt)
    half = (SettledLine(1, None, Decimal(WORTH // 2), None),)
    cash = {"method": Method.CASH, "currency": "JPY", "reason": "used", "lines": half}
    assert teller.why(settled(teller, order, by=JPN, **cash)) is None
    assert late(teller, 31) == ([str(WORTH // 2)], [True], [True])
    disputed = teller.say(KOR, OrderDispute(order, (1,), stands=True))
    assert late(teller, 31) == (["0"], [False], [False])
    teller.say(KOR, OrderDispute(order, (), stands=False))
    assert teller.why(disputed) is None
    assert teller.why(settled(teller, order, by=JPN, **cash)) is None
    assert late(teller, 31) == ([], [], [])


def test_what_came_and_is_not_billed_is_not_late_beside_what_is(teller: Teller) -> None:
    order, receipt = bought(teller, 6000)
    teller.now = Instant(teller.now + 2 * DAY_MS)
    second = made(teller, order, 3000, date(2016, 11, 24))
    made(teller, order, 1000, date(2016, 11, 24))  # nobody receipted it
    lines = (ReceivedLine(1, Decimal(3000), Condition.GOOD),)
    came = teller.say(KOR, DeliveryReceipt(second, date(2016, 11, 24), RECEIVING, lines))
    assert teller.why(came) is None
    billed(teller, order, receipt, 360_000)
    assert late(teller, 31) == (["360000"], [True, False], [True, False])


def bill(teller: Teller, order: Place, receipt: Place, total: int) -> Any:
    money = Money(Decimal(total), "JPY")
    return teller.why(teller.say(JPN, InvoiceIssue("I", order, (receipt,), COLLECTING, money)))


@pytest.mark.row("U6")
def test_u6_a_bill_asks_for_no_more_than_is_left_to_be_paid(teller: Teller) -> None:
    order, receipt = bought(teller)
    half = (SettledLine(1, None, Decimal(WORTH // 2), None),)
    cash: dict[str, Any] = {
        "method": Method.CASH, "currency": "JPY", "reason": "used", "lines": half,
    }  # fmt: skip
    assert teller.why(settled(teller, order, by=JPN, **cash)) is None
    assert bill(teller, order, receipt, WORTH) == ("invoice.other-total", "4")
    assert bill(teller, order, receipt, WORTH // 2) is None
    assert teller.why(settled(teller, order, by=JPN, **cash)) is None
    assert bill(teller, order, receipt, WORTH // 2) == ("invoice.already-issued", "4")
    second, came = bought_again(teller)
    whole = (SettledLine(1, None, Decimal(WORTH), None),)
    assert teller.why(settled(teller, second, by=JPN, **{**cash, "lines": whole})) is None
    assert bill(teller, second, came, WORTH) == ("invoice.other-total", "4"), "all is paid"


def bought_again(teller: Teller) -> tuple[Place, Place]:
    order = asked(teller, number="K-2")
    assert teller.why(accepted(teller, order, method=Method.CASH)) is None
    return order, received(teller, made(teller, order))


def test_what_turned_into_cash_is_billed_though_its_receipt_was_and_is_late_by_its_own_day(
    teller: Teller,
) -> None:
    lines = (LINE, replace(LINE, line=2))
    order = asked(teller, lines=lines)
    priced = (PRICED, replace(PRICED, line=2, method=Method.CASH, price=Decimal(7)))
    assert teller.why(teller.say(JPN, OrderAccept(order, TAKEN, priced))) is None
    on = date(2016, 11, 23)
    handed = tuple(DeliveredLine(n, Decimal(100)) for n in (1, 2))
    delivery = teller.say(JPN, DeliveryMake(order, "D", on, "Bor", ISSUING, handed))
    came = tuple(ReceivedLine(n, Decimal(100), Condition.GOOD) for n in (1, 2))
    receipt = teller.say(KOR, DeliveryReceipt(delivery, on, RECEIVING, came))
    assert bill(teller, order, receipt, 700) is None
    assert late(teller, 31) == (["700", "0"], [False, True], [False, True])
    teller.now = Instant(teller.now + 364 * DAY_MS)
    assert bill(teller, order, receipt, 6000) == ("invoice.already-issued", "4"), "it has a day"
    teller.now = Instant(teller.now + 3 * DAY_MS)
    sums, by_line, shown = late(teller, 0)
    assert (sum(map(int, sums)), by_line, shown) == (6700, [True, True], [True, True])
    claims = [each.claim for each in open_lines(teller.state, teller.now)]
    assert [each.owed for each in claims] == [Owed.CASH, Owed.CASH]
    assert [each.due for each in claims] == [date(2017, 11, 23), date(2016, 12, 23)]
    assert bill(teller, order, receipt, 6700) == ("invoice.other-total", "4")
    assert bill(teller, order, receipt, 6000) is None
    assert bill(teller, order, receipt, 6000) == ("invoice.already-issued", "4")
    bills = [act for act in goods_acts(teller.state, live=False) if act.kind == "invoice.issue"]
    assert len(bills) == 2, "each is to be paid"
    assert late(teller, 0)[1:] == ([True, True], [True, True])
