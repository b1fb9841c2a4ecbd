# SPDX-License-Identifier: Apache-2.0
"""Taking a partner's bundle: staged until whole, then checked, stored, judged and answered.

An old bundle is harmless, a bundle taken twice is taken once, and a crash anywhere leaves what
taking it again completes. Source: DESIGN 4, 5
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from comity.basis.errors import (
    ComityError,
    InputError,
    ProofError,
    StateError,
)
from comity.basis.ids import AgreementId, Digest, PartyId, PersonId, digest_of
from comity.basis.limits import AGREEMENT_BYTES_MAX, BUNDLE_CLEAR_BYTES_MAX
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.flows.anchors import anchor_journal
from comity.flows.arrivals import absorb
from comity.flows.context import Context, decide_again
from comity.flows.courier.brought_parcels import take_parcels
from comity.flows.courier.needs import note_behind, note_needs
from comity.flows.courier.work import Work
from comity.flows.delivery_routes import is_direct
from comity.flows.documents import COURIER_TAKEN, json_document, read_json_document
from comity.flows.journal import journal_entry
from comity.flows.mirror import (
    cosign_mirror,
    ends_with_unjudged_card,
    meet_checkpoint,
    take_cosignature,
    take_segment,
)
from comity.flows.old_wraps import note_old_wrap
from comity.flows.recovery.refill import refill_by_segment
from comity.flows.recovery.restore import restore
from comity.flows.restoring import Why, why_silent
from comity.flows.rotation import retire_sealing_keys
from comity.flows.set_up import agreement_pins, pinned_agreements, pinned_cards
from comity.flows.turns import glimpse, turn
from comity.flows.upkeep import tend
from comity.ports import Change, Holding
from comity.sealing.bundle import BodyReader, BundleHeader, Listing, format_header, parse_header
from comity.sealing.bundle_body import open_body
from comity.statement.mirrored import Segment
from comity.tlog.checkpoints import parse_checkpoint
from comity.tlog.origin import parse_origin

GAPS = ("courier.gap", "courier.card-missing")
_KEY_GONE: Final = "keys.no-sealing-key"
_UNSIGNED: Final = "tlog.signature-missing"
_TAKEN_KEPT: Final = 256


@dataclass(frozen=True, slots=True)
class Taken:
    """What a bundle brought.

    `missing` parts are on discs that have not been taken yet. `gaps` are registers of which
    something is missing before what the bundle holds: our reply says so, and it is sent again.
    `unserved` are registers that are not pinned here; nothing of them was kept. `too_large` are
    items and requests whose parcels are larger than this node takes, `not_by_courier` items whose
    parcels the agreement does not let travel so, each with the article; nothing of them was kept.
    """

    party: PartyId
    serial: int
    missing: tuple[int, ...] = ()
    entries: int = 0
    cosignatures: int = 0
    parcels: int = 0
    answered: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    unserved: tuple[str, ...] = ()
    too_large: tuple[str, ...] = ()
    not_by_courier: tuple[str, ...] = ()


async def take_bundle(context: Context, name: str, person: PersonId | None = None) -> Taken:
    """Take one volume of a bundle and, once all volumes are here, the bundle.

    1. the envelope: it is for us, from a party whose card is pinned;
    2. the parts of this volume are staged, each checked against the listing outside;
    3. with every part here: open the body, take clear payloads, entries and receipts;
    4. store the parcels that statements name, and take their keys into custody;
    5. answer what is not taken in, cosign, journal; the staged parts go.

    A bundle that was taken whole is known by its envelope: taken again, it brings nothing, also
    after the key that it is sealed to was destroyed.

    Raises:
        InputError: not a bundle, or not for us.
        ProofError: altered or truncated, or a signature or root fails; what came before holds.
        EquivocationError: the partner signed two stories; the evidence is kept.
        StateError: the sender is not pinned, or we were restored.
    """
    bundles = context.ports.bundles
    header, offset = parse_header(await bundles.header(name))
    party = await _sender(context, header)  # 1
    whole = False
    try:
        await bundles.stage(name, header, offset)  # 2
        missing = await bundles.missing(header)
        if missing:
            return Taken(party, header.serial, missing)
        whole = True
        work = await _take_body(context, header, party)  # 3, 4
        await _finish(context, header, work, person)  # 5
    except (InputError, ProofError, StateError) as err:
        if err.code == _KEY_GONE:
            if _envelope(header) in await _taken_before(context, party):
                await _note_taken(context, header, Work(party, frozenset(), {}), person)
                await bundles.forget(header)
                return Taken(party, header.serial)
            await note_old_wrap(context, party, header.key_id)
        await _keep_failed(context, header, party, person, err)
        if whole and not isinstance(err, StateError):
            await bundles.forget(header)  # it will never be better than this
        raise
    await bundles.forget(header)
    return Taken(
        party,
        header.serial,
        entries=work.entries,
        cosignatures=work.cosignatures,
        parcels=work.parcels,
        answered=tuple(work.answered),
        gaps=tuple(sorted(work.gaps)),
        unserved=tuple(sorted(work.unserved)),
        too_large=tuple(sorted(work.too_large)),
        not_by_courier=tuple(sorted(work.not_by_courier)),
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


async def _take_body(context: Context, header: BundleHeader, party: PartyId) -> Work:
    key = await context.ports.keys.unwrap_from_courier(
        header.wrap, key_id=header.key_id, from_domain=header.from_domain
    )
    body = BodyReader(open_body(key, await context.ports.bundles.sealed(header)))
    listing = body.listing()
    shared = [
        each
        for each in await pinned_agreements(context)
        if party in await agreement_pins(context, each)
        and is_direct(await glimpse(context, each), party)
    ]
    work = Work(party, frozenset(shared), _read_clear(body, listing))
    for agreement in shared:
        await _absorb(context, agreement, work)
    await _take_entries(context, body, listing, work)
    await _take_receipts(context, listing, work)
    await take_parcels(context, body, listing, work)
    body.finish()
    await note_needs(context, listing, work)
    return work


def _read_clear(body: BodyReader, listing: Listing) -> dict[Digest, bytes]:
    """Read the clear payloads into memory, which the limits allow, under their own digests."""
    clear: dict[Digest, bytes] = {}
    sizes = [each.size for each in listing.parcels if each.clear]
    if max(sizes, default=0) > AGREEMENT_BYTES_MAX or sum(sizes) > BUNDLE_CLEAR_BYTES_MAX:
        raise InputError(
            "courier.clear-too-large",
            "clear payloads are too large",
            expected=f"at most {AGREEMENT_BYTES_MAX} bytes, {BUNDLE_CLEAR_BYTES_MAX} together",
            found=f"{max(sizes)} bytes, {sum(sizes)} together",
        )
    for size in sizes:
        raw = body.exactly(size)
        clear[digest_of(raw)] = raw
    return clear


async def _absorb(context: Context, agreement: AgreementId, work: Work) -> None:
    async def attempt() -> None:
        async with turn(context, agreement) as view:
            await absorb(context, view, work.clear)

    await decide_again(attempt)


async def _take_entries(context: Context, body: BodyReader, listing: Listing, work: Work) -> None:
    """Take the segments in their order; one register's lie together."""
    done: set[str] = set()
    current = ""
    for segment in listing.segments:
        if segment.origin != current:
            if segment.origin in done:
                raise InputError(
                    "courier.segments-order",
                    "a register's entries are not in one run",
                    where=segment.origin,
                )
            done.add(segment.origin)
            current = segment.origin
        entries = body.entries(segment)
        signed = parse_checkpoint(segment.checkpoint.encode())
        if segment.origin not in work.gaps | work.unserved:
            await _take_segment(
                context, work, segment.origin, Segment(segment.start, entries, signed)
            )


