# SPDX-License-Identifier: Apache-2.0
"""Taking pushes: parcels of what is held, then entries, and our receipt for just that."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from comity.basis.errors import EdgeError, EquivocationError, ProofError, StateError
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Instant
from comity.decision.house import allow_house_act
from comity.flows.checkpoints import sign_register
from comity.flows.evidence import take_evidence
from comity.flows.mirror import take_cosignature
from comity.flows.parcels import parcel_of
from comity.flows.recovery.refill import refill_by_segment
from comity.flows.recovery.restore import begin_restore, override_restore
from comity.flows.rotation import rotate_keys
from comity.flows.serving.taking import Pushed, PushTaken, few_came, follow_up, take_push
from comity.flows.set_up import the_card
from comity.flows.turns import turn
from comity.flows.view import View, own_register
from comity.ports import Change, Cosignature, HeldParcel, Keys
from comity.statement.envelope import parse_statement
from comity.statement.mirrored import Segment
from comity.statement.treaty import AgreementAnnouncement
from comity.tlog.checkpoints import parse_checkpoint
from tests.builders.restores import LATER_MS, backed_up, put_back
from tests.builders.world import (
    A_YEAR,
    GSOMIA,
    JPN,
    KOR,
    TEXT,
    USA,
    Node,
    World,
    make_world,
    run,
    trilateral,
)


def push(to: Node, pushed: Pushed) -> PushTaken:
    return run(take_push(to.context, GSOMIA, pushed))


def segment(node: Node, start: int) -> Segment:
    view = node.view()
    head = own_register(view)
    note = run(sign_register(node.context, head, view.keys(node.party)))
    assert note is not None
    entries = run(node.ports.store.entries(head.origin, start, head.size))
    return Segment(start, entries, parse_checkpoint(note.raw))


def parcel(node: Node, place: Place) -> HeldParcel:
    """Give a released item's parcel as pushes carry it."""
    head = node.view().heads[place.party]
    raw = run(node.ports.store.entries(head.origin, place.index, place.index + 1))[0]
    named = parcel_of(place, parse_statement(raw))
    assert named is not None
    parts = [b"".join(run(node.ports.blobs.read(each.digest))) for each in named.parts]
    return HeldParcel(head.origin, place.index, b"".join(parts))


def held(node: Node, party: PartyId) -> int:
    return node.sizes()[party]


def cosignature(taken: PushTaken) -> Cosignature:
    assert taken.cosignature is not None
    return taken.cosignature


@pytest.mark.parametrize("lately", [False, True])
def test_entries_are_stored_and_cosigned_and_the_parcel_follows(
    assured: World, *, lately: bool
) -> None:
    place = assured.jpn.release(KOR).place
    before = held(assured.kor, JPN)
    taken = push(assured.kor, Pushed(JPN, segment(assured.jpn, before)))
    assert (taken.entries, taken.size) == (1, before + 1)
    assert cosignature(taken).size == taken.size
    taken = push(assured.kor, Pushed(JPN, parcels=(parcel(assured.jpn, place),)))
    assert (taken.entries, taken.parcels, taken.refused) == (0, 1, ())
    assert few_came(assured.kor.context, GSOMIA)
    run(follow_up(assured.kor.context, GSOMIA, lately=lately))
    assert not few_came(assured.kor.context, GSOMIA)
    assured.kor.receipt(place)
    assert assured.kor.read(place) == TEXT


def test_a_parcel_that_came_in_another_way_is_found_by_whoever_looks_for_all(
    assured: World,
) -> None:
    place = assured.jpn.release(KOR).place
    sent = parcel(assured.jpn, place)
    kor = assured.kor
    push(kor, Pushed(JPN, segment(assured.jpn, held(kor, JPN))))
    run(follow_up(kor.context, GSOMIA))
    kept = structs.replace(sent, origin=kor.view().heads[JPN].origin)
    run(kor.ports.store.commit(Change(allowed_by=allow_house_act("payload.keep"), parcels=(kept,))))
    run(follow_up(kor.context, GSOMIA, lately=True))
    assert place in kor.view().open.parcels
    run(follow_up(kor.context, GSOMIA))
    assert place not in kor.view().open.parcels
    kor.receipt(place)
    assert kor.read(place) == TEXT


def test_a_parcel_whose_keeping_was_not_followed_up_is_found_after_a_restart(
    assured: World,
) -> None:
    place = assured.jpn.release(KOR).place
    kor = assured.kor
    push(kor, Pushed(JPN, segment(assured.jpn, held(kor, JPN))))
    push(kor, Pushed(JPN, parcels=(parcel(assured.jpn, place),)))
    kor.context.live.clear()
    run(follow_up(kor.context, GSOMIA, lately=True))
    assert place not in kor.view().open.parcels
    assert not kor.view().open.here


