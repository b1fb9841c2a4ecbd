# SPDX-License-Identifier: Apache-2.0
"""Parcels on a line: small ones ride on pushes, large ones go beside, and none comes too early."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from comity.adapters.partners_memory import SMOOTH, Course, Fault
from comity.agreement.templates import template
from comity.basis.ids import Domain, Place
from comity.basis.limits import PARCEL_INLINE_BYTES_MAX
from comity.flows import delivery_lane, delivery_parcels
from comity.flows.delivery_parcels import arrived_parcels, open_queue
from comity.flows.rotation import rotate_keys
from comity.flows.turns import turn
from comity.ports import WireReply, WireRequest
from tests.builders.world import DOMAINS, GSOMIA, JPN, KOR, MARKING, World
from tests.delivery.wires import Wires, say, simulate, size_of, wire_up

LARGE = (b"\x5a" * 1_000_000,) * 20


def read(world: World, place: Place) -> bytes:
    world.kor.receipt(place, MARKING[KOR])
    return world.kor.read(place)


def parcel_requests(wires: Wires) -> list[str]:
    return [
        request.header("content-range") or ""
        for request, _ in wires[KOR].seen
        if request.path.startswith("/parcel/")
    ]


def deliver(world: World, wires: Wires) -> None:
    async def story() -> None:
        await wires.start()
        await wires.settle()
        await wires.stop()

    simulate(story)


def test_a_large_parcel_goes_in_pieces_beside_the_line(assured: World) -> None:
    place = assured.jpn.release(KOR, content=LARGE)
    small = assured.jpn.release(KOR)
    wires = wire_up(assured)
    deliver(assured, wires)
    asked = parcel_requests(wires)
    assert asked[0].startswith("bytes */")
    assert len(asked) == 4
    assert read(assured, place.place) == b"".join(LARGE)
    assert read(assured, small.place)


def test_statements_and_small_parcels_do_not_wait_behind_a_large_one(assured: World) -> None:
    def slow(sender: Domain, to: Domain, request: WireRequest) -> Course:
        return Course(before_s=1000.0) if request.method == "PUT" else SMOOTH

    assured.jpn.release(KOR, content=LARGE)
    small = assured.jpn.release(KOR).place
    wires = wire_up(assured, decide=slow)

    async def story() -> None:
        await wires.start()
        await wires.until(lambda: wires[JPN].line(KOR).parcels_waiting == 1, limit_s=10)
        await say(assured.jpn)
        wires[JPN].kick()
        await wires.until(lambda: wires[JPN].line(KOR).acknowledged == 8, limit_s=10)
        await wires.stop()

    simulate(story)
    assert read(assured, small)


@pytest.mark.parametrize("fault", [Fault.DROP, Fault.CUT, Fault.LOSE_REPLY])
def test_a_large_parcel_that_is_interrupted_goes_on_where_it_was(
    assured: World, fault: Fault
) -> None:
    count = 0

    def decide(sender: Domain, to: Domain, request: WireRequest) -> Course:
        nonlocal count
        count += request.method == "PUT"
        return Course(fault) if request.method == "PUT" and count % 3 == 0 else SMOOTH

    place = assured.jpn.release(KOR, content=LARGE).place
    wires = wire_up(assured, decide=decide)
    deliver(assured, wires)
    assert read(assured, place) == b"".join(LARGE)


def test_a_large_parcel_is_gone_on_with_after_a_restart_of_the_sender(assured: World) -> None:
    place = assured.jpn.release(KOR, content=LARGE).place
    wires = wire_up(assured)

    async def story() -> None:
        await wires.start()
        while len(parcel_requests(wires)) < 2:
            await asyncio.sleep(0)
        await wires[JPN].stop()
        stood = len(parcel_requests(wires))
        await wires[JPN].start()
        await wires.settle()
        again = parcel_requests(wires)[stood:]
        assert again[0].startswith("bytes */")
        assert not again[1].startswith("bytes 0-")

    simulate(story)
    assert read(assured, place) == b"".join(LARGE)


def test_what_arrived_is_not_sent_again_after_a_restart(assured: World) -> None:
    assured.jpn.release(KOR, content=LARGE)
    assured.jpn.release(KOR)
    wires = wire_up(assured)
    deliver(assured, wires)
    origin = assured.jpn.view().heads[JPN].origin

    async def story() -> None:
        assert min(await arrived_parcels(assured.jpn.context, origin, KOR)) == 7
        wires[KOR].seen.clear()
        await wires.start()
        await wires.settle()
        assert parcel_requests(wires) == []
        assert [each.parcels for each in wires[KOR].pushes() if each.parcels] == []

    simulate(story)


def test_a_backlog_of_parcels_is_sent_in_bounded_portions(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_parcels, "SMALL_QUEUED_MAX", 4)
    monkeypatch.setattr(delivery_parcels, "_PAGE", 2)
    monkeypatch.setattr(delivery_parcels, "LARGE_QUEUED_MAX", 1)
    places = [assured.jpn.release(KOR).place for _ in range(9)]
    big = (b"x" * (PARCEL_INLINE_BYTES_MAX + 1),)
    larges = [assured.jpn.release(KOR, content=big).place for _ in range(3)]
    wires = wire_up(assured)
    deliver(assured, wires)
    assert max(len(each.parcels) for each in wires[KOR].pushes()) <= 6
    for place in (*places, *larges):
        assert read(assured, place)


def test_a_parcel_that_was_destroyed_meanwhile_is_passed_over(assured: World) -> None:
    place = assured.jpn.release(KOR, content=LARGE).place
    blobs = assured.jpn.ports.blobs
    wires = wire_up(assured)

    async def story() -> None:
        for digest in await blobs.digests():
            await blobs.delete(digest)
        await wires.start()
        await wires.settle()
        assert wires[JPN].line(KOR).parcels_waiting == 0

    simulate(story)
    assert parcel_requests(wires) == []
    assert place.party == JPN


def test_a_card_goes_before_the_entries_that_its_keys_sign(assured: World) -> None:
    wires = wire_up(assured)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        await rotate_keys(assured.jpn.context)
        await say(assured.jpn, 2)
        wires[JPN].kick()
        await wires.settle()
        assert wires[KOR].statuses().count(409) == 0
        assert await size_of(assured.kor, JPN) == await size_of(assured.jpn, JPN)

    simulate(story)
    assert assured.equal()


def answer_parcels(wires: Wires, script: Callable[[WireRequest], WireReply | None]) -> None:
    """Answer requests with parcels in KOR's place, where the script does."""
    domain = Domain(DOMAINS[KOR])
    inner = wires.network.answers[domain]

    async def answer(request: WireRequest) -> WireReply:
        reply = script(request) if request.method == "PUT" else None
        return reply or await inner(request)

    wires.network.answers[domain] = answer


