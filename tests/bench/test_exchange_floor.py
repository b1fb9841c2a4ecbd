# SPDX-License-Identifier: Apache-2.0
"""The floor of an exchange and two real nodes bring the recipient the same contents."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature

from bench.bare_exchange import BareParty, exchange_bare
from bench.exchange_speed import exchange
from bench.two_nodes import two_nodes

CONTENTS = (b"the first of two", b"the second, which is longer")


def test_floor_and_nodes_bring_the_recipient_every_content(tmp_path: Path) -> None:
    async def through_nodes() -> list[int]:
        async with two_nodes(tmp_path) as nodes:
            places = await exchange(nodes, CONTENTS)
            return [await nodes.open(place) for place in places]

    read = exchange_bare(BareParty(), BareParty(), CONTENTS)
    assert read == list(CONTENTS)
    assert asyncio.run(through_nodes()) == [len(content) for content in read]


def test_floor_checks_both_signatures() -> None:
    party, message = BareParty(), b"message"
    first, second = party.sign(message)
    party.verify((first, second), message)
    changed = bytes([second[0] ^ 1]) + second[1:]
    for signatures in ((first, changed), (bytes(64), second)):
        with pytest.raises(InvalidSignature):
            party.verify(signatures, message)
