# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.strict_json import JsonValue
from comity.picture.moments import format_moment, nullable_instant, parse_instant, parse_moment


@pytest.mark.parametrize("text", ["2013-02-12", "2013-02-12T02:57:51.322Z", None])
def test_a_moment_stays_as_exact_as_it_was_told(text: str | None) -> None:
    assert format_moment(parse_moment(Fields({"at": text}), "at")) == text


def test_an_instant_may_leave_its_milliseconds_out() -> None:
    instant = parse_instant(Fields({"at": "2013-02-12T02:57:51Z"}), "at")
    assert format_moment(instant) == "2013-02-12T02:57:51.000Z"


def test_a_nullable_instant_is_an_instant_or_null() -> None:
    assert nullable_instant(Fields({"at": None}), "at") is None
    assert nullable_instant(Fields({"at": "1970-01-01T00:00:00Z"}), "at") == 0


@pytest.mark.parametrize(
    "value", ["", "2013-02-30", "2013-02", "2013-02-12T02:57:51+09:00", "2013-02-12T02:57Z", 0, []]
)
def test_refuses_what_is_no_moment(value: JsonValue) -> None:
    with pytest.raises(InputError) as refusal:
        parse_moment(Fields({"at": value}), "at")
    assert refusal.value.where == "$.at"


def test_refuses_a_day_where_an_instant_is_asked() -> None:
    with pytest.raises(InputError, match=r"basis\.instant"):
        parse_instant(Fields({"at": "2013-02-12"}), "at")
