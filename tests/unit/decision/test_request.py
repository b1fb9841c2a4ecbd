# SPDX-License-Identifier: Apache-2.0
"""Reading a request: absent is unknown, null is none, and only wrong types are bad input."""

import json
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.instants import Date, parse_instant
from comity.decision.request import (
    MISSING,
    NO_ITEM,
    NOBODY,
    Actor,
    Assurance,
    Consent,
    Item,
    Request,
    SecondPerson,
)
from comity.decision.request_reading import parse_request


def parsed(**keys: Any) -> Request:
    return parse_request(json.dumps(keys).encode())


def test_an_empty_request_knows_nothing() -> None:
    request = parsed()
    assert request == Request()
    assert request.actor == Actor()
    assert request.item.level is MISSING
    assert repr(MISSING) == "missing"


def test_null_is_known_to_be_none() -> None:
    request = parsed(
        agreement_state=None,
        actor=None,
        item=None,
        purpose=None,
        recipient=None,
        channel=None,
        consents=None,
        assurances=None,
        second_person=None,
    )
    assert request.agreement_state is None
    assert (request.actor, request.item) == (NOBODY, NO_ITEM)
    assert (request.consents, request.assurances) == ((), ())
    assert request.second_person is None
    assert MISSING not in (request.purpose, request.recipient, request.channel)
    inner = parsed(actor={"registered": None, "need_to_know": None, "clearance_until": None})
    assert inner.actor.registered is None
    assert inner.actor.need_to_know == ()
    assert inner.actor.clearance_until is None


def test_a_null_time_or_action_is_no_time_and_no_action() -> None:
    request = parsed(at=None, action=None)
    assert (request.at, request.action) == (MISSING, MISSING)


def test_every_key_is_read() -> None:
    request = parsed(
        at="2016-12-16T03:00:00Z",
        action="open",
        item={"for": ["kor-017"], "copies": 2, "use_until": "2017-01-01", "id": "JPN/12"},
        consents=[{"by": "JPN", "items": ["JPN/12"], "given_at": "2016-12-01T00:00:00Z"}],
        assurances=[{"by": "KOR", "for": None, "need": True}],
        second_person={"id": "kor-018", "kind": "official"},
    )
    assert request.at == parse_instant("2016-12-16T03:00:00Z")
    assert request.item == Item(
        id="JPN/12", named_for=("kor-017",), copies=2, use_until=Date(2017, 1, 1)
    )
    given = parse_instant("2016-12-01T00:00:00Z")
    assert request.consents == (Consent(by="JPN", items=("JPN/12",), given_at=given),)
    assert request.assurances == (Assurance(by="KOR", named_for=None, need=True),)
    assert request.second_person == SecondPerson("kor-018", "official")


def test_words_that_no_agreement_knows_are_facts_like_others() -> None:
    request = parsed(action="fly", recipient="", item={"level": "COSMIC", "purposes": [""]})
    assert (request.action, request.recipient, request.item.level) == ("fly", "", "COSMIC")
    assert request.item.purposes == ("",)


@pytest.mark.parametrize(
    "text",
    [
        "2016-12-16T03:00:00.500Z",
        "2016-12-16T03:00:00.5Z",
        "2016-12-16T03:00:00.500000+00:00",
        "2016-12-16t03:00:00.50z",
        "2016-12-16T03:00:00.500-00:00",
    ],
)
def test_an_instant_may_be_in_any_form_of_utc_that_rfc_3339_has(text: str) -> None:
    instant = parse_instant("2016-12-16T03:00:00.500Z")
    request = parsed(at=text, actor={"clearance_until": text})
    assert (request.at, request.actor.clearance_until) == (instant, instant)


@pytest.mark.parametrize(
    "text",
    [
        "2016-12-16T12:00:00+09:00",
        "2016-12-16T03:00:00+0000",
        "2016-12-16T03:00:00",
        "2016-12-16 03:00:00Z",
        "2016-12-16T03:00:00.Z",
        "2016-12-16T03:00:00.123456Z",
        "2016-02-30T03:00:00+00:00",
        "2016-12-31T23:59:60Z",
    ],
)
def test_refuses_an_instant_that_is_not_utc_or_finer_than_a_millisecond(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        parsed(at=text)
    assert (refusal.value.code, refusal.value.where) == ("basis.instant", "request.at")


@pytest.mark.parametrize(
    ("keys", "expected", "found"),
    [
        ({"action": 5}, "text or null", "an integer"),
        ({"purpose": ["watch"]}, "text or null", "an array"),
        ({"item": {"purposes": "watch"}}, "an array of texts or null", "text"),
        ({"item": {"purposes": ["watch", None]}}, "an array of texts", "null"),
    ],
)
def test_a_wrong_type_says_what_was_found(keys: dict[str, Any], expected: str, found: str) -> None:
    with pytest.raises(InputError) as refusal:
        parsed(**keys)
    assert (refusal.value.expected, refusal.value.found) == (expected, found)


@pytest.mark.parametrize(
    "keys",
    [
        {"at": 3},
        {"at": "2016-12-16"},
        {"at": "yesterday"},
        {"action": ["open"]},
        {"agreement_state": True},
        {"actor": "kor-017"},
        {"actor": {"registered": "yes"}},
        {"actor": {"need_to_know": "air"}},
        {"actor": {"need_to_know": ["air", 3]}},
        {"actor": {"clearance_until": "2017-02-30"}},
        {"actor": {"clearance_until": "never"}},
        {"actor": {"rank": "general"}},
        {"item": {"copies": "1"}},
        {"item": {"named_for": []}},
        {"item": []},
        {"consents": {"by": "JPN"}},
        {"consents": [None]},
        {"consents": [{"from": "JPN"}]},
        {"assurances": [{"need": 1}]},
        {"second_person": {"name": "x"}},
        {"guest": None},
    ],
)
def test_refuses_unknown_keys_and_wrong_types(keys: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refusal:
        parsed(**keys)
    assert refusal.value.exit_code == 2
    assert refusal.value.where.startswith("request")


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"at": 1.5}', b'{"a": 1, "a": 2}', b"\xff"])
def test_refuses_what_is_no_strict_json_object(raw: bytes) -> None:
    with pytest.raises(InputError):
        parse_request(raw)
