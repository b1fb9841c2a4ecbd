# SPDX-License-Identifier: Apache-2.0
"""A request written as JSON reads as the same one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.errors import InvariantError
from comity.basis.instants import parse_date
from comity.decision.request import Actor, Item, Request
from comity.decision.request_json import request_json
from comity.decision.request_reading import parse_request


def _again(request: Request) -> Request:
    return parse_request(json.dumps(request_json(request)).encode())


def test_every_request_of_a_world_reads_back() -> None:
    from comity.foresight.situations import request_of, world_of

    world = world_of(read_agreement(template("gsomia-jpn-kor")))
    for variable in world.variables:
        for word in variable.words:
            request = request_of(world, "open", {variable.name: word})
            assert _again(request) == request


def test_what_is_unknown_is_left_out_and_none_is_null() -> None:
    request = Request(action="open", actor=Actor(clearance_until=parse_date("2020-01-01"), id=None))
    assert request_json(request) == {
        "action": "open",
        "actor": {"id": None, "clearance_until": "2020-01-01"},
        "item": {},
    }
    assert _again(request) == request


def test_a_value_of_no_known_type_is_a_fault_of_the_program() -> None:
    request = Request(item=replace(Item(), copies=1.5))  # type: ignore[arg-type]
    with pytest.raises(InvariantError):
        request_json(request)
