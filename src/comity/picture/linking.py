# SPDX-License-Identifier: Apache-2.0
"""Which reports of two parties may be of one event: a suggestion, by time and place, to a person.

Nothing is linked here. The bounds stand in one table, each kind of event with its own; what a
report does not say brings no suggestion. Source: issue text on the common picture
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final, Generic, TypeVar

from comity.basis.limits import LINK_PAIRS_MAX, LINK_SPOTS_MAX
from comity.picture.globe import Spot, measure
from comity.picture.revisions import Kept
from comity.picture.traces import Sign, Stretch, Trace, trace_of

Key = TypeVar("Key", bound=Hashable)

_SECOND_MS: Final = 1000
_MINUTE_MS: Final = 60 * _SECOND_MS
_DAY_MS: Final = 24 * 60 * _MINUTE_MS


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far two reports of one event may lie apart."""

    apart_ms: int
    apart_km: float


BOUNDS: Final = {
    Sign.LAUNCH: Bounds(30 * _MINUTE_MS, 150.0),
    Sign.TEST: Bounds(2 * _MINUTE_MS, 100.0),
    Sign.SIGHTING: Bounds(3 * _DAY_MS, 200.0),
}
"""Launches: a salvo takes a while, and the point is presumed. Tests: agencies' origin times differ
by seconds. Sightings: the same launchers are seen for days. No other report is of an event."""


@dataclass(frozen=True, slots=True)
class Suggestion(Generic[Key]):
    """Two reports that may be of one event, and what speaks for it; a person decides.

    `apart_ms` counts between the nearest ends of their times. `same_name`: both give the event one
    name, so that time and place were not asked; they are told where they are known.
    """

    one: Key
    other: Key
    sign: Sign
    apart_ms: int | None
    apart_km: float | None
    same_name: bool


@dataclass(frozen=True, slots=True)
class _Event(Generic[Key]):
    index: int
    kept: Kept[Key]
    sign: Sign
    moment: Stretch | None
    spots: tuple[Spot, ...]


def suggest_links(kept: Iterable[Kept[Key]]) -> tuple[Suggestion[Key], ...]:
    """Suggest which reports of different parties are of one event, those named alike first.

    Reports that no later revision supersedes are to be given, and each pair is suggested once.
    So many pairs are looked at and no more: thousands at one place and hour are no help to anybody.
    """
    events = [_event(index, each) for index, each in enumerate(kept)]
    events = [each for each in events if each.sign in BOUNDS]
    found: dict[tuple[int, int], Suggestion[Key]] = {}
    pairs = chain(_named_alike(events), _near_in_time(events))
    for pair in islice(pairs, LINK_PAIRS_MAX):
        one, other = sorted(pair, key=lambda each: each.index)
        suggestion = _suggestion(one, other)
        if suggestion is not None:
            found[one.index, other.index] = suggestion
    return tuple(found.values())


def _event(index: int, kept: Kept[Key]) -> _Event[Key]:
    trace: Trace = trace_of(kept.report)
    spots = dict.fromkeys(each.spot for each in trace.marks if each.sign == trace.sign)
    return _Event(index, kept, trace.sign, trace.moment, tuple(spots)[:LINK_SPOTS_MAX])


def _near_in_time(events: list[_Event[Key]]) -> Iterable[tuple[_Event[Key], _Event[Key]]]:
    """Go through events by time, and pair each with those that began shortly before it."""
    timed = sorted(
        ((each.moment.start, each.index, each) for each in events if each.moment is not None),
        key=lambda each: each[:2],
    )
    open_: list[_Event[Key]] = []
    for start, _, event in timed:
        open_ = [each for each in open_ if _reaches(each, start)]
        for other in open_:
            if other.sign == event.sign and other.kept.party != event.kept.party:
                yield other, event
        open_.append(event)


def _reaches(event: _Event[Key], start: int) -> bool:
    return event.moment is not None and event.moment.end + BOUNDS[event.sign].apart_ms >= start


def _named_alike(events: list[_Event[Key]]) -> Iterable[tuple[_Event[Key], _Event[Key]]]:
    named: dict[tuple[Sign, str], list[_Event[Key]]] = {}
    for event in events:
        same = named.setdefault((event.sign, event.kept.report.head.event), [])
        for other in same:
            if other.kept.party != event.kept.party:
                yield other, event
        same.append(event)


def _suggestion(one: _Event[Key], other: _Event[Key]) -> Suggestion[Key] | None:
    bounds = BOUNDS[one.sign]
    apart_ms, apart_km = _apart_ms(one.moment, other.moment), _apart_km(one.spots, other.spots)
    same_name = one.kept.report.head.event == other.kept.report.head.event
    is_near = (
        apart_ms is not None
        and apart_km is not None
        and apart_ms <= bounds.apart_ms
        and apart_km <= bounds.apart_km
    )
    if not (is_near or same_name):
        return None
    return Suggestion(one.kept.key, other.kept.key, one.sign, apart_ms, apart_km, same_name)


def _apart_ms(one: Stretch | None, other: Stretch | None) -> int | None:
    if one is None or other is None:
        return None
    return max(0, one.start - (other.end - 1), other.start - (one.end - 1))


def _apart_km(one: tuple[Spot, ...], other: tuple[Spot, ...]) -> float | None:
    return min((measure(each, there).km for each in one for there in other), default=None)
