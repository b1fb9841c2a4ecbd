# SPDX-License-Identifier: Apache-2.0
"""Passphrases of key files, each from where the configuration says and from nowhere else."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import Final

from comity.adapters.key_vault import KeyFile
from comity.basis.errors import ConfigError, EdgeError
from comity.config import CONFIG_NAME, Passphrases, PassphraseSetting, SourceKind
from comity.node.at_hand import AskPassphrase
from comity.node.folder import OTHERS, config_error, disk, open_to_others

EXERCISE_PASSPHRASE_NAME: Final = "exercise-passphrase"
EXERCISE_PASSPHRASES: Final = Passphrases(
    *[PassphraseSetting(SourceKind.FILE, EXERCISE_PASSPHRASE_NAME)] * 3
)
"""For exercise nodes: one file, made when the node is founded, opens all keys."""

_PASSPHRASE_BYTES_MAX: Final = 4096
_COMMAND_WAIT_S: Final = 60.0


class PassphraseFiles:
    """Gets each key file's passphrase from where the configuration says."""

    def __init__(self, folder: Path, settings: Passphrases, ask: AskPassphrase) -> None:
        """Ask for nothing yet."""
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
    with disk(path):
        try:
            mode = path.stat().st_mode
            with path.open("rb") as file:
                raw = file.read(_PASSPHRASE_BYTES_MAX + 1)
        except FileNotFoundError:
            raise _no_passphrase(str(path), "no such file", "put it there") from None
    if mode & OTHERS:
        raise open_to_others(path, mode, "chmod 600")
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


def _no_passphrase(where: str, found: str, hint: str) -> ConfigError:
    return config_error(
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
