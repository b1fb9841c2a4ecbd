# SPDX-License-Identifier: Apache-2.0
"""Nonces in few bytes: a set like any other."""

import sys
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from comity.statement.nonces import NONCE_BYTES, Nonces


def numbered(number: int) -> bytes:
    return sha256(b"%d" % number).digest()[:NONCE_BYTES]


@given(st.lists(st.binary(min_size=16, max_size=16) | st.just(bytes(16)), max_size=60))
def test_holds_what_was_added_and_nothing_else(added: list[bytes]) -> None:
    nonces, plain = Nonces(), set[bytes]()
    for nonce in added:
        assert (nonce in nonces) == (nonce in plain)
        nonces.add(nonce)
        plain.add(nonce)
        assert nonce in nonces
    assert len(nonces) == len(plain)
    assert bytes(15) + b"\x01" in nonces or bytes(15) + b"\x01" not in plain


def test_many_take_little_more_than_their_own_bytes() -> None:
    nonces = Nonces()
    nonces.update(numbered(each) for each in range(20_000))
    assert len(nonces) == 20_000
    assert all(numbered(each) in nonces for each in range(20_000))
    assert not any(numbered(each) in nonces for each in range(20_000, 40_000))
    held = sys.getsizeof(nonces._runs) + sum(map(sys.getsizeof, nonces._runs))
    assert held < 20_000 * 24


def test_the_end_of_one_and_the_beginning_of_the_next_are_no_nonce() -> None:
    halves = [bytes([each]) * 8 for each in range(1, 4)]
    nonces = Nonces()
    nonces.update((halves[0] + halves[1], halves[2] + halves[0]))
    assert halves[1] + halves[2] not in nonces
    nonces.add(halves[1] + halves[2])
    assert halves[1] + halves[2] in nonces
    assert len(nonces) == 3


def test_a_copy_goes_on_by_itself() -> None:
    nonces = Nonces()
    nonces.update(numbered(each) for each in range(100))
    nonces.add(bytes(16))
    other = nonces.copy()
    other.add(numbered(100))
    assert numbered(100) not in nonces
    assert (len(nonces), len(other)) == (101, 102)
    assert all(numbered(each) in other for each in range(101))
    assert bytes(16) in other
