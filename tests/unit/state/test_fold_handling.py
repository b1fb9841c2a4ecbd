# SPDX-License-Identifier: Apache-2.0
"""Recalls, returns, destructions and counts as the fold counts them, or says why not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from comity.agreement.acts import DestructionMeans, Recalled
from comity.agreement.reading import read_agreement
from comity.basis.ids import Place, digest_of
from comity.state.closing import Keeping, custody_of, keeping_of
from comity.statement.cases import Affected, Certainty, Harm, IncidentReport
from comity.statement.custody import InventoryResult
from comity.statement.handling import ItemDestroyed, ItemRecall, ItemReturn
from comity.statement.information import ItemReceipt, ItemRefusal
from comity.statement.treaty import AgreementEndNotice
from comity.statement.values import ParcelRef, SealedRef
from tests.builders.world import trilateral
from tests.support_state import JPN, KOR, NOTE, USA, Teller, gsomia, in_force, release, varied

DAY = date(2016, 11, 23)
LATER = date(2016, 11, 24)
SECRET = {"marking": "極秘", "level": "SECRET"}
TEXT = (ParcelRef(digest_of(b"head"), 100), SealedRef("xwing", 100, digest_of(b"sealed")))
NOTHING: tuple[None, None] = (None, None)


@pytest.fixture
def teller() -> Teller:
    return in_force()


@pytest.fixture
def item(teller: Teller) -> Place:
    return teller.say(JPN, release())


def destroyed(item: Place, *copies: int, **more: Any) -> ItemDestroyed:
    usual: dict[str, Any] = {
        "item": item,
        "copies": copies or (1,),
        "remaining": 0,
        "means": DestructionMeans.SHRED,
        "on": DAY,
        "persons": 2,
        "parcel": None,
        "sealed": None,
    }
    return ItemDestroyed(**{**usual, **more})


def returned(item: Place, *copies: int, remaining: int = 0, on: date = DAY) -> ItemReturn:
    return ItemReturn(item, copies or (1,), remaining, on, *NOTHING)


def got_back(where: Place, marking: str = "秘", parcel: str = "parcel") -> ItemReceipt:
    return ItemReceipt(where, digest_of(parcel.encode()), marking)


def code(teller: Teller, said: Place) -> str | None:
    """Say by which code a statement does not count, where the article is another test's."""
    why = teller.why(said)
    return None if why is None else why[0]


def keeping(teller: Teller, item: Place) -> Keeping:
    known = teller.state.items.get(item)
    assert known is not None
    return keeping_of(teller.state, known, KOR)


def custody(teller: Teller, item: Place) -> Keeping:
    known = teller.state.items.get(item)
    assert known is not None
    return custody_of(teller.state, known, KOR)


def test_custody_passes_with_the_receipt(teller: Teller, item: Place) -> None:
    """Japan-ROK GSOMIA Art. 9 (G9)."""
    assert custody(teller, item) is Keeping.SENT
    refused = teller.say(KOR, ItemRefusal(item, "marking.unknown", ()))
    assert (teller.why(refused), custody(teller, item)) == (None, Keeping.REFUSED)
    receipted = teller.say(KOR, got_back(item, "군사III급비밀"))
    assert (teller.why(receipted), custody(teller, item)) == (None, Keeping.HELD)


def test_what_was_erased_before_its_receipt_is_closed_and_was_never_held(
    teller: Teller, item: Place
) -> None:
    assert teller.why(teller.say(KOR, destroyed(item, 1))) is None
    assert custody(teller, item) is Keeping.CLOSED


# Destruction


def test_a_certificate_counts_and_closes_the_item(teller: Teller, item: Place) -> None:
    assert keeping(teller, item) is Keeping.HELD
    some = teller.say(KOR, destroyed(item, 2, 3, remaining=1))
    assert keeping(teller, item) is Keeping.HELD
    rest = teller.say(KOR, destroyed(item, 1))
    assert (teller.why(some), teller.why(rest)) == (None, None)
    assert keeping(teller, item) is Keeping.CLOSED
    rows = teller.exported()["destructions"]
    assert [(row["place"], row["copies"]) for row in rows] == [
        (str(some), [2, 3]),
        (str(rest), [1]),
    ]


