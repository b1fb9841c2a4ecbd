# SPDX-License-Identifier: Apache-2.0
"""A push is answered as its status table says: stored first, cosigned after, forks kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from comity.decision.house import allow_house_act
from comity.flows.context import Context
from comity.flows.documents import BEHIND, EQUIVOCATION
from comity.flows.mirror import take_cosignature
from comity.flows.rotation import rotate_keys
from comity.keys.notes import NoteSignature, SignatureType, note_signature, verifier_key
from comity.keys.suites import KeyUse
from comity.ports import Change, Cosignature, WireReply, WireRequest
from comity.statement.treaty import AgreementAnnouncement
from comity.tlog.checkpoints import parse_checkpoint, signed_checkpoint
from comity.tlog.push import Push, PushedParcel, format_push
from comity.wire.router import PartnerWire
from tests.builders.pushes import ask, latest, push, push_from, push_request
from tests.builders.uploads import fill, pending, push_between
from tests.builders.world import (
    A_YEAR,
    GSOMIA,
    JPN,
    KOR,
    USA,
    Node,
    World,
    enter_raw,
    make_world,
    run,
)


def announce(node: Node, subject: str = "news") -> None:
    node.declare(AgreementAnnouncement(subject, A_YEAR, ""))


def evidence(node: Node) -> list[bytes]:
    found = run(node.ports.store.documents(EQUIVOCATION))
    return [each.body for each in found if each.body is not None]


def held_size(world: World) -> int:
    return world.jpn.sizes()[KOR]


def news(world: World) -> Push:
    """Give the push of something new that KOR says."""
    announce(world.kor)
    return push_from(world.kor, held_size(world))


def resigned(push: Push, *lines: NoteSignature) -> Push:
    signed = signed_checkpoint(push.signed.checkpoint, lines)
    return replace(push, checkpoint=replace(push.checkpoint, signed=signed))


def is_receipt(world: World, reply: WireReply) -> bool:
    view, size = world.kor.view(), world.kor.sizes()[KOR]
    return run(take_cosignature(world.kor.context, view, JPN, size, reply.body))


def told_size(reply: WireReply) -> int:
    assert reply.status == 409
    assert reply.header("content-type") == "text/x.tlog.size"
    assert reply.body.endswith(b"\n")
    return int(reply.body)


# 200


def test_a_push_is_stored_and_answered_with_both_cosignature_lines(in_force: World) -> None:
    reply = push(in_force.jpn, news(in_force))
    assert reply.status == 200
    assert held_size(in_force) == in_force.kor.sizes()[KOR]
    assert len(reply.body.splitlines()) == 2
    assert is_receipt(in_force, reply)


def test_the_first_push_opens_a_mirror(two_nodes: World) -> None:
    two_nodes.kor.propose()
    reply = push(two_nodes.jpn, push_from(two_nodes.kor, 0))
    assert reply.status == 200
    assert is_receipt(two_nodes, reply)


def test_an_empty_push_fetches_a_lost_reply_of_the_same_bytes(in_force: World) -> None:
    first = push(in_force.jpn, news(in_force))
    in_force.move(60_000)
    again = push(in_force.jpn, push_from(in_force.kor, held_size(in_force)))
    assert (again.status, again.body) == (200, first.body)


def test_a_cosignature_that_a_crash_took_is_made_anew_over_the_same_root(in_force: World) -> None:
    first = push(in_force.jpn, news(in_force))
    in_force.jpn.context.live.clear()  # what was signed and not kept goes with the process
    in_force.move(60_000)
    again = push(in_force.jpn, push_from(in_force.kor, held_size(in_force)))
    assert again.status == 200
    assert again.body != first.body
    assert is_receipt(in_force, again)
    assert not is_receipt(in_force, first)  # it is one size: the first that is taken stays
    third = push(in_force.jpn, push_from(in_force.kor, held_size(in_force)))
    assert third.body == again.body


def test_pushes_that_follow_one_another_each_get_their_receipt(in_force: World) -> None:
    for _ in range(3):
        assert is_receipt(in_force, push(in_force.jpn, news(in_force)))


def test_what_others_cosigned_of_that_size_is_handed_on(tmp_path: Path) -> None:
    with make_world(tmp_path, (JPN, KOR, USA)) as world:
        size = fill(world.kor, 3)
        first = push(world.jpn, push_from(world.kor, 0))
        theirs = push(world[USA], push_from(world.kor, 0))
        assert (first.status, theirs.status) == (200, 200)
        origin = push_from(world.kor, 0).origin
        given = Cosignature(origin, size, USA, theirs.body)
        allowed = allow_house_act("test")
        run(world.jpn.ports.store.commit(Change(allowed_by=allowed, cosignatures=(given,))))
        again = push(world.jpn, push_from(world.kor, size))
        assert again.body == first.body + theirs.body


def test_what_comes_makes_something_due_only_when_it_was_taken(in_force: World) -> None:
    arrived: list[tuple[str, str]] = []
    wire = PartnerWire(in_force.jpn.context, lambda *what: arrived.append(what))
    sent = news(in_force)
    run(wire.answer(push_request(resigned(sent, sent.signed.note.signatures[0]))))
    assert arrived == []
    run(wire.answer(push_request(sent)))
    assert arrived == [(GSOMIA, KOR)]


def test_a_body_may_come_as_a_stream(in_force: World) -> None:
    raw = format_push(news(in_force))

    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(raw), 1000):
            yield raw[at : at + 1000]

    assert ask(in_force.jpn, WireRequest("POST", "/push", (), chunks())).status == 200


# 400, 413


def test_a_push_out_of_form_is_a_bad_request(in_force: World) -> None:
    raw = format_push(news(in_force))
    for wrong in (b"", raw[:-1], raw + b"\0", raw.replace(b"old ", b"new ", 1)):
        assert push(in_force.jpn, wrong).status == 400


def test_entries_that_do_not_match_their_count_are_a_bad_request(in_force: World) -> None:
    sent = news(in_force)
    raw = format_push(sent)
    start, end = sent.start.to_bytes(8, "big"), sent.end.to_bytes(8, "big")
    more = (sent.end + 1).to_bytes(8, "big")
    assert push(in_force.jpn, raw.replace(start + end, start + more, 1)).status == 400


def test_a_push_beyond_a_limit_is_too_large(in_force: World) -> None:
    assert push(in_force.jpn, bytes(4 * 2**20 + 1)).status == 413
    config = in_force.jpn.context.config
    tight = replace(config, limits=replace(config.limits, push_bytes_max=100))
    wire = PartnerWire(replace(in_force.jpn.context, config=tight))
    assert run(wire.answer(push_request(news(in_force)))).status == 413

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(2**20)

    assert ask(in_force.jpn, WireRequest("POST", "/push", (), endless())).status == 413
    declared = WireRequest("POST", "/push", (("content-length", "9" * 9),), endless())
    assert ask(in_force.jpn, declared).status == 413


# 403


def test_a_push_that_both_keys_have_not_signed_is_forbidden(in_force: World) -> None:
    sent = news(in_force)
    ed25519, mldsa44 = sent.signed.note.signatures
    flipped = replace(ed25519, signature=bytes(64))
    late = replace(mldsa44, signature=bytes(8) + bytes(2420))
    for lines in ((ed25519,), (mldsa44,), (flipped, mldsa44), (ed25519, late)):
        assert push(in_force.jpn, resigned(sent, *lines)).status == 403
    nobodys = resigned(sent, flipped, late)
    assert push(in_force.jpn, nobodys).status == 404
    assert push(in_force.jpn, nobodys, by=in_force.kor).status == 403
    assert held_size(in_force) == sent.start
    assert push(in_force.jpn, sent).status == 200


def test_signatures_by_keys_that_nobody_pinned_do_not_count(in_force: World) -> None:
    sent = news(in_force)
    kinds = (SignatureType.ED25519, SignatureType.COSIGNATURE_MLDSA44)
    others = [each.public for each in in_force.jpn.card.keys_for(KeyUse.STATEMENT)]
    strangers = tuple(
        note_signature(verifier_key(line.name, kind, public), line.signature)
        for line, kind, public in zip(sent.signed.note.signatures, kinds, others, strict=True)
    )
    assert push(in_force.jpn, resigned(sent, *strangers)).status == 404
    assert push(in_force.jpn, resigned(sent, *strangers), by=in_force.kor).status == 403


def test_a_wrong_size_is_not_told_to_whoever_has_not_signed(in_force: World) -> None:
    sent = push_from(in_force.kor, 0)
    assert told_size(push(in_force.jpn, sent)) == held_size(in_force)
    assert push(in_force.jpn, resigned(sent, sent.signed.note.signatures[0])).status == 403


# 404


def test_what_is_not_served_is_not_found_whatever_the_reason(in_force: World) -> None:
    sent = news(in_force)
    raw = format_push(sent)
    other = sent.origin.encode().replace(b"gsomia-jpn-kor", b"gsomia-xxx-yyy")
    assert push(in_force.jpn, raw.replace(sent.origin.encode(), other)).status == 404
    stranger = sent.origin.encode().replace(b"mnd.kor", b"mnd.xyz")
    assert push(in_force.jpn, raw.replace(sent.origin.encode(), stranger)).status == 404
    own = push_from(in_force.jpn, 0)
    assert push(in_force.jpn, own).status == 404
    assert push(in_force.jpn, own).body == b"not found\n"


def test_only_what_is_posted_is_a_push(in_force: World) -> None:
    request = push_request(news(in_force))
    for method in ("GET", "PUT", "HEAD", "post"):
        assert ask(in_force.jpn, replace(request, method=method)).status == 404


# 409


def test_the_same_push_twice_is_answered_with_the_size(in_force: World) -> None:
    sent = news(in_force)
    assert push(in_force.jpn, sent).status == 200
    assert told_size(push(in_force.jpn, sent)) == held_size(in_force)


@pytest.mark.parametrize("ahead", [-1, 1])
def test_another_size_than_ours_is_answered_with_ours(in_force: World, ahead: int) -> None:
    for subject in ("one", "two", "three"):
        announce(in_force.kor, subject)
    held = held_size(in_force)
    assert told_size(push(in_force.jpn, push_from(in_force.kor, held + ahead))) == held
    assert push(in_force.jpn, push_from(in_force.kor, held)).status == 200


def test_a_push_of_nothing_to_a_mirror_of_nothing_is_told_so(pinned: World) -> None:
    pinned.kor.propose()
    start = push_from(pinned.kor, 1)
    assert told_size(push(pinned.jpn, start)) == 0


def test_entries_after_a_card_wait_for_it_and_the_sender_is_told(in_force: World) -> None:
    run(rotate_keys(in_force.kor.context))
    carded = push_from(in_force.kor, held_size(in_force))
    assert push(in_force.jpn, carded).status == 200
    announce(in_force.kor, "by the new keys")
    after = push_from(in_force.kor, held_size(in_force))
    assert push(in_force.jpn, after).status == 404  # by keys that nobody here knows yet
    reply = push(in_force.jpn, after, by=in_force.kor)
    assert told_size(reply) == carded.end
    assert reply.header("comity-missing") == str(carded.end - 1)
    card = run(in_force.kor.ports.store.documents("card", prefix="KOR/"))[-1].body
    assert card is not None
    with_card = replace(after, parcels=(PushedParcel(0, carded.end - 1, card),))
    assert push(in_force.jpn, with_card).status == 200


def test_the_old_keys_sign_the_card_that_retires_them_and_nothing_beyond_it(
    in_force: World, tmp_path: Path
) -> None:
    before = in_force.copy(tmp_path / "before").kor  # whoever kept the old keys
    run(rotate_keys(in_force.kor.context))
    in_force.settle()
    announce(in_force.kor, "by the new keys")
    true, held = push_from(in_force.kor, held_size(in_force)), held_size(in_force)
    for checkpoint in (
        true.signed.checkpoint,
        replace(true.signed.checkpoint, root_hash=bytes(32)),
    ):
        stolen = parse_checkpoint(run(before.ports.keys.sign_checkpoint(checkpoint, 1)))
        false = replace(true, checkpoint=replace(true.checkpoint, signed=stolen))
        assert push(in_force.jpn, false).status == 403  # whoever brings it
        assert push(in_force.jpn, false, by=in_force.kor).status == 403
    assert (held_size(in_force), evidence(in_force.jpn)) == (held, [])
    assert push(in_force.jpn, true).status == 200


# 422


def test_entries_that_do_not_lead_to_the_root_are_unprocessable(in_force: World) -> None:
    sent = news(in_force)
    changed = replace(sent, entries=(sent.entries[0] + b" ",))
    assert push(in_force.jpn, changed).status == 422
    assert held_size(in_force) == sent.start
    assert evidence(in_force.jpn) == []
    assert push(in_force.jpn, sent).status == 200


def test_entries_that_go_on_after_a_card_are_unprocessable(in_force: World) -> None:
    start = held_size(in_force)
    entries = (b'{"kind":"party.card"}', b"goes on")
    place = [enter_raw(in_force.kor, each) for each in entries][-1]
    assert place.index == start + 1
    assert push(in_force.jpn, push_from(in_force.kor, start)).status == 422
    assert held_size(in_force) == start


@pytest.fixture
def forked(in_force: World, tmp_path: Path) -> tuple[World, Node]:
    """Give a world in which KOR told JPN one story, and KOR's twin that goes on with another."""
    twin = in_force.copy(tmp_path / "twin").kor
    announce(in_force.kor, "the story that JPN holds")
    announce(twin, "another story")
    start = held_size(in_force)
    assert push(in_force.jpn, push_from(in_force.kor, start)).status == 200
    return in_force, twin


