# SPDX-License-Identifier: Apache-2.0
"""Builders for the store's contract tests."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

from comity.basis.encoding import encode_base64
from comity.basis.ids import AgreementId, PartyId
from comity.decision.stages import Allowed
from comity.ports import (
    Change,
    Entries,
    Holding,
    Position,
    RegisterRow,
    SizedNote,
    Store,
)
from comity.tlog.checkpoints import checkpoint_text
from comity.tlog.tree import EMPTY_EDGE, append_leaves, edge_root, leaf_hash
from comity.tlog.tree_head import Checkpoint

T = TypeVar("T")

ALLOWED = Allowed("test", (), None)
JPN, KOR = PartyId("JPN"), PartyId("KOR")
GSOMIA = AgreementId("gsomia-jpn-kor")
OWN = "jpn.example/register/gsomia-jpn-kor"
MIRROR = "kor.example/register/gsomia-jpn-kor"
OTHER = "jpn.example/register/other"
JOURNAL = "jpn.example/journal"
OWN_ROW = RegisterRow(OWN, Holding.OWN, JPN, GSOMIA)
MIRROR_ROW = RegisterRow(MIRROR, Holding.MIRROR, KOR, GSOMIA)
JOURNAL_ROW = RegisterRow(JOURNAL, Holding.JOURNAL, JPN, None)


def run(coroutine: Coroutine[object, object, T]) -> T:
    return asyncio.run(coroutine)


def change(**parts: object) -> Change:
    return Change(allowed_by=ALLOWED, **parts)  # type: ignore[arg-type] # keywords of Change


def some_entries(count: int, start: int = 0) -> tuple[bytes, ...]:
    return tuple(f"entry {index}".encode() for index in range(start, start + count))


def tree_of(entries: tuple[bytes, ...]) -> bytes:
    return edge_root(append_leaves(EMPTY_EDGE, [leaf_hash(entry) for entry in entries]).edge)


def note_of(origin: str, size: int, root: bytes, mark: int = 1) -> SizedNote:
    """A note whose signature nobody checks here: the store keeps what the flow has verified."""
    line = encode_base64(bytes([mark]) * 68)
    text = checkpoint_text(Checkpoint(origin, size, root))
    return SizedNote(origin, size, f"{text}\n— {origin} {line}\n".encode())


def commit(store: Store, **parts: object) -> tuple[Position, ...]:
    return run(store.commit(change(**parts))).positions


def open_own(store: Store, count: int = 0) -> None:
    commit(store, registers=(OWN_ROW,), entries=(Entries(OWN, 0, some_entries(count)),))
