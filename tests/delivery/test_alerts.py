# SPDX-License-Identifier: Apache-2.0
"""Alerts: where the agreement says so their content goes with the statement, and before all else.

Source: DESIGN 5 (FLASH); AGREEMENTS 3 (`channel`)
"""

from __future__ import annotations

import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.ids import PersonId, Place
from comity.flows.alerts import Early, precedence_of
from comity.flows.delivery_load import PUSH_BYTES_MIN, Load, gather_load, open_ledger
from comity.flows.delivery_routes import Route
from comity.flows.news import Batch, Happening, Told, gather_news, news_from_now
from comity.flows.turns import turn
from comity.statement.envelope import Statement, parse_statement
from comity.tlog.push import Push
from tests.builders.world import GSOMIA, JPN, KOR, MARKING, READER, TEXT, Node, World, run
from tests.delivery.wires import Wires, say, simulate, wire_up

LETS = b'parcel_before_acknowledgement = ["courier"]'
ALERTS = b'alerts = ["missile-warning"]\n'
FLASH = LETS + b"\n" + ALERTS + b'alert_before_acknowledgement = ["node"]'
ALERT, OTHER = "missile-warning", "missile-activity"


def begin(world: World, flash: bytes = FLASH, *, clauses: int = 2) -> Wires:
    """Sign an agreement whose channel clauses say what `flash` says, and serve both nodes."""
    raw = template(GSOMIA)
    assert raw.count(LETS) == 2
    world.sign(raw.replace(LETS, flash, clauses))
    world.kor.assure()
    world.jpn.assure()
    world.settle()
    wires = wire_up(world)
    deliver(wires)
    wires[KOR].seen.clear()
    return wire_up(world)


def deliver(wires: Wires) -> None:
    async def story() -> None:
        await wires.start()
        await wires.settle()
        await wires.stop()

    simulate(story)


def bringing(wires: Wires) -> Push:
    """Give the one push that brought entries."""
    (push,) = (each for each in wires[KOR].pushes() if each.entries)
    return push


def carried(push: Push) -> list[int]:
    return [each.index for each in push.parcels]


def test_an_alert_is_opened_by_one_push(pinned: World) -> None:
    """The other node lets the content be read after the push that brought the statement alone."""
    wires = begin(pinned)
    told = news(pinned.kor)
    place = pinned.jpn.release(KOR, category=ALERT).place

    async def story() -> None:
        await wires[KOR].start()
        await wires[JPN].start()

        async def opened() -> bool:
            batch = await gather_news(pinned.kor.context, GSOMIA, READER, told, limit=9)
            assert isinstance(batch, Batch)
            return Happening.OPENABLE in {each.happening for each in batch.news}

        while not await opened():
            await pinned.kor.context.written.wait(60)
        # Whatever else is still to come from the other side does not come any more.
        await wires.stop()

    simulate(story)
    (push,) = (each for each in wires[KOR].pushes() if each.entries or each.parcels)
    assert carried(push) == [place.index]
    pinned.kor.receipt(place, MARKING[KOR])
    assert pinned.kor.read(place) == TEXT


def test_a_parcel_that_went_with_its_entry_does_not_go_again(pinned: World) -> None:
    wires = begin(pinned)
    place = pinned.jpn.release(KOR, category=ALERT).place

    async def story() -> None:
        await wires.start()
        await wires.settle()
        await say(pinned.jpn)
        wires[JPN].kick()
        await wires.settle()
        await wires.stop()

    simulate(story)
    assert [carried(each) for each in wires[KOR].pushes() if each.parcels] == [[place.index]]
    assert len([each for each in wires[KOR].pushes() if each.entries]) == 2
    again = wire_up(pinned)
    deliver(again)
    assert not any(each.parcels for each in again[KOR].pushes())


def test_a_partner_that_was_restored_gets_the_parcel_of_an_alert_again(pinned: World) -> None:
    begin(pinned)
    place = pinned.jpn.release(KOR, category=ALERT).place
    context, route = pinned.jpn.context, Route(JPN, KOR)

    async def loads() -> list[tuple[int, ...]]:
        async with turn(context, GSOMIA) as view:
            ledger = await open_ledger(context, route, view.heads[JPN].origin)
            ledger.known = ledger.acknowledged = place.index + 1
            ledger.queue.drop_small([place.index])
            found = [await gather_load(context, view, route, ledger, None)]
            ledger.go_on_from(place.index)
            ledger.has_answered = True
            found.append(await gather_load(context, view, route, ledger, None))
            return [() if each is None else each.parcels for each in found]

    assert run(loads()) == [(), (place.index,)]


def news(node: Node, person: PersonId = READER) -> Told:
    told = run(news_from_now(node.context, GSOMIA, person))
    assert isinstance(told, Told)
    return told


def test_whoever_is_told_of_an_alert_is_told_that_it_is_one(pinned: World) -> None:
    wires = begin(pinned)
    told = news(pinned.kor)
    pinned.jpn.release(KOR, category=ALERT)
    pinned.jpn.release(KOR, category=OTHER)
    deliver(wires)
    batch = run(gather_news(pinned.kor.context, GSOMIA, READER, told, limit=9))
    assert isinstance(batch, Batch)
    assert [each.is_alert for each in batch.news] == [True, True]


