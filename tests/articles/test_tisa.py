# SPDX-License-Identifier: Apache-2.0
"""The arrangement of 2014 as it ships: whose it is, what it is about, by which way, when it begins.

Rows T0, T1, T2, T4, T6 and T8; what goes through the hub between nodes is shown elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.ids import PartyId
from comity.basis.instants import parse_instant
from comity.decision.deciding import Decision, decide
from comity.decision.request import MISSING, Actor, Assurance, Consent, Item, Request, Sharing
from comity.foresight.plain_words import show_agreement
from comity.state.duties import duties_at
from comity.statement.information import RequestDecline, RequestMake
from comity.statement.treaty import AgreementSign
from tests.support_state import NOTE, Teller, propose

JPN, KOR, USA = PartyId("JPN"), PartyId("KOR"), PartyId("USA")
TISA = read_agreement(template("tisa-2014"))
GSOMIA = read_agreement(template("gsomia-jpn-kor"))
OF_2007, OF_1987 = (read_agreement(template(each)) for each in ("jpn-usa-2007", "kor-usa-1987"))
PARTIES = TISA.parties
AT = parse_instant("2015-06-01T00:00:00Z")
TO_HUB = Request(
    at=AT,
    action="release",
    agreement_state="in_force",
    actor=Actor(party="JPN"),
    item=Item(
        id="JPN/1",
        originators=("JPN",),
        level="SECRET",
        category="dprk_missile",
        form="document",
        purposes=("warning",),
        named_for=(),
        use_until=None,
    ),
    purpose="warning",
    recipient="USA",
    channel="node",
    consents=(),
    sharing=None,
)
CONSENT = Consent("JPN", ("JPN/1",), None, "KOR", "warning", AT, None)
ONWARD = replace(
    TO_HUB,
    actor=Actor(party="USA"),
    item=replace(TO_HUB.item, originators=("JPN", "USA")),
    recipient="KOR",
    consents=(CONSENT, replace(CONSENT, by="USA")),
    sharing=Sharing("tisa-2014", ("KOR",)),
)


def cited(decision: Decision) -> set[str]:
    return {row.article for row in decision.articles}


def about(category: str) -> Request:
    return replace(TO_HUB, item=replace(TO_HUB.item, category=category))


def in_form(form: str) -> Request:
    return replace(TO_HUB, item=replace(TO_HUB.item, form=form))


def between_two(form: str) -> Request:
    """Ask for the same form under the agreement of Tokyo and Seoul."""
    item = replace(TO_HUB.item, form=form, category="missile-warning", level="CONFIDENTIAL")
    at = parse_instant("2017-06-01T00:00:00Z")
    given = Assurance("KOR", "CONFIDENTIAL", None, True, True, AT, None)
    asked = replace(TO_HUB, at=at, item=item, recipient="KOR", assurances=(given,))
    return replace(asked, suspended=())


MINISTRIES = {
    "JPN": ("Ministry of Defense of Japan", "Ministry of Defense"),
    "KOR": (
        "Ministry of National Defense of the Republic of Korea",
        "Ministry of National Defense",
    ),
    "USA": ("Department of Defense of the United States of America", "Department of Defense"),
}


def refusals(decision: Decision) -> dict[str, str]:
    """Give why each paragraph's leave did not hold; it is always its leave to release."""
    assert not decision.allowed
    assert {each.clause for each in decision.articles} == {"release"}
    return {each.article: each.why for each in decision.articles}


def standing_as(teller: Teller, at: str) -> Request:
    """Ask what goes to the hub, the agreement standing as the registers have it then."""
    return replace(TO_HUB, at=parse_instant(at), agreement_state=teller.state_name(at))


@pytest.mark.row("T0")
def test_t0_the_participants_are_ministries_and_not_states() -> None:
    """They are recorded so: by the file that is signed, and on its page in each language."""
    found = {each.id: (each.names.in_language("en"), each.competent_authority) for each in PARTIES}
    assert found == MINISTRIES
    for language, government in (("en", "Government"), ("ja", "政府"), ("ko", "정부")):
        page = show_agreement(TISA, language)
        assert all(party.names.in_language(language) in page for party in PARTIES)
        assert not [party for party in PARTIES if government in party.names.in_language(language)]
        for party in GSOMIA.parties:
            assert government in party.names.in_language(language)
    teller = Teller(TISA, parties=(JPN, KOR, USA))
    proposed = teller.say(JPN, propose(TISA), at="2014-12-26")
    assert teller.why(proposed) is None
    assert dict(teller.state.proposals.items()) == {proposed: TISA.sha256}


@pytest.mark.row("T1")
@pytest.mark.parametrize("category", ["dprk_nuclear", "dprk_missile"])
def test_t1_its_two_subjects_may_be_given_to_the_hub(category: str) -> None:
    decision = decide(TISA, about(category))
    assert decision.allowed
    assert cited(decision) == {"1", "2", "4"}
    assert set(TISA.scope.categories) == {"dprk_nuclear", "dprk_missile"}


