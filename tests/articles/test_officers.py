# SPDX-License-Identifier: Apache-2.0
"""Vacancies of control officers, row G10: told of once each, to the house's own people alone."""

from __future__ import annotations

from datetime import date

import pytest

from comity.basis.ids import PartyId, Place
from comity.decision.people import Facility
from comity.decision.stages import Refused
from comity.flows.drafts import KeptDraft
from comity.flows.keeping.making import CopyWish, make_copy
from comity.flows.people.officers import list_vacancies, remind_of_officers
from comity.flows.people.register import set_facility
from comity.flows.previews import preview_content
from tests.builders.world import (
    AUDITOR,
    DRAFTER,
    GSOMIA,
    JPN,
    OFFICER,
    READER,
    REGISTRAR,
    Node,
    World,
    run,
)

pytestmark = pytest.mark.row("G10")
A_DAY_MS = 86_400_000


def name(node: Node, facility: Facility) -> None:
    outcome = run(set_facility(node.context, facility, REGISTRAR))
    assert not isinstance(outcome, Refused), outcome


def told(node: Node) -> list[str]:
    return [each.key for each in run(remind_of_officers(node.context))]


def test_g10_one_is_reminded_before_an_officers_term_ends_and_when_nobody_followed(
    released: World,
) -> None:
    node = released.kor
    assert told(node) == []
    name(node, Facility("hq", AUDITOR, date(2016, 12, 29)))
    first = told(node)
    assert [each.rpartition("/")[0] for each in first] == ["officer.end/hq/2016-12-29"]
    assert told(node) == []
    counts = []
    for _ in range(40):
        released.move(A_DAY_MS)
        counts.append(len(told(node)))
    assert sum(counts) == 3  # thirty and seven days before, and when it had passed
    (found,) = run(list_vacancies(node.context))
    assert found.passed(node.clock.now())
    name(node, Facility("hq", AUDITOR))
    assert told(node) == []
    assert run(list_vacancies(node.context)) == ()
    noted = [each["details"]["key"] for each in node.journal() if each["act"] == "officer.remind"]
    assert noted[0] == first[0]
    assert len(noted) == 4


def test_g10_one_is_reminded_each_time_that_nobody_is_named(released: World) -> None:
    node = released.kor
    for _ in range(2):
        name(node, Facility("hq", None))
        assert told(node) == ["officer.none/hq"]
        assert told(node) == []
        name(node, Facility("hq", AUDITOR))
        assert told(node) == []


def test_g10_who_keeps_the_register_sees_every_vacancy_and_an_officer_its_own_term(
    released: World,
) -> None:
    node = released.kor
    name(node, Facility("hq", OFFICER, date(2016, 11, 30)))
    name(node, Facility("annex", None))
    seen = {
        person: [each.facility for each in run(list_vacancies(node.context, person))]
        for person in (None, REGISTRAR, AUDITOR, OFFICER)
    }
    both = ["annex", "hq"]
    assert seen == {None: both, REGISTRAR: both, AUDITOR: both, OFFICER: ["hq"]}


@pytest.mark.parametrize(
    ("facility", "why"),
    [
        (
            Facility("hq", AUDITOR, date(2016, 11, 23)),
            "the term of the control officer of facility 'hq' ended",
        ),
        (Facility("hq", None), "facility 'hq' has no control officer"),
    ],
)
def test_g10_whoever_is_refused_for_the_facilitys_officer_is_told_so(
    released: World, items: dict[PartyId, Place], facility: Facility, why: str
) -> None:
    """Not that this person were on no register: at what came, and at a draft of our own."""
    node, item = released.kor, items[JPN]
    node.receipt(item)
    kept = node.draft((JPN,))
    assert isinstance(kept, KeptDraft)
    name(node, facility)
    released.move(A_DAY_MS)
    for refused in (
        node.open(item),
        run(preview_content(node.context, DRAFTER, kept.number)),
        run(make_copy(node.context, GSOMIA, item, READER, CopyWish("warning", "desk", READER))),
    ):
        assert isinstance(refused, Refused)
        (said,) = {each.why for each in refused.findings if each.clause == "facility_register"}
        assert said.startswith(why)
