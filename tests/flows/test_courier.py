# SPDX-License-Identifier: Apache-2.0
"""Bundles between nodes: what goes when, and that bad, late, lost or strange ones do no harm."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from comity.agreement.templates import template
from comity.basis.errors import EdgeError, InputError, ProofError, StateError
from comity.basis.ids import AgreementId, PartyId, Place, digest_of
from comity.basis.limits import BUNDLES_STAGED_MAX, MIB
from comity.decision.house import allow_house_act
from comity.flows.arrivals import Named, due_parcels
from comity.flows.courier_load import Load
from comity.flows.documents import (
    AGREEMENT,
    CLEAR,
    PARTNER_SIZE,
    WANTED,
    card_document,
    json_document,
)
from comity.flows.rotation import rotate_keys
from comity.flows.set_up import pin_agreement
from comity.flows.treaty import propose
from comity.ports import BundleWriter, Change
from comity.sealing.bundle import Listing, parse_header
from comity.statement.judgement import WaitingForCard
from comity.statement.treaty import AgreementAnnouncement
from tests.builders.world import (
    A_YEAR,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    TEXT,
    USA,
    Node,
    World,
    make_world,
    run,
    trilateral,
)

MARKS = ("秘", "極秘", "군사", "SECRET", "CONFIDENTIAL", "Launch", "missile")


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
    forget = replace(wanted, body=None)
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
    return next(
        each for each in due_parcels(node.view(), node.clock.now()) if each.place == place
    ).parts


def test_a_parcel_that_was_lost_is_asked_for_and_sent_again(assured: World) -> None:
    world = assured
    place = world.jpn.release(KOR).place
    world.carry(JPN, KOR)
    for digest in run(world.kor.ports.blobs.digests()):
        run(world.kor.ports.blobs.delete(digest))
    run(world.kor.ports.keys.erase_item_key(world.kor.view().item(place).release.sealed.sha256))
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


# What is damaged or too much


@pytest.mark.parametrize("at", [0, 40, 1500, -1, -2000])
def test_a_flipped_byte_anywhere_is_noticed_and_nothing_is_taken(assured: World, at: int) -> None:
    world = assured
    announce(world.jpn)
    world.jpn.pack(KOR)
    disc = world.jpn.folder / "disc"
    raw = bytearray(disc.read_bytes())
    raw[at] ^= 1
    disc.write_bytes(raw)
    state = world.kor.export()
    with pytest.raises((InputError, ProofError, StateError)):
        world.kor.take(disc)
    assert world.kor.export() == state


def test_a_bundle_cut_short_or_gone_on_is_refused(assured: World) -> None:
    announce(assured.jpn)
    assured.jpn.pack(KOR)
    disc = assured.jpn.folder / "disc"
    raw = disc.read_bytes()
    for changed in (raw[:-1], raw[:200], b"", raw + b"x"):
        disc.write_bytes(changed)
        with pytest.raises((InputError, ProofError)):
            assured.kor.take(disc)
    disc.write_bytes(raw)
    assert assured.kor.take(disc).entries == 1
    assert staged(assured.kor) == []


def test_a_missing_disc_is_the_diskdrives_fault(assured: World) -> None:
    with pytest.raises(EdgeError):
        assured.kor.take(assured.jpn.folder / "nothing")


def test_the_outside_shows_no_marking_title_or_level(assured: World) -> None:
    assured.jpn.release(KOR, content=(TEXT * 4000,))
    assured.jpn.pack(KOR)
    raw = (assured.jpn.folder / "disc").read_bytes()
    header, _ = parse_header(raw[:MIB])
    assert (header.from_domain, header.to_domain) == ("mod.jpn.example", "mnd.kor.example")
    for mark in MARKS:
        assert mark.encode() not in raw
    assert TEXT not in raw


def test_a_full_disc_leaves_no_bundle_and_the_next_one_serves(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    world.jpn.release(KOR)
    bundles = world.jpn.ports.bundles
    begin = bundles.begin

    async def full(name: str, part_bytes: int) -> BundleWriter:
        writer = await begin(name, part_bytes)

        async def write(sealed: bytes) -> None:
            raise EdgeError("disk.full", "no space left on disk")

        monkeypatch.setattr(writer, "write", write)
        return writer

    with monkeypatch.context() as patch:
        patch.setattr(bundles, "begin", full)
        with pytest.raises(EdgeError):
            world.jpn.pack(KOR)
    assert [each for each in world.jpn.folder.iterdir() if each.name != "courier"] == []
    assert world.carry(JPN, KOR).parcels == 2


def test_a_full_disc_under_the_receiver_is_gone_on_from(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    place = world.jpn.release(KOR).place
    world.jpn.pack(KOR)

    async def refuse(*_: object) -> None:
        raise EdgeError("disk.full", "no space left on disk")

    with monkeypatch.context() as patch:
        patch.setattr(world.kor.ports.blobs, "write", refuse)
        with pytest.raises(EdgeError):
            world.kor.take(world.jpn.folder / "disc")
    taken = world.kor.take(world.jpn.folder / "disc")
    assert taken.parcels == 2
    world.kor.receipt(place)
    assert world.kor.read(place) == TEXT


# Several discs


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> int:
    size = 16 * 1024
    monkeypatch.setattr("comity.flows.courier_pack.BUNDLE_PART_BYTES", size)
    return size


def test_a_bundle_on_several_discs_may_be_taken_in_any_order(
    assured: World, small_parts: int
) -> None:
    world = assured
    content = [os.urandom(40_000) for _ in range(4)]
    place = world.jpn.release(KOR, content=content).place
    packed = world.jpn.pack(KOR, volume_bytes=3 * small_parts)
    assert len(packed.names) > 2
    *others, last = reversed(packed.names)
    for name in others:
        taken = world.kor.take(name)
        assert taken.missing
        assert taken.entries == 0
    assert world.kor.take(others[0]).missing  # the same disc twice changes nothing
    assert world.kor.take(last).parcels == 2
    assert staged(world.kor) == []
    world.kor.receipt(place)
    assert world.kor.read(place) == b"".join(content)


def test_discs_of_two_bundles_do_not_mix(assured: World, small_parts: int) -> None:
    world = assured
    world.jpn.release(KOR, content=[os.urandom(60_000)])
    first = world.jpn.pack(KOR, "one", volume_bytes=2 * small_parts)
    second = world.jpn.pack(KOR, "two", volume_bytes=2 * small_parts)
    assert world.kor.take(first.names[0]).missing
    for name in second.names[1:]:
        assert world.kor.take(name).missing
    assert world.kor.take(second.names[0]).entries == 1


def test_a_broken_disc_is_copied_again_and_the_others_are_kept(
    assured: World, small_parts: int
) -> None:
    world = assured
    world.jpn.release(KOR, content=[os.urandom(60_000)])
    names = world.jpn.pack(KOR, volume_bytes=2 * small_parts).names
    broken = Path(names[0])
    raw = broken.read_bytes()
    broken.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    for name in names[1:]:
        world.kor.take(name)
    with pytest.raises(ProofError) as caught:
        world.kor.take(broken)
    assert caught.value.code == "bundle.part"
    broken.write_bytes(raw)
    assert world.kor.take(broken).entries == 1


def test_bundles_that_never_become_whole_do_not_pile_up(assured: World, small_parts: int) -> None:
    world = assured
    world.jpn.release(KOR, content=[os.urandom(40_000)])
    for number in range(BUNDLES_STAGED_MAX + 3):
        names = world.jpn.pack(KOR, f"disc-{number}", volume_bytes=small_parts).names
        assert world.kor.take(names[0]).missing
    assert len(staged(world.kor)) == BUNDLES_STAGED_MAX


# Clear payloads


def pack_without_clear(node: Node, to: PartyId, monkeypatch: pytest.MonkeyPatch) -> str:
    """Pack as a node does that leaves out what its statements name."""
    with monkeypatch.context() as patch:
        patch.setattr(Load, "carry_clear", lambda *_: None)
        return node.pack(to, "without").names[0]


def test_a_file_that_did_not_come_is_asked_for_and_then_counts(
    pinned: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = pinned
    world.jpn.propose()
    taken = world.kor.take(pack_without_clear(world.jpn, KOR, monkeypatch))
    assert (taken.entries, taken.answered) == (1, ())
    assert world.kor.view().fold.state.life.on_table is None
    world.carry(KOR, JPN)  # KOR has nothing to say, but says what it lacks
    world.carry(JPN, KOR)
    assert world.kor.view().fold.state.life.on_table is not None
    assert world.kor.said("statement.reject") == []
    world.settle()
    assert world.equal()


def test_a_card_that_did_not_come_is_waited_for_and_then_everything_after_it_counts(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    run(rotate_keys(world.jpn.context))
    announce(world.jpn, "signed by the new keys")
    taken = world.kor.take(pack_without_clear(world.jpn, KOR, monkeypatch))
    assert taken.entries == 1  # the card's own entry: what follows is signed by keys not yet here
    assert taken.gaps == ("mod.jpn.example/register/gsomia-jpn-kor",)
    assert [each.place.party for each in world.kor.view().waiting] == [JPN]
    announce(world.kor, "KOR goes on meanwhile")
    world.carry(KOR, JPN)
    taken = world.carry(JPN, KOR)
    assert (taken.entries, taken.gaps) == (1, ())
    assert world.kor.view().waiting == ()
    world.settle()
    assert world.equal()
    kept = run(world.kor.ports.store.judgements("mod.jpn.example/register/gsomia-jpn-kor", 0, 99))
    assert [each.index for each in kept] == list(range(world.kor.sizes()[JPN]))


def test_an_entry_that_waits_is_still_waited_for_after_a_restart(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    card, _ = run(rotate_keys(world.jpn.context))
    world.kor.take(pack_without_clear(world.jpn, KOR, monkeypatch))
    restarted = replace(world.kor, context=replace(world.kor.context, gathered={}))
    assert [type(each) for each in restarted.view().waiting] == [WaitingForCard]
    assert card.version == 2
    assert restarted.view().card(JPN).version == 1
    restarted.take(world.jpn.pack(KOR, "again").names[0])
    assert restarted.view().card(JPN).version == 2
    again = replace(restarted, context=replace(restarted.context, gathered={}))
    assert again.view().card(JPN).version == 2  # its bytes were committed with the verdict


def test_a_third_partys_payload_is_passed_on_by_whoever_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clear payload is for everybody; a party that withholds it from one cannot split them."""
    with make_world(tmp_path, (JPN, KOR, USA)) as world:
        world.kor.propose(trilateral())
        world.carry(KOR, JPN)
        world[USA].take(pack_without_clear(world.kor, USA, monkeypatch))
        assert world[USA].view().files == {}
        world.carry(USA, JPN)
        world.carry(JPN, USA)
        assert len(world[USA].view().files) == 1
        world.settle()
        assert world.equal()


