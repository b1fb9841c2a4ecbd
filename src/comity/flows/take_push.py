# SPDX-License-Identifier: Apache-2.0
"""Taking a push: parcels, checkpoints held, entries; all stored before anything is cosigned.

A push proves itself by the log's two signatures; who carried it does not matter. The same push
twice gets the same cosignature. Source: DESIGN 5; docs/formats/push.md; C2SP tlog-mirror
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.basis.errors import InputError, ProofError, StateError
from comity.basis.ids import AgreementId, Digest, PartyId, Place, digest_of
from comity.basis.limits import PARTIES_MAX
from comity.flows.arrivals import (
    Parcel,
    absorb,
    is_held,
    keep_parcel,
    parcel_of,
    payloads_of,
)
from comity.flows.checkpoints import held_root
from comity.flows.context import Context, decide_again
from comity.flows.documents import EQUIVOCATION
from comity.flows.mirror import cosign_mirror, meet_checkpoint, take_segment
from comity.flows.turns import turn
from comity.flows.view import View
from comity.keys.cards import statement_keys
from comity.ports import Holding
from comity.statement.envelope import Statement, parse_statement
from comity.statement.mirrored import Segment
from comity.tlog.checkpoints import SignedCheckpoint, verify_log
from comity.tlog.origin import parse_origin
from comity.tlog.push import Push, PushedParcel

NOT_SERVED = "wire.not-served"
CARD_MISSING = "courier.card-missing"
BEHIND = "register.behind"


@dataclass(frozen=True, slots=True)
class Served:
    """A register that we mirror: of which agreement, and whose."""

    origin: str
    agreement: AgreementId
    party: PartyId


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Everything is stored up to `size`; `lines` are the cosignature lines that say so."""

    size: int
    lines: bytes


@dataclass(frozen=True, slots=True)
class OtherSize:
    """Go on from `size`, which is ours; `missing` is the entry whose card has not come."""

    size: int
    missing: int | None = None


async def served_mirror(context: Context, origin: str) -> Served:
    """Find a register that we mirror.

    Raises:
        StateError: we do not; it is not said why.
    """
    head = await context.ports.store.register(origin) if _is_register(origin) else None
    if head is None or head.holding is not Holding.MIRROR or head.agreement is None:
        raise not_served()
    return Served(origin, head.agreement, head.party)


def not_served() -> StateError:
    """Say that there is no such thing here: the same for what is absent, hidden or not pinned."""
    return StateError(
        NOT_SERVED,
        "nothing is served here under this name",
        hint="pin the party's card and the agreement's id on both sides",
    )


async def take_push(context: Context, push: Push) -> Cosigned | OtherSize:
    """Take a push in one turn of its agreement.

    1. the register is one that we mirror;
    2. parcels of entries held are kept, by the digests that those name, whoever sends them; a card
       may let what waits be judged;
    3. checkpoints held meet ours;
    4. both log signatures hold, by the keys of that size;
    5. entries go on from our size, lead to the root and are stored;
    6. parcels that came with their entries are kept;
    7. we cosign, and give also what others cosigned of that size.

    Raises:
        StateError: not served.
        InputError: entries do not match the checkpoint, or go on after a card.
        ProofError: a signature or the root does not hold; nothing of the entries is stored.
        EquivocationError: the party signed two trees; both are kept as evidence.
    """
    served = await served_mirror(context, push.origin)  # 1

    async def attempt() -> Cosigned | OtherSize:
        async with turn(context, served.agreement) as view:
            return await _take(context, view, served.party, push)

    return await decide_again(attempt)


async def _take(context: Context, view: View, party: PartyId, push: Push) -> Cosigned | OtherSize:
    later = await _keep_parcels(context, view, push, push.parcels)  # 2
    for each in push.held:
        await _meet(context, view, each)  # 3
    head = view.heads[party]
    if push.start != head.size or not push.entries:
        keys = statement_keys(view.keys(party).statement_card(push.end), head.origin)
        verify_log(push.signed, keys)  # 4
    if push.start != head.size:
        return OtherSize(head.size)
    if push.entries:
        try:
            segment = Segment(push.start, push.entries, push.signed)
            clear = {digest_of(each.raw): each.raw for each in later}
            await take_segment(context, view, party, segment, clear)  # 5
        except StateError as err:
            if err.code != CARD_MISSING:
                raise
            return OtherSize(push.start, _missing_card(view, party))
    elif push.end:
        await meet_checkpoint(context, view, party, push.signed)
    await _keep_parcels(context, view, push, later)  # 6
    return await _cosign(context, view, party)  # 7


