# SPDX-License-Identifier: Apache-2.0
"""The common picture: what partners reported, on a map, a timeline and in a table.

Opening it is an act: for a purpose, decided for each report, and journalled before it is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PartyId, parse_party_id, parse_place
from comity.basis.instants import UTC, Date, Instant, date_of
from comity.basis.limits import EXPORT_ITEMS_MAX
from comity.console.errors import status_of
from comity.console.forms import one_of
from comity.console.languages import phrase
from comity.console.names import party_names
from comity.console.pages.items import marking_of_levels
from comity.console.places import item_path, known_place
from comity.console.report_words import say_key, say_value
from comity.console.routes import Route
from comity.console.visit import Download, Elsewhere, Outcome, Page, Visit, done, whole
from comity.flows.alerts import Precedence
from comity.flows.exporting import ExportWish, Format, export_items
from comity.flows.picture.drawing import Row, map_of, number_rows, timelines_of
from comity.flows.picture.gathering import (
    Picture,
    PictureWish,
    ShownReport,
    gather_named,
    gather_picture,
)
from comity.flows.picture.linking import (
    NOT_ONE,
    ONE_EVENT,
    links_among,
    say_of_one_event,
    suggest_among,
)
from comity.flows.picture.points import read_overlay_text, read_points
from comity.flows.picture.reaching import Reaching, reach_from
from comity.flows.picture.table import MEDIA_TYPE, TABLE, export_table
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.formats.geojson import Origin, read_origin
from comity.front.answers import not_there
from comity.marking.banners import EXERCISE_LINE, RIGHTS_LINE
from comity.marking.hidden import printable_text
from comity.picture.beside import side_by_side
from comity.picture.figures import Basis
from comity.picture.globe import Spot
from comity.picture.maps import degrees_text
from comity.picture.overlays import read_overlay
from comity.picture.reaches import Touch
from comity.picture.traces import Stretch

_WORDS: Final = (
    phrase("launch point, presumed"),
    phrase("impact point, seen or expected"),
    phrase("nuclear test"),
    phrase("sighting"),
    phrase("range assessment"),
    phrase("report"),
    phrase("point of interest"),
    phrase("launch"),
    phrase("path, as stated"),
    phrase("direction and distance, drawn straight"),
    phrase("own overlay"),
    phrase("scale along the middle of the map"),
    phrase("Map of reports"),
    phrase("Timeline of reports, in UTC"),
)
"""What drawings say (`comity.picture.maps`): a test holds the two together."""

_TOUCHES: Final = {
    Touch.WITHIN: phrase("within"),
    Touch.UP_TO: phrase("within the most that was stated"),
    Touch.BEYOND: phrase("beyond"),
    Touch.UNSAID: phrase("beyond the least; nobody stated a most"),
}
_BASES: Final = {
    Basis.OBSERVED: phrase("observed"),
    Basis.INFERRED: phrase("inferred"),
    Basis.UNKNOWN: phrase("basis not stated"),
}
_HERE: Final = "here"
_ORIGIN: Final = ("latitude", "longitude", "origin")
_SUGGESTED_MAX: Final = 20
_ENDINGS: Final = {Format.GEOJSON: ".geojson", Format.CAP: ".cap.xml", Format.STIX: ".stix.json"}
_DAY_MS: Final = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Choices:
    """What a wish is chosen from: of every agreement that is held here."""

    agreements: tuple[AgreementId, ...]
    parties: tuple[PartyId, ...]
    categories: tuple[str, ...]
    levels: tuple[str, ...]
    precedences: tuple[str, ...] = tuple(each.value for each in Precedence)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two reports that are, are not, or (`stands` None) may be of one event, and what speaks so."""

    one: Row
    other: Row
    stands: bool | None
    apart_ms: int | None = None
    apart_km: float | None = None
    same_name: bool = False


async def show_form(visit: Visit) -> Outcome:
    """Ask what for, before anything is opened."""
    return await _page(visit)


