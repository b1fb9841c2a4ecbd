# SPDX-License-Identifier: Apache-2.0
"""Items out in formats of others: decided and journalled for each item as an opening is.

Nothing is drawn of any item before all of them are decided: one that is refused refuses the whole.
What a format cannot hold is refused too, never left out. Source: Japan-ROK GSOMIA Art. 4(2), 6(c),
7, 12; TLP 2.0
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import format_instant
from comity.basis.limits import EXPORT_ITEMS_MAX, REPORT_BYTES_MAX, STIX_BYTES_MAX
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.decision.stages import Refused
from comity.flows.alerts import precedence_of
from comity.flows.context import Context
from comity.flows.journal import journal_entry
from comity.flows.listing import ItemRow, list_items
from comity.flows.receipts import Opened, marking_and_level, open_item
from comity.flows.turns import read_about, read_view
from comity.flows.view import View
from comity.formats import cap, geojson, stix
from comity.formats.geojson import Origin, format_geojson
from comity.formats.sources import Source
from comity.formats.tables import Cell, format_table
from comity.formats.tlp import STRICTEST_FIRST
from comity.marking.banners import Banner
from comity.picture.reports import Report, parse_report
from comity.ports import Change
from comity.state.records import Item
from comity.statement.values import format_until

TABLE: Final = "csv"
"""The list of items, which holds no content."""


class Format(StrEnum):
    """A format that the content of items goes out in."""

    GEOJSON = "geojson"
    CAP = "cap"
    STIX = "stix"


MEDIA_TYPES: Final = {
    Format.GEOJSON: geojson.MEDIA_TYPE,
    Format.CAP: cap.MEDIA_TYPE,
    Format.STIX: stix.MEDIA_TYPE,
}

_COLUMNS: Final = (
    "item",
    "released_by",
    "released_to",
    "released_at",
    "level",
    "marking",
    "category",
    "precedence",
    "form",
    "purposes",
    "use_until",
    "sealed_bytes",
    "held",
    "readable",
    "supersedes",
    "superseded_by",
)


@dataclass(frozen=True, slots=True)
class Exported:
    """Bytes in a format of others, what they are, and the banner that they are kept under."""

    raw: bytes
    media_type: str
    banners: tuple[Banner, ...]


@dataclass(frozen=True, slots=True)
class ExportWish:
    """Which items are to go out in which format, for which purpose.

    `origin` is what stated ranges are drawn around, where the format draws any.
    """

    shape: Format
    purpose: str
    origin: Origin | None = None


async def export_items(
    context: Context,
    agreement: AgreementId,
    places: Iterable[Place],
    person: PersonId,
    wish: ExportWish,
) -> Exported | Refused:
    """Give items in a format of others.

    1. each is decided as an opening for the purpose, and journalled, the refusal too;
    2. the content is read whole, and written as the format has it;
    3. the journal says that they go out, in which format, before anybody has a byte.

    Raises:
        InputError: no item, too many, or one whose content the format cannot hold.
        StateError: no such item, or its payload or key is not here.
        ProofError: content is altered or truncated.
    """
    wanted = tuple(dict.fromkeys(places))
    _check_count(wanted, wish.shape)
    opened: list[Opened] = []
    for place in wanted:
        found = await open_item(context, agreement, place, person, purpose=wish.purpose)  # 1
        if isinstance(found, Refused):
            return found
        opened.append(found)
    view = await read_about(context, agreement, wanted)
    raw = _written(context, view, opened, wish)  # 2
    items: list[JsonValue] = [f"{agreement}/{place}" for place in wanted]
    details: dict[str, JsonValue] = {
        "agreement": agreement,
        "items": items,
        "format": wish.shape.value,
        "purpose": wish.purpose,
    }
    await _note(context, person, details)  # 3
    return Exported(raw, MEDIA_TYPES[wish.shape], tuple(each.banner for each in opened))


async def export_list(
    context: Context, agreement: AgreementId, person: PersonId
) -> Exported | Refused:
    """Give the list of items that a person may know of as a table; never their content."""
    listing = await list_items(context, agreement, person)
    if isinstance(listing, Refused):
        return listing
    details: dict[str, JsonValue] = {
        "agreement": agreement,
        "items": len(listing.rows),
        "format": TABLE,
    }
    await _note(context, person, details)
    view = await read_view(context, agreement)
    rows = (_row(view, each) for each in listing.rows)
    return Exported(format_table(_COLUMNS, rows), "text/csv", ())


async def _note(context: Context, person: PersonId, details: dict[str, JsonValue]) -> None:
    change = Change(
        allowed_by=allow_house_act("item.export"),
        journal=(journal_entry(context, "item.export", person, details=details),),
    )
    await context.ports.store.commit(change)


def _check_count(places: tuple[Place, ...], shape: Format) -> None:
    most = EXPORT_ITEMS_MAX if shape is Format.GEOJSON else 1
    if not 1 <= len(places) <= most:
        raise InputError(
            "export.items",
            "so many items do not go out at once in this format",
            expected=f"1 to {most}" if most > 1 else "one",
            found=str(len(places)),
        )


def _written(context: Context, view: View, opened: list[Opened], wish: ExportWish) -> bytes:
    if wish.shape is Format.STIX:
        level = marking_and_level(view, opened[0].item, view.moment(context))[1]
        return _as_stix(opened[0], level)
    read = [(source_of(context, view, each.item, each.banner), _report(each)) for each in opened]
    if wish.shape is Format.GEOJSON:
        return format_geojson(read, wish.origin)
    return cap.format_cap(*read[0])


def source_of(context: Context, view: View, item: Item, banner: Banner) -> Source:
    """Say of an item what every format says of it."""
    file = view.file(item.version)
    label, supersedes = item.release.label, item.release.supersedes
    earlier = None if supersedes is None else view.fold.state.items.get(supersedes)
    return Source(
        item=f"{view.agreement_id}/{item.place}",
        by=item.place.party,
        released_at=item.at,
        category=label.category,
        level=marking_and_level(view, item, view.moment(context))[1],
        precedence=precedence_of(file, label.category).value,
        banner=banner.head,
        exercise=context.config.exercise,
        supersedes=None if earlier is None else (f"{view.agreement_id}/{supersedes}", earlier.at),
    )


def _report(opened: Opened) -> Report:
    raw = _content(opened, REPORT_BYTES_MAX)
    header = opened.header
    if header is None or header.schema is None:
        raise _unfit(opened, "an event report")
    return parse_report(raw)


def _as_stix(opened: Opened, level: str) -> bytes:
    """Give a bundle under the level that the item has now: nothing in it is marked below that.

    Where somebody lowered the item's level, what its makers marked stays as they marked it.
    """
    bundle = stix.parse_stix(_content(opened, STIX_BYTES_MAX))
    if level not in STRICTEST_FIRST:
        raise InputError(
            "export.no-tlp",
            "the level of this item is no marking of the Traffic Light Protocol",
            where=str(opened.item.place),
            expected=", ".join(STRICTEST_FIRST),
            found=level,
        )
    is_raised = STRICTEST_FIRST.index(level) < STRICTEST_FIRST.index(bundle.tlp)
    return stix.format_stix(stix.mark_at_least(bundle, level) if is_raised else bundle)


def _content(opened: Opened, most: int) -> bytes:
    """Draw content to its end, so that all of it is authentic, unless it is more than fits."""
    if opened.item.release.sealed.size > 2 * most:
        raise _unfit(opened, f"at most {most} bytes")
    raw = b"".join(opened.content)
    if len(raw) > most:
        raise _unfit(opened, f"at most {most} bytes")
    return raw


def _unfit(opened: Opened, expected: str) -> InputError:
    return InputError(
        "export.unfit",
        "the content of this item does not go into this format",
        where=str(opened.item.place),
        expected=expected,
        hint="open it as it is: comity item open ITEM --out FILE",
    )


def _row(view: View, row: ItemRow) -> tuple[Cell, ...]:
    item, label = row.item, row.item.release.label
    precedence = precedence_of(view.file(item.version), label.category)
    until = label.use_until
    return (
        f"{view.agreement_id}/{item.place}",
        item.place.party,
        " ".join(item.to),
        format_instant(item.at),
        row.level,
        label.marking,
        label.category,
        precedence.value,
        label.form,
        " ".join(label.purposes),
        format_until(until),
        item.release.sealed.size,
        row.held,
        row.readable,
        None if item.release.supersedes is None else str(item.release.supersedes),
        None if row.superseded_by is None else str(row.superseded_by),
    )
