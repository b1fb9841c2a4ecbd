# SPDX-License-Identifier: Apache-2.0
"""Every kind of request that a partner makes, through a line that does harm: asked again, each
comes through, and what it brought is there once.

The client is the node's own; what it uploads are entries that no statement is.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from comity.adapters.partner_https import HttpsPartners
from comity.adapters.partner_signing import RequestSigner
from comity.basis.errors import EdgeError
from comity.basis.ids import PartyId
from comity.decision.house import allow_house_act
from comity.flows.checkpoints import sign_sizes
from comity.flows.context import Context
from comity.flows.view import gather_view, own_register
from comity.keys.cards import Card
from comity.node import open_node
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
from comity.tlog.origin import origin_hash
from comity.tlog.proofs import prove_consistency
from comity.tlog.push import Push, format_push
from comity.tlog.subtrees import prove_subtree
from tests.system.proxies import BytesProxy, Fault
from tests.system.served_pair import (
    AT_HAND,
    HOST,
    KOR,
    USA,
    Made,
    ServedNodes,
    agreement_between,
    copied,
)

pytestmark = [pytest.mark.slow]
AGREEMENT = agreement_between(KOR, USA)
FAULTS = (Fault.REFUSE, Fault.CUT_REQUEST, Fault.CUT_REPLY, Fault.DELAY, Fault.BLACKHOLE)
PAGE = 40
TRIES_IN_FAULT = 2
TRIES_MAX = 6
TIMEOUT_S = 1.5


@dataclass
class Client:
    """A third party that writes its register at Korea's node, by the bytes of each request."""

    context: Context
    partners: HttpsPartners
    proxy: BytesProxy
    card: Card

    async def grow(self) -> tuple[str, int, int, SignedCheckpoint]:
        """Enter a page of entries and sign them."""
        head = own_register(await gather_view(self.context, AGREEMENT))
        page = tuple(b"%d" % each for each in range(head.size, head.size + PAGE))
        allowed = allow_house_act("test")
        await self.context.ports.store.commit(
            Change(allowed_by=allowed, entries=(Entries(head.origin, head.size, page),))
        )
        view = await gather_view(self.context, AGREEMENT)
        size = head.size + PAGE
        notes = await sign_sizes(self.context, own_register(view), view.keys(USA), (size,))
        return head.origin, head.size, size, parse_checkpoint(notes[0].raw)

    async def ask(
        self, fault: Fault, request: WireRequest, good: tuple[int, ...], *, signed: bool = False
    ) -> WireReply:
        """Ask while the line does harm, then while it does none, until it is answered."""
        for attempt in range(TRIES_MAX):
            self.proxy.turn_to(fault if attempt < TRIES_IN_FAULT else Fault.NONE)
            try:
                reply = await self.partners.call(
                    self.card, request, signed=signed, timeout_s=TIMEOUT_S
                )
            except EdgeError:
                continue
            if reply.status in good:
                return reply
        raise AssertionError((fault, request.method, request.path))

    async def upload(self, fault: Fault) -> int:
        """Make every kind of request once: C2SP's two, a push, reads, an echo."""
        origin, old, size, signed = await self.grow()
        store = self.context.ports.store
        read = await store.node_reader(origin)
        checkpoint = AddCheckpoint(old, prove_consistency(old, size, read).path, signed)
        body = format_head(AddEntries(origin, old, size, b""))
        for each in package_ranges(old, size):
            entries = await store.entries(origin, each.start, each.end)
            proof = prove_subtree(each.subtree, size, read).path
            body += format_package(EntryPackage(each, entries, proof))
        entries = await store.entries(origin, old, size)
        push = format_push(Push(AddCheckpoint(old, (), signed), entries))
        place = f"/{origin_hash(origin)}"
        octets = (("content-type", "application/octet-stream"),)
        asked = (
            (WireRequest("POST", "/add-checkpoint", (), format_add_checkpoint(checkpoint)), False),
            (WireRequest("POST", "/add-entries", octets, body), False),
            (WireRequest("POST", "/push", (), push), False),
            (WireRequest("GET", f"{place}/checkpoint"), True),
            (WireRequest("GET", f"{place}/tile/entries/000.p/{size}"), True),
            (WireRequest("POST", "/echo", (), b"x"), True),
        )
        for request, is_signed in asked:
            # What came through and lost its reply is answered by the size that is held.
            good = (200, 409) if request.method == "POST" else (200,)
            await self.ask(fault, request, good, signed=is_signed)
        return size


async def through(nodes: ServedNodes) -> tuple[int, BytesProxy]:
    def behind() -> int | None:
        return nodes.served[KOR].partners if nodes.served else None

    async with AsyncExitStack() as held:
        await asyncio.to_thread(nodes.start, KOR)
        proxy = await held.enter_async_context(BytesProxy(HOST, nodes.made.ports[KOR], behind, 5))
        opening = open_node(nodes.node_folder(USA), AT_HAND, writing=True)
        context = await held.enter_async_context(opening)
        partners = HttpsPartners(signer_of(context, nodes), connect_timeout_s=TIMEOUT_S)
        held.push_async_callback(partners.close)
        client = Client(context, partners, proxy, nodes.made.cards[KOR])
        sizes = [await client.upload(fault) for fault in FAULTS]
        return sizes[-1], proxy


def signer_of(context: Context, nodes: ServedNodes) -> RequestSigner:
    async def version(_: PartyId) -> int:
        return nodes.made.cards[USA].version

    ports = context.ports
    return RequestSigner(ports.keys, ports.clock, ports.random, context.config.domain, version)


async def mirrored(nodes: ServedNodes) -> tuple[bytes, ...]:
    async with open_node(nodes.node_folder(KOR), AT_HAND, writing=True) as context:
        assert (await context.ports.store.check()).problems == ()
        head = (await gather_view(context, AGREEMENT)).heads[USA]
        return await context.ports.store.entries(head.origin, 0, head.size)


def test_every_kind_of_request_comes_through_once(made_three: Made, tmp_path: Path) -> None:
    with copied(made_three, tmp_path, behind=True) as nodes:
        size, proxy = asyncio.run(through(nodes))
        assert nodes.stop(KOR) == [0]
        entries = asyncio.run(mirrored(nodes))
    print(size, dict(proxy.met))
    assert entries == tuple(b"%d" % each for each in range(size))
    assert size == PAGE * len(FAULTS)
    assert set(proxy.met) >= set(FAULTS)
