# SPDX-License-Identifier: Apache-2.0
"""What goes into a bundle for a partner: entries that it lacks, receipts, parcels that are due.

A parcel goes once the partner has cosigned its entry, or with its entry where the agreement's
`channel` lets the courier carry both; then only when the partner says that it lacks it.
Source: DESIGN 5; treaties.md G12a
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, Digest, Domain, PartyId, Place
from comity.basis.instants import Instant
from comity.basis.limits import (
    BUNDLE_CLEAR_BYTES_MAX,
    BUNDLE_PART_BYTES,
    BUNDLE_PARTS_MAX,
    BUNDLE_SEGMENTS_MAX,
)
from comity.flows.alerts import COURIER_CHANNEL, NODE_CHANNEL, early_by
from comity.flows.arrivals import known_bytes, missing_payloads
from comity.flows.channels import may_travel
from comity.flows.checkpoints import is_restoring, sign_sizes
from comity.flows.context import Context
from comity.flows.delivery_parcels import arrived_parcels, has_arrived
from comity.flows.delivery_routes import is_direct
from comity.flows.documents import (
    PARCEL_SENT,
    PARTNER_BEHIND,
    PARTNER_SIZE,
    WANTED,
    read_json_document,
)
from comity.flows.mirror import cosign_mirror
from comity.flows.naming import named_clear, readable
from comity.flows.outstanding import sealed_at
from comity.flows.parcels import Parcel, is_held, parcel_of
from comity.flows.release import recipient_by
from comity.flows.set_up import agreement_pins, pinned_agreements
from comity.flows.turns import turn
from comity.flows.upkeep import tend
from comity.flows.view import View, own_register, statement_at
from comity.keys.cards import Card
from comity.keys.suites import Algorithm
from comity.ports import Recipient, RegisterHead
from comity.sealing.bundle import (
    CarriedCosignature,
    CarriedParcel,
    HeldSize,
    Listing,
    Segment,
    entry_bytes,
)
from comity.state import records
from comity.state.records_handling import Enclosed
from comity.statement.mirrored import segment_length

_PAGE: Final = 1024
# Room for the listing, clear payloads and entries beside the parcels.
_PARCEL_BYTES_MAX: Final = (BUNDLE_PARTS_MAX - 64) * BUNDLE_PART_BYTES
_SEGMENTS_MAX: Final = 1024


@dataclass(slots=True)
class Load:
    """What goes into the body, gathered agreement by agreement.

    `sent` are the parcels to be noted as sent; `left` counts entries that did not fit.
    """

    recipient: Recipient
    domain: Domain
    segments: list[Segment] = field(default_factory=list)
    cosignatures: list[CarriedCosignature] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    sizes: list[HeldSize] = field(default_factory=list)
    parcels: dict[Digest, CarriedParcel] = field(default_factory=dict)
    wanted: set[Digest] = field(default_factory=set)
    clear: dict[Digest, bytes] = field(default_factory=dict)
    sealed: dict[Digest, tuple[View, Parcel]] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    sealed_bytes: int = 0
    left: int = 0

    @property
    def entries(self) -> int:
        """Count the entries."""
        return sum(each.count for each in self.segments)

    def has_room_for(self, raws: Iterable[bytes]) -> bool:
        """Answer whether these clear payloads still fit."""
        used = sum(map(len, self.clear.values())) + sum(map(len, raws))
        return used <= BUNDLE_CLEAR_BYTES_MAX

    def carry_clear(self, digest: Digest, raw: bytes) -> None:
        """List a clear payload, once."""
        self.clear[digest] = raw
        self.parcels[digest] = CarriedParcel(digest, len(raw), clear=True)

    def carry(self, view: View, parcel: Parcel) -> None:
        """List a parcel's parts, once, as far as there is room."""
        more = sum(part.size for part in parcel.parts)
        fits = self.sealed_bytes + more <= _PARCEL_BYTES_MAX
        if fits and len(self.parcels) + 2 <= BUNDLE_SEGMENTS_MAX:
            self.sealed_bytes += more
            for part in parcel.parts:
                self.parcels[part.digest] = CarriedParcel(part.digest, part.size, clear=False)
                self.sealed[part.digest] = (view, parcel)
            self.sent.append(sent_key(self.recipient.party, parcel))

    def listing(self) -> Listing:
        """Write down what goes, in the order of the body."""
        parcels = sorted(self.parcels.values(), key=lambda each: (not each.clear, each.digest))
        return Listing(
            segments=tuple(self.segments),
            cosignatures=tuple(self.cosignatures),
            held=tuple(self.held),
            sizes=tuple(self.sizes),
            parcels=tuple(parcels),
            wanted=tuple(sorted(self.wanted)),
        )


