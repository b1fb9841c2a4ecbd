# SPDX-License-Identifier: Apache-2.0
"""Of duties a page looks at so many items; among three, at all only where registers are short."""

from collections.abc import Iterator

import pytest

from comity.flows.duties.listing import list_duties
from comity.flows.duties.paging import Wanted, duty_page
from tests.builders.world import GSOMIA, JPN, KOR, READER, USA, World, make_world, run, trilateral


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_world(tmp_path_factory.mktemp("three"), (JPN, KOR, USA)) as world:
        world.sign(trilateral())
        world.settle()
        yield world


def test_among_three_a_short_register_is_looked_at_whole(three: World) -> None:
    context = three.jpn.context
    whole = run(list_duties(context, GSOMIA, READER, live=True))
    found = run(list_duties(context, GSOMIA, READER, live=True, oldest=1_000))
    assert (found.duties, found.is_cut) == (whole.duties, False)


def test_among_three_what_is_not_looked_at_in_long_ones_is_said(
    three: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = three.jpn.context
    assert run(list_duties(context, GSOMIA, READER, live=True, oldest=1)).is_cut
    monkeypatch.setattr("comity.flows.duties.paging.OLDEST_MAX", 1)
    assert run(duty_page(context, (GSOMIA,), READER, Wanted(), limit=5)).is_cut