def test_what_is_no_alert_waits_for_the_acknowledgement(pinned: World) -> None:
    wires = begin(pinned)
    other = pinned.jpn.release(KOR, category=OTHER).place
    alert = pinned.jpn.release(KOR, category=ALERT).place
    deliver(wires)
    assert carried(bringing(wires)) == [alert.index]
    later = [each for each in wires[KOR].pushes() if each.parcels and not each.entries]
    assert [carried(each) for each in later] == [[other.index]]


@pytest.mark.parametrize(
    ("flash", "clauses"),
    [
        (LETS, 2),
        (LETS + b"\n" + ALERTS.rstrip(), 2),
        (LETS + b'\nalert_before_acknowledgement = ["node"]', 2),
        (LETS + b"\n" + ALERTS + b'alert_before_acknowledgement = ["courier"]', 2),
        (FLASH, 1),
    ],
    ids=["no alerts", "no channel", "no category", "another channel", "one clause of two"],
)
def test_an_alert_waits_where_a_clause_does_not_let_it_go(
    pinned: World, flash: bytes, clauses: int
) -> None:
    wires = begin(pinned, flash, clauses=clauses)
    pinned.jpn.release(KOR, category=ALERT)
    deliver(wires)
    assert carried(bringing(wires)) == []


def test_one_clause_may_let_everything_go_and_another_alerts_alone(pinned: World) -> None:
    raw = template(GSOMIA)
    everything = b'parcel_before_acknowledgement = ["courier", "node"]'
    pinned.sign(raw.replace(LETS, everything, 1).replace(LETS, FLASH, 1))
    pinned.kor.assure()
    pinned.jpn.assure()
    pinned.settle()
    deliver(wire_up(pinned))
    wires = wire_up(pinned)
    pinned.jpn.release(KOR, category=OTHER)
    alert = pinned.jpn.release(KOR, category=ALERT).place
    deliver(wires)
    assert carried(bringing(wires)) == [alert.index]


def test_an_alert_of_one_clause_is_none_of_another(pinned: World) -> None:
    """Two clauses let alerts go, each its own: only what both name goes with its entry."""
    raw = template(GSOMIA)
    both = FLASH.replace(b'["missile-warning"]', b'["missile-activity", "missile-warning"]')
    first, _, second = raw.partition(LETS)
    pinned.sign(first + both + second.replace(LETS, FLASH))
    pinned.kor.assure()
    pinned.jpn.assure()
    pinned.settle()
    deliver(wire_up(pinned))
    wires = wire_up(pinned)
    pinned.jpn.release(KOR, category=OTHER)
    alert = pinned.jpn.release(KOR, category=ALERT).place
    deliver(wires)
    assert carried(bringing(wires)) == [alert.index]


def test_an_alert_has_room_before_parcels_that_wait(pinned: World) -> None:
    content = (b"\x5a" * 60_000,)
    begin(pinned)
    waiting = [pinned.jpn.release(KOR, category=OTHER, content=content).place for _ in range(3)]
    alert = pinned.jpn.release(KOR, category=ALERT, content=content).place
    context, route = pinned.jpn.context, Route(JPN, KOR)

    async def load() -> Load | None:
        async with turn(context, GSOMIA) as view:
            ledger = await open_ledger(context, route, view.heads[JPN].origin)
            ledger.known = ledger.acknowledged = alert.index
            ledger.has_answered, ledger.bytes_max = True, PUSH_BYTES_MIN
            return await gather_load(context, view, route, ledger, None)

    found = run(load())
    assert found is not None
    assert found.parcels == (alert.index,)
    assert {each.index for each in waiting} == set(range(waiting[0].index, alert.index))


def test_what_may_go_is_asked_of_the_statement(pinned: World) -> None:
    begin(pinned)
    alert = pinned.jpn.release(KOR, category=ALERT).place
    other = pinned.jpn.release(KOR, category=OTHER).place
    early = Early(always=False, categories=frozenset({ALERT}))
    assert early.lets(statement(pinned.jpn, alert))
    assert not early.lets(statement(pinned.jpn, other))
    assert not early.lets(statement(pinned.jpn, Place(JPN, 0)))
    assert Early(always=True, categories=frozenset()).lets(statement(pinned.jpn, other))
    assert not Early(always=False, categories=frozenset())


def statement(node: Node, place: Place) -> Statement:
    head = node.view().heads[place.party]
    raw = run(node.ports.store.entries(head.origin, place.index, place.index + 1))[0]
    return parse_statement(raw)


def test_a_category_has_the_highest_precedence_that_a_clause_gives_it() -> None:
    more = ALERTS + b'immediate = ["missile-warning", "missile-activity"]\n'
    raw = template(GSOMIA).replace(LETS, LETS + b"\n" + more, 1)
    second = b'priority = ["missile-activity", "assessment"]\n'
    head, _, tail = raw.rpartition(LETS)
    file = read_agreement(head + LETS + b"\n" + second + tail)
    found = [precedence_of(file, each) for each in (ALERT, OTHER, "assessment", "unheard-of")]
    assert found == ["FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE"]
