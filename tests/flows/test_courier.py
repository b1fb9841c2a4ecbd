# SPDX-License-Identifier: Apache-2.0
"""Bundles between nodes: what goes when, and that bad, late, lost or strange ones do no harm."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from comity.agreement.templates import template
from comity.basis.errors import InputError, ProofError, StateError
from comity.basis.ids import AgreementId, Place
from comity.decision.house import allow_house_act
from comity.flows.documents import (
    PARTNER_SIZE,
    WANTED,
    card_document,
    json_document,
)
from comity.flows.parcels import Named, parcel_of
from comity.flows.set_up import pin_agreement
from comity.flows.treaty.acts import propose
from comity.flows.turns import turn
from comity.flows.view import statement_at
from comity.ports import Change
from comity.statement.treaty import AgreementAnnouncement
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


def announce(node: Node, subject: str = "news") -> None:
    node.declare(AgreementAnnouncement(subject, A_YEAR, ""))


def blobs(node: Node) -> int:
    return len(run(node.ports.blobs.digests()))


def staged(node: Node) -> list[Path]:
    folder = node.folder / "courier"
    return list(folder.iterdir()) if folder.is_dir() else []


# Parcels and acknowledgement


def test_a_parcel_goes_with_its_entry_where_the_agreement_lets_the_courier_carry_both(
    assured: World,
) -> None:
    place = assured.jpn.release(KOR).place
    assert assured.carry(JPN, KOR).parcels == 2
    assured.kor.receipt(place)
    assert assured.kor.read(place) == TEXT


def test_without_that_a_parcel_follows_the_cosignature_and_goes_once(careful: World) -> None:
    world = careful
    place = world.jpn.release(KOR).place
    assert world.jpn.pack(KOR).parcels == 0
    first = world.kor.take(world.jpn.folder / "disc")
    assert (first.entries, first.parcels, blobs(world.kor)) == (1, 0, 0)
    assert world.jpn.pack(KOR).parcels == 0  # not acknowledged yet
    world.carry(KOR, JPN)
    second = world.jpn.pack(KOR)
    assert second.parcels == 2
    assert world.jpn.pack(KOR, "again").parcels == 2  # KOR still says that it lacks them
    assert world.kor.take(world.jpn.folder / "disc").parcels == 2
    world.kor.receipt(place)
    assert world.kor.read(place) == TEXT
    world.carry(KOR, JPN)
    assert world.jpn.pack(KOR).parcels == 0


def test_a_parcel_that_was_never_asked_for_follows_its_acknowledgement_all_the_same(
    careful: World,
) -> None:
    world = careful
    world.jpn.release(KOR)
    world.carry(JPN, KOR)
    world.carry(KOR, JPN)
    store = world.jpn.ports.store
    (wanted,) = run(store.documents(WANTED))
    assert wanted.body is not None
    assert len(wanted.body) > 100
    forget = structs.replace(wanted, body=None)
    run(store.commit(Change(allow_house_act("x"), documents=(forget,))))
    assert world.jpn.pack(KOR).parcels == 2
    assert world.jpn.pack(KOR).parcels == 0  # sent: from now on KOR has to say that it lacks it


def test_asking_for_a_parcel_does_not_bring_it_before_the_cosignature(careful: World) -> None:
    """KOR holds the entries and answers, but keeps its acknowledgement back."""
    world = careful
    place = world.jpn.release(KOR).place
    world.carry(JPN, KOR)
    asked = [part.digest for part in _parcel(world.kor, place)]
    document = json_document(WANTED, KOR, [*asked])
    run(world.jpn.ports.store.commit(Change(allow_house_act("x"), documents=(document,))))
    assert world.jpn.pack(KOR).parcels == 0


def _parcel(node: Node, place: Place) -> tuple[Named, Named]:
    parcel = parcel_of(place, run(statement_at(node.context, node.view(), place)))
    assert parcel is not None
    return parcel.parts


def test_a_parcel_that_was_lost_is_asked_for_and_sent_again(assured: World) -> None:
    world = assured
    place = world.jpn.release(KOR).place
    world.carry(JPN, KOR)
    for digest in run(world.kor.ports.blobs.digests()):
        run(world.kor.ports.blobs.delete(digest))
    world.kor.lose_key(place)
    with pytest.raises(StateError) as caught:
        world.kor.receipt(place)
    assert caught.value.code == "item.payload-missing"
    world.carry(KOR, JPN)
    assert world.carry(JPN, KOR).parcels == 2
    world.kor.receipt(place)
    assert world.kor.read(place) == TEXT


def test_parcels_go_only_to_the_parties_that_the_statement_names(tmp_path: Path) -> None:
    with make_world(tmp_path, (JPN, KOR, USA)) as world:
        world.sign(trilateral())
        for node in world.nodes.values():
            node.assure("SECRET")
        world.settle(1)
        place = world.jpn.release(KOR).place
        assert world.carry(JPN, USA).parcels == 0
        assert world.carry(JPN, KOR).parcels == 2
        world.settle(1)
        assert blobs(world[USA]) == 0
        assert world.equal()
        with pytest.raises(StateError) as caught:
            world[USA].receipt(place)
        assert caught.value.code == "item.not-for-us"


# Bundles that should not be here


def test_a_bundle_for_somebody_else_is_refused(assured: World) -> None:
    assured.jpn.pack(KOR)
    with pytest.raises(InputError) as caught:
        assured.jpn.take(assured.jpn.folder / "disc")
    assert caught.value.code == "courier.not-for-us"


def test_a_bundle_of_a_sender_whose_card_is_not_pinned_is_refused(tmp_path: Path) -> None:
    with make_world(tmp_path / "a") as one, make_world(tmp_path / "b", (KOR, USA)) as other:
        other[KOR].agreement = one.kor.agreement
        one.jpn.pack(KOR)
        with pytest.raises(StateError) as caught:
            other[KOR].take(one.jpn.folder / "disc")
        assert caught.value.code == "courier.unknown-sender"
        assert staged(other[KOR]) == []


def test_a_bundle_of_an_impostor_with_the_same_domain_proves_nothing(
    assured: World, tmp_path: Path
) -> None:
    """Anybody can seal a body to KOR's card and write JPN's domain outside."""
    with make_world(tmp_path / "false") as false:
        false.jpn.propose()
        run(_repin(false.jpn, assured.kor))
        false.jpn.pack(KOR)
        before = assured.kor.export()
        with pytest.raises(ProofError):
            assured.kor.take(false.jpn.folder / "disc")
        assert assured.kor.export() == before
        assert assured.kor.acts()[-1] == ("courier.take", "refused")


async def _repin(node: Node, partner: Node) -> None:
    card = card_document(KOR, 1, partner.card.raw)
    await node.ports.store.commit(Change(allow_house_act("x"), documents=(card,)))


def test_registers_that_are_not_pinned_here_are_left_alone_and_the_rest_is_taken(
    assured: World,
) -> None:
    world = assured
    other = AgreementId("acsa-jpn-kor")
    run(pin_agreement(world.jpn.context, other, KOR))
    run(propose(world.jpn.context, _renamed(other)))
    announce(world.jpn)
    taken = world.carry(JPN, KOR)
    assert taken.unserved == ("mod.jpn.example/register/acsa-jpn-kor",)
    assert taken.entries == 1
    assert run(world.kor.ports.store.registers(other)) == ()
    run(pin_agreement(world.kor.context, other, JPN))
    assert world.carry(JPN, KOR).entries == 1
    assert world.kor.view(other).fold.state.life.on_table is not None


def test_a_parcel_that_is_larger_than_this_node_takes_is_not_kept_and_not_asked_for(
    assured: World,
) -> None:
    world = assured
    large = world.jpn.release(KOR, content=(b"x" * 5_000,)).place
    small = world.jpn.release(KOR).place
    limits = replace(world.kor.context.config.limits, parcel_bytes_max=6_000)
    config = replace(world.kor.context.config, limits=limits)
    world.kor.context = replace(world.kor.context, config=config)
    taken = world.carry(JPN, KOR)
    assert taken.too_large == (f"{GSOMIA}/{large}",)
    assert taken.parcels == 2
    assert not run(is_here(world.kor, large))
    assert run(is_here(world.kor, small))
    world.carry(KOR, JPN)
    assert world.carry(JPN, KOR).too_large == ()
    roomy = replace(config, limits=replace(limits, parcel_bytes_max=1_000_000))
    world.kor.context = replace(world.kor.context, config=roomy)
    world.carry(KOR, JPN)
    assert world.carry(JPN, KOR).parcels == 2
    assert run(is_here(world.kor, large))


async def is_here(node: Node, place: Place) -> bool:
    async with turn(node.context, GSOMIA) as view:
        return place not in view.open.parcels


def _renamed(agreement: AgreementId) -> bytes:
    return template(GSOMIA).replace(b'id = "gsomia-jpn-kor"', f'id = "{agreement}"'.encode())


# Late, twice, out of order


def test_a_bundle_taken_twice_is_taken_once(assured: World) -> None:
    world = assured
    world.jpn.release(KOR)
    world.jpn.pack(KOR)
    first = world.kor.take(world.jpn.folder / "disc")
    state, sizes = world.kor.export(), world.kor.sizes()
    again = world.kor.take(world.jpn.folder / "disc")
    assert (first.entries, again.entries, again.parcels, again.cosignatures) == (1, 0, 0, 0)
    assert (world.kor.export(), world.kor.sizes()) == (state, sizes)


def test_an_old_bundle_is_harmless(assured: World) -> None:
    world = assured
    announce(world.jpn, "old")
    world.jpn.pack(KOR, "old")
    world.carry(JPN, KOR)
    world.settle()
    place = world.jpn.release(KOR).place
    world.carry(JPN, KOR)
    world.kor.receipt(place)
    world.settle()
    state = world.kor.export()
    needs = (
        run(world.kor.ports.store.documents(WANTED)),
        run(world.kor.ports.store.documents(PARTNER_SIZE)),
    )
    taken = world.kor.take(world.jpn.folder / "old")
    assert (taken.entries, taken.answered, taken.gaps) == (0, (), ())
    assert world.kor.export() == state
    # What an old bundle says of its sender's needs is old as well.
    assert needs == (
        run(world.kor.ports.store.documents(WANTED)),
        run(world.kor.ports.store.documents(PARTNER_SIZE)),
    )
    world.settle()
    assert world.equal()


def test_a_bundle_whose_forerunner_was_lost_leaves_a_gap_that_the_reply_repairs(
    assured: World, tmp_path: Path
) -> None:
    world, late = assured, assured.copy(tmp_path / "late").kor
    announce(world.jpn, "first")
    world.carry(JPN, KOR)
    world.carry(KOR, JPN)  # JPN goes on from what was acknowledged
    announce(world.jpn, "second")
    announce(world.jpn, "third")
    second = Path(world.jpn.pack(KOR, "second").names[0])
    taken = late.take(second)  # but this disc reaches KOR as it was before
    assert (taken.entries, taken.gaps) == (0, ("mod.jpn.example/register/gsomia-jpn-kor",))
    reply = late.pack(JPN, "reply").names[0]
    world.jpn.take(reply)
    repair = world.jpn.pack(KOR, "repair")
    assert repair.entries == 3
    assert late.take(repair.names[0]).gaps == ()
    assert late.sizes() == world.jpn.sizes()
    assert late.export() == world.jpn.export()
