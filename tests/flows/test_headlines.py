# SPDX-License-Identifier: Apache-2.0
"""The biggest events are told first, on both nodes, until they are over.

Source: AGREEMENTS 2, 3 (`suspension`); Japan-ROK GSOMIA Art. 17, 21(3)
"""

from __future__ import annotations

import pytest

from comity.agreement.templates import template
from comity.basis.errors import StateError
from comity.basis.ids import PersonId
from comity.basis.instants import DAY_MS, Date
from comity.flows.cases.incidents import Report, close_incident, give_findings, report_incident
from comity.flows.headlines import VICTIM_TOLD_MS, headlines
from comity.flows.speak import Entered
from comity.flows.treaty.notices import give_notice, withdraw_notice
from comity.flows.treaty.suspending import resume_category, suspend_category
from comity.foresight.headlines import say_headline
from comity.statement.cases import Affected, Certainty, Harm, Outcome
from tests.builders.world import CLERK, GSOMIA, KOR, OFFICER, READER, Node, World, entered, run

_CLAUSE = b"""
[[article]]
number = "22"
source = "model"
title = { en = "Suspension", ja = "x", ko = "x" }
summary = { en = "A category may be suspended.", ja = "x", ko = "x" }
[article.suspension]
acts = ["release", "transmit"]
"""
_VICTIMS = b"""
[[article]]
number = "22"
source = "model"
title = { en = "Victims", ja = "x", ko = "x" }
summary = { en = "A victim that is named is told.", ja = "x", ko = "x" }
[article.notify]
when = "victim_named"
who = "receiver"
to = "originator"
within = "72 hours"
"""


def told(node: Node, person: PersonId | None = None) -> list[str]:
    """Give every line as it is printed."""
    return [
        say_headline(
            each.what, "en", agreement=each.agreement, by=each.by, place=each.place, **each.values
        )
        for each in run(headlines(node.context, person))
    ]


def reported(world: World, harm: Harm) -> Entered:
    """Release an item to Seoul, which reports it."""
    place = world.jpn.release(KOR).place
    world.settle()
    now = world.kor.context.ports.clock.now()
    report = Report((Affected(place),), harm, Certainty.POSSIBLE, now)
    said = run(report_incident(world.kor.context, GSOMIA, report, person=OFFICER))
    assert isinstance(said, Entered)
    world.settle()
    return said


def test_a_notice_is_told_with_the_last_day_until_it_is_withdrawn(assured: World) -> None:
    assert told(assured.jpn) == []
    said = entered(run(give_notice(assured.kor.context, GSOMIA)))
    assured.settle()
    for node in (assured.jpn, assured.kor):
        [line] = told(node)
        assert line.startswith(f"NOTICE: KOR gave notice of termination ({said.place})")
        assert line.endswith(f"{GSOMIA} is in force to the end of 2017-11-22")
    run(withdraw_notice(assured.kor.context, GSOMIA))
    assured.settle()
    assert told(assured.jpn) == []


def test_an_agreement_that_a_notice_has_ended_says_so(assured: World) -> None:
    run(give_notice(assured.jpn.context, GSOMIA))
    assured.settle()
    assured.move(400 * DAY_MS)
    [line] = told(assured.kor)
    assert line.startswith(f"ENDED: {GSOMIA} has ended by notice of JPN")


def test_a_suspended_category_is_told_until_it_is_resumed(pinned: World) -> None:
    pinned.sign(template(GSOMIA) + _CLAUSE)
    act = suspend_category(pinned.kor.context, GSOMIA, "missile-warning")
    place = entered(run(act)).place
    run(suspend_category(pinned.jpn.context, GSOMIA, "missile-warning", until=Date(2099, 12, 31)))
    pinned.settle()
    for node in (pinned.jpn, pinned.kor):
        lines = told(node)
        assert any(
            f"KOR suspends missile-warning under {GSOMIA} ({place}) until KOR" in x for x in lines
        )
        assert any(x.endswith("until 2099-12-31") for x in lines)
    run(resume_category(pinned.kor.context, GSOMIA))
    pinned.settle()
    pinned.move(DAY_MS)
    assert len(told(pinned.jpn)) == 1


def test_a_loss_says_who_acts_next_until_it_is_closed(assured: World) -> None:
    said = reported(assured, Harm.LOSS)
    for node in (assured.jpn, assured.kor):
        [line] = told(node)
        assert line.startswith("INCIDENT: KOR reported a possible loss of JPN/")
        assert line.endswith("KOR looks into it")
    findings = give_findings(
        assured.kor.context,
        GSOMIA,
        said.place,
        outcome=Outcome.NEITHER,
        measures=("new-lock",),
        person=OFFICER,
    )
    assert isinstance(run(findings), Entered)
    assured.settle()
    assert told(assured.jpn)[0].endswith("to be closed by JPN")
    assert isinstance(
        run(close_incident(assured.jpn.context, GSOMIA, said.place, OFFICER)), Entered
    )
    assured.settle()
    assert told(assured.kor) == []


def test_a_named_victim_is_told_for_a_while_and_is_never_closed(pinned: World) -> None:
    pinned.sign(template(GSOMIA) + _VICTIMS)
    pinned.kor.assure()
    pinned.settle()
    said = reported(pinned, Harm.VICTIM_NAMED)
    with pytest.raises(StateError, match="neither looked into nor closed"):
        run(close_incident(pinned.jpn.context, GSOMIA, said.place, OFFICER))
    [line] = told(pinned.jpn)
    assert line.startswith("VICTIM NAMED: KOR told JPN of a victim named by JPN/")
    assert (told(pinned.jpn, READER), told(pinned.jpn, CLERK)) == ([line], [])
    pinned.move(VICTIM_TOLD_MS + DAY_MS)
    assert told(pinned.jpn) == []
