# SPDX-License-Identifier: Apache-2.0
"""What goods oblige to, beside the duty vectors: parts, disputes, reminders, what comes late."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.basis.amounts import Money
from comity.basis.ids import Place
from comity.basis.instants import Instant
from comity.state.duties import Duty, DutyState, duties_at, find_claim, urgent_at
from comity.statement.affairs import DutyWaive
from comity.statement.deliveries import (
    ClaimNotice,
    Condition,
    DeliveredLine,
    DeliveryMake,
    DeliveryReceipt,
    ReceivedLine,
)
from comity.statement.orders import Method, Nature, OrderAccept, OrderDispute, OrderRequest
from comity.statement.settlements import InvoiceIssue, SettledLine, SettlementRecord
from tests.support_state import JPN, KOR, NOTE, Teller, in_force, instant
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
    paper,
    received,
    settled,
)

AT_MOST = 'at_most = "12 months"\nremind = ["6 months", "9 months"]\n'


def agreement(also: str = "") -> Agreement:
    text = PACT.decode().replace('at_most = "12 months"\n', AT_MOST + also)
    return read_agreement(text.encode())


@pytest.fixture
def teller() -> Teller:
    return in_force(agreement=agreement())


def duties(teller: Teller, at: str | Instant | None = None, owes: str = "") -> list[Duty]:
    moment = teller.now if at is None else instant(at) if isinstance(at, str) else at
    with teller.fold.standing_at(moment) as state:
        return [each for each in duties_at(state, moment) if owes in each.owes]


def part(teller: Teller, order: Place, quantity: int, on: date, at: str) -> Place:
    lines = (DeliveredLine(1, Decimal(quantity)),)
    delivery = teller.say(
        JPN, DeliveryMake(order, paper(teller, order), on, "Bor", ISSUING, lines), at=at
    )
    came = (ReceivedLine(1, Decimal(quantity), Condition.GOOD),)
    receipt = teller.say(KOR, DeliveryReceipt(delivery, on, RECEIVING, came))
    assert teller.why(receipt) is None
    return receipt


def two_parts(teller: Teller) -> tuple[Place, Place, Place]:
    """Give an order, of which half came in November and half a month later, and both receipts."""
    order = asked(teller)
    accepted(teller, order)
    first = part(teller, order, 5000, date(2016, 11, 23), "2016-11-24")
    return order, first, part(teller, order, 5000, date(2016, 12, 23), "2016-12-24")


@pytest.mark.row("A12", "2345b")
def test_each_receipt_is_a_duty_and_what_is_given_back_settles_the_oldest(teller: Teller) -> None:
    order, first, second = two_parts(teller)
    half = (SettledLine(1, Decimal(6000), None, None),)
    said = settled(teller, order, by=JPN, lines=half)
    states = {each.trigger: each for each in duties(teller, owes="settled")}
    assert states[first].state is DutyState.DONE
    assert (states[first].done_by, states[second].state) == (said, DutyState.OPEN)
    settled(teller, order, by=JPN, lines=(SettledLine(1, Decimal(4000), None, None),))
    assert {each.state for each in duties(teller, owes="settled")} == {DutyState.DONE}


def test_what_the_debtor_alone_says_discharges_nothing(teller: Teller) -> None:
    order = asked(teller)
    accepted(teller, order)
    received(teller, made(teller, order))
    claimed = settled(teller, order)
    assert [each.state for each in duties(teller, owes="settled")] == [DutyState.OPEN]
    settled(teller, order, by=JPN, confirms=claimed)
    assert [each.state for each in duties(teller, owes="settled")] == [DutyState.DONE]


def test_a_receipt_that_comes_late_for_an_early_delivery_takes_nothing_from_a_later_one(
    teller: Teller,
) -> None:
    order = asked(teller)
    accepted(teller, order)
    early = made(teller, order, quantity=4000)
    later = part(teller, order, 6000, date(2016, 12, 23), "2016-12-24")
    settled(teller, order, by=JPN, lines=(SettledLine(1, Decimal(6000), None, None),))
    assert [each.state for each in duties(teller, owes="settled")] == [DutyState.DONE]
    oldest = received(teller, early, quantity=4000)
    assert teller.why(oldest) is None
    states = {each.trigger: each.state for each in duties(teller, owes="settled")}
    assert states == {oldest: DutyState.OPEN, later: DutyState.DONE}


@pytest.mark.row("A14", "U12")
def test_what_is_disputed_is_not_late_until_the_dispute_is_taken_back(teller: Teller) -> None:
    order = asked(teller)
    accepted(teller, order)
    received(teller, made(teller, order))
    said = teller.say(KOR, OrderDispute(order, (1,), stands=True), at="2017-12-01")
    (disputed,) = duties(teller, "2017-12-02", "settled")
    assert (disputed.state, disputed.disputed_by) == (DutyState.DISPUTED, said)
    teller.say(KOR, OrderDispute(order, (), stands=False), at="2017-12-03")
    (late,) = duties(teller, "2017-12-04", "settled")
    assert (late.state, late.disputed_by) == (DutyState.LATE, None)


@pytest.mark.row("A12")
def test_reminders_come_one_after_the_other_by_the_calendar_of_the_file(teller: Teller) -> None:
    order = asked(teller)
    accepted(teller, order)
    received(teller, made(teller, order))
    six, nine = instant("2017-05-22T15:00:00Z"), instant("2017-08-22T15:00:00Z")
    for at, told in ((Instant(six - 1), (six, 0)), (six, (six, 1)), (nine, (nine, 2))):
        (owed,) = duties(teller, at, "settled")
        assert (owed.remind_at, owed.reminded) == told
        with teller.fold.standing_at(at) as state:
            assert bool(urgent_at(state, at, ())) is (told[1] > 0)


def test_a_creditor_may_waive_what_goods_oblige_to(teller: Teller) -> None:
    order = asked(teller)
    accepted(teller, order)
    receipt = received(teller, made(teller, order))
    (owed,) = duties(teller, owes="settled")
    claim = find_claim(teller.state, receipt, owed.id, teller.now)
    assert claim is not None
    assert claim.owed_to == (JPN,)
    assert teller.why(teller.say(JPN, DutyWaive(receipt, owed.id, NOTE))) is None
    assert [each.state for each in duties(teller, owes="settled")] == [DutyState.WAIVED]


@pytest.mark.row("U6")
def test_a_claim_is_billed_and_a_bill_is_paid_by_its_receipts() -> None:
    terms = 'bill_within = "30 days"\npay_within = "60 days"\n'
    teller = in_force(agreement=agreement(terms))
    order = asked(teller, method=Method.CASH)
    accepted(teller, order, method=Method.CASH)
    receipt = received(teller, made(teller, order))
    claim = teller.say(KOR, ClaimNotice(receipt, COLLECTING))
    (billed,) = duties(teller, owes="invoice.issue")
    assert (billed.trigger, billed.owed_by, billed.owed_to) == (claim, JPN, (KOR,))
    named = {each.owes: each.collects for each in duties(teller)}
    assert named["invoice.issue"] == named["delivery.settled"] == COLLECTING
    assert set(named) == {"invoice.issue", "delivery.settled"}
    assert find_claim(teller.state, claim, billed.id, teller.now) is not None
    worth = dict(teller.state.goods_receipts.get(receipt).worth)["JPY"] // 1_000_000  # type: ignore[union-attr]
    total = Money(Decimal(worth), "JPY")
    bill = teller.say(JPN, InvoiceIssue("I-1", order, (receipt,), COLLECTING, total))
    assert teller.why(bill) is None
    (paid,) = duties(teller, owes="invoice.settled")
    assert (paid.trigger, paid.owed_by) == (bill, KOR)
    live = [each for each in duties(teller) if each.live]
    with teller.fold.standing_at(teller.now) as state:
        assert [each for each in duties_at(state, teller.now, ()) if each.live] == live
    amount = (SettledLine(1, None, Decimal(worth), None),)
    settled(teller, order, by=JPN, method=Method.CASH, currency="JPY", lines=amount)
    assert {each.state for each in duties(teller)} == {DutyState.DONE}
    with teller.fold.standing_at(teller.now) as state:
        assert duties_at(state, teller.now, ()) == ()


def test_for_what_is_owed_in_kind_no_bill_is_due() -> None:
    teller = in_force(agreement=agreement('bill_within = "30 days"\n'))
    order = asked(teller)
    accepted(teller, order)
    receipt = received(teller, made(teller, order))
    assert teller.why(teller.say(KOR, ClaimNotice(receipt, COLLECTING))) is None
    assert duties(teller, owes="invoice.issue") == []


def test_of_what_came_damaged_nothing_is_owed(teller: Teller) -> None:
    order = asked(teller)
    accepted(teller, order)
    received(teller, made(teller, order), condition=Condition.DAMAGED)
    assert duties(teller, owes="settled") == []


def lent(teller: Teller, *days: date) -> tuple[Place, Place]:
    """Let lines be lent until these days, and receipted together: the order and the receipt."""
    lines = tuple(
        replace(LINE, line=number, nature=Nature.LOAN, return_by=day)
        for number, day in enumerate(days, start=1)
    )
    order = teller.say(KOR, OrderRequest(HEAD, None, lines))
    prices = tuple(replace(PRICED, line=line.line, method=Method.RETURN) for line in lines)
    said = teller.say(JPN, OrderAccept(order, TAKEN, prices))
    assert teller.why(said) is None
    whole = tuple(DeliveredLine(line.line, Decimal(10000)) for line in lines)
    on = date(2016, 11, 23)
    delivery = teller.say(JPN, DeliveryMake(order, "D", on, "Bor", ISSUING, whole))
    came = tuple(ReceivedLine(line.line, Decimal(10000), Condition.GOOD) for line in lines)
    receipt = teller.say(KOR, DeliveryReceipt(delivery, on, RECEIVING, came))
    assert teller.why(receipt) is None
    return order, receipt


@pytest.mark.row("U7", "2350.4")
def test_u7_a_loan_is_owed_back_by_its_own_day_and_each_day_of_one_receipt_is_a_duty() -> None:
    teller = in_force(agreement=agreement('remind_after = "30 days"\n'))
    order, receipt = lent(teller, date(2017, 3, 31), date(2017, 6, 30), date(2017, 3, 31))
    first, second = duties(teller, owes="loan.return")
    assert {first.trigger, second.trigger} == {receipt}
    assert (first.owed_by, first.owed_to, first.collects) == (KOR, (JPN,), COLLECTING)
    assert first.due == instant("2017-03-31T15:00:00Z")
    assert second.due == instant("2017-06-30T15:00:00Z")
    assert first.id != second.id
    reminded = instant("2016-12-24T15:00:00Z")
    assert (first.remind_at, second.remind_at) == (reminded, reminded)
    late = duties(teller, "2017-03-31T15:00:00Z", owes="loan.return")
    assert [each.state for each in late] == [DutyState.LATE, DutyState.OPEN]
    back = (SettledLine(1, Decimal(10000), None, None),)
    settled(teller, order, by=JPN, method=Method.RETURN, lines=back)
    assert [each.live for each in duties(teller, owes="loan.return")] == [True, True]
    more = (SettledLine(3, Decimal(10000), None, None),)
    last = settled(teller, order, by=JPN, method=Method.RETURN, lines=more)
    done, open_ = duties(teller, owes="loan.return")
    assert (done.id, done.state, done.done_by) == (first.id, DutyState.DONE, last)
    assert (open_.id, open_.state) == (second.id, DutyState.OPEN)
    assert [each.live for each in duties(teller, owes="delivery.settled")] == [True]


@pytest.mark.row("U7")
def test_u7_a_loan_that_turned_into_cash_is_settled_by_the_payment(teller: Teller) -> None:
    order, _ = lent(teller, date(2016, 12, 1))
    teller.say(KOR, OrderDispute(order, (1,), stands=True))
    assert [each.state for each in duties(teller, owes="loan")] == [DutyState.DISPUTED]
    teller.say(KOR, OrderDispute(order, (), stands=False))
    late = duties(teller, "2016-12-02", owes="loan")
    assert [each.state for each in late] == [DutyState.LATE]
    amount = (SettledLine(1, None, Decimal(600_000), None),)
    said = SettlementRecord(
        "S", order, Method.CASH, date(2017, 12, 1), COLLECTING, "JPY", amount, None, None, None
    )
    paid = teller.say(JPN, said, at="2017-12-02")
    assert teller.why(paid) is None
    (done,) = duties(teller, owes="loan")
    assert (done.state, done.done_by) == (DutyState.DONE_LATE, paid)


@pytest.mark.row("U7")
def test_what_is_bought_though_asked_for_as_a_loan_has_no_day_of_return(teller: Teller) -> None:
    order = asked(teller, lines=(replace(LINE, nature=Nature.LOAN, return_by=date(2017, 3, 31)),))
    accepted(teller, order, method=Method.CASH)
    received(teller, made(teller, order))
    assert duties(teller, owes="loan") == []
