# SPDX-License-Identifier: Apache-2.0
"""Sealed streams: what comes out is what went in, or nothing."""

import tracemalloc
from collections.abc import Iterator
from hashlib import sha256, shake_256

import pytest

from comity.basis.errors import ComityError, InputError, InvariantError, ProofError
from comity.sealing.payload import PayloadHeader, format_payload_header
from comity.sealing.stream import (
    PAYLOAD_CONTEXT,
    Opener,
    Sealer,
    cobblestone_encryptor,
    open_chunks,
    read_through,
    seal_chunks,
    seal_whole,
    sealed_size,
)

KEY = bytes(range(32))
HEADER = PayloadHeader("Musudan", "text/plain", "report.txt", "sighting/1")
CHUNK = 16 * 1024
SEALED_CHUNK = CHUNK + 16
PREFIX = 56


def content_of(size: int) -> bytes:
    return shake_256(b"content").digest(size)


def sealed(content: bytes, key: bytes = KEY) -> bytes:
    return b"".join(seal_chunks(cobblestone_encryptor(key), HEADER, [content]))


def opened(raw: bytes, key: bytes = KEY) -> bytes:
    content = b"".join(open_chunks(Opener(key), [raw]))
    read_through(key, raw)
    return content


def refusal(raw: bytes, key: bytes = KEY) -> str:
    with pytest.raises(ProofError) as caught:
        opened(raw, key)
    with pytest.raises(ProofError, match=caught.value.code):
        read_through(key, raw)
    return caught.value.code


@pytest.mark.parametrize("size", [0, 1, 1024, CHUNK - 300, CHUNK, 3 * CHUNK, 100_000])
def test_opens_what_was_sealed_in_the_length_that_was_foretold(size: int) -> None:
    content = content_of(size)
    raw = sealed(content)
    assert len(raw) == sealed_size(HEADER, size)
    opener = Opener(KEY)
    assert b"".join(open_chunks(opener, [raw])) == content
    assert opener.header == HEADER


def test_a_payload_that_ends_with_a_full_chunk_is_foretold_too() -> None:
    empty = sealed_size(HEADER, 0)
    full = CHUNK - (empty - PREFIX - 16)
    for size in (full - 1, full, full + 1):
        assert len(sealed(content_of(size))) == sealed_size(HEADER, size)


@pytest.mark.parametrize("step", [1, 3, 4, 55, 57, 4096, SEALED_CHUNK, 50_000])
def test_chunks_of_any_length_seal_and_open(step: int) -> None:
    content = content_of(3 * CHUNK if step > 4 else 2000)
    pieces = [content[at : at + step] for at in range(0, len(content), step)]
    raw = b"".join(seal_chunks(cobblestone_encryptor(KEY), HEADER, pieces))
    opener = Opener(KEY)
    parts = (raw[at : at + step] for at in range(0, len(raw), step))
    assert b"".join(open_chunks(opener, parts)) == content


def test_the_header_comes_before_the_first_content() -> None:
    opener, headers = Opener(KEY), []
    headers.append(opener.header)
    first = opener.update(sealed(content_of(40_000)))
    headers.append(opener.header)
    assert headers == [None, HEADER]
    assert content_of(40_000).startswith(first)
    assert len(first) < 40_000


def test_a_header_longer_than_a_chunk_is_put_together() -> None:
    header = PayloadHeader("報" * 500, "text/plain", "告" * 200)
    # Every character written as an escape of several bytes would still fit one header.
    raw = b"".join(seal_chunks(cobblestone_encryptor(KEY), header, [b"x" * 20_000]))
    opener = Opener(KEY)
    out = b"".join(open_chunks(opener, (raw[at : at + 7] for at in range(0, len(raw), 7))))
    assert (opener.header, out) == (header, b"x" * 20_000)


def test_two_seals_of_one_payload_differ() -> None:
    assert sealed(b"x") != sealed(b"x")


def test_every_flipped_byte_is_refused() -> None:
    raw = sealed(b"short")
    for at in range(len(raw)):
        flipped = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        assert refusal(flipped) in {"sealing.altered", "sealing.truncated"}


def test_a_byte_flipped_in_each_chunk_of_a_long_payload_is_refused() -> None:
    raw = sealed(content_of(3 * CHUNK))
    for at in range(PREFIX, len(raw), 5003):
        assert refusal(raw[:at] + bytes([raw[at] ^ 0x80]) + raw[at + 1 :]).startswith("sealing.")


def test_every_truncation_is_refused() -> None:
    raw = sealed(content_of(2 * CHUNK))
    cuts = {0, 1, 24, 55, 56, 57, PREFIX + SEALED_CHUNK - 1, PREFIX + SEALED_CHUNK}
    cuts |= {PREFIX + 2 * SEALED_CHUNK, len(raw) - 1, len(raw) - 16, len(raw) - 17}
    for cut in cuts:
        assert refusal(raw[:cut]) == "sealing.truncated"


