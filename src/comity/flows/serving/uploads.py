# SPDX-License-Identifier: Apache-2.0
"""Uploads of entries to a pending checkpoint, package by package, each proven before it is kept.

Entries are in the register as soon as their package is proven; the mirror's checkpoint follows
when the last is here, and only then do we cosign. Nothing is held in memory but one package.
Source: C2SP tlog-mirror, add-entries
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.basis.errors import ComityError, InputError, ProofError, StateError
from comity.basis.ids import PartyId
from comity.decision.house import allow_house_act
from comity.flows.arrivals import clear_documents, hear
from comity.flows.commits import commit_on, judgements_of
from comity.flows.context import Context, decide_again
from comity.flows.dates import too_many_ahead
from comity.flows.disputes import refuse_disputed
from comity.flows.mirror import cosign_mirror
from comity.flows.opening import open_mirror
from comity.flows.pending import (
    forget_pending,
    last_checkpoint,
    mirror_checkpoint,
    pass_pending,
    pending_checkpoints,
)
from comity.flows.served import Served, log_keys, missing_card, not_served, served_mirror
from comity.flows.turns import turn
from comity.flows.view import View
from comity.ports import BasisMoved, Change, Entries, RegisterHead, SizedNote
from comity.statement.packages import verify_package
from comity.tlog.add_entries import AddEntries, EntryPackage
from comity.tlog.checkpoints import SignedCheckpoint, format_checkpoint
from comity.tlog.mirror_sizes import MirrorInfo
from comity.tlog.subtrees import subtree_hash, verify_subtree
from comity.tlog.tree import leaf_hash

EXCESS_ENTRIES_MAX: Final = 1024
"""How many entries that are here already an upload may begin with."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that may go on: of which register, and up to which checkpoint."""

    served: Served
    head: AddEntries
    target: SignedCheckpoint


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Go on as this says: the upload does not fit what is here, or is not at its end.

    `missing` is the entry whose card has not come.
    """

    said: MirrorInfo
    missing: int | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """Every entry up to the checkpoint is here; `lines` are the cosignature lines on it."""

    served: Served
    lines: bytes


async def open_upload(context: Context, head: AddEntries) -> Upload | Elsewhere:
    """Decide from its head whether an upload fits.

    Raises:
        StateError: not served, or no checkpoint of the register was ever added.
        EquivocationError: its party signed two trees.

    Source: C2SP tlog-mirror, add-entries, Processing
    """
    served = await served_mirror(context, head.origin)
    register = await _register(context, served)
    await refuse_disputed(context, register.origin)
    last = await last_checkpoint(context, register)
    if last is None:
        raise StateError(
            "wire.nothing-pending",
            "no checkpoint of this register was ever added",
            where=head.origin,
            hint="add a checkpoint first",
        )
    target = await _target(context, register, head.end)
    excess = min(head.end, register.size) - head.start
    if target is None or head.start > register.size or excess > EXCESS_ENTRIES_MAX:
        size = last.checkpoint.size if target is None else head.end
        return Elsewhere(MirrorInfo(size, register.size))
    return Upload(served, head, target)


async def is_known(context: Context, head: AddEntries, package: EntryPackage) -> bool:
    """Say whether a package is of a register that we mirror: whoever has such has to do with it.

    Its entries are those that are here, or it is in the tree of a checkpoint that may be uploaded
    to. Nothing is kept, and no turn is waited for.
    """
    span, register = package.range, await context.ports.store.register(head.origin)
    if register is None or span.start > register.size:
        return False
    leaves = [leaf_hash(each) for each in package.entries]
    read_node = await context.ports.store.node_reader(head.origin)
    held = [
        read_node(0, index) for index in range(span.subtree.start, min(span.end, register.size))
    ]
    before, here = held[: span.start - span.subtree.start], held[span.start - span.subtree.start :]
    if here and here == leaves[: len(here)]:
        return True
    target = await _target(context, register, head.end)
    if target is None:
        return False
    proof, root = package.proof(head.end), target.checkpoint.root_hash
    try:
        verify_subtree(proof, subtree_hash((*before, *leaves)), root)
    except ProofError:
        return False
    return True


async def take_package(context: Context, upload: Upload, package: EntryPackage) -> None:
    """Check a package against the checkpoint that it leads to, and store what of it is new.

    1. nothing goes on after a card that is not here;
    2. the package is proven; what is held of it already is proven with it;
    3. new entries are judged, as far as nothing they have seen is missing, and stored.

    Raises:
        StateError: entries or a card are missing before it.
        InputError: it goes on after a card.
        ProofError: it is not in the tree; nothing of it is stored.
    """

    async def attempt() -> ComityError | None:
        async with turn(context, upload.served.agreement) as view:
            try:
                await _take(context, view, upload, package)
            except BasisMoved:
                raise
            except (InputError, ProofError, StateError) as err:
                return err
            return None

    refused = await decide_again(attempt)
    if refused is not None:
        raise refused


async def finish_upload(context: Context, upload: Upload) -> Reached | Elsewhere:
    """Make the upload's checkpoint the mirror's, unless that is further already, and cosign it.

    Source: C2SP tlog-mirror, add-entries (the last steps)
    """

    async def attempt() -> Reached | Elsewhere:
        async with turn(context, upload.served.agreement) as view:
            return await _finish(context, view, upload)

    return await decide_again(attempt)


async def where_upload_stands(context: Context, upload: Upload) -> Elsewhere:
    """Say from which entry on the upload goes on, and what holds it up."""
    async with turn(context, upload.served.agreement) as view:
        size = view.heads[upload.served.party].size
        missing = missing_card(view, upload.served.party)
        return Elsewhere(MirrorInfo(upload.head.end, size), missing)


async def _register(context: Context, served: Served) -> RegisterHead:
    head = await context.ports.store.register(served.origin)
    if head is None:
        raise not_served()
    return head


async def _target(context: Context, head: RegisterHead, size: int) -> SignedCheckpoint | None:
    """Find the checkpoint of that size that may be uploaded to: none below the mirror's own."""
    reached = await mirror_checkpoint(context, head)
    if reached is not None and size <= reached.checkpoint.size:
        return reached if size == reached.checkpoint.size else None
    pending = await pending_checkpoints(context, head)
    return next((each for each in pending if each.checkpoint.size == size), None)


