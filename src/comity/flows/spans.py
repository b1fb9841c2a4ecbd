# SPDX-License-Identifier: Apache-2.0
"""How long a decision stays the very same if nothing but time moves, and what was decided so.

Rules compare the time of an act with instants and with dates, and with nothing else; dates change
at whole minutes, since zones are whole minutes off. Between two such edges the answer to the same
request is the same, so it need not be worked out for every one of a thousand items a second.
Source: AGREEMENTS.md section 4, last paragraph
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from comity.basis.instants import MINUTE_MS, Instant
from comity.decision.request import Assurance, When


@dataclass(frozen=True, slots=True)
class Span:
    """The instants from `first` until just before `until`."""

    first: Instant
    until: Instant

    def __contains__(self, at: Instant) -> bool:
        """Answer whether an instant lies within."""
        return self.first <= at < self.until

    def __and__(self, other: Span) -> Span:
        """Give the instants that lie within both."""
        return Span(max(self.first, other.first), min(self.until, other.until))


def span_around(at: Instant, compared: Iterable[When]) -> Span:
    """Give the span around `at` in which every comparison with these comes out the same.

    An instant holds itself, so both it and the millisecond after it are edges.
    """
    minute = at - at % MINUTE_MS
    first, until = minute, minute + MINUTE_MS
    for when in compared:
        if not isinstance(when, int):
            continue  # a date, no bound, or not known
        for edge in (when, when + 1):
            if edge <= at:
                first = max(first, edge)
            else:
                until = min(until, edge)
    return Span(Instant(first), Instant(until))


def compared_in(assurances: Iterable[Assurance]) -> Iterable[When]:
    """List the times that assurances are held against."""
    for each in assurances:
        yield each.given_at
        yield each.until


class Same:
    """Equal to another of the very same object: comparing rows would cost what deciding costs.

    Rows of a state are never changed, only replaced, so the same row says the same.
    """

    __slots__ = ("_row",)

    def __init__(self, row: object) -> None:
        """Stand for `row`."""
        self._row = row

    def __eq__(self, other: object) -> bool:
        """Answer whether it stands for the same object."""
        return isinstance(other, Same) and other._row is self._row

    def __hash__(self) -> int:
        """Go by the object."""
        return id(self._row)
