# SPDX-License-Identifier: Apache-2.0
"""Turns: one writer at a time, first come first served, on one view that is always the store's."""

import asyncio
from collections.abc import Awaitable, Iterator
from dataclasses import replace

import pytest

from comity.basis.errors import InvariantError, StateError
from comity.basis.ids import AgreementId, Digest, Place
from comity.flows.context import Context, Live, held_here
from comity.flows.not_counted import NotCounted
from comity.flows.speak import Utterance, draft_for, house_act, speak
from comity.flows.speaker import say
from comity.flows.turns import read_view, turn, turns
from comity.flows.view import View, gather_view
from comity.ports import BasisMoved
from comity.statement.information import AssuranceGive, ItemReceipt
from tests.builders.world import A_YEAR, GSOMIA, JPN, KOR, World

ASSURANCE = AssuranceGive("SECRET", None, True, True, A_YEAR)
LONG_S = 60


def test_gives_the_same_view_as_long_as_nothing_moved(in_force: World) -> None:
    context = in_force.jpn.context

    async def act() -> tuple[View, View]:
        async with turn(context, GSOMIA) as first:
            pass
        async with turn(context, GSOMIA) as second:
            return first, second

    first, second = asyncio.run(act())
    assert first is second


def test_takes_turns_in_the_order_in_which_they_were_asked_for(in_force: World) -> None:
    context, order = in_force.jpn.context, []

    async def one(number: int) -> None:
        async with turn(context, GSOMIA):
            order.append(number)
            await asyncio.sleep(0)
            order.append(number)

    async def act() -> None:
        await asyncio.gather(*(one(number) for number in range(5)))

    asyncio.run(act())
    assert order == [number for number in range(5) for _ in range(2)]


def test_serves_one_event_loop_after_another(in_force: World) -> None:
    context = in_force.jpn.context

    async def one() -> None:
        async with turn(context, GSOMIA):
            await asyncio.sleep(0)

    async def act() -> None:
        await asyncio.gather(one(), one())

    asyncio.run(act())
    asyncio.run(act())


def test_what_was_said_elsewhere_is_in_the_next_view(in_force: World) -> None:
    context = in_force.jpn.context

    async def act() -> None:
        async with turn(context, GSOMIA) as before:
            size = before.heads[before.own].size
        view = await gather_view(context, GSOMIA)
        await speak(context, view, draft_for(context, view, ASSURANCE), house_act("assurance.give"))
        async with turn(context, GSOMIA) as after:
            assert after.heads[after.own].size == size + 1
            assert after.fold.export() == view.fold.export()

    asyncio.run(act())


def test_what_a_turn_says_is_in_the_view_of_the_next(in_force: World) -> None:
    context = in_force.jpn.context

    async def act() -> None:
        async with turn(context, GSOMIA) as view:
            draft = draft_for(context, view, ASSURANCE)
            await speak(context, view, draft, house_act("assurance.give"))
        async with turn(context, GSOMIA) as after:
            assert after is view
            assert after.fold.export() == (await gather_view(context, GSOMIA)).fold.export()

    asyncio.run(act())


def test_a_turn_that_failed_leaves_nothing_in_the_view(in_force: World) -> None:
    context = in_force.jpn.context
    unknown = ItemReceipt(Place(KOR, 0), Digest("0" * 64), "秘")

    async def fail() -> None:
        async with turn(context, GSOMIA) as view:
            await speak(context, view, draft_for(context, view, unknown), house_act("item.receipt"))

    async def act() -> None:
        async with turn(context, GSOMIA) as before:
            said = before.fold.export()
        with pytest.raises(NotCounted):
            await fail()
        async with turn(context, GSOMIA) as after:
            assert after is before
            assert after.fold.export() == said
            assert after.registers.judged_size(JPN) == after.heads[JPN].size

    asyncio.run(act())