async def _take_segment(context: Context, work: Work, origin: str, segment: Segment) -> None:
    own = await context.ports.store.register(origin)
    if own is not None and own.holding is Holding.OWN and own.agreement in work.agreements:
        await _take_back(context, work, own.agreement, segment)
        return
    agreement = await _served(context, work, origin, work.party)
    if agreement is None:
        return

    async def attempt() -> int:
        async with turn(context, agreement) as view:
            before = view.heads[work.party].size
            try:
                await take_segment(context, view, work.party, segment, work.clear)
            except ProofError as err:
                if err.code != _UNSIGNED or not await ends_with_unjudged_card(
                    context, view, work.party
                ):
                    raise
                # Its keys may have signed these: they are taken once it has been judged.
                work.gaps.add(origin)
            return view.heads[work.party].size - before

    try:
        work.entries += await decide_again(attempt)
    except StateError as err:
        if err.code not in GAPS:
            raise
        work.gaps.add(origin)


async def _take_back(
    context: Context, work: Work, agreement: AgreementId | None, segment: Segment
) -> None:
    """Take back what we said ourselves: after a restore a partner gives it to us.

    Before people have said that it was one, it may be what somebody else said with our keys.
    """
    if agreement is None or await why_silent(context) in (None, Why.SHOWN):
        return
    try:
        taken = await refill_by_segment(context, agreement, segment, work.clear.values())
    except StateError as err:
        if err.code not in GAPS:
            raise
        work.gaps.add(segment.signed.checkpoint.origin)
    else:
        work.entries += taken


