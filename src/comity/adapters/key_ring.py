# SPDX-License-Identifier: Apache-2.0
"""What a key file holds inside and outside its envelope: private keys by set, use, algorithm.

Set 0 is for keys that no card version owns (the root keys); other sets are card versions. Outside
the ciphertext stand the public halves alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import StateError
from comity.basis.fields import Fields
from comity.basis.limits import CARD_VERSION_MAX
from comity.basis.strict_json import JsonValue, format_json, parse_canonical
from comity.keys.card_model import key_id_of
from comity.keys.signing import PrivateKey
from comity.keys.suites import Algorithm, KeyUse
from comity.ports import PublicKey

RING_BYTES_MAX = 2 * 1024 * 1024
_SECRET_BYTES_MAX = 128
_PUBLIC_BYTES_MAX = 4096


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A private key, its use, and the set that it belongs to."""

    set: int
    use: KeyUse
    private: PrivateKey

    @property
    def public(self) -> PublicKey:
        """Give the public half under its key id."""
        algorithm, public = self.private.algorithm, self.private.public
        return PublicKey(self.use, algorithm, public, key_id_of(algorithm, public))


@dataclass(frozen=True, slots=True)
class Ring:
    """All that one key file keeps secret. `custody` is empty but in the node's own file."""

    keys: tuple[HeldKey, ...] = ()
    custody: bytes = field(default=b"", repr=False)
    _sealing: Mapping[str, PrivateKey] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort out the sealing keys by id: each item that comes asks for one."""
        found = {
            each.public.key_id: each.private for each in self.keys if each.use is KeyUse.SEALING
        }
        object.__setattr__(self, "_sealing", found)

    def find_sealing(self, key_id: str) -> PrivateKey | None:
        """Return the sealing key of that id, or None when it is not held."""
        return self._sealing.get(key_id)

    def find(self, set: int, use: KeyUse, algorithm: Algorithm) -> PrivateKey:
        """Return a key of a set.

        Raises:
            StateError: it is not held, or not any more.
        """
        for key in self.keys:
            if (key.set, key.use, key.private.algorithm) == (set, use, algorithm):
                return key.private
        raise StateError(
            "keys.not-held",
            "we do not hold this key",
            where=f"card version {set}" if set else "",
            found=f"{use} {algorithm}",
        )


def format_ring(ring: Ring) -> bytes:
    """Write the secret part."""
    keys: list[JsonValue] = [
        {
            **_names(key.set, key.use, key.private.algorithm),
            "seed": encode_base64(key.private.secret),
        }
        for key in ring.keys
    ]
    return format_json({"custody": encode_base64(ring.custody), "keys": keys})


def parse_ring(raw: bytes, where: str) -> Ring:
    """Read the secret part; errors name no value of it."""
    fields = Fields(parse_canonical(raw, bytes_max=RING_BYTES_MAX, where=where), where)
    custody = decode_base64(fields.text("custody", min_chars=0), bytes_max=_SECRET_BYTES_MAX)
    keys = tuple(_held_key(each) for each in fields.objects("keys"))
    fields.finish()
    return Ring(keys, custody)


def format_public(ring: Ring) -> JsonValue:
    """Write the public halves, to stand outside the ciphertext."""
    return [
        {
            **_names(key.set, key.use, key.private.algorithm),
            "public": encode_base64(key.private.public),
        }
        for key in ring.keys
    ]


def parse_public(value: JsonValue, where: str) -> Mapping[int, tuple[PublicKey, ...]]:
    """Read the public halves by set."""
    found: dict[int, tuple[PublicKey, ...]] = {}
    for fields in Fields({"public": value}, where).objects("public"):
        set_, use, algorithm = _read_names(fields)
        public = decode_base64(fields.text("public"), bytes_max=_PUBLIC_BYTES_MAX)
        fields.finish()
        key = PublicKey(use, algorithm, public, key_id_of(algorithm, public))
        found[set_] = (*found.get(set_, ()), key)
    return found


def _held_key(fields: Fields) -> HeldKey:
    set_, use, algorithm = _read_names(fields)
    seed = decode_base64(fields.text("seed"), bytes_max=_SECRET_BYTES_MAX)
    fields.finish()
    return HeldKey(set_, use, PrivateKey(algorithm, seed))


def _names(set_: int, use: KeyUse, algorithm: Algorithm) -> dict[str, JsonValue]:
    return {"algorithm": algorithm.value, "set": set_, "use": use.value}


def _read_names(fields: Fields) -> tuple[int, KeyUse, Algorithm]:
    return (
        fields.integer("set", 0, CARD_VERSION_MAX),
        fields.choice("use", KeyUse),
        fields.choice("algorithm", Algorithm),
    )
