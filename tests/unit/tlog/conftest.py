# SPDX-License-Identifier: Apache-2.0
"""A log in memory, and parties who sign with keys from fixed seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

import pytest

from comity.keys.notes import NoteSignature, SignatureType, VerifierKey, verifier_key
from comity.keys.signing import PrivateKey, sign
from comity.keys.suites import Algorithm
from comity.tlog.checkpoints import (
    Checkpoint,
    KeyPair,
    SignedCheckpoint,
    log_messages,
    log_signatures,
    signed_checkpoint,
)
from comity.tlog.cosignatures import cosigner_messages, cosigner_signatures
from comity.tlog.proofs import NodeReader
from comity.tlog.tree import EMPTY_EDGE, Edge, append_leaves, edge_root, leaf_hash

TIME_S = 1_481_857_200


@dataclass(frozen=True, slots=True)
class MemoryLog:
    """Leaf hashes, edge and complete nodes of one log."""

    leaves: tuple[bytes, ...]
    edge: Edge
    read_node: NodeReader


def build_log(entries: Sequence[bytes]) -> MemoryLog:
    leaves = tuple(leaf_hash(entry) for entry in entries)
    appended = append_leaves(EMPTY_EDGE, leaves)
    nodes = {(level, index): digest for level, index, digest in appended.nodes}
    return MemoryLog(leaves, appended.edge, lambda level, index: nodes[level, index])


@dataclass(frozen=True, slots=True)
class Signer:
    """A party with a pair of statement keys and a pair of mirror keys."""

    domain: str

    @property
    def origin(self) -> str:
        return f"{self.domain}/register/gsomia-jpn-kor"

    @property
    def log_keys(self) -> KeyPair:
        return (
            self.key(self.origin, SignatureType.ED25519, "statement"),
            self.key(self.origin, SignatureType.COSIGNATURE_MLDSA44, "statement"),
        )

    @property
    def mirror_keys(self) -> KeyPair:
        name = f"{self.domain}/mirror"
        return (
            self.key(name, SignatureType.COSIGNATURE_ED25519, "mirror"),
            self.key(name, SignatureType.COSIGNATURE_MLDSA44, "mirror"),
        )

    def sign_log(self, checkpoint: Checkpoint, time_s: int = TIME_S) -> SignedCheckpoint:
        messages = log_messages(checkpoint, time_s)
        lines = log_signatures(self.log_keys, self.signatures("statement", messages), time_s=time_s)
        return signed_checkpoint(checkpoint, lines)

    def cosign(
        self, checkpoint: Checkpoint, time_s: int = TIME_S
    ) -> tuple[NoteSignature, NoteSignature]:
        keys = self.mirror_keys
        messages = cosigner_messages(keys[0].name, checkpoint, time_s)
        return cosigner_signatures(keys, self.signatures("mirror", messages), time_s=time_s)

    def signatures(self, use: str, messages: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        ed25519, mldsa44 = self.private(use)
        return sign(ed25519, messages[0]), sign(mldsa44, messages[1])

    def private(self, use: str) -> tuple[PrivateKey, PrivateKey]:
        seed = sha256(f"{self.domain} {use}".encode()).digest()
        return PrivateKey(Algorithm.ED25519, seed), PrivateKey(Algorithm.MLDSA44, seed)

    def key(self, name: str, type_: SignatureType, use: str) -> VerifierKey:
        ed25519, mldsa44 = self.private(use)
        mldsa = type_ in (SignatureType.COSIGNATURE_MLDSA44, SignatureType.OTHER)
        return verifier_key(name, type_, (mldsa44 if mldsa else ed25519).public)


@pytest.fixture(scope="session")
def log_of() -> Callable[[int], MemoryLog]:
    """Build a log of that many distinct entries."""
    return lambda size: build_log([number.to_bytes(4, "big") for number in range(size)])


@pytest.fixture(scope="session")
def jpn() -> Signer:
    return Signer("mod.jpn.example")


@pytest.fixture(scope="session")
def kor() -> Signer:
    return Signer("mnd.kor.example")


@pytest.fixture(scope="session")
def usa() -> Signer:
    return Signer("dod.usa.example")


@pytest.fixture(scope="session")
def checkpoint(jpn: Signer, log_of: Callable[[int], MemoryLog]) -> Checkpoint:
    """Japan's register at seven entries."""
    return Checkpoint(jpn.origin, 7, edge_root(log_of(7).edge))


@pytest.fixture(scope="session")
def signed(jpn: Signer, checkpoint: Checkpoint) -> SignedCheckpoint:
    return jpn.sign_log(checkpoint)
