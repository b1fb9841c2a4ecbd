# SPDX-License-Identifier: Apache-2.0
"""The body of `add-entries`: which entries, then packages of at most 256, each with its proof.

Packages are read one by one as the bytes come, so that no body has to fit in memory. Nothing is
verified here; bytes after the last package are not looked at.

Source: C2SP tlog-mirror, add-entries
"""

from collections.abc import Iterator
from dataclasses import dataclass

from comity.basis.errors import InputError
from comity.basis.limits import (
    ENTRY_BYTES_MAX,
    MIRROR_TICKET_BYTES_MAX,
    ORIGIN_BYTES_MAX,
    PROOF_HASHES_MAX,
    TILE_WIDTH,
    TREE_SIZE_MAX,
)
from comity.tlog.subtrees import Subtree, SubtreeProof
from comity.tlog.tiles import format_bundle
from comity.tlog.tree import HASH_BYTES

_UINT16 = 2
_UINT64 = 8


@dataclass(frozen=True, slots=True)
class AddEntries:
    """What the head of a body says: whose entries `[start, end)` it uploads.

    `ticket` is what the mirror gave, or nothing.
    """

    origin: str
    start: int
    end: int
    ticket: bytes = b""

    def __post_init__(self) -> None:
        """Refuse what no body may say."""
        if not 0 <= self.start <= self.end <= TREE_SIZE_MAX:
            raise _malformed(f"0 to {TREE_SIZE_MAX}, in order", f"{self.start} to {self.end}")
        if not self.origin.isascii() or not 1 <= len(self.origin) <= ORIGIN_BYTES_MAX:
            raise _malformed(
                f"an origin of 1 to {ORIGIN_BYTES_MAX} ASCII bytes", f"{len(self.origin)}"
            )
        if len(self.ticket) > MIRROR_TICKET_BYTES_MAX:
            raise _malformed(f"at most {MIRROR_TICKET_BYTES_MAX} bytes", f"{len(self.ticket)}")


@dataclass(frozen=True, slots=True)
class PackageRange:
    """Which entries a package holds: `[start, end)`; its proof is of the subtree they end."""

    subtree: Subtree
    start: int

    @property
    def end(self) -> int:
        """Give the index after the last entry."""
        return self.subtree.end

    @property
    def count(self) -> int:
        """Count the entries."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class EntryPackage:
    """Some entries, and the path from the subtree that they end to the root at the upload's end."""

    range: PackageRange
    entries: tuple[bytes, ...]
    path: tuple[bytes, ...]

    def proof(self, size: int) -> SubtreeProof:
        """Give the path as a proof for the tree of `size`, which is the upload's end."""
        return SubtreeProof(self.range.subtree, size, self.path)


def package_ranges(start: int, end: int) -> Iterator[PackageRange]:
    """Give the canonical sequence of packages for `[start, end)`, cut at multiples of 256.

    Source: C2SP tlog-mirror, add-entries, Request Body
    """
    for first in range(start - start % TILE_WIDTH, end, TILE_WIDTH):
        last = min(end, first + TILE_WIDTH)
        if start < last:
            yield PackageRange(Subtree(first, last), max(start, first))


def format_head(head: AddEntries) -> bytes:
    """Write the head of a body.

    Source: C2SP tlog-mirror, add-entries, Request Body
    """
    origin = head.origin.encode("ascii")
    return b"".join(
        (
            len(origin).to_bytes(_UINT16, "big"),
            origin,
            head.start.to_bytes(_UINT64, "big"),
            head.end.to_bytes(_UINT64, "big"),
            len(head.ticket).to_bytes(_UINT16, "big"),
            head.ticket,
        )
    )


def format_package(package: EntryPackage) -> bytes:
    """Write one package.

    Raises:
        InputError: an entry or the path is too long, or there are not as many as the range says.

    Source: C2SP tlog-mirror, add-entries, Request Body
    """
    if len(package.entries) != package.range.count:
        raise _malformed(f"{package.range.count} entries", f"{len(package.entries)} entries")
    if len(package.path) > PROOF_HASHES_MAX or any(
        len(each) != HASH_BYTES for each in package.path
    ):
        raise _malformed(
            f"at most {PROOF_HASHES_MAX} hashes of {HASH_BYTES} bytes", f"{len(package.path)}"
        )
    return b"".join((format_bundle(package.entries), bytes((len(package.path),)), *package.path))