def test_a_view_that_broke_half_way_is_gathered_anew(in_force: World) -> None:
    context = in_force.jpn.context

    async def act() -> None:
        async with turn(context, GSOMIA) as broken:
            broken.spent = True
        async with turn(context, GSOMIA) as after:
            assert after is not broken

    asyncio.run(act())


def test_a_turn_inside_a_turn_is_refused_and_does_not_wait_for_ever(in_force: World) -> None:
    context = in_force.jpn.context

    async def act() -> None:
        async with turn(context, GSOMIA), turn(context, GSOMIA):
            raise AssertionError

    with pytest.raises(InvariantError, match="inside a turn"):
        asyncio.run(act())


OTHER = AgreementId("zz-other")


async def hold(context: Context, held: AgreementId, wanted: Awaitable[object]) -> None:
    """Hold a turn, gathering nothing, and ask for something inside."""
    async with asyncio.timeout(LONG_S), context.live.setdefault(held, Live(held)).turn():
        await wanted


async def take(context: Context, *agreements: AgreementId) -> None:
    async with turns(context, agreements):
        pass


def test_a_turn_inside_that_of_a_later_agreement_is_refused_and_waits_for_nobody(
    in_force: World,
) -> None:
    context = in_force.jpn.context
    for wanted in (take(context, GSOMIA), take(context, OTHER, GSOMIA)):
        with pytest.raises(InvariantError, match="out of order"):
            asyncio.run(hold(context, OTHER, wanted))
    with pytest.raises(InvariantError, match="out of order"):
        asyncio.run(hold(context, OTHER, gather_view(context, GSOMIA)))
    asyncio.run(hold(context, AgreementId("a-first"), take(context, GSOMIA)))
    asyncio.run(take(context, GSOMIA))


def test_what_is_read_inside_a_turn_and_is_not_held_is_gathered_again_and_waits_for_nobody(
    in_force: World,
) -> None:
    context = in_force.jpn.context
    for held in (OTHER, AgreementId("a-first")):
        with pytest.raises(BasisMoved, match="turn was not taken"):
            asyncio.run(hold(context, held, read_view(context, GSOMIA)))

    async def act() -> View:
        async with turn(context, GSOMIA):
            return await read_view(context, GSOMIA)

    assert asyncio.run(act()).agreement_id == GSOMIA


class Unlisted(dict[AgreementId, Live]):
    """Looked into by id alone: a turn that is taken walks over no other agreement."""

    def __iter__(self) -> Iterator[AgreementId]:
        raise AssertionError

    items = keys = values = __iter__  # type: ignore[assignment]  # none of them is to be asked


def test_a_turn_asks_for_no_other_agreement_and_knows_what_it_holds(in_force: World) -> None:
    context = replace(in_force.jpn.context, live=Unlisted())
    apart = replace(context, live={})

    async def act() -> None:
        async with turn(context, GSOMIA):
            assert (held_here(context), held_here(apart)) == ((GSOMIA,), ())
        assert held_here(context) == ()

    asyncio.run(act())


def test_one_task_is_not_held_to_the_turns_of_another(in_force: World) -> None:
    context = in_force.jpn.context

    async def act() -> None:
        async with asyncio.timeout(LONG_S), context.live.setdefault(OTHER, Live(OTHER)).turn():
            await asyncio.create_task(take(context, GSOMIA))

    asyncio.run(act())


def test_nothing_is_said_inside_a_turn_of_any_agreement(in_force: World) -> None:
    context = in_force.jpn.context

    async def prepare(_: View) -> Utterance:
        raise AssertionError

    for held in (GSOMIA, OTHER):
        with pytest.raises(InvariantError, match="while deciding"):
            asyncio.run(hold(context, held, say(context, GSOMIA, prepare)))


def test_refuses_an_agreement_that_is_pinned_with_nobody(in_force: World) -> None:
    context = in_force.jpn.context

    async def act() -> None:
        async with turn(context, AgreementId("other")):
            raise AssertionError

    with pytest.raises(StateError, match="not pinned"):
        asyncio.run(act())
