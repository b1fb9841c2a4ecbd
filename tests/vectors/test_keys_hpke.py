# SPDX-License-Identifier: Apache-2.0
"""Published HPKE vectors against our encodings of keys and our one ciphersuite.

The published vectors use associated data, which our wraps do not have. So the key schedule of
RFC 9180 5.1 is written here once more over the published shared secret, and what it encrypts
must open through `unwrap_key`.

Source: draft-ietf-hpke-pq test vectors, from the package `cryptography_vectors`; RFC 9180 4, 5.1
"""

import hashlib
import hmac
import json

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from comity.basis.errors import ProofError
from comity.keys.sealing_keys import unwrap_key
from comity.keys.signing import PrivateKey
from comity.keys.suites import Algorithm, check_public_key

XWING_KEM = 0x647A
MLKEM1024_KEM = 0x0042
HKDF_SHA256 = 0x0001
AES_256_GCM = 0x0002
ITEM_KEY = bytes(range(32))


def vectors(kem: int) -> list[dict]:
    with cryptography_vectors.open_vector_file("HPKE/hpke-pq-test-vectors.json", "r") as file:
        return [vector for vector in json.load(file) if vector["kem_id"] == kem]


def private_key(vector: dict) -> PrivateKey:
    seed = bytes.fromhex(vector["skRm"])
    if vector["kem_id"] == MLKEM1024_KEM:
        return PrivateKey(Algorithm.MLKEM1024, seed)
    # X-Wing expands its 32-byte seed (draft-connolly-cfrg-xwing-kem 5.2).
    return PrivateKey(Algorithm.XWING, hashlib.shake_256(seed).digest(96))


def extract(suite: bytes, salt: bytes, label: bytes, secret: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + secret, "sha256")


def expand(suite: bytes, key: bytes, label: bytes, context: bytes, size: int) -> bytes:
    labelled = size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context
    return hmac.digest(key, labelled + b"\x01", "sha256")[:size]


def wrap_by_hand(vector: dict, info: bytes) -> bytes:
    """Encrypt the item key under the published encapsulation, base mode, sequence number 0."""
    suite = b"HPKE" + b"".join(
        number.to_bytes(2, "big") for number in (vector["kem_id"], HKDF_SHA256, AES_256_GCM)
    )
    psk_id = extract(suite, b"", b"psk_id_hash", b"")
    context = b"\x00" + psk_id + extract(suite, b"", b"info_hash", info)
    secret = extract(suite, bytes.fromhex(vector["shared_secret"]), b"secret", b"")
    key = expand(suite, secret, b"key", context, 32)
    nonce = expand(suite, secret, b"base_nonce", context, 12)
    return bytes.fromhex(vector["enc"]) + AESGCM(key).encrypt(nonce, ITEM_KEY, b"")


@pytest.mark.parametrize("kem", [XWING_KEM, MLKEM1024_KEM])
def test_public_keys_are_encoded_as_published(kem):
    assert len(vectors(kem)) == 2
    for vector in vectors(kem):
        private = private_key(vector)
        assert private.public.hex() == vector["pkRm"]
        check_public_key(private.algorithm, private.public)


@pytest.mark.parametrize("kem", [XWING_KEM, MLKEM1024_KEM])
def test_what_the_published_encapsulation_encrypts_opens_in_its_context_only(kem):
    for vector in vectors(kem):
        wrap = wrap_by_hand(vector, b"comity/wrap/v1\n")
        assert unwrap_key(private_key(vector), b"comity/wrap/v1\n", wrap) == ITEM_KEY
        with pytest.raises(ProofError):
            unwrap_key(private_key(vector), b"comity/courier/v1\n", wrap)
