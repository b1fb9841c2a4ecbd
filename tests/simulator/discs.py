# SPDX-License-Identifier: Apache-2.0
"""Courier discs in memory: what is published lies in the post; what is taken is staged on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from comity.adapters.crash import crash_point
from comity.basis.errors import EdgeError, InputError, ProofError
from comity.basis.ids import Digest, PartyId
from comity.basis.limits import BUNDLE_HEADER_BYTES_MAX
from comity.ports import BundleWriter, Volume
from comity.sealing.bundle import BundleHeader, Part, format_header
from tests.simulator.disk import Disk, Weather
from tests.simulator.program import Program


@dataclass
class Post:
    """Discs by name, wherever they are on their way."""

    discs: dict[str, bytes] = field(default_factory=dict)
    senders: dict[str, PartyId] = field(default_factory=dict)

    def forget(self, sender: PartyId) -> None:
        """Destroy every disc of a sender's that is on its way."""
        for name in [name for name, party in self.senders.items() if party == sender]:
            del self.senders[name]
            self.discs.pop(name, None)


class DiscBundles:
    """The courier's discs as one node meets them."""

    def __init__(self, disk: Disk, program: Program, weather: Weather, post: Post) -> None:
        """Stage on the node's disk."""
        self._staged, self._program = disk.staged, program
        self._weather, self._post = weather, post

    async def begin(self, name: str, part_bytes: int) -> BundleWriter:
        """Start a bundle."""
        self._program.check()
        self._weather.demand_space()
        return _DiscWriter(name, part_bytes, self._program, self._post)

    async def header(self, name: str) -> bytes:
        """Return the first bytes of a volume."""
        self._program.check()
        return self._disc(name)[:BUNDLE_HEADER_BYTES_MAX]

    async def stage(self, name: str, header: BundleHeader, offset: int) -> None:
        """Take the parts that a volume carries, each when it holds."""
        self._program.check()
        self._weather.demand_space()
        raw = self._disc(name)
        staged = self._staged.setdefault(_key(header), {})
        for index in range(header.first, header.last + 1):
            part = header.parts[index]
            piece = raw[offset : offset + part.size]
            offset += part.size
            if hashlib.sha256(piece).hexdigest() != part.digest:
                raise ProofError("bundle.part", "a part is not the one that is listed", where=name)
            staged[index] = piece
            crash_point("courier.after-part")
        if raw[offset:]:
            raise InputError("bundle.malformed", "bytes after the last part", where=name)
        crash_point("courier.after-stage")

    async def missing(self, header: BundleHeader) -> tuple[int, ...]:
        """List the parts of a bundle that are not staged yet."""
        staged = self._staged.get(_key(header), {})
        return tuple(index for index in range(len(header.parts)) if index not in staged)

    async def sealed(self, header: BundleHeader) -> Iterator[bytes]:
        """Return the staged body."""
        self._program.check()
        staged = self._staged[_key(header)]
        return iter([staged[index] for index in sorted(staged)])

    async def forget(self, header: BundleHeader) -> None:
        """Remove what is staged of a bundle."""
        self._program.check()
        crash_point("courier.before-forget")
        self._staged.pop(_key(header), None)

    def _disc(self, name: str) -> bytes:
        raw = self._post.discs.get(name)
        if raw is None:
            raise EdgeError("disk.failed", "the disk refused", where=name, found="no such disc")
        return raw


class _DiscWriter:
    """A bundle being written; nothing is in the post before it is published."""

    def __init__(self, name: str, part_bytes: int, program: Program, post: Post) -> None:
        self._name, self._part_bytes = name, part_bytes
        self._program, self._post = program, post
        self._body = bytearray()

    async def write(self, sealed: bytes) -> None:
        self._program.check()
        self._body += sealed

    async def end(self) -> tuple[Part, ...]:
        return tuple(
            Part(len(piece), Digest(hashlib.sha256(piece).hexdigest())) for piece in self._pieces()
        )

    async def publish(self, volumes: tuple[Volume, ...]) -> tuple[str, ...]:
        self._program.check()
        crash_point("courier.before-publish")
        pieces, names = self._pieces(), []
        for number, volume in enumerate(volumes, 1):
            names.append(self._name if len(volumes) == 1 else f"{self._name}.{number}")
            parts = pieces[volume.first : volume.last + 1]
            self._post.discs[names[-1]] = volume.header + b"".join(parts)
            self._post.senders[names[-1]] = self._program.party
            crash_point("courier.after-volume")
        crash_point("courier.after-publish")
        return tuple(names)

    async def abort(self) -> None:
        self._body.clear()

    def _pieces(self) -> list[bytes]:
        size = self._part_bytes
        return [bytes(self._body[at : at + size]) for at in range(0, len(self._body), size)]


def _key(header: BundleHeader) -> str:
    shared = format_header(replace(header, first=0, last=0))
    return hashlib.sha256(shared).hexdigest()
