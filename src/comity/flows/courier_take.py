# SPDX-License-Identifier: Apache-2.0
"""Taking a partner's bundle: staged until whole, then checked, stored, judged and answered.

An old bundle is harmless, a bundle taken twice is taken once, and a crash anywhere leaves what
taking it again completes. Source: DESIGN 4, 5
"""

from __future__ import annotations

from dataclasses import dataclass, field

from comity.basis.errors import InputError, StateError
from comity.basis.ids import AgreementId, PartyId, PersonId
from comity.basis.limits import AGREEMENT_BYTES_MAX
from comity.decision.house import allow_house_act
from comity.flows.answers import answer_partners, refuse_unreadable
from comity.flows.arrivals import (
    addressed_payloads,
    is_held,
    keep_admitted_cards,
    keep_clear,
    keep_parcel,
    take_custody,
)
from comity.flows.context import Context
from comity.flows.documents import PARTNER_SIZE, WANTED, json_document
from comity.flows.journal import journal_entry
from comity.flows.mirror import cosign_mirror, meet_checkpoint, take_cosignature, take_segment
from comity.flows.set_up import pinned_agreements, pinned_cards
from comity.flows.view import View, gather_view, own_register
from comity.ports import Change
from comity.sealing.bundle import BodyReader, BundleHeader, Listing, parse_header
from comity.sealing.bundle_body import open_body
from comity.statement.mirrored import Segment
from comity.tlog.checkpoints import parse_checkpoint
from comity.tlog.origin import parse_origin


@dataclass(frozen=True, slots=True)
class Taken:
    """What a bundle brought. `missing` parts are on discs that have not been taken yet."""

    party: PartyId
    serial: int
    missing: tuple[int, ...] = ()
    entries: int = 0
    cosignatures: int = 0
    parcels: int = 0
    answered: tuple[str, ...] = ()


@dataclass(slots=True)
class _Work:
    """One bundle being taken: the views that it touches, and what came of it so far."""

    party: PartyId
    views: dict[AgreementId, View] = field(default_factory=dict)
    entries: int = 0
    cosignatures: int = 0
    parcels: int = 0
    answered: list[str] = field(default_factory=list)


async def take_bundle(context: Context, name: str, person: PersonId | None = None) -> Taken:
    """Take one volume of a bundle and, once all volumes are here, the bundle.

    1. the envelope: it is for us, from a party whose card is pinned;
    2. the parts of this volume are staged, each checked against the listing outside;
    3. with every part here: open the body, take clear payloads, entries and receipts;
    4. store the parcels that statements name, and take their keys into custody;
    5. answer what is not taken in, cosign, journal; the staged parts go.

    Raises:
        InputError: not a bundle, or not for us.
        ProofError: altered or truncated, or a signature or root fails; what came before holds.
        EquivocationError: the partner signed two stories; the evidence is kept.
        StateError: the sender is not pinned, or entries are missing in between.
    """
    bundles = context.ports.bundles
    header, offset = parse_header(await bundles.header(name))
    party = await _sender(context, header)  # 1
    await bundles.stage(name, header, offset)  # 2
    missing = await bundles.missing(header)
    if missing:
        return Taken(party, header.serial, missing)
    work = _Work(party)
    await _take_body(context, header, work)
    await _finish(context, header, work, person)
    await bundles.forget(header)
    return Taken(
        party,
        header.serial,
        entries=work.entries,
        cosignatures=work.cosignatures,
        parcels=work.parcels,
        answered=tuple(work.answered),
    )


async def _sender(context: Context, header: BundleHeader) -> PartyId:
    if header.to_domain != context.config.domain:
        raise InputError(
            "courier.not-for-us",
            "this bundle is for somebody else",
            expected=context.config.domain,
            found=header.to_domain,
            hint="hand it to the addressee",
        )
    for card in await pinned_cards(context):
        if card.domain == header.from_domain:
            return card.party
    raise StateError(
        "courier.unknown-sender",
        "no pinned card has the sender's domain",
        found=header.from_domain,
        hint="pin the sender's card first: comity card pin FILE --node DIR",
    )


async def _take_body(context: Context, header: BundleHeader, work: _Work) -> None:
    key = await context.ports.keys.unwrap_from_courier(
        header.wrap, key_id=header.key_id, from_domain=header.from_domain
    )
    body = BodyReader(open_body(key, await context.ports.bundles.sealed(header)))
    listing = body.listing()
    for agreement in await pinned_agreements(context):
        view = await gather_view(context, agreement)
        if work.party in view.partners:
            work.views[agreement] = view
    await _take_clear(context, body, listing, work)
    await _take_entries(context, body, listing, work)
    await _take_receipts(context, listing, work)
    await _take_parcels(context, body, listing, work)
    body.finish()
    await _note_needs(context, listing, work)


