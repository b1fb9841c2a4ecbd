# SPDX-License-Identifier: Apache-2.0
"""A world of nodes under one seed: founded by the real flows, then lived in while things go wrong.

A world is told once per topology and kept as bytes; each seed goes on from there.
"""

from __future__ import annotations

import asyncio
import pickle
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from comity.basis.errors import ComityError, InvariantError
from comity.basis.ids import PartyId
from comity.basis.instants import Date
from comity.decision.people import Facility
from comity.decision.stages import Refused
from comity.flows.courier.packing import pack_bundle
from comity.flows.courier.taking import take_bundle
from comity.flows.documents import DRAFT
from comity.flows.people.register import add_person, set_facility
from comity.flows.promises import promise
from comity.flows.set_up import CardWords, found_node, pin_agreement, pin_card
from comity.flows.treaty.acts import declare, propose
from comity.keys.cards import fingerprint
from comity.ports import Change, Committed
from comity.statement.information import AssuranceGive
from comity.statement.treaty import AgreementEntryNotification, AgreementInitial, AgreementSign
from tests.simulator.alike import Alike
from tests.simulator.cast import (
    A_YEAR,
    AUDITOR,
    ENTRY,
    REGISTRAR,
    TOPOLOGIES,
    Topology,
    agreement_file,
    people_of,
)
from tests.simulator.discs import Post
from tests.simulator.disk import Disk
from tests.simulator.invariants import check_change, check_crash
from tests.simulator.ledger import Ledger, leaf
from tests.simulator.loop import SimulatedLoop, run_simulated
from tests.simulator.network import Network
from tests.simulator.nodes import NodeClock, SimulatedNode, weather_of
from tests.simulator.program import (
    KilledError,
    Trace,
    ViolationError,
    watch_crash_points,
)
from tests.simulator.remembered import reading_once
from tests.simulator.served import Served
from tests.simulator.suite import cheap_suite
from tests.simulator.unreal import nothing_real

# Of later pacts nobody has assured anything when the people begin.
_ASSURED = ("SECRET", "CONFIDENTIAL", "SECRET")


