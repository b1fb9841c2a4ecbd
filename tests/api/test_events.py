# SPDX-License-Identifier: Apache-2.0
"""Events over HTTP: told as they come, to whom they may be told, and gone on with by their id."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest

from comity.api.app import create_app
from comity.basis.errors import EdgeError
from comity.basis.ids import AgreementId
from comity.basis.instants import Instant
from comity.flows.courier.taking import take_bundle
from comity.flows.duties.reminders import remind
from comity.flows.people.register import change_person
from comity.front.limits import Patience
from comity.front.streams import Streams, TooManyStreams
from comity.signin.permissions import Permission
from comity.signin.tokens import list_tokens, revoke_token
from tests.api.support_api import GSOMIA, HOST, Served, serve
from tests.builders.world import ADMIN, CLERK, JPN, KOR, OFFICER, READER, REGISTRAR, World

EVENTS = f"{GSOMIA}/events"


def parts(body: bytes) -> list[tuple[str, str, Any]]:
    """Give id, name and data of each event, heartbeats left out."""
    found = []
    for block in body.decode().split("\n\n")[:-1]:
        lines = dict(line.partition(": ")[::2] for line in block.split("\n"))
        if "data" in lines:
            found.append((lines["id"], lines["event"], json.loads(lines["data"])))
    return found


def named(body: bytes) -> list[tuple[str, str]]:
    return [(name, value["place"]) for _, name, value in parts(body)]


def position(body: bytes) -> str:
    """Give the id that a browser would come back with."""
    ids = [line for line in body.decode().split("\n") if line.startswith("id: ")]
    return ids[-1].removeprefix("id: ")


def since(served: Served, position: str, person: Any = READER) -> bytes:
    headers = {**served.token(person), "Last-Event-ID": position}
    answer = served.call("GET", f"{EVENTS}?timeout_s=0", headers=headers)
    assert answer.status == 200
    return answer.body


class Line:
    """A stream that is read as it comes."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.body = b""
        self.whole = False
        self.came = asyncio.Event()
        self.gone = asyncio.Event()

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        else:
            self.body += message.get("body", b"")
            self.whole = not message.get("more_body", False)
            if self.whole:
                self.gone.set()
        self.came.set()

    async def receive(self) -> Any:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def until(self, wanted: Callable[[], bool]) -> None:
        while not wanted():
            self.came.clear()
            await self.came.wait()


@asynccontextmanager
async def streaming(
    served: Served, headers: dict[str, str], line: Line | None = None, query: str = ""
) -> AsyncIterator[tuple[Line, asyncio.Task[None]]]:
    found = line or Line()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": EVENTS,
        "raw_path": quote(EVENTS).encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(a.lower().encode(), b.encode()) for a, b in {"Host": HOST, **headers}.items()],
        "client": ("192.0.2.1", 50000),
        "server": (HOST, 443),
        "state": {},
    }
    task = asyncio.ensure_future(served.app(scope, found.receive, found.send))
    try:
        await found.until(lambda: b"id: " in found.body or task.done())
        yield found, task
    finally:
        found.gone.set()
        await task


def test_events_that_came_since_an_id_are_told(jpn: Served, released: World) -> None:
    begun = jpn.get(f"{EVENTS}?timeout_s=0", READER)
    assert begun.status == 200
    assert (begun.header("content-type") or "").partition(";")[0] == "text/event-stream"
    assert parts(begun.body) == []
    place = str(released.kor.release(JPN).place)
    released.carry(KOR, JPN)
    body = since(jpn, position(begun.body))
    assert named(body) == [("item", place), ("openable", place)]
    first, event = parts(body)[0][0], parts(body)[0][2]
    assert event["schema"] == "comity/event/1"
    assert event["node"] == {"party": "JPN", "exercise": True, "clock": "system"}
    assert event["agreement"] == "gsomia-jpn-kor"
    assert (event["by"], event["to"], event["level"]) == ("KOR", ["JPN"], "CONFIDENTIAL")
    assert event["alert"] is False
    assert named(since(jpn, first)) == [("openable", place)]
    assert named(since(jpn, position(body))) == []


