# SPDX-License-Identifier: Apache-2.0
import pytest

from comity.basis.errors import ComityError, InputError, InvariantError, ProofError
from comity.basis.ids import Domain, PartyId, digest_of
from comity.keys.sealing_keys import (
    WRAP_BYTES,
    courier_info,
    unwrap_key,
    wrap_info,
    wrap_key,
)
from comity.keys.suites import SEALING_ALGORITHMS, SIGNATURE_ALGORITHMS, Algorithm

ITEM_KEY = bytes(range(32))
INFO = wrap_info(PartyId("KOR"), "0123456789abcdef", digest_of(b"statement"))


@pytest.fixture(params=SEALING_ALGORITHMS)
def private(request, make_key):
    return make_key("kor", request.param)


@pytest.fixture
def wrap(private):
    return wrap_key(private.algorithm, private.public, INFO, ITEM_KEY)


def test_a_wrapped_key_opens_for_its_recipient(private, wrap):
    assert len(wrap) == WRAP_BYTES[private.algorithm]
    assert unwrap_key(private, INFO, wrap) == ITEM_KEY


def test_two_wraps_of_one_key_differ(private, wrap):
    assert wrap_key(private.algorithm, private.public, INFO, ITEM_KEY) != wrap


def test_a_wrap_hides_the_key(wrap):
    assert ITEM_KEY not in wrap


def test_does_not_open_for_another_recipient(private, wrap, make_key):
    with pytest.raises(ProofError, match=r"keys\.unwrap"):
        unwrap_key(make_key("usa", private.algorithm), INFO, wrap)


@pytest.mark.parametrize(
    "info",
    [
        b"",
        INFO + b"\n",
        wrap_info(PartyId("USA"), "0123456789abcdef", digest_of(b"statement")),
        wrap_info(PartyId("KOR"), "0123456789abcdee", digest_of(b"statement")),
        wrap_info(PartyId("KOR"), "0123456789abcdef", digest_of(b"another")),
        courier_info(Domain("jpn.example"), Domain("kor.example")),
    ],
)
def test_does_not_open_in_another_context(private, wrap, info):
    with pytest.raises(ProofError, match=r"keys\.unwrap"):
        unwrap_key(private, info, wrap)


def test_does_not_open_when_any_part_is_changed(private, wrap):
    for offset in (*range(0, len(wrap), 37), len(wrap) - 1):
        changed = bytearray(wrap)
        changed[offset] ^= 1
        with pytest.raises(ProofError, match=r"keys\.unwrap"):
            unwrap_key(private, INFO, bytes(changed))


@pytest.mark.parametrize("size", [0, 1, 31])
def test_does_not_open_when_cut_or_lengthened(private, wrap, size):
    for changed in (wrap[:size], wrap[:-1], wrap + b"\0", wrap[1:]):
        with pytest.raises(ProofError, match=r"keys\.unwrap"):
            unwrap_key(private, INFO, changed)


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_wraps_only_keys_of_32_bytes(private, size):
    with pytest.raises(InputError, match=r"keys\.item-key-length"):
        wrap_key(private.algorithm, private.public, INFO, bytes(size))


def test_does_not_wrap_to_a_weak_key_or_one_of_another_suite(make_key):
    xwing = make_key("kor", Algorithm.XWING).public
    with pytest.raises(ProofError, match=r"keys\.weak-key"):
        wrap_key(Algorithm.XWING, xwing[:1184] + bytes(32), INFO, ITEM_KEY)
    with pytest.raises(InputError, match=r"keys\.key-length"):
        wrap_key(Algorithm.MLKEM1024, xwing, INFO, ITEM_KEY)


@pytest.mark.parametrize("algorithm", SIGNATURE_ALGORITHMS)
def test_a_signing_key_wraps_and_opens_nothing(algorithm, make_key):
    private = make_key("kor", algorithm)
    with pytest.raises(InvariantError):
        wrap_key(algorithm, private.public, INFO, ITEM_KEY)
    with pytest.raises(InvariantError):
        unwrap_key(private, INFO, bytes(1168))


def test_no_error_shows_a_key(private, wrap):
    with pytest.raises(ComityError) as caught:
        unwrap_key(private, b"", wrap)
    assert private.secret.hex()[:16] not in str(caught.value)
    assert ITEM_KEY.hex()[:16] not in str(caught.value)


def test_the_context_of_a_wrap_names_recipient_key_and_statement():
    assert (
        b"comity/wrap/v1\nKOR\n0123456789abcdef\n" + digest_of(b"statement").encode() + b"\n"
    ) == INFO


def test_the_context_of_a_courier_bundle_names_both_domains_in_their_order():
    there = courier_info(Domain("jpn.example"), Domain("kor.example"))
    assert there == b"comity/courier/v1\njpn.example\nkor.example\n"
    assert there != courier_info(Domain("kor.example"), Domain("jpn.example"))
