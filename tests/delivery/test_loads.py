# SPDX-License-Identifier: Apache-2.0
"""What one push holds: bounded bytes, payloads of every kind, and nothing that does not read."""

from __future__ import annotations

import pytest

from comity.adapters.partners_memory import SMOOTH, Course, Fault
from comity.agreement.templates import template
from comity.basis.ids import Domain, Place
from comity.basis.limits import PARCEL_INLINE_BYTES_MAX, PUSH_BYTES_MAX
from comity.decision.house import allow_house_act
from comity.flows import delivery_parcels
from comity.flows.delivery_parcels import DueParcel, bytes_of, small_bytes
from comity.flows.parcels import payloads_of
from comity.flows.rotation import rotate_keys
from comity.flows.turns import turn
from comity.flows.view import statement_at
from comity.ports import Change, Entries, HeldParcel, WireReply, WireRequest
from tests.builders.world import DOMAINS, GSOMIA, JPN, KOR, MARKING, Node, World
from tests.delivery.wires import Wires, say, simulate, size_of, wire_up

FILE = template(GSOMIA)
LONG_FILE = FILE + b"\n" + b"# a remark\n" * (PARCEL_INLINE_BYTES_MAX // 10)


def put_requests(wires: Wires) -> list[WireRequest]:
    return [request for request, _ in wires[KOR].seen if request.method == "PUT"]


async def enter(node: Node, *raws: bytes) -> None:
    """Enter bytes in a node's own register, whatever they are."""
    async with turn(node.context, node.agreement) as view:
        head = view.heads[node.party]
        await node.ports.store.commit(
            Change(
                allowed_by=allow_house_act("hostile"),
                entries=(Entries(head.origin, head.size, raws),),
            )
        )


def test_a_push_holds_no_more_bytes_than_a_partner_takes(assured: World) -> None:
    wires = wire_up(assured)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        wires[KOR].seen.clear()
        await enter(assured.jpn, *(bytes([number]) * 65_000 for number in range(150)))
        wires[JPN].kick()
        await wires.settle()
        sizes = [sent_bytes(request) for request, _ in wires[KOR].seen]
        assert max(sizes) <= PUSH_BYTES_MAX
        assert len(sizes) >= 3
        assert await size_of(assured.kor, JPN) == await size_of(assured.jpn, JPN)

    simulate(story)


@pytest.mark.parametrize("raw", [FILE, LONG_FILE], ids=["inline", "by PUT"])
def test_an_agreement_file_follows_its_proposal(pinned: World, raw: bytes) -> None:
    pinned.jpn.propose(raw)
    wires = wire_up(pinned)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        await wires.stop()

    simulate(story)
    assert bool(put_requests(wires)) is (raw is LONG_FILE)
    assert [file.raw for file in pinned.kor.view().files.values()] == [raw]


def sent_bytes(request: WireRequest) -> int:
    assert isinstance(request.body, bytes)
    return len(request.body)


async def lay(node: Node, place: Place, where: str) -> None:
    """Let a small parcel lie in blobs, as nodes kept all of them, beside its entry, or nowhere."""
    ports = node.ports
    async with turn(node.context, GSOMIA) as view:
        origin = view.heads[place.party].origin
        parts = payloads_of(await statement_at(node.context, view, place))
        raw = await small_bytes(
            node.context, view, origin, DueParcel(place.index, parts, bytes_of(parts))
        )
    assert raw is not None
    for part in parts:
        await ports.blobs.delete(part.digest)
    if where == "blobs":
        for piece in (raw[: parts[0].size], raw[parts[0].size :]):
            await ports.blobs.write([piece])
    held = HeldParcel(origin, place.index, raw if where == "beside" else None)
    await ports.store.commit(Change(allowed_by=allow_house_act("test"), parcels=(held,)))


@pytest.mark.parametrize("where", ["blobs", "beside", "gone"])
def test_a_small_parcel_rides_from_wherever_it_lies(assured: World, where: str) -> None:
    place = assured.jpn.release(KOR).place
    wires = wire_up(assured)

    async def story() -> None:
        await lay(assured.jpn, place, where)
        await wires.start()
        await wires.settle()
        rode = {parcel.index for each in wires[KOR].pushes() for parcel in each.parcels}
        assert (place.index in rode) is (where != "gone")
        assert wires[JPN].line(KOR).parcels_waiting == 0
        await wires.stop()

    simulate(story)
    if where != "gone":
        assured.kor.receipt(place, MARKING[KOR])
        assert assured.kor.read(place)


def test_entries_that_do_not_read_are_delivered_like_any_other(assured: World) -> None:
    wires = wire_up(assured)

    async def story() -> None:
        await wires.start()
        await enter(assured.jpn, b"garbage", b"{}")
        await say(assured.jpn)
        wires[JPN].kick()
        await wires.settle()
        await wires[JPN].stop()
        await wires[JPN].start()
        await wires.settle()

    simulate(story)
    assert assured.equal()


def test_a_card_that_was_lost_on_the_way_is_sent_again(assured: World) -> None:
    """The partner says by a header which entry's card it lacks."""
    wires = wire_up(assured)
    left = 1

    async def story() -> None:
        await wires.start()
        await wires.settle()
        await rotate_keys(assured.jpn.context)
        wires[JPN].kick()
        await wires.settle()
        wires[KOR].seen.clear()
        domain = Domain(DOMAINS[KOR])
        inner = wires.network.answers[domain]

        async def answer(request: WireRequest) -> WireReply:
            nonlocal left
            if left:
                left -= 1
                size = await size_of(assured.kor, JPN)
                missing = (("comity-missing", str(size - 1)),)
                return WireReply(409, missing, f"{size}\n".encode())
            return await inner(request)

        wires.network.answers[domain] = answer
        await say(assured.jpn)
        wires[JPN].kick()
        await wires.settle()
        (again,) = wires[KOR].pushes()[:1]
        assert [parcel.index for parcel in again.parcels] == [again.start - 1]

    simulate(story)


def test_a_card_too_large_for_a_push_goes_by_itself_before_what_follows(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_parcels, "PARCEL_INLINE_BYTES_MAX", 2000)
    wires = wire_up(assured)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        await rotate_keys(assured.jpn.context)
        await say(assured.jpn, 2)
        wires[JPN].kick()
        await wires.settle()
        assert 409 not in wires[KOR].statuses()
        assert put_requests(wires)

    simulate(story)
    assert assured.equal()


def test_a_partner_that_does_not_reply_twice_is_not_sent_a_card_for_ever(assured: World) -> None:
    count = 0

    def decide(sender: Domain, to: Domain, request: WireRequest) -> Course:
        nonlocal count
        count += to == DOMAINS[KOR]
        return Course(Fault.LOSE_REPLY) if count == 3 else SMOOTH

    wires = wire_up(assured, decide=decide)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        await rotate_keys(assured.jpn.context)
        await say(assured.jpn)
        wires[JPN].kick()
        await wires.settle()
        assert len(wires[KOR].seen) < 12

    simulate(story)
    assert assured.equal()


def test_parcels_that_do_not_fit_wait_for_the_next_push(assured: World) -> None:
    """Entries leave parcels a part of the room, and parcels do not hold up entries."""
    places = [assured.jpn.release(KOR, content=(b"x" * 40_000,)).place for _ in range(120)]
    wires = wire_up(assured)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        rode = [each for each in wires[KOR].pushes() if each.parcels]
        assert len(rode) >= 2
        sizes = [sent_bytes(request) for request, _ in wires[KOR].seen if request.body]
        assert max(sizes) <= PUSH_BYTES_MAX
        assert {p.index for each in rode for p in each.parcels} >= {p.index for p in places}

    simulate(story)


def test_a_card_that_is_gone_here_holds_nothing_up(assured: World) -> None:
    wires = wire_up(assured)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        await enter(assured.jpn, b'{"kind":"party.card"}')
        await say(assured.jpn)
        wires[JPN].kick()
        await wires.settle()
        assert await size_of(assured.kor, JPN) == await size_of(assured.jpn, JPN)

    simulate(story)
