# SPDX-License-Identifier: Apache-2.0
"""The zone in which days are counted where no single agreement is meant."""

from __future__ import annotations

from comity.basis.instants import UTC, Zone
from comity.flows.context import Context
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view


async def common_zone(context: Context) -> Zone:
    """Give the zone in which every agreement that is signed here counts its days; UTC if none."""
    zones: set[Zone] = set()
    for each in await pinned_agreements(context):
        signed = (await read_view(context, each)).find_agreement()
        zones |= {signed.lifecycle.zone} if signed is not None else set()
    return zones.pop() if len(zones) == 1 else UTC
