# SPDX-License-Identifier: Apache-2.0
"""A process in which many tasks write to one store and one custody, and say what is durable.

Each task has a register of its own; all share the journal. A line is printed only after the call
has returned. Run: python load_child.py FOLDER FIRST COUNT [FILE_BYTES_MAX]
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from pathlib import Path

from comity.adapters.custody_sqlite import SqliteCustody
from comity.adapters.store_sqlite import SqliteStore
from comity.basis.errors import ComityError
from comity.basis.ids import AgreementId, PartyId
from comity.decision.stages import Allowed
from comity.ports import (
    Basis,
    Change,
    Document,
    Entries,
    HeldParcel,
    Holding,
    Judgement,
    RegisterRow,
)

WRITERS = 24
JPN = PartyId("JPN")
JOURNAL = "jpn.example/journal"
ALLOWED = Allowed("test", ())


def origin_of(who: int) -> str:
    return f"jpn.example/register/with-{who}"


def text_of(who: int, number: int) -> str:
    return f"{who} {number}"


def acknowledge(*words: object) -> None:
    os.write(1, f"{' '.join(map(str, words))}\n".encode())


async def write(store: SqliteStore, custody: SqliteCustody, who: int, first: int) -> None:
    """Keep a key, then enter, with everything else that an act writes; erase an older parcel."""
    origin, text = origin_of(who), text_of(who, first)
    head = await store.register(origin)
    size = head.size if head else 0
    await custody.put(((f"key {text}", f"wrapped {text}".encode()),))
    acknowledge("key", text)
    row = RegisterRow(origin, Holding.OWN, JPN, AgreementId(f"with-{who}"))
    gone = (HeldParcel(origin, size - 1, None),) if size % 5 == 4 else ()
    change = Change(
        ALLOWED,
        basis=Basis(((origin, size),)),
        registers=() if head else (row,),
        entries=(Entries(origin, size, (text.encode(),)),),
        parcels=(HeldParcel(origin, size, f"parcel {text} ".encode() * 100), *gone),
        judgements=(Judgement(origin, size, admitted=True),),
        documents=(Document("count", origin, str(size + 1).encode()),),
        journal=(f"journal {text}".encode(),),
    )
    await store.commit(change)
    acknowledge("entry", text)


async def write_all(store: SqliteStore, custody: SqliteCustody, who: int, numbers: range) -> None:
    for number in numbers:
        try:
            await write(store, custody, who, number)
        except ComityError as err:
            acknowledge("refused", err.code)
            return


async def main(folder: Path, first: int, count: int) -> None:
    stopped: list[str] = []
    store = SqliteStore(folder / "store.sqlite", on_stop=stopped.append)
    custody = SqliteCustody(folder / "custody.sqlite", on_stop=stopped.append)
    if await store.journal() is None:
        row = RegisterRow(JOURNAL, Holding.JOURNAL, JPN, None)
        await store.commit(Change(ALLOWED, registers=(row,)))
    numbers = range(first, first + count)
    await asyncio.gather(*(write_all(store, custody, who, numbers) for who in range(WRITERS)))
    acknowledge("flushes", store.flushes, custody.flushes)
    for reason in stopped:
        acknowledge("stopped", reason)
    store.close()
    custody.close()


if __name__ == "__main__":
    if len(sys.argv) > 4:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limit = int(sys.argv[4])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
