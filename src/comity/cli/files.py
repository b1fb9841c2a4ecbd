# SPDX-License-Identifier: Apache-2.0
"""Files that a person names on the command line, read with a limit and never written over."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from comity.basis.errors import EdgeError, InputError, excerpt

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
        raise InputError(
            "cli.unreadable-file",
            "the file cannot be read",
            where=excerpt(name),
            found=_reason(err),
            hint="look for a slip in the name",
        ) from err


def write_output(name: str, raw: bytes) -> None:
    """Write a new file, or standard output for `-`.

    Raises:
        InputError: another file of that name is there.
        EdgeError: the disk refused.
    """
    if name == STANDARD:
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    try:
        with path.open("xb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        if path.is_file() and path.read_bytes() == raw:
            return
        raise InputError(
            "cli.file-exists",
            "a file of that name is there already",
            where=excerpt(name),
            hint="name another file, or move that one away",
        ) from None
    except OSError as err:
        raise EdgeError(
            "cli.unwritable-file",
            "the file cannot be written",
            where=excerpt(name),
            found=_reason(err),
            hint="name a place where you may write",
        ) from err


def _reason(err: OSError) -> str:
    return os.strerror(err.errno).lower() if err.errno else type(err).__name__
