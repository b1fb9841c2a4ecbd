# SPDX-License-Identifier: Apache-2.0
"""Names and bytes of tiles: 256 hashes of one height, and bundles of the entries under them.

The level of a tile counts in steps of eight: its hashes are the nodes at tree level `8 * level`.

Source: C2SP tlog-tiles
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from comity.basis.errors import InputError, excerpt
from comity.basis.limits import ENTRY_BYTES_MAX, TILE_WIDTH, TREE_SIZE_MAX
from comity.tlog.tree import HASH_BYTES

_HEIGHT = TILE_WIDTH.bit_length() - 1
_LENGTH_BYTES = 2
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)"
    r"/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile, of hashes or (level "entries") of entries; narrower than 256: a partial tile."""

    level: int | Literal["entries"]
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        """Refuse a tile that no tree has."""
        level = 0 if self.level == "entries" else self.level
        fits = level >= 0 and self.index >= 0 and 1 <= self.width <= TILE_WIDTH
        if not fits or (self.index * TILE_WIDTH + self.width) << level * _HEIGHT > TREE_SIZE_MAX:
            raise InputError(
                "tlog.tile-range",
                "there is no such tile",
                expected=f"width 1 to {TILE_WIDTH}, within a tree of {TREE_SIZE_MAX} entries",
                found=f"level {self.level}, index {self.index}, width {self.width}",
            )


def tile_path(tile: Tile) -> str:
    """Name the tile below a log's prefix, as in `tile/0/x001/x234/067.p/12`.

    Source: C2SP tlog-tiles, Merkle Tree
    """
    parts = [f"{tile.index % 1000:03}"]
    rest = tile.index // 1000
    while rest:
        parts.insert(0, f"x{rest % 1000:03}")
        rest //= 1000
    partial = "" if tile.width == TILE_WIDTH else f".p/{tile.width}"
    return f"tile/{tile.level}/{'/'.join(parts)}{partial}"


def parse_tile_path(text: str) -> Tile:
    """Read a tile's name; only the form that `tile_path` writes.

    Raises:
        InputError: no tile is named so.
    """
    match = _PATH.fullmatch(text)
    if match is None:
        raise _malformed("tlog.tile-path", "not the path of a tile", found=excerpt(text))
    level = match["level"]
    tile = Tile(
        "entries" if level == "entries" else int(level),
        int(match["index"].replace("/", "").replace("x", "")),
        int(match["width"] or TILE_WIDTH),
    )
    if tile_path(tile) != text:
        raise _malformed(
            "tlog.tile-path", "a tile's path is not in its only form", found=excerpt(text)
        )
    return tile


def tile_width(level: int, index: int, size: int) -> int:
    """Tell how many hashes (at level 0: entries) the tile holds in a tree of `size`; 0: no tile.

    Source: C2SP tlog-tiles, Partial Tiles
    """
    return max(0, min(TILE_WIDTH, (size >> (level * _HEIGHT)) - index * TILE_WIDTH))


def format_hash_tile(hashes: Sequence[bytes]) -> bytes:
    """Write a tile of hashes."""
    return b"".join(hashes)


def parse_hash_tile(raw: bytes, width: int) -> tuple[bytes, ...]:
    """Read a tile of `width` hashes.

    Raises:
        InputError: the tile has another width.
    """
    if len(raw) != width * HASH_BYTES:
        raise _malformed(
            "tlog.tile-length",
            "a tile has the wrong length",
            expected=f"{width * HASH_BYTES} bytes",
            found=f"{len(raw)} bytes",
        )
    return tuple(raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES))


def format_bundle(entries: Sequence[bytes]) -> bytes:
    """Write entries one after the other, each behind its length (big-endian, two bytes).

    Raises:
        InputError: an entry is too long, or there are more than a tile holds.

    Source: C2SP tlog-tiles, Log entries
    """
    if len(entries) > TILE_WIDTH:
        raise _count_mismatch(f"at most {TILE_WIDTH}", len(entries))
    if any(len(entry) > ENTRY_BYTES_MAX for entry in entries):
        raise _malformed(
            "tlog.entry-length",
            "an entry is too long",
            expected=f"at most {ENTRY_BYTES_MAX} bytes",
        )
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def parse_bundle(raw: bytes, width: int) -> tuple[bytes, ...]:
    """Read a bundle of `width` entries.

    Raises:
        InputError: an entry is cut off, or there are more or fewer entries.
    """
    entries: list[bytes] = []
    at = 0
    while at < len(raw) and len(entries) < width:
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(raw[at:start], "big")
        entries.append(raw[start:at])
    if at != len(raw):
        raise _malformed(
            "tlog.bundle-length",
            "a bundle of entries ends elsewhere than its last entry",
            expected=f"{width} entries in {at} bytes",
            found=f"{len(raw)} bytes",
        )
    if len(entries) != width:
        raise _count_mismatch(str(width), len(entries))
    return tuple(entries)


def _count_mismatch(expected: str, found: int) -> InputError:
    return _malformed(
        "tlog.bundle-count",
        "a bundle holds the wrong number of entries",
        expected=f"{expected} entries",
        found=f"{found} entries",
    )


def _malformed(code: str, what: str, *, expected: str = "", found: str = "") -> InputError:
    return InputError(code, what, expected=expected, found=found)
