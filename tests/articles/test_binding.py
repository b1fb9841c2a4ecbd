# SPDX-License-Identifier: Apache-2.0
"""What does not bind says so wherever it stands; what binds does not."""

from __future__ import annotations

import pytest

from comity.basis.ids import AgreementId
from comity.console.navigation import ENTRIES
from comity.flows.binding import is_binding, not_binding
from tests.builders.pacts import JPN_USA, TISA, Story
from tests.builders.world import AUDITOR, GSOMIA, OFFICER, REGISTRAR, World, run
from tests.console.support_goods import desks

pytestmark = pytest.mark.row("T6")

# Of the pages in the navigation, those that each agreement has for itself as well.
OF_ONE_AGREEMENT = {
    "/agreements",
    "/balances",
    "/consents",
    "/consultations",
    "/contractors",
    "/incidents",
    "/inventories",
    "/items",
    "/orders",
    "/requests",
    "/visits",
    "/write",
}


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
    readers = {"/journal": AUDITOR, "/people": REGISTRAR}  # closed to who releases
    with desks(story.usa) as consoles:
        browsers = {each: consoles(each) for each in (OFFICER, REGISTRAR, AUDITOR)}
        for entry in ENTRIES:
            browser = browsers[readers.get(entry.path, OFFICER)]
            for about in (None, TISA, JPN_USA) if entry.path in OF_ONE_AGREEMENT else (None,):
                path = entry.path if about is None else f"{entry.path}/{about}"
                assert browser.get(path).status == 200, path
                # the tour is about the agreement of two, which binds them
                speaks = entry.path != "/tour" and about != JPN_USA
                assert browser.text("//body").count(said) == speaks, path
    assert {each.path for each in ENTRIES} > OF_ONE_AGREEMENT
