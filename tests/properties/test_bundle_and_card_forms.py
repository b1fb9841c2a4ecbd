# SPDX-License-Identifier: Apache-2.0
"""What is written reads back as it was: a bundle's two envelopes, and a party's card."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from comity.basis.ids import Digest, Domain
from comity.basis.instants import Instant
from comity.keys.card_reading import parse_card
from comity.keys.cards import card_text
from comity.sealing.bundle import (
    BundleHeader,
    CarriedCosignature,
    CarriedParcel,
    HeldSize,
    Listing,
    Part,
    Segment,
    format_header,
    format_listing,
    parse_header,
    parse_listing,
)
from tests.builders.holders import make_holder

ORIGINS = st.sampled_from(["mod.tokyo.example/register/a", "mnd.seoul.example/register/a"])
SIZES = st.integers(min_value=1, max_value=2**20)
NOTES = st.text(alphabet="abcé極\n", min_size=1, max_size=40)
DIGESTS = st.binary(min_size=32, max_size=32).map(lambda raw: Digest(raw.hex()))
PARTS = st.lists(st.builds(Part, SIZES, DIGESTS), min_size=1, max_size=5).map(tuple)


@st.composite
def headers(draw: st.DrawFn) -> BundleHeader:
    parts = draw(PARTS)
    first = draw(st.integers(min_value=0, max_value=len(parts) - 1))
    return BundleHeader(
        from_domain=Domain("mod.tokyo.example"),
        to_domain=Domain("mnd.seoul.example"),
        serial=draw(st.integers(min_value=1, max_value=2**53 - 1)),
        key_id=draw(st.binary(min_size=8, max_size=8)).hex(),
        wrap=draw(st.binary(min_size=1, max_size=200)),
        parts=parts,
        first=first,
        last=draw(st.integers(min_value=first, max_value=len(parts) - 1)),
    )


@given(headers(), st.binary(max_size=50))
def test_a_bundles_outside_reads_back_as_written(header: BundleHeader, body: bytes) -> None:
    raw = format_header(header)
    assert parse_header(raw + body) == (header, len(raw))


@given(
    st.lists(st.builds(CarriedCosignature, ORIGINS, SIZES, NOTES), max_size=3).map(tuple),
    st.lists(NOTES, max_size=3).map(tuple),
    st.lists(st.builds(HeldSize, ORIGINS, SIZES), max_size=3).map(tuple),
    st.lists(DIGESTS, unique=True, max_size=3),
)
def test_a_bundles_listing_reads_back_as_written(
    cosignatures: tuple[CarriedCosignature, ...],
    held: tuple[str, ...],
    sizes: tuple[HeldSize, ...],
    digests: list[Digest],
) -> None:
    parcels = tuple(CarriedParcel(each, 9, clear=False) for each in sorted(digests))
    segments = (Segment("mod.tokyo.example/register/a", 0, 1, 12, "note\n"),)
    listing = Listing(segments, cosignatures, held, sizes, parcels, tuple(sorted(digests)))
    raw = format_listing(listing)
    assert parse_listing(raw[4:]) == listing
    assert format_listing(parse_listing(raw[4:])) == raw


HOLDER = make_holder()
WORDS = st.text(alphabet="abc 日本국", min_size=1, max_size=20).filter(
    lambda text: text.strip() == text
)


@given(
    st.integers(min_value=1, max_value=1000),
    st.dictionaries(st.sampled_from(["en", "ja", "ko"]), WORDS, min_size=1, max_size=3),
    WORDS,
    st.integers(min_value=0, max_value=10**12),
)
def test_a_signed_card_reads_back_as_it_was_meant(
    version: int, names: dict[str, str], authority: str, later_ms: int
) -> None:
    meant = replace(
        HOLDER.card,
        version=version,
        names=tuple(sorted(names.items())),
        competent_authority=authority,
        issued_at=Instant(HOLDER.card.issued_at + later_ms),
        raw=b"",
    )
    raw = HOLDER.sign_card(meant)
    card, note = parse_card(raw)
    assert card == replace(meant, raw=raw)
    assert card_text(card) == note.text
