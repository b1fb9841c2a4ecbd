# SPDX-License-Identifier: Apache-2.0
"""The floor of live exchanges: their cryptography, hashing and JSON, in one thread and nothing else.

For a batch: each item's key is made and wrapped, its payload sealed and hashed, its statement
written and hashed; one checkpoint is signed, verified, cosigned and verified by both algorithms;
each statement is read, its parcel hashed, its key unwrapped and its payload opened. No register,
rules, event loop or database.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from hashlib import sha256

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor

from bench.bare_exchange import INFO, SUITE, BareParty

_CONTEXT = b"comity/bench/v1"
_STATEMENT = {
    "format": 1,
    "kind": "item.release",
    "agreement": {"id": "gsomia-jpn-kor", "sha256": "0" * 64},
    "by": "JPN",
    "to": ["KOR"],
    "at": "2016-11-23T01:00:00.000Z",
    "seen": {"KOR": 3},
    "body": {
        "label": {
            "marking": "秘",
            "level": "SECRET",
            "category": "missile-warning",
            "form": "document",
            "purposes": ["warning"],
            "for": [],
            "originators": ["JPN"],
            "use_until": None,
        },
        "supersedes": None,
        "answers": None,
    },
}


def exchange_live_bare(by: BareParty, to: BareParty, contents: list[bytes]) -> list[bytes]:
    """Exchange a batch; give the contents as the recipient opens them."""
    sent = [_release(to, content) for content in contents]
    root = sha256(b"".join(_leaf(entry) for entry, _, _ in sent)).digest()
    signed = by.sign(root)
    by.verify(signed, root)
    cosigned = to.sign(root)
    to.verify(cosigned, root)
    return [_receive(to, entry, head, sealed) for entry, head, sealed in sent]


def _release(to: BareParty, content: bytes) -> tuple[bytes, bytes, bytes]:
    key = os.urandom(32)
    encryptor = Cobblestone256Encryptor(key, _CONTEXT)
    sealed = encryptor.update(content) + encryptor.finalize()
    digest = sha256(sealed).hexdigest()
    draft = {**_STATEMENT, "nonce": os.urandom(16).hex(), "sealed": digest}
    context = sha256(_write(draft)).digest()
    wrap = SUITE.encrypt(key, to.wrapping, info=INFO + context)
    head = _write({"sealed": digest, "wraps": [b64encode(wrap).decode()]})
    entry = _write({**draft, "parcel": sha256(head).hexdigest()})
    _leaf(_write({"act": "item.release", "statement": digest, "nonce": os.urandom(16).hex()}))
    return entry, head, sealed


def _receive(to: BareParty, entry: bytes, head: bytes, sealed: bytes) -> bytes:
    _leaf(entry)
    statement = json.loads(entry)
    if sha256(head).hexdigest() != statement.pop("parcel"):
        raise AssertionError("another head")
    if sha256(sealed).hexdigest() != statement["sealed"]:
        raise AssertionError("another parcel")
    context = sha256(_write(statement)).digest()
    wrap = b64decode(json.loads(head)["wraps"][0])
    key = SUITE.decrypt(wrap, to.unwrapping, info=INFO + context)
    decryptor = Cobblestone256Decryptor(key, _CONTEXT)
    return decryptor.update(sealed) + decryptor.finalize()


def _write(value: dict[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _leaf(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()
