# SPDX-License-Identifier: Apache-2.0
"""The types that cross the ports, and that every adapter has the shape of its port."""

from __future__ import annotations

import dataclasses

import pytest

from comity import ports
from comity.basis.errors import StateError
from comity.decision.stages import Allowed

RECORDS = [
    value
    for value in vars(ports).values()
    if dataclasses.is_dataclass(value)
    and isinstance(value, type)
    and value.__module__ == ports.__name__
]


@pytest.mark.parametrize("record", RECORDS)
def test_what_crosses_a_port_is_frozen_and_has_slots(record: type) -> None:
    assert record.__dataclass_params__.frozen  # type: ignore[attr-defined] # set by dataclass
    assert "__slots__" in vars(record)


def test_a_basis_that_moved_is_a_state_that_changed() -> None:
    assert issubclass(ports.BasisMoved, StateError)


def test_a_change_writes_nothing_but_what_it_names() -> None:
    change = ports.Change(Allowed("test", ()))
    parts = [getattr(change, each.name) for each in dataclasses.fields(change)[2:]]
    assert change.basis == ports.Basis()
    assert set(parts) == {()}
