# SPDX-License-Identifier: Apache-2.0
"""Alerts at a node: each raised once, acknowledged by name, told again if nobody did in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comity.agreement.templates import template
from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import HOUR_MS, Instant
from comity.config import Alerting
from comity.decision.stages import Refused
from comity.flows.alerting import board as boards
from comity.flows.alerting.answering import (
    acknowledge_alert,
    count_since,
    happenings_since,
    last_shown,
    list_alerts,
)
from comity.flows.alerting.board import Alert, Board, Happening, What, read_board
from comity.flows.alerting.watching import Watch, watch_alerts
from comity.flows.standing import what_waits
from tests.builders.world import (
    ADMIN,
    CLERK,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    Node,
    World,
    run,
)

LETS = b'parcel_before_acknowledgement = ["courier"]\n'
MINUTE = 60_000


@pytest.fixture(scope="module")
def _watchful(_pinned: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    world = _pinned.copy(tmp_path_factory.mktemp("watchful"))
    said = LETS + b'alerts = ["missile-warning"]\npriority = ["missile-activity"]\n'
    world.sign(template(GSOMIA).replace(LETS, said))
    world.kor.assure()
    world.jpn.assure()
    world.settle()
    return world


@pytest.fixture
def watchful(_watchful: World, tmp_path: Path) -> World:
    """Give two nodes under an agreement by which warnings of missiles are alerts."""
    return _watchful.copy(tmp_path / "world")


def give(world: World, **changes: str) -> Place:
    place = world.jpn.release(KOR, **changes).place
    world.carry(JPN, KOR)
    return place


def listed(node: Node, person: PersonId = READER, *, everything: bool = False) -> list[str]:
    found = run(list_alerts(node.context, person, everything=everything))
    assert not isinstance(found, Refused)
    return [str(each.alert.place) for each in found]


def told(node: Node, number: int, person: PersonId = READER) -> list[tuple[str, str | None]]:
    found = run(happenings_since(node.context, person, number))
    assert not isinstance(found, Refused)
    return [
        (each.row.what.value, None if each.category is None else str(each.row.place))
        for each in found
    ]


def acknowledge(node: Node, place: Place, person: PersonId = READER) -> Alert | Refused:
    return run(acknowledge_alert(node.context, GSOMIA, place, person))


def test_an_alert_that_came_is_raised_once_and_told_to_whoever_may_know(watchful: World) -> None:
    place = give(watchful)
    for _ in range(3):
        assert listed(watchful.kor) == [str(place)]
    assert told(watchful.kor, 0) == [("raised", str(place))]
    assert told(watchful.kor, 1) == []
    assert listed(watchful.kor, CLERK) == []
    assert told(watchful.kor, 0, CLERK) == []


def test_what_is_no_alert_or_our_own_is_not_raised(watchful: World) -> None:
    give(watchful, category="missile-activity")
    watchful.kor.release(JPN)
    assert listed(watchful.kor, REGISTRAR) == []


def test_who_acknowledged_it_when_stands_in_the_record_and_in_the_journal(watchful: World) -> None:
    place = give(watchful)
    watchful.kor.clock.instant = at = Instant(watchful.kor.clock.now() + 2 * MINUTE)
    alert = acknowledge(watchful.kor, place)
    assert isinstance(alert, Alert)
    assert alert.acknowledged == ((READER, at),)
    assert watchful.kor.journal()[-1]["act"] == "alert.acknowledge"
    assert watchful.kor.journal()[-1]["by"] == READER
    assert listed(watchful.kor) == []
    assert listed(watchful.kor, everything=True) == [str(place)]
    assert told(watchful.kor, 1) == [("acknowledged", str(place))]


def test_twice_changes_nothing_and_another_may_acknowledge_it_too(watchful: World) -> None:
    place = give(watchful)
    first = acknowledge(watchful.kor, place)
    size = len(watchful.kor.journal())
    assert acknowledge(watchful.kor, place) == first
    assert len(watchful.kor.journal()) == size
    both = acknowledge(watchful.kor, place, OFFICER)
    assert isinstance(both, Alert)
    assert [person for person, _ in both.acknowledged] == [READER, OFFICER]


def test_what_one_may_not_know_of_is_as_if_it_were_not_there(watchful: World) -> None:
    place = give(watchful)
    for person, at in ((CLERK, place), (READER, Place(JPN, 4_000)), (READER, Place(KOR, 0))):
        with pytest.raises(StateError) as caught:
            acknowledge(watchful.kor, at, person)
        assert caught.value.code == "alert.unknown"
    assert isinstance(run(list_alerts(watchful.kor.context, ADMIN)), Refused)
    assert isinstance(run(happenings_since(watchful.kor.context, ADMIN, 0)), Refused)
    assert isinstance(run(count_since(watchful.kor.context, ADMIN, Instant(0))), Refused)


def test_an_auditor_sees_an_alert_and_acknowledges_none(watchful: World) -> None:
    place = give(watchful)
    found = run(list_alerts(watchful.kor.context, PersonId("auditor")))
    assert not isinstance(found, Refused)
    assert [each.may_acknowledge for each in found] == [False]
    refused = acknowledge(watchful.kor, place, PersonId("auditor"))
    assert isinstance(refused, Refused)
    assert watchful.kor.acts()[-1] == ("alert.acknowledge", "refused")


@pytest.mark.parametrize(("waited", "late"), [(5 * MINUTE - 1, False), (5 * MINUTE, True)])
def test_what_nobody_acknowledges_in_time_is_told_again_once(
    watchful: World, waited: int, late: bool
) -> None:
    place = give(watchful)
    run(watch_alerts(watchful.kor.context))
    watchful.kor.clock.instant = Instant(watchful.kor.clock.now() + waited)
    for _ in range(2):
        run(watch_alerts(watchful.kor.context))
    expected = [("escalated", str(place))] if late else []
    assert told(watchful.kor, 1) == expected
    assert watchful.kor.acts().count(("alert.escalate", "done")) == len(expected)


def test_what_is_acknowledged_is_not_told_again(watchful: World) -> None:
    acknowledge(watchful.kor, give(watchful))
    watchful.kor.clock.instant = Instant(watchful.kor.clock.now() + HOUR_MS)
    run(watch_alerts(watchful.kor.context))
    assert ("alert.escalate", "done") not in watchful.kor.acts()


def test_whoever_is_named_learns_that_one_waits_and_no_more_than_may_be_known(
    watchful: World,
) -> None:
    node = watchful.kor
    config = replace(node.context.config, alerts=Alerting(1, (CLERK,)))
    node = replace(node, context=replace(node.context, config=config))
    give(watchful)
    run(watch_alerts(node.context))
    node.clock.instant = Instant(node.clock.now() + MINUTE)
    assert told(node, 0, CLERK) == [("escalated", None)]
    assert node.journal()[-1]["details"]["to"] == [CLERK]


def test_it_waits_on_status_until_somebody_acknowledges(watchful: World) -> None:
    def waiting(person: PersonId) -> list[int]:
        found = run(what_waits(watchful.kor.context, person))
        return [each.late for each in found if each.what == "alert.acknowledge"]

    place = give(watchful)
    run(watch_alerts(watchful.kor.context))
    assert (waiting(READER), waiting(CLERK)) == ([0], [])
    watchful.kor.clock.instant = Instant(watchful.kor.clock.now() + HOUR_MS)
    run(watch_alerts(watchful.kor.context))
    assert waiting(READER) == [1]
    acknowledge(watchful.kor, place)
    assert waiting(READER) == []


def test_what_is_below_is_counted_with_the_newest_named(watchful: World) -> None:
    give(watchful, category="missile-activity")
    last = give(watchful, category="missile-activity")
    flash = give(watchful)
    found = run(count_since(watchful.kor.context, REGISTRAR, Instant(0)))
    assert not isinstance(found, Refused)
    assert [(each.precedence.value, each.count, each.last) for each in found] == [
        ("FLASH", 1, flash),
        ("PRIORITY", 2, last),
    ]
    later = Instant(watchful.kor.clock.now() + HOUR_MS)
    assert run(count_since(watchful.kor.context, REGISTRAR, later)) == ()


def test_a_flood_waits_in_the_register_and_loses_nothing(
    watchful: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "OPEN_MAX", 2)
    places = [str(give(watchful)) for _ in range(4)]
    assert listed(watchful.kor) == places[:2]
    acknowledge(watchful.kor, Place(JPN, int(places[0].partition("/")[2])))
    assert listed(watchful.kor) == places[1:3]


def test_a_flood_of_one_register_takes_no_room_from_another() -> None:
    full = Board().with_rows(rows(boards.OPEN_MAX))
    assert full.room(GSOMIA, JPN) == 0
    assert full.room(GSOMIA, KOR) == full.room(AgreementId("tisa"), JPN) == boards.OPEN_MAX


def test_one_look_serves_all_until_something_is_written(watchful: World) -> None:
    watch, context = Watch(), watchful.kor.context

    async def look() -> tuple[Board, Board]:
        await watch.look(context)
        return await watch.look(context), await watch.look(context)

    first, second = run(look())
    assert first is second
    context.written.tell()
    again, _ = run(look())
    assert again is not first
    assert again == first


def rows(count: int) -> Iterator[Happening]:
    for index in range(count):
        yield Happening(0, What.RAISED, GSOMIA, Place(JPN, index), Instant(index))


def test_the_oldest_acknowledged_make_room_and_what_is_open_stays() -> None:
    board = Board().with_rows(rows(300))
    seen = (
        Happening(0, What.ACKNOWLEDGED, GSOMIA, Place(JPN, each), Instant(9), READER)
        for each in range(1, 300)
    )
    board = board.with_rows(seen).with_rows(
        Happening(0, What.ACKNOWLEDGED, GSOMIA, Place(JPN, 299), Instant(9), OFFICER)
        for _ in range(500)
    )
    assert len(board.rows) <= boards.KEPT_MAX
    assert [each.place.index for each in board.alerts if each.is_open] == [0]
    assert board.next == 300 + 299 + 500 + 1
    assert board.rows[-1].number == board.next - 1


def test_the_record_comes_back_as_it_was_written(watchful: World) -> None:
    acknowledge(watchful.kor, give(watchful))
    board = run(read_board(watchful.kor.context))
    assert board.next == 3
    assert run(last_shown(watchful.kor.context, READER, board)) == 2
    assert run(last_shown(watchful.kor.context, CLERK, board)) == 0
    assert [each.what for each in board.rows] == [What.RAISED, What.ACKNOWLEDGED]
    assert run(watch_alerts(watchful.kor.context)) == board
