# SPDX-License-Identifier: Apache-2.0
"""A ledger kept elsewhere, held against the books: an altered line is named, and it alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from comity.basis.errors import InputError, StateError
from comity.basis.ids import Place
from comity.basis.limits import LEDGER_BYTES_MAX
from comity.flows.speak import Entered
from comity.flows.support.balances import agree_balance, read_balance, state_balance
from comity.flows.support.books import export_books
from comity.flows.support.deliveries import Receipted
from comity.flows.support.ledgers import (
    LEDGER_FIGURES,
    DifferentLine,
    compare_ledger,
    lines_to_name,
    read_ledger,
)
from comity.statement.deliveries import Condition, ReceivedLine
from comity.statement.orders import Method
from tests.builders.goods import (
    A_DAY_MS,
    ACSA,
    BOOKS,
    DAY,
    FINANCE,
    FUEL,
    LIFT,
    Trade,
    make_goods,
)
from tests.builders.world import JPN, Node, World, run

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trade]:
    """Three orders, one of two lines, received and replaced in part."""
    with make_goods(tmp_path_factory.mktemp("ledgers")) as world:
        trade = Trade(world)
        trade.received()
        trade.ordered(
            FUEL,
            structs.replace(FUEL, line=2),
            number="O-2",
            terms={"method": Method.REPLACEMENT_IN_KIND},
        )
        trade.ask(structs.replace(LIFT, line=7), number="O-3")
        world.settle(1)
        world.move(A_DAY_MS)
        yield trade


def rows_of(node: Node) -> Rows:
    return list(csv.DictReader(io.StringIO(run(export_books(node.context, ACSA, "csv")))))


def written(rows: Rows) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def compared(node: Node, raw: bytes) -> tuple[DifferentLine, ...]:
    return run(compare_ledger(node.context, ACSA, read_ledger(raw)))


def test_the_table_that_one_side_writes_is_the_other_sides_ledger(traded: Trade) -> None:
    for ours, theirs in ((traded.asks, traded.gives), (traded.gives, traded.asks)):
        rows = rows_of(theirs)
        assert len(rows) == 4
        assert compared(ours, written(rows)) == ()
        assert compared(ours, b"\xef\xbb\xbf" + written(rows[::-1])) == ()


ALTERED = st.tuples(st.integers(0, 3), st.sampled_from(LEDGER_FIGURES), st.integers(1, 10**9))


@settings(max_examples=60)
@given(altered=st.lists(ALTERED, min_size=1, max_size=3))
def test_altered_figures_are_always_found_and_always_exactly_they(
    traded: Trade, altered: list[tuple[int, str, int]]
) -> None:
    rows = rows_of(traded.gives)
    wanted: dict[tuple[str, int], set[str]] = {}
    for at, name, other in altered:
        rows[at][name] = (
            f"{other}.125" if name not in {"unit", "currency", "method"} else f"X{other}"
        )
        wanted.setdefault((rows[at]["order"], int(rows[at]["line"])), set()).add(name)
    found = compared(traded.asks, written(rows))
    assert {(str(each.order), each.line): set(each.ours or {}) for each in found} == wanted
    for each in found:
        assert each.ours is not None
        assert each.theirs is not None
        assert all(each.theirs[name] != figure for name, figure in each.ours.items())


@pytest.mark.parametrize("at", range(4))
def test_a_line_that_one_side_lacks_is_named_with_the_side_that_has_it(
    traded: Trade, at: int
) -> None:
    rows = rows_of(traded.gives)
    (lacks,) = compared(traded.asks, written([each for each in rows if each is not rows[at]]))
    assert (str(lacks.order), str(lacks.line)) == (rows[at]["order"], rows[at]["line"])
    assert lacks.theirs is None
    assert lacks.ours is not None
    more = [*rows, {**rows[at], "line": "99"}]
    (only,) = compared(traded.asks, written(more))
    assert (only.line, only.ours) == (99, None)


def test_figures_are_read_as_people_spell_them(traded: Trade) -> None:
    rows = rows_of(traded.gives)
    spelled = [
        {
            "line": row["line"],
            "order": f"{ACSA}/{row['order']}",
            "received": f" 0{row['received']}.00 ",
            "paid": "" if row["paid"] == "0" else row["paid"],
            "note": "=1+1",
        }
        for row in rows
    ]
    assert compared(traded.asks, written(spelled)) == ()
    spelled[0]["paid"] = "1"
    (found,) = compared(traded.asks, written(spelled))
    assert (found.ours, found.theirs) == ({"paid": "0"}, {"paid": "1"})


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "balance.no-ledger"),
        (b"\xff\xfe", "balance.no-ledger"),
        (b"order,line\nUSA/1,1\n", "balance.no-ledger"),
        (b"order,received\nUSA/1,1\n", "balance.no-ledger"),
        (b"line,received\n1,1\n", "balance.no-ledger"),
        (b"order,line,paid,paid\nUSA/1,1,1,1\n", "balance.no-ledger"),
        (b'order,line,paid\nUSA/1,1,"1\n', "balance.no-ledger"),
        (b"order,line,paid\nUSA/1,0,1\n", "balance.no-figure"),
        (b"order,line,paid\nUSA/1,1000001,1\n", "balance.no-figure"),
        (b"order,line,paid\nUSA/1,x,1\n", "balance.no-figure"),
        (b"order,line,paid\nUSA/1,1,-1\n", "balance.no-figure"),
        (b"order,line,paid\nUSA/1,1,1e3\n", "balance.no-figure"),
        (b'order,line,paid\nUSA/1,1,"1,000"\n', "balance.no-figure"),
        (b"order,line,paid\nUSA,1,1\n", "basis.place"),
        (b"x" * (LEDGER_BYTES_MAX + 1), "balance.no-ledger"),
    ],
)
def test_what_is_no_ledger_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_ledger(raw)
    assert caught.value.code == code


def test_a_ledger_that_has_a_line_twice_is_refused(traded: Trade) -> None:
    rows = rows_of(traded.gives)
    with pytest.raises(InputError) as caught:
        compared(traded.asks, written([*rows, rows[0]]))
    assert caught.value.code == "support.book-order"


@pytest.fixture(scope="module")
def _short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Of one order of two, 15,000 litres of 20,000 came, and 100 of these damaged."""
    with make_goods(tmp_path_factory.mktemp("short")) as world:
        trade = Trade(world)
        trade.received()
        _, delivery = trade.handed_over(number="O-2")
        parts = (ReceivedLine(1, Decimal(15000), Condition.GOOD),)
        assert isinstance(trade.receive(delivery, lines=parts), Receipted)
        world.settle(1)
        world.move(A_DAY_MS)
        yield world


