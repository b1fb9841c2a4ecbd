# SPDX-License-Identifier: Apache-2.0
"""What doctor needs of adapters: a look at the folder, and a way to partners of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from comity.adapters.vitals import read_vitals
from comity.flows.context import Context
from comity.flows.doctor.own_node import Seen
from comity.flows.known_card import known_version
from comity.node.folder import STORE_NAME


def look_at(folder: Path) -> Seen:
    """Look at a node's disk and store.

    Raises:
        EdgeError: they cannot be read.
    """
    vitals = read_vitals(folder, folder / STORE_NAME)
    return Seen(vitals.free_bytes, vitals.journal_mode)


@asynccontextmanager
async def on_the_wire(context: Context) -> AsyncIterator[Context]:
    """Give a command a way to partners, to be tried: commands deliver nothing."""
    from comity.adapters.partner_https import HttpsPartners
    from comity.adapters.partner_signing import RequestSigner

    ports, domain = context.ports, context.config.domain
    version = partial(known_version, context)
    partners = HttpsPartners(RequestSigner(ports.keys, ports.clock, ports.random, domain, version))
    try:
        yield replace(context, ports=replace(ports, partners=partners))
    finally:
        await partners.close()
