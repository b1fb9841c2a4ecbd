# SPDX-License-Identifier: Apache-2.0
"""A node's beginning and what people compare by hand: cards and agreement ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.agreement.templates import template
from comity.basis.errors import ConfigError, InputError, ProofError, StateError
from comity.basis.ids import AgreementId
from comity.decision.house import allow_house_act
from comity.flows.documents import AGREEMENT_PIN, CARD, PIN, json_document
from comity.flows.rotation import rotate_keys
from comity.flows.set_up import (
    CardWords,
    agreement_pins,
    card_keys,
    find_card,
    found_node,
    pin_agreement,
    pin_card,
    pinned_fingerprints,
    sign_card,
    the_card,
)
from comity.flows.view import gather_view
from comity.keys.cards import fingerprint
from comity.ports import Change
from tests.builders.world import GSOMIA, JPN, KOR, USA, World, make_world, run


def test_a_node_is_founded_once(pinned: World) -> None:
    with pytest.raises(StateError) as caught:
        run(found_node(pinned.jpn.context, CardWords((("en", "Japan"),), "MoD")))
    assert caught.value.code == "node.founded"


def test_a_card_is_pinned_by_the_fingerprint_that_people_compared(
    pinned: World, tmp_path: Path
) -> None:
    with make_world(tmp_path / "other", (USA,)) as other:
        card = other[USA].card
        with pytest.raises(ProofError):
            run(pin_card(pinned.jpn.context, card.raw, compared="0" * 64))
        assert run(find_card(pinned.jpn.context, USA)) is None
        run(pin_card(pinned.jpn.context, card.raw, compared=fingerprint(card)))
        assert run(the_card(pinned.jpn.context, USA)).raw == card.raw
        assert pinned.jpn.journal()[-1]["details"] == {
            "party": USA,
            "fingerprint": fingerprint(card),
        }
        assert USA in dict(run(pinned_fingerprints(pinned.jpn.context)))


def test_pinning_the_same_card_twice_is_once(pinned: World) -> None:
    node, card = pinned.jpn, pinned.kor.card
    before = len(node.journal())
    run(pin_card(node.context, card.raw, compared=fingerprint(card)))
    assert len(node.journal()) == before


def test_a_party_has_one_card_of_each_version(pinned: World) -> None:
    kor, node = pinned.kor, pinned.jpn
    public = (
        *run(kor.ports.keys.root_keys()),
        *run(kor.ports.keys.public_keys(1)),
    )
    words = CardWords((("en", "Another Korea"),), "MND")
    keys = card_keys(public, kor.clock.now())
    other = run(sign_card(kor.context, words, version=1, keys=keys, now=kor.clock.now()))
    with pytest.raises(StateError) as caught:
        run(pin_card(node.context, other.raw, compared=fingerprint(other)))
    assert caught.value.code == "card.version-taken"
    assert run(the_card(node.context, KOR)).raw == kor.card.raw


def test_another_party_of_the_same_name_or_domain_is_refused(pinned: World, tmp_path: Path) -> None:
    with make_world(tmp_path / "false", (KOR,)) as false:
        card = false.kor.card
        with pytest.raises(StateError) as caught:
            run(pin_card(pinned.jpn.context, card.raw, compared=fingerprint(card)))
        assert caught.value.code == "card.pinned-otherwise"
        assert caught.value.expected == fingerprint(pinned.kor.card)


def test_our_own_card_is_not_pinned(pinned: World) -> None:
    card = pinned.jpn.card
    with pytest.raises(InputError) as caught:
        run(pin_card(pinned.jpn.context, card.raw, compared=fingerprint(card)))
    assert caught.value.code == "card.own"


def test_an_id_is_pinned_once_and_only_with_a_party_whose_card_is(pinned: World) -> None:
    node = pinned.jpn
    before = len(node.journal())
    run(pin_agreement(node.context, GSOMIA, KOR))
    assert len(node.journal()) == before
    with pytest.raises(StateError) as caught:
        run(pin_agreement(node.context, GSOMIA, USA))
    assert caught.value.code == "card.not-pinned"
    with pytest.raises(StateError) as caught:
        run(gather_view(node.context, AgreementId("tisa")))
    assert caught.value.code == "agreement.not-pinned"


def test_registers_of_unpinned_ids_are_not_served(pinned: World) -> None:
    heads = run(pinned.jpn.ports.store.registers())
    assert sorted(head.origin for head in heads) == [
        "mnd.kor.example/register/gsomia-jpn-kor",
        "mod.jpn.example/journal",
        "mod.jpn.example/register/gsomia-jpn-kor",
    ]


def test_a_file_that_names_other_parties_is_not_proposed(pinned: World) -> None:
    with pytest.raises(StateError) as caught:
        pinned.jpn.propose(template(GSOMIA).replace(b"KOR", b"FRA"))
    assert caught.value.code == "agreement.parties"
    assert pinned.jpn.sizes()[JPN] == 0


def test_nothing_is_decided_before_a_version_is_signed(pinned: World) -> None:
    with pytest.raises(StateError) as caught:
        pinned.jpn.draft([KOR])
    assert caught.value.code == "agreement.not-signed"


def test_a_pin_that_does_not_read_stops_the_node(pinned: World) -> None:
    store = pinned.jpn.ports.store
    broken = json_document(AGREEMENT_PIN, f"{GSOMIA}/KOR", {"card": 1})
    run(store.commit(Change(allow_house_act("x"), documents=(broken,))))
    with pytest.raises(ConfigError):
        run(agreement_pins(pinned.jpn.context, GSOMIA))


def test_cards_are_found_by_version(assured: World) -> None:
    node = assured.jpn
    card, _ = run(rotate_keys(node.context))
    assert run(the_card(node.context, JPN)).version == card.version == 2
    assert run(the_card(node.context, JPN, 1)).raw == node.card.raw
    assert run(find_card(node.context, JPN, 3)) is None
    assert run(node.ports.store.version(PIN)) == 1
    assert len(run(node.ports.store.documents(CARD))) == 3
