# SPDX-License-Identifier: Apache-2.0
"""Maps as SVG: the coast alone, marks and ways of reports, reaches, points of interest.

No border, no name of a sea and no flag is drawn: the parties dispute them. The same picture gives
the same bytes, it needs no script, and its numbers lead to the table that stands beside it.
Source: DESIGN 9 (maps); console.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from comity.picture.cutting import cut_line, cut_polygon
from comity.picture.decimals import Span
from comity.picture.globe import Spot, travel
from comity.picture.interests import Interest
from comity.picture.overlays import Overlaid
from comity.picture.palette import DAY
from comity.picture.placing import Label, gather_marks, place_labels, text_width
from comity.picture.reaches import ring_radii, span_text
from comity.picture.rings import Line, edge_around, ring_around
from comity.picture.shorelines import coast_on
from comity.picture.svg import Svg, element, fill, line, path_of, text_of
from comity.picture.symbols import draw_symbol
from comity.picture.topology import Land
from comity.picture.traces import Sign, Trace
from comity.picture.views import XY, Flat, Round, View

Say = Callable[[str], str]
"""Gives a word of a drawing in a reader's language."""

WORDS: Final = {
    Sign.LAUNCH: "launch point, presumed",
    Sign.IMPACT: "impact point, seen or expected",
    Sign.TEST: "nuclear test",
    Sign.SIGHTING: "sighting",
    Sign.ASSESSMENT: "range assessment",
    Sign.REPORT: "report",
    Sign.INTEREST: "point of interest",
}
KINDS: Final = {
    Sign.LAUNCH: "launch",
    Sign.TEST: "nuclear test",
    Sign.SIGHTING: "sighting",
    Sign.ASSESSMENT: "range assessment",
    Sign.REPORT: "report",
}
STATED_WAY: Final = "path, as stated"
WORKED_OUT_WAY: Final = "direction and distance, drawn straight"
TITLE: Final = "Map of reports"
TITLE_OF_TIMELINE: Final = "Timeline of reports, in UTC"
OWN_LINES: Final = "own overlay"
MIDDLE_SCALE: Final = "scale along the middle of the map"

_OVERLAY: Final = "10 3 2 3 2 3"
_DASHES: Final = ("", "9 4", "2 3", "12 3 2 3", "5 5")
SHADE: Final = 0.18
SHADES: Final = 3
"""All areas of reaches on one another shade the ground by so much, each by a third at most."""

_AROUND_LEAST: Final = 5.0
_LABELLED_AT: Final = (135.0, 225.0, 90.0, 270.0, 180.0, 45.0, 315.0, 0.0)
_SCALE_MOST: Final = 220.0
_ROW: Final = 20.0
_LINE: Final = 16.0


@dataclass(frozen=True, slots=True)
class Numbered:
    """A report's trace, by the number of its row in the table beside the map.

    `precedence` is the word that stands behind the number, if one does.
    """

    number: int
    trace: Trace
    precedence: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """A range as it was stated, from a place: one ring for its least, one for its most."""

    origin: Spot
    name: str
    span: Span

    @property
    def text(self) -> str:
        """Give system and range, as `Musudan ≤ 4000 km`."""
        return f"{self.name} {span_text(self.span)} km"


@dataclass(frozen=True, slots=True)
class MapPicture:
    """What a map shows. `banner`: the lines of its marking, for a file that stands alone."""

    view: View
    numbered: tuple[Numbered, ...]
    reaches: tuple[Reach, ...] = ()
    interests: tuple[Interest, ...] = ()
    banner: tuple[str, ...] = ()
    overlay: tuple[Overlaid, ...] = ()


