# SPDX-License-Identifier: Apache-2.0
"""What must hold once nothing goes wrong any more: all hold the same, and it is all there."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from comity.basis.ids import PartyId, Place
from comity.flows.arrivals import due_parcels, missing_payloads
from comity.flows.checkpoints import is_restoring
from comity.flows.context import Context
from comity.flows.erased import find_erased
from comity.flows.parcels import Parcel, parcel_of
from comity.flows.speak import Entered
from comity.flows.turns import read_view
from comity.flows.upkeep import tend
from comity.ports import Holding
from comity.statement.envelope import Statement
from comity.statement.information import ItemRelease, RequestMake
from comity.statement.judgement import TIME_AHEAD
from comity.statement.trust import StatementReject, TimeDispute
from tests.builders.dutiful import duties_bytes
from tests.simulator.cast import Pact
from tests.simulator.invariants import demand
from tests.simulator.nodes import SimulatedNode
from tests.simulator.world import World


async def settled(world: World) -> bool:
    """Answer whether every node is up, and holds all that its partners have said and sent."""
    for node in world.nodes.values():
        if not node.is_up or await world.call(node, is_restoring(node.context)):
            return False
    for origin, said in world.ledger.entries.items():
        for node in world.nodes.values():
            head = node.disk.tables.head(origin)
            if head is not None and head.size != len(said):
                return False
    for pact in world.topology.pacts:
        for party in pact.parties:
            node = world.nodes[party]
            if await world.call(node, _lacks(world, node.context, pact)):
                return False
    return True


def _anew(node: SimulatedNode) -> Context:
    """Give the node's ports with nothing remembered: all is read from the disk."""
    return Context(node.context.config, node.context.ports, node.context.operator)


async def _lacks(world: World, context: Context, pact: Pact) -> tuple[object, ...]:
    view = await read_view(context, pact.id)
    due = await due_parcels(context, view)
    gone = [each for each in due if _is_gone(world, view.heads[each.place.party].origin, each)]
    lost = {part.digest for each in gone for part in each.parts}
    missing = [each for each in await missing_payloads(context, view) if each not in lost]
    return (*missing, *view.waiting, *(each.place for each in due if each not in gone))


def _is_gone(world: World, origin: str, parcel: Parcel) -> bool:
    """Answer whether a parcel was lost with its originator's store, which was put back."""
    place, disk = parcel.place, world.nodes[parcel.place.party].disk
    if place.party not in world.ledger.restored:
        return False
    beside = disk.tables.parcel(origin, place.index) is not None
    return not beside and any(part.digest not in disk.blobs for part in parcel.parts)


async def check_agreement(world: World) -> None:
    """Hold all nodes against each other, by what is read anew from their disks."""
    anew = {party: _anew(node) for party, node in world.nodes.items()}
    for pact in world.topology.pacts:
        states: dict[PartyId, bytes] = {}
        for party in pact.parties:
            node = world.nodes[party]
            _check_sizes(world, node)
            lacks = await world.call(node, _lacks(world, anew[party], pact))
            demand(not lacks, "something never came", pact.id, party, *lacks)
            await world.call(node, _check_parcels(world, node, anew[party], pact))
            states[party] = await world.call(node, _export(anew[party], pact))
            live = await world.call(node, _export(node.context, pact))
            demand(live == states[party], "a node shows otherwise than its registers", party)
        demand(len(set(states.values())) == 1, "states differ at equal positions", pact.id)
    for pact in world.topology.pacts:
        for party in pact.parties:
            await _check_nothing_owed(world, world.nodes[party], tend(anew[party], pact.id))
    for node in world.nodes.values():
        is_silent = await world.call(node, is_restoring(anew[node.party]))
        demand(not is_silent, "a restored node never knew that it is whole", node.party)
        report = await world.call(node, node.context.ports.store.check())
        demand(not report.problems, "a register is damaged", node.party, report.problems)


async def _check_parcels(world: World, node: SimulatedNode, anew: Context, pact: Pact) -> None:
    """Every parcel that counts, and was not refused, lies on its recipient's disk with its key.

    What was erased there has none. What a store that was put back has lost, its originator does
    not send again by itself.
    """
    state, own, tables = (await read_view(anew, pact.id)).fold.state, node.party, node.disk.tables
    for (origin, index), statement in world.ledger.statements.items():
        body, place = statement.body, Place(statement.by, index)
        if statement.agreement_id != pact.id or own not in statement.to:
            continue
        if not isinstance(body, ItemRelease | RequestMake) or body.sealed is None:
            continue
        if (place, own) not in state.receipts and (
            (place, own) in state.refusals
            or (own, place) in state.rejections
            or not (place in state.items or place in state.requests)
        ):
            continue
        digest = body.sealed.sha256
        parcel = parcel_of(place, statement)
        if parcel is None or _is_gone(world, origin, parcel):
            continue
        if await find_erased(anew, pact.id, place) is not None:
            continue
        held = f"{digest} {pact.id}/{place}" in node.disk.custody
        demand(held, "a parcel's key is in nobody's custody", own, place)
        is_here = digest in node.disk.blobs or tables.parcel(origin, index) is not None
        is_lost = own in world.ledger.restored
        demand(is_here or is_lost, "a parcel is not on the disk", own, place)


async def _check_nothing_owed(
    world: World, node: SimulatedNode, tending: Coroutine[Any, Any, tuple[Entered, ...]]
) -> None:
    """A node has answered by itself all that it answers; a clock set right may find more."""
    for each in await world.call(node, tending):
        owed = each.statement
        where = owed.agreement_id, node.party
        demand(_is_of_clocks(owed), "something was owed and not done", *where, owed.kind)


def _is_of_clocks(statement: Statement) -> bool:
    body = statement.body
    rejects = isinstance(body, StatementReject) and body.code == TIME_AHEAD
    return rejects or isinstance(body, TimeDispute)


async def _export(context: Context, pact: Pact) -> bytes:
    fold = (await read_view(context, pact.id)).fold
    at = fold.latest_at
    return fold.export() + (b"" if at is None else duties_bytes(fold.state, at))


def _check_sizes(world: World, node: SimulatedNode) -> None:
    for head in node.disk.tables.heads():
        if head.holding is Holding.JOURNAL:
            continue
        said = world.ledger.size(head.origin)
        demand(
            head.size == said,
            "a register did not arrive",
            f"{head.origin} at {node.party}: {head.size} of {said}",
        )
