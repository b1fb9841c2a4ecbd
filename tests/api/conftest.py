# SPDX-License-Identifier: Apache-2.0
"""Nodes whose apps are called: a story told once on memory, and copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.basis.ids import PartyId, Place
from tests.api.support_api import Served, serve
from tests.builders.world import JPN, KOR, World, make_world


@pytest.fixture(scope="session")
def _assured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_world(tmp_path_factory.mktemp("api-assured")) as world:
        world.sign()
        world.settle()
        world.kor.assure()
        world.jpn.assure()
        world.settle()
        yield world


@pytest.fixture(scope="session")
def _released(_assured: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    world = _assured.copy(tmp_path_factory.mktemp("api-released"))
    world.jpn.release(KOR)
    world.kor.release(JPN)
    world.settle()
    return world


@pytest.fixture
def assured(_assured: World, tmp_path: Path) -> World:
    """Give two nodes under an agreement in force, both assured."""
    return _assured.copy(tmp_path / "world")


@pytest.fixture
def released(_released: World, tmp_path: Path) -> World:
    """Give two nodes that each released one item to the other; no receipt is given yet."""
    return _released.copy(tmp_path / "world")


@pytest.fixture
def jpn(released: World) -> Iterator[Served]:
    """Serve Japan's node to its own people."""
    served = serve(released.jpn)
    yield served
    served.close()
    assert not served.faults


def _place(world: World, party: PartyId) -> Place:
    items = world.jpn.view().fold.state.items.values()
    return next(each.place for each in items if each.place.party == party)


@pytest.fixture
def ours(released: World) -> Place:
    """Give the place of Japan's item."""
    return _place(released, JPN)


@pytest.fixture
def theirs(released: World) -> Place:
    """Give the place of Korea's item."""
    return _place(released, KOR)
