# SPDX-License-Identifier: Apache-2.0
"""What a served node does by itself, put together as `serve/service.py` does it: it answers
partners, follows up what came, and delivers what its registers have grown by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from comity.basis.errors import ComityError, InvariantError
from comity.flows.delivery import Delivery
from comity.flows.documents import BEHIND, CARD, PIN
from comity.ports import Change, Committed
from comity.serve.diagnostics import Log
from comity.serve.follow_ups import FollowUps
from comity.tlog.origin import parse_origin
from comity.wire.router import PartnerWire
from tests.simulator.network import Network
from tests.simulator.nodes import SimulatedNode


@dataclass
class Served:
    """The services of one run of a node's program."""

    node: SimulatedNode
    delivery: Delivery
    follow_ups: FollowUps

    def wrote(self, change: Change, committed: Committed) -> None:
        """Tell delivery what of ours grew and whose card changed, as a served node's store does."""
        domain = self.node.context.config.domain
        said = (parse_origin(each.origin) for each in committed.positions)
        found = {each.agreement for each in said if each.domain == domain}
        found |= {each.agreement for each in change.registers}
        agreements = {each for each in found if each is not None}
        if any(each.kind in (PIN, CARD, BEHIND) for each in change.documents):
            agreements |= {each.agreement for each in self.delivery.status()}
        for agreement in sorted(agreements):
            self.delivery.kick(agreement)

    async def run(self) -> None:
        """Deliver until something fails; a node that cannot deliver ends, and is started again."""
        try:
            await self.delivery.start()
            await self.delivery.failure()
        except InvariantError:
            raise
        except ComityError:
            self.node.stop()


class _Told:
    """Diagnostics, as lines of the trace."""

    def __init__(self, node: SimulatedNode) -> None:
        self._node = node

    def warning(self, event: str, **fields: Any) -> None:
        self._node.trace.note(self._node.party, event, fields.get("code", ""))


def serve(node: SimulatedNode, network: Network) -> Served:
    """Serve a node that has just been started."""
    delivery = Delivery(node.context)
    told = cast(Log, _Told(node))
    follow_ups = FollowUps(node.context, told, heard=delivery.heard)
    served = Served(node, delivery, follow_ups)
    network.serve(node, PartnerWire(node.context, follow_ups.arrived).answer)
    node.running.spawn(follow_ups.run(), "follow-ups")
    node.running.spawn(served.run(), "delivery")
    return served
