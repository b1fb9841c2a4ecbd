# SPDX-License-Identifier: Apache-2.0
"""Laws of sealed payloads: any cut into chunks gives the same content, and no other does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.basis.errors import ComityError
from comity.sealing.payload import PayloadHeader
from comity.sealing.stream import (
    Opener,
    cobblestone_encryptor,
    open_chunks,
    seal_chunks,
    sealed_size,
)

KEY = bytes(32)
HEADER = PayloadHeader("t", "text/plain")


def cut(raw: bytes, steps: list[int]) -> list[bytes]:
    pieces, at = [], 0
    for step in steps:
        pieces.append(raw[at : at + step])
        at += step
    return [*pieces, raw[at:]]


def sealed(content: bytes, steps: list[int]) -> bytes:
    return b"".join(seal_chunks(cobblestone_encryptor(KEY), HEADER, cut(content, steps)))


contents = st.integers(0, 70_000).map(lambda size: bytes(index % 251 for index in range(size)))
cuts = st.lists(st.integers(0, 20_000), max_size=6)


@given(contents, cuts, cuts)
def test_content_comes_out_as_it_went_in(content: bytes, into: list[int], out: list[int]) -> None:
    raw = sealed(content, into)
    assert len(raw) == sealed_size(HEADER, len(content))
    assert b"".join(open_chunks(Opener(KEY), cut(raw, out))) == content


@given(contents, cuts, st.data())
def test_altered_bytes_never_open(content: bytes, out: list[int], data: st.DataObject) -> None:
    raw = sealed(content, [])
    start = data.draw(st.integers(0, len(raw) - 1))
    end = data.draw(st.integers(start, len(raw)))
    patch = data.draw(st.binary(max_size=40))
    altered = raw[:start] + patch + raw[end:]
    if altered == raw:
        return
    with pytest.raises(ComityError, match=r"sealing\."):
        list(open_chunks(Opener(KEY), cut(altered, out)))
