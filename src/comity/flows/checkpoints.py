# SPDX-License-Identifier: Apache-2.0
"""Signing our own registers: read back from disk, re-hash, and only then sign.

A checkpoint signs everything before it; no statement is signed by itself. Source: DESIGN 1, 6
"""

from __future__ import annotations

from comity.basis.errors import EdgeError
from comity.decision.house import allow_house_act
from comity.flows.context import Context
from comity.ports import Basis, Change, Holding, RegisterHead, SizedNote
from comity.statement.key_history import KeyHistory
from comity.tlog.checkpoints import Checkpoint
from comity.tlog.tree import EMPTY_EDGE, Edge, append_leaves, edge_root, leaf_hash


async def sign_register(context: Context, head: RegisterHead, keys: KeyHistory) -> SizedNote | None:
    """Sign our register as it stands, unless it is signed or empty.

    1. read back the entries that no checkpoint covers yet, and lead them to the root;
    2. sign with the keys that hold at this size, so that a new card is first covered by old keys;
    3. keep the checkpoint before anybody gets it.

    Raises:
        EdgeError: what is read back does not lead to the root: the disk is at fault.
    """
    assert head.holding is not Holding.MIRROR
    store = context.ports.store
    latest = await store.checkpoint(head.origin)
    if head.size == 0 or (latest is not None and latest.size >= head.size):
        return latest
    await _read_back(context, head)  # 1
    checkpoint = Checkpoint(head.origin, head.size, head.root_hash)
    raw = await context.ports.keys.sign_checkpoint(
        checkpoint, keys.statement_card(head.size).version
    )  # 2
    note = SizedNote(head.origin, head.size, raw)
    await store.commit(
        Change(
            allowed_by=allow_house_act("register.sign"),
            basis=Basis(registers=((head.origin, head.size),)),
            checkpoints=(note,),
        )
    )  # 3
    return note


async def _read_back(context: Context, head: RegisterHead) -> None:
    edge: Edge = EMPTY_EDGE
    while edge.size < head.size:
        entries = await context.ports.store.entries(head.origin, edge.size, edge.size + 1024)
        if not entries:
            break
        edge = append_leaves(edge, [leaf_hash(each) for each in entries]).edge
    if edge.size != head.size or edge_root(edge) != head.root_hash:
        raise EdgeError(
            "store.register-damaged",
            "a register read back from disk does not lead to its root",
            where=f"{head.origin} size {head.size}",
            expected=head.root_hash.hex(),
            found=edge_root(edge).hex(),
            hint="sign nothing; run comity register check, and restore from a partner's mirror",
        )
