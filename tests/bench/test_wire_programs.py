# SPDX-License-Identifier: Apache-2.0
"""What drives the wire waits for what it says that it waits for."""

from __future__ import annotations

import asyncio
from typing import Any

from bench.served_nodes import agreement_file
from bench.wire_items import ALERT, CONTENT_BYTES, KINDS, Watch
from bench.wire_rows import ManyLimits, Taken, many_rows
from bench.wire_viewer import Shown, Viewer
from comity.agreement.reading import read_agreement


def event(place: str, kind: str = "openable", *, alert: bool = False) -> dict[str, Any]:
    return {"event": kind, "place": place, "alert": alert}


async def show(place: str) -> Shown:
    return Shown(place.encode(), 1.0)


def test_a_viewer_waits_for_content_and_for_nothing_else() -> None:
    async def told() -> list[bool]:
        viewer = Viewer(show)
        viewer.hear(event("JPN/1"))
        await viewer.openable("JPN/1")
        waiting = asyncio.create_task(viewer.openable("JPN/1"))
        await asyncio.sleep(0)
        viewer.hear(event("JPN/1", "item"))
        viewer.hear(event("JPN/2"))
        await asyncio.sleep(0)
        before = waiting.done()
        viewer.hear(event("JPN/1"))
        await waiting
        return [before, waiting.done()]

    assert asyncio.run(told()) == [False, True]


def test_a_viewer_reads_each_alert_as_it_comes_and_once() -> None:
    async def told() -> list[bytes]:
        viewer = Viewer(show)
        viewer.hear(event("JPN/1", alert=True))
        viewer.hear(event("JPN/2"))
        viewer.hear(event("JPN/3", "item", alert=True))
        waiting = asyncio.create_task(viewer.alert("JPN/3"))
        await asyncio.sleep(0)
        assert not waiting.done()
        for _ in range(2):
            viewer.hear(event("JPN/3", alert=True))
        return [(await waiting).content, (await viewer.alert("JPN/1")).content]

    assert asyncio.run(told()) == [b"JPN/3", b"JPN/1"]


def test_a_watch_is_the_same_each_time_and_its_items_differ() -> None:
    items = Watch().items(256)
    assert items == Watch().items(256)
    assert len({each.content for each in items}) == 256
    assert {len(each.content) for each in items} == {CONTENT_BYTES}
    assert {each.kind for each in items[:64]} > set(KINDS[:2])
    assert {each.kind for each in items} == set(KINDS)


def test_the_agreement_that_is_measured_lets_the_content_of_alerts_come_with_them() -> None:
    clauses = tuple(read_agreement(agreement_file()).clauses("channel"))
    assert all(each.texts("alerts") == (ALERT,) for each in clauses)
    assert all(each.texts("alert_before_acknowledgement") == ("node",) for each in clauses)


def test_rows_are_medians_and_held_to_limits_only_where_they_are_given() -> None:
    rounds = [(Taken(cpu, 0.01, 0.1), 0.001) for cpu in (0.001, 0.004, 0.003)]
    held = many_rows("x", rounds, ManyLimits(ratio_max=2.0, share_min=0.2, flushes_max=0.1))
    assert [each.holds() for each in held] == [False, True, False, True]
    assert held[0].ratio == 3.0
    assert all(each.holds() for each in many_rows("x", rounds))
