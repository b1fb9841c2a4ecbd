# SPDX-License-Identifier: Apache-2.0
"""Reading every stored blob back against its name, which is its SHA-256; nothing is mended here.

A damaged payload is found before somebody needs it: while its originator or its recipient still
holds a good one. Source: DESIGN 7
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from comity.basis.errors import ComityError
from comity.basis.ids import Digest
from comity.flows.context import Context


@dataclass(frozen=True, slots=True)
class BlobsChecked:
    """How many blobs and bytes were read, and which are not what they are named for."""

    blobs: int
    size: int
    damaged: tuple[Digest, ...]


async def scrub_blobs(context: Context) -> BlobsChecked:
    """Read every blob beside the loop, one by one; one that goes meanwhile is no fault."""
    blobs, size, damaged = 0, 0, list[Digest]()
    store = context.ports.blobs
    for digest in await store.digests():
        found, read = await _hash(context, digest)
        if await store.size(digest) is None:
            continue
        blobs, size = blobs + 1, size + read
        if found != digest:
            damaged.append(digest)
    return BlobsChecked(blobs, size, tuple(damaged))


async def _hash(context: Context, digest: Digest) -> tuple[str | None, int]:
    """Hash a blob; None where it cannot be read."""
    try:
        chunks = await context.ports.blobs.read(digest)
        return await asyncio.to_thread(_hash_all, chunks)
    except ComityError:
        return None, 0


def _hash_all(chunks: Iterator[bytes]) -> tuple[str, int]:
    hashed, size = hashlib.sha256(), 0
    for chunk in chunks:
        hashed.update(chunk)
        size += len(chunk)
    return hashed.hexdigest(), size
