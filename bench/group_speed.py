# SPDX-License-Identifier: Apache-2.0
"""Group commit: changes from many callers at once, each with entry, parcel, judgement and journal.

The floor appends the same bytes to one file and flushes it once for each group, which no store
that keeps its word can do without. The custody file's rows stand below it in the same way.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from bench.measuring import Row, Timing, measure_beside
from comity.adapters.custody_sqlite import SqliteCustody
from comity.adapters.store_sqlite import SqliteStore
from comity.basis.ids import AgreementId, PartyId
from comity.decision.house import allow_house_act
from comity.ports import (
    Basis,
    Change,
    Entries,
    HeldParcel,
    Holding,
    Judgement,
    RegisterRow,
)

ORIGIN = "mod.tokyo.example/register/gsomia-jpn-kor"
JOURNAL = "mod.tokyo.example/journal"
ALLOWED = allow_house_act("bench")
ENTRY, PARCEL, NOTED, WRAPPED = (os.urandom(size) for size in (900, 2_400, 300, 60))
_ROUNDS = 5
_GROUPS = ((1, 100), (64, 20), (512, 4))


def main() -> list[Row]:
    """Measure groups of several sizes, in the store and in custody."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as folder:
        store = opened(Path(folder))
        custody = SqliteCustody(Path(folder) / "custody.sqlite")
        for at_once, groups in _GROUPS:
            rows.append(_storing(store, Path(folder), at_once, groups))
        for at_once, groups in _GROUPS:
            rows.append(_keeping(custody, Path(folder), at_once, groups))
        store.close()
        custody.close()
    return rows


def opened(folder: Path) -> SqliteStore:
    """Make a store that holds a journal and one empty register."""
    store = SqliteStore(folder / "store.sqlite")
    journal = RegisterRow(JOURNAL, Holding.JOURNAL, PartyId("JPN"), None)
    row = RegisterRow(ORIGIN, Holding.OWN, PartyId("JPN"), AgreementId("gsomia-jpn-kor"))
    asyncio.run(store.commit(Change(ALLOWED, registers=(journal, row))))
    return store


async def commit(store: SqliteStore, index: int) -> None:
    """Write what the entering of one item writes."""
    change = Change(
        ALLOWED,
        basis=Basis(((ORIGIN, index),)),
        entries=(Entries(ORIGIN, index, (ENTRY,)),),
        parcels=(HeldParcel(ORIGIN, index, PARCEL),),
        judgements=(Judgement(ORIGIN, index, admitted=True),),
        journal=(NOTED,),
    )
    await store.commit(change)


def append_bare(path: Path, raw: bytes, groups: int) -> None:
    """Append the same bytes to a file, with one flush for each group."""
    with path.open("ab", buffering=0) as file:
        for _ in range(groups):
            file.write(raw)
            os.fdatasync(file.fileno())


def _storing(store: SqliteStore, folder: Path, at_once: int, groups: int) -> Row:
    async def act() -> None:
        head = await store.register(ORIGIN)
        size = head.size if head else 0
        for start in range(size, size + at_once * groups, at_once):
            await asyncio.gather(*(commit(store, index) for index in range(start, start + at_once)))

    before = store.flushes, store.changes
    raw = (ENTRY + PARCEL + NOTED) * at_once
    taken, floor = _measured(act, partial(append_bare, folder / "floor", raw, groups))
    each = (store.flushes - before[0]) / (store.changes - before[1])
    name = f"store: {at_once} changes at once, {each:.3f} flushes each"
    return Row(name=name, taken=taken, floor=floor, amount=at_once * groups, unit="changes")


def _keeping(custody: SqliteCustody, folder: Path, at_once: int, groups: int) -> Row:
    async def act() -> None:
        for _ in range(groups):
            await custody.put(tuple((os.urandom(32).hex(), WRAPPED) for _ in range(at_once)))

    raw = (bytes(64) + WRAPPED) * at_once
    taken, floor = _measured(act, partial(append_bare, folder / "floor", raw, groups))
    name = f"custody: {at_once} keys at once, {1 / at_once:.3f} flushes each"
    return Row(name=name, taken=taken, floor=floor, amount=at_once * groups, unit="keys")


def _measured(
    act: Callable[[], Coroutine[Any, Any, None]], floor: Callable[[], object]
) -> tuple[Timing, Timing | None]:
    return measure_beside(lambda: asyncio.run(act()), floor, rounds=_ROUNDS)
