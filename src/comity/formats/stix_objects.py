# SPDX-License-Identifier: Apache-2.0
"""The objects of STIX 2.1 that the circle exchanges, key by key; any other kind or key is refused.

Custom keys, granular markings and extensions are not known here. Whether a pattern matches is the
business of whoever uses it. Source: STIX 2.1 (OASIS Standard) 3, 4, 5, 6, 7
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.instants import parse_instant
from comity.basis.limits import (
    STIX_LINE_CHARS_MAX,
    STIX_LIST_MAX,
    STIX_TEXT_CHARS_MAX,
)

Check = Callable[[Fields, str], object]

_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ID: Final = re.compile(rf"([a-z0-9]+(?:-[a-z0-9]+)*)--{_UUID}")
_TIME: Final = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z")
_VERSION: Final = re.compile(r"2\.1")
_PATTERN_TYPE: Final = re.compile("stix|pcre|sigma|snort|suricata|yara")
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./+_-]*")
_RELATION: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HEX: Final = re.compile(r"[0-9a-fA-F]+")
_HASHES: Final = MappingProxyType({"MD5": 32, "SHA-1": 40, "SHA-256": 64, "SHA-512": 128})
_COUNT_MAX: Final = 999_999_999
_FRACTION_CHARS: Final = 9
_IN_A_HUNDRED: Final = 100

MARKING: Final = "marking-definition"


def take_id(fields: Fields, key: str, kind: str) -> str:
    """Take the id of an object of a kind."""
    found = fields.text(key, max_chars=STIX_LINE_CHARS_MAX)
    matched = _ID.fullmatch(found)
    if matched is None or matched[1] != kind:
        raise _wrong_id(fields.place(key), f"{kind}--UUID", found)
    return found


def take_text(fields: Fields, key: str) -> None:
    """Take a text."""
    fields.text(key, max_chars=STIX_TEXT_CHARS_MAX)


def take_line(fields: Fields, key: str) -> None:
    """Take a line of text."""
    fields.text(key, max_chars=STIX_LINE_CHARS_MAX)


def take_time(fields: Fields, key: str) -> str:
    """Take a time; given in one form, so that two compare as texts."""
    text = fields.text(key, max_chars=STIX_LINE_CHARS_MAX, pattern=_TIME)
    matched = _TIME.fullmatch(text)
    whole, part = ("", "") if matched is None else (matched[1], matched[2] or "")
    parse_instant(f"{whole}Z", fields.place(key))
    return f"{whole}.{part.ljust(_FRACTION_CHARS, '0')}"


def _texts(fields: Fields, key: str) -> None:
    fields.texts(key, min_items=1, max_items=STIX_LIST_MAX, max_chars=STIX_LINE_CHARS_MAX)


def _boolean(fields: Fields, key: str) -> None:
    fields.boolean(key)


def _version(fields: Fields, key: str) -> None:
    fields.text(key, pattern=_VERSION)


def _count(fields: Fields, key: str) -> None:
    fields.integer(key, 1, _COUNT_MAX)


def _size(fields: Fields, key: str) -> None:
    fields.integer(key)


def _per_cent(fields: Fields, key: str) -> None:
    fields.integer(key, 0, _IN_A_HUNDRED)


def _pattern_type(fields: Fields, key: str) -> None:
    fields.text(key, pattern=_PATTERN_TYPE)


def _relation(fields: Fields, key: str) -> None:
    fields.text(key, max_chars=STIX_LINE_CHARS_MAX, pattern=_RELATION)


def _word(fields: Fields, key: str) -> None:
    fields.text(key, max_chars=STIX_LINE_CHARS_MAX, pattern=_WORD)


def _ref(fields: Fields, key: str) -> None:
    _check_known(fields.text(key, max_chars=STIX_LINE_CHARS_MAX), fields.place(key))


def _refs(fields: Fields, key: str) -> None:
    for each in fields.texts(key, min_items=1, max_items=STIX_LIST_MAX):
        _check_known(each, fields.place(key))


def _markings(fields: Fields, key: str) -> None:
    for each in fields.texts(key, min_items=1, max_items=STIX_LIST_MAX):
        matched = _ID.fullmatch(each)
        if matched is None or matched[1] != MARKING:
            raise _wrong_id(fields.place(key), f"{MARKING}--UUID", each)


def _phases(fields: Fields, key: str) -> None:
    for each in fields.objects(key, min_items=1, max_items=STIX_LIST_MAX):
        _word(each, "kill_chain_name")
        _word(each, "phase_name")
        each.finish()


def _outside(fields: Fields, key: str) -> None:
    """Take references to what lies elsewhere; nothing that they name is ever fetched."""
    for each in fields.objects(key, min_items=1, max_items=STIX_LIST_MAX):
        take_line(each, "source_name")
        for name in ("description", "url", "external_id"):
            if each.has(name):
                take_text(each, name)
        if each.has("hashes"):
            _hashes(each, "hashes")
        each.finish()


def _hashes(fields: Fields, key: str) -> None:
    inner = fields.object(key)
    if not inner.keys():
        raise _missing(inner.where, "at least one hash")
    for name in inner.keys():  # noqa: SIM118 (a method of Fields, which is no mapping)
        length = _HASHES.get(name)
        if length is None:
            raise InputError(
                "formats.stix-hash",
                "no hash of this name is known here",
                where=inner.place(name),
                expected=", ".join(_HASHES),
                found=excerpt(name),
            )
        inner.text(name, min_chars=length, max_chars=length, pattern=_HEX)
    inner.finish()


_COMMON: Final[dict[str, Check]] = {
    "created_by_ref": _ref,
    "revoked": _boolean,
    "labels": _texts,
    "confidence": _per_cent,
    "lang": _word,
    "external_references": _outside,
}
_DOMAIN: Final[dict[str, Check]] = {
    "spec_version": _version,
    "created": take_time,
    "modified": take_time,
    "object_marking_refs": _markings,
}
_OBSERVED: Final[dict[str, Check]] = {"object_marking_refs": _markings}
_OBSERVED_MORE: Final[dict[str, Check]] = {"spec_version": _version, "defanged": _boolean}
_VALUE: Final[dict[str, Check]] = {"value": take_text}


class Kind:
    """One kind of object: what it must say, and what it may."""

    __slots__ = ("may", "must", "times")

    def __init__(
        self,
        must: dict[str, Check],
        may: dict[str, Check],
        times: tuple[tuple[str, str], ...] = (),
        *,
        observed: bool = False,
    ) -> None:
        """Add what all objects say; `times` are pairs of which the first is never the later."""
        self.must = {**(_OBSERVED if observed else _DOMAIN), **must}
        self.may = {**(_OBSERVED_MORE if observed else _COMMON), **may}
        self.times = times if observed else (("created", "modified"), *times)


KINDS: Final = MappingProxyType(
    {
        "identity": Kind(
            {"name": take_line},
            {
                "description": take_text,
                "roles": _texts,
                "identity_class": _word,
                "sectors": _texts,
                "contact_information": take_text,
            },
        ),
        "indicator": Kind(
            {"pattern": take_text, "pattern_type": _pattern_type, "valid_from": take_time},
            {
                "name": take_line,
                "description": take_text,
                "indicator_types": _texts,
                "pattern_version": _word,
                "valid_until": take_time,
                "kill_chain_phases": _phases,
            },
            (("valid_from", "valid_until"),),
        ),
        "malware": Kind(
            {"is_family": _boolean},
            {
                "name": take_line,
                "description": take_text,
                "malware_types": _texts,
                "aliases": _texts,
                "kill_chain_phases": _phases,
                "first_seen": take_time,
                "last_seen": take_time,
                "architecture_execution_envs": _texts,
                "implementation_languages": _texts,
                "capabilities": _texts,
                "sample_refs": _refs,
            },
            (("first_seen", "last_seen"),),
        ),
        "observed-data": Kind(
            {
                "first_observed": take_time,
                "last_observed": take_time,
                "number_observed": _count,
                "object_refs": _refs,
            },
            {},
            (("first_observed", "last_observed"),),
        ),
        "report": Kind(
            {"name": take_line, "published": take_time, "object_refs": _refs},
            {"description": take_text, "report_types": _texts},
        ),
        "relationship": Kind(
            {"relationship_type": _relation, "source_ref": _ref, "target_ref": _ref},
            {"description": take_text, "start_time": take_time, "stop_time": take_time},
            (("start_time", "stop_time"),),
        ),
        "ipv4-addr": Kind(_VALUE, {}, observed=True),
        "ipv6-addr": Kind(_VALUE, {}, observed=True),
        "domain-name": Kind(_VALUE, {}, observed=True),
        "url": Kind(_VALUE, {}, observed=True),
        "email-addr": Kind(_VALUE, {"display_name": take_line}, observed=True),
        "file": Kind(
            {"hashes": _hashes},
            {"name": take_line, "size": _size, "mime_type": _word},
            observed=True,
        ),
    }
)


def check_object(fields: Fields, kind: str) -> None:
    """Check every key of an object; `type` and `id` are taken already.

    Raises:
        InputError: its kind or a key is not known here, a key is missing, or a value does not fit.
    """
    shape = KINDS.get(kind)
    if shape is None:
        raise unknown_kind(fields.place("type"), kind)
    fields.require(shape.must)
    for key, check in shape.must.items():
        check(fields, key)
    for key, check in shape.may.items():
        if fields.has(key):
            check(fields, key)
    for first, last in shape.times:
        if fields.has(first) and fields.has(last):
            _check_order(fields, first, last)
    fields.finish()


def unknown_kind(where: str, found: str) -> InputError:
    """Say that a kind of object is not known here."""
    return InputError(
        "formats.stix-kind",
        "no object of this kind is taken or given",
        where=where,
        expected=", ".join((*KINDS, MARKING)),
        found=excerpt(found),
        hint="leave such objects out of the bundle, with all that refers to them",
    )


def _check_order(fields: Fields, first: str, last: str) -> None:
    if take_time(fields, first) > take_time(fields, last):
        raise InputError(
            "formats.stix-times",
            "what begins later than it ends",
            where=fields.place(last),
            expected=f"not before {first}",
            found="an earlier time",
        )


def _check_known(found: str, where: str) -> None:
    matched = _ID.fullmatch(found)
    if matched is None:
        raise _wrong_id(where, "KIND--UUID", found)
    if matched[1] not in KINDS:
        raise unknown_kind(where, matched[1])


def _wrong_id(where: str, expected: str, found: str) -> InputError:
    return InputError(
        "formats.stix-id",
        "this is not the id of such an object",
        where=where,
        expected=expected,
        found=excerpt(found),
    )


def _missing(where: str, expected: str) -> InputError:
    return InputError("formats.stix-empty", "nothing is said here", where=where, expected=expected)
