# SPDX-License-Identifier: Apache-2.0
"""The courier bundle: what a disc carried by hand looks like, outside and inside.

Outside stand only the two domains, a serial number, and sizes and digests of the parts
(treaties G12a: two envelopes, no sign of classification outside). Inside, once unsealed: a listing
whose sizes are held to, then entries and parcels in the order of the listing. No archive format.
Specified in docs/formats/courier.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.ids import Digest, Domain, parse_digest, parse_domain
from comity.basis.limits import (
    BUNDLE_HEADER_BYTES_MAX,
    BUNDLE_LISTING_BYTES_MAX,
    BUNDLE_LISTING_VALUES_MAX,
    BUNDLE_PART_BYTES,
    BUNDLE_PARTS_MAX,
    BUNDLE_SEGMENTS_MAX,
    COURIER_WRAP_BYTES_MAX,
    ENTRY_BYTES_MAX,
    JSON_INTEGER_MAX,
    PARCEL_BYTES_MAX,
    SEGMENT_ENTRIES_MAX,
    SIGNED_CHECKPOINT_CHARS_MAX,
    STATEMENT_BYTES_MAX,
)
from comity.basis.strict_json import format_json, parse_canonical

MAGIC = "comity/courier/v1"
BODY_CONTEXT = b"comity/courier/v1"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
_KEY_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Part:
    """One run of sealed bytes: its length, and the SHA-256 that it must have."""

    size: int
    digest: Digest


@dataclass(frozen=True, slots=True)
class BundleHeader:
    """The outer envelope. `first` and `last` say which parts this volume carries."""

    from_domain: Domain
    to_domain: Domain
    serial: int
    key_id: str
    wrap: bytes
    parts: tuple[Part, ...]
    first: int
    last: int


def format_header(header: BundleHeader) -> bytes:
    """Write the outer envelope of one volume; the parts' bytes follow it directly."""
    lines = [
        MAGIC,
        f"from {header.from_domain}",
        f"to {header.to_domain}",
        f"serial {header.serial}",
        f"key {header.key_id}",
        f"wrap {encode_base64(header.wrap)}",
        *(f"part {part.size} {part.digest}" for part in header.parts),
        f"volume {header.first} {header.last}",
        "",
        "",
    ]
    return "\n".join(lines).encode()


def parse_header(raw: bytes) -> tuple[BundleHeader, int]:
    """Read the outer envelope at the start of `raw`; return it and where the parts begin.

    Raises:
        InputError: not a bundle, or not written exactly as `format_header` writes.
    """
    end = raw.find(b"\n\n", 0, BUNDLE_HEADER_BYTES_MAX)
    if not raw.startswith(MAGIC.encode() + b"\n") or end < 0:
        raise _bad("no courier header", expected=f"a file that begins with {MAGIC}")
    try:
        lines = raw[:end].decode("ascii").split("\n")
    except UnicodeDecodeError as err:
        raise _bad("the header is not ASCII") from err
    if not 8 <= len(lines) <= 7 + BUNDLE_PARTS_MAX:
        raise _bad("wrong number of header lines", found=str(len(lines)))
    named = [_field(line, name) for line, name in zip(lines[1:6], _HEAD_NAMES, strict=True)]
    if not _KEY_ID.fullmatch(named[3]):
        raise _bad("not a key id", where="key", found=excerpt(named[3]))
    first, last = _numbers(_field(lines[-1], "volume"), "volume")
    header = BundleHeader(
        from_domain=parse_domain(named[0], where="from"),
        to_domain=parse_domain(named[1], where="to"),
        serial=_numbers(named[2], "serial", count=1)[0],
        key_id=named[3],
        wrap=decode_base64(named[4], bytes_max=COURIER_WRAP_BYTES_MAX, where="wrap"),
        parts=tuple(_part(line) for line in lines[6:-1]),
        first=first,
        last=last,
    )
    if not first <= last < len(header.parts):
        raise _bad("this volume names parts that are not listed", where="volume")
    return header, end + 2


def split_volumes(parts: tuple[Part, ...], volume_bytes: int | None) -> tuple[tuple[int, int], ...]:
    """Say which parts go on which disc: first and last of each, in order.

    A part is never split, so a disc must hold one part at least; None: all on one.
    """
    volumes: list[tuple[int, int]] = []
    first, used = 0, 0
    for index, part in enumerate(parts):
        if volume_bytes is not None and index > first and used + part.size > volume_bytes:
            volumes.append((first, index - 1))
            first, used = index, 0
        used += part.size
    return (*volumes, (first, len(parts) - 1))


_HEAD_NAMES = ("from", "to", "serial", "key", "wrap")


