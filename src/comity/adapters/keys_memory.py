# SPDX-License-Identifier: Apache-2.0
"""Keys in memory, for tests and the simulator: the same procedures over no files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from comity.adapters.key_envelope import COST_EXERCISE
from comity.adapters.key_vault import KeyFile, Vault
from comity.adapters.stored_keys import MakeKey, StoredKeys
from comity.basis.ids import Domain, PartyId
from comity.keys.signing import generate_private

_PASSPHRASE = "exercise"


class MemoryKeyStorage:
    """Key files that end with their process."""

    def __init__(self) -> None:
        """Begin empty."""
        self._files: dict[KeyFile, bytes] = {}

    def read(self, file: KeyFile) -> bytes | None:
        """Return a file's bytes, or None when there is no such file."""
        return self._files.get(file)

    def write(self, file: KeyFile, raw: bytes) -> None:
        """Put a file's bytes in place."""
        self._files[file] = raw

    @contextmanager
    def locked(self) -> Iterator[None]:
        """There are no others."""
        yield


class MemoryCustody:
    """Re-wrapped item keys that end with their process."""

    def __init__(self) -> None:
        """Begin empty."""
        self._rows: dict[str, bytes] = {}

    async def put(self, rows: tuple[tuple[str, bytes], ...]) -> None:
        """Keep, in place of what was there."""
        self._rows.update(rows)

    async def held(self, item_refs: frozenset[str]) -> frozenset[str]:
        """Return those of `item_refs` that are kept."""
        return item_refs & self._rows.keys()

    async def get(self, item_ref: str) -> bytes | None:
        """Return what is kept, or None."""
        return self._rows.get(item_ref)

    async def erase(self, item_ref: str) -> None:
        """Remove."""
        self._rows.pop(item_ref, None)

    async def refs(self) -> tuple[str, ...]:
        """List what is kept, sorted."""
        return tuple(sorted(self._rows))

    def close(self) -> None:
        """Nothing to release."""


def open_memory_keys(
    *, party: PartyId, domain: Domain, make_key: MakeKey = generate_private
) -> StoredKeys:
    """Give keys in memory; `make_key` may make them from fixed seeds."""
    storage = MemoryKeyStorage()
    vaults = {
        file: Vault(
            file, storage, lambda _file, _new: _PASSPHRASE, cost=COST_EXERCISE, exercise=True
        )
        for file in KeyFile
    }
    return StoredKeys(
        party=party, domain=domain, vaults=vaults, custody=MemoryCustody(), make_key=make_key
    )
