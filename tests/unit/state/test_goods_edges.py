# SPDX-License-Identifier: Apache-2.0
"""Goods at the edges: limits, wrong speakers, lines that are not there, figures that do not fit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from comity.agreement.reading import read_agreement
from comity.basis.amounts import Money
from comity.basis.ids import Digest, PersonId, Place
from comity.basis.instants import Instant
from comity.basis.limits import ORDER_DELIVERIES_MAX
from comity.state import fold_deliveries, fold_orders
from comity.state.duty_goods import goods_acts_of
from comity.state.goods_balance import balance_json
from comity.state.goods_settled import note_settled
from comity.state.queries_goods import book_of, claims_at, find_line, put_lines
from comity.state.records import Said
from comity.state.records_goods import SettlementRow
from comity.state.tables import walk
from comity.statement.deliveries import (
    ClaimNotice,
    Condition,
    DeliveredLine,
    DeliveryMake,
    DeliveryReceipt,
    ReceivedLine,
)
from comity.statement.order_values import Officer
from comity.statement.orders import Method, OrderAccept, OrderCancel, OrderDispute, OrderRequest
from comity.statement.settlements import (
    BalanceAgree,
    BalanceState,
    InvoiceIssue,
    SettledLine,
    SettlementDrop,
    SettlementRecord,
)
from comity.support.accounts import MILLION, LineAccount, Owed
from comity.support.matching import differences
from tests.builders.dealings import PARTIES, circle, officer
from tests.builders.support_bodies import sample_support_bodies
from tests.support_state import JPN, KOR, USA, Teller, in_force, instant
from tests.unit.state.test_fold_goods import (
    COLLECTING,
    HEAD,
    ISSUING,
    LINE,
    PRICED,
    RECEIVING,
    TAKEN,
    accepted,
    agreement,
    asked,
    made,
    owed,
    received,
    settled,
)

DAY = date(2016, 11, 23)
SHA = Digest("ab" * 32)
DAY_MS = 86_400_000


@pytest.fixture
def teller() -> Teller:
    return in_force(agreement=agreement())


def balance(teller: Teller, at: Instant | None = None) -> dict[str, Any]:
    return balance_json(teller.state, teller.now if at is None else at)


def received_order(teller: Teller, **changes: Any) -> Place:
    order = asked(teller, **changes)
    accepted(teller, order)
    received(teller, made(teller, order))
    return order


def test_an_order_is_told_to_its_provider(teller: Teller) -> None:
    three = in_force(agreement=circle(), parties=PARTIES)
    head = replace(HEAD, provider=JPN, activity="relief", ordering=officer(KOR))
    fuel = replace(LINE, category="fuel", quantity=replace_unit())
    body = OrderRequest(head, None, (fuel,))
    assert three.why(three.say(KOR, body, to=(USA,))) == ("order.not-told", "2")
    order = three.say(KOR, body, to=(JPN, USA))
    assert three.why(order) is None
    for said in (
        OrderCancel(order, ()),
        OrderDispute(order, (), stands=True),
    ):
        assert three.why(three.say(USA, said)) == ("order.not-of-the-order", "2")


def replace_unit() -> Any:
    return type(LINE.quantity)(Decimal(10), "LTR")


def test_orders_of_an_exercise_are_found_by_its_name(teller: Teller) -> None:
    first = asked(teller, exercise="UNMISS")
    second = asked(teller, exercise="UNMISS", number="K-2")
    assert walk(teller.state.exercises.get("UNMISS")) == (first, second)


def test_statements_of_lines_and_deliveries_are_counted(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = asked(teller)
    monkeypatch.setattr(fold_orders, "ORDER_SHEETS_MAX", 1)
    more = OrderRequest(None, order, (replace(LINE, line=2),))
    assert teller.why(teller.say(KOR, more)) == ("order.too-many-lines", "2")
    accepted(teller, order)
    assert teller.why(made(teller, order, 1)) is None
    monkeypatch.setattr(fold_deliveries, "ORDER_DELIVERIES_MAX", 1)
    assert teller.why(made(teller, order, 1)) == ("delivery.too-many", "2")


def test_further_lines_that_are_refused_are_not_added(teller: Teller) -> None:
    order = asked(teller)
    more = OrderRequest(None, order, (replace(LINE, line=2, category="weapon"),))
    assert teller.why(teller.say(KOR, more)) == ("order.not-permitted", "2")
    row = teller.state.orders.get(order)
    assert row is not None
    assert find_line(teller.state, row, 2) is None
    assert find_line(teller.state, row, 0) is None


def test_lines_that_are_not_there_are_named(teller: Teller) -> None:
    order = received_order(teller)
    lines = (DeliveredLine(7, Decimal(1)),)
    make = DeliveryMake(order, "D", DAY, "Bor", ISSUING, lines)
    assert teller.why(teller.say(JPN, make)) == ("order.unknown-line", "2")
    dispute = OrderDispute(order, (7,), stands=True)
    assert teller.why(teller.say(KOR, dispute)) == ("order.unknown-line", "2")
    wrong = settled(teller, order, by=JPN, lines=(SettledLine(7, Decimal(1), None, None),))
    assert teller.why(wrong) == ("order.unknown-line", "4")


def test_each_side_says_its_own_part_of_a_delivery(teller: Teller) -> None:
    order = asked(teller)
    accepted(teller, order)
    lines = (DeliveredLine(1, Decimal(1)),)
    make = DeliveryMake(order, "D", DAY, "Bor", RECEIVING, lines)
    assert teller.why(teller.say(KOR, make)) == ("order.not-the-provider", "2")
    delivery = made(teller, order)
    came = (ReceivedLine(1, Decimal(1), Condition.GOOD),)
    own = DeliveryReceipt(delivery, DAY, ISSUING, came)
    assert teller.why(teller.say(JPN, own)) == ("order.not-the-requester", "5")
    early = DeliveryReceipt(delivery, date(2016, 11, 22), RECEIVING, came)
    assert teller.why(teller.say(KOR, early)) == ("delivery.dated-later", "5")
    by_asking = DeliveryReceipt(delivery, DAY, HEAD.ordering, came)
    assert teller.why(teller.say(KOR, by_asking)) == ("delivery.not-permitted", "2")
    receipt = received(teller, delivery)
    notice = ClaimNotice(receipt, COLLECTING)
    assert teller.why(teller.say(JPN, notice)) == ("order.not-the-requester", "4")
    assert teller.why(teller.say(KOR, notice)) is None
    assert teller.why(teller.say(KOR, notice)) == ("claim.already-noticed", "4")


def test_a_provider_gives_up_what_did_not_come_and_nothing_is_unmatched_then(
    teller: Teller,
) -> None:
    order = asked(teller)
    accepted(teller, order)
    received(teller, made(teller, order), 9000)
    (row,) = balance(teller)["unmatched"]
    assert row["missing"] == "1000"
    assert teller.why(teller.say(JPN, OrderCancel(order, (1,)))) is None
    assert balance_json(teller.state, teller.now)["unmatched"] == []
    assert teller.why(made(teller, order, 1)) == ("delivery.beyond-acceptance", "2")
    assert owed(teller, order)[0][1] == 9000


def test_a_requester_that_wants_no_more_of_what_came_short_leaves_it_unmatched(
    teller: Teller,
) -> None:
    order = asked(teller)
    accepted(teller, order)
    received(teller, made(teller, order), 9000)
    assert teller.why(teller.say(KOR, OrderCancel(order, (1,)))) is None
    assert teller.why(made(teller, order, 1)) == ("delivery.beyond-acceptance", "2")
    assert [row["missing"] for row in balance(teller)["unmatched"]] == ["1000"]
    assert teller.why(teller.say(KOR, OrderCancel(order, (1,)))) == ("order.nothing-open", "2")
    assert teller.why(teller.say(JPN, OrderCancel(order, (1,)))) is None
    assert balance_json(teller.state, teller.now)["unmatched"] == []


def account_of(teller: Teller, order: Place) -> LineAccount:
    row = teller.state.orders.get(order)
    found = None if row is None else find_line(teller.state, row, 1)
    assert found is not None
    return found


@pytest.mark.row("A12")
def test_a_receipt_that_said_too_little_is_corrected_by_a_further_one_of_what_was_missing(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = asked(teller, method=Method.CASH)
    accepted(teller, order, method=Method.CASH)
    delivery = made(teller, order)
    first = received(teller, delivery, 4000)
    paid = (SettledLine(1, None, Decimal(240_000), None),)
    assert (
        teller.why(settled(teller, order, by=JPN, method=Method.CASH, currency="JPY", lines=paid))
        is None
    )
    assert teller.why(received(teller, delivery, 6001)) == ("delivery.already-receipted", "5")
    assert teller.why(received(teller, delivery, 0)) == ("delivery.already-receipted", "5")
    broken = received(teller, delivery, 1000, Condition.DAMAGED)
    assert teller.why(broken) is None
    assert teller.why(received(teller, delivery, 5001)) == ("delivery.already-receipted", "5")
    more = received(teller, delivery, 5000)
    assert teller.why(more) is None
    account = account_of(teller, order)
    assert [(each.nth, each.before // 10**6) for each in account.arrivals] == [
        (0, 0),
        (ORDER_DELIVERIES_MAX + 1, 4000),
    ]
    assert owed(teller, order) == [(Owed.CASH, 300_000)]
    assert [row["missing"] for row in balance(teller)["unmatched"]] == ["1000"]
    assert teller.why(teller.say(KOR, ClaimNotice(more, COLLECTING))) is None
    told = teller.exported()["deliveries"][0]
    assert told["receipt"]["place"] == str(first)
    assert [each["place"] for each in told["further"]] == [str(broken), str(more)]
    money = Money(Decimal(300_000), "JPY")
    bill = teller.say(JPN, InvoiceIssue("I", order, (more,), COLLECTING, money))
    assert teller.why(bill) is None
    monkeypatch.setattr(fold_deliveries, "ORDER_DELIVERIES_MAX", 2)
    assert teller.why(received(teller, delivery, 1)) == ("delivery.too-many", "5")


def test_what_was_handed_over_again_or_given_up_is_not_missing_and_what_was_cancelled_may_have_come(
    teller: Teller,
) -> None:
    order = asked(teller)
    accepted(teller, order)
    first = made(teller, order)
    received(teller, first, 9000)
    again = made(teller, order, 600)
    assert teller.why(received(teller, first, 401)) == ("delivery.already-receipted", "5")
    assert teller.why(received(teller, again, 600)) is None
    assert teller.why(teller.say(KOR, OrderCancel(order, (1,)))) is None
    assert account_of(teller, order).ended == 400 * MILLION
    assert teller.why(received(teller, first, 100)) is None
    account = account_of(teller, order)
    assert (account.ended, account.missing) == (300 * MILLION, 300 * MILLION)
    assert account.open_to_deliver == 0
    assert teller.why(teller.say(JPN, OrderCancel(order, (1,)))) is None
    assert teller.why(received(teller, first, 1)) == ("delivery.already-receipted", "5")


@pytest.mark.row("A12")
def test_what_came_short_or_damaged_is_handed_over_again_and_owed_from_that_day(
    teller: Teller,
) -> None:
    order = asked(teller)
    accepted(teller, order)
    received(teller, made(teller, order, 6000), 5000)
    received(teller, made(teller, order, 4000), 4000, Condition.DAMAGED)
    assert [row["missing"] for row in balance(teller)["unmatched"]] == ["5000"]
    assert teller.why(made(teller, order, 5001)) == ("delivery.beyond-acceptance", "2")
    teller.say(JPN, OrderDispute(order, (), stands=True), at="2016-12-24")
    again = made(teller, order, 5000, date(2016, 12, 23))
    assert teller.why(again) is None
    (row,) = balance(teller)["unmatched"]
    assert (row["awaited"], row["missing"]) == ("5000", "0")
    broken = (ReceivedLine(1, Decimal(1000), Condition.DAMAGED),)
    day = date(2016, 12, 24)
    teller.say(KOR, DeliveryReceipt(again, day, RECEIVING, broken))
    assert [row["missing"] for row in balance(teller)["unmatched"]] == ["5000"]
    third = made(teller, order, 5000, date(2016, 12, 24))
    good = (ReceivedLine(1, Decimal(5000), Condition.GOOD),)
    assert teller.why(teller.say(KOR, DeliveryReceipt(third, day, RECEIVING, good))) is None
    assert balance_json(teller.state, teller.now)["unmatched"] == []
    found = teller.state.orders.get(order)
    assert found is not None
    account = find_line(teller.state, found, 1)
    assert account is not None
    assert (account.received, account.open_to_deliver) == (account.accepted, 0)
    claims = claims_at(teller.state, found, account, teller.now)
    assert [(each.on, str(each.due)) for each in claims] == [
        (DAY, "2017-11-23"),
        (day, "2017-12-24"),
    ]
    assert teller.why(made(teller, order, 1)) == ("delivery.beyond-acceptance", "2")


def test_a_settlement_is_between_the_ends_of_the_order() -> None:
    three = in_force(agreement=circle(), parties=PARTIES)
    head = replace(HEAD, provider=JPN, activity="relief", ordering=officer(KOR))
    order = three.say(
        KOR, OrderRequest(head, None, (replace(LINE, category="fuel", quantity=replace_unit()),))
    )
    assert three.why(order) is None
    other = settled(three, order, by=USA)
    assert three.why(other) == ("order.not-of-the-order", "4")
    claim = replace(sample_support_bodies()["settlement.record"], order=order)
    assert isinstance(claim, SettlementRecord)
    place = Place(KOR, 900)
    row = SettlementRow(place, three.now, three.agreement.sha256, claim)
    three.state.settlements.put(place, row)
    dropped = three.say(USA, SettlementDrop(place, officer(USA)))
    assert three.why(dropped) == ("order.not-of-the-order", "4")


def test_what_is_owed_by_value_is_given_back_by_no_quantity(teller: Teller) -> None:
    order = asked(teller, method=Method.CASH)
    accepted(teller, order, method=Method.CASH)
    received(teller, made(teller, order))
    lines = (SettledLine(1, Decimal(1), None, None),)
    assert teller.why(settled(teller, order, by=JPN, lines=lines)) == (
        "settlement.other-method",
        "4",
    )
    cash = {"method": Method.CASH, "currency": "JPY", "reason": "consumed"}
    priced = (SettledLine(1, None, Decimal(1), Decimal(1)),)
    assert teller.why(settled(teller, order, by=JPN, lines=priced, **cash)) == (
        "settlement.figures",
        "4",
    )
    by_quantity = (SettledLine(1, Decimal(1), Decimal(60), None),)
    assert teller.why(settled(teller, order, by=JPN, lines=by_quantity, **cash)) == (
        "settlement.other-method",
        "4",
    )
    much = (SettledLine(1, None, Decimal(600_001), None),)
    assert teller.why(settled(teller, order, by=JPN, lines=much, **cash)) == (
        "settlement.beyond-debt",
        "4",
    )


def test_cash_for_what_is_owed_in_kind_is_at_its_price(teller: Teller) -> None:
    order = received_order(teller)
    cash = {"method": Method.CASH, "currency": "JPY", "reason": "consumed"}

    def paid(quantity: int, amount: int) -> Any:
        lines = (SettledLine(1, Decimal(quantity), Decimal(amount), None),)
        return teller.why(settled(teller, order, by=JPN, lines=lines, **cash))

    assert paid(10_001, 600_060) == ("settlement.beyond-debt", "4")
    assert paid(10, 599) == ("settlement.figures", "4")
    assert paid(10, 600) is None
    assert owed(teller, order)[0][1] == 9990


def test_a_price_of_the_day_has_that_figure_alone(teller: Teller) -> None:
    order = received_order(teller)
    teller.now = Instant(teller.now + 400 * DAY_MS)
    both = (SettledLine(1, Decimal(1), None, Decimal(70)),)
    wrong = settled(teller, order, by=JPN, method=Method.CONVERTED, lines=both)
    assert teller.why(wrong) == ("settlement.figures", "4")


def test_a_return_of_a_day_before_the_payment_does_not_leave_more_paid_than_is_owed(
    teller: Teller,
) -> None:
    """What was converted and paid is not given back besides, whatever day is named."""
    order = received_order(teller)
    before = date(2017, 1, 1)
    teller.now = Instant(teller.now + 400 * DAY_MS)
    amount = (SettledLine(1, None, Decimal(600_000), None),)
    paid = settled(
        teller, order, by=JPN, method=Method.CASH, currency="JPY", reason="late", lines=amount
    )
    assert teller.why(paid) is None
    back = settled(teller, order, by=JPN, on=before)
    assert teller.why(back) == ("settlement.beyond-debt", "4")


def test_balances_are_stated_of_days_that_are_over_and_answered_once(teller: Teller) -> None:
    today = BalanceState(date(2016, 11, 23), SHA, ())
    assert teller.why(teller.say(JPN, today))[0] == "balance.dated-later"  # type: ignore[index]
    said = teller.say(JPN, BalanceState(date(2016, 11, 22), SHA, ()))
    assert teller.why(said) is None
    agree = BalanceAgree(said, ())
    assert teller.why(teller.say(JPN, agree))[0] == "balance.unknown"  # type: ignore[index]
    assert teller.why(teller.say(KOR, agree)) is None
    assert teller.why(teller.say(KOR, agree))[0] == "balance.already-answered"  # type: ignore[index]


def test_an_offset_passes_over_what_is_in_another_currency_or_is_not_owed() -> None:
    three = in_force(agreement=circle(), parties=PARTIES)
    orders = {}
    for asks, gives in ((KOR, JPN), (JPN, KOR)):
        head = replace(
            HEAD, number=f"N-{gives}", provider=gives, activity="relief", ordering=officer(asks)
        )
        lines = tuple(
            replace(LINE, line=n, category="fuel", quantity=replace_unit()) for n in (1, 2, 3)
        )
        order = three.say(asks, OrderRequest(head, None, lines))
        taken = replace(TAKEN, accepting=officer(gives), collects=officer(gives))
        currency = "JPY" if gives == JPN else "KRW"
        priced = tuple(
            replace(PRICED, line=n, quantity=Decimal(10), method=Method.CASH, currency=currency)
            for n in (1, 2)
        )
        assert three.why(three.say(gives, OrderAccept(order, taken, priced))) is None
        handed = tuple(DeliveredLine(n, Decimal(10)) for n in (1, 2))
        make = DeliveryMake(order, "D", DAY, "Bor", officer(gives), handed)
        delivery = three.say(gives, make)
        came = tuple(ReceivedLine(n, Decimal(10), Condition.GOOD) for n in (1, 2))
        assert three.why(three.say(asks, DeliveryReceipt(delivery, DAY, officer(asks), came))) is (
            None
        )
        orders[gives] = order
    three.now = Instant(three.now + 600 * DAY_MS)
    said: dict[str, Any] = {
        "method": Method.OFFSET,
        "currency": "JPY",
        "lines": (SettledLine(1, None, Decimal(600), None),),
        "against": orders[KOR],
        "acting": officer(JPN),
    }
    assert three.why(settled(three, orders[JPN], by=JPN, **said)) == (
        "settlement.beyond-debt",
        "4",
    )


def test_a_balance_is_that_of_the_day_within_its_month(teller: Teller) -> None:
    """What turns on the 24th is in kind on the 23rd, and in cash from the 24th on."""
    received_order(teller)
    for at, kind in (("2017-11-23", "kind"), ("2017-11-24", "cash"), ("2018-11-24", "cash")):
        (row,) = balance(teller, instant(at))["owed"]
        assert row["in"] == kind


STORING = Officer(PersonId("jpn-9"), "Depot")


def test_an_offset_takes_its_sum_from_the_first_lines_of_the_other_direction() -> None:
    text = agreement().raw.decode().replace("converts = true", 'currency = "any"')
    teller = in_force(agreement=read_agreement(text.encode()))
    cash = {"method": Method.CASH}
    theirs = asked(teller, **cash)
    accepted(teller, theirs, **cash)
    received(teller, made(teller, theirs))
    head = replace(HEAD, number="J-9", provider=KOR, ordering=ISSUING, method=Method.CASH)
    lines = (LINE, replace(LINE, line=2), replace(LINE, line=3))
    ours = teller.say(JPN, OrderRequest(head, None, lines))
    taken = replace(TAKEN, accepting=RECEIVING, collects=RECEIVING)
    priced = tuple(replace(PRICED, line=n, price=Decimal(4), method=Method.CASH) for n in (1, 2))
    assert teller.why(teller.say(KOR, OrderAccept(ours, taken, priced))) is None
    handed = tuple(DeliveredLine(n, Decimal(10_000)) for n in (1, 2))
    asking = officer(KOR)
    delivery = teller.say(KOR, DeliveryMake(ours, "K", DAY, "Bor", asking, handed))
    came = tuple(ReceivedLine(n, Decimal(10_000), Condition.GOOD) for n in (1, 2))
    assert teller.why(teller.say(JPN, DeliveryReceipt(delivery, DAY, STORING, came))) is None
    said: dict[str, Any] = {
        "method": Method.OFFSET,
        "currency": "JPY",
        "lines": (SettledLine(1, None, Decimal(50_000), None),),
        "against": ours,
    }
    twice = settled(teller, theirs, by=JPN, acting=STORING, **said)
    assert teller.why(twice) == ("settlement.not-permitted", "4")  # it received on the other order
    first = settled(teller, theirs, by=JPN, **said)
    assert teller.why(first) is None
    second = settled(teller, theirs, by=KOR, confirms=first, **said)
    assert teller.why(second) is None
    assert owed(teller, theirs)[0][1] == 550_000
    rows: Any = balance_json(teller.state, teller.now)["owed"]
    assert {row["by"]: row["open"] for row in rows} == {"JPN": "30000", "KOR": "550000"}


def test_books_are_held_against_each_other_and_a_line_of_no_sheet_changes_nothing(
    teller: Teller,
) -> None:
    order = received_order(teller)
    state = teller.state
    row = state.orders.get(order)
    assert row is not None
    account = find_line(state, row, 1)
    assert account is not None
    assert list(differences(book_of(state), book_of(state))) == []
    put_lines(state, row, {9: replace(account, line=9)})
    assert next(iter(book_of(state))).account == account
    nowhere = Said(Place(KOR, 99), teller.now, (JPN,), row.version, HEAD)  # type: ignore[arg-type]
    note_settled(state, nowhere, Place(KOR, 99))
    assert tuple(goods_acts_of(state, Place(KOR, 99))) == ()
