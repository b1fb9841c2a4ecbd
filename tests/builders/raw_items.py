# SPDX-License-Identifier: Apache-2.0
"""Items that a party releases by a raw statement: its own node would not say every one of them."""

from __future__ import annotations

from typing import Any

from comity.basis.ids import PartyId, Place, digest_of
from comity.flows.speak import draft_for
from comity.marking.labels import Label
from comity.statement.information import ItemRelease
from comity.statement.values import ParcelRef, SealedRef
from tests.builders.pacts import MARKS
from tests.builders.world import Node, compose_raw, enter_raw

LOW, HIGH = "CONFIDENTIAL", "SECRET"


def say_item(
    node: Node,
    *to: PartyId,
    high: bool = False,
    of: bytes = b"a",
    category: str = "missile-warning",
    **links: Any,
) -> Place:
    """Release something under one of the pacts, with whatever links are named; no payload comes."""
    marking, level = (MARKS[node.party][0], HIGH) if high else (MARKS[node.party][1], LOW)
    label = Label(marking, level, category, "document", ("warning",), (), (node.party,), None)
    sha256 = digest_of(of)
    body = ItemRelease(label, ParcelRef(sha256, 9), SealedRef("xwing", 9, sha256), **links)
    draft = draft_for(node.context, node.view(), body, to=tuple(sorted(to)))
    return enter_raw(node, compose_raw(node, draft))