def test_what_is_not_due_is_not_looked_for_for_ever(assured: World) -> None:
    place = assured.jpn.release(KOR).place
    kor = assured.kor
    push(kor, Pushed(JPN, segment(assured.jpn, held(kor, JPN))))
    push(kor, Pushed(JPN, parcels=(parcel(assured.jpn, place),)))
    live = kor.context.live[GSOMIA].view
    assert isinstance(live, View)
    assert live.open.here == {place}
    live.open.parcels.discard(place)  # as when it is refused
    run(follow_up(kor.context, GSOMIA, lately=True))
    assert not live.open.here


def test_a_small_parcel_that_was_pushed_goes_on_by_courier_too(assured: World) -> None:
    place = assured.jpn.release(KOR).place
    sent = parcel(assured.jpn, place)
    for each in run(assured.jpn.ports.blobs.digests()):
        run(assured.jpn.ports.blobs.delete(each))
    view = assured.jpn.view()
    kept = structs.replace(sent, origin=own_register(view).origin)
    allowed = allow_house_act("payload.keep")
    run(assured.jpn.ports.store.commit(Change(allowed_by=allowed, parcels=(kept,))))
    assured.settle()
    assured.kor.receipt(place)
    assert assured.kor.read(place) == TEXT


def test_the_same_push_again_gives_the_same_cosignature(assured: World) -> None:
    assured.jpn.release(KOR)
    pushed = Pushed(JPN, segment(assured.jpn, held(assured.kor, JPN)))
    first = push(assured.kor, pushed)
    assured.move(60_000)
    second = push(assured.kor, pushed)
    assert cosignature(first) == cosignature(second) == cosignature(push(assured.kor, Pushed(JPN)))
    assert second.entries == 0


def test_a_parcel_that_is_not_the_named_one_is_refused_alone(assured: World) -> None:
    place = assured.jpn.release(KOR).place
    sent = parcel(assured.jpn, place)
    pushed = Pushed(JPN, segment(assured.jpn, held(assured.kor, JPN)))
    push(assured.kor, pushed)
    *kept, last = sent.raw or b""
    broken = structs.replace(sent, raw=bytes((*kept, last ^ 1)))
    nowhere = structs.replace(sent, index=99)
    foreign = structs.replace(sent, origin="elsewhere.example/register/x")
    taken = push(assured.kor, Pushed(JPN, parcels=(broken, nowhere, foreign, sent, sent)))
    assert [code for *_, code in taken.refused] == [
        "parcel.digest",
        "parcel.no-entry",
        "parcel.no-entry",
    ]
    assert push(assured.kor, Pushed(JPN, parcels=(sent,))).parcels == 0


def test_a_clear_payload_unlocks_what_waited(in_force: World) -> None:
    rotated, _ = run(rotate_keys(in_force.jpn.context))
    taken = push(in_force.kor, Pushed(JPN, segment(in_force.jpn, held(in_force.kor, JPN))))
    origin = in_force.jpn.view().heads[JPN].origin
    assert in_force.kor.view().waiting
    card = HeldParcel(origin, taken.size - 1, rotated.raw)
    other = HeldParcel(origin, taken.size - 1, b"another")
    assert push(in_force.kor, Pushed(JPN, parcels=(other,))).parcels == 0
    assert push(in_force.kor, Pushed(JPN, parcels=(card,))).parcels == 1
    assert not in_force.kor.view().waiting


@pytest.mark.parametrize("lately", [False, True])
def test_a_parcel_of_an_entry_that_still_waits_is_kept(tmp_path: Path, *, lately: bool) -> None:
    with make_world(tmp_path, (JPN, KOR, USA)) as world:
        world.sign(trilateral())
        for each in world.nodes.values():
            each.assure()
        world.settle()
        known = world[USA].sizes()
        world.jpn.declare(AgreementAnnouncement("seen by KOR alone", A_YEAR, ""))
        world.carry(JPN, KOR)
        place = world.kor.release(USA).place
        push(world[USA], Pushed(KOR, segment(world.kor, known[KOR])))
        assert world[USA].view().waiting
        assert push(world[USA], Pushed(KOR, parcels=(parcel(world.kor, place),))).parcels == 1
        push(world[USA], Pushed(JPN, segment(world.jpn, known[JPN])))
        assert not world[USA].view().waiting
        run(follow_up(world[USA].context, GSOMIA, lately=lately))
        world[USA].receipt(place)
        assert world[USA].read(place) == TEXT


