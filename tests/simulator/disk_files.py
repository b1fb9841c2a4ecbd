# SPDX-License-Identifier: Apache-2.0
"""Blobs, custody and key files on a simulated disk: each is flushed by itself, and named after."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager

from comity.adapters.blobs_memory import MemoryBlobs
from comity.adapters.crash import crash_point
from comity.adapters.key_envelope import COST_EXERCISE
from comity.adapters.key_vault import KeyFile, Vault
from comity.adapters.stored_keys import StoredKeys
from comity.basis.ids import Digest, Domain, PartyId
from comity.ports import BlobWriter, Stored
from tests.simulator.disk import Disk, Weather
from tests.simulator.program import KilledError, Program

_PASSPHRASE = "exercise"


class DiskBlobs(MemoryBlobs):
    """Blobs on a disk that outlives the program."""

    def __init__(self, disk: Disk, program: Program, weather: Weather) -> None:
        """Open what lies on the disk."""
        super().__init__()
        self._disk, self._blobs, self._unfinished = disk, disk.blobs, disk.unfinished
        self._program, self._weather = program, weather
        for written in disk.unfinished.values():
            # Nothing is promised of what was not finished: less of it may be there.
            del written[weather.draws.randint(0, len(written)) :]

    async def begin(self) -> BlobWriter:
        """Start a blob."""
        self._program.check()
        self._weather.demand_space()
        return DiskWriter(await super().begin(), self._program, self._weather, self._disk)

    async def resume(self, name: str) -> BlobWriter:
        """Go on with an unfinished blob, or start it."""
        self._program.check()
        self._weather.demand_space()
        return DiskWriter(await super().resume(name), self._program, self._weather, self._disk)

    async def write(
        self, chunks: AsyncIterator[bytes] | Iterable[bytes], expected: Digest | None = None
    ) -> Stored:
        """Store chunks as one blob."""
        return await super().write(chunks, expected)

    async def read(self, digest: Digest, offset: int = 0) -> Iterator[bytes]:
        """Return the blob from `offset`."""
        self._program.check()
        await self._weather.read()
        return await super().read(digest, offset)

    async def delete(self, digest: Digest) -> None:
        """Remove the blob."""
        self._program.check()
        await super().delete(digest)


class DiskWriter:
    """A blob being written: it has its name once its bytes are flushed."""

    def __init__(self, inner: BlobWriter, program: Program, weather: Weather, disk: Disk) -> None:
        self._inner, self._program, self._weather = inner, program, weather
        self.disk, self._blobs = disk, disk.blobs

    @property
    def size(self) -> int:
        return self._inner.size

    async def write(self, chunk: bytes) -> None:
        self._program.check()
        self._weather.demand_space()
        await self._inner.write(chunk)

    async def finish(self, expected: Digest | None = None) -> Stored:
        await asyncio.sleep(self._weather.flush_s())
        self._program.check()
        self._weather.demand_space()
        before = set(self._blobs)
        try:
            return await self._inner.finish(expected)
        except KilledError:
            for digest in sorted(set(self._blobs) - before):
                self.crashed(digest)
            raise

    def crashed(self, digest: Digest) -> None:
        """Leave the name or not: the folder was not flushed."""
        if self._weather.draws.random() < 0.5:
            del self._blobs[digest]

    async def abort(self) -> None:
        self._program.check()
        await self._inner.abort()

    async def pause(self) -> None:
        self._program.check()
        await self._inner.pause()


class DiskCustody:
    """Re-wrapped item keys on a disk that outlives the program; each is flushed by itself."""

    def __init__(self, disk: Disk, program: Program, weather: Weather) -> None:
        """Open what lies on the disk."""
        self._rows, self._program, self._weather = disk.custody, program, weather

    async def put(self, rows: tuple[tuple[str, bytes], ...]) -> None:
        """Keep, in place of what was there."""
        await asyncio.sleep(self._weather.flush_s())
        self._program.check()
        self._weather.demand_space()
        crash_point("custody.before-write")
        self._rows.update(rows)
        crash_point("custody.after-write")

    async def held(self, item_refs: frozenset[str]) -> frozenset[str]:
        """Return those of `item_refs` that are kept."""
        self._program.check()
        return item_refs & self._rows.keys()

    async def get(self, item_ref: str) -> bytes | None:
        """Return what is kept, or None."""
        self._program.check()
        return self._rows.get(item_ref)

    async def erase(self, item_ref: str) -> None:
        """Remove."""
        self._program.check()
        crash_point("custody.before-erase")
        self._rows.pop(item_ref, None)
        crash_point("custody.after-erase")

    async def refs(self) -> tuple[str, ...]:
        """List what is kept, sorted."""
        self._program.check()
        return tuple(sorted(self._rows))

    def close(self) -> None:
        """Nothing to release."""


class DiskKeyStorage:
    """Key files on a disk that outlives the program; a file is replaced whole."""

    def __init__(self, disk: Disk, program: Program, weather: Weather) -> None:
        """Open what lies on the disk."""
        self._files, self._program, self._weather = disk.keys, program, weather

    def read(self, file: KeyFile) -> bytes | None:
        """Return a file's bytes, or None when there is no such file."""
        self._program.check()
        return self._files.get(file)

    def write(self, file: KeyFile, raw: bytes) -> None:
        """Put a file's bytes in place."""
        self._program.check()
        self._weather.demand_space()
        self._files[file] = raw

    @contextmanager
    def locked(self) -> Iterator[None]:
        """There are no others."""
        yield


def open_keys(
    disk: Disk, program: Program, weather: Weather, *, party: PartyId, domain: Domain
) -> StoredKeys:
    """Unlock a node's keys on its disk, by the procedures of the real adapter."""
    storage = DiskKeyStorage(disk, program, weather)
    vaults = {
        file: Vault(
            file, storage, lambda _file, _new: _PASSPHRASE, cost=COST_EXERCISE, exercise=True
        )
        for file in KeyFile
    }
    custody = DiskCustody(disk, program, weather)
    return StoredKeys(party=party, domain=domain, vaults=vaults, custody=custody)
