# SPDX-License-Identifier: Apache-2.0
"""Opening a node for one command: its lock, its keys, its store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from comity.adapters.blobs_files import FileBlobs
from comity.adapters.clock_story import StoryClock
from comity.adapters.clock_system import SystemClock
from comity.adapters.crash import permit_crashes
from comity.adapters.key_envelope import COST_DEFAULT, COST_EXERCISE
from comity.adapters.key_vault import KeyFile
from comity.adapters.keys_file import open_file_keys
from comity.adapters.lock_file import node_lock
from comity.adapters.partner_courier import FileBundles
from comity.adapters.passwords_argon2 import COST_SIGN_IN, Argon2Passwords
from comity.adapters.random_system import SystemRandom
from comity.adapters.store_sqlite import SqliteStore
from comity.adapters.stored_keys import StoredKeys
from comity.basis.errors import EdgeError
from comity.config import ClockKind, Config
from comity.flows.context import Context
from comity.node.at_hand import AtHand
from comity.node.folder import (
    BLOBS_NAME,
    COURIER_NAME,
    FOUNDING_NAME,
    KEYS_NAME,
    STORE_NAME,
    disk,
    load_config,
    refuse_lost_store,
    refuse_other_store,
)
from comity.node.passphrases import PassphraseFiles
from comity.ports import NO_WIRE, Clock, Keys, Partners, Passwords, Ports, Store

LOCK_WAIT_S: Final = 3600.0
"""As long as the largest payload takes to seal or to open on a slow disk."""


@asynccontextmanager
async def open_node(folder: Path, at_hand: AtHand, *, writing: bool) -> AsyncIterator[Context]:
    """Open a node for flows. One that writes waits for every other one that does.

    Raises:
        ConfigError: the folder is no node, or it cannot be used safely.
        EdgeError: the disk failed, or another command holds the node for too long.
    """
    config = load_config(folder)
    permit_crashes(exercise=config.exercise)
    refuse_lost_store(folder)
    with ExitStack() as held:
        if writing:
            held.enter_context(locked(folder, at_hand.wait))
            end_founding(folder)
        context = held.enter_context(open_folder(folder, config, at_hand))
        await refuse_other_store(folder, context.ports.store, config)
        yield context


@contextmanager
def open_passwords(config: Config) -> Iterator[Passwords]:
    """Open what hashes our people's passwords; an exercise's protect nothing and cost little."""
    passwords = Argon2Passwords(COST_EXERCISE if config.exercise else COST_SIGN_IN)
    try:
        yield passwords
    finally:
        passwords.close()


@contextmanager
def open_folder(folder: Path, config: Config, at_hand: AtHand) -> Iterator[Context]:
    """Open keys and store of a folder that is this process's to use."""
    with open_keys(folder, config, at_hand) as keys:
        store = SqliteStore(folder / STORE_NAME)
        try:
            yield Context(config, ports_of(folder, config, store, keys), at_hand.operator)
        finally:
            store.close()


@contextmanager
def open_keys(
    folder: Path,
    config: Config,
    at_hand: AtHand,
    *,
    on_stop: Callable[[str], None] = lambda _: None,
) -> Iterator[StoredKeys]:
    """Open the key files; each passphrase is asked for when its keys are first needed."""
    passphrases = PassphraseFiles(folder, config.passphrases, at_hand.ask)
    keys = open_file_keys(
        folder / KEYS_NAME,
        party=config.party,
        domain=config.domain,
        passphrases=dict.fromkeys(KeyFile, lambda file, new: passphrases.give(file, new=new)),
        cost=COST_EXERCISE if config.exercise else COST_DEFAULT,
        exercise=config.exercise,
        on_stop=on_stop,
    )
    try:
        yield keys
    finally:
        keys.close()


def ports_of(
    folder: Path, config: Config, store: Store, keys: Keys, *, partners: Partners = NO_WIRE
) -> Ports:
    """Put a node's adapters together."""
    return Ports(
        store=store,
        blobs=FileBlobs(folder / BLOBS_NAME),
        keys=keys,
        clock=clock_of(folder, config),
        random=SystemRandom(),
        bundles=FileBundles(folder / COURIER_NAME),
        partners=partners,
    )


def clock_of(folder: Path, config: Config) -> Clock:
    """Give the clock that decides here."""
    return StoryClock(folder) if config.clock is ClockKind.STORY else SystemClock()


@contextmanager
def locked(folder: Path, wait: Callable[[], None]) -> Iterator[None]:
    """Take the node's lock; tell whoever sits there before waiting for it."""
    with ExitStack() as held:
        try:
            held.enter_context(node_lock(folder, wait_s=0))
        except EdgeError as err:
            if err.code != "lock.busy":
                raise
            wait()
            held.enter_context(node_lock(folder, wait_s=LOCK_WAIT_S))
        yield


def end_founding(folder: Path) -> None:
    """Take away the mark that a kill at founding's last step left: a node is never swept."""
    with disk(folder):
        (folder / FOUNDING_NAME).unlink(missing_ok=True)
