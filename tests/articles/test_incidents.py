# SPDX-License-Identifier: Apache-2.0
"""Loss and compromise, row G17: told at once by anybody, looked into, closed by both sides."""

from __future__ import annotations

import json
from typing import Any

import pytest

from comity.basis.errors import StateError
from comity.basis.ids import PartyId, PersonId, Place
from comity.basis.instants import Instant, parse_date
from comity.decision.stages import Refused
from comity.flows.case_texts import open_incident_text
from comity.flows.cases.incidents import (
    Report,
    close_incident,
    give_findings,
    incident_clock,
    report_incident,
)
from comity.flows.enclosures import OpenedText
from comity.flows.not_counted import NotCounted
from comity.flows.receipts import Opened
from comity.flows.speak import Entered
from comity.sealing.payload import PayloadHeader
from comity.statement.cases import Affected, Certainty, Harm, Outcome
from comity.statement.treaty import AgreementEndNotice
from tests.articles.outcomes import place_of
from tests.builders.world import (
    ADMIN,
    AUDITOR,
    CLERK,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    USA,
    Node,
    World,
    run,
)

pytestmark = pytest.mark.row("G17")
WORDS = (PayloadHeader("Safe found open", "text/plain"), [b"the safe was open", b" at six"])


def told(node: Node, *items: Place, person: PersonId = CLERK, **more: Any) -> Entered | Refused:
    text = more.pop("text", None)
    usual: dict[str, Any] = {"harm": Harm.COMPROMISE, "certainty": Certainty.POSSIBLE}
    affected = tuple(Affected(item) for item in sorted(items))
    report = Report(affected, begun_at=node.clock.now(), **{**usual, **more})
    return run(report_incident(node.context, GSOMIA, report, person=person, text=text))


def finds(node: Node, incident: Place, **more: Any) -> Entered | Refused:
    usual: dict[str, Any] = {
        "outcome": Outcome.NEITHER,
        "measures": ("new-lock",),
        "person": REGISTRAR,
    }
    return run(give_findings(node.context, GSOMIA, incident, **{**usual, **more}))


def closes(node: Node, incident: Place, person: PersonId = OFFICER) -> Entered | Refused:
    return run(close_incident(node.context, GSOMIA, incident, person))


@pytest.fixture
def held(released: World, items: dict[PartyId, Place]) -> tuple[World, Place]:
    """Give an item of Japan's that Korea holds with its receipt."""
    released.kor.receipt(items[JPN])
    released.settle(1)
    return released, items[JPN]


@pytest.mark.parametrize("person", [CLERK, READER, AUDITOR, ADMIN])
@pytest.mark.row("G17")
def test_g17_anybody_tells_of_a_mere_possibility_in_one_step_and_it_is_entered_at_once(
    held: tuple[World, Place], person: PersonId
) -> None:
    world, item = held
    incident = place_of(told(world.kor, item, person=person, text=WORDS))
    known = world.kor.view().fold.state.incidents.get(incident)
    assert known is not None
    assert (known.report.certainty, known.report.held_by) == (Certainty.POSSIBLE, KOR)
    assert known.closers == (JPN,)
    assert world.kor.acts()[-1] == ("incident.report", "done")


@pytest.mark.row("G17")
def test_g17_the_originator_reads_what_happened_and_nobody_reads_it_without_a_role(
    held: tuple[World, Place],
) -> None:
    world, item = held
    incident = place_of(told(world.kor, item, text=WORDS))
    world.carry(KOR, JPN)
    opened = run(open_incident_text(world.jpn.context, GSOMIA, incident, OFFICER))
    assert isinstance(opened, OpenedText)
    assert b"".join(opened.content) == b"the safe was open at six"
    assert world.jpn.acts()[-1] == ("incident.open", "done")
    refused = run(open_incident_text(world.jpn.context, GSOMIA, incident, READER))
    assert isinstance(refused, Refused)
    assert "registrar, releasing_officer" in refused.findings[0].why
    for hidden in (CLERK, ADMIN):  # who may not know of the item: nothing is there
        with pytest.raises(StateError) as absent:
            run(open_incident_text(world.jpn.context, GSOMIA, incident, hidden))
        assert absent.value.code == "statement.no-text"
    assert b"safe" not in b"".join(
        run(world.jpn.ports.store.entries(world.jpn.view().heads[KOR].origin, 0, 99))
    )


