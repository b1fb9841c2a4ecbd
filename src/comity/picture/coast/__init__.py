# SPDX-License-Identifier: Apache-2.0
"""The coastline that ships with comity: land alone, no borders, no names.

Natural Earth, 1:50 million, as the npm package world-atlas carries it (`vendored.json` says which
version, and its licence and digest). Source: DESIGN 9
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from comity.picture.topology import Land, read_land

LAND: Final = "land-50m.json"
MANIFEST: Final = "vendored.json"


def land_bytes() -> bytes:
    """Give the exact bytes of the vendored file."""
    return files(__name__).joinpath(LAND).read_bytes()


def manifest_bytes() -> bytes:
    """Give where the vendored file is from: package, version, licence, digest."""
    return files(__name__).joinpath(MANIFEST).read_bytes()


@cache
def coastline() -> Land:
    """Give the land, read once."""
    return read_land(land_bytes())
