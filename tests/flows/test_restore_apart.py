# SPDX-License-Identifier: Apache-2.0
"""After a restore, between those whom discs alone join: what would otherwise wait for itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.basis.errors import StateError
from comity.flows.checkpoints import is_restoring
from comity.flows.courier import loads
from comity.flows.courier.loads import gather_load
from comity.flows.documents import PARTNER_SIZE
from comity.flows.mirror import ends_with_unjudged_card
from comity.flows.old_wraps import note_old_wrap
from comity.flows.recovery.restore import begin_restore
from comity.flows.rotation import retire_sealing_keys, rotate_keys
from comity.flows.set_up import the_card
from comity.flows.turns import turn
from comity.keys.suites import KeyUse
from tests.builders.restores import LATER_MS, backed_up, put_back
from tests.builders.world import GSOMIA, JPN, KOR, USA, Node, World, run


def test_what_one_partner_gave_back_is_handed_to_another_that_waits_for_it(
    three: World, tmp_path: Path
) -> None:
    backup = backed_up(three, tmp_path)
    three.jpn.assure()
    three.carry(JPN, USA)
    said = three[USA].sizes()[JPN]
    jpn = put_back(three, backup)
    run(begin_restore(jpn.context, "said"))
    three.carry(JPN, USA, name="asks")
    three.carry(USA, JPN, name="gives")
    assert jpn.sizes()[JPN] == said
    assert run(is_restoring(jpn.context))
    assert three.carry(JPN, KOR, name="hands on").entries == 1
    assert three.kor.sizes()[JPN] == said


def test_what_nobody_else_holds_stays_here_until_the_registers_are_whole(
    three: World, tmp_path: Path
) -> None:
    three.jpn.assure()
    three.jpn.pack(USA, name="lost on its way")
    backup = backed_up(three, tmp_path)
    jpn = put_back(three, backup)
    run(begin_restore(jpn.context, "said"))
    assert three.carry(JPN, KOR).entries == 0


def test_a_partner_put_back_to_before_our_card_gets_the_card_by_our_next_disc(
    assured: World, tmp_path: Path
) -> None:
    world, kor = assured, assured.kor
    backup = backed_up(world, tmp_path)
    run(rotate_keys(kor.context))
    world.settle()
    world.jpn.assure()
    world.settle()
    run(retire_sealing_keys(kor.context))
    jpn = put_back(world, backup)
    run(begin_restore(jpn.context, "said"))
    world.move(LATER_MS)
    with pytest.raises(StateError, match=r"keys\.no-sealing-key"):
        world.carry(JPN, KOR, name="by the old card")
    world.carry(KOR, JPN, name="brings the card")
    assert run(the_card(jpn.context, KOR)).version == 2
    world.carry(JPN, KOR, name="shows that it is whole")
    world.carry(KOR, JPN, name="says how much it holds")
    assert not run(is_restoring(jpn.context))
    world.settle()
    assert world.equal()


def test_a_card_that_waits_for_what_a_restore_took_comes_with_the_register_that_was_taken(
    assured: World, tmp_path: Path
) -> None:
    """The card had seen what was lost, and only who knows the card can ask for what was lost."""
    world, kor = assured, assured.kor
    backup = backed_up(world, tmp_path)
    world.jpn.assure()
    world.carry(JPN, KOR)
    run(rotate_keys(kor.context))
    kor.assure()
    world.settle()
    world.jpn.assure()
    world.settle()
    said, lost = world.jpn.sizes()[JPN], world.jpn.view().heads[JPN].origin
    run(retire_sealing_keys(kor.context))
    jpn = put_back(world, backup)
    run(begin_restore(jpn.context, "said"))
    world.move(LATER_MS)
    with pytest.raises(StateError, match=r"keys\.no-sealing-key"):
        world.carry(JPN, KOR, name="by the old card")
    load = run(gather_load(kor.context, JPN))
    assert [(each.start, each.count) for each in load.segments if each.origin == lost] == [
        (0, said)
    ]
    behind_card = kor.sizes()[KOR] - kor.view().keys(KOR).changes[-1].index - 1
    assert behind_card > 0
    taken = world.carry(KOR, JPN, name="brings both")
    # What the new keys sign waits until the card has been judged, and holds nothing else up.
    assert taken.gaps == (kor.view().heads[KOR].origin,)
    assert (jpn.sizes()[JPN], jpn.sizes()[KOR]) == (said, kor.sizes()[KOR] - behind_card)
    assert run(the_card(jpn.context, KOR)).version == 2
    world.carry(JPN, KOR, name="by the new card")
    assert world.carry(KOR, JPN, name="brings the rest").gaps == ()
    assert not run(is_restoring(jpn.context))
    world.settle()
    assert world.equal()


def test_what_is_given_back_leaves_room_for_what_a_disc_carries_in_the_clear(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kor = assured.kor
    key = next(each for each in run(the_card(kor.context, KOR)).keys if each.use is KeyUse.SEALING)
    run(rotate_keys(kor.context))
    run(note_old_wrap(kor.context, JPN, key.key_id))
    origin = kor.view().heads[JPN].origin
    assert any(each.origin == origin for each in run(gather_load(kor.context, JPN)).segments)
    monkeypatch.setattr(loads, "BUNDLE_CLEAR_BYTES_MAX", 0)
    assert all(each.origin != origin for each in run(gather_load(kor.context, JPN)).segments)


def test_what_new_keys_sign_waits_while_their_card_has_seen_what_is_not_here(three: World) -> None:
    usa, kor, jpn = three[USA], three.kor, three.jpn
    usa.assure()
    three.carry(USA, KOR)
    kor.assure()
    three.carry(KOR, JPN, name="waits")
    assert not run(_ends_with_unjudged_card(jpn))
    run(rotate_keys(kor.context))
    kor.assure()
    held = kor.sizes()[KOR]
    taken = three.carry(KOR, JPN, name="goes on by new keys")
    assert taken.gaps == (kor.view().heads[KOR].origin,)
    assert jpn.sizes()[KOR] == held - 1
    assert run(_ends_with_unjudged_card(jpn))
    three.carry(USA, JPN, name="what was seen")
    assert not run(_ends_with_unjudged_card(jpn))
    assert three.carry(KOR, JPN, name="again").gaps == ()
    assert jpn.sizes()[KOR] == held


async def _ends_with_unjudged_card(node: Node) -> bool:
    async with turn(node.context, GSOMIA) as view:
        return await ends_with_unjudged_card(node.context, view, KOR)


def test_an_envelope_that_names_no_old_key_of_ours_hints_at_nothing(assured: World) -> None:
    kor = assured.kor
    key = next(each for each in run(the_card(kor.context, KOR)).keys if each.use is KeyUse.SEALING)
    for key_id in (key.key_id, "never ours"):
        run(note_old_wrap(kor.context, JPN, key_id))
    kept = run(kor.ports.store.documents(PARTNER_SIZE, prefix=f"{JPN}/"))
    run(rotate_keys(kor.context))
    run(note_old_wrap(kor.context, USA, key.key_id))
    assert run(kor.ports.store.documents(PARTNER_SIZE)) == kept
    run(note_old_wrap(kor.context, JPN, key.key_id))
    assert run(kor.ports.store.documents(PARTNER_SIZE)) != kept
