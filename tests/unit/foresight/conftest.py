# SPDX-License-Identifier: Apache-2.0
"""A small agreement file whose parts tests replace, and the shipped templates."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template

_FILE = """
format = 1
id = "pact"
version = 3
kind = "information-security"
binding = {binding}
{top}
[title]
en = "A pact"
[parties.AAA]
name.en = "Party A"
competent_authority = "Ministry A"
{currency}
[parties.BBB]
name.en = "Party B"
competent_authority = "Ministry B"
[levels]
{levels}
order = ["HIGH", "LOW"]
{equivalence}
[scope]
article = "{scope}"
categories = ["open", "air"]
{forms}
[lifecycle]
article = "9"
entry = "last_signature"
{life}
zone = "UTC"
[[article]]
number = "1"
title.en = "One"
summary.en = "The only article."
{clauses}
"""
_PARTS = {
    "binding": "true",
    "top": "",
    "currency": "",
    "levels": "",
    "equivalence": "",
    "scope": "1",
    "forms": "",
    "life": 'runs = "no end"',
    "clauses": "",
}

Pact = Callable[..., Agreement]


@pytest.fixture
def pact() -> Pact:
    def build(**parts: str) -> Agreement:
        return read_agreement(_FILE.format(**(_PARTS | parts)).encode())

    return build


@pytest.fixture
def gsomia() -> Agreement:
    return read_agreement(template("gsomia-jpn-kor"))
