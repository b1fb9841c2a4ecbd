# SPDX-License-Identifier: Apache-2.0
"""One payment is recorded by both sides and counts once; a claim is taken back, or refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from comity.agreement.templates import template
from comity.basis.amounts import Quantity
from comity.basis.errors import InputError, StateError
from comity.basis.ids import Place
from comity.decision.deciding import Citation
from comity.decision.stages import Refused
from comity.flows.enclosures import OpenedText
from comity.flows.not_counted import NotCounted
from comity.flows.speak import Entered
from comity.flows.standing import what_waits
from comity.flows.support.balances import read_balance
from comity.flows.support.claims import drop
from comity.flows.support.deliveries import Receipted, Receiving, receive
from comity.flows.support.forms import print_form
from comity.flows.support.settlements import confirm
from comity.flows.support.shapes import read_order
from comity.flows.support.texts import open_goods_text
from comity.sealing.payload import PayloadHeader
from comity.statement.deliveries import Condition, ReceivedLine
from comity.statement.orders import Method, Nature
from comity.statement.settlements import SettledLine
from tests.builders.goods import (
    ACSA,
    BOOKS,
    DEPOT,
    FINANCE,
    FUEL,
    LOGISTICS,
    Trade,
    make_goods,
    officer,
)
from tests.builders.world import JPN, Node, World, run

HALF = {"lines": (SettledLine(1, None, Decimal(950000), None),), "reason": "consumed"}
ONE_LESS = {"lines": (SettledLine(1, None, Decimal(949999), None),), "reason": "consumed"}
ACTING = officer(BOOKS, "Books")
DAY_MS = 86_400_000


@pytest.fixture(scope="session")
def _goods(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    raw = template(ACSA)
    with make_goods(tmp_path_factory.mktemp("claims"), raw=raw) as world:
        yield world


@pytest.fixture
def trade(_goods: World, tmp_path: Path) -> Trade:
    return Trade(_goods.copy(tmp_path / "world"))


def place_of(outcome: object) -> Place:
    assert isinstance(outcome, Entered), outcome
    return outcome.place


def owed(node: Node) -> list[str]:
    value: Any = run(read_balance(node.context, ACSA)).value
    return [row["open"] for row in value["owed"]]


def claimed(node: Node) -> list[Any]:
    value: Any = run(read_balance(node.context, ACSA)).value
    return [row["settlement"] for row in value["claimed"]]


def both_record(trade: Trade) -> tuple[Place, Place, Place]:
    """Let both sides record one payment of half before either has heard of the other."""
    order = trade.received()
    theirs = place_of(trade.settle(trade.asks, order, **HALF))
    ours = place_of(trade.settle(trade.gives, order, **HALF))
    trade.world.settle(1)
    assert owed(trade.asks) == owed(trade.gives) == ["950000"]
    return order, theirs, ours


def confirmed(trade: Trade, place: Place, **changes: Any) -> Entered | Refused:
    return run(confirm(trade.gives.context, ACSA, place, "S-9", ACTING, **changes))


def test_what_both_sides_recorded_counts_once_and_the_record_that_looks_like_it_is_named(
    trade: Trade,
) -> None:
    _, theirs, ours = both_record(trade)
    with pytest.raises(StateError) as alike:
        confirmed(trade, theirs)
    assert alike.value.code == "settlement.looks-alike"
    assert alike.value.where == f"{ACSA}/{ours}"
    assert f"comity settlement refuse {ACSA}/{theirs}" in alike.value.hint
    trade.world.settle(1)
    assert owed(trade.asks) == owed(trade.gives) == ["950000"]


def test_a_second_payment_of_the_same_sum_counts_where_a_person_says_so(trade: Trade) -> None:
    _, theirs, _ = both_record(trade)
    place_of(confirmed(trade, theirs, another=True))
    trade.world.settle(1)
    assert owed(trade.asks) == owed(trade.gives) == []


def test_a_claim_that_differs_in_one_figure_is_held_up_with_both_figures(trade: Trade) -> None:
    order = trade.received()
    theirs = place_of(trade.settle(trade.asks, order, **ONE_LESS))
    ours = place_of(trade.settle(trade.gives, order, **HALF))
    trade.world.settle(1)
    with pytest.raises(StateError) as unlike:
        confirmed(trade, theirs)
    assert (unlike.value.code, unlike.value.where) == ("settlement.looks-alike", f"{ACSA}/{ours}")
    assert "line 1 is 950000 there and 949999 here" in str(unlike.value.found)
    place_of(confirmed(trade, theirs, another=True))
    assert owed(trade.gives) == ["1"]


def test_a_record_that_differs_from_the_others_claim_in_one_figure_is_held_up(
    trade: Trade,
) -> None:
    order = trade.received()
    theirs = place_of(trade.settle(trade.asks, order, **ONE_LESS))
    trade.world.settle(1)
    trade.world.move(3 * DAY_MS)
    with pytest.raises(StateError) as unlike:
        trade.settle(trade.gives, order, **HALF)
    assert unlike.value.where == f"{ACSA}/{theirs}"
    assert "line 1 is 949999 there and 950000 here" in str(unlike.value.found)
    assert f"comity settlement confirm {ACSA}/{theirs}" in unlike.value.hint
    place_of(trade.settle(trade.gives, order, another=True, **HALF))
    assert owed(trade.gives) == ["950000"]


def test_part_payments_of_other_days_are_no_such_thing_once_they_count(trade: Trade) -> None:
    order = trade.received()
    place_of(trade.settle(trade.gives, order, **ONE_LESS))
    trade.world.settle(1)
    trade.world.move(DAY_MS)
    claim = place_of(trade.settle(trade.asks, order, **HALF))
    trade.world.settle(1)
    place_of(confirmed(trade, claim))
    assert owed(trade.gives) == ["1"]


@pytest.mark.parametrize("side", ["asks", "gives"])
def test_what_one_side_types_twice_is_held_up_and_the_first_record_named(
    trade: Trade, side: str
) -> None:
    order, node = trade.received(), getattr(trade, side)
    first = place_of(trade.settle(node, order, **HALF))
    with pytest.raises(StateError) as twice:
        trade.settle(node, order, number="S-2", **HALF)
    assert (twice.value.code, twice.value.where) == ("settlement.looks-alike", f"{ACSA}/{first}")
    place_of(trade.settle(node, order, number="S-2", another=True, **HALF))
    trade.world.move(DAY_MS)
    assert owed(trade.gives) == (["1900000"] if side == "asks" else [])


def test_the_same_sum_of_another_day_or_line_is_not_typed_twice(trade: Trade) -> None:
    order = trade.received(FUEL, structs.replace(FUEL, line=2))
    place_of(trade.settle(trade.gives, order, **HALF))
    second = (SettledLine(2, None, Decimal(950000), None),)
    place_of(trade.settle(trade.gives, order, number="S-2", lines=second, reason="used"))
    trade.world.move(DAY_MS)
    place_of(trade.settle(trade.gives, order, number="S-3", **HALF))
    assert owed(trade.gives) == ["950000"]


def test_records_that_differ_in_two_lines_are_not_of_one_payment(trade: Trade) -> None:
    order = trade.received(FUEL, structs.replace(FUEL, line=2))
    claims = tuple(SettledLine(n, None, Decimal(100), None) for n in (1, 2))
    place_of(trade.settle(trade.asks, order, lines=claims, reason="used"))
    trade.world.settle(1)
    records = tuple(SettledLine(n, None, Decimal(99), None) for n in (1, 2))
    place_of(trade.settle(trade.gives, order, lines=records, reason="used"))
    one_less = (claims[0], SettledLine(2, None, Decimal(99), None))
    with pytest.raises(StateError) as unlike:
        trade.settle(trade.gives, order, lines=one_less, reason="used")
    assert "line 2 is 100 there and 99 here" in str(unlike.value.found)


def test_what_the_debtor_claims_is_confirmed_and_not_recorded_beside_it(trade: Trade) -> None:
    order = trade.received()
    theirs = place_of(trade.settle(trade.asks, order, **HALF))
    trade.world.settle(1)
    with pytest.raises(StateError) as alike:
        trade.settle(trade.gives, order, **HALF)
    assert f"comity settlement confirm {ACSA}/{theirs}" in alike.value.hint
    place_of(confirmed(trade, theirs))
    trade.world.settle(1)
    # Confirmed, it is done: the other half is another payment, and of the same day it is asked.
    with pytest.raises(StateError) as twice:
        trade.settle(trade.gives, order, number="S-3", **HALF)
    assert "counts already" in twice.value.hint
    place_of(trade.settle(trade.gives, order, number="S-3", another=True, **HALF))
    assert owed(trade.gives) == []


def test_a_debtor_hears_that_what_it_claims_counts_already(trade: Trade) -> None:
    order = trade.received()
    place_of(trade.settle(trade.gives, order, **HALF))
    trade.world.settle(1)
    with pytest.raises(StateError) as alike:
        trade.settle(trade.asks, order, **HALF)
    assert alike.value.code == "settlement.looks-alike"
    assert "counts already" in alike.value.hint
    second = place_of(trade.settle(trade.asks, order, another=True, **HALF))
    trade.world.settle(1)
    assert claimed(trade.gives) == [str(second)]


def test_an_offset_that_both_said_at_once_counts_once(trade: Trade) -> None:
    back = Trade(trade.world, requester=JPN)
    order = trade.received()
    other = back.received(number="J-1", terms={"price": Decimal(95)})
    offset = {"method": Method.OFFSET, "against": other, "lines": HALF["lines"]}
    theirs = place_of(trade.settle(trade.asks, order, **offset))
    ours = place_of(trade.settle(trade.gives, order, **offset))
    trade.world.settle(1)
    assert owed(trade.gives) == ["1900000", "1900000"]
    place_of(confirmed(trade, theirs))
    trade.world.settle(1)
    with pytest.raises(StateError) as alike:
        run(confirm(trade.asks.context, ACSA, ours, "S-8", officer(BOOKS)))
    assert alike.value.code == "settlement.looks-alike"
    assert owed(trade.asks) == owed(trade.gives) == ["950000", "950000"]


def test_a_debtor_takes_its_claim_back_and_nothing_of_it_counts(trade: Trade) -> None:
    order = trade.received()
    theirs = place_of(trade.settle(trade.asks, order, **HALF))
    trade.world.settle(1)
    acting = officer(FINANCE, "Finance")
    place_of(run(drop(trade.asks.context, ACSA, theirs, acting, own=True)))
    trade.world.settle(1)
    assert claimed(trade.asks) == claimed(trade.gives) == []
    with pytest.raises(NotCounted) as gone:
        confirmed(trade, theirs)
    assert gone.value.code == "settlement.already-dropped"
    with pytest.raises(NotCounted) as again:
        run(drop(trade.asks.context, ACSA, theirs, acting, own=True))
    assert again.value.code == "settlement.already-dropped"
    assert owed(trade.gives) == ["1900000"]
    assert trade.world.equal()


def test_a_creditor_refuses_a_claim_with_the_reason_sealed_and_it_waits_no_more(
    trade: Trade,
) -> None:
    _, theirs, _ = both_record(trade)
    why = (PayloadHeader("Refusal", "text/plain"), [b"paid once"])
    refused = place_of(run(drop(trade.gives.context, ACSA, theirs, ACTING, text=why, own=False)))
    trade.world.settle()
    opened = run(open_goods_text(trade.asks.context, ACSA, refused, FINANCE))
    assert isinstance(opened, OpenedText)
    assert b"".join(opened.content) == b"paid once"
    waits = {each.what for node in (trade.asks, trade.gives) for each in _waiting(node)}
    assert "settlement.confirm" not in waits
    assert owed(trade.asks) == owed(trade.gives) == ["950000"]
    assert trade.world.equal()


def _waiting(node: Node) -> list[Any]:
    return [*run(what_waits(node.context))]


def test_a_creditor_takes_back_what_counts_by_its_word_alone_and_it_is_owed_again(
    trade: Trade,
) -> None:
    _, theirs, ours = both_record(trade)
    place_of(run(drop(trade.gives.context, ACSA, ours, ACTING, own=True)))
    trade.world.settle(1)
    assert owed(trade.asks) == owed(trade.gives) == ["1900000"]
    place_of(confirmed(trade, theirs))
    trade.world.settle(1)
    assert owed(trade.asks) == owed(trade.gives) == ["950000"]
    with pytest.raises(NotCounted) as by_both:
        run(drop(trade.asks.context, ACSA, theirs, officer(FINANCE, "F"), own=True))
    assert by_both.value.code == "settlement.by-both"
    assert trade.world.equal()


def test_who_handed_over_takes_nothing_back_and_each_side_drops_in_its_own_way(
    trade: Trade,
) -> None:
    _, theirs, ours = both_record(trade)
    order = trade.received_in_kind(number="O-2")
    back = {"method": Method.REPLACEMENT_IN_KIND, "acting": ACTING}
    replaced = place_of(trade.settle(trade.gives, order, number="S-7", **back))
    refused = run(drop(trade.gives.context, ACSA, replaced, officer(LOGISTICS), own=True))
    assert isinstance(refused, Refused)
    assert [each.clause for each in refused.findings if isinstance(each, Citation)] == [
        "settlement"
    ]
    # What counts is refused by nobody.
    with pytest.raises(NotCounted) as counts:
        run(drop(trade.asks.context, ACSA, ours, officer(FINANCE, "F"), own=False))
    assert counts.value.code == "settlement.already-counted"
    for node, place, own in ((trade.gives, theirs, True), (trade.asks, theirs, False)):
        with pytest.raises(StateError) as whose:
            run(drop(node.context, ACSA, place, ACTING, own=own))
        assert whose.value.code == "settlement.whose"
    nobody = run(drop(trade.gives.context, ACSA, theirs, officer(LOGISTICS), own=False))
    assert isinstance(nobody, Refused)
    with pytest.raises(StateError) as unknown:
        run(drop(trade.gives.context, ACSA, Place(JPN, 99), ACTING, own=False))
    assert unknown.value.code == "settlement.unknown"


def test_a_creditor_that_confirms_before_it_hears_of_the_withdrawal_is_not_undone(
    trade: Trade,
) -> None:
    """Both nodes find one outcome: what was said first holds."""
    order = trade.received()
    theirs = place_of(trade.settle(trade.asks, order, **HALF))
    trade.world.settle(1)
    place_of(confirmed(trade, theirs))
    trade.world.move(1000)
    place_of(run(drop(trade.asks.context, ACSA, theirs, officer(FINANCE, "F"), own=True)))
    trade.world.settle()
    assert owed(trade.asks) == owed(trade.gives) == ["950000"]
    assert trade.world.equal()


@pytest.mark.row("U7")
def test_u7_a_loan_comes_back_damaged_in_part_and_the_lender_accepts_it_or_does_not(
    trade: Trade,
) -> None:
    loan = structs.replace(
        FUEL,
        category="communications",
        nature=Nature.LOAN,
        description="Radio",
        quantity=Quantity(Decimal(4), "EA"),
        return_by=date(2018, 9, 30),
    )
    order = trade.received(loan, terms={"method": Method.RETURN, "price": Decimal(90000)})
    broken = (SettledLine(1, Decimal(4), None, None, Decimal(1)),)
    back = {"method": Method.RETURN, "lines": broken, "acting": officer(BOOKS, "Ship")}
    with pytest.raises(InputError) as more:
        trade.settle(trade.asks, order, **{**back, "lines": (_radios(4, 5),)})
    assert more.value.code == "statement.damaged"
    theirs = place_of(trade.settle(trade.asks, order, **back))
    trade.world.settle(1)
    (row,) = run(read_order(trade.gives.context, ACSA, order))["settlements"]
    assert row["lines"][0]["damaged"] == "1"
    place_of(run(drop(trade.gives.context, ACSA, theirs, ACTING, own=False)))
    trade.world.settle(1)
    assert owed(trade.asks) == owed(trade.gives) == ["4"]
    whole = {**back, "lines": (_radios(3),), "number": "S-2"}
    place_of(confirmed(trade, _heard(trade, whole, order)))
    assert owed(trade.gives) == ["1"]


def _radios(count: int, damaged: int | None = None) -> SettledLine:
    of_it = None if damaged is None else Decimal(damaged)
    return SettledLine(1, Decimal(count), None, None, of_it)


def _heard(trade: Trade, said: dict[str, Any], order: Place) -> Place:
    place = place_of(trade.settle(trade.asks, order, **said))
    trade.world.settle(1)
    return place


def test_a_receipt_that_said_too_little_is_corrected_and_makes_a_claim_of_its_own(
    trade: Trade,
) -> None:
    order, delivery = trade.handed_over()
    half = (ReceivedLine(1, Decimal(10000), Condition.GOOD),)
    trade.receive(delivery, lines=half)
    with pytest.raises(StateError) as before:
        trade.receive(delivery, lines=half)
    assert before.value.code == "delivery.receipted-before"
    with pytest.raises(NotCounted) as whole:
        trade.receive(delivery)
    assert whole.value.code == "delivery.already-receipted"
    trade.world.settle(1)
    assert owed(trade.asks) == owed(trade.gives) == ["950000"]
    more = trade.receive(delivery, further=True)
    assert isinstance(more, Receipted)
    assert more.claim is not None
    trade.world.settle(1)
    assert owed(trade.asks) == owed(trade.gives) == ["1900000"]
    (row,) = run(read_order(trade.gives.context, ACSA, order))["deliveries"]
    assert [each["claim"] for each in row["further"]] == [str(more.claim.place)]
    form = run(print_form(trade.gives.context, ACSA, order, shape="acsa", language="en"))
    assert str(more.receipt.place) in str(form)
    assert trade.world.equal()


def test_a_further_receipt_that_is_typed_twice_is_held_up_until_somebody_says_it_is_another(
    trade: Trade,
) -> None:
    _, delivery = trade.handed_over()
    trade.receive(delivery, lines=(ReceivedLine(1, Decimal(10000), Condition.GOOD),))
    load = {"lines": (ReceivedLine(1, Decimal(3000), Condition.GOOD),), "further": True}
    first = trade.receive(delivery, **load)
    assert isinstance(first, Receipted)
    with pytest.raises(StateError) as alike:
        trade.receive(delivery, **load)
    assert (alike.value.code, alike.value.where) == (
        *("delivery.looks-alike",),
        f"{ACSA}/{first.receipt.place}",
    )
    assert "--another" in alike.value.hint
    broken = (ReceivedLine(1, Decimal(3000), Condition.DAMAGED),)
    assert isinstance(trade.receive(delivery, lines=broken, further=True), Receipted)
    trade.world.settle(1)
    assert owed(trade.asks) == owed(trade.gives) == ["1235000"]
    assert isinstance(trade.receive(delivery, another=True, **load), Receipted)
    trade.world.settle(1)
    assert owed(trade.asks) == owed(trade.gives) == ["1520000"]
    assert trade.world.equal()


def test_of_two_persons_who_receipt_half_of_one_delivery_at_once_one_is_held_up(
    trade: Trade,
) -> None:
    _, delivery = trade.handed_over()
    half = Receiving(
        delivery, officer(DEPOT, "Ship"), (ReceivedLine(1, Decimal(10000), Condition.GOOD),)
    )

    async def both() -> list[Receipted | Refused | BaseException]:
        context = trade.asks.context
        return await asyncio.gather(
            *(receive(context, ACSA, half) for _ in range(2)), return_exceptions=True
        )

    one, other = sorted(run(both()), key=lambda each: isinstance(each, StateError))
    assert isinstance(one, Receipted)
    assert isinstance(other, StateError)
    assert other.code == "delivery.receipted-before"
    assert owed(trade.asks) == ["950000"]


def test_what_came_damaged_is_handed_over_again_on_its_line(trade: Trade) -> None:
    order, delivery = trade.handed_over()
    trade.receive(delivery, lines=(ReceivedLine(1, Decimal(20000), Condition.DAMAGED),))
    trade.world.settle(1)
    assert owed(trade.gives) == []
    again = place_of(trade.deliver(order, number="D-2"))
    trade.world.settle(1)
    assert isinstance(trade.receive(again), Receipted)
    trade.world.settle(1)
    assert owed(trade.asks) == owed(trade.gives) == ["1900000"]
    value: Any = run(read_balance(trade.gives.context, ACSA)).value
    assert value["unmatched"] == []
    assert trade.world.equal()
