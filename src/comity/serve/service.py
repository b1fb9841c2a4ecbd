# SPDX-License-Identifier: Apache-2.0
"""A node while it is served: what runs, what starts and ends in which order, and what ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from comity.basis.hurried_json import hurry
from comity.basis.ids import AgreementId
from comity.basis.instants import Instant
from comity.config import ClockKind, Endpoint
from comity.config.reaching import told_elsewhere
from comity.flows.context import Context, Wakeups
from comity.flows.delivery import Delivery
from comity.flows.delivery_line import LineStatus
from comity.flows.documents import BEHIND, CARD, EQUIVOCATION, PARCELS_AGAIN, PIN, SETTLED
from comity.front.metrics import Metrics
from comity.node import AtHand, load_config, refuse_served
from comity.node.serving import Notices, ServedNode, open_served
from comity.serve.apps import PartnersSide, partners_side, people_app
from comity.serve.collector import spare_what_stands
from comity.serve.delivery_told import tell_of_line
from comity.serve.diagnostics import Log, fault_of, tell_loop_faults
from comity.serve.doorway import FOR_PARTNERS, FOR_PEOPLE, Doorway
from comity.serve.ends import Ends
from comity.serve.follow_ups import FollowUps
from comity.serve.listener import Door, Listener, bind
from comity.serve.measures import Standing, WireMeasures
from comity.serve.room import Room
from comity.serve.schedule import Schedule
from comity.serve.status import Announce, Announcement, Status
from comity.serve.systemd import READY, STOPPING, WATCHDOG, notify, watchdog_s

PARTNERS: Final = "partners"
PEOPLE: Final = "people"

_START_S: Final = 5.0
"""So long a node waits for its registers to be judged before it answers that it is not ready."""


async def serve(
    folder: Path, at_hand: AtHand, announce: Announce, log: Log, *, until_eof: bool = False
) -> None:
    """Serve a node until a signal, the end of standard input if asked, or what it cannot survive.

    1. it is not served yet, and the sockets are bound: neither costs a passphrase;
    2. the node is opened, for this process alone;
    3. delivery and follow-ups begin, then the listeners accept;
    4. it is said that the node is served, and whatever comes is waited for;
    5. listeners stop and finish, then follow-ups and delivery; the store is closed last.

    Raises:
        ComityError: it cannot be served, or cannot go on.
    """
    hurry()  # a served node lives long enough to pay for loading a faster codec
    config = load_config(folder)
    ends = Ends(asyncio.get_running_loop(), log)
    tell_loop_faults(asyncio.get_running_loop(), log)
    await refuse_served(folder, config)
    partners = bind(config.serve.partners_listen, PARTNERS)  # 1
    with partners:
        people = bind(config.serve.people_listen, PEOPLE)
        with people:
            if until_eof:
                ends.listen_to_input()
            service = Service(ends, log)
            async with open_served(folder, at_hand, service.notices) as node:  # 2
                await service.run(node, (partners, people), announce)
    ends.raise_if_broken()


class Commands(Protocol):
    """The local socket."""

    async def start(self) -> None:
        """Accept commands."""

    async def stop(self, limit_s: float) -> None:
        """Accept nothing more, and finish what was asked."""


class Service:
    """The parts of one served node."""

    def __init__(self, ends: Ends, log: Log) -> None:
        """Run nothing yet."""
        self._ends = ends
        self._log = log
        self._delivery: Delivery | None = None
        self._starting: asyncio.Task[None] | None = None
        self._schedule: Schedule | None = None
        self._follow_ups: FollowUps | None = None
        self._written: Wakeups | None = None
        self._is_stopping = False

    @property
    def notices(self) -> Notices:
        """Give what the node's store is to tell."""
        return Notices(stopped=self._ends.store_stopped, wrote=self._wrote)

    async def run(self, node: ServedNode, bound: tuple[Any, Any], announce: Announce) -> None:
        """Start everything, wait for the end, and stop everything."""
        self._ends.listen()
        self._written = node.context.written
        async with AsyncExitStack() as running:
            delivery = await running.enter_async_context(self._delivering(node))
            follow_ups = FollowUps(node.context, self._log, heard=delivery.heard)
            await running.enter_async_context(self._following(follow_ups))
            metrics = Metrics(node.flushes)
            doorways = Doorway(FOR_PARTNERS), Doorway(FOR_PEOPLE)
            side = partners_side(
                node.context,
                follow_ups.arrived,
                vouch=doorways[0].vouch,
                fault=self._fault,
                answered=WireMeasures(metrics.registry).answered,
            )
            running.push_async_callback(side.uploads.close)
            doors = self._doors(node, side, metrics, doorways)
            stop_s = node.context.config.serve.graceful_stop_s
            listeners = [
                Listener(door, each, stop_s=stop_s) for door, each in zip(doors, bound, strict=True)
            ]
            announcement = Announcement(
                node.context.config,
                node.folder,
                listeners[0].endpoint,
                listeners[1].endpoint,
                node.pins,
                _story_now(node.context),
            )
            status = Status(announcement, node.context, delivery, follow_ups)
            commands = node.socket(partial(self._page, status), self._fault)
            schedule = Schedule(
                node.context, node.meet_next_tls_key, self._log, sweep=side.uploads.sweep
            )
            await running.enter_async_context(self._scheduling(schedule))
            room = Room(node.context.ports.store, self._log)
            await running.enter_async_context(self._until_stopped(room.run(), "room"))
            await running.enter_async_context(self._accepting(listeners, commands, stop_s))
            spare_what_stands()
            self._tell_elsewhere(node, listeners[0].endpoint)
            announce(announcement)
            await running.enter_async_context(self._telling_systemd())
            await self._ends.wait()

    def _doors(
        self,
        node: ServedNode,
        side: PartnersSide,
        metrics: Metrics,
        doorways: tuple[Doorway, Doorway],
    ) -> tuple[Door, Door]:
        partners, people = doorways
        metrics.registry.register(
            Standing(
                self._lines,
                lambda: {PARTNERS: partners.connections, PEOPLE: people.connections},
            )
        )
        app = people_app(
            node.context,
            node.passwords,
            seconds=asyncio.get_running_loop().time,
            not_ready=self._not_ready,
            fault=self._fault,
            lines=self._lines,
            metrics=metrics,
            is_stopping=lambda: self._is_stopping,
            vouch=people.vouch,
        )
        return (
            Door(PARTNERS, side.app, node.partners_tls, partners),
            Door(PEOPLE, app, node.people_tls, people),
        )

    @asynccontextmanager
    async def _delivering(self, node: ServedNode) -> AsyncIterator[Delivery]:
        delivery = Delivery(node.context, changed=partial(tell_of_line, self._log))
        # It judges every register: what is long is gone on with while others have their turn.
        starting = self._starting = asyncio.create_task(delivery.start(), name="delivery starts")
        await asyncio.wait((starting,), timeout=_START_S)
        self._delivery = delivery
        watch = self._ends.watch(_deliver(delivery, starting), "delivery")
        try:
            yield delivery
        finally:
            self._delivery = None
            starting.cancel()
            await delivery.stop()
            await watch

    @asynccontextmanager
    async def _following(self, follow_ups: FollowUps) -> AsyncIterator[None]:
        self._follow_ups = follow_ups
        watch = self._ends.watch(follow_ups.run(), "follow-ups")
        try:
            yield
        finally:
            follow_ups.stop()
            await watch

    @asynccontextmanager
    async def _accepting(
        self, listeners: list[Listener], commands: Commands, stop_s: int
    ) -> AsyncIterator[None]:
        """Accept from all sides; in the end all stop at once, and finish what runs."""
        watches: list[asyncio.Task[None]] = []
        try:
            for each in listeners:
                await each.start()
                watches.append(self._ends.watch(each.failure(), each.name))
            await commands.start()
            yield
        finally:
            self._is_stopping = True
            if self._written is not None:
                self._written.tell()  # what lasts ends by itself
            await asyncio.gather(commands.stop(stop_s), *(each.stop() for each in listeners))
            await asyncio.gather(*watches)

    @asynccontextmanager
    async def _scheduling(self, schedule: Schedule) -> AsyncIterator[None]:
        self._schedule = schedule
        async with self._until_stopped(schedule.run(), "schedule"):
            yield

    @asynccontextmanager
    async def _until_stopped(self, part: Awaitable[None], name: str) -> AsyncIterator[None]:
        watch = self._ends.watch(part, name)
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    @asynccontextmanager
    async def _telling_systemd(self) -> AsyncIterator[None]:
        notify(READY)
        interval_s = watchdog_s()
        dog = None if interval_s is None else asyncio.create_task(_bark(interval_s))
        try:
            yield
        finally:
            notify(STOPPING)
            if dog is not None:
                dog.cancel()

    def _wrote(self, agreements: frozenset[AgreementId], kinds: frozenset[str]) -> None:
        """Tell delivery of what grew or may let lines go on, and people of two stories."""
        if SETTLED in kinds:
            self._log.info("register.settled")
        elif EQUIVOCATION in kinds:
            self._log.error("register.disputed", hint="comity register show says which, and why")
        delivery = self._delivery
        if delivery is None:
            return
        if kinds & {PIN, CARD, BEHIND, PARCELS_AGAIN}:
            agreements |= {each.agreement for each in delivery.status()}
        for agreement in agreements:
            delivery.kick(agreement)

    async def _page(self, status: Status) -> bytes:
        return await status.page(await self._not_ready())

    async def _not_ready(self) -> str | None:
        if self._starting is not None and not self._starting.done():
            return "registers are still being judged, as at every start"
        fault = None if self._follow_ups is None else self._follow_ups.reason()
        if fault is not None or self._schedule is None:
            return fault
        return await self._schedule.reason()

    def _lines(self) -> tuple[LineStatus, ...]:
        """Say how delivery goes."""
        return () if self._delivery is None else self._delivery.status()

    def _tell_elsewhere(self, node: ServedNode, bound: Endpoint) -> None:
        told = told_elsewhere(node.context.config, bound)
        if told is not None:
            hint = "unless something passes it on, change partners_listen or the card's address"
            self._log.warning("serve.told-elsewhere", told=told, hint=hint)

    def _fault(self, err: Exception) -> None:
        self._log.error("request.fault", **fault_of(err))


def _story_now(context: Context) -> Instant | None:
    story = context.config.clock is ClockKind.STORY
    return context.ports.clock.now() if story else None


async def _bark(interval_s: float) -> None:
    """Show the service manager that the loop turns."""
    while True:
        notify(WATCHDOG)
        await asyncio.sleep(interval_s)


async def _deliver(delivery: Delivery, starting: asyncio.Task[None]) -> None:
    """Return once delivery was stopped, perhaps before it had begun; raise what ended it else."""
    await asyncio.wait((starting,))
    if not starting.cancelled():
        starting.result()
        await delivery.failure()
