# SPDX-License-Identifier: Apache-2.0
"""A cheap cryptographic suite that exists nowhere else: SHA-256 in the place of every algorithm.

It stands in for the classes of the `cryptography` library, at the names by which our own modules
know them, and only inside `with cheap_suite(…)`. No configuration can switch it on: it lives in
the tests, and the product has no switch. Lengths are the real ones, so limits, notes, wraps and
parcels are as long as they will be. Anybody can forge a signature: it finds bugs, not attackers.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, ClassVar, Protocol

from cryptography.exceptions import AlreadyFinalized, InvalidSignature, InvalidTag

from comity.adapters import custody_wraps, key_envelope, random_system, stored_keys
from comity.keys import sealing_keys, signing, suites
from comity.sealing import bundle_body, stream

_DIGEST = 32
_CHUNK = 16 * 1024
_TAG = 16
_SALT, _COMMITMENT = 24, 32


class Drawing(Protocol):
    """Where the suite draws its randomness from: seeded, whoever asks."""

    def randbytes(self, size: int, /) -> bytes:
        """Return so many bytes."""


def _fill(digest: bytes, size: int) -> bytes:
    return (digest * (size // len(digest) + 1))[:size]


def _hash(*parts: bytes) -> bytes:
    return hashlib.sha256(b"\n".join(parts)).digest()


class _Source:
    """The drawing that is in force; there is none outside `cheap_suite`."""

    drawing: ClassVar[Drawing | None] = None

    @classmethod
    def token(cls, size: int = 32) -> bytes:
        assert cls.drawing is not None, "the cheap suite is used outside of its block"
        return cls.drawing.randbytes(size)


class _Public:
    """A public key: bytes, and nothing behind them."""

    name: ClassVar[bytes]
    size: ClassVar[int]
    signature_size: ClassVar[int] = 0
    hedged: ClassVar[bool] = False

    def __init__(self, raw: bytes) -> None:
        if len(raw) != self.size:
            raise ValueError(f"{self.size} bytes expected, {len(raw)} found")
        self.raw = raw

    @classmethod
    def from_public_bytes(cls, raw: bytes) -> Any:
        return cls(raw)

    def public_bytes_raw(self) -> bytes:
        return self.raw

    def signature(self, message: bytes, salt: bytes) -> bytes:
        tag = _hash(b"cheap signature", self.name, self.raw[:_DIGEST], salt, message)
        return salt + _fill(tag, self.signature_size - len(salt))

    def verify(self, signature: bytes, message: bytes) -> None:
        salt = signature[:_DIGEST] if self.hedged else b""
        if signature != self.signature(message, salt):
            raise InvalidSignature


class _Private:
    """A private key: its seed. The public key follows from it."""

    public: ClassVar[type[_Public]]
    size: ClassVar[int]

    def __init__(self, secret: bytes) -> None:
        if len(secret) != self.size:
            raise ValueError(f"{self.size} bytes expected, {len(secret)} found")
        self.secret = secret
        self._public = self.public(_fill(_hash(b"cheap key", secret), self.public.size))

    @classmethod
    def generate(cls) -> Any:
        return cls(_Source.token(cls.size))

    @classmethod
    def from_private_bytes(cls, secret: bytes) -> Any:
        return cls(secret)

    @classmethod
    def from_seed_bytes(cls, secret: bytes) -> Any:
        return cls(secret)

    def private_bytes_raw(self) -> bytes:
        return self.secret

    def public_key(self) -> _Public:
        return self._public

    def sign(self, message: bytes) -> bytes:
        salt = _Source.token(_DIGEST) if self.public.hedged else b""
        return self._public.signature(message, salt)


class CheapEd25519Public(_Public):
    """In the place of an Ed25519 public key."""

    name, size, signature_size = b"ed25519", 32, 64


class CheapEd25519Private(_Private):
    """In the place of an Ed25519 private key."""

    public, size = CheapEd25519Public, 32


class CheapMlDsaPublic(_Public):
    """In the place of an ML-DSA-44 public key; two signatures of one message differ here too."""

    name, size, signature_size, hedged = b"ml-dsa-44", 1312, 2420, True


class CheapMlDsaPrivate(_Private):
    """In the place of an ML-DSA-44 private key."""

    public, size = CheapMlDsaPublic, 32


class CheapX25519Public(_Public):
    """In the place of an X25519 public key."""

    name, size = b"x25519", 32


class CheapX25519Private(_Private):
    """In the place of an X25519 private key."""

    public, size = CheapX25519Public, 32


class CheapMlKem768Public(_Public):
    """In the place of an ML-KEM-768 public key."""

    name, size = b"ml-kem-768", 1184


class CheapMlKem768Private(_Private):
    """In the place of an ML-KEM-768 private key."""

    public, size = CheapMlKem768Public, 64


class CheapMlKem1024Public(_Public):
    """In the place of an ML-KEM-1024 public key."""

    name, size = b"ml-kem-1024", 1568


class CheapMlKem1024Private(_Private):
    """In the place of an ML-KEM-1024 private key."""

    public, size = CheapMlKem1024Public, 64


class CheapHybridPublic:
    """In the place of an X-Wing public key, made of its two parts."""

    def __init__(self, mlkem: _Public, x25519: _Public) -> None:
        self.raw = mlkem.raw[:_DIGEST] + x25519.raw


class CheapHybridPrivate:
    """In the place of an X-Wing private key, made of its two parts."""

    def __init__(self, mlkem: _Private, x25519: _Private) -> None:
        self._public = CheapHybridPublic(mlkem.public_key(), x25519.public_key())

    def public_key(self) -> CheapHybridPublic:
        return self._public


class CheapWraps:
    """In the place of an HPKE suite: `enc || ct`, bound to the key and to `info`."""

    def __init__(self, encapsulated: int) -> None:
        self._encapsulated = encapsulated

    def encrypt(self, plain: bytes, public: Any, *, info: bytes) -> bytes:
        salt = _Source.token(_DIGEST)
        pad = _hash(b"cheap wrap", public.raw[: 2 * _DIGEST], salt, info)
        sealed = bytes(a ^ b for a, b in zip(plain, pad, strict=True))
        return _fill(salt, self._encapsulated) + sealed + _hash(b"tag", pad, sealed)[:_TAG]

    def decrypt(self, wrap: bytes, private: Any, *, info: bytes) -> bytes:
        raw = private.public_key().raw[: 2 * _DIGEST]
        salt, sealed = wrap[:_DIGEST], wrap[self._encapsulated : -_TAG]
        pad = _hash(b"cheap wrap", raw, salt, info)
        whole = wrap[: self._encapsulated] == _fill(salt, self._encapsulated)
        if not whole or wrap[-_TAG:] != _hash(b"tag", pad, sealed)[:_TAG]:
            raise InvalidTag
        return bytes(a ^ b for a, b in zip(sealed, pad, strict=True))


class _Stream:
    """What sealing and opening share: chunks of 16 KiB, each bound to its place and to the end."""

    def __init__(self, key: bytes, context: bytes) -> None:
        self._key, self._context = key, context
        self._salt, self._counter, self._held, self._done = b"", 0, bytearray(), False

    def _pad_and_tag(self, size: int, sealed: bytes | None, *, last: bool) -> tuple[bytes, bytes]:
        place = self._counter.to_bytes(8, "big") + bytes([last])
        pad = _hash(b"cheap chunk", self._key, self._context, self._salt, place)
        tag = b"" if sealed is None else _hash(pad, sealed)[:_TAG]
        return _fill(pad, size), tag

    def _commitment(self) -> bytes:
        return _hash(b"cheap commitment", self._key, self._context, self._salt)

    def _add(self, more: bytes) -> None:
        if self._done:
            raise AlreadyFinalized("stream is finished")
        self._held += more


def _xor(one: bytes, other: bytes) -> bytes:
    mixed = int.from_bytes(one, "big") ^ int.from_bytes(other, "big")
    return mixed.to_bytes(len(one), "big")


class CheapEncryptor(_Stream):
    """In the place of a Cobblestone-256 encryptor: as long, and as strict about its order."""

    def update(self, more: bytes) -> bytes:
        self._add(more)
        out = self._head()
        while len(self._held) >= _CHUNK:
            out += self._seal(bytes(self._held[:_CHUNK]), last=False)
            del self._held[:_CHUNK]
        return out

    def finalize(self) -> bytes:
        self._add(b"")
        out = self._head() + self._seal(bytes(self._held), last=True)
        self._done = True
        return out

    def _head(self) -> bytes:
        if self._salt:
            return b""
        self._salt = _Source.token(_SALT)
        return self._salt + self._commitment()

    def _seal(self, plain: bytes, *, last: bool) -> bytes:
        sealed = _xor(plain, self._pad_and_tag(len(plain), None, last=last)[0])
        tag = self._pad_and_tag(0, sealed, last=last)[1]
        self._counter += 1
        return sealed + tag


class CheapDecryptor(_Stream):
    """In the place of a Cobblestone-256 decryptor."""

    def update(self, more: bytes) -> bytes:
        self._add(more)
        if not self._take_head():
            return b""
        out = b""
        while len(self._held) >= _CHUNK + _TAG:
            out += self._open(bytes(self._held[: _CHUNK + _TAG]), last=False)
            del self._held[: _CHUNK + _TAG]
        return out

    def finalize(self) -> bytes:
        self._add(b"")
        if not self._take_head() or len(self._held) < _TAG:
            raise InvalidTag
        self._done = True
        return self._open(bytes(self._held), last=True)

    def _take_head(self) -> bool:
        if not self._salt and len(self._held) >= _SALT + _COMMITMENT:
            self._salt = bytes(self._held[:_SALT])
            if self._held[_SALT : _SALT + _COMMITMENT] != self._commitment():
                raise InvalidTag
            del self._held[: _SALT + _COMMITMENT]
        return bool(self._salt)

    def _open(self, chunk: bytes, *, last: bool) -> bytes:
        sealed, tag = chunk[:-_TAG], chunk[-_TAG:]
        pad, found = self._pad_and_tag(len(sealed), sealed, last=last)
        if tag != found:
            raise InvalidTag
        self._counter += 1
        return _xor(sealed, pad)


def _is_sound(_algorithm: object, _raw: bytes) -> bool:
    return True


_TOKENS = SimpleNamespace(
    token_bytes=_Source.token, token_hex=lambda size=32: _Source.token(size).hex()
)
_WRAPS = {
    suites.Algorithm.XWING: CheapWraps(1120),
    suites.Algorithm.MLKEM1024: CheapWraps(1568),
}
# Where our modules name the library, and what stands there instead.
_STANDS: tuple[tuple[Any, str, Any], ...] = (
    (suites, "Ed25519PublicKey", CheapEd25519Public),
    (suites, "MLDSA44PublicKey", CheapMlDsaPublic),
    (suites, "_is_sound", _is_sound),
    (signing, "Ed25519PrivateKey", CheapEd25519Private),
    (signing, "MLDSA44PrivateKey", CheapMlDsaPrivate),
    (signing, "MLKEM768PrivateKey", CheapMlKem768Private),
    (signing, "MLKEM1024PrivateKey", CheapMlKem1024Private),
    (signing, "X25519PrivateKey", CheapX25519Private),
    (signing, "MLKEM768X25519PrivateKey", CheapHybridPrivate),
    (sealing_keys, "MLKEM768PublicKey", CheapMlKem768Public),
    (sealing_keys, "MLKEM1024PublicKey", CheapMlKem1024Public),
    (sealing_keys, "MLKEM1024PrivateKey", CheapMlKem1024Private),
    (sealing_keys, "X25519PublicKey", CheapX25519Public),
    (sealing_keys, "MLKEM768X25519PublicKey", CheapHybridPublic),
    (sealing_keys, "MLKEM768X25519PrivateKey", CheapHybridPrivate),
    (sealing_keys, "_SUITES", _WRAPS),
    (stream, "Cobblestone256Encryptor", CheapEncryptor),
    (stream, "Cobblestone256Decryptor", CheapDecryptor),
    (bundle_body, "Cobblestone256Encryptor", CheapEncryptor),
    (bundle_body, "Cobblestone256Decryptor", CheapDecryptor),
    (stored_keys, "secrets", _TOKENS),
    (custody_wraps, "secrets", _TOKENS),
    (key_envelope, "secrets", _TOKENS),
    (random_system, "secrets", _TOKENS),
)


@contextmanager
def cheap_suite(seed: str) -> Iterator[None]:
    """Let the cheap suite stand for the real ones until the block ends; no two blocks nest."""
    assert _Source.drawing is None, "cheap suites do not nest"
    before = [(where, name, getattr(where, name)) for where, name, _ in _STANDS]
    _Source.drawing = random.Random(f"suite/{seed}")
    _forget_keys()
    try:
        for where, name, stand in _STANDS:
            setattr(where, name, stand)
        yield
    finally:
        for where, name, real in before:
            setattr(where, name, real)
        _forget_keys()
        _Source.drawing = None


def _forget_keys() -> None:
    """Forget keys that were loaded before: the others' classes stand behind them."""
    for module in (suites, signing, sealing_keys):
        for kept in tuple(vars(module).values()):
            if hasattr(kept, "cache_clear"):
                kept.cache_clear()
