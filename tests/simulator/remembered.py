# SPDX-License-Identifier: Apache-2.0
"""What is read again and again is read once: a world's nodes share one process, and its bytes.

Only readers are remembered whose outcome follows from the bytes alone and cannot be changed; what
they refuse is read anew. JSON goes through the codec of served nodes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import ModuleType
from typing import Any, Final

from comity.agreement import reading
from comity.basis import hurried_json, strict_json
from comity.keys import card_reading, notes
from comity.keys.cards import Card
from comity.statement import authorised, envelope
from comity.statement.envelope import Statement
from comity.tlog import checkpoints, push

_KEPT: Final = 4096
_READERS: Final = (
    reading.read_agreement,
    card_reading.parse_card,
    notes.parse_note,
    envelope.parse_statement,
    checkpoints.parse_checkpoint,
    push.parse_push,
)


@contextmanager
def reading_once() -> Iterator[None]:
    """Let readers remember until the block ends."""
    stands: dict[int, Any] = {id(each): lru_cache(_KEPT)(each) for each in _READERS}
    stands[id(authorised.verify_authority)] = _verifying_once(authorised.verify_authority)
    codec, swapped = strict_json._codec, list[tuple[ModuleType, str, Any]]()
    hurried_json.hurry()
    try:
        for module in _modules():
            for name, value in tuple(vars(module).items()):
                if id(value) in stands:
                    swapped.append((module, name, value))
                    setattr(module, name, stands[id(value)])
        yield
    finally:
        for module, name, value in swapped:
            setattr(module, name, value)
        strict_json.use(codec)


def _verifying_once(verify: Callable[[Statement, Card], None]) -> Callable[..., None]:
    """Remember which statement's note was found right by which card, by the bytes of both."""
    right: set[tuple[bytes, bytes]] = set()

    def verify_once(statement: Statement, card: Card) -> None:
        key = statement.raw, card.raw
        if key not in right:
            verify(statement, card)
            right.add(key)

    return verify_once


def _modules() -> tuple[ModuleType, ...]:
    rooms = ("comity.", "tests.simulator.")
    return tuple(
        module
        for name, module in tuple(sys.modules.items())
        if module is not None and name.startswith(rooms)
    )
