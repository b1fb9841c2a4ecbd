# SPDX-License-Identifier: Apache-2.0
"""Writers of unfinished parcels that are kept open between two pieces, so many of each partner.

An open writer spares hashing again what earlier pieces brought. Each partner has its own: whoever
opens many closes only its own. Whatever is closed is opened again when a piece comes.
"""

from __future__ import annotations

from collections import OrderedDict

from comity.basis.ids import PartyId
from comity.basis.limits import PARCEL_UPLOADS_MAX
from comity.ports import Blobs, BlobWriter


class UploadWriters:
    """Opens writers by name, and closes of a partner the one that rested longest."""

    def __init__(self, blobs: Blobs) -> None:
        """Begin with none open."""
        self._blobs = blobs
        self._open: OrderedDict[str, tuple[PartyId, BlobWriter]] = OrderedDict()

    def of(self, by: PartyId) -> int:
        """Count those that a partner has open."""
        return sum(party == by for party, _ in self._open.values())

    async def open(self, by: PartyId, name: str) -> BlobWriter:
        """Give the writer of a name, at its end, for a partner whose quota counts it."""
        _, writer = self._open.pop(name, (by, None))
        if writer is None:
            writer = await self._blobs.resume(name)
        self._open[name] = by, writer
        if self.of(by) > PARCEL_UPLOADS_MAX:
            oldest = next(key for key, (party, _) in self._open.items() if party == by)
            await self._open.pop(oldest)[1].pause()
        return writer

    def forget(self, name: str) -> None:
        """Let a writer go that is about to finish."""
        self._open.pop(name, None)

    async def discard(self, name: str) -> None:
        """Drop what was written under a name."""
        _, writer = self._open.pop(name, (None, None))
        if writer is not None:
            await writer.abort()
        await self._blobs.discard(name)

    async def close(self) -> None:
        """Pause every writer; what they wrote stays."""
        while self._open:
            _, (_, writer) = self._open.popitem()
            await writer.pause()
