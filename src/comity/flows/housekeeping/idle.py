# SPDX-License-Identifier: Apache-2.0
"""What is at hand of an agreement is let go once nothing is said in it: all of it can be read
again, or worked out again."""

from __future__ import annotations

from collections.abc import Mapping

from comity.basis.ids import AgreementId
from comity.flows.context import Context
from comity.flows.view import View
from comity.ports import Basis

Standing = Mapping[AgreementId, Basis]


def let_go(context: Context, before: Standing) -> Standing:
    """Let go what is at hand of agreements that stand where they stood before.

    Gives where each stands now, to be asked by the next time.
    """
    now: dict[AgreementId, Basis] = {}
    for agreement, live in context.live.items():
        view = live.view
        if isinstance(view, View) and not view.spent:
            now[agreement] = view.basis
            if before.get(agreement) == view.basis:
                view.recent.clear()
                view.parcels.clear()
                view.memo.clear()
    return now