def test_a_reminder_is_told_once_to_whoever_may_know(jpn: Served, released: World) -> None:
    id_ = position(jpn.get(f"{EVENTS}?timeout_s=0", READER).body)
    place = str(released.jpn.release(KOR).place)
    jpn.node.clock.instant = Instant(jpn.node.clock.instant + 6 * 86_400_000)
    reminded = jpn.loop.run_until_complete(remind(jpn.node.context, AgreementId("gsomia-jpn-kor")))
    body = since(jpn, id_)
    late = [value for _, name, value in parts(body) if name == "reminder"]
    assert place in {each["about"] for each in late}
    assert {each["schema"] for each in late} == {"comity/reminder/1"}
    assert len(late) == len(reminded)
    assert "reminder" not in {name for _, name, _ in parts(since(jpn, position(body)))}
    hidden = [value for _, name, value in parts(since(jpn, id_, CLERK)) if name == "reminder"]
    assert place not in {each["about"] for each in hidden}


def test_an_id_holds_for_another_process(jpn: Served, released: World) -> None:
    id_ = position(jpn.get(f"{EVENTS}?timeout_s=0", READER).body)
    place = str(released.kor.release(JPN).place)
    released.carry(KOR, JPN)
    again = serve(dataclasses.replace(released.jpn, context=fresh(released.jpn.context)))
    assert named(since(again, id_)) == [("item", place), ("openable", place)]
    again.close()


def fresh(context: Any) -> Any:
    return dataclasses.replace(context, live={})


def test_events_come_while_the_stream_is_open(jpn: Served, released: World) -> None:
    released.kor.release(JPN)
    packed = released.kor.pack(JPN)
    headers = jpn.token(READER)

    async def story() -> bytes:
        async with streaming(jpn, headers) as (line, task):
            assert not task.done()
            for name in packed.names:
                await take_bundle(released.jpn.context, name)
            await line.until(lambda: b"event: openable" in line.body)
            return line.body

    assert [name for name, _ in named(jpn.loop.run_until_complete(story()))] == ["item", "openable"]


def test_whoever_may_not_know_gets_the_same_stream_as_if_nothing_came(
    jpn: Served, released: World
) -> None:
    id_ = position(jpn.get(f"{EVENTS}?timeout_s=0", READER).body)
    absent = since(jpn, id_, CLERK)
    released.kor.release(JPN)
    released.carry(KOR, JPN)
    hidden = since(jpn, id_, CLERK)
    assert parts(absent) == parts(hidden) == []


def test_there_is_one_answer_for_an_agreement_that_is_not_there(jpn: Served) -> None:
    answer = jpn.get(EVENTS.replace("gsomia-jpn-kor", "another-one"), READER)
    assert (answer.status, answer.code) == (404, "api.not-there")


def test_a_token_that_is_not_good_for_items_hears_nothing(jpn: Served) -> None:
    answer = jpn.call("GET", EVENTS, headers=jpn.token(READER, Permission.AGREEMENTS_READ))
    assert (answer.status, answer.code) == (403, "token.not-permitted")
    assert jpn.call("GET", EVENTS).status == 401
    assert jpn.get(EVENTS, ADMIN).status == 403


@pytest.mark.parametrize("text", ["x", ";", "KOR/1,KOR/2;;", "1" * 9000])
def test_an_id_that_nobody_was_given_is_refused(jpn: Served, text: str) -> None:
    headers = {**jpn.token(READER), "Last-Event-ID": text}
    assert jpn.call("GET", EVENTS, headers=headers).status == 400


def test_events_from_places_on_are_told(jpn: Served, theirs: Any, ours: Any) -> None:
    answer = jpn.get(f"{EVENTS}?timeout_s=0&start=KOR/{theirs.index}&start={ours}", READER)
    assert named(answer.body) == [
        ("item", str(theirs)),
        ("openable", str(theirs)),
        ("acknowledgement", str(ours)),
    ]


def test_a_stream_ends_when_the_node_stops(released: World) -> None:
    stopping = False
    served = serve(released.jpn)
    served.app = create_app(dataclasses.replace(served.api, is_stopping=lambda: stopping))
    headers = served.token(READER)

    async def story() -> bool:
        nonlocal stopping
        async with streaming(served, headers) as (line, task):
            stopping = True
            released.jpn.context.written.tell()
            await task
            return line.whole

    assert served.loop.run_until_complete(story())
    served.close()


