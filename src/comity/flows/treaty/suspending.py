# SPDX-License-Identifier: Apache-2.0
"""Suspending a category and resuming it: what the agreement names for it stops meanwhile.

Said to every other party and bound by the authority's key. Source: AGREEMENTS 3 (`suspension`)
"""

from __future__ import annotations

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.not_counted import NotCounted
from comity.flows.speak import Entered
from comity.flows.treaty.acts import NO_NOTE_YET, declare_by
from comity.flows.treaty.offices import ask_office
from comity.flows.turns import read_view
from comity.state.suspensions import agreed_rules, suspensions_at
from comity.statement.treaty import AgreementResumeCategory, AgreementSuspendCategory
from comity.statement.values import Until


async def suspend_category(
    context: Context,
    agreement: AgreementId,
    category: str,
    person: PersonId | None = None,
    *,
    since: Until = None,
    until: Until = None,
    reason: str | None = None,
) -> Entered | Refused:
    """Suspend a category, at once unless a later day or instant is named.

    Raises:
        NotCounted: no clause lets us, it names a time that is past, or it is suspended already.
    """
    office = await ask_office(context, AgreementSuspendCategory.KIND, person, agreement)
    if isinstance(office, Refused):
        return office
    await _refuse_unnamed(context, agreement, category)
    body = AgreementSuspendCategory(category, since, until, NO_NOTE_YET, reason)
    return await declare_by(context, agreement, body, office)


async def resume_category(
    context: Context,
    agreement: AgreementId,
    person: PersonId | None = None,
    *,
    category: str | None = None,
    suspension: Place | None = None,
    since: Until = None,
) -> Entered | Refused:
    """End a suspension of ours: the one named, or the only one, of a category if it is named.

    Raises:
        StateError: none of ours stands, or several do and none is named.
        NotCounted: it is over already, it names a time that is past, or no sooner one than before.
    """
    office = await ask_office(context, AgreementResumeCategory.KIND, person, agreement)
    if isinstance(office, Refused):
        return office
    place = suspension or await _only_one(context, agreement, category)
    body = AgreementResumeCategory(place, since, NO_NOTE_YET)
    return await declare_by(context, agreement, body, office)


async def _refuse_unnamed(context: Context, agreement: AgreementId, category: str) -> None:
    """Refuse a category that no clause lets be suspended, and say which may be."""
    state = (await read_view(context, agreement)).fold.state
    if state.life.agreed is None:
        return
    named = sorted({each for rule in agreed_rules(state) for each in rule.categories})
    if category not in named:
        raise NotCounted(
            "suspension.not-suspendable",
            "no clause lets this category be suspended",
            where=agreement,
            expected=", ".join(named) or "none: the agreement has no `suspension` clause",
            found=category,
            hint="name one of these"
            if named
            else "amend the agreement: comity agreement propose FILE, with such a clause",
        )


async def _only_one(context: Context, agreement: AgreementId, category: str | None) -> Place:
    view = await read_view(context, agreement)
    state = view.fold.state
    known = [
        row
        for row in suspensions_at(state, view.moment(context))
        if row.place.party == view.own and category in (None, row.body.category)
    ]
    if len(known) == 1:
        return known[0].place
    raise StateError(
        "agreement.which-suspension",
        "several suspensions of ours stand" if known else "no suspension of ours stands",
        where=agreement,
        expected="one that stands or is to begin",
        found=", ".join(f"{row.place} ({row.body.category})" for row in known) or "none",
        hint="name its category: comity agreement resume ID --category CATEGORY"
        if known
        else "see what is suspended: comity agreement state",
    )
