# SPDX-License-Identifier: Apache-2.0
"""Consents: asked of originators, given by them alone, refused, withdrawn. Art. 6(a)"""

from datetime import date

import pytest
from msgspec import structs

from comity.basis.ids import PartyId, Place
from comity.basis.limits import CONSENTS_MAX
from comity.state.onward import OnwardWish, consents_for_release
from comity.statement.information import ConsentAsk, ConsentGive, ConsentRefuse, ConsentWithdraw
from tests.support_state import JPN, KOR, NOTE, USA, Teller, place, release


def ask(*items: Place, category: str | None = None) -> ConsentAsk:
    return ConsentAsk(items, category, USA, "warning", None)


def give(*items: Place, category: str | None = None, asked: Place | None = None) -> ConsentGive:
    return ConsentGive(asked, items, category, USA, "warning", None, NOTE)


@pytest.fixture
def item(teller: Teller) -> Place:
    return teller.say(JPN, release())


def test_art_6_a_consent_is_asked_and_given_for_an_item(teller: Teller, item: Place) -> None:
    asked = teller.say(KOR, ask(item))
    given = teller.say(JPN, give(item, asked=asked))
    assert (teller.why(asked), teller.why(given)) == (None, None)
    consents = teller.exported()["consents"]
    assert consents["asked"][0]["given"] == [str(given)]
    assert (consents["given"][0]["ask"], consents["given"][0]["in_effect"]) == (str(asked), True)
    assert "authority" not in consents["given"][0]


def test_art_6_a_only_an_originator_consents_for_an_item(teller: Teller, item: Place) -> None:
    asked = teller.say(JPN, ask(item))
    for body in (give(item), give(item, asked=asked)):
        assert teller.why(teller.say(KOR, body)) == ("item.not-originator", "6(a)")


def test_art_6_a_consent_by_somebody_who_is_not_a_party_does_not_count(
    teller: Teller, item: Place
) -> None:
    for body in (give(item), give(category="missile-warning")):
        assert teller.why(teller.say(USA, body)) == ("agreement.not-a-party", "2")


def test_one_party_consents_to_the_very_same_only_so_often(teller: Teller, item: Place) -> None:
    for number in range(CONSENTS_MAX):
        given = teller.say(JPN, give(item) if number % 2 else give(item, category="air"))
        assert teller.why(given) is None
    teller.say(JPN, ConsentWithdraw(given))
    assert teller.why(teller.say(JPN, give(item))) == ("consent.too-many", "6(a)")
    for other in ({"recipient": PartyId("GBR")}, {"purpose": "study"}):
        assert teller.why(teller.say(JPN, structs.replace(give(item), **other))) is None
    assert teller.why(teller.say(JPN, give(category="air"))) is None
    assert len(teller.exported()["consents"]["given"]) == CONSENTS_MAX + 3


def test_a_consent_names_items_or_a_category(teller: Teller) -> None:
    for body in (ask(), give()):
        assert teller.why(teller.say(JPN, body)) == ("consent.nothing-named", "6(a)")
    for body in (ask(category="air"), give(category="air")):
        assert teller.why(teller.say(JPN, body)) is None


def test_a_consent_names_items_that_were_released(teller: Teller, item: Place) -> None:
    for body in (ask(place("JPN/99")), give(item, place("JPN/99"))):
        assert teller.why(teller.say(JPN, body)) == ("item.unknown", "6(a)")
    assert teller.exported()["consents"] == {"asked": [], "given": []}


def test_an_answer_to_an_ask_is_by_a_party_that_was_asked(teller: Teller, item: Place) -> None:
    asked = teller.say(KOR, ask(item))
    for party, body in (
        (KOR, give(category="air", asked=asked)),
        (JPN, give(item, asked=place("KOR/99"))),
        (KOR, ConsentRefuse(asked)),
        (JPN, ConsentRefuse(place("KOR/99"))),
    ):
        assert teller.why(teller.say(party, body)) == ("consent.unknown-ask", "6(a)")


def test_an_ask_is_refused_once_and_may_still_be_granted(teller: Teller, item: Place) -> None:
    asked = teller.say(KOR, ask(item))
    refused = teller.say(JPN, ConsentRefuse(asked))
    assert teller.why(refused) is None
    again = teller.say(JPN, ConsentRefuse(asked))
    assert teller.why(again) == ("consent.already-refused", "6(a)")
    assert teller.why(teller.say(JPN, give(item, asked=asked))) is None
    assert teller.exported()["consents"]["asked"][0]["refused"] == [str(refused)]


def test_only_the_giver_withdraws_a_consent_and_once(teller: Teller, item: Place) -> None:
    given = teller.say(JPN, give(item))
    for party, where in ((KOR, given), (JPN, place("JPN/99")), (JPN, item)):
        refused = teller.say(party, ConsentWithdraw(where))
        assert teller.why(refused) == ("consent.unknown", "6(a)")
    withdrawn = teller.say(JPN, ConsentWithdraw(given))
    assert teller.why(withdrawn) is None
    again = teller.say(JPN, ConsentWithdraw(given))
    assert teller.why(again) == ("consent.already-withdrawn", "6(a)")
    consent = teller.exported()["consents"]["given"][0]
    assert (consent["withdrawn_by"], consent["in_effect"]) == (str(withdrawn), False)


def test_an_item_of_two_originators_needs_two_consents(teller: Teller) -> None:
    both = teller.say(JPN, release(originators=(JPN, KOR)))
    for party in (JPN, KOR):
        assert teller.why(teller.say(party, give(both))) is None
    givers = [each["by"] for each in teller.exported()["consents"]["given"]]
    assert givers == ["JPN", "KOR"]


def test_a_consent_may_end_with_a_day(teller: Teller, item: Place) -> None:
    body = structs.replace(give(item), until=date(2016, 12, 31))
    teller.say(JPN, body)
    assert teller.exported("2016-12-31T14:59:59.999Z")["consents"]["given"][0]["in_effect"]
    assert not teller.exported("2016-12-31T15:00:00Z")["consents"]["given"][0]["in_effect"]


def test_what_is_no_item_yet_is_covered_by_consents_for_its_category(
    teller: Teller, item: Place
) -> None:
    label = release().label
    teller.say(JPN, give(item))
    given = teller.say(JPN, give(category=label.category))
    wishes = [OnwardWish(KOR, USA, each) for each in ("warning", "study")]

    def found() -> list[Place]:
        rows = consents_for_release(teller.state, label, wishes, teller.now)
        return [each.place for each in rows]

    assert found() == [given]
    assert (
        consents_for_release(teller.state, label, [OnwardWish(KOR, KOR, "warning")], teller.now)
        == ()
    )
    teller.say(JPN, ConsentWithdraw(given))
    assert found() == []
