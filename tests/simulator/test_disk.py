# SPDX-License-Identifier: Apache-2.0
"""The simulated disk: a crash leaves what was flushed, at every named point, and nothing else."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from comity.basis.errors import EdgeError
from comity.basis.ids import Digest, PartyId
from comity.decision.house import allow_house_act
from comity.ports import Basis, BasisMoved, Change, Document, Holding, RegisterRow
from tests.simulator.disk import Disk, DiskStore, Weather
from tests.simulator.disk_files import DiskBlobs, DiskCustody
from tests.simulator.loop import SimulatedLoop, run_simulated
from tests.simulator.program import CrashPlan, KilledError, Program, Trace, watch_crash_points

JPN = PartyId("JPN")
POINTS_BEFORE = (
    "store.before-begin",
    "store.after-begin",
    "store.after-entries",
    "store.after-documents",
    "store.after-journal",
    "store.before-commit",
)


class Machine:
    """A disk and the program that runs on it now."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self._loop = loop
        self.disk = Disk()
        self.weather = Weather(random.Random(1))
        self.told: list[Change] = []
        self.start()

    def start(self, plan: CrashPlan | None = None) -> None:
        self.program = Program(JPN, Trace(self._loop.time), self.disk.lose_unsynced, plan)
        self.store = DiskStore(
            self.disk,
            self.program,
            self.weather,
            lambda change, _done, _act: self.told.append(change),
        )
        self.blobs = DiskBlobs(self.disk, self.program, self.weather)

    async def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return await self.program.spawn(work, "work")

    def kept(self, key: str) -> bytes | None:
        body: bytes | None = self.disk.tables.document("note", key)
        return body


def simulate(main: Callable[[Machine], Coroutine[Any, Any, Any]]) -> Any:
    watch_crash_points()
    return run_simulated(random.Random(1), lambda loop: lambda: main(Machine(loop)))


def note(key: str, basis: Basis | None = None) -> Change:
    return Change(
        allowed_by=allow_house_act("test"),
        basis=basis or Basis(),
        documents=(Document("note", key, key.encode()),),
    )


def test_a_commit_is_on_the_disk_when_it_returns() -> None:
    async def main(machine: Machine) -> None:
        await machine.run(machine.store.commit(note("a")))
        machine.program.die()
        assert machine.kept("a") == b"a"

    simulate(main)


@pytest.mark.parametrize("point", POINTS_BEFORE)
def test_a_crash_inside_a_commit_leaves_nothing_of_it(point: str) -> None:
    async def main(machine: Machine) -> None:
        machine.start(CrashPlan(point, 1))
        with pytest.raises((KilledError, asyncio.CancelledError)):
            await machine.run(machine.store.commit(note("a")))
        assert machine.kept("a") is None
        assert machine.told == []

    simulate(main)


def test_a_crash_after_a_commit_leaves_the_whole_batch() -> None:
    async def main(machine: Machine) -> None:
        machine.start(CrashPlan("store.after-commit", 1))
        writes = [machine.program.spawn(machine.store.commit(note(key)), key) for key in "abc"]
        await asyncio.wait(writes)
        assert all(each.cancelled() for each in writes)
        assert [machine.kept(key) for key in "abc"] == [b"a", b"b", b"c"]
        assert len(machine.told) == 3

    simulate(main)


def test_a_crash_in_the_middle_of_a_batch_leaves_none_of_it() -> None:
    async def main(machine: Machine) -> None:
        machine.start(CrashPlan("store.after-documents", 3))
        writes = [machine.program.spawn(machine.store.commit(note(key)), key) for key in "abc"]
        await asyncio.wait(writes)
        assert [machine.kept(key) for key in "abc"] == [None, None, None]
        machine.start()
        await machine.run(machine.store.commit(note("d")))
        assert machine.kept("d") == b"d"

    simulate(main)


def test_nothing_is_seen_before_it_is_flushed() -> None:
    async def main(machine: Machine) -> None:
        write = machine.program.spawn(machine.store.commit(note("a")), "a")
        await asyncio.sleep(0)
        assert await machine.store.document("note", "a") is None
        await write
        assert await machine.store.document("note", "a") == b"a"

    simulate(main)


def test_one_change_that_does_not_fit_hurts_no_other_of_its_batch() -> None:
    async def main(machine: Machine) -> None:
        moved = note("b", Basis(versions=(("note", 7),)))
        writes = [
            machine.program.spawn(machine.store.commit(each), "write")
            for each in (note("a"), moved, note("c"))
        ]
        await asyncio.wait(writes)
        assert [type(each.exception()) for each in writes] == [type(None), BasisMoved, type(None)]
        assert [machine.kept(key) for key in "abc"] == [b"a", None, b"c"]

    simulate(main)


def test_a_full_disk_refuses_and_recovers() -> None:
    async def main(machine: Machine) -> None:
        machine.weather.full = True
        assert await machine.store.read_only() is not None
        with pytest.raises(EdgeError):
            await machine.run(machine.store.commit(note("a")))
        machine.weather.full = False
        await machine.run(machine.store.commit(note("a")))
        assert machine.kept("a") == b"a"

    simulate(main)


def test_reads_fail_while_the_disk_is_sick() -> None:
    async def main(machine: Machine) -> None:
        machine.weather.reads_fail = 1.0
        with pytest.raises(EdgeError):
            await machine.run(machine.store.document("note", "a"))

    simulate(main)


def test_what_was_acknowledged_without_a_flush_is_lost() -> None:
    async def main(machine: Machine) -> None:
        await machine.run(machine.store.commit(note("a")))
        taken_back = list(machine.disk.tables.undo)
        machine.disk.unsynced += taken_back
        machine.program.die()
        assert machine.kept("a") is None

    simulate(main)


@pytest.mark.parametrize("point", ["blobs.after-write", "blobs.after-sync"])
def test_a_blob_has_no_name_before_it_is_flushed(point: str) -> None:
    async def main(machine: Machine) -> None:
        machine.start(CrashPlan(point, 1))
        with pytest.raises((KilledError, asyncio.CancelledError)):
            await machine.run(machine.blobs.write([b"content"]))
        assert machine.disk.blobs == {}

    simulate(main)


def test_a_blob_outlives_the_program() -> None:
    async def main(machine: Machine) -> None:
        stored = await machine.run(machine.blobs.write([b"con", b"tent"]))
        machine.program.die()
        machine.start()
        chunks = await machine.run(machine.blobs.read(Digest(stored.digest)))
        assert b"".join(chunks) == b"content"

    simulate(main)


@pytest.mark.parametrize(
    ("point", "kept"), [("custody.before-write", False), ("custody.after-write", True)]
)
def test_a_kept_key_is_flushed_by_itself(point: str, kept: bool) -> None:
    async def main(machine: Machine) -> None:
        machine.start(CrashPlan(point, 1))
        custody = DiskCustody(machine.disk, machine.program, machine.weather)

        with pytest.raises((KilledError, asyncio.CancelledError)):
            await machine.run(custody.put((("item", b"wrapped"),)))
        assert ("item" in machine.disk.custody) is kept

    simulate(main)


def test_a_dead_programs_store_refuses_everything() -> None:
    async def main(machine: Machine) -> None:
        row = RegisterRow("mod.jpn.example/journal", Holding.JOURNAL, JPN, None)
        machine.program.die()
        with pytest.raises(KilledError):
            await machine.store.commit(Change(allow_house_act("test"), registers=(row,)))
        with pytest.raises(KilledError):
            await machine.store.document("note", "a")

    simulate(main)