async def show_picture(visit: Visit) -> Outcome:
    """Open what may be opened for the purpose, and draw it."""
    if visit.is_kept:
        return await _page(visit)
    try:
        wish = _wish(visit, await pinned_agreements(visit.context))
        origin = _origin(visit)
    except InputError as error:
        return await _page(visit, error=error)
    picture = done(await gather_picture(visit.context, visit.person, wish))
    return await _page(visit, picture, origin=origin)


def _origin(visit: Visit) -> Origin | None:
    """Read from where stated ranges are drawn; None: from nowhere.

    Raises:
        InputError: no place on the earth.
    """
    latitude, longitude, name = _named_origin(visit)
    if not latitude and not longitude:
        return None
    return read_origin(latitude, longitude, name or None)


def _wish(visit: Visit, pinned: tuple[AgreementId, ...]) -> PictureWish:
    """Read what is to be seen.

    Raises:
        InputError: no purpose, or something that does not read.
    """
    form = visit.form
    purpose, agreement = form.text("purpose"), form.text("agreement")
    urgent = form.text("precedence")
    if not purpose:
        raise InputError(
            "console.no-purpose",
            "content is opened for a purpose",
            where="purpose",
            expected="a purpose that the reports were provided for",
        )
    return PictureWish(
        purpose=purpose,
        agreements=tuple(each for each in pinned if agreement in ("", each)),
        parties=frozenset(parse_party_id(each, "by") for each in form.texts("by")),
        categories=frozenset(form.texts("category")),
        levels=frozenset(form.texts("level")),
        precedences=frozenset({one_of(Precedence, form, "precedence")} if urgent else ()),
        before=dict(map(_cursor, form.texts("before"))),
    )


def _cursor(text: str) -> tuple[tuple[AgreementId, PartyId], int]:
    agreement, _, rest = text.partition("/")
    place = parse_place(rest, "before")
    return (AgreementId(agreement), place.party), place.index


def _named_origin(visit: Visit) -> tuple[str, str, str]:
    """Give latitude, longitude and name: as typed, or those of a place in the table."""
    form = visit.form
    if _HERE in form:
        latitude, _, rest = form.text(_HERE).partition(" ")
        longitude, _, name = rest.partition(" ")
        return latitude, longitude, name
    return form.text("latitude"), form.text("longitude"), form.text("origin")


async def _page(
    visit: Visit,
    picture: Picture | None = None,
    *,
    origin: Origin | None = None,
    error: InputError | None = None,
) -> Page:
    values: dict[str, Any] = {
        "told": visit.query.text("told") == "yes",
        "choices": await _choices(visit),
        "form": visit.form,
        "origin": dict(zip(_ORIGIN, _named_origin(visit), strict=True)),
        "error": error,
        "picture": picture,
        "kept": [pair for pair in visit.form.pairs if pair[0] != "before"],
    }
    banner = None
    if picture is not None:
        rows = number_rows(picture.reports)
        drawn = [each for each in rows if each.stands or visit.form.text("superseded") == "yes"]
        reaching = await _reaching(visit, origin, drawn)
        reaches = () if reaching is None else reaching.reaches
        points = () if reaching is None else reaching.interests
        overlay = read_overlay(done(await read_overlay_text(visit.context, visit.person)))
        names = {
            each.agreement: await party_names(visit, each.agreement) for each in picture.reports
        }
        values |= {
            "rows": [(each, _when(visit, each), _where(each), _path(each.shown)) for each in rows],
            "map": map_of(drawn, visit.say, reaches=reaches, interests=points, overlay=overlay),
            "reaching": reaching,
            "origin_text": None if origin is None else degrees_text(origin.spot),
            "touch": lambda touch: visit.say(_TOUCHES[touch]),
            "basis": lambda basis: visit.say(_BASES[basis]),
            "kept_here": visit.form.without((*_ORIGIN, _HERE, "before")).pairs,
            "timelines": timelines_of(drawn, visit.say),
            "name": lambda row: names[row.shown.agreement](row.shown.item.place.party),
            "path_of": item_path,
            "links": await _linked(visit, rows),
            "exports": _exports(picture.reports),
            "next": [f"{agreement}/{place}" for agreement, place in picture.next or ()],
        }
        banner = await banner_of(visit, picture.reports)
    title = visit.say("Common picture")
    status = status_of(error)
    return Page("map/map.html", title, values, status, banner=banner)


