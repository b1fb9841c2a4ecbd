# SPDX-License-Identifier: Apache-2.0
"""The courier bundle's two envelopes: exact forms, sizes held to, nothing shown outside."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.ids import Digest, Domain
from comity.basis.limits import BUNDLE_LISTING_BYTES_MAX, BUNDLE_LISTING_VALUES_MAX
from comity.basis.strict_json import format_json
from comity.sealing.bundle import (
    BodyReader,
    BundleHeader,
    CarriedCosignature,
    CarriedParcel,
    HeldSize,
    Listing,
    Part,
    Segment,
    entry_bytes,
    format_header,
    format_listing,
    parse_header,
    parse_listing,
    split_volumes,
)

_DIGEST = Digest("ab" * 32)
_HEADER = BundleHeader(
    from_domain=Domain("mod.tokyo.example"),
    to_domain=Domain("mnd.seoul.example"),
    serial=12,
    key_id="0123456789abcdef",
    wrap=b"wrapped",
    parts=(Part(5, _DIGEST), Part(7, _DIGEST)),
    first=0,
    last=1,
)
_LISTING = Listing(
    segments=(Segment("mod.tokyo.example/register/a", 3, 2, 10, "note\n"),),
    cosignatures=(CarriedCosignature("mnd.seoul.example/register/a", 4, "lines\n"),),
    held=("note\n",),
    sizes=(HeldSize("mnd.seoul.example/register/a", 4),),
    parcels=(CarriedParcel(_DIGEST, 9, clear=True),),
    wanted=(_DIGEST,),
)


def test_a_header_reads_back_as_written_and_says_where_the_parts_begin() -> None:
    raw = format_header(_HEADER)
    assert parse_header(raw + b"sealed bytes") == (_HEADER, len(raw))


def test_the_header_holds_only_domains_serial_key_sizes_and_digests() -> None:
    words = {line.split(b" ")[0] for line in format_header(_HEADER).split(b"\n") if line}
    assert words == {
        b"comity/courier/v1", b"from", b"to", b"serial", b"key", b"wrap", b"part", b"volume",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"comity/courier/v1", b"comity/courier/v2"),
        (b"from ", b"form "),
        (b"from mod", b"from MOD"),
        (b"serial 12", b"serial 012"),
        (b"serial 12", b"serial 1 2"),
        (b"serial 12", b"serial"),
        (b"wrap d3", b"wrap !3"),
        (b"part 5 ab", b"part 5ab"),
        (b"part 5", b"part five"),
        (b"part 5 ab", b"part 5 AB"),
        (b"volume 0 1", b"volume 0 2"),
        (b"volume 0 1", b"volume 1 0"),
        (b"volume 0 1", b"volume 0"),
        (b"key 0123", b"key \xc3\xa9123"),
        (b"key 0123456789abcdef", b"key sealing-1"),
        (b"key 0123456789abcdef", b"key 0123456789ABCDEF"),
        (b"key 0123456789abcdef", b"key 0123456789abcde"),
        (b"serial 12", b"serial 9007199254740992"),
        (b"part 5", b"part 0"),
        (b"part 5", b"part 67108865"),
        (b"\n\n", b"\n"),
    ],
)
def test_refuses_a_header_that_differs_from_its_one_form(old: bytes, new: bytes) -> None:
    raw = format_header(_HEADER)
    assert old in raw
    with pytest.raises(InputError):
        parse_header(raw.replace(old, new, 1))


def test_refuses_a_header_with_too_few_lines() -> None:
    with pytest.raises(InputError) as caught:
        parse_header(b"comity/courier/v1\nfrom a.example\n\n")
    assert caught.value.code == "bundle.malformed"


def test_a_listing_reads_back_as_written() -> None:
    raw = format_listing(_LISTING)
    assert int.from_bytes(raw[:4], "big") == len(raw) - 4
    assert parse_listing(raw[4:]) == _LISTING


def test_refuses_a_listing_with_an_unknown_field() -> None:
    with pytest.raises(InputError) as caught:
        parse_listing(format_json({"format": 1, "extra": 1}))
    assert caught.value.code == "basis.missing-field"


def _segment(changes: dict[str, Any]) -> Segment:
    return replace(_LISTING.segments[0], **changes)


@pytest.mark.parametrize(
    ("field", "most"), [("count", 1024), ("entries_bytes", 1024 * (2 + 65_535))]
)
def test_refuses_a_segment_that_would_not_fit_in_memory(field: str, most: int) -> None:
    held = _segment({field: most})
    assert parse_listing(format_listing(Listing((held,)))[4:]).segments == (held,)
    beyond = Listing((_segment({field: most + 1}),))
    with pytest.raises(InputError) as caught:
        parse_listing(format_listing(beyond)[4:])
    assert caught.value.code == "basis.out-of-range"


_OTHER = Digest("cd" * 32)


def test_reads_clear_parcels_before_sealed_ones_each_by_digest() -> None:
    parcels = (
        CarriedParcel(_OTHER, 1, clear=True),
        CarriedParcel(_DIGEST, 1, clear=False),
    )
    assert parse_listing(format_listing(Listing(parcels=parcels))[4:]).parcels == parcels


@pytest.mark.parametrize(
    "parcels",
    [
        (CarriedParcel(_DIGEST, 1, clear=False), CarriedParcel(_OTHER, 1, clear=True)),
        (CarriedParcel(_OTHER, 1, clear=True), CarriedParcel(_DIGEST, 1, clear=True)),
        (CarriedParcel(_DIGEST, 1, clear=True), CarriedParcel(_DIGEST, 1, clear=True)),
        (CarriedParcel(_DIGEST, 1, clear=True), CarriedParcel(_DIGEST, 1, clear=False)),
    ],
    ids=["sealed first", "not by digest", "twice", "clear and sealed"],
)
def test_refuses_parcels_in_another_order_or_twice(parcels: tuple[CarriedParcel, ...]) -> None:
    with pytest.raises(InputError) as caught:
        parse_listing(format_listing(Listing(parcels=parcels))[4:])
    assert caught.value.code == "bundle.malformed"
    assert caught.value.where == "listing.parcels"


def test_one_volume_carries_every_part_when_no_size_is_named() -> None:
    assert split_volumes(_HEADER.parts, None) == ((0, 1),)


@pytest.mark.parametrize(
    ("volume_bytes", "volumes"),
    [
        (12, ((0, 1),)),
        (11, ((0, 0), (1, 1))),
        (1, ((0, 0), (1, 1))),
    ],
)
def test_splits_between_parts_and_never_within_one(
    volume_bytes: int, volumes: tuple[tuple[int, int], ...]
) -> None:
    assert split_volumes(_HEADER.parts, volume_bytes) == volumes


def test_empty_chunks_are_not_the_end_of_a_body() -> None:
    reader = BodyReader(iter([b"", b"ab", b"", b"", b"cd", b""]))
    assert reader.exactly(3) == b"abc"
    with pytest.raises(InputError):
        reader.finish()
    assert reader.exactly(1) == b"d"
    reader.finish()


def _chunks(raw: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(raw), size):
        yield raw[start : start + size]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_reads_a_body_from_chunks_of_any_size(size: int) -> None:
    entries = (b"one", b"three")
    segment = Segment("o.example/register/a", 0, 2, 12, "note\n")
    body = format_listing(Listing(segments=(segment,))) + b"".join(map(entry_bytes, entries))
    reader = BodyReader(_chunks(body + b"parcel", size))
    assert reader.listing().segments == (segment,)
    assert reader.entries(segment) == entries
    assert b"".join(reader.stream(6)) == b"parcel"
    reader.finish()


@pytest.mark.parametrize("named", [4, 11, 13])
def test_refuses_entries_that_do_not_fill_the_bytes_listed(named: int) -> None:
    body = entry_bytes(b"one") + entry_bytes(b"three") + b"more"
    with pytest.raises(InputError) as caught:
        BodyReader(iter([body])).entries(Segment("o.example/register/a", 0, 2, named, "n\n"))
    assert caught.value.code == "bundle.malformed"


def test_refuses_a_body_that_ends_early_and_one_that_goes_on() -> None:
    with pytest.raises(InputError):
        BodyReader(iter([b"abc"])).exactly(4)
    with pytest.raises(InputError):
        BodyReader(iter([b"abc"])).finish()
    BodyReader(iter([])).finish()


def test_refuses_a_listing_beyond_its_limit_before_reading_it() -> None:
    reader = BodyReader(iter([(BUNDLE_LISTING_BYTES_MAX + 1).to_bytes(4, "big")]))
    with pytest.raises(InputError) as caught:
        reader.listing()
    assert "too large" in caught.value.what


@pytest.mark.parametrize("value", [b"{}", b"[]", b"0", b'""'])
def test_refuses_a_listing_of_millions_of_empty_values_before_building_them(value: bytes) -> None:
    head = format_listing(Listing())[4:].replace(b'"wanted":[]', b'"wanted":[')
    raw = head.removesuffix(b"}") + b",".join([value] * BUNDLE_LISTING_VALUES_MAX) + b"]}"
    tracemalloc.start()
    try:
        with pytest.raises(InputError) as refusal:
            parse_listing(raw)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert refusal.value.code == "bundle.malformed"
    assert refusal.value.what == "listing has too many values"


def test_refuses_an_entry_that_no_register_could_hold() -> None:
    assert entry_bytes(b"x" * 65_535)[:2] == b"\xff\xff"
    with pytest.raises(InputError):
        entry_bytes(b"x" * 65_536)
