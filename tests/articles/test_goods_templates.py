# SPDX-License-Identifier: Apache-2.0
"""The files on goods that ship: without gaps, in their parties' languages, and as sure as read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.agreement.acts import Source
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.agreement.vocabulary.order import NEEDS
from comity.basis.instants import Date, parse_instant
from comity.decision.deciding import Decision, decide
from comity.decision.request import Actor, Consent, Item, Order, Request, Settlement
from comity.foresight.gaps import check

IDS = {
    "acsa-jpn-kor": ("en", "ja", "ko"),
    "acsa-jpn-usa-1996": ("en", "ja"),
    "acsa-jpn-usa-2016": ("en", "ja"),
    "acsa-us-family": ("en",),
    "hospitals-mutual-aid": ("en", "ja", "ko"),
}
FILES = {each: read_agreement(template(each)) for each in IDS}
DAY = Date(2018, 6, 1)


def asked(name: str, category: str, activity: str, **facts: object) -> Request:
    one, other = (party.id for party in FILES[name].parties[:2])
    order = Order(one, other, activity, (category,), DAY, NEEDS, ())
    return Request(
        at=parse_instant("2018-06-01T03:00:00Z"),
        action="order",
        agreement_state="in_force",
        actor=Actor(party=one, id="officer-1"),
        order=replace(order, **facts),  # type: ignore[arg-type]  # by name
    )


def cited(decision: Decision) -> set[str]:
    assert decision.unknown == ()
    return {row.article for row in decision.articles}


@pytest.mark.parametrize("name", IDS)
def test_a_file_on_goods_has_no_gap_and_says_each_article_in_its_parties_languages(
    name: str,
) -> None:
    file = FILES[name]
    assert check(file) == ()
    assert file.scope.activities
    for article in file.articles:
        assert article.title.languages() == article.summary.languages() == IDS[name]


def test_what_was_never_concluded_or_never_read_claims_to_be_a_model() -> None:
    for name in ("acsa-jpn-kor", "hospitals-mutual-aid"):
        assert {each.source for each in FILES[name].articles} == {Source.MODEL}
    law = {each.number: each.source for each in FILES["acsa-us-family"].articles}
    assert {source for number, source in law.items() if number.startswith("S")} == {Source.TEXT}
    sure = {each.number: each.source for each in FILES["acsa-jpn-usa-1996"].articles}
    assert (sure["I"], sure["I(2)"], sure["VIII"]) == (
        Source.TEXT,
        Source.SECONDARY,
        Source.MODEL,
    )


@pytest.mark.row("2344c", "2350.1", "U1", "U8")
@pytest.mark.parametrize(
    ("name", "category", "activity", "articles"),
    [
        ("acsa-jpn-kor", "fuel", "search-and-rescue", set()),
        ("acsa-jpn-kor", "ammunition", "peacekeeping", {"1", "2"}),
        ("acsa-jpn-kor", "fuel", "armed-attack", {"1"}),
        ("acsa-us-family", "ammunition", "exercise", set()),
        ("acsa-us-family", "calibration", "unforeseen-need", set()),
        ("acsa-us-family", "water", "exercise", {"S2350"}),
        ("acsa-us-family", "guided-missile", "exercise", {"S2350", "8"}),
        ("acsa-us-family", "chemical-munition", "exercise", {"S2350", "8", "S2344(c)"}),
        ("acsa-us-family", "fuel", "war", {"1"}),
        ("hospitals-mutual-aid", "staff", "drill", set()),
        ("hospitals-mutual-aid", "medicines", "drill", {"1"}),
        ("hospitals-mutual-aid", "medicines", "epidemic", set()),
        ("hospitals-mutual-aid", "blood", "disaster", {"1", "2"}),
    ],
)
def test_an_order_is_refused_by_the_article_that_speaks_of_it(
    name: str, category: str, activity: str, articles: set[str]
) -> None:
    decision = decide(FILES[name], asked(name, category, activity))
    assert decision.decision == ("deny" if articles else "allow")
    assert not articles or cited(decision) == articles


@pytest.mark.row("A4", "A5", "A10", "2350.4")
@pytest.mark.parametrize(
    ("need", "article"),
    [("charter", "I(4)"), ("authority", "I(5)"), ("method", "VII(2)"), ("return_day", "X")],
)
def test_a4_a5_a10_an_order_that_does_not_show_what_an_article_needs_is_refused(
    need: str, article: str
) -> None:
    shown = tuple(each for each in NEEDS if each != need)
    decision = decide(
        FILES["acsa-jpn-usa-2016"], asked("acsa-jpn-usa-2016", "fuel", "exercise", shows=shown)
    )
    assert cited(decision) == {article}


@pytest.mark.row("2342f")
@pytest.mark.parametrize(
    ("name", "article"), [("acsa-jpn-usa-2016", "X"), ("acsa-us-family", "S2342")]
)
def test_2342_f_nobody_asks_for_and_receives_the_same_goods(name: str, article: str) -> None:
    request = asked(name, "fuel", "exercise", acted=("officer-1",))
    assert cited(decide(FILES[name], replace(request, action="deliver"))) == {article}


def settling(name: str, **facts: object) -> Decision:
    settlement = Settlement("return", ("supply",), None, Date(2017, 1, 31), ())
    request = asked(name, "fuel", "exercise")
    settled = replace(settlement, **facts)  # type: ignore[arg-type]  # by name
    return decide(FILES[name], replace(request, action="settle", settlement=settled))


@pytest.mark.row("A9", "A10")
def test_a9_a10_supplies_come_back_before_they_are_paid_for_and_services_are_paid_for() -> None:
    name = "acsa-jpn-usa-2016"
    assert settling(name).allowed
    assert settling(name, method="replacement_in_kind").allowed
    assert cited(settling(name, method="cash")) == {"VII"}
    assert settling(name, method="cash", reason="consumed").allowed
    assert settling(name, method="equal_value", natures=("service",)).allowed
    assert cited(settling(name, method="return", natures=("service",))) == {"VII"}


@pytest.mark.row("2345c")
def test_2345_c_a_credit_is_offset_after_eighteen_months_and_by_both() -> None:
    name = "acsa-us-family"
    both = tuple(party.id for party in FILES[name].parties)
    offset = {"method": "offset", "approved_by": both}
    assert settling(name, **offset, delivered=Date(2016, 11, 30)).allowed
    assert cited(settling(name, **offset, delivered=Date(2016, 12, 1))) == {"S2345"}
    late = {**offset, "delivered": Date(2016, 1, 1)}
    assert cited(settling(name, **{**late, "approved_by": both[:1]})) == {"S2345"}


@pytest.mark.row("A8", "U9")
@pytest.mark.parametrize(
    ("name", "article"),
    [
        ("acsa-jpn-kor", "5"),
        ("acsa-jpn-usa-1996", "VIII"),
        ("acsa-jpn-usa-2016", "VIII"),
        ("acsa-us-family", "9"),
        ("hospitals-mutual-aid", "4"),
    ],
)
def test_a8_u9_goods_go_to_a_third_force_with_the_providers_prior_consent_alone(
    name: str, article: str
) -> None:
    file = FILES[name]
    given = parse_instant("2018-05-01T00:00:00Z")
    provider = file.parties[1].id
    request = replace(
        asked(name, "fuel", "exercise"),
        action="transfer_goods",
        item=Item(id="USA/7", originators=(provider,), category="fuel"),
        purpose="exercise",
        recipient="AUS",
        consents=(),
    )
    assert cited(decide(file, request)) == {article}
    consent = Consent(provider, ("USA/7",), None, "AUS", "exercise", given, None)
    assert decide(file, replace(request, consents=(consent,))).allowed
    late = replace(consent, given_at=parse_instant("2018-06-02T00:00:00Z"))
    assert not decide(file, replace(request, consents=(late,))).allowed


@pytest.mark.row("2342d")
@pytest.mark.parametrize("recipient", ["THIRD", "AUS"])
def test_2342_d_nothing_is_passed_to_a_country_without_such_an_agreement_even_with_consent(
    recipient: str,
) -> None:
    file = FILES["acsa-us-family"]
    provider, given = file.parties[1].id, parse_instant("2018-05-01T00:00:00Z")
    consent = Consent(provider, ("USA/7",), None, recipient, "exercise", given, None)
    request = replace(
        asked("acsa-us-family", "fuel", "exercise"),
        action="transfer_goods",
        item=Item(id="USA/7", originators=(provider,), category="fuel"),
        purpose="exercise",
        recipient=recipient,
        consents=(consent,),
    )
    decision = decide(file, request)
    assert decision.allowed == (recipient == "AUS")
    if recipient == "THIRD":
        assert cited(decision) == {"S2342(d)"}
    unknown = decide(file, replace(request, recipient=None))
    assert not unknown.allowed


@pytest.mark.row("2342d")
def test_2342_d_a_clause_that_asks_for_consent_may_name_who_has_such_an_agreement_too() -> None:
    name, provider = "acsa-us-family", FILES["acsa-us-family"].parties[1].id
    text = FILES[name].raw.decode().replace('"originator"', '"originator"\nrecipients = ["GBR"]', 1)
    consent = Consent(
        provider, ("USA/7",), None, "AUS", "exercise", parse_instant("2018-05-01T00:00:00Z"), None
    )
    request = replace(
        asked(name, "fuel", "exercise"),
        action="transfer_goods",
        item=Item(id="USA/7", originators=(provider,), category="fuel"),
        purpose="exercise",
        recipient="AUS",
        consents=(consent,),
    )
    assert cited(decide(read_agreement(text.encode()), request)) == {"9"}
    others = replace(request, recipient="GBR", consents=(replace(consent, recipient="GBR"),))
    assert decide(read_agreement(text.encode()), others).allowed


@pytest.mark.row("A12", "2345a", "2345b", "U4", "U6")
def test_a12_u5_u6_the_times_are_those_of_the_file_and_its_arrangement() -> None:
    duties = {
        name: {
            (duty.trigger, duty.discharged_by): duty.within.text if duty.within else None
            for duty in file.rules.duties
            if duty.clause == "settlement"
        }
        for name, file in FILES.items()
    }
    settled = ("delivery.receipt", "delivery.settled")
    lent = {("delivery.loan", "loan.return"): "on the day of return"}
    assert duties["acsa-jpn-usa-2016"] == {settled: "12 months", **lent}
    assert duties["acsa-us-family"] == {
        settled: "12 months",
        **lent,
        ("invoice.issue", "invoice.settled"): "30 days",
    }
    assert duties["hospitals-mutual-aid"][settled] == "6 months"
    [clause] = FILES["acsa-us-family"].clauses("settlement")
    assert clause.flag("converts")
    assert clause.find_duration("in_kind_within") == clause.find_duration("at_most")


@pytest.mark.row("U12")
def test_u12_what_was_accepted_is_handed_over_after_the_end() -> None:
    for name, file in FILES.items():
        category = file.scope.categories[0]
        ended = replace(
            asked(name, category, file.scope.activities[0]), agreement_state="terminated"
        )
        assert not decide(file, ended).allowed
        assert decide(file, replace(ended, action="deliver")).allowed
        assert not decide(file, replace(ended, action="approve_order")).allowed
