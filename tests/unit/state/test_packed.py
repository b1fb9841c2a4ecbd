# SPDX-License-Identifier: Apache-2.0
"""What is settled: kept in few bytes, read back equal, and not taken back any more."""

from __future__ import annotations

import pytest
from msgspec import structs

from comity.agreement.acts import PrivateRight
from comity.basis.ids import Digest, PartyId, Place
from comity.basis.instants import Instant
from comity.state import packed
from comity.state.fold import BeyondHistory, Fold
from comity.state.packed import PackedItems, PackedReceipts
from comity.state.records import Item, Receipt
from comity.state.tables import Table, UndoLog
from comity.statement.information import ItemRelease
from comity.statement.values import ParcelRef, SealedRef
from tests.support_state import JPN, KOR, USA, Teller, receipt, release

HEAD, SEALED = Digest("1" * 64), Digest("ab" * 32)


def item(index: int, party: PartyId = JPN, **changes: object) -> Item:
    body = ItemRelease(
        release().label, ParcelRef(HEAD, 1_700), SealedRef("xwing", 2**31 + index, SEALED)
    )
    plain = Item(Place(party, index), Instant(10**12 + index), (KOR, USA), Digest("2" * 64), body)
    return structs.replace(plain, **changes)  # type: ignore[arg-type] # fields of an item


def told(teller: Teller) -> Teller:
    for _ in range(6):
        place = teller.say(JPN, release())
        teller.say(KOR, receipt(place))
    return teller


def test_items_are_read_back_equal() -> None:
    items = PackedItems()
    kept = [item(0), item(7), item(3, KOR), item(8, to=(KOR,))]
    assert all(items.keep(each.place, each) for each in kept)
    assert [items.find(each.place) for each in kept] == kept
    assert set(items.keys()) == {each.place for each in kept}
    for missing in (Place(JPN, 1), Place(JPN, 99), Place(USA, 0)):
        assert items.find(missing) is None
    edge = structs.replace(
        item(1).release,
        parcel=ParcelRef(HEAD, 2**16 - 1),
        sealed=SealedRef("xwing", 2**32 - 1, SEALED),
    )
    assert items.keep(Place(JPN, 9), item(9, release=edge))
    assert items.find(Place(JPN, 9)) == item(9, release=edge)
    again = structs.replace(kept[1], at=Instant(5))
    assert items.keep(again.place, again)
    assert items.find(again.place) == again


def test_what_is_not_of_the_plain_shape_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    items = PackedItems()
    linked = structs.replace(item(1).release, supersedes=Place(JPN, 0))
    answering = structs.replace(item(1).release, answers=Place(KOR, 0))
    long_head = structs.replace(item(1).release, parcel=ParcelRef(HEAD, 2**16))
    large = structs.replace(item(1).release, sealed=SealedRef("xwing", 2**32, SEALED))
    flagged = structs.replace(item(1).release, rights=(PrivateRight.PATENT,))
    for release_ in (linked, answering, long_head, large, flagged):
        assert not items.keep(Place(JPN, 1), item(1, release=release_))
    assert not items.keep(Place(JPN, 2), item(1))
    monkeypatch.setattr(packed, "_SHARED_MAX", 1)
    assert items.keep(Place(JPN, 1), item(1))
    assert not items.keep(Place(JPN, 2), item(2, to=(USA,)))
    assert items.find(Place(JPN, 2)) is None


def test_receipts_are_read_back_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    receipts = PackedReceipts()
    row = Receipt(Place(KOR, 9), Instant(77), "군사III급비밀")
    assert receipts.keep((Place(JPN, 4), KOR), row)
    assert receipts.find((Place(JPN, 4), KOR)) == row
    assert receipts.find((Place(JPN, 4), USA)) is None
    assert receipts.find((Place(JPN, 5), KOR)) is None
    assert list(receipts.keys()) == [(Place(JPN, 4), KOR)]
    assert not receipts.keep((Place(JPN, 4), USA), row)
    monkeypatch.setattr(packed, "_SHARED_MAX", 1)
    assert not receipts.keep((Place(JPN, 6), KOR), structs.replace(row, marking="other"))


