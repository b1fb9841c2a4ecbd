# SPDX-License-Identifier: Apache-2.0
"""Key files in a folder of the owner's alone: root.key, authority.key, node.key.

Beside them lie custody.sqlite and the TLS key. A file is replaced whole; what a crash leaves is the
old or the new one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from comity.adapters.custody_sqlite import SqliteCustody
from comity.adapters.durable_files import (
    edge_error,
    make_folder,
    sweep_temporaries,
    sync_folder,
    write_durably,
)
from comity.adapters.key_envelope import COST_DEFAULT, KEY_FILE_BYTES_MAX, KdfCost
from comity.adapters.key_vault import KeyFile, PassphraseSource, Vault
from comity.adapters.lock_file import node_lock
from comity.adapters.stored_keys import CustodyRows, StoredKeys
from comity.adapters.tls_keys import TlsKeys
from comity.basis.errors import ConfigError, Problem
from comity.basis.ids import Domain, PartyId

CUSTODY_NAME = "custody.sqlite"
_OTHERS = 0o077


class FileKeyStorage:
    """Key files in one folder."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, making it when new.

        Raises:
            ConfigError: others may read it.
        """
        self._folder = folder
        self._paths = {file: folder / f"{file}.key" for file in KeyFile}
        self._names = {file: str(path) for file, path in self._paths.items()}
        self._kept: dict[KeyFile, tuple[os.stat_result, bytes]] = {}
        try:
            make_folder(folder)
            _refuse_open_to_others(folder)
        except OSError as err:
            raise edge_error(err, str(folder)) from err

    def read(self, file: KeyFile) -> bytes | None:
        """Return a file's bytes, or None when there is no such file.

        A file is replaced whole, by another one: while it is the same, so are its bytes.
        """
        try:
            now = os.stat(self._names[file])
        except OSError:
            return _read(self._paths[file])
        kept = self._kept.get(file)
        if kept is not None and _same(kept[0], now):
            return kept[1]
        raw = _read(self._paths[file])
        if raw is not None:
            self._kept[file] = now, raw
        return raw

    def write(self, file: KeyFile, raw: bytes) -> None:
        """Put a file's bytes in place, whole or not at all; durable when this returns.

        What a kill left of an earlier write goes: it may hold keys that are destroyed since.
        """
        _write(self._paths[file], raw)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from changing key files meanwhile."""
        with node_lock(self._folder):
            yield


class FileTlsStorage:
    """TLS keys and their certificates, in the folder of the key files."""

    def __init__(self, folder: Path) -> None:
        """Use a folder that `FileKeyStorage` found safe."""
        self._folder = folder

    def read(self, name: str) -> bytes | None:
        """Return a file's bytes, or None when there is no such file."""
        return _read(self._folder / name)

    def write(self, name: str, raw: bytes) -> None:
        """Put a file's bytes in place, whole or not at all; durable when this returns."""
        _write(self._folder / name, raw)

    def rename(self, old: str, new: str) -> None:
        """Put one file in the place of another; durable when this returns."""
        try:
            (self._folder / old).replace(self._folder / new)
            sync_folder(self._folder)
        except OSError as err:
            raise edge_error(err, str(self._folder / old)) from err


def open_file_keys(
    folder: Path,
    *,
    party: PartyId,
    domain: Domain,
    passphrases: Mapping[KeyFile, PassphraseSource],
    cost: KdfCost = COST_DEFAULT,
    exercise: bool = False,
    on_stop: Callable[[str], None] = lambda _: None,
    custody: CustodyRows | None = None,
) -> StoredKeys:
    """Open a node's keys; no passphrase is asked for before one is needed.

    `on_stop` is called from any thread, with the reason, when custody can keep no key any more.
    `custody` stands in for the custody file where another process has that.
    """
    storage = FileKeyStorage(folder)
    vaults = {
        file: Vault(file, storage, passphrases[file], cost=cost, exercise=exercise)
        for file in KeyFile
    }
    if custody is None:
        custody = SqliteCustody(folder / CUSTODY_NAME, on_stop=on_stop)
    tls = TlsKeys(FileTlsStorage(folder), domain)
    return StoredKeys(party=party, domain=domain, vaults=vaults, custody=custody, tls=tls)


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    """Answer whether a file was neither replaced, written nor opened to others meanwhile."""
    return (one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns, one.st_mode) == (
        other.st_ino,
        other.st_size,
        other.st_mtime_ns,
        other.st_ctime_ns,
        other.st_mode,
    )


def _read(path: Path) -> bytes | None:
    try:
        _refuse_open_to_others(path)
        with path.open("rb") as opened:
            return opened.read(KEY_FILE_BYTES_MAX + 1)
    except FileNotFoundError:
        return None
    except OSError as err:
        raise edge_error(err, str(path)) from err


def _write(path: Path, raw: bytes) -> None:
    try:
        write_durably(path, raw)
        sweep_temporaries(path.parent)
    except OSError as err:
        raise edge_error(err, str(path)) from err


def _refuse_open_to_others(path: Path) -> None:
    mode = path.stat().st_mode
    if mode & _OTHERS:
        what = "others on this machine may read the keys"
        raise ConfigError(
            "keys.open-to-others",
            what,
            (
                Problem(
                    "keys.open-to-others",
                    str(path),
                    what,
                    "0700 for the folder, 0600 for files",
                    f"{mode & 0o777:04o}",
                    "take those rights away",
                ),
            ),
        )
