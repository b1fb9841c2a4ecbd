# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template, template_ids
from comity.basis.errors import InputError
from comity.basis.instants import parse_date
from comity.foresight.plain_words import agreement_sections, show_agreement
from comity.state.lifecycle_dates import notice_last_day

Pact = Callable[..., Agreement]
DIGEST = "ab" * 32


def block(page: str, heading: str) -> str:
    _, _, rest = page.partition(f"## {heading}")
    assert rest
    return rest.partition("\n## ")[0]


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_the_page_holds_every_article_in_its_language(gsomia: Agreement, language: str) -> None:
    page = show_agreement(gsomia, language)
    for article in gsomia.articles:
        assert article.title.in_language(language) in page
        assert article.summary.in_language(language) in page
    assert page.count("\n## ") == 22
    assert gsomia.sha256 in page


@pytest.mark.parametrize(
    ("language", "heading", "words"),
    [
        (
            "en",
            "Article 11. ",
            "- no clause of its own: by this file the node enforces, records and reminds nothing",
        ),
        ("ja", "第11条", "- この条に固有の条項はない。"),
        ("ko", "제11조", "- 이 조에 따로 둔 조항은 없음. "),
    ],
)
def test_of_an_article_without_clauses_it_says_that_nothing_follows_from_it(
    gsomia: Agreement, language: str, heading: str, words: str
) -> None:
    assert words in block(show_agreement(gsomia, language), heading)


def test_an_article_with_clauses_says_what_is_enforced_recorded_and_reminded(
    gsomia: Agreement,
) -> None:
    text = block(show_agreement(gsomia, "en"), "Article 6. ")
    assert "- Enforced 6(a): nothing goes to a third party without" in text
    assert "- Recorded 6(a): every consent" in text
    assert "- Reminded 6(g): the recipient is told promptly" in text
    assert "no clause of its own" not in text
    assert "official summaries only" in text


def test_a_number_says_where_it_comes_from(gsomia: Agreement) -> None:
    page = show_agreement(gsomia, "en")
    assert (
        "- Where the values come from, 12(a): an arrangement between the parties, not the "
        "agreement's text (5 days)" in block(page, "Article 12. ")
    )
    assert (
        "- Where the values come from, 21: the agreement's own text (1 year, 1 year, 90 days)"
        in block(page, "Article 21. ")
    )


def test_markings_stand_in_their_script_with_their_days(gsomia: Agreement) -> None:
    text = block(show_agreement(gsomia, "en"), "Article 4. ")
    assert "極秘 (Gokuhi) / 特定秘密 (Tokutei Himitsu, from 2014-12-10) by JPN" in text
    assert "군사III급비밀 (Gunsa III-kup bimil) by KOR" in text


def test_refuses_a_page_in_an_unknown_language(gsomia: Agreement) -> None:
    with pytest.raises(InputError, match=r"foresight\.unknown-language"):
        show_agreement(gsomia, "fr")


def test_the_page_is_the_same_each_time(gsomia: Agreement) -> None:
    assert show_agreement(gsomia, "ko") == show_agreement(gsomia, "ko")


def test_what_belongs_to_no_article_of_the_file_stands_at_its_head(pact: Pact) -> None:
    head = show_agreement(pact(scope="1(2)"), "en").partition("\n## ")[0]
    assert "- Enforced: the levels, highest first: HIGH, LOW; nothing above HIGH" in head
    assert "- Enforced 9: has no term: it runs until it is ended" in head
    assert "categories" not in head


def test_an_agreement_that_runs_without_end_names_no_number(pact: Pact) -> None:
    page = show_agreement(pact(life='runs = "no end"'), "en")
    assert "- Where the values come from, 9: the agreement's own text\n" in page
    assert "is ended by written notice: its last day is the day of the notice" in page
    assert "a term" not in page


@pytest.mark.parametrize(
    ("language", "words", "of_a_term"),
    [
        ("en", "its last day is 30 days after the day of the notice", "last day of a term"),
        ("ja", "通告の日から30日後が最後の日になる", "期間の最後の日"),
        ("ko", "통고한 날부터 30일 뒤가 마지막 날이 된다", "기간의 마지막 날"),
    ],
)
def test_notice_counts_from_its_own_day_where_there_is_no_term(
    language: str, words: str, of_a_term: str
) -> None:
    """As the fold counts it: without terms there is no last day of one to count back from."""
    circle = read_agreement(template("cert-circle"))
    page = show_agreement(circle, language)
    assert words in page
    assert of_a_term not in page
    yearly = show_agreement(read_agreement(template("gsomia-jpn-kor")), language)
    assert of_a_term in yearly
    given = parse_date("2026-03-01")
    assert notice_last_day(circle.lifecycle, given, given) == parse_date("2026-03-31")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "within a term too: its last day is 12 months after the day of the notice"),
        ("ja", "通告の日から12か月後が最後の日になる"),
        ("ko", "통고한 날부터 12개월 뒤가 마지막 날이 된다"),
    ],
)
def test_a15_both_times_of_notice_are_told(language: str, words: str) -> None:
    assert words in show_agreement(read_agreement(template("acsa-jpn-usa-2016")), language)


