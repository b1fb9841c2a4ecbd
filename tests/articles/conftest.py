# SPDX-License-Identifier: Apache-2.0
"""The worlds of the flows' tests, for tests that show an article by whole nodes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.basis.ids import Place
from tests.builders.pacts import Story, make_pacts, marked
from tests.builders.world import KOR, World
from tests.flows.conftest import (
    _assured,
    _in_force,
    _pinned,
    _released,
    _three,
    assured,
    in_force,
    items,
    pinned,
    released,
    three,
)

__all__ = [
    "_assured",
    "_in_force",
    "_pinned",
    "_released",
    "_three",
    "assured",
    "in_force",
    "items",
    "pinned",
    "released",
    "three",
]


@pytest.fixture(scope="session")
def _pacts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_pacts(tmp_path_factory.mktemp("pacts")) as world:
        yield world


@pytest.fixture(scope="session")
def _given(_pacts: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Place]:
    story = Story(_pacts.copy(tmp_path_factory.mktemp("given")))
    item = story.give(sharing=marked(KOR))
    return story.world, item


@pytest.fixture
def story(_given: tuple[World, Place], tmp_path: Path) -> Story:
    """Give three parties with their pacts, and Washington an item of Japan's."""
    return Story(_given[0].copy(tmp_path / "world"))


@pytest.fixture(scope="session")
def _bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_pacts(tmp_path_factory.mktemp("bare"), with_hub=False, assured=False) as world:
        yield world


@pytest.fixture
def unassured(_bare: World, tmp_path: Path) -> Story:
    """Give three parties with their pacts, of whom nobody has assured anything yet."""
    return Story(_bare.copy(tmp_path / "bare"))


@pytest.fixture
def item(_given: tuple[World, Place]) -> Place:
    return _given[1]
