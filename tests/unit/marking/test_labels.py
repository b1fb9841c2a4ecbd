# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
import unicodedata

import pytest

from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.ids import PartyId
from comity.basis.instants import Date, parse_instant
from comity.basis.strict_json import JsonValue
from comity.marking.equivalence import MarkingTable
from comity.marking.labels import (
    Draft,
    Label,
    Labelled,
    format_label,
    label_draft,
    parse_label,
)

JPN = PartyId("JPN")
KOR = PartyId("KOR")
DAY = Date(2016, 12, 16)
DRAFT = Draft(JPN, (KOR,), "極秘", "missile-warning", "document", ("warning",))
LABEL = Label(
    "極秘", "SECRET", "missile-warning", "document", ("warning",), (), (JPN,), Date(2026, 1, 1)
)


def written(**changes: JsonValue) -> dict[str, JsonValue]:
    return format_label(LABEL) | changes


def test_reads_the_level_of_a_draft_from_its_marking(table: MarkingTable) -> None:
    labelled = label_draft(DRAFT, table, DAY)
    assert labelled == Labelled(
        JPN, (KOR,), dataclasses.replace(LABEL, originators=(JPN,), use_until=None)
    )


def test_art_4_1_refuses_a_draft_whose_marking_is_not_listed(table: MarkingTable) -> None:
    for marking in ("機密", "군사II급비밀", ""):
        with pytest.raises(InputError, match=r"marking\.(unknown|empty)"):
            label_draft(dataclasses.replace(DRAFT, marking=marking), table, DAY)


def test_refuses_a_draft_without_a_purpose(table: MarkingTable) -> None:
    with pytest.raises(InputError, match=r"marking\.no-purpose"):
        label_draft(dataclasses.replace(DRAFT, purposes=()), table, DAY)


def test_keeps_the_named_originators_of_a_draft_once_and_in_order(table: MarkingTable) -> None:
    draft = dataclasses.replace(
        DRAFT, originators=(KOR, JPN, KOR), purposes=("warning", "study", "study"), to=(KOR, KOR)
    )
    labelled = label_draft(draft, table, DAY)
    assert labelled.label.originators == (JPN, KOR)
    assert labelled.label.purposes == ("study", "warning")
    assert labelled.to == (KOR,)


@pytest.mark.parametrize(
    "until", [None, Date(2026, 1, 1), parse_instant("2026-01-01T00:00:00.001Z")]
)
def test_writing_and_reading_a_label_changes_nothing(until: Date | None) -> None:
    label = dataclasses.replace(LABEL, use_until=until, named_for=("kor-017",))
    assert parse_label(Fields(format_label(label))) == label


def test_reads_decomposed_korean_and_keeps_it_composed() -> None:
    raw = written(marking=unicodedata.normalize("NFD", "군사II급비밀"))
    assert parse_label(Fields(raw)).marking == "군사II급비밀"


@pytest.mark.parametrize("key", sorted(written()))
def test_refuses_a_label_without_one_of_its_keys(key: str) -> None:
    raw = written()
    del raw[key]
    with pytest.raises(InputError, match=r"basis\.missing-field"):
        parse_label(Fields(raw))


def test_refuses_a_label_with_an_unknown_key() -> None:
    with pytest.raises(InputError, match=r"basis\.unknown-field"):
        parse_label(Fields(written(caveats=[])))


@pytest.mark.parametrize(
    "changes",
    [
        {"marking": "秘\u202e"},
        {"marking": "秘" * 65},
        {"level": ""},
        {"level": "S" * 65},
        {"category": "a\u200bb"},
        {"form": " oral"},
        {"purposes": []},
        {"purposes": ["warning", "study"]},
        {"purposes": ["study", "study"]},
        {"purposes": [f"p{number:02}" for number in range(33)]},
        {"for": ["b", "a"]},
        {"for": None},
        {"originators": []},
        {"originators": ["jpn"]},
        {"use_until": ""},
        {"use_until": "2026-13-01"},
        {"use_until": "2026-01-01T00:00:00Z"},
        {"use_until": "2026-01-01T00:00:00.000+09:00"},
    ],
)
def test_refuses_a_label_with_a_field_out_of_form(changes: dict[str, JsonValue]) -> None:
    with pytest.raises(InputError):
        parse_label(Fields(written(**changes)))
