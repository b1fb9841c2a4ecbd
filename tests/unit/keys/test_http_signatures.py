# SPDX-License-Identifier: Apache-2.0
"""Signed requests: RFC 9421's own text and vector, one spelling, every part covered."""

import base64
from dataclasses import replace

import pytest

from comity.basis.errors import InputError, ProofError
from comity.basis.ids import Domain
from comity.basis.instants import Instant
from comity.keys.card_model import CardKey, card_key
from comity.keys.http_signatures import (
    RequestParts,
    SignedBy,
    content_digest,
    parse_signature,
    parse_signed_by,
    request_target,
    signature_base,
    signature_fields,
    signing_base,
    signing_window,
    verify_request,
)
from comity.keys.signing import PrivateKey, sign
from comity.keys.suites import Algorithm, KeyUse, verify

PRIVATE = PrivateKey(Algorithm.ED25519, b"o" * 32)
KEY = card_key(KeyUse.ONLINE, Algorithm.ED25519, public=PRIVATE.public, valid_from=Instant(0))
BY = SignedBy(Domain("mod.jpn.example"), KEY.key_id, 1_479_862_800, 1_479_862_860, "0f" * 16)
GET = RequestParts("GET", "mnd.kor.example/parcel/ab/12")
POST = replace(GET, method="POST", content_digest=content_digest(b"body"))
PUT = replace(GET, method="PUT", content_range="bytes 0-9/100")


def test_the_base_and_the_signature_are_those_of_the_rfc() -> None:
    """Source: RFC 9421 B.1.4 and B.2.6."""
    public = base64.b64decode("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=")
    parameters = (
        '("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"'
    )
    base = signature_base(
        (
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("@method", "POST"),
            ("@path", "/foo"),
            ("@authority", "example.com"),
            ("content-type", "application/json"),
            ("content-length", "18"),
        ),
        parameters,
    )
    signature = base64.b64decode(
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )
    verify(Algorithm.ED25519, public, base, signature)
    with pytest.raises(ProofError):
        verify(Algorithm.ED25519, public, base + b"\n", signature)


def test_a_digest_is_written_as_in_its_rfc() -> None:
    """Source: RFC 9530 2 (SHA-256 of nothing)."""
    assert content_digest(b"") == "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"


def test_what_is_signed_is_written_line_by_line() -> None:
    assert signing_base(POST, BY).decode().split("\n") == [
        '"@method": POST',
        '"comity-to": mnd.kor.example/parcel/ab/12',
        '"content-digest": sha-256=:Iw2DWNyOiJC0xY3utikS7i8gNXrpKlzIYbmOaP4xrLU=:',
        '"@signature-params": ("@method" "comity-to" "content-digest");created=1479862800'
        f';keyid="mod.jpn.example/{KEY.key_id}";expires=1479862860;nonce="{"0f" * 16}"'
        ';tag="comity"',
    ]


@pytest.mark.parametrize("parts", [GET, POST, PUT])
def test_a_signed_request_verifies(parts: RequestParts) -> None:
    fields = dict(signature_fields(parts, BY, sign(PRIVATE, signing_base(parts, BY))))
    assert fields["comity-to"] == parts.to
    by = parse_signed_by(fields["signature-input"], parts)
    assert by == BY
    verify_request(parts, by, parse_signature(fields["signature"]), KEY)


@pytest.mark.parametrize("parts", [GET, POST, PUT])
def test_a_signature_is_good_for_one_request_alone(parts: RequestParts) -> None:
    signature = sign(PRIVATE, signing_base(parts, BY))
    changed = (
        (replace(parts, method="DELETE"), BY),
        (replace(parts, to="dod.usa.example/parcel/ab/12"), BY),
        (replace(parts, content_digest=content_digest(b"other")), BY),
        (replace(parts, content_range="bytes 0-9/101"), BY),
        (parts, replace(BY, created_s=BY.created_s + 1)),
        (parts, replace(BY, expires_s=BY.expires_s - 1)),
        (parts, replace(BY, nonce="00" * 16)),
        (parts, replace(BY, domain=Domain("mnd.kor.example"))),
    )
    for other_parts, by in changed:
        with pytest.raises(ProofError):
            verify_request(other_parts, by, signature, KEY)
    with pytest.raises(ProofError):
        verify_request(parts, BY, bytes(64), KEY)


def test_only_the_online_key_of_the_card_signs_requests() -> None:
    signature = sign(PRIVATE, signing_base(GET, BY))
    other = PrivateKey(Algorithm.ED25519, b"p" * 32).public
    wrong: tuple[CardKey, ...] = (
        replace(KEY, use=KeyUse.STATEMENT),
        replace(KEY, algorithm=Algorithm.MLDSA44),
        replace(KEY, key_id="0" * 16),
        replace(KEY, public=other),
    )
    for key in wrong:
        with pytest.raises(ProofError):
            verify_request(GET, BY, signature, key)


def test_a_request_that_covers_other_parts_is_not_read() -> None:
    written = dict(signature_fields(POST, BY, bytes(64)))["signature-input"]
    for parts in (GET, PUT, replace(POST, content_range="bytes 0-9/100")):
        with pytest.raises(InputError):
            parse_signed_by(written, parts)


@pytest.mark.parametrize(
    "cut",
    [
        ("comity=", "sig1="),
        ('"@method" "comity-to"', '"comity-to" "@method"'),
        ('"@method" ', ""),
        (";created=", ';alg="ed25519";created='),
        ("created=1", "created=01"),
        ("expires=1479862860", "expires=1479862861"),
        ("expires=1479862860", "expires=1479862799"),
        ('nonce="0f', 'nonce="0F'),
        ('nonce="0f', 'nonce="'),
        ("mod.jpn.example/", "localhost/"),
        ("mod.jpn.example/", ""),
        (';tag="comity"', ""),
        (';tag="comity"', ';tag="other"'),
        (';tag="comity"', ';tag="comity" '),
        (';tag="comity"', ';tag="comity"' + "x" * 2000),
    ],
)
def test_refuses_other_spellings(cut: tuple[str, str]) -> None:
    written = dict(signature_fields(GET, BY, bytes(64)))["signature-input"]
    assert cut[0] in written
    with pytest.raises(InputError):
        parse_signed_by(written.replace(*cut, 1), GET)


def test_refuses_a_nonce_that_no_field_may_hold() -> None:
    with pytest.raises(InputError):
        replace(BY, nonce="0f" * 15)


@pytest.mark.parametrize(
    "text",
    ["", "comity=:", "comity=::", "sig=:AA==:", "comity=:AA==", "comity=:AA==:", "comity=:A:A:"],
)
def test_refuses_other_spellings_of_the_signature(text: str) -> None:
    with pytest.raises(InputError):
        parse_signature(text)


def test_a_window_is_as_long_as_nonces_are_remembered() -> None:
    created, expires = signing_window(1000)
    assert (created, expires) == (1000, 1060)


def test_a_target_is_the_domain_and_the_path_below_the_address() -> None:
    assert request_target(Domain("mnd.kor.example"), "/echo") == "mnd.kor.example/echo"