def test_a_copy_is_destroyed_or_given_back_once(teller: Teller, item: Place) -> None:
    teller.say(KOR, destroyed(item, 2, remaining=2))
    for body in (destroyed(item, 2, remaining=1), returned(item, 2, 3, remaining=1)):
        assert code(teller, teller.say(KOR, body)) == "item.copy-gone"
    teller.say(KOR, returned(item, 3, remaining=0))
    assert teller.why(teller.say(KOR, destroyed(item, 4))) == ("item.nothing-left", "13")
    assert teller.why(teller.say(KOR, returned(item, 4))) == ("item.nothing-left", "6(h)")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"means": DestructionMeans.CRYPTO_ERASE}, None),
        ({"means": DestructionMeans.OTHER}, None),
        ({"means": DestructionMeans.EQUIPMENT_MODIFY}, ("item.means", "13")),
        ({"persons": 1}, ("item.too-few-persons", "13")),
        ({"persons": 3}, None),
        ({"on": LATER}, ("item.dated-later", "13")),
    ],
)
def test_what_a_certificate_must_say(
    teller: Teller, item: Place, changes: dict[str, Any], why: tuple[str, str] | None
) -> None:
    assert teller.why(teller.say(KOR, destroyed(item, **changes))) == why


def test_only_a_holder_certifies(teller: Teller, item: Place) -> None:
    assert teller.why(teller.say(KOR, destroyed(Place(JPN, 99)))) == ("item.unknown", "13")
    assert teller.why(teller.say(JPN, destroyed(item))) == ("item.not-a-recipient", "13")


def test_equipment_is_destroyed_beyond_recognition(teller: Teller) -> None:
    item = teller.say(JPN, release(form="equipment"))
    made_unusable = destroyed(item, means=DestructionMeans.EQUIPMENT_DESTROY)
    assert teller.why(teller.say(KOR, made_unusable)) is None


@pytest.mark.row("G13")
def test_crypto_erase_counts_only_where_the_file_lists_it() -> None:
    teller = in_force(agreement=varied((', "crypto_erase"]', "]")))
    item = teller.say(JPN, release())
    erased = destroyed(item, means=DestructionMeans.CRYPTO_ERASE)
    assert teller.why(teller.say(KOR, erased)) == ("item.means", "13")
    assert teller.why(teller.say(KOR, destroyed(item))) is None


def test_two_persons_are_asked_for_from_a_level_on() -> None:
    teller = in_force(agreement=varied(("two_persons = true ", 'two_persons_from = "SECRET" ')))
    low, high = teller.say(JPN, release()), teller.say(JPN, release("high", **SECRET))
    assert teller.why(teller.say(KOR, destroyed(low, persons=1))) is None
    assert code(teller, teller.say(KOR, destroyed(high, persons=1))) == "item.too-few-persons"


def test_one_person_suffices_where_the_file_asks_for_no_second() -> None:
    teller = in_force(agreement=varied(("two_persons = true ", "two_persons = false ")))
    item = teller.say(JPN, release())
    assert teller.why(teller.say(KOR, destroyed(item, persons=1))) is None


def test_nothing_is_destroyed_where_no_clause_permits_it() -> None:
    text = gsomia().raw.decode()
    start, end = text.index("[article.destruction]"), text.index('number = "14"')
    teller = in_force(agreement=varied((text[start:end], "[[article]]\n")))
    item = teller.say(JPN, release())
    why = teller.why(teller.say(KOR, destroyed(item)))
    assert why is not None
    assert why[0] == "item.destruction-not-permitted"


def test_certificates_count_after_the_end_too(teller: Teller, item: Place) -> None:
    teller.say(JPN, AgreementEndNotice(None, date(2017, 1, 1), None, NOTE), at="2017-01-02")
    late = teller.say(KOR, destroyed(item), at="2018-01-01")
    assert teller.state_name() == "terminated"
    assert teller.why(late) is None


def test_a_certificates_text_is_enclosed_to_its_recipients(teller: Teller, item: Place) -> None:
    said = teller.say(KOR, destroyed(item, parcel=TEXT[0], sealed=TEXT[1]))
    row = teller.state.enclosed.get(said)
    assert row is not None
    assert (row.to, row.sealed) == ((JPN,), TEXT[1])
    bare = teller.say(KOR, destroyed(teller.say(JPN, release("other"))))
    assert teller.state.enclosed.get(bare) is None


# Returns


def test_a_return_is_closed_by_an_originators_receipt(teller: Teller, item: Place) -> None:
    first = teller.say(KOR, returned(item, 2, remaining=1))
    teller.say(KOR, returned(item, 1))
    assert keeping(teller, item) is Keeping.GIVEN_BACK
    assert teller.why(teller.say(JPN, got_back(first))) is None
    assert keeping(teller, item) is Keeping.GIVEN_BACK
    second = teller.exported()["returns"][1]["place"]
    party, _, index = second.partition("/")
    teller.say(JPN, got_back(Place(KOR if party == "KOR" else JPN, int(index))))
    assert keeping(teller, item) is Keeping.CLOSED
    row = teller.exported()["returns"][0]
    assert [(each["by"], each["marking"]) for each in row["receipts"]] == [("JPN", "秘")]