async def gather_load(context: Context, party: PartyId) -> Load:
    """Gather a bundle's content from every agreement that is pinned with the partner.

    Raises:
        StateError: no agreement is pinned with it, or its card has no sealing key.
    """
    shared = [
        each
        for each in await pinned_agreements(context)
        if party in await agreement_pins(context, each)
    ]
    if not shared:
        raise StateError(
            "courier.no-agreement",
            "no agreement is pinned with this party",
            found=party,
            hint="pin one: comity agreement pin ID --party PARTY --node DIR",
        )
    # A node that was restored says nothing, and signs nothing: what it shows asks for its register.
    restoring = await is_restoring(context)
    for agreement in shared if not restoring else ():
        await tend(context, agreement)
    card, recipient = await _addressee(context, shared, party)
    load = Load(recipient, card.domain)
    asked = await _asked_for(context, party)
    for agreement in shared:
        async with turn(context, agreement) as view:
            if not is_direct(view, party):
                continue
            limit = await _said_to_others(context, view, party) if restoring else None
            await _load_entries(context, view, party, load, limit)
            await _load_returned(context, view, party, load)
            await _load_receipts(context, view, party, load)
            await _load_parcels(context, view, party, load, asked)
    return load


async def _addressee(
    context: Context, shared: Iterable[AgreementId], party: PartyId
) -> tuple[Card, Recipient]:
    """Give the partner's newest card, which its registers may not all show yet."""
    found: list[tuple[Card, Instant]] = []
    for agreement in shared:
        async with turn(context, agreement) as view:
            found.append((view.card(party), view.moment(context)))
    card, at = max(found, key=lambda each: each[0].version)
    return card, recipient_by(card, party, Algorithm.XWING, at)


async def _load_receipts(context: Context, view: View, party: PartyId, load: Load) -> None:
    """List what we hold of others' registers, our receipt for the partner's, and what we lack.

    Every register's latest checkpoint goes along, ours too, so that a split view meets itself.
    """
    for partner in view.partners:
        given = await cosign_mirror(context, view, partner)
        head = view.heads[partner]
        load.sizes.append(HeldSize(head.origin, head.size))
        if given is not None and partner == party:
            lines = given.raw.decode()
            load.cosignatures.append(CarriedCosignature(head.origin, given.size, lines))
    for head in view.heads.values():
        note = await context.ports.store.checkpoint(head.origin)
        if note is not None:
            load.held.append(note.raw.decode())
    load.wanted |= frozenset(await missing_payloads(context, view))


async def _said_to_others(context: Context, view: View, party: PartyId) -> int:
    """Give how much of our register may go to a partner after a restore: what another one holds.

    That is said already, and the partner may need it to judge others, whose word we wait for.
    """
    own = own_register(view)
    signed = await context.ports.store.checkpoint(own.origin)
    if signed is None:
        return 0
    given = await context.ports.store.cosignatures(own.origin, start=signed.size)
    return signed.size if any(each.party != party for each in given) else 0


async def _load_entries(
    context: Context, view: View, party: PartyId, load: Load, limit: int | None
) -> None:
    """List our entries from where the partner's receipt ends, each stretch with a checkpoint.

    A stretch ends with a card, since larger sizes are signed by the new keys (DESIGN 6).
    """
    own = own_register(view)
    end = own.size if limit is None else limit
    start = await known_size(context, own.origin, party)
    stretches: list[tuple[int, tuple[bytes, ...]]] = []
    while start < end:
        room = len(load.segments) + len(stretches) < _SEGMENTS_MAX
        stretch = await _stretch(context, own, (start, end), view, load) if room else ()
        if not stretch:
            load.left += end - start
            break
        stretches.append((start, stretch))
        start += len(stretch)
    ends = tuple(first + len(stretch) for first, stretch in stretches)
    notes = await sign_sizes(context, own, view.keys(view.own), ends)
    for (first, stretch), note in zip(stretches, notes, strict=True):
        size = sum(len(entry_bytes(each)) for each in stretch)
        load.segments.append(Segment(own.origin, first, len(stretch), size, note.raw.decode()))


