# SPDX-License-Identifier: Apache-2.0
"""Private keys and signing.

`generate_private` and `sign` (ML-DSA) draw randomness: only adapters of the `Keys` port call
them. A private key never shows its secret in `repr`, `str` or an error.
"""

from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import (
    MLKEM768PrivateKey,
    MLKEM1024PrivateKey,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

from comity.basis.errors import InputError, InvariantError
from comity.keys.suites import Algorithm

MLKEM_SEED_BYTES = 64

_SECRET_BYTES = {
    Algorithm.ED25519: 32,
    Algorithm.MLDSA44: 32,
    Algorithm.XWING: MLKEM_SEED_BYTES + 32,
    Algorithm.MLKEM1024: MLKEM_SEED_BYTES,
}

_Loaded: TypeAlias = (
    Ed25519PrivateKey | MLDSA44PrivateKey | MLKEM1024PrivateKey | MLKEM768X25519PrivateKey
)


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A private key as its seed.

    `secret`: 32 bytes for Ed25519 and ML-DSA-44, 64 for ML-KEM-1024, for X-Wing the 64 of
    ML-KEM-768 and then the 32 of X25519.
    """

    algorithm: Algorithm
    secret: bytes = field(repr=False)
    _loaded: _Loaded = field(init=False, repr=False, compare=False)
    _public: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a secret of the wrong length; expand the seed once."""
        expected = _SECRET_BYTES[self.algorithm]
        if len(self.secret) != expected:
            raise InputError(
                "keys.secret-length",
                "private key has the wrong length",
                expected=f"{expected} bytes for {self.algorithm}",
                found=f"{len(self.secret)} bytes",
            )
        loaded, public = _load(self.algorithm, self.secret)
        object.__setattr__(self, "_loaded", loaded)
        object.__setattr__(self, "_public", public)

    @property
    def public(self) -> bytes:
        """Give the public key's bytes, as cards hold them."""
        return self._public

    def __deepcopy__(self, _: object) -> "PrivateKey":
        """Give itself: a key does not change, and its secret need not lie in memory twice."""
        return self

    def loaded(self) -> _Loaded:
        """Give the expanded key to the functions of this room."""
        return self._loaded


def generate_private(algorithm: Algorithm) -> PrivateKey:
    """Make a new private key from the operating system's randomness."""
    match algorithm:
        case Algorithm.ED25519:
            secret = Ed25519PrivateKey.generate().private_bytes_raw()
        case Algorithm.MLDSA44:
            secret = MLDSA44PrivateKey.generate().private_bytes_raw()
        case Algorithm.MLKEM1024:
            secret = MLKEM1024PrivateKey.generate().private_bytes_raw()
        case Algorithm.XWING:
            mlkem = MLKEM768PrivateKey.generate().private_bytes_raw()
            secret = mlkem + X25519PrivateKey.generate().private_bytes_raw()
        case _:
            assert_never(algorithm)
    return PrivateKey(algorithm, secret)


def sign(private: PrivateKey, message: bytes) -> bytes:
    """Sign; two ML-DSA signatures of one message differ.

    Source: RFC 8032 5.1.6; FIPS 204 algorithm 2 (hedged, empty context)
    """
    key = private.loaded()
    if isinstance(key, Ed25519PrivateKey | MLDSA44PrivateKey):
        return key.sign(message)
    raise InvariantError(
        "keys.no-signatures", "a sealing key signs nothing", found=private.algorithm.value
    )


def _load(algorithm: Algorithm, secret: bytes) -> tuple[_Loaded, bytes]:
    """Expand a seed; give the key, and its public half as cards hold it."""
    key: Ed25519PrivateKey | MLDSA44PrivateKey | MLKEM1024PrivateKey
    match algorithm:
        case Algorithm.ED25519:
            key = Ed25519PrivateKey.from_private_bytes(secret)
        case Algorithm.MLDSA44:
            key = MLDSA44PrivateKey.from_seed_bytes(secret)
        case Algorithm.MLKEM1024:
            key = MLKEM1024PrivateKey.from_seed_bytes(secret)
        case Algorithm.XWING:
            mlkem = MLKEM768PrivateKey.from_seed_bytes(secret[:MLKEM_SEED_BYTES])
            x25519 = X25519PrivateKey.from_private_bytes(secret[MLKEM_SEED_BYTES:])
            public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
            return MLKEM768X25519PrivateKey(mlkem, x25519), public
        case _:
            assert_never(algorithm)
    return key, key.public_key().public_bytes_raw()
