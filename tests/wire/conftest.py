# SPDX-License-Identifier: Apache-2.0
"""Worlds in which partners meet over the wire: told once on memory, copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

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
