# SPDX-License-Identifier: Apache-2.0
"""A node's folder: configuration → adapters → what flows are given. Nothing else names an adapter.

`comity.toml`, `store.sqlite`, `blobs/`, `keys/`, `courier/`, `lock`, and in an exercise its clock.
The configuration is written last: a folder without one is no node, whatever a crash left in it.
"""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from comity.adapters.blobs_files import FileBlobs
from comity.adapters.clock_story import StoryClock
from comity.adapters.clock_system import SystemClock
from comity.adapters.crash import permit_crashes
from comity.adapters.durable_files import (
    edge_error,
    is_temporary,
    make_folder,
    sweep_temporaries,
    sync_folder,
    write_durably,
)
from comity.adapters.key_envelope import COST_DEFAULT, COST_EXERCISE
from comity.adapters.key_vault import KeyFile
from comity.adapters.keys_file import open_file_keys
from comity.adapters.lock_file import LOCK_NAME, node_lock
from comity.adapters.partner_courier import FileBundles
from comity.adapters.passwords_argon2 import COST_SIGN_IN, Argon2Passwords
from comity.adapters.random_system import SystemRandom
from comity.adapters.store_sqlite import SqliteStore
from comity.basis.errors import ConfigError, EdgeError, Problem, StateError, excerpt
from comity.basis.instants import Instant
from comity.config import (
    CONFIG_BYTES_MAX,
    CONFIG_NAME,
    ClockKind,
    Config,
    Passphrases,
    PassphraseSetting,
    SourceKind,
    format_config,
    parse_config,
)
from comity.flows.context import Context
from comity.flows.set_up import CardWords, found_node
from comity.keys.cards import Card
from comity.ports import Clock, Passwords, Ports

STORE_NAME: Final = "store.sqlite"
BLOBS_NAME: Final = "blobs"
KEYS_NAME: Final = "keys"
COURIER_NAME: Final = "courier"
EXERCISE_PASSPHRASE_NAME: Final = "exercise-passphrase"
LOCK_WAIT_S: Final = 3600.0
"""As long as the largest payload takes to seal or to open on a slow disk."""

_FOUNDING_NAME: Final = "founding"
_OTHERS: Final = 0o077
_OTHERS_WRITE: Final = 0o022
_PASSPHRASE_BYTES_MAX: Final = 4096
_COMMAND_WAIT_S: Final = 60.0

EXERCISE_PASSPHRASES: Final = Passphrases(
    *[PassphraseSetting(SourceKind.FILE, EXERCISE_PASSPHRASE_NAME)] * 3
)
"""For exercise nodes: one file, made when the node is founded, opens all keys."""


class AskPassphrase(Protocol):
    """Asks a person for the passphrase of a key file: root, authority or node."""

    def __call__(self, key_file: str, *, new: bool) -> str:
        """Return what the person typed; `new` where there is no such key file yet."""


@dataclass(frozen=True, slots=True)
class AtHand:
    """Who sits at the machine, and how to reach that person.

    `wait` is called once, before waiting for another command on the same node.
    """

    operator: str
    ask: AskPassphrase
    wait: Callable[[], None] = lambda: None


def ask_nobody(key_file: str, *, new: bool) -> str:
    """Stand in for a person where there is none.

    Raises:
        ConfigError: always.
    """
    del new
    raise _config_error(
        "node.no-passphrase",
        "nobody is there to type the passphrase",
        where=f"{key_file}.key",
        expected="a terminal, or another source of the passphrase",
        hint=f"name one under [passphrases] in {CONFIG_NAME}: file:, command: or environment:",
    )


@asynccontextmanager
async def open_node(folder: Path, at_hand: AtHand, *, writing: bool) -> AsyncIterator[Context]:
    """Open a node for flows. One that writes waits for every other one that does.

    Raises:
        ConfigError: the folder is no node, or it cannot be used safely.
        EdgeError: the disk failed, or another command holds the node for too long.
    """
    config = load_config(folder)
    permit_crashes(exercise=config.exercise)
    _refuse_lost_store(folder)
    with ExitStack() as held:
        if writing:
            held.enter_context(_locked(folder, at_hand.wait))
            _end_founding(folder)
        context = held.enter_context(_open(folder, config, at_hand))
        await _refuse_other_store(folder, context)
        yield context


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
    with _disk(folder):
        make_folder(folder)
        _refuse_unsafe(folder)
        _refuse_used(folder, config)
        with node_lock(folder):
            _refuse_used(folder, config)
            _sweep(folder)  # 1
            _prepare(folder, config, started)  # 2
            with _open(folder, config, at_hand) as context:
                words = CardWords(config.names, config.competent_authority, config.addresses)
                card = await found_node(context, words)  # 3
            write_durably(folder / CONFIG_NAME, format_config(config).encode())  # 4
            (folder / _FOUNDING_NAME).unlink()
            sync_folder(folder)
    return card