async def _load_returned(context: Context, view: View, party: PartyId, load: Load) -> None:
    """Give a partner that was restored its own register back, from what it showed to hold.

    It ends with checkpoints that the partner signed, of the sizes that we cosigned.

    Source: DESIGN 7 (a restored partner that comes back shorter is refilled, not accused)
    """
    head = view.heads[party]
    said = await context.ports.store.document(PARTNER_BEHIND, f"{party}/{head.origin}")
    start = head.size if said is None else read_json_document(said)
    if not isinstance(start, int) or start >= head.size:
        return
    given = await context.ports.store.cosignatures(head.origin, start=start + 1)
    ends = sorted({each.size for each in given if each.party == view.own})
    for number, end in enumerate(ends, 1):
        if number < len(ends) and ends[number] <= start + _PAGE:
            continue  # one stretch brings this and the next
        note = await context.ports.store.checkpoint(head.origin, end)
        if note is None or len(load.segments) >= _SEGMENTS_MAX:
            break
        stretch = await context.ports.store.entries(head.origin, start, end)
        named = named_clear(readable(stretch)) & view.known - load.clear.keys()
        clear = {digest: known_bytes(view, digest) for digest in named}
        if not load.has_room_for(clear.values()):
            break
        for digest, raw in clear.items():
            load.carry_clear(digest, raw)
        size = sum(len(entry_bytes(each)) for each in stretch)
        load.segments.append(Segment(head.origin, start, end - start, size, note.raw.decode()))
        start = end


async def _stretch(
    context: Context, own: RegisterHead, within: tuple[int, int], view: View, load: Load
) -> tuple[bytes, ...]:
    """Take the next entries that go under one checkpoint, with the clear payloads they name."""
    start, end = within[0], min(within[1], within[0] + _PAGE)
    page = await context.ports.store.entries(own.origin, start, end)
    page = page[: segment_length(page)]
    for count, entry in enumerate(page):
        new = {
            digest: known_bytes(view, digest)
            for digest in named_clear(readable([entry]))
            if digest not in load.clear
        }
        if not load.has_room_for(new.values()):
            return page[:count]
        for digest, raw in new.items():
            load.carry_clear(digest, raw)
    return page


async def _load_parcels(
    context: Context, view: View, party: PartyId, load: Load, asked: frozenset[Digest]
) -> None:
    """List the parcels that may go now, and clear payloads that the partner asks for."""
    own = own_register(view)
    acknowledged = await acknowledged_size(context, own.origin, party)
    arrived = await arrived_parcels(context, own.origin, party, view)
    going = max((s.start + s.count for s in load.segments if s.origin == own.origin), default=0)
    for parcel in await _sent_parcels(context, view, party, asked):
        if not may_travel(view, parcel.statement, COURIER_CHANNEL):
            continue
        if parcel.place.index < acknowledged:
            # What the wire does not carry is passed over there: that says nothing.
            goes_by_wire = may_travel(view, parcel.statement, NODE_CHANNEL)
            by_wire = goes_by_wire and has_arrived(arrived, parcel.place.index, parcel.parts)
            due = await _is_due(context, view, party, parcel, asked) and (
                not by_wire or _is_asked_for(parcel, asked)
            )
        else:
            due = parcel.place.index < going and _may_go_along(view, parcel)
        # After a restore a payload may be here, and the head that was made later not any more.
        if due and all([await is_held(context, view, each) for each in parcel.parts]):
            load.carry(view, parcel)
    for digest in sorted(asked & view.known & view.open.named):
        raw = known_bytes(view, digest)
        if digest not in load.clear and load.has_room_for([raw]):
            load.carry_clear(digest, raw)


