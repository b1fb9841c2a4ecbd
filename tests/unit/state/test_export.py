# SPDX-License-Identifier: Apache-2.0
"""The state as JSON, whole and in parts: a part is written without looking at the others."""

from __future__ import annotations

import pytest

from comity.basis.ids import AgreementId
from comity.basis.instants import parse_instant
from comity.state.export import state_json
from comity.state.state import State
from comity.state.tables import Table

AT = parse_instant("2016-12-16T03:00:00Z")


def test_parts_are_those_of_the_whole_in_its_order() -> None:
    state = State(AgreementId("gsomia-jpn-kor"))
    whole = state_json(state, AT)
    assert state_json(state, AT, whole.keys()) == whole
    assert state_json(state, AT, ("lifecycle", "at")) == {
        name: whole[name] for name in ("at", "lifecycle")
    }
    assert state_json(state, None, ("at",)) == {"at": None}
    assert state_json(state, AT, ()) == {}


def test_a_part_is_written_without_looking_at_the_items(monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(AgreementId("gsomia-jpn-kor"))
    items = Table.items

    def looking(table: object) -> object:
        assert table is not state.items
        return items(table)  # type: ignore[arg-type]  # any table

    monkeypatch.setattr(Table, "items", looking)
    assert set(state_json(state, AT, ("assurances", "consents"))) == {"assurances", "consents"}
    with pytest.raises(AssertionError):
        state_json(state, AT)
