# SPDX-License-Identifier: Apache-2.0
"""Parties with all their private keys from fixed seeds, and cards signed by them."""

import hashlib
from dataclasses import dataclass
from functools import cache

from comity.basis.ids import Domain, PartyId
from comity.basis.instants import Instant, parse_instant
from comity.keys.authority import authority_text
from comity.keys.cards import (
    Card,
    authority_keys,
    card_key,
    card_text,
    read_card_unverified,
    root_keys,
)
from comity.keys.notes import Note, VerifierKey, format_note, note_signature
from comity.keys.signing import PrivateKey, sign
from comity.keys.suites import Algorithm, KeyUse

ISSUED_AT = parse_instant("2016-11-01T00:00:00Z")
SECRET_BYTES = {
    Algorithm.ED25519: 32,
    Algorithm.MLDSA44: 32,
    Algorithm.XWING: 96,
    Algorithm.MLKEM1024: 64,
}
USES = (
    *(
        (use, algorithm)
        for use in (KeyUse.ROOT, KeyUse.AUTHORITY, KeyUse.STATEMENT, KeyUse.MIRROR)
        for algorithm in (Algorithm.ED25519, Algorithm.MLDSA44)
    ),
    (KeyUse.ONLINE, Algorithm.ED25519),
    (KeyUse.SEALING, Algorithm.XWING),
    (KeyUse.SEALING, Algorithm.MLKEM1024),
)
NAMES = {
    "JPN": (("en", "Japan"), ("ja", "日本国"), ("ko", "일본국")),
    "KOR": (("en", "Republic of Korea"), ("ja", "大韓民国"), ("ko", "대한민국")),
}


@cache
def seeded_key(seed: str, algorithm: Algorithm) -> PrivateKey:
    """Make the private key that this seed always gives."""
    size = SECRET_BYTES[algorithm]
    return PrivateKey(algorithm, hashlib.shake_256(f"{seed}/{algorithm}".encode()).digest(size))


@dataclass(frozen=True)
class Holder:
    """A party with all its private keys and its signed card."""

    private: dict[tuple[KeyUse, Algorithm], PrivateKey]
    card: Card

    def sign_text(self, text: str, keys: tuple[VerifierKey, ...], use: KeyUse) -> bytes:
        """Sign a text by the keys of one use."""
        return sign_text(text, keys, [self.private[use, key.algorithm] for key in keys])

    def sign_card(self, card: Card) -> bytes:
        """Sign a card by the root keys."""
        return self.sign_text(card_text(card), root_keys(card), KeyUse.ROOT)

    def sign_authority(self, digest: str, enter_by: Instant) -> str:
        """Sign an authority note."""
        text = authority_text(digest, enter_by)  # type: ignore[arg-type]
        return self.sign_text(text, authority_keys(self.card), KeyUse.AUTHORITY).decode()


def sign_text(text: str, keys: tuple[VerifierKey, ...], private: list[PrivateKey]) -> bytes:
    """Make a signed note, the signatures in the order of the keys."""
    signatures = tuple(
        note_signature(key, sign(secret, text.encode()))
        for key, secret in zip(keys, private, strict=True)
    )
    return format_note(Note(text, signatures))


def make_holder(seed: str = "jpn", party: str = "JPN", domain: str = "jpn.example") -> Holder:
    """Make a party from a seed."""
    private = {(use, algorithm): seeded_key(f"{seed}/{use}", algorithm) for use, algorithm in USES}
    unsigned = Card(
        party=PartyId(party),
        domain=Domain(domain),
        names=NAMES.get(party, (("en", party),)),
        competent_authority="Ministry of Defense",
        addresses=(f"https://node.{domain}:8443/comity",),
        version=1,
        issued_at=ISSUED_AT,
        keys=tuple(
            card_key(use, algorithm, public=key.public, valid_from=ISSUED_AT)
            for (use, algorithm), key in private.items()
        ),
        limits=(("parcel_bytes_max", 1_000_000),),
    )
    raw = Holder(private, unsigned).sign_card(unsigned)
    return Holder(private, read_card_unverified(raw))
