# SPDX-License-Identifier: Apache-2.0
"""What a served node does by itself, put together as `serve/service.py` does it: it answers
partners, follows up what came, and delivers what its registers have grown by.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final, cast

from comity.basis.errors import ComityError, InvariantError
from comity.flows.delivery import Delivery
from comity.flows.documents import BEHIND, CARD, PARCELS_AGAIN, PIN
from comity.flows.recovery.restore import begin_restore
from comity.ports import Change, Committed
from comity.serve.diagnostics import Log
from comity.serve.follow_ups import FollowUps
from comity.serve.schedule import Duty, Schedule
from comity.tlog.origin import parse_origin
from comity.wire.router import PartnerWire
from tests.simulator.network import Network
from tests.simulator.nodes import SimulatedNode
from tests.simulator.program import ViolationError

# What a served node does by itself and no person of the simulator does for it.
_DUTIES: Final = frozenset({"restore", "card"})


@dataclass
class Served:
    """The services of one run of a node's program."""

    node: SimulatedNode
    delivery: Delivery
    follow_ups: FollowUps
    schedule: Schedule

    def wrote(self, change: Change, committed: Committed) -> None:
        """Tell delivery what of ours grew and whose card changed, as a served node's store does."""
        domain = self.node.context.config.domain
        said = (parse_origin(each.origin) for each in committed.positions)
        found = {each.agreement for each in said if each.domain == domain}
        found |= {each.agreement for each in change.registers}
        agreements = {each for each in found if each is not None}
        if any(each.kind in (PIN, CARD, BEHIND, PARCELS_AGAIN) for each in change.documents):
            agreements |= {each.agreement for each in self.delivery.status()}
        for agreement in sorted(agreements):
            self.delivery.kick(agreement)

    async def run(self, network: Network) -> None:
        """Deliver until something fails; a node that cannot deliver ends, and is started again.

        One that was put back to a backup is told so first, as its operator does.
        """
        node = self.node
        try:
            if node.is_put_back:
                await begin_restore(node.context, "said")
                node.is_put_back = False
            node.is_ready = True
            network.serve(node, PartnerWire(node.context, self.follow_ups.arrived).answer)
            node.running.spawn(self.follow_ups.run(), "follow-ups")
            for duty in self.schedule.duties:
                if duty.name in _DUTIES:
                    node.running.spawn(self._repeat(duty), duty.name)
            await self.delivery.start()
            await self.delivery.failure()
        except InvariantError:
            raise
        except ComityError:
            self.node.stop()

    async def _repeat(self, duty: Duty) -> None:
        await asyncio.sleep(duty.first_s)
        while True:
            await self.schedule.do(duty)
            await asyncio.sleep(duty.every_s)


class _Told:
    """Diagnostics, as lines of the trace."""

    def __init__(self, node: SimulatedNode) -> None:
        self._node = node

    def warning(self, event: str, **fields: Any) -> None:
        self._node.trace.note(
            self._node.party, event, fields.get("code", ""), *fields.get("codes", ())
        )

    def info(self, event: str, **fields: Any) -> None:
        self._node.trace.note(self._node.party, event, *fields.values())

    def error(self, event: str, **fields: Any) -> None:
        raise ViolationError(f"a fault of the program: {event} {fields}")


def serve(node: SimulatedNode, network: Network) -> Served:
    """Serve a node that has just been started."""
    delivery = Delivery(node.context)
    told = cast(Log, _Told(node))
    follow_ups = FollowUps(node.context, told, heard=delivery.heard)
    schedule = Schedule(node.context, lambda: None, told)
    served = Served(node, delivery, follow_ups, schedule)
    node.running.spawn(served.run(network), "delivery")
    return served
