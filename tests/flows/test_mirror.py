# SPDX-License-Identifier: Apache-2.0
"""Mirroring: what is proven is stored and cosigned, what is not is not, and forks are caught."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.basis.errors import EquivocationError, InvariantError, ProofError, StateError
from comity.basis.ids import PartyId
from comity.decision.house import allow_house_act
from comity.flows.checkpoints import held_root, sign_register
from comity.flows.commits import commit_on
from comity.flows.documents import EQUIVOCATION
from comity.flows.mirror import cosign_mirror, meet_checkpoint, take_cosignature, take_segment
from comity.flows.view import own_register
from comity.ports import BasisMoved, Change, Cosignature, RegisterHead
from comity.statement.mirrored import Segment
from comity.statement.treaty import AgreementAnnouncement
from comity.tlog.checkpoints import SignedCheckpoint, format_checkpoint, parse_checkpoint
from tests.builders.world import A_YEAR, JPN, KOR, Node, World, run


def head_of(node: Node, party: PartyId) -> RegisterHead:
    return node.view().heads[party]


def latest(node: Node, party: PartyId) -> SignedCheckpoint:
    view = node.view()
    if party == node.party:
        run(sign_register(node.context, own_register(view), view.keys(party)))
    note = run(node.ports.store.checkpoint(view.heads[party].origin))
    assert note is not None
    return parse_checkpoint(note.raw)


def segment_of(node: Node, start: int) -> Segment:
    signed = latest(node, node.party)
    entries = run(node.ports.store.entries(head_of(node, node.party).origin, start, 10**6))
    return Segment(start, entries, signed)


def take(node: Node, party: PartyId, segment: Segment) -> None:
    run(take_segment(node.context, node.view(), party, segment, {}))


def evidence(node: Node) -> list[bytes]:
    found = run(node.ports.store.documents(EQUIVOCATION))
    return [each.body for each in found if each.body is not None]


def announce(node: Node, subject: str) -> None:
    node.declare(AgreementAnnouncement(subject, A_YEAR, ""))


@pytest.fixture
def forked(in_force: World, tmp_path: Path) -> tuple[World, Node]:
    """Give a world in which KOR told JPN one story, and KOR's twin that goes on with another."""
    twin = in_force.copy(tmp_path / "twin").kor
    announce(in_force.kor, "the story that JPN holds")
    announce(twin, "another story")
    in_force.carry(KOR, JPN)
    return in_force, twin


def test_the_same_entries_taken_twice_give_the_same_cosignature(in_force: World) -> None:
    world = in_force
    announce(world.kor, "news")
    segment = segment_of(world.kor, world.jpn.sizes()[KOR])
    cosignatures: list[Cosignature | None] = []
    for _ in range(2):
        take(world.jpn, KOR, segment)
        cosignatures.append(run(cosign_mirror(world.jpn.context, world.jpn.view(), KOR)))
        world.move(60_000)
    assert cosignatures[0] is not None
    assert cosignatures[0] == cosignatures[1]
    assert world.jpn.sizes()[KOR] == world.kor.sizes()[KOR]


def test_an_empty_mirror_is_not_cosigned(pinned: World) -> None:
    assert run(cosign_mirror(pinned.jpn.context, pinned.jpn.view(), KOR)) is None


def test_entries_that_overlap_what_is_held_are_taken_from_there_on(in_force: World) -> None:
    announce(in_force.kor, "news")
    take(in_force.jpn, KOR, segment_of(in_force.kor, 0))
    assert in_force.jpn.sizes() == in_force.kor.sizes()


def test_entries_after_a_gap_are_not_taken(in_force: World) -> None:
    for subject in ("one", "two"):
        announce(in_force.kor, subject)
    held = in_force.jpn.sizes()[KOR]
    with pytest.raises(StateError) as caught:
        take(in_force.jpn, KOR, segment_of(in_force.kor, held + 1))
    assert caught.value.code == "courier.gap"
    assert in_force.jpn.sizes()[KOR] == held


