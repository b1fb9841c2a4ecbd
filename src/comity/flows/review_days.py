# SPDX-License-Identifier: Apache-2.0
"""Reviews that come up or are overdue, and what is to be given up since its need has ended.

It is the holder's own affair: a review stands in no register, so no partner lists it, and nobody is
owed it. Days are those of the agreement's zone. Source: Japan-ROK GSOMIA Art. 6(h) (G6h)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from comity.agreement.model import Agreement, Clause
from comity.basis.ids import PartyId, Place
from comity.basis.instants import DAY_MS, Date, Duration, DurationUnit, Instant
from comity.decision.last_days import REMIND_DAYS
from comity.flows.copies import held_since
from comity.flows.reviewing import first_due, give_up_by
from comity.flows.reviews_said import Reviewed
from comity.flows.view import View
from comity.state.closing import Keeping, keeping_of
from comity.state.coming import Coming
from comity.state.lifecycle_dates import day_end, day_start
from comity.state.queries import recalled_by
from comity.state.records import Item
from comity.state.state import State

REVIEW: Final = "item.review"
_ONE_WAY: Final[dict[tuple[str, ...], str]] = {
    ("return",): "need.return",
    ("destroy",): "need.destroy",
}
NEED_ENDED: Final = "need.ended"
"""Its need has ended: it is given back or destroyed; or one of both, as the file has it."""

_AHEAD_MS: Final = (REMIND_DAYS[0] + 1) * DAY_MS
_WHOLE_DAYS: Final = {
    DurationUnit.DAYS: 1,
    DurationUnit.WEEKS: 7,
    DurationUnit.MONTHS: 28,
    DurationUnit.YEARS: 365,
}


def reviews_coming(
    view: View, state: State, at: Instant, reviewed: Mapping[Place, Reviewed]
) -> Iterator[Coming]:
    """List what we hold of others' whose review is reminded of by `at`, or whose need has ended.

    `reviewed` are the latest reviews; one that was later than `at` is left out of account. What
    its originator has called back is owed to it, and no review can change that.
    """
    known = {place: each for place, each in reviewed.items() if each.at <= at}
    for place in sorted({*_held_long(view, state, at), *known, *state.limited.keys()}):
        item = state.items.get(place)
        since = None if item is None else held_since(state, view.own, item)
        if item is None or since is None or since > at or view.own not in item.to:
            continue
        if keeping_of(state, item, view.own) is Keeping.HELD and not recalled_by(state, item):
            yield from _of_item(view, item, at, known.get(place))


def _of_item(view: View, item: Item, at: Instant, reviewed: Reviewed | None) -> Iterator[Coming]:
    clauses = tuple(view.file(item.version).clauses("retention"))
    zone = view.file(item.version).lifecycle.zone
    article = next((each.article for each in clauses), None)
    if reviewed is not None and reviewed.until is None:
        if clauses:
            last = give_up_by(view, item, reviewed)
            moments = (reviewed.at,) if last is None else (reviewed.at, *_moments(view, item, last))
            due = None if last is None else day_end(last, zone)
            later = tuple(sorted({each for each in moments if each >= reviewed.at}))
            yield Coming(_wanted(clauses), view.own, article, due, later, item.place)
        return
    day = first_due(view, item) if reviewed is None else reviewed.until
    if day is None or (reviewed is None and _is_owed(clauses, item, day)):
        return
    moments = _moments(view, item, day)
    if moments[0] <= at:
        yield Coming(REVIEW, view.own, article, day_end(day, zone), moments, item.place)


def _wanted(clauses: tuple[Clause, ...]) -> str:
    """Name what is to become of it: what each clause lets."""
    lets = (set(each.texts("then")) for each in clauses)
    return _ONE_WAY.get(tuple(sorted(set.intersection(*lets))), NEED_ENDED)


def _is_owed(clauses: tuple[Clause, ...], item: Item, day: Date) -> bool:
    """Answer whether the day is the end of use, and a clause makes a duty of it."""
    until = item.release.label.use_until
    return until == day and any(each.text("until") == "use_until" for each in clauses)


def _moments(view: View, item: Item, day: Date) -> tuple[Instant, ...]:
    """Give when one is reminded of a last day: before, and when it has passed."""
    zone = view.file(item.version).lifecycle.zone
    last = day.toordinal()
    before = (Date.fromordinal(max(1, last - days)) for days in REMIND_DAYS)
    return (*(day_start(each, zone) for each in before), day_end(day, zone))


def _held_long(view: View, state: State, at: Instant) -> tuple[Place, ...]:
    """Give what we receipted so long ago that its first review may come up by the end of a day.

    They are looked up among all receipts once a day, not each time that somebody asks: what is
    receipted since then comes up later, unless a file names a time shorter than the reminders.
    """
    shortest = _shortest_ms(each.agreement for each in state.files.values())
    if shortest is None:
        return ()
    kept, day = view.open.held_long, at // DAY_MS
    may_keep = state is view.fold.state and shortest > _AHEAD_MS + DAY_MS
    if may_keep and day in kept:
        return kept[day]
    latest = (day + 1) * DAY_MS - shortest + _AHEAD_MS
    found = tuple(_receipted_by(state, view.own, Instant(latest)))
    if may_keep:
        kept.clear()
        kept[day] = found
    return found


def _receipted_by(state: State, own: PartyId, latest: Instant) -> Iterator[Place]:
    for (place, party), receipt in state.receipts.items():
        if party == own and receipt.at <= latest:
            yield place


def _shortest_ms(files: Iterator[Agreement]) -> int | None:
    """Give the shortest time after which any version has an item looked at again; not more."""
    named = (
        clause.find_duration("at_most") for file in files for clause in file.clauses("retention")
    )
    return min((_at_least_ms(each) for each in named if each is not None), default=None)


def _at_least_ms(duration: Duration) -> int:
    return duration.amount * _WHOLE_DAYS.get(duration.unit, 0) * DAY_MS
