# SPDX-License-Identifier: Apache-2.0
"""What is at hand of an agreement is let go once nothing is said in it: all of it can be read
again, or worked out again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from comity.basis.ids import AgreementId
from comity.flows.context import Context
from comity.flows.view import View
from comity.ports import Basis

Standing = Mapping[AgreementId, Basis]

FEW_MAX: Final = 8
"""So many statements since the last look, as a node says by itself, keep nothing at hand."""


def let_go(context: Context, before: Standing) -> Standing:
    """Let go what is at hand of agreements that stand about where they stood before.

    Gives where each stands now, to be asked by the next time.
    """
    now: dict[AgreementId, Basis] = {}
    for agreement, live in context.live.items():
        view = live.view
        if isinstance(view, View) and not view.spent:
            now[agreement] = view.basis
            if agreement in before and _count_new(before[agreement], view.basis) <= FEW_MAX:
                view.recent.clear()
                view.parcels.clear()
                view.memo.clear()
    return now


def _count_new(before: Basis, now: Basis) -> int:
    """Count the entries of all registers that have come since."""
    return sum(size for _, size in now.registers) - sum(size for _, size in before.registers)
