# SPDX-License-Identifier: Apache-2.0
"""One key file: read, unlocked when first needed, changed whole, under a lock between processes.

The passphrase is asked for once in a process. Rewriting keeps the salt, so it is not asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from comity.adapters.crash import crash_point
from comity.adapters.key_envelope import (
    COST_DEFAULT,
    Envelope,
    KdfCost,
    Lock,
    check_cost,
    check_new_passphrase,
    lock_of,
    new_lock,
    open_envelope,
    parse_envelope,
    seal_envelope,
)
from comity.adapters.key_ring import Ring, format_public, format_ring, parse_public, parse_ring
from comity.basis.errors import StateError
from comity.ports import PublicKey


class KeyFile(StrEnum):
    """The three key files. Each has a passphrase of its own."""

    ROOT = "root"
    AUTHORITY = "authority"
    NODE = "node"


class KeyStorage(Protocol):
    """Where key files' bytes are."""

    def read(self, file: KeyFile) -> bytes | None:
        """Return a file's bytes, or None when there is no such file."""

    def write(self, file: KeyFile, raw: bytes) -> None:
        """Put a file's bytes in place, whole or not at all; durable when this returns."""

    def locked(self) -> AbstractContextManager[None]:
        """Keep other processes from changing key files meanwhile."""


PassphraseSource = Callable[[KeyFile, bool], str]
"""Gives the passphrase of a key file; the second argument says that it is a new one."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file's bytes, and what they hold unlocked."""

    raw: bytes
    lock: Lock = field(repr=False)
    ring: Ring = field(repr=False)


class Vault:
    """One key file of a node."""

    def __init__(
        self,
        file: KeyFile,
        storage: KeyStorage,
        passphrase: PassphraseSource,
        *,
        cost: KdfCost = COST_DEFAULT,
        exercise: bool = False,
    ) -> None:
        """Read nothing yet."""
        check_cost(cost, exercise=exercise, where=f"{file}.key")
        self._file = file
        self._storage = storage
        self._passphrase = passphrase
        self._cost = cost
        self._exercise = exercise
        self._opened: _Opened | None = None

    def public(self) -> Mapping[int, tuple[PublicKey, ...]]:
        """Give the public keys by set; no file, no keys. They are not authenticated here."""
        raw = self._storage.read(self._file)
        if raw is None:
            return {}
        return parse_public(self._envelope(raw).public, self._where)

    def ring(self) -> Ring:
        """Unlock and give the keys.

        Raises:
            StateError: there is no such file, or its passphrase is wrong.
        """
        raw = self._storage.read(self._file)
        if raw is None:
            raise StateError(
                "keys.no-file",
                "there is no such key file",
                where=self._where,
                hint="make the keys first, or bring the file from where it is kept",
            )
        return self._unlocked(raw).ring

    def change(self, make: Callable[[Ring], Ring]) -> Ring:
        """Put what `make` gives in place of the keys held; a file that is not there is begun."""
        with self._storage.locked():
            held, lock = self._held()
            ring = make(held)
            raw = seal_envelope(self._file, format_public(ring), format_ring(ring), lock)
            crash_point("keys.before-write")
            self._storage.write(self._file, raw)
            crash_point("keys.after-write")
            self._opened = _Opened(raw, lock, ring)
        return ring

    def forget(self) -> None:
        """Drop the unlocked keys from memory's reach; the next use asks again."""
        self._opened = None

    @property
    def _where(self) -> str:
        return f"{self._file}.key"

    def _held(self) -> tuple[Ring, Lock]:
        """Give what a change begins with; a new file asks for a new passphrase."""
        raw = self._storage.read(self._file)
        if raw is not None:
            opened = self._unlocked(raw)
            return opened.ring, opened.lock
        passphrase = self._passphrase(self._file, True)
        check_new_passphrase(passphrase, exercise=self._exercise, where=self._where)
        return Ring(), new_lock(passphrase, self._cost)

    def _unlocked(self, raw: bytes) -> _Opened:
        opened = self._opened
        if opened is None or opened.raw != raw:
            opened = self._opened = self._open(raw, opened.lock if opened else None)
        return opened

    def _open(self, raw: bytes, lock: Lock | None) -> _Opened:
        envelope = self._envelope(raw)
        if lock is None or (lock.cost, lock.salt) != (envelope.cost, envelope.salt):
            lock = lock_of(envelope, self._passphrase(self._file, False))
        ring = parse_ring(open_envelope(envelope, lock, self._where), self._where)
        return _Opened(raw, lock, ring)

    def _envelope(self, raw: bytes) -> Envelope:
        envelope = parse_envelope(raw, self._where)
        check_cost(envelope.cost, exercise=self._exercise, where=self._where)
        if envelope.purpose != self._file:
            raise StateError(
                "keys.other-file",
                "the key file has another purpose",
                where=self._where,
                expected=self._file,
                found=envelope.purpose,
            )
        return envelope
