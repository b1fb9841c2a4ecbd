# SPDX-License-Identifier: Apache-2.0
"""Our own register taken back from partners: segment by segment, and only what we signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.basis.errors import ProofError, StateError
from comity.flows.documents import CARD
from comity.flows.drafts import KeptDraft, waiting_drafts
from comity.flows.recovery.refill import refill_by_segment
from comity.flows.recovery.restore import begin_restore, restore
from comity.flows.release import release_draft
from comity.flows.rotation import rotate_keys
from comity.flows.set_up import the_card
from comity.flows.speak import Entered
from comity.ports import WireReply, WireRequest
from comity.statement.mirrored import Segment
from comity.tlog.checkpoints import parse_checkpoint
from tests.builders.restores import LATER_MS, backed_up, put_back
from tests.builders.world import GSOMIA, JPN, KOR, OFFICER, Node, World, run
from tests.delivery.wires import say, simulate, wire_up


def codes(node: Node) -> list[str]:
    return [act for act, _ in node.acts() if act.startswith("register.")]


def given_back(world: World, tmp_path: Path, *, rotations: int = 0) -> tuple[Node, Segment]:
    """Let JPN say more than its backup knows; give it as it was, and what KOR holds beyond."""
    backup = backed_up(world, tmp_path)
    for _ in range(rotations):
        run(rotate_keys(world.jpn.context))
    world.jpn.assure()
    world.carry(JPN, KOR)
    jpn = put_back(world, backup)
    head = world.kor.view().heads[JPN]
    note = run(world.kor.ports.store.checkpoint(head.origin))
    start = jpn.view().heads[JPN].size
    entries = run(world.kor.ports.store.entries(head.origin, start, head.size))
    assert note is not None
    return jpn, Segment(start, entries, parse_checkpoint(note.raw))


def test_a_segment_of_ours_is_taken_back_once(assured: World, tmp_path: Path) -> None:
    jpn, segment = given_back(assured, tmp_path)
    assert run(refill_by_segment(jpn.context, GSOMIA, segment)) == len(segment.entries) == 1
    assert run(refill_by_segment(jpn.context, GSOMIA, segment)) == 0


def test_a_segment_after_a_gap_is_asked_for_again(assured: World, tmp_path: Path) -> None:
    jpn, segment = given_back(assured, tmp_path)
    late = Segment(segment.start + 1, segment.entries, segment.signed)
    with pytest.raises(StateError, match=r"courier\.gap"):
        run(refill_by_segment(jpn.context, GSOMIA, late))


def test_a_segment_that_we_did_not_sign_is_not_ours(assured: World, tmp_path: Path) -> None:
    jpn, segment = given_back(assured, tmp_path)
    (entry,) = segment.entries
    changed = Segment(segment.start, (entry.replace(b"SECRET", b"secret"),), segment.signed)
    longer = Segment(segment.start, (entry, entry), segment.signed)
    for each in (changed, longer):
        with pytest.raises(ProofError, match=r"restore\.not-ours"):
            run(refill_by_segment(jpn.context, GSOMIA, each))


def test_cards_of_ours_are_followed_in_whatever_order_they_lie(
    assured: World, tmp_path: Path
) -> None:
    jpn, segment = given_back(assured, tmp_path, rotations=2)
    cards = [
        each.body
        for each in run(assured.kor.ports.store.documents(CARD, prefix="JPN/"))
        if each.body is not None
    ]
    assert len(cards) == 3
    with pytest.raises(ProofError, match=r"restore\.not-ours"):
        run(refill_by_segment(jpn.context, GSOMIA, segment))
    clear = [cards[2], b"no card", cards[1]]
    assert run(refill_by_segment(jpn.context, GSOMIA, segment, clear)) == 3
    assert run(the_card(jpn.context, JPN)).version == 3


def test_a_draft_that_was_released_before_the_restore_is_not_waiting_again(
    assured: World, tmp_path: Path
) -> None:
    world, jpn = assured, assured.jpn
    released, waiting = jpn.draft([KOR]), jpn.draft([KOR], [b"another"])
    assert isinstance(released, KeptDraft)
    assert isinstance(waiting, KeptDraft)
    backup = backed_up(world, tmp_path)
    run(release_draft(jpn.context, OFFICER, released.number))
    world.carry(JPN, KOR)
    jpn = put_back(world, backup)
    assert run(waiting_drafts(jpn.context)) == (released, waiting)
    with pytest.raises(StateError, match=r"register\.behind"):
        world.carry(KOR, JPN, name="shows")
    run(begin_restore(jpn.context, "said"))
    world.move(LATER_MS)
    world.carry(JPN, KOR, name="asks")
    world.carry(KOR, JPN, name="gives")
    assert run(waiting_drafts(jpn.context)) == (waiting,)
    with pytest.raises(StateError, match=r"item\.no-draft"):
        run(release_draft(jpn.context, OFFICER, released.number))
    # What nobody has released still waits, and may be.
    assert isinstance(run(release_draft(jpn.context, OFFICER, waiting.number)), Entered)
    world.settle()
    assert world.equal()
    assert [each["act"] for each in jpn.journal() if each["details"].get("drafts")] == [
        "register.refill"
    ]


def test_a_partner_that_does_not_give_a_card_of_ours_back_is_not_enough(
    assured: World, tmp_path: Path
) -> None:
    async def before() -> None:
        wires = wire_up(assured)
        await wires.start()
        await rotate_keys(wires[JPN].node.context)
        await say(wires[JPN].node, 2)
        wires[JPN].kick()
        await wires.settle()
        await wires.stop()

    backup = backed_up(assured, tmp_path)
    simulate(before)
    put_back(assured, backup)

    async def after() -> None:
        wires = wire_up(assured)
        for each in wires.served.values():
            each.listen()
        domain = wires[KOR].node.context.config.domain
        answer = wires.network.answers[domain]

        async def without_parcels(request: WireRequest) -> WireReply:
            return WireReply(404) if "parcel" in request.path else await answer(request)

        wires.network.answers[domain] = without_parcels
        jpn = wires[JPN].node
        await begin_restore(jpn.context, "said")
        (left,) = await restore(jpn.context)
        assert [each.code for each in left.problems] == ["restore.card-missing"]

    simulate(after)