def test_a_stream_ends_when_its_token_is_revoked(jpn: Served, released: World) -> None:
    headers, context = jpn.token(READER), released.jpn.context

    async def story() -> bool:
        async with streaming(jpn, headers) as (line, task):
            [token] = await list_tokens(context, READER)
            await revoke_token(context, token.id, REGISTRAR)
            context.written.tell()
            await task
            return line.whole

    assert jpn.loop.run_until_complete(story())


def test_a_stream_ends_when_its_person_leaves(jpn: Served, released: World) -> None:
    headers, context = jpn.token(READER), released.jpn.context

    async def story() -> bool:
        async with streaming(jpn, headers) as (line, task):
            until = context.ports.clock.now()
            change = partial(dataclasses.replace, registered_until=until)
            await change_person(context, READER, change, REGISTRAR)
            context.written.tell()
            await task
            return line.whole

    assert jpn.loop.run_until_complete(story())


def test_a_stream_ends_with_its_session_and_is_no_use_of_it(jpn: Served, released: World) -> None:
    jpn.set_password(READER)
    headers = {"Cookie": jpn.session(READER)["Cookie"], "Sec-Fetch-Site": "same-origin"}

    async def story() -> bool:
        async with streaming(jpn, headers) as (line, task):
            for _ in range(2):
                jpn.seconds.now += 20 * 60.0
                assert not task.done()
                released.jpn.context.written.tell()
                await asyncio.sleep(0)
            await task
            return line.whole

    assert jpn.loop.run_until_complete(story())


def test_a_stream_shows_that_it_lives(released: World) -> None:
    served = serve(released.jpn, patience=Patience(heartbeat_s=0.0))
    headers = served.token(READER)

    async def story() -> None:
        async with streaming(served, headers) as (line, _):
            await line.until(lambda: line.body.count(b": here\n") >= 3)

    served.loop.run_until_complete(story())
    served.close()


def test_a_reader_that_does_not_read_is_cut_off(released: World) -> None:
    served = serve(released.jpn, patience=Patience(send_s=0.0))
    headers = served.token(READER)

    class Stuck(Line):
        async def send(self, message: Any) -> None:
            await super().send(message)
            if message.get("more_body"):
                await asyncio.Event().wait()

    async def story() -> tuple[int, bool]:
        async with streaming(served, headers, Stuck()) as (line, task):
            await task
            return line.status, line.whole

    assert served.loop.run_until_complete(story()) == (200, False)
    served.close()


def test_a_disk_that_fails_under_a_stream_ends_it_unfinished(
    released: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve(released.jpn)
    headers = served.token(READER)

    async def broken(*_: Any, **__: Any) -> Any:
        raise EdgeError("store.failed", "the disk failed")

    async def story() -> tuple[int, bool]:
        async with streaming(served, headers) as (line, task):
            monkeypatch.setattr(served.node.ports.store, "latest_cosignature", broken)
            released.jpn.context.written.tell()
            await task
            return line.status, line.whole

    assert served.loop.run_until_complete(story()) == (200, False)
    served.close()


def test_one_token_has_a_few_streams(released: World) -> None:
    served = serve(released.jpn, patience=Patience(streams_of_one=1))
    mine, others = served.token(READER), served.token(OFFICER)

    async def story() -> None:
        async with streaming(served, mine):
            answer = await served.acall("GET", EVENTS, headers=mine)
            assert (answer.status, answer.code) == (429, "api.too-many-streams")
            async with streaming(served, others) as (line, _):
                assert line.status == 200

    served.loop.run_until_complete(story())
    assert served.get(f"{EVENTS}?timeout_s=0", READER).status == 200
    served.close()


def test_there_is_an_end_to_the_streams_of_everybody() -> None:
    streams = Streams(most=2, most_of_one=2)
    with streams.place("one", READER), streams.place("another", OFFICER):
        assert len(streams) == 2
        with pytest.raises(TooManyStreams), streams.place("third", REGISTRAR):
            pass
    assert len(streams) == 0


def test_whoever_signs_in_again_and_again_gets_no_more_streams() -> None:
    streams = Streams(most=9, most_of_one=2, most_of_person=3)
    with streams.place("a", READER), streams.place("a", READER), streams.place("b", READER):
        for key in ("a", "b", "c"):
            with pytest.raises(TooManyStreams), streams.place(key, READER):
                pass
        with streams.place("d", OFFICER):
            assert len(streams) == 4
    with streams.place("c", READER):
        assert len(streams) == 1
    assert len(streams) == 0