def _bad(what: str, *, where: str = "", expected: str = "", found: str = "") -> InputError:
    return InputError(
        "bundle.malformed",
        what,
        where=where,
        expected=expected,
        found=found,
        hint="ask the partner for a new bundle (comity courier pack)",
    )


def _field(line: str, name: str) -> str:
    head, space, rest = line.partition(" ")
    if head != name or not space or not rest:
        raise _bad("header line missing", expected=f"{name} …", found=excerpt(head))
    return rest


def _numbers(text: str, where: str, *, count: int = 2) -> tuple[int, ...]:
    found = text.split(" ")
    if len(found) != count or not all(_NUMBER.fullmatch(each) for each in found):
        raise _bad("not plain decimal numbers", where=where)
    numbers = tuple(int(each) for each in found)
    if max(numbers) > JSON_INTEGER_MAX:
        raise _bad("number too large", where=where, expected=f"at most {JSON_INTEGER_MAX}")
    return numbers


def _part(line: str) -> Part:
    size, space, digest = _field(line, "part").partition(" ")
    if not space:
        raise _bad("a part needs a size and a digest", where="part")
    part = Part(_numbers(size, "part", count=1)[0], parse_digest(digest, where="part"))
    if not 1 <= part.size <= BUNDLE_PART_BYTES:
        raise _bad(
            "a part has an impossible size",
            where="part",
            expected=f"1 to {BUNDLE_PART_BYTES} bytes",
            found=str(part.size),
        )
    return part


@dataclass(frozen=True, slots=True)
class Segment:
    """Entries `[start, start + count)` of one register, and a checkpoint that ends with them.

    `entries_bytes` counts the entries with their two-byte lengths. With `count` 0 the checkpoint
    alone is shown.
    """

    origin: str
    start: int
    count: int
    entries_bytes: int
    checkpoint: str


@dataclass(frozen=True, slots=True)
class CarriedCosignature:
    """Our cosignature lines on a partner's register at `size`: their receipt."""

    origin: str
    size: int
    lines: str


@dataclass(frozen=True, slots=True)
class HeldSize:
    """How much of a register we hold, so that the partner knows where to go on."""

    origin: str
    size: int


@dataclass(frozen=True, slots=True)
class CarriedParcel:
    """A parcel in the body: clear ones (cards, agreement files) come before the sealed."""

    digest: Digest
    size: int
    clear: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """The inner envelope: everything that the body holds, in its order.

    `held` are the latest checkpoints that we hold of every register of the agreements concerned,
    so that a split view meets itself. `wanted` are parcels that we lack.
    """

    segments: tuple[Segment, ...] = ()
    cosignatures: tuple[CarriedCosignature, ...] = ()
    held: tuple[str, ...] = ()
    sizes: tuple[HeldSize, ...] = ()
    parcels: tuple[CarriedParcel, ...] = ()
    wanted: tuple[Digest, ...] = ()


def format_listing(listing: Listing) -> bytes:
    """Write the listing with its four-byte length in front."""
    body = format_json(
        {
            "format": 1,
            "segments": [
                {
                    "origin": each.origin,
                    "start": each.start,
                    "count": each.count,
                    "bytes": each.entries_bytes,
                    "checkpoint": each.checkpoint,
                }
                for each in listing.segments
            ],
            "cosignatures": [
                {"origin": each.origin, "size": each.size, "lines": each.lines}
                for each in listing.cosignatures
            ],
            "held": list(listing.held),
            "sizes": [{"origin": each.origin, "size": each.size} for each in listing.sizes],
            "parcels": [
                {"sha256": each.digest, "size": each.size, "clear": each.clear}
                for each in listing.parcels
            ],
            "wanted": list(listing.wanted),
        }
    )
    return len(body).to_bytes(4, "big") + body


def parse_listing(raw: bytes) -> Listing:
    """Read a listing (without its length).

    Raises:
        InputError: not a listing, or one that would take far more memory than bytes to read.
    """
    # Anyone who has our card can seal a body to us: millions of empty values are never built.
    values = sum(map(raw.count, _BEFORE_VALUES))
    if values > BUNDLE_LISTING_VALUES_MAX:
        expected = f"at most {BUNDLE_LISTING_VALUES_MAX} values"
        raise _bad("listing has too many values", expected=expected, found=str(values))
    fields = Fields(
        parse_canonical(raw, bytes_max=BUNDLE_LISTING_BYTES_MAX, where="listing"), "listing"
    )
    fields.integer("format", 1, 1)
    listing = Listing(
        segments=tuple(_read_segment(each) for each in fields.objects("segments", max_items=_MANY)),
        cosignatures=tuple(
            _read_cosignature(each) for each in fields.objects("cosignatures", max_items=_MANY)
        ),
        held=fields.texts("held", max_chars=_NOTE_CHARS, max_items=_MANY),
        sizes=tuple(_read_size(each) for each in fields.objects("sizes", max_items=_MANY)),
        parcels=tuple(_read_parcel(each) for each in fields.objects("parcels", max_items=_MANY)),
        wanted=tuple(
            parse_digest(each, where="listing.wanted")
            for each in fields.texts("wanted", max_chars=64, max_items=_MANY)
        ),
    )
    fields.finish()
    ranks = [(not each.clear, each.digest) for each in listing.parcels]
    if ranks != sorted(set(ranks)) or len({digest for _, digest in ranks}) < len(ranks):
        raise _bad(
            "parcels are not in their one order",
            where="listing.parcels",
            expected="clear ones before sealed, by digest, each once",
        )
    return listing


