# SPDX-License-Identifier: Apache-2.0
"""A line in trouble is told of once, with since when, and once more when it goes on."""

from __future__ import annotations

import asyncio

from comity.adapters.partners_memory import SMOOTH, Course, Fault
from comity.basis.ids import Domain
from comity.flows.delivery_line import LineState, LineStatus
from comity.ports import WireReply, WireRequest
from comity.serve.delivery_told import tell_of_line
from tests.builders.world import DOMAINS, JPN, KOR, World
from tests.delivery.wires import Wires, say, simulate, wire_up
from tests.serve.support_diagnostics import Diagnostics

LARGE = (b"\x5a" * 100_000,)


class Fate:
    """How a partner's listener does: reached, not reached, or refusing."""

    def __init__(self) -> None:
        self.is_cut = False
        self.status: int | None = None

    def course(self, sender: Domain, to: Domain, request: WireRequest) -> Course:
        return Course(Fault.DROP) if self.is_cut and to == DOMAINS[KOR] else SMOOTH

    def stand_before(self, wires: Wires) -> None:
        domain = Domain(DOMAINS[KOR])
        inner = wires.network.answers[domain]

        async def answer(request: WireRequest) -> WireReply:
            if self.status is not None:
                return WireReply(self.status, (), b"secret words\n")
            return await inner(request)

        wires.network.answers[domain] = answer


def codes(told: list[LineStatus]) -> list[tuple[str, str | None]]:
    return [
        (each.state.value, None if each.problem is None else each.problem.code) for each in told
    ]


def test_trouble_is_told_when_it_begins_changes_and_ends(assured: World) -> None:
    fate = Fate()
    wires = wire_up(assured, decide=fate.course)

    async def story() -> None:
        await wires.start()
        fate.stand_before(wires)
        await wires.settle()
        told = wires[JPN].told
        assert told == []
        fate.is_cut = True
        await say(assured.jpn)
        wires[JPN].kick()
        began = assured.jpn.clock.now()
        await asyncio.sleep(600)
        assured.move(60_000)
        assert [state for state, _ in codes(told)] == ["retrying"]
        assert told[0].troubled_since == began
        assert wires[JPN].line(KOR).troubled_since == began
        fate.is_cut, fate.status = False, 403
        await wires.until(lambda: wires[JPN].line(KOR).state is LineState.STOPPED)
        await asyncio.sleep(4000)
        assert [state for state, _ in codes(told)] == ["retrying", "stopped"]
        assert told[1].troubled_since == began
        fate.status = None
        await wires.settle()
        assert codes(told)[2:] == [("sending", None)]
        assert wires[JPN].line(KOR).troubled_since is None
        await wires.stop()

    simulate(story)


def test_trouble_with_large_parcels_is_told_although_the_line_goes_on(assured: World) -> None:
    wires = wire_up(assured)
    place = assured.jpn.release(KOR, content=LARGE).place

    async def story() -> None:
        await wires[KOR].start()
        domain = Domain(DOMAINS[KOR])
        inner = wires.network.answers[domain]
        is_full = True

        async def answer(request: WireRequest) -> WireReply:
            if is_full and request.method == "PUT":
                return WireReply(503, (), b"")
            return await inner(request)

        wires.network.answers[domain] = answer
        await wires[JPN].start()
        await wires.until(lambda: bool(wires[JPN].told), limit_s=60)
        [begun] = wires[JPN].told
        assert begun.troubled_since is not None
        assert wires[JPN].line(KOR).acknowledged > place.index
        is_full = False
        await wires.until(lambda: len(wires[JPN].told) == 2, limit_s=4000)
        assert wires[JPN].told[1].problem is None
        await wires.stop()

    simulate(story)


def test_diagnostics_name_line_code_and_time_and_no_words_of_a_partner(assured: World) -> None:
    said = Diagnostics()
    fate = Fate()
    wires = wire_up(assured)

    async def story() -> None:
        await wires.start()
        fate.stand_before(wires)
        await wires.settle()
        for status in (503, 403, None):
            fate.status = status
            await say(assured.jpn)
            wires[JPN].kick()
            await asyncio.sleep(2000)
        await wires.stop()

    simulate(story)
    for each in wires[JPN].told:
        tell_of_line(said.log, each)
    try:
        assert said.events == ["delivery.tries-again", "delivery.stopped", "delivery.goes-on"]
        first, stopped, _ = said.lines
        assert (first["partner"], first["register"]) == ("KOR", "JPN")
        assert first["agreement"] == "gsomia-jpn-kor"
        assert stopped["code"].startswith("delivery.")
        assert stopped["retry_s"] > 0
        assert stopped["since"] == first["since"]
        assert "secret" not in said.text
    finally:
        said.close()
