# SPDX-License-Identifier: Apache-2.0
"""Categories that are suspended: by whom, from when until when, and what counts meanwhile.

The law behind all of it: both nodes hold the same bytes, and a party is held to what it had seen.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from msgspec import structs

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.ids import AgreementId, PartyId, Place
from comity.basis.instants import Date, Instant, format_instant
from comity.state.coming import coming_at
from comity.state.fold import Fold
from comity.state.suspensions import standing_suspensions, suspended_categories, suspensions_at
from comity.statement.cases import DisclosureRecord
from comity.statement.information import ConsentGive
from comity.statement.passing import ItemThirdPartyRelease
from comity.statement.treaty import (
    AgreementEndNotice,
    AgreementResumeCategory,
    AgreementSign,
    AgreementSuspendCategory,
)
from tests.builders.bodies import sample_bodies
from tests.builders.dutiful import lost, next_version, one
from tests.support_state import (
    JPN,
    KOR,
    NOTE,
    USA,
    Teller,
    amend,
    in_force,
    instant,
    label,
    propose,
    release,
)

CATEGORY = "missile-warning"
_SUSPENDING = {AgreementSuspendCategory.KIND, AgreementResumeCategory.KIND}
DAY = "2017-03-01"
_CLAUSE = """
[[article]]
number = "22"
source = "model"
title.en = "Suspension"
title.ja = "停止"
title.ko = "정지"
summary.en = "A category may be suspended."
summary.ja = "種別を停止できる。"
summary.ko = "종류를 정지할 수 있다."
[article.suspension]
acts = ["release", "transmit", "disclose"]
"""


@cache
def suspendable(keys: str = 'told = "2 hours"') -> Agreement:
    return read_agreement(f"{template('gsomia-jpn-kor').decode()}{_CLAUSE}{keys}\n".encode())


@pytest.fixture
def teller() -> Teller:
    return in_force(agreement=suspendable())


def suspend(
    since: Date | Instant | None = None,
    until: Date | Instant | None = None,
    category: str = CATEGORY,
) -> AgreementSuspendCategory:
    return AgreementSuspendCategory(category, since, until, NOTE, "talks")


def resume(suspension: Place, since: Date | Instant | None = None) -> AgreementResumeCategory:
    return AgreementResumeCategory(suspension, since, NOTE)


def stands(teller: Teller, at: str, originators: tuple[PartyId, ...] = (JPN,)) -> bool:
    with teller.fold.standing_at(instant(at)) as state:
        version = teller.agreement.sha256
        return CATEGORY in suspended_categories(state, version, originators, instant(at))


def test_a_release_of_a_suspended_category_does_not_count_and_cites_the_clause(
    teller: Teller,
) -> None:
    assert teller.why(teller.say(JPN, release(), at="2017-02-28")) is None
    assert teller.why(teller.say(KOR, suspend(), at=DAY)) is None
    refused = teller.say(JPN, release("other"))
    assert teller.why(refused) == ("suspension.category-suspended", "22")
    assert refused not in teller.state.items
    assert teller.why(teller.say(JPN, release("image", category="nuclear-test"))) is None


def test_a_release_that_had_not_seen_the_suspension_counts_and_the_next_one_does_not(
    teller: Teller,
) -> None:
    before = dict(teller.sizes)
    teller.say(KOR, suspend(), at=DAY)
    crossing = teller.say(JPN, release(), seen={KOR: before[KOR]})
    assert teller.why(crossing) is None
    knowing = teller.say(JPN, release("other"))
    assert teller.why(knowing) == ("suspension.category-suspended", "22")


def test_whoever_suspends_is_bound_by_it_itself(teller: Teller) -> None:
    teller.say(JPN, suspend(), at=DAY)
    assert teller.why(teller.say(JPN, release())) == ("suspension.category-suspended", "22")


def test_nodes_that_hear_it_in_another_order_come_to_the_same(teller: Teller) -> None:
    said = teller.say(KOR, suspend(until=date(2017, 3, 10)), at=DAY)
    teller.say(JPN, release())
    teller.say(KOR, resume(said), at="2017-03-05")
    teller.say(JPN, release("later"))
    late = Fold(teller.agreement.id, teller.files)
    for place, statement in reversed(teller.told):
        late.insert(place, statement)
    assert late.export() == teller.fold.export()
    unread = Fold(teller.agreement.id)
    unread.extend(teller.told)
    for file in teller.files:
        unread.know(file)
    assert unread.export() == teller.fold.export()


def test_it_begins_with_its_day_and_ends_with_its_last_day(teller: Teller) -> None:
    teller.say(KOR, suspend(date(2017, 3, 5), date(2017, 3, 6)), at=DAY)
    zone_midnight = {
        "2017-03-04T14:59:59.999Z": False,
        "2017-03-04T15:00:00Z": True,
        "2017-03-06T14:59:59.999Z": True,
        "2017-03-06T15:00:00Z": False,
    }
    assert {at: stands(teller, at) for at in zone_midnight} == zone_midnight
    early = teller.say(JPN, release(), at="2017-03-04")
    assert teller.why(early) is None
    during = teller.say(JPN, release("b"), at="2017-03-06")
    assert teller.why(during) == ("suspension.category-suspended", "22")
    assert teller.why(teller.say(JPN, release("c"), at="2017-03-07")) is None


def test_an_instant_names_the_last_millisecond_of_it(teller: Teller) -> None:
    begins, ends = instant("2017-03-02T01:00:00Z"), instant("2017-03-02T02:00:00Z")
    teller.say(KOR, suspend(begins, ends), at=DAY)
    moments = (begins - 1, begins, ends, ends + 1)
    assert [stands(teller, format_instant(Instant(each))) for each in moments] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "since", [date(2017, 2, 28), instant(DAY), Instant(instant(DAY) - 1)], ids=str
)
def test_nothing_is_suspended_for_a_time_before_it_is_said(
    teller: Teller, since: Date | Instant
) -> None:
    teller.now = instant(DAY)
    refused = teller.say(KOR, suspend(since))
    assert teller.why(refused) == ("suspension.dated-earlier", "22")
    assert not stands(teller, "2017-03-02")


def test_the_day_on_which_it_is_said_begins_with_what_is_said(teller: Teller) -> None:
    said = teller.say(KOR, suspend(date(2017, 3, 1)), at=DAY)
    assert teller.why(said) is None
    assert not stands(teller, "2017-03-01T02:59:59.999Z")
    assert stands(teller, "2017-03-01T03:00:00Z")


def test_what_would_end_before_it_begins_is_no_suspension(teller: Teller) -> None:
    refused = teller.say(KOR, suspend(date(2017, 3, 6), date(2017, 3, 5)), at=DAY)
    assert teller.why(refused) == ("suspension.never-begins", "22")


def test_a_category_that_no_clause_lets_be_suspended_stays_open() -> None:
    teller = in_force(agreement=suspendable('categories = ["nuclear-test"]'))
    refused = teller.say(KOR, suspend(), at=DAY)
    assert teller.why(refused) == ("suspension.not-suspendable", "22")
    assert teller.why(teller.say(KOR, suspend(category="nuclear-test"))) is None
    unknown = teller.say(KOR, suspend(category="weather"))
    assert teller.why(unknown) == ("suspension.not-suspendable", "22")


def test_without_a_clause_nothing_is_suspended_and_a_release_counts() -> None:
    teller = in_force()
    article = teller.state.files[teller.agreement.sha256].article("suspension")
    refused = teller.say(KOR, suspend(), at=DAY)
    assert teller.why(refused) == ("suspension.not-suspendable", article)
    assert teller.why(teller.say(JPN, release())) is None


@pytest.mark.parametrize("kind", sorted(sample_bodies().keys() - _SUSPENDING))
def test_nothing_else_that_can_be_said_suspends_a_category(teller: Teller, kind: str) -> None:
    for party in (JPN, KOR):
        teller.say(party, sample_bodies()[kind], at=DAY)
    version = teller.agreement.sha256
    assert suspended_categories(teller.state, version, (JPN, KOR), instant("2017-03-02")) == ()


def test_a_party_suspends_a_category_once_at_a_time(teller: Teller) -> None:
    first = teller.say(KOR, suspend(date(2017, 3, 5), date(2017, 3, 6)), at=DAY)
    assert teller.why(teller.say(KOR, suspend())) == ("suspension.already-suspended", "22")
    assert teller.why(teller.say(JPN, suspend())) is None
    assert teller.why(teller.say(KOR, suspend(), at="2017-03-07")) is None
    rows = {row["place"]: row["stands"] for row in teller.exported()["suspensions"]}
    assert rows == {str(first): False, "JPN/3": True, "KOR/4": True}


def test_only_who_suspended_resumes_and_only_once(teller: Teller) -> None:
    said = teller.say(KOR, suspend(), at=DAY)
    assert teller.why(teller.say(JPN, resume(said))) == ("suspension.not-suspended", "22")
    assert teller.why(teller.say(JPN, release())) == ("suspension.category-suspended", "22")
    assert teller.why(teller.say(KOR, resume(said))) is None
    assert teller.why(teller.say(KOR, resume(said))) == ("suspension.not-suspended", "22")
    assert teller.why(teller.say(JPN, release("again"))) is None
    assert teller.why(teller.say(KOR, resume(Place(KOR, 99)))) == ("suspension.not-suspended", "22")


def test_what_is_over_by_its_own_word_is_not_resumed(teller: Teller) -> None:
    said = teller.say(KOR, suspend(None, date(2017, 3, 5)), at=DAY)
    late = teller.say(KOR, resume(said), at="2017-03-06")
    assert teller.why(late) == ("suspension.not-suspended", "22")


def test_a_resumption_may_name_its_day_but_none_that_is_past(teller: Teller) -> None:
    said = teller.say(KOR, suspend(), at=DAY)
    past = teller.say(KOR, resume(said, date(2017, 2, 28)))
    assert teller.why(past) == ("suspension.dated-earlier", "22")
    assert teller.why(teller.say(KOR, resume(said, date(2017, 3, 5)))) is None
    assert stands(teller, "2017-03-04T14:59:59.999Z")
    assert not stands(teller, "2017-03-04T15:00:00Z")
    assert teller.why(teller.say(KOR, suspend())) == ("suspension.already-suspended", "22")
    (row,) = teller.exported()["suspensions"]
    assert (row["resumes"], row["resumed_by"]) == ("2017-03-04T15:00:00.000Z", "KOR/4")


def test_a_speaker_that_has_not_seen_the_resumption_is_still_held(teller: Teller) -> None:
    said = teller.say(KOR, suspend(), at=DAY)
    known = teller.sizes[KOR]
    teller.say(KOR, resume(said))
    behind = teller.say(JPN, release(), seen={KOR: known})
    assert teller.why(behind) == ("suspension.category-suspended", "22")


def test_the_last_one_seen_decides_where_a_newer_one_is_under_way(teller: Teller) -> None:
    first = teller.say(KOR, suspend(), at=DAY)
    teller.say(KOR, resume(first))
    seen = teller.sizes[KOR]
    teller.say(KOR, suspend())
    assert teller.why(teller.say(JPN, release(), seen={KOR: seen})) is None
    assert teller.why(teller.say(JPN, release("b"))) == ("suspension.category-suspended", "22")


def test_who_may_suspend_its_own_items_alone_stops_no_other_partys() -> None:
    teller = in_force(agreement=suspendable('by = "originator"'))
    teller.say(JPN, suspend(), at=DAY)
    assert teller.why(teller.say(JPN, release())) == ("suspension.category-suspended", "22")
    theirs = release("b", originators=(KOR,), marking="군사III급비밀")
    assert teller.why(teller.say(KOR, theirs)) is None
    assert stands(teller, "2017-03-02", (JPN, KOR))
    assert not stands(teller, "2017-03-02", (KOR,))


def two_clauses(first: str, second: str) -> Agreement:
    both = "".join(
        _CLAUSE.replace('"22"', f'"{number}"').replace(
            'acts = ["release", "transmit", "disclose"]', keys
        )
        for number, keys in (("22", first), ("23", second))
    )
    return read_agreement(f"{template('gsomia-jpn-kor').decode()}{both}".encode())


def test_each_clause_is_judged_by_its_own_categories_acts_and_who_may_suspend() -> None:
    teller = in_force(
        agreement=two_clauses(
            f'acts = ["release"]\nby = "originator"\ncategories = ["{CATEGORY}"]',
            'acts = ["release"]\nby = "any_party"\ncategories = ["nuclear-test"]',
        )
    )
    for category in (CATEGORY, "nuclear-test"):
        assert teller.why(teller.say(JPN, suspend(category=category), at=DAY)) is None
    theirs = release("b", originators=(KOR,), marking="군사III급비밀")
    assert teller.why(teller.say(KOR, theirs)) is None
    all_stop = release("c", originators=(KOR,), marking="군사III급비밀", category="nuclear-test")
    assert teller.why(teller.say(KOR, all_stop)) == ("suspension.category-suspended", "23")
    assert not stands(teller, "2017-03-02", (KOR,))
    assert stands(teller, "2017-03-02", (JPN,))
    rows = {row["category"]: row["own_items"] for row in teller.exported()["suspensions"]}
    assert rows == {CATEGORY: True, "nuclear-test": False}


def test_an_amendment_says_anew_of_whose_items_a_suspension_stops_acts() -> None:
    text = suspendable('by = "any_party"')
    new = next_version(text, ('by = "any_party"', 'by = "originator"'))
    teller = in_force(agreement=text, others=(new,))
    teller.say(JPN, suspend(), at=DAY)
    theirs = release("b", originators=(KOR,), marking="군사III급비밀")
    assert teller.why(teller.say(KOR, theirs)) == ("suspension.category-suspended", "22")
    assert not teller.exported()["suspensions"][0]["own_items"]
    teller.say(JPN, amend(new))
    for party in (JPN, KOR):
        teller.say(party, AgreementSign(NOTE), version=new.sha256)
    assert teller.why(teller.say(KOR, theirs, version=new.sha256)) is None
    own = teller.say(JPN, release("c"), version=new.sha256)
    assert teller.why(own) == ("suspension.category-suspended", "22")
    assert teller.exported()["suspensions"][0]["own_items"]
    with teller.fold.standing_at(teller.now) as state:
        found = [
            suspended_categories(state, each, (KOR,), teller.now)
            for each in (text.sha256, new.sha256)
        ]
        assert found == [(CATEGORY,), ()]
        assert suspended_categories(state, None, (KOR,), teller.now) == ()


def test_it_is_told_to_every_other_party() -> None:
    text = suspendable().raw.decode()
    head = "[parties.KOR]\ncompetent_authority"
    assert head in text
    usa = '[parties.USA]\ncompetent_authority = "Authority"\nname.en = "United States"\n'
    usa += 'name.ja = "米国"\nname.ko = "미국"\n'
    three = read_agreement(text.replace(head, usa + head).encode())
    teller = in_force(agreement=three, parties=(JPN, KOR, USA))
    refused = teller.say(KOR, suspend(), at=DAY, to=(JPN,))
    assert teller.why(refused) == ("suspension.not-told", "22")
    assert teller.why(teller.say(KOR, suspend())) is None


def test_it_is_said_under_the_text_that_all_have_signed_while_that_lives(teller: Teller) -> None:
    unsigned = Teller(suspendable())
    unsigned.say(JPN, propose(suspendable()), at="2016-11-20")
    early = unsigned.say(KOR, suspend())
    assert unsigned.why(early) == ("lifecycle.not-signed", "21")
    ended = in_force(agreement=suspendable())
    ended.say(KOR, AgreementEndNotice(None, date(2017, 8, 23), None, NOTE), at="2017-08-23")
    assert ended.why(ended.say(KOR, suspend(), at="2018-01-01")) == ("lifecycle.ended", "21")
    assert teller.why(teller.say(KOR, suspend(), at="2017-01-01")) is None


def test_a_new_version_without_the_clause_lets_releases_go_and_asks_for_its_own_word() -> None:
    old = suspendable()
    new = next_version(old, ('acts = ["release", "transmit", "disclose"]', 'acts = ["open"]'))
    teller = in_force(agreement=old, others=(new,))
    said = teller.say(KOR, suspend(), at=DAY)
    teller.say(JPN, amend(new))
    for party in (JPN, KOR):
        teller.say(party, AgreementSign(NOTE), version=new.sha256)
    assert teller.why(teller.say(JPN, release(), version=new.sha256)) is None
    stale = teller.say(KOR, resume(said))
    assert teller.why(stale) == ("agreement.superseded-version", "21")
    assert teller.why(teller.say(KOR, resume(said), version=new.sha256)) is None


def told_while(teller: Teller, place: Place) -> str | None:
    """Give the article by which what was told was suspended then."""
    known = teller.state.disclosures.get(place)
    assert known is not None
    return known.suspended


def told_of(at: str, **changes: Any) -> DisclosureRecord:
    return DisclosureRecord(None, label(form="oral", **changes), instant(at), None, None)


def test_what_was_told_by_word_is_held_to_the_time_at_which_it_was_told(teller: Teller) -> None:
    teller.say(KOR, suspend(), at=DAY)
    before = teller.say(JPN, told_of("2017-02-28"))
    assert teller.why(before) is None
    assert told_while(teller, before) is None
    during = teller.say(JPN, told_of("2017-03-02"), at="2017-03-03")
    assert teller.why(during) is None
    rows = {row["place"]: row["suspended"] for row in teller.exported()["disclosures"]}
    assert rows == {str(before): None, str(during): "22"}


def test_a_later_suspension_clears_nothing_that_was_told_during_an_earlier_one(
    teller: Teller,
) -> None:
    teller.say(KOR, suspend(None, date(2017, 3, 5)), at=DAY)
    assert teller.why(teller.say(KOR, suspend(date(2017, 6, 1)), at="2017-03-10")) is None
    during = teller.say(JPN, told_of("2017-03-02"), at="2017-03-12")
    between = teller.say(JPN, told_of("2017-03-11"), at="2017-03-13")
    assert (told_while(teller, during), told_while(teller, between)) == ("22", None)


def test_what_was_told_before_the_suspension_was_heard_of_is_on_record_and_protected(
    teller: Teller,
) -> None:
    known = teller.sizes[KOR]
    teller.say(KOR, suspend(), at=DAY)
    unseen = teller.say(JPN, told_of("2017-03-02"), at="2017-03-03", seen={KOR: known})
    assert told_while(teller, unseen) is None
    in_good_faith = teller.say(JPN, told_of("2017-03-01T04:00:00Z"), at="2017-03-04")
    assert teller.why(in_good_faith) is None
    assert told_while(teller, in_good_faith) == "22"
    lost_it = teller.say(KOR, lost(in_good_faith, "2017-03-05"), at="2017-03-06")
    assert teller.why(lost_it) is None
    other = Fold(teller.agreement.id, teller.files)
    for place, statement in reversed(teller.told):
        other.insert(place, statement)
    assert other.export() == teller.fold.export()


def test_a_clause_that_does_not_stop_telling_exposes_nothing_that_was_told() -> None:
    text = suspendable().raw.replace(b', "disclose"]', b"]")
    teller = in_force(agreement=read_agreement(text))
    teller.say(KOR, suspend(), at=DAY)
    told = teller.say(JPN, told_of("2017-03-02"), at="2017-03-03")
    assert told_while(teller, told) is None
    assert teller.why(teller.say(JPN, release())) == ("suspension.category-suspended", "22")


def test_what_is_suspended_is_not_passed_on_once_that_was_seen() -> None:
    text = suspendable().raw.replace(b'"release", "transmit"', b'"third_party_release"')
    teller = in_force(agreement=read_agreement(text))
    item = teller.say(JPN, release())
    given = teller.say(JPN, ConsentGive(None, (item,), None, USA, "warning", None, NOTE))
    body = ItemThirdPartyRelease(item, USA, "warning", (given,), AgreementId("kor-usa"))
    before = teller.sizes[JPN]
    teller.say(JPN, suspend(), at=DAY)
    crossing = teller.say(KOR, body, seen={JPN: before})
    assert teller.why(crossing) is None
    assert teller.why(teller.say(KOR, body)) == ("passing.without-leave", "22")
    assert teller.why(teller.say(JPN, release("b"))) is None


def test_the_word_itself_is_the_duty_to_tell_and_is_done_with_it(teller: Teller) -> None:
    said = teller.say(KOR, suspend(date(2017, 3, 5)), at=DAY)
    duty = one(teller, article="22")
    assert (duty.owed_by, duty.owed_to, duty.owes) == (KOR, (JPN,), "agreement.suspend_category")
    assert (duty.done_by, duty.state.value) == (said, "done")
    assert duty.due == instant(DAY) + timedelta(hours=2) // timedelta(milliseconds=1)


def test_an_end_of_a_suspension_comes_up_for_everybody_until_it_is_over(teller: Teller) -> None:
    said = teller.say(KOR, suspend(None, date(2017, 3, 5)), at=DAY)
    open_end = teller.say(JPN, suspend())

    def coming(at: str) -> list[tuple[Place | None, Instant | None, str | None]]:
        with teller.fold.standing_at(instant(at)) as state:
            found = coming_at(state, KOR, instant(at))
        return [(c.about, c.due, c.article) for c in found if c.what == "suspension.end"]

    due = instant("2017-03-05T15:00:00Z")
    assert coming("2017-03-02") == [(said, due, "22"), (open_end, None, "22")]
    assert coming("2017-03-06") == [(open_end, None, "22")]
    teller.say(JPN, resume(open_end), at="2017-03-07")
    assert coming("2017-03-08") == []


def test_those_to_come_are_listed_beside_those_that_stand(teller: Teller) -> None:
    said = teller.say(KOR, suspend(date(2017, 3, 5), date(2017, 3, 6)), at=DAY)
    (row,) = suspensions_at(teller.state, instant("2017-03-02"))
    assert row.place == said
    assert suspensions_at(teller.state, instant("2017-03-07")) == ()
    stand = [standing_suspensions(teller.state, instant(f"2017-03-0{d}")) for d in (2, 5, 7)]
    assert stand == [(), (said,), ()]
    (shown,) = teller.exported("2017-03-02")["suspensions"]
    assert (shown["category"], shown["from"], shown["until"]) == (
        CATEGORY,
        "2017-03-05",
        "2017-03-06",
    )
    assert (shown["stands"], shown["reason_code"], shown["by"]) == (False, "talks", "KOR")
    assert "authority" not in shown
    assert structs.replace(row.body, reason_code=None).to_json().keys().isdisjoint({"reason_code"})
