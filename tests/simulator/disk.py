# SPDX-License-Identifier: Apache-2.0
"""A node's disk in memory: what was synced survives a crash, and nothing else.

One writer gathers concurrent changes into one flush, as the real store does; nothing is seen or
acknowledged before the flush is over. Faults: crash at a named point, a full disk for a while,
reads that fail, and a flush that takes its time. Key files and custody are synced one by one.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from comity.adapters.key_vault import KeyFile
from comity.adapters.store_memory import MemoryStore
from comity.adapters.store_tables import Tables
from comity.adapters.tables_store import TablesStore
from comity.basis.errors import EdgeError
from comity.basis.ids import Digest
from comity.decision.stages import Allowed
from comity.ports import Basis, Change, Committed, Document, Judgement
from tests.simulator.program import KilledError, Program

T = TypeVar("T")


@dataclass
class Doing:
    """One of people's acts, while it is being done."""

    number: int
    is_over: bool = False


ACT: ContextVar[Doing | None] = ContextVar("act", default=None)
"""Which act a change belongs to. Who speaks for several goes on in the context of the first."""


def act_now() -> int | None:
    """Give the number of the act that is being done here, if one is."""
    doing = ACT.get()
    return None if doing is None or doing.is_over else doing.number


_FLUSH_S = 0.0015
_READS = (
    *("registers", "register", "journal", "entries", "checkpoint", "cosignature", "parcel"),
    *("latest_cosignature", "cosignatures", "judgements", "document", "documents", "version"),
)


@dataclass
class Disk:
    """What lies on one node's disk. `unsynced` takes back what was written and not flushed."""

    tables: Any = field(default_factory=lambda: MemoryStore()._tables)
    blobs: dict[Digest, bytes] = field(default_factory=dict)
    keys: dict[KeyFile, bytes] = field(default_factory=dict)
    custody: dict[str, bytes] = field(default_factory=dict)
    staged: dict[str, dict[int, bytes]] = field(default_factory=dict)
    unfinished: dict[str, bytearray] = field(default_factory=dict)
    unsynced: list[Callable[[], None]] = field(default_factory=list)

    def lose_unsynced(self) -> None:
        """Forget what was never flushed, as a power cut does."""
        while self.unsynced:
            self.unsynced.pop()()


@dataclass
class Weather:
    """How a node's disk behaves now, and the draws that decide it."""

    draws: random.Random
    full: bool = False
    reads_fail: float = 0.0
    slow: float = 1.0
    yields: float = 0.0

    def heal(self) -> None:
        """Behave as a healthy disk does."""
        self.full, self.reads_fail, self.slow, self.yields = False, 0.0, 1.0, 0.0

    def flush_s(self) -> float:
        """Draw how long a flush takes."""
        return self.draws.random() * _FLUSH_S * self.slow

    async def read(self) -> None:
        """Give way before a read, sometimes, and fail sometimes."""
        if self.yields and self.draws.random() < self.yields:
            await asyncio.sleep(0)
        if self.reads_fail and self.draws.random() < self.reads_fail:
            raise EdgeError("store.disk", "the store's disk failed", found="a read failed")

    def demand_space(self) -> None:
        """Refuse to write on a full disk."""
        if self.full:
            raise EdgeError("disk.full", "no space left on disk")


@dataclass
class Write:
    """A change that waits for the next flush."""

    apply: Callable[[], Coroutine[Any, Any, Committed | None]]
    told: asyncio.Future[Committed | None]
    change: Change | None
    act: int | None


