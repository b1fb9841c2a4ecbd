# SPDX-License-Identifier: Apache-2.0
"""Files that a person names on the command line, read with a limit."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from comity.basis.errors import InputError, excerpt

STANDARD = "-"
"""The name that stands for standard input or output."""


def read_input(name: str, *, bytes_max: int) -> bytes:
    """Read a file, or standard input for `-`: one byte more than allowed, for the reader to refuse.

    Raises:
        InputError: there is no such file, or it cannot be read.
    """
    if name == STANDARD:
        return sys.stdin.buffer.read(bytes_max + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(bytes_max + 1)
    except OSError as err:
        raise unreadable(name, err) from err


def unreadable(name: str, err: OSError) -> InputError:
    """Say that a file cannot be read, and why."""
    return InputError(
        "cli.unreadable-file",
        "the file cannot be read",
        where=excerpt(name),
        found=reason_of(err),
        hint="look for a slip in the name",
    )


def reason_of(err: OSError) -> str:
    """Say in the system's words why it refuses."""
    return os.strerror(err.errno).lower() if err.errno else type(err).__name__
