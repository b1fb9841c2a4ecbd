# SPDX-License-Identifier: Apache-2.0
"""The floor of exchanges over the wire: their cryptography, hashing and JSON, in one thread.

No network, database, rules or event loop. What two nodes must do for a batch of statements, each
with its sealed payload, until the payload is in the recipient's custody; then, for the second row,
until the receipts are back. The suites and key pairs are those of DESIGN 6.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from bench.bare_exchange import BareParty
from bench.wire_items import WatchItem

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_CONTEXT = b"comity/payload/v1"
_AGREEMENT = sha256(b"agreement").hexdigest()


@dataclass(slots=True)
class BareLog:
    """A register: the right edge of its tree (RFC 6962), its size, and its party's keys."""

    party: BareParty
    size: int = 0
    edge: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, entry: bytes) -> None:
        """Append one entry."""
        level, node = 0, sha256(b"\x00" + entry).digest()
        while self.edge and self.edge[-1][0] == level:
            node = sha256(b"\x01" + self.edge.pop()[1] + node).digest()
            level += 1
        self.edge.append((level, node))
        self.size += 1

    def root(self) -> bytes:
        """Hash the edge together."""
        root = self.edge[-1][1]
        for _, node in reversed(self.edge[:-1]):
            root = sha256(b"\x01" + node + root).digest()
        return root

    def checkpoint(self) -> bytes:
        """Write the text that is signed."""
        return f"bench/register\n{self.size}\n{b64encode(self.root()).decode()}\n".encode()


class BareWire:
    """Two parties who exchange in one thread."""

    def __init__(self) -> None:
        """Make fresh keys, and both parties' copies of two empty registers."""
        self.by, self.to = BareParty(), BareParty()
        self.custody = {id(each): os.urandom(32) for each in (self.by, self.to)}
        self._sent, self._mirror = BareLog(self.by), BareLog(self.by)
        self._answers, self._answers_mirror = BareLog(self.to), BareLog(self.to)

    def exchange(self, items: Sequence[WatchItem]) -> list[bytes]:
        """Bring items into the recipient's custody; give their contents as it reads them.

        1. each is sealed under a fresh key, hashed, wrapped, kept, and stated;
        2. one checkpoint over all is signed, verified, cosigned, and that verified;
        3. each parcel is hashed, unwrapped and read through, and its key kept.
        """
        parcels = [self.release(each) for each in items]
        _say([entry for entry, _, _ in parcels], self._sent, self._mirror, self.to)
        return [self.arrive(*parcel) for parcel in parcels]

    def receipt(self, count: int) -> None:
        """State as many receipts, and let them be cosigned."""
        entries = [_statement("item.receipt", {"item": f"JPN/{index}"}) for index in range(count)]
        _say(entries, self._answers, self._answers_mirror, self.by)

    def release(self, item: WatchItem) -> tuple[bytes, bytes, bytes]:
        """Seal, wrap and state one item: its entry, its parcel's head, its sealed bytes."""
        key = os.urandom(32)
        encryptor = Cobblestone256Encryptor(key, _CONTEXT)
        sealed = encryptor.update(item.content) + encryptor.finalize()
        digest = sha256(sealed).hexdigest()
        self._keep(self.by, key, digest)
        wrap = _SUITE.encrypt(key, self.to.wrapping, info=digest.encode())
        head = _json({"sealed": digest, "wraps": [{"to": "KOR", "wrap": b64encode(wrap).decode()}]})
        parcel = {"sha256": sha256(head).hexdigest(), "size": len(head)}
        told = {"sha256": digest, "size": len(sealed)}
        body = {"label": item.kind.label(), "parcel": parcel, "sealed": told}
        return _statement("item.release", body), head, sealed

    def arrive(self, entry: bytes, head: bytes, sealed: bytes) -> bytes:
        """Check a parcel against its entry, open it, and keep its key."""
        stated = json.loads(entry)["body"]
        digest = sha256(sealed).hexdigest()
        if (stated["sealed"]["sha256"], stated["parcel"]["sha256"]) != (
            digest,
            sha256(head).hexdigest(),
        ):
            raise AssertionError("another parcel")
        wrap = json.loads(head)["wraps"][0]["wrap"]
        key = _SUITE.decrypt(
            b64decode(wrap, validate=True), self.to.unwrapping, info=digest.encode()
        )
        decryptor = Cobblestone256Decryptor(key, _CONTEXT)
        read = decryptor.update(sealed) + decryptor.finalize()
        self._keep(self.to, key, digest)
        return read

    def _keep(self, party: BareParty, key: bytes, digest: str) -> bytes:
        nonce = os.urandom(12)
        return AESGCM(self.custody[id(party)]).encrypt(nonce, key, digest.encode())


def _statement(kind: str, body: dict[str, Any]) -> bytes:
    return _json(
        {
            "agreement": {"id": "gsomia-jpn-kor", "sha256": _AGREEMENT, "version": "1"},
            "at": "2026-01-01T00:00:00.000Z",
            "body": body,
            "by": "JPN",
            "kind": kind,
            "nonce": os.urandom(16).hex(),
            "schema": "comity/statement/1",
            "seen": {"KOR": 12},
            "to": ["KOR"],
        }
    )


def _say(entries: list[bytes], log: BareLog, mirror: BareLog, to: BareParty) -> None:
    """Enter statements in a register and in its mirror: one checkpoint, one cosignature."""
    for entry in entries:
        log.add(entry)
    text = log.checkpoint()
    signed = log.party.sign(text)
    log.party.verify(signed, text)
    for entry in entries:
        if _json(json.loads(entry)) != entry:
            raise AssertionError("other bytes for the same value")
        mirror.add(entry)
    if mirror.checkpoint() != text:
        raise AssertionError("another root")
    to.verify(to.sign(text), text)


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