@pytest.fixture
def short(_short: World, tmp_path: Path) -> Trade:
    return Trade(_short.copy(tmp_path / "world"))


def stated(trade: Trade) -> Place:
    outcome = run(state_balance(trade.gives.context, ACSA, DAY, FINANCE))
    assert isinstance(outcome, Entered)
    trade.world.settle(1)
    return outcome.place


def test_what_came_short_is_shown_on_both_sides_and_named_in_the_answer(short: Trade) -> None:
    balance = stated(short)
    for node in (short.asks, short.gives):
        value: Any = run(read_balance(node.context, ACSA, DAY)).value
        (row,) = value["unmatched"]
        assert (row["delivered"], row["received"], row["missing"]) == ("20000", "15000", "5000")
    context = short.asks.context
    named = run(lines_to_name(context, ACSA, balance, ledger=None, unmatched=True))
    outcome = run(agree_balance(context, ACSA, balance, BOOKS, differs=named))
    assert isinstance(outcome, Entered)
    (said,) = short.asks.said("balance.agree")
    assert said["differs"] == [{"order": row["order"], "line": 1}]


def test_the_answer_names_exactly_the_line_that_the_ledger_has_otherwise(short: Trade) -> None:
    balance = stated(short)
    rows = rows_of(short.gives)
    rows[0]["received"] = "19999"
    context, ledger = short.asks.context, read_ledger(written(rows))
    named = run(lines_to_name(context, ACSA, balance, ledger=ledger, unmatched=False))
    assert [(str(each.order), each.line) for each in named] == [(rows[0]["order"], 1)]
    same = read_ledger(written(rows_of(short.gives)))
    assert run(lines_to_name(context, ACSA, balance, ledger=same, unmatched=False)) == ()
    assert run(lines_to_name(context, ACSA, balance, ledger=None, unmatched=False)) == ()


def test_more_lines_than_an_answer_names_are_refused_and_told(short: Trade) -> None:
    balance = stated(short)
    rows = rows_of(short.gives)
    many = [{**rows[0], "line": str(number)} for number in range(2, 515)]
    ledger = read_ledger(written([*rows, *many]))
    with pytest.raises(StateError) as caught:
        run(lines_to_name(short.asks.context, ACSA, balance, ledger=ledger, unmatched=False))
    assert (caught.value.code, caught.value.found) == ("balance.too-many-lines", "513")


def test_a_ledger_of_a_balance_that_nobody_stated_is_not_looked_at(short: Trade) -> None:
    nowhere = lines_to_name(short.asks.context, ACSA, Place(JPN, 99), ledger=None, unmatched=True)
    with pytest.raises(StateError):
        run(nowhere)
