# SPDX-License-Identifier: Apache-2.0
import pytest

from comity.basis.errors import ComityError, InputError, InvariantError, ProofError
from comity.keys.signing import sign
from comity.keys.suites import (
    SEALING_ALGORITHMS,
    SIGNATURE_ALGORITHMS,
    Algorithm,
    check_public_key,
    verify,
)

SIZES = {
    Algorithm.ED25519: 32,
    Algorithm.MLDSA44: 1312,
    Algorithm.XWING: 1216,
    Algorithm.MLKEM1024: 1568,
}


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_generated_public_key_is_sound(algorithm, make_key):
    public = make_key("a", algorithm).public
    assert len(public) == SIZES[algorithm]
    check_public_key(algorithm, public)


@pytest.mark.parametrize("algorithm", list(Algorithm))
@pytest.mark.parametrize("change", [-1, 1, None])
def test_refuses_a_public_key_of_another_length(algorithm, change, make_key):
    public = make_key("a", algorithm).public
    wrong = {-1: public[:-1], 1: public + b"\0", None: b""}[change]
    with pytest.raises(InputError) as caught:
        check_public_key(algorithm, wrong, "card.keys[0].public")
    assert (caught.value.code, caught.value.where) == ("keys.key-length", "card.keys[0].public")


@pytest.mark.parametrize(
    ("algorithm", "raw"),
    [
        (Algorithm.ED25519, bytes(32)),
        (Algorithm.MLKEM1024, b"\xff" * 1568),
        (Algorithm.XWING, b"\xff" * 1216),
    ],
)
def test_refuses_a_weak_or_non_canonical_key(algorithm, raw):
    with pytest.raises(ProofError) as caught:
        check_public_key(algorithm, raw, "here")
    assert (caught.value.code, caught.value.where) == ("keys.weak-key", "here")


def test_refuses_an_xwing_key_of_which_either_half_is_weak(make_key):
    public = make_key("a", Algorithm.XWING).public
    for weak in (public[:1184] + bytes(32), b"\xff" * 1184 + public[1184:]):
        with pytest.raises(ProofError, match=r"keys\.weak-key"):
            check_public_key(Algorithm.XWING, weak)


@pytest.mark.parametrize("algorithm", SIGNATURE_ALGORITHMS)
def test_a_signature_verifies_by_its_key_over_its_message_alone(algorithm, make_key):
    private, other = make_key("a", algorithm), make_key("b", algorithm)
    signature = sign(private, b"message")
    verify(algorithm, private.public, b"message", signature)
    for public, message, changed in (
        (other.public, b"message", signature),
        (private.public, b"messagf", signature),
        (private.public, b"", signature),
        (private.public, b"message", signature[:-1]),
        (private.public, b"message", signature + b"\0"),
        (private.public, b"message", b""),
        (private.public, b"message", bytes([signature[0] ^ 1]) + signature[1:]),
    ):
        for _ in range(2):
            with pytest.raises(ProofError, match=r"keys\.bad-signature"):
                verify(algorithm, public, message, changed)
    verify(algorithm, private.public, b"message", signature)


def test_refuses_the_second_spelling_of_an_ed25519_signature(make_key):
    private = make_key("a", Algorithm.ED25519)
    signature = sign(private, b"message")
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(signature[32:], "little") + order
    with pytest.raises(ProofError):
        verify(
            Algorithm.ED25519,
            private.public,
            b"message",
            signature[:32] + scalar.to_bytes(32, "little"),
        )


@pytest.mark.parametrize("algorithm", SEALING_ALGORITHMS)
def test_a_sealing_key_verifies_nothing(algorithm, make_key):
    with pytest.raises(InvariantError):
        verify(algorithm, make_key("a", algorithm).public, b"", b"")


def test_a_signature_of_one_algorithm_never_verifies_by_the_other(make_key):
    ed25519, mldsa = (make_key("a", algorithm) for algorithm in SIGNATURE_ALGORITHMS)
    for private, verifier in ((ed25519, mldsa), (mldsa, ed25519)):
        with pytest.raises(ComityError):
            verify(verifier.algorithm, verifier.public, b"m", sign(private, b"m"))