@dataclass
class World:
    """The nodes, what is known outside of them, and what went wrong first."""

    topology: Topology
    seed: str
    trace: Trace
    ledger: Ledger = field(default_factory=Ledger)
    post: Post = field(default_factory=Post)
    nodes: dict[PartyId, SimulatedNode] = field(default_factory=dict)
    violation: BaseException | None = None
    deaths: asyncio.Queue[SimulatedNode] = field(default_factory=asyncio.Queue)
    network: Network = field(init=False)
    served: dict[PartyId, Served] = field(default_factory=dict)
    alike: Alike = field(default_factory=Alike)

    def __post_init__(self) -> None:
        """Join whoever is there by a network."""
        for party in self.topology.parties:
            self.nodes[party] = SimulatedNode(
                party,
                self.trace,
                NodeClock(self.trace.now),
                weather_of(party, self.seed),
                self.post,
                self,
            )
        self.network = Network(
            self.trace,
            lambda: self.ledger,
            self.nodes,
            hubs=self.topology.hubs,
            seed=self.seed,
        )
        self.network.blame = self.blame
        for node in self.nodes.values():
            node.partners = self.network.partners

    def draws(self, name: str) -> random.Random:
        """Give the draws of one purpose: what another purpose draws does not move them."""
        return random.Random(f"{name}/{self.seed}")

    def committed(
        self, node: SimulatedNode, change: Change, committed: Committed, act: int | None
    ) -> None:
        """Hold what became durable against the ledger."""
        for at in committed.positions:
            said = node.disk.tables.entries(at.origin, at.start, at.end)
            digest = leaf(b"".join(said)).hex()[:12]
            self.trace.note(node.party, "durable", at.origin, at.start, at.end, digest)
        for given in change.cosignatures:
            self.trace.note(node.party, "keeps", given.origin, given.size, given.party)
        self.guard(lambda: check_change(self.ledger, self.nodes, node, change, act))
        if node.party in self.served and node.is_up:
            self.served[node.party].wrote(change, committed)

    def back_up(self, node: SimulatedNode) -> bytes:
        """Copy a node's store, as it is on the disk now."""
        node.disk.tables.undo.clear()
        return pickle.dumps(node.disk.tables)

    def put_back(self, node: SimulatedNode, backup: bytes) -> None:
        """Put a dead node's store back; keys, custody and blobs stand apart from it."""
        if node.is_up:
            return
        node.disk.tables = pickle.loads(backup)
        node.is_put_back = True
        self.network.put_back[node.party] = self.trace.now()
        sizes = {
            origin: max(
                head.size
                for other in self.nodes.values()
                if (head := other.disk.tables.head(origin)) is not None
            )
            for origin, owner in self.ledger.owners.items()
            if owner == node.party
        }
        drafts = node.disk.tables.documents(DRAFT, prefix="", after="", limit=1_000_000)
        self.ledger.put_back(node.party, sizes, {each.key for each in drafts})
        self.post.forget(node.party)
        self.trace.note(node.party, "put back", *sorted(sizes.items()))

    def died(self, node: SimulatedNode) -> None:
        """Leave on the disk what a crash leaves, once the writer has come to its end."""
        asyncio.get_running_loop().call_soon(self._bury, node)

    def _bury(self, node: SimulatedNode) -> None:
        node.disk.lose_unsynced()
        self.trace.note(node.party, "dead")
        self.guard(lambda: check_crash(self.ledger, self.nodes, node))
        self.deaths.put_nowait(node)

    def ended(self, node: SimulatedNode, name: str, err: BaseException | None) -> None:
        """A task has ended: only the dead and the refused may end by an error."""
        if err is None or isinstance(err, KilledError):
            return
        if isinstance(err, ComityError) and not isinstance(err, InvariantError):
            self.trace.note(node.party, "failed", name, err.code)
            return
        self.blame(err)

    def guard(self, check: Callable[[], None]) -> None:
        """Run a check; what it finds ends the world."""
        try:
            check()
        except ViolationError as err:
            self.blame(err)

    def blame(self, err: BaseException) -> None:
        """Keep the first thing that went wrong."""
        self.trace.note("world", "violation", err)
        if self.violation is None:
            self.violation = err

    def raise_if_violated(self) -> None:
        """Raise what went wrong."""
        if self.violation is not None:
            raise self.violation

    async def sleep(self, seconds: float) -> None:
        """Let time pass, second by second, until something goes wrong."""
        end = asyncio.get_running_loop().time() + seconds
        while (left := end - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(min(1.0, left))
            self.guard(lambda: self.alike.look(self.nodes, self.trace.now()))
            self.raise_if_violated()

    async def call(self, node: SimulatedNode, flow: Coroutine[Any, Any, Any]) -> Any:
        """Run a flow in a node's program and return its outcome."""
        return await node.running.spawn(flow, "call")


def new_world(topology: Topology, seed: str, loop: SimulatedLoop) -> World:
    """Make a world of empty disks; nobody runs yet."""
    return World(topology, seed, Trace(loop.time))


async def carry(world: World, sender: PartyId, receiver: PartyId, name: str) -> None:
    """Carry one disc at once."""
    packed = await world.call(
        world.nodes[sender], pack_bundle(world.nodes[sender].context, receiver, name)
    )
    for volume in packed.names:
        await world.call(world.nodes[receiver], take_bundle(world.nodes[receiver].context, volume))
        world.post.discs.pop(volume)


async def settle(world: World, rounds: int = 2) -> None:
    """Carry discs both ways between all who share an agreement."""
    parties = world.topology.parties
    for number in range(rounds):
        for one in parties:
            for other in parties:
                if one != other and world.topology.shared(one, other):
                    await carry(world, one, other, f"settle {one} {other} {number}")


async def found(world: World, assured_until: Date = A_YEAR) -> None:
    """Tell the beginning of every story: cards, pins, people, agreements in force, assurances."""
    cards = {}
    for party, node in world.nodes.items():
        node.start()
        words = CardWords((("en", party),), f"Authority of {party}")
        cards[party] = await world.call(node, found_node(node.context, words))
    for party, node in world.nodes.items():
        for other, card in cards.items():
            if other != party and world.topology.shared(party, other):
                pin = pin_card(node.context, card.raw, compared=fingerprint(card))
                await world.call(node, pin)
        for pact in world.topology.pacts:
            for other in pact.parties if party in pact.parties else ():
                if other != party:
                    await world.call(node, pin_agreement(node.context, pact.id, other))
        await world.call(node, _register_people(node))
    await _sign(world, assured_until)
    world.raise_if_violated()


async def _register_people(node: SimulatedNode) -> None:
    await set_facility(node.context, Facility("hq", None), None)
    for person in people_of():
        by = None if person.id == REGISTRAR else REGISTRAR
        assert not isinstance(await add_person(node.context, person, by), Refused)
    outcome = await set_facility(node.context, Facility("hq", AUDITOR), REGISTRAR)
    assert not isinstance(outcome, Refused)


async def _sign(world: World, assured_until: Date) -> None:
    for pact in world.topology.pacts:
        node = world.nodes[pact.parties[0]]
        await world.call(node, propose(node.context, agreement_file(pact)))
    await settle(world)
    for body in (AgreementInitial(""), AgreementSign(""), AgreementEntryNotification(ENTRY, "")):
        for pact in world.topology.pacts:
            for party in pact.parties if pact.signed else ():
                node = world.nodes[party]
                await world.call(node, declare(node.context, pact.id, body))
        await settle(world, 1)
    for pact, level in zip(world.topology.pacts, _ASSURED, strict=False):
        assurance = AssuranceGive(level, None, True, True, assured_until)
        for party in pact.parties if pact.signed else ():
            node = world.nodes[party]
            await world.call(node, promise(node.context, pact.id, assurance, REGISTRAR))
    await settle(world)


@dataclass(frozen=True)
class Beginning:
    """A founded world as bytes: disks, the ledger, and when it was."""

    raw: bytes
    at_s: float


@cache
def beginning(name: str) -> Beginning:
    """Found a topology's world once."""
    topology = next(each for each in TOPOLOGIES if each.name == name)
    draws = random.Random("beginning")

    def main(loop: SimulatedLoop) -> Callable[[], Coroutine[Any, Any, Beginning]]:
        async def tell() -> Beginning:
            world = new_world(topology, f"beginning/{name}", loop)
            await found(world)
            for node in world.nodes.values():
                node.stop()
            await asyncio.sleep(1)
            world.raise_if_violated()
            for node in world.nodes.values():
                node.disk.tables.undo.clear()
            disks = {party: node.disk for party, node in world.nodes.items()}
            return Beginning(pickle.dumps((disks, world.ledger)), loop.time())

        return tell

    watch_crash_points()
    with cheap_suite("beginning"), reading_once(), nothing_real():
        return run_simulated(draws, main)


def begin(topology: Topology, seed: str, loop: SimulatedLoop) -> World:
    """Go on from a founded world; nobody runs yet."""
    start = beginning(topology.name)
    world = new_world(topology, seed, loop)
    disks: dict[PartyId, Disk]
    disks, world.ledger = pickle.loads(start.raw)
    offset = int(start.at_s * 1000) + 1000
    for party, node in world.nodes.items():
        node.disk = disks[party]
        node.clock.offset_ms = offset
    return world
