# SPDX-License-Identifier: Apache-2.0
"""Visits and what is told or shown, rows G8, G2a and G18: asked, granted by the host, bounded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from comity.basis.errors import InputError, StateError
from comity.basis.ids import Place
from comity.basis.instants import Instant, parse_date
from comity.decision.stages import Refused
from comity.flows.case_texts import open_disclosure_text, open_visit_text
from comity.flows.cases.visits import (
    Disclosed,
    Grant,
    ask_visit,
    decide_visit,
    record_disclosure,
)
from comity.flows.duties.listing import list_duties
from comity.flows.duties.reminders import remind
from comity.flows.enclosures import OpenedText
from comity.flows.not_counted import NotCounted
from comity.flows.speak import Entered
from comity.sealing.payload import PayloadHeader
from comity.statement.cases import VisitKind, VisitRequest
from comity.statement.treaty import AgreementEndNotice
from tests.articles.outcomes import articles, place_of
from tests.builders.world import GSOMIA, JPN, KOR, OFFICER, READER, USA, Node, World, run

DAY = date(2016, 11, 25)
LAST = date(2016, 11, 26)
A_DAY_MS = 86_400_000
WHO = (PayloadHeader("Visitors", "text/plain"), [b"Colonel Kim, radar procedures"])


def asks(node: Node, host: Any = JPN, **more: Any) -> Entered | Refused:
    text = more.pop("text", None)
    usual: dict[str, Any] = {
        "host": host,
        "facility": "hq",
        "purpose": VisitKind.OFFICIAL,
        "level": "SECRET",
        "first_day": DAY,
        "last_day": LAST,
        "visitors": 3,
        "clearance": "SECRET",
        "clearance_until": None,
    }
    wanted = VisitRequest(**{**usual, **more})
    return run(ask_visit(node.context, GSOMIA, wanted, person=OFFICER, text=text))


def decides(node: Node, visit: Place, grant: Grant | None) -> Entered | Refused:
    return run(decide_visit(node.context, GSOMIA, visit, grant, person=OFFICER))


def discloses(node: Node, to: Any = KOR, **more: Any) -> Entered | Refused:
    usual: dict[str, Any] = {
        "to": (to,),
        "marking": "秘",
        "category": "missile-warning",
        "form": "oral",
        "purposes": ("warning",),
    }
    text, person = more.pop("text", None), more.pop("person", OFFICER)
    said = Disclosed(**{**usual, **more})
    return run(record_disclosure(node.context, GSOMIA, said, person=person, text=text))


def visit_granted(world: World, level: str = "CONFIDENTIAL") -> Place:
    """Let Korea visit Japan on two days, and move to noon of the first."""
    visit = place_of(asks(world.kor))
    world.carry(KOR, JPN)
    place_of(decides(world.jpn, visit, Grant(level, DAY, LAST)))
    world.settle(1)
    world.move(2 * A_DAY_MS)
    return visit


@pytest.mark.row("G8")
def test_g8_a_visit_is_asked_with_its_visitors_sealed_and_granted_by_the_host(
    in_force: World,
) -> None:
    world = in_force
    visit = place_of(asks(world.kor, text=WHO))
    world.carry(KOR, JPN)
    opened = run(open_visit_text(world.jpn.context, GSOMIA, visit, OFFICER))
    assert isinstance(opened, OpenedText)
    assert b"".join(opened.content) == b"Colonel Kim, radar procedures"
    raws = run(world.jpn.ports.store.entries(world.jpn.view().heads[KOR].origin, 0, 99))
    assert b"Colonel Kim" not in b"".join(raws)
    granted = decides(world.jpn, visit, Grant("CONFIDENTIAL", DAY, DAY))
    assert isinstance(granted, Entered)
    world.settle(1)
    assert world.equal()
    rows = world.kor.view().fold.state.visit_decisions.get(visit)
    assert rows is not None
    assert rows.newest.decide.level == "CONFIDENTIAL"


@pytest.mark.row("G8")
def test_g8_the_visiting_side_grants_nothing(in_force: World) -> None:
    world = in_force
    visit = place_of(asks(world.kor))
    wrong = decides(world.kor, visit, Grant("SECRET", DAY, LAST))
    assert articles(wrong) == {"8"}
    with pytest.raises(NotCounted, match="the host alone") as refused:
        decides(world.kor, visit, None)
    assert refused.value.code == "visit.not-the-host"
    with pytest.raises(NotCounted, match="the host alone"):
        asks(world.kor, host=KOR)


@pytest.mark.row("G8")
def test_g8_no_visit_is_granted_to_a_facility_that_the_host_does_not_have(in_force: World) -> None:
    world = in_force
    visit = place_of(asks(world.kor, facility="moon-base"))
    world.carry(KOR, JPN)
    with pytest.raises(StateError) as unknown:
        decides(world.jpn, visit, Grant("SECRET", DAY, LAST))
    assert (unknown.value.code, unknown.value.found) == ("facility.unknown", "moon-base")
    assert not world.jpn.said("visit.decide")
    place_of(decides(world.jpn, visit, None))


@pytest.mark.row("G8")
def test_g8_a_visit_is_asked_of_a_party_and_the_parties_are_named(in_force: World) -> None:
    with pytest.raises(InputError) as stranger:
        asks(in_force.kor, host=USA)
    assert (stranger.value.code, stranger.value.expected) == ("visit.no-party", "JPN")


@pytest.mark.row("G8")
@pytest.mark.parametrize(
    ("grant", "code", "expected", "found"),
    [
        (Grant("SECRET", DAY, LAST), "visit.level", "at most CONFIDENTIAL", "SECRET"),
        (
            Grant("CONFIDENTIAL", DAY, date(2016, 11, 27)),
            "visit.days",
            "within 2016-11-25 to 2016-11-26",
            "2016-11-25 to 2016-11-27",
        ),
        (
            Grant("CONFIDENTIAL", date(2016, 11, 24), LAST),
            "visit.days",
            "within 2016-11-25 to 2016-11-26",
            "2016-11-24 to 2016-11-26",
        ),
        (Grant("CONFIDENTIAL", LAST, DAY), "visit.days", "2016-11-26 or later", "2016-11-25"),
    ],
)
def test_g8_no_more_is_granted_than_was_asked(
    in_force: World, grant: Grant, code: str, expected: str, found: str
) -> None:
    world = in_force
    visit = place_of(asks(world.kor, level="CONFIDENTIAL"))
    world.carry(KOR, JPN)
    with pytest.raises(NotCounted) as refused:
        decides(world.jpn, visit, grant)
    told = refused.value
    assert (told.code, told.expected, told.found) == (code, expected, found)
    assert told.where == "gsomia-jpn-kor Art. 8"
    assert "let the visitors' side ask anew" in told.hint or "exchange the days" in told.hint


@pytest.mark.row("G8")
@pytest.mark.parametrize(
    ("asked", "code", "expected", "found"),
    [
        ({"level": "TOP"}, "visit.level", "CONFIDENTIAL or SECRET", "TOP"),
        ({"last_day": date(2016, 11, 24)}, "visit.days", "2016-11-25 or later", "2016-11-24"),
        (
            {"first_day": date(2016, 11, 1), "last_day": date(2016, 11, 2)},
            "visit.days",
            "2016-11-23 (+09:00) or later",
            "2016-11-02",
        ),
    ],
)
def test_g8_a_visit_that_cannot_be_says_which_bound_it_meets(
    in_force: World, asked: dict[str, Any], code: str, expected: str, found: str
) -> None:
    with pytest.raises(NotCounted) as refused:
        asks(in_force.kor, **asked)
    told = refused.value
    assert (told.code, told.expected, told.found) == (code, expected, found)
    assert "not said; " in told.hint


@pytest.mark.row("G8")
def test_g8_nobody_is_cleared_to_a_level_that_there_is_not(in_force: World) -> None:
    with pytest.raises(InputError, match="no such level") as refused:
        asks(in_force.kor, clearance="TOP")
    assert refused.value.found == "TOP"


@pytest.mark.row("G8")
def test_g8_visitors_are_cleared_to_what_is_shown(in_force: World) -> None:
    world = in_force
    visit = place_of(asks(world.kor, clearance="CONFIDENTIAL"))
    expired = place_of(asks(world.kor, clearance_until=date(2016, 11, 1)))
    world.carry(KOR, JPN)
    assert articles(decides(world.jpn, visit, Grant("SECRET", DAY, LAST))) == {"8"}
    assert articles(decides(world.jpn, expired, Grant("SECRET", DAY, LAST))) == {"8"}
    place_of(decides(world.jpn, visit, Grant("CONFIDENTIAL", DAY, LAST)))


@pytest.mark.row("G8")
def test_g8_a_visit_is_decided_once_and_a_grant_can_be_taken_back(in_force: World) -> None:
    world = in_force
    visit = visit_granted(world)
    with pytest.raises(NotCounted, match="decided already"):
        decides(world.jpn, visit, Grant("CONFIDENTIAL", DAY, LAST))
    place_of(decides(world.jpn, visit, None))
    with pytest.raises(NotCounted, match="decided already"):
        decides(world.jpn, visit, None)
    assert articles(discloses(world.jpn, visit=visit)) == {"8"}
    with pytest.raises(StateError, match="no such visit"):
        decides(world.jpn, Place(KOR, 77), None)


@pytest.mark.row("G8", "G2a")
def test_g8_what_is_told_on_a_visit_stays_at_its_highest_level(in_force: World) -> None:
    world = in_force
    visit = visit_granted(world)
    place_of(discloses(world.jpn, visit=visit))
    assert articles(discloses(world.jpn, visit=visit, marking="極秘")) == {"8"}
    place_of(discloses(world.jpn, marking="極秘"))
    world.settle(1)
    assert world.equal()


@pytest.mark.row("G8")
def test_g8_what_is_told_on_a_visit_is_told_on_one_of_its_days(in_force: World) -> None:
    world = in_force
    visit = visit_granted(world)
    early = Instant(world.jpn.clock.now() - A_DAY_MS)
    assert articles(discloses(world.jpn, visit=visit, disclosed_at=early)) == {"8"}
    place_of(discloses(world.jpn, visit=visit, form="visual"))
    world.move(3 * A_DAY_MS)
    assert articles(discloses(world.jpn, visit=visit)) == {"8"}
    with pytest.raises(NotCounted) as later:
        discloses(world.jpn, disclosed_at=Instant(world.jpn.clock.now() + A_DAY_MS))
    assert later.value.code == "disclosure.dated-later"


@pytest.mark.row("G8")
def test_g8_before_it_is_granted_nothing_is_told_on_it(in_force: World) -> None:
    world = in_force
    visit = place_of(asks(world.kor))
    world.carry(KOR, JPN)
    world.move(2 * A_DAY_MS)
    assert articles(discloses(world.jpn, visit=visit)) == {"8"}


@pytest.mark.row("G2a")
def test_g2a_what_is_told_gets_a_control_number_without_a_payload(in_force: World) -> None:
    world = in_force
    place = place_of(discloses(world.jpn))
    world.settle(1)
    known = world.kor.view().fold.state.disclosures.get(place)
    assert known is not None
    assert (known.record.sealed, known.record.label.level) == (None, "CONFIDENTIAL")


@pytest.mark.row("G2a")
@pytest.mark.parametrize("marking", ["機密", "very secret"])
def test_g2a_what_bears_no_marking_of_the_table_is_not_registered(
    in_force: World, marking: str
) -> None:
    refused = discloses(in_force.jpn, marking=marking)
    assert isinstance(refused, Refused)
    assert [each.article for each in refused.findings] == ["4(1)"]
    noted = in_force.jpn.journal()[-1]
    assert (noted["act"], noted["outcome"]) == ("disclose", "refused")
    assert noted["details"]["articles"] == ["4(1)"]


@pytest.mark.row("G2a")
def test_g2a_what_could_be_no_marking_at_all_is_bad_input(in_force: World) -> None:
    before = in_force.jpn.acts()
    for marking in ("", "x" * 1000, "極\u202e秘"):
        with pytest.raises(InputError):
            discloses(in_force.jpn, marking=marking)
    assert in_force.jpn.acts() == before


@pytest.mark.row("G2a")
def test_g2a_a_document_is_released_and_not_disclosed(in_force: World) -> None:
    with pytest.raises(NotCounted) as refused:
        discloses(in_force.jpn, form="document")
    assert refused.value.code == "disclosure.form"


@pytest.mark.row("G2a", "G7.1")
def test_g2a_a_note_on_what_was_told_is_sealed_and_read_as_an_item_is(in_force: World) -> None:
    world = in_force
    assert isinstance(discloses(world.jpn, person=READER), Refused)
    place = place_of(discloses(world.jpn, text=WHO))
    world.carry(JPN, KOR)
    opened = run(open_disclosure_text(world.kor.context, GSOMIA, place, READER))
    assert isinstance(opened, OpenedText)
    assert b"".join(opened.content).startswith(b"Colonel")


@pytest.mark.row("G8", "G21.4")
def test_g8_after_the_end_nobody_visits_and_nothing_is_told(in_force: World) -> None:
    world = in_force
    world.move(270 * A_DAY_MS)
    world.jpn.declare(AgreementEndNotice(None, parse_date("2017-08-20"), None, ""))
    world.settle(1)
    world.move(365 * A_DAY_MS)
    days = {"first_day": date(2018, 9, 1), "last_day": date(2018, 9, 2)}
    with pytest.raises(NotCounted) as ended:
        asks(world.kor, **days)
    assert ended.value.code == "lifecycle.ended"
    assert "21(3)" in articles(discloses(world.jpn))


@pytest.mark.row("G18")
def test_g18_security_staff_visit_by_prior_agreement_and_put_their_findings_on_record(
    in_force: World,
) -> None:
    world = in_force
    plan = (PayloadHeader("Plan", "text/plain"), [b"registers and safes"])
    visit = place_of(asks(world.kor, purpose=VisitKind.SECURITY, text=plan))
    world.carry(KOR, JPN)
    planned = run(open_visit_text(world.jpn.context, GSOMIA, visit, OFFICER))
    assert isinstance(planned, OpenedText)
    assert b"".join(planned.content) == b"registers and safes"
    place_of(decides(world.jpn, visit, Grant("CONFIDENTIAL", DAY, LAST)))
    world.settle(1)
    world.move(2 * A_DAY_MS)
    found = (PayloadHeader("Findings", "text/plain"), [b"comparable; two actions"])
    marking = {"marking": "군사III급비밀", "visit": visit, "form": "visual"}
    place = place_of(discloses(world.kor, to=JPN, text=found, **marking))
    world.carry(KOR, JPN)
    state = world.jpn.view().fold.state
    asked, seen = state.visits.get(visit), state.disclosures.get(place)
    assert asked is not None
    assert seen is not None
    assert (asked.request.purpose, seen.record.visit) == (VisitKind.SECURITY, visit)
    said = world.kor.view().fold.state.visit_decisions.get(visit)
    assert said is not None
    agreed = said.newest.decide
    assert (asked.request.facility, agreed.first_day, agreed.last_day) == ("hq", DAY, LAST)
    opened = run(open_disclosure_text(world.jpn.context, GSOMIA, place, OFFICER))
    assert isinstance(opened, OpenedText)
    assert b"".join(opened.content) == b"comparable; two actions"


@pytest.mark.row("G18")
def test_g18_security_staff_are_reminded_once_a_year_to_propose_a_visit(in_force: World) -> None:
    """By the house's own figure: nothing is owed, nothing is late, and no partner hears of it."""
    world, node = in_force, in_force.kor

    def told() -> list[tuple[str, str | None]]:
        found = run(remind(node.context, GSOMIA))
        return [(each.what, each.about) for each in found if each.what == "visit.propose"]

    world.move(364 * A_DAY_MS)
    assert told() == []
    world.move(A_DAY_MS)
    sizes = node.sizes()
    assert told() == [("visit.propose", None)]
    assert told() == []
    assert node.sizes() == sizes
    owed = run(list_duties(node.context, GSOMIA))
    assert [each for each in owed.duties if each.clause == "visit"] == []
    (coming,) = (each for each in owed.coming if each.what == "visit.propose")
    assert (coming.due, coming.for_party, coming.article) == (None, KOR, "18")
    day = parse_date("2017-11-25")
    asked = asks(node, purpose=VisitKind.SECURITY, first_day=day, last_day=day)
    world.move(364 * A_DAY_MS)
    assert told() == []
    world.move(A_DAY_MS)
    assert told() == [("visit.propose", str(place_of(asked)))]


@pytest.mark.row("G18")
def test_g18_how_often_a_visit_is_proposed_is_the_nodes_own_setting(in_force: World) -> None:
    config = in_force.kor.context.config
    seldom = replace(config, schedule=replace(config.schedule, security_visit_months=36))
    context = replace(in_force.kor.context, config=seldom)
    in_force.move((3 * 365 - 1) * A_DAY_MS)
    known = {each.what for each in run(list_duties(context, GSOMIA)).coming}
    assert "visit.propose" not in known
    in_force.move(A_DAY_MS)
    known = {each.what for each in run(list_duties(context, GSOMIA)).coming}
    assert "visit.propose" in known