def _now(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never gives way."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    raise AssertionError("the memory store gave way inside a transaction")


class DiskStore(MemoryStore):
    """The memory store on a disk that outlives the program."""

    def __init__(
        self,
        disk: Disk,
        program: Program,
        weather: Weather,
        on_commit: Callable[[Change, Committed, int | None], None],
    ) -> None:
        """Open what lies on the disk."""
        super().__init__()
        self.disk, self.program, self.weather = disk, program, weather
        self._tables = disk.tables
        self._on_commit = on_commit
        self._waiting: list[Write] = []
        self._flushing = False

    async def read_only(self) -> str | None:
        """Say whether the disk is full."""
        self.program.check()
        return "no space left on disk" if self.weather.full else None

    async def commit(self, change: Change) -> Committed:
        """Write with the next flush; durable when this returns."""
        done = await self._write(lambda: TablesStore.commit(self, change), change)
        assert done is not None
        return done

    async def replace_derived(
        self,
        allowed_by: Allowed,
        judgements: tuple[Judgement, ...],
        documents: tuple[Document, ...],
        *,
        basis: Basis,
    ) -> None:
        """Write with the next flush."""

        def apply() -> Coroutine[Any, Any, None]:
            replace = TablesStore.replace_derived
            return replace(self, allowed_by, judgements, documents, basis=basis)

        await self._write(apply, None)

    async def _write(self, apply: Any, change: Change | None) -> Committed | None:
        self.program.check()
        told: asyncio.Future[Committed | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(Write(apply, told, change, act_now()))
        if not self._flushing:
            self._flushing = True
            self.program.spawn(self._flush(), "store writer")
        return await told

    async def _flush(self) -> None:
        """Write what waits, in one transaction after the other, until nothing waits."""
        try:
            while self._waiting:
                await asyncio.sleep(self.weather.flush_s())
                self.program.check()
                batch, self._waiting = self._waiting, []
                outcomes = self.write_batch(batch)
                await self._acknowledge(batch, outcomes)
        finally:
            self._flushing = False

    async def _acknowledge(
        self, batch: list[Write], outcomes: list[Committed | Exception | None]
    ) -> None:
        """Tell each writer. A crash may still come between the flush and that."""
        await asyncio.sleep(self.weather.flush_s() / 4)
        for write, outcome in zip(batch, outcomes, strict=True):
            if write.told.done():
                continue
            if isinstance(outcome, Exception):
                write.told.set_exception(outcome)
            else:
                write.told.set_result(outcome)

    def write_batch(self, batch: list[Write]) -> list[Committed | Exception | None]:
        """Apply a batch: all of it is durable at the end, or none of it."""
        undo: list[Callable[[], None]] = []
        outcomes: list[Committed | Exception | None] = []
        for write in batch:
            try:
                outcomes.append(self._apply(write))
            except KilledError:
                self._fall(batch, outcomes, undo)
                raise
            except Exception as err:
                outcomes.append(err)
                continue
            undo += self._tables.undo
        self.flushed(undo, batch)
        self._tell(batch, outcomes)
        return outcomes

    def flushed(self, undo: list[Callable[[], None]], batch: list[Write]) -> None:
        """Take note that a batch is durable. (A planted bug keeps `undo`.)"""

    def _apply(self, write: Write) -> Committed | None:
        self.refusal = "no space left on disk" if self.weather.full else None
        return _now(write.apply())

    def _fall(
        self,
        batch: list[Write],
        outcomes: list[Committed | Exception | None],
        undo: list[Callable[[], None]],
    ) -> None:
        """Leave on the disk what a crash inside a batch leaves: the batch whole, or nothing."""
        if self.program.fell_at != "store.after-commit":
            for take_back in reversed(undo):
                take_back()
            return
        self.program.undisturbed = True
        first = len(outcomes)
        _undo_all(self._tables.undo)
        for write in batch[first:]:
            try:
                outcomes.append(self._apply(write))
            except Exception as err:
                outcomes.append(err)
                continue
            undo += self._tables.undo
        self.flushed(undo, batch)
        self._tell(batch, outcomes)

    def _tell(self, batch: list[Write], outcomes: list[Committed | Exception | None]) -> None:
        for write, outcome in zip(batch, outcomes, strict=True):
            if write.change is not None and isinstance(outcome, Committed):
                self._on_commit(write.change, outcome, write.act)

    @contextmanager
    def _reading(self) -> Iterator[Tables]:
        self.program.check()
        yield self._tables


def _undo_all(undo: list[Callable[[], None]]) -> None:
    while undo:
        undo.pop()()


def _giving_way(name: str) -> Any:
    read = getattr(MemoryStore, name)

    async def give_way(self: DiskStore, *args: Any, **more: Any) -> Any:
        await self.weather.read()
        return await read(self, *args, **more)

    return give_way


for _name in _READS:
    setattr(DiskStore, _name, _giving_way(_name))
