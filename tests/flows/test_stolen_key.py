# SPDX-License-Identifier: Apache-2.0
"""A thief signs with our online key: we fall silent, people decide, and new keys end it.

Source: docs/operations.md (a stolen key); docs/decisions/0008
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from comity.basis.errors import ComityError, InputError, StateError
from comity.basis.ids import Place
from comity.decision.house import allow_house_act
from comity.decision.stages import Refused
from comity.flows.commits import commit_on
from comity.flows.recovery.restore import (
    begin_restore,
    override_restore,
    restore,
    say_restored,
)
from comity.flows.recovery.stolen import list_taken_back, say_stolen
from comity.flows.restoring import Why, list_restoring, why_silent
from comity.flows.rotation import rotate_keys
from comity.flows.speak import draft_for
from comity.flows.turns import turn
from comity.flows.view import statement_at
from comity.ports import Change, Entries
from comity.statement.treaty import AgreementSign
from tests.builders.restores import LATER_MS
from tests.builders.world import CLERK, DRAFTER, JPN, KOR, OFFICER, READER, Node, World, run
from tests.delivery.wires import Served, Wires, join, say, simulate, size_of, wire_up

Story = Callable[[Wires, Node, Node], Coroutine[Any, Any, None]]
NOTE = "the disk was copied, note 3"


def theft(world: World, tmp_path: Path, story: Story, *, steal: Any = say) -> None:
    """Let a thief who has JPN's keys speak to KOR; then tell on with JPN, KOR and the thief."""
    other = world.copy(tmp_path / "thief")
    other.nodes[KOR] = world.kor

    async def steals() -> None:
        wires = wire_up(other)
        await wires.start()
        await steal(wires[JPN].node)
        wires[JPN].kick()
        await wires.settle()
        await wires.stop()

    async def after() -> None:
        wires = wire_up(world)
        for each in wires.served.values():
            each.listen()
        await story(wires, wires[JPN].node, other.jpn)

    simulate(steals)
    world.nodes[KOR] = other.kor
    world.move(LATER_MS)
    other.jpn.clock.instant = world.jpn.clock.instant
    simulate(after)


async def shows(wires: Wires) -> None:
    """Let KOR say something: its push shows what it holds of JPN's register."""
    await wires[KOR].deliver()
    await say(wires[KOR].node)
    wires[KOR].kick()
    await wires.until(lambda: bool(wires[JPN].pushes()))
    await wires[KOR].running.stop()
    wires[KOR].delivery = None


async def speaks_on(wires: Wires, thief: Node, count: int = 1) -> bool:
    """Let the thief push more to KOR, from where it left off; answer whether KOR took it."""
    joined = join(thief, wires.network)
    apart = Served(joined, wires.network)
    await apart.deliver()
    await say(joined, count)
    size = await size_of(joined, JPN)
    apart.kick()
    await asyncio.sleep(30)
    await apart.running.stop()
    return await size_of(wires[KOR].node, JPN) == size


def test_a_running_node_that_meets_its_own_longer_register_takes_nothing_and_falls_silent(
    assured: World, tmp_path: Path
) -> None:
    async def story(wires: Wires, jpn: Node, thief: Node) -> None:
        before = await size_of(jpn, JPN)
        await shows(wires)
        assert await why_silent(jpn.context) is Why.SHOWN
        for _ in range(2):
            (left,) = await restore(jpn.context)
            assert (left.why, left.size, left.shown) == (Why.SHOWN, before, before + 1)
        assert await size_of(jpn, JPN) == before
        assert await list_taken_back(jpn.context) == ()
        with pytest.raises(StateError, match=r"register\.behind"):
            await say(jpn)
        with pytest.raises(StateError, match=r"register\.restoring"):
            await rotate_keys(jpn.context)
        with pytest.raises(StateError, match=r"register\.officer-decides"):
            await override_restore(jpn.context)

    theft(assured, tmp_path, story)


def test_an_officer_decides_that_it_was_a_restore_and_what_comes_back_is_listed(
    assured: World, tmp_path: Path
) -> None:
    async def story(wires: Wires, jpn: Node, thief: Node) -> None:
        before = await size_of(jpn, JPN)
        await shows(wires)
        with pytest.raises(StateError, match=r"register\.officer-decides"):
            await say_restored(jpn.context, None)
        for person in (READER, CLERK, DRAFTER):
            assert isinstance(await say_restored(jpn.context, person), Refused)
        assert await why_silent(jpn.context) is Why.SHOWN
        assert await say_restored(jpn.context, OFFICER) is None
        assert await restore(jpn.context) == ()
        assert await why_silent(jpn.context) is None
        (back,) = await list_taken_back(jpn.context)
        assert [each.place.index for each in back.page.judged] == [before]
        await say(jpn)

    theft(assured, tmp_path, story)


