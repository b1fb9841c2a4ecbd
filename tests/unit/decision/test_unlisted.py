# SPDX-License-Identifier: Apache-2.0
"""A marking on no list is refused by the article of the levels; what is no marking is bad input."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.errors import InputError
from comity.basis.ids import PartyId
from comity.basis.instants import Date
from comity.decision.unlisted import refuse_unlisted
from comity.marking.equivalence import read_marking

GSOMIA = read_agreement(template("gsomia-jpn-kor"))


def error(marking: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read_marking(GSOMIA.table, PartyId("JPN"), marking, Date(2016, 12, 16))
    return caught.value


def test_an_unlisted_marking_is_refused_by_the_article_of_the_equivalence() -> None:
    refused = refuse_unlisted("release", GSOMIA, error("機密"))
    (finding,) = refused.findings
    assert (refused.act, finding.article, finding.clause) == ("release", "4(1)", "equivalence")
    assert "極秘" in finding.why
    assert refused.decision is not None
    assert (refused.decision.allowed, refused.decision.sha256) == (False, GSOMIA.sha256)
    assert refused.decision.articles == refused.findings


def test_without_an_equivalence_the_article_of_the_levels_refuses_or_else_of_the_scope() -> None:
    bare = replace(GSOMIA, equivalence=(), levels_article="9")
    assert refuse_unlisted("release", bare, error("x")).findings[0].article == "9"
    barer = replace(bare, levels_article=None)
    found = refuse_unlisted("release", barer, error("x")).findings[0].article
    assert found == GSOMIA.scope.article


@pytest.mark.parametrize("marking", ["", "x" * 1000])
def test_what_could_be_no_marking_stays_bad_input(marking: str) -> None:
    with pytest.raises(InputError) as caught:
        refuse_unlisted("release", GSOMIA, error(marking))
    assert caught.value.code != "marking.unknown"
