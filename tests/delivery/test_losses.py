# SPDX-License-Identifier: Apache-2.0
"""A partner that says that it lost what it had cosigned, once or as often as it likes."""

from __future__ import annotations

import asyncio

from comity.flows.rotation import rotate_keys
from comity.ports import WireReply, WireRequest
from comity.tlog.push import parse_push
from tests.builders.world import JPN, KOR, World
from tests.delivery.wires import say, simulate, wire_up


def test_a_partner_that_loses_what_it_cosigned_again_and_again_is_asked_ever_less_often(
    assured: World,
) -> None:
    """It cosigned up to a card long ago: to say so once more, and that it has nothing, is cheap."""
    wires = wire_up(assured)
    kept: dict[int, WireReply] = {}
    falls = False
    asked = 0

    async def story() -> None:
        nonlocal falls
        await wires.start()
        domain = assured.kor.context.config.domain
        honest = wires.network.answers[domain]

        async def answer(request: WireRequest) -> WireReply:
            nonlocal asked
            if not isinstance(request.body, bytes) or not falls:
                return await remember(request)
            asked += 1
            known = kept.get(parse_push(request.body).end)
            return WireReply(409, (), b"0\n") if known is None or asked % 2 else known

        async def remember(request: WireRequest) -> WireReply:
            reply = await honest(request)
            if isinstance(request.body, bytes) and reply.status == 200:
                kept[parse_push(request.body).end] = reply
            return reply

        wires.network.answers[domain] = answer
        await rotate_keys(assured.jpn.context)
        wires[JPN].kick()
        await wires.settle()
        falls = True
        await say(assured.jpn)
        wires[JPN].kick()
        await asyncio.sleep(600)
        line = wires[JPN].line(KOR)
        assert line.problem is not None
        assert line.problem.code == "delivery.no-progress"
        assert line.state == "retrying"
        assert asked < 60
        falls = False
        await wires.settle()
        assert wires[JPN].line(KOR).problem is None

    simulate(story)
