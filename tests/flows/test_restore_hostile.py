# SPDX-License-Identifier: Apache-2.0
"""A restore beside a hostile partner: it claims what was never said, stalls, and holds nobody up.

Source: DESIGN 7; docs/operations.md (after a restore)
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from comity.flows.recovery import refill
from comity.flows.recovery.restore import begin_restore, restore
from comity.flows.rotation import rotate_keys
from comity.ports import WireReply, WireRequest
from comity.tlog.tiles import format_bundle
from tests.builders.restores import LATER_MS, backed_up, put_back
from tests.builders.world import JPN, KOR, USA, World, make_world, trilateral
from tests.delivery.wires import say, simulate, size_of, wire_up

HUGE = 2**40
PATIENCE_S = 4 * refill.TIMEOUT_S
"""In the story's time, a little more than two requests that are never answered."""

Lie = Callable[[WireRequest, WireReply], Awaitable[WireReply]]


@pytest.fixture(scope="module")
def _three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_world(tmp_path_factory.mktemp("three"), (JPN, KOR, USA)) as world:
        world.sign(trilateral())
        world.settle()
        yield world


@pytest.fixture
def three(_three: World, tmp_path: Path) -> World:
    return _three.copy(tmp_path / "world")


def restored_beside(world: World, tmp_path: Path, lie: Lie, *, rotated: bool = False) -> str:
    """Put JPN back to a backup, and let it ask KOR, which lies, and USA, which does not.

    Gives the code of what came of KOR, within `PATIENCE_S`; all that USA holds has been taken.
    """

    async def before() -> None:
        wires = wire_up(world)
        await wires.start()
        if rotated:
            await rotate_keys(wires[JPN].node.context)
        await say(wires[JPN].node, 3)
        wires[JPN].kick()
        await wires.settle()
        await wires.stop()

    async def after() -> None:
        wires = wire_up(world)
        for each in wires.served.values():
            each.listen()
        domain = wires[KOR].node.context.config.domain
        answer = wires.network.answers[domain]

        async def lies(request: WireRequest) -> WireReply:
            return await lie(request, await answer(request))

        wires.network.answers[domain] = lies
        jpn = wires[JPN].node
        await begin_restore(jpn.context, "said")
        async with asyncio.timeout(PATIENCE_S):
            (left,) = await restore(jpn.context)
        assert [party for party, _ in left.answered] == [USA]
        assert left.asked == (KOR,)
        assert len(left.problems) == 1
        told.append(left.problems[0].code)
        assert await size_of(jpn, JPN) == await size_of(wires[USA].node, JPN)

    told: list[str] = []
    backup = backed_up(world, tmp_path)
    simulate(before)
    put_back(world, backup)
    world.move(LATER_MS)
    simulate(after)
    return told[0]


async def huge(request: WireRequest, reply: WireReply) -> WireReply:
    """Claim a size that nobody ever signed, and give as many entries as are asked for."""
    if request.path.endswith("/checkpoint"):
        first, _, rest = reply.body.split(b"\n", 2)
        return WireReply(200, reply.headers, b"\n".join((first, b"%d" % HUGE, rest)))
    return WireReply(200, (), format_bundle((b"x",) * 256))


async def huge_and_slow(request: WireRequest, reply: WireReply) -> WireReply:
    if "entries" in request.path:
        await asyncio.sleep(refill.TIMEOUT_S / 3)
    return await huge(request, reply)


async def silent(request: WireRequest, reply: WireReply) -> WireReply:
    await asyncio.sleep(1e6)
    return reply


@pytest.mark.parametrize("lie", [huge_and_slow, silent])
def test_a_partner_that_stalls_keeps_no_other_from_giving_our_register_back(
    three: World, tmp_path: Path, lie: Lie
) -> None:
    assert restored_beside(three, tmp_path, lie) in ("restore.too-slow", "partners.read")


def test_a_size_that_we_never_signed_is_read_no_further_than_it_may_be_ours(
    three: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refill, "UNSIGNED_ENTRIES_MAX", 2_560)
    asked: list[str] = []

    async def counted(request: WireRequest, reply: WireReply) -> WireReply:
        asked.append(request.path)
        return await huge(request, reply)

    assert restored_beside(three, tmp_path, counted) == "restore.not-ours"
    assert len(asked) <= 13


def test_a_true_size_given_slowly_is_waited_for_as_long_as_its_entries_may_take(
    three: World, tmp_path: Path
) -> None:
    """The signature is ours, so the size is: what stalls on it is given up all the same."""

    async def slow(request: WireRequest, reply: WireReply) -> WireReply:
        await asyncio.sleep(refill.TIMEOUT_S * 0.9)
        return reply

    assert restored_beside(three, tmp_path, slow) == "restore.too-slow"


def test_after_new_keys_the_lie_is_told_by_the_keys_that_were_not_lost(
    three: World, tmp_path: Path
) -> None:
    assert restored_beside(three, tmp_path, huge, rotated=True) == "restore.not-ours"
