# SPDX-License-Identifier: Apache-2.0
"""What was called back, is needed no longer, or was raised: no more of it, or nothing below it.

It is asked again when something is said, since either may come between a draft and its release.
Source: Japan-ROK GSOMIA Art. 4(3), 6(g), 6(h) (treaties.md G4.3, G6g, G6h)
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.basis.ids import Place
from comity.decision.house import join_refusals
from comity.decision.keeping import refuse_recalled, refuse_unneeded
from comity.decision.onward import highest, refuse_below
from comity.decision.stages import Refused, of_file
from comity.flows.context import Context
from comity.flows.origins import standing_level, standing_recalls
from comity.flows.reviews_said import reviewed_last
from comity.flows.view import View
from comity.marking.labels import Label
from comity.marking.levels import Ladder
from comity.state.records import Item


async def refuse_more(context: Context, view: View, act: str, item: Item) -> Refused | None:
    """Refuse to make more of an item that was called back, or to give it to somebody else.

    So is one whose need has ended, by our own last review. Source: Japan-ROK GSOMIA Art. 6(h)
    """
    terms = view.fold.state.files[item.version]
    article, by = terms.article("retention"), standing_recalls(view, item)
    recalled = refuse_recalled(terms.agreement, act, article, by)
    reviewed = await reviewed_last(context, view.agreement_id, item.place)
    if reviewed is None or reviewed.until is not None:
        return recalled
    return join_refusals(recalled, refuse_unneeded(terms.agreement, act, article))


async def refuse_made_from(
    context: Context, view: View, act: str, parents: Iterable[Place]
) -> Refused | None:
    """Refuse what is made from items of which one was called back, or is needed no longer."""
    refused = [await refuse_more(context, view, act, view.protected(each)) for each in parents]
    return join_refusals(*refused)


def inherited_now(
    context: Context, view: View, level: str, parents: Iterable[Place]
) -> tuple[str, Ladder]:
    """Give the level of what is made from items, `level` by its own label, and of which ladder."""
    ladder, at = view.agreement().levels, view.moment(context)
    held = (standing_level(view, view.protected(each), at) for each in parents)
    return highest(level, held, ladder), ladder


def refuse_raised(
    context: Context, view: View, act: str, label: Label, parents: Iterable[Place]
) -> Refused | None:
    """Refuse what is labelled below an item that it is made from, as that stands now."""
    held, ladder = inherited_now(context, view, label.level, parents)
    terms = view.fold.state.files[view.agreement().sha256]
    below = refuse_below(act, terms.article("derived"), label.level, held, ladder)
    return of_file(terms.agreement, below)