async def _take(context: Context, view: View, upload: Upload, package: EntryPackage) -> None:
    party = upload.served.party
    head = view.heads[party]
    _refuse_missing_card(view, party)  # 1
    if view.holds_too_much_open(party, context.ports.clock.now()):
        raise too_many_ahead(view.agreement_id, party)
    registers, opened = await open_mirror(context, view, party, upload.target)
    read_node = await context.ports.store.node_reader(head.origin)
    span = package.range
    first = span.subtree.start
    before = [read_node(0, index) for index in range(first, min(span.start, head.size))]
    keys = await log_keys(context, view, party, upload.target)
    mirrored = verify_package(head.edge, before, package, pending=upload.target, keys=keys)  # 2
    if not mirrored.entries:
        return
    passed = await pass_pending(context, head, mirrored, is_upload=True)
    progress = registers.judge_all({party: mirrored.entries}, view.cards)  # 3
    documents = await clear_documents(context, view, progress.judged, {})
    await commit_on(
        context,
        view,
        Change(
            allowed_by=mirrored,
            entries=(Entries(head.origin, head.size, mirrored.entries),),
            judgements=judgements_of(view, progress.judged),
            documents=(*opened, *documents, *passed),
        ),
    )
    registers.keep()
    view.registers, view.waiting = registers, progress.waiting
    await hear(context, view, documents, progress.judged)


async def _finish(context: Context, view: View, upload: Upload) -> Reached | Elsewhere:
    served, size = upload.served, upload.head.end
    head = view.heads[served.party]
    reached = await mirror_checkpoint(context, head)
    held = 0 if reached is None else reached.checkpoint.size
    if size < held:
        last = await last_checkpoint(context, head)
        newest = held if last is None else last.checkpoint.size
        return Elsewhere(MirrorInfo(newest, head.size))
    if size > held:
        await _reach(context, head, upload.target)
    given = await cosign_mirror(context, view, served.party)
    return Reached(served, b"" if given is None else given.raw)


async def _reach(context: Context, head: RegisterHead, target: SignedCheckpoint) -> None:
    """Keep the checkpoint as one whose entries are all here; the store holds it against them."""
    size = target.checkpoint.size
    pending = await pending_checkpoints(context, head)
    reached = (each.checkpoint.size for each in pending if each.checkpoint.size <= size)
    await context.ports.store.commit(
        Change(
            allowed_by=allow_house_act("register.reach-pending"),
            checkpoints=(SizedNote(head.origin, size, format_checkpoint(target)),),
            documents=forget_pending(head, reached),
        )
    )


def _refuse_missing_card(view: View, party: PartyId) -> None:
    missing = missing_card(view, party)
    if missing is not None:
        raise StateError(
            "courier.card-missing",
            "the card that signs these entries has not come",
            where=f"{view.heads[party].origin} {missing}",
            hint="send the card first",
        )
