# SPDX-License-Identifier: Apache-2.0
"""Texts of cases, rows G2a, G7.1 and G8: a note on a disclosure is read as an item is opened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import StateError
from comity.basis.ids import PersonId, Place
from comity.decision.people import Facility, Person, Role
from comity.decision.stages import Refused
from comity.flows.case_texts import (
    open_affairs_text,
    open_certificate,
    open_disclosure_text,
    open_incident_text,
    open_visit_text,
)
from comity.flows.cases.contractors import open_evidence
from comity.flows.cases.incidents import Report, give_findings, report_incident
from comity.flows.cases.visits import Disclosed, ask_visit, record_disclosure
from comity.flows.enclosures import OpenedText
from comity.flows.people.register import change_person, set_facility
from comity.sealing.payload import PayloadHeader
from comity.statement.cases import Affected, Certainty, Harm, VisitKind, VisitRequest
from tests.builders.world import (
    A_YEAR,
    DRAFTER,
    ENTRY,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    Node,
    World,
    entered,
    run,
)

pytestmark = pytest.mark.row("G2a", "G7.1")
NOTE = (PayloadHeader("Note", "text/plain"), [b"told at noon"])


def disclosed(world: World, marking: str = "極秘") -> Place:
    """Let Japan tell Korea something SECRET, with a note."""
    said = Disclosed((KOR,), marking, "missile-warning", "oral", ("warning",))
    told = run(record_disclosure(world.jpn.context, GSOMIA, said, person=OFFICER, text=NOTE))
    world.settle(1)
    return entered(told).place


def reads(node: Node, place: Place, person: PersonId, opens: Any = None) -> OpenedText | Refused:
    return run((opens or open_disclosure_text)(node.context, GSOMIA, place, person))


def changes(node: Node, person: PersonId, **changed: Any) -> None:
    def change(known: Person) -> Person:
        return replace(known, **changed)

    outcome = run(change_person(node.context, person, change, REGISTRAR))
    assert not isinstance(outcome, Refused), outcome


def test_g7_1_a_note_bears_both_markings_and_the_journal_names_level_and_category(
    in_force: World,
) -> None:
    place = disclosed(in_force)
    opened = reads(in_force.kor, place, READER)
    assert isinstance(opened, OpenedText)
    assert b"".join(opened.content) == b"told at noon"
    assert {"極秘", "군사II급비밀"} <= set(opened.banner.head)
    assert opened.banner.foot == tuple(reversed(opened.banner.head))
    line = in_force.kor.journal()[-1]
    assert (line["act"], line["outcome"]) == ("disclosure.open", "done")
    assert line["details"] == {
        "statement": f"{GSOMIA}/{place}",
        "item": f"{GSOMIA}/{place}",
        "level": "SECRET",
        "category": "missile-warning",
        "purpose": "warning",
        "articles": ["7(2)"],
        "version": in_force.kor.view().agreement().version,
        "file": in_force.kor.view().agreement().sha256,
    }


def test_g7_1_whoever_told_reads_the_note_under_its_own_marking(in_force: World) -> None:
    opened = reads(in_force.jpn, disclosed(in_force), READER)
    assert isinstance(opened, OpenedText)
    assert opened.banner.head[-1] == "極秘"


@pytest.mark.parametrize(
    "changed",
    [
        {"clearance": None, "clearance_until": None, "need_to_know": ()},
        {"clearance": "CONFIDENTIAL"},
        {"clearance_until": ENTRY},
        {"need_to_know": ()},
    ],
    ids=["nothing", "too low", "expired", "no need"],
)
def test_g7_1_without_clearance_or_need_to_know_a_note_stays_closed(
    in_force: World, changed: dict[str, Any]
) -> None:
    place, kor = disclosed(in_force), in_force.kor
    changes(kor, DRAFTER, **changed)
    in_force.move(2 * 86_400_000)
    refused = reads(kor, place, DRAFTER)
    assert isinstance(refused, Refused)
    assert {each.clause for each in refused.findings} == {"access"}
    line = kor.journal()[-1]
    assert (line["act"], line["outcome"]) == ("disclosure.open", "refused")
    assert line["details"]["level"] == "SECRET"
    changes(
        kor, DRAFTER, clearance="SECRET", clearance_until=A_YEAR, need_to_know=("missile-warning",)
    )
    assert isinstance(reads(kor, place, DRAFTER), OpenedText)


def test_g7_1_a_registrar_reads_no_note_by_office(in_force: World) -> None:
    refused = reads(in_force.kor, disclosed(in_force), REGISTRAR)
    assert isinstance(refused, Refused)
    assert [each.article for each in refused.findings] == ["house"]


@pytest.mark.row("G16")
def test_g16_nobody_at_a_firm_reads_what_was_told(in_force: World) -> None:
    place, kor = disclosed(in_force), in_force.kor
    run(set_facility(kor.context, Facility("plant", None, None, "firm-7"), REGISTRAR))
    changes(kor, READER, facility="plant")
    run(set_facility(kor.context, Facility("plant", READER, None, "firm-7"), REGISTRAR))
    refused = reads(kor, place, READER)
    assert isinstance(refused, Refused)
    assert "16" in {each.article for each in refused.findings}


def test_g7_1_no_other_command_opens_a_note(in_force: World) -> None:
    place, kor = disclosed(in_force), in_force.kor

    others = (
        (open_visit_text, OFFICER),
        (open_incident_text, OFFICER),
        (open_affairs_text, READER),
        (open_evidence, OFFICER),
        (open_certificate, REGISTRAR),
    )
    for opens, person in others:
        with pytest.raises(StateError) as absent:
            reads(kor, place, person, opens)
        assert absent.value.code == "statement.no-text"


@pytest.mark.row("G8")
def test_g8_visitors_are_read_by_who_acts_on_cases_alone(in_force: World) -> None:
    world = in_force
    wish = VisitRequest(
        host=JPN,
        facility="hq",
        purpose=VisitKind.OFFICIAL,
        level="SECRET",
        first_day=ENTRY,
        last_day=A_YEAR,
        visitors=1,
        clearance="SECRET",
        clearance_until=None,
    )
    asked = run(ask_visit(world.kor.context, GSOMIA, wish, person=OFFICER, text=NOTE))
    place = entered(asked).place
    world.settle(1)
    assert isinstance(reads(world.jpn, place, REGISTRAR, open_visit_text), OpenedText)
    for person in (READER, DRAFTER):
        assert isinstance(reads(world.jpn, place, person, open_visit_text), Refused)
    with pytest.raises(StateError, match="no sealed text"):
        reads(world.jpn, place, OFFICER)


@pytest.mark.row("G17")
def test_g17_findings_are_hidden_from_who_may_not_know_of_the_item(in_force: World) -> None:
    world = in_force
    world.kor.assure()
    world.settle(1)
    item = world.jpn.release(KOR).place
    world.settle(1)
    report = Report(
        (Affected(item),), Harm.LOSS, Certainty.POSSIBLE, begun_at=world.jpn.clock.now()
    )
    told = run(report_incident(world.jpn.context, GSOMIA, report, person=READER))
    found = run(
        give_findings(
            world.jpn.context,
            GSOMIA,
            entered(told).place,
            outcome=None,
            measures=("lock",),
            person=OFFICER,
            text=NOTE,
        )
    )
    place = entered(found).place
    world.settle(1)
    assert isinstance(reads(world.kor, place, OFFICER, open_incident_text), OpenedText)
    assert isinstance(reads(world.kor, place, READER, open_incident_text), Refused)
    changes(world.kor, READER, roles=(Role.READER,), need_to_know=())
    with pytest.raises(StateError, match="no sealed text"):
        reads(world.kor, place, READER, open_incident_text)