def test_it_says_whether_acts_go_on_under_notice(gsomia: Agreement) -> None:
    goes_on = "notice of its end stops none of these before that end"
    assert goes_on in block(show_agreement(gsomia, "en"), "Article 21. ")
    text = gsomia.raw.decode()
    stops = text.replace('when = "end"', 'when = "notice"')
    assert stops != text
    assert goes_on not in show_agreement(read_agreement(stops.encode()), "en")


def test_it_says_that_visitors_are_cleared(gsomia: Agreement) -> None:
    page = show_agreement(gsomia, "en")
    cleared = "visitors are cleared at least to the level granted"
    assert cleared in block(page, "Article 8. ")
    assert cleared not in block(page, "Article 18. ")


def test_papers_currency_and_an_earlier_version_are_named(pact: Pact) -> None:
    page = show_agreement(
        pact(
            top=f'text_sha256 = "{DIGEST}"\nsupersedes = "{DIGEST}"',
            currency='currency = "JPY"',
        ),
        "en",
    )
    assert f"- Supersedes: {DIGEST}" in page
    assert f"- Signed paper text: {DIGEST}" in page
    assert "Ministry A; currency: JPY" in page
    assert "Authentic text" not in page


def test_an_arrangement_that_does_not_bind_says_so(pact: Pact) -> None:
    assert "- Not legally binding\n" in show_agreement(pact(binding="false"), "en")
    assert "- Not legally binding" not in show_agreement(pact(), "en")


def test_a_level_without_markings_of_a_party_has_no_line(pact: Pact) -> None:
    row = '[[equivalence]]\nlevel = "HIGH"\nAAA = [{ text = "top", valid_to = 2020-01-01 }]'
    page = show_agreement(pact(equivalence=row), "en")
    assert "HIGH is marked top (until 2020-01-01) by AAA" in page
    assert "by BBB" not in page


@pytest.mark.parametrize(
    ("clauses", "said", "unsaid"),
    [
        ('[article.channel]\nallowed = ["node"]', "content waits until the partner has", "except"),
        (
            '[article.channel]\nallowed = ["node"]\nparcel_before_acknowledgement = ["node"]',
            "except by these ways: between nodes",
            "statement\n",
        ),
        (
            '[article.channel]\nallowed = ["node"]\nalerts = ["open"]\n'
            'alert_before_acknowledgement = ["node"]',
            "content of an alert goes with its statement, before it is acknowledged, by these "
            "ways: between nodes",
            "except",
        ),
        (
            '[article.channel]\nallowed = ["node"]\nalerts = ["open"]',
            "these categories are alerts, and go before others: open",
            "content of an alert",
        ),
        (
            '[article.channel]\nallowed = ["node"]\nimmediate = ["open"]',
            "these categories are shown as IMMEDIATE: open",
            "PRIORITY",
        ),
        (
            '[article.channel]\nallowed = ["node"]\npriority = ["open"]',
            "these categories are shown as PRIORITY: open",
            "IMMEDIATE",
        ),
        (
            '[article.channel]\nallowed = ["node"]\nencrypted_from = "LOW"',
            "from LOW up",
            "from HIGH",
        ),
        (
            '[article.third_party_rule]\nneeds = "agreement"',
            "none has such an agreement",
            "these have",
        ),
        (
            '[article.third_party_rule]\nneeds = "agreement"\nrecipients = ["AUS"]',
            "these have: AUS",
            "none has such",
        ),
        ("[article.third_party_rule]", "prior written consent", "none has such"),
        ("[article.third_party_rule]", "prior written consent", "below"),
        ('[article.third_party_rule]\nfrom_level = "HIGH"', "below HIGH no consent", "below LOW"),
        ("[article.purpose_limitation]", "another purpose needs", "no consent opens"),
        ('[article.purpose_limitation]\notherwise = "nothing"', "no consent opens", "needs the"),
        ("[article.release]", "up to HIGH", "up to LOW"),
        ('[article.release]\ntop_level = "LOW"', "up to LOW", "up to HIGH"),
        (
            '[article.release]\ncategories = ["open"]',
            "only these categories: open\n",
            "only these f",
        ),
        (
            '[article.receipt]\nwithin = "promptly"',
            "gives a receipt for information promptly",
            "node reminds",
        ),
        (
            '[article.receipt]\nwithin = "promptly"\nremind_after = "3 days"\nbasis = "local"',
            "the node reminds after 3 days; that makes no breach",
            "an arrangement",
        ),
    ],
)
def test_a_sentence_is_said_only_where_the_clause_calls_for_it(
    pact: Pact, clauses: str, said: str, unsaid: str
) -> None:
    text = block(show_agreement(pact(clauses=clauses), "en"), "Article 1. ")
    assert said in text
    assert unsaid not in text


