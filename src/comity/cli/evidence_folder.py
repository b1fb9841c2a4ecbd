# SPDX-License-Identifier: Apache-2.0
"""Reading an evidence folder: regular files of bounded size alone, nothing followed elsewhere.

Somebody else filled the folder: a link or a pipe in it must lead nowhere. No file is trusted here.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from comity.basis.errors import InputError, excerpt
from comity.basis.limits import (
    CARD_BYTES_MAX,
    EVIDENCE_CARDS_MAX,
    POLICY_BYTES_MAX,
    STATEMENT_BYTES_MAX,
    TLOG_PROOF_BYTES_MAX,
)
from comity.cli.files import reason_of
from comity.statement.evidence import POLICY_FILE, PROOF_FILE, STATEMENT_FILE

CARDS_FOLDER: Final = "cards"

_BYTES_MAX: Final = {
    STATEMENT_FILE: STATEMENT_BYTES_MAX,
    PROOF_FILE: TLOG_PROOF_BYTES_MAX,
    POLICY_FILE: POLICY_BYTES_MAX,
}
_CARD_BYTES_MAX: Final = max(CARD_BYTES_MAX, TLOG_PROOF_BYTES_MAX)
_NAMES_MAX: Final = 64
_CARD_FILES_MAX: Final = 3 * EVIDENCE_CARDS_MAX
_OPEN: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def read_folder(folder: Path) -> dict[str, bytes]:
    """Read every file of an evidence folder, by its name within it.

    Raises:
        InputError: no such folder; a link, a pipe or another folder in it; too many or too large.
    """
    files: dict[str, bytes] = {}
    for name in _names(folder, "", files_max=_NAMES_MAX):
        if name == CARDS_FOLDER:
            for card in _names(folder / name, f"{name}/", files_max=_CARD_FILES_MAX):
                shown = f"{name}/{card}"
                files[shown] = read_plain_file(folder / name / card, shown, _CARD_BYTES_MAX)
        elif name in _BYTES_MAX:
            files[name] = read_plain_file(folder / name, name, _BYTES_MAX[name])
        else:
            raise _unreadable("a file that evidence does not have", name, "take it out")
    return files


def _names(folder: Path, prefix: str, *, files_max: int) -> list[str]:
    """List a folder's names, sorted; the folder is not reached through a link within evidence."""
    where = prefix or str(folder)
    with _readable(where):
        flags = _OPEN | os.O_DIRECTORY
        descriptor = os.open(folder, flags if prefix else flags & ~os.O_NOFOLLOW)
        try:
            names = sorted(os.listdir(descriptor))
        finally:
            os.close(descriptor)
    if len(names) > files_max:
        raise _unreadable("too many files", f"{len(names)} in {where}", "take the folder whole")
    return names


def read_plain_file(path: Path, name: str, bytes_max: int) -> bytes:
    """Read a regular file that somebody else wrote: no link, no pipe, nothing too large.

    Raises:
        InputError: it is none; `name` is what it is called in the error.
    """
    with _readable(name):
        descriptor = os.open(path, _OPEN)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _unreadable("not a regular file", name, "take the folder as it was written")
            raw = file.read(bytes_max + 1)
    if len(raw) > bytes_max:
        raise _unreadable("a file is too large", name, f"at most {bytes_max} bytes are read")
    return raw


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as err:
        raise _unreadable("the evidence cannot be read", f"{name}: {reason_of(err)}", "") from err


def _unreadable(what: str, found: str, hint: str) -> InputError:
    return InputError(
        "cli.evidence-unreadable",
        what,
        expected=f"a folder with {', '.join(_BYTES_MAX)} and {CARDS_FOLDER}/, regular files alone",
        found=excerpt(found),
        hint=hint or "name the folder that comity register evidence wrote",
    )
