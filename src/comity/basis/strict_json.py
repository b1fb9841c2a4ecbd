# SPDX-License-Identifier: Apache-2.0
"""The one strict reader and the one writer of JSON.

Reads UTF-8 without a byte order mark, without doubled keys, floats, lone surrogates, trailing
bytes or deep nesting; writes RFC 8785. The C scanner does the work; every place is looked up
only after a refusal (`json_places`).
"""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import NoReturn, Protocol, TypeAlias

import rfc8785

from comity.basis import json_places
from comity.basis.errors import InputError, excerpt
from comity.basis.limits import JSON_DEPTH_MAX, JSON_INTEGER_DIGITS_MAX, JSON_INTEGER_MAX

JsonValue: TypeAlias = "bool | int | str | list[JsonValue] | dict[str, JsonValue] | None"

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPED_MARK = re.compile(rb'\\["\\]')
_BEYOND_UTF16_UNIT = re.compile("[\U00010000-\U0010ffff]")


class Codec(Protocol):
    """A faster reader and writer of the same values; each gives None where it is not sure."""

    def read(self, raw: bytes) -> "tuple[JsonValue] | None":
        """Read bytes that are the RFC 8785 form of their value."""

    def write(self, value: "JsonValue") -> bytes | None:
        """Write a value of plain types within their limits."""


class _Unhurried:
    """Is never sure."""

    def read(self, raw: bytes) -> "tuple[JsonValue] | None":
        """Pass."""

    def write(self, value: "JsonValue") -> bytes | None:
        """Pass."""


_BRACKETS = bytes.maketrans(b"{}", b"[]")
_BESIDES = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_TEXT_ALONE = frozenset({str})
_ARRAYS = frozenset({list, tuple})
_codec: Codec = _Unhurried()


def use(codec: Codec) -> None:
    """Ask a faster codec first, in this process; see `hurried_json`."""
    global _codec
    _codec = codec


class _NumberRefusedError(Exception):
    """A number that the scanner met and that this reader refuses; args: the token."""


class _KeyDoubledError(Exception):
    """An object holds a key twice."""


def parse_json(
    raw: bytes, *, bytes_max: int, depth_max: int = JSON_DEPTH_MAX, where: str = ""
) -> JsonValue:
    """Read one JSON value strictly.

    Raises:
        InputError: too large, not UTF-8, not JSON, too deep, a doubled key, a number that is not
            an integer within ±(2^53 - 1), `-0`, or a lone surrogate; with its byte offset.

    Source: RFC 8259; RFC 7493 2 (I-JSON)
    """
    return _parse(raw, _DECODER, bytes_max=bytes_max, where=where, depth_max=depth_max)


def parse_canonical(raw: bytes, *, bytes_max: int, where: str = "") -> JsonValue:
    """Read one JSON value that stands exactly as `format_json` would write it.

    Raises:
        InputError: as `parse_json`, or the bytes are not the RFC 8785 form of their value.

    Source: RFC 8785 3.2
    """
    if len(raw) <= bytes_max:
        known = _codec.read(raw)
        if known is not None:
            return known[0]
    value = _parse(raw, _DECODER_OF_ANY_KEYS, bytes_max=bytes_max, where=where)
    written = _write_parsed(value)
    if written != raw:
        # A doubled key is seen here, since it is written once; the strict reader says so.
        parse_json(raw, bytes_max=bytes_max, where=where)
        _refuse_not_canonical(raw, written, where)
    return value


def format_json(value: JsonValue) -> bytes:
    """Write a value in its one RFC 8785 form; tuples are written as arrays.

    Raises:
        InputError: a float, an integer beyond 2^53 - 1, a key that is not text, a lone surrogate,
            nesting deeper than 32, or a type that JSON does not have; with its path.

    Source: RFC 8785 3.2
    """
    # Places are worked out only for a refusal: everything that is said is written here.
    if _is_writable(value):
        raw = _codec.write(value)
        if raw is not None:
            return raw
        with suppress(UnicodeEncodeError):
            return _write_parsed(value)
    _check_writable(value, "$", JSON_DEPTH_MAX)
    return _write_parsed(value)


