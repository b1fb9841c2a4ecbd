# SPDX-License-Identifier: Apache-2.0
"""Statements read at a glance: the very same as those read field by field, and none that is not."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.ids import PartyId
from comity.basis.instants import Instant
from comity.basis.strict_json import format_json, parse_canonical
from comity.statement import envelope as module
from comity.statement.drafting import compose
from comity.statement.envelope import Statement, StatementDraft, parse_statement, read_plain
from comity.statement.kinds import Body
from tests.builders.bodies import LINKS

Envelope = Callable[[str], dict[str, Any]]
KINDS = ("item.release", "item.receipt")
CHANGES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1,
    2**53 - 1,
    "",
    "KOR",
    "JPN",
    "x" * 300,
    "0" * 64,
    "2016-11-23T01:00:00.000Z",
    "2016-13-23T01:00:00.000Z",
    "JPN/1",
    "JPN/x",
    [],
    {},
    ["KOR", "KOR"],
    {"USA": 1},
    {"KOR": -1},
    {"KOR": True},
    {"JPN": 1},
)


@pytest.fixture(scope="module")
def envelope(
    draft_of: Callable[[Body], StatementDraft],
    bodies: dict[str, Body],
    minute: Callable[[int], Instant],
) -> Envelope:
    def give(kind: str) -> dict[str, Any]:
        seen = ((PartyId("KOR"), 3),)
        members = json.loads(compose(draft_of(bodies[kind]), at=minute(0), seen=seen).raw)
        assert isinstance(members, dict)
        return _linkless(members)

    return give


def _linkless(members: dict[str, Any]) -> dict[str, Any]:
    if members["kind"] == "item.release":
        members["body"] |= {"supersedes": None, "answers": None}
        for key in members["body"].keys() & LINKS:
            del members["body"][key]
    return members


def plain(members: dict[str, Any]) -> Statement | None:
    raw = format_json(members)
    return read_plain(parse_canonical(raw, bytes_max=10**6), raw)


def slowly(raw: bytes) -> Statement | None:
    try:
        return module._read_any(parse_canonical(raw, bytes_max=65_535), raw, "statement")
    except InputError:
        return None


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key in value:
            found += paths(value[key], (*path, key))
    return found


def changed(members: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    copy = json.loads(json.dumps(members))
    holder = copy
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return copy


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_met_before_is_read_at_a_glance_and_the_same(
    kind: str, envelope: Envelope
) -> None:
    members = envelope(kind)
    raw = format_json(members)
    met = parse_statement(raw)
    assert plain(members) == met == slowly(raw)
    assert parse_statement(raw) == met


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_changed_is_read_alike_or_not_at_a_glance(kind: str, envelope: Envelope) -> None:
    members = envelope(kind)
    for path in paths(members):
        for value in CHANGES:
            parse_statement(format_json(members))
            copy = changed(members, path, value)
            found = plain(copy)
            assert found is None or found == slowly(format_json(copy)), (path, value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_more_or_less_is_not_read_at_a_glance(kind: str, envelope: Envelope) -> None:
    members = envelope(kind)
    parse_statement(format_json(members))
    for path in paths(members):
        copy = json.loads(json.dumps(members))
        holder = copy
        for key in path[:-1]:
            holder = holder[key]
        del holder[path[-1]]
        raw = format_json(copy)
        assert plain(copy) in (None, slowly(raw))
    assert plain(changed(members, ("more",), 1)) is None
    assert plain(changed(members, ("body", "more"), 1)) is None
    assert read_plain([], b"[]") is None


def test_other_kinds_are_read_field_by_field(envelope: Envelope) -> None:
    members = envelope("assurance.give")
    parse_statement(format_json(members))
    assert plain(members) is None


def test_what_was_met_does_not_pile_up(envelope: Envelope) -> None:
    members = envelope("item.receipt")
    for number in range(600):
        members["agreement"]["id"] = f"agreement-{number}"
        members["body"]["marking"] = f"marking {number}"
        parse_statement(format_json(members))
    assert len(module._heads) <= module._HEADS_KEPT
    assert len(module._parties) <= module._HEADS_KEPT