def test_two_signed_trees_of_one_size_are_kept_as_evidence(forked: tuple[World, Node]) -> None:
    world, twin = forked
    assert push(world.jpn, push_from(twin, held_size(world))).status == 422
    assert len(evidence(world.jpn)) == 1
    announce(world.kor, "the first story goes on")
    assert push(world.jpn, push_from(world.kor, held_size(world))).status == 422
    assert len(evidence(world.jpn)) == 1


def test_of_forks_without_end_the_first_is_kept(forked: tuple[World, Node]) -> None:
    world, twin = forked
    for _ in range(3):
        sent = push_from(twin, held_size(world))
        raw = run(twin.ports.keys.sign_checkpoint(sent.signed.checkpoint, 1))
        assert push(world.jpn, resigned(sent, *parse_checkpoint(raw).note.signatures)).status == 422
    assert len(evidence(world.jpn)) == 1
    assert [act for act, _ in world.jpn.acts()].count("register.equivocation") == 1


def test_a_checkpoint_that_entries_did_not_lead_to_is_met_when_entries_come_so_far(
    forked: tuple[World, Node],
) -> None:
    world, twin = forked
    announce(twin, "more of the other story")
    for _ in range(2):
        assert push(world.jpn, push_from(twin, held_size(world))).status == 422
    assert evidence(world.jpn) == []
    assert len(pending(world.jpn)) == 1
    announce(world.kor, "the first story goes on")
    assert push(world.jpn, push_from(world.kor, held_size(world))).status == 422
    assert len(evidence(world.jpn)) == 1


