# SPDX-License-Identifier: Apache-2.0
"""Canonical JSON with holes: what is filled in stands where it would have stood."""

import pytest

from comity.basis.errors import InputError, InvariantError
from comity.basis.json_forms import Hole, JsonForm
from comity.basis.strict_json import JsonValue, format_json


def test_what_is_filled_in_stands_as_if_it_had_been_written() -> None:
    form = JsonForm(
        {"z": [Hole("a"), {"秘": None}], "b": Hole("n", bare=True), "%": "100 % %s"},
        *("n", "a"),
    )
    written = format_json({"z": ["x", {"秘": None}], "b": 12, "%": "100 % %s"})
    assert form.fill(12, "x") == written
    assert form.text(12, "x").encode() == written


def test_keys_stand_by_their_utf_16_units() -> None:
    value: dict[str, JsonValue] = {"\U0001f600": 1, "\ufb33": 2, "a": 3}
    assert JsonForm(value).fill() == format_json(value)


@pytest.mark.parametrize("holes", [(), ("a",), ("b", "a"), ("a", "b", "c")])
def test_a_form_names_its_holes_in_the_order_of_the_bytes(holes: tuple[str, ...]) -> None:
    with pytest.raises(InvariantError, match="another order"):
        JsonForm({"y": Hole("b"), "x": Hole("a")}, *holes)


@pytest.mark.parametrize("value", [1.5, 2**53, "\ud800", {"\ud800": 1}, [object()]])
def test_what_is_no_json_is_no_form(value: object) -> None:
    with pytest.raises(InputError):
        JsonForm(value)  # type: ignore[arg-type]  # on purpose