def _parse(
    raw: bytes,
    decoder: json.JSONDecoder,
    *,
    bytes_max: int,
    where: str,
    depth_max: int = JSON_DEPTH_MAX,
) -> JsonValue:
    text = _text_of(raw, bytes_max=bytes_max, where=where)
    _check_depth(raw, text, depth_max=depth_max, where=where)
    value = _scan(text, decoder, where)
    if _SURROGATE_ESCAPE.search(text):
        _refuse_lone_surrogates(text, where)
    return value


def _text_of(raw: bytes, *, bytes_max: int, where: str) -> str:
    if len(raw) > bytes_max:
        raise InputError(
            "basis.too-large",
            "too many bytes",
            where=where,
            expected=f"at most {bytes_max} bytes",
            found=f"{len(raw)} bytes",
        )
    if raw.startswith(_BYTE_ORDER_MARK):
        raise InputError(
            "basis.json-byte-order-mark",
            "byte order mark before the JSON value",
            where=_at(where, 0),
            hint="write UTF-8 without a byte order mark",
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as err:
        raise InputError(
            "basis.not-utf8",
            "bytes are not UTF-8",
            where=_at(where, err.start),
            found=f"byte 0x{raw[err.start]:02x}",
        ) from None


def _check_depth(raw: bytes, text: str, *, depth_max: int, where: str) -> None:
    # Fewer opening brackets than the limit cannot nest too deep, so most documents stop here.
    marks = raw.translate(_BRACKETS, _BESIDES)
    if marks.count(b"[") <= depth_max or _is_shallow(raw, marks, depth_max):
        return
    offset = json_places.find_too_deep(text, depth_max)
    if offset is not None:
        raise InputError(
            "basis.json-too-deep",
            "nested too deeply",
            where=_at_character(where, text, offset),
            expected=f"at most {depth_max} levels",
        )


def _is_shallow(raw: bytes, marks: bytes, depth_max: int) -> bool:
    """Answer whether brackets nest within a depth, seen at a glance; False: look closer.

    `marks` are the brackets and quotation marks alone. Texts are left out, then every pair that
    holds nothing: each round takes one level. Brackets of either kind are alike: where they do
    not match, the scanner stops no deeper than that.
    """
    if _ESCAPED_MARK.search(raw):
        told = raw.replace(rb"\\", b"").replace(rb"\"", b"")
        marks = told.translate(_BRACKETS, _BESIDES)
    bare = b"".join(marks.split(b'"')[::2])
    for _ in range(depth_max):
        bare = bare.replace(b"[]", b"")
    return not bare


def _scan(text: str, decoder: json.JSONDecoder, where: str) -> JsonValue:
    try:
        value: JsonValue = decoder.decode(text)
    except _NumberRefusedError as err:
        token = str(err.args[0])
        offset = json_places.find_number(text, token)
        raise InputError(
            "basis.json-number",
            "number refused",
            where=_at_character(where, text, offset),
            expected="an integer within 2^53 - 1, without fraction, exponent or minus zero",
            found=excerpt(token),
            hint="write decimals as strings",
        ) from None
    except _KeyDoubledError:
        offset, key = json_places.find_doubled_key(text)
        raise InputError(
            "basis.json-doubled-key",
            "key stands twice in one object",
            where=_at_character(where, text, offset),
            found=excerpt(key),
        ) from None
    except json.JSONDecodeError as err:
        raise InputError(
            "basis.json-syntax",
            f"not JSON: {err.msg[:1].lower()}{err.msg[1:]}",
            where=_at_character(where, text, err.pos),
        ) from None
    return value


def _refuse_lone_surrogates(text: str, where: str) -> None:
    offset = json_places.find_lone_surrogate(text)
    if offset is not None:
        raise InputError(
            "basis.json-lone-surrogate",
            "text holds half of a surrogate pair",
            where=_at_character(where, text, offset),
        )


def _write_parsed(value: JsonValue) -> bytes:
    """Write a value that this reader has accepted, fast where that gives the same bytes.

    The C writer sorts keys by code points, RFC 8785 by UTF-16 units. Both orders are the same
    unless a character beyond U+FFFF occurs.
    """
    text = _ENCODER.encode(value)
    if text.isascii() or not _BEYOND_UTF16_UNIT.search(text):
        return text.encode("utf-8")
    return rfc8785.dumps(value)


def _refuse_not_canonical(raw: bytes, written: bytes, where: str) -> NoReturn:
    same = min(len(raw), len(written))
    offset = next((at for at in range(same) if raw[at] != written[at]), same)
    raise InputError(
        "basis.json-not-canonical",
        "not in canonical form",
        where=_at(where, offset),
        expected="the bytes that RFC 8785 gives this value",
    )


def _is_writable(value: object) -> bool:
    """Say whether a value has only the plainest types; whether texts encode is seen on writing."""
    level: list[Iterable[object]] = [(value,)]
    for _ in range(JSON_DEPTH_MAX + 1):
        below: list[Iterable[object]] = []
        for elements in level:
            for element in elements:
                kind = type(element)
                if kind is str or element is None or kind is bool:
                    continue
                if isinstance(element, dict) and kind is dict:
                    if not _TEXT_ALONE.issuperset(map(type, element)):
                        return False
                    below.append(element.values())
                elif isinstance(element, list | tuple) and kind in _ARRAYS:
                    below.append(element)
                elif not isinstance(element, int) or abs(element) > JSON_INTEGER_MAX:
                    return False
        if not below:
            return True
        level = below
    return False


def _check_writable(value: object, path: str, depth_left: int) -> None:
    match value:
        case None | bool():
            return
        case str():
            _check_writable_text(value, path)
        case int():
            if abs(value) > JSON_INTEGER_MAX:
                raise _unwritable(path, expected="an integer within 2^53 - 1", found="a larger one")
        case list() | tuple() | dict() if depth_left == 0:
            raise _unwritable(path, expected=f"at most {JSON_DEPTH_MAX} levels", found="more")
        case list() | tuple():
            for index, element in enumerate(value):
                _check_writable(element, f"{path}[{index}]", depth_left - 1)
        case dict():
            for key, element in value.items():
                if not isinstance(key, str):
                    raise _unwritable(path, expected="keys of text", found=type(key).__name__)
                _check_writable_text(key, path)
                _check_writable(element, f"{path}.{excerpt(key)}", depth_left - 1)
        case _:
            raise _unwritable(path, expected="a JSON value", found=type(value).__name__)


def _check_writable_text(text: str, path: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise _unwritable(path, expected="text", found="half of a surrogate pair") from None


def _unwritable(path: str, *, expected: str, found: str) -> InputError:
    return InputError(
        "basis.json-unwritable",
        "value cannot be written as JSON",
        where=path,
        expected=expected,
        found=found,
    )


def _at(where: str, offset: int) -> str:
    return f"{where} byte {offset}".lstrip()


def _at_character(where: str, text: str, offset: int) -> str:
    return _at(where, len(text[:offset].encode("utf-8")))


def _integer(token: str) -> int:
    if len(token) > JSON_INTEGER_DIGITS_MAX + 1 or token == "-0":
        raise _NumberRefusedError(token)
    number = int(token)
    if not -JSON_INTEGER_MAX <= number <= JSON_INTEGER_MAX:
        raise _NumberRefusedError(token)
    return number


def _refuse_number(token: str) -> NoReturn:
    raise _NumberRefusedError(token)


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _KeyDoubledError
    return members


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=_refuse_number,
    parse_int=_integer,
    parse_constant=_refuse_number,
)
_DECODER_OF_ANY_KEYS = json.JSONDecoder(
    parse_float=_refuse_number, parse_int=_integer, parse_constant=_refuse_number
)
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")
)