def test_what_no_statement_names_is_not_kept(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    stray = b"a file that nobody put on the table"
    load = Load.listing

    def with_stray(self: Load) -> Listing:
        self.carry_clear(digest_of(stray), stray)
        return load(self)

    announce(world.jpn)
    with monkeypatch.context() as patch:
        patch.setattr(Load, "listing", with_stray)
        world.jpn.pack(KOR)
    before = [run(world.kor.ports.store.documents(kind)) for kind in (CLEAR, AGREEMENT)]
    assert world.kor.take(world.jpn.folder / "disc").entries == 1
    assert before == [run(world.kor.ports.store.documents(kind)) for kind in (CLEAR, AGREEMENT)]


def test_more_in_the_clear_than_fits_goes_with_the_next_bundle(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    raw = template(GSOMIA)
    monkeypatch.setattr("comity.flows.courier_load.BUNDLE_CLEAR_BYTES_MAX", len(raw) + 100)
    for version in (b"version = 3", b"version = 4"):
        world.jpn.propose(raw.replace(b"version = 2 ", version + b" ", 1))
    first = world.jpn.pack(KOR)
    assert (first.entries, first.left) == (1, 1)
    world.kor.take(first.names[0])
    world.carry(KOR, JPN)
    second = world.jpn.pack(KOR)
    assert (second.entries, second.left) == (1, 0)
    world.kor.take(second.names[0])
    world.settle()
    assert world.equal()


def test_clear_payloads_are_held_to_their_limit(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    world.jpn.propose(template(GSOMIA).replace(b"version = 2 ", b"version = 3 ", 1))
    world.jpn.pack(KOR)
    monkeypatch.setattr("comity.flows.courier_take.BUNDLE_CLEAR_BYTES_MAX", 1000)
    with pytest.raises(InputError) as caught:
        world.kor.take(world.jpn.folder / "disc")
    assert caught.value.code == "courier.clear-too-large"


def test_the_entries_of_one_register_lie_in_one_run(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    announce(world.jpn)
    listing = Load.listing

    def torn(self: Load) -> Listing:
        whole = listing(self)
        (segment,) = whole.segments
        other = replace(segment, origin="mod.jpn.example/register/other")
        return replace(whole, segments=(segment, other, segment))

    with monkeypatch.context() as patch:
        patch.setattr(Load, "listing", torn)
        world.jpn.pack(KOR)
    with pytest.raises(InputError) as caught:
        world.kor.take(world.jpn.folder / "disc")
    assert caught.value.code == "courier.segments-order"


def test_nobody_packs_for_a_party_without_an_agreement(assured: World) -> None:
    with pytest.raises(StateError) as caught:
        assured.jpn.pack(USA)
    assert caught.value.code == "courier.no-agreement"


def test_packing_and_taking_are_journalled_with_whoever_did_it(assured: World) -> None:
    world = assured
    announce(world.jpn)
    world.jpn.pack(KOR, person=OFFICER)
    world.kor.take(world.jpn.folder / "disc")
    packed, taken = world.jpn.journal()[-1], world.kor.journal()[-1]
    assert (packed["act"], packed["by"], packed["operator"]) == (
        "courier.pack",
        OFFICER,
        "jpn-operator",
    )
    assert packed["details"]["to"] == KOR
    assert (taken["act"], taken["by"], taken["operator"]) == ("courier.take", None, "kor-operator")
    assert taken["details"] == {
        "answered": 0,
        "entries": 1,
        "from": JPN,
        "parcels": 0,
        "serial": packed["details"]["serial"],
    }


def test_what_is_staged_and_was_altered_since_is_not_trusted_after_a_restart(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash came between staging and taking, and somebody was at the disk meanwhile."""
    world = assured
    world.jpn.release(KOR)
    world.jpn.pack(KOR)

    async def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("comity.flows.courier_take._take_body", crash)
        with pytest.raises(KeyboardInterrupt):
            world.kor.take(world.jpn.folder / "disc")
    (part,) = [path for path in (world.kor.folder / "courier").rglob("*") if path.is_file()]
    raw = bytearray(part.read_bytes())
    raw[200] ^= 1
    part.write_bytes(raw)
    state = world.kor.export()
    with pytest.raises(ProofError) as caught:
        world.kor.take(world.jpn.folder / "disc")
    assert caught.value.code == "bundle.altered"
    assert world.kor.export() == state
    assert world.kor.take(world.jpn.folder / "disc").entries == 1  # staged anew from the disc


def test_sizes_that_a_bundle_claims_are_held_to_and_reserve_nothing(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = assured
    world.jpn.release(KOR)
    listing = Load.listing

    def swollen(self: Load) -> Listing:
        whole = listing(self)
        last = replace(whole.parcels[-1], size=2**35)
        return replace(whole, parcels=(*whole.parcels[:-1], last))

    with monkeypatch.context() as patch:
        patch.setattr(Load, "listing", swollen)
        world.jpn.pack(KOR)
    with pytest.raises(InputError) as caught:
        world.kor.take(world.jpn.folder / "disc")
    assert caught.value.code == "bundle.malformed"
    assert world.carry(JPN, KOR).parcels >= 1
