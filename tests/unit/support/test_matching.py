# SPDX-License-Identifier: Apache-2.0
"""Two books held against each other: what differs is found, and exactly that."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from comity.basis.errors import InputError
from comity.basis.ids import Place
from comity.statement.orders import Method, Nature
from comity.support.accounts import MILLION, Arrival, LineAccount
from comity.support.matching import FIGURES, BookLine, Difference, LedgerLine, differences
from tests.support_state import JPN, KOR

LINE = LineAccount(
    1, "fuel", Nature.SUPPLY, "LTR", 9 * MILLION, 736_000, 9 * MILLION, 5, 1, "JPY", Method.CASH,
    1, 8, 8, 7, 1, 1, (Arrival(0, 736_000, 0, 7, 2, 3, 4),),
)  # fmt: skip
OTHER: dict[str, Any] = {
    "category": "food",
    "nature": Nature.LOAN,
    "unit": "KGM",
    "currency": "USD",
    "method": None,
    "arrivals": (Arrival(0, 736_001, 0, 7, 2, 3, 4),),
    "return_by": None,
    "bought": ((736_002, 5),),
}


def book() -> list[BookLine]:
    """Give a book of three orders of three lines each."""
    orders = (Place(JPN, 4), Place(JPN, 20), Place(KOR, 3))
    return [BookLine(order, replace(LINE, line=n)) for order in orders for n in (1, 2, 5)]


def test_a_book_is_like_itself() -> None:
    assert list(differences(book(), book())) == []
    assert list(differences([], [])) == []


@pytest.mark.parametrize("at", range(9))
@pytest.mark.parametrize("name", FIGURES)
def test_an_altered_figure_of_any_line_is_found_and_no_other(at: int, name: str) -> None:
    theirs = book()
    was = theirs[at]
    change = OTHER[name] if name in OTHER else getattr(was.account, name) + 1
    theirs[at] = replace(was, account=replace(was.account, **{name: change}))
    for ours, other in ((book(), theirs), (theirs, book())):
        assert list(differences(ours, other)) == [
            Difference(was.order, was.account.line, (name,), ours=True, theirs=True)
        ]


def test_ledgers_are_held_to_each_other_by_the_columns_of_the_first() -> None:
    def kept(worth: str) -> list[BookLine]:
        return [BookLine(Place(JPN, 4), LedgerLine(1, (("unit", "LTR"), ("worth", worth))))]

    assert list(differences(kept("7"), kept("7"))) == []
    (found,) = differences(kept("7"), kept("8"))
    assert found == Difference(Place(JPN, 4), 1, ("worth",), ours=True, theirs=True)


@pytest.mark.parametrize("at", range(9))
def test_a_line_that_one_side_lacks_is_found_and_no_other(at: int) -> None:
    fewer = book()
    gone = fewer.pop(at)
    (only,) = differences(book(), fewer)
    assert (only.order, only.line, only.ours, only.theirs) == (*gone.key, True, False)
    (lacks,) = differences(fewer, book())
    assert (lacks.order, lacks.line, lacks.ours, lacks.theirs) == (*gone.key, False, True)


def test_books_of_other_orders_differ_in_every_line() -> None:
    theirs = [replace(each, order=Place(KOR, each.order.index + 1)) for each in book()]
    theirs = sorted(theirs, key=lambda each: each.key)
    found = list(differences(book(), theirs))
    assert len(found) == len(book()) + len(theirs)
    assert [(each.order, each.line) for each in found] == sorted(
        each.key for each in (*book(), *theirs)
    )


def test_a_book_out_of_order_or_with_a_line_twice_is_refused() -> None:
    words = "a book has its lines in the order of orders and numbers, each once"
    for wrong, line in ((book()[::-1], "2"), ([*book(), book()[-1]], "5")):
        for whose, pair in (("ours", (wrong, book())), ("theirs", (book(), wrong))):
            with pytest.raises(InputError) as caught:
                list(differences(*pair))
            assert caught.value.code == "support.book-order"
            assert (caught.value.where, caught.value.found) == (f"{whose}: KOR/3", line)
            assert words in str(caught.value)
