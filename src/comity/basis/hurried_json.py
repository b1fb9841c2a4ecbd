# SPDX-License-Identifier: Apache-2.0
"""The same JSON, faster: for a process that lives long enough to pay for loading a C library.

What it is not sure of goes to the strict reader and writer, which alone say no. It accepts a
beginning of what they accept, and gives the same values and bytes.
"""

from typing import Final, NoReturn

import msgspec

from comity.basis import strict_json
from comity.basis.limits import JSON_DEPTH_MAX
from comity.basis.strict_json import JsonValue

# Every digit becomes one digit, and every first byte beyond U+FFFF one byte: what is looked for is
# found by plain search, which takes a twentieth of what a pattern takes.
_SHAPES: Final = bytes(
    ord("0") if byte in b"0123456789" else 0xF0 if 0xF0 <= byte <= 0xF4 else ord(" ")
    for byte in range(256)
)
_MAY_BE_TOO_LARGE: Final = b"0" * 16
_BEYOND_UTF16_UNIT: Final = b"\xf0"
"""Keys with such characters are in another order by code points than by UTF-16 units."""


def hurry() -> None:
    """Let this process read and write JSON so."""
    strict_json.use(HurriedJson())


class HurriedJson:
    """A reader of canonical JSON and a writer, each of which may pass."""

    def __init__(self) -> None:
        """Make decoder and encoder, which may be used any number of times."""
        self._decode = msgspec.json.Decoder(float_hook=_refuse_float).decode
        self._encode = msgspec.json.Encoder(order="sorted").encode

    def read(self, raw: bytes) -> tuple[JsonValue] | None:
        """Read bytes that are the RFC 8785 form of their value; None: ask the strict reader."""
        shape = raw.translate(_SHAPES)
        if _MAY_BE_TOO_LARGE in shape or _BEYOND_UTF16_UNIT in shape:
            return None
        if raw.count(b"[") + raw.count(b"{") > JSON_DEPTH_MAX:
            return None
        try:
            value: JsonValue = self._decode(raw)
            return (value,) if self._encode(value) == raw else None
        except (msgspec.MsgspecError, UnicodeError):
            return None

    def write(self, value: JsonValue) -> bytes | None:
        """Write a value of plain types within their limits; None: ask the strict writer."""
        try:
            raw: bytes = self._encode(value)
        except (TypeError, UnicodeError):
            return None
        return None if _BEYOND_UTF16_UNIT in raw.translate(_SHAPES) else raw


def _refuse_float(token: str) -> NoReturn:
    raise msgspec.ValidationError(token)
