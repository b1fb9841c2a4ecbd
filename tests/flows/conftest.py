# SPDX-License-Identifier: Apache-2.0
"""Worlds to tell stories in: told once on memory, and copied for each test that goes on from it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.agreement.templates import template
from comity.basis.ids import PartyId, Place
from tests.builders.journal_law import hold_refusals
from tests.builders.world import GSOMIA, JPN, KOR, USA, World, make_world, trilateral


@pytest.fixture(autouse=True)
def _refusals_name_their_file(monkeypatch: pytest.MonkeyPatch) -> None:
    hold_refusals(monkeypatch)


@pytest.fixture(scope="session")
def _pinned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_world(tmp_path_factory.mktemp("pinned")) as world:
        yield world


@pytest.fixture(scope="session")
def _in_force(_pinned: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    world = _pinned.copy(tmp_path_factory.mktemp("in-force"))
    world.sign()
    world.settle()
    return world


@pytest.fixture(scope="session")
def _assured(_in_force: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    world = _in_force.copy(tmp_path_factory.mktemp("assured"))
    world.kor.assure()
    world.jpn.assure()
    world.settle()
    return world


@pytest.fixture
def pinned(_pinned: World, tmp_path: Path) -> World:
    """Give two nodes that pinned each other; nothing is said yet."""
    return _pinned.copy(tmp_path / "world")


@pytest.fixture
def in_force(_in_force: World, tmp_path: Path) -> World:
    """Give two nodes under an agreement in force; nothing is assured."""
    return _in_force.copy(tmp_path / "world")


@pytest.fixture
def assured(_assured: World, tmp_path: Path) -> World:
    """Give two nodes under an agreement in force, both assured."""
    return _assured.copy(tmp_path / "world")


@pytest.fixture(scope="session")
def _three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_world(tmp_path_factory.mktemp("three"), (JPN, KOR, USA)) as world:
        world.sign(trilateral())
        for node in world.nodes.values():
            node.assure()
        world.settle()
        yield world


@pytest.fixture
def three(_three: World, tmp_path: Path) -> World:
    """Give three nodes under one agreement in force, all assured."""
    return _three.copy(tmp_path / "world")


@pytest.fixture(params=["memory", "files"])
def two_nodes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Give two nodes that pinned each other, on memory and on the real adapters."""
    with make_world(tmp_path, memory=request.param == "memory") as world:
        yield world


@pytest.fixture(scope="session")
def _released(_assured: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    world = _assured.copy(tmp_path_factory.mktemp("released"))
    world.jpn.release(KOR)
    world.kor.release(JPN)
    world.settle()
    return world


@pytest.fixture
def released(_released: World, tmp_path: Path) -> World:
    """Give two nodes that each released one item to the other; no receipt is given yet."""
    return _released.copy(tmp_path / "world")


@pytest.fixture
def items(released: World) -> dict[PartyId, Place]:
    """Give the place of each party's released item."""
    state = released.jpn.view().fold.state
    return {item.place.party: item.place for item in state.items.values()}


@pytest.fixture(scope="session")
def _careful(_pinned: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    world = _pinned.copy(tmp_path_factory.mktemp("careful"))
    lets = b'parcel_before_acknowledgement = ["courier"]\n'
    raw = template(GSOMIA)
    assert raw.count(lets) == 2
    world.sign(raw.replace(lets, b""))
    world.kor.assure()
    world.jpn.assure()
    world.settle()
    return world


@pytest.fixture
def careful(_careful: World, tmp_path: Path) -> World:
    """Give two assured nodes whose agreement lets no parcel go before its acknowledgement."""
    return _careful.copy(tmp_path / "world")
