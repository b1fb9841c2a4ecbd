# SPDX-License-Identifier: Apache-2.0
"""The header inside the seal."""

from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.strict_json import format_json
from comity.sealing.payload import (
    PayloadHeader,
    format_payload_header,
    header_length,
    parse_payload_header,
)

HEADER = PayloadHeader("北朝鮮 ミサイル", "application/json", "報告.json", "range_assessment/1")


def test_reads_back_what_was_written() -> None:
    owned = PayloadHeader("t", "text/plain", rights_of="株式会社 A")
    for header in (HEADER, PayloadHeader("t", "text/plain"), owned):
        raw = format_payload_header(header)
        assert header_length(raw[:4]) == len(raw) - 4
        assert parse_payload_header(raw[4:]) == header


def test_is_written_as_its_length_and_canonical_json() -> None:
    assert format_payload_header(PayloadHeader("t", "text/plain", "a b.txt")) == (
        b"\x00\x00\x00\x4b"
        b'{"file_name":"a b.txt","media_type":"text/plain","schema":null,"title":"t"}'
    )


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a/b",
        "..\\b",
        "/etc/passwd",
        "C:x",
        "a\nb",
        "a\x00b",
        "x" * 201,
        "a\u202egpj.exe",
    ],
)
def test_refuses_a_file_name_that_is_a_path_or_hides_something(name: str) -> None:
    with pytest.raises(InputError):
        format_payload_header(PayloadHeader("t", "text/plain", name))


@pytest.mark.parametrize("name", ["a", "...", ".hidden", "군사.pdf", "a b (1).txt"])
def test_takes_any_other_file_name(name: str) -> None:
    assert parse_payload_header(format_payload_header(PayloadHeader("t", "text/plain", name))[4:])


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 501},
        {"title": None},
        {"media_type": "text"},
        {"media_type": "Text/Plain"},
        {"media_type": "text/plain; charset=x"},
        {"media_type": None},
        {"schema": "sighting"},
        {"schema": "sighting/0"},
        {"schema": "Sighting/1"},
        {"extra": 1},
        {"file_name": 1},
        {"rights_of": ""},
        {"rights_of": None},
        {"rights_of": "x" * 501},
        {"rights_of": "a\u202eb"},
    ],
)
def test_refuses_a_field_out_of_its_bounds(wrong: dict[str, Any]) -> None:
    members: dict[str, Any] = {
        "title": "t",
        "media_type": "text/plain",
        "file_name": None,
        "schema": None,
    }
    parse_payload_header(format_json(members))
    with pytest.raises(InputError):
        parse_payload_header(format_json({**members, **wrong}))


@pytest.mark.parametrize("key", ["title", "media_type", "file_name", "schema"])
def test_refuses_a_header_without_one_of_its_fields(key: str) -> None:
    members: dict[str, Any] = {
        "title": "t",
        "media_type": "text/plain",
        "file_name": None,
        "schema": None,
    }
    del members[key]
    with pytest.raises(InputError):
        parse_payload_header(format_json(members))


def test_refuses_a_header_longer_than_any() -> None:
    assert header_length((65_536).to_bytes(4, "big")) == 65_536
    with pytest.raises(InputError) as caught:
        header_length((65_537).to_bytes(4, "big"))
    assert caught.value.code == "sealing.header-length"


@pytest.mark.parametrize(
    "title", ["t", "北 ミサイル", "a\x7fb", "\U0001f680", 'a"b', "a\\b", "a\nb"]
)
def test_reads_titles_of_every_kind_as_they_were_written(title: str) -> None:
    header = PayloadHeader(title, "text/plain")
    assert parse_payload_header(format_payload_header(header)[4:]) == header


@pytest.mark.parametrize(
    "title",
    [b"", b"\xff", b"\xed\xa0\x80", b"\xc1\xa1", b"a\x1fb", b"\\u0041", b'a"b', b"t" * 4000],
)
def test_refuses_a_title_that_is_not_written_in_its_one_form(title: bytes) -> None:
    raw = b'{"file_name":null,"media_type":"text/plain","schema":null,"title":"%b"}' % title
    with pytest.raises(InputError):
        parse_payload_header(raw)
