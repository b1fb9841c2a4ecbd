# SPDX-License-Identifier: Apache-2.0
"""The head of a parcel: wraps for its recipients, and the payload that it names."""

import json
from typing import Any

import pytest
from msgspec import structs

from comity.basis.encoding import encode_base64
from comity.basis.errors import ComityError, InputError, ProofError, StateError
from comity.basis.ids import Digest, PartyId, digest_of
from comity.basis.limits import PARCEL_HEAD_BYTES_MAX
from comity.basis.strict_json import JsonValue, format_json
from comity.keys.suites import Algorithm
from comity.sealing.parcels import (
    HEAD_PREFIX_BYTES,
    PARCEL_MAGIC,
    ParcelHead,
    Wrap,
    check_wraps,
    find_wrap,
    format_parcel_head,
    head_bytes,
    parse_parcel_head,
    verify_parcel_head,
)
from comity.statement.values import ParcelRef, SealedRef, format_sealed

KOR, USA = PartyId("KOR"), PartyId("USA")
SEALED = SealedRef("xwing", 4096, Digest("ab" * 32))
WRAPS = tuple(Wrap(party, "0123456789abcdef", Algorithm.XWING, bytes(1168)) for party in (KOR, USA))
HEAD = ParcelHead(SEALED, WRAPS)
RAW = format_parcel_head(HEAD)
PARCEL = ParcelRef(digest_of(RAW), len(RAW))
TO = (KOR, USA)


def json_head(members: dict[str, Any]) -> bytes:
    body = format_json(members)
    return PARCEL_MAGIC + len(body).to_bytes(4, "big") + body


def refusal(raw: bytes) -> str:
    with pytest.raises(InputError) as caught:
        parse_parcel_head(raw)
    return caught.value.code


def test_reads_back_what_was_written() -> None:
    assert RAW.startswith(b"comity/parcel/v1\n")
    assert head_bytes(RAW[:HEAD_PREFIX_BYTES]) == len(RAW)
    assert parse_parcel_head(RAW) == HEAD


def test_says_its_length_before_the_payload_that_may_follow_it() -> None:
    stream = RAW + b"sealed bytes"
    assert stream[head_bytes(stream[:HEAD_PREFIX_BYTES]) :] == b"sealed bytes"


def test_verifies_against_the_statement_that_names_it() -> None:
    assert verify_parcel_head(RAW, PARCEL, SEALED, to=TO) == HEAD


@pytest.mark.parametrize("at", [0, 16, 17, 20, 30, -1])
def test_refuses_a_head_with_a_byte_changed_cut_or_added(at: int) -> None:
    position = at % len(RAW)
    flipped = RAW[:position] + bytes([RAW[position] ^ 1]) + RAW[position + 1 :]
    for wrong in (flipped, RAW[:position], RAW + b"x"):
        with pytest.raises(ComityError) as caught:
            verify_parcel_head(wrong, PARCEL, SEALED, to=TO)
        assert caught.value.code == "sealing.parcel-digest"


def test_refuses_a_head_that_another_statement_names() -> None:
    cases = {
        "sealing.parcel-digest": (structs.replace(PARCEL, size=1), SEALED, TO),
        "sealing.other-payload": (PARCEL, structs.replace(SEALED, sha256=Digest("cd" * 32)), TO),
        "sealing.wraps": (PARCEL, SEALED, (KOR,)),
    }
    for code, (parcel, sealed, to) in cases.items():
        with pytest.raises(ProofError) as caught:
            verify_parcel_head(RAW, parcel, sealed, to=to)
        assert caught.value.code == code
    for sealed in (structs.replace(SEALED, size=1), structs.replace(SEALED, suite="mlkem1024")):
        with pytest.raises(ProofError):
            verify_parcel_head(RAW, PARCEL, sealed, to=TO)


@pytest.mark.parametrize(
    "wraps",
    [
        (),
        WRAPS[:1],
        WRAPS[::-1],
        (*WRAPS, WRAPS[1]),
        (WRAPS[0], structs.replace(WRAPS[1], to=PartyId("PRK"))),
        (WRAPS[0], structs.replace(WRAPS[1], suite=Algorithm.MLKEM1024)),
    ],
)
def test_demands_one_wrap_of_the_named_suite_for_each_recipient(wraps: tuple[Wrap, ...]) -> None:
    check_wraps(WRAPS, SEALED, TO)
    with pytest.raises(ProofError):
        check_wraps(wraps, SEALED, TO)


