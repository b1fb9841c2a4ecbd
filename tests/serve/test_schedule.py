# SPDX-License-Identifier: Apache-2.0
"""What a served node does by the hour, and what it counts."""

from __future__ import annotations

import asyncio
import ctypes
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from comity.basis.errors import EdgeError, InvariantError, Problem
from comity.basis.ids import Digest
from comity.basis.instants import DAY_MS, Instant
from comity.config import ClockKind
from comity.config import Schedule as Cadence
from comity.flows.delivery_line import LineState, LineStatus
from comity.flows.housekeeping.scrubbing import BlobsChecked
from comity.flows.housekeeping.sweep import Swept
from comity.flows.recovery.restore import begin_restore, override_restore
from comity.flows.rotation import rotate_keys
from comity.flows.set_up import the_card
from comity.node import EXERCISE_PASSPHRASES
from comity.ports import CheckReport
from comity.serve import schedule
from comity.serve.collector import give_back, keep_large_apart
from comity.serve.measures import Standing, WireMeasures
from comity.serve.schedule import Duty, Schedule
from comity.wire.asgi import Answered
from tests.builders.world import GSOMIA, JPN, KOR, World, run
from tests.serve.support_diagnostics import Diagnostics

# The schedule


def scheduled(world: World, said: Diagnostics, **config: Any) -> Schedule:
    context = replace(world.jpn.context, config=replace(world.jpn.context.config, **config))
    return Schedule(context, lambda: None, said.log)


def duty(of: Schedule, name: str) -> Duty:
    return next(each for each in of.duties if each.name == name)


def test_nothing_is_done_by_a_clock_that_is_a_storys(world: World, said: Diagnostics) -> None:
    story = scheduled(world, said, clock=ClockKind.STORY).duties
    assert [each.name for each in story] == ["restore", "card", "uploads", "memory", "alerts"]
    names = [each.name for each in scheduled(world, said).duties]
    keys = ["sealing keys", "old keys", "tls key"]
    by_the_clock = ["journal anchors", *keys, "scrub", "blobs", "left over", "reminders"]
    assert names == ["restore", "card", "uploads", "memory", "alerts", *by_the_clock]


def test_a_card_that_a_rotation_has_left_is_entered_by_itself(
    world: World, said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise EdgeError("store.disk", "the store's disk failed")

    world.sign()
    made = scheduled(world, said)
    run(made.do(duty(made, "card")))
    assert said.events == []
    with monkeypatch.context() as patch:
        patch.setattr("comity.flows.rotation.speak", fail)
        with pytest.raises(EdgeError):
            run(rotate_keys(world.jpn.context))
    assert world.jpn.view().card(JPN).version == 1
    run(made.do(duty(made, "card")))
    assert world.jpn.view().card(JPN).version == 2
    run(made.do(duty(made, "card")))
    assert said.events == ["schedule.card-entered"]


def test_why_a_node_is_silent_is_said_once_and_nothing_is_asked_before_people_decide(
    world: World, said: Diagnostics
) -> None:
    world.sign()
    made, context = scheduled(world, said), world.jpn.context
    assert run(made.reason()) is None
    run(begin_restore(context, "shown"))
    reason = run(made.reason())
    assert reason is not None
    assert "an officer says" in reason
    for _ in range(3):
        run(made.do(duty(made, "restore")))
    assert said.events == ["register.silent"]
    assert said.lines[0]["why"] == "shown"
    assert "comity register stolen" in said.lines[0]["hint"]
    run(begin_restore(context, "stolen"))
    assert "stolen" in str(run(made.reason()))
    run(made.do(duty(made, "restore")))
    assert said.events[1:] == ["register.silent", "schedule.restoring"]
    run(override_restore(context))
    for _ in range(2):
        run(made.do(duty(made, "restore")))
    assert said.events[3:] == ["schedule.restored"]
    assert run(made.reason()) is None


def test_no_card_is_made_by_itself_while_the_node_is_silent(
    world: World, said: Diagnostics
) -> None:
    node = world.jpn
    made = scheduled(
        world, said, schedule=Cadence(sealing_keys_days=30), passphrases=EXERCISE_PASSPHRASES
    )
    node.clock.instant = Instant(node.clock.now() + 30 * DAY_MS)
    run(begin_restore(node.context, "stolen"))
    run(made.do(duty(made, "sealing keys")))
    assert said.events == []
    assert run(the_card(node.context, JPN)).version == 1


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
    assert not met
    run(made.do(duty(made, "tls key")))
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


def test_damaged_blobs_are_named_and_what_was_left_over_is_counted(
    world: World, said: Diagnostics, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = scheduled(world, said)

    async def damaged(_: object) -> BlobsChecked:
        return BlobsChecked(3, 300, (Digest("ab" * 32),))

    async def swept(_: object, older_than_ms: int) -> Swept:
        return Swept(1, 2) if older_than_ms == 30 * DAY_MS else Swept(0, 0)

    run(made.do(duty(made, "blobs")))
    run(made.do(duty(made, "left over")))
    assert said.events == ["schedule.blobs-scrubbed"]
    monkeypatch.setattr(schedule, "scrub_blobs", damaged)
    monkeypatch.setattr(schedule, "sweep_old", swept)
    run(made.do(duty(made, "blobs")))
    run(made.do(duty(made, "left over")))
    assert said.events[1:] == ["blob.damaged", "schedule.blobs-scrubbed", "schedule.swept"]
    assert said.lines[1]["sha256"] == "ab" * 32
    assert (said.lines[3]["keys"], said.lines[3]["blobs"]) == (1, 2)


# Memory


def resident_kib() -> int:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0])


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="another C library")
def test_memory_that_was_needed_for_a_while_is_given_back(world: World) -> None:
    made = scheduled(world, Diagnostics())
    blocks = [bytearray(1024) for _ in range(65_536)]
    kept = blocks[::4096]
    held = resident_kib()
    del blocks
    run(made.do(duty(made, "memory")))
    assert resident_kib() < held - 32 * 1024
    assert len(kept) == 16


def test_nothing_breaks_where_the_c_library_gives_nothing_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    keep_large_apart()
    give_back()
