# SPDX-License-Identifier: Apache-2.0
"""Releases told apart by their bytes: read as they are field by field, bound to the same."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.ids import PartyId
from comity.basis.instants import Instant
from comity.basis.strict_json import format_json, parse_canonical
from comity.statement import envelope as module
from comity.statement.drafting import _wrap_context, compose, wrap_context
from comity.statement.envelope import Statement, StatementDraft, parse_statement, statement_json
from comity.statement.kinds import Body
from comity.statement.release_glance import find_release
from tests.builders.bodies import LINKS


@pytest.fixture(scope="module")
def members(
    draft_of: Callable[[Body], StatementDraft],
    bodies: dict[str, Body],
    minute: Callable[[int], Instant],
) -> dict[str, Any]:
    seen = ((PartyId("KOR"), 3),)
    raw = compose(draft_of(bodies["item.release"]), at=minute(0), seen=seen).raw
    members = json.loads(raw)
    assert isinstance(members, dict)
    members["body"] |= {"supersedes": None, "answers": None}
    for key in members["body"].keys() & LINKS:
        del members["body"][key]
    return members


@pytest.fixture(autouse=True)
def nothing_met() -> None:
    module._releases.clear()
    module._seen.clear()


def slowly(raw: bytes) -> Statement | str:
    try:
        return module._read_any(parse_canonical(raw, bytes_max=65_535), raw, "statement")
    except InputError as err:
        return err.code


def read(raw: bytes) -> Statement | str:
    try:
        return parse_statement(raw)
    except InputError as err:
        return err.code


def glance(raw: bytes) -> Statement | None:
    found = find_release(raw)
    return None if found is None else module._read_release(found, raw)


def test_a_release_like_one_that_was_met_is_read_at_a_glance_and_the_same(
    members: dict[str, Any],
) -> None:
    raw = format_json(members)
    assert glance(raw) is None
    assert parse_statement(raw) == slowly(raw)
    assert glance(raw) == slowly(raw)
    other = members | {"at": "2016-12-23T01:02:03.004Z", "nonce": "0f" * 16}
    other["body"] = members["body"] | {
        "parcel": {"sha256": "12" * 32, "size": 77},
        "sealed": {"sha256": "34" * 32, "size": 10**14, "suite": "xwing"},
    }
    raw = format_json(other)
    assert glance(raw) == slowly(raw) == parse_statement(raw)


def test_no_byte_changed_added_or_left_out_is_read_otherwise(members: dict[str, Any]) -> None:
    raw = format_json(members)
    for at in range(len(raw)):
        parse_statement(raw)
        others = [raw[:at] + bytes([byte]) + raw[at + 1 :] for byte in b'0a"\\}']
        others += [raw[:at], raw[at:], raw[:at] + raw[at + 1 :], raw[:at] + b"0" + raw[at:]]
        for other in others:
            assert read(other) == slowly(other), (at, other)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("body", "parcel", "size"), 0),
        (("body", "parcel", "size"), 10**14),
        (("body", "sealed", "size"), 0),
        (("body", "sealed", "size"), 2**53 - 1),
        (("body", "sealed", "size"), 2**53),
        (("body", "sealed", "suite"), "other"),
        (("body", "label", "marking"), 'a"b'),
        (("body", "label", "marking"), "a},{b"),
        (("body", "label", "marking"), "\\"),
        (("body", "label", "level"), "},"),
        (("body", "answers"), "KOR/1"),
        (("body", "supersedes"), "JPN/1"),
        (("agreement", "id"), "a},"),
        (("at",), "2016-13-23T01:00:00.000Z"),
        (("at",), "2016-11-23T01:00:00.0000"),
        (("seen",), {"KOR": 4}),
        (("seen",), {"KOR": -1}),
        (("seen",), {"JPN": 1}),
        (("seen",), {}),
        (("to",), []),
        (("to",), ["KOR", "KOR"]),
        (("to",), ["JPN"]),
        (("by",), "USA"),
        (("by",), "KOR"),
        (("format",), 2),
        (("kind",), "item.receipt"),
        (("nonce",), "0F" * 16),
    ],
)
def test_a_field_out_of_its_bounds_is_read_as_it_is_field_by_field(
    members: dict[str, Any], path: tuple[str, ...], value: Any
) -> None:
    parse_statement(format_json(members))
    copy = json.loads(json.dumps(members))
    holder = copy
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    raw = format_json(copy) if value != 2**53 else json_beyond(copy)
    for _ in range(2):
        assert read(raw) == slowly(raw)


def json_beyond(members: dict[str, Any]) -> bytes:
    text = json.dumps(members, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def test_wraps_are_bound_to_the_same_at_a_glance(members: dict[str, Any]) -> None:
    linked = json.loads(json.dumps(members))
    linked["body"]["answers"] = "KOR/1"
    awkward = json.loads(json.dumps(members))
    awkward["body"]["label"]["marking"] = 'a"},"at":"","body":{"parcel":{"sha256":"","seen":{'
    for each, at_a_glance in ((members, True), (linked, False), (awkward, False)):
        statement = parse_statement(format_json(each))
        assert (find_release(statement.raw) is not None) is at_a_glance
        assert wrap_context(statement) == _wrap_context(statement_json(statement))


def test_what_was_met_does_not_pile_up_and_what_is_too_long_is_not_looked_at(
    members: dict[str, Any],
) -> None:
    copy = json.loads(json.dumps(members))
    for number in range(600):
        copy["body"]["label"]["marking"] = f"marking {number}"
        copy["seen"] = {"KOR": number}
        parse_statement(format_json(copy))
    assert len(module._releases) <= module._HEADS_KEPT
    assert len(module._seen) <= module._HEADS_KEPT
    copy["body"]["label"]["marking"] = "x" * 70_000
    assert read(format_json(copy)) == "basis.too-large"
