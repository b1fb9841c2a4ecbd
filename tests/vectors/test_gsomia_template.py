# SPDX-License-Identifier: Apache-2.0
"""The shipped Japan-Korea template and the draft of 2012, held to the rows of treaties.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.agreement.acts import Basis, EntryRule, Source
from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.rules import Term
from comity.agreement.templates import template
from comity.basis.errors import InputError
from comity.basis.ids import PartyId
from comity.basis.instants import Date, Duration, DurationUnit, Zone
from comity.marking.equivalence import corresponding_markings, read_marking

ROOT = Path(__file__).parents[2]
DRAFT = ROOT / "tests/agreements/gsomia-jpn-kor-2012-draft.toml"
JPN, KOR = PartyId("JPN"), PartyId("KOR")
DAY = Date(2016, 12, 16)

READ_IN_TEXT = {"1", "2", "3", "4", "7", "8", "16", "17", "18", "20", "21", "end"}
READ_ABOUT = {"6"}
NOT_READ = {"5", "9", "10", "11", "12", "13", "14", "15", "19"}


@pytest.fixture(scope="module")
def signed() -> Agreement:
    return read_agreement(template("gsomia-jpn-kor"))


@pytest.fixture(scope="module")
def draft() -> Agreement:
    return read_agreement(DRAFT.read_bytes())


def test_the_file_says_that_it_is_a_model(signed: Agreement, draft: Agreement) -> None:
    for agreement in (signed, draft):
        head = agreement.raw.decode().partition("format = 1")[0]
        assert "model, not the legal text" in head.lower()


def test_only_the_template_carries_its_name_in_the_package() -> None:
    named = [path for path in (ROOT / "src").rglob("*gsomia-jpn-kor*") if path.is_file()]
    assert [path.name for path in named] == ["gsomia-jpn-kor.toml"]


def test_every_article_stands_with_title_and_summary_in_three_languages(
    signed: Agreement, draft: Agreement
) -> None:
    for agreement in (signed, draft):
        assert [article.number for article in agreement.articles] == [
            *(str(number) for number in range(1, 22)),
            "end",
        ]
        for article in agreement.articles:
            assert article.title.languages() == ("en", "ja", "ko")
            assert article.summary.languages() == ("en", "ja", "ko")


def test_each_article_says_how_far_its_author_had_read(signed: Agreement) -> None:
    said = {
        source: {article.number for article in signed.articles if article.source is source}
        for source in Source
    }
    assert said == {
        Source.TEXT: READ_IN_TEXT,
        Source.SECONDARY: READ_ABOUT,
        Source.MODEL: NOT_READ,
    }


def test_every_time_that_the_treaty_does_not_give_says_where_it_comes_from(
    signed: Agreement,
) -> None:
    timed = {
        clause.article: (str(value.text if isinstance(value, Term) else value), clause.basis)
        for article in signed.articles
        for clause in article.clauses
        for _, value in clause.keys
        if isinstance(value, Term | Duration)
    }
    assert timed == {
        "2(d)": ("promptly", Basis.ARRANGEMENT),
        "3": ("30 days", Basis.ARRANGEMENT),
        "6(f)": ("1 year", Basis.ARRANGEMENT),
        "6(g)": ("promptly", Basis.TEXT),
        "6(h)": ("60 days", Basis.ARRANGEMENT),
        "12(a)": ("5 days", Basis.ARRANGEMENT),
        "13": ("30 days", Basis.ARRANGEMENT),
        "16(g)": ("1 year", Basis.ARRANGEMENT),
        "17": ("30 days", Basis.ARRANGEMENT),
    }


def test_the_clauses_stand_under_the_articles_that_they_cite(signed: Agreement) -> None:
    assert [
        (clause.article, clause.kind) for article in signed.articles for clause in article.clauses
    ] == [
        ("2", "release"),
        ("2(d)", "notify"),
        ("3", "notify"),
        ("4(2)", "marking"),
        ("4(3)", "derived"),
        ("6(a)", "third_party_rule"),
        ("6(c)", "purpose_limitation"),
        ("6(d)", "contractor"),
        ("6(e)", "facility_register"),
        ("6(f)", "inventory"),
        ("6(g)", "reclassification"),
        ("6(h)", "retention"),
        ("7(1)", "access"),
        ("7(2)", "access"),
        ("7(5)", "assurance"),
        ("8", "visit"),
        ("9", "channel"),
        ("12(c)", "channel"),
        ("12(a)", "receipt"),
        ("13", "destruction"),
        ("14", "copies"),
        ("15", "translation"),
        ("16", "contractor"),
        ("16(g)", "contractor"),
        ("17", "incident"),
        ("18", "visit"),
        ("20", "consultation"),
        ("21(3)", "ending"),
    ]


def test_art_21_a_year_at_a_time_with_ninety_days_notice(signed: Agreement) -> None:
    life = signed.lifecycle
    year = Duration(1, DurationUnit.YEARS)
    assert (life.article, life.entry) == ("21", EntryRule.LATER_OF_NOTIFICATIONS)
    assert (life.runs, life.renews) == (year, year)
    assert life.notice == Duration(90, DurationUnit.DAYS)
    assert life.zone == Zone(9 * 60)
    assert signed.prevailing_languages == ("en",)


def test_parties_are_named_first_in_their_own_language(signed: Agreement) -> None:
    assert [party.names.languages()[0] for party in signed.parties] == ["ja", "ko"]
    assert {party.names.in_language("en") for party in signed.parties} == {
        "Government of Japan",
        "Government of the Republic of Korea",
    }


def test_art_4_1_markings_of_the_signed_text(signed: Agreement) -> None:
    assert corresponding_markings(signed.table, JPN, "SECRET", DAY) == ("極秘", "特定秘密")
    assert corresponding_markings(signed.table, JPN, "CONFIDENTIAL", DAY) == ("秘",)
    assert corresponding_markings(signed.table, KOR, "SECRET", DAY) == ("군사II급비밀",)
    assert corresponding_markings(signed.table, KOR, "CONFIDENTIAL", DAY) == ("군사III급비밀",)
    for marking in ("機密", "防衛秘密"):
        with pytest.raises(InputError, match=r"marking\.unknown"):
            read_marking(signed.table, JPN, marking, DAY)


def test_the_draft_of_2012_differs_in_version_and_one_marking(
    signed: Agreement, draft: Agreement
) -> None:
    assert (draft.id, draft.version, signed.version) == (signed.id, 1, 2)
    assert read_marking(draft.table, JPN, "防衛秘密", DAY) == "SECRET"
    with pytest.raises(InputError, match=r"marking\.unknown"):
        read_marking(draft.table, JPN, "特定秘密", DAY)
    assert draft.articles == signed.articles
    assert draft.scope == signed.scope
    assert draft.lifecycle == signed.lifecycle
    assert draft.sha256 != signed.sha256
