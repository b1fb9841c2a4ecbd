# SPDX-License-Identifier: Apache-2.0
"""Evidence taken from a node, and derived tables made anew and proved equal."""

from __future__ import annotations

import pytest

from comity.basis.errors import EdgeError, StateError
from comity.basis.ids import Place
from comity.decision.house import allow_house_act
from comity.flows.checkpoints import sign_register
from comity.flows.evidence import take_evidence
from comity.flows.housekeeping.rebuild import STATE, export_state, rebuild
from comity.flows.view import own_register
from comity.keys.cards import fingerprint
from comity.ports import Basis, Judgement, RegisterHead
from comity.statement.evidence import pin, read_evidence, verify_evidence
from comity.statement.treaty import AgreementAnnouncement
from tests.builders.world import A_YEAR, GSOMIA, JPN, KOR, USA, World, enter_raw, run


def test_every_statement_that_was_acknowledged_can_be_shown(released: World) -> None:
    world = released
    pins = frozenset(pin(fingerprint(node.card), node.party) for node in world.nodes.values())
    for party, size in world.jpn.sizes().items():
        for index in range(size):
            files = run(take_evidence(world.jpn.context, GSOMIA, Place(party, index)))
            shown = verify_evidence(read_evidence(files), trusted=pins)
            assert shown.place == Place(party, index)


def test_what_is_not_acknowledged_cannot_be_shown_yet(released: World) -> None:
    place = released.jpn.declare(AgreementAnnouncement("news", A_YEAR, "")).place
    with pytest.raises(StateError) as caught:
        run(take_evidence(released.jpn.context, GSOMIA, place))
    assert caught.value.code == "register.not-acknowledged"
    for missing in (Place(JPN, 99), Place(USA, 0)):
        with pytest.raises(StateError) as caught:
            run(take_evidence(released.jpn.context, GSOMIA, missing))
        assert caught.value.code == "register.no-such-statement"


def test_a_rebuild_finds_nothing_different(released: World) -> None:
    enter_raw(released.kor, b"not a statement")
    released.settle()
    for node in released.nodes.values():
        done = run(rebuild(node.context))
        assert (done.agreements, done.different) == (1, 0)
        assert done.judgements == sum(node.sizes().values())
        kept = run(node.ports.store.document(STATE, GSOMIA))
        assert kept == node.export() == run(export_state(node.context, GSOMIA))


def test_a_rebuild_replaces_what_is_different_or_missing(released: World) -> None:
    node, before = released.jpn, released.jpn.export()
    head = node.view().heads[KOR]
    allowed = allow_house_act("store.rebuild")
    wrong = (Judgement(head.origin, 0, admitted=False, code="wrong"),)
    run(node.ports.store.replace_derived(allowed, wrong, (), basis=Basis()))
    done = run(rebuild(node.context))
    assert done.different == sum(node.sizes().values())
    assert run(rebuild(node.context)).different == 0
    assert node.export() == before


def test_states_are_equal_at_any_instant_that_both_hold(released: World) -> None:
    world = released
    for judged in world.jpn.judged():
        assert judged.statement is not None
        statement = judged.statement
        shown = {
            run(export_state(node.context, GSOMIA, statement.at)) for node in world.nodes.values()
        }
        assert len(shown) == 1


def test_nothing_is_signed_that_does_not_lead_to_its_root(
    released: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One flipped bit on the disk would end the register for ever, if it were signed."""
    node = released.jpn
    enter_raw(node, b"not signed yet")
    store, entries = node.ports.store, node.ports.store.entries
    head: RegisterHead = own_register(node.view())

    async def rotten(origin: str, start: int, end: int) -> tuple[bytes, ...]:
        found = await entries(origin, start, end)
        return (*found[:-1], found[-1][:-1] + bytes([found[-1][-1] ^ 1]))

    keys = node.view().keys(JPN)
    monkeypatch.setattr(store, "entries", rotten)
    with pytest.raises(EdgeError) as caught:
        run(sign_register(node.context, head, keys))
    assert caught.value.code == "store.register-damaged"
    assert run(store.checkpoint(head.origin, head.size)) is None


def test_a_register_cut_short_on_the_disk_is_not_signed(
    released: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = released.jpn
    enter_raw(node, b"not signed yet")
    store, entries = node.ports.store, node.ports.store.entries
    head, keys = own_register(node.view()), node.view().keys(JPN)

    async def short(origin: str, start: int, end: int) -> tuple[bytes, ...]:
        return await entries(origin, start, min(end, head.size - 1))

    monkeypatch.setattr(store, "entries", short)
    with pytest.raises(EdgeError):
        run(sign_register(node.context, head, keys))
