# SPDX-License-Identifier: Apache-2.0
"""The fixed lists are checked by the curve's own arithmetic, written here once more."""

import pytest

from comity.basis.errors import ProofError
from comity.keys.curve_points import is_sound_ed25519, is_sound_x25519
from comity.keys.suites import Algorithm, check_public_key

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
SQRT_MINUS_ONE = pow(2, (P - 1) // 4, P)
IDENTITY = (0, 1)
BASE_Y = 4 * pow(5, -1, P) % P


def add(a, b):
    (ax, ay), (bx, by) = a, b
    product = D * ax * bx * ay * by % P
    x = (ax * by + bx * ay) * pow(1 + product, -1, P) % P
    return x, (ay * by + ax * bx) * pow(1 - product, -1, P) % P


def multiply(scalar, point):
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def x_of(y):
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    if root * root % P != square:
        root = root * SQRT_MINUS_ONE % P
    return root if root * root % P == square else None


def encode(y, sign):
    return (y | sign << 255).to_bytes(32, "little")


def small_order_points():
    """Clear the large factor of points until all eight of small order are found."""
    points = set()
    y = 2
    while len(points) < 8:
        x = x_of(y)
        if x is not None:
            points |= {multiply(ORDER, (x, y)), multiply(ORDER, (P - x, y))}
            points |= {multiply(times, point) for point in points for times in range(8)}
        y += 1
    return points


SMALL = sorted(small_order_points())


def test_there_are_eight_points_of_small_order():
    assert len(SMALL) == 8
    assert all(multiply(8, point) == IDENTITY for point in SMALL)


@pytest.mark.parametrize("point", SMALL)
@pytest.mark.parametrize("sign", [0, 1])
def test_refuses_every_encoding_of_every_point_of_small_order(point, sign):
    y = point[1]
    encodings = [encode(y, sign)]
    if y + P < 2**255:
        encodings.append(encode(y + P, sign))
    for encoding in encodings:
        assert not is_sound_ed25519(encoding)
        with pytest.raises(ProofError, match=r"keys\.weak-key"):
            check_public_key(Algorithm.ED25519, encoding)


@pytest.mark.parametrize("y", range(P, 2**255))
@pytest.mark.parametrize("sign", [0, 1])
def test_refuses_every_non_canonical_y(y, sign):
    assert not is_sound_ed25519(encode(y, sign))


@pytest.mark.parametrize("y", range(2, 40))
@pytest.mark.parametrize("sign", [0, 1])
def test_accepts_a_point_of_the_curve_and_refuses_what_is_none(y, sign):
    assert is_sound_ed25519(encode(y, sign)) == (x_of(y) is not None)


def test_accepts_the_base_point_with_either_sign():
    assert is_sound_ed25519(encode(BASE_Y, 0))
    assert is_sound_ed25519(encode(BASE_Y, 1))


def montgomery_u(point):
    _, y = point
    return (1 + y) * pow(1 - y, -1, P) % P


@pytest.mark.parametrize("point", [point for point in SMALL if point != IDENTITY])
def test_refuses_the_x25519_form_of_every_point_of_small_order(point):
    assert not is_sound_x25519(montgomery_u(point).to_bytes(32, "little"))


def test_refuses_the_x25519_point_of_small_order_on_the_twist():
    assert not is_sound_x25519((P - 1).to_bytes(32, "little"))


@pytest.mark.parametrize("u", range(P, 2**255))
def test_refuses_every_non_canonical_u(u):
    assert not is_sound_x25519(u.to_bytes(32, "little"))


def test_refuses_a_u_with_its_unused_bit_set():
    assert is_sound_x25519((9).to_bytes(32, "little"))
    assert not is_sound_x25519((9 | 1 << 255).to_bytes(32, "little"))