@pytest.mark.row("T1")
@pytest.mark.parametrize("category", ["dprk_cyber", "missile-warning", "dprk_missiles"])
def test_t1_another_subject_is_refused_citing_paragraph_1(category: str) -> None:
    """Paragraphs 2 and 4 give leave too, within the scope alone, and that is paragraph 1's."""
    why = f"category '{category}' is not in scope: dprk_nuclear, dprk_missile"
    assert TISA.scope.article == "1"
    assert refusals(decide(TISA, about(category))) == dict.fromkeys(("1", "2", "4"), why)


@pytest.mark.row("T1")
def test_t1_paragraph_1_alone_holds_another_subject_back() -> None:
    listed = b'["dprk_nuclear", "dprk_missile"]'
    text = template("tisa-2014")
    assert text.count(listed) == 2  # the scope, whose article is 1, and the leave of paragraph 1
    wider = listed[:-1] + b', "dprk_cyber"]'
    scope_only = read_agreement(text.replace(listed, wider, 1))
    assert refusals(decide(scope_only, about("dprk_cyber"))).keys() == {"1"}
    assert decide(read_agreement(text.replace(listed, wider)), about("dprk_cyber")).allowed


@pytest.mark.row("T2")
@pytest.mark.parametrize("form", ["equipment", "technology"])
def test_t2_equipment_and_technology_are_refused_here_and_covered_by_the_gsomia(form: str) -> None:
    assert refusals(decide(TISA, in_form(form)))["2"] == (
        f"form '{form}' is not in scope: oral, visual, electronic, magnetic, document"
    )
    assert decide(GSOMIA, between_two(form)).allowed
    assert not decide(GSOMIA, between_two("rumour")).allowed


@pytest.mark.row("T2")
def test_t2_each_of_the_five_forms_goes_and_both_agreements_beneath_know_it() -> None:
    assert TISA.scope.forms == ("oral", "visual", "electronic", "magnetic", "document")
    for form in TISA.scope.forms:
        decision = decide(TISA, in_form(form))
        assert (decision.allowed, cited(decision)) == (True, {"1", "2", "4"})
        for beneath in (OF_2007, OF_1987):
            assert not beneath.scope.forms or form in beneath.scope.forms


@pytest.mark.row("T4")
def test_t4_nothing_goes_past_the_hub_and_the_hub_passes_on_only_what_is_marked() -> None:
    assert cited(decide(TISA, replace(TO_HUB, recipient="KOR"))) == {"4"}
    assert decide(TISA, ONWARD).allowed
    for sharing in (None, Sharing("tisa-2014", ("JPN",)), Sharing("jpn-usa-2007", ("KOR",))):
        assert cited(decide(TISA, replace(ONWARD, sharing=sharing))) == {"4"}


BETWEEN_TWO = replace(
    TO_HUB,
    actor=Actor(party="JPN"),
    item=replace(TO_HUB.item, category="missile-activity"),
    channel="courier",
    assurances=(Assurance("USA", "SECRET", None, True, True, AT, None),),
)


@pytest.mark.row("T3", "T4", "T5")
def test_t3_the_way_to_seoul_takes_three_decisions_each_under_its_own_agreement() -> None:
    """Vector 7 of treaties.md section 6, under the files that ship."""
    to_washington = decide(OF_2007, BETWEEN_TWO)
    assert (to_washington.allowed, cited(to_washington)) == (True, {"2"})
    given = replace(BETWEEN_TWO, actor=Actor(party="USA"), recipient="KOR")
    onward = replace(given, action="third_party_release", consents=(CONSENT,))
    by_leave = decide(OF_2007, onward)
    assert (by_leave.allowed, cited(by_leave)) == (True, {"6(a)"})
    through_hub = decide(TISA, ONWARD)
    assert (through_hub.allowed, cited(through_hub)) == (True, {"1", "2", "4"})
    item = replace(BETWEEN_TWO.item, originators=("JPN", "USA"))
    assured = (Assurance("KOR", "SECRET", None, True, True, AT, None),)
    to_seoul = decide(OF_1987, replace(given, item=item, assurances=assured))
    assert (to_seoul.allowed, cited(to_seoul)) == (True, {"2"})
    assert {each.agreement for each in (by_leave, through_hub, to_seoul)} == {
        "jpn-usa-2007",
        "tisa-2014",
        "kor-usa-1987",
    }


@pytest.mark.row("T4", "T5")
def test_t5_without_the_consent_neither_the_agreement_nor_the_arrangement_lets_it_go_on() -> None:
    given = replace(BETWEEN_TWO, actor=Actor(party="USA"), recipient="KOR")
    onward = replace(given, action="third_party_release", consents=())
    assert cited(decide(OF_2007, onward)) == {"6(a)"}
    assert cited(decide(TISA, replace(ONWARD, consents=()))) == {"4"}
    assert cited(decide(TISA, replace(TO_HUB, recipient="KOR"))) == {"4"}


