# SPDX-License-Identifier: Apache-2.0
"""A report that is made while its node works tells of one moment: it holds whenever that was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from comity.agreement.acts import DestructionMeans
from comity.basis.ids import Place
from comity.basis.instants import HOUR_MS
from comity.cli.report_folder import check_report
from comity.decision.stages import Refused
from comity.flows.anchors import anchor_journal
from comity.flows.context import Context
from comity.flows.keeping.ending import Destroying, destroy
from comity.flows.keeping.making import CopyWish, make_copy
from comity.flows.reports.inspector import InspectorReport, inspect
from comity.keys.cards import fingerprint
from comity.statement.evidence import pin
from tests.articles.keeping_worlds import SECOND, _held, _inspected, held, items_of
from tests.articles.test_reports import written
from tests.builders.world import AUDITOR, GSOMIA, JPN, READER, REGISTRAR, World, run

__all__ = ["_held", "_inspected", "held"]


class Busy:
    """A store whose node does something else while it is asked for the `which`-th time."""

    def __init__(self, store: Any, which: int, act: Callable[[], Any]) -> None:
        self.calls = 0
        self._store, self._which, self._act = store, which, act
        self.doing: asyncio.Task[Any] | None = None

    def __getattr__(self, name: str) -> Any:
        ask = getattr(self._store, name)

        async def asked(*given: Any, **named: Any) -> Any:
            self.calls += 1
            if self.calls == self._which:
                self.doing = asyncio.create_task(self._act())
                for _ in range(5):
                    await asyncio.sleep(0)
            return await ask(*given, **named)

        return asked


def _copied(context: Context, item: Place) -> Any:
    wish = CopyWish(purpose="warning", reason="the duty desk", holder=READER)
    return make_copy(context, GSOMIA, item, READER, wish)


def _burnt(context: Context, item: Place) -> Any:
    how = Destroying(DestructionMeans.SHRED, (2,), second=SECOND)
    return destroy(context, GSOMIA, item, REGISTRAR, how)


def _anchored(context: Context, _item: Place) -> Any:
    context.ports.clock.instant += HOUR_MS  # type: ignore[attr-defined]
    return anchor_journal(context)


ACTS = {each.__name__.strip("_"): each for each in (_copied, _burnt, _anchored)}


_EACH, _STEP = 6, 7
"""Beside each of the first calls of the store something is done, and then beside one of so many."""


@pytest.mark.row("G18")
@pytest.mark.parametrize("act", ACTS)
def test_g18_a_report_made_while_its_node_works_tells_of_one_moment(
    act: str, inspected: World, tmp_path: Path
) -> None:
    trusted = frozenset(pin(fingerprint(each.card), p) for p, each in inspected.nodes.items())
    seen: list[tuple[int, int]] = []
    which, asked = 0, 1
    while which < asked:
        which += 1 if which < _EACH else _STEP
        world = inspected.copy(tmp_path / f"world-{which}")
        context, (item, _) = world.kor.context, items_of(world)
        busy = Busy(context.ports.store, which, partial(ACTS[act], context, item))
        beside = replace(context, ports=replace(context.ports, store=busy))

        async def both(beside: Context = beside, busy: Busy = busy) -> InspectorReport:
            found = await inspect(beside, GSOMIA, JPN, AUDITOR)
            assert busy.doing is None or not isinstance(await busy.doing, Refused)
            assert isinstance(found, InspectorReport)
            return found

        found = run(both())
        asked = busy.calls
        checked = check_report(written(found, tmp_path / f"report-{which}"), trusted)
        seen.append((checked.told, checked.copies))
    assert (len(set(seen)) > 1) == (act != "anchored")  # an anchor is told of by proofs alone
