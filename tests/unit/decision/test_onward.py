# SPDX-License-Identifier: Apache-2.0
"""What the house asks of an item that goes on, and whose "no" is whose."""

from dataclasses import replace

import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.ids import AgreementId, Digest, PartyId
from comity.decision.deciding import Citation, Decision
from comity.decision.house import join_refusals
from comity.decision.onward import (
    FOREIGN,
    highest,
    is_untold,
    name_agreement,
    refuse_below,
    refuse_foreign,
    refuse_lowered,
    refuse_own_word,
    refuse_unheld,
    with_answers,
)
from comity.decision.stages import Refused
from comity.marking.labels import Label
from comity.marking.levels import Ladder

LADDER = Ladder(("SECRET", "CONFIDENTIAL"))
GSOMIA = read_agreement(template("gsomia-jpn-kor"))


@pytest.mark.parametrize(
    ("level", "given", "refused"),
    [
        ("SECRET", "SECRET", False),
        ("CONFIDENTIAL", "SECRET", False),
        ("SECRET", "CONFIDENTIAL", True),
        ("TOP SECRET", "SECRET", True),
    ],
)
def test_an_item_goes_on_at_no_lower_level_and_at_none_that_cannot_be_compared(
    level: str, given: str, *, refused: bool
) -> None:
    found = refuse_lowered("release", level, given, LADDER)
    assert (found is not None) == refused
    if found is not None:
        assert found.findings[0].clause == "level"


def test_a_finding_says_whose_article_it_is() -> None:
    decision = Decision(
        "deny", AgreementId("tisa"), 1, Digest("5e" * 32), "release", None, (), (), ()
    )
    finding = Citation("4", "hub", "it goes only through USA")
    named = name_agreement(Refused("release", (finding,), decision))
    assert named.findings[0].why == "it goes only through USA (tisa)"
    house = Refused("release", (finding,))
    assert name_agreement(house) is house


def test_what_every_agreement_answered_stays_with_a_refusal_each_once() -> None:
    file = (1, Digest("5e" * 32), "release", None, (), (), ())
    deny = Decision("deny", AgreementId("tisa"), *file)
    allow = Decision("allow", AgreementId("kor-usa"), *file)
    finding = Citation("4", "hub", "it goes only through USA")
    house = Refused("item.release", (Citation("house", "roles", "it needs a role"),))
    asked = with_answers(Refused("release", (finding,), deny), (deny, allow))
    joined = join_refusals(house, asked, asked)
    assert joined is not None
    assert joined.asked == (deny, allow)
    assert joined.decision == deny
    assert house.asked == ()


def test_refusals_by_two_files_stand_with_both_and_by_one_with_none_beside_it() -> None:
    file = (1, Digest("5e" * 32), "release", None, (), (), ())
    cited = (Citation("6(h)", "recall", "called back"),)
    one = Refused("copy.make", cited, Decision("deny", AgreementId("tisa"), *file))
    other = replace(
        one, decision=Decision("deny", AgreementId("kor-usa"), 2, Digest("5f" * 32), *file[2:])
    )
    both = join_refusals(one, other)
    assert both is not None
    assert both.findings == cited
    assert [(each.agreement, each.version) for each in both.asked] == [("tisa", 1), ("kor-usa", 2)]
    alone = join_refusals(one, replace(one, findings=(Citation("4", "hub", "it goes elsewhere"),)))
    assert alone is not None
    assert alone.asked == ()


@pytest.mark.parametrize("names", [("JPN",), ("JPN", "KOR")])
def test_what_its_parties_alone_originated_needs_no_proof(names: tuple[str, ...]) -> None:
    assert refuse_foreign(GSOMIA, _label(*names)) is None