async def _reaching(visit: Visit, origin: Origin | None, rows: list[Row]) -> Reaching | None:
    """Lay the ranges that are quoted in the picture around a place, where one is named."""
    if origin is None:
        return None
    points = done(await read_points(visit.context, visit.person))
    return reach_from(origin, rows, points, visit.form.text("system"))


async def _linked(visit: Visit, rows: tuple[Row, ...]) -> list[Pair]:
    """List pairs of reports: those that somebody said a word on, then those that are suggested."""
    reports = [each.shown for each in rows]
    by_name = {each.shown.name: each for each in rows}
    said = await links_among(visit.context, reports)
    pairs = [Pair(by_name[each.items[0]], by_name[each.items[1]], each.stands) for each in said]
    for each in suggest_among(reports, said)[:_SUGGESTED_MAX]:
        one, other = by_name[each.one], by_name[each.other]
        pairs.append(Pair(one, other, None, each.apart_ms, each.apart_km, each.same_name))
    return pairs


async def compare(visit: Visit) -> Outcome:
    """Open two reports for a purpose, and lay them side by side."""
    if visit.is_kept:
        return await _page(visit)
    form = visit.form
    items = [await known_place(visit, form.text(each)) for each in ("one", "other")]
    found = done(await gather_named(visit.context, visit.person, items, form.text("purpose")))
    if len(found) < len(items):
        raise not_there()
    values = {
        "reports": found,
        "said": side_by_side([each.report for each in found]),
        "names": [(await party_names(visit, e.agreement))(e.item.place.party) for e in found],
        "link": next(iter(await links_among(visit.context, found)), None),
        "path_of": _path,
        "say_key": partial(say_key, visit),
        "say_value": partial(say_value, visit),
        "form": form,
    }
    title = visit.say("Side by side")
    return Page("map/compare.html", title, values, banner=await banner_of(visit, found))


async def link(visit: Visit) -> Outcome:
    """Note that two reports are of one event, or that they are not."""
    if visit.is_kept:
        return await _page(visit)
    form = visit.form
    one, other = [await known_place(visit, form.text(each)) for each in ("one", "other")]
    says = form.text("says")
    if says not in (ONE_EVENT, NOT_ONE):
        raise InputError(
            "console.no-word", "nothing was said of the two", expected=f"{ONE_EVENT} or {NOT_ONE}"
        )
    done(
        await say_of_one_event(
            visit.context,
            visit.person,
            (one, other),
            purpose=form.text("purpose"),
            one_event=says == ONE_EVENT,
        )
    )
    return Elsewhere("/map?told=yes")


async def export(visit: Visit) -> Outcome:
    """Give reports in a format of others; each is decided and noted as an opening anew."""
    if visit.is_kept:
        return await _page(visit)
    form = visit.form
    shape = form.text("format")
    if shape not in (TABLE, *Format):
        raise InputError(
            "console.no-format", "there is no such format", expected=", ".join((*Format, TABLE))
        )
    named = [await known_place(visit, each) for each in form.texts("item")]
    if shape == TABLE:
        raw = done(await export_table(visit.context, visit.person, named, form.text("purpose")))
        return Download("reports.csv", MEDIA_TYPE, whole(raw))
    if len({agreement for agreement, _ in named}) != 1:
        raise InputError(
            "console.one-agreement", "what goes out together is of one agreement", expected="one"
        )
    wish = ExportWish(Format(shape), form.text("purpose"))
    places = tuple(place for _, place in named)
    found = done(await export_items(visit.context, named[0][0], places, visit.person, wish))
    return Download(f"reports{_ENDINGS[Format(shape)]}", found.media_type, whole(found.raw))