@pytest.mark.parametrize("lately", [False, True])
def test_a_parcel_dated_ahead_is_kept_until_it_is_rejected(assured: World, *, lately: bool) -> None:
    kor = assured.kor
    run(begin_restore(kor.context, "said"))  # meanwhile nothing is rejected
    assured.jpn.clock.instant = Instant(kor.clock.now() + LATER_MS)
    place = assured.jpn.release(KOR).place
    push(kor, Pushed(JPN, segment(assured.jpn, held(kor, JPN))))
    assert push(kor, Pushed(JPN, parcels=(parcel(assured.jpn, place),))).parcels == 1
    run(follow_up(kor.context, GSOMIA, lately=lately))
    assert place in kor.view().open.parcels
    kor.clock.instant = assured.jpn.clock.now()
    run(override_restore(kor.context))
    run(follow_up(kor.context, GSOMIA, lately=lately))
    kor.receipt(place)
    assert kor.read(place) == TEXT


def test_a_parcel_of_an_entry_that_was_rejected_for_its_date_is_passed_over(
    assured: World,
) -> None:
    kor = assured.kor
    assured.jpn.clock.instant = Instant(kor.clock.now() + LATER_MS)
    place = assured.jpn.release(KOR).place
    push(kor, Pushed(JPN, segment(assured.jpn, held(kor, JPN))))
    run(follow_up(kor.context, GSOMIA))
    assert kor.said("statement.reject")
    kor.clock.instant = assured.jpn.clock.now()
    assert push(kor, Pushed(JPN, parcels=(parcel(assured.jpn, place),))).parcels == 0


def test_a_parcel_of_a_waiting_entry_to_somebody_else_is_passed_over(tmp_path: Path) -> None:
    with make_world(tmp_path, (JPN, KOR, USA)) as world:
        world.sign(trilateral())
        for each in world.nodes.values():
            each.assure()
        world.settle()
        known = world[USA].sizes()
        world.jpn.declare(AgreementAnnouncement("seen by KOR alone", A_YEAR, ""))
        world.carry(JPN, KOR)
        place = world.kor.release(JPN).place
        push(world[USA], Pushed(KOR, segment(world.kor, known[KOR])))
        assert push(world[USA], Pushed(KOR, parcels=(parcel(world.kor, place),))).parcels == 0


