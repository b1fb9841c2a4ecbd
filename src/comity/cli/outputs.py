# SPDX-License-Identifier: Apache-2.0
"""Writing what people asked for: a file or a folder that is whole or not there, never over another.

Files are for their owner alone: what leaves the node's folder may be protected.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from comity.basis.errors import EdgeError, InputError, excerpt
from comity.cli.files import STANDARD, reason_of

_NO_NAMES: Final = ("", STANDARD)


def refuse_taken(name: str) -> None:
    """Refuse to write over anything, before work begins that would be in vain.

    Raises:
        InputError: something of that name is there, or it is no name of a file.
    """
    if name in _NO_NAMES:
        raise InputError(
            "cli.no-file-name",
            "a new file is needed here, with a name",
            found=excerpt(name) or "nothing",
            hint="name a file that does not exist yet",
        )
    if os.path.lexists(name):
        raise _taken(name)


def write_output(name: str, raw: bytes) -> None:
    """Write a new file, unless these very bytes stand there; or standard output for `-`.

    Raises:
        InputError: something else of that name is there.
        EdgeError: the disk refuses.
    """
    if name == STANDARD:
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
    elif not _stands(name, raw):
        write_new_file(name, [raw])


def write_new_file(name: str, chunks: Iterable[bytes]) -> int:
    """Write chunks to a new file, and return how many bytes; what fails leaves nothing.

    Raises:
        InputError: something of that name is there.
        EdgeError: the disk refuses.
    """
    refuse_taken(name)
    path = Path(name)
    part = _beside(path)
    with _writable(name):
        # The name is taken at once, so that nothing else can come to stand there meanwhile.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    done = False
    try:
        with _writable(name):
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            size = 0
            with os.fdopen(descriptor, "wb") as file:
                for chunk in chunks:
                    size += file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            done = True
            _sync(path.parent)
    finally:
        if not done:
            for each in (part, path):
                with suppress(OSError):
                    each.unlink()
    return size


def write_over_own(name: str, raw: bytes, *, beginning: bytes) -> None:
    """Write a file anew where one stands that begins as ours do; any other is left alone.

    Raises:
        InputError: something else of that name is there.
        EdgeError: the disk refuses.
    """
    path = Path(name)
    if path.is_symlink() or not path.is_file():
        write_new_file(name, [raw])
        return
    with _writable(name):
        with path.open("rb") as file:
            is_ours = file.read(len(beginning)) == beginning
        if not is_ours:
            raise _taken(name)
        part = _beside(path)
    write_new_file(str(part), [raw])
    with _writable(name):
        part.replace(path)
        _sync(path.parent)


def write_new_folder(name: str, files: Mapping[str, bytes]) -> None:
    """Write files, named by their paths within it, to a new folder, or to one that is empty.

    Raises:
        InputError: something of that name is there.
        EdgeError: the disk refuses.
    """
    if name in _NO_NAMES or not _is_empty_folder(name):
        refuse_taken(name)
    path = Path(name).absolute()
    part = _beside(path)
    with _writable(name):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.mkdir()
        try:
            for inner, raw in files.items():
                target = part / inner
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as file:
                    file.write(raw)
                    file.flush()
                    os.fsync(file.fileno())
            part.rename(path)
            _sync(path.parent)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _stands(name: str, raw: bytes) -> bool:
    with _writable(name):
        path = Path(name)
        return path.is_file() and path.read_bytes() == raw


def _is_empty_folder(name: str) -> bool:
    try:
        return os.path.isdir(name) and not os.path.islink(name) and not os.listdir(name)
    except OSError:
        return False


def _beside(path: Path) -> Path:
    """Name a place for unfinished work that nobody can have prepared."""
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")


def _taken(name: str) -> InputError:
    return InputError(
        "cli.file-exists",
        "a file of that name is there already",
        where=excerpt(name),
        hint="name another file, or move that one away",
    )


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _writable(name: str) -> Iterator[None]:
    try:
        yield
    except (FileExistsError, IsADirectoryError):
        raise _taken(name) from None
    except OSError as err:
        raise EdgeError(
            "cli.unwritable-file",
            "the file cannot be written",
            where=excerpt(name),
            found=reason_of(err),
            hint="name a place that is there, where you may write, with space for it",
        ) from err
