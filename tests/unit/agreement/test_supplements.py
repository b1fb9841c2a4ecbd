# SPDX-License-Identifier: Apache-2.0
"""A supplementary arrangement narrows its parent or is refused, with every place where it widens.

Source: Japan-ROK GSOMIA Art. 5 (treaties.md G5)
"""

from __future__ import annotations

import pytest

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.supplements import check_supplement, weaknesses
from comity.agreement.templates import template
from comity.basis.errors import ProblemsError

TEXT = template("gsomia-jpn-kor").decode()
PARENT = read_agreement(TEXT.encode())
ID = 'id = "gsomia-jpn-kor"'


def child(*changes: tuple[str, str], parent: str = "gsomia-jpn-kor") -> Agreement:
    text = TEXT.replace(ID, f'id = "annex"\nparent = "{parent}"')
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return read_agreement(text.encode())


def test_a_file_that_says_the_same_is_no_weaker() -> None:
    check_supplement(child(), PARENT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('top_level = "SECRET"', 'top_level = "CONFIDENTIAL"'),
        ("limit = 3", "limit = 1"),
        ('within = "5 days"', 'within = "3 days"'),
        ('within = "5 days"', 'within = "at once"'),
        ('otherwise = "written_consent"', 'otherwise = "nothing"'),
        ('"equipment_modify", "crypto_erase"]', '"equipment_modify"]'),
        ('stops = ["release", ', 'stops = ["open", "release", '),
        ('  "cyber",\n', ""),
    ],
)
def test_a_file_that_asks_more_is_no_weaker(old: str, new: str) -> None:
    check_supplement(child((old, new)), PARENT)


# What is changed, the article that the parent is cited by, and what is said.
WEAKER = [
    ("limit = 3", "limit = 4", "14", "reproduce: it asks less than copies of Art. 14"),
    (
        'two_persons_from = "SECRET"\n',
        "",
        "14",
        "reproduce: it asks less than copies of Art. 14",
    ),
    ('[article.assurance]\npara = "(5)"\n', "", "7(5)", "release: it asks less than assurance"),
    ('[article.facility_register]\npara = "(e)"\n', "", "6(e)", "facility_register of Art. 6(e)"),
    ("two_persons = true ", "two_persons = false ", "13", "destroy: it asks less than destruction"),
    ('within = "5 days"', 'within = "6 days"', "12(a)", "does not owe what Art. 12(a) owes"),
    ('within = "5 days"', 'within = "promptly"', "12(a)", "does not owe what Art. 12(a) owes"),
    ('within = "5 days"', 'within = "1 week"', "12(a)", "does not owe what Art. 12(a) owes"),
    ('told = "promptly"', 'told = "2 days"', "6(g)", "does not owe what Art. 6(g) owes"),
    ('"disclose", "visit", ', '"disclose", ', "21(3)", "visit: it asks less than ending"),
]


@pytest.mark.row("G5")
@pytest.mark.parametrize(("old", "new", "article", "what"), WEAKER)
def test_a_file_that_asks_less_is_refused_by_the_article_above(
    old: str, new: str, article: str, what: str
) -> None:
    with pytest.raises(ProblemsError) as refusal:
        check_supplement(child((old, new)), PARENT)
    assert refusal.value.code == "agreement.weaker-than-parent"
    assert {problem.code for problem in refusal.value.problems} == {"agreement.weaker"}
    assert {problem.where for problem in refusal.value.problems} == {f"Art. {article}"}
    assert what in refusal.value.problems[0].what


def said(found: Agreement, parent: Agreement = PARENT) -> list[str]:
    return [problem.what for problem in weaknesses(found, parent)]


@pytest.mark.row("G5")
def test_g5_a_marking_that_reads_as_a_lower_level_is_refused() -> None:
    lowered = child(
        ('level = "SECRET"\nJPN', 'level = "LATER"\nJPN'),
        ('level = "CONFIDENTIAL"\nJPN', 'level = "SECRET"\nJPN'),
        ('level = "LATER"\nJPN', 'level = "CONFIDENTIAL"\nJPN'),
    )
    assert said(lowered)[:2] == [
        "the marking 極秘 of JPN reads as a lower level",
        "the marking 特定秘密 of JPN reads as a lower level",
    ]


def test_what_the_parent_has_not_is_refused() -> None:
    assert said(child(parent="another")) == ["it names another parent"]
    assert "it names another parent" in said(PARENT)
    wider = child(('  "cyber",\n', '  "cyber",\n  "weather",\n'))
    assert "a category that its parent has not" in said(wider)
    above = child(('order = ["SECRET", ', 'order = ["TOP SECRET", "SECRET", '))
    assert "a level that its parent has not" in said(above)
    assert "the levels stand in another order" in said(
        child(('order = ["SECRET", "CONFIDENTIAL"]', 'order = ["CONFIDENTIAL", "SECRET"]'))
    )


def test_an_act_that_the_parent_does_not_permit_is_refused() -> None:
    parent = read_agreement(
        TEXT.replace(
            '[article.visit]\ngranted_by = "host_authority"\nclearance = "at_least_level"\n', ""
        ).encode()
    )
    assert said(child(), parent) == ["it permits what its parent does not: visit"]


def test_an_act_that_the_child_does_not_permit_at_all_is_no_weakness() -> None:
    clause = '[article.third_party_rule]\npara = "(a)"\nneeds = "written_consent"\n'
    assert said(child((clause + 'from = "originator"\n', ""))) == []


ORDERS = template("acsa-jpn-usa-2016").decode()


def of_orders(*changes: tuple[str, str]) -> Agreement:
    text = ORDERS.replace('id = "acsa-jpn-usa-2016"', 'id = "x"\nparent = "acsa-jpn-usa-2016"', 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return read_agreement(text.encode())


def test_an_arrangement_on_orders_may_allow_less_and_never_more() -> None:
    parent = read_agreement(ORDERS.encode())
    assert said(of_orders(), parent) == []
    scope = ORDERS[ORDERS.index("activities = [") : ORDERS.index("[lifecycle]")]
    second = ORDERS[ORDERS.index('number = "I(2)"') : ORDERS.index('number = "I"')]
    fewer = second.replace('    "counter-piracy",\n', "").replace("2017-04-25", "2018-01-01")
    assert said(of_orders((second, fewer)), parent) == []
    earlier = second.replace("2017-04-25", "2016-01-01")
    assert "order: it asks less than order of Art. I(2)" in said(
        of_orders((second, earlier)), parent
    )
    more = scope.replace('  "evacuation",\n', '  "evacuation",\n  "parade",\n')
    assert said(of_orders((scope, more)), parent) == ["an activity that its parent has not"]
    without = of_orders((scope, ""), (second, ""))
    assert "an activity that its parent has not" in said(without, parent)
