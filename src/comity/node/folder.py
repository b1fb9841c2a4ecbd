# SPDX-License-Identifier: Apache-2.0
"""A node's folder: what lies in it, whose it is, and what is refused before anything is opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from comity.adapters.durable_files import edge_error
from comity.basis.errors import ConfigError, Problem
from comity.config import CONFIG_BYTES_MAX, CONFIG_NAME, Config, parse_config
from comity.ports import Store

STORE_NAME: Final = "store.sqlite"
BLOBS_NAME: Final = "blobs"
KEYS_NAME: Final = "keys"
COURIER_NAME: Final = "courier"
FOUNDING_NAME: Final = "founding"
OTHERS: Final = 0o077

_OTHERS_WRITE: Final = 0o022


def load_config(folder: Path) -> Config:
    """Read a node's configuration, if the folder is a node and its owner's alone.

    Raises:
        ConfigError: it is not, or the configuration has problems.
    """
    path = folder / CONFIG_NAME
    with disk(path):
        if not folder.is_dir():
            raise _no_node(folder, "no such folder")
        if not path.is_file():
            raise _no_node(folder, f"no {CONFIG_NAME} in it")
        refuse_unsafe(folder)
        refuse_writable_by_others(path)
        with path.open("rb") as file:
            return parse_config(file.read(CONFIG_BYTES_MAX + 1))


def refuse_unsafe(folder: Path) -> None:
    """Refuse a folder that is another user's, or that others on this machine may look into."""
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise config_error(
            "node.other-owner",
            "the node's folder belongs to another user of this machine",
            where=str(folder),
            expected=f"user {os.geteuid()}",
            found=f"user {found.st_uid}",
            hint="run comity as that user",
        )
    if found.st_mode & OTHERS:
        raise open_to_others(folder, found.st_mode, "chmod 700")


def refuse_lost_store(folder: Path) -> None:
    """Refuse a node without its store: an empty one in its place would sign its past anew."""
    with disk(folder / STORE_NAME):
        if not (folder / STORE_NAME).exists():
            raise _other_store(folder, "no such file")


async def refuse_other_store(folder: Path, store: Store, config: Config) -> None:
    """Refuse a store that is empty, or another node's: each begins with its node's own journal."""
    journal = await store.journal()
    if journal is None:
        raise _other_store(folder, "an empty store")
    if journal.party != config.party:
        raise _other_store(folder, f"the store of {journal.party}")


def refuse_writable_by_others(path: Path) -> None:
    """Refuse a configuration that others may change: it can name a command to run."""
    found = path.stat()
    if found.st_mode & _OTHERS_WRITE or found.st_uid != os.geteuid():
        raise open_to_others(path, found.st_mode, "chmod 600")


@contextmanager
def disk(path: Path) -> Iterator[None]:
    """Turn what the operating system says about `path` into our errors."""
    try:
        yield
    except OSError as err:
        raise edge_error(err, str(path)) from err


def _no_node(folder: Path, found: str) -> ConfigError:
    return config_error(
        "node.not-a-node",
        "this folder is not a node",
        where=str(folder),
        expected=f"a folder that comity init made, with {CONFIG_NAME} in it",
        found=found,
        hint="name the node's folder with --node, or make one: comity init DIR",
    )


def _other_store(folder: Path, found: str) -> ConfigError:
    return config_error(
        "node.other-store",
        "the node's own store is not in its folder",
        where=str(folder / STORE_NAME),
        expected="the store that this node has written since it was made",
        found=found,
        hint="restore it from a backup; partners' mirrors hold what was said since",
    )


def open_to_others(path: Path, mode: int, remedy: str) -> ConfigError:
    """Say that a file or folder is not its owner's alone."""
    return config_error(
        "node.open-to-others",
        "others on this machine may read or change it",
        where=str(path),
        expected="rights for its owner alone",
        found=f"{mode & 0o777:04o}",
        hint=f"{remedy} {path}",
    )


def config_error(
    code: str, what: str, *, where: str, expected: str = "", found: str = "", hint: str = ""
) -> ConfigError:
    """Say the one thing that keeps the node from starting."""
    return ConfigError(code, what, (Problem(code, where, what, expected, found, hint),))
