# SPDX-License-Identifier: Apache-2.0
"""Ending delivery, beginning it again in the middle, and what is said of its lines meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from comity.adapters.partners_memory import SMOOTH, Course
from comity.basis.errors import StateError
from comity.basis.ids import Domain
from comity.flows.delivery import Delivery
from comity.ports import WireRequest
from tests.builders.world import DOMAINS, JPN, KOR, World
from tests.delivery.wires import say, say_at_once, simulate, size_of, wire_up


def test_a_restart_in_the_middle_of_a_backlog_goes_on_and_doubles_nothing(
    assured: World,
) -> None:
    wires = wire_up(assured)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        wires[KOR].seen.clear()
        before = await size_of(assured.kor, JPN)
        await say_at_once(assured.jpn, 2500)
        wires[JPN].kick()
        while not any(each.entries for each in wires[KOR].pushes()):
            await asyncio.sleep(0)
        await wires[JPN].stop()
        reached = await size_of(assured.kor, JPN)
        assert before < reached < before + 2500
        await wires[JPN].start()
        await wires.settle()
        assert await size_of(assured.kor, JPN) == before + 2500
        starts = [each.start for each in wires[KOR].pushes() if each.entries]
        assert starts == sorted(set(starts))
        assert 409 not in wires[KOR].statuses()

    simulate(story)


def test_stopping_waits_for_the_push_in_flight_and_keeps_its_receipt(assured: World) -> None:
    def decide(sender: Domain, to: Domain, request: WireRequest) -> Course:
        return Course(after_s=3.0) if to == DOMAINS[KOR] else SMOOTH

    wires = wire_up(assured, decide=decide)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        await say(assured.jpn)
        wires[JPN].kick()
        await asyncio.sleep(1)
        size = await size_of(assured.jpn, JPN)
        began = asyncio.get_running_loop().time()
        delivery = wires[JPN].running
        await delivery.stop()
        assert 1 < asyncio.get_running_loop().time() - began < 3
        origin = assured.jpn.context.config.domain + "/register/" + assured.jpn.agreement
        assert await assured.jpn.ports.store.cosignature(origin, size, KOR) is not None
        await delivery.failure()

    simulate(story)


def test_stopping_does_not_wait_longer_than_its_limit(assured: World) -> None:
    def decide(sender: Domain, to: Domain, request: WireRequest) -> Course:
        return Course(before_s=50.0) if to == DOMAINS[KOR] else SMOOTH

    wires = wire_up(assured, decide=decide)

    async def story() -> None:
        await wires.start()
        await asyncio.sleep(1)
        began = asyncio.get_running_loop().time()
        await wires[JPN].running.stop(limit_s=2.0)
        assert asyncio.get_running_loop().time() - began == pytest.approx(2.0, abs=0.1)

    simulate(story)


def test_a_delivery_that_never_began_ends_at_once(assured: World) -> None:
    async def story() -> None:
        delivery = Delivery(assured.jpn.context)
        await delivery.failure()
        await delivery.stop()
        assert delivery.status() == ()

    simulate(story)


def test_a_node_that_has_said_nothing_has_nothing_to_deliver(pinned: World) -> None:
    wires = wire_up(pinned)

    async def story() -> None:
        await wires.start()
        await asyncio.sleep(60)
        line = wires[JPN].line(KOR)
        assert (line.state, line.size, line.retry_s) == ("idle", 0, None)
        assert wires[KOR].seen == []

    simulate(story)


def test_a_status_says_where_a_line_stands(assured: World) -> None:
    wires = wire_up(assured)

    async def story() -> None:
        await wires[JPN].start()
        await asyncio.sleep(1)
        line = wires[JPN].line(KOR)
        assert line.state == "retrying"
        assert line.last_success is None
        assert line.problem is not None
        assert line.problem.code == "partners.connect"
        assert line.retry_s is not None
        await wires[KOR].start()
        await wires.settle()
        line = wires[JPN].line(KOR)
        assert line.problem is None
        assert line.last_success == line.last_heard == assured.jpn.clock.now()
        assert line.known == line.acknowledged == line.size > 0

    simulate(story)


def test_the_first_word_after_a_start_is_a_question_and_says_nothing_new(assured: World) -> None:
    wires = wire_up(assured)

    async def story() -> None:
        await wires[KOR].start()
        await say(assured.jpn, 2)
        await wires[JPN].start()
        await wires.settle()
        first, second, *_ = wires[KOR].pushes()
        assert (first.start, len(first.entries)) == (first.end, 0)
        assert len(second.entries) == 2

    simulate(story)


def test_a_register_that_cannot_be_signed_stops_its_line_and_no_other(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wires = wire_up(assured)

    async def story() -> None:
        async def refuse(*arguments: object, **more: object) -> bytes:
            raise StateError("test.locked", "the keys are locked")

        await wires.start()
        await wires.settle()
        monkeypatch.setattr(assured.jpn.ports.keys, "sign_checkpoint", refuse)
        await say(assured.kor)
        await say_at_once(assured.jpn, 1)
        wires[JPN].kick()
        wires[KOR].kick()
        await asyncio.sleep(1)
        line = wires[JPN].line(KOR)
        assert line.state == "stopped"
        assert line.problem is not None
        assert line.problem.code == "test.locked"
        assert wires[KOR].line(JPN).acknowledged == wires[KOR].line(JPN).size
        monkeypatch.undo()
        await asyncio.sleep(5)
        wires[JPN].kick()
        await wires.settle()

    simulate(story)
