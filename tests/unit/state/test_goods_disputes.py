# SPDX-License-Identifier: Apache-2.0
"""Lines that a party disputes or no more, one by one or all; and numbers of papers of delivery."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from comity.basis.ids import PartyId, Place
from comity.basis.instants import DAY_MS, Instant
from comity.state.export_goods import orders_json
from comity.state.goods_balance import balance_json
from comity.statement.deliveries import (
    Condition,
    DeliveredLine,
    DeliveryMake,
    DeliveryReceipt,
    ReceivedLine,
)
from comity.statement.orders import OrderAccept, OrderDispute, OrderRequest
from tests.support_state import JPN, KOR, Teller, in_force, instant
from tests.unit.state.test_fold_goods import (
    ISSUING,
    LINE,
    PRICED,
    RECEIVING,
    TAKEN,
    accepted,
    agreement,
    asked,
)


@pytest.fixture
def teller() -> Teller:
    return in_force(agreement=agreement())


def disputes(teller: Teller, order: Place) -> list[tuple[Any, list[Any]]]:
    every: list[Any] = orders_json(teller.state, teller.now)
    (row,) = [each for each in every if each["place"] == str(order)]
    told = [(each["by"], each["lines"]) for each in row["disputes"]]
    assert row["disputed_by"] == sorted({by for by, _ in told})
    return told


@pytest.mark.row("A14", "U12")
def test_a_party_disputes_further_lines_and_takes_back_one_or_all(teller: Teller) -> None:
    order = asked(teller, lines=tuple(replace(LINE, line=line) for line in (1, 2, 3)))
    row = teller.state.orders.get

    def say(by: PartyId, *lines: int, stands: bool = True) -> tuple[str, str | None] | None:
        return teller.why(teller.say(by, OrderDispute(order, lines, stands=stands)))

    assert say(KOR, 1) is None
    assert say(KOR, 1) == ("order.already-disputed", "2")
    assert say(KOR, 2, stands=False) == ("order.not-disputed", "2")
    assert say(KOR, 1, 2) is None
    assert say(JPN, 2) is None
    assert disputes(teller, order) == [(JPN, [2]), (KOR, [1]), (KOR, [2])]
    placed = row(order)
    assert placed is not None
    assert placed.dispute_of(3) is None
    assert say(KOR, 2, stands=False) is None
    assert disputes(teller, order) == [(JPN, [2]), (KOR, [1])]
    assert say(KOR) is None
    assert say(KOR) == ("order.already-disputed", "2")
    assert say(KOR, 3) == ("order.already-disputed", "2")
    assert disputes(teller, order) == [(JPN, [2]), (KOR, [1]), (KOR, [])]
    placed = row(order)
    assert placed is not None
    first = [placed.dispute_of(line) for line in (1, 2, 3)]
    assert all(first)
    assert say(KOR, 3, stands=False) is None
    assert disputes(teller, order) == [(JPN, [2]), (KOR, [1]), (KOR, [2])]
    assert say(KOR, stands=False) is None
    assert disputes(teller, order) == [(JPN, [2])]
    assert say(KOR, stands=False) == ("order.not-disputed", "2")


@pytest.mark.row("A14", "U12")
def test_what_is_late_of_two_lines_follows_each_of_their_disputes(teller: Teller) -> None:
    order = asked(teller, lines=(LINE, replace(LINE, line=2)))
    teller.say(JPN, OrderAccept(order, TAKEN, (PRICED, replace(PRICED, line=2))))
    handed = (DeliveredLine(1, Decimal(10)), DeliveredLine(2, Decimal(7)))
    day = date(2016, 11, 23)
    delivery = teller.say(JPN, DeliveryMake(order, "D", day, "Bor", ISSUING, handed))
    came = tuple(ReceivedLine(each.line, each.quantity, Condition.GOOD) for each in handed)
    teller.say(KOR, DeliveryReceipt(delivery, day, RECEIVING, came))
    later = instant("2017-11-23T16:00:00Z")

    def late() -> str:
        told: Any = balance_json(teller.state, later)
        return str(told["owed"][0]["late"])

    assert late() == "1020"
    teller.say(KOR, OrderDispute(order, (1,), stands=True))
    assert late() == "420"
    teller.say(KOR, OrderDispute(order, (), stands=True))
    assert late() == "0"
    teller.say(KOR, OrderDispute(order, (2,), stands=False))
    assert late() == "420"
    teller.say(KOR, OrderDispute(order, (), stands=False))
    assert late() == "1020"


def test_each_delivery_of_an_order_bears_a_number_of_its_own(teller: Teller) -> None:
    lines = tuple(replace(LINE, line=line) for line in range(1, 129))
    order = asked(teller, lines=lines)
    more = tuple(replace(LINE, line=line) for line in range(129, 132))
    teller.say(KOR, OrderRequest(None, order, more))
    priced = [replace(PRICED, line=line) for line in range(1, 132)]
    teller.say(JPN, OrderAccept(order, TAKEN, tuple(priced[:128])))
    teller.say(JPN, OrderAccept(order, None, tuple(priced[128:])))
    day = date(2016, 11, 23)

    def hand(number: str, first: int, last: int, on: date = day) -> object:
        handed = tuple(DeliveredLine(line, Decimal(1)) for line in range(first, last + 1))
        return teller.why(teller.say(JPN, DeliveryMake(order, number, on, "Bor", ISSUING, handed)))

    twice = ("delivery.number-twice", "2")
    assert hand("D-1", 1, 128) is None
    assert hand("D-1", 1, 128) == twice
    assert hand("D-1", 128, 129) == twice
    teller.now = Instant(teller.now + 2 * DAY_MS)
    assert hand("D-1", 129, 130, date(2016, 11, 24)) == twice
    assert hand("D-1", 129, 130) is None  # the same paper goes on
    assert hand("D-1", 131, 131) == twice
    assert hand("D-2", 1, 1) is None
    assert hand("D-1", 131, 131) == twice
    other = asked(teller, number="K-2")
    accepted(teller, other)
    handed = (DeliveredLine(1, Decimal(1)),)
    today = date(2016, 11, 25)
    said = teller.say(JPN, DeliveryMake(other, "D-1", today, "Bor", ISSUING, handed))
    assert teller.why(said) is None
