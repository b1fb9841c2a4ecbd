# SPDX-License-Identifier: Apache-2.0
"""Orders from the first question to a balance that both sides agreed, said by their offices."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from comity.basis.errors import InputError, StateError
from comity.basis.ids import Place
from comity.basis.instants import Date
from comity.decision.stages import Refused
from comity.flows.enclosures import OpenedText
from comity.flows.not_counted import NotCounted
from comity.flows.speak import Entered
from comity.flows.standing import what_waits
from comity.flows.support.balances import agree_balance, read_balance, state_balance
from comity.flows.support.deliveries import Receipted, Receiving, receive
from comity.flows.support.forms import print_form
from comity.flows.support.orders import (
    Asking,
    accept_order,
    ask_order,
    asked_order,
    cancel_order,
    decline_order,
    dispute_order,
)
from comity.flows.support.settlements import bill, confirm
from comity.flows.support.texts import open_goods_text
from comity.ports import Change, Committed
from comity.sealing.payload import PayloadHeader
from comity.statement.deliveries import Condition, DeliveredLine, ReceivedLine
from comity.statement.orders import Method, OrderDispute
from comity.statement.settlements import LineRef, SettledLine
from tests.articles.outcomes import articles
from tests.builders.goods import (
    A_DAY_MS,
    ACSA,
    BOOKS,
    DAY,
    DEPOT,
    FINANCE,
    FUEL,
    LIFT,
    LOGISTICS,
    Trade,
    head,
    make_goods,
    officer,
    priced,
)
from tests.builders.world import JPN, OFFICER, READER, USA, Node, World, run

BOUGHT = {"method": Method.CASH}
REPLACED = {"method": Method.REPLACEMENT_IN_KIND}
OWED = [
    {
        "by": "USA",
        "to": "JPN",
        "in": "cash",
        "category": None,
        "unit": None,
        "currency": "JPY",
        "open": "1900000",
        "late": "0",
    }
]


@pytest.fixture(scope="session")
def _goods(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_goods(tmp_path_factory.mktemp("goods")) as world:
        yield world


@pytest.fixture
def trade(_goods: World, tmp_path: Path) -> Trade:
    return Trade(_goods.copy(tmp_path / "world"))


def place_of(outcome: object) -> Place:
    assert isinstance(outcome, Entered), outcome
    return outcome.place


def owed(node: Node) -> list[Any]:
    value: Any = run(read_balance(node.context, ACSA)).value
    return value["owed"]


def test_an_order_goes_from_the_question_to_the_payment_and_both_nodes_say_the_same(
    trade: Trade,
) -> None:
    world = trade.world
    order = trade.received()
    assert owed(trade.asks) == owed(trade.gives) == OWED
    billing = officer(FINANCE, "Finance")
    place_of(run(bill(trade.gives.context, ACSA, order, "I-1", billing)))
    assert trade.gives.said("invoice.issue")[0]["total"] == "1900000"
    world.settle(1)
    paid = place_of(trade.settle(trade.asks, order, reason="consumed"))
    world.settle(1)
    assert owed(trade.asks) == OWED  # the debtor alone has said it
    place_of(run(confirm(trade.gives.context, ACSA, paid, "S-9", officer(BOOKS, "Books"))))
    world.settle(1)
    assert owed(trade.asks) == owed(trade.gives) == []
    assert world.equal()


def test_what_allowed_an_order_is_cited_and_journalled(trade: Trade) -> None:
    entered = trade.ask()
    assert not isinstance(entered, Refused)
    assert set(entered[0].articles) >= {"I(1)", "I(2)"}
    assert trade.asks.acts()[-1] == ("order.request", "done")
    assert trade.asks.journal()[-1]["by"] == LOGISTICS


@pytest.mark.parametrize(
    ("changes", "cited"),
    [
        ({"activity": "war"}, {"I(2)"}),
        ({"charter": False}, {"I(4)"}),
        ({"authority": None}, {"I(5)"}),
    ],
)
def test_what_the_file_refuses_is_cited_journalled_and_not_said(
    trade: Trade, changes: dict[str, Any], cited: set[str]
) -> None:
    refused = trade.ask(**changes)
    assert isinstance(refused, Refused)
    assert refused.decision is not None
    assert {each.article for each in refused.decision.articles} == cited
    assert trade.asks.acts()[-1] == ("order", "refused")
    assert trade.asks.said("order.request") == []


def test_weapons_are_never_asked_for(trade: Trade) -> None:
    refused = trade.ask(structs.replace(FUEL, category="weapon"))
    assert isinstance(refused, Refused)
    assert "II(3)" in articles(refused)


@pytest.mark.row("A6")
def test_offices_do_their_own_part_and_no_other(trade: Trade) -> None:
    for person in (OFFICER, READER, FINANCE):
        refused = trade.ask(ordering=officer(person))
        assert isinstance(refused, Refused)
        assert trade.asks.acts()[-1] == ("order.request", "refused")
    order, delivery = trade.handed_over()
    assert isinstance(trade.receive(delivery, receiving=officer(FINANCE)), Refused)
    assert isinstance(trade.receive(delivery), Receipted)
    trade.world.settle(1)
    pays = trade.settle(trade.asks, order, acting=officer(LOGISTICS), reason="consumed")
    assert isinstance(pays, Refused)
    billing = officer(DEPOT)
    assert isinstance(run(bill(trade.gives.context, ACSA, order, "I-1", billing)), Refused)


@pytest.mark.row("2342f")
def test_2342_f_who_asked_for_goods_does_not_receive_them(trade: Trade) -> None:
    _, delivery = trade.handed_over()
    assert articles(trade.receive(delivery, receiving=officer(LOGISTICS))) == {"X"}  # type: ignore[arg-type]  # a refusal
    assert isinstance(trade.receive(delivery), Receipted)


@pytest.mark.row("A12")
def test_a_receipt_makes_the_claim_in_the_same_commit_and_names_who_collects(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, delivery = trade.handed_over()
    store, commits = trade.asks.ports.store, list[int]()
    commit = store.commit

    async def counted(change: Change) -> Committed:
        commits.append(sum(len(each.entries) for each in change.entries))
        return await commit(change)

    monkeypatch.setattr(store, "commit", counted)
    came = trade.receive(delivery)
    assert isinstance(came, Receipted)
    assert came.claim is not None
    assert [each for each in commits if each] == [2]
    (claim,) = trade.asks.said("claim.notice")
    assert claim["receipt"] == str(came.receipt.place)
    assert claim["collector"] == {"person": FINANCE, "office": "Finance"}
    trade.world.settle(1)
    assert trade.world.equal()


def test_nothing_is_claimed_of_what_did_not_come_or_came_damaged(trade: Trade) -> None:
    _, delivery = trade.handed_over()
    lines = (ReceivedLine(1, Decimal(20000), Condition.DAMAGED),)
    came = trade.receive(delivery, lines=lines)
    assert isinstance(came, Receipted)
    assert came.claim is None
    assert trade.asks.said("claim.notice") == []
    assert owed(trade.asks) == []


def test_a_receipt_that_is_refused_makes_no_claim(trade: Trade) -> None:
    _, delivery = trade.handed_over()
    lines = (ReceivedLine(1, Decimal(20001), Condition.GOOD),)
    with pytest.raises(NotCounted) as beyond:
        trade.receive(delivery, lines=lines)
    assert beyond.value.code == "delivery.beyond-delivery"
    assert trade.asks.said("claim.notice") == trade.asks.said("delivery.receipt") == []
    assert isinstance(trade.receive(delivery), Receipted)
    with pytest.raises(NotCounted) as again:
        trade.receive(delivery)
    assert again.value.code == "delivery.already-receipted"


def test_an_order_is_handed_over_in_parts_and_never_beyond_what_was_accepted(trade: Trade) -> None:
    order = trade.ordered()
    first = trade.deliver(order, lines=(DeliveredLine(1, Decimal(5000)),))
    trade.world.settle(1)
    with pytest.raises(NotCounted) as beyond:
        trade.deliver(order, number="D-2", lines=(DeliveredLine(1, Decimal(15001)),))
    assert beyond.value.code == "delivery.beyond-acceptance"
    rest = trade.deliver(order, number="D-3")
    assert trade.gives.said("delivery.make")[1]["lines"] == [{"line": 1, "quantity": "15000"}]
    with pytest.raises(StateError) as nothing:
        trade.deliver(order, number="D-4")
    assert nothing.value.code == "delivery.nothing-open"
    trade.world.settle(1)
    for each in (first, rest):
        assert isinstance(trade.receive(place_of(each)), Receipted)
    assert owed(trade.asks) == OWED


def test_many_lines_go_in_further_statements_of_one_commit(trade: Trade) -> None:
    lines = tuple(structs.replace(FUEL, line=number) for number in range(1, 301))
    entered = trade.ask(*lines)
    assert not isinstance(entered, Refused)
    assert len(entered) == 3
    first = entered[0].place
    assert [each.place.index - first.index for each in entered] == [0, 1, 2]
    trade.world.settle(1)
    _, asked = run(asked_order(trade.gives.context, ACSA, first))
    assert asked == lines
    assert trade.world.equal()


def test_an_order_without_lines_is_no_order(trade: Trade) -> None:
    with pytest.raises(InputError) as refused:
        run(ask_order(trade.asks.context, ACSA, Asking(head(), ())))
    assert refused.value.code == "order.no-lines"


def test_a16_an_order_is_declined_without_a_reason_and_cancelled_by_either(trade: Trade) -> None:
    order, other = trade.ordered(), trade.ordered(number="O-2")
    with pytest.raises(NotCounted):
        run(decline_order(trade.gives.context, ACSA, order, (), LOGISTICS))
    asked = trade.ask(number="O-3")
    assert not isinstance(asked, Refused)
    trade.world.settle(1)
    third = asked[0].place
    with pytest.raises(NotCounted) as wrong:
        run(decline_order(trade.asks.context, ACSA, third, (), LOGISTICS))
    assert wrong.value.code == "order.not-the-provider"
    place_of(run(decline_order(trade.gives.context, ACSA, third, (), LOGISTICS)))
    place_of(run(cancel_order(trade.gives.context, ACSA, order, (), LOGISTICS)))
    place_of(run(cancel_order(trade.asks.context, ACSA, other, (1,), LOGISTICS)))
    with pytest.raises(NotCounted):
        run(cancel_order(trade.asks.context, ACSA, other, (), LOGISTICS))
    trade.world.settle(1)
    assert trade.world.equal()


def test_prices_stand_once_accepted(trade: Trade) -> None:
    order = trade.ordered()
    again = accept_order(
        trade.gives.context, ACSA, order, None, (priced(price=Decimal(99)),), person=LOGISTICS
    )
    with pytest.raises(NotCounted):
        run(again)
    headless = trade.ask(number="O-2")
    assert not isinstance(headless, Refused)
    trade.world.settle(1)
    place = headless[0].place
    node = trade.gives
    with pytest.raises(StateError) as lacks:
        run(accept_order(node.context, ACSA, place, None, (priced(),), person=LOGISTICS))
    assert lacks.value.code == "order.acceptance-head"


def test_4_4_what_is_replaced_has_a_day_and_what_is_paid_a_fund(trade: Trade) -> None:
    asked = trade.ask(fund=None)
    assert not isinstance(asked, Refused)
    trade.world.settle(1)
    order = asked[0].place
    assert articles(trade.accept(order)) == {"X"}
    replaced = priced(method=Method.REPLACEMENT_IN_KIND)
    assert articles(trade.accept(order, replaced)) == {"X"}
    place_of(trade.accept(order, replaced, replace_by=Date(2019, 3, 1)))


def test_what_is_owed_in_kind_is_replaced_and_beyond_it_nothing(trade: Trade) -> None:
    order = trade.received_in_kind()
    place_of(
        trade.settle(
            trade.gives,
            order,
            method=Method.REPLACEMENT_IN_KIND,
            lines=(SettledLine(1, Decimal(12000), None, None),),
        )
    )
    trade.world.settle(1)
    with pytest.raises(NotCounted) as beyond:
        trade.settle(
            trade.gives,
            order,
            method=Method.REPLACEMENT_IN_KIND,
            lines=(SettledLine(1, Decimal(8001), None, None),),
        )
    assert beyond.value.code == "settlement.beyond-debt"
    place_of(trade.settle(trade.gives, order, number="S-2", method=Method.REPLACEMENT_IN_KIND))
    assert owed(trade.gives) == []
    with pytest.raises(StateError) as nothing:
        trade.settle(trade.gives, order, method=Method.REPLACEMENT_IN_KIND)
    assert nothing.value.code == "settlement.nothing-owed"


@pytest.mark.row("A9")
def test_a9_a_debt_in_kind_is_met_in_cash_with_a_reason_at_the_price_accepted(
    trade: Trade,
) -> None:
    order = trade.received_in_kind()
    lines = (SettledLine(1, Decimal(20000), None, None),)
    refused = trade.settle(trade.gives, order, lines=lines)
    assert articles(refused) == {"VII"}
    paid = trade.settle(trade.gives, order, lines=lines, reason="none of that grade")
    assert isinstance(paid, Entered)
    (said,) = trade.gives.said("settlement.record")
    assert (said["currency"], said["lines"][0]["amount"]) == ("JPY", "1900000")
    assert owed(trade.gives) == []


@pytest.mark.row("A10", "U3")
def test_services_are_answered_by_services_of_equal_value(trade: Trade) -> None:
    terms = {"price": Decimal(400000), "method": Method.EQUAL_VALUE}
    usual = trade.ask(LIFT, method=Method.EQUAL_VALUE)
    assert not isinstance(usual, Refused)
    trade.world.settle(1)
    order = usual[0].place
    place_of(trade.accept(order, priced(LIFT, **terms), replace_by=Date(2019, 3, 1)))
    made = place_of(trade.deliver(order))
    trade.world.settle(1)
    assert isinstance(trade.receive(made), Receipted)
    trade.world.settle(1)
    with pytest.raises(StateError):
        trade.settle(trade.gives, order)
    place_of(trade.settle(trade.gives, order, method=Method.EQUAL_VALUE))
    assert owed(trade.gives) == []


def test_an_offset_names_the_order_that_it_takes_from_in_one_currency(trade: Trade) -> None:
    order = trade.received()
    back = Trade(trade.world, requester=JPN)
    other = back.received(number="O-9", terms={"price": Decimal("0.5"), "currency": "USD"})
    with pytest.raises(InputError) as nothing:
        trade.settle(trade.gives, order, method=Method.OFFSET)
    assert nothing.value.code == "settlement.no-other-order"
    with pytest.raises(NotCounted) as other_currency:
        trade.settle(trade.gives, order, method=Method.OFFSET, against=other)
    assert other_currency.value.code == "settlement.beyond-debt"


def test_a_dispute_is_said_with_a_sealed_reason_and_taken_back(trade: Trade) -> None:
    order = trade.received()
    why = (PayloadHeader("Dispute", "text/plain"), [b"water in the fuel"])
    body = OrderDispute(order, (1,), stands=True)
    said = run(dispute_order(trade.asks.context, ACSA, body, person=FINANCE, text=why))
    trade.world.settle()
    opened = run(open_goods_text(trade.gives.context, ACSA, place_of(said), BOOKS))
    assert isinstance(opened, OpenedText)
    assert b"".join(opened.content) == b"water in the fuel"
    assert isinstance(
        run(open_goods_text(trade.gives.context, ACSA, place_of(said), READER)), Refused
    )
    (line,) = run(read_balance(trade.gives.context, ACSA, with_lines=True)).lines
    assert line["disputed"] is True
    for node, name in ((trade.gives, "disputed by USA, lines 1, USA/"), (trade.asks, "USA")):
        (row,) = [each for each in run(what_waits(node.context)) if each.what == "order.disputed"]
        assert (row.by, row.first, row.count) == (JPN, order, 1)
        assert name in run(print_form(node.context, ACSA, order, "acsa")).text
    whole = OrderDispute(order, (), stands=True)
    place_of(run(dispute_order(trade.asks.context, ACSA, whole, person=FINANCE)))
    assert "disputed by USA, USA/" in run(print_form(trade.asks.context, ACSA, order, "three")).text
    back = OrderDispute(order, (), stands=False)
    place_of(run(dispute_order(trade.asks.context, ACSA, back, person=FINANCE)))
    with pytest.raises(NotCounted):
        run(dispute_order(trade.asks.context, ACSA, back, person=FINANCE))


def test_a_balance_is_stated_and_agreed_or_the_lines_that_differ_are_named(trade: Trade) -> None:
    order = trade.received()
    with pytest.raises(NotCounted) as early:
        run(state_balance(trade.gives.context, ACSA, DAY, FINANCE))
    assert early.value.code == "balance.dated-later"
    trade.world.move(A_DAY_MS)
    stated = place_of(run(state_balance(trade.gives.context, ACSA, DAY, FINANCE)))
    (said,) = trade.gives.said("balance.state")
    assert said["rows"] == [{"by": "USA", "to": "JPN", "currency": "JPY", "amount": "1900000"}]
    trade.world.settle(1)
    ours = run(read_balance(trade.asks.context, ACSA, DAY))
    assert said["sha256"] == ours.sha256
    differs = (LineRef(order, 1),)
    named = run(agree_balance(trade.asks.context, ACSA, stated, BOOKS, differs=differs))
    place_of(named)
    with pytest.raises(NotCounted) as again:
        run(agree_balance(trade.asks.context, ACSA, stated, BOOKS))
    assert again.value.code == "balance.already-answered"
    with pytest.raises(NotCounted):
        run(agree_balance(trade.gives.context, ACSA, stated, BOOKS))


def test_a_balance_that_is_not_ours_is_not_agreed(trade: Trade) -> None:
    """Tokyo states a balance before it heard that the goods came."""
    order, delivery = trade.handed_over()
    came = trade.receive(delivery)
    assert isinstance(came, Receipted)
    trade.world.move(A_DAY_MS)
    stated = place_of(run(state_balance(trade.gives.context, ACSA, DAY, FINANCE)))
    trade.world.carry(JPN, USA)
    with pytest.raises(StateError) as differs:
        run(agree_balance(trade.asks.context, ACSA, stated, BOOKS))
    assert differs.value.code == "balance.differs"
    named = agree_balance(
        trade.asks.context, ACSA, stated, BOOKS, differs=(LineRef(order, 1), LineRef(order, 1))
    )
    place_of(run(named))
    assert trade.asks.said("balance.agree")[0]["differs"] == [{"order": str(order), "line": 1}]


def test_what_nobody_said_is_not_found(trade: Trade) -> None:
    nowhere, acting = Place(USA, 99), officer(FINANCE)
    context = trade.gives.context
    calls = {
        "order": lambda: cancel_order(context, ACSA, nowhere, (), LOGISTICS),
        "delivery": lambda: receive(context, ACSA, Receiving(nowhere, officer(DEPOT))),
        "settlement": lambda: confirm(context, ACSA, nowhere, "S-1", acting),
        "balance": lambda: agree_balance(context, ACSA, nowhere, FINANCE),
    }
    for what, call in calls.items():
        with pytest.raises(StateError) as unknown:
            run(call())
        assert unknown.value.code == f"{what}.unknown"


def test_an_order_waits_for_its_provider_and_a_claim_for_its_creditor(trade: Trade) -> None:
    """Whoever is asked sees it among what waits, until it is answered; nobody else does."""
    asked = trade.ask()
    assert not isinstance(asked, Refused)
    trade.world.settle(1)

    def waits(what: str) -> set[tuple[str, str]]:
        nodes = (trade.asks, trade.gives)
        found = [each for node in nodes for each in run(what_waits(node.context))]
        return {(each.by, str(each.first)) for each in found if each.what == what}

    order = asked[0].place
    assert waits("order.accept") == {(JPN, str(order))}
    place_of(trade.accept(order))
    trade.world.settle(1)
    assert waits("order.accept") == set()
    made = place_of(trade.deliver(order))
    trade.world.settle(1)
    assert waits("delivery.receipt") == {(USA, str(made))}
    assert waits("invoice.issue") == set()
    came = trade.receive(made)
    assert isinstance(came, Receipted)
    trade.world.settle(1)
    assert waits("delivery.receipt") == set()
    assert came.claim is not None
    assert waits("invoice.issue") == {(JPN, str(came.claim.place))}
    place_of(run(bill(trade.gives.context, ACSA, order, "I-1", officer(FINANCE, "Finance"))))
    trade.world.settle(1)
    assert waits("invoice.issue") == set()
    paid = place_of(trade.settle(trade.asks, order, reason="consumed"))
    trade.world.settle(1)
    assert waits("settlement.confirm") == {(JPN, str(paid))}
    place_of(run(confirm(trade.gives.context, ACSA, paid, "S-2", officer(BOOKS))))
    trade.world.settle(1)
    assert waits("settlement.confirm") == set()


def test_no_bill_waits_for_what_is_to_come_back_in_kind(
    trade: Trade,
) -> None:
    trade.received_in_kind()
    found = [each.what for each in run(what_waits(trade.gives.context))]
    assert "invoice.issue" not in found
    assert "delivery.receipt" not in found
