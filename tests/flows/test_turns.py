# SPDX-License-Identifier: Apache-2.0
"""Turns: one writer at a time, first come first served, on one view that is always the store's."""

import asyncio

import pytest

from comity.basis.errors import InvariantError, StateError
from comity.basis.ids import AgreementId, Digest, Place
from comity.flows.speak import NotCounted, draft_for, house_act, speak
from comity.flows.turns import turn
from comity.flows.view import View, gather_view
from comity.statement.information import AssuranceGive, ItemReceipt
from tests.builders.world import A_YEAR, GSOMIA, JPN, KOR, World

ASSURANCE = AssuranceGive("SECRET", None, True, True, A_YEAR)


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


def test_refuses_an_agreement_that_is_pinned_with_nobody(in_force: World) -> None:
    context = in_force.jpn.context

    async def act() -> None:
        async with turn(context, AgreementId("other")):
            raise AssertionError

    with pytest.raises(StateError, match="not pinned"):
        asyncio.run(act())
