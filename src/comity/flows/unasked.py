# SPDX-License-Identifier: Apache-2.0
"""Whoever drafts or does unasked what the file asks about first is reminded: it stops nothing.

Source: AGREEMENTS.md section 3 (consultation)
"""

from __future__ import annotations

from comity.agreement.acts import Action
from comity.basis.ids import PersonId, Place
from comity.basis.strict_json import JsonValue
from comity.flows.context import Context
from comity.flows.journal import journal_entry
from comity.flows.view import View
from comity.state.affairs import Doing
from comity.state.consulting import unasked


def unasked_release(context: Context, view: View, category: str) -> str | None:
    """Give the article by which the others are to be asked before a release; None: they were."""
    terms = view.fold.state.files[view.agreement().sha256]
    doing = Doing(Action.RELEASE.value, view.own, (), frozenset({category}))
    return unasked(view.fold.state, terms, doing, view.moment(context))


def unasked_entry(
    context: Context, view: View, person: PersonId | None, place: Place
) -> tuple[str | None, tuple[bytes, ...]]:
    """Give the article and the journal's entry of what was done unasked just now, if it was."""
    row = view.fold.state.unasked.get(place)
    if row is None:
        return None, ()
    details: dict[str, JsonValue] = {
        "statement": f"{view.agreement_id}/{place}",
        "before": row.doing.action,
        "article": row.article,
    }
    noted = journal_entry(context, "consultation.remind", person, details=details)
    return row.article, (noted,)
