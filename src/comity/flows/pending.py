# SPDX-License-Identifier: Apache-2.0
"""Pending checkpoints: signed by their log, kept, and ahead of the entries that we hold.

Nothing of them is cosigned. Each is consistent with the one before it, and whatever way entries
come, they pass through it: where they do not, the log signed two trees and both are kept.
Source: C2SP tlog-witness (add-checkpoint), tlog-mirror; DESIGN 5
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import EquivocationError
from comity.basis.ids import PartyId
from comity.decision.house import allow_house_act
from comity.flows.checkpoints import held_root
from comity.flows.context import Context, decide_again
from comity.flows.disputes import keep_dispute, refuse_disputed
from comity.flows.documents import PENDING
from comity.flows.served import served_mirror, verify_signed
from comity.flows.turns import turn
from comity.flows.view import View
from comity.ports import Change, Document, RegisterHead
from comity.statement.mirrored import Mirrored, split_view_evidence, verify_same_tree
from comity.tlog.add_checkpoint import AddCheckpoint
from comity.tlog.checkpoints import SignedCheckpoint, format_checkpoint, parse_checkpoint
from comity.tlog.proofs import verify_consistency
from comity.tlog.tree import EMPTY_ROOT, append_leaves, edge_root, leaf_hash

PENDING_KEPT: Final = 8
"""How many pending checkpoints of one register may be uploaded to; an older one is forgotten."""

_SHOWN: Final = "/shown"
"""Ends the key of a checkpoint that nothing proves to go on from our entries: met, not followed."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The checkpoint is kept, pending, until entries lead to it."""

    size: int


@dataclass(frozen=True, slots=True)
class OtherSize:
    """Go on from `size`, which is ours; `missing` is the entry whose card has not come."""

    size: int
    missing: int | None = None


async def take_checkpoint(context: Context, body: AddCheckpoint) -> Kept | OtherSize:
    """Keep a checkpoint that goes on from the last one that is pending, or from the mirror's.

    1. the register is one that we mirror, and its party has signed only one story so far;
    2. both log signatures hold;
    3. the old size is that of the last checkpoint kept here;
    4. the proof leads from its root to the new one;
    5. the note is kept with its signatures before anybody is told.

    Raises:
        StateError: not served.
        ProofError: a signature or the proof does not hold.
        EquivocationError: two roots of one size are signed; both are kept as evidence.

    Source: C2SP tlog-witness, add-checkpoint; C2SP tlog-mirror
    """
    served = await served_mirror(context, body.signed.checkpoint.origin)  # 1

    async def attempt() -> Kept | OtherSize:
        async with turn(context, served.agreement) as view:
            return await _take(context, view, served.party, body)

    return await decide_again(attempt)


async def _take(
    context: Context, view: View, party: PartyId, body: AddCheckpoint
) -> Kept | OtherSize:
    head, new = view.heads[party], body.signed.checkpoint
    await refuse_disputed(context, head.origin)
    await verify_signed(context, view, party, body.signed)  # 2
    last = await last_checkpoint(context, head)
    size, root = (0, EMPTY_ROOT) if last is None else (last.checkpoint.size, _root(last))
    if body.old_size != size:
        return OtherSize(size)  # 3
    if last is not None and new.size == size:
        await _meet(context, head, last, body.signed)
    verify_consistency(body.consistency, root, new.root_hash)  # 4
    if last is None or new.size > size:
        await _keep(context, head, body.signed)  # 5
    return Kept(new.size)


async def pending_checkpoints(context: Context, head: RegisterHead) -> tuple[SignedCheckpoint, ...]:
    """List the checkpoints that may be uploaded to, by size."""
    found = await context.ports.store.documents(PENDING, prefix=f"{head.origin}/")
    return tuple(
        parse_checkpoint(each.body or b"") for each in found if not each.key.endswith(_SHOWN)
    )


async def mirror_checkpoint(context: Context, head: RegisterHead) -> SignedCheckpoint | None:
    """Give the newest checkpoint whose entries are all here; None: no entries are."""
    note = await context.ports.store.checkpoint(head.origin)
    return None if note is None else parse_checkpoint(note.raw)


async def last_checkpoint(context: Context, head: RegisterHead) -> SignedCheckpoint | None:
    """Give the checkpoint of greatest size that is kept, pending or reached."""
    reached = await mirror_checkpoint(context, head)
    known = (*await pending_checkpoints(context, head), *((reached,) if reached else ()))
    return max(known, key=lambda each: each.checkpoint.size, default=None)


