# SPDX-License-Identifier: Apache-2.0
"""Pushes as a partner's node makes them, from its own store, and what is asked over the wire."""

from __future__ import annotations

from collections.abc import Sequence

from comity.basis.ids import PartyId
from comity.flows.checkpoints import sign_register
from comity.flows.view import own_register
from comity.ports import RegisterHead, WireReply, WireRequest
from comity.tlog.add_checkpoint import AddCheckpoint
from comity.tlog.checkpoints import SignedCheckpoint, parse_checkpoint
from comity.tlog.push import PUSH_TYPE, Push, PushedParcel, format_push
from comity.wire.router import PartnerWire
from tests.builders.signed_requests import ask_by
from tests.builders.world import Node, run


def head_of(node: Node, party: PartyId) -> RegisterHead:
    return node.view().heads[party]


def latest(node: Node, party: PartyId) -> SignedCheckpoint:
    """Give the newest checkpoint that a node holds of a party's register; its own is signed."""
    view = node.view()
    if party == node.party:
        run(sign_register(node.context, own_register(view), view.keys(party)))
    note = run(node.ports.store.checkpoint(view.heads[party].origin))
    assert note is not None
    return parse_checkpoint(note.raw)


def push_from(
    node: Node,
    start: int,
    *,
    held: Sequence[SignedCheckpoint] = (),
    parcels: Sequence[PushedParcel] = (),
) -> Push:
    """Give the push by which a node goes on from a partner's size."""
    signed = latest(node, node.party)
    end = signed.checkpoint.size
    entries = run(node.ports.store.entries(signed.checkpoint.origin, start, end))
    return Push(AddCheckpoint(start, (), signed), entries, tuple(held), tuple(parcels))


def ask(node: Node, request: WireRequest) -> WireReply:
    """Let a node answer a request."""
    return run(PartnerWire(node.context).answer(request))


def push_request(push: Push | bytes) -> WireRequest:
    raw = push if isinstance(push, bytes) else format_push(push)
    return WireRequest("POST", "/push", (("content-type", PUSH_TYPE),), raw)


def push(node: Node, what: Push | bytes, *, by: Node | None = None) -> WireReply:
    """Push to a node, under nobody's signature on the request or under one's."""
    return ask_by(by, node, push_request(what))
