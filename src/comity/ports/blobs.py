# SPDX-License-Identifier: Apache-2.0
"""Immutable byte strings named by SHA-256."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from comity.basis.ids import Digest


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored: the name of a blob, and its length in bytes."""

    digest: Digest
    size: int


class BlobWriter(Protocol):
    """A blob being written; nothing of it can be read before `finish` returns."""

    @property
    def size(self) -> int:
        """Count the bytes written so far, those before a `resume` included."""

    async def write(self, chunk: bytes) -> None:
        """Append `chunk`."""

    async def finish(self, expected: Digest | None = None) -> Stored:
        """Flush to disk and name the blob by its SHA-256.

        Raises:
            ProofError: the bytes are not those of `expected`; nothing is kept.
        """

    async def abort(self) -> None:
        """Forget what was written; safe to call after `finish`."""

    async def pause(self) -> None:
        """Stop writing and keep what was written, for `Blobs.resume`; safe after `finish`.

        Nothing is promised of it: after a crash less may be there, and the digest tells at last.
        """


class Blobs(Protocol):
    """Immutable byte strings named by SHA-256: parcels, agreement files, cards."""

    async def begin(self) -> BlobWriter:
        """Start a blob."""

    async def resume(self, name: str) -> BlobWriter:
        """Go on with the unfinished blob of a name, or start it. One writer of a name at a time.

        Raises:
            StateError: somebody else writes it.
        """

    async def unfinished(self) -> tuple[str, ...]:
        """List the names of what was paused, or left by a crash, sorted."""

    async def unfinished_size(self, name: str) -> int:
        """Count the bytes written under a name and not finished, without opening it; 0 if none."""

    async def discard(self, name: str) -> None:
        """Forget an unfinished blob; no error when there is none."""

    async def write(
        self, chunks: AsyncIterator[bytes] | Iterable[bytes], expected: Digest | None = None
    ) -> Stored:
        """Store `chunks` as one blob, durable when this returns; storing it twice is one blob.

        Raises:
            ProofError: the bytes are not those of `expected`; nothing is kept.
        """

    async def read(self, digest: Digest, offset: int = 0) -> Iterator[bytes]:
        """Return the blob from `offset` in chunks of at most 1 MiB.

        The digest is not checked again here: whoever consumes the bytes checks what they seal.

        Raises:
            StateError: no such blob.
        """

    async def size(self, digest: Digest) -> int | None:
        """Return the length in bytes, or None when the blob is not held."""

    async def delete(self, digest: Digest) -> None:
        """Remove the blob; no error when it is not held."""

    async def digests(self) -> tuple[Digest, ...]:
        """List the blobs held, sorted."""