async def _sent_parcels(
    context: Context, view: View, party: PartyId, asked: frozenset[Digest]
) -> list[Parcel]:
    """List our parcels that the partner has not answered, and others that it asks for."""
    found: dict[Place, Parcel] = {}
    for place in _unanswered(view, party):
        parcel = parcel_of(place, await statement_at(context, view, place))
        if parcel is not None:
            found[place] = parcel
    known = {part.digest for parcel in found.values() for part in parcel.parts}
    if asked - known - view.open.named:
        for parcel in await _said_parcels(context, view, party):
            if not asked.isdisjoint(part.digest for part in parcel.parts):
                found[parcel.place] = parcel
    return [found[place] for place in sorted(found)]


def _unanswered(view: View, party: PartyId) -> list[Place]:
    """List our items and requests to a partner that it neither receipted nor refused."""
    state = view.fold.state
    sent: Iterable[records.Item | records.Request | Enclosed] = chain(
        state.items.values(), state.requests.values(), state.enclosed.values()
    )
    return [
        each.place
        for each in sent
        if each.place.party == view.own
        and party in each.to
        and (each.place, party) not in state.receipts
        and (each.place, party) not in state.refusals
    ]


async def _said_parcels(context: Context, view: View, party: PartyId) -> list[Parcel]:
    """Look through our whole register: a partner that lost what it had receipted asks again."""
    own, state = own_register(view), view.fold.state
    found: list[Parcel] = []
    for start in range(0, own.size, _PAGE):
        raws = await context.ports.store.entries(own.origin, start, start + _PAGE)
        for index, raw in enumerate(raws, start):
            place = Place(view.own, index)
            if sealed_at(state, place) is None:
                continue
            for statement in readable([raw]):
                parcel = parcel_of(place, statement)
                if parcel is not None and party in statement.to:
                    found.append(parcel)
    return found


async def _is_due(
    context: Context, view: View, party: PartyId, parcel: Parcel, asked: frozenset[Digest]
) -> bool:
    """Answer whether a parcel of an acknowledged entry goes: when asked for, or never sent yet."""
    if _is_asked_for(parcel, asked):
        return True
    state, key = view.fold.state, (parcel.place, party)
    if key in state.receipts or key in state.refusals:
        return False
    return await context.ports.store.document(PARCEL_SENT, sent_key(party, parcel)) is None


def _is_asked_for(parcel: Parcel, asked: frozenset[Digest]) -> bool:
    return any(part.digest in asked for part in parcel.parts)


def sent_key(party: PartyId, parcel: Parcel) -> str:
    """Name a parcel by its place, in the order of registers: no index on random digests grows."""
    return sent_name(party, parcel.statement.agreement_id, parcel.place)


def sent_name(party: PartyId, agreement: AgreementId, place: Place) -> str:
    """Name a parcel to a partner by its place alone."""
    return f"{party}/{agreement}/{place.party}/{place.index:012d}"


def _may_go_along(view: View, parcel: Parcel) -> bool:
    """Answer whether a parcel may go with its entry by courier, as the agreement's channel says.

    Source: DESIGN 5 (there a parcel goes with its entry, which `channel` must allow)
    """
    version = view.file(parcel.statement.agreement_sha256).sha256
    return early_by(view, version, COURIER_CHANNEL).lets(parcel.statement)


async def acknowledged_size(context: Context, origin: str, party: PartyId) -> int:
    """Give how much of our register a partner has cosigned."""
    signed = await context.ports.store.latest_cosignature(origin, party)
    return 0 if signed is None else signed.size


async def known_size(context: Context, origin: str, party: PartyId) -> int:
    """Give how much of our register a partner is known to hold: what it cosigned, or less.

    A partner that was restored and says less gets more; entries sent twice are harmless.
    """
    acknowledged = await acknowledged_size(context, origin, party)
    said = await context.ports.store.document(PARTNER_SIZE, f"{party}/{origin}")
    value = acknowledged if said is None else read_json_document(said)
    return min(acknowledged, value) if isinstance(value, int) else acknowledged


async def _asked_for(context: Context, party: PartyId) -> frozenset[Digest]:
    """Return the payloads that the partner said it lacks."""
    raw = await context.ports.store.document(WANTED, party)
    value = None if raw is None else read_json_document(raw)
    return (
        frozenset(Digest(str(each)) for each in value) if isinstance(value, list) else frozenset()
    )
