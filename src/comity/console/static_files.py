# SPDX-License-Identifier: Apache-2.0
"""Styles, pictures and scripts, under names that hold their digest: these a browser may keep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

FOLDER: Final = "/static/"
DIGITS: Final = 16

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent."""

    path: str
    media_type: str
    body: bytes


@cache
def static_files() -> dict[str, StaticFile]:
    """Read every file that a page may name, by the path that it is sent under."""
    folder = files("comity.console").joinpath("static")
    found = (_read(each.name, each.read_bytes()) for each in folder.iterdir())
    return {each.path: each for each in found if each is not None}


@cache
def static_path(name: str) -> str:
    """Give the path of a file by its own name.

    Raises:
        KeyError: there is none.
    """
    return {_name(path): path for path in static_files()}[name]


def _read(name: str, body: bytes) -> StaticFile | None:
    stem, dot, ending = name.rpartition(".")
    media_type = _TYPES.get(dot + ending)
    if media_type is None:
        return None
    digest = sha256(body).hexdigest()[:DIGITS]
    return StaticFile(f"{FOLDER}{stem}.{digest}.{ending}", media_type, body)


def _name(path: str) -> str:
    stem, _, ending = path.removeprefix(FOLDER).rpartition(".")
    return f"{stem.rpartition('.')[0]}.{ending}"