def load_config(folder: Path) -> Config:
    """Read a node's configuration, if the folder is a node and its owner's alone.

    Raises:
        ConfigError: it is not, or the configuration has problems.
    """
    path = folder / CONFIG_NAME
    with _disk(path):
        if not folder.is_dir():
            raise _no_node(folder, "no such folder")
        if not path.is_file():
            raise _no_node(folder, f"no {CONFIG_NAME} in it")
        _refuse_unsafe(folder)
        _refuse_writable_by_others(path)
        with path.open("rb") as file:
            return parse_config(file.read(CONFIG_BYTES_MAX + 1))


def set_story_clock(folder: Path, instant: Instant) -> None:
    """Let an exercise's clock reach `instant`.

    Raises:
        ConfigError: the node goes by the machine's clock.
    """
    if load_config(folder).clock is not ClockKind.STORY:
        raise _config_error(
            "node.no-story",
            "this node goes by the machine's clock",
            where=str(folder),
            expected="a node that was made for an exercise with a clock of its own",
        )
    StoryClock(folder).set(instant)


@contextmanager
def open_passwords(config: Config) -> Iterator[Passwords]:
    """Open what hashes our people's passwords; an exercise's protect nothing and cost little."""
    passwords = Argon2Passwords(COST_EXERCISE if config.exercise else COST_SIGN_IN)
    try:
        yield passwords
    finally:
        passwords.close()


@contextmanager
def _open(folder: Path, config: Config, at_hand: AtHand) -> Iterator[Context]:
    passphrases = _PassphraseFiles(folder, config.passphrases, at_hand.ask)
    keys = open_file_keys(
        folder / KEYS_NAME,
        party=config.party,
        domain=config.domain,
        passphrases=dict.fromkeys(KeyFile, lambda file, new: passphrases.give(file, new=new)),
        cost=COST_EXERCISE if config.exercise else COST_DEFAULT,
        exercise=config.exercise,
    )
    try:
        store = SqliteStore(folder / STORE_NAME)
        try:
            ports = Ports(
                store=store,
                blobs=FileBlobs(folder / BLOBS_NAME),
                keys=keys,
                clock=_clock(folder, config),
                random=SystemRandom(),
                bundles=FileBundles(folder / COURIER_NAME),
            )
            yield Context(config, ports, at_hand.operator)
        finally:
            store.close()
    finally:
        keys.close()


def _clock(folder: Path, config: Config) -> Clock:
    return StoryClock(folder) if config.clock is ClockKind.STORY else SystemClock()


@contextmanager
def _locked(folder: Path, wait: Callable[[], None]) -> Iterator[None]:
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


class _PassphraseFiles:
    """Gets each key file's passphrase from where the configuration says."""

    def __init__(self, folder: Path, settings: Passphrases, ask: AskPassphrase) -> None:
        self._folder = folder
        self._ask = ask
        self._settings = {
            KeyFile.ROOT: settings.root,
            KeyFile.AUTHORITY: settings.authority,
            KeyFile.NODE: settings.node,
        }

    def give(self, key_file: KeyFile, *, new: bool) -> str:
        """Get one passphrase, in no other place than the one that is named."""
        setting = self._settings[key_file]
        match setting.kind:
            case SourceKind.FILE:
                return _from_file(self._folder / setting.value)
            case SourceKind.ENVIRONMENT:
                return _from_environment(setting.value, key_file)
            case SourceKind.COMMAND:
                return _from_command(setting.value, key_file, self._folder)
            case SourceKind.PROMPT:
                return self._ask(key_file.value, new=new)


def _from_file(path: Path) -> str:
    with _disk(path):
        try:
            mode = path.stat().st_mode
            with path.open("rb") as file:
                raw = file.read(_PASSPHRASE_BYTES_MAX + 1)
        except FileNotFoundError:
            raise _no_passphrase(str(path), "no such file", "put it there") from None
    if mode & _OTHERS:
        raise _open_to_others(path, mode, "chmod 600")
    return _first_line(raw, str(path))


def _from_environment(variable: str, key_file: KeyFile) -> str:
    text = os.environ.get(variable)
    if not text:
        raise _no_passphrase(f"{key_file}.key", f"{variable} is not set", f"set {variable}")
    return text


