# SPDX-License-Identifier: Apache-2.0
"""Worlds whose nodes are served to each other over a network in memory, in virtual time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from comity.adapters.partner_signing import RequestSigner
from comity.adapters.partners_memory import Decide, MemoryNetwork, smoothly
from comity.basis.ids import AgreementId, Domain, PartyId
from comity.decision.house import allow_house_act
from comity.flows.commits import commit_on, judgements_of
from comity.flows.delivery import Delivery
from comity.flows.delivery_line import LineStatus
from comity.flows.known_card import known_version
from comity.flows.serving.taking import follow_up
from comity.flows.speak import draft_for, house_act, speak
from comity.flows.turns import turn
from comity.ports import Change, Entries, WireReply, WireRequest
from comity.statement.information import AssuranceGive
from comity.statement.judgement import Judged
from comity.tlog.push import Push, parse_push
from comity.wire.router import PartnerWire
from tests.builders.world import A_YEAR, GSOMIA, Node, World
from tests.simulator.loop import SimulatedLoop

T = TypeVar("T")


@dataclass
class Served:
    """A node with its wire and its delivery; `seen` are the requests that reached it."""

    node: Node
    network: MemoryNetwork
    answers_itself: bool = True
    seen: list[tuple[WireRequest, int]] = field(default_factory=list)
    told: list[LineStatus] = field(default_factory=list)
    delivery: Delivery | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def party(self) -> PartyId:
        return self.node.party

    @property
    def running(self) -> Delivery:
        assert self.delivery is not None
        return self.delivery

    async def start(self) -> None:
        self.listen()
        await self.deliver()

    def listen(self) -> None:
        """Answer partners."""
        domain = self.node.context.config.domain
        wire = PartnerWire(self.node.context, self._arrived)

        async def answer(request: WireRequest) -> WireReply:
            reply = await wire.answer(request)
            self.seen.append((request, reply.status))
            return reply

        self.network.answers[domain] = answer

    async def deliver(self) -> None:
        """Begin to deliver."""
        self.delivery = Delivery(self.node.context, changed=self.told.append)
        await self.delivery.start()

    async def stop(self) -> None:
        self.network.answers.pop(self.node.context.config.domain, None)
        await self.running.stop()
        for task in tuple(self._tasks):
            task.cancel()
        self.delivery = None

    def kick(self) -> None:
        self.running.kick(self.node.agreement)

    def line(self, partner: PartyId, register: PartyId | None = None) -> LineStatus:
        (found,) = (
            each
            for each in self.running.status()
            if each.partner == partner and each.register == (register or self.party)
        )
        return found

    def statuses(self) -> list[int]:
        return [status for _, status in self.seen]

    def pushes(self) -> list[Push]:
        """Read the pushes that reached this node."""
        bodies = [request.body for request, _ in self.seen if request.path == "/push"]
        return [parse_push(body) for body in bodies if isinstance(body, bytes)]

    def _arrived(self, agreement: AgreementId, party: PartyId) -> None:
        if self.delivery is not None:
            self.delivery.heard(agreement, party)
        if not self.answers_itself:
            return
        task = asyncio.get_running_loop().create_task(self._follow(agreement))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow(self, agreement: AgreementId) -> None:
        await follow_up(self.node.context, agreement)
        if self.delivery is not None:
            self.delivery.kick(agreement)


@dataclass
class Wires:
    """The served nodes of a world, and the network between them."""

    world: World
    network: MemoryNetwork
    served: dict[PartyId, Served]

    def __getitem__(self, party: PartyId) -> Served:
        return self.served[party]

    async def start(self) -> None:
        for each in self.served.values():
            await each.start()

    async def stop(self) -> None:
        for each in self.served.values():
            if each.delivery is not None:
                await each.stop()

    async def until(self, holds: Callable[[], bool], limit_s: float = 3600.0) -> float:
        """Let virtual time pass until something holds; give the seconds that it took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while not holds():
            assert loop.time() - began < limit_s, self.explain()
            await asyncio.sleep(0.01)
        return loop.time() - began

    async def settle(self) -> float:
        """Let virtual time pass until every line has delivered all there is."""
        await asyncio.sleep(0.05)
        return await self.until(self.is_settled)

    def is_settled(self) -> bool:
        lines = [
            line for each in self.served.values() if each.delivery for line in each.running.status()
        ]
        return all(
            line.state == "idle" and line.size == line.acknowledged and not line.parcels_waiting
            for line in lines
        )

    def explain(self) -> str:
        return "\n".join(
            str(line)
            for each in self.served.values()
            if each.delivery
            for line in each.running.status()
        )


def wire_up(world: World, *, decide: Decide = smoothly) -> Wires:
    """Join the nodes of a world by a network in memory."""
    network = MemoryNetwork(decide)
    served: dict[PartyId, Served] = {}
    for party, node in world.nodes.items():
        joined = join(node, network)
        world.nodes[party] = joined
        served[party] = Served(joined, network)
    return Wires(world, network, served)


def join(node: Node, network: MemoryNetwork) -> Node:
    """Give a node the way to its partners over a network."""
    ports, domain = node.ports, Domain(node.context.config.domain)

    signer = RequestSigner(
        ports.keys, ports.clock, ports.random, domain, partial(known_version, node.context)
    )
    partners = network.partners(domain, signer.sign)
    context = replace(node.context, live={}, ports=replace(ports, partners=partners))
    return replace(node, context=context)


def simulate(main: Callable[[], Coroutine[Any, Any, T]], seed: int = 1) -> T:
    """Run a story in virtual time."""
    loop = SimulatedLoop(random.Random(seed))
    try:
        asyncio.set_event_loop(loop)
        try:
            return loop.run_until_complete(main())
        finally:
            loop.run_until_complete(loop.end_all())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


async def size_of(node: Node, party: PartyId, agreement: AgreementId = GSOMIA) -> int:
    async with turn(node.context, agreement) as view:
        return view.heads[party].size


async def say(node: Node, count: int = 1) -> None:
    """Enter statements by which the node waives nothing: each an assurance that counts."""
    for _ in range(count):
        async with turn(node.context, node.agreement) as view:
            draft = draft_for(node.context, view, AssuranceGive("SECRET", None, True, True, A_YEAR))
            await speak(node.context, view, draft, house_act("assurance.give"))


async def say_at_once(node: Node, count: int) -> None:
    """Enter many statements in one commit, as days without a line leave them."""
    async with turn(node.context, node.agreement) as view:
        head, raws, judged = view.heads[node.party], [], []
        registers = view.registers.trial()
        for _ in range(count):
            draft = draft_for(node.context, view, AssuranceGive("SECRET", None, True, True, A_YEAR))
            raw = registers.speak(draft, node.clock.now()).raw
            verdict = registers.judge(node.party, raw, view.cards)
            assert isinstance(verdict, Judged)
            raws.append(raw)
            judged.append(verdict)
        await commit_on(
            node.context,
            view,
            Change(
                allowed_by=allow_house_act("assurance.give"),
                entries=(Entries(head.origin, head.size, tuple(raws)),),
                judgements=judgements_of(view, judged),
            ),
        )
        registers.keep()
        view.registers = registers
        view.take_in(judged)
