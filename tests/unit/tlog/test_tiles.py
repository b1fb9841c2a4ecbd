# SPDX-License-Identifier: Apache-2.0
"""Tiles: names, widths, hashes and bundles of entries."""

import pytest

from comity.basis.errors import InputError
from comity.basis.limits import ENTRY_BYTES_MAX, TREE_SIZE_MAX
from comity.tlog.tiles import (
    Tile,
    format_bundle,
    format_hash_tile,
    parse_bundle,
    parse_hash_tile,
    parse_tile_path,
    tile_path,
    tile_width,
)

PATHS = [
    (Tile(0, 0), "tile/0/000"),
    (Tile(0, 273, 112), "tile/0/273.p/112"),
    (Tile(2, 0, 1), "tile/2/000.p/1"),
    (Tile(0, 1234067), "tile/0/x001/x234/067"),
    (Tile("entries", 999, 255), "tile/entries/999.p/255"),
    (Tile("entries", 1000), "tile/entries/x001/000"),
]


@pytest.mark.parametrize(("tile", "path"), PATHS)
def test_a_tile_has_one_path_and_the_path_one_tile(tile: Tile, path: str) -> None:
    assert tile_path(tile) == path
    assert parse_tile_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/00/000",
        "tile/-1/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "tile/8/000",
        "tile/99/000",
        "tile/entries/../../000",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ],
)
def test_refuses_any_other_path(path: str) -> None:
    with pytest.raises(InputError):
        parse_tile_path(path)


@pytest.mark.parametrize(
    ("level", "index", "width"),
    [(-1, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257), (0, TREE_SIZE_MAX // 256 + 1, 1), (8, 0, 1)],
)
def test_refuses_a_tile_that_no_tree_has(level: int, index: int, width: int) -> None:
    with pytest.raises(InputError) as refusal:
        Tile(level, index, width)
    assert refusal.value.code == "tlog.tile-range"


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    assert [tile_width(0, index, 70_000) for index in (0, 272, 273, 274)] == [256, 256, 112, 0]
    assert [tile_width(1, index, 70_000) for index in (0, 1, 2)] == [256, 17, 0]
    assert [tile_width(2, index, 70_000) for index in (0, 1)] == [1, 0]
    assert tile_width(3, 0, 70_000) == 0
    assert (tile_width(0, 0, 256), tile_width(1, 0, 256)) == (256, 1)


def test_hash_tiles_come_back_as_written() -> None:
    hashes = (bytes(32), bytes([1]) * 32)
    assert parse_hash_tile(format_hash_tile(hashes), 2) == hashes


@pytest.mark.parametrize("length", [0, 32, 63, 65, 96])
def test_refuses_a_hash_tile_of_another_width(length: int) -> None:
    with pytest.raises(InputError) as refusal:
        parse_hash_tile(bytes(length), 2)
    assert refusal.value.code == "tlog.tile-length"


def test_bundles_come_back_as_written() -> None:
    entries = (b"", b"one", bytes(ENTRY_BYTES_MAX))
    raw = format_bundle(entries)
    assert raw[:7] == b"\x00\x00\x00\x03one"
    assert parse_bundle(raw, 3) == entries
    assert parse_bundle(b"", 0) == ()


def test_refuses_an_entry_that_its_length_cannot_tell() -> None:
    with pytest.raises(InputError) as refusal:
        format_bundle((bytes(ENTRY_BYTES_MAX + 1),))
    assert refusal.value.code == "tlog.entry-length"


def test_refuses_more_entries_than_a_tile_holds() -> None:
    format_bundle((b"",) * 256)
    with pytest.raises(InputError) as refusal:
        format_bundle((b"",) * 257)
    assert refusal.value.code == "tlog.bundle-count"


@pytest.mark.parametrize(
    ("raw", "width", "code"),
    [
        (b"\x00", 1, "tlog.bundle-length"),
        (b"\x00\x03on", 1, "tlog.bundle-length"),
        (b"\x00\x03one\x00", 1, "tlog.bundle-length"),
        (b"\x00\x03one", 2, "tlog.bundle-count"),
        (b"\x00\x03one\x00\x00", 1, "tlog.bundle-length"),
        (b"", 1, "tlog.bundle-count"),
        (b"\x00\x00", 0, "tlog.bundle-length"),
    ],
)
def test_refuses_a_bundle_that_is_cut_or_continued(raw: bytes, width: int, code: str) -> None:
    with pytest.raises(InputError) as refusal:
        parse_bundle(raw, width)
    assert refusal.value.code == code
