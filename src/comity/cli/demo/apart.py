# SPDX-License-Identifier: Apache-2.0
"""Stories told apart: on nodes of their own, in a folder of their own, and by discs."""

from __future__ import annotations

from collections.abc import Iterable

from comity.basis.errors import InvariantError
from comity.basis.ids import PartyId
from comity.cli.demo.cast import Government
from comity.cli.demo.steps import Act, Saw
from comity.cli.demo.world import World, on_disk
from comity.flows.courier.packing import pack_bundle
from comity.flows.courier.taking import take_bundle


async def begin_apart(world: World, name: str, governments: Iterable[Government]) -> World:
    """Make nodes that only a few steps need; the last of them puts these away, or leaves them."""
    apart = World(world.folder / name, world.now)
    with on_disk(apart.folder):
        apart.folder.mkdir(mode=0o700)
    world.copies = apart
    for government in governments:
        await apart.found(government)
    return apart


async def carry_apart(apart: World, sender: PartyId, receiver: PartyId) -> None:
    """Carry a disc from one of them to another, and throw it away."""
    disc = str(apart.folder / "disc")
    async with apart.node(sender) as context:
        packed = await pack_bundle(context, receiver, disc)
    async with apart.node(receiver) as context:
        await take_bundle(context, disc)
    for name in packed.names:
        (apart.folder / name).unlink()


async def carry_all_apart(apart: World) -> None:
    """Carry a disc from each of them to each other."""
    for sender in apart.cards:
        for receiver in apart.cards:
            if sender != receiver:
                await carry_apart(apart, sender, receiver)


def on_apart(act: Act, *, last: bool = False, kept: bool = False) -> Act:
    """Do a step on the nodes apart, and put them away after the last, unless they are kept."""

    async def do(world: World) -> Saw:
        if world.copies is None:
            raise InvariantError("demo.no-copies", "a step apart comes after their making")
        world.copies.reach(world.now)
        saw = await act(world.copies)
        if last:
            if not kept:
                world.copies.remove()
            world.copies = None
        return saw

    return do
