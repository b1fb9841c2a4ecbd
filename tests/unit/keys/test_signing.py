# SPDX-License-Identifier: Apache-2.0
import copy

import pytest

from comity.basis.errors import InputError, InvariantError
from comity.keys.signing import PrivateKey, generate_private, sign
from comity.keys.suites import (
    SEALING_ALGORITHMS,
    SIGNATURE_ALGORITHMS,
    Algorithm,
    check_public_key,
    verify,
)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_new_key_is_sound_and_like_no_other(algorithm):
    first, second = generate_private(algorithm), generate_private(algorithm)
    check_public_key(algorithm, first.public)
    assert first != second
    assert first.public != second.public


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_the_same_secret_gives_the_same_public_key(algorithm, make_key):
    first = make_key("a", algorithm)
    assert PrivateKey(algorithm, first.secret).public == first.public
    assert PrivateKey(algorithm, first.secret) == first


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_private_key_never_shows_its_secret(algorithm, make_key):
    private = make_key("a", algorithm)
    shown = repr(private) + str(private) + f"{private}" + repr([private])
    for form in (private.secret.hex(), repr(private.secret)[2:-1], "secret"):
        assert form not in shown


@pytest.mark.parametrize("algorithm", list(Algorithm))
@pytest.mark.parametrize("size", [0, 31, 33, 63, 65, 95, 97])
def test_refuses_a_secret_of_another_length_without_showing_it(algorithm, size):
    with pytest.raises(InputError) as caught:
        PrivateKey(algorithm, b"S" * size)
    assert caught.value.code == "keys.secret-length"
    assert "SSS" not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize("algorithm", SIGNATURE_ALGORITHMS)
def test_what_is_signed_verifies(algorithm, make_key):
    private = make_key("a", algorithm)
    verify(algorithm, private.public, b"m", sign(private, b"m"))


@pytest.mark.parametrize("algorithm", SEALING_ALGORITHMS)
def test_a_sealing_key_signs_nothing(algorithm, make_key):
    with pytest.raises(InvariantError):
        sign(make_key("a", algorithm), b"m")


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_copy_of_a_key_is_the_key_itself(algorithm, make_key):
    private = make_key("a", algorithm)

    assert copy.deepcopy([private])[0] is private