def test_entries_that_were_changed_on_the_way_leave_nothing_once_they_come_right(
    in_force: World,
) -> None:
    for subject in range(10):
        announce(in_force.kor, str(subject))
    start = held_size(in_force)
    for end in range(start + 1, start + 11):
        sent = push_between(in_force.kor, start, end)
        changed = (*sent.entries[:-1], b"changed")
        assert push(in_force.jpn, replace(sent, entries=changed)).status == 422
    assert len(pending(in_force.jpn)) == 8
    assert push(in_force.jpn, push_from(in_force.kor, start)).status == 200
    assert pending(in_force.jpn) == []
    assert evidence(in_force.jpn) == []


def test_a_split_view_meets_itself_in_what_a_partner_holds(forked: tuple[World, Node]) -> None:
    # JPN's push to the twin shows what JPN holds of KOR's register.
    world, twin = forked
    announce(world.jpn)
    shown = latest(world.jpn, KOR)
    sent = replace(push_from(world.jpn, twin.sizes()[JPN]), held=(shown,))
    reply = push(twin, sent)
    assert reply.status == 200
    assert len(evidence(twin)) == 1
    announce(world.jpn, "more")
    again = replace(push_from(world.jpn, twin.sizes()[JPN]), held=(shown,))
    assert push(twin, again).status == 200
    assert len(evidence(twin)) == 1