async def pass_pending(
    context: Context, head: RegisterHead, mirrored: Mirrored, *, is_upload: bool = False
) -> tuple[Document, ...]:
    """Hold entries that are about to be stored against the checkpoints that they reach.

    Gives the documents to be written with them: what is reached is forgotten. What they do not
    reach is uploaded to no more, since nothing shows yet that it goes on from them; it is met
    again when entries come so far. So nobody can hold a register up by showing us a checkpoint
    from far ahead. Entries of an upload are proven to be in the pending tree, which then stays.

    Raises:
        EquivocationError: the party signed two trees; both are kept as evidence.
    """
    found = await context.ports.store.documents(PENDING, prefix=f"{head.origin}/")
    changed: list[Document] = []
    ahead = 0
    for each in found:
        shown = parse_checkpoint(each.body or b"")
        is_pending = not each.key.endswith(_SHOWN)
        if is_pending and is_upload:
            continue
        if shown.checkpoint.size <= mirrored.edge.size:
            await _refuse_unfit(context, head, shown, mirrored)
            changed.append(Document(PENDING, each.key, None))
            continue
        ahead += 1
        if is_pending or ahead > PENDING_KEPT:
            changed.append(Document(PENDING, each.key, None))
        if is_pending and ahead <= PENDING_KEPT:
            changed.append(Document(PENDING, each.key + _SHOWN, each.body))
    return tuple(changed)


async def keep_shown(context: Context, head: RegisterHead, signed: SignedCheckpoint) -> None:
    """Keep a verified checkpoint that entries did not lead to, to be met when entries come so far.

    Whoever carried the entries may have changed them: then those that come again lead to it. If
    they do not, the log has signed two trees.
    """
    found = await context.ports.store.documents(PENDING, prefix=f"{head.origin}/")
    key = _key(head, signed.checkpoint.size)
    known = {each.key for each in found}
    if signed.checkpoint.size <= head.size or known & {key, key + _SHOWN}:
        return
    if sum(each.endswith(_SHOWN) for each in known) < PENDING_KEPT:
        kept = Document(PENDING, key + _SHOWN, format_checkpoint(signed))
        allowed = allow_house_act("register.keep-shown")
        await context.ports.store.commit(Change(allowed_by=allowed, documents=(kept,)))


async def _refuse_unfit(
    context: Context, head: RegisterHead, shown: SignedCheckpoint, mirrored: Mirrored
) -> None:
    size = shown.checkpoint.size
    if size <= head.size:
        root = await held_root(context, head, size)
    else:
        leaves = [leaf_hash(each) for each in mirrored.entries[: size - head.size]]
        root = edge_root(append_leaves(head.edge, leaves).edge)
    if root != _root(shown):
        raise await _keep_fork(context, head, shown, mirrored.checkpoint)


async def _meet(
    context: Context, head: RegisterHead, held: SignedCheckpoint, met: SignedCheckpoint
) -> None:
    try:
        verify_same_tree(held, met)
    except EquivocationError as err:
        raise await _keep_fork(context, head, held, met) from err


async def _keep(context: Context, head: RegisterHead, signed: SignedCheckpoint) -> None:
    """Keep a pending checkpoint; of too many the oldest can be uploaded to no more."""
    known = [each.checkpoint.size for each in await pending_checkpoints(context, head)]
    too_many = max(0, len(known) + 1 - PENDING_KEPT)
    dropped = forget_pending(head, known[:too_many])
    kept = Document(PENDING, _key(head, signed.checkpoint.size), format_checkpoint(signed))
    await context.ports.store.commit(
        Change(allowed_by=allow_house_act("register.keep-pending"), documents=(*dropped, kept))
    )


def forget_pending(head: RegisterHead, sizes: Iterable[int]) -> tuple[Document, ...]:
    """Give the documents that remove pending checkpoints."""
    return tuple(Document(PENDING, _key(head, size), None) for size in sizes)


async def _keep_fork(
    context: Context, head: RegisterHead, held: SignedCheckpoint, met: SignedCheckpoint
) -> EquivocationError:
    """Keep both checkpoints, and give the error that stops the flow."""
    evidence = split_view_evidence(held, met)
    await keep_dispute(context, head.origin, evidence, met.checkpoint.size)
    return EquivocationError(
        "statement.split-view",
        "a party signed two trees",
        evidence=evidence,
        where=f"{head.origin} size {met.checkpoint.size}",
        expected=_root(held).hex(),
        found=_root(met).hex(),
        hint="both checkpoints are kept; take nothing more of this register until it is settled",
    )


def _key(head: RegisterHead, size: int) -> str:
    return f"{head.origin}/{size:019d}"


def _root(signed: SignedCheckpoint) -> bytes:
    return signed.checkpoint.root_hash
