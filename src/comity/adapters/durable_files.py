# SPDX-License-Identifier: Apache-2.0
"""Writing a small file so that it is whole or absent after a power cut.

Temporary file in the same folder, fsync, rename, fsync of the folder. Mode 0600, folders 0700.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
from pathlib import Path

from comity.adapters.crash import crash_point
from comity.basis.errors import EdgeError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_TEMPORARY = re.compile(r"\..+\.[0-9a-f]{16}\.tmp")


def edge_error(err: OSError, where: str) -> EdgeError:
    """Turn an operating system's error into ours; a full disk has its own code."""
    if err.errno in _FULL:
        return EdgeError(
            "disk.full", "no space left on disk", where=where,
            hint="free some space; the node goes on by itself",
        )  # fmt: skip
    reason = os.strerror(err.errno) if err.errno else type(err).__name__
    return EdgeError("disk.failed", "the disk refused", where=where, found=reason.lower())


def make_folder(path: Path) -> None:
    """Make a folder (and those above it) for the owner alone, and flush its entry."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Flush a folder's entries to disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, raw: bytes) -> None:
    """Put `raw` at `path`, whole or not at all.

    Raises:
        OSError: the caller says which edge it was.
    """
    crash_point("file.before-write")
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            crash_point("file.after-write")
            os.fsync(file.fileno())
        crash_point("file.after-sync")
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    crash_point("file.after-rename")
    sync_folder(path.parent)


def is_temporary(name: str) -> bool:
    """Answer whether this is what `write_durably` writes to before it renames."""
    return _TEMPORARY.fullmatch(name) is not None


def sweep_temporaries(folder: Path) -> None:
    """Remove what kills left of `write_durably`. Call it while nobody else writes there.

    Raises:
        OSError: the caller says which edge it was.
    """
    for path in tuple(folder.iterdir()):
        if is_temporary(path.name):
            path.unlink(missing_ok=True)
