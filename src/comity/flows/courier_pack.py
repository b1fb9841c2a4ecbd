# SPDX-License-Identifier: Apache-2.0
"""Packing a bundle for a partner: what it lacks of our registers, our receipts, and parcels.

The body is sealed to the partner; outside stand only domains, a serial number, sizes and digests.
Nothing in a bundle was not committed before. Source: DESIGN 5; treaties.md G12a
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from comity.basis.errors import InputError, StateError
from comity.basis.ids import Digest, PartyId, PersonId
from comity.basis.limits import BUNDLE_PART_BYTES, BUNDLE_PARTS_MAX
from comity.decision.house import allow_house_act
from comity.flows.arrivals import Named, addressed_payloads, payloads_of
from comity.flows.checkpoints import sign_register
from comity.flows.context import Context
from comity.flows.documents import (
    COURIER_SENT,
    PARTNER_SIZE,
    WANTED,
    json_document,
    read_json_document,
)
from comity.flows.journal import journal_entry
from comity.flows.mirror import cosign_mirror
from comity.flows.release import recipient_of
from comity.flows.set_up import agreement_pins, pinned_agreements
from comity.flows.view import View, gather_view, own_register
from comity.keys.suites import Algorithm
from comity.ports import Basis, BundleWriter, Change, RegisterHead, Volume
from comity.sealing.bundle import (
    BundleHeader,
    CarriedCosignature,
    CarriedParcel,
    HeldSize,
    Listing,
    Part,
    Segment,
    entry_bytes,
    format_header,
    format_listing,
    split_volumes,
)
from comity.sealing.bundle_body import BodySealer
from comity.statement.mirrored import segment_length

_PAGE: Final = 1024
_COURIER: Final = "courier"


@dataclass(frozen=True, slots=True)
class Packed:
    """A bundle that was written: its serial number, what it carries, and its volumes' names."""

    serial: int
    entries: int
    cosignatures: int
    parcels: int
    names: tuple[str, ...]


@dataclass(slots=True)
class _Load:
    """What goes into the body, gathered agreement by agreement."""

    segments: list[Segment] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    cosignatures: list[CarriedCosignature] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    sizes: list[HeldSize] = field(default_factory=list)
    parcels: dict[Digest, CarriedParcel] = field(default_factory=dict)
    wanted: list[Digest] = field(default_factory=list)
    clear: dict[Digest, bytes] = field(default_factory=dict)

    def carry(self, named: Named) -> None:
        """List a payload, once."""
        self.parcels[named.digest] = CarriedParcel(named.digest, named.size, named.clear)


async def pack_bundle(
    context: Context,
    party: PartyId,
    name: str,
    *,
    person: PersonId | None = None,
    volume_bytes: int | None = None,
) -> Packed:
    """Write a bundle for a partner at `name`, on several volumes when `volume_bytes` says so.

    1. for each agreement with it: sign our register, cosign its mirror, list what it lacks;
    2. seal the body under a key wrapped to the partner's sealing key;
    3. commit serial number and journal entry, and only then put the volumes in place.

    Raises:
        StateError: no agreement is pinned with the partner, or its card has no sealing key.
        EdgeError: the disc refuses.
    """
    load, view = await _gather(context, party)  # 1
    recipient = recipient_of(view, party, Algorithm.XWING, view.moment(context))
    key = await context.ports.keys.new_item_key()
    writer = await context.ports.bundles.begin(name, BUNDLE_PART_BYTES)
    try:
        parts = await _write_body(context, load, key, writer)  # 2
        wrap = await context.ports.keys.wrap_for_courier(
            key, recipient.key, to_domain=view.card(party).domain
        )
        serial = await _next_serial(context, party, person, len(load.entries))  # 3
        volumes = tuple(
            Volume(
                format_header(
                    BundleHeader(
                        context.config.domain,
                        view.card(party).domain,
                        serial,
                        recipient.key.key_id,
                        wrap,
                        parts,
                        first,
                        last,
                    )
                ),
                first,
                last,
            )
            for first, last in split_volumes(parts, volume_bytes)
        )
        names = await writer.publish(volumes)
    finally:
        await writer.abort()
    return Packed(serial, len(load.entries), len(load.cosignatures), len(load.parcels), names)


async def _gather(context: Context, party: PartyId) -> tuple[_Load, View]:
    load, last = _Load(), None
    for agreement in await pinned_agreements(context):
        if party in await agreement_pins(context, agreement):
            last = await gather_view(context, agreement)
            await _load_agreement(context, last, party, load)
    if last is None:
        raise StateError(
            "courier.no-agreement",
            "no agreement is pinned with this party",
            found=party,
            hint="pin one: comity agreement pin ID --party PARTY --node DIR",
        )
    return load, last


async def _load_agreement(context: Context, view: View, party: PartyId, load: _Load) -> None:
    await _load_entries(context, view, party, load)
    for partner in view.partners:
        given = await cosign_mirror(context, view, partner)
        head = view.heads[partner]
        load.sizes.append(HeldSize(head.origin, head.size))
        if given is not None and partner == party:
            lines = given.raw.decode()
            load.cosignatures.append(CarriedCosignature(head.origin, given.size, lines))
        note = await context.ports.store.checkpoint(head.origin)
        if note is not None:
            load.held.append(note.raw.decode())
    for digest, named in addressed_payloads(view, party, view.own).items():
        if not named.clear and await context.ports.blobs.size(digest) is None:
            load.wanted.append(digest)


