# SPDX-License-Identifier: Apache-2.0
"""The page of event reports names the keys that are read, and its example is read."""

from __future__ import annotations

import dataclasses
import re

import pytest

from comity.picture.decimals import Span
from comity.picture.figures import Assumption, Credit
from comity.picture.heads import Head, Point
from comity.picture.launches import LaunchedObject
from comity.picture.reports import parse_report, schema_keys, schema_names
from tests.docs.test_format_pages import first_words, page, section

PAGE = page("event-reports")


def names(kind: type) -> list[str]:
    return [each.name for each in dataclasses.fields(kind)]


@pytest.mark.parametrize("schema", schema_names())
def test_every_schema_has_its_keys(schema: str) -> None:
    head = first_words(section(PAGE, "## What every report has"))
    assert head == ["schema", *names(Head)]
    own = section(PAGE, f"## {schema}").partition("### ")[0]
    assert (*head[1:], *first_words(own)) == schema_keys(schema)


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("### Launched object", LaunchedObject),
        ("### Point", Point),
        ("### Span", Span),
        ("### Assumption", Assumption),
        ("### Credit", Credit),
    ],
)
def test_every_part_has_its_keys(heading: str, kind: type) -> None:
    assert first_words(section(PAGE, heading)) == names(kind)


def test_the_example_is_a_report() -> None:
    found = re.search(r"```json\n(.*?)```", PAGE, re.S)
    assert found
    assert parse_report(found[1].encode()).head.event == "exchange-2016-12-16"