_MANY = BUNDLE_SEGMENTS_MAX
_BEFORE_VALUES = (b",", b"[", b"{")
_NOTE_CHARS = SIGNED_CHECKPOINT_CHARS_MAX
# A segment is held in memory, and anyone who has the partner's card can seal a body to it.
_SEGMENT_BYTES_MAX = SEGMENT_ENTRIES_MAX * (2 + ENTRY_BYTES_MAX)


def _read_segment(fields: Fields) -> Segment:
    segment = Segment(
        origin=fields.text("origin", max_chars=255),
        start=fields.integer("start"),
        count=fields.integer("count", 0, SEGMENT_ENTRIES_MAX),
        entries_bytes=fields.integer("bytes", 0, _SEGMENT_BYTES_MAX),
        checkpoint=fields.text("checkpoint", max_chars=_NOTE_CHARS),
    )
    fields.finish()
    return segment


def _read_cosignature(fields: Fields) -> CarriedCosignature:
    carried = CarriedCosignature(
        origin=fields.text("origin", max_chars=255),
        size=fields.integer("size"),
        lines=fields.text("lines", max_chars=_NOTE_CHARS),
    )
    fields.finish()
    return carried


def _read_size(fields: Fields) -> HeldSize:
    held = HeldSize(
        origin=fields.text("origin", max_chars=255),
        size=fields.integer("size"),
    )
    fields.finish()
    return held


def _read_parcel(fields: Fields) -> CarriedParcel:
    carried = CarriedParcel(
        digest=parse_digest(fields.text("sha256", max_chars=64), where="listing.parcels"),
        size=fields.integer("size", 0, PARCEL_BYTES_MAX),
        clear=fields.boolean("clear"),
    )
    fields.finish()
    return carried


class BodyReader:
    """Take exact lengths from a stream of plaintext chunks, holding one chunk at most."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        """Read from `chunks`; they may be of any size."""
        self._chunks = chunks
        self._chunk = b""
        self._taken = 0

    def exactly(self, size: int) -> bytes:
        """Return the next `size` bytes at once; for small things only."""
        return b"".join(self.stream(size))

    def stream(self, size: int) -> Iterator[bytes]:
        """Give the next `size` bytes in chunks. Raises InputError when the body ends before."""
        while size > 0:
            if not self._draw():
                raise _bad("the body ends too early", where="body")
            piece = self._chunk[self._taken : self._taken + size]
            self._taken += len(piece)
            size -= len(piece)
            yield piece

    def listing(self) -> Listing:
        """Read the listing at the body's start."""
        size = int.from_bytes(self.exactly(4), "big")
        if size > BUNDLE_LISTING_BYTES_MAX:
            raise _bad("listing too large", where="body", found=str(size))
        return parse_listing(self.exactly(size))

    def entries(self, segment: Segment) -> tuple[bytes, ...]:
        """Read a segment's entries; they must fill exactly the bytes that it names."""
        found: list[bytes] = []
        used = 0
        for _ in range(segment.count):
            size = int.from_bytes(self.exactly(2), "big")
            used += 2 + size
            if used > segment.entries_bytes:
                break
            found.append(self.exactly(size))
        if used != segment.entries_bytes:
            raise _bad("entries do not fill the length listed", where=segment.origin)
        return tuple(found)

    def _draw(self) -> bool:
        """Hold some bytes, unless the body has ended; an empty chunk is not its end."""
        while self._taken == len(self._chunk):
            chunk = next(self._chunks, None)
            if chunk is None:
                return False
            self._chunk, self._taken = chunk, 0
        return True

    def finish(self) -> None:
        """Raise InputError unless the body ends here."""
        if self._draw():
            raise _bad("bytes after the last parcel", where="body")


def entry_bytes(entry: bytes) -> bytes:
    """Write one entry as it stands in a body: two-byte length, then its bytes."""
    if len(entry) > STATEMENT_BYTES_MAX:
        raise _bad("entry too large", where="body", found=str(len(entry)))
    return len(entry).to_bytes(2, "big") + entry
