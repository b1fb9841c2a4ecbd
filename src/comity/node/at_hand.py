# SPDX-License-Identifier: Apache-2.0
"""Who sits at the machine, and how to reach that person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from comity.config import CONFIG_NAME
from comity.node.folder import config_error


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
    raise config_error(
        "node.no-passphrase",
        "nobody is there to type the passphrase",
        where=f"{key_file}.key",
        expected="a terminal, or another source of the passphrase",
        hint=f"name one under [passphrases] in {CONFIG_NAME}: file:, command: or environment:",
    )