def _exports(reports: Sequence[ShownReport]) -> list[tuple[AgreementId, list[str]]]:
    """Give what may go out together: of each agreement the newest, as many as one file holds."""
    found: dict[AgreementId, list[str]] = {}
    for each in reports:
        found.setdefault(each.agreement, []).append(each.name)
    return [(agreement, names[:EXPORT_ITEMS_MAX]) for agreement, names in found.items()]


async def banner_of(visit: Visit, reports: Iterable[ShownReport]) -> tuple[str, ...] | None:
    """Give the highest markings on view, and our own beside them; None: there is no report.

    Whose each report is stands in its row, with its own marking.
    """
    by_agreement: dict[AgreementId, list[ShownReport]] = {}
    for each in reports:
        by_agreement.setdefault(each.agreement, []).append(each)
    markings, rights = dict[str, None](), False
    for agreement, shown in by_agreement.items():
        view = await read_view(visit.context, agreement)
        order = view.agreement().levels.order
        ranks = [order.index(each.level) if each.level in order else -1 for each in shown]
        highest = [each for each, rank in zip(shown, ranks, strict=True) if rank == min(ranks)]
        markings |= dict.fromkeys(printable_text(each.marking) for each in highest)
        ours = marking_of_levels(view, visit, (each.level for each in highest))
        markings |= {} if ours is None else {printable_text(ours): None}
        rights = rights or any(each.item.release.rights for each in shown)
    if not markings:
        return None
    exercise = (EXERCISE_LINE,) if visit.node.context.config.exercise else ()
    return (*exercise, *((RIGHTS_LINE,) if rights else ()), " · ".join(markings))


async def _choices(visit: Visit) -> Choices:
    pinned = await pinned_agreements(visit.context)
    parties: dict[PartyId, None] = {}
    categories, levels = dict[str, None](), dict[str, None]()
    for agreement in pinned:
        view = await read_view(visit.context, agreement)
        file = view.find_agreement()
        if file is not None:
            parties.update(dict.fromkeys(file.party_ids()))
            categories.update(dict.fromkeys(file.scope.categories))
            levels.update(dict.fromkeys(file.levels.order))
    return Choices(pinned, tuple(parties), tuple(categories), tuple(levels))


def _when(visit: Visit, row: Row) -> object:
    """Say when an event was: an instant, a day, or from when to when; nothing where unsaid."""
    moment = row.trace.moment
    return "–" if moment is None else _shown(visit, moment)


def _shown(visit: Visit, moment: Stretch) -> object:
    show = visit.moments.show
    if moment.end - moment.start == 1:
        return show(moment.start)
    first, last = _day(moment.start), _day(Instant(moment.end - 1))
    if moment.start % _DAY_MS or moment.end % _DAY_MS:
        return show(moment.start) + " – " + show(Instant(moment.end - 1))
    return show(first) if first == last else show(first) + " – " + show(last)


def _day(at: Instant) -> Date:
    return date_of(at, UTC)


def _where(row: Row) -> list[tuple[str, str, str]]:
    """Give the places that a report states: name, where it has one; degrees; reach from there."""
    known = dict.fromkeys((mark.name or "", mark.spot) for mark in row.trace.marks)
    return [(name, degrees_text(spot), _here(name, spot)) for name, spot in [*known][:4]]


def _here(name: str, spot: Spot) -> str:
    """Write a place as the button does that draws reach from there."""
    longitude = (spot.longitude + 180) % 360 - 180
    return f"{spot.latitude:.7f} {longitude:.7f} {name}"


def _path(shown: ShownReport) -> str:
    return item_path(shown.agreement, shown.item.place)


MAP: Final = (
    Route("GET", "/map", show_form),
    Route("POST", "/map", show_picture),
    Route("POST", "/map/compare", compare),
    Route("POST", "/map/link", link),
    Route("POST", "/map/export", export),
)
