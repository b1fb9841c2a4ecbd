# SPDX-License-Identifier: Apache-2.0
"""Blobs as files named by their SHA-256, in 256 folders.

A blob is written under `incoming/`, flushed, and only then renamed to its name: a file that
stands under its name is whole. What a crash leaves under `incoming/` is never read and is swept
away by the next start, except what another process is still writing. What was paused stands under
`unfinished/` by the name that it was begun under, and stays until it is gone on with or discarded.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

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
from comity.adapters.durable_files import edge_error, make_folder, sync_folder
from comity.basis.errors import EdgeError
from comity.basis.ids import Digest
from comity.ports import BlobWriter, Stored

_INCOMING = "incoming"
_UNFINISHED = "unfinished"
_NAME = re.compile(r"[0-9a-f]{64}")


class FileBlobs:
    """Blobs in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, making it when new, and sweep what a crash left there."""
        self._folder = folder
        with _disk(folder):
            make_folder(folder / _INCOMING)
            _sweep(folder / _INCOMING)

    async def begin(self) -> BlobWriter:
        """Start a blob."""
        with _disk(self._folder):
            crash_point("blobs.before-write")
            return _FileWriter(self._folder, *_open_incoming(self._folder / _INCOMING))

    async def resume(self, name: str) -> BlobWriter:
        """Go on with the unfinished blob of a name, or start it; what is there is hashed anew."""
        check_name(name)
        path = self._folder / _UNFINISHED / name
        with _disk(path):
            make_folder(path.parent)
            crash_point("blobs.before-write")
            writer = _FileWriter(self._folder, path, _open_unfinished(path))
            try:
                await writer.read_back()
            except BaseException:
                await writer.pause()
                raise
            return writer

    async def unfinished(self) -> tuple[str, ...]:
        """List the names of what was paused, or left by a crash, sorted."""
        with _disk(self._folder):
            return tuple(sorted(path.name for path in self._folder.glob(f"{_UNFINISHED}/*")))

    async def unfinished_size(self, name: str) -> int:
        """Count the bytes written under a name and not finished; 0 if none."""
        check_name(name)
        return _size(self._folder / _UNFINISHED / name) or 0

    async def discard(self, name: str) -> None:
        """Forget an unfinished blob; no error when there is none."""
        check_name(name)
        path = self._folder / _UNFINISHED / name
        with _disk(path):
            path.unlink(missing_ok=True)

    async def write(
        self, chunks: AsyncIterator[bytes] | Iterable[bytes], expected: Digest | None = None
    ) -> Stored:
        """Store `chunks` as one blob, durable when this returns."""
        return await write_all(await self.begin(), chunks, expected)

    async def read(self, digest: Digest, offset: int = 0) -> Iterator[bytes]:
        """Return the blob from `offset` in chunks of at most 1 MiB."""
        path = _place(self._folder, digest)
        if not path.is_file():
            raise not_held(digest)
        return _chunks(path, digest, offset)

    async def size(self, digest: Digest) -> int | None:
        """Return the length in bytes, or None when the blob is not held."""
        return _size(_place(self._folder, digest))

    async def delete(self, digest: Digest) -> None:
        """Remove the blob for good; no error when it is not held."""
        path = _place(self._folder, digest)
        with _disk(path):
            if path.exists():
                path.unlink(missing_ok=True)
                crash_point("blobs.after-delete")
                sync_folder(path.parent)

    async def digests(self) -> tuple[Digest, ...]:
        """List the blobs held, sorted."""
        with _disk(self._folder):
            return tuple(
                Digest(path.name)
                for path in sorted(self._folder.glob("[0-9a-f][0-9a-f]/*"))
                if _NAME.fullmatch(path.name)
            )


class _FileWriter:
    def __init__(self, folder: Path, path: Path, descriptor: int) -> None:
        self._folder = folder
        self._hash = hashlib.sha256()
        self._size = 0
        self._path, self._descriptor = path, descriptor

    @property
    def size(self) -> int:
        """Count the bytes written so far."""
        return self._size

    async def read_back(self) -> None:
        """Hash what the file holds, letting others have their turn meanwhile."""
        while chunk := os.read(self._descriptor, CHUNK_BYTES):
            self._hash.update(chunk)
            self._size += len(chunk)
            await asyncio.sleep(0)

    async def write(self, chunk: bytes) -> None:
        """Append `chunk`."""
        self._refuse_when_finished()
        self._hash.update(chunk)
        self._size += len(chunk)
        with _disk(self._path):
            view = memoryview(chunk)
            while view:
                view = view[os.write(self._descriptor, view) :]

    async def finish(self, expected: Digest | None = None) -> Stored:
        """Flush to disk and name the blob by its SHA-256."""
        self._refuse_when_finished()
        digest = Digest(self._hash.hexdigest())
        try:
            compare_digest(digest, expected)
            with _disk(self._path):
                self._keep(_place(self._folder, digest))
        except BaseException:
            await self.abort()
            raise
        return Stored(digest, self._size)

    async def abort(self) -> None:
        """Forget what was written; safe to call after `finish`."""
        if self._descriptor >= 0:
            self._path.unlink(missing_ok=True)
            self._close()

    async def pause(self) -> None:
        """Stop writing and keep what was written; safe to call after `finish`."""
        if self._descriptor >= 0:
            self._close()

    def _keep(self, path: Path) -> None:
        crash_point("blobs.after-write")
        os.fsync(self._descriptor)
        crash_point("blobs.after-sync")
        make_folder(path.parent)
        # Also over a file of that name: these bytes are known to be right, those are not.
        self._path.rename(path)
        crash_point("blobs.after-rename")
        sync_folder(path.parent)
        crash_point("blobs.after-directory-sync")
        self._close()

    def _close(self) -> None:
        os.close(self._descriptor)
        self._descriptor = -1

    def _refuse_when_finished(self) -> None:
        if self._descriptor < 0:
            raise finished()


def _open_incoming(folder: Path) -> tuple[Path, int]:
    """Make a file that the sweep of another process leaves alone, because it is locked."""
    while True:
        path = folder / secrets.token_hex(16)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return path, descriptor
        os.close(descriptor)  # swept between open and lock


def _open_unfinished(path: Path) -> int:
    """Open a file to go on with, or make it; locked, so that one writes it at a time."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as err:
        os.close(descriptor)
        raise written_elsewhere(path.name) from err
    return descriptor


def _sweep(folder: Path) -> None:
    for path in folder.iterdir():
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)


def _chunks(path: Path, digest: Digest, offset: int) -> Iterator[bytes]:
    try:
        with _disk(path), path.open("rb", buffering=0) as file:
            file.seek(offset)
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except EdgeError as err:
        # Deleted between the call and the first chunk.
        raise (not_held(digest) if isinstance(err.__cause__, FileNotFoundError) else err) from err


def _size(path: Path) -> int | None:
    with _disk(path):
        try:
            return path.stat().st_size
        except FileNotFoundError:
            return None


def _place(folder: Path, digest: Digest) -> Path:
    return folder / digest[:2] / digest


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as err:
        raise edge_error(err, str(path)) from err