def test_a_parcel_that_is_refused_lets_the_others_go_before_it(assured: World) -> None:
    refused, other = (assured.jpn.release(KOR, content=LARGE).place for _ in range(2))
    wires = wire_up(assured)

    def script(request: WireRequest) -> WireReply | None:
        return WireReply(413) if request.path.endswith(f"/{refused.index}") else None

    async def story() -> None:
        for each in wires.served.values():
            each.listen()
        answer_parcels(wires, script)
        for each in wires.served.values():
            await each.deliver()
        await asyncio.sleep(5)
        line = wires[JPN].line(KOR)
        assert line.parcels_waiting == 1
        assert line.problem is not None
        assert line.problem.code == "delivery.refused"
        # It is not taken for arrived, although a later one is.
        origin = f"{DOMAINS[JPN]}/register/{GSOMIA}"
        assert (await arrived_parcels(assured.jpn.context, origin, KOR))[1] == refused.index
        await wires.stop()

    simulate(story)
    assert read(assured, other) == b"".join(LARGE)


def test_a_parcel_that_is_not_wanted_is_done_with(assured: World) -> None:
    assured.jpn.release(KOR, content=LARGE)
    wires = wire_up(assured)

    async def story() -> None:
        for each in wires.served.values():
            each.listen()
        answer_parcels(wires, lambda request: WireReply(410))
        for each in wires.served.values():
            await each.deliver()
        await wires.settle()
        assert wires[JPN].line(KOR).problem is None

    simulate(story)