def test_text_of_the_file_is_escaped_on_the_page(pact: Pact) -> None:
    row = '[[equivalence]]\nlevel = "HIGH"\nAAA = [{ text = "top", romanised = "a‹b" }]'
    assert "top (a‹U+2039›b)" in show_agreement(pact(equivalence=row), "en")


@pytest.mark.parametrize("lead", ["- ", "# ", "  * ", "– ", "• ", "・", "=", "> "])
def test_a_summary_never_looks_like_a_line_or_a_heading_of_the_node(
    gsomia: Agreement, lead: str
) -> None:
    forged = f"{lead}Enforced 1: nothing goes to a third party"
    raw = template(gsomia.id).decode()
    ours = gsomia.articles[0].summary.in_language("en")
    page = show_agreement(read_agreement(raw.replace(ours, forged).encode()), "en")
    assert f"\n\\{forged}\n" in page
    assert f"\n{forged}\n" not in page
    quoted = read_agreement(raw.replace(ours, "(As the text has it.)").encode())
    assert "\n(As the text has it.)\n" in show_agreement(quoted, "en")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "- Enforced 1: HIGH is for the persons named"),
        ("ja", "- 強制 第1条：LOWを見てよい範囲：組織とその顧客"),
        ("ko", "- 강제 제1조: HIGH을 볼 수 있는 범위: 지명된 사람"),
    ],
)
def test_the_circle_of_each_level_is_said(pact: Pact, language: str, line: str) -> None:
    clauses = '[article.audience]\nHIGH = "named_persons"\nLOW = "organisation_and_clients"\n'
    assert line in show_agreement(pact(clauses=clauses), language)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "LOW is for those of the organisation and its clients who need to know"),
        ("ja", "LOWを見てよい範囲：組織とその顧客のうち知る必要がある者"),
        ("ko", "LOW을 볼 수 있는 범위: 조직과 그 고객 중 알 필요가 있는 사람"),
    ],
)
def test_a_circle_of_those_who_need_to_know_is_said(pact: Pact, language: str, line: str) -> None:
    clauses = (
        '[article.audience]\nHIGH = "organisation_need_to_know"\n'
        'LOW = "organisation_and_clients_need_to_know"\n'
    )
    assert line in show_agreement(pact(clauses=clauses), language)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "- Enforced 1: while a category is suspended these stop for it: release; any party"),
        ("ja", "- 強制 第1条：停止中の種別については次の行為ができない：提供。"),
        ("ko", "- 강제 제1조: 정지된 종류에 대해서는 다음 행위를 할 수 없다: 제공."),
    ],
)
def test_the_page_says_what_a_suspension_stops_and_who_suspends(
    pact: Pact, language: str, line: str
) -> None:
    clauses = "[article.suspension]\nacts = ['release']\nremind_after = '3 days'\n"
    page = show_agreement(pact(clauses=clauses, scope="9"), language)
    text = block(page, _ONE[language])
    assert line in text
    assert sum(each in text for each in ("- Recorded 1", "- 記録 第1条", "- 기록 제1조")) == 1
    at_once = {"en": "told as it is said", "ja": "述べると同時に", "ko": "말하는 즉시"}
    assert at_once[language] in text


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "- Reminded 1: when a victim is named, the recipient tells the originator within"),
        ("ja", "- 注意喚起 第1条：被害者が特定された場合、受領側は提供側に3日以内に知らせる"),
        ("ko", "- 알림 제1조: 피해자가 특정된 경우, 수령 측은 제공 측 앞으로 3일 안에 알린다"),
    ],
)
def test_the_page_says_who_tells_of_a_named_victim(pact: Pact, language: str, line: str) -> None:
    clauses = "[article.notify]\nwhen = 'victim_named'\nwho = 'receiver'\nto = 'originator'\n"
    page = show_agreement(pact(clauses=f"{clauses}within = '3 days'\n"), language)
    assert line in page


