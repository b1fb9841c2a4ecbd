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


EVERY_CLAUSE = """
[article.release]
top_level = "HIGH"
[article.access]
people = "officials_and_contractors"
[article.facility_register]
[article.assurance]
[article.third_party_rule]
from_level = "HIGH"
[article.purpose_limitation]
[article.marking]
[article.derived]
[article.channel]
allowed = ["node", "courier", "post"]
encrypted_from = "HIGH"

[article.copies]
limit = 3
two_persons_from = "HIGH"
[article.translation]
note.en = "holds information of {originator}"
note.ja = "{originator}の情報を含む"
[article.contractor]
conditions.a.en = "first"
conditions.b.en = "second"
facility_clearance = "at_least_level"
needs = "written_consent"
rights = "confirmed"
[article.visit]
lead_time = "14 days"
[article.suspension]
acts = ["release"]
categories = ["air"]
[article.reclassification]
[article.retention]
[article.destruction]
means = ["burn", "crypto_erase"]
two_persons_from = "LOW"
[article.ending]
stops = ["release", "transmit"]
when = "notice"
[article.forbidden]
acts = ["transfer_goods", "resell"]
"""


@pytest.fixture
def every_clause(pact: Pact) -> Agreement:
    """A pact with a clause of every kind that decides, but the circle and the hub."""
    return pact(clauses=EVERY_CLAUSE, forms='forms = ["oral", "document"]')


@pytest.fixture
def circle(pact: Pact) -> Agreement:
    """A pact of circles, in which everything goes through one party."""
    clauses = '[article.release]\n[article.hub]\nparty = "AAA"\n'
    clauses += '[article.audience]\nHIGH = "named_persons"\nLOW = "organisation_need_to_know"\n'
    return pact(clauses=clauses)


GOODS = """
[[article.order]]
allowed = [
  { providers = ["AAA"], categories = ["air"], activities = ["exercise"], valid_to = 2020-06-15 },
  { categories = ["open"], valid_from = 2019-01-01 },
]
needs = ["charter", "method"]
[[article.order]]
excluded = [{ providers = ["BBB"], categories = ["weapon"], activities = ["relief"] }]
apart = false
[article.settlement]
in_order = true
offset_after = "18 months"
"""


@pytest.fixture
def goods(pact: Pact) -> Agreement:
    """A pact on goods and services."""
    return pact(clauses=GOODS, forms='activities = ["exercise", "relief"]')
