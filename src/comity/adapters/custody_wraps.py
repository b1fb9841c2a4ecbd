# SPDX-License-Identifier: Apache-2.0
"""Item keys under the custody key: AES-256-GCM, bound to the item that they open."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from comity.basis.errors import ProofError

_NONCE_BYTES = 12
_PREFIX = b"comity/custody/v1\n"


def rewrap_all(
    custody_key: bytes, item_keys: tuple[tuple[str, bytes], ...]
) -> tuple[tuple[str, bytes], ...]:
    """Give nonce and ciphertext of each key, good for its item alone, after that item."""
    cipher, size = AESGCM(custody_key), _NONCE_BYTES
    random = secrets.token_bytes(size * len(item_keys))
    nonces = (random[at : at + size] for at in range(0, len(random), size))
    return tuple(
        (ref, nonce + cipher.encrypt(nonce, key, _PREFIX + ref.encode()))
        for (ref, key), nonce in zip(item_keys, nonces, strict=True)
    )


def rewrap(custody_key: bytes, item_ref: str, item_key: bytes) -> bytes:
    """Give nonce and ciphertext of `item_key`, good for this item alone."""
    ((_, wrapped),) = rewrap_all(custody_key, ((item_ref, item_key),))
    return wrapped


def unwrap(custody_key: bytes, item_ref: str, wrapped: bytes) -> bytes:
    """Give the item key back.

    Raises:
        ProofError: another item's, another custody key's, or changed on disk.
    """
    nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
    try:
        return AESGCM(custody_key).decrypt(nonce, sealed, _PREFIX + item_ref.encode())
    except (InvalidTag, ValueError):
        raise ProofError(
            "custody.damaged",
            "the kept key of this item does not open",
            where=item_ref,
            hint="the custody file is not of this node, or damaged",
        ) from None
