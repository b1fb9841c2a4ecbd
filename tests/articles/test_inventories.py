# SPDX-License-Identifier: Apache-2.0
"""Inventories, row G6f: every copy has number, holder and place; a missing one opens a case."""

from __future__ import annotations

from typing import Any, cast

import pytest

from comity.basis.errors import EdgeError, StateError
from comity.basis.ids import Place
from comity.decision.house import allow_house_act
from comity.decision.people import Facility
from comity.decision.stages import Refused
from comity.flows.cases.incidents import close_incident, give_findings
from comity.flows.copies import NODE, Ending, copies_key
from comity.flows.documents import COPIES
from comity.flows.housekeeping.sweep import Swept, sweep
from comity.flows.keeping import counting
from comity.flows.keeping.counting import Counted, count, expected_copies
from comity.flows.keeping.handing import CopyAt, take_over
from comity.flows.people.register import set_facility
from comity.flows.reports.inspector import InspectorReport, inspect
from comity.flows.speak import Entered
from comity.ports import Change, Document
from comity.state.export import state_json
from comity.statement.cases import Outcome
from tests.articles.keeping_worlds import (
    SECOND,
    _held,
    copies,
    copy,
    held,
    items_of,
    made,
    translated,
)
from tests.builders.world import AUDITOR, GSOMIA, JPN, OFFICER, READER, REGISTRAR, Node, World, run

__all__ = ["_held", "held"]
pytestmark = pytest.mark.row("G6f")
A_MINUTE_MS = 60 * 1000


def counted(node: Node, *found: object, **more: object) -> Counted:
    outcome = run(count(node.context, GSOMIA, REGISTRAR, found, **more))  # type: ignore[arg-type]
    assert isinstance(outcome, Counted), outcome
    return outcome


@pytest.mark.row("G6f")
def test_g6f_every_copy_has_a_number_a_holder_and_a_place(held: World) -> None:
    first, second = items_of(held)
    made(copy(held.kor, first))
    rows = run(expected_copies(held.kor.context, GSOMIA, REGISTRAR))
    assert not isinstance(rows, Refused)
    assert [
        (row.item, row.copy.number, row.copy.hand.holder, row.copy.hand.facility) for row in rows
    ] == [(first, 1, None, NODE), (first, 2, READER, "hq"), (second, 1, None, NODE)]
    assert isinstance(run(expected_copies(held.kor.context, GSOMIA, READER)), Refused)


@pytest.mark.row("G6f")
def test_g6f_a_place_that_is_no_facility_is_not_counted_as_one_where_nothing_is_missing(
    held: World,
) -> None:
    node, told = held.kor, len(held.kor.journal())
    for act in (
        expected_copies(node.context, GSOMIA, REGISTRAR, facility="hp"),
        count(node.context, GSOMIA, REGISTRAR, (), facility="hp"),
    ):
        with pytest.raises(StateError) as unknown:
            run(act)
        assert (unknown.value.code, unknown.value.found) == ("facility.unknown", "hp")
    assert len(node.journal()) == told
    for place in (NODE, "hq"):
        rows = run(expected_copies(node.context, GSOMIA, REGISTRAR, facility=place))
        assert not isinstance(rows, Refused)


