# SPDX-License-Identifier: Apache-2.0
"""Opening a node for one command: its lock, its keys, its store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from comity.adapters.blobs_files import FileBlobs
from comity.adapters.clock_story import StoryClock
from comity.adapters.clock_system import SystemClock
from comity.adapters.crash import permit_crashes
from comity.adapters.key_envelope import COST_DEFAULT, COST_EXERCISE
from comity.adapters.key_vault import KeyFile
from comity.adapters.keys_file import open_file_keys
from comity.adapters.partner_courier import FileBundles
from comity.adapters.passwords_argon2 import COST_SIGN_IN, Argon2Passwords
from comity.adapters.random_system import SystemRandom
from comity.adapters.store_sqlite import SqliteStore
from comity.adapters.stored_keys import CustodyRows, StoredKeys
from comity.config import ClockKind, Config
from comity.flows.context import Context
from comity.node.at_hand import AtHand
from comity.node.folder import (
    BLOBS_NAME,
    COURIER_NAME,
    KEYS_NAME,
    STORE_NAME,
    load_config,
    refuse_lost_store,
    refuse_other_store,
)
from comity.node.passphrases import PassphraseFiles
from comity.node.ways import find_way
from comity.ports import NO_WIRE, NODE_DELIVERS, Clock, Keys, Partners, Passwords, Ports, Store

if TYPE_CHECKING:
    from comity.adapters.node_socket_client import NodeLink


@asynccontextmanager
async def open_node(folder: Path, at_hand: AtHand, *, writing: bool) -> AsyncIterator[Context]:
    """Open a node for flows. One that writes waits for every other one that does.

    While the node is served, the served process writes and uses the node's keys for us.

    Raises:
        ConfigError: the folder is no node, or it cannot be used safely.
        EdgeError: the disk failed, or another command holds the node for too long.
    """
    config = load_config(folder)
    permit_crashes(exercise=config.exercise)
    refuse_lost_store(folder)
    async with AsyncExitStack() as held:
        way = await held.enter_async_context(find_way(folder, config, at_hand, writing=writing))
        if way is None:
            context = held.enter_context(open_folder(folder, config, at_hand))
        else:
            context = held.enter_context(open_beside(folder, config, at_hand, way))
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
def open_beside(folder: Path, config: Config, at_hand: AtHand, link: NodeLink) -> Iterator[Context]:
    """Open a folder that a served node holds: to read, and to ask the node for the rest."""
    from comity.adapters.keys_remote import RemoteKeys, ServedCustody
    from comity.adapters.store_remote import RemoteStore

    with open_keys(folder, config, at_hand, custody=ServedCustody()) as near:
        store = RemoteStore(folder / STORE_NAME, link)
        try:
            keys = RemoteKeys(near, link)
            ports = ports_of(folder, config, store, keys, partners=NODE_DELIVERS)
            yield Context(config, ports, at_hand.operator)
        finally:
            store.close()


@contextmanager
def open_keys(
    folder: Path,
    config: Config,
    at_hand: AtHand,
    *,
    on_stop: Callable[[str], None] = lambda _: None,
    custody: CustodyRows | None = None,
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
        custody=custody,
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
