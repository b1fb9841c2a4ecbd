# SPDX-License-Identifier: Apache-2.0
"""Reminders: each is told once, journalled in the same commit, and not again after a restart."""

import json
from dataclasses import replace

import pytest

from comity.basis.instants import Instant, parse_instant
from comity.flows.reminders import remind, remind_all, reminders_since
from tests.builders.world import GSOMIA, KOR, Node, World, run

DAY_MS = 86_400_000


def restarted(node: Node) -> Node:
    return replace(node, context=replace(node.context, live={}))


def wait(world: World, days: int) -> None:
    for node in (world.jpn, world.kor):
        node.clock.instant = Instant(node.clock.instant + days * DAY_MS)


def journal(node: Node) -> list[dict[str, object]]:
    head = run(node.ports.store.journal())
    assert head is not None
    raws = run(node.ports.store.entries(head.origin, 0, head.size))
    return [entry for raw in raws if (entry := json.loads(raw))["act"] == "duty.remind"]


def test_a_late_receipt_is_told_once_on_both_sides(assured: World) -> None:
    world = assured
    item = world.jpn.release(KOR).place
    world.settle()
    assert run(remind(world.jpn.context, GSOMIA)) == ()
    wait(world, 6)
    for node in (world.jpn, world.kor):
        (told,) = run(remind(node.context, GSOMIA))
        assert (told.what, told.article, told.about) == ("item.receipt", "12(a)", str(item))
        assert run(remind(node.context, GSOMIA)) == ()
        assert run(remind_all(restarted(node).context)) == ()
        assert len(journal(node)) == 1


def test_a_receipt_that_came_is_not_told_of(assured: World) -> None:
    world = assured
    item = world.jpn.release(KOR).place
    world.settle()
    world.kor.receipt(item)
    wait(world, 6)
    assert run(remind(world.kor.context, GSOMIA)) == ()


@pytest.mark.row("G21.3")
def test_g21_3_one_is_reminded_120_100_and_91_days_before_the_end_of_a_term(
    assured: World,
) -> None:
    node = assured.jpn
    state = node.view().fold.state
    (reading, *_) = (reading for _, reading in state.life.readings)
    assert reading.in_force_at == parse_instant("2016-11-22T15:00:00Z")
    told = []
    for day in (
        "2017-07-24T14:59:00Z",  # the 121st day before 22 November, in Tokyo
        "2017-07-24T15:00:00Z",
        "2017-08-13T14:59:00Z",
        "2017-08-13T15:00:00Z",
        "2017-08-22T15:00:00Z",
        "2017-08-24T15:00:00Z",  # the last day of notice is over
    ):
        node.clock.instant = parse_instant(day)
        found = run(remind(node.context, GSOMIA))
        told.append(len([each for each in found if each.what == "agreement.notice"]))
    assert told == [0, 1, 0, 1, 1, 0]


def test_reminders_are_numbered_and_read_on_from_the_last_that_was_told(assured: World) -> None:
    world = assured
    for _ in range(2):
        world.jpn.release(KOR)
    world.settle()
    wait(world, 6)
    first, second = run(remind(world.jpn.context, GSOMIA))
    assert (first.number, second.number) == (1, 2)
    assert run(reminders_since(world.jpn.context, GSOMIA, 0)) == (first, second)
    assert run(reminders_since(world.jpn.context, GSOMIA, 1)) == (second,)
    assert run(reminders_since(world.jpn.context, GSOMIA, 2)) == ()
