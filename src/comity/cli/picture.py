# SPDX-License-Identifier: Apache-2.0
"""`comity picture`: reports that a person may open, and how far the ranges that they quote reach.

Each report is opened by it, for a purpose, and stands in the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click

from comity.basis.errors import InputError, excerpt
from comity.basis.ids import AgreementId
from comity.basis.limits import INTERESTS_BYTES_MAX
from comity.basis.strict_json import JsonValue
from comity.cli.files import read_input
from comity.cli.nouns import Noun
from comity.cli.options import agreement_option
from comity.cli.outputs import refuse_taken, write_new_file
from comity.cli.printing import labelled, say, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.picture.drawing import Row, number_rows
from comity.flows.picture.gathering import Picture, PictureWish, gather_picture
from comity.flows.picture.points import put_points, read_points
from comity.flows.picture.reaching import Quoted, Reaching, reach_from
from comity.flows.picture.table import MEDIA_TYPE, note_table
from comity.flows.shapes import banner_json
from comity.formats.geojson import Origin, read_origin
from comity.picture.interests import Interest, interest_lines, parse_interests
from comity.picture.maps import degrees_text
from comity.picture.reaches import Touched
from comity.picture.reports import schema_of

_PURPOSE: Callable[..., Any] = click.option(
    "--purpose", metavar="WORD", required=True, help="What the reports are opened for."
)


@click.group(cls=Noun)
def picture() -> None:
    """See what partners reported: a list of it, and how far the ranges quoted there reach.

    A map and a timeline of it are in the console.
    """


@picture.command(
    "list", epilog="Example: comity picture list --purpose warning --node kor --as kor-017"
)
@agreement_option
@_PURPOSE
@node_command(writing=True, person=AsPerson.REQUIRED)
async def list_command(desk: Desk, *, agreement: AgreementId | None, purpose: str) -> int | None:
    """List the newest reports that the person may open for the purpose; each is opened by it."""
    found = await _gather(desk, agreement, purpose)
    if isinstance(found, Refused):
        return desk.refuse(found)
    rows = number_rows(found.reports)
    desk.show_list(
        "comity/picture-list/1",
        {
            "reports": [_row_json(each) for each in rows],
            "unreadable": [*found.unreadable],
            "is_cut": found.is_cut,
        },
        [*_heads(rows), *(line for each in rows for line in _row_lines(each))],
        empty=("no report that the person may open for this", "see items: comity item list --help"),
    )
    return None


@picture.command(
    epilog="Example: comity picture reach --from 39.1677,127.4817 --from-name Wonsan "
    "--system Musudan --purpose warning --node kor --as kor-017"
)
@agreement_option
@_PURPOSE
@click.option(
    "--from",
    "origin",
    metavar="LAT,LON",
    required=True,
    help="The place to measure from, in decimal degrees.",
)
@click.option("--from-name", metavar="NAME", help="The name of that place.")
@click.option("--system", metavar="NAME", default="", help="One system's ranges alone.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def reach(
    desk: Desk,
    *,
    agreement: AgreementId | None,
    purpose: str,
    origin: str,
    from_name: str | None,
    system: str,
) -> int | None:
    """Say which points of interest each range that is quoted reaches from a place, and which not.

    No report says that anything stands at that place: whoever asks chooses it.
    """
    latitude, comma, longitude = origin.partition(",")
    if not comma:
        raise InputError(
            "cli.reach-from",
            "not a place",
            where="--from",
            expected="latitude and longitude, such as 39.1677,127.4817",
            found=excerpt(origin),
        )
    start = read_origin(latitude.strip(), longitude.strip(), from_name)
    found = await _gather(desk, agreement, purpose)
    if isinstance(found, Refused):
        return desk.refuse(found)
    points = await read_points(desk.context, desk.acting)
    if isinstance(points, Refused):
        return desk.refuse(points)
    rows = number_rows(found.reports)
    reaching = reach_from(start, [each for each in rows if each.stands], points, system.strip())
    quoting = [each.row for each in reaching.quoted]
    desk.show_list(
        "comity/picture-reach/1",
        _reach_json(reaching),
        [*_heads(quoting), *_reach_lines(reaching)],
        empty=("no report quotes a range of that", "see them all: comity picture list --help"),
    )
    if not (points or desk.as_json):
        say("hint: put points of interest in: comity picture points --help")
    return None


@picture.command(
    epilog="Example: comity picture export --purpose warning --out reports.csv --node kor "
    "--as kor-017"
)
@agreement_option
@_PURPOSE
@click.option("--out", required=True, metavar="FILE", help="The new FILE to write.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def export(
    desk: Desk, *, agreement: AgreementId | None, purpose: str, out: str
) -> int | None:
    """Write the list as CSV, in which no cell is a formula; `comity item export` has others."""
    refuse_taken(out)
    found = await _gather(desk, agreement, purpose)
    if isinstance(found, Refused):
        return desk.refuse(found)
    size = write_new_file(
        out, [await note_table(desk.context, desk.acting, found.reports, purpose)]
    )
    rows = number_rows(found.reports)
    banners: list[JsonValue] = [banner_json(each.shown.banner) for each in rows]
    value: dict[str, JsonValue] = {
        "file": out,
        "bytes": size,
        "media_type": MEDIA_TYPE,
        "banners": banners,
    }
    told = f"{size} bytes of {MEDIA_TYPE} written to {shown(out)}"
    desk.show("comity/picture-export/1", value, [*_heads(rows), told])
    if not desk.as_json:
        say("whoever gets the file is bound by its marking: nothing watches over it from here on")
    return None


@picture.command(epilog="Example: comity picture points --put points.json --node kor --as kor-009")
@click.option(
    "--put",
    metavar="FILE",
    help="Put these in, in place of all: points_of_interest/1 as docs/picture.md has it; - reads.",
)
@node_command(writing=True, person=AsPerson.REQUIRED)
async def points(desk: Desk, *, put: str | None) -> int | None:
    """Show the party's own points of interest, or put others in, in place of all that are there."""
    if put is None:
        found = await read_points(desk.context, desk.acting)
    else:
        wanted = parse_interests(read_input(put, bytes_max=INTERESTS_BYTES_MAX))
        found = await put_points(desk.context, desk.acting, wanted)
    if isinstance(found, Refused):
        return desk.refuse(found)
    desk.show_list(
        "comity/picture-points/1",
        {"points": [_point_json(each) for each in found]},
        interest_lines(found).splitlines(),
        empty=("no point of interest", "put some in: comity picture points --help"),
    )
    return None


