# SPDX-License-Identifier: Apache-2.0
"""What a C2SP mirror client sends: checkpoints with proofs, entries in packages."""

from __future__ import annotations

import gzip
from collections.abc import Sequence

from comity.decision.house import allow_house_act
from comity.flows.checkpoints import sign_sizes
from comity.flows.documents import EQUIVOCATION, PENDING
from comity.flows.mirror import take_cosignature
from comity.flows.view import own_register
from comity.ports import Change, Entries, WireReply, WireRequest
from comity.tlog.add_checkpoint import AddCheckpoint, format_add_checkpoint
from comity.tlog.add_entries import (
    AddEntries,
    EntryPackage,
    format_head,
    format_package,
    package_ranges,
)
from comity.tlog.checkpoints import SignedCheckpoint, parse_checkpoint
from comity.tlog.mirror_sizes import MirrorInfo, parse_mirror_info
from comity.tlog.proofs import prove_consistency
from comity.tlog.push import Push
from comity.tlog.subtrees import prove_subtree
from tests.builders.signed_requests import ask_by
from tests.builders.world import JPN, KOR, Node, World, run


def signed_at(node: Node, size: int) -> SignedCheckpoint:
    """Give the checkpoint of a node's own register at a size."""
    view = node.view()
    notes = run(sign_sizes(node.context, own_register(view), view.keys(node.party), (size,)))
    return parse_checkpoint(notes[0].raw)


def checkpoint_body(node: Node, old: int, size: int) -> AddCheckpoint:
    """Give the body by which a node's register is said to have grown from one size to another."""
    signed = signed_at(node, size)
    read_node = run(node.ports.store.node_reader(signed.checkpoint.origin))
    return AddCheckpoint(old, prove_consistency(old, size, read_node).path, signed)


def add_checkpoint(node: Node, body: AddCheckpoint | bytes, *, by: Node | None = None) -> WireReply:
    """Add a checkpoint at a node, under nobody's signature on the request or under one's."""
    raw = body if isinstance(body, bytes) else format_add_checkpoint(body)
    return ask_by(by, node, WireRequest("POST", "/add-checkpoint", (), raw))


def packages(node: Node, start: int, end: int) -> list[EntryPackage]:
    """Give the canonical packages of a node's own register."""
    head = own_register(node.view())
    read_node = run(node.ports.store.node_reader(head.origin))
    return [
        EntryPackage(
            range_,
            run(node.ports.store.entries(head.origin, range_.start, range_.end)),
            prove_subtree(range_.subtree, end, read_node).path,
        )
        for range_ in package_ranges(start, end)
    ]


def upload_body(
    node: Node, start: int, end: int, *, count: int | None = None, ticket: bytes = b""
) -> bytes:
    """Give the body that uploads a node's own entries, or the first packages of it."""
    origin = own_register(node.view()).origin
    written = [format_package(each) for each in packages(node, start, end)[:count]]
    return format_head(AddEntries(origin, start, end, ticket)) + b"".join(written)


def add_entries(
    node: Node, raw: bytes, *, gzipped: bool = False, by: Node | None = None
) -> WireReply:
    """Upload entries to a node, under nobody's signature on the request or under one's."""
    headers: Sequence[tuple[str, str]] = (("content-type", "application/octet-stream"),)
    if gzipped:
        raw, headers = gzip.compress(raw), (*headers, ("content-encoding", "gzip"))
    return ask_by(by, node, WireRequest("POST", "/add-entries", tuple(headers), raw))


def fill(node: Node, count: int, mark: str = "x") -> int:
    """Enter entries that no statement is, many at once; give the register's size."""
    head = node.view().heads[node.party]
    entries = tuple(f"{mark}{number}".encode() for number in range(count))
    run(
        node.ports.store.commit(
            Change(
                allowed_by=allow_house_act("test"),
                entries=(Entries(head.origin, head.size, entries),),
            )
        )
    )
    return head.size + count


def push_between(node: Node, start: int, end: int) -> Push:
    """Give the push of a stretch of a node's own register."""
    signed = signed_at(node, end)
    entries = run(node.ports.store.entries(signed.checkpoint.origin, start, end))
    return Push(AddCheckpoint(start, (), signed), entries)


def held(world: World) -> int:
    return world.jpn.sizes()[KOR]


def told(reply: WireReply, status: int) -> MirrorInfo:
    assert reply.status == status, reply
    assert reply.header("content-type") == "text/x.tlog.mirror-info"
    return parse_mirror_info(reply.body)


def pending(node: Node) -> list[str]:
    return [each.key for each in run(node.ports.store.documents(PENDING))]


def evidence(node: Node) -> int:
    return len(run(node.ports.store.documents(EQUIVOCATION)))


def is_receipt(world: World, size: int, lines: bytes) -> bool:
    view = world.kor.view()
    return run(take_cosignature(world.kor.context, view, JPN, size, lines))
