# SPDX-License-Identifier: Apache-2.0
"""A key file's envelope: secrets under a passphrase, public keys beside them in the clear.

Canonical JSON; Argon2id (RFC 9106) makes the key, AES-256-GCM seals. Everything outside the
ciphertext is authenticated with it, so that nobody can put other public keys, another purpose or
a weaker cost beside the same secrets.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass, field

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import ConfigError, InputError, Problem, StateError
from comity.basis.fields import Fields
from comity.basis.strict_json import JsonValue, format_json, parse_canonical

FORMAT = 1
KEY_FILE_BYTES_MAX = 4 * 1024 * 1024
PASSPHRASE_CHARS_MIN = 8

_KEY_BYTES = 32
_SALT_BYTES = 16
_NONCE_BYTES = 12
_TAG_BYTES = 16
_KDF_NAME = re.compile("argon2id")


@dataclass(frozen=True, slots=True)
class KdfCost:
    """What deriving a key from a passphrase costs: memory in KiB, passes, lanes."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 1


COST_DEFAULT = KdfCost()
COST_FLOOR = KdfCost(memory_kib=19 * 1024, passes=2, lanes=1)
COST_EXERCISE = KdfCost(memory_kib=64, passes=1, lanes=1)
"""For exercise nodes only: their keys protect nothing."""
COST_CEILING = KdfCost(memory_kib=4 * 1024 * 1024, passes=64, lanes=16)
"""A file that asks for more was made to exhaust this machine."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A derived key, and what it was derived from: rewriting a file needs no passphrase again."""

    cost: KdfCost
    salt: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A key file as it stands on disk; nothing in it is verified."""

    purpose: str
    public: JsonValue
    cost: KdfCost
    salt: bytes
    nonce: bytes
    ciphertext: bytes


def parse_envelope(raw: bytes, where: str) -> Envelope:
    """Read a key file without its secrets."""
    fields = Fields(parse_canonical(raw, bytes_max=KEY_FILE_BYTES_MAX, where=where), where)
    fields.integer("format", FORMAT, FORMAT)
    purpose = fields.text("purpose", max_chars=32)
    public = fields.value("public")
    kdf = fields.object("kdf")
    kdf.text("name", pattern=_KDF_NAME)
    lanes = kdf.integer("lanes", 1, COST_CEILING.lanes)
    memory_kib = kdf.integer("memory_kib", 8 * lanes, COST_CEILING.memory_kib)
    passes = kdf.integer("passes", 1, COST_CEILING.passes)
    envelope = Envelope(
        purpose,
        public,
        KdfCost(memory_kib, passes, lanes),
        _bytes(kdf, "salt", (_SALT_BYTES, _SALT_BYTES)),
        _bytes(fields, "nonce", (_NONCE_BYTES, _NONCE_BYTES)),
        _bytes(fields, "ciphertext", (_TAG_BYTES, KEY_FILE_BYTES_MAX)),
    )
    kdf.finish()
    fields.finish()
    return envelope


def new_lock(passphrase: str, cost: KdfCost) -> Lock:
    """Derive a key under a fresh salt."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return Lock(cost, salt, _derive(passphrase, cost, salt))


def lock_of(envelope: Envelope, passphrase: str) -> Lock:
    """Derive the key of a file; whether the passphrase is right shows when it is opened."""
    return Lock(envelope.cost, envelope.salt, _derive(passphrase, envelope.cost, envelope.salt))


def seal_envelope(purpose: str, public: JsonValue, secret: bytes, lock: Lock) -> bytes:
    """Write a key file."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    outside = _outside(Envelope(purpose, public, lock.cost, lock.salt, nonce, b""))
    sealed = AESGCM(lock.key).encrypt(nonce, secret, format_json(outside))
    return format_json({**outside, "ciphertext": encode_base64(sealed)})


def open_envelope(envelope: Envelope, lock: Lock, where: str) -> bytes:
    """Give the secrets.

    Raises:
        StateError: the passphrase is wrong, or the file was changed; they cannot be told apart.
    """
    associated = format_json(_outside(envelope))
    try:
        return AESGCM(lock.key).decrypt(envelope.nonce, envelope.ciphertext, associated)
    except InvalidTag:
        raise StateError(
            "keys.locked",
            "the key file does not open",
            where=where,
            expected="its passphrase",
            hint="type the passphrase again; if it is right, the file was damaged: restore it",
        ) from None


def check_cost(cost: KdfCost, *, exercise: bool, where: str) -> None:
    """Refuse a cost that guessing outruns, except for keys that protect nothing.

    Raises:
        ConfigError: below the floor.
    """
    weak = cost.memory_kib < COST_FLOOR.memory_kib or cost.passes < COST_FLOOR.passes
    if weak and not exercise:
        what = "the key file's passphrase could be guessed too cheaply"
        raise ConfigError(
            "keys.weak-kdf",
            what,
            (
                Problem(
                    "keys.weak-kdf",
                    where,
                    what,
                    f"at least {COST_FLOOR.memory_kib} KiB and {COST_FLOOR.passes} passes",
                    f"{cost.memory_kib} KiB and {cost.passes} passes",
                    "only exercise nodes may use less",
                ),
            ),
        )


def check_new_passphrase(passphrase: str, *, exercise: bool, where: str) -> None:
    """Refuse a passphrase that is too short to protect anything.

    Raises:
        StateError: too short.
    """
    if len(passphrase) < (1 if exercise else PASSPHRASE_CHARS_MIN):
        raise StateError(
            "keys.short-passphrase",
            "the passphrase is too short",
            where=where,
            expected=f"at least {PASSPHRASE_CHARS_MIN} characters",
            hint="several words that do not belong together are good",
        )


def _derive(passphrase: str, cost: KdfCost, salt: bytes) -> bytes:
    # One keyboard writes 한 or が as one character, another as several: NFKC makes them one.
    text = unicodedata.normalize("NFKC", passphrase)
    return hash_secret_raw(
        text.encode("utf-8", "surrogatepass"),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=_KEY_BYTES,
        type=Type.ID,
    )


def _outside(envelope: Envelope) -> dict[str, JsonValue]:
    """Give everything of the file but the ciphertext."""
    return {
        "format": FORMAT,
        "kdf": {
            "lanes": envelope.cost.lanes,
            "memory_kib": envelope.cost.memory_kib,
            "name": "argon2id",
            "passes": envelope.cost.passes,
            "salt": encode_base64(envelope.salt),
        },
        "nonce": encode_base64(envelope.nonce),
        "public": envelope.public,
        "purpose": envelope.purpose,
    }


def _bytes(fields: Fields, key: str, bounds: tuple[int, int]) -> bytes:
    low, high = bounds
    text = fields.text(key, max_chars=KEY_FILE_BYTES_MAX)
    raw = decode_base64(text, bytes_max=high, where=fields.place(key))
    if len(raw) < low:
        raise InputError(
            "keys.malformed-file",
            "the key file is malformed",
            where=fields.place(key),
            expected=f"at least {low} bytes",
            found=f"{len(raw)} bytes",
        )
    return raw
