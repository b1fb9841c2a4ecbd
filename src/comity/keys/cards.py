# SPDX-License-Identifier: Apache-2.0
"""Trusting party cards: by a fingerprint compared by hand, then from version to version.

A card is a signed note of the party's two root keys. No key, algorithm or address is trusted
because a card that nobody has verified says so.

Source: DESIGN 6, party card
"""

import hashlib
import re
from collections.abc import Mapping

from comity.basis.errors import InputError, ProofError, excerpt
from comity.basis.instants import Instant
from comity.keys.card_model import Card, CardKey, card_key, key_id_of
from comity.keys.card_reading import card_text, parse_card
from comity.keys.notes import (
    SignatureType,
    VerifierKey,
    format_vkey,
    verifier_key,
    verify_exact_note,
)
from comity.keys.suites import Algorithm, KeyUse

__all__ = [
    "Card",
    "CardKey",
    "authority_keys",
    "card_key",
    "card_text",
    "find_sealing_key",
    "fingerprint",
    "format_fingerprint",
    "key_id_of",
    "mirror_keys",
    "parse_fingerprint",
    "read_card_unverified",
    "root_keys",
    "shown_name",
    "statement_keys",
    "verify_card",
    "verify_succession",
]

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_FINGERPRINT_GROUP = 4
_OVER_THE_TEXT = (SignatureType.ED25519, SignatureType.OTHER)
_OVER_CHECKPOINTS = (SignatureType.ED25519, SignatureType.COSIGNATURE_MLDSA44)
_COSIGNING = (SignatureType.COSIGNATURE_ED25519, SignatureType.COSIGNATURE_MLDSA44)


def read_card_unverified(raw: bytes) -> Card:
    """Read a card whose signatures nobody has checked, only to show its fingerprint.

    Raises:
        InputError: malformed, a field or key missing, doubled or unknown.
        ProofError: a key in it is weak.
    """
    return parse_card(raw)[0]


def verify_card(raw: bytes, *, fingerprint: str) -> Card:
    """Read a card and check that the root keys with this fingerprint signed it.

    Raises:
        InputError: as `read_card_unverified`.
        ProofError: another fingerprint, or not exactly the signatures of both root keys.
    """
    card, note = parse_card(raw)
    found = _root_digest(card)
    if found != fingerprint:
        raise ProofError(
            "keys.fingerprint",
            "card has another fingerprint than the one it was compared with",
            where=f"card of {card.party}",
            expected=format_fingerprint(fingerprint),
            found=format_fingerprint(found),
            hint="compare the fingerprint with the party by another way",
        )
    verify_exact_note(note, root_keys(card))
    return card


def verify_succession(old: Card, raw: bytes) -> Card:
    """Read the next version of a trusted card.

    Raises:
        InputError: as `read_card_unverified`.
        ProofError: not the next version, another party, domain or root, issued earlier, a key
            taken over for another use, or not signed by both root keys of `old`.

    Source: DESIGN 6, party card: version + 1, root-signed
    """
    card, note = parse_card(raw)
    _expect("version", str(old.version + 1), str(card.version))
    _expect("party", old.party, card.party)
    _expect("domain", old.domain, card.domain)
    _expect("root keys", _root_digest(old), _root_digest(card))
    if card.issued_at < old.issued_at:
        raise _no_successor("issued_at", "not before the version before", "earlier")
    uses = {key.public: key.use for key in old.keys}
    for key in card.keys:
        if uses.get(key.public, key.use) is not key.use:
            raise _no_successor("keys", f"another {key.use} key", "a key that had another use")
    verify_exact_note(note, root_keys(old))
    return card


def shown_name(card: Card, language: str) -> str:
    """Give the party's name in a language; without it the English one, or else the first."""
    names = dict(card.names)
    return names.get(language) or names.get("en") or card.names[0][1]


def fingerprint(card: Card) -> str:
    """Give the SHA-256 over both root verifier keys, each on a line; what people compare."""
    return _root_digest(card)


