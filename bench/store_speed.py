# SPDX-License-Identifier: Apache-2.0
"""The same tree kept in SQLite, flushed at every commit: appending, and proofs at a million.

The floor is the tree's hashing alone; what stands above it is the database and the disk.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from functools import partial
from pathlib import Path

from bench.measuring import Limits, Row, measure, measure_beside
from bench.tlog_speed import hash_bare, made_entries
from comity.adapters.store_sqlite import SqliteStore
from comity.basis.ids import AgreementId, PartyId
from comity.decision.house import allow_house_act
from comity.ports import Change, Entries, Holding, RegisterRow
from comity.tlog.proofs import InclusionProof, prove_inclusion

ORIGIN = "mod.tokyo.example/register/gsomia-jpn-kor"
_SIZE = 1_000_000
_FILL_BATCH = 16_384
_PROOFS = 200
_ROUNDS = 7
_COMMITS = ((1, 100), (100, 10), (1_024, 4))


def main() -> list[Row]:
    """Fill a store, measure proofs, then commits of several sizes."""
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as folder:
        store = opened(Path(folder))
        for start in range(0, _SIZE, _FILL_BATCH):
            numbers = range(start, min(_SIZE, start + _FILL_BATCH))
            entries = tuple(number.to_bytes(4, "big") for number in numbers)
            asyncio.run(commit(store, start, entries))
        rows = [_proving(store)]
        size = _SIZE
        for batch, commits in _COMMITS:
            rows.append(_committing(store, size, batch=batch, commits=commits))
            size += batch * commits * (_ROUNDS + 1)
        store.close()
    return rows


def opened(folder: Path) -> SqliteStore:
    """Make a store that holds one empty register."""
    store = SqliteStore(folder / "store.sqlite")
    row = RegisterRow(ORIGIN, Holding.OWN, PartyId("JPN"), AgreementId("gsomia-jpn-kor"))
    asyncio.run(store.commit(Change(allowed_by=allow_house_act("bench"), registers=(row,))))
    return store


async def commit(store: SqliteStore, start: int, entries: tuple[bytes, ...]) -> None:
    """Append in one transaction, as every act does."""
    change = Change(allowed_by=allow_house_act("bench"), entries=(Entries(ORIGIN, start, entries),))
    await store.commit(change)


async def prove(store: SqliteStore, index: int, size: int) -> InclusionProof:
    """Make one proof, with nothing remembered from another."""
    return prove_inclusion(index, size, await store.node_reader(ORIGIN))


def _proving(store: SqliteStore) -> Row:
    indexes = random.Random(1).sample(range(_SIZE), _PROOFS)

    async def prove_all() -> None:
        for index in indexes:
            await prove(store, index, _SIZE)

    return Row(
        name="inclusion proof at 10⁶ entries: make, from SQLite",
        taken=measure(lambda: asyncio.run(prove_all()), rounds=_ROUNDS),
        amount=_PROOFS,
        unit="proofs",
        limits=Limits(per_second_min=10_000),
    )


def _committing(store: SqliteStore, size: int, *, batch: int, commits: int) -> Row:
    count = batch * commits
    starts = iter(range(size, size + count * (_ROUNDS + 1), count))
    entries = made_entries(0, count)

    async def act() -> None:
        start = next(starts)
        for at in range(0, count, batch):
            await commit(store, start + at, entries[at : at + batch])

    taken, floor = measure_beside(
        lambda: asyncio.run(act()), partial(hash_bare, entries), rounds=_ROUNDS
    )
    return Row(
        name=f"append to SQLite at 10⁶, {batch} in a commit",
        taken=taken,
        floor=floor,
        amount=count,
        unit="entries",
    )
