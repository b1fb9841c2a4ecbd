# SPDX-License-Identifier: Apache-2.0
"""What ends a served node: a signal, a store that stopped, a part that broke."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable
from typing import Final

from comity.basis.errors import ComityError, EdgeError, InvariantError
from comity.serve.diagnostics import Log, fault_of, problem_fields

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
STOPPED_AT_ONCE: Final = 130

_INPUT_BYTES: Final = 4096


class Ends:
    """Waits for the first reason to stop, and remembers whether it was a good one."""

    def __init__(self, loop: asyncio.AbstractEventLoop, log: Log) -> None:
        """Listen to nothing yet."""
        self._loop = loop
        self._log = log
        self._reason: ComityError | None = None
        self._asked = asyncio.Event()

    def listen(self) -> None:
        """Stop in order at the first signal, and at once at the second."""
        for each in SIGNALS:
            self._loop.add_signal_handler(each, self._signalled, each)

    def listen_to_input(self) -> None:
        """Stop in order when standard input ends: whoever started us is gone."""
        if sys.stdin is None:
            self._input_ended()
            return
        try:
            self._loop.add_reader(sys.stdin.fileno(), self._read_input)
        except PermissionError:  # no pipe and no terminal: what never waits has ended already
            self._input_ended()

    def store_stopped(self, reason: str) -> None:
        """Stop since nothing can be kept any more; may be called from any thread."""
        err = EdgeError(
            "store.stopped",
            "the store has stopped",
            found=reason,
            hint="repair the disk, then start the node again",
        )
        self._loop.call_soon_threadsafe(self._broke, err)

    def watch(self, part: Awaitable[None], name: str) -> asyncio.Task[None]:
        """Stop when a part ends that was not told to."""
        return self._loop.create_task(self._watch(part, name), name=f"watch {name}")

    async def wait(self) -> None:
        """Wait for the first reason to stop."""
        await self._asked.wait()

    def raise_if_broken(self) -> None:
        """Raise what the node could not go on from, if it was that."""
        if self._reason is not None:
            raise self._reason

    def _read_input(self) -> None:
        descriptor = sys.stdin.fileno()
        if not os.read(descriptor, _INPUT_BYTES):
            self._loop.remove_reader(descriptor)
            self._input_ended()

    def _input_ended(self) -> None:
        self._log.info("serve.stopping", signal="end of input")
        self._asked.set()

    def _signalled(self, which: signal.Signals) -> None:
        if self._asked.is_set():
            self._log.warning("serve.stopped-at-once", signal=which.name)
            # What is durable is durable; whoever asked twice does not want to wait for the rest.
            os._exit(STOPPED_AT_ONCE)
        self._log.info("serve.stopping", signal=which.name)
        self._asked.set()

    async def _watch(self, part: Awaitable[None], name: str) -> None:
        try:
            await part
        except ComityError as err:
            self._broke(err)
        except Exception as err:
            self._log.error("serve.fault", part=name, **fault_of(err))
            self._broke(InvariantError("serve.fault", "a part of the node broke", where=name))

    def _broke(self, err: ComityError) -> None:
        if self._reason is None and not self._asked.is_set():
            self._reason = err
            self._log.error("serve.cannot-go-on", **problem_fields(err))
        self._asked.set()
