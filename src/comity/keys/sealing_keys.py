# SPDX-License-Identifier: Apache-2.0
"""Wrapping a 32-byte key to a recipient's sealing key, and unwrapping it.

HPKE base mode, HKDF-SHA256, AES-256-GCM, X-Wing or ML-KEM-1024; all context stands in `info`.
Wrapping draws randomness: only adapters of the `Keys` port call it.

Source: RFC 9180; draft-ietf-hpke-pq; DESIGN 6
"""

from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import (
    MLKEM768PublicKey,
    MLKEM1024PrivateKey,
    MLKEM1024PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from comity.basis.errors import InputError, InvariantError, ProofError
from comity.basis.ids import Digest, Domain, PartyId
from comity.keys.signing import PrivateKey
from comity.keys.suites import MLKEM768_PUBLIC_BYTES, Algorithm, check_public_key

ITEM_KEY_BYTES = 32
_TAG_BYTES = 16
_RECIPIENTS_KEPT = 64
_SUITES = {
    Algorithm.XWING: Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
    Algorithm.MLKEM1024: Suite(KEM.MLKEM1024, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
}
WRAP_BYTES = {
    Algorithm.XWING: 1120 + ITEM_KEY_BYTES + _TAG_BYTES,
    Algorithm.MLKEM1024: 1568 + ITEM_KEY_BYTES + _TAG_BYTES,
}


def wrap_key(algorithm: Algorithm, public: bytes, info: bytes, item_key: bytes) -> bytes:
    """Wrap a 32-byte key so that only the holder of the private key, with `info`, unwraps it.

    Raises:
        InputError, ProofError: the public key does not fit the algorithm or is weak.
    """
    if len(item_key) != ITEM_KEY_BYTES:
        raise InputError(
            "keys.item-key-length",
            "key to wrap has the wrong length",
            expected=f"{ITEM_KEY_BYTES} bytes",
            found=f"{len(item_key)} bytes",
        )
    return _suite(algorithm).encrypt(item_key, _loaded(algorithm, public), info=info)


def unwrap_key(private: PrivateKey, info: bytes, wrap: bytes) -> bytes:
    """Unwrap a 32-byte key.

    Raises:
        ProofError: the wrap is for another key or another `info`, or has been changed.
    """
    key = private.loaded()
    if not isinstance(key, MLKEM768X25519PrivateKey | MLKEM1024PrivateKey):
        raise _no_sealing(private.algorithm)
    if len(wrap) != WRAP_BYTES[private.algorithm]:
        raise _unwrappable(private.algorithm, f"{len(wrap)} bytes")
    try:
        return _suite(private.algorithm).decrypt(wrap, key, info=info)
    except (InvalidTag, ValueError):
        raise _unwrappable(private.algorithm, "another key, another context, or changed") from None


def wrap_info(recipient: PartyId, key_id: str, context: Digest) -> bytes:
    """Give the `info` of an item key's wrap: recipient, its key, and what the statement says.

    `context` is the SHA-256 of the statement without parcel digest, `at` and `seen`.

    Source: DESIGN 6
    """
    return f"comity/wrap/v1\n{recipient}\n{key_id}\n{context}\n".encode("ascii")


def courier_info(sender: Domain, recipient: Domain) -> bytes:
    """Give the `info` of a courier bundle's wrap.

    Source: DESIGN 5
    """
    return f"comity/courier/v1\n{sender}\n{recipient}\n".encode("ascii")


@lru_cache(maxsize=_RECIPIENTS_KEPT)
def _loaded(algorithm: Algorithm, public: bytes) -> MLKEM1024PublicKey | MLKEM768X25519PublicKey:
    """Check and load a recipient's key; releases to few recipients follow each other."""
    check_public_key(algorithm, public)
    if algorithm is Algorithm.MLKEM1024:
        return MLKEM1024PublicKey.from_public_bytes(public)
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(public[:MLKEM768_PUBLIC_BYTES]),
        X25519PublicKey.from_public_bytes(public[MLKEM768_PUBLIC_BYTES:]),
    )


def _suite(algorithm: Algorithm) -> Suite:
    suite = _SUITES.get(algorithm)
    if suite is None:
        raise _no_sealing(algorithm)
    return suite


def _no_sealing(algorithm: Algorithm) -> InvariantError:
    return InvariantError("keys.no-sealing", "a signing key wraps nothing", found=algorithm.value)


def _unwrappable(algorithm: Algorithm, found: str) -> ProofError:
    return ProofError(
        "keys.unwrap",
        "wrapped key does not open",
        expected=f"a wrap of {WRAP_BYTES[algorithm]} bytes for this {algorithm} key and context",
        found=found,
    )
