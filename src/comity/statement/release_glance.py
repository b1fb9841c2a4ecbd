# SPDX-License-Identifier: Apache-2.0
"""Releases as they stand in registers, told apart by their bytes from everything else.

Bytes that are what is written here once, with known texts and plain numbers between, are the one
writing of their value; the texts are known from a release that was read field by field.
Source: DESIGN 4, 6; RFC 8785 3.2
"""

import re
from typing import Final

COMMON: Final = ("agreement", "label", "suite", "by", "to")
"""The groups that releases to the same parties have in common."""

# No backslash and no brace within: every quotation mark then begins or ends a text.
_OBJECT: Final = rb"\{[^{}\\]*\}"
_SIZE: Final = rb"[1-9][0-9]{0,14}"
_DIGEST: Final = rb"[0-9a-f]{64}"
_RELEASE: Final = re.compile(
    rb'\{"agreement":(?P<agreement>%b),"at":"(?P<at>[0-9TZ.:-]{24})","body":'
    rb'\{"answers":null,"label":(?P<label>%b),'
    rb'"parcel":\{"sha256":"(?P<parcel>%b)","size":(?P<parcel_size>%b)\},'
    rb'"sealed":\{"sha256":"(?P<sealed>%b)","size":(?P<sealed_size>%b),'
    rb'"suite":"(?P<suite>[a-z0-9]+)"\},"supersedes":null\},'
    rb'"by":"(?P<by>[A-Z0-9-]+)","format":1,"kind":"item\.release",'
    rb'"nonce":"(?P<nonce>[0-9a-f]{32})","seen":(?P<seen>%b),"to":(?P<to>\[[A-Z0-9",-]+\])\}'
    % (_OBJECT, _OBJECT, _DIGEST, _SIZE, _DIGEST, _SIZE, _OBJECT)
)


def find_release(raw: bytes) -> re.Match[bytes] | None:
    """Tell a release without links apart; None: it is something else, or not sure."""
    return _RELEASE.fullmatch(raw)


def bound_of(raw: bytes) -> bytes:
    """Give what a release's key wraps are bound to: all but its moment, its parcel, what is seen.

    Members stand sorted, and no text holds a bare quotation mark, so each is where it is looked
    for. `raw` is a release as it stands in a register.

    Source: DESIGN 6
    """
    at = raw.index(b',"at":"')
    body = raw.index(b',"body":', at)
    parcel = raw.index(b'"parcel":{"sha256":"', body)
    sealed = raw.index(b"}", parcel) + len("},")
    seen = raw.rindex(b'"seen":{')
    to = raw.index(b"}", seen) + len("},")
    return b"".join((raw[:at], raw[body:parcel], raw[sealed:seen], raw[to:]))
