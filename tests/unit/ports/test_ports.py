# SPDX-License-Identifier: Apache-2.0
"""The types that cross the ports, and that every adapter has the shape of its port."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import cast

import pytest
from msgspec import Struct

from comity import ports
from comity.basis.errors import StateError
from comity.decision.stages import Allowed
from comity.keys.cards import Card
from comity.ports.partners import NoWire

RECORDS = [
    value
    for value in vars(ports).values()
    if isinstance(value, type)
    and (dataclasses.is_dataclass(value) or issubclass(value, Struct))
    and value.__module__.startswith(f"{ports.__name__}.")
]


@pytest.mark.parametrize("record", RECORDS)
def test_what_crosses_a_port_is_frozen_and_has_slots(record: type) -> None:
    if issubclass(record, Struct):
        assert record.__struct_config__.frozen
    else:
        assert record.__dataclass_params__.frozen  # type: ignore[attr-defined] # set by dataclass
    assert "__slots__" in vars(record)


def test_there_are_records_that_cross_ports() -> None:
    assert {ports.Change, ports.WireRequest, ports.WireReply} <= set(RECORDS)


def test_a_header_is_found_by_its_name_in_lower_case() -> None:
    for crossing in (
        ports.WireRequest("GET", "/", (("a", "1"), ("b", "2"), ("a", "3"))),
        ports.WireReply(200, (("a", "1"), ("b", "2"), ("a", "3"))),
    ):
        assert crossing.header("a") == "1"
        assert crossing.header("b") == "2"
        assert crossing.header("c") is None


def test_who_has_no_wire_refuses_to_talk_to_a_partner() -> None:
    card = cast("Card", SimpleNamespace(party="KOR"))
    call = NoWire().call(card, ports.WireRequest("POST", "/push"), signed=True, timeout_s=1.0)
    with pytest.raises(StateError, match="no-wire"):
        call.send(None)


def test_a_basis_that_moved_is_a_state_that_changed() -> None:
    assert issubclass(ports.BasisMoved, StateError)


def test_a_change_writes_nothing_but_what_it_names() -> None:
    change = ports.Change(Allowed("test", ()))
    parts = [getattr(change, each) for each in change.__struct_fields__[2:]]
    assert change.basis == ports.Basis()
    assert set(parts) == {()}
