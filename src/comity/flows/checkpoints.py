# SPDX-License-Identifier: Apache-2.0
"""Signing our own registers: read back from disk, re-hash, and only then sign.

A checkpoint signs everything before it; no statement is signed by itself. Source: DESIGN 1, 6
"""

from __future__ import annotations

from typing import Final

from comity.basis.errors import EdgeError, InvariantError, StateError
from comity.decision.house import allow_house_act
from comity.flows.context import Context
from comity.flows.documents import BEHIND, read_json_document
from comity.ports import Basis, Change, RegisterHead, SizedNote
from comity.statement.key_history import KeyHistory
from comity.tlog.checkpoints import Checkpoint, parse_checkpoint
from comity.tlog.proofs import edge_at, root_at
from comity.tlog.tree import EMPTY_EDGE, Edge, append_leaves, edge_root, leaf_hash

_PAGE: Final = 1024


async def sign_register(context: Context, head: RegisterHead, keys: KeyHistory) -> SizedNote | None:
    """Sign our register as it stands; None while it is empty."""
    return (await sign_sizes(context, head, keys, (head.size,)))[0] if head.size else None


async def sign_sizes(
    context: Context, head: RegisterHead, keys: KeyHistory, sizes: tuple[int, ...]
) -> tuple[SizedNote, ...]:
    """Sign our register as it stood at each of these sizes, greater than 0 and ascending.

    1. nothing to do for a size that is signed already;
    2. read back from disk what is new since the last size that we signed, and lead it from the
       root of then to the root at each size;
    3. sign with the keys that hold at the size, so that a new card is first covered by old keys;
    4. keep the checkpoints before anybody gets one.

    Raises:
        EdgeError: what is read back does not lead to the root: the disk is at fault.
        StateError: a partner holds more of our register than we do.
    """
    store = context.ports.store
    known = {size: await store.checkpoint(head.origin, size) for size in sizes}
    unsigned = tuple(size for size in sizes if known[size] is None)  # 1
    if unsigned:
        newest = await store.checkpoint(head.origin)
        if newest is None or unsigned[-1] > newest.size:
            # Up to what is signed already there is no other story to sign.
            await refuse_behind(context, head)
        notes: list[SizedNote] = []
        base = await _base(context, head, unsigned[0])
        for edge in await _edges(context, head, base, unsigned):  # 2
            checkpoint = Checkpoint(head.origin, edge.size, edge_root(edge))
            version = keys.statement_card(edge.size).version
            raw = await context.ports.keys.sign_checkpoint(checkpoint, version)  # 3
            notes.append(SizedNote(head.origin, edge.size, raw))
        await store.commit(
            Change(
                allowed_by=allow_house_act("register.sign"),
                basis=Basis(registers=((head.origin, head.size),)),
                checkpoints=tuple(notes),
            )
        )  # 4
        known.update((each.size, each) for each in notes)
    return tuple(note for size in sizes if (note := known[size]) is not None)


def refuse_gap(head: RegisterHead, start: int) -> None:
    """Refuse entries that do not begin within what is held, or at its end.

    Raises:
        StateError: some are missing between.
    """
    if start > head.size:
        raise StateError(
            "courier.gap",
            "entries are missing before these",
            where=head.origin,
            expected=f"from {head.size}",
            found=f"from {start}",
            hint="reply first, so that the partner knows what is held: comity courier pack",
        )


async def is_restoring(context: Context) -> bool:
    """Answer whether this node may lack what it has signed, and says nothing meanwhile."""
    return bool(await context.ports.store.documents(BEHIND, limit=1))


async def refuse_behind(context: Context, head: RegisterHead) -> None:
    """Refuse to go on while a partner is known to hold more of our register than we do.

    Another story signed over the same indexes would be the fork that partners accuse us of.

    Source: DESIGN 7 (after a restore)
    """
    known = await context.ports.store.documents(BEHIND)
    if not known:
        return
    raw = next((each.body for each in known if each.key == head.origin), None)
    size = 0 if raw is None else read_json_document(raw)
    if isinstance(size, int) and size > head.size:
        raise behind(head, size)
    # The keys of one register are those of all.
    raise silent(head.origin)


def behind(head: RegisterHead, size: int) -> StateError:
    """Say that our keys have signed more of our register than we hold."""
    return StateError(
        "register.behind",
        "a partner holds more of our register than we do, signed by our keys",
        where=head.origin,
        expected=f"{size} entries, as our keys have signed",
        found=f"{head.size} entries",
        hint="say nothing here; an officer says whether this node was restored from a backup or "
        "its key is stolen: comity register restored, comity register stolen",
    )


def silent(where: str) -> StateError:
    """Say that nothing is said meanwhile."""
    return StateError(
        "register.restoring",
        "our registers may lack what our keys have signed: nothing is said before they are whole",
        where=where,
        hint="see why, and who is still to answer: comity register restore --node DIR",
    )


async def _base(context: Context, head: RegisterHead, size: int) -> Edge:
    """Give the tree at the last size that we signed before `size`; what it holds was read then.

    Raises:
        EdgeError: the tree on disk is not the one that we signed.
    """
    signed = await context.ports.store.checkpoint(head.origin)
    if signed is None or signed.size >= size:
        return EMPTY_EDGE
    edge = edge_at(signed.size, await context.ports.store.node_reader(head.origin))
    root = parse_checkpoint(signed.raw).checkpoint.root_hash
    if edge_root(edge) != root:
        raise damaged(head, edge, root)
    return edge


async def _edges(
    context: Context, head: RegisterHead, edge: Edge, sizes: tuple[int, ...]
) -> tuple[Edge, ...]:
    """Work out a register's tree at these sizes from its entries, read back from disk."""
    found: list[Edge] = []
    read_node = await context.ports.store.node_reader(head.origin)
    for size in sizes:
        edge = await _grow(context, head.origin, edge, size)
        if edge.size != size or edge_root(edge) != root_at(size, read_node):
            raise damaged(head, edge, root_at(size, read_node))
        found.append(edge)
    if edge.size == head.size and edge_root(edge) != head.root_hash:
        raise damaged(head, edge, head.root_hash)
    return tuple(found)


async def _grow(context: Context, origin: str, edge: Edge, size: int) -> Edge:
    while edge.size < size:
        end = min(size, edge.size + _PAGE)
        entries = await context.ports.store.entries(origin, edge.size, end)
        if not entries:
            break
        edge = append_leaves(edge, [leaf_hash(each) for each in entries]).edge
    return edge


def damaged(head: RegisterHead, edge: Edge, root: bytes) -> EdgeError:
    """Say that a register read back from disk is not what its root says."""
    return EdgeError(
        "store.register-damaged",
        "a register read back from disk does not lead to its root",
        where=f"{head.origin} size {edge.size}",
        expected=root.hex(),
        found=edge_root(edge).hex(),
        hint="sign nothing; run comity register check, and restore from a partner's mirror",
    )


async def held_root(context: Context, head: RegisterHead, size: int) -> bytes:
    """Give the root that a register held here had at a size, at most its own.

    Raises:
        InvariantError: it does not reach that far.
    """
    if size > head.size:
        raise InvariantError("flows.beyond-register", "asked for a root beyond what is held")
    return root_at(size, await context.ports.store.node_reader(head.origin))
