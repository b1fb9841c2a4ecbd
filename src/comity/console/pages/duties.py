# SPDX-License-Identifier: Apache-2.0
"""What is owed: the late first, by its days, and as a calendar for one's own; never content."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from typing import Any, Final

from babel.dates import format_skeleton, get_day_names

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PartyId, parse_agreement_id, parse_party_id
from comity.basis.instants import Date, Zone, date_of, parse_date
from comity.console.places import item_path
from comity.console.routes import Route
from comity.console.visit import Download, Outcome, Page, Visit, whole
from comity.flows.duties.filters import refuse_unknown
from comity.flows.duties.paging import (
    OLDEST_MAX,
    OwedRow,
    Wanted,
    duty_days,
    duty_page,
    owed_under,
    zones_under,
)
from comity.flows.item_pages import find_all_known
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.foresight.matters import owed_matter, say_coming, say_matter, say_state
from comity.foresight.words import say_due
from comity.front.answers import not_there
from comity.state.coming import Coming
from comity.state.duties import Duty, DutyState

PAGE: Final = 50
CELL_MAX: Final = 4
YEARS: Final = range(1900, 3000)
_ICS: Final = "text/calendar; charset=utf-8"
_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_DECEMBER: Final = 12
_COMMANDS: Final = "comity duty waive ID\ncomity duty extend ID --until DATE"


async def list_owed(visit: Visit) -> Outcome:
    """List what is owed by what is looked for."""
    chosen = await _chosen(visit)
    wanted = await _wanted(visit, chosen)
    after = visit.query.text("after")
    found = await duty_page(visit.context, chosen, visit.person, wanted, after=after, limit=PAGE)
    values = {
        **await _frame(visit, chosen),
        "page": found,
        "is_cut": found.is_cut,
        "is_first": not after,
        "narrows": wanted.narrows,
        "parties": await _parties(visit, chosen),
        "links": await _links(visit, found.rows),
        "commands": _COMMANDS,
    }
    return Page("duties/list.html", visit.say("Duties"), values)


async def show_month(visit: Visit) -> Outcome:
    """Show the days of a month, and what each ends."""
    chosen = await _chosen(visit)
    zones = await zones_under(visit.context, chosen)
    now = visit.context.ports.clock.now()
    today = frozenset(date_of(now, zone) for zone in zones.values()) or {date_of(now, Zone(0))}
    year, month = _month(visit.query.text("month")) or (min(today).year, min(today).month)
    locale = visit.tongue.locale
    weeks = calendar.Calendar(locale.first_week_day).monthdatescalendar(year, month)
    days = frozenset(day for week in weeks for day in week if day.month == month)
    names = get_day_names("abbreviated", locale=locale)
    ends, is_cut = await duty_days(visit.context, chosen, visit.person, days, limit=CELL_MAX)
    values = {
        **await _frame(visit, chosen),
        "weeks": weeks,
        "month": month,
        "days": ends,
        "is_cut": is_cut,
        "weekdays": [names[each.weekday()] for each in weeks[0]],
        "today": today,
        "counted_in": zones,
        "before": _beside(year, month, -1),
        "after": _beside(year, month, 1),
        "this": f"{year:04}-{month:02}",
    }
    said = format_skeleton("yMMMM", Date(year, month, 1), locale=locale)
    return Page("duties/month.html", visit.say("Duties: %(month)s", month=said), values)


async def give_calendar(visit: Visit) -> Outcome:
    """Give what is owed and comes up as an iCalendar file."""
    from comity.flows.duties.calendar import calendar_of  # 3 MiB, for whoever asks for one

    owed = await owed_under(visit.context, await _chosen(visit), visit.person, Wanted())
    exercise = visit.context.config.exercise
    raw = calendar_of(owed, exercise=exercise, language=visit.tongue.code)
    return Download(f"comity-{visit.node.own}-duties.ics", _ICS, whole(raw))


async def _frame(visit: Visit, chosen: tuple[AgreementId, ...]) -> dict[str, Any]:
    """Give what the list and the month show alike: the choice of agreement, and words."""
    code = visit.tongue.code

    def owes(duty: Duty) -> str:
        return say_matter(owed_matter(duty.owes, duty.because, duty.or_by), code, duty.needs)

    def comes(coming: Coming) -> str:
        return say_coming(coming.what, code)

    def here(path: str) -> str:
        if not visit.query.text("agreement"):
            return path
        return f"{path}{'&' if '?' in path else '?'}agreement={chosen[0]}"

    return {
        "query": visit.query,
        "here": here,
        "agreements": await pinned_agreements(visit.context),
        "chosen": chosen,
        "oldest_max": OLDEST_MAX,
        "owes": owes,
        "comes": comes,
        "state": lambda duty: say_state(duty.state.value, code),
        "term": lambda duty: "" if duty.term is None else say_due(duty.term, code),
        "is_late": lambda duty: duty.state is DutyState.LATE,
    }


async def _chosen(visit: Visit) -> tuple[AgreementId, ...]:
    """Give the agreement that the query names, if it is one of ours; all where it names none."""
    pinned = await pinned_agreements(visit.context)
    text = visit.query.text("agreement")
    if not text:
        return pinned
    try:
        named = parse_agreement_id(text)
    except InputError:
        raise not_there() from None
    if named not in pinned:
        raise not_there()
    return (named,)


async def _wanted(visit: Visit, chosen: tuple[AgreementId, ...]) -> Wanted:
    query = visit.query
    by, to = _party(visit, "by"), _party(visit, "to")
    await refuse_unknown(visit.context, chosen, None, (("by", by), ("to", to)))
    day = query.text("day")
    late = query.text("late") == "yes"
    return Wanted(by, to, late_only=late, day=parse_date(day, "day") if day else None)


def _party(visit: Visit, name: str) -> PartyId | None:
    text = visit.query.text(name)
    return parse_party_id(text, name) if text else None


async def _parties(visit: Visit, chosen: Iterable[AgreementId]) -> list[PartyId]:
    views = [await read_view(visit.context, each) for each in chosen]
    return sorted({party for view in views for party in view.heads})


async def _links(visit: Visit, rows: Iterable[OwedRow]) -> dict[str, str]:
    """Give the pages of the items that rows are about, by the duties' ids."""
    about = [(row, row.duty.about or row.duty.trigger) for row in rows]
    found: dict[str, str] = {}
    for agreement in {row.agreement for row, _ in about}:
        here = [(row, place) for row, place in about if row.agreement == agreement]
        places = [place for _, place in here]
        known = await find_all_known(visit.context, agreement, places, visit.person)
        found |= {row.duty.id: item_path(agreement, place) for row, place in here if place in known}
    return found


def _month(text: str) -> tuple[int, int] | None:
    """Read which month is looked at; None: the one that it is."""
    if not text:
        return None
    found = _MONTH.fullmatch(text)
    if found is None or int(found[1]) not in YEARS:
        raise InputError(
            "console.no-month",
            "this is no month",
            where="month",
            expected=f"2016-11, from {YEARS[0]} to {YEARS[-1]}",
            hint="leave it out for the month that it is",
        )
    return int(found[1]), int(found[2])


def _beside(year: int, month: int, step: int) -> str | None:
    """Name the month before or after one; None at the end of the years."""
    years, rest = divmod(year * _DECEMBER + month - 1 + step, _DECEMBER)
    return f"{years:04}-{rest + 1:02}" if years in YEARS else None


DUTIES: Final = (
    Route("GET", "/duties", list_owed),
    Route("GET", "/duties/calendar", show_month),
    Route("GET", "/duties/calendar.ics", give_calendar),
)
