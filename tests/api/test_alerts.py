# SPDX-License-Identifier: Apache-2.0
"""Alerts over HTTP: told once to whoever may know, on both nodes, and gone on with by number."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from comity.agreement.templates import template
from comity.basis.ids import Place
from comity.basis.instants import HOUR_MS, Instant
from comity.flows.alerting.positions import POSITION_CHARS, format_position, position_secret
from comity.flows.alerting.watching import watch_alerts
from comity.flows.courier.taking import take_bundle
from tests.api.support_api import BASE, GSOMIA, HOST, Served, serve
from tests.api.test_events import Line
from tests.builders.world import (
    AUDITOR,
    CLERK,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    World,
    make_world,
)
from tests.builders.world import GSOMIA as AGREEMENT

EVENTS = f"{BASE}/alerts/events"
LETS = b'parcel_before_acknowledgement = ["courier"]\n'


@pytest.fixture(scope="module")
def _watchful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    said = LETS + b'alerts = ["missile-warning"]\n'
    with make_world(tmp_path_factory.mktemp("api-watchful")) as world:
        world.sign(template(AGREEMENT).replace(LETS, said))
        world.settle()
        world.kor.assure()
        world.jpn.assure()
        world.settle()
        yield world


@pytest.fixture
def watchful(_watchful: World, tmp_path: Path) -> World:
    return _watchful.copy(tmp_path / "world")


@pytest.fixture
def kor(watchful: World) -> Iterator[Served]:
    served = serve(watchful.kor)
    yield served
    served.close()
    assert not served.faults


def give(world: World) -> Place:
    place = world.jpn.release(KOR).place
    world.carry(JPN, KOR)
    return place


def events(body: bytes) -> list[dict[str, Any]]:
    found = []
    for block in body.decode().split("\n\n")[:-1]:
        lines = dict(line.partition(": ")[::2] for line in block.split("\n"))
        if "data" in lines:
            value = json.loads(lines["data"])
            assert lines["event"] == value["event"]
            assert len(lines["id"]) == POSITION_CHARS
            found.append(value)
    return found


def position(served: Served, person: Any, number: int) -> str:
    """Give the id of the event of a number, as it comes to a person."""
    secret = served.loop.run_until_complete(position_secret(served.node.context))
    return format_position(secret, person, number)


def ids(served: Served, person: Any, after: str = "") -> list[str]:
    """Give the ids that a stream has which tells only what is here."""
    headers = {**served.token(person), **({"Last-Event-ID": after} if after else {})}
    answer = served.call("GET", f"{EVENTS}?timeout_s=0", headers=headers)
    lines = answer.body.decode().split("\n")
    return [each.removeprefix("id: ") for each in lines if each.startswith("id: ")]


def since(served: Served, number: int, person: Any = READER) -> list[dict[str, Any]]:
    headers = {**served.token(person), "Last-Event-ID": position(served, person, number)}
    answer = served.call("GET", f"{EVENTS}?timeout_s=0", headers=headers)
    assert answer.status == 200, answer.body
    return events(answer.body)


def acknowledge(served: Served, place: Place, person: Any = READER) -> Any:
    path = f"{GSOMIA}/items/{place}/alert-acknowledgement"
    return served.post(path, person, None)


def test_an_alert_is_listed_acknowledged_and_told_with_who_did_it(
    kor: Served, watchful: World
) -> None:
    place = give(watchful)
    (row,) = kor.get(f"{BASE}/alerts", READER).json["alerts"]
    assert (row["place"], row["precedence"], row["acknowledged"]) == (str(place), "FLASH", [])
    answer = acknowledge(kor, place)
    assert answer.status == 200, answer.body
    assert [each["by"] for each in answer.json["acknowledged"]] == [READER]
    assert kor.get(f"{BASE}/alerts", READER).json["alerts"] == []
    (row,) = kor.get(f"{BASE}/alerts?everything=true", READER).json["alerts"]
    assert [each["by"] for each in row["acknowledged"]] == [READER]
    told = since(kor, 0)
    assert [(each["event"], each["by"]) for each in told] == [
        ("raised", None),
        ("acknowledged", READER),
    ]
    assert {each["schema"] for each in told} == {"comity/alert-event/1"}


def test_nothing_is_lost_or_told_twice_after_a_lost_line(kor: Served, watchful: World) -> None:
    places = [str(give(watchful)) for _ in range(3)]
    told = since(kor, 0)
    assert [each["place"] for each in told] == places
    for number in range(4):
        assert [each["place"] for each in since(kor, number)] == places[number:]
    assert since(kor, 10_000) == []


def test_what_one_may_not_know_of_is_neither_told_nor_listed(kor: Served, watchful: World) -> None:
    place = give(watchful)
    assert since(kor, 0, CLERK) == []
    assert kor.get(f"{BASE}/alerts", CLERK).json["alerts"] == []
    hidden, absent = acknowledge(kor, place, CLERK), acknowledge(kor, Place(JPN, 4_000), CLERK)
    assert hidden.status == absent.status == 404
    assert hidden.json["error"] == absent.json["error"]
    assert acknowledge(kor, Place(JPN, 4_000)).status == 404


def test_whoever_reads_no_content_acknowledges_nothing(kor: Served, watchful: World) -> None:
    place = give(watchful)
    assert acknowledge(kor, place, AUDITOR).status == 403


def test_an_item_that_is_no_alert_cannot_be_acknowledged(kor: Served, watchful: World) -> None:
    own = watchful.kor.release(JPN).place
    assert acknowledge(kor, own).status == 409


@pytest.mark.parametrize("wrong", ["a", "-1", "1", "\u0661", "9" * 48, "9" * 47, "9" * 49])
def test_no_other_id_is_gone_on_from(kor: Served, wrong: str) -> None:
    headers = [*kor.token(READER).items(), ("Last-Event-ID", wrong.encode().decode("latin-1"))]
    assert kor.call("GET", f"{EVENTS}?timeout_s=0", headers=headers).status == 400


def test_ids_say_nothing_of_alerts_that_are_hidden(kor: Served, watchful: World) -> None:
    before = ids(kor, CLERK)
    for _ in range(3):
        give(watchful)
    assert {*ids(kor, CLERK), *ids(kor, CLERK, before[0])} == {*before}
    assert len({*before}) == 1
    (first, *rest) = dict.fromkeys(ids(kor, READER, position(kor, READER, 0)))
    assert first == position(kor, READER, 0)
    assert rest == [position(kor, READER, each) for each in (1, 2, 3)]


def test_nobody_goes_on_by_an_id_of_another(kor: Served, watchful: World) -> None:
    give(watchful)
    others = position(kor, OFFICER, 1)
    assert others != position(kor, READER, 1)
    headers = {**kor.token(READER), "Last-Event-ID": others}
    assert kor.call("GET", f"{EVENTS}?timeout_s=0", headers=headers).status == 400


def test_ids_outlast_the_process(kor: Served, watchful: World) -> None:
    give(watchful)
    told = ids(kor, READER)[-1]
    place = give(watchful)
    again = serve(watchful.kor)
    try:
        headers = {**again.token(READER), "Last-Event-ID": told}
        answer = again.call("GET", f"{EVENTS}?timeout_s=0", headers=headers)
        assert [each["place"] for each in events(answer.body)] == [str(place)]
    finally:
        again.close()


def test_what_came_is_counted(kor: Served, watchful: World) -> None:
    last = [give(watchful) for _ in range(2)][-1]
    assert kor.get(f"{BASE}/alerts/digest?hours=1", READER).json["counts"] == [
        {
            "agreement": "gsomia-jpn-kor",
            "precedence": "FLASH",
            "category": "missile-warning",
            "by": "JPN",
            "count": 2,
            "last": str(last),
        }
    ]


def test_an_alert_reaches_every_open_stream_as_it_comes_and_so_does_what_nobody_saw(
    kor: Served, watchful: World
) -> None:
    watchful.jpn.release(KOR)
    packed = watchful.jpn.pack(KOR)
    people = [kor.token(each) for each in (READER, OFFICER, REGISTRAR, CLERK)] * 2

    async def story() -> list[bytes]:
        async with AsyncExitStack() as stack:
            entered = [await stack.enter_async_context(listening(kor, each)) for each in people]
            for name in packed.names:
                await take_bundle(kor.node.context, name)
            knowing = [line for at, line in enumerate(entered) if at % 4 != 3]
            for line in knowing:
                await line.until(partial(has, line, b"event: raised"))
            kor.node.clock.instant = Instant(kor.node.clock.instant + HOUR_MS)
            await watch_alerts(kor.node.context)
            for line in knowing:
                await line.until(partial(has, line, b"event: escalated"))
            return [line.body for line in entered]

    for at, body in enumerate(kor.loop.run_until_complete(story())):
        expected = [] if at % 4 == 3 else ["raised", "escalated"]
        assert [each["event"] for each in events(body)] == expected


def has(line: Line, text: bytes) -> bool:
    return text in line.body


@asynccontextmanager
async def listening(served: Served, headers: dict[str, str]) -> AsyncIterator[Line]:
    found = Line()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": EVENTS,
        "raw_path": EVENTS.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(a.lower().encode(), b.encode()) for a, b in {"Host": HOST, **headers}.items()],
        "client": ("192.0.2.1", 50000),
        "server": (HOST, 443),
        "state": {},
    }
    task = asyncio.ensure_future(served.app(scope, found.receive, found.send))
    try:
        await found.until(lambda: b"id: " in found.body or task.done())
        yield found
    finally:
        found.gone.set()
        await task
