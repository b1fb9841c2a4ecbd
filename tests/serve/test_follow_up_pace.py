# SPDX-License-Identifier: Apache-2.0
"""How soon what came is followed up: a few parcels at once, many together."""

from __future__ import annotations

import asyncio
import random

import pytest

from comity.basis.ids import AgreementId
from comity.serve import follow_ups
from comity.serve.follow_ups import FollowUps
from tests.builders.world import GSOMIA, KOR, World
from tests.serve.support_diagnostics import Diagnostics
from tests.simulator.loop import run_simulated


def test_a_few_parcels_are_followed_up_at_once_however_busy_the_agreement_is(
    world: World, said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[float] = []
    few = False

    async def follow(context: object, agreement: AgreementId, *, lately: bool) -> None:
        followed.append(asyncio.get_running_loop().time())

    monkeypatch.setattr(follow_ups, "follow_up", follow)
    monkeypatch.setattr(follow_ups, "few_came", lambda _context, _agreement: few)

    async def act() -> None:
        nonlocal few
        due = FollowUps(world.jpn.context, said.log)
        running = asyncio.create_task(due.run())
        for _ in range(100):
            due.arrived(GSOMIA, KOR)
            await asyncio.sleep(0.01)
        few = True
        due.arrived(GSOMIA, KOR)
        came_at = asyncio.get_running_loop().time()
        await asyncio.sleep(0.001)
        assert followed[-1] == pytest.approx(came_at, abs=0.001)
        assert len(followed) < 20
        due.stop()
        await running

    run_simulated(random.Random(1), lambda _loop: act)
