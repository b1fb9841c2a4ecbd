# SPDX-License-Identifier: Apache-2.0
"""The floor of an exchange: its cryptography alone, with no register, rules, files or database.

Every operation here is one that the design asks for: an item sealed and its key wrapped, every
act signed by both algorithms, each disc sealed to its reader, and each receipt given by two
cosignatures that the other side checks. The wrapping suite and the key pairs are those of DESIGN 6.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
INFO = b"comity/bench/v1"
_NONCE = bytes(12)  # every key here seals once


class BareParty:
    """One party's keys: two pairs to sign and cosign by, one to unwrap by."""

    def __init__(self) -> None:
        """Make fresh keys."""
        self.ed25519 = Ed25519PrivateKey.generate()
        self.mldsa44 = MLDSA44PrivateKey.generate()
        first, second = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
        self.unwrapping = MLKEM768X25519PrivateKey(first, second)
        self.wrapping = MLKEM768X25519PublicKey(first.public_key(), second.public_key())

    def sign(self, message: bytes) -> tuple[bytes, bytes]:
        """Sign by both algorithms."""
        return self.ed25519.sign(message), self.mldsa44.sign(message)

    def verify(self, signatures: tuple[bytes, bytes], message: bytes) -> None:
        """Check both signatures; raises InvalidSignature."""
        self.ed25519.public_key().verify(signatures[0], message)
        self.mldsa44.public_key().verify(signatures[1], message)


@dataclass(frozen=True, slots=True)
class _Item:
    """One item on the disc."""

    sealed: bytes
    digest: bytes
    wrap: bytes
    signatures: tuple[bytes, bytes]


def exchange_bare(by: BareParty, to: BareParty, contents: Sequence[bytes]) -> list[bytes]:
    """Release, carry, receipt and carry back; give the contents as the recipient reads them.

    1. each item is sealed, hashed, its key wrapped, and the register signed;
    2. the disc is sealed to the recipient, who checks the last signature and cosigns;
    3. the recipient unwraps each key, checks the hash, signs its receipt, and reads;
    4. the disc goes back: both cosignatures and the last signature are checked, and cosigned.
    """
    items = [_release(by, to, content) for content in contents]  # 1
    _carry(to, b"".join(item.sealed + item.wrap for item in items))  # 2
    by.verify(items[-1].signatures, items[-1].digest)
    cosigned = to.sign(items[-1].digest)
    read, receipts = [], []
    for item in items:  # 3
        key = SUITE.decrypt(item.wrap, to.unwrapping, info=INFO)
        if sha256(item.sealed).digest() != item.digest:
            raise AssertionError("another parcel")
        receipts.append(to.sign(item.digest))
        read.append(AESGCM(key).decrypt(_NONCE, item.sealed, None))
    _carry(by, b"".join(first + second for first, second in receipts))  # 4
    to.verify(cosigned, items[-1].digest)
    to.verify(receipts[-1], items[-1].digest)
    by.sign(items[-1].digest)
    return read


def _release(by: BareParty, to: BareParty, content: bytes) -> _Item:
    key = os.urandom(32)
    sealed = AESGCM(key).encrypt(_NONCE, content, None)
    digest = sha256(sealed).digest()
    wrap = SUITE.encrypt(key, to.wrapping, info=INFO)
    return _Item(sealed, digest, wrap, by.sign(digest))


def _carry(to: BareParty, body: bytes) -> None:
    key = os.urandom(32)
    wrap = SUITE.encrypt(key, to.wrapping, info=INFO)
    bundle = AESGCM(key).encrypt(_NONCE, body, None)
    sha256(bundle).digest()
    opened = AESGCM(SUITE.decrypt(wrap, to.unwrapping, info=INFO)).decrypt(_NONCE, bundle, None)
    if sha256(bundle).digest() and opened != body:
        raise AssertionError("another body")
