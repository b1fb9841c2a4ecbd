# SPDX-License-Identifier: Apache-2.0
"""Several parties: each line apart, and registers that go through a hub."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from comity.adapters.partners_memory import SMOOTH, Course
from comity.basis.ids import Domain
from comity.basis.limits import HTTP_SIGNATURE_WINDOW_S, PARCEL_INLINE_BYTES_MAX
from comity.flows import delivery_load, delivery_parcels, delivery_routes
from comity.flows.delivery_routes import Route, hub_of, is_for, routes_of
from comity.flows.rotation import rotate_keys
from comity.flows.set_up import pin_agreement
from comity.ports import WireRequest
from comity.tlog.add_checkpoint import AddCheckpoint
from comity.tlog.checkpoints import signed_checkpoint
from comity.tlog.push import Push, PushedParcel, format_push, parse_push
from tests.builders.pushes import latest, push, push_from, push_request
from tests.builders.signed_requests import Partner
from tests.builders.world import (
    DOMAINS,
    GSOMIA,
    JPN,
    KOR,
    MARKING,
    TEXT,
    USA,
    World,
    make_world,
    run,
)
from tests.delivery.wires import say, say_at_once, simulate, size_of, wire_up


def test_everybody_hears_what_one_party_says(three: World) -> None:
    wires = wire_up(three)

    async def story() -> None:
        await wires.start()
        await say(three.jpn)
        wires[JPN].kick()
        await wires.settle()

    simulate(story)
    assert three.equal()
    assert len({str(node.sizes()) for node in three.nodes.values()}) == 1


@pytest.mark.parametrize("silent", [True, False])
def test_a_dead_partner_costs_a_live_one_nothing(three: World, *, silent: bool) -> None:
    """Dead: nobody there, or somebody who takes the request and never answers."""

    def decide(sender: Domain, to: Domain, request: WireRequest) -> Course:
        return Course(before_s=10**6) if silent and to == DOMAINS[USA] else SMOOTH

    wires = wire_up(three, decide=decide)

    async def story() -> None:
        await wires[JPN].start()
        await wires[KOR].start()
        if silent:
            wires[USA].listen()
        took = []
        for _ in range(20):
            await say(three.jpn)
            wires[JPN].kick()
            took.append(
                await wires.until(lambda: wires[JPN].line(KOR).known == wires[JPN].line(KOR).size)
            )
            await asyncio.sleep(1)
        assert max(took) < 0.1
        await asyncio.sleep(60)
        assert wires[JPN].line(USA).problem is not None

    simulate(story)


def test_lines_of_a_register_do_not_wait_for_each_other(three: World) -> None:
    def decide(sender: Domain, to: Domain, request: WireRequest) -> Course:
        return Course(before_s=5.0) if to == DOMAINS[USA] else SMOOTH

    wires = wire_up(three, decide=decide)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        await say(three.jpn)
        wires[JPN].kick()
        await asyncio.sleep(0.1)
        assert wires[JPN].line(KOR).acknowledged == wires[JPN].line(KOR).size
        assert wires[JPN].line(USA).acknowledged < wires[JPN].line(USA).size

    simulate(story)


def test_a_party_that_is_pinned_later_gets_its_line(three: World, tmp_path: Path) -> None:
    with make_world(tmp_path, (JPN, KOR, USA)) as world:
        for node in world.nodes.values():
            world.nodes[node.party] = replace(node, agreement=GSOMIA)
        wires = wire_up(world)

        async def story() -> None:
            await wires.start()
            assert {each.partner for each in wires[JPN].running.status()} == {KOR, USA}
            for one, other in ((JPN, KOR), (KOR, JPN)):
                node = world[one]
                await pin_agreement(node.context, "another", other)  # type: ignore[arg-type]
                wires[one].running.kick("another")  # type: ignore[arg-type]
            await asyncio.sleep(0.1)
            assert len(wires[JPN].running.status()) == 3
            # What is pinned with nobody has nobody to be delivered to.
            wires[JPN].running.kick("nobody")  # type: ignore[arg-type]
            await asyncio.sleep(0.1)
            assert len(wires[JPN].running.status()) == 3

        simulate(story)


@pytest.mark.usefixtures("hub")
def test_through_a_hub_nobody_else_is_spoken_to(three: World) -> None:
    wires = wire_up(three)

    async def story() -> None:
        await wires.start()
        await say(three.jpn)
        wires[JPN].kick()
        await wires.settle()
        for party in (JPN, KOR):
            assert {each.partner for each in wires[party].running.status()} == {USA}
        assert len(wires[USA].running.status()) == 4
        assert await size_of(three.kor, JPN) == await size_of(three.jpn, JPN)

    simulate(story)
    assert three.equal()


@pytest.mark.usefixtures("hub")
def test_a_hub_brings_back_what_the_others_cosigned(three: World) -> None:
    wires = wire_up(three)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        await say(three.jpn)
        wires[JPN].kick()
        await wires.settle()
        await asyncio.sleep(60)
        async_size = await size_of(three.jpn, JPN)
        origin = f"{DOMAINS[JPN]}/register/{GSOMIA}"
        store = three.jpn.ports.store
        for party in (KOR, USA):
            assert await store.cosignature(origin, async_size, party) is not None

    simulate(story)


@pytest.mark.usefixtures("hub")
def test_what_a_hub_brings_is_taken_late_and_twice_but_only_as_it_was_signed(three: World) -> None:
    """What it brings proves itself; its signature says alone that it takes that on."""
    jpn, hub, kor = (three[each] for each in (JPN, USA, KOR))
    run(say(jpn))
    assert push(hub, push_from(jpn, hub.sizes()[JPN])).status == 200
    start = kor.sizes()[JPN]
    signed = latest(hub, JPN)
    entries = run(hub.ports.store.entries(signed.checkpoint.origin, start, start + 1))
    what = Push(AddCheckpoint(start, (), signed), entries, (), ())
    assert push(kor, what).status == 404, "nobody takes it on"
    partner = Partner(hub, kor)
    request = partner.sign(push_request(what))
    three.move(HTTP_SIGNATURE_WINDOW_S * 10_000)
    other = replace(what, parcels=(PushedParcel(0, start, b"another body"),))
    assert partner.send(replace(request, body=format_push(other))).status == 400
    assert [partner.send(request).status for _ in range(3)] == [200, 409, 409]
    assert kor.sizes()[JPN] == start + 1
    # What the log has not signed does not prove itself: that is told once, and now.
    lines = tuple(
        replace(each, signature=bytes(len(each.signature))) for each in signed.note.signatures
    )
    forged = replace(
        what, checkpoint=AddCheckpoint(start, (), signed_checkpoint(signed.checkpoint, lines))
    )
    request = partner.sign(push_request(forged))
    assert [partner.send(request).status for _ in range(2)] == [403, 401]


def carries_parcel(request: WireRequest, index: int) -> bool:
    if request.method == "PUT":
        return request.path.endswith(f"/{index}")
    body = request.body
    return isinstance(body, bytes) and index in {each.index for each in parse_push(body).parcels}


@pytest.mark.usefixtures("any_hub")
@pytest.mark.parametrize("size", [100, PARCEL_INLINE_BYTES_MAX + 1])
def test_a_hub_carries_a_parcel_on_that_came_after_its_entry_had_gone_on(
    three: World, size: int
) -> None:
    """The entry is cosigned by its recipient before the hub itself has the parcel."""

    place = three.jpn.release(KOR, content=(b"x" * size,)).place

    def decide(sender: Domain, to: Domain, request: WireRequest) -> Course:
        is_late = sender == DOMAINS[JPN] and carries_parcel(request, place.index)
        return Course(before_s=20.0) if is_late else SMOOTH

    wires = wire_up(three, decide=decide)

    async def story() -> None:
        await wires.start()
        await asyncio.sleep(10)
        assert await size_of(three.kor, JPN) == place.index + 1
        await wires.settle()

    simulate(story)
    three.kor.receipt(place, MARKING[KOR])
    assert three.kor.read(place) == b"x" * size


@pytest.mark.usefixtures("hub")
def test_a_hub_refills_a_partner_that_was_restored_to_before_anothers_new_keys(
    three: World, tmp_path: Path
) -> None:
    older = three.copy(tmp_path / "older")
    wires = wire_up(three)

    async def before() -> None:
        await wires.start()
        await rotate_keys(wires[JPN].node.context)
        await say(three.jpn, 2)
        wires[JPN].kick()
        await wires.settle()
        await wires.stop()

    simulate(before)
    three.nodes[KOR] = older.kor
    again = wire_up(three)

    async def after() -> None:
        await again.start()
        assert await again.settle() < 60
        assert 403 in again[KOR].statuses()
        assert await size_of(three.kor, JPN) == await size_of(three.jpn, JPN)

    simulate(after)
    assert three.equal()


@pytest.mark.usefixtures("any_hub")
def test_a_hub_does_not_wait_for_parcels_without_bound(
    three: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its sender has lost never comes; it makes room for what does."""
    monkeypatch.setattr(delivery_parcels, "SMALL_QUEUED_MAX", 2)
    monkeypatch.setattr(delivery_load, "SMALL_QUEUED_MAX", 2)
    lost = [three.jpn.release(KOR).place for _ in range(3)]
    for place in lost:
        run(three.jpn.ports.blobs.delete(three.jpn.view().item(place).release.sealed.sha256))
    place = three.jpn.release(KOR).place
    wires = wire_up(three)

    async def story() -> None:
        await wires.start()
        await wires.until(lambda: wires[USA].line(KOR, JPN).size == place.index + 1)
        await asyncio.sleep(200)

    simulate(story)
    three.kor.receipt(place, MARKING[KOR])
    assert three.kor.read(place) == TEXT


