# SPDX-License-Identifier: Apache-2.0
"""Agreement files and cards on their way: asked for when missing, and kept only when named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from comity.agreement.templates import template
from comity.basis.errors import InputError, StateError
from comity.basis.ids import PartyId, digest_of
from comity.flows.courier.loads import Load
from comity.flows.documents import (
    AGREEMENT,
    CLEAR,
)
from comity.flows.rotation import rotate_keys
from comity.sealing.bundle import Listing
from comity.statement.judgement import WaitingForCard
from comity.statement.treaty import AgreementAnnouncement
from tests.builders.world import (
    A_YEAR,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
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
    restarted = replace(world.kor, context=replace(world.kor.context, live={}))
    assert [type(each) for each in restarted.view().waiting] == [WaitingForCard]
    assert card.version == 2
    assert restarted.view().card(JPN).version == 1
    restarted.take(world.jpn.pack(KOR, "again").names[0])
    assert restarted.view().card(JPN).version == 2
    again = replace(restarted, context=replace(restarted.context, live={}))
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
    monkeypatch.setattr("comity.flows.courier.loads.BUNDLE_CLEAR_BYTES_MAX", len(raw) + 100)
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
    monkeypatch.setattr("comity.flows.courier.taking.BUNDLE_CLEAR_BYTES_MAX", 1000)
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