@pytest.mark.row("G6f")
def test_g6f_an_inventory_that_misses_a_copy_opens_a_case(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    result = counted(held.kor)
    held.settle()
    assert [(row.item, row.copy.number) for row in result.missing] == [(item, 2)]
    state = held.jpn.view().fold.state
    (incident,) = state.incidents.values()
    assert [(each.item, each.copies) for each in incident.report.affected] == [(item, (2,))]
    (row,) = state.inventories.values()
    assert (row.result.items, row.result.copies) == (2, 3)
    assert str(row.result.on) == "2016-11-23"
    assert (row.result.missing, row.result.incident) == ((item,), incident.place)
    lost = copies(held.kor, item).copy(2).ended
    assert lost is not None
    assert (lost.how, lost.said) == (Ending.MISSING, incident.place)
    assert held.equal()
    assert state_json(state, None, ("inventories",))["inventories"]


@pytest.mark.row("G6f")
def test_g6f_an_inventory_that_finds_everything_opens_none(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    result = counted(held.kor, (item, 2))
    assert (result.missing, result.incident) == ((), None)
    assert held.kor.said("incident.report") == []
    (told,) = held.kor.said("inventory.result")
    assert (told["missing"], told["incident"]) == ([], None)


@pytest.mark.row("G6f")
def test_g6f_partners_are_told_no_more_than_the_file_asks(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    partly = counted(held.kor, (item, 2), facility="hq")
    assert [row.copy.number for row in partly.rows] == [2]
    assert held.kor.said("inventory.result") == []
    assert ("inventory.count", "done") in held.kor.acts()


@pytest.mark.row("G6f")
def test_g6f_a_payload_that_the_node_lost_is_missing(held: World) -> None:
    item, _ = items_of(held)
    held.kor.lose_key(item)
    result = counted(held.kor)
    assert [(row.item, row.copy.number) for row in result.missing] == [(item, 1)]
    assert result.incident is not None


@pytest.mark.row("G6f")
def test_g6f_what_lies_in_the_node_is_reported_once_and_is_here_when_its_key_came_back(
    held: World,
) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    ref = held.kor.view().item_ref(item, held.kor.view().item(item).release.sealed)
    key = run(held.kor.ports.keys.custody_item_key(ref))
    held.kor.lose_key(item)
    held.move(A_MINUTE_MS)
    first = counted(held.kor, (item, 2))
    assert copies(held.kor, item).copy(1).is_here
    held.move(A_MINUTE_MS)
    again = counted(held.kor, (item, 2))
    assert [row.copy.number for row in again.missing] == [1]
    assert again.incident == first.incident
    held.move(A_MINUTE_MS)
    with_another = counted(held.kor)  # only what is not reported yet is
    assert with_another.incident != first.incident
    affected = [each["affected"] for each in held.kor.said("incident.report")]
    assert affected == [[{"item": str(item), "copies": [n]}] for n in (1, 2)]
    held.move(A_MINUTE_MS)
    run(held.kor.ports.keys.keep_item_key(ref, key))
    result = counted(held.kor)
    assert (result.missing, result.incident) == ((), None)
    assert copies(held.kor, item).copy(1).is_here


@pytest.mark.row("G6f")
def test_g6f_what_is_missing_in_the_node_after_its_report_is_closed_is_reported_again(
    held: World,
) -> None:
    item, _ = items_of(held)
    held.kor.lose_key(item)
    held.move(A_MINUTE_MS)
    first = counted(held.kor).incident
    assert first is not None
    which, measures = (GSOMIA, first), ("new-lock",)
    finding = give_findings(
        held.kor.context, *which, outcome=Outcome.NEITHER, measures=measures, person=REGISTRAR
    )
    assert isinstance(run(finding), Entered)
    held.settle()
    assert isinstance(run(close_incident(held.jpn.context, *which, OFFICER)), Entered)
    held.settle()
    held.move(A_MINUTE_MS)
    assert counted(held.kor).incident not in (None, first)
    assert len(held.kor.said("incident.report")) == 2


@pytest.mark.row("G6f")
def test_g6f_what_was_missing_and_is_found_again_has_a_gap_in_its_chain(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    counted(held.kor)
    which = CopyAt(GSOMIA, item, 2)
    with pytest.raises(StateError) as caught:
        run(take_over(held.kor.context, which, SECOND, purpose="warning"))
    assert caught.value.code == "copy.ended"
    run(take_over(held.kor.context, which, SECOND, purpose="warning", gap="behind the safe"))
    found = copies(held.kor, item).copy(2)
    assert found.is_here
    assert (found.hand.holder, found.hand.gap) == (SECOND, "behind the safe")


@pytest.mark.row("G6f")
def test_g6f_a_registrar_counts_and_nothing_is_found_that_is_not_on_the_register(
    held: World,
) -> None:
    item, _ = items_of(held)
    assert isinstance(run(count(held.kor.context, GSOMIA, READER, ())), Refused)
    with pytest.raises(StateError) as caught:
        counted(held.kor, (item, 7))
    assert caught.value.code == "inventory.not-expected"


def half_counted(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Count, and fail when what was missing is reported and nothing else is written."""

    async def fail(*_: object) -> None:
        raise EdgeError("store.full", "the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(counting, "_tell", fail)
        with pytest.raises(EdgeError):
            counted(node)


@pytest.mark.row("G6f")
def test_g6f_an_inventory_that_failed_halfway_goes_on_with_its_report(
    held: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    held.move(A_MINUTE_MS)
    half_counted(held.kor, monkeypatch)
    result = counted(held.kor)
    (incident,) = (each.place for each in held.kor.view().fold.state.incidents.values())
    assert result.incident == incident
    (told,) = held.kor.said("inventory.result")
    assert told["incident"] == str(incident)
    lost = copies(held.kor, item).copy(2).ended
    assert lost is not None
    assert lost.said == incident


@pytest.mark.row("G6f")
def test_g6f_another_loss_or_a_loss_of_more_is_another_report(
    held: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    held.move(A_MINUTE_MS)
    half_counted(held.kor, monkeypatch)
    made(copy(held.kor, item))
    held.move(A_MINUTE_MS)
    counted(held.kor)
    assert len(held.kor.said("incident.report")) == 2
    for number in (2, 3):  # found again, and lost again just so
        which = CopyAt(GSOMIA, item, number)
        held.move(A_MINUTE_MS)
        run(take_over(held.kor.context, which, SECOND, purpose="warning", gap="behind the safe"))
    held.move(A_MINUTE_MS)
    counted(held.kor)
    assert len(held.kor.said("incident.report")) == 3


@pytest.mark.row("G6f")
def test_g6f_no_facility_is_called_what_the_node_is_called_as_a_place(held: World) -> None:
    with pytest.raises(StateError) as caught:
        run(set_facility(held.kor.context, Facility(NODE, None), REGISTRAR))
    assert caught.value.code == "facility.reserved"
    ours = run(set_facility(held.kor.context, Facility("node-room", None), REGISTRAR))
    assert not isinstance(ours, Refused)


def put_record(node: Node, item: Place, raw: bytes) -> None:
    """Put other bytes in place of the record of an item's copies."""
    document = Document(COPIES, copies_key(GSOMIA, item), raw)
    allowed = allow_house_act("inventory.count")
    run(node.ports.store.commit(Change(allowed_by=allowed, documents=(document,))))


@pytest.mark.row("G6f")
def test_g6f_a_record_that_does_not_read_stops_no_inventory_and_is_missing_until_seen(
    held: World,
) -> None:
    first, second = items_of(held)
    made(copy(held.kor, first))
    put_record(held.kor, first, b"[7]")
    with pytest.raises(StateError) as caught:
        copy(held.kor, first)
    assert caught.value.code == "copy.record-unreadable"
    assert held.kor.read(first)
    assert counted(held.kor, (first, 1)).missing == ()
    result = counted(held.kor)
    assert [(row.item, row.copy.number) for row in result.missing] == [(first, 1)]
    assert result.incident is not None
    report = run(inspect(held.kor.context, GSOMIA, JPN, AUDITOR))
    assert isinstance(report, InspectorReport)
    rows = {row["item"]: row for row in cast("list[dict[str, Any]]", report.value["items"])}
    assert rows[f"{GSOMIA}/{first}"]["copies_unread"]
    assert "copies_unread" not in rows[f"{GSOMIA}/{second}"]


def test_of_a_record_that_does_not_read_no_text_that_it_names_is_swept_away(held: World) -> None:
    _, item = items_of(held)
    made(translated(held.kor, item, "ko", "ko"))
    raw = run(held.kor.ports.store.document(COPIES, copies_key(GSOMIA, item)))
    assert raw is not None
    put_record(held.kor, item, raw[:-1])
    assert run(sweep(held.kor.context)) == Swept(0, 0)
    put_record(held.kor, item, b"[7]")
    assert run(sweep(held.kor.context)) == Swept(1, 1)  # nothing names it any more
