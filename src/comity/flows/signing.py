# SPDX-License-Identifier: Apache-2.0
"""Signatures that are made while the disk flushes, shown only after, and kept with the next commit.

One that a crash takes with it is made again: over the same size it is the same root, so nobody is
told two stories. Source: DESIGN 7; spec/wire.md
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from comity.basis.ids import PartyId
from comity.decision.house import allow_house_act
from comity.flows.checkpoints import damaged, sign_register
from comity.flows.commits import GROWN, commit_along
from comity.flows.context import Context
from comity.flows.view import View
from comity.keys.notes import VerifierKey
from comity.ports import Change, Cosignature, SizedNote
from comity.tlog.checkpoints import Checkpoint, SignedCheckpoint
from comity.tlog.cosignatures import format_signature_lines, parse_signature_lines
from comity.tlog.tree import append_leaves, edge_root, leaf_hash


async def cosigned_size(context: Context, view: View, party: PartyId) -> int:
    """Give how much of a mirror we have cosigned, kept or about to be."""
    given = view.given.get(party)
    if given is not None:
        return given.size
    origin = view.heads[party].origin
    kept = await context.ports.store.latest_cosignature(origin, view.own)
    return 0 if kept is None else kept.size


def is_signed_by(lines: bytes, keys: Iterable[VerifierKey]) -> bool:
    """Answer whether signature lines name these keys; nothing is verified."""
    named = {(line.name, line.key_id) for line in parse_signature_lines(lines)}
    return named >= {(key.name, key.key_id) for key in keys}


async def settle(context: Context, view: View) -> None:
    """Keep what is signed and was to go along with the next commit, as none may come for long."""
    if view.notes or view.given or view.along:
        await commit_along(context, view, Change(allowed_by=allow_house_act("register.settle")))


@asynccontextmanager
async def cosign_ahead(
    context: Context, view: View, party: PartyId, signed: SignedCheckpoint
) -> AsyncIterator[None]:
    """Cosign a mirror as it will stand, while the block commits what leads there.

    The cosignature counts after the block, and is kept with the next commit; where the block
    fails, it is never seen.
    """
    checkpoint = signed.checkpoint
    version = view.keys(view.own).mirror_card(party, checkpoint.size).version
    time_s = context.ports.clock.now() // 1000
    signing = asyncio.ensure_future(context.ports.keys.cosign(signed, version, time_s=time_s))
    try:
        await asyncio.sleep(0)
        yield
        lines = await signing
    except BaseException:
        signing.cancel()
        raise
    raw = format_signature_lines(lines)
    view.given[party] = Cosignature(checkpoint.origin, checkpoint.size, view.own, raw)


@asynccontextmanager
async def sign_ahead(context: Context, view: View, raws: tuple[bytes, ...]) -> AsyncIterator[None]:
    """Sign our register as it will stand, while the block commits these entries.

    After the block they are read back from disk, and only then the checkpoint counts; it is kept
    with the next commit. Where the block fails, the signature is never seen.

    Raises:
        EdgeError: what is read back is not what was signed: the disk is at fault.
    """
    head = view.heads[view.own]
    grown = append_leaves(head.edge, [leaf_hash(each) for each in raws]).edge
    view.memo.keep(GROWN, (head.edge, raws, grown))
    checkpoint = Checkpoint(head.origin, grown.size, edge_root(grown))
    version = view.keys(view.own).statement_card(grown.size).version
    signing = asyncio.ensure_future(context.ports.keys.sign_checkpoint(checkpoint, version))
    try:
        # The thread that signs begins now, not when this task waits for the disk.
        await asyncio.sleep(0)
        yield
        raw = await signing
    except BaseException:
        signing.cancel()
        raise
    if await context.ports.store.entries(head.origin, head.size, grown.size) != raws:
        raise damaged(head, grown, checkpoint.root_hash)
    view.notes[grown.size] = SizedNote(head.origin, grown.size, raw)


async def sign_last(context: Context, view: View) -> None:
    """Sign our register as it stands, unless that was done: in this process, or before."""
    head = view.heads[view.own]
    if head.size not in view.notes:
        await sign_register(context, head, view.keys(view.own))


async def checkpoint_of(context: Context, view: View, size: int) -> SizedNote | None:
    """Give the checkpoint of our own register at a size, kept or about to be."""
    own = view.heads[view.own].origin
    return view.notes.get(size) or await context.ports.store.checkpoint(own, size)
