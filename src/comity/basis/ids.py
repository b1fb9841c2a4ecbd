# SPDX-License-Identifier: Apache-2.0
"""Identifiers as types: parties, agreements, domains, persons, digests, places in registers.

Each parser accepts exactly one spelling, so that equal ids are equal bytes.
"""

import hashlib
import re
from typing import NamedTuple, NewType

from comity.basis.errors import InputError, excerpt
from comity.basis.limits import (
    AGREEMENT_ID_CHARS_MAX,
    DOMAIN_CHARS_MAX,
    DOMAIN_LABEL_CHARS_MAX,
    JSON_INTEGER_MAX,
    PARTY_ID_CHARS_MAX,
    PERSON_ID_CHARS_MAX,
)

PartyId = NewType("PartyId", str)
AgreementId = NewType("AgreementId", str)
Domain = NewType("Domain", str)
PersonId = NewType("PersonId", str)
Digest = NewType("Digest", str)

_PARTY = re.compile(rf"[A-Z][A-Z0-9-]{{0,{PARTY_ID_CHARS_MAX - 1}}}")
_AGREEMENT = re.compile(rf"[a-z0-9-]{{1,{AGREEMENT_ID_CHARS_MAX}}}")
_PERSON = re.compile(rf"[a-z0-9][a-z0-9._-]{{0,{PERSON_ID_CHARS_MAX - 1}}}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_DOMAIN_LABEL = re.compile(rf"[a-z0-9](?:[a-z0-9-]{{0,{DOMAIN_LABEL_CHARS_MAX - 2}}}[a-z0-9])?")
_PLACE_INDEX = re.compile(r"0|[1-9][0-9]{0,15}")


class Place(NamedTuple):
    """Where a statement stands within one agreement: its party's register and index from 0.

    It is what nearly everything is looked up by, and a tuple is hashed and compared by C.
    """

    party: PartyId
    index: int  # type: ignore[assignment]  # in place of the method, which nobody asks a place for

    def __str__(self) -> str:
        """Give the control number, `JPN/12`."""
        return f"{self.party}/{self.index}"


def parse_party_id(text: str, where: str = "") -> PartyId:
    """Read a party id such as `JPN`."""
    return PartyId(_matching(_PARTY, text, "party-id", where))


def parse_agreement_id(text: str, where: str = "") -> AgreementId:
    """Read an agreement id such as `gsomia-jpn-kor`."""
    return AgreementId(_matching(_AGREEMENT, text, "agreement-id", where))


def parse_person_id(text: str, where: str = "") -> PersonId:
    """Read a person id such as `kor-017`."""
    return PersonId(_matching(_PERSON, text, "person-id", where))


def parse_digest(text: str, where: str = "") -> Digest:
    """Read a SHA-256 digest in lower-case hexadecimal."""
    return Digest(_matching(_DIGEST, text, "digest", where))


def digest_of(raw: bytes) -> Digest:
    """Give the SHA-256 digest of `raw` in lower-case hexadecimal."""
    return Digest(hashlib.sha256(raw).hexdigest())


def parse_domain(text: str, where: str = "") -> Domain:
    """Read a domain of at least two labels, in lower case and A-label form.

    Source: RFC 5890 2.3.2.1; RFC 1123 2.1 (no purely numeric last label, so no IPv4 address)
    """
    labels = text.split(".")
    if (
        len(text) > DOMAIN_CHARS_MAX
        or len(labels) < 2
        or labels[-1].isdigit()
        or not all(_is_domain_label(label) for label in labels)
    ):
        raise InputError(
            "basis.domain",
            "not a domain",
            where=where,
            expected=f"lower-case labels in A-label form, at most {DOMAIN_CHARS_MAX} characters",
            found=excerpt(text),
            hint="write international names as xn-- labels",
        )
    return Domain(text)


def parse_place(text: str, where: str = "") -> Place:
    """Read a control number within one agreement, such as `JPN/12`."""
    party, slash, index = text.partition("/")
    if (
        not slash
        or _PARTY.fullmatch(party) is None
        or _PLACE_INDEX.fullmatch(index) is None
        or int(index) > JSON_INTEGER_MAX
    ):
        raise InputError(
            "basis.place", "not a place", where=where, expected="JPN/12", found=excerpt(text)
        )
    return Place(PartyId(party), int(index))


def format_place(place: Place) -> str:
    """Write a place as its control number."""
    return str(place)


def _matching(pattern: re.Pattern[str], text: str, kind: str, where: str) -> str:
    if pattern.fullmatch(text) is None:
        raise InputError(
            f"basis.{kind}",
            f"not {'an' if kind[0] in 'aeiou' else 'a'} {kind.replace('-', ' ')}",
            where=where,
            expected=pattern.pattern,
            found=excerpt(text),
        )
    return text


def _is_domain_label(label: str) -> bool:
    if _DOMAIN_LABEL.fullmatch(label) is None:
        return False
    if label[2:4] != "--":
        return True
    if not label.startswith("xn--"):
        return False
    try:
        unicode_label = label[4:].encode("ascii").decode("punycode")
        written = unicode_label.encode("punycode").decode("ascii")
    except UnicodeError:
        return False
    return written == label[4:] and not unicode_label.isascii()
