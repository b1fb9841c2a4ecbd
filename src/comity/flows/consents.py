# SPDX-License-Identifier: Apache-2.0
"""Consents of ours that say the same: one that is given twice holds on when one is withdrawn."""

from __future__ import annotations

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, Place
from comity.basis.instants import Date, Zone
from comity.flows.context import Context
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.lifecycle_dates import day_end
from comity.state.queries import effective_consents, zone_of
from comity.state.records import Consent
from comity.statement.information import ConsentGive


async def refuse_alike(context: Context, agreement: AgreementId, body: ConsentGive) -> None:
    """Refuse a consent that one of ours grants already, for as long; a longer one may be given.

    So may the first answer to what was asked, which would wait for ever otherwise.

    Raises:
        StateError: one stands already.
    """
    view = await read_view(context, agreement)
    standing, zone = _ours(context, view), zone_of(view.fold.state)
    if body.ask is not None and all(each.consent.ask != body.ask for each in standing):
        return
    for each in standing:
        if _covers(each.consent, body) and _lasts(each.consent, body, zone):
            raise StateError(
                "consent.stands-already",
                "a consent of ours grants this already, for at least as long",
                where=agreement,
                found=str(each.place),
                hint=f"see it: comity consent list; to give less, withdraw {each.place} first",
            )


async def held_besides(
    context: Context, agreement: AgreementId, withdrawn: Place
) -> tuple[Place, ...]:
    """List our other consents that still grant some of what a withdrawn one granted, by place."""
    view = await read_view(context, agreement)
    known = view.fold.state.consents.get(withdrawn)
    if known is None:
        return ()
    return tuple(
        each.place
        for each in _ours(context, view)
        if each.place != withdrawn and _overlaps(view, each.consent, known.consent)
    )


def _ours(context: Context, view: View) -> tuple[Consent, ...]:
    given = effective_consents(view.fold.state, view.moment(context))
    return tuple(each for each in given if each.place.party == view.own)


def _covers(standing: ConsentGive, wanted: ConsentGive) -> bool:
    alike = (standing.recipient, standing.purpose, standing.category)
    wish = (wanted.recipient, wanted.purpose, wanted.category)
    return alike == wish and set(wanted.items) <= set(standing.items)


def _lasts(standing: ConsentGive, wanted: ConsentGive, zone: Zone) -> bool:
    """Say whether a consent ends no sooner than another; a day holds to its end."""
    if standing.until is None:
        return True
    if wanted.until is None:
        return False
    first, second = (
        day_end(each, zone) if isinstance(each, Date) else each
        for each in (standing.until, wanted.until)
    )
    return first >= second


def _overlaps(view: View, one: ConsentGive, other: ConsentGive) -> bool:
    """Say whether two grant the same for some item, by its name or by its category."""
    if (one.recipient, one.purpose) != (other.recipient, other.purpose):
        return False
    if one.category is not None and one.category == other.category:
        return True
    items = _category_of_items(view, one), _category_of_items(view, other)
    return bool(
        set(one.items) & set(other.items) or one.category in items[1] or other.category in items[0]
    )


def _category_of_items(view: View, body: ConsentGive) -> set[str]:
    return {view.protected(each).release.label.category for each in body.items}
