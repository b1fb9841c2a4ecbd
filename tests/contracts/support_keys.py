# SPDX-License-Identifier: Apache-2.0
"""Builders for the contract tests of keys."""

from __future__ import annotations

from pathlib import Path

from comity.adapters.key_envelope import COST_EXERCISE
from comity.adapters.key_vault import KeyFile
from comity.adapters.keys_file import open_file_keys
from comity.adapters.keys_memory import open_memory_keys
from comity.adapters.stored_keys import StoredKeys
from comity.basis.ids import Domain, PartyId
from comity.basis.instants import Instant
from comity.keys.card_model import Card, card_key
from comity.keys.cards import card_text
from comity.keys.suites import Algorithm
from comity.ports import PublicKey
from tests.contracts.support_store import run

JPN, JPN_DOMAIN = PartyId("JPN"), Domain("jpn.example")
PASSPHRASES = {KeyFile.ROOT: "root words", KeyFile.AUTHORITY: "authority", KeyFile.NODE: "node"}
SEALING = (Algorithm.XWING, Algorithm.MLKEM1024)


def make_keys(storage: str, folder: Path) -> StoredKeys:
    if storage == "memory":
        return open_memory_keys(party=JPN, domain=JPN_DOMAIN)
    return open_file_keys(
        folder / "keys",
        party=JPN,
        domain=JPN_DOMAIN,
        passphrases={file: lambda asked, _new: PASSPHRASES[asked] for file in KeyFile},
        cost=COST_EXERCISE,
        exercise=True,
    )


def fill(keys: StoredKeys) -> tuple[PublicKey, ...]:
    """Make the keys of a first card."""
    run(keys.new_root())
    run(keys.new_authority(1))
    run(keys.new_key_set(1, *SEALING))
    return (*run(keys.root_keys()), *run(keys.public_keys(1)))


def card_of(keys: StoredKeys, public: tuple[PublicKey, ...]) -> Card:
    """Give the first card, unsigned."""
    return Card(
        party=JPN,
        domain=JPN_DOMAIN,
        names=(("en", "Japan"),),
        competent_authority="Ministry of Foreign Affairs",
        addresses=(),
        version=1,
        issued_at=Instant(0),
        keys=tuple(
            card_key(each.use, each.algorithm, public=each.public, valid_from=Instant(0))
            for each in public
        ),
    )


def text_of(card: Card) -> str:
    return card_text(card)
