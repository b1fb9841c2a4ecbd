# SPDX-License-Identifier: Apache-2.0
"""What is at hand is let go once nothing is said, and what is let go is found again."""

import asyncio

from comity.flows.housekeeping.idle import FEW_MAX, let_go
from comity.flows.speak import Entered, draft_for, house_act, speak
from comity.flows.turns import turn
from comity.flows.view import statement_at
from comity.statement.information import AssuranceGive
from tests.builders.world import A_YEAR, GSOMIA, World

ASSURANCE = AssuranceGive("SECRET", None, True, True, A_YEAR)


def test_lets_go_what_is_at_hand_of_an_agreement_that_rests(in_force: World) -> None:
    context = in_force.jpn.context

    async def act() -> None:
        async with turn(context, GSOMIA) as view:
            place = next(iter(view.recent))
            known = view.recent[place]
        standing = let_go(context, {})
        assert place in view.recent  # nobody knows yet that it rests
        let_go(context, standing)
        assert [len(each) for each in (view.recent, view.parcels, view.memo)] == [0, 0, 0]
        async with turn(context, GSOMIA) as again:
            assert again is view
            assert await statement_at(context, again, place) == known

    asyncio.run(act())


def test_keeps_at_hand_what_is_said_of_meanwhile(in_force: World) -> None:
    context = in_force.jpn.context

    async def act() -> None:
        async with turn(context, GSOMIA):
            pass
        standing = let_go(context, {})
        for count in range(1, FEW_MAX + 2):
            async with turn(context, GSOMIA) as view:
                draft = draft_for(context, view, ASSURANCE)
                said = await speak(context, view, draft, house_act("assurance.give"))
                assert isinstance(said, Entered)
            if count == FEW_MAX:
                let_go(context, standing)  # what a node says by itself
                assert not view.recent
        moved = let_go(context, standing)
        assert said.place in view.recent
        assert moved != standing

    asyncio.run(act())