def test_a_lane_comes_back_as_late_as_the_partner_asks(assured: World) -> None:
    assured.jpn.release(KOR, content=LARGE)
    wires = wire_up(assured)
    times: list[float] = []

    def script(request: WireRequest) -> WireReply | None:
        times.append(asyncio.get_running_loop().time())
        return WireReply(429, (("retry-after", "40"),)) if len(times) == 1 else None

    async def story() -> None:
        for each in wires.served.values():
            each.listen()
        answer_parcels(wires, script)
        for each in wires.served.values():
            await each.deliver()
        await wires.settle()
        assert 40 <= times[1] - times[0] <= 51

    simulate(story)


@pytest.mark.parametrize("status", [404, 422, 429, 500, 202])
def test_a_refused_parcel_is_tried_again_and_holds_nothing_up(assured: World, status: int) -> None:
    place = assured.jpn.release(KOR, content=LARGE).place
    wires = wire_up(assured)
    left = 2

    async def story() -> None:
        nonlocal left
        await wires.start()
        domain = Domain(DOMAINS[KOR])
        inner = wires.network.answers[domain]

        async def answer(request: WireRequest) -> WireReply:
            nonlocal left
            if request.method == "PUT" and left:
                left -= 1
                return WireReply(status, (), b"99999999999\n")
            return await inner(request)

        wires.network.answers[domain] = answer
        await asyncio.sleep(1)
        await say(assured.jpn)
        wires[JPN].kick()
        await wires.settle()

    simulate(story)
    assert read(assured, place) == b"".join(LARGE)


def test_a_partner_that_never_comes_further_is_left_for_a_while(assured: World) -> None:
    assured.jpn.release(KOR, content=LARGE)
    wires = wire_up(assured)
    asked = 0

    async def story() -> None:
        await wires.start()
        domain = Domain(DOMAINS[KOR])
        inner = wires.network.answers[domain]

        async def answer(request: WireRequest) -> WireReply:
            nonlocal asked
            if request.method == "PUT":
                asked += 1
                return WireReply(202, (), b"5\n")
            return await inner(request)

        wires.network.answers[domain] = answer
        await asyncio.sleep(5)
        problem = wires[JPN].line(KOR).problem
        assert problem is not None
        assert problem.code == "delivery.no-progress"
        assert asked < 60

    simulate(story)


def test_a_parcel_rides_with_its_entry_where_the_agreement_lets_it(pinned: World) -> None:
    raw = template(GSOMIA)
    lets = b'parcel_before_acknowledgement = ["courier"]'
    assert raw.count(lets) == 2
    pinned.sign(raw.replace(lets, b'parcel_before_acknowledgement = ["courier", "node"]'))
    pinned.kor.assure()
    pinned.jpn.assure()
    pinned.settle()
    wires = wire_up(pinned)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        wires[KOR].seen.clear()

    simulate(story)
    place = pinned.jpn.release(KOR).place
    again = wire_up(pinned)
    deliver(pinned, again)
    (along,) = (each for each in again[KOR].pushes() if each.entries)
    assert [parcel.index for parcel in along.parcels] == [place.index]
    assert read(pinned, place)


def test_pieces_are_no_larger_than_named(assured: World) -> None:
    assert delivery_lane.PIECE_BYTES <= 8 * 1024 * 1024
    assert replace(SMOOTH) == SMOOTH


def test_what_has_arrived_is_noted_again_in_a_view_that_lost_the_note(assured: World) -> None:
    async def story() -> None:
        context = assured.jpn.context
        async with turn(context, GSOMIA) as view:
            origin = view.heads[JPN].origin
            queue = await open_queue(context, JPN, KOR, origin)
            await queue.look(context, view, view.heads[JPN].size, lambda _: False)
            queue.note_along(view)
            lost = view.fork()
            queue.note_along(lost)
            assert lost.along == view.along
            assert await arrived_parcels(context, origin, KOR, lost) == queue.arrived
            lost.along.clear()
            queue.note_along(lost)
            assert not lost.along

    simulate(story)
