# SPDX-License-Identifier: Apache-2.0
"""What was billed is late after the days that the file gives a bill, everywhere it is shown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from comity.agreement.reading import read_agreement
from comity.basis.amounts import Money
from comity.basis.ids import Place
from comity.basis.instants import Instant
from comity.state.export_goods import order_json
from comity.state.goods_balance import balance_json, is_late, open_lines
from comity.state.queries_goods import today_of
from comity.statement.deliveries import Condition, DeliveryReceipt, ReceivedLine
from comity.statement.orders import Method, OrderDispute
from comity.statement.settlements import InvoiceIssue, SettledLine
from tests.support_state import JPN, KOR, Teller, in_force
from tests.unit.state.test_fold_goods import (
    COLLECTING,
    PACT,
    RECEIVING,
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
