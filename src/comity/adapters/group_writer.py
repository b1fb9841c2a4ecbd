# SPDX-License-Identifier: Apache-2.0
"""Group commit: what several callers write at once goes to the disk in one transaction.

Changes are applied on the caller's event loop, at the end of its turn, and one thread flushes each
group: a thread that ran the statements, microseconds each, would wait for the interpreter's lock
before every one of them while the loop is busy (36 ms for 64 instead of 0.5). Meanwhile the next
group gathers. Whoever waits hears of the outcome, or that the writer has stopped.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, Protocol, TypeVar, cast

from comity.basis.errors import ComityError, EdgeError
from comity.basis.limits import STORE_GROUP_CHANGES_MAX, STORE_QUEUE_CHANGES_MAX

REST_S: Final = 15.0
"""After so long without a change what was kept at hand is let go."""

T = TypeVar("T")
TablesT = TypeVar("TablesT")
TablesT_co = TypeVar("TablesT_co", covariant=True)


class Transactions(Protocol[TablesT_co]):
    """Transactions on one file, one at a time; each call may come from another thread."""

    def begin(self, *, patient: bool) -> bool:
        """Begin one. False when another process holds the file and we are not to wait for it."""

    def apply(self, act: Callable[[TablesT_co], T]) -> T:
        """Apply one change; one that fails leaves no trace, unless the transaction is lost."""

    def write(self) -> None:
        """Write what was applied, not yet durable."""

    def commit(self) -> None:
        """Make it durable."""

    def roll_back(self) -> None:
        """Take everything back since `begin`."""

    def untidy(self) -> bool:
        """Tell whether there is something to do that nobody need wait for."""

    def tidy(self) -> None:
        """Do it."""

    def rest(self) -> None:
        """Hold no more memory than is needed: nothing was written for a while."""

    def verdict(self, err: BaseException) -> str | None:
        """Say why nothing may be written any more after `err`, or None when one may go on."""

    def lost(self, err: BaseException) -> bool:
        """Tell whether `err` from `apply` means that the whole transaction is lost."""


class _Waiting:
    """A change on its way, and who waits for it."""

    __slots__ = ("act", "alone", "error", "future", "loop", "result", "settled")

    def __init__(
        self, act: Callable[[Any], object], loop: asyncio.AbstractEventLoop, *, alone: bool
    ) -> None:
        self.act = act
        self.alone = alone
        self.loop = loop
        self.future: asyncio.Future[object] = loop.create_future()
        self.settled: asyncio.Future[None] | None = None
        self.result: object = None
        self.error: BaseException | None = None

    def tell(self) -> None:
        """Tell the outcome, on the waiting loop."""
        if self.settled is not None and not self.settled.done():
            self.settled.set_result(None)
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class GroupWriter(Generic[TablesT]):
    """Gathers changes into groups. Safe to call from several event loops and threads."""

    def __init__(self, transactions: Transactions[TablesT], on_stop: Callable[[str], None]) -> None:
        """Write by `transactions`; `on_stop` hears why the writer stopped, from any thread."""
        self._transactions = transactions
        self._on_stop = on_stop
        self._lock = threading.Lock()
        self._queue: deque[_Waiting] = deque()
        self._group: list[_Waiting] = []
        self._due: set[asyncio.AbstractEventLoop] = set()
        self._inbox: SimpleQueue[tuple[list[_Waiting], bool] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False
        self.stopped: str | None = None
        self.changes = 0
        self.flushes = 0

    async def write(self, act: Callable[[TablesT], T], *, alone: bool = False) -> T:
        """Apply `act` in the next group, and return once it is durable.

        Changes of one loop are applied in the order in which they came. A caller that is
        cancelled hears so when its change is either withdrawn or durable, never between.

        Raises:
            EdgeError: too much is waiting, the disk failed, or the writer has stopped.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(act, loop, alone=alone)
        with self._lock:
            self._refuse()
            self._queue.append(waiting)
            if not self._group:
                self._schedule(loop)
        try:
            return cast("T", await waiting.future)
        except asyncio.CancelledError:
            await self._settle(waiting)
            raise

    def close(self) -> None:
        """End the thread when it has flushed; whoever still queues is refused."""
        with self._lock:
            self._closed = True
            refused = self._take_all()
            thread = self._thread
        self._tell(refused, _closed())
        if thread is not None and thread is not threading.current_thread():
            self._inbox.put(None)
            thread.join()

    # On the callers' loops

    def _refuse(self) -> None:
        if self.stopped is not None:
            raise stopped(self.stopped)
        if self._closed:
            raise _closed()
        if len(self._queue) >= STORE_QUEUE_CHANGES_MAX:
            raise EdgeError(
                "store.overloaded",
                "too many changes wait for the disk",
                expected=f"at most {STORE_QUEUE_CHANGES_MAX}",
                hint="try again in a second",
            )

    def _schedule(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin a group at the end of this loop's turn, so that its other changes join in."""
        if loop not in self._due:
            self._due.add(loop)
            loop.call_soon(self._begin, loop)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            self._due.discard(loop)
            if self._group or not self._queue:
                return
            self._group = self._take_some()
        group = self._group
        try:
            begun = self._transactions.begin(patient=False)
            if begun and not self._apply(group):
                self._end(group)
                return
        except BaseException as err:
            self._fail(group, err)
            if not isinstance(err, Exception):
                raise
            return
        self._start_thread()
        self._inbox.put((group, begun))

    def _take_some(self) -> list[_Waiting]:
        """Take the next group from the queue: many changes, or one that has to be alone."""
        group = [self._queue.popleft()]
        while (
            self._queue
            and len(group) < STORE_GROUP_CHANGES_MAX
            and not (group[0].alone or self._queue[0].alone)
        ):
            group.append(self._queue.popleft())
        return group

    async def _settle(self, waiting: _Waiting) -> None:
        """Withdraw a change whose caller was cancelled, or else wait for its outcome."""
        with self._lock:
            if waiting in self._queue:
                self._queue.remove(waiting)
                return
            if waiting not in self._group or not waiting.future.cancelled():
                return
            settled = waiting.settled = waiting.loop.create_future()
        while not settled.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait((settled,))

    # On either

    def _apply(self, group: list[_Waiting]) -> bool:
        """Apply a group; tell whether anything of it is to be flushed."""
        fitted = False
        for waiting in group:
            if waiting.future.cancelled() or waiting.loop.is_closed():
                continue
            try:
                waiting.result = self._transactions.apply(waiting.act)
                fitted = True
            except Exception as err:
                if self._transactions.lost(err):
                    raise
                waiting.error = err
        if fitted:
            self._transactions.write()
        else:
            self._transactions.roll_back()
        return fitted

    def _fail(self, group: list[_Waiting], err: BaseException) -> None:
        """Take a group back, tell all of it, and stop when one may not go on."""
        try:
            self._transactions.roll_back()
            reason = self._transactions.verdict(err)
        except ComityError as again:
            reason = str(again)
        for waiting in group:
            waiting.error = waiting.error or _told(err)
        if reason is not None:
            self._stop(reason)
        self._end(group)

    def _end(self, group: list[_Waiting], err: BaseException | None = None) -> None:
        """Tell a group its outcome, and begin the next one."""
        with self._lock:
            self._group = []
            loops = {waiting.loop for waiting in self._queue} - self._due
            self._due |= loops
        self._tell(group, err, then=loops)

    def _tell(
        self,
        group: list[_Waiting],
        err: BaseException | None = None,
        *,
        then: Iterable[asyncio.AbstractEventLoop] = (),
    ) -> None:
        """Tell each loop its outcomes, and have those of `then` begin the next group.

        By one call for each loop: each gives up the interpreter's lock, which a busy loop keeps.
        """
        told: dict[asyncio.AbstractEventLoop, list[_Waiting]] = {loop: [] for loop in then}
        begins = frozenset(told)
        for waiting in group:
            waiting.error = waiting.error or err
            told.setdefault(waiting.loop, []).append(waiting)
        for loop, waitings in told.items():
            try:
                begin = loop if loop in begins else None
                loop.call_soon_threadsafe(self._resume, waitings, begin)
            except RuntimeError:
                self._forget(loop)

    def _resume(self, told: list[_Waiting], begins: asyncio.AbstractEventLoop | None) -> None:
        """On a loop: tell, and begin a group there once those who were told have gone on."""
        for waiting in told:
            waiting.tell()
        if begins is not None:
            begins.call_soon(self._begin, begins)

    def _forget(self, loop: asyncio.AbstractEventLoop) -> None:
        """Drop what a loop has queued that has ended meanwhile: nobody waits for it."""
        with self._lock:
            self._due.discard(loop)
            self._queue = deque(each for each in self._queue if each.loop is not loop)

    def _stop(self, reason: str) -> None:
        with self._lock:
            first, self.stopped = self.stopped is None, self.stopped or reason
            refused = self._take_all()
        self._tell(refused, stopped(reason))
        if first:
            self._on_stop(reason)

    def _take_all(self) -> list[_Waiting]:
        taken = list(self._queue)
        self._queue.clear()
        return taken

    # On the thread

    def _start_thread(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="store writer", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            # By a call, so that no change is kept in memory until the next one comes.
            while self._flush_next():
                pass
        except BaseException as err:
            # Whatever ends the thread, nobody may wait for it.
            self._stop(f"the writer's thread ended: {type(err).__name__}")
            self._end(self._group, _told(err))

    def _flush_next(self) -> bool:
        try:
            received = self._inbox.get(timeout=REST_S)
        except Empty:
            with suppress(EdgeError):  # a change that follows shows whether the disk is at fault
                self._transactions.rest()
            received = self._inbox.get()
        if received is not None:
            self._flush(received[0], begun=received[1])
        return received is not None

    def _flush(self, group: list[_Waiting], *, begun: bool) -> None:
        try:
            if not begun:
                self._transactions.begin(patient=True)
                begun = self._apply(group)
            if begun:
                self._transactions.commit()
        except Exception as err:
            self._fail(group, err)
            return
        self.flushes += begun
        self.changes += sum(waiting.error is None for waiting in group)
        if self._transactions.untidy():
            self._tell(group)
            group = []
            try:
                self._transactions.tidy()
            except Exception as err:
                self._stop(self._transactions.verdict(err) or str(err))
        self._end(group)


def stopped(reason: str, where: str = "") -> EdgeError:
    """Say that the store has stopped for good."""
    return EdgeError(
        "store.stopped",
        "the store has stopped",
        where=where,
        found=reason,
        hint="repair the disk, then start the node again",
    )


def _closed() -> EdgeError:
    return EdgeError("store.closed", "the store is closed", hint="start the node again")


def _told(err: BaseException) -> BaseException:
    """Give what the waiting hear of `err`."""
    return err if isinstance(err, Exception) else stopped(f"interrupted: {type(err).__name__}")
