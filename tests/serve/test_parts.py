# SPDX-License-Identifier: Apache-2.0
"""The parts of a served node: diagnostics, the service manager, ends, its store, follow-ups."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import signal
import socket
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from comity.adapters.store_served import ServedStore
from comity.basis.errors import ComityError, EdgeError, InvariantError, StateError
from comity.basis.ids import AgreementId, Domain
from comity.decision.house import allow_house_act
from comity.flows.context import Context
from comity.flows.documents import EQUIVOCATION
from comity.flows.set_up import pinned_agreements
from comity.ports import Change, Document, Entries, Holding, RegisterRow
from comity.serve import follow_ups, systemd
from comity.serve.diagnostics import (
    fault_of,
    problem_fields,
    tell_loop_faults,
)
from comity.serve.ends import Ends
from comity.serve.follow_ups import FollowUps
from comity.serve.service import Service
from tests.builders.world import GSOMIA, JPN, KOR, World
from tests.serve.support_diagnostics import Diagnostics
from tests.simulator.loop import run_simulated

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
        manager.settimeout(120)
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


# Two stories


def test_a_register_that_is_found_disputed_is_said_once_where_operators_look(
    said: Diagnostics,
) -> None:
    async def tell() -> None:
        ends = Ends(asyncio.get_running_loop(), said.log)
        wrote = Service(ends, said.log).notices.wrote
        wrote(frozenset({GSOMIA}), frozenset({EQUIVOCATION}))
        wrote(frozenset({GSOMIA}), frozenset({"receipt"}))

    asyncio.run(tell())
    assert [(line["level"], line["event"]) for line in said.lines] == [
        ("error", "register.disputed")
    ]


# Ends


def ending(said: Diagnostics, act: Any) -> None:
    """Run `act` with what ends a node, and wait for the end."""

    async def wait() -> None:
        found = Ends(asyncio.get_running_loop(), said.log)
        await act(found)
        await asyncio.wait_for(found.wait(), 120)
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
        Domain("jpn.example"),
        on_stop=lambda _: None,
        wrote=lambda agreements, kinds: told.append((agreements, kinds)),
    )
    origin, journal = "jpn.example/register/gsomia-jpn-kor", "jpn.example/journal"
    mirror = "kor.example/register/gsomia-jpn-kor"
    allowed = allow_house_act("test")

    async def act() -> None:
        for change in (
            Change(allowed, registers=(RegisterRow(origin, Holding.OWN, JPN, GSOMIA),)),
            Change(allowed, entries=(Entries(origin, 0, (b"a",)),)),
            Change(allowed, registers=(RegisterRow(mirror, Holding.MIRROR, KOR, GSOMIA),)),
            Change(allowed, entries=(Entries(mirror, 0, (b"a",)),)),
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
        ({GSOMIA}, nothing),
        (nothing, nothing),
        (nothing, nothing),
        (nothing, nothing),
        (nothing, {"pin"}),
    ]


# Follow-ups


def test_what_arrives_is_followed_up_once_and_a_failure_is_said(
    world: World, said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[AgreementId] = []
    heard: list[object] = []

    async def follow(context: object, agreement: AgreementId, *, lately: bool) -> None:
        followed.append(agreement)
        if len(followed) == 3:
            raise StateError("x.y", "not now")

    monkeypatch.setattr(follow_ups, "follow_up", follow)

    async def act() -> None:
        due = FollowUps(world.jpn.context, said.log, heard=lambda *told: heard.append(told))
        running = asyncio.create_task(due.run())
        while not followed:
            await asyncio.sleep(0)
        for _ in range(3):
            due.arrived(GSOMIA, KOR)
        assert due.waiting == 1
        while due.waiting:
            await asyncio.sleep(0)
        due.arrived(GSOMIA, KOR)
        due.stop()
        await running

    asyncio.run(act())
    assert followed == [GSOMIA] * 3
    assert heard == [(GSOMIA, KOR)] * 4
    assert said.events == ["follow-up.failed"]


def _follow_until(
    world: World, said: Diagnostics, is_enough: Callable[[FollowUps], bool]
) -> FollowUps:
    """Follow up in virtual time, although nothing arrives."""

    async def act() -> FollowUps:
        due = FollowUps(world.jpn.context, said.log)
        running = asyncio.create_task(due.run())
        while not is_enough(due):
            await asyncio.sleep(1)
        due.stop()
        await running
        return due

    return run_simulated(random.Random(1), lambda _loop: act)


def test_a_busy_agreement_is_followed_up_now_and_then_and_another_at_once(
    world: World, said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = AgreementId("another")
    followed: list[tuple[AgreementId, float, bool]] = []

    async def follow(context: object, agreement: AgreementId, *, lately: bool) -> None:
        followed.append((agreement, asyncio.get_running_loop().time(), lately))

    monkeypatch.setattr(follow_ups, "follow_up", follow)

    async def act() -> None:
        due = FollowUps(world.jpn.context, said.log)
        running = asyncio.create_task(due.run())
        for count in range(1000):
            due.arrived(GSOMIA, KOR)
            if count == 505:
                due.arrived(other, KOR)
                arrived_at = asyncio.get_running_loop().time()
            await asyncio.sleep(0.01)
        await asyncio.sleep(2 * follow_ups.SETTLE_S)
        busy = len(followed)
        due.arrived(GSOMIA, KOR)
        due.stop()
        await running
        assert len(followed) == busy + 1
        times = [at for agreement, at, _ in followed if agreement == GSOMIA]
        assert times[-2] - times[0] >= 10.0
        assert 40 <= len(times) - 1 <= 40 + follow_ups.AT_ONCE_MAX + 1
        assert [at for agreement, at, _ in followed if agreement == other] == [
            pytest.approx(arrived_at, abs=0.001)
        ]

    run_simulated(random.Random(1), lambda _loop: act)
    whole = [number for number, (_, _, lately) in enumerate(followed) if not lately]
    # The first of each agreement, and the first one after a rest.
    assert [followed[number][0] for number in whole] == [GSOMIA, other, GSOMIA]
    assert whole[-1] == len(followed) - 1


def test_what_a_crash_left_is_followed_up_at_the_start(
    world: World, said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[AgreementId] = []

    async def follow(context: object, agreement: AgreementId, *, lately: bool) -> None:
        followed.append(agreement)

    monkeypatch.setattr(follow_ups, "follow_up", follow)
    _follow_until(world, said, lambda due: bool(followed) and not due.waiting)
    assert followed == [GSOMIA]


def test_what_failed_is_tried_again_although_nothing_comes(
    world: World, said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[float] = []

    async def follow(context: object, agreement: AgreementId, *, lately: bool) -> None:
        tries.append(asyncio.get_running_loop().time())
        if len(tries) < 3:
            raise EdgeError("disk.full", "no space left on disk")

    monkeypatch.setattr(follow_ups, "follow_up", follow)
    _follow_until(world, said, lambda due: len(tries) == 3 and not due.waiting)
    assert [later - sooner for sooner, later in pairwise(tries)] == [
        pytest.approx(follow_ups.AGAIN_S, abs=0.1)
    ] * 2
    assert said.events == ["follow-up.failed"] * 2


def test_a_store_that_cannot_be_read_at_the_start_is_looked_at_again(
    world: World, said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[AgreementId] = []

    async def fail(context: Context) -> tuple[AgreementId, ...]:
        if len(said.events) < 2:
            raise EdgeError("store.disk", "the store's disk failed")
        return await pinned_agreements(context)

    async def follow(context: object, agreement: AgreementId, *, lately: bool) -> None:
        followed.append(agreement)

    monkeypatch.setattr(follow_ups, "pinned_agreements", fail)
    monkeypatch.setattr(follow_ups, "follow_up", follow)
    _follow_until(world, said, lambda due: bool(followed) and not due.waiting)
    assert said.events == ["follow-up.failed"] * 2
    assert followed == [GSOMIA]


def test_a_mistake_about_one_agreement_is_said_backs_off_and_keeps_no_other_waiting(
    world: World, said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, tries, fine = AgreementId("acsa-jpn-kor"), list[float](), list[AgreementId]()
    reasons: list[str | None] = []

    async def follow(context: object, agreement: AgreementId, *, lately: bool) -> None:
        if agreement == other:
            fine.append(agreement)
            return
        tries.append(asyncio.get_running_loop().time())
        if len(tries) <= 3:
            wrong = KeyError if len(tries) < 3 else lambda what: InvariantError("x.y", what)
            raise wrong("a secret of the house")

    async def settle(*_: object) -> None:
        return

    monkeypatch.setattr(follow_ups, "follow_up", follow)
    monkeypatch.setattr(follow_ups, "settle_down", settle)

    def is_enough(due: FollowUps) -> bool:
        due.arrived(GSOMIA, KOR)  # whoever sends without end makes nothing of it happen sooner
        due.arrived(other, KOR)
        reasons.append(due.reason())
        return len(tries) > 3 and len(fine) > 20

    due = _follow_until(world, said, is_enough)
    waits = [later - sooner for sooner, later in pairwise(tries[:4])]
    assert waits == [pytest.approx(follow_ups.AGAIN_S * 2**each, abs=2) for each in range(3)]
    assert said.events == ["follow-up.fault"] * 3
    assert "secret" not in said.text
    assert due.reason() is None
    assert any(reasons)


def test_signatures_that_cannot_be_kept_by_a_mistake_are_said_and_end_nothing(
    world: World, said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_down(*_: object) -> None:
        raise ZeroDivisionError

    async def follow(*_: object) -> None:
        return

    monkeypatch.setattr(follow_ups, "follow_up", follow)
    monkeypatch.setattr(follow_ups, "settle_down", break_down)
    _follow_until(world, said, lambda due: "follow-up.fault" in said.events)
    assert set(said.events) == {"follow-up.fault"}
