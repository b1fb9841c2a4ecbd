# SPDX-License-Identifier: Apache-2.0
"""`comity item export`: items out in formats of others, as far as they may be opened.

The file is new, whole or not there, and for its owner alone.
"""

from __future__ import annotations

from typing import Final

import click

from comity.basis.errors import InputError, excerpt
from comity.basis.ids import AgreementId, Place
from comity.basis.strict_json import JsonValue
from comity.cli.options import Control, agreement_option, parse_control, reading, the_agreement
from comity.cli.options import the_place as the_place_of
from comity.cli.outputs import refuse_taken, write_new_file
from comity.cli.printing import say, shown
from comity.cli.session import AsPerson, Desk, node_command
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.exporting import (
    TABLE,
    Exported,
    ExportWish,
    Format,
    export_items,
    export_list,
)
from comity.flows.shapes import banner_json
from comity.formats.geojson import Origin, read_origin

_FORMATS: Final = (*(each.value for each in Format), TABLE)


@click.command(
    "export",
    epilog="Exit codes: 0 written, 3 refused with its articles.\n\n"
    "Example: comity item export JPN/12 --format geojson --purpose warning --out launch.geojson "
    "--node kor --as kor-017",
)
@click.argument("controls", metavar="[ITEM]...", nargs=-1, callback=reading(parse_control))
@agreement_option
@click.option(
    "--format",
    "shape",
    required=True,
    type=click.Choice(_FORMATS),
    help="The format; csv is the list of items that the person may know of, without content.",
)
@click.option("--purpose", metavar="WORD", help="What the items are opened for.")
@click.option("--out", required=True, metavar="FILE", help="The new FILE to write.")
@click.option(
    "--around",
    metavar="LAT,LON",
    help="Draw stated ranges around this place, in decimal degrees (geojson).",
)
@click.option("--around-name", metavar="NAME", help="The name of that place.")
@node_command(writing=True, person=AsPerson.REQUIRED)
async def export_command(
    desk: Desk,
    *,
    controls: tuple[Control, ...],
    agreement: AgreementId | None,
    shape: str,
    purpose: str | None,
    out: str,
    around: str | None,
    around_name: str | None,
) -> int | None:
    """Write ITEMs to a file as GeoJSON, CAP or STIX, or the list of items as CSV.

    Each is decided as an opening for the purpose and stands in the journal; one that is refused
    refuses the whole. What is written bears the marking in every part.
    """
    refuse_taken(out)
    origin = None if around is None else _origin(around, around_name)
    if shape == TABLE:
        _refuse_content(controls, purpose, origin)
        named = await the_agreement(desk.context, agreement)
        found = await export_list(desk.context, named, desk.acting)
    else:
        named, places = await _places(desk.context, controls, agreement)
        wish = ExportWish(Format(shape), _purpose(purpose), origin)
        found = await export_items(desk.context, named, places, desk.acting, wish)
    if isinstance(found, Refused):
        return desk.refuse(found)
    _show(desk, found, out)
    return None


async def _places(
    context: Context, controls: tuple[Control, ...], agreement: AgreementId | None
) -> tuple[AgreementId, tuple[Place, ...]]:
    named, places = agreement, list[Place]()
    for control in controls:
        named, place = await the_place_of(context, control, named)
        places.append(place)
    return await the_agreement(context, named), tuple(places)


def _purpose(purpose: str | None) -> str:
    if purpose is None:
        raise InputError(
            "cli.export-purpose",
            "content goes out for a purpose",
            where="--purpose",
            expected="a purpose that the item was provided for",
        )
    return purpose


def _refuse_content(
    controls: tuple[Control, ...], purpose: str | None, origin: Origin | None
) -> None:
    if controls or purpose or origin:
        raise InputError(
            "cli.export-list",
            "the list of items holds no content, and is for no purpose",
            where="--format csv",
            expected="neither items nor --purpose nor --around",
        )


def _origin(text: str, name: str | None) -> Origin:
    latitude, comma, longitude = text.partition(",")
    if not comma:
        raise InputError(
            "cli.export-around",
            "not a place",
            where="--around",
            expected="latitude and longitude, such as 39.03,125.75",
            found=excerpt(text),
        )
    return read_origin(latitude.strip(), longitude.strip(), name)


def _show(desk: Desk, found: Exported, out: str) -> None:
    size = write_new_file(out, [found.raw])
    banners: list[JsonValue] = [banner_json(each) for each in found.banners]
    value: dict[str, JsonValue] = {
        "file": out,
        "bytes": size,
        "media_type": found.media_type,
        "banners": banners,
    }
    heads = dict.fromkeys(line for each in found.banners for line in each.head)
    feet = dict.fromkeys(line for each in found.banners for line in each.foot)
    told = f"{size} bytes of {found.media_type} written to {shown(out)}"
    around = ("",) if found.banners else ()
    desk.show("comity/item-export/1", value, (*heads, *around, told, *around, *feet))
    if found.banners and not desk.as_json:
        say("whoever gets the file is bound by its marking: nothing watches over it from here on")
