# SPDX-License-Identifier: Apache-2.0
"""Sealing and opening 256 MiB, beside AES-256-GCM and SHA-256 alone.

First the cipher stream and the one hash in memory; then through the folder of parcels, where the
product also writes, flushes and reads a file and the floor does not.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from bench.bare_sealing import hash_bare, open_bare, seal_bare
from bench.measuring import Limits, Row, Timing, measure_beside
from comity.adapters.blobs_files import FileBlobs
from comity.basis.limits import MIB
from comity.sealing.payload import PayloadHeader
from comity.sealing.stream import Opener, cobblestone_encryptor, open_chunks, seal_chunks

MIBS = 256
_ROUNDS = 5
_LIMITS = Limits(ratio_max=2)
_HEADER = PayloadHeader("A title", "application/octet-stream", "film.bin")


def main() -> list[Row]:
    """Measure sealing, opening, and both with the folder of parcels in between."""
    key, block = os.urandom(32), os.urandom(MIB)
    sealing = measure_beside(
        lambda: hash_bare(sealed(key, repeated(block, MIBS))),
        lambda: hash_bare(seal_bare(key, repeated(block, MIBS))),
        rounds=_ROUNDS,
    )
    return [
        _row("seal, in memory", *sealing),
        _row("open, in memory", *_opening(key, block)),
        _row("seal into and open from the folder of parcels", *_stored(key, block)),
    ]


def repeated(block: bytes, count: int) -> Iterator[bytes]:
    """Give one block again and again, so that no payload stands in memory."""
    for _ in range(count):
        yield block


def sealed(key: bytes, content: Iterable[bytes]) -> Iterator[bytes]:
    """Seal as the product does."""
    return seal_chunks(cobblestone_encryptor(key), _HEADER, content)


def opened(key: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Open as the product does."""
    return open_chunks(Opener(key), chunks)


async def seal_and_open_stored(folder: Path, key: bytes, content: Iterable[bytes]) -> None:
    """Seal into a folder of parcels, and open what lies there."""
    blobs = FileBlobs(folder)
    stored = await blobs.write(sealed(key, content))
    _draw(opened(key, await blobs.read(stored.digest)))
    await blobs.delete(stored.digest)


def seal_and_open_bare(key: bytes, content: Iterable[bytes]) -> None:
    """Seal, hash and open chunk by chunk, keeping nothing."""
    digest = hashlib.sha256()

    def hashed() -> Iterator[bytes]:
        for chunk in seal_bare(key, content):
            digest.update(chunk)
            yield chunk

    _draw(open_bare(key, hashed()))


def _opening(key: bytes, block: bytes) -> tuple[Timing, Timing | None]:
    """Open one MiB's worth of ciphertext at a time, as it comes from a file."""
    whole = b"".join(sealed(key, repeated(block, MIBS)))
    of_product = [whole[start : start + MIB] for start in range(0, len(whole), MIB)]
    of_floor = list(seal_bare(key, repeated(block, MIBS)))
    del whole
    return measure_beside(
        lambda: _draw(opened(key, of_product)),
        lambda: _draw(open_bare(key, of_floor)),
        rounds=_ROUNDS,
    )


def _stored(key: bytes, block: bytes) -> tuple[Timing, Timing | None]:
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as folder:
        act = partial(seal_and_open_stored, Path(folder), key)
        return measure_beside(
            lambda: asyncio.run(act(repeated(block, MIBS))),
            lambda: seal_and_open_bare(key, repeated(block, MIBS)),
            rounds=_ROUNDS,
        )


def _draw(chunks: Iterable[bytes]) -> None:
    for _ in chunks:
        pass


def _row(name: str, taken: Timing, floor: Timing | None) -> Row:
    return Row(name=name, taken=taken, floor=floor, amount=MIBS, unit="MiB", limits=_LIMITS)
