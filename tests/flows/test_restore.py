# SPDX-License-Identifier: Apache-2.0
"""After a restore from a backup: silent until partners have answered, refilled, and then whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from comity.basis.errors import ProofError, StateError
from comity.basis.ids import AgreementId
from comity.flows.checkpoints import is_restoring
from comity.flows.context import Context
from comity.flows.documents import BEHIND, PARTNER_BEHIND, RESTORE_OVERRIDE
from comity.flows.recovery import restore as restore_flow
from comity.flows.recovery.restore import begin_restore, override_restore, restore, say_restored
from comity.flows.restoring import Why, list_restoring
from comity.flows.rotation import rotate_keys
from comity.flows.set_up import the_card
from comity.flows.speak import Entered
from comity.keys.notes import parse_note
from comity.keys.suites import SEALING_ALGORITHMS
from comity.ports import WireReply, WireRequest
from tests.builders.restores import LATER_MS, backed_up, put_back
from tests.builders.world import GSOMIA, JPN, KOR, OFFICER, Node, World, run
from tests.delivery.wires import Wires, say, simulate, wire_up


def codes(node: Node) -> list[str]:
    return [act for act, _ in node.acts() if act.startswith("register.")]


# By courier


def test_a_restored_node_gets_its_register_back_by_two_discs(
    assured: World, tmp_path: Path
) -> None:
    world, backup = assured, backed_up(assured, tmp_path)
    place = world.jpn.release(KOR).place
    world.carry(JPN, KOR)
    said, held = world.jpn.own_entries(), world.kor.view().heads[JPN].size
    jpn = put_back(world, backup)
    assert len(jpn.own_entries()) < held
    with pytest.raises(StateError, match=r"register\.behind"):
        world.carry(KOR, JPN)
    assert run(is_restoring(jpn.context))
    assert run(say_restored(jpn.context, OFFICER)) is None
    world.move(LATER_MS)
    world.carry(JPN, KOR, name="asks")
    world.carry(KOR, JPN, name="gives")
    assert jpn.own_entries() == said
    assert not run(is_restoring(jpn.context))
    assert jpn.assure().place.index == held
    world.settle()
    assert world.equal()
    assert place in world.kor.view().fold.state.items
    assert codes(jpn).count("register.restored") == 1
    assert {"register.behind", "register.refill", "register.answered", "register.whole"} <= {
        *codes(jpn)
    } | {each["act"] for each in journal_before(jpn)}


def journal_before(node: Node) -> list[dict[str, Any]]:
    import json

    store = node.ports.store
    return [
        json.loads(raw)
        for head in run(store.registers())
        if head.agreement is None
        for raw in run(store.entries(head.origin, 0, head.size))
    ]


def test_an_operator_who_knows_of_a_restore_says_so_before_anything_is_said(
    assured: World,
) -> None:
    jpn = assured.jpn
    run(begin_restore(jpn.context, "said"))
    for act in (jpn.assure, lambda: jpn.release(KOR)):
        with pytest.raises(StateError, match=r"register\.restoring"):
            act()
    (left,) = run(list_restoring(jpn.context))
    assert (left.why, left.asked, left.answered) == (Why.SAID, (KOR,), ())
    assert not left.is_whole
    head = run(jpn.ports.store.journal())
    assert head is not None
    assert head.origin.endswith("/journal/1")
    run(begin_restore(jpn.context, "said"))
    assert run(jpn.ports.store.journal()).origin == head.origin  # type: ignore[union-attr]


def test_a_partner_reached_by_courier_answers_by_what_it_says_after_the_restore(
    assured: World,
) -> None:
    jpn, kor = assured.jpn, assured.kor
    assured.move(LATER_MS)
    run(begin_restore(jpn.context, "said"))
    assert [each.asked for each in run(restore(jpn.context))] == [(KOR,)]
    # What was on its way already is no answer, whenever it comes.
    assured.carry(KOR, JPN, name="old")
    assert run(is_restoring(jpn.context))
    assured.move(LATER_MS)
    kor.assure()
    assured.carry(KOR, JPN, name="new")
    assert not run(is_restoring(jpn.context))
    jpn.assure()


def test_a_backup_from_between_an_entry_and_its_signature_is_made_whole_by_discs(
    assured: World, tmp_path: Path
) -> None:
    world = assured
    world.jpn.assure()
    size, origin = world.jpn.sizes()[JPN], world.jpn.view().heads[JPN].origin
    backup = backed_up(world, tmp_path)
    store: Any = backup.jpn.ports.store
    del store._tables._registers[origin].checkpoints[size]
    world.carry(JPN, KOR, name="signed")
    world.kor.assure()
    world.carry(KOR, JPN, name="known before the restore alone")
    jpn = put_back(world, backup)
    run(begin_restore(jpn.context, "said"))
    world.carry(JPN, KOR, name="shows less")
    world.carry(KOR, JPN, name="gives back")
    note = run(jpn.ports.store.checkpoint(origin, size))
    assert note is not None
    world.move(LATER_MS)
    for number in range(2):
        world.carry(JPN, KOR, name=f"asks {number}")
        world.kor.assure()
        world.carry(KOR, JPN, name=f"answers {number}")
    assert not run(is_restoring(jpn.context))
    world.settle()
    assert world.equal()


def test_nothing_is_signed_or_answered_while_it_lasts(assured: World) -> None:
    run(begin_restore(assured.jpn.context, "said"))
    entries, size = assured.jpn.own_entries(), assured.kor.sizes()[JPN]
    assured.kor.release(JPN)
    assured.settle()
    assert assured.jpn.own_entries() == entries
    assert assured.kor.sizes()[JPN] == size


def test_a_restored_partner_is_refilled_and_not_accused(assured: World, tmp_path: Path) -> None:
    world, backup = assured, backed_up(assured, tmp_path)
    world.jpn.release(KOR)
    world.carry(JPN, KOR)
    jpn = put_back(world, backup)
    run(begin_restore(jpn.context, "said"))
    world.move(LATER_MS)
    world.carry(JPN, KOR, name="asks")
    kor = world.kor
    assert len(run(kor.ports.store.documents(PARTNER_BEHIND))) == 1
    assert not any(act == "register.equivocation" for act, _ in kor.acts())
    assert kor.said("journal.anchor")
    world.carry(KOR, JPN, name="gives")
    world.settle()
    assert run(kor.ports.store.documents(PARTNER_BEHIND)) == ()
    assert world.equal()


def test_what_was_said_after_the_restore_and_before_it_was_known_is_two_stories(
    assured: World, tmp_path: Path
) -> None:
    world, backup = assured, backed_up(assured, tmp_path)
    world.jpn.release(KOR)
    world.carry(JPN, KOR)
    jpn = put_back(world, backup)
    jpn.assure()
    jpn.assure()
    with pytest.raises(ProofError):
        world.carry(KOR, JPN)


def test_the_roots_may_say_to_go_on_without_an_answer(assured: World) -> None:
    jpn = assured.jpn
    run(begin_restore(jpn.context, "said"))
    origins = run(override_restore(jpn.context))
    assert origins == (jpn.view().heads[JPN].origin,)
    assert not run(is_restoring(jpn.context))
    jpn.assure()
    (kept,) = run(jpn.ports.store.documents(RESTORE_OVERRIDE))
    assert kept.body is not None
    lines = parse_note(kept.body).text.splitlines()
    assert lines[:2] == ["comity/restore-override/v1", "JPN"]
    assert lines[3].startswith(f"{origins[0]} ")
    assert ("register.override", "done") in jpn.acts()


def test_there_is_nothing_to_override_while_nothing_is_restored(assured: World) -> None:
    assert run(override_restore(assured.jpn.context)) == ()
    assert run(restore(assured.jpn.context)) == ()


def test_new_keys_from_before_the_restore_are_followed_back(assured: World, tmp_path: Path) -> None:
    world, backup = assured, backed_up(assured, tmp_path)
    run(rotate_keys(world.jpn.context))
    world.jpn.assure()
    world.carry(JPN, KOR)
    jpn = put_back(world, backup)
    with pytest.raises((StateError, ProofError)):
        world.carry(KOR, JPN)
    run(begin_restore(jpn.context, "said"))
    world.move(LATER_MS)
    world.carry(JPN, KOR, name="asks")
    world.carry(KOR, JPN, name="gives")
    assert jpn.view().card(JPN).version == 2
    assert jpn.view().heads[JPN].size == world.kor.view().heads[JPN].size


# Over the wire


def restored_by_wire(
    world: World, tmp_path: Path, story: Callable[[Wires, Node], Any], count: int = 3
) -> Any:
    """Let JPN say more to KOR over the wire, come back from a backup, and tell on from there."""

    async def before() -> None:
        wires = wire_up(world)
        await wires.start()
        await say(wires[JPN].node, count)
        wires[JPN].kick()
        await wires.settle()
        await wires.stop()

    backup = backed_up(world, tmp_path)
    simulate(before)
    put_back(world, backup)
    world.move(LATER_MS)

    async def after() -> Any:
        wires = wire_up(world)
        for each in wires.served.values():
            each.listen()
        try:
            return await story(wires, wires[JPN].node)
        finally:
            for each in wires.served.values():
                wires.network.answers.pop(each.node.context.config.domain, None)

    return simulate(after)


def test_a_restored_node_asks_its_partner_and_goes_on(assured: World, tmp_path: Path) -> None:
    said: list[int] = []

    async def story(wires: Wires, jpn: Node) -> None:
        store = jpn.ports.store
        origin = f"{jpn.context.config.domain}/register/{GSOMIA}"
        before = await store.register(origin)
        assert before is not None
        await begin_restore(jpn.context, "said")
        assert await restore(jpn.context) == ()
        after = await store.register(origin)
        held = await wires[KOR].node.ports.store.register(origin)
        assert after is not None
        assert held is not None
        assert after.size == held.size == before.size + 3
        assert after.root_hash == held.root_hash
        assert await store.checkpoint(origin, after.size) is not None
        await say(jpn)
        said.append(after.size)

    restored_by_wire(assured, tmp_path, story)
    assert said


def test_a_partner_that_cannot_be_reached_keeps_the_node_silent(
    assured: World, tmp_path: Path
) -> None:
    async def story(wires: Wires, jpn: Node) -> None:
        wires.network.answers.clear()
        await begin_restore(jpn.context, "said")
        (left,) = await restore(jpn.context)
        assert left.asked == (KOR,)
        assert [each.code for each in left.problems] == ["partners.connect"]
        with pytest.raises(StateError, match=r"register\.restoring"):
            await say(jpn)

    restored_by_wire(assured, tmp_path, story)


Forge = Callable[[WireRequest, WireReply], WireReply]


def other_status(request: WireRequest, reply: WireReply) -> WireReply:
    return WireReply(503)


def no_entries(request: WireRequest, reply: WireReply) -> WireReply:
    return WireReply(404) if "entries" in request.path else reply


def other_entries(request: WireRequest, reply: WireReply) -> WireReply:
    if "entries" not in request.path:
        return reply
    return WireReply(200, (), reply.body.replace(b"SECRET", b"secret"))


def unsigned(request: WireRequest, reply: WireReply) -> WireReply:
    if "checkpoint" not in request.path:
        return reply
    return WireReply(200, (), reply.body.replace(b"/register/", b"/register/x"))


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (other_status, "restore.refused"),
        (no_entries, "restore.entries-missing"),
        (other_entries, "restore.not-ours"),
        (unsigned, "restore.not-ours"),
    ],
)
def test_nothing_is_taken_back_that_we_did_not_sign(
    assured: World, tmp_path: Path, forge: Forge, code: str
) -> None:
    async def story(wires: Wires, jpn: Node) -> None:
        domain = wires[KOR].node.context.config.domain
        answer = wires.network.answers[domain]

        async def lies(request: WireRequest) -> WireReply:
            return forge(request, await answer(request))

        wires.network.answers[domain] = lies
        before = await sizes(jpn)
        await begin_restore(jpn.context, "said")
        (left,) = await restore(jpn.context)
        assert [each.code for each in left.problems] == [code]
        assert await sizes(jpn) == before

    restored_by_wire(assured, tmp_path, story)


def test_a_partner_that_gives_other_entries_the_second_time_is_not_believed(
    assured: World, tmp_path: Path
) -> None:
    async def story(wires: Wires, jpn: Node) -> None:
        domain = wires[KOR].node.context.config.domain
        answer, asked = wires.network.answers[domain], []

        async def changes(request: WireRequest) -> WireReply:
            reply = await answer(request)
            asked.append(request.path)
            return other_entries(request, reply) if len(asked) > 2 else reply

        wires.network.answers[domain] = changes
        await begin_restore(jpn.context, "said")
        (left,) = await restore(jpn.context)
        assert [each.code for each in left.problems] == ["restore.not-ours"]

    restored_by_wire(assured, tmp_path, story)


async def sizes(node: Node) -> list[int]:
    return [each.size for each in await node.ports.store.registers() if each.agreement]


def test_a_partner_that_holds_nothing_has_answered(pinned: World) -> None:
    async def story() -> None:
        wires = wire_up(pinned)
        for each in wires.served.values():
            each.listen()
        jpn = wires[JPN].node
        await begin_restore(jpn.context, "said")
        assert await restore(jpn.context) == ()
        assert await jpn.ports.store.documents(BEHIND) == ()

    simulate(story)


def test_what_was_owed_meanwhile_is_done_once_the_registers_are_whole(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tended: list[AgreementId] = []

    async def note(context: Context, agreement: AgreementId) -> tuple[Entered, ...]:
        assert not await is_restoring(context)
        tended.append(agreement)
        return ()

    monkeypatch.setattr(restore_flow, "tend", note)

    async def story() -> None:
        wires = wire_up(assured)
        await wires.start()
        context = wires[JPN].node.context
        await begin_restore(context, "said")
        await wires[KOR].stop()
        assert await restore(context) != ()
        assert tended == []
        await wires[KOR].start()
        assert await restore(context) == ()
        await wires.stop()

    simulate(story)
    assert tended == [GSOMIA]


def test_cards_of_ours_that_came_later_are_followed_back_over_the_wire(
    assured: World, tmp_path: Path
) -> None:
    async def before() -> None:
        wires = wire_up(world)
        await wires.start()
        await rotate_keys(wires[JPN].node.context)
        await say(wires[JPN].node, 2)
        wires[JPN].kick()
        await wires.settle()
        await wires.stop()

    world, backup = assured, backed_up(assured, tmp_path)
    simulate(before)
    put_back(world, backup)

    async def after() -> None:
        wires = wire_up(world)
        for each in wires.served.values():
            each.listen()
        jpn = wires[JPN].node
        await begin_restore(jpn.context, "said")
        assert await restore(jpn.context) == ()
        assert (await the_card(jpn.context, JPN)).version == 2
        assert await sizes(jpn) == await sizes(wires[KOR].node)

    simulate(after)


def test_a_partner_that_does_not_know_us_by_our_key_has_not_answered(
    assured: World, tmp_path: Path
) -> None:
    async def story(wires: Wires, jpn: Node) -> None:
        domain = wires[KOR].node.context.config.domain

        async def nobody(request: WireRequest) -> WireReply:
            return WireReply(404)

        wires.network.answers[domain] = nobody
        await begin_restore(jpn.context, "said")
        (left,) = await restore(jpn.context)
        assert [each.code for each in left.problems] == ["restore.not-known"]

    restored_by_wire(assured, tmp_path, story)


def test_a_partner_that_never_got_our_newest_card_knows_us_by_the_one_before(
    assured: World, tmp_path: Path
) -> None:
    """Keys were made, and the card that names them was not: the disk failed, or power was cut."""

    async def story(wires: Wires, jpn: Node) -> None:
        await jpn.ports.keys.new_key_set(2, *SEALING_ALGORITHMS)
        await begin_restore(jpn.context, "said")
        assert await restore(jpn.context) == ()
        asked = [req for req, _ in wires[KOR].seen if req.path == "/echo"]
        assert len(asked) == 1  # by the newest, which it does not know

    restored_by_wire(assured, tmp_path, story)


def test_a_register_that_went_on_otherwise_is_two_stories_over_the_wire_too(
    assured: World, tmp_path: Path
) -> None:
    async def story(wires: Wires, jpn: Node) -> None:
        await say(jpn, 4)
        await begin_restore(jpn.context, "said")
        (left,) = await restore(jpn.context)
        assert [each.code for each in left.problems] == ["restore.two-stories"]

    restored_by_wire(assured, tmp_path, story)
