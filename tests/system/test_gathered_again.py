# SPDX-License-Identifier: Apache-2.0
"""What a process remembers between acts: always what judging everything anew would give."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.exchange_speed import exchange
from bench.two_nodes import AGREEMENT, JPN, KOR, Nodes, two_nodes
from comity.flows.context import Context
from comity.flows.gathered import Rooted
from comity.flows.rebuild import rebuild
from comity.flows.view import View, gather_view
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
    return await gather_view(replace(context, gathered={}), AGREEMENT)


def assert_same(first: View, second: View) -> None:
    assert first.fold.export() == second.fold.export()
    assert first.heads == second.heads
    assert sorted(map(str, first.judged)) == sorted(map(str, second.judged))
    assert first.statements == second.statements
    for party in (JPN, KOR):
        assert first.registers.position(party) == second.registers.position(party)
        assert first.registers.seen_by(party) == second.registers.seen_by(party)


def test_going_on_from_what_was_judged_gives_what_judging_anew_gives(tmp_path: Path) -> None:
    async def act(nodes: Nodes) -> None:
        for _ in range(2):
            await exchange(nodes, [b"one", b"two"])
            for context in nodes.contexts.values():
                assert_same(await gather_view(context, AGREEMENT), await anew(context))

    with_nodes(tmp_path, act)


def test_an_act_that_was_given_up_leaves_no_trace(tmp_path: Path) -> None:
    async def act(nodes: Nodes) -> None:
        context = nodes.contexts[KOR]
        place = (await exchange(nodes, [b"one"]))[0]
        given_up = await gather_view(context, AGREEMENT)
        given_up.registers.judge(JPN, b"never said")
        given_up.registers.keep()
        given_up.fold.insert(replace(place, index=99), given_up.statements[place])
        given_up.statements.clear()
        given_up.judged.clear()
        assert_same(await gather_view(context, AGREEMENT), await anew(context))

    with_nodes(tmp_path, act)


def test_what_was_judged_of_other_bytes_is_judged_anew(tmp_path: Path) -> None:
    async def act(nodes: Nodes) -> None:
        context = nodes.contexts[JPN]
        honest = await anew(context)
        await gather_view(context, AGREEMENT)
        kept = context.gathered[AGREEMENT]
        wrong = replace(
            kept,
            registers=AgreementRegisters(AGREEMENT, frozenset({JPN, KOR})),
            fold=Fold(AGREEMENT),
            judged=(),
        )
        first, *others = kept.roots
        for root in (
            replace(first, root_hash=bytes(32)),
            replace(first, size=first.size + 1),
            Rooted("elsewhere.example/register/other", 1, bytes(32)),
        ):
            context.gathered[AGREEMENT] = replace(wrong, roots=(root, *others))
            assert_same(await gather_view(context, AGREEMENT), honest)
        context.gathered[AGREEMENT] = replace(wrong, opened={**kept.opened, JPN: b"another"})
        assert_same(await gather_view(context, AGREEMENT), honest)

    with_nodes(tmp_path, act)


def test_rebuilding_starts_from_the_registers_bytes_whatever_is_remembered(tmp_path: Path) -> None:
    async def act(nodes: Nodes) -> None:
        context = nodes.contexts[JPN]
        await exchange(nodes, [b"one"])
        await gather_view(context, AGREEMENT)
        kept = context.gathered[AGREEMENT]
        context.gathered[AGREEMENT] = replace(kept, judged=kept.judged[:1])
        rebuilt = await rebuild(context)
        assert rebuilt.different == 0
        assert rebuilt.judgements == sum(root.size for root in kept.roots)

    with_nodes(tmp_path, act)
