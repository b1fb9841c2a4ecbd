# SPDX-License-Identifier: Apache-2.0
"""What does not bind says so wherever it stands; what binds does not."""

from __future__ import annotations

from itertools import product

import pytest

from comity.basis.ids import AgreementId
from comity.console.navigation import ENTRIES
from comity.flows.binding import is_binding, not_binding
from tests.builders.pacts import JPN_USA, TISA, Story
from tests.builders.world import GSOMIA, OFFICER, World, run
from tests.console.support_goods import desks

pytestmark = pytest.mark.row("T6")


def test_t6_the_arrangement_of_three_is_told_apart_from_the_agreements_that_bind(
    story: Story,
) -> None:
    context = story.usa.context
    found = (AgreementId(TISA), AgreementId(JPN_USA))
    assert run(not_binding(context, found)) == (AgreementId(TISA),)
    assert run(is_binding(context, AgreementId(JPN_USA))) is True


def test_t6_what_is_only_proposed_says_it_already_and_before_that_there_is_nothing_to_say(
    pinned: World,
) -> None:
    jpn = pinned.jpn
    assert run(is_binding(jpn.context, GSOMIA)) is None
    assert run(not_binding(jpn.context, (GSOMIA,))) == ()
    jpn.propose()
    assert run(is_binding(jpn.context, GSOMIA)) is True


def test_t6_each_page_says_of_what_it_is_about_that_it_does_not_bind_and_of_nothing_else(
    story: Story,
) -> None:
    said = f"{TISA} does not bind"
    shown = dict.fromkeys((None, TISA, JPN_USA), 0)
    with desks(story.usa) as consoles:
        browser = consoles(OFFICER)
        # the tour is about the agreement of two, which binds them
        entries = [each for each in ENTRIES if each.path != "/tour"]
        for entry, about in product(entries, shown):
            path = entry.path if about is None else f"{entry.path}/{about}"
            if browser.get(path).status == 200:
                assert browser.text("//body").count(said) == (about != JPN_USA), path
                shown[about] += 1
    assert min(shown.values()) > 2