async def _take_clear(context: Context, body: BodyReader, listing: Listing, work: _Work) -> None:
    for parcel in listing.parcels:
        if not parcel.clear:
            continue
        if parcel.size > AGREEMENT_BYTES_MAX:
            raise InputError(
                "courier.clear-too-large",
                "a clear payload is too large",
                expected=f"at most {AGREEMENT_BYTES_MAX} bytes",
                found=str(parcel.size),
            )
        raw = body.exactly(parcel.size)
        for view in work.views.values():
            await keep_clear(context, view, raw)


async def _take_entries(context: Context, body: BodyReader, listing: Listing, work: _Work) -> None:
    for segment in listing.segments:
        entries = body.entries(segment)
        view = _view_of(work, segment.origin, work.party)
        signed = parse_checkpoint(segment.checkpoint.encode())
        taken = Segment(segment.start, entries, signed)
        before = view.heads[work.party].size
        await take_segment(context, view, work.party, taken)
        await keep_admitted_cards(context, view)
        work.entries += view.heads[work.party].size - before


def _view_of(work: _Work, origin: str, party: PartyId) -> View:
    agreement = parse_origin(origin).agreement
    view = None if agreement is None else work.views.get(agreement)
    if view is None or view.heads[party].origin != origin:
        raise StateError(
            "courier.origin-not-pinned",
            "the bundle carries a register that is not pinned here",
            where=origin,
            found=party,
            hint="pin the agreement's id with that party: comity agreement pin ID --party PARTY",
        )
    return view


async def _take_receipts(context: Context, listing: Listing, work: _Work) -> None:
    """Take cosignatures of our registers, and hold every checkpoint shown against ours."""
    for carried in listing.cosignatures:
        view = _view_of(work, carried.origin, context.config.party)
        new = await take_cosignature(
            context, view, work.party, carried.size, carried.lines.encode()
        )
        work.cosignatures += int(new)
    for shown in listing.held:
        signed = parse_checkpoint(shown.encode())
        for view in work.views.values():
            for party, head in view.heads.items():
                if head.origin == signed.checkpoint.origin:
                    await meet_checkpoint(context, view, party, signed)


async def _take_parcels(context: Context, body: BodyReader, listing: Listing, work: _Work) -> None:
    named = {
        digest: (view, each)
        for view in work.views.values()
        for digest, each in addressed_payloads(view, work.party, view.own).items()
    }
    for parcel in listing.parcels:
        if parcel.clear:
            continue
        known = named.get(parcel.digest)
        stream = body.stream(parcel.size)
        if known is None or known[1].size != parcel.size or await is_held(context, *known):
            for _ in stream:
                pass  # nothing is kept that no statement names, and nothing twice
            continue
        await keep_parcel(context, known[1], stream)
        work.parcels += 1


async def _note_needs(context: Context, listing: Listing, work: _Work) -> None:
    """Keep what the partner says it holds and lacks; hints only, acted on when packing."""
    own = {own_register(view).origin for view in work.views.values()}
    sizes = tuple(
        json_document(PARTNER_SIZE, f"{work.party}/{held.origin}", held.size)
        for held in listing.sizes
        if held.origin in own
    )
    wanted = json_document(WANTED, work.party, list(listing.wanted))
    await context.ports.store.commit(
        Change(allowed_by=allow_house_act("courier.take"), documents=(*sizes, wanted))
    )


async def _finish(
    context: Context, header: BundleHeader, work: _Work, person: PersonId | None
) -> None:
    for agreement, stale in work.views.items():
        failed = await take_custody(context, stale)
        view = await gather_view(context, agreement)
        spoken = [
            *await answer_partners(context, view),
            *await refuse_unreadable(context, view, failed),
        ]
        work.answered.extend(f"{agreement}/{each.place}" for each in spoken)
        await cosign_mirror(context, view, work.party)
    await context.ports.store.commit(
        Change(
            allowed_by=allow_house_act("courier.take"),
            journal=(
                journal_entry(
                    context,
                    "courier.take",
                    person,
                    details={
                        "from": work.party,
                        "serial": header.serial,
                        "entries": work.entries,
                        "parcels": work.parcels,
                        "answered": len(work.answered),
                    },
                ),
            ),
        )
    )