@pytest.mark.row("G17")
def test_g17_the_time_until_it_was_told_and_acknowledged_is_measured(
    held: tuple[World, Place],
) -> None:
    world, item = held
    node = world.kor
    begun, found = node.clock.now(), Instant(node.clock.now() - 60_000)
    world.move(1500)
    report = Report((Affected(item),), Harm.LOSS, Certainty.ACTUAL, begun, found)
    incident = place_of(run(report_incident(node.context, GSOMIA, report, person=CLERK)))
    clock = run(incident_clock(node.context, GSOMIA, incident))
    assert clock.acknowledged == ()
    assert clock.acknowledged_ms(JPN) is None
    assert 1500 <= clock.told_ms < 2000
    assert clock.since_found_ms == clock.told_ms + 60_000
    world.move(4000)
    world.settle()
    for each in (world.kor, world.jpn):
        seen = run(incident_clock(each.context, GSOMIA, incident))
        assert seen.told_ms == clock.told_ms
    acknowledged = run(incident_clock(node.context, GSOMIA, incident)).acknowledged_ms(JPN)
    assert acknowledged is not None
    assert 5500 <= acknowledged < 7500


@pytest.mark.row("G17")
def test_g17_it_closes_only_after_result_and_measures_and_on_the_originators_word(
    held: tuple[World, Place],
) -> None:
    world, item = held
    incident = place_of(told(world.kor, item))
    world.settle(1)
    with pytest.raises(NotCounted, match="result and measures") as early:
        closes(world.jpn, incident)
    assert early.value.code == "incident.no-findings"
    place_of(finds(world.kor, incident, measures=()))
    world.settle(1)
    with pytest.raises(NotCounted, match="result and measures"):
        closes(world.jpn, incident)
    place_of(finds(world.kor, incident, outcome=None))
    with pytest.raises(NotCounted, match="originator's side"):
        closes(world.kor, incident)
    world.settle(1)
    assert isinstance(closes(world.jpn, incident, AUDITOR), Refused)
    (sent,) = json.loads(world.jpn.export())["incidents"]
    assert (sent["outcome"], sent["measures"]) == ("neither", ["new-lock"])
    assert sent["to_close"] == [{"by": "JPN", "closed_by": None}]
    closed = place_of(closes(world.jpn, incident))
    world.settle(1)
    (known,) = json.loads(world.kor.export())["incidents"]
    assert known["to_close"] == [{"by": "JPN", "closed_by": str(closed)}]
    assert known["closed"] is True
    assert world.equal()
    with pytest.raises(NotCounted, match="closed already"):
        closes(world.jpn, incident)
    with pytest.raises(NotCounted, match="closed already"):
        finds(world.kor, incident)


@pytest.mark.row("G17")
def test_g17_only_the_party_where_it_happened_investigates(held: tuple[World, Place]) -> None:
    world, item = held
    incident = place_of(told(world.jpn, item, held_by=KOR))
    world.settle(1)
    with pytest.raises(NotCounted, match="where it happened"):
        finds(world.jpn, incident)
    with pytest.raises(NotCounted, match="neither a result nor a measure"):
        finds(world.kor, incident, outcome=None, measures=())
    assert isinstance(finds(world.kor, incident, person=AUDITOR), Refused)
    place_of(finds(world.kor, incident))


@pytest.mark.row("G17")
def test_g17_whoever_has_nothing_to_do_with_an_item_reports_none(
    held: tuple[World, Place],
) -> None:
    world, item = held
    with pytest.raises(NotCounted, match="no such item"):
        told(world.kor, Place(JPN, 999))
    with pytest.raises(NotCounted, match="nothing to do"):
        told(world.kor, item, held_by=USA)
    with pytest.raises(NotCounted, match="found after"):
        told(world.kor, item, found_at=world.kor.clock.now() + 86_400_000)
    with pytest.raises(StateError, match="no such incident"):
        finds(world.kor, item)


@pytest.mark.row("G17")
def test_g17_it_is_told_to_originators_and_to_nobody_else(three: World) -> None:
    item = three.jpn.release(KOR).place
    three.settle()
    entered = told(three.kor, item, text=WORDS)
    assert isinstance(entered, Entered)
    assert entered.statement.to == (JPN,)
    own = told(three.jpn, item)
    assert isinstance(own, Entered)
    assert own.statement.to == (KOR,)


@pytest.mark.row("G17")
def test_g17_access_to_the_item_stays_as_it_was(held: tuple[World, Place]) -> None:
    world, item = held
    place_of(told(world.kor, item))
    world.settle(1)
    assert isinstance(world.kor.open(item), Opened)


@pytest.mark.row("G21.4")
@pytest.mark.row("G17")
def test_g17_a_loss_is_told_after_the_end_too(held: tuple[World, Place]) -> None:
    world, item = held
    day = parse_date("2017-08-20")
    world.move(270 * 86_400_000)
    world.jpn.declare(AgreementEndNotice(None, day, None, ""))
    world.settle(1)
    world.move(365 * 86_400_000)
    assert world.kor.view().fold.state.standing(world.kor.clock.now()).state == "terminated"
    incident = place_of(told(world.kor, item))
    world.settle(1)
    place_of(finds(world.kor, incident))
    world.settle(1)
    place_of(closes(world.jpn, incident))
    world.settle(1)
    assert world.equal()
