# SPDX-License-Identifier: Apache-2.0
"""Courier bundles on discs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from comity.sealing.bundle import BundleHeader, Part


class BundleWriter(Protocol):
    """A courier bundle being written; nothing is where it was asked for before `publish`."""

    async def write(self, sealed: bytes) -> None:
        """Append sealed bytes of the body."""

    async def end(self) -> tuple[Part, ...]:
        """End the body; return its parts, each with size and SHA-256."""

    async def publish(self, volumes: tuple[Volume, ...]) -> tuple[str, ...]:
        """Put the volumes where they were asked for, durable; return their names."""

    async def abort(self) -> None:
        """Forget what was written; safe to call after `publish`."""


class Bundles(Protocol):
    """Courier bundles on discs. Names are those that people give: paths."""

    async def begin(self, name: str, part_bytes: int) -> BundleWriter:
        """Start a bundle that is to stand at `name`, or at `name.1`, `name.2` … on several."""

    async def header(self, name: str) -> bytes:
        """Return the first bytes of a volume, at most as many as a header may have."""

    async def stage(self, name: str, header: BundleHeader, offset: int) -> None:
        """Take the parts that a volume carries, from `offset` on, into the node's own folder.

        Raises:
            ProofError: a part is not the one that the header lists; it is not kept.
        """

    async def missing(self, header: BundleHeader) -> tuple[int, ...]:
        """List the parts of a bundle that are not staged yet."""

    async def sealed(self, header: BundleHeader) -> Iterator[bytes]:
        """Return the staged body in chunks of at most 1 MiB."""

    async def forget(self, header: BundleHeader) -> None:
        """Remove what is staged of a bundle."""


@dataclass(frozen=True, slots=True)
class Volume:
    """One disc's share: its outer envelope, and the parts `first` to `last`."""

    header: bytes
    first: int
    last: int
