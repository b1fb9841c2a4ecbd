# SPDX-License-Identifier: Apache-2.0
"""Every kind of request that a partner makes, through a line that does harm: asked again, each
comes through, and what it brought is there once.

The client is the node's own; what it uploads are entries that no statement is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
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
from tests.system.proxies import FAULTS, PRANKS, BytesProxy, Fault, Prank, RequestProxy
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
PAGE = 25
TILE = 256
TRIES_IN_FAULT = 1
TRIES_MAX = 6
SWALLOWED_S = 1.0
"""So long we wait for what a line swallows; whatever else it does, it ends by itself."""

TIMEOUT_S = 60.0
NOTICED_S = 0.05
"""By then a client knows that its line was cut, and the next request takes a new one."""

CUTS = 1_500, 2_500
"""Within this many bytes a line cuts: no request is so short that it always gets through."""

SHORTEST = 400, 700
"""TLS alone takes nearly as many bytes each way: a line that cuts within them always does."""

KINDS = 6
"""Kinds of requests that `Client.upload` makes, as the proxy names them."""

Harm = Fault | Prank


@dataclass
class Asker:
    """Asks a node for one thing until it is answered, while something stands between them."""

    partners: HttpsPartners
    card: Card
    harm: Callable[[Harm | None], None]
    count: Callable[[], int] = field(default=lambda: 0, kw_only=True)
    """Says how often harm was done so far, where that is not counted by kind of request."""
    met: set[tuple[Harm, str]] = field(default_factory=set, kw_only=True)
    """What was done at the first try, and to which kind of request."""

    async def ask(
        self, harm: Harm, request: WireRequest, good: tuple[int, ...], *, signed: bool = False
    ) -> WireReply:
        """Ask while the line does harm, then while it does none, until it is answered."""
        for attempt in range(TRIES_MAX):
            in_fault = attempt < TRIES_IN_FAULT
            self.harm(harm if in_fault else None)
            swallowed = in_fault and harm is Fault.BLACKHOLE
            await asyncio.sleep(NOTICED_S)
            before = self.count()
            try:
                limit_s = SWALLOWED_S if swallowed else TIMEOUT_S
                reply = await self.partners.call(
                    self.card, request, signed=signed, timeout_s=limit_s
                )
            except EdgeError:
                reply = None
            if attempt == 0 and self.count() > before:
                self.met.add((harm, f"{request.method} {request.path.split('/')[-1]}"))
            if reply is not None and reply.status in good:
                return reply
        raise AssertionError((harm, request.method, request.path))


@dataclass
class Client(Asker):
    """A third party that writes its register at Korea's node, by the bytes of each request."""

    context: Context

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

    async def upload(self, harm: Harm) -> int:
        """Make every kind of request once: C2SP's two, a push of what is newer, reads, an echo."""
        origin, old, size, signed = await self.grow()
        store = self.context.ports.store
        read = await store.node_reader(origin)
        checkpoint = AddCheckpoint(old, prove_consistency(old, size, read).path, signed)
        body = format_head(AddEntries(origin, old, size, b""))
        for each in package_ranges(old, size):
            entries = await store.entries(origin, each.start, each.end)
            proof = prove_subtree(each.subtree, size, read).path
            body += format_package(EntryPackage(each, entries, proof))
        octets = (("content-type", "application/octet-stream"),)
        update = WireRequest("POST", "/add-checkpoint", (), format_add_checkpoint(checkpoint))
        # What came through and lost its reply is answered by the size that is held.
        await self.ask(harm, update, (200, 409))
        await self.ask(harm, WireRequest("POST", "/add-entries", octets, body), (200, 409))
        held, (origin, old, size, signed) = size, await self.grow()
        assert old == held
        entries = await store.entries(origin, old, size)
        push = format_push(Push(AddCheckpoint(old, (), signed), entries))
        await self.ask(harm, WireRequest("POST", "/push", (), push), (200, 409))
        place = f"/{origin_hash(origin)}"
        partial = (
            f"{size // TILE:03d}.p/{size % TILE}" if size % TILE else f"{size // TILE - 1:03d}"
        )
        for path in (f"{place}/checkpoint", f"{place}/tile/entries/{partial}"):
            await self.ask(harm, WireRequest("GET", path), (200,), signed=True)
        await self.ask(harm, WireRequest("POST", "/echo", (), b"x"), (200, 409), signed=True)
        return size


async def through(nodes: ServedNodes) -> tuple[int, set[tuple[Harm, str]], RequestProxy]:
    def behind() -> int | None:
        return nodes.served[KOR].partners if nodes.served else None

    where = HOST, nodes.made.ports[KOR]
    async with AsyncExitStack() as held:
        await asyncio.to_thread(nodes.start, KOR)
        opening = open_node(nodes.node_folder(USA), AT_HAND, writing=True)
        context = await held.enter_async_context(opening)
        partners = HttpsPartners(signer_of(context, nodes, USA))
        held.push_async_callback(partners.close)
        size = 0
        async with BytesProxy(*where, behind, 5, SHORTEST) as line:
            client = Client(
                *(partners, nodes.made.cards[KOR], line.harm, context), count=line.met.total
            )
            for fault in FAULTS:
                size = await client.upload(fault)
            met = client.met
        async with RequestProxy(nodes.made.proxy_tls(), *where, behind) as proxy:
            client = Client(partners, nodes.made.cards[KOR], proxy.harm, context)
            for prank in PRANKS:
                size = await client.upload(prank)
        return size, met, proxy


def signer_of(context: Context, nodes: ServedNodes, party: PartyId) -> RequestSigner:
    async def version(_: PartyId) -> int:
        return nodes.made.cards[party].version

    ports = context.ports
    return RequestSigner(ports.keys, ports.clock, ports.random, context.config.domain, version)


async def mirrored(nodes: ServedNodes) -> tuple[bytes, ...]:
    async with open_node(nodes.node_folder(KOR), AT_HAND, writing=True) as context:
        assert (await context.ports.store.check()).problems == ()
        head = (await gather_view(context, AGREEMENT)).heads[USA]
        return await context.ports.store.entries(head.origin, 0, head.size)


def test_every_kind_of_request_comes_through_once(made_three: Made, tmp_path: Path) -> None:
    with copied(made_three, tmp_path, behind=True) as nodes:
        size, met, proxy = asyncio.run(through(nodes))
        assert nodes.stop(KOR) == [0]
        entries = asyncio.run(mirrored(nodes))
        assert not {"request.fault", "loop.fault", "serve.fault"} & set(nodes.events(KOR))
    print(size, sorted(met), dict(proxy.met))
    assert entries == tuple(b"%d" % each for each in range(size))
    assert size == 2 * PAGE * (len(FAULTS) + len(PRANKS))
    assert len(met) == KINDS * len(FAULTS)
    assert len(proxy.met) == KINDS * len(PRANKS)
    assert not any(status >= 500 for _, status in proxy.replies)
