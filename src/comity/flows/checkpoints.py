# SPDX-License-Identifier: Apache-2.0
"""Signing our own registers: read back from disk, re-hash, and only then sign.

A checkpoint signs everything before it; no statement is signed by itself. Source: DESIGN 1, 6
"""

from __future__ import annotations

from typing import Final

from comity.basis.errors import EdgeError
from comity.decision.house import allow_house_act
from comity.flows.context import Context
from comity.ports import Basis, Change, RegisterHead, SizedNote
from comity.statement.key_history import KeyHistory
from comity.tlog.checkpoints import Checkpoint
from comity.tlog.tree import EMPTY_EDGE, Edge, append_leaves, edge_root, leaf_hash

_PAGE: Final = 1024


async def sign_register(
    context: Context, head: RegisterHead, keys: KeyHistory, *, size: int | None = None
) -> SizedNote | None:
    """Sign our register as it stands, or as it stood at an earlier size; None while it is empty.

    1. nothing to do where that size is signed already;
    2. read the entries back from disk and lead them to the root;
    3. sign with the keys that hold at this size, so that a new card is first covered by old keys;
    4. keep the checkpoint before anybody gets it.

    Raises:
        EdgeError: what is read back does not lead to the root: the disk is at fault.
    """
    store, wanted = context.ports.store, head.size if size is None else size
    if wanted == 0:
        return None
    known = await store.checkpoint(head.origin, wanted)
    if known is not None:
        return known  # 1
    edge = await edge_of(context, head.origin, wanted)  # 2
    if edge.size != wanted or (wanted == head.size and edge_root(edge) != head.root_hash):
        raise EdgeError(
            "store.register-damaged",
            "a register read back from disk does not lead to its root",
            where=f"{head.origin} size {wanted}",
            expected=head.root_hash.hex(),
            found=edge_root(edge).hex(),
            hint="sign nothing; run comity register check, and restore from a partner's mirror",
        )
    checkpoint = Checkpoint(head.origin, wanted, edge_root(edge))
    version = keys.statement_card(wanted).version
    raw = await context.ports.keys.sign_checkpoint(checkpoint, version)  # 3
    note = SizedNote(head.origin, wanted, raw)
    await store.commit(
        Change(
            allowed_by=allow_house_act("register.sign"),
            basis=Basis(registers=((head.origin, head.size),)),
            checkpoints=(note,),
        )
    )  # 4
    return note


async def edge_of(context: Context, origin: str, size: int) -> Edge:
    """Work out a register's tree at a size from its entries, read back from disk."""
    edge = EMPTY_EDGE
    while edge.size < size:
        end = min(size, edge.size + _PAGE)
        entries = await context.ports.store.entries(origin, edge.size, end)
        if not entries:
            break
        edge = append_leaves(edge, [leaf_hash(each) for each in entries]).edge
    return edge
