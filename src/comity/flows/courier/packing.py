# SPDX-License-Identifier: Apache-2.0
"""Packing a bundle for a partner: what it lacks of our registers, our receipts, and parcels.

The body is sealed to the partner; outside stand only domains, a serial number, sizes and digests.
Nothing in a bundle was not committed before. Source: DESIGN 5; treaties.md G12a
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

from comity.agreement.model import Agreement
from comity.basis.errors import InputError, excerpt
from comity.basis.ids import PartyId, PersonId
from comity.basis.limits import BUNDLE_PART_BYTES, BUNDLE_PARTS_MAX
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.flows.context import Context, decide_again
from comity.flows.courier.loads import Load, gather_load
from comity.flows.documents import COURIER_SENT, PARCEL_SENT, json_document, read_json_document
from comity.flows.journal import journal_entry
from comity.flows.parcels import read_part
from comity.flows.set_up import agreement_pins, pinned_agreements
from comity.flows.turns import read_view
from comity.marking.outside import find_marking
from comity.ports import Basis, BundleWriter, Change, Volume
from comity.sealing.bundle import (
    BundleHeader,
    Part,
    entry_bytes,
    format_header,
    format_listing,
    split_volumes,
)
from comity.sealing.bundle_body import BodySealer


@dataclass(frozen=True, slots=True)
class Packed:
    """A bundle that was written: its serial number, what it carries, and its volumes' names.

    `left` counts the entries that did not fit: they go with the next bundle.
    """

    serial: int
    entries: int
    cosignatures: int
    parcels: int
    names: tuple[str, ...]
    left: int = 0


async def pack_bundle(
    context: Context,
    party: PartyId,
    name: str,
    *,
    person: PersonId | None = None,
    volume_bytes: int | None = None,
) -> Packed:
    """Write a bundle for a partner at `name`, on several volumes when `volume_bytes` says so.

    1. the name shows no marking; for each agreement with it: complete what is due, sign our
       register, cosign its mirror, list what it lacks;
    2. seal the body under a key wrapped to the partner's sealing key;
    3. commit serial number and journal entry, and only then put the volumes in place.

    Raises:
        InputError: the name shows a marking.
        StateError: no agreement is pinned with the partner, or its card has no sealing key.
        EdgeError: the disc refuses; what was written of the bundle is gone.
    """
    await check_name(context, name, party)
    load = await decide_again(lambda: gather_load(context, party))  # 1
    key = await context.ports.keys.new_item_key()
    writer = await context.ports.bundles.begin(name, BUNDLE_PART_BYTES)
    try:
        parts = await _write_body(context, load, key, writer)  # 2
        wrap = await context.ports.keys.wrap_for_courier(
            key, load.recipient.key, to_domain=load.domain
        )
        serial = await decide_again(lambda: _next_serial(context, load, person))  # 3
        header = BundleHeader(
            context.config.domain,
            load.domain,
            serial,
            load.recipient.key.key_id,
            wrap,
            parts,
            first=0,
            last=len(parts) - 1,
        )
        names = await writer.publish(_volumes(header, volume_bytes))
    finally:
        await writer.abort()
    return Packed(serial, load.entries, len(load.cosignatures), len(load.parcels), names, load.left)


async def check_name(context: Context, name: str, party: PartyId | None = None) -> None:
    """Refuse to call a bundle by a marking or level: a file's name is outside.

    Those of every agreement count that is pinned with the `party`, or with anybody. Folders on the
    way to it are not looked at.

    Raises:
        InputError: `bundle.name-shows-marking`.

    Source: Japan-ROK GSOMIA Art. 12(a) (treaties.md G12a)
    """
    for agreement in await pinned_agreements(context):
        if party is not None and party not in await agreement_pins(context, agreement):
            continue
        for file in (await read_view(context, agreement)).files.values():
            marking = find_marking(PurePath(name).name, _markings(file))
            if marking is not None:
                raise InputError(
                    "bundle.name-shows-marking",
                    "the name of a bundle stands on the outside, and shows a marking",
                    where=excerpt(PurePath(name).name),
                    expected=f"no marking or level of {agreement}",
                    found=marking,
                    hint="give it another name, or none: it is then named for the way",
                )


def _markings(file: Agreement) -> Iterator[str]:
    for entry in file.table.entries:
        yield entry.text
        yield from () if entry.romanised is None else (entry.romanised,)
    yield from file.table.ladder.order


def _volumes(header: BundleHeader, volume_bytes: int | None) -> tuple[Volume, ...]:
    """Give each disc its own outer envelope, which says what parts it carries."""
    return tuple(
        Volume(format_header(replace(header, first=first, last=last)), first, last)
        for first, last in split_volumes(header.parts, volume_bytes)
    )


async def _write_body(
    context: Context, load: Load, key: bytes, writer: BundleWriter
) -> tuple[Part, ...]:
    sealer = BodySealer(key)
    async for chunk in _body(context, load):
        await writer.write(sealer.update(chunk))
    await writer.write(sealer.finish())
    parts = await writer.end()
    if len(parts) > BUNDLE_PARTS_MAX:
        raise InputError(
            "bundle.too-large",
            "too much for one bundle",
            expected=f"at most {BUNDLE_PARTS_MAX} parts of {BUNDLE_PART_BYTES} bytes",
            found=f"{len(parts)} parts",
        )
    return parts


async def _body(context: Context, load: Load) -> AsyncIterator[bytes]:
    """Give the body: listing, clear payloads, entries, then sealed parcels."""
    listing = load.listing()
    yield format_listing(listing)
    for parcel in listing.parcels:
        if parcel.clear:
            yield load.clear[parcel.digest]
    for segment in listing.segments:
        end = segment.start + segment.count
        for entry in await context.ports.store.entries(segment.origin, segment.start, end):
            yield entry_bytes(entry)
    for parcel in listing.parcels:
        if not parcel.clear:
            view, whole = load.sealed[parcel.digest]
            part = next(each for each in whole.parts if each.digest == parcel.digest)
            for chunk in await read_part(context, view, whole, part):
                yield chunk


async def _next_serial(context: Context, load: Load, person: PersonId | None) -> int:
    store, party = context.ports.store, load.recipient.party
    version = await store.version(COURIER_SENT)
    raw = await store.document(COURIER_SENT, party)
    last = 0 if raw is None else read_json_document(raw)
    serial = (last if isinstance(last, int) else 0) + 1
    details: dict[str, JsonValue] = {
        "to": party,
        "serial": serial,
        "entries": load.entries,
        "parcels": len(load.parcels),
    }
    sent = (json_document(PARCEL_SENT, each, serial) for each in load.sent)
    await store.commit(
        Change(
            allowed_by=allow_house_act("courier.pack"),
            basis=Basis(versions=((COURIER_SENT, version),)),
            documents=(json_document(COURIER_SENT, party, serial), *sent),
            journal=(journal_entry(context, "courier.pack", person, details=details),),
        )
    )
    return serial
