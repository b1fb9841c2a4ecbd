# SPDX-License-Identifier: Apache-2.0
"""An item's label in the words of other programs, and what such a label means here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.basis.errors import InputError
from comity.basis.ids import Domain, PartyId
from comity.basis.instants import UTC, parse_date, parse_instant
from comity.marking.confidentiality import (
    Category,
    CategoryType,
    LabelFacts,
    LabelSet,
    read_label,
    write_labels,
)
from comity.marking.labels import Label

JPN, KOR = PartyId("JPN"), PartyId("KOR")
PACT = "gsomia-jpn-kor"
LABEL = Label(
    marking="極秘",
    level="SECRET",
    category="missile-warning",
    form="document",
    purposes=("warning",),
    named_for=("post-1",),
    originators=(JPN,),
    use_until=parse_date("2017-12-31"),
)
FACTS = LabelFacts(
    policy=PACT,
    item=f"{PACT}/JPN/12",
    to=(KOR,),
    by=JPN,
    domain=Domain("mod.jpn.example"),
    created=parse_instant("2016-12-16T03:00:00Z"),
    review=parse_instant("2017-12-31T23:59:59.999Z"),
    marks=((KOR, "군사II급비밀"),),
)


@pytest.fixture
def labels() -> LabelSet:
    return write_labels(LABEL, FACTS)


def test_the_originators_label_is_of_its_own_party_and_equivalents_stand_beside_it(labels):
    assert (labels.label.policy, labels.label.classification) == ("JPN", "極秘")
    assert [(each.policy, each.classification) for each in labels.alternatives] == [
        (PACT, "SECRET"),
        ("KOR", "군사II급비밀"),
    ]
    assert labels.label.originator.name == "mod.jpn.example"
    assert all(each.originator is None for each in labels.alternatives)


@pytest.mark.parametrize(
    "label",
    [
        LABEL,
        replace(LABEL, use_until=None, named_for=()),
        replace(LABEL, use_until=parse_instant("2017-01-01T00:00:00Z"), purposes=("a", "b")),
        replace(LABEL, originators=(JPN, KOR)),
    ],
)
def test_what_is_written_reads_as_the_same_label(label, table):
    assert read_label(write_labels(label, FACTS), table, policy=PACT, zone=UTC) == label


def test_an_originator_who_is_no_party_has_its_label_carried_and_not_read(table):
    """Nobody here has its list; anybody else's label that is unknown is refused."""
    foreign, usa = replace(LABEL, originators=(JPN, PartyId("USA"))), (PartyId("USA"), "NOFORN")
    labels = write_labels(foreign, replace(FACTS, marks=(usa, *FACTS.marks)))
    assert read_label(labels, table, policy=PACT, zone=UTC) == foreign
    fewer = replace(labels.alternatives[1], categories=labels.label.categories[:-1])
    less = replace(labels, alternatives=(labels.alternatives[0], fewer))
    assert _refusal(less, table).code == "marking.label-differs"
    strange = write_labels(LABEL, replace(FACTS, marks=(usa,)))
    assert _refusal(strange, table).code == "marking.unknown-policy"


def test_a_recipients_mark_that_is_not_settled_is_not_invented(table):
    labels = write_labels(LABEL, replace(FACTS, marks=()))
    assert [each.policy for each in labels.alternatives] == [PACT]


def _refusal(labels, table, policy=PACT):
    with pytest.raises(InputError) as caught:
        read_label(labels, table, policy=policy, zone=UTC)
    return caught.value


def _with_own(labels, **changes):
    own = replace(labels.label, **changes)
    others = tuple(replace(each, categories=own.categories) for each in labels.alternatives)
    return replace(labels, label=own, alternatives=others)


def test_a_marking_that_the_originator_does_not_use_is_refused(labels, table):
    changed = replace(labels, label=replace(labels.label, classification="최고비밀"))
    assert _refusal(changed, table).code == "marking.unknown"


def test_a_marking_is_read_as_of_the_day_of_the_label(labels, table):
    past = parse_instant("2014-12-09T23:59:59Z")
    changed = replace(labels, label=replace(labels.label, classification="特定秘密", created=past))
    assert _refusal(changed, table).code == "marking.unknown"
    day = parse_instant("2014-12-10T00:00:00Z")
    holds = replace(labels, label=replace(labels.label, classification="特定秘密", created=day))
    assert read_label(holds, table, policy=PACT, zone=UTC).level == "SECRET"


def test_an_alternative_that_means_less_is_refused(labels, table):
    less = replace(labels.alternatives[1], classification="군사III급비밀")
    err = _refusal(replace(labels, alternatives=(less,)), table)
    assert (err.code, err.expected, err.found) == (
        "marking.level-mismatch",
        "SECRET",
        "CONFIDENTIAL",
    )


