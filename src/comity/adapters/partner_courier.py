# SPDX-License-Identifier: Apache-2.0
"""Courier bundles as files on discs that people carry.

A bundle is built beside its destination and renamed into place; what is taken from a disc is
copied into the node's folder and checked before it counts. Nothing here reads a body.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from comity.adapters.crash import crash_point
from comity.adapters.durable_files import edge_error, make_folder, sync_folder
from comity.basis.errors import InputError, ProofError
from comity.basis.ids import Digest
from comity.basis.limits import BUNDLE_HEADER_BYTES_MAX, BUNDLES_STAGED_MAX, MIB
from comity.ports import Volume
from comity.sealing.bundle import BundleHeader, Part, format_header

_CHUNK = MIB


class FileBundles:
    """Bundles in the file system; `folder` keeps what is staged until a bundle is whole."""

    def __init__(self, folder: Path) -> None:
        """Use `folder` for staging; it is made when first needed."""
        self._folder = folder

    async def begin(self, name: str, part_bytes: int) -> FileBundleWriter:
        """Start a bundle that is to stand at `name`, or at `name.1`, `name.2` … on several."""
        return FileBundleWriter(Path(name), part_bytes)

    async def header(self, name: str) -> bytes:
        """Return the first bytes of a volume, at most as many as a header may have."""
        try:
            with Path(name).open("rb") as opened:
                return opened.read(BUNDLE_HEADER_BYTES_MAX)
        except OSError as err:
            raise edge_error(err, name) from err

    async def stage(self, name: str, header: BundleHeader, offset: int) -> None:
        """Take the parts that a volume carries into the node's own folder, each when it holds.

        Parts that are here already are not read again. Of bundles that never become whole only
        so many are kept; the one that was touched longest ago goes.
        """
        folder = self._staged(header)
        try:
            make_folder(self._folder)
            self._make_room(folder)
            make_folder(folder)
            os.utime(folder)
            with _open_volume(name) as opened:
                opened.seek(offset)
                for index in range(header.first, header.last + 1):
                    _stage_part(opened, header.parts[index], _part_path(folder, index), name)
                if _read(opened, 1, name):
                    raise InputError("bundle.malformed", "bytes after the last part", where=name)
            sync_folder(folder)
        except OSError as err:
            raise edge_error(err, str(folder)) from err
        crash_point("courier.after-stage")

    async def missing(self, header: BundleHeader) -> tuple[int, ...]:
        """List the parts of a bundle that are not staged yet."""
        folder = self._staged(header)
        return tuple(
            index
            for index, part in enumerate(header.parts)
            if not _is_whole(_part_path(folder, index), part)
        )

    async def sealed(self, header: BundleHeader) -> Iterator[bytes]:
        """Return the staged body in chunks of at most 1 MiB."""
        folder = self._staged(header)
        return _read_parts(tuple(_part_path(folder, index) for index in range(len(header.parts))))

    async def forget(self, header: BundleHeader) -> None:
        """Remove what is staged of a bundle."""
        crash_point("courier.before-forget")
        _remove(self._staged(header))

    def _staged(self, header: BundleHeader) -> Path:
        """Name the folder by everything that all volumes share, so no two bundles mix.

        Whoever alters the outside of one disc makes another bundle, and spoils nothing staged.
        """
        shared = format_header(replace(header, first=0, last=0))
        return self._folder / hashlib.sha256(shared).hexdigest()

    def _make_room(self, wanted: Path) -> None:
        others = [path for path in self._folder.iterdir() if path != wanted and path.is_dir()]
        others.sort(key=lambda path: path.stat().st_mtime_ns)
        for path in others[: max(0, len(others) - BUNDLES_STAGED_MAX + 1)]:
            _remove(path)


class FileBundleWriter:
    """A bundle being written to a temporary file beside its destination."""

    def __init__(self, target: Path, part_bytes: int) -> None:
        """Open the temporary file."""
        self._target = target
        self._part_bytes = part_bytes
        self._body_path = target.with_name(f".{target.name}.body")
        self._building: list[Path] = []
        self._parts: list[Part] = []
        self._hash = hashlib.sha256()
        self._used = 0
        try:
            # Unbuffered: a full disc is met where it is written to, and never while closing.
            self._body = self._body_path.open("wb", buffering=0)
        except OSError as err:
            raise edge_error(err, str(target)) from err

    async def write(self, sealed: bytes) -> None:
        """Append sealed bytes of the body."""
        view = memoryview(sealed)
        try:
            while view:
                piece = view[: self._part_bytes - self._used]
                count = self._body.write(piece) or 0
                self._hash.update(piece[:count])
                self._used += count
                view = view[count:]
                if self._used == self._part_bytes:
                    self._end_part()
        except OSError as err:
            raise edge_error(err, str(self._target)) from err

    async def end(self) -> tuple[Part, ...]:
        """End the body; return its parts."""
        if self._used:
            self._end_part()
        return tuple(self._parts)

    async def publish(self, volumes: tuple[Volume, ...]) -> tuple[str, ...]:
        """Write each volume whole to a temporary file, then rename it into place."""
        crash_point("courier.before-publish")
        try:
            self._body.close()
            names = tuple(
                self._publish(volume, number, of=len(volumes))
                for number, volume in enumerate(volumes, 1)
            )
            sync_folder(self._target.parent)
            self._body_path.unlink()
        except OSError as err:
            raise edge_error(err, str(self._target)) from err
        crash_point("courier.after-publish")
        return names

    async def abort(self) -> None:
        """Forget what was written; volumes that are in place stay."""
        with suppress(OSError):
            self._body.close()
        for path in (self._body_path, *self._building):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _publish(self, volume: Volume, number: int, *, of: int) -> str:
        name = self._target.name if of == 1 else f"{self._target.name}.{number}"
        target = self._target.with_name(name)
        building = self._target.with_name(f".{name}.part")
        self._building.append(building)
        start = sum(part.size for part in self._parts[: volume.first])
        size = sum(part.size for part in self._parts[volume.first : volume.last + 1])
        with building.open("wb") as out, self._body_path.open("rb") as body:
            out.write(volume.header)
            body.seek(start)
            while size and (chunk := body.read(min(_CHUNK, size))):
                out.write(chunk)
                size -= len(chunk)
            out.flush()
            os.fsync(out.fileno())
        building.replace(target)
        crash_point("courier.after-volume")
        return str(target)

    def _end_part(self) -> None:
        self._parts.append(Part(self._used, Digest(self._hash.hexdigest())))
        self._hash = hashlib.sha256()
        self._used = 0


def _part_path(folder: Path, index: int) -> Path:
    return folder / f"{index:06d}"


def _stage_part(opened: BinaryIO, part: Part, target: Path, name: str) -> None:
    if _is_whole(target, part):
        opened.seek(part.size, os.SEEK_CUR)
        return
    building = target.with_suffix(".taking")
    try:
        found, left = _copy(opened, part.size, building, name)
        if left or found != part.digest:
            raise ProofError(
                "bundle.part",
                "a part of the bundle is not the one that its header lists",
                where=name,
                expected=f"{part.digest}, {part.size} bytes",
                found=f"{found}, {part.size - left} bytes",
                hint="copy the disc again; if it stays so, ask the partner for a new bundle",
            )
        building.replace(target)
    finally:
        building.unlink(missing_ok=True)
    crash_point("courier.after-part")


def _open_volume(name: str) -> BinaryIO:
    """Open a volume; that the disc it lies on refuses is told apart from our own disk."""
    try:
        return Path(name).open("rb")
    except OSError as err:
        raise edge_error(err, name) from err


def _read(opened: BinaryIO, size: int, name: str) -> bytes:
    try:
        return opened.read(size)
    except OSError as err:
        raise edge_error(err, name) from err


def _copy(opened: BinaryIO, size: int, building: Path, name: str) -> tuple[str, int]:
    """Copy a part, durable; return the digest of what was found, and how much was missing."""
    found, left = hashlib.sha256(), size
    with building.open("wb") as out:
        while left and (chunk := _read(opened, min(_CHUNK, left), name)):
            found.update(chunk)
            out.write(chunk)
            left -= len(chunk)
        out.flush()
        os.fsync(out.fileno())
    return found.hexdigest(), left


def _is_whole(path: Path, part: Part) -> bool:
    """Answer whether a part is staged: it gets its name only once its digest has held."""
    try:
        return path.stat().st_size == part.size
    except OSError:
        return False


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as err:
        raise edge_error(err, str(folder)) from err


def _read_parts(paths: tuple[Path, ...]) -> Iterator[bytes]:
    for path in paths:
        try:
            with path.open("rb") as opened:
                while chunk := opened.read(_CHUNK):
                    yield chunk
        except OSError as err:
            raise edge_error(err, str(path)) from err