@pytest.mark.parametrize(
    ("speaker", "changes", "why"),
    [
        (KOR, {}, "item.not-originator"),
        (JPN, {"parcel": "another"}, "item.other-parcel"),
        (JPN, {"marking": "極秘"}, "item.marking"),
        (JPN, {"marking": "unheard of"}, "item.marking"),
    ],
)
def test_a_wrong_receipt_closes_nothing(
    teller: Teller, item: Place, speaker: Any, changes: dict[str, str], why: str
) -> None:
    back = teller.say(KOR, returned(item))
    assert code(teller, teller.say(speaker, got_back(back, **changes))) == why
    assert keeping(teller, item) is Keeping.GIVEN_BACK


def test_a_return_is_receipted_once_and_only_if_there_is_one(teller: Teller, item: Place) -> None:
    back = teller.say(KOR, returned(item))
    teller.say(JPN, got_back(back))
    assert code(teller, teller.say(JPN, got_back(back))) == "item.already-receipted"
    assert code(teller, teller.say(JPN, got_back(Place(KOR, 99)))) == "item.unknown"


def test_what_is_given_back_was_held_and_is_not_dated_ahead(teller: Teller, item: Place) -> None:
    assert code(teller, teller.say(JPN, returned(item))) == "item.not-a-recipient"
    assert code(teller, teller.say(KOR, returned(item, on=LATER))) == "item.dated-later"
    assert code(teller, teller.say(KOR, returned(Place(JPN, 99)))) == "item.unknown"


# Recalls


def test_an_originator_calls_items_back(teller: Teller, item: Place) -> None:
    said = teller.say(JPN, ItemRecall((item,), Recalled.EITHER, "error", LATER))
    assert teller.why(said) is None
    (row,) = teller.exported()["recalls"]
    assert (row["items"], row["wanted"], row["until"]) == ([str(item)], "either", "2016-11-24")
    assert teller.state.recalls.get((item, JPN)) is not None


def test_nobody_else_calls_an_item_back(teller: Teller, item: Place) -> None:
    other = ItemRecall((item,), Recalled.RETURN, "error", None)
    assert teller.why(teller.say(KOR, other)) == ("item.not-originator", "6(h)")
    unknown = ItemRecall((Place(JPN, 99),), Recalled.RETURN, "error", None)
    assert teller.why(teller.say(JPN, unknown)) == ("item.unknown", "6(h)")
    assert teller.exported()["recalls"] == []


# Inventories


def reported(teller: Teller, *items: Place, by: Any = KOR) -> Place:
    affected = tuple(Affected(item) for item in items)
    now = teller.now
    body = IncidentReport(affected, by, Harm.LOSS, Certainty.POSSIBLE, now, now, *NOTHING)
    said = teller.say(by, body)
    assert teller.why(said) is None
    return said


def test_an_inventory_that_misses_something_names_its_report(teller: Teller, item: Place) -> None:
    incident = reported(teller, item)
    said = teller.say(KOR, InventoryResult(DAY, 3, 5, (item,), incident))
    assert teller.why(said) is None
    (row,) = teller.exported()["inventories"]
    assert (row["by"], row["copies"], row["missing"]) == ("KOR", 5, [str(item)])


def test_a_missing_copy_and_a_report_of_the_speaker_go_together(
    teller: Teller, item: Place
) -> None:
    incident, other = reported(teller, item), teller.say(JPN, release("other"))
    theirs = reported(teller, item, by=JPN)
    for missing, named in (
        ((item,), None),
        ((), incident),
        ((item,), theirs),
        ((item,), item),
        ((item, other), incident),
    ):
        said = teller.say(KOR, InventoryResult(DAY, 3, 5, missing, named))
        assert teller.why(said) == ("inventory.no-incident", "6(f)")
    assert teller.why(teller.say(KOR, InventoryResult(DAY, 3, 5, (), None))) is None


def test_an_inventory_is_of_what_the_speaker_holds_and_not_dated_ahead() -> None:
    three = in_force(agreement=read_agreement(trilateral()), parties=(JPN, KOR, USA))
    item = three.say(JPN, release(), to=(KOR,))
    named = reported(three, item)
    for missing, party, why in (
        ((Place(JPN, 99),), KOR, "item.unknown"),
        ((item,), USA, "item.not-a-recipient"),
    ):
        said = three.say(party, InventoryResult(DAY, 1, 1, missing, named))
        assert three.why(said) == (why, "6(f)")
    late = three.say(KOR, InventoryResult(LATER, 1, 1, (), None))
    assert three.why(late) == ("item.dated-later", "6(f)")
    own = three.say(JPN, InventoryResult(DAY, 1, 1, (item,), reported(three, item, by=JPN)))
    assert three.why(own) is None
