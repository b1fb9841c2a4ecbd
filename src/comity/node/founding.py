# SPDX-License-Identifier: Apache-2.0
"""Founding a node in an empty folder, and setting an exercise's clock.

The configuration is written last: a folder without one is no node, whatever a crash left in it.
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from comity.adapters.clock_story import StoryClock
from comity.adapters.crash import permit_crashes
from comity.adapters.durable_files import (
    is_temporary,
    make_folder,
    sweep_temporaries,
    sync_folder,
    write_durably,
)
from comity.adapters.lock_file import LOCK_NAME, node_lock
from comity.basis.errors import StateError, excerpt
from comity.basis.instants import Instant
from comity.config import CONFIG_NAME, ClockKind, Config, SourceKind, format_config, parse_config
from comity.flows.set_up import CardWords, found_node
from comity.keys.cards import Card
from comity.node.at_hand import AtHand
from comity.node.folder import (
    BLOBS_NAME,
    COURIER_NAME,
    FOUNDING_NAME,
    KEYS_NAME,
    STORE_NAME,
    config_error,
    disk,
    load_config,
    refuse_unsafe,
)
from comity.node.opening import open_folder
from comity.node.passphrases import EXERCISE_PASSPHRASE_NAME, EXERCISE_PASSPHRASES


async def found(
    folder: Path, config: Config, at_hand: AtHand, *, started: Instant | None = None
) -> Card:
    """Make a node in an empty folder, and return its first card.

    1. what a crash left of an earlier attempt is swept away;
    2. a story's clock starts at `started`; an exercise gets its own passphrase file;
    3. keys, card and journal are made;
    4. the configuration is written: from now on the folder is a node.

    Raises:
        ConfigError: the configuration cannot be used, or others may read the folder.
        StateError: the folder is a node already, or holds something else.
    """
    parse_config(format_config(config).encode())
    permit_crashes(exercise=config.exercise)
    with disk(folder):
        make_folder(folder)
        refuse_unsafe(folder)
        _refuse_used(folder, config)
        with node_lock(folder):
            _refuse_used(folder, config)
            _sweep(folder)  # 1
            _prepare(folder, config, started)  # 2
            with open_folder(folder, config, at_hand) as context:
                words = CardWords(config.names, config.competent_authority, config.addresses)
                card = await found_node(context, words)  # 3
            write_durably(folder / CONFIG_NAME, format_config(config).encode())  # 4
            (folder / FOUNDING_NAME).unlink()
            sync_folder(folder)
    return card


def set_story_clock(folder: Path, instant: Instant) -> None:
    """Let an exercise's clock reach `instant`.

    Raises:
        ConfigError: the node goes by the machine's clock.
    """
    if load_config(folder).clock is not ClockKind.STORY:
        raise config_error(
            "node.no-story",
            "this node goes by the machine's clock",
            where=str(folder),
            expected="a node that was made for an exercise with a clock of its own",
        )
    StoryClock(folder).set(instant)


def _refuse_used(folder: Path, config: Config) -> None:
    """Refuse to found a node where there is one, or where something else lies."""
    if (folder / CONFIG_NAME).exists():
        raise StateError(
            "node.exists",
            "this folder is a node already",
            where=str(folder),
            hint="use it, or name another folder",
        )
    if (folder / FOUNDING_NAME).exists():
        return
    expected = {LOCK_NAME, "lost+found"}
    for setting in (config.passphrases.root, config.passphrases.authority, config.passphrases.node):
        if setting.kind is SourceKind.FILE:
            expected.add(setting.value)
    names = sorted(path.name for path in folder.iterdir() if not is_temporary(path.name))
    foreign = [name for name in names if name not in expected]
    if foreign:
        raise StateError(
            "node.not-empty",
            "the folder is not empty",
            where=str(folder),
            found=excerpt(", ".join(foreign)),
            hint="name a folder that does not exist yet, or an empty one",
        )


def _sweep(folder: Path) -> None:
    """Remove what a crash left of an earlier founding: keys that no card was ever shown for."""
    sweep_temporaries(folder)
    if not (folder / FOUNDING_NAME).exists():
        return
    for name in (KEYS_NAME, BLOBS_NAME, COURIER_NAME):
        shutil.rmtree(folder / name, ignore_errors=True)
    for path in folder.glob(f"{STORE_NAME}*"):
        path.unlink()


def _prepare(folder: Path, config: Config, started: Instant | None) -> None:
    write_durably(folder / FOUNDING_NAME, b"")
    if config.clock is ClockKind.STORY and started is not None:
        StoryClock(folder).set(started)
    if config.exercise and config.passphrases == EXERCISE_PASSPHRASES:
        words = secrets.token_urlsafe(24)
        write_durably(folder / EXERCISE_PASSPHRASE_NAME, f"{words}\n".encode())
