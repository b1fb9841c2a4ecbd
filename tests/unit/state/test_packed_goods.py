# SPDX-License-Identifier: Apache-2.0
"""Settled lines of orders are read back as they were kept, and forks go on by themselves."""

from __future__ import annotations

from datetime import date

from msgspec import msgpack
from msgspec.structs import replace

from comity.basis.ids import PersonId, Place
from comity.basis.instants import Instant
from comity.state.packed_goods import PackedRows
from comity.state.records_goods import PlacedOrder, ReceiptRow, Sheet
from comity.state.tables import Table, UndoLog
from comity.statement.orders import Method, Nature
from comity.support.accounts import Arrival, LineAccount
from tests.builders.support_bodies import ACCEPTANCE, HEAD, SHA
from tests.support_state import JPN, KOR

ASKED = LineAccount(1, "fuel", Nature.SUPPLY, "LTR", 5)
FULL = LineAccount(
    7, "vehicles", Nature.LOAN, "EA", 9, 736_000, 8, 5, 1, "USD", Method.RETURN,
    1, 8, 8, 7, 1, 1, (Arrival(0, 736_000, 0, 3), Arrival(1, 736_001, 3, 4, 2, 3, 4)),
)  # fmt: skip
PLACE = Place(KOR, 3)


def test_a_sheet_is_read_back_equal_to_what_was_kept() -> None:
    packed = PackedRows[Sheet](Sheet)
    for sheet in ((ASKED,), (ASKED, FULL), (replace(FULL, method=None, arrivals=()),)):
        assert packed.keep(PLACE, sheet)
        found = packed.find(PLACE)
        assert found == sheet
        assert found is not None
        assert [type(each.nature) for each in found] == [Nature] * len(sheet)
    assert packed.find(Place(JPN, 3)) is None
    assert list(packed.keys()) == [PLACE]


def test_what_is_too_large_for_it_stays_as_it_is() -> None:
    packed = PackedRows[Sheet](Sheet)
    assert packed.keep(PLACE, (replace(ASKED, asked=2**64 - 1),))
    assert not PackedRows[Sheet](Sheet).keep(PLACE, (replace(ASKED, asked=2**64),))


def test_a_settled_sheet_changes_again_and_is_taken_back() -> None:
    log = UndoLog()
    table: Table[Place, tuple[LineAccount, ...]] = Table(log, PackedRows[Sheet](Sheet))
    table.put(PLACE, (ASKED,))
    log.settle(len(log))
    assert table.get(PLACE) == (ASKED,)
    table.put(PLACE, (FULL,))
    assert table.get(PLACE) == (FULL,)
    log.revert_to(0)
    assert table.get(PLACE) == (ASKED,)


def test_rows_of_every_shape_are_read_back_equal() -> None:
    order = PlacedOrder(
        PLACE, Instant(5), (JPN,), SHA, HEAD, ((1, PLACE), (200, Place(KOR, 4))), ACCEPTANCE,
        Instant(7), ((KOR, PersonId("kor-1"), "asking"),), ((JPN, 1, Place(JPN, 9)),),
        (Place(JPN, 3),), answered=True, declined=True, currency="JPY",
    )  # fmt: skip
    packed = PackedRows(PlacedOrder)
    assert packed.keep(PLACE, order)
    assert packed.find(PLACE) == order
    assert packed.copy().find(PLACE) == order
    assert packed.find(Place(JPN, 0)) is None
    receipt = ReceiptRow(
        PLACE, Instant(5), Place(JPN, 1), PLACE, date(2016, 11, 23), ((1, 5),), ((2, 6),),
        (("JPY", 7),), (Instant(9), PLACE),
    )  # fmt: skip
    rows = PackedRows(ReceiptRow)
    assert rows.keep(PLACE, receipt)
    assert rows.find(PLACE) == receipt
    assert list(rows.keys()) == [PLACE]
    assert not rows.keep(PLACE, replace(receipt, lines=((1, 2**64),)))


def test_a_copy_goes_on_by_itself() -> None:
    one = PackedRows[Sheet](Sheet)
    one.keep(PLACE, (ASKED,))
    other = one.copy()
    other.keep(PLACE, (FULL,))
    other.keep(Place(JPN, 1), (FULL,))
    assert (one.find(PLACE), other.find(PLACE)) == ((ASKED,), (FULL,))
    assert len(list(one.keys())) == 1


def test_rows_that_are_alike_take_few_bytes_and_a_copy_of_none_begins_by_itself() -> None:
    """Each is deflated against the first; that of a copy is another where there was none yet."""
    one = PackedRows[Sheet](Sheet)
    other = one.copy()
    sheet = tuple(replace(FULL, line=number) for number in range(1, 11))
    assert other.keep(PLACE, (ASKED,))
    for index in range(3):
        assert one.keep(Place(KOR, index), tuple(replace(each, lost=index) for each in sheet))
    assert len(one._rows[Place(KOR, 2)]) * 4 < len(msgpack.encode(sheet))
    assert other.find(PLACE) == (ASKED,)
    assert list(other.keys()) == [PLACE]
