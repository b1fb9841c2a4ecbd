# SPDX-License-Identifier: Apache-2.0
"""The worlds of the flows' tests, for tests that show an article by whole nodes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.adapters.store_memory import MemoryStore
from comity.basis.ids import Place
from comity.decision.stages import Allowed
from comity.ports import Change
from tests.builders.journal_law import hold_refusals
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


@pytest.fixture(autouse=True)
def _refusals_name_their_file(monkeypatch: pytest.MonkeyPatch) -> None:
    hold_refusals(monkeypatch)


@pytest.fixture(scope="session")
def _pacts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_pacts(tmp_path_factory.mktemp("pacts")) as world:
        yield world


@pytest.fixture(scope="session")
def _given(_pacts: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Place, Place]:
    story = Story(_pacts.copy(tmp_path_factory.mktemp("given")))
    item = story.give(sharing=marked(KOR))
    return story.world, item, story.give()


@pytest.fixture
def story(_given: tuple[World, Place, Place], tmp_path: Path) -> Story:
    """Give three parties with their pacts, and Washington two items of Japan's."""
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
def item(_given: tuple[World, Place, Place]) -> Place:
    """Name the item that Japan has marked to be shared with Seoul."""
    return _given[1]


@pytest.fixture
def unmarked(_given: tuple[World, Place, Place]) -> Place:
    """Name the item of which two agreements alone decide whether it goes on."""
    return _given[2]


@pytest.fixture(autouse=True)
def _cites(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask of everything that is written: what a file decided is journalled with its articles."""
    commit = MemoryStore.commit

    async def commit_cited(self: MemoryStore, change: Change) -> Any:
        allowed = (
            change.allowed_by if isinstance(change.allowed_by, tuple) else (change.allowed_by,)
        )
        decided = {e.decision.sha256 for e in allowed if isinstance(e, Allowed) and e.decision}
        noted = [json.loads(each)["details"] for each in change.journal]
        cited = {each["file"] for each in noted if each.get("articles") and each.get("version")}
        assert decided <= cited or not change.journal, change.journal
        return await commit(self, change)

    monkeypatch.setattr(MemoryStore, "commit", commit_cited)