def _from_command(command: str, key_file: KeyFile, folder: Path) -> str:
    """Run the operator's command; it finds the name of the key file in COMITY_KEY_FILE."""
    try:
        words = shlex.split(command)
        ended = subprocess.run(
            words,
            cwd=folder,
            env={**os.environ, "COMITY_KEY_FILE": key_file.value},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=False,
            timeout=_COMMAND_WAIT_S,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as err:
        raise _command_failed(key_file, type(err).__name__) from err
    if ended.returncode != 0:
        raise _command_failed(key_file, f"exit code {ended.returncode}")
    return _first_line(ended.stdout, f"passphrase command of {key_file}.key")


def _first_line(raw: bytes, where: str) -> str:
    """Read a passphrase: the first line, without its end."""
    try:
        text = raw.decode("utf-8").split("\n")[0].removesuffix("\r")
    except UnicodeDecodeError:
        raise _no_passphrase(where, "not UTF-8", "write it as UTF-8 text") from None
    if not text or len(raw) > _PASSPHRASE_BYTES_MAX:
        raise _no_passphrase(where, f"{len(raw)} bytes", "put the passphrase alone on one line")
    return text


def _refuse_used(folder: Path, config: Config) -> None:
    """Refuse to found a node where there is one, or where something else lies."""
    if (folder / CONFIG_NAME).exists():
        raise StateError(
            "node.exists",
            "this folder is a node already",
            where=str(folder),
            hint="use it, or name another folder",
        )
    if (folder / _FOUNDING_NAME).exists():
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
    if not (folder / _FOUNDING_NAME).exists():
        return
    for name in (KEYS_NAME, BLOBS_NAME, COURIER_NAME):
        shutil.rmtree(folder / name, ignore_errors=True)
    for path in folder.glob(f"{STORE_NAME}*"):
        path.unlink()


def _end_founding(folder: Path) -> None:
    """Take away the mark that a kill at founding's last step left: a node is never swept."""
    with _disk(folder):
        (folder / _FOUNDING_NAME).unlink(missing_ok=True)


def _prepare(folder: Path, config: Config, started: Instant | None) -> None:
    write_durably(folder / _FOUNDING_NAME, b"")
    if config.clock is ClockKind.STORY and started is not None:
        StoryClock(folder).set(started)
    if config.exercise and config.passphrases == EXERCISE_PASSPHRASES:
        words = secrets.token_urlsafe(24)
        write_durably(folder / EXERCISE_PASSPHRASE_NAME, f"{words}\n".encode())


def _refuse_unsafe(folder: Path) -> None:
    """Refuse a folder that is another user's, or that others on this machine may look into."""
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise _config_error(
            "node.other-owner",
            "the node's folder belongs to another user of this machine",
            where=str(folder),
            expected=f"user {os.geteuid()}",
            found=f"user {found.st_uid}",
            hint="run comity as that user",
        )
    if found.st_mode & _OTHERS:
        raise _open_to_others(folder, found.st_mode, "chmod 700")


def _refuse_lost_store(folder: Path) -> None:
    """Refuse a node without its store: an empty one in its place would sign its past anew."""
    with _disk(folder / STORE_NAME):
        if not (folder / STORE_NAME).exists():
            raise _other_store(folder, "no such file")


async def _refuse_other_store(folder: Path, context: Context) -> None:
    """Refuse a store that is empty, or another node's: each begins with its node's own journal."""
    journal = await context.ports.store.journal()
    if journal is None:
        raise _other_store(folder, "an empty store")
    if journal.party != context.config.party:
        raise _other_store(folder, f"the store of {journal.party}")


def _refuse_writable_by_others(path: Path) -> None:
    """Refuse a configuration that others may change: it can name a command to run."""
    found = path.stat()
    if found.st_mode & _OTHERS_WRITE or found.st_uid != os.geteuid():
        raise _open_to_others(path, found.st_mode, "chmod 600")


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as err:
        raise edge_error(err, str(path)) from err


def _no_node(folder: Path, found: str) -> ConfigError:
    return _config_error(
        "node.not-a-node",
        "this folder is not a node",
        where=str(folder),
        expected=f"a folder that comity init made, with {CONFIG_NAME} in it",
        found=found,
        hint="name the node's folder with --node, or make one: comity init DIR",
    )


def _other_store(folder: Path, found: str) -> ConfigError:
    return _config_error(
        "node.other-store",
        "the node's own store is not in its folder",
        where=str(folder / STORE_NAME),
        expected="the store that this node has written since it was made",
        found=found,
        hint="restore it from a backup; partners' mirrors hold what was said since",
    )


def _open_to_others(path: Path, mode: int, remedy: str) -> ConfigError:
    return _config_error(
        "node.open-to-others",
        "others on this machine may read or change it",
        where=str(path),
        expected="rights for its owner alone",
        found=f"{mode & 0o777:04o}",
        hint=f"{remedy} {path}",
    )


def _no_passphrase(where: str, found: str, hint: str) -> ConfigError:
    return _config_error(
        "node.no-passphrase",
        "the passphrase is not where the configuration says",
        where=where,
        found=found,
        hint=f"{hint}, or name another source under [passphrases] in {CONFIG_NAME}",
    )


def _command_failed(key_file: KeyFile, found: str) -> EdgeError:
    return EdgeError(
        "node.passphrase-command",
        "the command that gives the passphrase failed",
        where=f"{key_file}.key",
        found=found,
        hint=f"run it by hand; it stands under [passphrases] in {CONFIG_NAME}",
    )


def _config_error(
    code: str, what: str, *, where: str, expected: str = "", found: str = "", hint: str = ""
) -> ConfigError:
    """Say the one thing that keeps the node from starting."""
    return ConfigError(code, what, (Problem(code, where, what, expected, found, hint),))