def test_after_a_theft_the_thiefs_word_is_taken_and_listed_and_new_keys_end_it(
    assured: World, tmp_path: Path
) -> None:
    async def story(wires: Wires, jpn: Node, thief: Node) -> None:
        before = await size_of(jpn, JPN)
        await shows(wires)
        assert await say_stolen(jpn.context, OFFICER, NOTE) is None
        with pytest.raises(StateError, match=r"register\.restoring"):
            await rotate_keys(jpn.context)  # nobody has answered yet
        (left,) = await restore(jpn.context)
        assert (left.why, left.has_all, left.is_whole) == (Why.STOLEN, True, False)
        (back,) = await list_taken_back(jpn.context)
        assert [each.place.index for each in back.page.judged] == [before, before + 1]
        with pytest.raises(StateError, match=r"register\.restoring"):
            await say(jpn)
        card, entered = await rotate_keys(jpn.context, OFFICER, new_tls=True, at_once=True)
        assert card.version == 2
        assert [each.place.index for each in entered] == [before + 2]
        assert await why_silent(jpn.context) is None
        await wires[JPN].deliver()
        await wires[KOR].deliver()
        await say(jpn)
        wires[JPN].kick()
        await wires.settle()
        assert await size_of(wires[KOR].node, JPN) == before + 4
        await wires[JPN].running.stop()
        # From now on the thief is believed no more, whatever it goes on with.
        assert not await speaks_on(wires, thief, 5)
        assert await size_of(wires[KOR].node, JPN) == before + 4
        assert await why_silent(jpn.context) is None

    async def twice(node: Node) -> None:
        await say(node, 2)

    theft(assured, tmp_path, story, steal=twice)
    acts = [act for act, _ in assured.jpn.acts()]
    assert {"register.unexplained", "register.stolen", "register.refill", "register.whole"} <= {
        *acts
    }


def test_what_the_thief_says_before_the_new_card_is_taken_as_well(
    assured: World, tmp_path: Path
) -> None:
    async def story(wires: Wires, jpn: Node, thief: Node) -> None:
        before = await size_of(jpn, JPN)
        assert await say_stolen(jpn.context, OFFICER, NOTE) is None  # nobody has shown it yet
        (left,) = await restore(jpn.context)
        assert left.has_all
        assert await speaks_on(wires, thief, 2)
        assert await size_of(jpn, JPN) == before + 1
        (left,) = await restore(jpn.context)
        assert left.has_all
        assert await size_of(jpn, JPN) == before + 3
        (back,) = await list_taken_back(jpn.context)
        assert len(back.page.judged) == 3

    theft(assured, tmp_path, story)


def test_what_binds_the_state_needs_more_than_the_stolen_key(
    assured: World, tmp_path: Path
) -> None:
    async def story(wires: Wires, jpn: Node, thief: Node) -> None:
        assert await say_stolen(jpn.context, OFFICER, NOTE) is None
        await restore(jpn.context)
        (back,) = await list_taken_back(jpn.context)
        (bound,) = back.page.judged
        assert bound.rejected is not None
        assert bound.rejected.code == "statement.authority"

    theft(assured, tmp_path, story, steal=sign_again)


async def sign_again(thief: Node) -> None:
    """Sign the agreement by the note of another signing: nobody gave it the authority key."""
    async with turn(thief.context, thief.agreement) as view:
        head = view.heads[JPN]
        said = [
            await statement_at(thief.context, view, Place(JPN, index)) for index in range(head.size)
        ]
        (body,) = [each.body for each in said if isinstance(each.body, AgreementSign)]
        draft = draft_for(thief.context, view, body)
        registers = view.registers.trial()
        raw = registers.speak(draft, thief.clock.now()).raw
        change = Change(
            allowed_by=allow_house_act("agreement.sign"),
            entries=(Entries(head.origin, head.size, (raw,)),),
        )
        await commit_on(thief.context, view, change)
    thief.context.live.clear()


def test_a_partner_that_does_not_answer_keeps_the_old_keys_until_the_roots_say_otherwise(
    assured: World, tmp_path: Path
) -> None:
    async def story(wires: Wires, jpn: Node, thief: Node) -> None:
        wires.network.answers.clear()
        assert await say_stolen(jpn.context, OFFICER, NOTE) is None
        (left,) = await restore(jpn.context)
        assert left.asked == (KOR,)
        with pytest.raises(StateError, match=r"register\.restoring"):
            await rotate_keys(jpn.context)
        assert len(await override_restore(jpn.context)) == 1
        assert (await rotate_keys(jpn.context))[0].version == 2

    theft(assured, tmp_path, story)


def test_only_an_officer_with_a_reason_says_that_a_key_is_stolen(assured: World) -> None:
    jpn = assured.jpn
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(InputError, match=r"register\.stolen-reason"):
            run(say_stolen(jpn.context, OFFICER, reason))
    assert isinstance(run(say_stolen(jpn.context, READER, NOTE)), Refused)
    assert run(why_silent(jpn.context)) is None
    assert ("register.stolen", "refused") in jpn.acts()


def test_a_theft_that_was_held_to_be_a_restore_is_said_still_and_not_the_other_way(
    assured: World,
) -> None:
    jpn = assured.jpn
    run(begin_restore(jpn.context, "said"))
    assert run(say_stolen(jpn.context, OFFICER, NOTE)) is None
    assert run(why_silent(jpn.context)) is Why.STOLEN
    assert run(say_restored(jpn.context, OFFICER)) is None
    assert [each.why for each in run(list_restoring(jpn.context))] == [Why.STOLEN]


def test_a_disc_brings_nothing_back_before_an_officer_has_decided(
    assured: World, tmp_path: Path
) -> None:
    world = assured
    thief = world.copy(tmp_path / "thief")
    thief.nodes[KOR] = world.kor
    thief.jpn.assure()
    thief.carry(JPN, KOR)
    before = len(world.jpn.own_entries())
    for number in range(2):
        with pytest.raises(ComityError, match=r"register\.behind"):
            world.carry(KOR, JPN, name=f"shows {number}")
        world.carry(JPN, KOR, name=f"says nothing {number}")
    assert len(world.jpn.own_entries()) == before
    assert run(say_stolen(world.jpn.context, OFFICER, NOTE)) is None
    world.move(LATER_MS)
    world.carry(JPN, KOR, name="asks")
    world.carry(KOR, JPN, name="gives")
    assert len(world.jpn.own_entries()) == before + 1
    run(rotate_keys(world.jpn.context))
    world.settle()
    assert world.equal()