_ONE = {"en": "Article 1. ", "ja": "第1条", "ko": "제1조"}


@pytest.mark.parametrize("name", template_ids())
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "A model, not the legal text: of {count} articles"),
        ("ja", "ひな型であり、条文ではない。全{count}条のうち"),
        ("ko", "본보기이며 법문이 아니다. 조문 {count}개 가운데"),
    ],
)
def test_the_page_of_every_file_that_ships_begins_by_saying_that_it_is_a_model(
    name: str, language: str, said: str
) -> None:
    agreement = read_agreement(template(name))
    opening = show_agreement(agreement, language).partition("\n## ")[0]
    assert said.format(count=len(agreement.articles)) in opening


def test_it_says_how_many_articles_were_read_and_where_all_were_it_says_nothing() -> None:
    raw = template("gsomia-jpn-kor")
    opening = show_agreement(read_agreement(raw), "en").partition("\n## ")[0]
    assert "12 were written from the text, 1 from secondary texts, 9 unread" in opening
    read = raw.replace(b'source = "model"', b'source = "text"')
    read = read.replace(b'source = "secondary"', b'source = "text"')
    assert "A model" not in show_agreement(read_agreement(read), "en").partition("\n## ")[0]


def test_of_a_firm_it_says_what_the_clause_says_and_no_condition_that_it_does_not_make(
    gsomia: Agreement,
) -> None:
    page = show_agreement(gsomia, "en")
    rights, firms = block(page, "Article 6. "), block(page, "Article 16. ")
    assert "private rights" in rights
    assert "meets every condition" not in rights
    assert firms.count("meets every condition") == 1
    (again,) = [line for line in firms.splitlines() if "16(g)" in line and "inspected" in line]
    assert again == "- Reminded 16(g): the firm is inspected again after 1 year"


@pytest.mark.parametrize(
    ("language", "heading", "words"),
    [
        ("en", "Article 21. ", "120, 100, 91 days before that term's last day"),
        ("ja", "第21条", "120、100、91日前"),
        ("ko", "제21조", "120, 100, 91일 전"),
    ],
)
def test_it_says_when_one_is_reminded_before_a_term_ends(
    gsomia: Agreement, language: str, heading: str, words: str
) -> None:
    assert words in block(show_agreement(gsomia, language), heading)


def test_reminders_are_told_from_the_last_day_of_notice_where_days_do_not_tell_the_terms_end(
    gsomia: Agreement,
) -> None:
    said = [
        next(line for line in _page(gsomia, notice).splitlines() if "reminds its own" in line)
        for notice in ('notice = "3 months"', "")
    ]
    assert all("30, 10, 1 days before the last day of notice" in line for line in said)
    assert not any("that term's last day" in line for line in said)


def test_of_an_agreement_without_an_end_it_says_no_reminder() -> None:
    assert "reminds its own" not in show_agreement(read_agreement(template("tisa-2014")), "en")


def _page(agreement: Agreement, notice: str) -> str:
    text = re.sub(r"(?m)^notice = .*$", notice, agreement.raw.decode(), count=1)
    return show_agreement(read_agreement(text.encode()), "en")


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_a_file_without_levels_says_nothing_of_levels(language: str) -> None:
    goods = show_agreement(read_agreement(template("acsa-jpn-usa-2016")), language)
    assert "UNCLASSIFIED" not in goods
    levelled = template("acsa-jpn-usa-2016") + b'\n[levels]\norder = ["SECRET"]\n'
    assert "SECRET" in show_agreement(read_agreement(levelled), language)


def test_the_parts_of_the_page_are_the_page(gsomia: Agreement) -> None:
    head, *articles = agreement_sections(gsomia, "ko")
    assert head.number is None
    assert [each.number for each in articles] == [each.number for each in gsomia.articles]
    page = show_agreement(gsomia, "ko")
    for each in (head, *articles):
        assert f"# {each.heading}\n" in page
        assert all(f"- {line}\n" in page for line in each.lines)


def test_what_a_party_tells_before_it_signs_is_said_with_its_article(pact: Pact) -> None:
    law = 'before_signing = { article = "1(b)", notices = ["entering"], ahead = "30 days" }'
    said = "AAA signs only where each of these notices was given at least 30 days before: entering"
    assert f"Enforced 1(b): {said}" in show_agreement(pact(currency=law), "en")
    assert "signs only where" not in show_agreement(pact(), "en")
