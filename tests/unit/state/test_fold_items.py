# SPDX-License-Identifier: Apache-2.0
"""Items, receipts, refusals, levels, assurances and requests, from register bytes alone."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from comity.basis.ids import Digest, PartyId, Place
from comity.basis.instants import Instant
from comity.basis.limits import CHANGES_AHEAD_MAX
from comity.state.queries import item_level
from comity.statement.information import (
    AssuranceGive,
    ItemReclassify,
    ItemRefusal,
    RequestAnswer,
    RequestDecline,
    RequestMake,
)
from comity.statement.treaty import AgreementEndNotice, AgreementSign
from tests.support_state import (
    JPN,
    KOR,
    NOTE,
    USA,
    Teller,
    amend,
    gsomia,
    in_force,
    place,
    receipt,
    release,
    varied,
)

SECRET = {"marking": "極秘", "level": "SECRET"}
KOR_SECRET, KOR_CONFIDENTIAL = "군사II급비밀", "군사III급비밀"
ASK = RequestMake("missile-warning", None, None)


def reclassify(item: Place, level: str, marking: str, effective: Instant) -> ItemReclassify:
    return ItemReclassify(item, level, marking, effective)


def level_now(teller: Teller, where: Place) -> str:
    item = teller.state.items.get(where)
    assert item is not None
    return item_level(teller.state, item, teller.now)


# Releases


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        (SECRET, None),
        ({"marking": "特定秘密", "level": "SECRET"}, None),
        ({"marking": "機密", "level": "TOP SECRET"}, ("item.above-top-level", "2")),
        ({"category": "fisheries"}, ("item.out-of-scope", "2")),
        ({"form": "telepathy"}, ("item.out-of-scope", "2")),
        ({"originators": (KOR,)}, ("item.not-originator", "2")),
        ({"originators": (JPN, USA)}, None),
        ({"marking": "極秘"}, ("item.marking", "4(2)")),
        ({"marking": KOR_CONFIDENTIAL}, ("item.marking", "4(2)")),
        ({"marking": "TLP:RED"}, ("item.marking", "4(2)")),
        ({"supersedes": place("JPN/99")}, ("item.unknown", "2")),
        ({"supersedes": place("KOR/0")}, ("item.unknown", "2")),
        ({"answers": place("KOR/99")}, ("request.unknown", "2")),
    ],
)
def test_art_2_and_4_a_release_counts_within_scope_level_and_marking(
    teller: Teller, changes: dict[str, Any], why: tuple[str, str] | None
) -> None:
    assert teller.why(teller.say(JPN, release(**changes))) == why


def test_a_release_above_the_top_level_of_its_clause_does_not_count() -> None:
    told = in_force(agreement=varied(('top_level = "SECRET"', 'top_level = "CONFIDENTIAL"')))
    assert told.why(told.say(JPN, release(**SECRET))) == ("item.above-top-level", "2")
    assert told.why(told.say(JPN, release())) is None


def test_a_release_to_somebody_who_is_not_a_party_does_not_count(teller: Teller) -> None:
    refused = teller.say(JPN, release(), to=(KOR, USA))
    assert teller.why(refused) == ("item.recipient-not-a-party", "2")


def test_a_file_without_a_release_clause_lets_nothing_out() -> None:
    text = gsomia()
    articles = tuple(
        replace(each, clauses=tuple(c for c in each.clauses if c.kind != "release"))
        for each in text.articles
    )
    told = in_force(agreement=replace(text, articles=articles, sha256=Digest("1" * 64)))
    assert told.why(told.say(JPN, release())) == ("item.release-not-permitted", "2")


def test_a_file_that_names_no_forms_lets_any_form_out() -> None:
    text = gsomia()
    scope = replace(text.scope, forms=())
    told = in_force(agreement=replace(text, scope=scope, sha256=Digest("2" * 64)))
    assert told.why(told.say(JPN, release(form="telepathy"))) is None


def test_a_later_item_supersedes_an_own_earlier_one(teller: Teller) -> None:
    first = teller.say(JPN, release("a"))
    second = teller.say(JPN, release("b", supersedes=first))
    theirs = teller.say(
        KOR,
        release("c", marking=KOR_CONFIDENTIAL, originators=(KOR,), supersedes=first),
    )
    assert (teller.why(second), teller.why(theirs)) == (None, ("item.unknown", "2"))
    items = teller.exported()["items"]
    assert (items[0]["superseded_by"], items[1]["supersedes"]) == (str(second), str(first))


# Receipts and refusals


def test_art_4_2_a_receipt_shows_the_receivers_own_marking(teller: Teller) -> None:
    item = teller.say(JPN, release(**SECRET))
    wrong = teller.say(KOR, receipt(item, KOR_CONFIDENTIAL))
    assert teller.why(wrong) == ("item.marking", "4(2)")
    right = teller.say(KOR, receipt(item, KOR_SECRET))
    assert teller.why(right) is None
    assert teller.exported()["items"][0]["receipts"] == [
        {
            "by": "KOR",
            "place": str(right),
            "at": teller.exported()["at"],
            "marking": KOR_SECRET,
        }
    ]


def test_an_item_is_receipted_once_by_each_recipient(teller: Teller) -> None:
    item = teller.say(JPN, release())
    teller.say(KOR, receipt(item))
    assert teller.why(teller.say(KOR, receipt(item))) == ("item.already-receipted", "12(a)")


@pytest.mark.parametrize("where", ["JPN/99", "KOR/0", "JPN/0"])
def test_a_receipt_for_an_unknown_item_does_not_count(teller: Teller, where: str) -> None:
    assert teller.why(teller.say(KOR, receipt(place(where)))) == ("item.unknown", "12(a)")


def test_a_receipt_by_a_party_that_is_not_in_to_does_not_count() -> None:
    text = gsomia()
    usa = replace(text.parties[0], id=USA)
    three = replace(text, parties=(*text.parties, usa), sha256=Digest("4" * 64))
    told = in_force(agreement=three, parties=(JPN, KOR, USA))
    item = told.say(JPN, release(), to=(KOR,))
    for party in (USA, JPN):
        assert told.why(told.say(party, receipt(item))) == ("item.not-a-recipient", "12(a)")
    refused = told.say(USA, ItemRefusal(item, "not-for-us", ()))
    assert told.why(refused) == ("item.not-a-recipient", "12(a)")


def test_a_receipt_names_the_parcel_of_its_item(teller: Teller) -> None:
    item = teller.say(JPN, release("a"))
    assert teller.why(teller.say(KOR, receipt(item, parcel="b"))) == ("item.other-parcel", "12(a)")
    assert teller.why(teller.say(KOR, receipt(item, parcel="a"))) is None


def test_a_refusal_is_said_for_an_item_and_the_last_one_stands(teller: Teller) -> None:
    item = teller.say(JPN, release())
    teller.say(KOR, ItemRefusal(item, "item.no-assurance", ("7(5)",)))
    last = teller.say(KOR, ItemRefusal(item, "item.unreadable", ()))
    refusals = teller.exported()["items"][0]["refusals"]
    assert [(each["place"], each["code"]) for each in refusals] == [(str(last), "item.unreadable")]
    assert teller.why(teller.say(KOR, receipt(item))) is None


def test_a_release_that_does_not_count_can_still_be_refused(teller: Teller) -> None:
    item = teller.say(JPN, release(category="fisheries"))
    said = teller.say(KOR, ItemRefusal(item, "item.out-of-scope", ("2",)))
    assert teller.why(said) is None
    assert teller.exported()["refusals"] == [
        {
            "item": str(item),
            "by": "KOR",
            "place": str(said),
            "at": teller.exported()["at"],
            "code": "item.out-of-scope",
            "articles": ["2"],
        }
    ]


def test_nobody_refuses_an_own_or_an_unknown_item(teller: Teller) -> None:
    item = teller.say(JPN, release())
    own = teller.say(JPN, ItemRefusal(item, "x", ()))
    unknown = teller.say(KOR, ItemRefusal(place("JPN/99"), "x", ()))
    assert teller.why(own) == ("item.not-a-recipient", "12(a)")
    assert teller.why(unknown) == ("item.unknown", "12(a)")


# Reclassification


def test_art_6_g_the_originator_alone_changes_a_level(teller: Teller) -> None:
    item = teller.say(JPN, release(**SECRET))
    theirs = teller.say(KOR, reclassify(item, "CONFIDENTIAL", KOR_CONFIDENTIAL, teller.now))
    assert teller.why(theirs) == ("item.not-originator", "6(g)")
    assert level_now(teller, item) == "SECRET"
    ours = teller.say(JPN, reclassify(item, "CONFIDENTIAL", "秘", teller.now))
    assert teller.why(ours) is None
    assert level_now(teller, item) == "CONFIDENTIAL"


def test_art_6_g_only_so_many_changes_of_a_level_wait_for_their_instant(teller: Teller) -> None:
    item, other = teller.say(JPN, release()), teller.say(JPN, release("two"))
    later = Instant(teller.now + 10**9)
    for _ in range(CHANGES_AHEAD_MAX):
        assert teller.why(teller.say(JPN, reclassify(item, "SECRET", "極秘", later))) is None
    beyond = teller.say(JPN, reclassify(item, "SECRET", "極秘", later))
    assert teller.why(beyond) == ("item.too-many-changes", "6(g)")
    assert teller.why(teller.say(JPN, reclassify(other, "SECRET", "極秘", later))) is None
    assert level_now(teller, item) == "CONFIDENTIAL"
    at_once = teller.say(JPN, reclassify(item, "SECRET", "極秘", teller.now))
    assert (teller.why(at_once), level_now(teller, item)) == (None, "SECRET")
    assert teller.why(teller.say(JPN, reclassify(item, "CONFIDENTIAL", "秘", later))) is None


@pytest.mark.row("G6g")
def test_art_6_g_a_change_has_effect_from_its_instant_on(teller: Teller) -> None:
    where = teller.say(JPN, release())
    later = Instant(teller.now + 1_000_000)
    teller.say(JPN, reclassify(where, "SECRET", "極秘", later))
    item = teller.state.items.get(where)
    assert item is not None
    assert item_level(teller.state, item, Instant(later - 1)) == "CONFIDENTIAL"
    assert item_level(teller.state, item, later) == "SECRET"


def test_art_6_g_one_of_two_originators_cannot_lower_what_the_other_protects(
    teller: Teller,
) -> None:
    item = teller.say(JPN, release(originators=(JPN, KOR), **SECRET))
    teller.say(JPN, reclassify(item, "CONFIDENTIAL", "秘", teller.now))
    assert level_now(teller, item) == "SECRET"
    teller.say(KOR, reclassify(item, "CONFIDENTIAL", KOR_CONFIDENTIAL, teller.now))
    assert level_now(teller, item) == "CONFIDENTIAL"
    teller.say(KOR, reclassify(item, "SECRET", KOR_SECRET, teller.now))
    assert level_now(teller, item) == "SECRET"


@pytest.mark.parametrize(
    ("level", "marking"), [("SECRET", "秘"), ("TOP SECRET", "機密"), ("SECRET", KOR_SECRET)]
)
def test_art_4_1_a_new_level_is_the_one_of_its_marking(
    teller: Teller, level: str, marking: str
) -> None:
    item = teller.say(JPN, release())
    refused = teller.say(JPN, reclassify(item, level, marking, teller.now))
    assert teller.why(refused) == ("item.marking", "4(2)")


def test_an_unknown_item_is_not_reclassified(teller: Teller) -> None:
    refused = teller.say(JPN, reclassify(place("JPN/99"), "SECRET", "極秘", teller.now))
    assert teller.why(refused) == ("item.unknown", "6(g)")


def test_a_receipt_after_a_change_may_show_the_old_or_the_new_level(teller: Teller) -> None:
    for number, marking in enumerate((KOR_SECRET, KOR_CONFIDENTIAL)):
        item = teller.say(JPN, release(f"{number}"))
        teller.say(JPN, reclassify(item, "SECRET", "極秘", teller.now))
        assert teller.why(teller.say(KOR, receipt(item, marking, str(number)))) is None


def test_items_keep_the_words_of_the_version_they_came_under() -> None:
    text = gsomia()
    later = varied(("version = 2 ", "version = 3 "), ('text = "極秘"', 'text = "極極秘"'))
    told = Teller(text, [later])
    told.sign(at="2016-11-23")
    told.enter(delivered="2016-11-23")
    item = told.say(JPN, release())
    told.say(JPN, amend(later))
    for party in (JPN, KOR):
        told.say(party, AgreementSign(NOTE), version=later.sha256)
    change = reclassify(item, "SECRET", "極秘", told.now)
    assert told.why(told.say(JPN, change, version=later.sha256)) is None
    assert told.why(told.say(KOR, receipt(item, KOR_SECRET), version=later.sha256)) is None


# Assurances and requests


def test_art_7_5_an_assurance_names_a_level_of_the_ladder(teller: Teller) -> None:
    for level, why in (("SECRET", None), ("TOP SECRET", ("assurance.unknown-level", "7(5)"))):
        given = AssuranceGive(level, None, need=True, equivalent_protection=True, until=None)
        assert teller.why(teller.say(KOR, given)) == why
    assert [each["level"] for each in teller.exported()["assurances"]] == ["SECRET"]


def test_a_request_is_open_until_its_addressee_answers_or_declines(teller: Teller) -> None:
    first, second = teller.say(KOR, ASK), teller.say(KOR, ASK)
    assert [each["open"] for each in teller.exported()["requests"]] == [["JPN"], ["JPN"]]
    item = teller.say(JPN, release())
    assert teller.why(teller.say(JPN, RequestAnswer(first, item))) is None
    assert teller.why(teller.say(JPN, RequestDecline(second))) is None
    requests = teller.exported()["requests"]
    assert [each["open"] for each in requests] == [[], []]
    assert [[reply["item"] for reply in each["replies"]] for each in requests] == [
        [str(item)],
        [None],
    ]


def test_a_release_may_answer_a_request(teller: Teller) -> None:
    asked = teller.say(KOR, ASK)
    item = teller.say(JPN, release(answers=asked))
    assert teller.why(item) is None
    request = teller.exported()["requests"][0]
    assert (request["open"], request["replies"][0]["item"]) == ([], str(item))


def test_a_release_answers_a_party_that_it_goes_to(teller: Teller) -> None:
    asked = teller.say(JPN, ASK)
    refused = teller.say(JPN, release(answers=asked))
    assert teller.why(refused) == ("request.unknown", "2")


def test_an_answer_is_by_the_addressee_and_names_an_own_item_sent_to_who_asked(
    teller: Teller,
) -> None:
    asked = teller.say(KOR, ASK)
    ours = teller.say(JPN, release())
    theirs = teller.say(KOR, release("k", marking=KOR_CONFIDENTIAL, originators=(KOR,)))
    for party, body, why in (
        (KOR, RequestAnswer(asked, theirs), "request.unknown"),
        (JPN, RequestAnswer(place("KOR/99"), ours), "request.unknown"),
        (JPN, RequestAnswer(asked, place("JPN/99")), "item.unknown"),
        (JPN, RequestAnswer(asked, theirs), "item.unknown"),
    ):
        assert teller.why(teller.say(party, body)) == (why, "2")


def test_a_request_is_declined_once_and_may_be_answered_later(teller: Teller) -> None:
    asked = teller.say(KOR, ASK)
    assert teller.why(teller.say(KOR, RequestDecline(asked))) == ("request.unknown", "2")
    teller.say(JPN, RequestDecline(asked))
    assert teller.why(teller.say(JPN, RequestDecline(asked))) == ("request.already-declined", "2")
    item = teller.say(JPN, release())
    assert teller.why(teller.say(JPN, RequestAnswer(asked, item))) is None
    assert teller.why(teller.say(JPN, RequestDecline(asked))) is None


def test_art_21_4_protection_goes_on_after_the_end(teller: Teller) -> None:
    item = teller.say(JPN, release())
    teller.say(KOR, AgreementEndNotice(None, date(2019, 8, 1), None, NOTE), at="2019-08-01")
    teller.say(KOR, receipt(item), at="2020-01-01")
    for party, body in (
        (PartyId("KOR"), ASK),
        (JPN, reclassify(item, "SECRET", "極秘", teller.now)),
        (KOR, ItemRefusal(item, "lost", ())),
    ):
        assert teller.why(teller.say(party, body)) is None
    assert teller.state_name() == "terminated"
    assert teller.why(teller.say(JPN, release("b"))) == ("lifecycle.ended", "21(3)")
