# SPDX-License-Identifier: Apache-2.0
"""The floor of sealing: AES-256-GCM over chunks of 16 KiB, and SHA-256 over what comes out.

No header, no key commitment, no file. Keys are good for one payload, so chunks are counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK_BYTES = 16 * 1024
TAG_BYTES = 16
_SEALED_BYTES = CHUNK_BYTES + TAG_BYTES


def seal_bare(key: bytes, content: Iterable[bytes]) -> Iterator[bytes]:
    """Seal content that comes in whole chunks."""
    cipher, number = AESGCM(key), 0
    for block in content:
        for start in range(0, len(block), CHUNK_BYTES):
            chunk = block[start : start + CHUNK_BYTES]
            yield cipher.encrypt(number.to_bytes(12, "big"), chunk, None)
            number += 1


def open_bare(key: bytes, sealed: Iterable[bytes]) -> Iterator[bytes]:
    """Open what `seal_bare` gave, chunk by chunk."""
    cipher = AESGCM(key)
    for number, chunk in enumerate(sealed):
        yield cipher.decrypt(number.to_bytes(12, "big"), chunk, None)


def hash_bare(content: Iterable[bytes]) -> str:
    """Give the SHA-256 of all of it."""
    hashed = hashlib.sha256()
    for block in content:
        hashed.update(block)
    return hashed.hexdigest()
