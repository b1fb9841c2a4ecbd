# SPDX-License-Identifier: Apache-2.0
"""When a line tries again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from comity.flows.delivery_waits import (
    BACKOFF_MAX_S,
    KICKED_S,
    NOTICED_S,
    STOPPED_S,
    Waits,
    loop_now,
)
from tests.delivery.wires import simulate


def most(size: int) -> bytes:
    return b"\xff" * size


def least(size: int) -> bytes:
    return bytes(size)


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await story()

    simulate(main)


async def waited(waits: Waits) -> float:
    """Wait until the next try is due; give the seconds."""
    began = loop_now()
    assert await asyncio.wait_for(waits.until_due(), 10**6)
    return loop_now() - began


def test_nothing_is_due_until_something_happens() -> None:
    async def story() -> None:
        waits = Waits(most)
        assert waits.due_at() is None
        waits.kick()
        assert await waited(waits) == 0
        assert waits.due_at() is None

    run(story)


def test_failures_double_the_span_up_to_a_limit() -> None:
    async def story() -> None:
        waits = Waits(most)
        spans = []
        for _ in range(14):
            waits.fail()
            spans.append(await waited(waits))
        assert spans[:4] == pytest.approx([0.2, 0.4, 0.8, 1.6])
        assert spans[-1] == pytest.approx(BACKOFF_MAX_S)
        waits.succeed()
        waits.fail()
        assert await waited(waits) == pytest.approx(0.2)

    run(story)


def test_the_jitter_may_take_the_whole_span_away() -> None:
    async def story() -> None:
        waits = Waits(least)
        for _ in range(5):
            waits.fail()
        assert await waited(waits) == 0

    run(story)


def test_a_new_act_brings_the_next_try_forward_but_not_nearer_than_a_limit() -> None:
    async def story() -> None:
        waits = Waits(most)
        for _ in range(12):
            waits.fail()
            await waited(waits)
        waits.fail()
        waits.kick()
        assert await waited(waits) == pytest.approx(KICKED_S)

    run(story)


def test_word_from_the_partner_ends_the_wait_but_not_the_one_it_asked_for() -> None:
    async def story() -> None:
        waits = Waits(most)
        waits.notice()
        assert waits.due_at() is None
        waits.stop()
        waits.notice()
        assert await waited(waits) == pytest.approx(NOTICED_S)  # two that refuse each other
        waits.stop()
        await asyncio.sleep(NOTICED_S)
        waits.notice()
        assert await waited(waits) == 0
        waits.defer(60)
        waits.notice()
        waits.kick()
        assert await waited(waits) == pytest.approx(75)

    run(story)


def test_a_stopped_line_tries_again_after_a_long_while() -> None:
    async def story() -> None:
        waits = Waits(least)
        waits.stop()
        assert await waited(waits) == pytest.approx(STOPPED_S / 2)

    run(story)


def test_asks_again_after_a_while_without_a_failure() -> None:
    async def story() -> None:
        waits = Waits(most)
        waits.ask_again(30)
        assert await waited(waits) == pytest.approx(30)
        assert waits.failures == 0

    run(story)


def test_an_end_is_an_end_at_once() -> None:
    async def story() -> None:
        waits = Waits(most)
        waiting = asyncio.ensure_future(waits.until_due())
        await asyncio.sleep(1)
        waits.end()
        assert await waiting is False
        assert waits.ended

    run(story)