def parse_head(raw: bytes) -> tuple[AddEntries, int] | None:
    """Read the head of a body, and how many bytes it took; None while bytes are missing.

    Raises:
        InputError: no body may say this.
    """
    cut = _Cut(raw)
    origin = cut.prefixed()
    start, end = cut.number(_UINT64), cut.number(_UINT64)
    ticket = cut.prefixed()
    if len(raw) < cut.at:
        return None
    if not origin.isascii():
        raise _malformed("an origin of ASCII bytes", f"{len(origin)} bytes")
    return AddEntries(origin.decode("ascii"), start, end, ticket), cut.at


class _Cut:
    """Cuts bytes into pieces; `at` goes beyond their end when there are too few."""

    __slots__ = ("_raw", "at")

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self.at = 0

    def take(self, count: int) -> bytes:
        self.at += count
        return self._raw[self.at - count : self.at]

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")

    def prefixed(self) -> bytes:
        return self.take(self.number(_UINT16))


class PackageReader:
    """Takes the bytes after a head as they come, and gives each package once it is whole.

    Holds one package at most, and what was fed last: about 16 MiB and a chunk.
    """

    __slots__ = ("_at", "_buffer", "_entries", "_left", "_range")

    def __init__(self, head: AddEntries) -> None:
        """Expect the packages of a head's range, from the first on."""
        self._left = package_ranges(head.start, head.end)
        self._range = next(self._left, None)
        self._buffer = bytearray()
        self._at = 0
        self._entries: list[bytes] = []

    @property
    def is_done(self) -> bool:
        """Say whether the last package was given; what comes after is dropped."""
        return self._range is None

    def feed(self, chunk: bytes) -> Iterator[EntryPackage]:
        """Take bytes, and give what they complete.

        Raises:
            InputError: a package says more hashes than a proof has.
        """
        if self._range is None:
            return
        self._buffer += chunk
        while self._range is not None and (package := self._next(self._range)) is not None:
            self._range = next(self._left, None)
            yield package
        if self._range is None:
            self._buffer.clear()

    def _next(self, range_: PackageRange) -> EntryPackage | None:
        """Go on reading entries where the last call stopped, and then the path."""
        buffer, at = self._buffer, self._at
        while len(self._entries) < range_.count:
            start = at + _UINT16
            end = start + int.from_bytes(buffer[at:start], "big")
            if len(buffer) < max(start, end):
                self._at = at
                return None
            self._entries.append(bytes(buffer[start:end]))
            at = end
        self._at = at
        path = self._path(at)
        if path is None:
            return None
        package = EntryPackage(range_, tuple(self._entries), path)
        del buffer[: at + 1 + HASH_BYTES * len(path)]
        self._at, self._entries = 0, []
        return package

    def _path(self, at: int) -> tuple[bytes, ...] | None:
        buffer = self._buffer
        if len(buffer) <= at:
            return None
        count = buffer[at]
        if count > PROOF_HASHES_MAX:
            raise _malformed(f"at most {PROOF_HASHES_MAX} hashes", f"{count} hashes")
        end = at + 1 + HASH_BYTES * count
        if len(buffer) < end:
            return None
        raw = bytes(buffer[at + 1 : end])
        return tuple(raw[each : each + HASH_BYTES] for each in range(0, len(raw), HASH_BYTES))


def _malformed(expected: str, found: str) -> InputError:
    return InputError(
        "tlog.add-entries",
        "not the body of add-entries in its only form",
        expected=expected,
        found=found,
    )


PACKAGE_BYTES_MAX = TILE_WIDTH * (_UINT16 + ENTRY_BYTES_MAX) + 1 + PROOF_HASHES_MAX * HASH_BYTES
"""The most bytes that one package takes."""