def test_a_parcel_is_not_passed_over_because_our_disk_fails(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = assured.jpn.release(KOR).place
    push(assured.kor, Pushed(JPN, segment(assured.jpn, held(assured.kor, JPN))))
    pushed = Pushed(JPN, parcels=(parcel(assured.jpn, place),))

    async def fail(change: Change) -> None:
        raise EdgeError("store.disk", "the store's disk failed", where=str(change.parcels[0].index))

    with monkeypatch.context() as sick:
        sick.setattr(assured.kor.ports.store, "commit", fail)
        with pytest.raises(EdgeError):
            push(assured.kor, pushed)
    assert push(assured.kor, pushed).parcels == 1


def test_a_gap_is_refused(in_force: World) -> None:
    for subject in "ab":
        in_force.jpn.declare(AgreementAnnouncement(subject, A_YEAR, ""))
    late = segment(in_force.jpn, held(in_force.kor, JPN) + 1)
    with pytest.raises(StateError, match="missing before"):
        push(in_force.kor, Pushed(JPN, late))


def test_a_shown_checkpoint_of_another_story_stops_the_register(
    in_force: World, tmp_path: Path
) -> None:
    twin = in_force.copy(tmp_path / "twin").kor
    in_force.kor.declare(AgreementAnnouncement("one story", A_YEAR, ""))
    twin.declare(AgreementAnnouncement("another", A_YEAR, ""))
    push(in_force.jpn, Pushed(KOR, segment(in_force.kor, held(in_force.jpn, KOR))))
    shown = segment(twin, 0).signed
    with pytest.raises(EquivocationError):
        push(in_force.jpn, Pushed(KOR, held=((KOR, shown),)))


def test_what_was_cosigned_before_a_card_that_had_not_seen_it_is_cosigned_again(
    tmp_path: Path,
) -> None:
    """A receipt that was lost on its way must hold by the keys that the card gives by now."""
    with make_world(tmp_path, (JPN, KOR, USA)) as world:
        world.sign(trilateral())
        world.settle()
        jpn, kor, usa = world[JPN], world[KOR], world[USA]
        known = usa.sizes()
        jpn.declare(AgreementAnnouncement("seen by KOR alone", A_YEAR, ""))
        world.carry(JPN, KOR)
        kor.declare(AgreementAnnouncement("waits at USA for that", A_YEAR, ""))
        lost = cosignature(push(usa, Pushed(KOR, segment(kor, known[KOR]))))
        assert usa.view().waiting
        assert cosignature(push(usa, Pushed(KOR))) == lost
        card, (said,) = run(rotate_keys(usa.context))
        origin = usa.view().heads[USA].origin
        push(kor, Pushed(USA, segment(usa, kor.sizes()[USA])))
        push(kor, Pushed(USA, parcels=(HeldParcel(origin, said.place.index, card.raw),)))
        given = cosignature(push(usa, Pushed(KOR)))
        assert (given.size, given.raw == lost.raw) == (lost.size, False)

        async def take(each: Cosignature) -> bool:
            async with turn(kor.context, GSOMIA) as view:
                return await take_cosignature(kor.context, view, USA, each.size, each.raw)

        with pytest.raises(ProofError, match=r"tlog\.signature-missing"):
            run(take(lost))
        assert run(take(given))
        push(usa, Pushed(JPN, segment(jpn, known[JPN])))
        world.settle()
        assert world.equal()
        run(take_evidence(kor.context, GSOMIA, Place(KOR, lost.size - 1)))


@pytest.mark.parametrize("taken", [True, False])
def test_a_parcel_that_is_folded_again_needs_no_sealing_key_once_its_own_is_in_custody(
    tmp_path: Path, *, taken: bool
) -> None:
    with make_world(tmp_path, (JPN, KOR, USA)) as world:
        world.sign(trilateral())
        for each in world.nodes.values():
            each.assure()
        world.settle()
        jpn, kor, usa = world[JPN], world[KOR], world[USA]
        known = kor.sizes()
        usa.declare(AgreementAnnouncement("said before, heard after", A_YEAR, ""))
        world.move(1000)
        place = jpn.release(KOR).place
        push(kor, Pushed(JPN, segment(jpn, known[JPN])))
        push(kor, Pushed(JPN, parcels=(parcel(jpn, place),)))
        if taken:
            run(follow_up(kor.context, GSOMIA))
        run(rotate_keys(kor.context))
        run(kor.ports.keys.drop_sealing_keys(1))
        push(kor, Pushed(USA, segment(usa, known[USA])))
        run(follow_up(kor.context, GSOMIA))
        refused = [each["body"]["code"] for each in kor.own_entries() if "code" in each["body"]]
        assert refused == ([] if taken else ["parcel.sealing-key-gone"])
        if taken:
            kor.receipt(place)
            assert kor.read(place) == TEXT


def test_a_card_that_waited_for_our_own_register_is_the_partys_card_once_it_is_admitted(
    assured: World, tmp_path: Path
) -> None:
    backup = backed_up(assured, tmp_path)
    assured.jpn.assure()
    assured.carry(JPN, KOR)
    kor = assured.kor
    card, (said,) = run(rotate_keys(kor.context))
    jpn = put_back(assured, backup)
    run(begin_restore(jpn.context, "said"))
    push(jpn, Pushed(KOR, segment(kor, held(jpn, KOR))))
    brought = HeldParcel(kor.view().heads[KOR].origin, said.place.index, card.raw)
    push(jpn, Pushed(KOR, parcels=(brought,)))
    assert jpn.view().waiting
    assert run(the_card(jpn.context, KOR)).version == 1
    head, store = kor.view().heads[JPN], kor.ports.store
    note, start = run(store.checkpoint(head.origin)), held(jpn, JPN)
    assert note is not None
    entries = run(store.entries(head.origin, start, head.size))
    back = Segment(start, entries, parse_checkpoint(note.raw))
    assert run(refill_by_segment(jpn.context, GSOMIA, back)) == 1
    run(follow_up(jpn.context, GSOMIA))
    assert not jpn.view().waiting
    assert run(the_card(jpn.context, KOR)).version == 2
    assert run(the_card(jpn.context, KOR, 2)).raw == card.raw


def test_custody_is_asked_page_by_page_and_never_for_everything_that_it_holds(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node that starts over a large register holds no list of all its keys."""
    places = [assured.kor.release(JPN).place for _ in range(9)]
    assured.settle()
    jpn, asked = assured.jpn, list[int]()
    lost = places[4]
    jpn.lose_key(lost)
    keys = type(jpn.ports.keys)
    held = keys.held_item_keys

    async def counted(self: Keys, refs: frozenset[str]) -> frozenset[str]:
        asked.append(len(refs))
        return await held(self, refs)  # type: ignore[arg-type]

    async def everything(self: Keys) -> tuple[str, ...]:
        raise AssertionError("all keys are listed")

    monkeypatch.setattr(keys, "held_item_keys", counted)
    monkeypatch.setattr(keys, "custody_items", everything)
    monkeypatch.setattr("comity.flows.view._PAGE", 3)
    jpn.context.live.clear()
    assert jpn.view().open.parcels == {lost}
    assert jpn.view().open.here == {lost}
    assert sum(asked) == 9
    assert max(asked) <= 3
