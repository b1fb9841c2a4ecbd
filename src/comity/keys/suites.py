# SPDX-License-Identifier: Apache-2.0
"""The closed set of algorithms and uses of keys, the checks of public keys, and verifying.

The algorithm always comes with the key that a party has pinned, never from what is verified.
"""

from enum import StrEnum
from functools import lru_cache
from typing import assert_never

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey, MLKEM1024PublicKey

from comity.basis.errors import InputError, InvariantError, ProofError
from comity.keys import curve_points

MLKEM768_PUBLIC_BYTES = 1184
_CHECKED_KEYS_KEPT = 1024
_SIGNATURES_KEPT = 64


class Algorithm(StrEnum):
    """An algorithm by the name that cards and agreements give it."""

    ED25519 = "ed25519"
    MLDSA44 = "ml-dsa-44"
    XWING = "xwing"
    MLKEM1024 = "mlkem1024"


class KeyUse(StrEnum):
    """What a key of a party may be used for, and for nothing else."""

    ROOT = "root"
    AUTHORITY = "authority"
    STATEMENT = "statement"
    MIRROR = "mirror"
    ONLINE = "online"
    SEALING = "sealing"


SIGNATURE_ALGORITHMS = (Algorithm.ED25519, Algorithm.MLDSA44)
SEALING_ALGORITHMS = (Algorithm.XWING, Algorithm.MLKEM1024)

_PUBLIC_BYTES = {
    Algorithm.ED25519: 32,
    Algorithm.MLDSA44: 1312,
    Algorithm.XWING: MLKEM768_PUBLIC_BYTES + 32,
    Algorithm.MLKEM1024: 1568,
}


def check_public_key(algorithm: Algorithm, raw: bytes, where: str = "") -> None:
    """Check the length and the encoding of a public key before anyone relies on it.

    Raises:
        InputError: the length is wrong.
        ProofError: the encoding is not the canonical one, or the key is weak: no point of its
            curve, or one of small order.

    Source: RFC 8032 5.1.3; RFC 7748 6.1; FIPS 203 7.2 (modulus check)
    """
    check_key_length(algorithm, raw, where)
    if not _is_sound(algorithm, raw):
        raise ProofError(
            "keys.weak-key",
            "public key is weak or not canonically encoded",
            where=where,
            expected=f"a sound {algorithm} public key",
            hint="ask the party for another card; a key like this is never made by accident",
        )


def check_key_length(algorithm: Algorithm, raw: bytes, where: str = "") -> None:
    """Check the length of a public key alone: whether it reads, not whether it is sound.

    Raises:
        InputError: the length is wrong.
    """
    expected = _PUBLIC_BYTES[algorithm]
    if len(raw) != expected:
        raise InputError(
            "keys.key-length",
            "public key has the wrong length",
            where=where,
            expected=f"{expected} bytes for {algorithm}",
            found=f"{len(raw)} bytes",
        )


def verify(algorithm: Algorithm, public: bytes, message: bytes, signature: bytes) -> None:
    """Check one signature; the public key must have passed `check_public_key`.

    Raises:
        ProofError: the signature is not one of `message` by this key.

    Source: RFC 8032 5.1.7; FIPS 204 algorithm 3 (empty context)
    """
    try:
        _verify(algorithm, public, message, signature)
    except InvalidSignature:
        raise ProofError(
            "keys.bad-signature", "signature does not verify", found=algorithm.value
        ) from None


# What verifies once verifies always: a checkpoint is met again with each push that goes with it.
@lru_cache(maxsize=_SIGNATURES_KEPT)
def _verify(algorithm: Algorithm, public: bytes, message: bytes, signature: bytes) -> None:
    _load_verifying(algorithm, public).verify(signature, message)


@lru_cache(maxsize=_CHECKED_KEYS_KEPT)
def _load_verifying(algorithm: Algorithm, public: bytes) -> Ed25519PublicKey | MLDSA44PublicKey:
    match algorithm:
        case Algorithm.ED25519:
            return Ed25519PublicKey.from_public_bytes(public)
        case Algorithm.MLDSA44:
            return MLDSA44PublicKey.from_public_bytes(public)
        case Algorithm.XWING | Algorithm.MLKEM1024:
            raise InvariantError(
                "keys.no-signatures", "a sealing key signs nothing", found=algorithm.value
            )
        case _:
            assert_never(algorithm)


# The checks are pure and the same few keys come again and again, so their answers are kept.
@lru_cache(maxsize=_CHECKED_KEYS_KEPT)
def _is_sound(algorithm: Algorithm, raw: bytes) -> bool:
    match algorithm:
        case Algorithm.ED25519:
            return curve_points.is_sound_ed25519(raw)
        case Algorithm.MLDSA44:
            # Every string of this length is an encoding (FIPS 204 algorithm 23).
            return True
        case Algorithm.XWING:
            return _is_mlkem768(raw[:MLKEM768_PUBLIC_BYTES]) and curve_points.is_sound_x25519(
                raw[MLKEM768_PUBLIC_BYTES:]
            )
        case Algorithm.MLKEM1024:
            return _is_mlkem1024(raw)
        case _:
            assert_never(algorithm)


def _is_mlkem768(raw: bytes) -> bool:
    try:
        MLKEM768PublicKey.from_public_bytes(raw)
    except ValueError:
        return False
    return True


def _is_mlkem1024(raw: bytes) -> bool:
    try:
        MLKEM1024PublicKey.from_public_bytes(raw)
    except ValueError:
        return False
    return True
