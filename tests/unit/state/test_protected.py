# SPDX-License-Identifier: Apache-2.0
"""What was told or shown as the fold handles it: as an item, or why not."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from comity.agreement.acts import DestructionMeans, Recalled
from comity.basis.ids import Place
from comity.basis.instants import parse_date
from comity.state.duties import duties_at
from comity.state.fold import Fold
from comity.state.protected import find_protected, is_sealed, was_told
from comity.state.queries import item_level
from comity.statement.cases import DisclosureRecord
from comity.statement.custody import InventoryResult
from comity.statement.handling import ItemDestroyed, ItemRecall, ItemReturn
from comity.statement.information import ConsentAsk, ConsentGive, ItemReclassify
from tests.support_state import (
    JPN,
    KOR,
    NOTE,
    USA,
    Teller,
    gsomia,
    in_force,
    label,
    receipt,
    release,
)

BURN = DestructionMeans.BURN
DAY = parse_date("2016-11-23")


@pytest.fixture
def teller() -> Teller:
    return in_force()


def tells(teller: Teller, *, note: bool = True, **more: Any) -> Place:
    given = release()
    enclosed = (given.parcel, given.sealed) if note else (None, None)
    return teller.say(
        JPN, DisclosureRecord(None, label(form="oral", **more), teller.now, *enclosed)
    )


def raised(teller: Teller, place: Place) -> ItemReclassify:
    return ItemReclassify(place, "SECRET", "極秘", teller.now)


def destroyed(place: Place) -> ItemDestroyed:
    return ItemDestroyed(place, (1,), 0, BURN, DAY, 2, None, None)


def recalled(place: Place) -> ItemRecall:
    return ItemRecall((place,), Recalled.DESTROY, "x", None)


def level(teller: Teller, place: Place) -> str:
    item = find_protected(teller.state, place)
    assert item is not None
    return item_level(teller.state, item, teller.now)


def owed(teller: Teller, place: Place) -> list[str]:
    return [
        str(each.owed_by) for each in duties_at(teller.state, teller.now) if each.about == place
    ]


@pytest.mark.parametrize("note", [True, False])
def test_its_originator_alone_changes_its_level_and_calls_it_back(
    teller: Teller, *, note: bool
) -> None:
    place = tells(teller, note=note)
    assert teller.why(teller.say(KOR, raised(teller, place))) == ("item.not-originator", "6(g)")
    assert teller.why(teller.say(KOR, recalled(place))) == ("item.not-originator", "6(h)")
    assert level(teller, place) == "CONFIDENTIAL"
    assert teller.why(teller.say(JPN, raised(teller, place))) is None
    assert teller.why(teller.say(JPN, recalled(place))) is None
    assert level(teller, place) == "SECRET"
    (row,) = teller.exported()["disclosures"]
    assert (row["level"], row["recalled_by"]) == ("SECRET", ["JPN"])
    assert [each["marking"] for each in row["reclassifications"]] == ["極秘"]
    assert owed(teller, place) == (["KOR"] if note else []), "of a word nothing is given back"


def test_whoever_was_told_holds_it_without_a_receipt(teller: Teller) -> None:
    told = find_protected(teller.state, tells(teller, note=False))
    item = find_protected(teller.state, teller.say(JPN, release()))
    assert told is not None
    assert item is not None
    assert was_told(teller.state, told, KOR)
    assert not was_told(teller.state, told, USA)
    assert not was_told(teller.state, item, KOR)


def test_what_was_never_told_has_no_level_and_is_not_destroyed(teller: Teller) -> None:
    nothing = Place(JPN, 99)
    assert find_protected(teller.state, nothing) is None
    assert teller.why(teller.say(JPN, raised(teller, nothing))) == ("item.unknown", "6(g)")
    assert teller.why(teller.say(KOR, destroyed(nothing))) == ("item.unknown", "13")


def test_its_note_is_destroyed_once_and_given_back_against_a_receipt(teller: Teller) -> None:
    place, other = tells(teller), tells(teller)
    assert teller.why(teller.say(JPN, destroyed(place))) == ("item.not-a-recipient", "13")
    assert teller.why(teller.say(KOR, destroyed(place))) is None
    assert teller.why(teller.say(KOR, destroyed(place))) == ("item.copy-gone", "13")
    back = teller.say(KOR, ItemReturn(other, (1,), 0, DAY, None, None))
    assert teller.why(back) is None
    assert teller.why(teller.say(JPN, receipt(back, "秘"))) is None
    assert teller.why(teller.say(KOR, receipt(place))) == ("item.unknown", "12(a)")


def test_of_a_word_without_a_note_nothing_is_destroyed_or_given_back(teller: Teller) -> None:
    place = tells(teller, note=False)
    item = find_protected(teller.state, place)
    assert item is not None
    assert not is_sealed(item)
    assert teller.why(teller.say(KOR, destroyed(place))) == ("disclosure.without-note", "13")
    back = ItemReturn(place, (1,), 0, DAY, None, None)
    assert teller.why(teller.say(KOR, back)) == ("disclosure.without-note", "6(h)")


def test_consents_are_asked_and_given_for_it(teller: Teller) -> None:
    place = tells(teller, note=False)
    asked = teller.say(KOR, ConsentAsk((place,), None, USA, "x", None))
    assert teller.why(asked) is None
    given = ConsentGive(asked, (place,), None, USA, "x", None, NOTE)
    assert teller.why(teller.say(KOR, given)) is not None
    assert teller.why(teller.say(JPN, given)) is None


def test_what_is_made_from_it_bears_its_level_and_originators_and_follows_it(
    teller: Teller,
) -> None:
    place = tells(teller, note=False)
    marking = {"marking": "군사III급비밀", "category": "missile-warning"}
    alone = release(**marking, originators=(KOR,), derived_from=(place,))
    assert teller.why(teller.say(KOR, alone)) == ("item.derived-wider", "4(3)")
    minute = teller.say(KOR, release(**marking, originators=(JPN, KOR), derived_from=(place,)))
    assert teller.why(minute) is None
    teller.say(JPN, raised(teller, place))
    assert level(teller, minute) == "SECRET"


def test_a_missing_note_is_counted_as_an_item_is(teller: Teller) -> None:
    place = tells(teller)
    missing = InventoryResult(DAY, 1, 1, (place,), None)
    code, _ = teller.why(teller.say(KOR, missing)) or ("", "")
    assert code == "inventory.no-incident"


def test_in_whatever_order_it_is_heard_of_the_level_comes_out_the_same(teller: Teller) -> None:
    place = tells(teller)
    teller.say(JPN, raised(teller, place))
    teller.say(JPN, recalled(place))
    teller.say(KOR, destroyed(place))
    *before, a, b, c, d = teller.told
    for late in permutations((a, b, c, d)):
        fold = Fold(gsomia().id, (gsomia(),))
        for where, statement in (*before, *late):
            fold.insert(where, statement)
        assert fold.export() == teller.fold.export()
