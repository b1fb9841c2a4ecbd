# SPDX-License-Identifier: Apache-2.0
"""What was called back: its holders make nothing more of it, and give it to nobody else.

It is asked again when something is said, since a recall may come between a draft and its release.
Source: Japan-ROK GSOMIA Art. 6(h) (treaties.md G6h)
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.basis.ids import Place
from comity.decision.house import join_refusals
from comity.decision.keeping import refuse_recalled
from comity.decision.stages import Refused
from comity.flows.view import View
from comity.state.queries import recalled_by
from comity.state.records import Item


def refuse_more(view: View, act: str, item: Item) -> Refused | None:
    """Refuse to make more of an item that was called back, or to give it to somebody else."""
    state = view.fold.state
    article = state.files[item.version].article("retention")
    return refuse_recalled(act, article, recalled_by(state, item))


def refuse_made_from(view: View, act: str, parents: Iterable[Place]) -> Refused | None:
    """Refuse what is made from items of which one was called back."""
    return join_refusals(*(refuse_more(view, act, view.item(each)) for each in parents))
