# SPDX-License-Identifier: Apache-2.0
"""How a party's card is shown: what it says, and the fingerprint that people compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comity.basis.instants import format_instant
from comity.basis.strict_json import JsonValue
from comity.cli.printing import labelled, shown, shown_instant
from comity.keys.cards import Card, CardKey, fingerprint, format_fingerprint
from comity.keys.suites import KeyUse

_GROUPS_ON_A_LINE = 4
_GROUP_CHARS = 5


def card_lines(card: Card) -> Iterator[str]:
    """Say what a card says, in lines."""
    yield labelled("party", f"{card.party} ({shown(' · '.join(name for _, name in card.names))})")
    yield labelled("domain", card.domain)
    yield labelled("authority", shown(card.competent_authority))
    yield from (labelled("address", each) for each in card.addresses)
    yield from (labelled("TLS key", each) for each in card.tls_pins)
    yield labelled("card", f"version {card.version}, issued {shown_instant(card.issued_at)}")
    for use in KeyUse:
        keys = ", ".join(_key_text(key) for key in card.keys_for(use))
        if keys:
            yield labelled(f"{use} keys", keys)


def fingerprint_lines(card: Card) -> Iterator[str]:
    """Write the fingerprint over several lines, each short enough to be read out."""
    digits = format_fingerprint(fingerprint(card))
    width = _GROUPS_ON_A_LINE * _GROUP_CHARS
    for start in range(0, len(digits), width):
        yield labelled("" if start else "fingerprint", digits[start : start + width].rstrip())


def card_json(card: Card) -> dict[str, JsonValue]:
    """Give a card as an object, with its fingerprint as 64 digits."""
    names: dict[str, JsonValue] = dict(card.names)
    return {
        "party": card.party,
        "domain": card.domain,
        "names": names,
        "competent_authority": card.competent_authority,
        "addresses": list(card.addresses),
        "tls_pins": list(card.tls_pins),
        "version": card.version,
        "issued_at": format_instant(card.issued_at),
        "fingerprint": fingerprint(card),
        "keys": list(_keys_json(card.keys)),
    }


def _keys_json(keys: Iterable[CardKey]) -> Iterator[JsonValue]:
    for key in keys:
        until = key.valid_until
        yield {
            "use": key.use.value,
            "algorithm": key.algorithm.value,
            "id": key.key_id,
            "valid_from": format_instant(key.valid_from),
            "valid_until": None if until is None else format_instant(until),
        }


def _key_text(key: CardKey) -> str:
    until = "" if key.valid_until is None else f" until {shown_instant(key.valid_until)}"
    return f"{key.algorithm} {key.key_id}{until}"
