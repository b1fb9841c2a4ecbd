# SPDX-License-Identifier: Apache-2.0
"""Onward releases: said by who passes an item on, by leave of its originators. Art. 6(a)"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from msgspec import structs

from comity.agreement.acts import Recalled
from comity.agreement.reading import read_agreement
from comity.basis.ids import AgreementId, PartyId, Place
from comity.state.onward import passed_on_of
from comity.statement.handling import ItemRecall
from comity.statement.information import ConsentGive, ConsentWithdraw
from comity.statement.passing import ItemThirdPartyRelease
from tests.support_state import (
    JPN,
    KOR,
    NOTE,
    USA,
    Teller,
    gsomia,
    in_force,
    place,
    release,
    varied,
)

_GERMANY = """[parties.GER]
competent_authority = "Ministry"
[parties.GER.name]
de = "Deutschland"
en = "Germany"
ja = "x"
ko = "x"

[levels]"""
UNDER = AgreementId("kor-usa-1987")
GER = PartyId("GER")


def give(*items: Place, purpose: str = "warning", **changes: Any) -> ConsentGive:
    return structs.replace(ConsentGive(None, items, None, USA, purpose, None, NOTE), **changes)


def onward(item: Place, *consents: Place, **changes: Any) -> ItemThirdPartyRelease:
    return structs.replace(ItemThirdPartyRelease(item, USA, "warning", consents, UNDER), **changes)


@pytest.fixture
def item(teller: Teller) -> Place:
    return teller.say(JPN, release())


@pytest.fixture
def passed(teller: Teller, item: Place) -> Place:
    given = teller.say(JPN, give(item))
    return teller.say(KOR, onward(item, given))


def test_art_6_a_an_onward_release_by_leave_is_on_record(teller: Teller, item: Place) -> None:
    given = teller.say(JPN, give(item))
    said = teller.say(KOR, onward(item, given))
    assert teller.why(said) is None
    assert teller.exported()["passed_on"] == [
        {
            "place": str(said),
            "by": "KOR",
            "at": teller.exported()["at"],
            "item": str(item),
            "recipient": "USA",
            "purpose": "warning",
            "consents": [str(given)],
            "agreement": UNDER,
            "release": None,
            "receipt": None,
            "linked_by": None,
            "ended": [],
        }
    ]


@pytest.mark.parametrize(
    "consent",
    [
        None,
        lambda item: give(item, recipient=GER),
        lambda item: give(item, purpose="study"),
        lambda _: give(category="nuclear-test"),
        lambda item: give(item, until=date(2016, 10, 31)),
    ],
    ids=["none", "recipient", "purpose", "category", "expired"],
)
def test_art_6_a_a_forwarder_without_leave_stands_listed_with_the_article(
    teller: Teller, item: Place, consent: Callable[[Place], ConsentGive] | None
) -> None:
    named = () if consent is None else (teller.say(JPN, consent(item)),)
    said = teller.say(KOR, onward(item, *named))
    assert teller.why(said) == ("passing.without-leave", "6(a)")
    assert teller.exported()["passed_on"] == []
    assert {"place": str(said), "code": "passing.without-leave", "article": "6(a)"} in (
        teller.exported()["not_counted"]
    )


def test_art_6_a_a_consent_that_is_not_named_or_not_there_covers_nothing(
    teller: Teller, item: Place
) -> None:
    teller.say(JPN, give(item))
    for named in ((), (place("JPN/99"),), (item,)):
        said = teller.say(KOR, onward(item, *named))
        assert teller.why(said) == ("passing.without-leave", "6(a)")


def test_art_6_a_a_consent_that_the_forwarder_had_not_seen_covers_nothing(
    teller: Teller, item: Place
) -> None:
    given = teller.say(JPN, give(item))
    said = teller.say(KOR, onward(item, given), seen={JPN: given.index})
    assert teller.why(said) == ("passing.without-leave", "6(a)")


def test_art_6_a_a_withdrawal_counts_from_when_the_forwarder_has_seen_it(
    teller: Teller, item: Place
) -> None:
    given = teller.say(JPN, give(item))
    gone = teller.say(JPN, ConsentWithdraw(given))
    on_its_way = teller.say(KOR, onward(item, given), seen={JPN: gone.index})
    assert teller.why(on_its_way) is None
    late = teller.say(KOR, onward(item, given))
    assert teller.why(late) == ("passing.without-leave", "6(a)")


def test_art_6_h_what_its_speaker_had_seen_called_back_is_not_passed_on(
    teller: Teller, item: Place
) -> None:
    given = teller.say(JPN, give(item))
    recall = ItemRecall((item,), Recalled.EITHER, "error", None)
    first = teller.say(JPN, recall)
    again = teller.say(JPN, recall)
    on_its_way = teller.say(KOR, onward(item, given), seen={JPN: first.index})
    assert teller.why(on_its_way) is None
    for seen in ({JPN: again.index}, {JPN: again.index + 1}, None):
        late = teller.say(KOR, onward(item, given), seen=seen)
        assert teller.why(late) == ("item.recalled", "6(h)")


def test_art_6_a_every_originator_of_an_item_gives_leave(teller: Teller) -> None:
    both = teller.say(JPN, release(originators=(JPN, KOR)))
    one = teller.say(JPN, give(both))
    assert teller.why(teller.say(KOR, onward(both, one))) == ("passing.without-leave", "6(a)")
    other = teller.say(KOR, give(both))
    assert teller.why(teller.say(KOR, onward(both, one, other))) is None


def test_art_6_c_an_item_is_passed_on_for_a_purpose_that_it_was_given_for(teller: Teller) -> None:
    item = teller.say(JPN, release())
    given = teller.say(JPN, give(item, purpose="study"))
    said = teller.say(KOR, onward(item, given, purpose="study"))
    assert teller.why(said) is None


def test_only_what_the_speaker_holds_is_passed_on_and_to_who_has_it_not(
    teller: Teller, item: Place
) -> None:
    given = teller.say(JPN, give(item))
    unknown = teller.say(KOR, onward(place("JPN/99"), given))
    assert teller.why(unknown) == ("item.unknown", "6(a)")
    back = teller.say(KOR, onward(item, given, recipient=JPN))
    assert teller.why(back) == ("passing.no-third-party", "6(a)")
    own = teller.say(JPN, onward(item, given))
    assert teller.why(own) is None


def test_an_item_is_passed_on_by_its_recipients_alone() -> None:
    text = gsomia().raw.decode().replace("[levels]", _GERMANY, 1)
    rows = text.split("[[equivalence]]")
    for index, mark in enumerate(("GEHEIM", "VERTRAULICH"), 1):
        rows[index] = rows[index].replace("KOR = [", f'GER = ["{mark}"]\nKOR = [', 1)
    file = read_agreement("[[equivalence]]".join(rows).encode())
    teller = in_force(agreement=file, parties=(GER, JPN, KOR))
    item = teller.say(JPN, release(), to=(KOR,))
    given = teller.say(JPN, give(item))
    assert teller.why(teller.say(GER, onward(item, given))) == ("item.not-a-recipient", "6(a)")
    assert teller.why(teller.say(KOR, onward(item, given))) is None


def test_a_file_may_let_low_levels_go_without_leave() -> None:
    asks = 'needs = "written_consent"'
    file = varied((asks, f'{asks}\nfrom_level = "SECRET"'))
    teller = in_force(agreement=file)
    low, high = (
        teller.say(JPN, release(level=level, marking=marking))
        for level, marking in (("CONFIDENTIAL", "秘"), ("SECRET", "極秘"))
    )
    assert teller.why(teller.say(KOR, onward(low))) is None
    assert teller.why(teller.say(KOR, onward(high))) == ("passing.without-leave", "6(a)")


def test_where_it_went_and_its_receipt_are_added_once(
    teller: Teller, item: Place, passed: Place
) -> None:
    link = onward(item, release=place("KOR/4"), follows=passed)
    assert teller.why(teller.say(KOR, link)) is None
    assert teller.why(teller.say(KOR, link)) == ("passing.already-passed-on", "6(a)")
    moved = structs.replace(link, release=place("KOR/5"))
    assert teller.why(teller.say(KOR, moved)) == ("passing.already-passed-on", "6(a)")
    answered = structs.replace(link, receipt=place("USA/3"))
    last = teller.say(KOR, answered)
    assert teller.why(last) is None
    assert teller.why(teller.say(KOR, answered)) == ("passing.already-passed-on", "6(a)")
    (row,) = teller.exported()["passed_on"]
    assert (row["place"], row["linked_by"]) == (str(passed), str(last))
    assert (row["release"], row["receipt"]) == ("KOR/4", "USA/3")
    (known,) = passed_on_of(teller.state, item)
    assert (known.release, known.receipt) == (place("KOR/4"), place("USA/3"))


def test_what_follows_an_onward_release_says_the_same_of_it(
    teller: Teller, item: Place, passed: Place
) -> None:
    link = onward(item, release=place("KOR/4"), follows=passed)
    for changed in (
        structs.replace(link, recipient=GER),
        structs.replace(link, purpose="study"),
        structs.replace(link, agreement=AgreementId("other")),
        structs.replace(link, consents=(place("JPN/3"),)),
        structs.replace(link, item=place("JPN/9")),
        structs.replace(link, follows=place("KOR/77")),
        structs.replace(link, release=None),
        structs.replace(link, follows=None),
    ):
        said = teller.say(KOR, changed)
        assert teller.why(said) == ("passing.nothing-passed-on", "6(a)")
    assert teller.why(teller.say(JPN, link)) == ("passing.nothing-passed-on", "6(a)")


def test_an_onward_release_before_the_agreement_is_signed_does_not_count() -> None:
    teller = Teller(gsomia())
    said = teller.say(KOR, onward(place("JPN/1")))
    assert teller.why(said) == ("lifecycle.not-in-force", "21")


def test_the_fold_comes_to_the_same_whatever_came_first(teller: Teller, item: Place) -> None:
    given = teller.say(JPN, give(item))
    said = teller.say(KOR, onward(item, given))
    late = Teller(teller.agreement)
    for where, statement in reversed(teller.told):
        late.fold.insert(where, statement)
    assert late.fold.export() == teller.fold.export()
    assert said not in late.state.uncounted
