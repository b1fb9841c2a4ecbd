# SPDX-License-Identifier: Apache-2.0
"""Which page answers which path. A path is its parts; a part in braces is anything but a slash."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from comity.console.visit import Outcome, Visit

Act: TypeAlias = Callable[[Visit], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Route:
    """A page. `is_open`: for whoever is not signed in, too."""

    method: str
    pattern: str
    act: Act
    is_open: bool = False


class Routes:
    """Finds the route of a path; what is written out goes before what is not."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Sort the routes by method and number of parts."""
        self._plain: dict[tuple[str, str], Route] = {}
        self._open: dict[tuple[str, int], list[tuple[tuple[str, ...], Route]]] = {}
        for each in routes:
            parts = tuple(each.pattern.split("/"))
            if "{" not in each.pattern:
                self._plain[each.method, each.pattern] = each
            else:
                self._open.setdefault((each.method, len(parts)), []).append((parts, each))

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
        """Find the route of a request and the values of its parts."""
        plain = self._plain.get((method, path))
        if plain is not None:
            return plain, {}
        parts = path.split("/")
        for wanted, route in self._open.get((method, len(parts)), ()):
            values = _match(wanted, parts)
            if values is not None:
                return route, values
        return None

    def find_form(self, path: str) -> tuple[str, tuple[Route, Mapping[str, str]]] | None:
        """Find the page on which a form of a path stands: at the same path, or next above it."""
        while path:
            found = self.find("GET", path)
            if found is not None:
                return path, found
            path = path.rpartition("/")[0]
        return None


def _match(wanted: tuple[str, ...], parts: list[str]) -> dict[str, str] | None:
    values: dict[str, str] = {}
    for name, part in zip(wanted, parts, strict=True):
        if name.startswith("{"):
            if not part:
                return None
            values[name[1:-1]] = part
        elif name != part:
            return None
    return values