def draw_map(picture: MapPicture, land: Land, say: Say = str) -> Svg:
    """Draw a map.

    1. the ground: coast, grid and the party's own lines; 2. reaches, ways and uncertainties;
    3. marks, and labels where there is room; 4. the scale, and a legend of what is there.
    """
    view = picture.view
    drawn = "".join(
        (
            *_ground(view, land),
            *_overlaid(view, picture.overlay),
            *_reaches(view, picture.reaches),
            *_ways(view, picture.numbered),
            *_uncertain(view, picture.numbered),
            *_marks(picture),
            *_scale(view),
        )
    )
    top = _LINE * len(picture.banner) + (6.0 if picture.banner else 0.0)
    sheet = element("svg", drawn, x=0.0, y=top, width=view.width, height=view.height)
    frame = element("rect", x=0.5, y=top, width=view.width - 1, height=view.height, **line("shore"))
    legend, height = _legend(picture, top + view.height, say)
    whole = top + view.height + height + top
    head = _banner(picture.banner, view.width, _LINE - 3)
    foot = _banner(picture.banner, view.width, whole - top + _LINE)
    return sheet_of(sheet + frame + legend + head + foot, (view.width, whole), say(TITLE))


def sheet_of(drawn: str, size: XY, title: str) -> Svg:
    """Put a drawing on its paper, with its name for those who cannot see it."""
    paper = element("rect", x=0.0, y=0.0, width=size[0], height=size[1], **fill("sea"))
    named = element("title", text_of(title))
    text = element(
        "svg",
        named + paper + drawn,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {size[0]:.0f} {size[1]:.0f}",
        class_="picture",
        role="img",
        aria_label=title,
        font_family="sans-serif",
        font_size=12.0,
    )
    return Svg(text)


def words_at(text: str, x: float, y: float, anchor: str = "start") -> str:
    """Write words with a rim of the paper's colour."""
    return element(
        "text",
        text_of(text),
        x=x,
        y=y,
        text_anchor=anchor,
        class_="fill-text line-halo",
        fill=DAY["text"],
        stroke=DAY["halo"],
        stroke_width=3.0,
        paint_order="stroke",
    )


def draw_labels(labels: Iterable[Label]) -> Iterator[str]:
    """Write labels, with a thin line to whatever a label does not touch."""
    known = tuple(labels)
    leaders = [[each.middle, each.of] for each in known if each.of is not None]
    if leaders:
        yield element("path", d=path_of(leaders), **line("shore", 0.8))
    for each in known:
        yield words_at(each.text, each.x, each.y)


def _ground(view: View, land: Land) -> Iterator[str]:
    areas, shores = coast_on(land, view)
    yield element("path", d=areas, fill_rule="evenodd", **fill("land"))
    if isinstance(view, Flat):
        yield from _grid(view)
    yield element("path", d=shores, **line("shore", 0.8))
    if isinstance(view, Round):
        middle = view.width / 2
        yield element("circle", cx=middle, cy=middle, r=middle - 1, **line("shore"))
        yield element("circle", cx=middle, cy=middle, r=3.0, **fill("mark"))


def _grid(view: Flat) -> Iterator[str]:
    step = next((each for each in (1, 2, 5, 10, 20) if view.turn / each <= 10), 30)
    meridians = _steps(view.west, view.west + view.turn, step)
    parallels = _steps(view.south, view.north, step)
    lines = [[view.place(each, view.south), view.place(each, view.north)] for each in meridians]
    for each in parallels:
        lines.append([view.place(view.west, each), view.place(view.west + view.turn, each)])
    yield element("path", d=path_of(lines), **line("grid"))
    for each in meridians:
        x, _ = view.place(each, view.south)
        if 40 < x < view.width - 40:
            yield words_at(_degrees((each + 180) % 360 - 180, "EW"), x, view.height - 4, "middle")
    for each in parallels:
        _, y = view.place(view.west, each)
        if 20 < y < view.height - 30:
            yield words_at(_degrees(each, "NS"), 4.0, y - 3)


