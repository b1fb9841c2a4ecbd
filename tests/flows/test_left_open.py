# SPDX-License-Identifier: Apache-2.0
"""What waits though no term runs: each stands in what waits until it is done, and then no more.

Source: Japan-ROK GSOMIA Art. 6(g), 7(1), 8, 17, 21(2)
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from comity.basis.ids import PersonId
from comity.basis.instants import DAY_MS
from comity.decision.stages import Refused
from comity.flows.cases.consultations import consult
from comity.flows.cases.incidents import Report, close_incident, give_findings, report_incident
from comity.flows.cases.visits import Grant, ask_visit, decide_visit
from comity.flows.keeping.making import CopyWish, make_copy
from comity.flows.standing import what_waits
from comity.statement.cases import Affected, Certainty, Harm, Outcome, VisitKind, VisitRequest
from comity.statement.treaty import AgreementSign
from tests.builders.world import (
    CLERK,
    GSOMIA,
    JPN,
    KOR,
    MARKING,
    OFFICER,
    READER,
    Node,
    World,
    entered,
    run,
)


def waiting(node: Node, what: str, person: PersonId | None = None) -> list[tuple[str, str]]:
    """Give who is waited for, and the place of the first."""
    found = run(what_waits(node.context, person))
    return [(each.by, str(each.first)) for each in found if each.what == what]


def test_a_visit_of_today_waits_for_its_host_on_both_nodes(assured: World, tmp_path: Path) -> None:
    now = assured.kor.context.ports.clock.now()
    today = date.fromtimestamp(now / 1000)
    asked = VisitRequest(
        JPN, "hq", VisitKind.OFFICIAL, "SECRET", today, today, 3, "SECRET", clearance_until=None
    )
    place = entered(run(ask_visit(assured.kor.context, GSOMIA, asked, person=OFFICER))).place
    assured.settle()
    for node in (assured.jpn, assured.kor):
        assert waiting(node, "visit.decide") == [(JPN, str(place))]
    late = assured.copy(tmp_path / "late")
    late.move(3 * DAY_MS)
    assert waiting(late.jpn, "visit.decide") == []
    grant = Grant("SECRET", today, today)
    run(decide_visit(assured.jpn.context, GSOMIA, place, grant, person=OFFICER))
    assured.settle()
    for node in (assured.jpn, assured.kor):
        assert waiting(node, "visit.decide") == []


def test_an_amendment_waits_for_whoever_has_not_signed_it(assured: World) -> None:
    assert waiting(assured.jpn, "agreement.sign") == []
    place = assured.jpn.propose(amendment(assured)).place
    assured.settle()
    both = {(JPN, str(place)), (KOR, str(place))}
    assert set(waiting(assured.kor, "agreement.sign")) == both
    assured.kor.declare(AgreementSign(""))
    assured.settle()
    for node in (assured.jpn, assured.kor):
        assert waiting(node, "agreement.sign") == [(JPN, str(place))]
    assured.jpn.declare(AgreementSign(""))
    assured.settle()
    assert waiting(assured.kor, "agreement.sign") == []


def amendment(world: World) -> bytes:
    """Give the next version of what is signed."""
    signed = world.jpn.view().agreement()
    head = f"version = {signed.version} ".encode()
    assert head in signed.raw
    said = f'supersedes = "{signed.sha256}"\nversion = {signed.version + 1} '
    return signed.raw.replace(head, said.encode(), 1)


def test_an_incident_waits_to_be_closed_once_all_is_told(assured: World) -> None:
    item = assured.jpn.release(KOR).place
    assured.settle()
    now = assured.kor.context.ports.clock.now()
    report = Report((Affected(item),), Harm.LOSS, Certainty.POSSIBLE, now)
    told = entered(run(report_incident(assured.kor.context, GSOMIA, report, person=OFFICER))).place
    assured.settle()
    assert waiting(assured.jpn, "incident.close") == []
    findings = give_findings(
        assured.kor.context,
        GSOMIA,
        told,
        outcome=Outcome.NEITHER,
        measures=("new-lock",),
        person=OFFICER,
    )
    entered(run(findings))
    assured.settle()
    for node in (assured.jpn, assured.kor):
        assert waiting(node, "incident.close") == [(JPN, str(told))]
    assert waiting(assured.jpn, "incident.close", READER) == [(JPN, str(told))]
    assert waiting(assured.jpn, "incident.close", CLERK) == []
    entered(run(close_incident(assured.jpn.context, GSOMIA, told, OFFICER)))
    assured.settle()
    assert waiting(assured.kor, "incident.close") == []


def test_a_marking_waits_to_be_chosen_anew_where_none_follows_from_the_level(
    assured: World,
) -> None:
    assured.jpn.assure()
    assured.settle()
    item = assured.kor.release(JPN).place
    assured.settle()
    assert not isinstance(assured.jpn.receipt(item, MARKING[JPN]), Refused)
    assured.settle()
    assert waiting(assured.jpn, "item.mark") == []
    assured.kor.reclassify(item, "군사II급비밀")
    assured.settle()
    assert waiting(assured.jpn, "item.mark") == [(JPN, str(item))]
    assert waiting(assured.kor, "item.mark") == []
    assert waiting(assured.jpn, "item.mark", CLERK) == []
    assert not isinstance(assured.jpn.receipt(item, "特定秘密"), Refused)
    assert waiting(assured.jpn, "item.mark") == []


def test_a_copy_waits_to_be_taken_back_once_its_holder_may_not_open_it(assured: World) -> None:
    item = assured.jpn.release(KOR).place
    assured.settle()
    assert not isinstance(assured.kor.receipt(item, MARKING[KOR]), Refused)
    wish = CopyWish(purpose="warning", reason="the desk", holder=READER)
    copied = run(make_copy(assured.kor.context, GSOMIA, item, READER, wish))
    assert not isinstance(copied, Refused), copied
    assert waiting(assured.kor, "copy.take_back") == []
    assured.move(500 * DAY_MS)  # the clearances end within a year
    assert waiting(assured.kor, "copy.take_back") == [(KOR, str(item))]
    assert waiting(assured.kor, "copy.take_back", CLERK) == []
    assert waiting(assured.jpn, "copy.take_back") == []


@pytest.mark.parametrize("node", [JPN, KOR])
def test_the_answer_to_a_consultation_is_called_one(assured: World, node: str) -> None:
    said = consult(assured.jpn.context, GSOMIA, "rescue", about="missile-warning", person=OFFICER)
    place = entered(run(said)).place
    assured.settle()
    which = assured.jpn if node == JPN else assured.kor
    assert waiting(which, "consultation.answer") == [(KOR, str(place))]
    assert waiting(which, "consent.answer") == []