@pytest.mark.row("T4b")
def test_t4b_the_mark_alone_is_no_approval_under_this_file() -> None:
    assert cited(decide(TISA, replace(ONWARD, consents=ONWARD.consents[1:]))) == {"4"}  # type: ignore[index]  # two consents


@pytest.mark.row("T4b")
def test_t4b_each_item_is_approved_of_by_its_number_and_a_class_only_of_what_the_hub_makes() -> (
    None
):
    of_class = replace(CONSENT, items=(), category="dprk_missile")
    consents = (of_class, replace(of_class, by="USA"))
    given = replace(ONWARD, consents=consents)
    refused = decide(TISA, given)
    assert cited(refused) == {"4"}
    assert [each.why for each in refused.articles] == [
        "no prior written consent of 'JPN' names this item; "
        "no prior written consent of 'USA' names this item"
    ]
    for own in (None, "USA/7"):
        assert decide(TISA, replace(given, item=replace(given.item, id=own))).allowed
    unsaid = decide(TISA, replace(given, item=replace(given.item, id=MISSING)))
    assert not unsaid.allowed
    assert "item.id" in {each.fact for each in unsaid.unknown}
    both = replace(ONWARD, consents=(*consents, *ONWARD.consents))  # type: ignore[misc]  # two consents
    assert decide(TISA, both).allowed


@pytest.mark.row("T6")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Not legally binding"),
        ("ja", "法的拘束力はない"),
        ("ko", "법적 구속력이 없다"),
    ],
)
def test_t6_its_page_says_first_that_it_binds_nobody(language: str, said: str) -> None:
    assert not TISA.binding
    assert said in show_agreement(TISA, language).partition("\n## ")[0]
    assert said not in show_agreement(GSOMIA, language).partition("\n## ")[0]


@pytest.mark.row("T7")
def test_t7_under_the_arrangement_a_request_is_declined_without_a_reason_and_owes_nothing() -> None:
    teller = Teller(TISA, parties=(JPN, KOR, USA))
    teller.say(JPN, propose(TISA), at="2014-12-26")
    for party in (KOR, USA, JPN):
        teller.say(party, AgreementSign(NOTE), at="2014-12-29")
    before = duties_at(teller.state, parse_instant("2025-01-01T00:00:00Z"))
    asked = teller.say(JPN, RequestMake("dprk_missile", None, None), at="2015-06-01")
    assert duties_at(teller.state, parse_instant("2025-01-01T00:00:00Z")) == before == ()
    assert RequestDecline(asked).to_json() == {"request": str(asked)}
    for party in (KOR, USA):
        assert teller.why(teller.say(party, RequestDecline(asked))) is None
    (row,) = teller.exported("2025-01-01")["requests"]
    assert row["open"] == []
    assert duties_at(teller.state, parse_instant("2025-01-01T00:00:00Z")) == ()


@pytest.mark.row("T8")
@pytest.mark.parametrize("order", [*permutations((JPN, KOR, USA))])
def test_t8_it_is_in_force_at_the_last_of_three_signatures(order: tuple[PartyId, ...]) -> None:
    """Whoever signs last; the day is that of Tokyo and Seoul, where the file's zone is."""
    teller = Teller(TISA, parties=(JPN, KOR, USA))
    teller.say(JPN, propose(TISA), at="2014-12-25")
    *first, last = order
    for party, at in zip(first, ("2014-12-26T02:00:00Z", "2014-12-27T02:00:00Z"), strict=True):
        assert teller.why(teller.say(party, AgreementSign(NOTE), at=at)) is None
        assert teller.state_name("2015-06-01") != "in_force"
        assert not decide(TISA, standing_as(teller, "2015-06-01T00:00:00Z")).allowed
    teller.say(last, AgreementSign(NOTE), at="2014-12-28T15:00:00Z")
    assert teller.state_name("2014-12-28T14:59:59.999Z") != "in_force"
    assert teller.state_name("2014-12-28T15:00:00Z") == "in_force"
    assert decide(TISA, standing_as(teller, "2014-12-28T15:00:00Z")).allowed


@pytest.mark.row("T8")
def test_t8_two_signatures_of_one_party_are_one() -> None:
    teller = Teller(TISA, parties=(JPN, KOR, USA))
    teller.say(JPN, propose(TISA), at="2014-12-25")
    for party in (JPN, KOR, KOR, JPN):
        teller.say(party, AgreementSign(NOTE), at="2014-12-26")
    assert teller.state_name("2015-06-01") != "in_force"


@pytest.mark.row("T8")
def test_t8_it_has_nine_paragraphs() -> None:
    assert [each.number for each in TISA.articles] == [*"123456789", "end"]


def test_what_was_not_read_claims_nothing() -> None:
    for number in ("5", "6", "7", "9"):
        (article,) = (each for each in TISA.articles if each.number == number)
        assert (article.source, article.clauses) == ("model", ())
