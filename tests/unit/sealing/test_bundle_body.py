# SPDX-License-Identifier: Apache-2.0
"""The body of a bundle: whole and under its own key, or refused at the latest at its end."""

import itertools
from collections.abc import Iterator

import pytest
from cryptography.cobblestone import Cobblestone256Encryptor

from comity.basis.errors import InputError, InvariantError, ProofError
from comity.sealing.bundle import BODY_CONTEXT, BodyReader, Listing, format_listing
from comity.sealing.bundle_body import BodySealer, open_body
from comity.sealing.stream import PAYLOAD_CONTEXT

KEY = bytes(range(32))
PLAIN = bytes(index % 251 for index in range(40_000))
CHUNK = 16 * 1024


def _seal(plain: bytes, key: bytes = KEY) -> bytes:
    sealer = BodySealer(key)
    return sealer.update(plain) + sealer.finish()


def _chunks(raw: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(raw), size):
        yield raw[start : start + size]


@pytest.mark.parametrize("size", [1_000, CHUNK, CHUNK + 16, 100_000])
def test_a_body_opens_as_it_was_sealed_from_chunks_of_any_size(size: int) -> None:
    assert b"".join(open_body(KEY, _chunks(_seal(PLAIN), size))) == PLAIN


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1])
def test_a_body_of_any_length_opens(length: int) -> None:
    assert b"".join(open_body(KEY, [_seal(PLAIN[:length])])) == PLAIN[:length]


def test_a_body_sealed_in_pieces_opens_as_one() -> None:
    sealer = BodySealer(KEY)
    sealed = [sealer.update(chunk) for chunk in _chunks(PLAIN, 777)]
    assert b"".join(open_body(KEY, [*sealed, sealer.finish()])) == PLAIN


def test_two_seals_of_one_body_differ() -> None:
    assert _seal(PLAIN) != _seal(PLAIN)


@pytest.mark.parametrize("cut", [1, 16, 7_232, 7_248, CHUNK + 7_248, 40_103])
def test_refuses_a_truncated_body(cut: int) -> None:
    with pytest.raises(ProofError) as caught:
        list(open_body(KEY, [_seal(PLAIN)[:-cut]]))
    assert caught.value.code == "bundle.altered"


@pytest.mark.parametrize("at", [0, 24, 56, 57, CHUNK + 71, 40_103])
def test_refuses_a_body_with_a_flipped_bit(at: int) -> None:
    sealed = bytearray(_seal(PLAIN))
    sealed[at] ^= 1
    with pytest.raises(ProofError) as caught:
        list(open_body(KEY, [bytes(sealed)]))
    assert caught.value.code == "bundle.altered"


@pytest.mark.parametrize("order", [(0, 2, 1, 3), (0, 1, 1, 2, 3), (0, 2, 3), (0, 1, 2, 3, 3)])
def test_refuses_chunks_moved_repeated_dropped_or_added(order: tuple[int, ...]) -> None:
    sealed = _seal(PLAIN)
    ends = [0, 56, 56 + CHUNK + 16, 56 + 2 * (CHUNK + 16), len(sealed)]
    pieces = [sealed[start:end] for start, end in itertools.pairwise(ends)]
    with pytest.raises(ProofError):
        list(open_body(KEY, [b"".join(pieces[index] for index in order)]))


def test_refuses_another_key() -> None:
    with pytest.raises(ProofError) as caught:
        list(open_body(bytes(32), [_seal(PLAIN)]))
    assert caught.value.code == "bundle.altered"


def test_refuses_a_payload_in_place_of_a_body() -> None:
    payload = Cobblestone256Encryptor(KEY, PAYLOAD_CONTEXT)
    assert PAYLOAD_CONTEXT != BODY_CONTEXT
    with pytest.raises(ProofError):
        list(open_body(KEY, [payload.update(PLAIN) + payload.finalize()]))


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_refuses_a_key_of_another_length(length: int) -> None:
    with pytest.raises(InputError) as caught:
        BodySealer(bytes(length))
    assert caught.value.code == "bundle.key-length"
    with pytest.raises(InputError):
        next(open_body(bytes(length), []))


def test_nothing_follows_the_end_of_a_body() -> None:
    sealer = BodySealer(KEY)
    sealer.finish()
    with pytest.raises(InvariantError):
        sealer.update(b"more")
    with pytest.raises(InvariantError):
        sealer.finish()


def _read_whole(reader: BodyReader, content: int) -> bytes:
    assert reader.listing() == Listing()
    read = reader.exactly(content)
    reader.finish()
    return read


@pytest.mark.parametrize("size", [100, CHUNK, 1_000_000])
def test_a_reader_of_a_body_notices_that_its_end_was_cut_off(size: int) -> None:
    listing = format_listing(Listing())
    content = 2 * CHUNK - len(listing)
    sealed = _seal(listing + bytes(content))
    whole = BodyReader(open_body(KEY, _chunks(sealed, size)))
    assert _read_whole(whole, content) == bytes(content)
    # All that is asked for is still there: the chunk that is gone is the last, which is empty.
    with pytest.raises(ProofError):
        _read_whole(BodyReader(open_body(KEY, _chunks(sealed[:-16], size))), content)
