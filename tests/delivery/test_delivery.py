# SPDX-License-Identifier: Apache-2.0
"""Delivery over a network in memory: what is entered is cosigned, and its parcels follow."""

import asyncio
from itertools import pairwise

from comity.adapters.partners_memory import SMOOTH, Course, Decide, Fault
from comity.basis.ids import Domain, PartyId
from comity.basis.limits import PUSH_ENTRIES_MAX
from comity.ports import WireRequest
from tests.builders.world import DOMAINS, JPN, KOR, MARKING, TEXT, World
from tests.delivery.wires import say, say_at_once, simulate, size_of, wire_up


def once(fault: Fault, receiver: PartyId, path: str = "/push", *, at: int = 1) -> Decide:
    """Let one request to a party, the `at`-th, fare badly."""
    count = 0

    def decide(sender: Domain, to: Domain, request: WireRequest) -> Course:
        nonlocal count
        if to != DOMAINS[receiver] or request.path != path:
            return SMOOTH
        count += 1
        return Course(fault) if count == at else SMOOTH

    return decide


def test_what_was_entered_is_cosigned_and_its_parcel_arrives(assured: World) -> None:
    place = assured.jpn.release(KOR).place
    wires = wire_up(assured)

    async def story() -> float:
        await wires.start()
        took = await wires.settle()
        await wires.stop()
        return took

    assert simulate(story) < 1
    assert assured.equal()
    assured.kor.receipt(place, MARKING[KOR])
    assert assured.kor.read(place) == TEXT


def test_what_is_entered_in_one_turn_of_the_loop_goes_in_one_push(assured: World) -> None:
    wires = wire_up(assured)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        wires[KOR].seen.clear()
        for _ in range(5):
            await say(assured.jpn)
            wires[JPN].kick()
        await wires.settle()
        assert [len(each.entries) for each in wires[KOR].pushes()] == [5]

    simulate(story)


def test_the_parcel_never_comes_before_its_entry_is_cosigned(assured: World) -> None:
    for _ in range(3):
        assured.jpn.release(KOR)
    wires = wire_up(assured)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        pushes = wires[KOR].pushes()
        assert len(pushes[-1].parcels) == 3
        assert all(parcel.index < each.start for each in pushes for parcel in each.parcels)

    simulate(story)


def test_a_backlog_of_days_is_paged_and_delivered_when_the_partner_is_back(
    assured: World,
) -> None:
    wires = wire_up(assured)
    days = 3 * 24 * 3600

    async def story() -> None:
        await wires[JPN].start()
        await say_at_once(assured.jpn, 2500)
        wires[JPN].kick()
        await asyncio.sleep(days)
        assert wires[JPN].line(KOR).state == "retrying"
        problem = wires[JPN].line(KOR).problem
        assert problem is not None
        assert problem.code == "partners.connect"
        # The partner says that it is here by a push of its own.
        await wires[KOR].start()
        took = await wires.settle()
        assert took < 5
        pages = [len(each.entries) for each in wires[KOR].pushes() if each.entries]
        assert sum(pages) >= 2500
        assert max(pages) <= PUSH_ENTRIES_MAX
        assert await size_of(assured.kor, JPN) == await size_of(assured.jpn, JPN)

    simulate(story)


def test_tries_of_a_dead_partner_become_rare_and_never_stop(assured: World) -> None:
    tried: list[float] = []

    def decide(sender: Domain, to: Domain, request: WireRequest) -> Course:
        tried.append(asyncio.get_running_loop().time())
        return SMOOTH

    wires = wire_up(assured, decide=decide)

    async def story() -> None:
        await wires[JPN].start()
        await asyncio.sleep(24 * 3600)

    simulate(story)
    gaps = [after - before for before, after in pairwise(tried)]
    assert 300 < len(tried) < 1500
    assert max(gaps) <= 300


def test_a_lost_reply_is_fetched_and_nothing_is_stored_twice(assured: World) -> None:
    wires = wire_up(assured, decide=once(Fault.LOSE_REPLY, KOR, at=2))

    async def story() -> None:
        await wires.start()
        await wires.settle()
        wires[KOR].seen.clear()
        before = await size_of(assured.kor, JPN)
        await say(assured.jpn, 3)
        wires[JPN].kick()
        await wires.settle()
        assert wires[KOR].statuses() == [200, 409, 200]
        assert [len(each.entries) for each in wires[KOR].pushes()] == [3, 3, 0]
        assert await size_of(assured.kor, JPN) == before + 3

    simulate(story)


def test_a_push_that_comes_twice_is_stored_once(assured: World) -> None:
    wires = wire_up(assured, decide=lambda *_: Course(Fault.DUPLICATE))

    async def story() -> None:
        await wires.start()
        await say(assured.jpn, 3)
        wires[JPN].kick()
        await wires.settle()
        assert await size_of(assured.kor, JPN) == await size_of(assured.jpn, JPN)

    simulate(story)
    assert assured.equal()


def test_a_push_that_is_lost_or_cut_is_sent_again(assured: World) -> None:
    for fault in (Fault.DROP, Fault.CUT):
        wires = wire_up(assured, decide=once(fault, KOR))

        async def story() -> None:
            await wires.start()  # noqa: B023 (run in this turn)
            await say(assured.jpn)
            wires[JPN].kick()  # noqa: B023
            assert await wires.settle() < 2  # noqa: B023

        simulate(story)
        assert assured.equal()
