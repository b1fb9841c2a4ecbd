# SPDX-License-Identifier: Apache-2.0
"""The network between nodes in memory: the real router answers, and the seed decides what fails.

Requests are dropped, delayed, cut and doubled, replies are lost, pairs are parted, and an old
request may come again much later. What passes is held against the disks: nothing leaves a node
that is not durable there, and no parcel comes before its entry is acknowledged.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from comity.adapters.partner_signing import RequestSigner
from comity.adapters.partners_memory import Course, Fault, MemoryNetwork, MemoryPartners
from comity.basis.errors import EdgeError, InputError
from comity.basis.ids import AgreementId, Domain, PartyId
from comity.flows.known_card import known_version
from comity.keys.cards import Card
from comity.ports import WireReply, WireRequest
from comity.statement.information import ItemRelease, RequestMake
from comity.tlog.push import Push, parse_push
from tests.simulator.cast import config_of
from tests.simulator.invariants import Nodes, demand
from tests.simulator.ledger import Ledger, leaf
from tests.simulator.nodes import SimulatedNode
from tests.simulator.program import KilledError, Trace

Pair = frozenset[PartyId]
_LATE_S: Final = 90.0
_BLACKHOLE_S: Final = 10_000.0


@dataclass
class Roads:
    """How requests fare now. `parted` pairs reach each other not at all, `apart` never do."""

    draws: random.Random
    drop: float = 0.0
    lose_reply: float = 0.0
    duplicate: float = 0.0
    cut: float = 0.0
    replay: float = 0.0
    delay_s: float = 0.02
    parted: set[Pair] = field(default_factory=set)
    apart: set[Pair] = field(default_factory=set)

    def course(self, sender: PartyId, receiver: PartyId) -> Course:
        """Draw how one request fares."""
        before, after = (self.draws.expovariate(1 / self.delay_s) for _ in range(2))
        if frozenset((sender, receiver)) in self.parted | self.apart:
            black = self.draws.random() < 0.3
            return Course(Fault.DROP, _BLACKHOLE_S if black else before, after)
        faults = (Fault.DROP, Fault.LOSE_REPLY, Fault.DUPLICATE, Fault.CUT)
        chances = (self.drop, self.lose_reply, self.duplicate, self.cut)
        roll = self.draws.random()
        for fault, chance in zip(faults, chances, strict=True):
            if roll < chance:
                return Course(fault, before, after)
            roll -= chance
        return Course(Fault.NONE, before, after)

    def calm(self) -> None:
        """Let everything through, but for those who never reach each other."""
        self.drop = self.lose_reply = self.duplicate = self.cut = self.replay = 0.0
        self.parted.clear()


class Network:
    """Who answers where, and what is seen on the way."""

    def __init__(
        self,
        trace: Trace,
        ledger: Callable[[], Ledger],
        nodes: Nodes,
        *,
        hubs: Mapping[AgreementId, PartyId],
        seed: str,
    ) -> None:
        """Begin with nobody there."""
        self._hubs = hubs
        self.roads = Roads(random.Random(f"roads/{seed}"))
        self.put_back: dict[PartyId, float] = {}
        self.blame: Callable[[BaseException], None] = _raise
        self._trace, self._ledger, self._nodes = trace, ledger, nodes
        self._memory = MemoryNetwork(self._decide)
        self._parties = {config_of(party).domain: party for party in nodes}

    def partners(self, node: SimulatedNode) -> MemoryPartners:
        """Give a node's way to its partners."""
        domain = config_of(node.party).domain

        async def sign(card: Card, request: WireRequest) -> WireRequest:
            context = node.context
            signer = RequestSigner(
                context.ports.keys,
                context.ports.clock,
                context.ports.random,
                domain,
                lambda party: known_version(context, party),
            )
            return await signer.sign(card, request)

        return self._memory.partners(domain, sign)

    def serve(
        self, node: SimulatedNode, answer: Callable[[WireRequest], Awaitable[WireReply]]
    ) -> None:
        """Let a node's program answer for it, for as long as it runs."""
        program = node.running

        async def gate(request: WireRequest) -> WireReply:
            if not program.alive:
                raise EdgeError("partners.connect", "a partner was not reached", found="nobody")
            push = _read_push(request)
            self._note(node, request, push)
            self._guard(lambda: self._check_request(node, push))
            task = program.spawn(answer(request), "answer")  # type: ignore[arg-type]
            await asyncio.wait([task])
            if task.cancelled() or isinstance(task.exception(), KilledError):
                raise EdgeError("partners.read", "a partner was not reached", found="cut off")
            reply = task.result()
            assert isinstance(reply, WireReply)
            self._trace.note(node.party, "replies", request.path, reply.status, reply.body[:12])
            self._guard(lambda: self._check_reply(node, push, reply))
            self._replay(request, gate)
            return reply

        self._memory.answers[config_of(node.party).domain] = gate

    def _guard(self, check: Callable[[], None]) -> None:
        try:
            check()
        except AssertionError as err:
            self.blame(err)

    def _decide(self, sender: Domain, receiver: Domain, request: WireRequest) -> Course:
        course = self.roads.course(self._parties[sender], self._parties[receiver])
        if course.fault is not Fault.NONE:
            one, other = self._parties[sender], self._parties[receiver]
            self._trace.note(one, "road", other, request.path, course.fault)
        return course

    def _replay(
        self, request: WireRequest, gate: Callable[[WireRequest], Awaitable[WireReply]]
    ) -> None:
        """Let an old request come again, long after."""
        if not isinstance(request.body, bytes) or self.roads.draws.random() >= self.roads.replay:
            return

        async def again() -> None:
            began = self._trace.now()
            await asyncio.sleep(self.roads.draws.random() * _LATE_S)
            if self._is_of_another_life(request, began):
                return
            try:
                await gate(request)
            except EdgeError:
                return

        asyncio.get_running_loop().create_task(again(), name="replay")

    def _is_of_another_life(self, request: WireRequest, began: float) -> bool:
        """Answer whether a request is from before its sender's store was put back.

        What was on its way during a restore may make two stories of one (docs/decisions/0008).
        """
        push = _read_push(request)
        if push is None:
            return bool(self.put_back)
        sender = self._ledger().owners.get(push.origin)
        return sender in self.put_back and self.put_back[sender] >= began

    def _note(self, node: SimulatedNode, request: WireRequest, push: Push | None) -> None:
        what = "" if push is None else f"{push.origin} {push.start} {push.end} {len(push.parcels)}"
        self._trace.note(node.party, "asked", request.method, request.path, what)

    def _check_request(self, node: SimulatedNode, push: Push | None) -> None:
        """Hold a push against what is durable at its sender and acknowledged by its receiver."""
        if push is None:
            return
        said = self._ledger().entries.get(push.origin, [])
        demand(push.end <= len(said), "a checkpoint left before its entries were durable", push.end)
        for index, raw in enumerate(push.entries, push.start):
            demand(said[index] == leaf(raw), "an entry was sent that was never said", index)
        for parcel in push.parcels:
            signed = (push.signed, *push.held)[parcel.register]
            origin = signed.checkpoint.origin
            if not self._is_sealed(origin, parcel.index):
                continue
            self._check_parcel(node, origin, parcel.index)

    def _check_parcel(self, node: SimulatedNode, origin: str, index: int) -> None:
        """A parcel goes to whom it is for, once the receipt of its entry is kept by its sender."""
        ledger = self._ledger()
        statement = ledger.statements[origin, index]
        hub = self._hubs.get(statement.agreement_id)
        is_carried_on = node.party == hub and set(statement.to) != {hub}
        demand(
            node.party in statement.to or is_carried_on,
            "a parcel goes to another party",
            origin,
            index,
        )
        head = node.disk.tables.head(origin)
        sender = self._nodes[ledger.owners[origin] if hub in (None, node.party) else hub]
        kept = sender.disk.tables.cosignature(origin, None, node.party)
        acknowledged = kept is not None and kept.size > index
        # Of a receiver that was put back its sender knows no better yet.
        is_put_back = node.party in self.put_back
        demand(
            acknowledged and (is_put_back or (head is not None and head.size > index)),
            "a parcel leaves before its entry is acknowledged",
            origin,
            index,
            f"to {node.party}",
        )

    def _is_sealed(self, origin: str, index: int) -> bool:
        """Answer whether an entry names a sealed parcel; cards and files are for all to read."""
        statement = self._ledger().statements.get((origin, index))
        return statement is not None and isinstance(statement.body, ItemRelease | RequestMake)

    def _check_reply(self, node: SimulatedNode, push: Push | None, reply: WireReply) -> None:
        """Hold a cosignature that leaves against the disk of its giver."""
        if push is None or reply.status != 200 or not push.end:
            return
        head = node.disk.tables.head(push.origin)
        demand(
            head is not None and head.size >= push.end,
            "a cosignature leaves for entries that are not durable",
            push.origin,
            push.end,
            f"at {node.party}",
        )


def _read_push(request: WireRequest) -> Push | None:
    if request.path != "/push" or not isinstance(request.body, bytes):
        return None
    try:
        return parse_push(request.body)
    except InputError:
        return None


def _raise(err: BaseException) -> None:
    raise err
