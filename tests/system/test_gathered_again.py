# SPDX-License-Identifier: Apache-2.0
"""What a process remembers between acts: always what judging everything anew would give."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from bench.exchange_speed import exchange
from bench.two_nodes import AGREEMENT, JPN, KOR, Nodes, two_nodes
from comity.flows.context import Context
from comity.flows.housekeeping.rebuild import rebuild
from comity.flows.marked import Marked
from comity.flows.outstanding import Outstanding
from comity.flows.turns import turn
from comity.flows.view import View, gather_view, statement_at
from comity.state.fold import Fold
from comity.statement.register import AgreementRegisters

pytestmark = pytest.mark.slow


def with_nodes(folder: Path, act: Callable[[Nodes], Awaitable[None]]) -> None:
    async def run() -> None:
        async with two_nodes(folder) as nodes:
            await act(nodes)

    asyncio.run(run())


async def anew(context: Context) -> View:
    """Gather as a new process does."""
    return await gather_view(replace(context, live={}), AGREEMENT)


async def live(context: Context) -> View:
    """Give the view that turns share."""
    async with turn(context, AGREEMENT) as view:
        return view


def assert_same(first: View, second: View) -> None:
    assert first.fold.export() == second.fold.export()
    assert first.heads == second.heads
    for party in (JPN, KOR):
        assert first.registers.position(party) == second.registers.position(party)
        assert first.registers.seen_by(party) == second.registers.seen_by(party)
    assert_same_left(first.open, second.open)


def assert_same_left(first: Outstanding, second: Outstanding) -> None:
    """What is outstanding is the same, but for what was decided of it before."""
    for name in Outstanding.__slots__:
        if name not in ("undecided", "refused"):
            assert held(getattr(first, name)) == held(getattr(second, name)), name


def held(found: object) -> object:
    """Give what is compared: marks are the places that are marked."""
    return tuple(found) if isinstance(found, Marked) else found


def test_going_on_from_what_was_judged_gives_what_judging_anew_gives(tmp_path: Path) -> None:
    async def act(nodes: Nodes) -> None:
        for _ in range(2):
            await exchange(nodes, [b"one", b"two"])
            for context in nodes.contexts.values():
                assert_same(await gather_view(context, AGREEMENT), await anew(context))
                assert_same(await live(context), await anew(context))

    with_nodes(tmp_path, act)


def test_an_act_that_was_given_up_leaves_no_trace(tmp_path: Path) -> None:
    async def act(nodes: Nodes) -> None:
        context = nodes.contexts[KOR]
        place = (await exchange(nodes, [b"one"]))[0]
        given_up = await gather_view(context, AGREEMENT)
        given_up.registers.judge(JPN, b"never said")
        given_up.registers.keep()
        given_up.fold.insert(place._replace(index=99), await statement_at(context, given_up, place))
        given_up.recent.clear()
        given_up.open.parcels.add(place)
        assert_same(await gather_view(context, AGREEMENT), await anew(context))

    with_nodes(tmp_path, act)


def test_what_was_judged_of_other_bytes_is_judged_anew(tmp_path: Path) -> None:
    async def act(nodes: Nodes) -> None:
        context = nodes.contexts[JPN]
        honest = await anew(context)
        head, kinds = honest.heads[KOR], honest.basis.versions
        old = structs.replace(honest.basis, versions=tuple((kind, -1) for kind, _ in kinds))
        for other in (
            {"heads": {**honest.heads, KOR: structs.replace(head, root_hash=bytes(32))}},
            {"heads": {**honest.heads, KOR: structs.replace(head, size=head.size + 1)}},
            {
                "heads": {
                    **honest.heads,
                    KOR: structs.replace(head, origin="elsewhere.example/register/x"),
                }
            },
            {"heads": {JPN: honest.heads[JPN]}},
            {"opened": {**honest.opened, JPN: b"another"}, "basis": old},
            {"spent": True},
        ):
            context.live[AGREEMENT].view = replace(
                honest,
                registers=AgreementRegisters(AGREEMENT, frozenset({JPN, KOR})),
                fold=Fold(AGREEMENT),
                **other,
            )
            assert_same(await gather_view(context, AGREEMENT), honest)

    with_nodes(tmp_path, act)


def test_what_another_command_wrote_is_judged_on_from(tmp_path: Path) -> None:
    async def act(nodes: Nodes) -> None:
        before = {party: await live(context) for party, context in nodes.contexts.items()}
        elsewhere = {party: replace(each, live={}) for party, each in nodes.contexts.items()}
        await exchange(Nodes(elsewhere, nodes.disc), [b"one", b"two"])
        for party, context in nodes.contexts.items():
            after = await live(context)
            assert after is before[party]
            assert_same(after, await anew(context))

    with_nodes(tmp_path, act)


def test_rebuilding_starts_from_the_registers_bytes_whatever_is_remembered(tmp_path: Path) -> None:
    async def act(nodes: Nodes) -> None:
        context = nodes.contexts[JPN]
        await exchange(nodes, [b"one"])
        kept = await live(context)
        kept.fold = Fold(AGREEMENT)
        rebuilt = await rebuild(context)
        assert rebuilt.different == 0
        assert rebuilt.judgements == sum(head.size for head in kept.heads.values())

    with_nodes(tmp_path, act)
