# SPDX-License-Identifier: Apache-2.0
"""Item keys under the custody key: AES-256-GCM, bound to the item that they open."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from comity.basis.errors import ProofError

_NONCE_BYTES = 12
_PREFIX = b"comity/custody/v1\n"


def rewrap(custody_key: bytes, item_ref: str, item_key: bytes) -> bytes:
    """Give nonce and ciphertext of `item_key`, good for this item alone."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(custody_key).encrypt(nonce, item_key, _PREFIX + item_ref.encode())


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