@pytest.mark.usefixtures("hub")
def test_a_hub_that_was_away_is_asked_again_until_all_have_cosigned(three: World) -> None:
    wires = wire_up(three)

    async def story() -> None:
        await wires[JPN].start()
        await wires[USA].start()
        await say(three.jpn)
        wires[JPN].kick()
        await asyncio.sleep(600)
        await wires[KOR].start()
        await asyncio.sleep(400)
        origin = f"{DOMAINS[JPN]}/register/{GSOMIA}"
        size = await size_of(three.jpn, JPN)
        assert await three.jpn.ports.store.cosignature(origin, size, KOR) is not None

    simulate(story)


def test_a_change_of_the_hub_changes_the_lines(
    three: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wires = wire_up(three)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        assert {each.partner for each in wires[JPN].running.status()} == {KOR, USA}
        monkeypatch.setattr(delivery_routes, "named_hub", lambda agreement: USA)
        for party in (JPN, KOR, USA):
            wires[party].kick()
        await asyncio.sleep(1)
        assert {each.partner for each in wires[JPN].running.status()} == {USA}
        await say(three.jpn)
        wires[JPN].kick()
        await wires.settle()

    simulate(story)
    assert three.equal()


def test_an_agreement_without_the_clause_names_no_hub(three: World) -> None:
    assert hub_of(three.jpn.view()) is None


@pytest.mark.usefixtures("hub")
def test_an_agreement_with_the_clause_names_its_hub(three: World) -> None:
    assert {hub_of(node.view()) for node in three.nodes.values()} == {USA}


def test_routes() -> None:
    parties = (KOR, JPN, USA)
    assert routes_of(JPN, parties, None) == (Route(JPN, KOR), Route(JPN, USA))
    assert routes_of(JPN, parties, USA) == (Route(JPN, USA),)
    assert routes_of(JPN, (JPN, KOR), USA) == ()
    assert routes_of(USA, parties, USA) == (
        Route(JPN, KOR),
        Route(KOR, JPN),
        Route(USA, JPN),
        Route(USA, KOR),
    )


def test_parcels_go_to_whom_they_are_addressed_or_through_the_hub() -> None:
    assert is_for((KOR,), Route(JPN, KOR), None)
    assert not is_for((USA,), Route(JPN, KOR), None)
    assert is_for((KOR,), Route(JPN, USA), USA)
    assert not is_for((), Route(JPN, USA), USA)
    assert not is_for((USA,), Route(JPN, KOR), USA)


def test_a_parcel_to_one_party_does_not_go_to_another(three: World) -> None:
    place = three.jpn.release(KOR).place
    wires = wire_up(three)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        sent = [parcel for each in wires[USA].pushes() for parcel in each.parcels]
        assert place.index not in {parcel.index for parcel in sent}

    simulate(story)
    three.kor.receipt(place, MARKING[KOR])
    assert three.kor.read(place)


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("page", [1, 2, 5])
def test_a_hub_takes_stretches_on_as_they_were_signed(
    three: World, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """A hub cannot sign another register: it goes from one checkpoint to the next that it holds."""
    wires = wire_up(three)

    async def story() -> None:
        await wires[JPN].start()
        await wires[USA].start()
        for count in (3, 1, 3):
            await say_at_once(three.jpn, count)
            wires[JPN].kick()
            await asyncio.sleep(1)
        monkeypatch.setattr(delivery_load, "PUSH_ENTRIES_MAX", page)
        await wires[KOR].start()
        await asyncio.sleep(60)
        assert await size_of(three.kor, JPN) == await size_of(three.jpn, JPN)

    simulate(story)


@pytest.mark.usefixtures("hub")
def test_a_hub_that_is_behind_a_partner_has_nothing_to_say_to_it(
    three: World, tmp_path: Path
) -> None:
    """As when parties spoke directly before, or the hub was restored."""
    older = three.copy(tmp_path / "older").nodes[USA]
    wires = wire_up(three)

    async def before() -> None:
        await wires.start()
        await say(three.jpn, 3)
        wires[JPN].kick()
        await wires.settle()
        await asyncio.sleep(1)
        await wires.stop()

    simulate(before)
    three.nodes[USA] = older
    again = wire_up(three)

    async def after() -> None:
        await again[KOR].start()
        await again[USA].start()
        await asyncio.sleep(5)
        line = again[USA].line(KOR, JPN)
        assert (line.state, line.problem) == ("idle", None)
        assert line.known == line.size + 3
        await again[JPN].start()
        await asyncio.sleep(5)
        await say(three.jpn)
        again[JPN].kick()
        await asyncio.sleep(60)
        assert await size_of(three.kor, JPN) == await size_of(three.jpn, JPN)

    simulate(after)


@pytest.mark.usefixtures("any_hub")
def test_a_hub_hands_a_parcel_on_that_it_cannot_open(three: World) -> None:
    place = three.jpn.release(KOR).place
    wires = wire_up(three)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        await asyncio.sleep(1)
        await wires.stop()

    simulate(story)
    three.kor.receipt(place, MARKING[KOR])
    assert three.kor.read(place)
