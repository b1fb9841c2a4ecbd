# SPDX-License-Identifier: Apache-2.0
"""Blobs in memory, for tests and the simulator."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Protocol

from comity.adapters.blob_chunks import (
    CHUNK_BYTES,
    check_name,
    compare_digest,
    finished,
    not_held,
    write_all,
    written_elsewhere,
)
from comity.adapters.crash import crash_point
from comity.basis.ids import Digest
from comity.ports import BlobWriter, Stored


class MemoryBlobs:
    """Blobs that end with their process."""

    def __init__(self) -> None:
        """Begin empty."""
        self._blobs: dict[Digest, bytes] = {}
        self._unfinished: dict[str, bytearray] = {}
        self._writing: set[str] = set()

    async def begin(self) -> BlobWriter:
        """Start a blob."""
        return _MemoryWriter(self._blobs, bytearray())

    async def resume(self, name: str) -> BlobWriter:
        """Go on with the unfinished blob of a name, or start it."""
        check_name(name)
        if name in self._writing:
            raise written_elsewhere(name)
        self._writing.add(name)
        written = self._unfinished.setdefault(name, bytearray())

        def leave(*, keep: bool) -> None:
            self._writing.discard(name)
            if not keep:
                self._unfinished.pop(name, None)

        return _MemoryWriter(self._blobs, written, leave)

    async def unfinished(self) -> tuple[str, ...]:
        """List the names of what was paused, sorted."""
        return tuple(sorted(self._unfinished))

    async def unfinished_size(self, name: str) -> int:
        """Count the bytes written under a name and not finished; 0 if none."""
        check_name(name)
        return len(self._unfinished.get(name, b""))

    async def discard(self, name: str) -> None:
        """Forget an unfinished blob; no error when there is none."""
        check_name(name)
        self._unfinished.pop(name, None)

    async def write(
        self, chunks: AsyncIterator[bytes] | Iterable[bytes], expected: Digest | None = None
    ) -> Stored:
        """Store `chunks` as one blob."""
        return await write_all(await self.begin(), chunks, expected)

    async def read(self, digest: Digest, offset: int = 0) -> Iterator[bytes]:
        """Return the blob from `offset` in chunks of at most 1 MiB."""
        blob = self._blobs.get(digest)
        if blob is None:
            raise not_held(digest)
        return iter([blob[at : at + CHUNK_BYTES] for at in range(offset, len(blob), CHUNK_BYTES)])

    async def size(self, digest: Digest) -> int | None:
        """Return the length in bytes, or None when the blob is not held."""
        blob = self._blobs.get(digest)
        return None if blob is None else len(blob)

    async def delete(self, digest: Digest) -> None:
        """Remove the blob; no error when it is not held."""
        self._blobs.pop(digest, None)
        crash_point("blobs.after-delete")

    async def digests(self) -> tuple[Digest, ...]:
        """List the blobs held, sorted."""
        return tuple(sorted(self._blobs))


class _Leave(Protocol):
    def __call__(self, *, keep: bool) -> None: ...


def _leave_nothing(*, keep: bool) -> None:
    del keep


class _MemoryWriter:
    def __init__(
        self, blobs: dict[Digest, bytes], written: bytearray, leave: _Leave = _leave_nothing
    ) -> None:
        self._blobs = blobs
        self._written: bytearray | None = written
        self._size = len(written)
        self._leave = leave
        crash_point("blobs.before-write")

    @property
    def size(self) -> int:
        """Count the bytes written so far."""
        return self._size

    async def write(self, chunk: bytes) -> None:
        """Append `chunk`."""
        if self._written is None:
            raise finished()
        self._written += chunk
        self._size += len(chunk)

    async def finish(self, expected: Digest | None = None) -> Stored:
        """Name the blob by its SHA-256."""
        if self._written is None:
            raise finished()
        written, self._written = bytes(self._written), None
        digest = Digest(hashlib.sha256(written).hexdigest())
        self._leave(keep=False)
        compare_digest(digest, expected)
        crash_point("blobs.after-write")
        crash_point("blobs.after-sync")
        self._blobs[digest] = written
        crash_point("blobs.after-rename")
        return Stored(digest, len(written))

    async def abort(self) -> None:
        """Forget what was written; safe to call after `finish`."""
        if self._written is not None:
            self._leave(keep=False)
        self._written = None

    async def pause(self) -> None:
        """Stop writing and keep what was written; safe to call after `finish`."""
        if self._written is not None:
            self._leave(keep=True)
        self._written = None
