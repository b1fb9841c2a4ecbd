# SPDX-License-Identifier: Apache-2.0
"""Published vectors of the algorithms, from the package `cryptography_vectors`."""

from collections.abc import Iterator

import cryptography_vectors
import pytest

from comity.basis.errors import ProofError
from comity.keys.signing import PrivateKey, sign
from comity.keys.suites import Algorithm, check_public_key, verify

READ_MAX = 25


def answers(*path: str) -> Iterator[dict[str, bytes]]:
    """Read a NIST response file: `name = hex` lines, one record for each count."""
    record: dict[str, bytes] = {}
    with cryptography_vectors.open_vector_file("/".join(("asymmetric", *path)), "r") as file:
        for line in file:
            name, equals, value = line.partition("=")
            if name.strip() == "count" and record:
                yield record
                record = {}
            elif equals and name.strip() not in ("count", "mlen", "smlen"):
                record[name.strip()] = bytes.fromhex(value)
    yield record


def first(records: Iterator[dict[str, bytes]]) -> list[dict[str, bytes]]:
    return [record for _, record in zip(range(READ_MAX), records, strict=False)]


def ed25519_vectors() -> list[tuple[bytes, bytes, bytes, bytes]]:
    """Read `sign.input`: secret and public, public, message, signature and message."""
    with cryptography_vectors.open_vector_file("asymmetric/Ed25519/sign.input", "r") as file:
        rows = [[bytes.fromhex(part) for part in line.split(":")[:4]] for line in file]
    return [(row[0][:32], row[1], row[2], row[3][:64]) for row in rows[::20]]


def test_ed25519_gives_and_accepts_the_published_keys_and_signatures():
    vectors = ed25519_vectors()
    assert len(vectors) > 50
    for secret, public, message, signature in vectors:
        private = PrivateKey(Algorithm.ED25519, secret)
        assert private.public == public
        assert sign(private, message) == signature
        check_public_key(Algorithm.ED25519, public)
        verify(Algorithm.ED25519, public, message, signature)
        with pytest.raises(ProofError):
            verify(Algorithm.ED25519, public, message + b"x", signature)


def test_mldsa44_gives_the_published_keys_from_their_seeds():
    vectors = first(answers("MLDSA", "kat_MLDSA_44_det_pure.rsp"))
    assert len(vectors) == READ_MAX
    for vector in vectors:
        assert PrivateKey(Algorithm.MLDSA44, vector["xi"]).public == vector["pk"]


def test_mldsa44_accepts_a_published_signature_only_when_it_was_made_without_a_context():
    vectors = list(answers("MLDSA", "kat_MLDSA_44_det_pure.rsp"))
    with_context = 0
    for vector in vectors:
        signature = vector["sm"][: len(vector["sm"]) - len(vector["msg"])]
        if vector["ctx"]:
            with_context += 1
            with pytest.raises(ProofError):
                verify(Algorithm.MLDSA44, vector["pk"], vector["msg"], signature)
        else:
            verify(Algorithm.MLDSA44, vector["pk"], vector["msg"], signature)
    assert with_context > 0


def test_mlkem1024_gives_the_published_keys_from_their_seeds():
    for vector in first(answers("MLKEM", "kat_MLKEM_1024.rsp")):
        private = PrivateKey(Algorithm.MLKEM1024, vector["d"] + vector["z"])
        assert private.public == vector["pk"]
        check_public_key(Algorithm.MLKEM1024, vector["pk"])


def test_the_first_half_of_an_xwing_key_is_the_published_mlkem768_key():
    for vector in first(answers("MLKEM", "kat_MLKEM_768.rsp")):
        private = PrivateKey(Algorithm.XWING, vector["d"] + vector["z"] + bytes(31) + b"\x01")
        assert private.public[:1184] == vector["pk"]
