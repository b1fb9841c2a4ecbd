# SPDX-License-Identifier: Apache-2.0
"""Several files as one answer: a tar with no dates and no owners, written as it goes out."""

from __future__ import annotations

import tarfile
from collections.abc import AsyncIterator, Mapping
from typing import Final

TAR: Final = "application/x-tar"
_BLOCK: Final = 512
_OWN_FILE: Final = 0o600


async def tar_of(folder: str, files: Mapping[str, bytes]) -> AsyncIterator[bytes]:
    """Write files into a tar under a folder of its own, file by file."""
    for name, raw in sorted(files.items()):
        entry = tarfile.TarInfo(f"{folder}/{name}")
        entry.size, entry.mode = len(raw), _OWN_FILE
        yield entry.tobuf(tarfile.USTAR_FORMAT)
        yield raw + bytes(-len(raw) % _BLOCK)
    yield bytes(2 * _BLOCK)
