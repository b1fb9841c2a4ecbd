# SPDX-License-Identifier: Apache-2.0
"""Orders from the first question to the last settlement, and all that is refused on the way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.basis.amounts import Money, Quantity
from comity.basis.ids import PersonId, Place, format_place
from comity.state.goods_balance import balance_json, open_line_json, open_lines
from comity.state.queries_goods import claims_at, find_line, today_of
from comity.statement.deliveries import (
    ClaimNotice,
    Condition,
    DeliveredLine,
    DeliveryMake,
    DeliveryReceipt,
    ReceivedLine,
)
from comity.statement.order_values import Officer
from comity.statement.orders import (
    AcceptanceHead,
    AcceptedLine,
    Method,
    Nature,
    OrderAccept,
    OrderCancel,
    OrderDecline,
    OrderDispute,
    OrderHead,
    OrderLine,
    OrderRequest,
)
from comity.statement.settlements import InvoiceIssue, SettledLine, SettlementRecord
from comity.support.accounts import MILLION, Owed
from tests.support_state import JPN, KOR, Teller, in_force

PACT = b"""
format = 1
id = "acsa-jpn-kor"
version = 1
kind = "logistic-support"
title.en = "Mutual support"
[parties.JPN]
name.en = "Japan"
competent_authority = "Ministry of Defense"
currency = "JPY"
[parties.KOR]
name.en = "Korea"
competent_authority = "Ministry of National Defense"
currency = "KRW"
[scope]
article = "1"
categories = ["ammunition", "fuel", "airlift"]
activities = ["peacekeeping", "exercise"]
[lifecycle]
article = "9"
entry = "later_of_notifications"
runs = "no end"
zone = "+09:00"
[[article]]
number = "2"
title.en = "What is provided"
summary.en = "What is provided."
[article.order]
allowed = [{ activities = ["peacekeeping", "exercise"] }]
needs = ["charter", "method", "return_day", "elements"]
[[article]]
number = "4"
title.en = "Settlement"
summary.en = "Settlement."
[article.settlement]
in_kind_within = "12 months"
at_most = "12 months"
converts = true
[[article]]
number = "5"
title.en = "Receipt"
summary.en = "Receipt."
[article.receipt]
who = "receiver"
within = "5 days"
"""
ASKING, ACCEPTING = Officer(PersonId("kor-1"), "J4"), Officer(PersonId("jpn-1"), "J4")
ISSUING, RECEIVING = Officer(PersonId("jpn-2"), "Depot"), Officer(PersonId("kor-2"), "Hanbit")
COLLECTING, PAYING = Officer(PersonId("jpn-3"), "Finance"), Officer(PersonId("kor-3"), "Finance")
BOOKING = Officer(PersonId("jpn-4"), "Finance")
HEAD = OrderHead(
    number="K-1",
    provider=JPN,
    activity="peacekeeping",
    exercise=None,
    method=Method.REPLACEMENT_IN_KIND,
    charter=True,
    authority=None,
    organisation="Hanbit unit",
    ordering=ASKING,
    billed="J4",
    fund="F-1",
    at="Bor",
    by=None,
    asked_with=("UNMISS",),
    through="UNMISS",
    protected=(),
)
LINE = OrderLine(1, "ammunition", Nature.SUPPLY, "1305", "5.56 mm", Quantity(Decimal(10000), "EA"))
TAKEN = AcceptanceHead(
    "J-1", ACCEPTING, "MOD", COLLECTING, "JGSDF", None, date(2017, 1, 31), "Juba"
)
PRICED = AcceptedLine(
    1, Decimal(10000), Decimal(60), "JPY", "own_stock", Method.REPLACEMENT_IN_KIND
)


def agreement() -> Agreement:
    return read_agreement(PACT)


@pytest.fixture
def teller() -> Teller:
    return in_force(agreement=agreement())


def asked(teller: Teller, **changes: Any) -> Place:
    lines = changes.pop("lines", (LINE,))
    return teller.say(KOR, OrderRequest(replace(HEAD, **changes), None, lines))


def accepted(teller: Teller, order: Place, **changes: Any) -> Place:
    head = changes.pop("head", TAKEN)
    return teller.say(JPN, OrderAccept(order, head, (replace(PRICED, **changes),)))


def made(teller: Teller, order: Place, quantity: int = 10000, on: date | None = None) -> Place:
    day = on or date(2016, 11, 23)
    lines = (DeliveredLine(1, Decimal(quantity)),)
    return teller.say(JPN, DeliveryMake(order, paper(teller, order), day, "Bor", ISSUING, lines))


def paper(teller: Teller, order: Place) -> str:
    """Give a number that no delivery of an order bears yet."""
    row = teller.state.orders.get(order)
    return f"D-{1 if row is None else len(row.deliveries) + 1}"


def received(
    teller: Teller, delivery: Place, quantity: int = 10000, condition: Condition = Condition.GOOD
) -> Place:
    lines = (ReceivedLine(1, Decimal(quantity), condition),) if quantity else ()
    return teller.say(KOR, DeliveryReceipt(delivery, date(2016, 11, 23), RECEIVING, lines))


def settled(teller: Teller, order: Place, by: Any = KOR, **changes: Any) -> Place:
    usual = SettlementRecord(
        "S-1",
        order,
        Method.REPLACEMENT_IN_KIND,
        today_of(teller.state, teller.now),
        PAYING if by == KOR else BOOKING,
        None,
        (SettledLine(1, Decimal(10000), None, None),),
        None,
        None,
        None,
    )
    return teller.say(by, replace(usual, **changes), at=changes.pop("said_at", None))


def owed(teller: Teller, order: Place, at: Any = None) -> list[tuple[Owed, int]]:
    row = teller.state.orders.get(order)
    assert row is not None, teller.why(order)
    account = find_line(teller.state, row, 1)
    assert account is not None
    claims = claims_at(teller.state, row, account, teller.now if at is None else at)
    return [(claim.owed, claim.open // MILLION) for claim in claims]


def received_order(teller: Teller) -> Place:
    order = asked(teller)
    accepted(teller, order)
    received(teller, made(teller, order))
    return order


def test_an_order_is_asked_accepted_handed_over_receipted_and_replaced(teller: Teller) -> None:
    order = asked(teller)
    assert teller.why(order) is None
    assert teller.why(accepted(teller, order)) is None
    delivery = made(teller, order)
    assert teller.why(delivery) is None
    assert owed(teller, order) == []
    receipt = received(teller, delivery)
    assert teller.why(receipt) is None
    assert teller.why(teller.say(KOR, ClaimNotice(receipt, COLLECTING))) is None
    assert owed(teller, order) == [(Owed.KIND, 10000)]
    claimed = settled(teller, order)
    assert teller.why(claimed) is None
    (row,) = balance(teller)["claimed"]
    assert row == {"settlement": format_place(claimed), "order": format_place(order)}
    assert owed(teller, order) == [(Owed.KIND, 10000)]
    counted = settled(teller, order, by=JPN, confirms=claimed)
    assert teller.why(counted) is None
    assert owed(teller, order) == []


@pytest.mark.row("2345b", "U5")
def test_what_is_not_replaced_in_time_is_owed_in_cash_on_both_sides(teller: Teller) -> None:
    order = received_order(teller)
    teller.say(JPN, OrderDispute(order, (), stands=True), at="2017-11-24")
    assert owed(teller, order) == [(Owed.CASH, 600_000)]
    paid = settled(
        teller,
        order,
        by=JPN,
        method=Method.CASH,
        currency="JPY",
        lines=(SettledLine(1, None, Decimal(200_000), None),),
    )
    assert teller.why(paid) is None
    assert owed(teller, order) == [(Owed.CASH, 400_000)]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"activity": "armed_attack"}, ("order.not-permitted", "2")),
        ({"lines": (replace(LINE, category="weapon"),)}, ("order.not-permitted", "2")),
        ({"charter": False}, ("order.not-permitted", "2")),
        ({"provider": KOR}, ("order.not-a-provider", "2")),
        (
            {"lines": (replace(LINE, nature=Nature.SERVICE),), "method": None},
            ("order.not-permitted", "2"),
        ),
        ({"lines": (replace(LINE, nature=Nature.LOAN),)}, ("order.not-permitted", "2")),
    ],
)
def test_what_the_file_does_not_let_be_asked_for_does_not_count(
    teller: Teller, changes: dict[str, Any], why: tuple[str, str]
) -> None:
    assert teller.why(asked(teller, **changes)) == why


def test_a_number_serves_once_and_lines_rise_over_all_statements(teller: Teller) -> None:
    order = asked(teller)
    assert teller.why(asked(teller)) == ("order.number-twice", "2")
    further = OrderRequest(None, order, (replace(LINE, line=2),))
    assert teller.why(teller.say(KOR, further)) is None
    assert teller.why(teller.say(KOR, further)) == ("order.line-twice", "2")
    assert teller.why(teller.say(JPN, further)) == ("order.not-the-requester", "2")
    accepted(teller, order)
    late = OrderRequest(None, order, (replace(LINE, line=3),))
    assert teller.why(teller.say(KOR, late)) == ("order.answered", "2")
    nowhere = OrderRequest(None, Place(KOR, 99), (LINE,))
    assert teller.why(teller.say(KOR, nowhere)) == ("order.unknown", "2")


def test_nothing_is_accepted_beyond_the_order_twice_or_by_another(teller: Teller) -> None:
    order = asked(teller)
    assert teller.why(accepted(teller, order, quantity=Decimal(10001))) == (
        "order.accepted-beyond",
        "2",
    )
    assert teller.why(teller.say(KOR, OrderAccept(order, TAKEN, (PRICED,)))) == (
        "order.not-the-provider",
        "2",
    )
    assert teller.why(accepted(teller, order, head=None)) == ("order.acceptance-head", "2")
    assert teller.why(accepted(teller, order, line=7)) == ("order.unknown-line", "2")
    assert teller.why(accepted(teller, order, currency="KRW")) == ("order.currency", "4")
    assert teller.why(accepted(teller, order, basis="whim")) == ("order.price-basis", "4")
    assert teller.why(accepted(teller, order, method=Method.EQUAL_VALUE)) == ("order.method", "4")
    unscheduled = replace(TAKEN, replace_by=None)
    assert teller.why(accepted(teller, order, head=unscheduled)) == (
        "order.acceptance-not-permitted",
        "2",
    )
    assert teller.why(accepted(teller, order)) is None
    assert teller.why(accepted(teller, order, head=None)) == ("order.accepted-beyond", "2")


def test_nothing_is_handed_over_or_receipted_beyond(teller: Teller) -> None:
    order = asked(teller)
    assert teller.why(made(teller, order)) == ("delivery.beyond-acceptance", "2")
    accepted(teller, order)
    first = made(teller, order, 6000)
    assert teller.why(made(teller, order, 4001)) == ("delivery.beyond-acceptance", "2")
    assert teller.why(received(teller, first, 6001)) == ("delivery.beyond-delivery", "5")
    assert teller.why(received(teller, first, 5000)) is None
    assert teller.why(received(teller, first, 5000)) == ("delivery.already-receipted", "5")
    assert owed(teller, order) == [(Owed.KIND, 5000)]
    second = made(teller, order, 4000)
    assert teller.why(received(teller, second, 4000, Condition.DAMAGED)) is None
    assert owed(teller, order) == [(Owed.KIND, 5000)]
    tomorrow = made(teller, order, 1, date(2016, 11, 25))
    assert teller.why(tomorrow) == ("delivery.dated-later", "2")


def test_the_fold_lets_nobody_do_two_parts_of_one_order(teller: Teller) -> None:
    order = asked(teller)
    accepted(teller, order)
    again = DeliveryMake(
        order, "D", date(2016, 11, 23), "Bor", ACCEPTING, (DeliveredLine(1, Decimal(1)),)
    )
    assert teller.why(teller.say(JPN, again)) == ("delivery.not-permitted", "2")


def test_a_bill_is_for_what_was_receipted_and_once(teller: Teller) -> None:
    order = asked(teller, method=Method.CASH)
    accepted(teller, order, method=Method.CASH)
    receipt = received(teller, made(teller, order, 5000), 5000)

    def bill(total: int, receipts: tuple[Place, ...] = (receipt,), currency: str = "JPY") -> Any:
        money = Money(Decimal(total), currency)
        return teller.why(teller.say(JPN, InvoiceIssue("I", order, receipts, COLLECTING, money)))

    assert bill(300_001) == ("invoice.other-total", "4")
    assert bill(300_000, currency="KRW") == ("invoice.other-total", "4")
    assert bill(300_000, (Place(KOR, 99),)) == ("delivery.unknown-receipt", "4")
    assert bill(300_000) is None
    assert bill(300_000) == ("invoice.already-issued", "4")
    assert [each["number"] for each in teller.exported()["invoices"]] == ["I"]


@pytest.mark.row("2342f")
def test_who_accepted_or_handed_over_bills_nothing_and_who_billed_hands_over_no_more(
    teller: Teller,
) -> None:
    order = asked(teller, method=Method.CASH)
    accepted(teller, order, method=Method.CASH)
    receipt = received(teller, made(teller, order, 5000), 5000)
    money = Money(Decimal(300_000), "JPY")

    def bill(by: Officer) -> Any:
        return teller.why(teller.say(JPN, InvoiceIssue("I", order, (receipt,), by, money)))

    assert bill(ACCEPTING) == ("settlement.not-permitted", "4")
    assert bill(ISSUING) == ("settlement.not-permitted", "4")
    assert bill(COLLECTING) is None
    lines = (DeliveredLine(1, Decimal(1)),)
    again = DeliveryMake(order, "D", date(2016, 11, 23), "Bor", COLLECTING, lines)
    assert teller.why(teller.say(JPN, again)) == ("delivery.not-permitted", "2")


def test_nothing_is_settled_beyond_the_debt_or_by_another_method(teller: Teller) -> None:
    order = received_order(teller)

    def said(**changes: Any) -> Any:
        return teller.why(settled(teller, order, by=JPN, **changes))

    beyond = (SettledLine(1, Decimal(10001), None, None),)
    assert said(lines=beyond) == ("settlement.beyond-debt", "4")
    amount = (SettledLine(1, None, Decimal(5), None),)
    assert said(lines=amount) == ("order.currency", "4")
    assert said(lines=amount, currency="JPY") == ("settlement.figures", "4")
    assert said(method=Method.CASH, lines=amount, currency="JPY") == (
        "settlement.other-method",
        "4",
    )
    price = (SettledLine(1, None, None, Decimal(61)),)
    assert said(method=Method.CONVERTED, lines=price) == ("settlement.not-converted", "4")
    assert said() is None
    assert said() == ("settlement.beyond-debt", "4")


@pytest.mark.row("U5")
def test_the_price_of_the_day_binds_once_both_have_said_it(teller: Teller) -> None:
    order = received_order(teller)
    price = (SettledLine(1, None, None, Decimal(70)),)
    teller.say(KOR, OrderDispute(order, (), stands=True), at="2017-12-01")
    first = settled(teller, order, by=JPN, method=Method.CONVERTED, lines=price)
    assert teller.why(first) is None
    assert owed(teller, order) == [(Owed.CASH, 600_000)]
    other = (SettledLine(1, None, None, Decimal(71)),)
    differs = settled(teller, order, method=Method.CONVERTED, lines=other, confirms=first)
    assert teller.why(differs) == ("settlement.differs", "4")
    settled(teller, order, method=Method.CONVERTED, lines=price, confirms=first)
    assert owed(teller, order) == [(Owed.CASH, 700_000)]
    again = settled(teller, order, method=Method.CONVERTED, lines=price, confirms=first)
    assert teller.why(again) == ("settlement.already-counted", "4")


def test_lines_are_declined_cancelled_and_disputed(teller: Teller) -> None:
    order = asked(teller, lines=(LINE, replace(LINE, line=2)))
    assert teller.why(teller.say(KOR, OrderDecline(order, ()))) == ("order.not-the-provider", "2")
    assert teller.why(teller.say(JPN, OrderDecline(order, (2,)))) is None
    assert teller.why(teller.say(JPN, OrderDecline(order, (2,)))) == ("order.nothing-open", "2")
    accepted(teller, order)
    made(teller, order, 4000)
    assert teller.why(teller.say(KOR, OrderCancel(order, ()))) is None
    assert teller.why(made(teller, order, 1)) == ("delivery.beyond-acceptance", "2")
    dispute = OrderDispute(order, (1,), stands=True)
    assert teller.why(teller.say(KOR, dispute)) is None
    assert teller.why(teller.say(KOR, dispute)) == ("order.already-disputed", "2")
    back = OrderDispute(order, (1,), stands=False)
    assert teller.why(teller.say(KOR, back)) is None
    assert teller.why(teller.say(JPN, back)) == ("order.not-disputed", "2")


def balance(teller: Teller) -> dict[str, Any]:
    return balance_json(teller.state, teller.now)


@pytest.mark.row("2345a")
def test_a_balance_tells_what_is_owed_by_kind_and_currency_and_how_late(teller: Teller) -> None:
    order = received_order(teller)
    (row,) = balance(teller)["owed"]
    assert (row["by"], row["to"], row["in"]) == ("KOR", "JPN", "kind")
    assert (row["category"], row["open"], row["unit"], row["late"]) == (
        "ammunition",
        "10000",
        "EA",
        "0",
    )
    teller.say(KOR, OrderDispute(order, (1,), stands=True), at="2017-12-01")
    (row,) = balance(teller)["owed"]
    assert (row["in"], row["currency"], row["open"], row["late"]) == ("cash", "JPY", "600000", "0")
    teller.say(KOR, OrderDispute(order, (1,), stands=False))
    (row,) = balance(teller)["owed"]
    assert row["late"] == "600000"
    (line,) = open_lines(teller.state, teller.now)
    told = open_line_json(line, date(2017, 12, 1))
    assert (told["handed_over"], told["due"], told["late"]) == ("2016-11-23", "2017-11-23", True)
    assert told["converted"] is True
    assert (told["in"], told["unit"], told["currency"]) == ("cash", None, "JPY")


def test_an_open_line_in_kind_is_counted_in_its_unit_and_in_no_currency(teller: Teller) -> None:
    received_order(teller)
    (line,) = open_lines(teller.state, teller.now)
    told = open_line_json(line, date(2016, 12, 1))
    assert (told["in"], told["unit"], told["currency"]) == ("kind", "EA", None)


def test_an_altered_line_is_found_and_exactly_it(teller: Teller) -> None:
    lines = (LINE, replace(LINE, line=2))
    order = asked(teller, lines=lines)
    priced = (PRICED, replace(PRICED, line=2))
    teller.say(JPN, OrderAccept(order, TAKEN, priced))
    handed = tuple(DeliveredLine(n, Decimal(10000)) for n in (1, 2))
    delivery = teller.say(JPN, DeliveryMake(order, "D", date(2016, 11, 23), "Bor", ISSUING, handed))
    assert [row["line"] for row in balance(teller)["unmatched"]] == [1, 2]
    came = (
        ReceivedLine(1, Decimal(10000), Condition.GOOD),
        ReceivedLine(2, Decimal(9999), Condition.GOOD),
    )
    teller.say(KOR, DeliveryReceipt(delivery, date(2016, 11, 23), RECEIVING, came))
    (row,) = balance(teller)["unmatched"]
    assert (row["line"], row["delivered"], row["received"]) == (2, "10000", "9999")


def test_an_offset_takes_the_same_from_both_directions_once_both_have_said_it(
    teller: Teller,
) -> None:
    cash = {"method": Method.CASH}
    theirs = asked(teller, method=Method.CASH)
    accepted(teller, theirs, **cash)
    received(teller, made(teller, theirs))
    head = replace(HEAD, number="J-9", provider=KOR, ordering=COLLECTING, method=Method.CASH)
    ours = teller.say(JPN, OrderRequest(head, None, (LINE,)))
    taken = replace(TAKEN, accepting=PAYING, collects=RECEIVING)
    priced = replace(PRICED, method=Method.CASH, price=Decimal(20), currency="KRW")
    assert teller.why(teller.say(KOR, OrderAccept(ours, taken, (priced,)))) is None
    lines = (DeliveredLine(1, Decimal(10000)),)
    day = date(2016, 11, 23)
    delivery = teller.say(KOR, DeliveryMake(ours, "K", day, "Bor", ASKING, lines))
    came = (ReceivedLine(1, Decimal(10000), Condition.GOOD),)
    teller.say(JPN, DeliveryReceipt(delivery, day, ISSUING, came))
    assert owed(teller, theirs) == [(Owed.CASH, 600_000)]
    amount = (SettledLine(1, None, Decimal(100_000), None),)
    said = {"method": Method.OFFSET, "currency": "JPY", "lines": amount, "against": ours}
    other = settled(teller, theirs, by=JPN, **said)
    assert teller.why(other) == ("settlement.beyond-debt", "4")
    nothing = settled(teller, theirs, by=JPN, **{**said, "against": theirs})
    assert teller.why(nothing) == ("order.unknown", "4")