def test_copies_go_on_by_themselves() -> None:
    items, receipts = PackedItems(), PackedReceipts()
    items.keep(Place(JPN, 1), item(1))
    row = Receipt(Place(KOR, 9), Instant(77), "x")
    receipts.keep((Place(JPN, 4), KOR), row)
    others, more = items.copy(), receipts.copy()
    others.keep(Place(JPN, 2), item(2))
    more.keep((Place(JPN, 5), KOR), row)
    assert (len(list(items.keys())), len(list(others.keys()))) == (1, 2)
    assert (len(list(receipts.keys())), len(list(more.keys()))) == (1, 2)
    assert others.find(Place(JPN, 1)) == item(1)


def test_a_table_shows_settled_rows_and_those_over_them() -> None:
    log = UndoLog()
    table: Table[Place, Item] = Table(log, PackedItems())
    first, second = item(1), item(2)
    table.put(first.place, first)
    table.put(second.place, second)
    log.settle(len(log))
    assert len(log) == 0
    assert table.get(first.place) == first
    assert first.place in table
    assert dict(table.items()) == {first.place: first, second.place: second}
    mark, changed = len(log), structs.replace(first, at=Instant(1))
    table.put(first.place, changed)
    table.drop(second.place)
    assert list(table.values()) == [changed]
    assert second.place not in table
    assert len(table) == 1
    log.revert_to(mark)
    assert dict(table.items()) == {first.place: first, second.place: second}
    table.drop(second.place)
    table.put(second.place, second)
    table.drop(Place(USA, 9))
    assert len(table) == 2


def test_what_changes_again_later_is_settled_later() -> None:
    log = UndoLog()
    table: Table[Place, Item] = Table(log, PackedItems())
    first = item(1)
    table.put(first.place, first)
    mark = len(log)
    table.put(first.place, structs.replace(first, at=Instant(1)))
    log.settle(mark)
    log.revert_to(0)
    assert table.get(first.place) == first
    log.settle(len(log))
    assert table.get(first.place) == first


def test_a_fold_is_the_same_however_much_of_it_is_settled(teller: Teller) -> None:
    told(teller)
    whole = teller.fold.export()
    for kept in (0, 1, 5, 100):
        fold = Fold(teller.agreement.id, teller.files)
        for place, said in teller.told:
            fold.insert(place, said)
            if fold.history > kept:
                fold.settle(fold.history - kept, Instant(said.at + 1))
        assert fold.history == min(kept, len(teller.told))
        assert len(fold) == len(teller.told)
        assert fold.export() == fold.fork().export() == whole
        assert fold.latest_at == teller.fold.latest_at


def test_nothing_dated_later_is_settled(teller: Teller) -> None:
    told(teller)
    fold, last = teller.fold, teller.told[-1][1].at
    before = fold.history
    assert fold.settle(before, teller.told[0][1].at) == 0
    assert fold.settle(before, last) == before - 1
    assert fold.history == 1


def test_what_would_change_what_is_settled_is_refused_and_changes_nothing(teller: Teller) -> None:
    told(teller)
    *early, late, last = teller.told
    fold = Fold(teller.agreement.id, teller.files)
    fold.extend([*early, last])
    fold.settle(fold.history, Instant(last[1].at + 1))
    before = fold.export()
    with pytest.raises(BeyondHistory):
        fold.insert(*late)
    with pytest.raises(BeyondHistory):
        fold.extend([late])
    early_at = early[0][1].at
    assert not fold.reaches(early_at)
    assert fold.reaches(last[1].at)
    with pytest.raises(BeyondHistory), fold.standing_at(early_at):
        raise AssertionError
    assert fold.export() == before
    whole = Fold(teller.agreement.id, teller.files)
    whole.extend(teller.told)
    assert whole.export() != before


def test_a_file_that_comes_after_what_it_changes_is_settled_is_refused(teller: Teller) -> None:
    fold = Fold(teller.agreement.id)
    fold.extend(teller.told)
    fold.settle(fold.history, Instant(teller.told[-1][1].at + 1))
    with pytest.raises(BeyondHistory):
        fold.know(teller.agreement)
