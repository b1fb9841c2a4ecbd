# SPDX-License-Identifier: Apache-2.0
"""The envelope: exact bytes, and every way in which they can be wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.ids import PartyId
from comity.basis.instants import Instant
from comity.basis.strict_json import format_json
from comity.statement.drafting import compose
from comity.statement.envelope import (
    StatementDraft,
    format_statement,
    parse_statement,
    statement_json,
)
from comity.statement.kinds import FORMATS, SPOKEN_KINDS, Body
from comity.statement.treaty import AgreementSign

KOR = PartyId("KOR")
MEMBERS = ("agreement", "at", "body", "by", "format", "kind", "nonce", "seen", "to")
Drafter = Callable[[Body], StatementDraft]


@pytest.fixture
def raw(draft_of: Drafter, bodies: dict[str, Body], minute: Callable[[int], Instant]) -> bytes:
    return format_statement(draft_of(bodies["item.release"]), at=minute(0), seen=((KOR, 12),))


def changed(raw: bytes, **members: Any) -> bytes:
    return format_json({**json.loads(raw), **members})


def refused(raw: bytes) -> str:
    with pytest.raises(InputError) as caught:
        parse_statement(raw)
    return caught.value.code


def test_writes_the_exact_bytes_of_a_statement(
    draft_of: Drafter, minute: Callable[[int], Instant], bodies: dict[str, Body]
) -> None:
    draft = draft_of(bodies["consent.refuse"])
    assert format_statement(draft, at=minute(0), seen=((KOR, 12),)) == (
        b'{"agreement":{"id":"gsomia-jpn-kor","sha256":"' + b"5e" * 32 + b'"},'
        b'"at":"2016-12-16T03:00:00.000Z","body":{"ask":"KOR/3"},"by":"JPN","format":1,'
        b'"kind":"consent.refuse","nonce":"00000000000000000000000000000001",'
        b'"seen":{"KOR":12},"to":["KOR"]}'
    )


def test_every_kind_reads_back_as_it_was_written(
    draft_of: Drafter, minute: Callable[[int], Instant], bodies: dict[str, Body]
) -> None:
    assert set(bodies) == set(SPOKEN_KINDS)
    for kind, body in bodies.items():
        draft = draft_of(body)
        statement = compose(draft, at=minute(0), seen=())
        assert (statement.kind, statement.body) == (kind, body)
        assert statement.raw == format_statement(draft, at=minute(0), seen=())
        assert statement_json(statement)["body"] == body.to_json()


def test_says_how_much_of_each_register_it_has_seen(raw: bytes) -> None:
    statement = parse_statement(raw)
    assert statement.seen_size(KOR) == 12
    assert statement.seen_size(PartyId("USA")) == 0


@pytest.mark.parametrize("key", MEMBERS)
def test_refuses_an_envelope_without_one_of_its_fields(raw: bytes, key: str) -> None:
    members = json.loads(raw)
    del members[key]
    assert refused(format_json(members)) == "basis.missing-field"


@pytest.mark.parametrize("key", MEMBERS)
def test_refuses_a_field_of_another_type(raw: bytes, key: str) -> None:
    wrong = {"x": 1} if key not in {"agreement", "body", "seen"} else "x"
    assert refused(changed(raw, **{key: wrong})) == "basis.wrong-type"


def test_refuses_a_field_that_no_envelope_has(raw: bytes) -> None:
    assert refused(changed(raw, extra=1)) == "basis.unknown-field"
    members = json.loads(raw)
    members["agreement"]["extra"] = 1
    assert refused(format_json(members)) == "basis.unknown-field"
    members = json.loads(raw)
    members["body"]["extra"] = 1
    assert refused(format_json(members)) == "basis.unknown-field"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": 2}, "statement.unknown-format"),
        ({"format": 0}, "statement.unknown-format"),
        ({"kind": "item.steal"}, "statement.unknown-kind"),
        ({"kind": "Item.release"}, "statement.unknown-kind"),
        ({"by": "jpn"}, "basis.party-id"),
        ({"to": []}, "basis.wrong-length"),
        ({"to": ["JPN"]}, "statement.to"),
        ({"to": ["USA", "KOR"]}, "statement.to"),
        ({"to": ["KOR", "KOR"]}, "statement.to"),
        ({"to": [f"P{index:02}" for index in range(16)]}, "basis.wrong-length"),
        ({"to": ["kor"]}, "basis.party-id"),
        ({"seen": {"JPN": 1}}, "statement.seen"),
        ({"seen": {f"P{index:02}": 1 for index in range(16)}}, "statement.seen"),
        ({"seen": {"KOR": -1}}, "basis.out-of-range"),
        ({"seen": {"kor": 1}}, "basis.party-id"),
        ({"nonce": "0" * 31}, "basis.wrong-form"),
        ({"nonce": "A" * 32}, "basis.wrong-form"),
        ({"at": "2016-12-16T03:00:00Z"}, "basis.instant"),
        ({"at": "2016-12-16T03:00:00.000+00:00"}, "basis.instant"),
    ],
)
def test_refuses_a_field_out_of_its_bounds(raw: bytes, change: dict[str, Any], code: str) -> None:
    assert refused(changed(raw, **change)) == code


def test_refuses_bytes_that_are_not_the_one_form_of_their_value(raw: bytes) -> None:
    assert refused(raw.replace(b'"by":"JPN",', b'"by": "JPN",')) == "basis.json-not-canonical"
    assert refused(raw + b"\n") == "basis.json-not-canonical"
    assert refused(raw[:-1] + b',"to":["KOR"]}') == "basis.json-doubled-key"
    assert refused(raw[:-1]) == "basis.json-syntax"
    assert refused(b"") == "basis.json-syntax"
    assert refused(b"[]") == "basis.wrong-type"


def test_a_statement_of_the_greatest_length_is_read_and_one_byte_more_refused(
    draft_of: Drafter, minute: Callable[[int], Instant]
) -> None:
    draft = draft_of(AgreementSign("x"))
    short = len(format_statement(draft, at=minute(0), seen=()))
    # The note's own limit is far below the envelope's; writing does not look into it.
    longest = replace(draft, body=AgreementSign("x" * (65_535 - short + 1)))
    assert len(format_statement(longest, at=minute(0), seen=())) == 65_535
    too_long = replace(draft, body=AgreementSign("x" * (65_535 - short + 2)))
    with pytest.raises(InputError) as caught:
        format_statement(too_long, at=minute(0), seen=())
    assert caught.value.code == "statement.oversize"
    assert refused(b"x" * 65_536) == "basis.too-large"
    assert refused(b"x" * 65_535) == "basis.json-syntax"


def test_a_format_has_a_closed_set_of_kinds() -> None:
    assert list(FORMATS) == [1]
    assert FORMATS[1] == set(SPOKEN_KINDS)
    assert len(FORMATS[1]) == 61


def test_a_draft_that_partners_would_refuse_is_not_composed(
    draft_of: Drafter, minute: Callable[[int], Instant]
) -> None:
    with pytest.raises(InputError):
        compose(replace(draft_of(AgreementSign("x")), to=()), at=minute(0), seen=())
