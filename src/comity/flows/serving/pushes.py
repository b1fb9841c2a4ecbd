# SPDX-License-Identifier: Apache-2.0
"""Answering a push: is it for us, does it go on from where we stand, and what was refused.

A push proves itself by the log's two signatures; who carried it does not matter. One size gets one
cosignature, but for a crash before it was kept. Source: DESIGN 5; docs/formats/push.md; C2SP
tlog-mirror
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.basis.errors import ComityError, InputError, ProofError, StateError
from comity.basis.ids import PartyId
from comity.basis.limits import PARTIES_MAX
from comity.decision.house import allow_house_act
from comity.flows.checkpoints import held_root
from comity.flows.context import Context, decide_again
from comity.flows.dates import too_many_ahead
from comity.flows.documents import EQUIVOCATION
from comity.flows.mirror import meet_checkpoint
from comity.flows.pending import OtherSize, keep_shown
from comity.flows.served import Served, missing_card, served_mirror, verify_signed
from comity.flows.serving.taking import Pushed, take_pushed
from comity.flows.turns import turn
from comity.flows.view import View
from comity.ports import BasisMoved, Change, HeldParcel, SizedNote
from comity.statement.mirrored import Segment
from comity.tlog.checkpoints import SignedCheckpoint, format_checkpoint
from comity.tlog.push import Push

_CARD_MISSING: Final = "courier.card-missing"
_BEHIND: Final = "register.behind"
_OTHER_ROOT: Final = "statement.root-mismatch"


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Everything is stored up to `size`; `lines` are the cosignature lines that say so.

    `refused` are parcels that are not those of their entries, by register and index in the push.
    """

    served: Served
    size: int
    lines: bytes
    refused: tuple[tuple[int, int], ...] = ()


async def take_push(
    context: Context, push: Push, served: Served | None = None
) -> Cosigned | OtherSize:
    """Take a push in one turn of its agreement; `served` is its register, found before.

    1. the register is one that we mirror;
    2. it goes on from our size; otherwise, if it is signed, our size is the answer;
    3. checkpoints held are met;
    4. parcels, entries, parcels that came with their entries: checked, judged, stored, cosigned;
    5. what others cosigned of that size is given as well.

    What is refused leaves the live view as it was, so that a partner's failures cost others little.

    Raises:
        StateError: not served, a card is missing, or one of several partners has dated as much
            ahead of our clock as is held open.
        InputError: entries do not match the checkpoint, or go on after a card.
        ProofError: a signature or the root does not hold; nothing of the entries is stored.
        EquivocationError: the party signed two trees; both are kept as evidence.
    """
    mirror = await served_mirror(context, push.origin) if served is None else served  # 1

    async def attempt() -> Cosigned | OtherSize | ComityError:
        async with turn(context, mirror.agreement) as view:
            try:
                return await _take(context, view, mirror, push)
            except BasisMoved:
                raise
            except (InputError, ProofError, StateError) as err:
                if err.code == _OTHER_ROOT:
                    await keep_shown(context, view.heads[mirror.party], push.signed)
                return err

    outcome = await decide_again(attempt)
    if isinstance(outcome, ComityError):
        raise outcome
    return outcome


async def _take(context: Context, view: View, served: Served, push: Push) -> Cosigned | OtherSize:
    head = view.heads[served.party]
    if push.start != head.size:
        await verify_signed(context, view, served.party, push.signed)
        return OtherSize(head.size)  # 2
    for each in push.held:
        await _meet(context, view, each)  # 3
    segment = None
    if push.entries:
        if view.holds_too_much_open(served.party, context.ports.clock.now()):
            await verify_signed(context, view, served.party, push.signed)
            raise too_many_ahead(view.agreement_id, served.party)
        segment = Segment(push.start, push.entries, push.signed)
    else:
        await _keep_checkpoint(context, view, served.party, push.signed)
    pushed = Pushed(served.party, segment, parcels=_parcels(push))
    try:
        taken = await take_pushed(context, view, pushed)  # 4
    except StateError as err:
        if err.code != _CARD_MISSING:
            raise
        return OtherSize(head.size, missing_card(view, served.party))
    given = taken.cosignature
    if given is None:
        return OtherSize(taken.size)
    lines = (given.raw, *await _others(context, view, served, given.size))  # 5
    return Cosigned(served, given.size, b"".join(lines), _refused(push, taken.refused))


async def _keep_checkpoint(
    context: Context, view: View, party: PartyId, signed: SignedCheckpoint
) -> None:
    """Meet the checkpoint of a push without entries, and keep it if we hold none of this size.

    An upload that stopped between two checkpoints leaves entries that no checkpoint ends with.
    """
    head, size = view.heads[party], signed.checkpoint.size
    known = await context.ports.store.checkpoint(head.origin, size)
    raw = format_checkpoint(signed)
    if size and known is not None and known.raw == raw:
        return  # it was verified, and fitted, when it was kept
    if not size or not await meet_checkpoint(context, view, party, signed):
        await verify_signed(context, view, party, signed)
        return
    if known is None:
        note = SizedNote(head.origin, size, raw)
        allowed = allow_house_act("register.keep-checkpoint")
        await context.ports.store.commit(Change(allowed_by=allowed, checkpoints=(note,)))


async def _others(context: Context, view: View, served: Served, size: int) -> tuple[bytes, ...]:
    """Give what third parties cosigned of just that size: a hub hands their receipts on."""
    if view.heads.keys() <= {view.own, served.party}:
        return ()
    found = await context.ports.store.cosignatures(served.origin, start=size, limit=PARTIES_MAX)
    return tuple(each.raw for each in found if each.size == size and each.party != view.own)


async def _meet(context: Context, view: View, held: SignedCheckpoint) -> None:
    """Hold a checkpoint that the pusher holds against ours; what it shows stops others, not it.

    One that fits needs no verifying, and of what is disputed already nothing new is kept.
    """
    shown = held.checkpoint
    for party, head in view.heads.items():
        if head.origin != shown.origin:
            continue
        known = shown.size <= head.size and await held_root(context, head, shown.size)
        if known == shown.root_hash:
            return
        if await context.ports.store.documents(EQUIVOCATION, prefix=f"{head.origin}/", limit=1):
            return
        try:
            await meet_checkpoint(context, view, party, held)
        except ProofError:
            return  # by keys that we do not know yet, or it is kept as evidence now
        except StateError as err:
            if err.code != _BEHIND:
                raise


def _parcels(push: Push) -> tuple[HeldParcel, ...]:
    """Name each parcel by its register."""
    origins = _origins(push)
    return tuple(HeldParcel(origins[each.register], each.index, each.raw) for each in push.parcels)


def _refused(push: Push, refused: tuple[tuple[str, int, str], ...]) -> tuple[tuple[int, int], ...]:
    """Number each parcel's register as the push does."""
    origins = _origins(push)
    return tuple((origins.index(origin), index) for origin, index, _ in refused)


def _origins(push: Push) -> tuple[str, ...]:
    return tuple(each.checkpoint.origin for each in (push.signed, *push.held))
