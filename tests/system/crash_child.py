# SPDX-License-Identifier: Apache-2.0
"""A process that writes to a node's store, blobs, keys and custody, and says what is durable.

It prints a line only after the call has returned: what is printed must be there after any crash.
Run: python crash_child.py FOLDER FIRST COUNT
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Final

from comity.adapters.blobs_files import FileBlobs
from comity.adapters.key_envelope import COST_EXERCISE
from comity.adapters.key_vault import KeyFile
from comity.adapters.keys_file import open_file_keys
from comity.adapters.store_sqlite import SqliteStore
from comity.adapters.stored_keys import StoredKeys
from comity.basis.errors import EdgeError
from comity.basis.ids import AgreementId, Domain, PartyId
from comity.decision.stages import Allowed
from comity.ports import (
    Basis,
    BasisMoved,
    Change,
    Document,
    Entries,
    HeldParcel,
    Holding,
    RegisterRow,
)

JPN = PartyId("JPN")
OWN = "jpn.example/register/gsomia-jpn-kor"
JOURNAL = "jpn.example/journal"
ALLOWED = Allowed("test", ())
_ERASES_MAX: Final = 1_000
ROWS = (
    RegisterRow(OWN, Holding.OWN, JPN, AgreementId("gsomia-jpn-kor")),
    RegisterRow(JOURNAL, Holding.JOURNAL, JPN, None),
)


def open_keys(folder: Path) -> StoredKeys:
    return open_file_keys(
        folder / "keys",
        party=JPN,
        domain=Domain("jpn.example"),
        passphrases={file: lambda _file, _new: "exercise" for file in KeyFile},
        cost=COST_EXERCISE,
        exercise=True,
    )


def open_store(folder: Path) -> SqliteStore:
    return SqliteStore(folder / "store.sqlite")


def acknowledge(*words: object) -> None:
    print(*words, flush=True)


async def enter(store: SqliteStore, text: str) -> None:
    """Append an entry, its journal entry and a counter; again when another process was first."""
    while True:
        own, journal = await store.register(OWN), await store.register(JOURNAL)
        rows = ROWS if own is None else ()
        size = own.size if own else 0
        counted = int(await store.document("count", "entries") or b"0")
        change = Change(
            ALLOWED,
            basis=Basis(((OWN, size), (JOURNAL, journal.size if journal else 0))),
            registers=rows,
            entries=(Entries(OWN, size, (text.encode(),)),),
            parcels=(HeldParcel(OWN, size, f"parcel {text}".encode()),),
            documents=(Document("count", "entries", str(counted + 1).encode()),),
            journal=(f"journal {text}".encode(),),
        )
        try:
            await store.commit(change)
        except BasisMoved:
            continue
        acknowledge("entry", text)
        return


async def erase_first(store: SqliteStore) -> None:
    """Erase the parcel of the first entry, again and again: it is gone when this returns."""
    await store.commit(Change(ALLOWED, parcels=(HeldParcel(OWN, 0, None),)))
    acknowledge("erased", 0)


async def erase_key(keys: StoredKeys, item_ref: str) -> None:
    """Erase a key, again where another process reads the file just then, as the error says."""
    for _ in range(_ERASES_MAX):
        try:
            return await keys.erase_item_key(item_ref)
        except EdgeError as err:
            if err.code != "custody.not-erased":
                raise
        await asyncio.sleep(0.01)
    raise AssertionError("others read the custody file all the time")


async def write(folder: Path, first: int, count: int) -> None:
    store, blobs, keys = open_store(folder), FileBlobs(folder / "blobs"), open_keys(folder)
    for number in range(first, first + count):
        await enter(store, f"{number}")
        await erase_first(store)
        stored = await blobs.write([b"parcel ", str(number).encode()])
        acknowledge("blob", stored.digest)
        await keys.new_key_set(number)
        acknowledge("keys", number)
        await keys.keep_item_key(f"item {number}", number.to_bytes(32))
        acknowledge("kept", f"item {number}")
        await keys.keep_item_key("passing", bytes(32))
        await erase_key(keys, "passing")
        await blobs.delete((await blobs.write([b"passing"])).digest)
        await store.replace_derived(ALLOWED, (), (Document("derived.x", "a", b"1"),), basis=Basis())
        acknowledge("round", number)
    store.close()
    keys.close()


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
