# SPDX-License-Identifier: Apache-2.0
"""Worlds in which partners meet over the wire: told once on memory, copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.senders import Sender
from tests.builders.uploads import add_checkpoint, checkpoint_body, fill, held
from tests.builders.world import World, make_world


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


@pytest.fixture(params=["memory", "files"])
def two_nodes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Give two nodes that pinned each other, on memory and on the real adapters."""
    with make_world(tmp_path, memory=request.param == "memory") as world:
        yield world


@pytest.fixture
def long(in_force: World) -> tuple[World, int, int]:
    """Give a world in which KOR said 700 things that JPN has not heard; JPN's size, KOR's size."""
    size = fill(in_force.kor, 700)
    return in_force, held(in_force), size


@pytest.fixture
def announced(long: tuple[World, int, int]) -> tuple[World, int, int]:
    """Give the same after KOR's checkpoint was added."""
    world, start, end = long
    assert add_checkpoint(world.jpn, checkpoint_body(world.kor, start, end)).status == 200
    return long


@pytest.fixture
def sender(assured: World) -> Sender:
    """Give a party with a large parcel for the other, which has cosigned its entry."""
    return Sender(assured)


@pytest.fixture(params=["memory", "files"])
def on_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sender]:
    """Give the same on memory and on the real adapters."""
    with make_world(tmp_path, memory=request.param == "memory") as world:
        world.sign()
        world.kor.assure()
        world.jpn.assure()
        world.settle()
        yield Sender(world)
