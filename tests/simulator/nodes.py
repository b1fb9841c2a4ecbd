# SPDX-License-Identifier: Apache-2.0
"""One node: a disk that stays, a clock that may be wrong, and a program that may be killed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from comity.adapters.random_system import SystemRandom
from comity.basis.ids import PartyId
from comity.basis.instants import Instant
from comity.flows.context import Context
from comity.ports import NO_WIRE, Change, Committed, Partners, Ports
from tests.simulator.cast import MORNING, config_of
from tests.simulator.discs import DiscBundles, Post
from tests.simulator.disk import Disk, DiskStore, Weather
from tests.simulator.disk_files import DiskBlobs, open_keys
from tests.simulator.program import CrashPlan, Program, Trace

CLOCK_ERROR_MS_MAX: Final = 9 * 60_000


@dataclass
class NodeClock:
    """The virtual time plus this node's own error."""

    now_s: Callable[[], float]
    offset_ms: int = 0
    error_ms: int = 0
    name: str = "story"

    def now(self) -> Instant:
        """Return what this node takes for the present."""
        return Instant(MORNING + int(self.now_s() * 1000) + self.offset_ms + self.error_ms)

    def jump(self, milliseconds: int) -> None:
        """Go wrong by so much more, within what settling waits for."""
        error = self.error_ms + milliseconds
        self.error_ms = max(-CLOCK_ERROR_MS_MAX, min(CLOCK_ERROR_MS_MAX, error))

    def set_right(self) -> None:
        """Show the right time again."""
        self.error_ms = 0


class Watcher(Protocol):
    """Who is told of what happens to a node."""

    def committed(
        self, node: SimulatedNode, change: Change, committed: Committed, act: int | None
    ) -> None:
        """A change is durable, and belongs to an act."""

    def died(self, node: SimulatedNode) -> None:
        """The program was killed; the disk is what it is now."""

    def ended(self, node: SimulatedNode, name: str, err: BaseException | None) -> None:
        """A task of the program has ended."""


@dataclass
class SimulatedNode:
    """A party's node."""

    party: PartyId
    trace: Trace
    clock: NodeClock
    weather: Weather
    post: Post
    watcher: Watcher
    disk: Disk = field(default_factory=Disk)
    starts: int = 0
    is_put_back: bool = False
    is_ready: bool = False
    store_of: type[DiskStore] = DiskStore
    partners: Callable[[SimulatedNode], Partners] | None = None
    program: Program | None = None
    _context: Context | None = None

    @property
    def is_up(self) -> bool:
        """Answer whether a program runs."""
        return self.program is not None and self.program.alive

    @property
    def serves(self) -> bool:
        """Answer whether people and couriers are let in."""
        return self.is_up and self.is_ready

    @property
    def context(self) -> Context:
        """Give what this run's flows are given."""
        assert self._context is not None, "the node was never started"
        return self._context

    @property
    def running(self) -> Program:
        """Give the program that runs."""
        assert self.program is not None
        return self.program

    def start(self, plan: CrashPlan | None = None) -> Program:
        """Start the program anew: every object is made from what lies on the disk."""
        assert not self.is_up, "one program at a time holds the node"
        self.starts += 1
        self.is_ready = False
        self.trace.note(self.party, "starts", self.starts)
        program = Program(self.party, self.trace, lambda: self._died(program), plan)
        program.on_end = lambda name, err: self.watcher.ended(self, name, err)
        config = config_of(self.party)
        store = self.store_of(
            self.disk,
            program,
            self.weather,
            lambda change, done, act: self.watcher.committed(self, change, done, act),
        )
        ports = Ports(
            store,
            DiskBlobs(self.disk, program, self.weather),
            open_keys(self.disk, program, self.weather, party=self.party, domain=config.domain),
            self.clock,
            SystemRandom(),
            DiscBundles(self.disk, program, self.weather, self.post),
            NO_WIRE if self.partners is None else self.partners(self),
        )
        self._context = Context(config, ports, f"{self.party.lower()}-operator")
        self.program = program
        return program

    def _died(self, program: Program) -> None:
        if program is self.program:
            self.watcher.died(self)

    def stop(self) -> None:
        """End the program as by `kill -9`."""
        self.running.die()


def weather_of(party: PartyId, seed: str) -> Weather:
    """Give a node's disk its own draws."""
    return Weather(random.Random(f"disk/{party}/{seed}"))
