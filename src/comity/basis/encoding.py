# SPDX-License-Identifier: Apache-2.0
"""Bytes as text: base64 and hexadecimal, each with one spelling only.

Source: RFC 4648 4 and 8; non-zero padding bits and line breaks are refused (3.1, 3.5)
"""

import binascii

import msgspec

from comity.basis.errors import InputError


def encode_base64(raw: bytes) -> str:
    """Write bytes as standard base64 with padding."""
    return binascii.b2a_base64(raw, newline=False).decode("ascii")


def decode_base64(text: str, *, bytes_max: int, where: str = "") -> bytes:
    """Read standard base64 in its one canonical spelling, of at most `bytes_max` bytes."""
    if len(text) > (bytes_max + 2) // 3 * 4:
        raise InputError(
            "basis.too-large",
            "too much base64",
            where=where,
            expected=f"at most {bytes_max} bytes",
            found=f"{len(text)} characters",
        )
    try:
        # As strict as binascii is when told to be, in a quarter of its time.
        raw = msgspec.convert(text, bytes)
    except (msgspec.ValidationError, UnicodeError):
        raise _not_base64(where) from None
    # Only the bits of padding are left to be looked at, and they are in the last four characters.
    if len(raw) > bytes_max or encode_base64(raw[len(raw) - 1 - (len(raw) - 1) % 3 :]) != text[-4:]:
        raise _not_base64(where)
    return raw


def _not_base64(where: str) -> InputError:
    return InputError(
        "basis.not-base64",
        "not base64",
        where=where,
        expected="standard base64 with padding and zero padding bits",
    )
