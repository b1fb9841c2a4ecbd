# SPDX-License-Identifier: Apache-2.0
"""The cheap suite: as long as the real ones and as strict, quick, and nowhere but in its block."""

import time
from collections.abc import Callable, Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from comity.basis.errors import ProofError
from comity.keys import suites
from comity.keys.sealing_keys import WRAP_BYTES, unwrap_key, wrap_key
from comity.keys.signing import PrivateKey, generate_private, sign
from comity.keys.suites import Algorithm, check_public_key, verify
from comity.sealing.payload import PayloadHeader
from comity.sealing.stream import (
    Opener,
    cobblestone_encryptor,
    open_chunks,
    seal_chunks,
    sealed_size,
)
from tests.simulator.suite import CheapMlDsaPublic, cheap_suite

SIGNING = (Algorithm.ED25519, Algorithm.MLDSA44)
SEALING = (Algorithm.XWING, Algorithm.MLKEM1024)
HEADER = PayloadHeader("Launch", "text/plain")


@pytest.fixture
def cheap() -> Iterator[None]:
    with cheap_suite("test"):
        yield


def test_no_module_of_the_product_knows_it() -> None:
    def stands_for_ml_dsa() -> object:
        return vars(suites)["MLDSA44PublicKey"]

    assert stands_for_ml_dsa() is MLDSA44PublicKey
    with cheap_suite("test"):
        assert stands_for_ml_dsa() is CheapMlDsaPublic
    assert stands_for_ml_dsa() is MLDSA44PublicKey


def test_what_it_signed_does_not_verify_outside_of_its_block() -> None:
    with cheap_suite("test"):
        private = generate_private(Algorithm.ED25519)
        public, signature = private.public, sign(private, b"message")
        verify(Algorithm.ED25519, public, b"message", signature)
    with pytest.raises((ProofError, ValueError)):
        verify(Algorithm.ED25519, public, b"message", signature)


def test_two_blocks_do_not_nest() -> None:
    with cheap_suite("one"), pytest.raises(AssertionError), cheap_suite("other"):
        pass


@pytest.mark.parametrize("algorithm", SIGNING)
def test_lengths_are_the_real_ones(algorithm: Algorithm) -> None:
    real = generate_private(algorithm)
    with cheap_suite("test"):
        cheap = generate_private(algorithm)
        check_public_key(algorithm, cheap.public)
        assert len(cheap.public) == len(real.public)
        assert len(sign(cheap, b"m")) == {32: 64, 1312: 2420}[len(real.public)]
        assert PrivateKey(algorithm, cheap.secret).public == cheap.public


@pytest.mark.parametrize("algorithm", SIGNING)
@pytest.mark.usefixtures("cheap")
def test_another_message_key_or_signature_is_refused(algorithm: Algorithm) -> None:
    one, other = generate_private(algorithm), generate_private(algorithm)
    signature = sign(one, b"message")
    verify(algorithm, one.public, b"message", signature)
    bad = bytes([signature[0] ^ 1]) + signature[1:]
    for public, message, given in (
        (one.public, b"massage", signature),
        (other.public, b"message", signature),
        (one.public, b"message", bad),
        (one.public, b"message", signature[:-1]),
    ):
        with pytest.raises(ProofError):
            verify(algorithm, public, message, given)


@pytest.mark.usefixtures("cheap")
def test_two_ml_dsa_signatures_of_one_message_differ() -> None:
    private = generate_private(Algorithm.MLDSA44)
    assert sign(private, b"m") != sign(private, b"m")


@pytest.mark.parametrize("algorithm", SEALING)
@pytest.mark.usefixtures("cheap")
def test_a_wrap_opens_with_its_key_and_context_alone(algorithm: Algorithm) -> None:
    one, other = generate_private(algorithm), generate_private(algorithm)
    wrap = wrap_key(algorithm, one.public, b"info", bytes(32))
    assert len(wrap) == WRAP_BYTES[algorithm]
    assert unwrap_key(one, b"info", wrap) == bytes(32)
    flips = [wrap[:at] + bytes([wrap[at] ^ 1]) + wrap[at + 1 :] for at in (0, 700, -20, -1)[:3]]
    for key, info, given in ((other, b"info", wrap), (one, b"other", wrap)):
        with pytest.raises(ProofError):
            unwrap_key(key, info, given)
    for given in flips:
        with pytest.raises(ProofError):
            unwrap_key(one, b"info", given)


@pytest.mark.parametrize("size", [0, 1, 16_384 - 60, 16_384, 50_000])
@pytest.mark.usefixtures("cheap")
def test_a_payload_is_as_long_as_a_real_one_and_opens(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    sealed = b"".join(seal_chunks(cobblestone_encryptor(bytes(32)), HEADER, [content[:size]]))
    assert len(sealed) == sealed_size(HEADER, size)
    assert b"".join(open_chunks(Opener(bytes(32)), [sealed])) == content[:size]
    for broken in (sealed[:-1], sealed[:-20], sealed + b"x", b"x" + sealed[1:]):
        with pytest.raises(ProofError):
            list(open_chunks(Opener(bytes(32)), [broken]))
    with pytest.raises(ProofError):
        list(open_chunks(Opener(bytes([1]) * 32), [sealed]))


@pytest.mark.usefixtures("cheap")
def test_equal_seeds_draw_equal_keys() -> None:
    first = generate_private(Algorithm.XWING).secret
    assert first != generate_private(Algorithm.XWING).secret


def _seconds(work: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times


@pytest.mark.slow
def test_it_is_quick_beside_the_real_suites() -> None:
    def both() -> None:
        for private in keys:
            verify(private.algorithm, private.public, b"m" * 200, sign(private, b"m" * 200))

    keys = [generate_private(algorithm) for algorithm in SIGNING]
    real = _seconds(both, 50)
    with cheap_suite("test"):
        keys = [generate_private(algorithm) for algorithm in SIGNING]
        cheap = _seconds(both, 500)
    # About 70 times on a quiet machine; the bound leaves room for a busy one.
    assert real / cheap > 15
