# SPDX-License-Identifier: Apache-2.0
"""Courier bundles that tell how many bytes have gone through them; everything else is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comity.cli.progress import Advance, counted
from comity.ports import Bundles, BundleWriter, Volume
from comity.sealing.bundle import BundleHeader, Part


@dataclass(frozen=True, slots=True)
class CountedBundles:
    """Bundles, and who is told of their progress."""

    inner: Bundles
    advance: Advance

    async def begin(self, name: str, part_bytes: int) -> BundleWriter:
        """Start a bundle."""
        return _CountedWriter(await self.inner.begin(name, part_bytes), self.advance)

    async def header(self, name: str) -> bytes:
        """Return the first bytes of a volume."""
        return await self.inner.header(name)

    async def stage(self, name: str, header: BundleHeader, offset: int) -> None:
        """Take the parts that a volume carries."""
        await self.inner.stage(name, header, offset)

    async def missing(self, header: BundleHeader) -> tuple[int, ...]:
        """List the parts that are not staged yet."""
        return await self.inner.missing(header)

    async def sealed(self, header: BundleHeader) -> Iterator[bytes]:
        """Return the staged body."""
        return counted(await self.inner.sealed(header), self.advance)

    async def forget(self, header: BundleHeader) -> None:
        """Remove what is staged."""
        await self.inner.forget(header)


@dataclass(frozen=True, slots=True)
class _CountedWriter:
    inner: BundleWriter
    advance: Advance

    async def write(self, sealed: bytes) -> None:
        await self.inner.write(sealed)
        self.advance(len(sealed))

    async def end(self) -> tuple[Part, ...]:
        return await self.inner.end()

    async def publish(self, volumes: tuple[Volume, ...]) -> tuple[str, ...]:
        return await self.inner.publish(volumes)

    async def abort(self) -> None:
        await self.inner.abort()
