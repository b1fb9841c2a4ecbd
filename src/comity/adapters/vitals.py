# SPDX-License-Identifier: Apache-2.0
"""What a node's folder says of its disk and its store, for whoever looks for what is wrong."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from comity.basis.errors import EdgeError


@dataclass(frozen=True, slots=True)
class Vitals:
    """`journal_mode` is how the store's file is written; `store_bytes` is its size."""

    free_bytes: int
    store_bytes: int
    journal_mode: str


def read_vitals(folder: Path, store: Path) -> Vitals:
    """Look at the disk of a folder and at the store in it; nothing is written.

    Raises:
        EdgeError: the disk or the store cannot be read.
    """
    try:
        free = shutil.disk_usage(folder).free
        size = store.stat().st_size
        database = sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True)
        try:
            (mode,) = database.execute("PRAGMA journal_mode").fetchone()
        finally:
            database.close()
    except (OSError, sqlite3.Error) as err:
        raise EdgeError(
            "store.unreadable", "the store's file cannot be looked at", where=store.name
        ) from err
    return Vitals(free, size, str(mode))
