# SPDX-License-Identifier: Apache-2.0
"""Laws of balances over long histories: right to the last digit, zero in all, in any order."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from msgspec import structs

from comity.basis.instants import Instant
from comity.state.fold import Fold
from comity.state.goods_balance import balance_json, is_late, open_lines
from comity.state.goods_tallies import sums_at
from comity.state.queries_goods import book_of, today_of
from comity.state.state import State
from comity.statement.deliveries import DeliveryReceipt
from comity.support.accounts import Arrival, LineAccount
from comity.support.matching import FIGURES, BookLine, differences
from tests.builders.dealings import Dealings
from tests.builders.plain_books import Owing

STEPS = 10_000
DAY_MS = 86_400_000


@cache
def years() -> Dealings:
    """Give a history of more than ten thousand steps, followed by the plain books all along."""
    dealings, looked = Dealings(seed=2_345), 0
    while dealings.said < STEPS:
        dealings.step()
        if dealings.said > looked + 500:
            looked = dealings.said
            state, now = dealings.teller.state, dealings.teller.now
            assert owed(state, now) == dealings.owing(dealings.today), looked
    return dealings


def owed(state: State, at: Instant) -> Owing:
    rows: Any = balance_json(state, at)["owed"]
    return {
        (
            row["by"], row["to"], row["in"], row["category"] or "", row["unit"] or row["currency"]
        ): Fraction(row["open"])
        for row in rows
    }  # fmt: skip


def test_the_plain_books_are_a_fair_trial() -> None:
    """Enough of it counts, and all that may be wrong with a figure was tried."""
    dealings = years()
    assert dealings.counted > STEPS // 2
    assert dealings.offsets > 20
    assert dealings.taken_back > 50
    assert dealings.made_good > 5
    assert dealings.corrected > 20
    assert {
        *("order.not-permitted", "order.accepted-beyond", "delivery.beyond-acceptance"),
        *("delivery.beyond-delivery", "invoice.other-total", "invoice.already-issued"),
        *("settlement.beyond-debt", "settlement.other-method"),
        *("settlement.figures", "order.nothing-open", "order.already-disputed"),
        *("order.not-disputed", "settlement.by-both", "settlement.billed-since"),
    } <= dealings.refused.keys()
    kinds = {key[2] for key in dealings.owing(dealings.today)}
    assert kinds == {"kind", "cash", "equal_value"}


def test_balances_are_those_of_the_plain_books_on_any_day() -> None:
    dealings = years()
    for days in (0, 1, 30, 91, 182, 183, 184, 365, 1000):
        at = Instant(dealings.teller.now + days * DAY_MS)
        day = dealings.today + timedelta(days)
        assert owed(dealings.teller.state, at) == dealings.owing(day), days


def test_over_all_parties_balances_come_to_nothing() -> None:
    """What all owe by the balance is what all are owed by the plain books, party by party."""
    dealings = years()
    for days in (0, 100, 1000):
        at = Instant(dealings.teller.now + days * DAY_MS)
        net: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
        for (debtor, _, *measure), amount in owed(dealings.teller.state, at).items():
            net[str(measure)][debtor] -= amount
        for (_, creditor, *measure), amount in dealings.owing(
            dealings.today + timedelta(days)
        ).items():
            net[str(measure)][creditor] += amount
        assert net
        for of, parties in net.items():
            assert sum(parties.values()) == 0, of
            assert any(parties.values()), of


def test_the_sums_kept_are_those_of_all_lines_gone_through() -> None:
    dealings = years()
    state = dealings.teller.state
    for days in (0, 45, 184, 400):
        at = Instant(dealings.teller.now + days * DAY_MS)
        today = today_of(state, at)
        slow: dict[Any, tuple[int, int]] = {}
        for each in open_lines(state, at):
            kind = each.claim.owed
            of = (each.category, each.unit) if kind == "kind" else ("", each.currency)
            key = (each.debtor, each.creditor, kind, *of)
            open_, late = slow.get(key, (0, 0))
            late += each.claim.open if is_late(each, today) else 0
            slow[key] = (open_ + each.claim.open, late)
        assert sums_at(state, today) == slow
        assert any(late for _, late in slow.values())


@pytest.mark.parametrize("seed", [1, 2])
def test_nodes_that_heard_it_in_another_order_end_alike(seed: int) -> None:
    """Each hears its partners' registers in bursts of its own, whatever was said in between."""
    told, draw = years().teller.told, random.Random(seed)
    queues: dict[str, list[Any]] = defaultdict(list)
    for each in told:
        queues[each[0].party].append(each)
    other = Fold(years().teller.agreement.id, years().teller.files)
    while queues:
        party = draw.choice(sorted(queues))
        burst = draw.randrange(200, 3000)
        other.extend(queues[party][:burst])
        queues[party] = queues[party][burst:]
        if not queues[party]:
            del queues[party]
    assert other.export() == years().teller.fold.export()
    at = years().teller.now
    assert balance_json(other.state, at) == balance_json(years().teller.state, at)


