# SPDX-License-Identifier: Apache-2.0
"""Between nodes: nothing goes out by a system whose accreditation is not assured, or has ended.

Assurances are looked up by name, so the name of the channel's system has to be among them.
Source: Japan-ROK GSOMIA Art. 7(5), 12(c) (treaties.md G7.5, G12c)
"""

from __future__ import annotations

from datetime import date

import pytest

from comity.agreement.templates import template
from comity.flows.drafts import KeptDraft
from comity.statement.information import AssuranceGive
from comity.statement.values import Until
from tests.articles.outcomes import why
from tests.builders.world import A_YEAR, GSOMIA, JPN, KOR, World

ENCRYPTED = b'encrypted_from = "CONFIDENTIAL"'
RAW = template("gsomia-jpn-kor").replace(ENCRYPTED, b'accredited_from = "CONFIDENTIAL"')
A_DAY_MS = 86_400_000


def given(name: str | None, until: Until = A_YEAR, level: str = "SECRET") -> AssuranceGive:
    return AssuranceGive(level, name, need=True, equivalent_protection=True, until=until)


@pytest.fixture
def accredited(pinned: World) -> World:
    """Give two nodes under a file that asks for accredited systems, assured but for these."""
    pinned.sign(RAW)
    pinned.kor.promise(given("reader"))
    pinned.settle()
    return pinned


@pytest.mark.row("G12c")
def test_g12c_nothing_is_drafted_for_a_system_that_nobody_assured_or_whose_word_has_ended(
    accredited: World,
) -> None:
    world = accredited
    assert set(why(world.jpn.draft([KOR]))) == {"12(c)"}
    for name in ("system:courier", "system:nodes"):
        world.kor.promise(given(name))
    world.kor.promise(given("system:node", date(2016, 11, 25)))
    world.settle()
    assert isinstance(world.jpn.draft([KOR]), KeptDraft)
    world.move(5 * A_DAY_MS)
    assert set(why(world.jpn.draft([KOR]))) == {"12(c)"}
    accredited_by = world.kor.promise(given("system:node")).place
    world.settle()
    world.jpn.release(KOR)
    relied = world.jpn.journal()[-1]["details"]["assurances"]
    assert f"{GSOMIA}/{accredited_by}" in [each["place"] for each in relied]
    world.settle()
    assert len(world.kor.view().fold.state.items) == 1
    assert world.kor.said("item.refusal") == []
    assert world.equal()


@pytest.mark.row("G7.5")
def test_g7_5_what_is_for_a_post_goes_only_where_that_post_is_assured_however_many_others_are(
    accredited: World,
) -> None:
    world = accredited
    world.kor.promise(given("system:node"))
    world.settle()
    assert isinstance(world.jpn.draft([KOR], named_for=("reader",)), KeptDraft)
    assert set(why(world.jpn.draft([KOR], named_for=("clerk",)))) == {"7(5)"}
    assert set(why(world.jpn.draft([KOR], named_for=("clerk", "reader")))) == {"7(5)"}
    world.kor.promise(given("clerk", level="CONFIDENTIAL"))
    world.settle()
    both = world.jpn.draft([KOR], named_for=("clerk", "reader"))
    assert isinstance(both, KeptDraft)
    above = world.jpn.draft([KOR], named_for=("clerk", "reader"), marking="極秘")
    assert set(why(above)) == {"7(5)"}
    assert world.kor.view().fold.state.assurances.get((JPN, None)) is None
