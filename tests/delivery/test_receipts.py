# SPDX-License-Identifier: Apache-2.0
"""A partner's cosignature is verified before it is kept, and what is kept is not verified again."""

import asyncio
from typing import Any

import pytest

from comity.basis.errors import InputError, ProofError
from comity.flows import delivery_receipts
from comity.flows.delivery_line import NOTED_S
from comity.flows.delivery_load import gather_load, open_ledger
from comity.flows.delivery_parcels import arrived_parcels
from comity.flows.delivery_receipts import take_receipt
from comity.flows.delivery_routes import Route
from comity.flows.drafts import KeptDraft
from comity.flows.release import release_draft
from comity.flows.turns import turn
from comity.tlog import cosignatures
from tests.builders.world import GSOMIA, JPN, KOR, OFFICER, World, run
from tests.delivery.wires import say, simulate, wire_up

ROUTE = Route(JPN, KOR)


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    sizes: list[int] = []
    verify = cosignatures.verify_cosignatures

    def noted(signed: Any, keys: Any) -> Any:
        sizes.append(signed.checkpoint.size)
        return verify(signed, keys)

    monkeypatch.setattr(delivery_receipts, "verify_cosignatures", noted)
    return sizes


def test_each_size_is_verified_once_although_its_parcels_follow(
    assured: World, verified: list[int]
) -> None:
    for _ in range(3):
        assured.jpn.release(KOR)
    wires = wire_up(assured)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        await wires.stop()

    simulate(story)
    origin = assured.jpn.view().heads[JPN].origin
    sizes = [each.end for each in wires[KOR].pushes() if each.origin == origin]
    assert sizes.count(max(sizes)) > 1
    assert verified.count(max(sizes)) == 1


def test_that_parcels_arrived_is_kept_with_what_is_committed_next_or_soon(assured: World) -> None:
    wires = wire_up(assured)
    node = assured.jpn
    origin = node.view().heads[JPN].origin

    async def arrived() -> tuple[int, int]:
        """Give what is kept, and what is known."""
        async with turn(node.context, GSOMIA) as view:
            known = await arrived_parcels(node.context, origin, KOR, view)
        return (await arrived_parcels(node.context, origin, KOR))[0], known[0]

    async def story() -> None:
        await wires.start()
        await wires.settle()
        await asyncio.sleep(2 * NOTED_S)
        kept, known = await arrived()
        assert kept == known
        await release_draft(node.context, OFFICER, number)
        wires[JPN].kick()
        await wires.settle()
        assert await arrived() == (kept, known + 1)
        await say(node)
        assert await arrived() == (known + 1, known + 1)
        await release_draft(node.context, OFFICER, number + 1)
        wires[JPN].kick()
        await wires.settle()
        assert (await arrived())[0] <= known + 2
        await asyncio.sleep(2 * NOTED_S)
        assert await arrived() == (known + 3, known + 3)
        await wires.stop()

    kept = [node.draft([KOR]) for _ in range(2)]
    number = kept[0].number if isinstance(kept[0], KeptDraft) else 0
    simulate(story)


@pytest.mark.parametrize("at", [-3, 40])
def test_other_lines_for_a_size_that_is_kept_are_verified_all_the_same(
    assured: World, verified: list[int], at: int
) -> None:
    assured.settle()
    node = assured.jpn

    async def take(body: bytes) -> None:
        async with turn(node.context, GSOMIA) as view:
            head = view.heads[JPN]
            ledger = await open_ledger(node.context, ROUTE, head.origin)
            load = await gather_load(node.context, view, ROUTE, ledger, None)
            assert load is not None
            await take_receipt(node.context, view, ROUTE, ledger, load=load, body=body)

    head = node.view().heads[JPN]
    kept = run(node.ports.store.cosignature(head.origin, head.size, KOR))
    assert kept is not None
    run(take(kept.raw))
    assert verified == []
    lines = bytearray(kept.raw)
    lines[at] = ord("B") if lines[at] != ord("B") else ord("C")
    with pytest.raises((InputError, ProofError)):
        run(take(bytes(lines)))
