# SPDX-License-Identifier: Apache-2.0
"""A head leaves with its body; nothing waits longer than a turn of the loop, or goes lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from comity.serve.joined_writes import HELD_BYTES_MAX, JoinedWrites


class Wrote:
    """Keeps what was written, call by call."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []
        self.closing = False

    def write(self, data: bytes) -> None:
        self.calls.append(data)

    def close(self) -> None:
        self.closing = True

    def is_closing(self) -> bool:
        return self.closing


def written(act: Callable[[JoinedWrites], None], *, ends: bool = False) -> list[bytes]:
    """Give the calls after an act, and one turn of the loop."""
    wrote: Any = Wrote()

    async def story() -> None:
        act(JoinedWrites(wrote, asyncio.get_running_loop()))
        wrote.closing = wrote.closing or ends
        await asyncio.sleep(0)

    asyncio.run(story())
    return list(wrote.calls)


def test_head_and_body_leave_in_one_write() -> None:
    def act(joined: JoinedWrites) -> None:
        joined.write(b"head ")
        joined.write(b"body")

    assert written(act) == [b"head body"]


def test_a_head_without_a_body_leaves_in_the_same_turn() -> None:
    assert written(lambda joined: joined.write(b"head")) == [b"head"]


def test_what_is_large_is_not_copied() -> None:
    large = bytes(HELD_BYTES_MAX + 1)
    calls = written(lambda joined: joined.write(large))
    assert calls == [large]
    assert calls[0] is large


def test_an_end_comes_after_what_was_written() -> None:
    def act(joined: JoinedWrites) -> None:
        joined.write(b"head")
        joined.close()

    assert written(act) == [b"head"]


def test_an_empty_body_lets_the_head_go() -> None:
    def act(joined: JoinedWrites) -> None:
        joined.write(b"head")
        joined.write(b"")

    assert written(act) == [b"head"]


def test_nothing_is_written_to_a_connection_that_ends() -> None:
    assert written(lambda joined: joined.write(b"head"), ends=True) == []
