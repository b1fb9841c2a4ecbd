# SPDX-License-Identifier: Apache-2.0
"""The picture's list as a table that no program takes for formulas.

It says titles and places, so each report in it is opened and noted as for a picture, and stands
there with its marking. Source: Japan-ROK GSOMIA Art. 4(2), 7(1), 12
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import Instant, format_instant
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.journal import journal_entry
from comity.flows.picture.drawing import Row, number_rows
from comity.flows.picture.gathering import SHOWN_MAX, ShownReport, gather_named
from comity.formats.tables import Cell, format_table
from comity.marking.banners import EXERCISE_LINE
from comity.picture.maps import degrees_text
from comity.picture.reports import schema_of
from comity.ports import Change

TABLE: Final = "csv"
MEDIA_TYPE: Final = "text/csv"

_COLUMNS: Final = (
    "number",
    "marking",
    "level",
    "item",
    "released_by",
    "schema",
    "event",
    "title",
    "reported_by",
    "revision",
    "superseded_by",
    "from",
    "until",
    "places",
)


async def export_table(
    context: Context,
    person: PersonId,
    items: Sequence[tuple[AgreementId, Place]],
    purpose: str,
) -> bytes | Refused:
    """Give reports as a table in the order in which they are named.

    Each is decided as an opening, and journalled; what may not be opened is not there.

    Raises:
        InputError: none or too many are named, or nothing of them may be opened.
    """
    wanted = tuple(dict.fromkeys(items))
    if not 1 <= len(wanted) <= SHOWN_MAX:
        raise _wrong_count(len(wanted))
    shown = await gather_named(context, person, wanted, purpose)
    return (
        shown if isinstance(shown, Refused) else await note_table(context, person, shown, purpose)
    )


async def note_table(
    context: Context, person: PersonId, shown: Sequence[ShownReport], purpose: str
) -> bytes:
    """Give reports that were opened as a table, once the journal says that they go out.

    Raises:
        InputError: there is none.
    """
    if not shown:
        raise _wrong_count(0)
    names: list[JsonValue] = [each.name for each in shown]
    details: dict[str, JsonValue] = {"items": names, "format": TABLE, "purpose": purpose}
    line = journal_entry(context, "item.export", person, details=details)
    allowed = allow_house_act("item.export")
    await context.ports.store.commit(Change(allowed_by=allowed, journal=(line,)))
    return format_reports(number_rows(shown), exercise=context.config.exercise)


def format_reports(rows: Sequence[Row], *, exercise: bool) -> bytes:
    """Write numbered reports as a table; in an exercise every marking says so."""
    return format_table(_COLUMNS, [_cells(each, exercise=exercise) for each in rows])


def _cells(row: Row, *, exercise: bool) -> tuple[Cell, ...]:
    shown, head, moment = row.shown, row.shown.report.head, row.trace.moment
    lines = ((EXERCISE_LINE,) if exercise else ()) + shown.banner.head
    places = dict.fromkeys(
        f"{each.name}: {degrees_text(each.spot)}" if each.name else degrees_text(each.spot)
        for each in row.trace.marks
    )
    return (
        row.number,
        " / ".join(dict.fromkeys(lines)),
        shown.level,
        shown.name,
        shown.item.place.party,
        schema_of(shown.report),
        head.event,
        head.title,
        head.reported_by,
        head.revision,
        None if shown.superseded_by is None else str(shown.superseded_by),
        None if moment is None else format_instant(moment.start),
        None if moment is None else format_instant(Instant(moment.end - 1)),
        "; ".join(places),
    )


def _wrong_count(found: int) -> InputError:
    return InputError(
        "picture.table",
        "so many reports are no table",
        where="item",
        expected=f"1 to {SHOWN_MAX} that may be opened",
        found=str(found),
    )
