# SPDX-License-Identifier: Apache-2.0
"""What a person gives to be sealed: a file or standard input, read in pieces, and what it is.

A report is read whole and held to its schema first; anything else is never held in memory.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from comity.basis.errors import EdgeError, InputError, excerpt
from comity.basis.limits import MIB, REPORT_BYTES_MAX
from comity.cli.files import STANDARD, read_input, reason_of, unreadable
from comity.picture.reports import parse_report, schema_of
from comity.sealing.payload import PayloadHeader, format_payload_header

_JSON: Final = "application/json"
_TYPES: Final = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": _JSON,
    ".xml": "application/xml",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".tif": "image/tiff",
    ".mp4": "video/mp4",
    ".zip": "application/zip",
}
_ANY_TYPE: Final = "application/octet-stream"
_ANY_TITLE: Final = "untitled"


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be sealed. `size` is None where it is not known."""

    header: PayloadHeader
    chunks: Iterator[bytes]
    size: int | None


@dataclass(frozen=True, slots=True)
class Described:
    """How a person describes a file; None: work it out from the file."""

    title: str | None = None
    media_type: str | None = None
    schema: str | None = None
    rights_of: str | None = None


@contextmanager
def content_of(name: str, described: Described) -> Iterator[Content]:
    """Open a file, or standard input for `-`, to be sealed with its description.

    Raises:
        InputError: it cannot be read, it is not the report that it is said to be, or the
            description would not read.
    """
    if described.schema is not None:
        yield _report(name, described, described.schema)
        return
    if name == STANDARD:
        header = _header(name, described, _ANY_TITLE)
        yield Content(header, _pieces(sys.stdin.buffer, name), None)
        return
    try:
        opened = Path(name).open("rb")  # noqa: SIM115 (closed below; only opening is tried here)
    except OSError as err:
        raise unreadable(name, err) from err
    with opened as file:
        header = _header(name, described, Path(name).name)
        yield Content(header, _pieces(file, name), os.fstat(file.fileno()).st_size)


def _report(name: str, described: Described, schema: str) -> Content:
    raw = read_input(name, bytes_max=REPORT_BYTES_MAX)
    report = parse_report(raw)
    if schema_of(report) != schema:
        raise InputError(
            "cli.other-schema",
            "the report is of another schema",
            where="--schema",
            expected=schema,
            found=schema_of(report),
        )
    return Content(_header(name, described, report.head.title), iter([raw]), len(raw))


def _header(name: str, described: Described, title: str) -> PayloadHeader:
    path = Path(name)
    known = _JSON if described.schema else _TYPES.get(path.suffix.lower(), _ANY_TYPE)
    header = PayloadHeader(
        title=described.title or title,
        media_type=described.media_type or known,
        file_name=None if name == STANDARD else path.name,
        schema=described.schema,
        rights_of=described.rights_of,
    )
    format_payload_header(header)
    return header


def _pieces(file: BinaryIO, name: str) -> Iterator[bytes]:
    try:
        while chunk := file.read(MIB):
            yield chunk
    except OSError as err:
        raise EdgeError(
            "cli.reading-stopped",
            "the file cannot be read to its end",
            where=excerpt(name),
            found=reason_of(err),
            hint="copy it to a disk that works, and try again",
        ) from err
