# SPDX-License-Identifier: Apache-2.0
"""New keys on a running pair, in both directions, while parcels and bundles are on their way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from comity.agreement.templates import template
from comity.basis.errors import EdgeError, InvariantError, StateError
from comity.basis.ids import AgreementId, Digest
from comity.basis.instants import Instant
from comity.basis.limits import STATEMENT_AHEAD_MAX_MS
from comity.config import Serving
from comity.flows import rotation
from comity.flows.checkpoints import is_restoring
from comity.flows.context import Context
from comity.flows.courier.loads import Load
from comity.flows.courier.taking import Taken
from comity.flows.evidence import take_evidence
from comity.flows.recovery.restore import begin_restore, override_restore
from comity.flows.rotation import (
    change_tls_key,
    enter_owed_card,
    retire_sealing_keys,
    rotate_keys,
    sealing_key_waits,
)
from comity.flows.set_up import known_versions, pin_agreement, sign_card
from comity.flows.speak import Entered, speak
from comity.flows.treaty.acts import propose
from comity.flows.view import View
from comity.keys.cards import Card, fingerprint
from comity.keys.suites import KeyUse
from comity.ports import Keys
from comity.statement.evidence import pin, read_evidence, verify_evidence
from tests.builders.world import GSOMIA, JPN, KOR, TEXT, Node, World, run

OTHER = AgreementId("acsa-jpn-kor")


def rotate(node: Node) -> tuple[Card, tuple[Entered, ...]]:
    return run(rotate_keys(node.context))


def sealing_sets(node: Node) -> list[int]:
    keys = node.ports.keys
    return [
        version
        for version in run(keys.key_sets())
        if any(each.use is KeyUse.SEALING for each in run(keys.public_keys(version)))
    ]


def other_file() -> bytes:
    return template(GSOMIA).replace(b'id = "gsomia-jpn-kor"', b'id = "acsa-jpn-kor"')


def test_no_card_is_made_while_a_restore_is_under_way(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    jpn = assured.jpn
    sets = run(jpn.ports.keys.key_sets())

    async def restored_meanwhile(context: Context, *given: Any, **more: Any) -> Card:
        if not await is_restoring(context):
            await begin_restore(context, "said")
        return await sign_card(context, *given, **more)

    with monkeypatch.context() as late:
        late.setattr(rotation, "sign_card", restored_meanwhile)
        with pytest.raises(StateError, match=r"register\.restoring"):
            rotate(jpn)
    with pytest.raises(StateError, match=r"register\.restoring"):
        rotate(jpn)
    assert [each.version for each in run(known_versions(jpn.context, JPN))] == [1]
    run(override_restore(jpn.context))
    assert rotate(jpn)[0].version == 2
    assert len(run(jpn.ports.keys.key_sets())) == len(sets) + 1


def test_a_partner_follows_new_keys_from_what_it_pinned(assured: World) -> None:
    world = assured
    card, said = rotate(world.jpn)
    assert (card.version, len(said)) == (2, 1)
    place = world.jpn.release(KOR).place
    taken = world.carry(JPN, KOR)
    assert (taken.entries, taken.parcels, taken.gaps) == (2, 2, ())
    world.kor.receipt(place)
    world.settle()
    assert world.kor.view().card(JPN).version == 2
    assert world.equal()
    shown = {each.key_id for each in card.keys if each.use is KeyUse.SEALING}
    old = {each.key_id for each in world.jpn.card.keys if each.use is KeyUse.SEALING}
    assert not shown & old


def test_both_may_change_their_keys_at_once_with_items_on_their_way(assured: World) -> None:
    world = assured
    first = world.jpn.release(KOR).place
    second = world.kor.release(JPN).place
    rotate(world.jpn)
    rotate(world.kor)
    world.jpn.pack(KOR, "out")  # each bundle is sealed to a key that its taker has replaced
    world.kor.pack(JPN, "out")
    assert world.jpn.take(world.kor.folder / "out").parcels == 2
    assert world.kor.take(world.jpn.folder / "out").parcels == 2
    world.jpn.receipt(second)
    world.kor.receipt(first)
    world.settle()
    assert world.jpn.read(second) == world.kor.read(first) == TEXT
    assert world.equal()


def test_evidence_across_a_change_of_keys_verifies_by_the_pinned_roots(assured: World) -> None:
    world = assured
    rotate(world.jpn)
    rotate(world.kor)
    place = world.jpn.release(KOR).place
    world.settle(3)
    pins = frozenset(pin(fingerprint(node.card), party) for party, node in world.nodes.items())
    for node in world.nodes.values():
        files = run(take_evidence(node.context, GSOMIA, place))
        assert verify_evidence(read_evidence(files), trusted=pins).place == place


def test_old_sealing_keys_stay_while_anything_may_need_them_and_go_after(assured: World) -> None:
    world = assured
    key = min(each.key_id for each in world.jpn.card.keys if each.use is KeyUse.SEALING)

    def waits() -> tuple[str, ...]:
        return run(sealing_key_waits(world.jpn.context, key))

    assert waits() == ("a card after our card 1: comity card rotate",)
    rotate(world.jpn)
    assert sealing_sets(world.jpn) == [1, 2]
    assert waits() == (f"a word of KOR since it saw our card 2: {GSOMIA}",)
    place = world.kor.release(JPN).place  # wrapped to the old key: KOR has not heard of the new
    assert run(retire_sealing_keys(world.jpn.context)) == ()
    world.carry(KOR, JPN)
    assert sealing_sets(world.jpn) == [1, 2]  # KOR has not said that it has seen the card
    world.carry(JPN, KOR)
    world.kor.assure("CONFIDENTIAL")
    world.carry(KOR, JPN)
    assert sealing_sets(world.jpn) == [2]
    assert waits() == ()
    assert world.jpn.receipt(place)
    assert world.jpn.read(place) == TEXT  # by the custody key


def test_a_clock_that_fell_back_destroys_no_sealing_key(
    careful: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KOR's release is dated ahead of JPN's clock only after JPN has seen it: it still counts."""
    world, jpn = careful, careful.jpn
    world.move(2 * STATEMENT_AHEAD_MAX_MS)
    place = world.kor.release(JPN).place
    rotate(jpn)
    with monkeypatch.context() as patch:
        patch.setattr(Load, "carry", lambda *_: None)
        world.carry(KOR, JPN)
        world.carry(JPN, KOR)
        world.kor.assure("CONFIDENTIAL")  # by now KOR has seen the card
        world.carry(KOR, JPN)
    jpn.assure("CONFIDENTIAL")
    jpn.clock.instant = Instant(jpn.clock.instant - 3 * STATEMENT_AHEAD_MAX_MS // 2)
    assert run(retire_sealing_keys(jpn.context)) == ()
    assert sealing_sets(jpn) == [1, 2]
    world.move(2 * STATEMENT_AHEAD_MAX_MS)
    world.carry(KOR, JPN)
    jpn.receipt(place)
    assert jpn.read(place) == TEXT
    assert sealing_sets(jpn) == [2]


def test_a_parcel_that_has_not_come_keeps_the_old_key(
    careful: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KOR releases before it hears of JPN's new card, and its parcel is late."""
    world = careful
    place = world.kor.release(JPN).place
    rotate(world.jpn)
    world.carry(KOR, JPN)
    world.carry(JPN, KOR)
    world.kor.assure("CONFIDENTIAL")  # by now KOR has seen the card
    with monkeypatch.context() as patch:
        patch.setattr(Load, "carry", lambda *_: None)
        assert world.carry(KOR, JPN).parcels == 0
    assert sealing_sets(world.jpn) == [1, 2]
    assert world.carry(KOR, JPN).parcels == 2
    assert sealing_sets(world.jpn) == [2]
    world.jpn.receipt(place)
    assert world.jpn.read(place) == TEXT


def test_a_bundle_sealed_to_a_key_that_is_destroyed_does_no_harm(assured: World) -> None:
    world = assured
    world.kor.pack(JPN, "late")
    rotate(world.jpn)
    world.settle()
    world.kor.assure("CONFIDENTIAL")
    world.settle()
    assert sealing_sets(world.jpn) == [2]
    state = world.jpn.export()
    with pytest.raises(StateError) as caught:
        world.jpn.take(world.kor.folder / "late")
    assert caught.value.code == "keys.no-sealing-key"
    assert world.jpn.export() == state


def test_a_bundle_that_was_taken_is_taken_again_without_harm_when_its_key_is_destroyed(
    assured: World,
) -> None:
    world = assured
    place = world.kor.release(JPN).place
    packed = world.kor.pack(JPN, "first")
    assert world.jpn.take(world.kor.folder / "first").parcels == 2
    again = world.jpn.take(world.kor.folder / "first")
    rotate(world.jpn)
    world.settle()
    world.kor.assure("CONFIDENTIAL")
    world.settle()
    assert sealing_sets(world.jpn) == [2]
    state = world.jpn.export()
    assert world.jpn.take(world.kor.folder / "first") == again == Taken(KOR, packed.serial)
    assert world.jpn.journal()[-1]["outcome"] == "done"
    assert world.jpn.export() == state
    world.jpn.receipt(place)
    world.settle()
    assert world.equal()


def test_a_crash_between_keys_and_card_makes_no_keys_twice(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = assured.jpn

    async def refuse(text: str) -> bytes:
        raise EdgeError("disk.failed", "the disk refused")

    with monkeypatch.context() as patch:
        patch.setattr(node.ports.keys, "sign_card", refuse)
        with pytest.raises(EdgeError):
            rotate(node)
    assert run(node.ports.keys.key_sets()) == (1, 2)
    card, said = rotate(node)
    assert (card.version, len(said)) == (2, 1)
    assert run(node.ports.keys.key_sets()) == (1, 2)
    assured.settle()
    assert assured.equal()


def test_a_crash_between_card_and_register_is_completed_by_the_next_run(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = assured.jpn

    async def refuse(*_: object, **__: object) -> Entered:
        raise EdgeError("disk.failed", "the disk refused")

    with monkeypatch.context() as patch:
        patch.setattr("comity.flows.rotation.speak", refuse)
        with pytest.raises(EdgeError):
            rotate(node)
    card, said = rotate(node)
    assert (card.version, len(said)) == (2, 1)
    assert rotate(node)[0].version == 3


def test_a_card_that_is_owed_is_entered_wherever_it_can_be(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = assured.jpn
    assert run(enter_owed_card(node.context)) == ()
    run(pin_agreement(node.context, OTHER, KOR))
    run(propose(node.context, other_file()))
    refusing = {GSOMIA, OTHER}

    async def refuse(context: Context, view: View, *given: Any) -> Entered:
        if view.agreement_id in refusing:
            raise EdgeError("disk.failed", "the disk refused", where=view.agreement_id)
        return await speak(context, view, *given)

    monkeypatch.setattr(rotation, "speak", refuse)
    with pytest.raises(EdgeError):
        rotate(node)
    refusing.discard(GSOMIA)
    with pytest.raises(EdgeError, match=r"disk\.failed"):
        run(enter_owed_card(node.context))  # the other one comes first, and keeps this not waiting
    assert node.view(GSOMIA).card(JPN).version == 2
    assert node.view(OTHER).card(JPN).version == 1
    refusing.clear()
    (said,) = run(enter_owed_card(node.context))
    assert said.statement.agreement_id == OTHER
    assert run(enter_owed_card(node.context)) == ()


def test_a_card_that_is_owed_waits_for_the_end_of_a_restore(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = assured.jpn

    async def refuse(*_: object, **__: object) -> Entered:
        raise EdgeError("disk.failed", "the disk refused")

    with monkeypatch.context() as patch:
        patch.setattr(rotation, "speak", refuse)
        with pytest.raises(EdgeError):
            rotate(node)
    run(begin_restore(node.context, "said"))
    assert run(enter_owed_card(node.context)) == ()
    run(override_restore(node.context))
    assert len(run(enter_owed_card(node.context))) == 1


def test_a_card_that_is_owed_meets_a_bug(assured: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def bug(*_: object) -> tuple[Entered, ...]:
        raise InvariantError("x.y", "bug")

    monkeypatch.setattr(rotation, "enter_card", bug)
    with pytest.raises(InvariantError):
        run(enter_owed_card(assured.jpn.context))


def test_a_register_without_a_file_gets_the_card_once_there_is_one(pinned: World) -> None:
    world = pinned
    assert [rotate(world.jpn)[0].version for _ in range(2)] == [2, 3]
    assert world.jpn.sizes()[JPN] == 0
    world.kor.propose()
    world.carry(KOR, JPN)  # the file is known now: both cards are entered, one after the other
    assert [each["version"] for each in _cards_said(world.jpn)] == [2, 3]
    world.settle()
    assert world.kor.view().card(JPN).version == 3
    assert world.equal()


def _cards_said(node: Node) -> list[dict[str, int]]:
    return [each["card"] for each in node.said("party.card")]


def test_ids_pinned_before_and_after_a_change_of_cards_open_with_the_card_of_that_time(
    assured: World,
) -> None:
    """JPN opened its second register before the change, KOR pins it after having followed that."""
    world = assured
    run(pin_agreement(world.jpn.context, OTHER, KOR))
    run(propose(world.jpn.context, other_file()))
    rotate(world.jpn)
    taken = world.carry(JPN, KOR)
    assert taken.unserved
    run(pin_agreement(world.kor.context, OTHER, JPN))
    taken = world.carry(JPN, KOR)
    assert (taken.unserved, taken.gaps) == ((), ())
    mirror = world.kor.view(OTHER)
    assert (mirror.keys(JPN).first.version, mirror.card(JPN).version) == (1, 2)
    world.settle()
    assert world.jpn.view(OTHER).fold.export() == world.kor.view(OTHER).fold.export()


def test_a_register_opened_after_the_change_needs_no_old_card(assured: World) -> None:
    world = assured
    run(pin_agreement(world.kor.context, OTHER, JPN))  # while JPN's first card is known alone
    rotate(world.jpn)
    world.settle()
    run(pin_agreement(world.jpn.context, OTHER, KOR))
    run(propose(world.jpn.context, other_file()))
    world.carry(JPN, KOR)
    assert world.kor.view(OTHER).keys(JPN).first.version == 2
    world.settle()
    assert world.jpn.view(OTHER).fold.export() == world.kor.view(OTHER).fold.export()


def test_the_journal_tells_of_new_keys(assured: World) -> None:
    rotate(assured.jpn)
    acts = assured.jpn.acts()
    assert ("card.rotate", "done") in acts
    assert ("party.card", "done") in acts


# TLS


class TlsOf:
    """Stands before a node's keys, and holds pins as files of TLS keys would."""

    def __init__(self, node: Node) -> None:
        self.pins: tuple[Digest, ...] = ()
        self._keys = node.ports.keys
        self._made = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._keys, name)

    async def new_tls_key(self) -> None:
        if len(self.pins) < 2:
            self._made += 1
            self.pins = (*self.pins, Digest(f"{self._made:064x}"))

    async def tls_pins(self) -> tuple[Digest, ...]:
        return self.pins

    async def take_next_tls_key(self) -> bool:
        self.pins = self.pins[1:]
        return True


def with_tls(node: Node) -> TlsOf:
    tls = TlsOf(node)
    ports = replace(node.ports, keys=cast("Keys", tls))
    node.context = replace(node.context, ports=ports)
    return tls


def change(node: Node) -> bool:
    return run(change_tls_key(node.context))


def test_a_new_tls_key_takes_over_once_the_partner_has_seen_the_card(assured: World) -> None:
    world = assured
    tls = with_tls(world.jpn)
    first, _ = rotate(world.jpn)
    assert list(first.tls_pins) == list(tls.pins) == [f"{1:064x}"]
    assert not change(world.jpn), "nothing waits to take over"
    second, said = run(rotate_keys(world.jpn.context, new_tls=True))
    assert second.tls_pins == tls.pins
    assert len(second.tls_pins) == 2
    assert len(said) == 1
    assert not change(world.jpn), "the partner has not seen the card"
    world.settle()
    assert not change(world.jpn), "it has, and we do not know"
    world.kor.release(JPN)
    world.settle()
    assert change(world.jpn)
    third, _ = rotate(world.jpn)
    assert list(third.tls_pins) == list(tls.pins) == [f"{2:064x}"]


def test_a_stolen_tls_key_is_replaced_at_once_and_pinned_no_more(assured: World) -> None:
    world = assured
    tls = with_tls(world.jpn)
    first, _ = rotate(world.jpn)
    card, said = run(rotate_keys(world.jpn.context, new_tls=True, at_once=True))
    assert list(card.tls_pins) == list(tls.pins)
    assert not {*card.tls_pins} & {*first.tls_pins}
    assert len(said) == 1


def test_a_tls_key_that_waited_may_be_stolen_as_well(assured: World) -> None:
    world = assured
    tls = with_tls(world.jpn)
    rotate(world.jpn)
    both, _ = run(rotate_keys(world.jpn.context, new_tls=True))
    assert len(both.tls_pins) == 2
    card, _ = run(rotate_keys(world.jpn.context, new_tls=True, at_once=True))
    assert list(card.tls_pins) == list(tls.pins)
    assert len(card.tls_pins) == 1
    assert not {*card.tls_pins} & {*both.tls_pins}


def test_a_card_begun_without_the_new_tls_key_is_entered_before_the_one_with_it(
    assured: World,
) -> None:
    world = assured
    tls = with_tls(world.jpn)
    run(rotation._next_card(world.jpn.context, None))
    card, said = run(rotate_keys(world.jpn.context, new_tls=True))
    assert (card.version, len(said)) == (3, 2)
    assert card.tls_pins == tls.pins
    assert run(rotate_keys(world.jpn.context, new_tls=True))[0].tls_pins == tls.pins


def test_a_card_takes_up_what_the_configuration_says_by_now(assured: World) -> None:
    node = assured.jpn
    pin_of_proxy = Digest("f" * 64)
    config = replace(
        node.context.config,
        addresses=("https://new.jpn.example",),
        serve=Serving(tls_pins=(pin_of_proxy,)),
    )
    node.context = replace(node.context, config=config)
    with_tls(node)
    card, _ = rotate(node)
    assert card.addresses == ("https://new.jpn.example",)
    assert card.tls_pins == (Digest(f"{1:064x}"), pin_of_proxy)


def test_partners_that_pinned_a_card_by_hand_know_its_tls_keys(assured: World) -> None:
    """Nothing is said under the other agreement yet: its register opens with the card pinned."""
    world = assured
    tls = with_tls(world.jpn)
    rotate(world.jpn)
    card, _ = run(rotate_keys(world.jpn.context, new_tls=True))
    world.settle()
    world.kor.release(JPN)
    world.settle()
    run(pin_agreement(world.jpn.context, OTHER, KOR))
    assert card.tls_pins == tls.pins
    assert change(world.jpn)
