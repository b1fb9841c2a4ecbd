# SPDX-License-Identifier: Apache-2.0
"""What a party card holds: the party, its names and addresses, its keys with their uses.

Only types; reading is in `card_reading`, trust in `cards`.
"""

import hashlib
from dataclasses import dataclass

from comity.basis.ids import Digest, Domain, PartyId
from comity.basis.instants import Instant
from comity.keys.suites import SIGNATURE_ALGORITHMS, Algorithm, KeyUse

# Every card holds exactly these signing keys, and besides them one sealing key or more.
SIGNING_KEYS: tuple[tuple[KeyUse, Algorithm], ...] = (
    *(
        (use, algorithm)
        for use in (KeyUse.ROOT, KeyUse.AUTHORITY, KeyUse.STATEMENT, KeyUse.MIRROR)
        for algorithm in SIGNATURE_ALGORITHMS
    ),
    (KeyUse.ONLINE, Algorithm.ED25519),
)
# The limits that a party may publish for its partners to check before they send.
LIMIT_NAMES = ("parcel_bytes_max", "push_bytes_max")


@dataclass(frozen=True, slots=True)
class CardKey:
    """A public key with its use; `valid_until` is the first instant at which it no longer is."""

    use: KeyUse
    algorithm: Algorithm
    public: bytes
    key_id: str
    valid_from: Instant
    valid_until: Instant | None

    def is_valid_at(self, at: Instant) -> bool:
        """Say whether the key may be used at `at`."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


@dataclass(frozen=True, slots=True)
class Card:
    """What one version of a party's card says; `raw` is the signed note, empty before signing.

    `names` are sorted by language, `limits` by name. `tls_pins` are SHA-256 digests of the public
    keys (SubjectPublicKeyInfo) that a TLS connection to the addresses may meet; cards made before
    nodes were served have none.
    """

    party: PartyId
    domain: Domain
    names: tuple[tuple[str, str], ...]
    competent_authority: str
    addresses: tuple[str, ...]
    version: int
    issued_at: Instant
    keys: tuple[CardKey, ...]
    limits: tuple[tuple[str, int], ...] = ()
    tls_pins: tuple[Digest, ...] = ()
    raw: bytes = b""

    def keys_for(self, use: KeyUse, at: Instant | None = None) -> tuple[CardKey, ...]:
        """Give the keys for `use`, only those valid at `at` when it is given."""
        return tuple(
            key for key in self.keys if key.use is use and (at is None or key.is_valid_at(at))
        )


def card_key(
    use: KeyUse,
    algorithm: Algorithm,
    *,
    public: bytes,
    valid_from: Instant,
    valid_until: Instant | None = None,
) -> CardKey:
    """Make a card key under its key id."""
    return CardKey(use, algorithm, public, key_id_of(algorithm, public), valid_from, valid_until)


def key_id_of(algorithm: Algorithm, public: bytes) -> str:
    """Give the id of a key in cards and wraps: 16 hex digits over algorithm and public key."""
    return hashlib.sha256(f"{algorithm}\n".encode() + public).hexdigest()[:16]