def test_a_checkpoint_held_that_fits_or_is_nobodys_word_changes_nothing(in_force: World) -> None:
    ours = latest(in_force.jpn, JPN)
    forged = signed_checkpoint(replace(ours.checkpoint, root_hash=bytes(32)), ours.note.signatures)
    stranger = replace(ours.checkpoint, origin="mnd.xyz.example/register/other")
    for held in (ours, forged, signed_checkpoint(stranger, ours.note.signatures)):
        sent = replace(news(in_force), held=(held,))
        assert push(in_force.jpn, sent).status == 200
    assert evidence(in_force.jpn) == []


def test_a_partner_that_holds_more_of_our_register_than_we_do_is_heard_and_noted(
    in_force: World, tmp_path: Path
) -> None:
    restored = in_force.copy(tmp_path / "backup").jpn
    announce(in_force.jpn, "said after the backup")
    sent = replace(news(in_force), held=(latest(in_force.jpn, JPN),))
    assert push(restored, sent).status == 200
    origin = restored.view().heads[restored.party].origin
    assert [each.key for each in run(restored.ports.store.documents(BEHIND))] == [
        origin,
        f"restoring/{origin}",
    ]


# Others at the same time


def test_refused_pushes_cost_the_live_view_nothing(in_force: World) -> None:
    sent = news(in_force)
    bad = resigned(sent, sent.signed.note.signatures[0])
    wire = PartnerWire(in_force.jpn.context)
    assert run(wire.answer(push_request(bad))).status == 403
    live = in_force.jpn.context.live[GSOMIA].view
    assert live is not None
    for _ in range(3):
        assert run(wire.answer(push_request(bad))).status == 403
        assert in_force.jpn.context.live[GSOMIA].view is live


def test_a_push_that_was_decided_on_what_moved_is_decided_again(in_force: World) -> None:
    context: Context = in_force.jpn.context
    sent = news(in_force)
    run(PartnerWire(context).answer(push_request(push_from(in_force.kor, 0))))
    announce(in_force.jpn, "said by another command meanwhile")
    assert run(PartnerWire(context).answer(push_request(sent))).status == 200
