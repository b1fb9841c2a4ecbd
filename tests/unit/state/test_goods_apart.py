# SPDX-License-Identifier: Apache-2.0
"""Who bills an order records no payment of it, unless the file does not hold them apart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from comity.agreement.reading import read_agreement
from comity.basis.amounts import Money
from comity.basis.ids import Place
from comity.statement.order_values import Officer
from comity.statement.orders import Method
from comity.statement.settlements import InvoiceIssue, SettledLine
from tests.support_state import JPN, Teller, in_force
from tests.unit.state.test_fold_goods import (
    BOOKING,
    COLLECTING,
    PACT,
    accepted,
    agreement,
    asked,
    made,
    received,
    settled,
)


@pytest.fixture
def teller() -> Teller:
    return in_force(agreement=agreement())


@pytest.mark.row("2342f")
def test_2342f_who_bills_records_no_payment_and_who_recorded_one_bills_nothing(
    teller: Teller,
) -> None:
    order = asked(teller, method=Method.CASH)
    accepted(teller, order, method=Method.CASH)
    first, second = (received(teller, made(teller, order, 5000), 5000) for _ in range(2))

    def bill(receipt: Place, by: Officer) -> Any:
        money = Money(Decimal(300_000), "JPY")
        return teller.why(teller.say(JPN, InvoiceIssue("I", order, (receipt,), by, money)))

    def pay(by: Officer) -> Any:
        half = (SettledLine(1, None, Decimal(300_000), None),)
        terms = {"method": Method.CASH, "currency": "JPY", "lines": half, "acting": by}
        return teller.why(settled(teller, order, by=JPN, **terms))

    assert bill(first, COLLECTING) is None
    assert pay(COLLECTING) == ("settlement.not-permitted", "4")
    assert pay(BOOKING) is None
    assert bill(second, BOOKING) == ("settlement.not-permitted", "4")
    assert bill(second, COLLECTING) is None
    assert pay(BOOKING) is None


def test_one_person_bills_and_records_where_the_file_does_not_hold_them_apart() -> None:
    loose = read_agreement(PACT.replace(b"converts = true", b"converts = true\napart = false"))
    teller = in_force(agreement=loose)
    order = asked(teller, method=Method.CASH)
    accepted(teller, order, method=Method.CASH)
    receipt = received(teller, made(teller, order))
    bill = InvoiceIssue("I", order, (receipt,), COLLECTING, Money(Decimal(600_000), "JPY"))
    assert teller.why(teller.say(JPN, bill)) is None
    whole = (SettledLine(1, None, Decimal(600_000), None),)
    terms = {"method": Method.CASH, "currency": "JPY", "lines": whole, "acting": COLLECTING}
    assert teller.why(settled(teller, order, by=JPN, **terms)) is None
