# SPDX-License-Identifier: Apache-2.0
"""What is owed under the agreement: worked out by each node by itself, and the same on both."""

from __future__ import annotations

from collections import Counter

from comity.basis.strict_json import JsonValue, format_json
from comity.cli.demo.acts import local_time
from comity.cli.demo.cast import CITY, GSOMIA, JPN, KOR
from comity.cli.demo.checks import expect, in_order
from comity.cli.demo.steps import Act, Saw
from comity.cli.demo.world import World
from comity.flows.duties.listing import list_duties, owed_json
from comity.state.duties import Duty


async def owed_on_both(world: World) -> tuple[Duty, ...]:
    """List every duty that there ever was; both nodes must write equal bytes."""
    written: list[bytes] = []
    duties: tuple[Duty, ...] = ()
    for party in (JPN, KOR):
        async with world.node(party) as context:
            owed = await list_duties(context, GSOMIA)
        shapes: list[JsonValue] = [*owed_json(owed)["duties"]]
        written.append(format_json(shapes))
        duties = owed.duties
    expect(written[0] == written[1], "equal duties", "different duties")
    return duties


def see_owed(mark: str, *states: str) -> Act:
    """See the duties that a statement brought about, each in the state that the story says."""

    async def act(world: World) -> Saw:
        duties = [each for each in await owed_on_both(world) if each.trigger == world.places[mark]]
        found = sorted(each.state.value for each in duties)
        expect(found == sorted(states), ", ".join(sorted(states)), ", ".join(found))
        counts = Counter(_words(each) for each in duties)
        words = "; ".join(each if n == 1 else f"{each}, {n} duties" for each, n in counts.items())
        return Saw(f"both nodes say: {words}", in_order(each.article for each in duties))

    return act


async def see_all_owed(world: World) -> Saw:
    """See how many duties there were in all, and how they stand."""
    duties = await owed_on_both(world)
    counts = Counter(each.state.value.replace("_", " ") for each in duties)
    states = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
    owed = "; ".join(f"{_words(each)}, Art. {each.article}" for each in duties if each.live)
    return Saw(f"both nodes count {len(duties)} duties: {states}. Still owed: {owed or 'nothing'}")


def _words(duty: Duty) -> str:
    creditors = " and ".join(CITY[each] for each in duty.owed_to)
    due = "" if duty.due is None else f", due before {local_time(duty.due)}"
    state = duty.state.value.replace("_", " ")
    return f"{CITY[duty.owed_by]} owes {creditors} {duty.owes}{due} ({state})"
