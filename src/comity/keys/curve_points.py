# SPDX-License-Identifier: Apache-2.0
"""Which encodings of curve points are accepted as public keys.

Verifiers differ over keys of small order and over second spellings of one key: refusing both
makes every partner accept the same signatures. Inputs are public: no constant time is needed.

Source: RFC 8032 5.1.3; RFC 7748 5 and 6.1
"""

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_SIGN_BIT = 1 << 255

# The y of all eight points of small order: two of order 1 and 2, two of order 4 (y = 0),
# and four of order 8, which share two values of y.
_ED25519_SMALL_ORDER_Y = frozenset(
    {
        0,
        1,
        _P - 1,
        int.from_bytes(
            bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
            "little",
        ),
        int.from_bytes(
            bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
            "little",
        ),
    }
)

# The u of the points of small order of Curve25519 and its twist: 0, 1, -1, and the two of order 8.
_X25519_SMALL_ORDER_U = frozenset(
    {
        0,
        1,
        _P - 1,
        int.from_bytes(
            bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
            "little",
        ),
        int.from_bytes(
            bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
            "little",
        ),
    }
)


def is_sound_ed25519(raw: bytes) -> bool:
    """Say whether 32 bytes are the one encoding of a point of large order on edwards25519.

    A y of a point that is not of small order never has x = 0, so the sign bit is free.
    """
    y = int.from_bytes(raw, "little") & ~_SIGN_BIT
    if y >= _P or y in _ED25519_SMALL_ORDER_Y:
        return False
    x_squared = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    return pow(x_squared, (_P - 1) // 2, _P) == 1


def is_sound_x25519(raw: bytes) -> bool:
    """Say whether 32 bytes are the one encoding of a u-coordinate that is not of small order."""
    u = int.from_bytes(raw, "little")
    return u < _P and u not in _X25519_SMALL_ORDER_U