async def _cosign(context: Context, view: View, party: PartyId) -> Cosigned:
    given = await cosign_mirror(context, view, party)
    if given is None:
        return Cosigned(0, b"")
    others = await context.ports.store.cosignatures(
        given.origin, start=given.size, limit=PARTIES_MAX
    )
    lines = (each.raw for each in others if each.size == given.size and each.party != given.party)
    return Cosigned(given.size, b"".join((given.raw, *lines)))


def _missing_card(view: View, party: PartyId) -> int | None:
    waiting = (each.place.index for each in view.waiting if each.place.party == party)
    return next(waiting, None)


async def _meet(context: Context, view: View, held: SignedCheckpoint) -> None:
    """Hold a checkpoint that the pusher holds against ours; what it shows stops others, not it.

    One that fits needs no verifying, and of what is disputed already nothing new is kept.
    """
    shown = held.checkpoint
    for party, head in view.heads.items():
        if head.origin != shown.origin:
            continue
        if shown.size <= head.size and shown.root_hash == await held_root(
            context, head, shown.size
        ):
            return
        if await context.ports.store.documents(EQUIVOCATION, prefix=f"{head.origin}/", limit=1):
            return
        try:
            await meet_checkpoint(context, view, party, held)
        except ProofError:
            return  # by keys that we do not know yet, or evidence that is kept now
        except StateError as err:
            if err.code != BEHIND:
                raise


async def _keep_parcels(
    context: Context, view: View, push: Push, parcels: tuple[PushedParcel, ...]
) -> tuple[PushedParcel, ...]:
    """Keep the parcels whose entries are held here; give back those whose entries are not yet."""
    later: list[PushedParcel] = []
    clear: dict[Digest, bytes] = {}
    for each in parcels:
        statement = await _statement_at(context, view, push, each)
        if statement is None:
            later.append(each)
            continue
        digest = digest_of(each.raw)
        if any(named.clear and named.digest == digest for named in payloads_of(statement)):
            clear[digest] = each.raw
        else:
            await _keep_sealed(context, view, statement, each)
    if clear:
        await absorb(context, view, clear)
    return tuple(later)


async def _statement_at(
    context: Context, view: View, push: Push, parcel: PushedParcel
) -> Statement | None:
    """Read the statement that a parcel is of; None while its entry is not held."""
    signed = (push.signed, *push.held)[parcel.register]
    heads = {head.origin: head for head in view.heads.values()}
    head = heads.get(signed.checkpoint.origin)
    if head is None or parcel.index >= head.size:
        return None
    known = view.statements.get(Place(head.party, parcel.index))
    if known is not None:
        return known
    (raw,) = await context.ports.store.entries(head.origin, parcel.index, parcel.index + 1)
    try:
        return parse_statement(raw)
    except InputError:
        return None


async def _keep_sealed(
    context: Context, view: View, statement: Statement, pushed: PushedParcel
) -> None:
    """Keep head and sealed payload of a parcel that is to us and is not here.

    Raises:
        InputError: the bytes are not those that the statement names.
    """
    parcel = parcel_of(Place(statement.by, pushed.index), statement)
    if parcel is None or view.own not in statement.to:
        return
    parts = pushed.raw[: parcel.head.size], pushed.raw[parcel.head.size :]
    for named, raw in zip(parcel.parts, parts, strict=True):
        if digest_of(raw) != named.digest:
            raise _other_parcel(parcel)
        if not await is_held(context, view, named):
            await keep_parcel(context, named, iter((raw,)))


def _other_parcel(parcel: Parcel) -> InputError:
    return InputError(
        "wire.other-parcel",
        "a parcel is not the one that its statement names",
        where=str(parcel.place),
        expected=f"a head of {parcel.head.size} and {parcel.sealed.size} bytes, as digested",
        hint="send it again from the bytes that were sealed",
    )


def _is_register(origin: str) -> bool:
    try:
        return parse_origin(origin).agreement is not None
    except InputError:
        return False
