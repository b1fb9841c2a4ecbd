# SPDX-License-Identifier: Apache-2.0
"""Origins of registers and journals."""

from hashlib import sha256

import pytest

from comity.basis.errors import InputError
from comity.basis.ids import parse_agreement_id, parse_domain
from comity.tlog.origin import (
    Origin,
    format_origin,
    journal_origin,
    origin_hash,
    parse_origin,
    register_origin,
)

DOMAIN = parse_domain("mod.jpn.example")
AGREEMENT = parse_agreement_id("gsomia-jpn-kor")


def test_a_register_is_named_by_domain_and_agreement() -> None:
    text = register_origin(DOMAIN, AGREEMENT)
    assert text == "mod.jpn.example/register/gsomia-jpn-kor"
    assert parse_origin(text) == Origin(DOMAIN, AGREEMENT)


def test_a_journal_is_named_by_domain_and_its_restoration() -> None:
    assert journal_origin(DOMAIN) == "mod.jpn.example/journal"
    assert journal_origin(DOMAIN, 2) == "mod.jpn.example/journal/2"
    assert parse_origin("mod.jpn.example/journal") == Origin(DOMAIN, None)
    assert parse_origin("mod.jpn.example/journal/9999") == Origin(DOMAIN, None, 9999)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mod.jpn.example",
        "mod.jpn.example/register",
        "mod.jpn.example/register/",
        "mod.jpn.example/register/GSOMIA",
        "mod.jpn.example/register/gsomia/1",
        "MOD.jpn.example/journal",
        "mod.jpn.example/journal/",
        "mod.jpn.example/journal/0",
        "mod.jpn.example/journal/01",
        "mod.jpn.example/journal/10000",
        "mod.jpn.example/journal/100000",
        "mod.jpn.example/journal/-1",
        "mod.jpn.example/journal/²",
        "mod.jpn.example/journal/1\n",
        "https://mod.jpn.example/journal",
        "mod.jpn.example /journal",
    ],
)
def test_refuses_any_other_origin(text: str) -> None:
    with pytest.raises(InputError):
        parse_origin(text)


def test_refuses_an_origin_that_cosigners_cannot_sign() -> None:
    domain = parse_domain(".".join(["a" * 61] * 3 + ["ab"]))
    assert len(register_origin(domain, parse_agreement_id("b" * 57))) == 255
    with pytest.raises(InputError) as refusal:
        register_origin(domain, parse_agreement_id("b" * 58))
    assert refusal.value.code == "tlog.origin-length"
    with pytest.raises(InputError):
        parse_origin(f"{domain}/register/{'b' * 58}")


def test_refuses_a_restoration_out_of_range() -> None:
    for count in (-1, 10_000):
        with pytest.raises(InputError):
            format_origin(Origin(DOMAIN, None, count))
    with pytest.raises(InputError):
        format_origin(Origin(DOMAIN, AGREEMENT, 1))


def test_an_origin_is_named_in_paths_by_its_hash() -> None:
    text = "jpn.example/register/gsomia-jpn-kor"
    assert origin_hash(text) == sha256(text.encode()).hexdigest()