def test_finds_the_wrap_of_a_recipient_and_of_nobody_else() -> None:
    assert find_wrap(HEAD, USA) == WRAPS[1]
    with pytest.raises(StateError) as caught:
        find_wrap(HEAD, PartyId("PRK"))
    assert caught.value.code == "sealing.not-a-recipient"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "sealing.not-a-parcel"),
        (RAW[:20], "sealing.not-a-parcel"),
        (b"comity/parcel/v2\n" + RAW[17:], "sealing.not-a-parcel"),
        (RAW[:-1], "sealing.parcel-head-length"),
        (RAW + b"x", "sealing.parcel-head-length"),
        (PARCEL_MAGIC + (256 * 1024).to_bytes(4, "big"), "sealing.parcel-head-length"),
        (PARCEL_MAGIC + b"\x00\x00\x00\x02[]", "basis.wrong-type"),
    ],
)
def test_refuses_what_is_not_a_head(raw: bytes, code: str) -> None:
    assert refusal(raw) == code


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("suite", "ed25519", "sealing.unknown-suite"),
        ("suite", "none", "sealing.unknown-suite"),
        ("key_id", "x", "basis.wrong-form"),
        ("to", "kor", "basis.party-id"),
        ("wrap", "AB", "basis.not-base64"),
        ("extra", 1, "basis.unknown-field"),
        ("wrap", None, "basis.wrong-type"),
    ],
)
def test_refuses_a_wrap_with_a_field_out_of_its_bounds(key: str, value: object, code: str) -> None:
    members = json.loads(RAW[HEAD_PREFIX_BYTES:])
    members["wraps"][0][key] = value
    assert refusal(json_head(members)) == code
    members["wraps"][0] = {}
    assert refusal(json_head(members)) == "basis.missing-field"


def test_refuses_a_head_with_a_field_out_of_its_bounds() -> None:
    members = json.loads(RAW[HEAD_PREFIX_BYTES:])
    sealed, wraps = members["sealed"], members["wraps"]
    for wrong, code in (
        ({**members, "extra": 1}, "basis.unknown-field"),
        ({"wraps": wraps}, "basis.missing-field"),
        ({"sealed": sealed}, "basis.missing-field"),
        ({"sealed": sealed, "wraps": []}, "basis.wrong-length"),
        ({"sealed": sealed, "wraps": wraps[::-1]}, "sealing.wraps-not-sorted"),
        ({"sealed": sealed, "wraps": [*wraps, wraps[1]]}, "sealing.wraps-not-sorted"),
    ):
        assert refusal(json_head(wrong)) == code


@pytest.mark.parametrize("key_id", ["0123456789abcdef", 'a"b', "é%s\\"])
def test_a_head_is_written_as_any_other_json(key_id: str) -> None:
    wraps = tuple(structs.replace(wrap, key_id=key_id) for wrap in HEAD.wraps)
    raw = format_parcel_head(structs.replace(HEAD, wraps=wraps))
    written: list[JsonValue] = [
        {
            "to": wrap.to,
            "key_id": key_id,
            "suite": wrap.suite.value,
            "wrap": encode_base64(wrap.wrap),
        }
        for wrap in wraps
    ]
    json = format_json({"sealed": format_sealed(HEAD.sealed), "wraps": written})
    assert raw == PARCEL_MAGIC + len(json).to_bytes(4, "big") + json


LONE = ParcelHead(SEALED, (structs.replace(WRAPS[0], wrap=bytes(range(40))),))
LONE_RAW = format_parcel_head(LONE)


def read_as_named(raw: bytes, to: tuple[PartyId, ...] = (KOR,)) -> ParcelHead | str:
    """Read a head that a statement names, whatever is in it."""
    try:
        return verify_parcel_head(raw, ParcelRef(digest_of(raw), len(raw)), SEALED, to=to)
    except ComityError as err:
        return err.code


def read_field_by_field(raw: bytes, to: tuple[PartyId, ...] = (KOR,)) -> ParcelHead | str:
    try:
        head = parse_parcel_head(raw)
        check_wraps(head.wraps, SEALED, to)
    except ComityError as err:
        return err.code
    return head if head.sealed == SEALED else "sealing.other-payload"


def test_a_head_of_one_wrap_is_read_at_a_glance_as_it_is_field_by_field() -> None:
    assert read_as_named(LONE_RAW) == LONE == parse_parcel_head(LONE_RAW)
    for at in range(len(LONE_RAW)):
        for byte in b'0aA=" \x00\xff':
            raw = LONE_RAW[:at] + bytes([byte]) + LONE_RAW[at + 1 :]
            if raw != LONE_RAW:
                assert read_as_named(raw) == read_field_by_field(raw), at
        for raw in (LONE_RAW[:at], LONE_RAW[at:], LONE_RAW[:at] + LONE_RAW[at + 1 :]):
            assert read_as_named(raw) == read_field_by_field(raw), at


def test_a_head_of_one_wrap_for_somebody_else_is_refused_as_any_other() -> None:
    members = json.loads(LONE_RAW[HEAD_PREFIX_BYTES:])
    members["wraps"][0]["to"] = "PRK"
    for raw, to in ((json_head(members), (KOR,)), (LONE_RAW, (USA,)), (LONE_RAW, TO)):
        assert read_as_named(raw, to) == "sealing.wraps" == read_field_by_field(raw, to)


def test_a_head_that_is_too_long_or_in_an_unknown_suite_is_read_field_by_field() -> None:
    assert read_as_named(LONE_RAW + bytes(PARCEL_HEAD_BYTES_MAX)) == "sealing.parcel-head-length"
    ref = ParcelRef(digest_of(LONE_RAW), len(LONE_RAW))
    with pytest.raises(ProofError) as caught:
        verify_parcel_head(LONE_RAW, ref, structs.replace(SEALED, suite="other"), to=(KOR,))
    assert caught.value.code == "sealing.other-payload"
