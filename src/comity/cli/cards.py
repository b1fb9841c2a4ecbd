# SPDX-License-Identifier: Apache-2.0
"""How a party's card is shown: what it says, and the fingerprint that people compare."""

from __future__ import annotations

from collections.abc import Iterator

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


def _key_text(key: CardKey) -> str:
    until = "" if key.valid_until is None else f" until {shown_instant(key.valid_until)}"
    return f"{key.algorithm} {key.key_id}{until}"