def test_an_alternative_of_the_agreements_own_ladder_must_be_on_it(labels, table):
    less = replace(labels.alternatives[0], classification="TOP SECRET")
    assert _refusal(replace(labels, alternatives=(less,)), table).code == "marking.unknown-level"


def test_an_alternative_that_restricts_less_is_refused(labels, table):
    less = replace(labels.alternatives[1], categories=labels.label.categories[:-1])
    assert _refusal(replace(labels, alternatives=(less,)), table).code == "marking.label-differs"


def test_a_policy_that_the_agreement_does_not_know_is_refused(labels, table):
    other = replace(labels.alternatives[1], policy="NATO", classification="SECRET")
    err = _refusal(replace(labels, alternatives=(other,)), table)
    assert (err.code, err.found) == ("marking.unknown-policy", "NATO")


def test_the_originator_marks_in_its_own_words_and_not_by_the_ladder(labels, table):
    ladder = replace(labels.label, policy=PACT, classification="SECRET")
    err = _refusal(replace(labels, label=ladder, alternatives=()), table)
    assert (err.code, err.expected) == ("marking.unknown-policy", "JPN, KOR")


def test_an_originator_that_can_be_no_party_is_refused(labels, table):
    named = tuple(
        replace(each, values=("nobody",)) if each.tag == "Originator" else each
        for each in labels.label.categories
    )
    assert _refusal(_with_own(labels, categories=named), table).code == "basis.party-id"


def test_a_label_of_another_agreement_is_refused(labels, table):
    bare = replace(labels, alternatives=())
    assert _refusal(bare, table, policy="other-pact").code == "marking.label-differs"


@pytest.mark.parametrize(
    "category",
    [
        Category(CategoryType.RESTRICTIVE, "Eyes", ("two",)),
        Category(CategoryType.INFORMATIVE, "Category", ("air",)),
        Category(CategoryType.RESTRICTIVE, "Category", ("air",)),
    ],
)
def test_a_category_that_we_do_not_know_or_one_twice_is_refused(category, labels, table):
    more = _with_own(labels, categories=(*labels.label.categories, category))
    assert _refusal(more, table).code == "marking.unknown-category"


@pytest.mark.parametrize("tag", ["Category", "Form", "Purpose", "Originator", "Agreement"])
def test_a_label_that_lacks_what_every_item_says_is_refused(tag, labels, table):
    kept = tuple(each for each in labels.label.categories if each.tag != tag)
    assert _refusal(_with_own(labels, categories=kept), table).code == "marking.category-count"


def test_a_label_with_two_categories_is_refused(labels, table):
    two = tuple(
        replace(each, values=("air", "cyber")) if each.tag == "Category" else each
        for each in labels.label.categories
    )
    assert _refusal(_with_own(labels, categories=two), table).code == "marking.category-count"


def test_an_equivalent_never_overwrites_the_originators_label(labels):
    other = replace(labels.alternatives[0], policy="JPN", classification="秘")
    with pytest.raises(InputError) as caught:
        replace(labels, alternatives=(other,))
    assert caught.value.code == "marking.label-overwritten"
    with pytest.raises(InputError):
        replace(labels, alternatives=(labels.alternatives[0], labels.alternatives[0]))


@pytest.mark.parametrize("policy", ["ＪＰＮ", "J P N", "ＪPN"])
def test_no_equivalent_is_of_a_policy_that_looks_like_the_originators(labels, policy):
    other = replace(labels.alternatives[0], policy=policy, classification="公開")
    with pytest.raises(InputError) as caught:
        replace(labels, alternatives=(other,))
    assert caught.value.code == "marking.label-overwritten"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"policy": ""}, "marking.label-text"),
        ({"policy": " JPN"}, "marking.label-text"),
        ({"classification": "極" * 256}, "marking.label-text"),
        ({"classification": "極\u200b秘"}, "marking.hidden-character"),
        ({"privacy_mark": "a\u202eb"}, "marking.hidden-character"),
        ({"policy_uri": "a  b"}, "marking.label-text"),
        (
            {"categories": (Category(CategoryType.RESTRICTIVE, "A", ("x",) * 65),)},
            "marking.label-size",
        ),
        (
            {"categories": (Category(CategoryType.RESTRICTIVE, "A", ("x",)),) * 33},
            "marking.label-size",
        ),
    ],
)
def test_texts_that_nobody_could_read_right_are_refused(change, code, labels):
    with pytest.raises(InputError) as caught:
        replace(labels, label=replace(labels.label, **change))
    assert caught.value.code == code


def test_more_alternatives_than_there_can_be_parties_are_refused(labels):
    many = tuple(replace(labels.alternatives[0], policy=f"P{i}") for i in range(17))
    with pytest.raises(InputError) as caught:
        replace(labels, alternatives=many)
    assert caught.value.code == "marking.label-size"
