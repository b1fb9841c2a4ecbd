# SPDX-License-Identifier: Apache-2.0
"""What does not bind says so wherever it stands; what binds does not."""

from __future__ import annotations

import pytest

from comity.basis.ids import AgreementId
from comity.flows.binding import is_binding, not_binding
from tests.builders.pacts import JPN_USA, TISA, Story
from tests.builders.world import GSOMIA, World, run

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