async def _gather(desk: Desk, agreement: AgreementId | None, purpose: str) -> Picture | Refused:
    named = None if agreement is None else (agreement,)
    return await gather_picture(desk.context, desk.acting, PictureWish(purpose, named))


def _heads(rows: list[Row] | tuple[Row, ...]) -> Iterator[str]:
    """Give the banners of what is told, each line once."""
    yield from dict.fromkeys(line for each in rows for line in each.shown.banner.head)


def _row_lines(row: Row) -> Iterator[str]:
    head = row.shown.report.head
    past = "" if row.stands else ", superseded"
    yield f"{row.number}  {shown(head.title)} ({schema_of(row.shown.report)}{past})"
    yield labelled("item", f"{row.shown.name}, {shown(row.shown.marking)} ({row.shown.level})")
    yield labelled("by", f"{shown(head.reported_by)}, revision {head.revision}")
    for mark in row.trace.marks:
        name = "" if mark.name is None else f"{shown(mark.name)}, "
        yield labelled("place", f"{name}{degrees_text(mark.spot)}")


def _row_json(row: Row) -> JsonValue:
    head = row.shown.report.head
    return {
        "number": row.number,
        "item": row.shown.name,
        "marking": row.shown.marking,
        "level": row.shown.level,
        "schema": schema_of(row.shown.report),
        "event": head.event,
        "title": head.title,
        "reported_by": head.reported_by,
        "revision": head.revision,
        "stands": row.stands,
        "places": [degrees_text(each.spot) for each in row.trace.marks],
    }


def _reach_lines(reaching: Reaching) -> Iterator[str]:
    for each in reaching.quoted:
        figure = each.stated.figure
        yield f"{shown(each.stated.system)} {each.text} km, {shown(figure.credit.agency)}"
        yield labelled("item", f"{each.row.shown.name}, {shown(each.row.shown.marking)}")
        yield labelled("from", _origin_text(reaching.origin))
        yield labelled("reached", ", ".join(map(_point_text, each.touched)) or "none")
        yield labelled("not", ", ".join(map(_point_text, each.others)) or "none")
        for one in each.stated.assumptions:
            yield labelled("assumed", shown(one.text))
    if reaching.left:
        yield f"{reaching.left} more figures: name a system with --system"


def _reach_json(reaching: Reaching) -> dict[str, JsonValue]:
    return {
        "from": {"name": reaching.origin.name, "place": degrees_text(reaching.origin.spot)},
        "ranges": [_quoted_json(each) for each in reaching.quoted],
        "left": reaching.left,
    }


def _quoted_json(quoted: Quoted) -> JsonValue:
    stated = quoted.stated
    touches: list[JsonValue] = [
        {"name": each.interest.name, "km": f"{each.km:.0f}", "touch": each.touch.value}
        for each in quoted.points
    ]
    return {
        "system": stated.system,
        "range_km": quoted.text,
        "agency": stated.figure.credit.agency,
        "basis": stated.figure.basis.value,
        "assumptions": [each.text for each in stated.assumptions],
        "item": quoted.row.shown.name,
        "marking": quoted.row.shown.marking,
        "points": touches,
    }


def _point_text(point: Touched) -> str:
    how = "" if point.touch.value in ("within", "beyond") else f", {point.touch.value}"
    return f"{shown(point.interest.name)} ({point.km:.0f} km{how})"


def _point_json(point: Interest) -> JsonValue:
    return {
        "name": point.name,
        "latitude": f"{point.point.latitude:f}",
        "longitude": f"{point.point.longitude:f}",
    }


def _origin_text(origin: Origin) -> str:
    name = "" if origin.name is None else f"{shown(origin.name)}, "
    return f"{name}{degrees_text(origin.spot)}"