def _steps(low: float, high: float, step: int) -> list[float]:
    first = int(low // step) + 1
    return [float(each * step) for each in range(first, int(high // step) + 1)]


def _degrees(value: float, ends: str) -> str:
    end = "" if value in (0.0, 180.0, -180.0) else f" {ends[0] if value > 0 else ends[1]}"
    return f"{abs(value):.0f}°{end}"


def degrees_text(spot: Spot) -> str:
    """Write a place for a table, as `41.2926° N, 129.0760° E`."""
    longitude = (spot.longitude + 180) % 360 - 180
    north, east = ("S", "N")[spot.latitude >= 0], ("W", "E")[longitude >= 0]
    return f"{abs(spot.latitude):.4f}° {north}, {abs(longitude):.4f}° {east}"


def _laid(view: View, lines: Iterable[Line]) -> list[list[XY]]:
    if isinstance(view, Round):
        return [[view.place(s.longitude, s.latitude) for s in each] for each in lines]
    return [
        [view.place(s.longitude, s.latitude) for s in part]
        for each in lines
        for part in _on_sheet(view, cut_line(each, view.middle))
    ]


def _on_sheet(view: Flat, parts: Iterable[Line]) -> Iterator[Line]:
    """Count longitudes as the sheet does, whose middle may lie a turn away."""
    by = view.west + view.turn / 2 - view.middle
    for part in parts:
        yield tuple(Spot(each.longitude + by, each.latitude) for each in part)


def _areas(view: View, ring: Line) -> list[list[XY]]:
    if isinstance(view, Round):
        return []
    parts = _on_sheet(view, cut_polygon(ring, view.middle))
    return [[view.place(s.longitude, s.latitude) for s in each] for each in parts]


def _overlaid(view: View, overlay: tuple[Overlaid, ...]) -> Iterator[str]:
    laid = _laid(view, [each.line for each in overlay])
    if laid:
        yield element("path", d=path_of(laid), **line("shore", 1.6, _OVERLAY))


def _overlay_labels(picture: MapPicture) -> list[tuple[str, XY]]:
    """Name each line of the overlay where it first lies on the paper."""
    found = []
    for each in picture.overlay:
        at = next((xy for spot in each.line if (xy := picture.view.find(spot)) is not None), None)
        if at is not None:
            found.append((each.name, at))
    return found


def _reaches(view: View, reaches: tuple[Reach, ...]) -> Iterator[str]:
    opacity = f"{SHADE / max(SHADES, sum(len(ring_radii(each.span)) for each in reaches)):.3f}"
    for origin in dict.fromkeys(each.origin for each in reaches):
        if (at := view.find(origin)) is not None:
            yield element("circle", cx=at[0], cy=at[1], r=3.0, **fill("mark"))
    for index, reach in enumerate(reaches):
        for km in ring_radii(reach.span):
            area = path_of(_areas(view, ring_around(reach.origin, km)), closed=True)
            yield element("path", d=area, fill_opacity=opacity, **fill("ring"))
            edge = path_of(_laid(view, edge_around(reach.origin, km)))
            yield element("path", d=edge, **line("ring", 2.0, _dashes(index)))


def _dashes(index: int) -> str:
    return _DASHES[index % len(_DASHES)]


def _ways(view: View, numbered: tuple[Numbered, ...]) -> Iterator[str]:
    for is_worked_out, dashes in ((False, ""), (True, "5 4")):
        lines = [
            laid
            for each in numbered
            for way in each.trace.ways
            if way.is_worked_out is is_worked_out
            for laid in _laid(view, way.lines)
        ]
        if lines:
            yield element("path", d=path_of(lines), **line("way", 1.6, dashes))


def _uncertain(view: View, numbered: tuple[Numbered, ...]) -> Iterator[str]:
    around = {
        (mark.spot, mark.uncertainty_km): None
        for each in numbered
        for mark in each.trace.marks
        if mark.uncertainty_km is not None
        and mark.uncertainty_km / view.km_per_unit >= _AROUND_LEAST
    }
    edges = [laid for spot, km in around for laid in _laid(view, edge_around(spot, km or 0.0))]
    if edges:
        yield element("path", d=path_of(edges), **line("mark", 1.0, "1 3"))


def _marks(picture: MapPicture) -> Iterator[str]:
    view, size = picture.view, (picture.view.width, picture.view.height)
    placed = (
        (mark.sign.value, at, each.number, each.precedence)
        for each in picture.numbered
        for mark in each.trace.marks
        if (at := view.find(mark.spot)) is not None
    )
    clusters = gather_marks(placed)
    interests = [
        (each.name, at) for each in picture.interests if (at := view.find(each.spot)) is not None
    ]
    wanted = [(each.label, each.at) for each in clusters] + interests + _ring_labels(picture)
    wanted += _overlay_labels(picture)
    yield from draw_labels(place_labels(wanted, size))
    for _, at in interests:
        yield draw_symbol(Sign.INTEREST, at)
    for cluster in clusters:
        yield draw_symbol(Sign(cluster.kind), cluster.at)


def _ring_labels(picture: MapPicture) -> list[tuple[str, XY]]:
    """Name each ring where it lies on the paper, below its middle first."""
    view, found = picture.view, []
    for reach in picture.reaches:
        for km in ring_radii(reach.span):
            spots = (
                travel(reach.origin, each, km) for each in (135, 225, 90, 270, 180, 45, 315, 0)
            )
            at = next((xy for each in spots if (xy := view.find(each)) is not None), None)
            if at is not None:
                found.append((f"{reach.name} {km:.0f} km", at))
    return found


def _scale(view: View) -> Iterator[str]:
    most = view.km_per_unit * _SCALE_MOST
    km = next(
        base * 10**power
        for power in range(5, -1, -1)
        for base in (5, 2, 1)
        if base * 10**power <= most or (power, base) == (0, 1)
    )
    length, x, y = km / view.km_per_unit, 16.0, view.height - 28.0
    bar = [[(x, y - 5), (x, y), (x + length, y), (x + length, y - 5)]]
    yield element("path", d=path_of(bar), **line("halo", 5.0))
    yield element("path", d=path_of(bar), **line("mark", 2.0))
    yield words_at(f"{km} km", x + length + 8, y + 2)


def _legend(picture: MapPicture, top: float, say: Say) -> tuple[str, float]:
    """Explain what is on the map and nothing else; give the height that it takes."""
    signs = {mark.sign for each in picture.numbered for mark in each.trace.marks}
    signs |= {Sign.INTEREST} if picture.interests else set()
    rows: list[tuple[Callable[[XY], str], str]] = [
        (partial(draw_symbol, sign), say(WORDS[sign])) for sign in Sign if sign in signs
    ]
    known = {way.is_worked_out for each in picture.numbered for way in each.trace.ways}
    for is_worked_out, words, dashes in (
        (False, STATED_WAY, ""),
        (True, WORKED_OUT_WAY, "5 4"),
    ):
        if is_worked_out in known:
            rows.append((_sample("way", dashes), say(words)))
    for index, reach in enumerate(picture.reaches):
        rows.append((_sample("ring", _dashes(index)), reach.text))
    if picture.overlay:
        rows.append((_sample("shore", _OVERLAY), say(OWN_LINES)))
    if isinstance(picture.view, Flat):
        rows.append((lambda _: "", f"{say(MIDDLE_SCALE)}"))
    drawn, x, y = [], 14.0, top + _ROW
    for sample, words in rows:
        width = text_width(words) + 44
        if x > 14.0 and x + width > picture.view.width:
            x, y = 14.0, y + _ROW
        drawn += [sample((x, y - 4)), words_at(words, x + 18, y)]
        x += width
    return "".join(drawn), y - top + 10


def _sample(ink: str, dashes: str) -> Callable[[XY], str]:
    def draw(at: XY) -> str:
        x, y = at
        return element("path", d=path_of([[(x - 10, y), (x + 12, y)]]), **line(ink, 2.0, dashes))

    return draw


def _banner(lines: tuple[str, ...], width: float, top: float) -> str:
    return "".join(
        words_at(each, width / 2, top + index * _LINE, "middle") for index, each in enumerate(lines)
    )
