# SPDX-License-Identifier: Apache-2.0
"""Chains of revisions: what one author said of one event, one after the other, nothing lost.

A later revision supersedes an earlier one and both are kept; what changed is shown from step to
step. Source: timeline.md section 4 (values revised within hours)
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from comity.basis.limits import REPORT_BYTES_MAX
from comity.basis.strict_json import JsonValue, parse_json
from comity.picture.reports import Report, format_report, schema_of

Key = TypeVar("Key", bound=Hashable)

_COUNTED = frozenset({"revision", "supersedes", "issued_at"})
"""What differs between any two revisions: the chain itself says it."""

_NAMED_BY = ("agency", "scale", "system", "name", "statement")


@dataclass(frozen=True, slots=True)
class Kept(Generic[Key]):
    """A report by whatever its keeper calls it, and the party that released it."""

    key: Key
    party: str
    report: Report


@dataclass(frozen=True, slots=True)
class Chain(Generic[Key]):
    """One author's reports of one event by their revisions. `missing` are numbers not held here."""

    links: tuple[Kept[Key], ...]
    missing: tuple[int, ...]

    @property
    def newest(self) -> Kept[Key]:
        """Give what stands now."""
        return self.links[-1]


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that a revision changed; `before` None: it was not there, `after` None: it is gone.

    `path` names it within the report, as `magnitudes/KMA ML/value`.
    """

    path: str
    before: str | None
    after: str | None


def chains_of(kept: Iterable[Kept[Key]]) -> tuple[Chain[Key], ...]:
    """Put reports together that revise one another, in the order of each chain's first.

    Whoever signs in another party's name joins no chain of it: what a party released is its own.
    """
    found: dict[tuple[str, str, str, str], list[Kept[Key]]] = {}
    for each in kept:
        head = each.report.head
        name = (each.party, schema_of(each.report), head.reported_by, head.event)
        found.setdefault(name, []).append(each)
    return tuple(_chain(each) for each in found.values())


def _chain(links: list[Kept[Key]]) -> Chain[Key]:
    links.sort(key=lambda each: (each.report.head.revision, each.report.head.issued_at))
    numbers = {each.report.head.revision for each in links}
    missing = (each for each in range(1, max(numbers)) if each not in numbers)
    return Chain(tuple(links), tuple(missing))


def changes_between(earlier: Report, later: Report) -> tuple[Changed, ...]:
    """List what differs between two reports, by its place; what counts revisions is left out."""
    before, after = _leaves(earlier), _leaves(later)
    return tuple(
        Changed(path, before.get(path), after.get(path))
        for path in dict.fromkeys((*before, *after))
        if before.get(path) != after.get(path)
    )


def _leaves(report: Report) -> dict[str, str]:
    value = parse_json(format_report(report), bytes_max=2 * REPORT_BYTES_MAX)
    found: dict[str, str] = {}
    _gather(value, (), found)
    return found


def _gather(value: JsonValue, path: tuple[str, ...], found: dict[str, str]) -> None:
    match value:
        case dict():
            for key, inner in value.items():
                if len(path) > 0 or key not in _COUNTED:
                    _gather(inner, (*path, key), found)
        case list():
            for name, inner in _named(value):
                _gather(inner, (*path, name), found)
        case None:
            pass
        case _:
            found["/".join(path)] = str(value)


def _named(rows: list[JsonValue]) -> Iterable[tuple[str, JsonValue]]:
    """Name the rows of a list by what they are of, so that one more row moves no other."""
    taken: dict[str, int] = {}
    for index, row in enumerate(rows, 1):
        words = [row.get(key) for key in _NAMED_BY] if isinstance(row, dict) else []
        name = " ".join(each for each in words if isinstance(each, str)) or str(index)
        taken[name] = taken.get(name, 0) + 1
        yield name if taken[name] == 1 else f"{name} {taken[name]}", row
