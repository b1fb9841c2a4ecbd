# SPDX-License-Identifier: Apache-2.0
"""An item's label for other programs, and whether a label that came with it is still the item's."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from litestar import Request
from litestar.params import JSONBody, Parameter
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct

from comity.api.desk import desk_of, done
from comity.api.operations import get, post
from comity.api.places import (
    AgreementPath,
    IndexPath,
    PartyPath,
    agreement_of,
    known_item,
    place_of,
)
from comity.api.shapes import Anything, Reply, reply
from comity.basis.instants import parse_day_or_instant
from comity.basis.limits import LABEL_FILE_BYTES_MAX
from comity.flows.labels import check_item_labels, item_labels
from comity.marking.core_metadata import labels_json, parse_labels_json
from comity.signin.permissions import Permission

_TAG: Final = ["items"]
_LABEL: Final = "/agreements/{agreement:str}/items/{party:str}/{index:int}/label"

Review = Annotated[
    str | None,
    Parameter(max_length=32, description="When the label is to be reviewed: a day or an instant."),
]


class LabelsReply(Reply, tag_field="schema", tag="comity/item-label/1", kw_only=True):
    """An item's labels, twice: as XML of STANAG 4774, and under the names of STANAG 5636."""

    xml: str
    labels: Anything


class LabelProblem(Struct):
    """One thing in which a label differs from the register."""

    code: str
    where: str
    what: str
    expected: str
    found: str
    hint: str


class LabelCheckReply(Reply, tag_field="schema", tag="comity/label-check/1", kw_only=True):
    """Whether a label is the item's as the registers have it now."""

    item: str
    agrees: bool
    problems: list[LabelProblem]


class LabelBody(Struct, forbid_unknown_fields=True):
    """A label as it came: XML, or JSON."""

    text: Annotated[str, Meta(max_length=LABEL_FILE_BYTES_MAX)]
    format: Literal["xml", "json"] = "xml"


@get(_LABEL, summary="Give an item's label for other programs", tags=_TAG)
async def label(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    review: Review = None,
) -> LabelsReply:
    """Give the originator's label of an item, and its equivalents as alternative labels."""
    desk = desk_of(request, Permission.ITEMS_READ)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_item(desk, named, place)
    when = None if review is None else parse_day_or_instant(review, "review")
    labels = done(await item_labels(desk.context, named, place, desk.person, review=when))
    from comity.marking.stanag_xml import format_labels_xml  # 5 MiB, which few nodes need

    value = {"xml": format_labels_xml(labels).decode(), "labels": labels_json(labels)}
    return reply(desk, LabelsReply, value)


@post(
    f"{_LABEL}/check",
    summary="Hold a label against an item",
    tags=_TAG,
    status_code=HTTP_200_OK,
)
async def check(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[LabelBody],
) -> LabelCheckReply:
    """Say in what a label that came with an item differs from the register; nothing is changed."""
    desk = desk_of(request, Permission.ITEMS_READ)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_item(desk, named, place)
    from comity.marking.stanag_xml import parse_labels_xml

    parse = parse_labels_json if data.format == "json" else parse_labels_xml
    labels = parse(data.text.encode(), "text")
    found = done(await check_item_labels(desk.context, named, place, desk.person, labels))
    value = {
        "item": f"{named}/{place}",
        "agrees": not found,
        "problems": [each.as_json() for each in found],
    }
    return reply(desk, LabelCheckReply, value)


LABELS: Final = (label, check)