async def _served(context: Context, work: Work, origin: str, party: PartyId) -> AgreementId | None:
    """Find the agreement whose register this is, if it is that party's and is served here."""
    agreement = parse_origin(origin).agreement
    if agreement is not None and agreement in work.agreements:
        held = await context.ports.store.register(origin)
        if held is not None and (held.party, held.agreement) == (party, agreement):
            return agreement
    work.unserved.add(origin)
    return None


async def _take_receipts(context: Context, listing: Listing, work: Work) -> None:
    """Take cosignatures of our registers, and hold every checkpoint shown against ours."""
    for shown in listing.held:
        signed = parse_checkpoint(shown.encode())
        agreement = parse_origin(signed.checkpoint.origin).agreement
        if agreement is None or agreement not in work.agreements:
            continue
        async with turn(context, agreement) as view:
            for party, head in view.heads.items():
                if head.origin == signed.checkpoint.origin:
                    await meet_checkpoint(context, view, party, signed)
                    if party == work.party:
                        brings = any(each.origin == head.origin for each in listing.segments)
                        shows = signed.checkpoint.size
                        await note_behind(context, work, head, shows, segments=brings)
    for carried in listing.cosignatures:
        agreement = await _served(context, work, carried.origin, context.config.party)
        if agreement is not None:
            lines = carried.lines.encode()
            async with turn(context, agreement) as view:
                new = await take_cosignature(context, view, work.party, carried.size, lines)
            work.cosignatures += int(new)


async def _finish(
    context: Context, header: BundleHeader, work: Work, person: PersonId | None
) -> None:
    for agreement in sorted(work.agreements):
        spoken = await tend(context, agreement)
        work.answered.extend(f"{each.statement.agreement_id}/{each.place}" for each in spoken)
        await _cosign(context, agreement, work)
    if work.behind:
        # Dated after the restore, our word says how much of its register we hold (`restore`).
        await anchor_journal(context)
    await restore(context)
    await retire_sealing_keys(context)
    await _note_taken(context, header, work, person)


async def _note_taken(
    context: Context, header: BundleHeader, work: Work, person: PersonId | None
) -> None:
    """Journal what a bundle brought, and keep that it was taken."""
    before, envelope = await _taken_before(context, work.party), _envelope(header)
    taken = [*(each for each in before if each != envelope), envelope]
    kept = json_document(COURIER_TAKEN, work.party, [*taken[-_TAKEN_KEPT:]])
    details: dict[str, JsonValue] = {
        "from": work.party,
        "serial": header.serial,
        "entries": work.entries,
        "parcels": work.parcels,
        "answered": len(work.answered),
    }
    await context.ports.store.commit(
        Change(
            allowed_by=allow_house_act("courier.take"),
            documents=() if work.gaps else (kept,),
            journal=(journal_entry(context, "courier.take", person, details=details),),
        )
    )


async def _taken_before(context: Context, party: PartyId) -> list[str]:
    """List the envelopes of a partner's bundles that were taken last, the newest last."""
    raw = await context.ports.store.document(COURIER_TAKEN, party)
    found = None if raw is None else read_json_document(raw)
    return [str(each) for each in found] if isinstance(found, list) else []


def _envelope(header: BundleHeader) -> str:
    """Name a bundle by what all its volumes show outside."""
    return digest_of(format_header(replace(header, first=0, last=len(header.parts) - 1)))


async def _cosign(context: Context, agreement: AgreementId, work: Work) -> None:
    async def attempt() -> None:
        async with turn(context, agreement) as view:
            await cosign_mirror(context, view, work.party)

    await decide_again(attempt)


async def _keep_failed(
    context: Context,
    header: BundleHeader,
    party: PartyId,
    person: PersonId | None,
    err: ComityError,
) -> None:
    """Journal that a bundle was not taken, and why."""
    details: dict[str, JsonValue] = {
        "from": party,
        "serial": header.serial,
        "code": err.code,
        "where": err.where,
    }
    entry = journal_entry(context, "courier.take", person, outcome="refused", details=details)
    await context.ports.store.commit(
        Change(allowed_by=allow_house_act("journal.refusal"), journal=(entry,))
    )
