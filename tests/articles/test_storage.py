# SPDX-License-Identifier: Apache-2.0
"""How items are stored: row G11 of the Japan-ROK GSOMIA, Art. 11, on real files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from comity.adapters.store_sqlite import SqliteStore
from comity.basis.errors import ComityError
from comity.basis.ids import Place
from tests.builders.world import JPN, KOR, World, make_world

TITLE = b"Launch"
SHORT = {b"at", b"from", b"the", b"one", b"only", b"seen"}  # words of any statement, or as short
CONTENT = b"launch seen at 05:59 from the west coast, lofted, one object, EXERCISE only"


def released(world: World) -> Place:
    world.sign()
    world.kor.assure()
    world.settle()
    place = world.jpn.release(KOR, content=(CONTENT,)).place
    world.settle()
    world.kor.receipt(place)
    assert world.kor.read(place) == CONTENT
    return place


@pytest.mark.row("G11")
def test_g11_whoever_copies_a_nodes_files_finds_no_word_of_an_item(tmp_path: Path) -> None:
    with make_world(tmp_path, memory=False) as world:
        released(world)
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert any(path.name.startswith("store.sqlite") for path in files)
        assert not words_in(files)
    assert not words_in(path for path in tmp_path.rglob("*") if path.is_file())


def words_in(files: Iterable[Path]) -> set[bytes]:
    """Give the words of an item, its title among them, that some file shows."""
    held = [path.read_bytes() for path in files]
    words = {*CONTENT.replace(b",", b"").split(), TITLE} - SHORT
    return {word for word in words if any(word in each for each in held)}


@pytest.mark.row("G11")
def test_g11_a_store_restored_beside_other_keys_opens_nothing(tmp_path: Path) -> None:
    with (
        make_world(tmp_path, memory=False) as world,
        make_world(tmp_path / "elsewhere", (JPN, KOR), memory=False) as other,
    ):
        place = released(world)
        copied = tmp_path / "copied.sqlite"
        with (
            closing(sqlite3.connect(tmp_path / KOR / "store.sqlite")) as source,
            closing(sqlite3.connect(copied)) as target,
        ):
            source.backup(target)
        restored = SqliteStore(copied)
        ports = replace(world.kor.ports, store=restored, keys=other.kor.ports.keys)
        thief = replace(world.kor, context=replace(world.kor.context, live={}, ports=ports))
        with pytest.raises(ComityError):
            thief.read(place)
        own = replace(world.kor.ports, store=restored)
        again = replace(world.kor, context=replace(world.kor.context, live={}, ports=own))
        assert again.read(place) == CONTENT
        restored.close()