def test_entries_that_somebody_changed_on_the_way_are_not_stored(in_force: World) -> None:
    announce(in_force.kor, "news")
    held = in_force.jpn.sizes()[KOR]
    segment = segment_of(in_force.kor, held)
    changed = Segment(held, (segment.entries[0] + b" ",), segment.signed)
    with pytest.raises(ProofError) as caught:
        take(in_force.jpn, KOR, changed)
    assert caught.value.code == "statement.root-mismatch"
    assert in_force.jpn.sizes()[KOR] == held
    assert evidence(in_force.jpn) == []


def test_held_entries_that_come_changed_are_not_the_partys_word(in_force: World) -> None:
    announce(in_force.kor, "news")
    segment = segment_of(in_force.kor, 0)
    changed = Segment(0, (b"{}", *segment.entries[1:]), segment.signed)
    with pytest.raises(ProofError) as caught:
        take(in_force.jpn, KOR, changed)
    assert not isinstance(caught.value, EquivocationError)
    assert evidence(in_force.jpn) == []


def test_a_checkpoint_of_another_register_does_not_serve(in_force: World) -> None:
    announce(in_force.kor, "news")
    held = in_force.jpn.sizes()[KOR]
    segment = segment_of(in_force.kor, held)
    with pytest.raises(ProofError) as caught:
        take(in_force.jpn, KOR, Segment(held, segment.entries, latest(in_force.jpn, JPN)))
    assert caught.value.code in ("tlog.origin-mismatch", "statement.root-mismatch")


def test_a_partner_that_signs_two_trees_of_one_size_is_caught_with_evidence(
    forked: tuple[World, Node],
) -> None:
    world, twin = forked
    with pytest.raises(EquivocationError) as caught:
        take(world.jpn, KOR, segment_of(twin, world.jpn.sizes()[KOR] - 1))
    assert caught.value.code == "statement.split-view"
    (kept,) = evidence(world.jpn)
    assert kept == caught.value.evidence
    assert format_checkpoint(latest(twin, KOR)) in kept
    assert format_checkpoint(latest(world.kor, KOR)) in kept
    assert world.jpn.acts()[-1] == ("register.equivocation", "done")


def test_a_partner_that_rewrites_entries_under_a_larger_tree_is_caught(
    forked: tuple[World, Node],
) -> None:
    world, twin = forked
    announce(twin, "more of the other story")
    with pytest.raises(EquivocationError):
        take(world.jpn, KOR, segment_of(twin, world.jpn.sizes()[KOR] - 1))
    assert len(evidence(world.jpn)) == 1


def test_nothing_more_is_taken_of_a_register_that_was_told_twice(
    forked: tuple[World, Node],
) -> None:
    world, twin = forked
    with pytest.raises(EquivocationError):
        take(world.jpn, KOR, segment_of(twin, world.jpn.sizes()[KOR] - 1))
    announce(world.kor, "the first story goes on")
    held = world.jpn.sizes()[KOR]
    with pytest.raises(EquivocationError) as caught:
        take(world.jpn, KOR, segment_of(world.kor, held))
    assert caught.value.evidence == evidence(world.jpn)[0]
    assert world.jpn.sizes()[KOR] == held


def test_a_split_view_meets_itself_when_a_checkpoint_is_shown(forked: tuple[World, Node]) -> None:
    world, twin = forked
    with pytest.raises(EquivocationError):
        run(meet_checkpoint(world.jpn.context, world.jpn.view(), KOR, latest(twin, KOR)))
    assert len(evidence(world.jpn)) == 1


