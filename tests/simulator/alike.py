# SPDX-License-Identifier: Apache-2.0
"""States that are equal wherever registers are: nodes held against each other while they run.

What a node shows is looked at where it stands, between its turns, so that nothing moves for it; a
program that has started anew shows what it read from its disk, and others what they came to by
hearing statements one by one and taking late ones back. They stand at one place at different times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from comity.basis.ids import AgreementId, PartyId
from comity.flows.context import Live
from comity.flows.view import View
from tests.simulator.invariants import demand
from tests.simulator.nodes import SimulatedNode

EVERY_S: Final = 30.0
"""How often a program's state is written down, if it has moved, but for the first time."""

Position = tuple[tuple[str, int, bytes], ...]


@dataclass
class Alike:
    """What any node has shown of an agreement at a position of all its registers."""

    compared: int = 0
    _shown: dict[Position, tuple[bytes, str]] = field(default_factory=dict)
    _looked: dict[tuple[PartyId, AgreementId], tuple[int, float, Position]] = field(
        default_factory=dict
    )

    def look(self, nodes: Mapping[PartyId, SimulatedNode], now_s: float) -> None:
        """Look at every node that has moved since its state was last written down."""
        for node in nodes.values():
            for agreement, live in node.context.live.items() if node.is_up else ():
                view = _at_rest(live)
                if view is not None:
                    self._look_at(node, agreement, view, now_s)

    def _look_at(
        self, node: SimulatedNode, agreement: AgreementId, view: View, now_s: float
    ) -> None:
        run, at_s, before = self._looked.get((node.party, agreement), (0, 0.0, ()))
        if run == node.starts and now_s - at_s < EVERY_S:
            return
        heads = (view.heads[party] for party in sorted(view.heads))
        position = tuple((each.origin, each.size, each.root_hash) for each in heads)
        if run == node.starts and position == before:
            return
        self._looked[node.party, agreement] = node.starts, now_s, position
        shows = hashlib.sha256(view.fold.export()).digest()
        where = f"{node.party}, run {node.starts}"
        known, by = self._shown.setdefault(position, (shows, where))
        self.compared += by != where
        demand(
            shows == known,
            "states differ at equal positions",
            agreement,
            f"{where}, and {by}",
            *(f"{origin}:{size}" for origin, size, _ in position),
        )


def _at_rest(live: Live) -> View | None:
    """Give a live view in which nothing is under way, and nothing waits to be judged."""
    view = live.view
    if not isinstance(view, View) or view.spent or view.waiting or live._lock.locked():
        return None
    return view