def test_plaintext_of_a_truncated_payload_is_its_beginning_and_the_end_says_so() -> None:
    content = content_of(4 * CHUNK)
    opener = Opener(KEY)
    given = opener.update(sealed(content)[: PREFIX + 2 * SEALED_CHUNK])
    assert content.startswith(given)
    assert given
    with pytest.raises(ProofError):
        opener.finish()


def test_chunks_dropped_swapped_repeated_or_appended_are_refused() -> None:
    raw = sealed(content_of(3 * CHUNK))
    prefix, rest = raw[:PREFIX], raw[PREFIX:]
    chunks = [rest[at : at + SEALED_CHUNK] for at in range(0, len(rest), SEALED_CHUNK)]
    first, second, third, last = chunks
    for wrong in (
        [second, third, last],
        [first, third, last],
        [first, second, last],
        [second, first, third, last],
        [first, third, second, last],
        [first, first, second, third, last],
        [first, second, second, third, last],
        [first, second, third, last, last],
        [first, second, third, last, b"\x00"],
        [last, first, second, third],
    ):
        assert refusal(prefix + b"".join(wrong)).startswith("sealing.")


def test_chunks_of_another_payload_under_the_same_key_are_refused() -> None:
    one, other = sealed(content_of(2 * CHUNK)), sealed(content_of(2 * CHUNK))
    spliced = one[: PREFIX + SEALED_CHUNK] + other[PREFIX + SEALED_CHUNK :]
    assert refusal(spliced).startswith("sealing.")
    assert refusal(one[:PREFIX] + other[PREFIX:]).startswith("sealing.")


def test_another_key_opens_nothing() -> None:
    assert refusal(sealed(content_of(100)), bytes(32)).startswith("sealing.")
    with pytest.raises(ProofError) as caught:
        Opener(bytes(32)).update(sealed(content_of(CHUNK)))
    assert caught.value.code == "sealing.altered"


def test_bytes_sealed_for_something_else_do_not_open_as_a_payload() -> None:
    from cryptography.cobblestone import Cobblestone256Encryptor

    encryptor = Cobblestone256Encryptor(KEY, b"comity/courier/v1")
    raw = encryptor.update(b"\x00\x00\x00\x02{}") + encryptor.finalize()
    assert refusal(raw).startswith("sealing.")


def raw_seal(plain: bytes) -> bytes:
    encryptor = cobblestone_encryptor(KEY)
    return encryptor.update(plain) + encryptor.finalize()


@pytest.mark.parametrize(
    ("plain", "code"),
    [
        (b"", "sealing.no-header"),
        (b"\x00\x00\x00", "sealing.no-header"),
        (b"\x00\x00\x00\x05abcd", "sealing.no-header"),
        (b"\x7f\x00\x00\x00abcd", "sealing.header-length"),
        (b"\x00\x00\x00\x02{}", "basis.missing-field"),
        (b"\x00\x00\x00\x00", "basis.json-syntax"),
    ],
)
def test_a_payload_that_does_not_begin_with_a_header_is_refused(plain: bytes, code: str) -> None:
    for read in (opened, lambda raw: read_through(KEY, raw)):
        with pytest.raises(InputError) as caught:
            read(raw_seal(plain))
        assert caught.value.code == code


def test_after_a_refusal_nothing_more_comes_out() -> None:
    raw = sealed(content_of(CHUNK))
    opener = Opener(KEY)
    with pytest.raises(ProofError):
        opener.update(raw[:PREFIX] + b"!" * SEALED_CHUNK)
    with pytest.raises(ProofError):
        opener.update(raw)
    with pytest.raises(ProofError):
        opener.finish()


def test_a_payload_is_sealed_once() -> None:
    sealer = Sealer(cobblestone_encryptor(KEY), HEADER)
    sealer.update(b"x")
    sealer.finish()
    with pytest.raises(InvariantError):
        sealer.update(b"y")
    with pytest.raises(InvariantError):
        sealer.finish()


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    for make in (cobblestone_encryptor, Opener):
        with pytest.raises(ComityError) as caught:
            make(bytes(length))
        assert caught.value.code == "sealing.key-length"


def test_a_long_payload_streams_in_little_memory() -> None:
    size, piece = 64 * 1024 * 1024, content_of(1024 * 1024)

    def pieces() -> Iterator[bytes]:
        for _ in range(size // len(piece)):
            yield piece

    tracemalloc.start()
    opener, digest, length = Opener(KEY), sha256(), 0
    for plain in open_chunks(opener, seal_chunks(cobblestone_encryptor(KEY), HEADER, pieces())):
        length += len(plain)
        digest.update(plain[:16])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert length == size
    assert peak < 8 * 1024 * 1024


def test_the_context_keeps_payloads_apart() -> None:
    assert PAYLOAD_CONTEXT == b"comity/payload/v1"


def test_what_is_sealed_whole_opens_as_what_was_sealed_as_it_came() -> None:
    raw = seal_whole(cobblestone_encryptor(KEY), format_payload_header(HEADER), content_of(40_000))
    opener = Opener(KEY)
    assert b"".join(open_chunks(opener, [raw])) == content_of(40_000)
    assert opener.header == HEADER
    assert len(raw) == sealed_size(HEADER, 40_000)
