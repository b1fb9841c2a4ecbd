# SPDX-License-Identifier: Apache-2.0
"""Derived tables made anew from the registers' bytes, and proved equal; states shown as bytes.

Tables that hold state are caches (DESIGN 1): nothing is lost when they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.basis.ids import AgreementId
from comity.basis.instants import Instant
from comity.decision.house import allow_house_act
from comity.flows.commits import judgements_of
from comity.flows.context import Context
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import turn
from comity.flows.view import judge_anew
from comity.ports import DERIVED_PREFIX, Basis, Document, Judgement
from comity.statement.judgement import Judged

STATE = f"{DERIVED_PREFIX}state"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was made anew: agreements, verdicts, and how many verdicts had been different."""

    agreements: int
    judgements: int
    different: int


async def export_state(
    context: Context, agreement: AgreementId, at: Instant | None = None
) -> bytes:
    """Write an agreement's state: the same bytes on every node that holds the same registers."""
    async with turn(context, agreement) as view:
        if at is None or view.fold.reaches(at):
            return view.fold.export(at)
    return (await judge_anew(context, agreement)).fold.export(at)


async def rebuild(context: Context) -> Rebuilt:
    """Judge and fold every register anew, compare with what was derived, and replace it.

    1. gather each agreement from its registers' bytes alone;
    2. compare the verdicts kept with those found now;
    3. replace all that is derived in one transaction.
    """
    found: list[Judgement] = []
    states: list[Document] = []
    registers: list[tuple[str, int]] = []
    agreements = await pinned_agreements(context)
    for agreement in agreements:
        judged: list[Judged] = []
        view = await judge_anew(context, agreement, judged.append)  # 1
        found.extend(judgements_of(view, judged))
        states.append(Document(STATE, agreement, view.fold.export()))
        registers.extend(view.basis.registers)
    different = await _different(context, tuple(found))  # 2
    await context.ports.store.replace_derived(
        allow_house_act("store.rebuild"),
        tuple(found),
        tuple(states),
        basis=Basis(registers=tuple(registers)),
    )  # 3
    return Rebuilt(len(agreements), len(found), different)


async def _different(context: Context, found: tuple[Judgement, ...]) -> int:
    by_origin: dict[str, dict[int, Judgement]] = {}
    for each in found:
        by_origin.setdefault(each.origin, {})[each.index] = each
    different = 0
    for origin, verdicts in by_origin.items():
        kept = await context.ports.store.judgements(origin, 0, max(verdicts) + 1)
        known = {each.index: each for each in kept}
        different += sum(known.get(index) != verdict for index, verdict in verdicts.items())
    return different
