# SPDX-License-Identifier: Apache-2.0
"""The register of persons of each facility, row G6e: as of any past date, out of the journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from comity.basis.errors import InputError, StateError
from comity.basis.ids import PartyId, PersonId, Place
from comity.basis.instants import Instant
from comity.decision.house import allow_house_act
from comity.decision.people import Facility, is_registered
from comity.decision.stages import Refused
from comity.flows.facts import list_facilities, list_persons
from comity.flows.people.register import change_person, set_facility
from comity.flows.people.register_then import FacilityThen, register_at, then_json
from comity.flows.receipts import Opened
from comity.ports import Change, Document
from tests.articles.keeping_worlds import engage
from tests.builders.world import (
    ADMIN,
    AUDITOR,
    JPN,
    MORNING,
    OFFICER,
    READER,
    REGISTRAR,
    Node,
    World,
    run,
)

pytestmark = pytest.mark.row("G6e")
AN_HOUR_MS = 3_600_000
NEW = PersonId("newcomer")
Rows = dict[str, list[tuple[str, str | None]]]


def change(node: Node, person: PersonId, by: PersonId = REGISTRAR, **changes: Any) -> None:
    outcome = run(
        change_person(node.context, person, lambda record: replace(record, **changes), by)
    )
    assert not isinstance(outcome, Refused), outcome


def facility(node: Node, wanted: Facility) -> None:
    assert not isinstance(run(set_facility(node.context, wanted, REGISTRAR)), Refused)


def live(node: Node) -> Rows:
    """Give who counts as registered now at each facility, and to which level: by the records."""
    now, persons = node.clock.now(), run(list_persons(node.context))
    return {
        place.id: [(each.id, each.clearance) for each in persons if is_registered(each, place, now)]
        for place in run(list_facilities(node.context))
    }


def told(node: Node, at: int | None = None) -> Rows:
    found = run(register_at(node.context, None if at is None else Instant(at)))
    return {
        each.facility.id: [(row.person.id, row.person.clearance) for row in each.persons]
        for each in found
    }


def hq(node: Node, at: int | None = None) -> FacilityThen:
    moment = None if at is None else Instant(at)
    (found,) = run(register_at(node.context, moment, facility="hq"))
    return found


def test_g6e_a_person_removed_is_denied_from_then_on_and_the_export_is_right_for_each_instant(
    released: World, items: dict[PartyId, Place]
) -> None:
    node, item = released.kor, items[JPN]
    node.receipt(item)
    released.move(AN_HOUR_MS)
    left_at = Instant(node.clock.now() + AN_HOUR_MS)
    assert isinstance(node.open(item), Opened)
    change(node, READER, registered_until=left_at)
    released.move(AN_HOUR_MS - 1)
    assert isinstance(node.open(item), Opened)
    released.move(1)
    for _ in range(2):
        with pytest.raises(StateError, match=r"person\.absent"):
            node.open(item)
        released.move(1)
    there = {at: READER in dict(told(node, at)["hq"]) for at in (left_at - 1, left_at, left_at + 1)}
    assert there == {left_at - 1: True, left_at: False, left_at + 1: False}


def test_g6e_the_register_of_any_past_instant_is_what_it_was_then(released: World) -> None:
    """Each change is followed a millisecond before it, at it, and an hour after."""
    node = released.kor
    steps = (
        lambda: change(node, READER, clearance="CONFIDENTIAL"),
        lambda: facility(node, Facility("annex", None)),
        lambda: engage(node, NEW, registered_from=node.clock.now(), facility="annex"),
        lambda: facility(node, Facility("annex", NEW)),
        lambda: change(node, READER, facility="annex"),
        lambda: change(node, ADMIN, registered_until=node.clock.now()),
        lambda: facility(node, Facility("annex", NEW, date(2016, 11, 23))),
        lambda: change(node, READER, facility="hq", clearance=None, clearance_until=None),
        lambda: change(node, ADMIN, registered_until=None),
        lambda: facility(node, Facility("hq", None)),
        lambda: facility(node, Facility("annex", None)),
    )
    stood: dict[int, Rows] = {}
    for step in steps:
        released.move(AN_HOUR_MS)
        stood[node.clock.now() - 1] = live(node)
        step()
        stood[node.clock.now()] = live(node)
    released.move(24 * AN_HOUR_MS)
    assert {at: told(node, at) for at in stood} == stood
    assert told(node) == live(node)
    assert len({str(each) for each in stood.values()}) > len(steps) // 2
    assert told(node, MORNING - 1) == {}


def test_g6e_it_says_who_authorised_whom_from_when_and_in_which_line(released: World) -> None:
    node = released.kor
    first = {row.person.id: row for row in hq(node).persons}
    assert (first[REGISTRAR].by, first[READER].by) == (None, REGISTRAR)
    assert first[REGISTRAR].operator == "kor-operator"
    released.move(AN_HOUR_MS)
    change(node, READER, posts=("desk",), clearance_by="Vetting Office")
    assert {row.person.id: row.line for row in hq(node).persons}[READER] == first[READER].line
    change(node, OFFICER, need_to_know=())
    row = next(each for each in hq(node).persons if each.person.id == OFFICER)
    assert (row.by, row.at) == (REGISTRAR, node.clock.now())
    origin, _, index = row.line.partition(" ")
    head = run(node.ports.store.journal())
    assert head is not None
    assert (origin, int(index)) == (head.origin, head.size - 1)
    shown = then_json(hq(node))
    assert (shown["control_officer"], shown["firm"]) == (AUDITOR, None)
    assert {"authorised_by", "authorised_from", "level"} <= shown["persons"][0].keys()  # type: ignore[index,union-attr]  # a list of objects
    assert "Vetting" not in str(shown)


def test_g6e_what_is_to_come_and_what_never_was_are_refused(released: World) -> None:
    node = released.kor
    with pytest.raises(InputError) as early:
        told(node, node.clock.now() + 1)
    assert early.value.code == "register.to-come"
    assert early.value.hint == "leave it out to see the register as it stands now"
    released.move(AN_HOUR_MS)
    facility(node, Facility("annex", None))
    for place, at in (("moon", None), ("annex", Instant(node.clock.now() - 1))):
        with pytest.raises(StateError) as unknown:
            run(register_at(node.context, at, facility=place))
        assert unknown.value.code == "facility.unknown-then"


@pytest.mark.parametrize("kind", ["person", "facility"])
def test_g6e_a_record_that_no_line_of_the_journal_leads_to_is_found(
    released: World, kind: str
) -> None:
    """Whoever writes in the store past the journal cannot have the past told otherwise."""
    node = released.kor
    key = READER if kind == "person" else "hq"
    raw = run(node.ports.store.document(kind, key))
    assert raw is not None
    for body in (raw.replace(b"auditor" if kind == "facility" else b"SECRET", b"officer"), None):
        forged = Change(
            allowed_by=allow_house_act("forged"), documents=(Document(kind, key, body),)
        )
        run(node.ports.store.commit(forged))
        with pytest.raises(StateError) as differs:
            told(node)
        assert (differs.value.code, differs.value.found) == (
            "register.journal-differs",
            f"{kind} {key}",
        )
