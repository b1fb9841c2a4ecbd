# SPDX-License-Identifier: Apache-2.0
"""Checkpoints of our own register that are signed in the course of an act, and kept with the next.

Signing the same size again after a crash is harmless: it is the same root. Source: DESIGN 7
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from comity.flows.checkpoints import damaged, sign_register
from comity.flows.context import Context
from comity.flows.view import View
from comity.ports import SizedNote
from comity.tlog.checkpoints import Checkpoint
from comity.tlog.tree import append_leaves, edge_root, leaf_hash


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