def test_books_with_one_receipt_altered_differ_in_its_line_and_in_no_other_order() -> None:
    """A receipt that says less is found on both sides: exactly its line, and nothing beside it."""
    dealings, draw = years(), random.Random(7)
    told = dealings.teller.told[:1000]
    counted = [
        index
        for index, (place, statement) in enumerate(told)
        if isinstance(statement.body, DeliveryReceipt)
        and statement.body.lines
        and place not in dealings.teller.state.uncounted
    ]
    whole = folded(told)
    assert list(differences(book_of(whole), book_of(folded(told)))) == []
    for index in draw.sample(counted, 8):
        place, statement = told[index]
        said = statement.body
        assert isinstance(said, DeliveryReceipt)
        order = whole.deliveries.get(said.delivery)
        assert order is not None
        line = said.lines[0]
        less = structs.replace(line, quantity=line.quantity - Decimal("0.001"))
        body = structs.replace(said, lines=(less, *said.lines[1:]))
        altered = structs.replace(statement, body=body)
        changed = [*told[:index], (place, altered), *told[index + 1 :]]
        found = list(differences(book_of(whole), book_of(folded(changed))))
        assert (order.order, line.line) in {(each.order, each.line) for each in found}
        assert {each.order for each in found} == {order.order}
        (only,) = [each for each in found if each.line == line.line]
        assert {"received", "damaged"} & set(only.figures)


def other_than(value: object) -> object:
    """Give a figure of the same kind that is not this one."""
    match value:
        case StrEnum():
            return next(each for each in type(value) if each is not value)
        case int():
            return value + 1
        case str():
            return f"{value}x"
        case tuple():
            return (*value, Arrival(99, 736_000, 0, 1))
        case _:
            return 736_000


def altered(line: BookLine, figure: str) -> BookLine:
    account = line.account
    assert isinstance(account, LineAccount)
    changed = structs.replace(account, **{figure: other_than(getattr(account, figure))})
    return structs.replace(line, account=changed)


@pytest.mark.parametrize("figure", FIGURES)
def test_any_figure_of_any_line_that_is_altered_is_found_on_both_sides_and_it_alone(
    figure: str,
) -> None:
    book, draw = list(book_of(years().teller.state)), random.Random(figure)
    for index in draw.sample(range(len(book)), 10):
        some = slice(max(index - 100, 0), index + 100)
        ours = book[some]
        theirs = [altered(each, figure) if each is book[index] else each for each in ours]
        for one, other in ((ours, theirs), (theirs, ours)):
            (found,) = differences(one, other)
            assert (found.order, found.line) == book[index].key
            assert (found.figures, found.ours, found.theirs) == ((figure,), True, True)


def test_of_many_lines_altered_left_out_and_added_each_is_named_and_no_other() -> None:
    book, draw = list(book_of(years().teller.state))[:3000], random.Random(11)
    picked = draw.sample(range(len(book)), 300)
    changed, gone, more = (set(picked[at : at + 100]) for at in (0, 100, 200))
    figure = {index: draw.choice(FIGURES) for index in changed}
    theirs = [
        altered(each, figure[index]) if index in changed else each
        for index, each in enumerate(book)
        if index not in gone
    ]
    ours = [each for index, each in enumerate(book) if index not in more]
    for one, other, swapped in ((ours, theirs, False), (theirs, ours, True)):
        found = {(each.order, each.line): each for each in differences(one, other)}
        assert set(found) == {book[index].key for index in picked}
        for index in picked:
            each = found[book[index].key]
            assert each.figures == ((figure[index],) if index in changed else ())
            mine, their = (each.theirs, each.ours) if swapped else (each.ours, each.theirs)
            assert (mine, their) == (index not in more, index not in gone)


def test_what_is_settled_for_good_stands_as_it_stood() -> None:
    """Rows that will not be taken back lie in few bytes, and are the same rows."""
    dealings = years()
    told, half = dealings.teller.told, len(dealings.teller.told) // 2
    fold = Fold(dealings.teller.agreement.id, dealings.teller.files)
    fold.extend(told[:half])
    assert fold.settle(half, Instant(dealings.teller.now)) > half // 2
    fold.extend(told[half:])
    assert fold.settle(len(told), Instant(dealings.teller.now)) > half // 2
    assert fold.export() == dealings.teller.fold.export()


def folded(told: list[Any]) -> State:
    fold = Fold(years().teller.agreement.id, years().teller.files)
    fold.extend(told)
    return fold.state
