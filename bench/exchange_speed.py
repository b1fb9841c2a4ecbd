# SPDX-License-Identifier: Apache-2.0
"""Whole exchanges between two nodes on disk, beside the cryptography that they cannot do without.

Release by two persons, pack, take, receipt, pack, take. Every act gathers the agreement anew from
the store's bytes, so that what stands in the registers before it counts: rows say how much.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from bench.bare_exchange import BareParty, exchange_bare
from bench.measuring import Row, measure_beside
from bench.two_nodes import JPN, KOR, Nodes, two_nodes
from comity.basis.ids import Place

_CONTENT_BYTES = 4_096
_ROUNDS = 5
_TOGETHER = 16


def main() -> list[Row]:
    """Measure exchanges of one item and of several on one disc, then of one after those."""
    by, to = BareParty(), BareParty()
    rows: list[Row] = []
    before = 0
    with (
        tempfile.TemporaryDirectory(prefix="comity-bench-") as folder,
        asyncio.Runner() as runner,
    ):
        held = AsyncExitStack()
        nodes = runner.run(held.enter_async_context(two_nodes(Path(folder))))
        for count in (1, _TOGETHER, 1):
            contents = [bytes(_CONTENT_BYTES)] * count
            taken, floor = measure_beside(
                partial(_run, runner, nodes, contents),
                partial(exchange_bare, by, to, contents),
                rounds=_ROUNDS,
            )
            name = f"exchange of {count}, {before} items exchanged before"
            rows.append(Row(name=name, taken=taken, floor=floor, amount=count, unit="items"))
            before += count * (_ROUNDS + 1)
        runner.run(held.aclose())
    return rows


async def exchange(nodes: Nodes, contents: Sequence[bytes]) -> list[Place]:
    """Exchange items as two nodes do, receipts and cosignatures included."""
    places = [await nodes.release([content]) for content in contents]
    await nodes.carry(JPN)
    for place in places:
        await nodes.receipt(place)
    await nodes.carry(KOR)
    return places


def _run(runner: asyncio.Runner, nodes: Nodes, contents: Sequence[bytes]) -> None:
    runner.run(exchange(nodes, contents))
