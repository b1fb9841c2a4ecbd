# SPDX-License-Identifier: Apache-2.0
"""The shipped Japan-Korea file, and a release under it that may go."""

import pytest

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.ids import PartyId
from comity.basis.instants import Date, parse_instant
from comity.decision.request import Actor, Assurance, Item, Request
from comity.marking.labels import Draft, Labelled, label_draft

AT = parse_instant("2016-12-16T03:00:00Z")


@pytest.fixture(scope="session")
def gsomia() -> Agreement:
    return read_agreement(template("gsomia-jpn-kor"))


@pytest.fixture
def labelled(gsomia: Agreement) -> Labelled:
    draft = Draft(
        by=PartyId("JPN"),
        to=(PartyId("KOR"),),
        marking="極秘",
        category="missile-warning",
        form="document",
        purposes=("warning",),
    )
    return label_draft(draft, gsomia.table, Date(2016, 12, 16))


@pytest.fixture
def assurance() -> Assurance:
    return Assurance("KOR", "SECRET", None, True, True, AT, None)


@pytest.fixture
def request_to_release(assurance: Assurance) -> Request:
    return Request(
        at=AT,
        agreement_state="in_force",
        actor=Actor(id="jpn-001", kind="official"),
        item=Item(id="JPN/12"),
        channel="courier",
        assurances=(assurance,),
        consents=(),
    )
