# SPDX-License-Identifier: Apache-2.0
"""Items out in formats of others: decided and journalled for each item as an opening is.

All of them are decided at one moment, before anything is drawn: one that is refused refuses the
whole, and each goes out as it was marked then.
What a format cannot hold is refused too, never left out. Source: Japan-ROK GSOMIA Art. 4(2), 6(c),
7, 12; TLP 2.0
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import format_instant
from comity.basis.limits import EXPORT_ITEMS_MAX, REPORT_BYTES_MAX, STIX_BYTES_MAX
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.decision.people import Person
from comity.decision.stages import Refused
from comity.flows.alerts import precedence_of
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.item_search import Wanted, search_items
from comity.flows.journal import journal_entry
from comity.flows.listing import ItemRow, as_known, list_items
from comity.flows.receipts import Opened, open_items
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
from comity.statement.values import format_until

TABLE: Final = "csv"
"""The list of items, which holds no content."""
ROWS_MAX: Final = 1_000
"""Items of a search that one table lists."""


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

    1. all are decided as an opening for the purpose, and journalled, the refusal too;
    2. the content is read whole, and written as the format has it;
    3. the journal says that they go out, in which format, before anybody has a byte.

    Raises:
        InputError: no item, too many, or one whose content the format cannot hold.
        StateError: no such item, or its payload or key is not here.
        ProofError: content is altered or truncated.
    """
    wanted = tuple(dict.fromkeys(places))
    _check_count(wanted, wish.shape)
    opened = await open_items(context, agreement, wanted, person, purpose=wish.purpose)  # 1
    if isinstance(opened, Refused):
        return opened
    view = await read_about(context, agreement, wanted)
    raw = _written(context, view, await find_person(context, person), opened, wish)  # 2
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
    return await _table(context, agreement, person, listing.rows)


async def export_found(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    wanted: Wanted,
    before: Mapping[PartyId, int],
) -> Exported | Refused:
    """Give the items that are found by a search as a table, the newest first, without content.

    At most `ROWS_MAX` of them: so it costs the same in long registers.
    """
    found = await search_items(context, agreement, person, wanted, before, limit=ROWS_MAX)
    if isinstance(found, Refused):
        return found
    return await _table(context, agreement, person, found.rows)


async def _table(
    context: Context, agreement: AgreementId, person: PersonId, listed: Sequence[ItemRow]
) -> Exported:
    """Write items as a table, once the journal says that their list goes out."""
    details: dict[str, JsonValue] = {
        "agreement": agreement,
        "items": len(listed),
        "format": TABLE,
    }
    await _note(context, person, details)
    view = await read_view(context, agreement)
    rows = (_row(view, each) for each in listed)
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


def _written(
    context: Context, view: View, by: Person, opened: Sequence[Opened], wish: ExportWish
) -> bytes:
    if wish.shape is Format.STIX:
        return _as_stix(opened[0])
    read = [(_source(context, view, by, each), _report(each)) for each in opened]
    if wish.shape is Format.GEOJSON:
        return format_geojson(read, wish.origin)
    return cap.format_cap(*read[0])


def _source(context: Context, view: View, by: Person, opened: Opened) -> Source:
    """Say of an item what every format says of it, as far as whoever asks may know of it."""
    item = as_known(view.fold.state, by, opened.item)
    file = view.file(item.version)
    label, supersedes = item.release.label, item.release.supersedes
    earlier = None if supersedes is None else view.fold.state.items.get(supersedes)
    return Source(
        item=f"{view.agreement_id}/{item.place}",
        by=item.place.party,
        released_at=item.at,
        category=label.category,
        level=opened.level,
        precedence=precedence_of(file, label.category).value,
        banner=opened.banner.head,
        exercise=context.config.exercise,
        supersedes=None if earlier is None else (f"{view.agreement_id}/{supersedes}", earlier.at),
    )


def _report(opened: Opened) -> Report:
    raw = _content(opened, REPORT_BYTES_MAX)
    header = opened.header
    if header is None or header.schema is None:
        raise _unfit(opened, "an event report")
    return parse_report(raw)


def _as_stix(opened: Opened) -> bytes:
    """Give a bundle under the level that the item has now: nothing in it is marked below that.

    Where somebody lowered the item's level, what its makers marked stays as they marked it.
    """
    level, bundle = opened.level, stix.parse_stix(_content(opened, STIX_BYTES_MAX))
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
