# SPDX-License-Identifier: Apache-2.0
"""A picture that was gathered, numbered for its table, and drawn as one map and as timelines.

Nothing is decided or opened here: what is drawn was shown to its viewer by `gather_picture`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from comity.basis.instants import UTC, Instant, date_of, format_date
from comity.flows.alerts import Precedence
from comity.flows.picture.gathering import ShownReport
from comity.picture.coast import coastline
from comity.picture.interests import Interest
from comity.picture.maps import MapPicture, Numbered, Reach, Say, draw_map
from comity.picture.overlays import Overlaid
from comity.picture.reaches import ring_radii
from comity.picture.revisions import Kept, chains_of
from comity.picture.rings import ring_around
from comity.picture.svg import Svg
from comity.picture.timelines import Happened, Zoom, draw_timeline, parse_zoom, zoom_on
from comity.picture.traces import Trace, trace_of
from comity.picture.views import view_around

ZOOMS_MAX: Final = 48
"""So many timelines one page holds; what is closer is drawn of the newest."""

_STEPS: Final = (len("2016"), len("2016-09"), len("2016-09-09"))


@dataclass(frozen=True, slots=True)
class Row:
    """A report by its number in the table. `revised_by` is the row of what stands instead.

    `stands` is False too where its item was superseded by one that is not in the picture.
    """

    number: int
    shown: ShownReport
    trace: Trace
    revised_by: int | None

    @property
    def stands(self) -> bool:
        """Answer whether nothing later stands in its place."""
        return self.revised_by is None and self.shown.superseded_by is None

    @property
    def word(self) -> str:
        """Give the word of its precedence on a drawing; what is routine has none."""
        precedence = self.shown.precedence
        return "" if precedence is Precedence.ROUTINE else precedence.value


def number_rows(reports: Sequence[ShownReport]) -> tuple[Row, ...]:
    """Number reports from 1 on in their order; a later revision here supersedes an earlier one."""
    kept = [
        Kept(number, each.item.place.party, each.report) for number, each in enumerate(reports, 1)
    ]
    newest = {
        link.key: chain.newest.key
        for chain in chains_of(kept)
        for link in chain.links
        if link.key != chain.newest.key
    }
    by_place = {(each.agreement, each.item.place): at for at, each in enumerate(reports, 1)}
    rows: list[Row] = []
    for number, each in enumerate(reports, 1):
        later = each.superseded_by
        revised_by = None if later is None else by_place.get((each.agreement, later))
        revised_by = newest.get(number) if revised_by is None else revised_by
        rows.append(Row(number, each, trace_of(each.report), revised_by))
    return tuple(rows)


def map_of(
    rows: Iterable[Row],
    say: Say = str,
    *,
    reaches: tuple[Reach, ...] = (),
    interests: tuple[Interest, ...] = (),
    banner: tuple[str, ...] = (),
    overlay: tuple[Overlaid, ...] = (),
) -> Svg:
    """Draw reports on one map, which holds all of them; the whole earth where none has a place.

    It holds what is reached whole too; a point of interest beyond is drawn where it lies on it.
    """
    known = tuple(rows)
    spots = [mark.spot for each in known for mark in each.trace.marks]
    for each in reaches:
        spots += [each.origin, *ring_around(each.origin, max(ring_radii(each.span)))]
    view = view_around(spots)
    numbered = tuple(Numbered(each.number, each.trace, each.word) for each in known)
    return draw_map(
        MapPicture(view, numbered, reaches, interests, banner, overlay), coastline(), say
    )


def timelines_of(rows: Iterable[Row], say: Say = str) -> tuple[tuple[Zoom, Svg], ...]:
    """Draw all time, then each year, month and day in which something is, the newest first.

    No more than `ZOOMS_MAX`: all years before a month, all months before a day.
    """
    happened = [
        Happened(each.number, each.trace.sign, each.trace.moment, each.word)
        for each in rows
        if each.trace.moment is not None
    ]
    zooms = [zoom_on(each.moment for each in happened)] if happened else []
    for size in _STEPS:
        texts = {_text(at)[:size] for each in happened for at in _ends(each)}
        zooms += [parse_zoom(each) for each in sorted(texts, reverse=True)]
    return tuple((each, draw_timeline(each, happened, say)) for each in zooms[:ZOOMS_MAX])


def zoom_of(text: str, rows: Iterable[Row]) -> Zoom:
    """Read a stretch of time; without one, all the years in which something is.

    Raises:
        InputError: it is no year, month or day.
    """
    moments = (each.trace.moment for each in rows)
    return parse_zoom(text) if text else zoom_on(each for each in moments if each is not None)


def _ends(happened: Happened) -> tuple[Instant, Instant]:
    return happened.moment.start, Instant(happened.moment.end - 1)


def _text(at: Instant) -> str:
    return format_date(date_of(at, UTC))
