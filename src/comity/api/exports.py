# SPDX-License-Identifier: Apache-2.0
"""Items out in formats of others, and the list of items as a table.

The journal has it before the first byte comes; every part of the content bears its marking.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Request, Response
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct

from comity.api.desk import desk_of, done
from comity.api.item_wishes import CONTENT_TYPE, Word
from comity.api.operations import get, post
from comity.api.places import AgreementPath, agreement_of, known_item
from comity.basis.ids import parse_place
from comity.basis.limits import EXPORT_ITEMS_MAX
from comity.flows.exporting import TABLE, ExportWish, Format, export_items, export_list
from comity.formats.geojson import read_origin
from comity.signin.permissions import Permission

_TAG: Final = ["items"]
_CSV: Final = "text/csv"
_Degrees = Annotated[str, Meta(max_length=24, description="Decimal degrees, as text.")]


class AroundBody(Struct, forbid_unknown_fields=True):
    """A place that stated ranges are drawn around."""

    latitude: _Degrees
    longitude: _Degrees
    name: Word | None = None


class ExportBody(Struct, forbid_unknown_fields=True):
    """Items by their places (`JPN/12`), what they are opened for, and the format."""

    items: Annotated[list[Word], Meta(min_length=1, max_length=EXPORT_ITEMS_MAX)]
    format: Format
    purpose: Word
    around: AroundBody | None = None


@post(
    "/agreements/{agreement:str}/items:export",
    summary="Give items in a format of others",
    tags=_TAG,
    status_code=HTTP_200_OK,
    media_type=CONTENT_TYPE,
)
async def export_content(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[ExportBody]
) -> Response[bytes]:
    """Give items as GeoJSON (several), or one as CAP or STIX, each opened for the purpose.

    One that is refused refuses the whole. The name of the attachment ends as the format does.
    """
    desk, named = desk_of(request, Permission.ITEMS_OPEN), agreement_of(agreement)
    places = tuple(parse_place(each, "items") for each in data.items)
    for place in places:
        await known_item(desk, named, place)
    around = data.around
    origin = None if around is None else read_origin(around.latitude, around.longitude, around.name)
    wish = ExportWish(data.format, data.purpose, origin)
    found = done(await export_items(desk.context, named, places, desk.person, wish))
    return _attached(found.raw, CONTENT_TYPE, data.format.value)


@get(
    "/agreements/{agreement:str}/items:table",
    summary="List the items as a table",
    tags=_TAG,
    media_type=_CSV,
)
async def export_table(
    request: Request[Any, Any, Any], agreement: AgreementPath
) -> Response[bytes]:
    """Give the list of items that the caller may know of as CSV; no cell is a formula."""
    desk = desk_of(request, Permission.ITEMS_READ)
    found = done(await export_list(desk.context, agreement_of(agreement), desk.person))
    return _attached(found.raw, _CSV, TABLE)


def _attached(raw: bytes, media_type: str, ending: str) -> Response[bytes]:
    headers = {"content-disposition": f'attachment; filename="items.{ending}"'}
    return Response(raw, media_type=media_type, headers=headers)


EXPORTS: Final = (export_content, export_table)
