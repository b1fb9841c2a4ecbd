# SPDX-License-Identifier: Apache-2.0
"""Delivery: one line for each register and partner, each apart, for as long as a node is served.

Everything that is to be delivered stands in the store; a line that is lost with the process is
begun anew from there. Source: DESIGN 5
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PartyId
from comity.flows.context import Context
from comity.flows.delivery_line import Line, LineStatus, nothing_is_told
from comity.flows.delivery_routes import Route, hub_of, routes_of
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import turn
from comity.flows.view import View

STOP_LIMIT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the lines of an agreement follow from."""

    hub: PartyId | None
    parties: frozenset[PartyId]


_NOTHING: Final = _Plan(None, frozenset())


class Delivery:
    """The lines of one node. `kick` and `heard` may be called from anywhere in the loop."""

    def __init__(
        self, context: Context, *, changed: Callable[[LineStatus], None] = nothing_is_told
    ) -> None:
        """Begin with no lines; `changed` is told of each that gets into trouble, or out of it."""
        self._context = context
        self._changed = changed
        self._lines: dict[tuple[AgreementId, Route], Line] = {}
        self._tasks: dict[tuple[AgreementId, Route], asyncio.Task[None]] = {}
        self._planned: dict[AgreementId, _Plan] = {}
        self._planner: asyncio.Task[None] | None = None
        self._to_plan: dict[AgreementId, None] = {}
        self._wake = asyncio.Event()
        self._failed: asyncio.Future[None] | None = None
        self._stopping = False

    async def start(self) -> None:
        """Begin the lines of every agreement that is pinned; each says at once that it is here."""
        self._failed = asyncio.get_running_loop().create_future()
        for agreement in await pinned_agreements(self._context):
            await self._plan(agreement)
        self._planner = self._begin(self._plan_on(), "delivery planner")

    def kick(self, agreement: AgreementId) -> None:
        """Say that something was entered, or pinned, under an agreement."""
        for (each, _), line in self._lines.items():
            if each == agreement:
                line.kick()
        if not self._planned.get(agreement, _NOTHING).parties:
            self._plan_soon(agreement)

    def heard(self, agreement: AgreementId, party: PartyId) -> None:
        """Say that something came of a partner: lines to it that failed need not wait longer.

        What it makes due is told by `kick`, once it is entered; under a hub a register that came
        goes on to others at once.
        """
        for (each, route), line in self._lines.items():
            if route.partner == party:
                line.heard()
            elif each == agreement and route.register == party:
                line.kick()

    async def stop(self, limit_s: float = STOP_LIMIT_S) -> None:
        """End every line after its push in flight; what takes longer than the limit is cut."""
        self._stopping = True
        self._wake.set()
        for line in self._lines.values():
            line.stop()
        tasks = [*self._tasks.values(), *((self._planner,) if self._planner else ())]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=limit_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        self._lines.clear()
        self._tasks.clear()
        if self._failed is not None and not self._failed.done():
            self._failed.set_result(None)

    async def failure(self) -> None:
        """Return when delivery was stopped; raise what ended a line that was not to end."""
        if self._failed is not None:
            await asyncio.shield(self._failed)

    def status(self) -> tuple[LineStatus, ...]:
        """Say where each line stands, sorted by agreement and route."""
        return tuple(self._lines[key].status() for key in sorted(self._lines))

    def _told(self, status: LineStatus) -> None:
        """Pass on what a line says of its trouble; where one goes on, others there try again too.

        One line may have stopped for want of what the other has brought by now: a card, or the
        entries that a card has seen.
        """
        if status.problem is None:
            for (_, route), line in self._lines.items():
                if route.partner == status.partner:
                    line.notice()
        self._changed(status)

    def _hub(self, view: View) -> PartyId | None:
        """Tell a line the hub of its agreement, and see whether its lines still are right."""
        now = _Plan(hub_of(view), frozenset(view.heads))
        if now != self._planned.get(view.agreement_id):
            self._plan_soon(view.agreement_id)
        return now.hub

    def _plan_soon(self, agreement: AgreementId) -> None:
        self._to_plan[agreement] = None
        self._wake.set()

    async def _plan_on(self) -> None:
        while not self._stopping:
            await self._wake.wait()
            self._wake.clear()
            while self._to_plan and not self._stopping:
                agreement = next(iter(self._to_plan))
                del self._to_plan[agreement]
                await self._plan(agreement)

    async def _plan(self, agreement: AgreementId) -> None:
        """Begin the lines that an agreement needs and lacks, and end those that it has no more."""
        try:
            async with turn(self._context, agreement) as view:
                plan = _Plan(hub_of(view), frozenset(view.heads))
        except StateError:
            return  # pinned with nobody: there is nobody to deliver to
        self._planned[agreement] = plan
        wanted = routes_of(self._context.config.party, plan.parties, plan.hub)
        for key, line in tuple(self._lines.items()):
            if key[0] == agreement and key[1] not in wanted:
                line.stop()
                del self._lines[key], self._tasks[key]
        for route in wanted:
            key = (agreement, route)
            if key not in self._lines:
                line = Line(self._context, agreement, route, hub_of=self._hub, changed=self._told)
                self._lines[key] = line
                self._tasks[key] = self._begin(line.run(), f"line {agreement} {route.partner}")
                line.kick()

    def _begin(self, work: Coroutine[object, object, None], name: str) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Let whoever waits for `failure` know of a line that broke."""
        error = None if task.cancelled() else task.exception()
        if error is not None and self._failed is not None and not self._failed.done():
            self._failed.set_exception(error)
