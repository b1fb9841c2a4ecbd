# SPDX-License-Identifier: Apache-2.0
"""The floor of sealing does the cipher's and the hash's whole work, and gives the content back."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from bench.bare_sealing import CHUNK_BYTES, TAG_BYTES, hash_bare, open_bare, seal_bare
from bench.sealing_speed import opened, repeated, seal_and_open_bare, seal_and_open_stored, sealed

KEY = bytes(range(32))
BLOCK = os.urandom(4 * CHUNK_BYTES)
CONTENT = BLOCK * 3


def test_floor_and_product_both_give_the_content_back() -> None:
    content = (BLOCK, BLOCK, BLOCK)
    assert b"".join(open_bare(KEY, seal_bare(KEY, content))) == CONTENT
    assert b"".join(opened(KEY, sealed(KEY, content))) == CONTENT


def test_floor_seals_every_byte_in_chunks_of_the_products_size() -> None:
    chunks = list(seal_bare(KEY, [BLOCK, BLOCK]))
    assert {len(chunk) for chunk in chunks} == {CHUNK_BYTES + TAG_BYTES}
    assert len(chunks) == 8
    assert len(set(chunks)) == 8


def test_floor_refuses_a_changed_chunk_as_the_product_does() -> None:
    chunks = list(seal_bare(KEY, [BLOCK]))
    chunks[1] = bytes([chunks[1][0] ^ 1]) + chunks[1][1:]
    with pytest.raises(InvalidTag):
        list(open_bare(KEY, chunks))


def test_floor_hashes_what_the_product_names_a_parcel_by() -> None:
    assert hash_bare(repeated(BLOCK, 3)) == hashlib.sha256(CONTENT).hexdigest()


def test_what_is_measured_through_the_folder_ends_clean(tmp_path: Path) -> None:
    asyncio.run(seal_and_open_stored(tmp_path, KEY, repeated(BLOCK, 2)))
    seal_and_open_bare(KEY, repeated(BLOCK, 2))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
