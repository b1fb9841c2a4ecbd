# SPDX-License-Identifier: Apache-2.0
"""The parts of a served node: diagnostics, the service manager, ends, follow-ups, the schedule."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from comity.adapters.store_served import ServedStore
from comity.basis.errors import ComityError, EdgeError, InvariantError, Problem, StateError
from comity.basis.ids import AgreementId
from comity.basis.instants import DAY_MS, Instant
from comity.config import ClockKind
from comity.config import Schedule as Cadence
from comity.decision.house import allow_house_act
from comity.flows.delivery_line import LineState, LineStatus
from comity.flows.set_up import the_card
from comity.node import EXERCISE_PASSPHRASES
from comity.ports import Change, CheckReport, Document, Entries, Holding, RegisterRow
from comity.serve import follow_ups, schedule, systemd
from comity.serve.diagnostics import (
    fault_of,
    open_diagnostics,
    problem_fields,
    tell_loop_faults,
)
from comity.serve.ends import Ends
from comity.serve.follow_ups import FollowUps
from comity.serve.measures import Standing, WireMeasures
from comity.serve.schedule import Duty, Schedule
from comity.wire.asgi import Answered
from tests.builders.world import GSOMIA, JPN, KOR, World, make_world, run

Lines = list[dict[str, Any]]


class Diagnostics:
    """A log that a test reads back."""

    def __init__(self) -> None:
        self._handlers = logging.getLogger().handlers[:]
        self._level = logging.getLogger().level
        self._stream = io.StringIO()
        self.log = open_diagnostics(self._stream)

    @property
    def lines(self) -> Lines:
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def events(self) -> list[str]:
        return [each["event"] for each in self.lines]

    def close(self) -> None:
        logging.getLogger().handlers[:] = self._handlers
        logging.getLogger().setLevel(self._level)


@pytest.fixture
def said() -> Iterator[Diagnostics]:
    opened = Diagnostics()
    yield opened
    opened.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with make_world(tmp_path) as made:
        yield made


# Diagnostics


def test_a_line_is_one_object_whatever_its_values_hold(said: Diagnostics) -> None:
    said.log.info("x.y", found='"}\n{"event": "forged"}\x1b[2J\u2028\u202e')
    assert said.text.count("\n") == 1
    assert said.text.isascii()
    [line] = said.lines
    assert line["event"] == "x.y"
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")


def test_what_libraries_say_is_told_without_what_they_were_given(said: Diagnostics) -> None:
    logging.getLogger("uvicorn.error").warning("no such %s", "secret")
    logging.getLogger("chatty").info("not said at all")
    try:
        json.loads("a secret")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("it broke")
    assert "secret" not in said.text
    warning, broke = said.lines
    assert (warning["library"], warning["what"]) == ("uvicorn.error", "no such %s")
    assert (broke["error"], broke["level"]) == ("JSONDecodeError", "error")
    assert broke["at"].startswith("decoder.py:")


def test_what_nobody_caught_in_the_loop_is_told_by_its_type(said: Diagnostics) -> None:
    async def act() -> None:
        loop = asyncio.get_running_loop()
        tell_loop_faults(loop, said.log)
        loop.call_exception_handler({"message": "m", "exception": ValueError("secret")})
        loop.call_exception_handler({})

    asyncio.run(act())
    assert "secret" not in said.text
    assert [each.get("error") for each in said.lines] == ["ValueError", None]
    assert fault_of(ValueError("x")) == {"error": "ValueError", "at": ""}


def test_an_error_of_ours_is_told_by_code_and_place() -> None:
    err = EdgeError("disk.full", "no space", where="w" * 200, found="f", hint="h")
    fields = problem_fields(err)
    assert fields["code"] == "disk.full"
    assert len(str(fields["where"])) == 80


# The service manager


def test_nobody_is_told_where_there_is_no_service_manager(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for path in ("", "relative", str(tmp_path / "absent")):
        monkeypatch.setenv("NOTIFY_SOCKET", path)
        systemd.notify(systemd.READY)
    monkeypatch.delenv("NOTIFY_SOCKET")
    systemd.notify(systemd.READY)


def test_an_abstract_socket_is_reached_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"comity-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{name}")
        manager.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        systemd.notify(systemd.STOPPING)
        assert manager.recv(64) == b"STOPPING=1"


@pytest.mark.parametrize(
    ("limit", "pid", "expected"),
    [
        ("", "", None),
        ("0", "", None),
        ("soon", "", None),
        ("60000000", "", 30.0),
        ("60000000", "1", None),
        ("60000000", "ours", 30.0),
    ],
)
def test_the_watchdog_is_told_twice_as_often_as_it_asks(
    limit: str, pid: str, expected: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", limit)
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if pid == "ours" else pid)
    assert systemd.watchdog_s() == expected


# Ends


def ending(said: Diagnostics, act: Any) -> None:
    """Run `act` with what ends a node, and wait for the end."""

    async def wait() -> None:
        found = Ends(asyncio.get_running_loop(), said.log)
        await act(found)
        await asyncio.wait_for(found.wait(), 10)
        found.raise_if_broken()

    asyncio.run(wait())


def test_a_signal_ends_it_and_is_no_failure(said: Diagnostics) -> None:
    async def act(found: Ends) -> None:
        found.listen()
        os.kill(os.getpid(), signal.SIGTERM)

    ending(said, act)
    assert said.lines[0]["signal"] == "SIGTERM"


def test_a_second_signal_waits_for_nothing(
    said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: list[int] = []
    monkeypatch.setattr("comity.serve.ends.os._exit", codes.append)

    async def act(found: Ends) -> None:
        found.listen()
        os.kill(os.getpid(), signal.SIGINT)
        await found.wait()
        os.kill(os.getpid(), signal.SIGINT)
        while not codes:
            await asyncio.sleep(0)

    ending(said, act)
    assert codes == [130]


def test_a_store_that_stopped_ends_it_with_exit_code_5(said: Diagnostics) -> None:
    async def act(found: Ends) -> None:
        await asyncio.to_thread(found.store_stopped, "the disk failed while writing")

    with pytest.raises(EdgeError, match=r"store\.stopped") as caught:
        ending(said, act)
    assert caught.value.exit_code == 5


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (EdgeError("x.y", "a part failed"), EdgeError),
        (RuntimeError("secret"), InvariantError),
    ],
)
def test_a_part_that_breaks_ends_it(
    raised: Exception, expected: type[ComityError], said: Diagnostics
) -> None:
    async def part() -> None:
        raise raised

    async def act(found: Ends) -> None:
        await found.watch(part(), "part")

    with pytest.raises(expected):
        ending(said, act)
    assert "secret" not in said.text


def test_the_first_reason_counts_and_what_breaks_while_stopping_is_no_reason(
    said: Diagnostics,
) -> None:
    async def part() -> None:
        raise EdgeError("x.y", "a part failed")

    async def fine() -> None:
        return

    async def act(found: Ends) -> None:
        found.listen()
        await found.watch(fine(), "fine")
        os.kill(os.getpid(), signal.SIGTERM)
        await found.wait()
        await found.watch(part(), "part")

    ending(said, act)


def test_the_end_of_standard_input_ends_it_when_asked(
    said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, write = os.pipe()
    with os.fdopen(read) as stdin:
        monkeypatch.setattr("comity.serve.ends.sys.stdin", stdin)

        async def act(found: Ends) -> None:
            found.listen_to_input()
            os.write(write, b"not the end\n")
            await asyncio.sleep(0.01)
            os.close(write)

        ending(said, act)
    assert said.lines[0]["signal"] == "end of input"


# The store of a served node


def test_the_store_tells_what_each_commit_was_about(tmp_path: Path) -> None:
    told: list[tuple[frozenset[AgreementId], frozenset[str]]] = []
    store = ServedStore(
        tmp_path / "store.sqlite",
        on_stop=lambda _: None,
        wrote=lambda agreements, kinds: told.append((agreements, kinds)),
    )
    origin, journal = "jpn.example/register/gsomia-jpn-kor", "jpn.example/journal"
    allowed = allow_house_act("test")

    async def act() -> None:
        for change in (
            Change(allowed, registers=(RegisterRow(origin, Holding.OWN, JPN, GSOMIA),)),
            Change(allowed, entries=(Entries(origin, 0, (b"a",)),)),
            Change(allowed, registers=(RegisterRow(journal, Holding.JOURNAL, JPN, None),)),
            Change(allowed, journal=(b"j",)),
            Change(allowed, documents=(Document("pin", "KOR", b"{}"),)),
        ):
            await store.commit(change)

    asyncio.run(act())
    store.close()
    nothing: frozenset[str] = frozenset()
    assert told == [
        ({GSOMIA}, nothing),
        ({GSOMIA}, nothing),
        (nothing, nothing),
        (nothing, nothing),
        (nothing, {"pin"}),
    ]


# Follow-ups


def test_what_arrives_is_followed_up_once_and_a_failure_is_said(
    world: World, said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[AgreementId] = []
    kicked: list[AgreementId] = []
    heard: list[object] = []

    async def follow(context: object, agreement: AgreementId) -> None:
        followed.append(agreement)
        if len(followed) == 2:
            raise StateError("x.y", "not now")

    monkeypatch.setattr(follow_ups, "follow_up", follow)

    async def act() -> None:
        due = FollowUps(
            world.jpn.context, kicked.append, said.log, heard=lambda *told: heard.append(told)
        )
        running = asyncio.create_task(due.run())
        for _ in range(3):
            due.arrived(GSOMIA, KOR)
        assert due.waiting == 1
        while due.waiting or not kicked:
            await asyncio.sleep(0)
        due.arrived(GSOMIA, KOR)
        due.stop()
        await running

    asyncio.run(act())
    assert followed == kicked == [GSOMIA, GSOMIA]
    assert heard == [(GSOMIA, KOR)] * 4
    assert said.events == ["follow-up.failed"]


# The schedule


def scheduled(world: World, said: Diagnostics, **config: Any) -> Schedule:
    context = replace(world.jpn.context, config=replace(world.jpn.context.config, **config))
    return Schedule(context, lambda: None, said.log)


def duty(of: Schedule, name: str) -> Duty:
    return next(each for each in of.duties if each.name == name)


def test_nothing_is_done_by_a_clock_that_is_a_storys(world: World, said: Diagnostics) -> None:
    story = scheduled(world, said, clock=ClockKind.STORY).duties
    assert {each.name for each in story} == {"restore", "uploads"}
    names = [each.name for each in scheduled(world, said).duties]
    assert names == ["restore", "uploads", "journal anchors", "sealing keys", "old keys", "scrub"]


def test_a_duty_is_done_again_and_again(
    world: World, said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    async def act() -> None:
        done.append(1)

    async def wait() -> None:
        made = scheduled(world, said)
        monkeypatch.setattr(made, "_by_the_clock", (Duty("quick", 0.001, act),))
        running = asyncio.create_task(made.run())
        while len(done) < 3:
            await asyncio.sleep(0.001)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(wait())


def test_a_duty_that_fails_is_said_and_a_bug_ends_the_node(world: World, said: Diagnostics) -> None:
    async def fail() -> None:
        raise EdgeError("disk.full", "full")

    async def break_down() -> None:
        raise RuntimeError("secret")

    async def bug() -> None:
        raise InvariantError("x.y", "bug")

    made = scheduled(world, said)
    run(made.do(Duty("a", 1, fail)))
    run(made.do(Duty("b", 1, break_down)))
    assert said.events == ["schedule.failed", "schedule.fault"]
    assert "secret" not in said.text
    with pytest.raises(InvariantError):
        run(made.do(Duty("c", 1, bug)))


def test_sealing_keys_are_renewed_when_they_are_old_and_nobody_has_to_type(
    world: World, said: Diagnostics
) -> None:
    node = world.jpn
    typed = scheduled(world, said, schedule=Cadence(sealing_keys_days=30))
    run(typed.do(duty(typed, "sealing keys")))
    assert said.events == []
    node.clock.instant = Instant(node.clock.now() + 30 * DAY_MS)
    run(typed.do(duty(typed, "sealing keys")))
    assert said.events == ["schedule.rotation-due"]
    assert run(the_card(node.context, JPN)).version == 1
    filed = scheduled(
        world,
        said,
        schedule=Cadence(sealing_keys_days=30),
        passphrases=EXERCISE_PASSPHRASES,
    )
    run(filed.do(duty(filed, "sealing keys")))
    assert said.events[1:] == ["schedule.rotated"]
    assert run(the_card(node.context, JPN)).version == 2
    run(filed.do(duty(filed, "sealing keys")))
    assert len(said.events) == 2


def test_old_keys_go_and_a_new_tls_key_takes_over(
    world: World, said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    met: list[bool] = []

    async def retire(context: object) -> tuple[int, ...]:
        return (1,)

    async def change(context: object) -> bool:
        return True

    monkeypatch.setattr(schedule, "retire_sealing_keys", retire)
    monkeypatch.setattr(schedule, "change_tls_key", change)
    made = Schedule(world.jpn.context, lambda: met.append(True), said.log)
    run(made.do(duty(made, "old keys")))
    assert met == [True]
    assert said.events == ["schedule.retired", "schedule.tls-key-changed"]


def test_a_store_that_reads_back_wrong_is_said_and_remembered(
    world: World, said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = scheduled(world, said)
    run(made.do(duty(made, "scrub")))
    assert said.events == ["schedule.scrubbed"]
    assert not made.damaged
    found = CheckReport(1, 1, (Problem("store.root", "origin", "another root"),) * 20)

    async def check() -> CheckReport:
        return found

    monkeypatch.setattr(made, "_check", check)
    run(made.do(duty(made, "scrub")))
    assert said.events[1:] == ["store.damaged"] * 10 + ["schedule.scrubbed"]
    assert made.damaged


def test_journals_are_anchored_as_often_as_the_configuration_says(
    world: World, said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    async def anchor(context: object, hours: int) -> tuple[object, ...]:
        asked.append(hours)
        return (object(),) * len(asked[1:])

    monkeypatch.setattr(schedule, "anchor_journal", anchor)
    made = scheduled(world, said, schedule=Cadence(journal_anchor_hours=7))
    for _ in range(2):
        run(made.do(duty(made, "journal anchors")))
    assert asked == [7, 7]
    assert [each["registers"] for each in said.lines] == [1]


# Measures


def test_what_partners_do_is_counted_by_a_closed_list_of_names() -> None:
    registry = CollectorRegistry()
    measures = WireMeasures(registry)
    for _ in range(3):
        measures.answered(Answered("/push", 409, 100, 7, 0.2))
    line = LineStatus(GSOMIA, JPN, KOR, LineState.RETRYING, 9, 5, 4, 2, 0, None, None, None)
    registry.register(Standing(lambda: (line,), lambda: {"people": 1, "partners": 2}))
    page = generate_latest(registry).decode()
    for told in (
        'comity_wire_requests_total{route="/push",status="4xx"} 3.0',
        'comity_wire_bytes_total{direction="in"} 300.0',
        'comity_wire_request_seconds_count{route="/push"} 3.0',
        'comity_delivery_lines{state="retrying"} 1.0',
        'comity_delivery_lines{state="idle"} 0.0',
        "comity_delivery_unacknowledged_entries 5.0",
        "comity_delivery_parcels_waiting 2.0",
        'comity_connections{listener="partners"} 2.0',
    ):
        assert told in page
