# SPDX-License-Identifier: Apache-2.0
"""What every blob store does alike: take chunks of either kind, compare the digest at the end."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable

from comity.basis.errors import InvariantError, ProofError, StateError
from comity.basis.ids import Digest
from comity.ports import BlobWriter, Stored

CHUNK_BYTES = 1024 * 1024
_NAME = re.compile(r"[0-9a-z][0-9a-z.-]{0,120}")


async def write_all(
    writer: BlobWriter, chunks: AsyncIterator[bytes] | Iterable[bytes], expected: Digest | None
) -> Stored:
    """Write chunks to the end and finish; forget everything when they fail half way."""
    try:
        if isinstance(chunks, AsyncIterator):
            async for chunk in chunks:
                await writer.write(chunk)
        else:
            for chunk in chunks:
                await writer.write(chunk)
        return await writer.finish(expected)
    except BaseException:
        await writer.abort()
        raise


def compare_digest(found: Digest, expected: Digest | None) -> None:
    """Refuse bytes that are not those that were announced."""
    if expected is not None and found != expected:
        raise ProofError(
            "blobs.digest",
            "the bytes are not those that their digest names",
            expected=expected,
            found=found,
        )


def not_held(digest: Digest) -> StateError:
    """Say that a blob is not here."""
    return StateError("blobs.not-held", "no such blob is held", where=digest)


def finished() -> StateError:
    """Say that a writer was used after its end."""
    return StateError("blobs.finished", "this blob is finished already")


def check_name(name: str) -> None:
    """Refuse a name that an unfinished blob cannot have.

    Raises:
        InvariantError: it could lead out of the folder.
    """
    if not _NAME.fullmatch(name):
        raise InvariantError("blobs.name", "an unfinished blob cannot have this name")


def written_elsewhere(name: str) -> StateError:
    """Say that an unfinished blob has a writer already."""
    return StateError("blobs.written-elsewhere", "this blob is being written", where=name)
