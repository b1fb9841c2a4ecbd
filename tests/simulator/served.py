# SPDX-License-Identifier: Apache-2.0
"""What a served node does by itself: it answers partners, follows up what came, and delivers."""

from __future__ import annotations

from dataclasses import dataclass

from comity.basis.errors import ComityError, InvariantError
from comity.basis.ids import AgreementId
from comity.flows.delivery import Delivery
from comity.flows.set_up import agreement_pins
from comity.flows.taking import follow_up
from comity.wire.router import PartnerWire
from tests.simulator.network import Network
from tests.simulator.nodes import SimulatedNode


@dataclass
class Served:
    """The services of one run of a node's program."""

    node: SimulatedNode
    delivery: Delivery

    def kick(self, agreement: AgreementId) -> None:
        """Say that something was entered."""
        self.delivery.kick(agreement)


def serve(node: SimulatedNode, network: Network) -> Served:
    """Serve a node that has just been started."""
    served = Served(node, Delivery(node.context))

    def arrived(agreement: AgreementId) -> None:
        node.running.spawn(_follow(served, agreement), "follow-up")

    network.serve(node, PartnerWire(node.context, arrived).answer)
    node.running.spawn(_deliver(served), "delivery")
    return served


async def _deliver(served: Served) -> None:
    """Deliver until something fails; a node that cannot deliver ends, and is started again."""
    try:
        await served.delivery.start()
        await served.delivery.failure()
    except InvariantError:
        raise
    except ComityError:
        served.node.stop()


async def _follow(served: Served, agreement: AgreementId) -> None:
    """Do what is due after a push, and deliver what that made us say."""
    context = served.node.context
    await follow_up(context, agreement)
    for party in sorted(await agreement_pins(context, agreement)):
        if party != served.node.party:
            served.delivery.heard(agreement, party)
    served.delivery.kick(agreement)