def test_a_forged_checkpoint_is_not_the_partys_word(forked: tuple[World, Node]) -> None:
    world, twin = forked
    real = latest(twin, KOR)
    lines = tuple(
        type(line)(line.name, line.key_id, bytes(len(line.signature)))
        for line in real.note.signatures
    )
    forged = SignedCheckpoint(real.checkpoint, type(real.note)(real.note.text, lines))
    with pytest.raises(ProofError) as caught:
        run(meet_checkpoint(world.jpn.context, world.jpn.view(), KOR, forged))
    assert not isinstance(caught.value, EquivocationError)
    assert evidence(world.jpn) == []


def test_a_checkpoint_ahead_of_a_mirror_says_nothing_yet(in_force: World) -> None:
    announce(in_force.kor, "news")
    ahead = latest(in_force.kor, KOR)
    assert not run(meet_checkpoint(in_force.jpn.context, in_force.jpn.view(), KOR, ahead))
    held = latest(in_force.jpn, KOR)
    assert run(meet_checkpoint(in_force.jpn.context, in_force.jpn.view(), KOR, held))


def test_a_checkpoint_of_ours_ahead_of_our_register_stops_us_before_we_sign(
    in_force: World, tmp_path: Path
) -> None:
    restored = in_force.copy(tmp_path / "backup").jpn
    announce(in_force.jpn, "said after the backup")
    ahead = latest(in_force.jpn, JPN)
    with pytest.raises(StateError) as caught:
        run(meet_checkpoint(restored.context, restored.view(), JPN, ahead))
    assert caught.value.code == "register.behind"
    before = restored.sizes()[JPN]
    with pytest.raises(StateError) as caught:
        announce(restored, "another story")
    assert caught.value.code == "register.behind"
    assert restored.sizes()[JPN] == before


def test_a_cosignature_of_a_size_that_we_never_signed_is_not_taken(in_force: World) -> None:
    view = in_force.jpn.view()
    with pytest.raises(StateError) as caught:
        run(take_cosignature(in_force.jpn.context, view, KOR, 99, b""))
    assert caught.value.code == "register.no-such-checkpoint"


def test_a_cosignature_must_be_by_both_keys_of_the_partners_card(in_force: World) -> None:
    world = in_force
    announce(world.jpn, "news")
    world.jpn.pack(KOR)
    world.kor.take(world.jpn.folder / "disc")
    size = world.jpn.sizes()[JPN]
    given = run(cosign_mirror(world.kor.context, world.kor.view(), JPN))
    assert given is not None
    first, second = given.raw.splitlines(keepends=True)
    for lines in (first, second, second.replace(b"AAAA", b"BBBB"), first + first):
        with pytest.raises(ProofError):
            run(take_cosignature(world.jpn.context, world.jpn.view(), KOR, size, lines))
    assert run(take_cosignature(world.jpn.context, world.jpn.view(), KOR, size, given.raw))
    assert not run(take_cosignature(world.jpn.context, world.jpn.view(), KOR, size, given.raw))


def test_nothing_is_cosigned_whose_entries_are_not_committed(in_force: World) -> None:
    world = in_force
    announce(world.kor, "news")
    segment = segment_of(world.kor, world.jpn.sizes()[KOR])
    view = world.jpn.view()
    announce(world.jpn, "said by another command meanwhile")
    with pytest.raises(BasisMoved):
        run(take_segment(world.jpn.context, view, KOR, segment, {}))
    # The view that failed shows what was not committed: nothing goes on with it.
    with pytest.raises(InvariantError):
        run(cosign_mirror(world.jpn.context, view, KOR))
    with pytest.raises(InvariantError):
        run(commit_on(world.jpn.context, view, Change(allow_house_act("x"))))
    origin = head_of(world.jpn, KOR).origin
    assert (
        run(world.jpn.ports.store.cosignature(origin, segment.signed.checkpoint.size, JPN)) is None
    )


def test_a_root_beyond_what_is_held_is_never_made_up(in_force: World) -> None:
    head = head_of(in_force.jpn, KOR)
    with pytest.raises(InvariantError):
        run(held_root(in_force.jpn.context, head, head.size + 1))