def format_fingerprint(digits: str) -> str:
    """Write a fingerprint in groups of four digits, to be read aloud."""
    starts = range(0, len(digits), _FINGERPRINT_GROUP)
    return " ".join(digits[start : start + _FINGERPRINT_GROUP] for start in starts)


def parse_fingerprint(text: str, where: str = "") -> str:
    """Read a fingerprint as people write it: any case, with spaces, tabs or line ends."""
    digits = re.sub(r"[ \t\r\n]", "", text).lower()
    if _FINGERPRINT.fullmatch(digits) is None:
        raise InputError(
            "keys.malformed-fingerprint",
            "not a fingerprint",
            where=where,
            expected="64 hexadecimal digits",
            found=excerpt(text),
        )
    return digits


def root_keys(card: Card) -> tuple[VerifierKey, VerifierKey]:
    """Give the keys that sign cards: 0x01, then ML-DSA-44 over the text (0xff)."""
    return _key_pair(card, KeyUse.ROOT, f"{card.domain}/root", _OVER_THE_TEXT)


def authority_keys(card: Card) -> tuple[VerifierKey, VerifierKey]:
    """Give the keys that sign what binds the state: 0x01, then ML-DSA-44 over the text (0xff)."""
    return _key_pair(card, KeyUse.AUTHORITY, f"{card.domain}/authority", _OVER_THE_TEXT)


def statement_keys(card: Card, origin: str) -> tuple[VerifierKey, VerifierKey]:
    """Give the keys that sign checkpoints of the register `origin`: 0x01, then 0x06."""
    return _key_pair(card, KeyUse.STATEMENT, origin, _OVER_CHECKPOINTS)


def log_key_pair(origin: str, public: Mapping[Algorithm, bytes]) -> tuple[VerifierKey, VerifierKey]:
    """Give the keys that sign checkpoints of `origin` from their public halves: 0x01, then 0x06."""
    return _pair_of(origin, public, _OVER_CHECKPOINTS)


def mirror_keys(card: Card) -> tuple[VerifierKey, VerifierKey]:
    """Give the keys that cosign partners' checkpoints: 0x04, then 0x06, under one name."""
    return _key_pair(card, KeyUse.MIRROR, f"{card.domain}/mirror", _COSIGNING)


def find_sealing_key(card: Card, algorithm: Algorithm, at: Instant) -> CardKey | None:
    """Find the newest sealing key of a suite that is valid at `at`."""
    keys = [key for key in card.keys_for(KeyUse.SEALING, at) if key.algorithm is algorithm]
    return max(keys, key=lambda key: (key.valid_from, key.key_id), default=None)


def _root_digest(card: Card) -> str:
    lines = "".join(format_vkey(key) + "\n" for key in root_keys(card))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()


def _key_pair(
    card: Card, use: KeyUse, name: str, types: tuple[SignatureType, SignatureType]
) -> tuple[VerifierKey, VerifierKey]:
    """Give a use's Ed25519 and ML-DSA-44 keys; a card that was read holds exactly one of each."""
    return _pair_of(name, {key.algorithm: key.public for key in card.keys_for(use)}, types)


def _pair_of(
    name: str, public: Mapping[Algorithm, bytes], types: tuple[SignatureType, SignatureType]
) -> tuple[VerifierKey, VerifierKey]:
    ed25519, mldsa44 = types
    return (
        verifier_key(name, ed25519, public[Algorithm.ED25519]),
        verifier_key(name, mldsa44, public[Algorithm.MLDSA44]),
    )


def _expect(place: str, expected: str, found: str) -> None:
    if found != expected:
        raise _no_successor(place, expected, found)


def _no_successor(place: str, expected: str, found: str) -> ProofError:
    return ProofError(
        "keys.card-succession",
        "card does not follow the pinned one",
        where=f"card {place}",
        expected=expected,
        found=found,
        hint="a party that changes more is pinned again by its fingerprint",
    )