async def _load_entries(context: Context, view: View, party: PartyId, load: _Load) -> None:
    """List our entries from where the partner's receipt ends, each stretch with a checkpoint.

    A stretch ends with a card, since larger sizes are signed by the new keys (DESIGN 6).
    """
    store, own = context.ports.store, own_register(view)
    start = await known_size(context, own.origin, party)
    for named in await _asked_again(context, view, party):
        _carry(view, named, load)
    first = start
    while start < own.size:
        page = await store.entries(own.origin, start, min(own.size, start + _PAGE))
        stretch = page[: segment_length(page)]
        end = start + len(stretch)
        note = await sign_register(context, own, view.keys(view.own), size=end)
        assert note is not None
        size = sum(len(entry_bytes(each)) for each in stretch)
        load.segments.append(Segment(own.origin, start, len(stretch), size, note.raw.decode()))
        load.entries.extend(stretch)
        start = end
    _load_payloads(view, own, first, party, load)


def _load_payloads(view: View, own: RegisterHead, first: int, party: PartyId, load: _Load) -> None:
    """List what the entries name: clear payloads for everybody, parcels for their recipients."""
    for judged in view.judged:
        place, statement = judged.place, judged.statement
        if place.party != view.own or statement is None or not first <= place.index < own.size:
            continue
        for named in payloads_of(statement):
            if named.clear or (party in statement.to and _may_go_along(view)):
                _carry(view, named, load)


def _carry(view: View, named: Named, load: _Load) -> None:
    load.carry(named)
    if named.clear:
        load.clear[named.digest] = _clear_bytes(view, named.digest)


def _clear_bytes(view: View, digest: Digest) -> bytes:
    agreement = view.files.get(digest)
    return view.cards[digest] if agreement is None else agreement.raw


def _may_go_along(view: View) -> bool:
    """Answer whether a parcel may go with its entry by courier, as the agreement's channel says.

    Source: DESIGN 5 (there a parcel goes with its entry, which `channel` must allow)
    """
    agreement = view.find_agreement()
    if agreement is None:
        return False
    return any(
        _COURIER in clause.texts("parcel_before_acknowledgement")
        for clause in agreement.clauses("channel")
    )


async def known_size(context: Context, origin: str, party: PartyId) -> int:
    """Give how much of our register a partner is known to hold: what it cosigned, or less.

    A partner that was restored and says less gets more; entries sent twice are harmless.
    """
    signed = await context.ports.store.latest_cosignature(origin, party)
    acknowledged = 0 if signed is None else signed.size
    said = await context.ports.store.document(PARTNER_SIZE, f"{party}/{origin}")
    value = acknowledged if said is None else read_json_document(said)
    return min(acknowledged, value) if isinstance(value, int) else acknowledged


async def _asked_again(context: Context, view: View, party: PartyId) -> tuple[Named, ...]:
    """List the payloads that the partner said it lacks, as far as they are addressed to it."""
    raw = await context.ports.store.document(WANTED, party)
    value = None if raw is None else read_json_document(raw)
    asked = {str(each) for each in value} if isinstance(value, list) else set()
    known = addressed_payloads(view, view.own, party)
    return tuple(named for digest, named in sorted(known.items()) if digest in asked)


async def _write_body(
    context: Context, load: _Load, key: bytes, writer: BundleWriter
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


async def _body(context: Context, load: _Load) -> AsyncIterator[bytes]:
    """Give the body: listing, clear payloads, entries, then sealed parcels."""
    parcels = sorted(load.parcels.values(), key=lambda each: (not each.clear, each.digest))
    yield format_listing(
        Listing(
            segments=tuple(load.segments),
            cosignatures=tuple(load.cosignatures),
            held=tuple(load.held),
            sizes=tuple(load.sizes),
            parcels=tuple(parcels),
            wanted=tuple(load.wanted),
        )
    )
    for parcel in parcels:
        if parcel.clear:
            yield load.clear[parcel.digest]
    for entry in load.entries:
        yield entry_bytes(entry)
    for parcel in parcels:
        if not parcel.clear:
            for chunk in await context.ports.blobs.read(parcel.digest):
                yield chunk


async def _next_serial(
    context: Context, party: PartyId, person: PersonId | None, entries: int
) -> int:
    store = context.ports.store
    version = await store.version(COURIER_SENT)
    raw = await store.document(COURIER_SENT, party)
    last = 0 if raw is None else read_json_document(raw)
    serial = (last if isinstance(last, int) else 0) + 1
    await store.commit(
        Change(
            allowed_by=allow_house_act("courier.pack"),
            basis=Basis(versions=((COURIER_SENT, version),)),
            documents=(json_document(COURIER_SENT, party, serial),),
            journal=(
                journal_entry(
                    context,
                    "courier.pack",
                    person,
                    details={"to": party, "serial": serial, "entries": entries},
                ),
            ),
        )
    )
    return serial
