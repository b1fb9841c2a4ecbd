# SPDX-License-Identifier: Apache-2.0
"""Worlds whose nodes come back from a backup of their stores."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from comity.basis.ids import PartyId
from comity.basis.limits import STATEMENT_AHEAD_MAX_MS
from tests.builders.world import JPN, Node, World

LATER_MS = STATEMENT_AHEAD_MAX_MS + 1_000


def backed_up(world: World, folder: Path) -> World:
    """Copy a world: one of its nodes is going to be put back to this."""
    return world.copy(folder / "backup")


def put_back(world: World, backup: World, party: PartyId = JPN) -> Node:
    """Let a node come back from its backup, a moment later."""
    node, before = backup[party], world[party]
    node.clock.instant = before.clock.instant
    # Keys stand apart from the store, and so do their backups.
    ports = replace(node.ports, keys=before.ports.keys)
    world.nodes[party] = replace(node, context=replace(node.context, live={}, ports=ports))
    return world[party]