def test_what_one_outside_the_agreement_originated_is_refused_by_the_third_party_rule() -> None:
    refused = refuse_foreign(GSOMIA, _label("AUS", "KOR", "USA"))
    assert refused is not None
    (finding,) = refused.findings
    assert (finding.article, finding.clause) == ("6(a)", "third_party_rule")
    assert finding.why.startswith(f"{FOREIGN} by AUS, USA")
    without = replace(GSOMIA, articles=())
    bare = refuse_foreign(without, _label("USA"))
    assert bare is not None
    assert bare.findings[0].article == GSOMIA.rules.default_article


def test_what_is_marked_under_an_arrangement_that_is_not_here_is_refused_by_the_same_rule() -> None:
    refused = refuse_unheld(GSOMIA, "tisa-2014", "USA")
    (finding,) = refused.findings
    assert (refused.act, finding.article) == ("third_party_release", "6(a)")
    assert finding.why == (
        "it is marked to be shared with USA under tisa-2014, which is not signed here"
    )
    assert refused.decision is not None
    assert refused.decision.sha256 == GSOMIA.sha256
    (bare,) = refuse_unheld(replace(GSOMIA, articles=()), "tisa-2014", "USA").findings
    assert bare.article == GSOMIA.rules.default_article


def _label(*originators: str) -> Label:
    names = tuple(map(PartyId, originators))
    return Label("極秘", "SECRET", "missile-warning", "document", ("warning",), (), names)


@pytest.mark.parametrize(
    ("own", "there", "held"),
    [
        ("CONFIDENTIAL", (), "CONFIDENTIAL"),
        ("CONFIDENTIAL", ("SECRET",), "SECRET"),
        ("CONFIDENTIAL", ("CONFIDENTIAL", "SECRET", "CONFIDENTIAL"), "SECRET"),
        ("SECRET", ("CONFIDENTIAL",), "SECRET"),
        ("SECRET", ("TOP SECRET", "CONFIDENTIAL"), "TOP SECRET"),
    ],
)
def test_of_what_was_passed_on_the_highest_level_holds_and_an_unknown_one_above_all(
    own: str, there: tuple[str, ...], held: str
) -> None:
    assert highest(own, there, LADDER) == held


@pytest.mark.parametrize(
    ("given", "held", "refused"),
    [
        ("SECRET", "SECRET", False),
        ("SECRET", "CONFIDENTIAL", False),
        ("CONFIDENTIAL", "SECRET", True),
        ("SECRET", "TOP SECRET", True),
    ],
)
def test_nothing_is_below_the_level_that_its_originators_hold_it_at(
    given: str, held: str, *, refused: bool
) -> None:
    found = refuse_below("item.release", "4(3)", given, held, LADDER)
    assert (found is not None) == refused
    if found is not None:
        why = f"its originators hold it at {held}"
        assert (found.act, found.findings) == ("item.release", (Citation("4(3)", "level", why),))


def test_whoever_passed_it_on_gives_it_its_originators_level_and_no_other() -> None:
    assert refuse_own_word("item.reclassify", "6(g)", "SECRET", "SECRET") is None
    for given, held in (("SECRET", "CONFIDENTIAL"), ("CONFIDENTIAL", "SECRET")):
        found = refuse_own_word("item.reclassify", "6(g)", given, held)
        assert found is not None
        (finding,) = found.findings
        assert (found.act, finding.article, finding.clause) == (
            *("item.reclassify", "6(g)"),
            "originator",
        )
        assert held in finding.why


@pytest.mark.parametrize(
    ("own", "there", "then", "untold"),
    [
        ("CONFIDENTIAL", "SECRET", "CONFIDENTIAL", True),
        ("SECRET", "SECRET", "CONFIDENTIAL", False),
        ("SECRET", "CONFIDENTIAL", "SECRET", True),
        ("SECRET", "CONFIDENTIAL", "CONFIDENTIAL", False),
        ("SECRET", "TOP SECRET", "TOP SECRET", True),
    ],
)
def test_a_level_is_said_on_where_it_was_raised_or_where_it_was_changed_since(
    own: str, there: str, then: str, *, untold: bool
) -> None:
    assert is_untold(own, there, then, LADDER) == untold
