# SPDX-License-Identifier: Apache-2.0
"""The common picture: what partners reported, on a map, a timeline and in a table.

Opening it is an act: for a purpose, decided for each report, and journalled before it is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PartyId, parse_party_id, parse_place
from comity.basis.instants import UTC, Date, Instant, date_of
from comity.console.languages import phrase
from comity.console.names import party_names
from comity.console.pages.items import marking_of_levels
from comity.console.places import item_path
from comity.console.routes import Route
from comity.console.visit import Outcome, Page, Visit, done
from comity.flows.picture.drawing import Row, map_of, number_rows, timelines_of
from comity.flows.picture.gathering import Picture, PictureWish, ShownReport, gather_picture
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.marking.banners import EXERCISE_LINE, RIGHTS_LINE
from comity.marking.hidden import printable_text
from comity.picture.maps import degrees_text
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
    phrase("scale along the middle of the map"),
    phrase("Map of reports"),
    phrase("Timeline of reports, in UTC"),
)
"""What drawings say (`comity.picture.maps`): a test holds the two together."""

_DAY_MS: Final = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Choices:
    """What a wish is chosen from: of every agreement that is held here."""

    agreements: tuple[AgreementId, ...]
    parties: tuple[PartyId, ...]
    categories: tuple[str, ...]
    levels: tuple[str, ...]


async def show_form(visit: Visit) -> Outcome:
    """Ask what for, before anything is opened."""
    return await _page(visit)


async def show_picture(visit: Visit) -> Outcome:
    """Open what may be opened for the purpose, and draw it."""
    if visit.is_kept:
        return await _page(visit)
    try:
        wish = _wish(visit, await pinned_agreements(visit.context))
    except InputError as error:
        return await _page(visit, error=error)
    return await _page(visit, done(await gather_picture(visit.context, visit.person, wish)))


def _wish(visit: Visit, pinned: tuple[AgreementId, ...]) -> PictureWish:
    """Read what is to be seen.

    Raises:
        InputError: no purpose, or something that does not read.
    """
    form = visit.form
    purpose, agreement = form.text("purpose"), form.text("agreement")
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
        before=dict(map(_cursor, form.texts("before"))),
    )


def _cursor(text: str) -> tuple[tuple[AgreementId, PartyId], int]:
    agreement, _, rest = text.partition("/")
    place = parse_place(rest, "before")
    return (AgreementId(agreement), place.party), place.index


async def _page(
    visit: Visit, picture: Picture | None = None, error: InputError | None = None
) -> Page:
    values = {
        "choices": await _choices(visit),
        "form": visit.form,
        "error": error,
        "picture": picture,
        "kept": [pair for pair in visit.form.pairs if pair[0] != "before"],
    }
    banner = None
    if picture is not None:
        rows = number_rows(picture.reports)
        drawn = [each for each in rows if each.stands or visit.form.text("superseded") == "yes"]
        names = {
            each.agreement: await party_names(visit, each.agreement) for each in picture.reports
        }
        values |= {
            "rows": [(each, _when(visit, each), _where(each), _path(each.shown)) for each in rows],
            "map": map_of(drawn, visit.say),
            "timelines": timelines_of(drawn, visit.say),
            "name": lambda row: names[row.shown.agreement](row.shown.item.place.party),
            "path_of": item_path,
            "next": [f"{agreement}/{place}" for agreement, place in picture.next or ()],
        }
        banner = await banner_of(visit, picture.reports)
    title = visit.say("Common picture")
    status = 200 if error is None else error.http_status or 400
    return Page("map/map.html", title, values, status, banner=banner)


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


def _where(row: Row) -> list[tuple[str, str]]:
    """Give the places that a report states, each with its name, where it has one."""
    known = dict.fromkeys((mark.name or "", degrees_text(mark.spot)) for mark in row.trace.marks)
    return [*known][:4]


def _path(shown: ShownReport) -> str:
    return item_path(shown.agreement, shown.item.place)


MAP: Final = (
    Route("GET", "/map", show_form),
    Route("POST", "/map", show_picture),
)
