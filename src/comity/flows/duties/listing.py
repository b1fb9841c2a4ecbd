# SPDX-License-Identifier: Apache-2.0
"""What is owed under our agreements, and what comes up: worked out of the registers, never stored.

A duty about an item that a person may not know of is left out without a trace. Source: AGREEMENTS 5
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from comity.agreement.acts import Action
from comity.basis.errors import InputError, StateError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import UTC, Instant, Zone
from comity.basis.strict_json import JsonValue
from comity.decision.house import knows_of
from comity.decision.people import Person
from comity.flows.context import Context
from comity.flows.drafts import waiting_drafts
from comity.flows.facts import find_person
from comity.flows.idle_firms import given_here, without_idle
from comity.flows.listing import may_know, may_know_all
from comity.flows.passing.telling import gather_there, read_onward
from comity.flows.review_days import reviews_coming
from comity.flows.reviews_said import all_reviewed
from comity.flows.unasked import unasked_release
from comity.flows.view import View, judge_anew
from comity.state.coming import ASK_FIRST, Coming, coming_at, coming_json
from comity.state.coming_onward import onward_coming
from comity.state.coming_visits import security_visits_coming
from comity.state.duties import Duty, duties_at, duty_json, urgent_at
from comity.state.duty_triggers import find_trigger, subjects
from comity.state.protected import find_protected
from comity.state.state import State

ID_CHARS_MIN = 6


@dataclass(frozen=True, slots=True)
class Owed:
    """Duties and what comes up under one agreement, as they stand at an instant.

    `zone` is the one in which the agreement counts its days. `is_cut`: some items
    were not looked at.
    """

    agreement: AgreementId
    at: Instant
    duties: tuple[Duty, ...]
    coming: tuple[Coming, ...]
    zone: Zone = UTC
    is_cut: bool = False


async def list_duties(
    context: Context,
    agreement: AgreementId,
    person: PersonId | None = None,
    *,
    at: Instant | None = None,
    live: bool = False,
    oldest: int | None = None,
) -> Owed:
    """List what is owed and comes up, as far as a person may know of it; with `live` what is open.

    With `oldest` of what is open now, only so many items of each register that nobody answered
    are looked at: whoever shows a page of it shows what is due first.

    Raises:
        StateError: no such agreement, or the person is not on the register.
    """
    view = await read_onward(context, agreement)
    by = None if person is None else await find_person(context, person)
    instant = view.moment(context) if at is None else at
    there = gather_there(view, instant)
    drafted = await _unasked_drafts(context, view) if at is None else ()
    reviewed, given = await all_reviewed(context, view), await given_here(context, view)
    if not view.fold.reaches(instant):
        view = await judge_anew(context, agreement)
    with view.fold.standing_at(instant) as state:
        now = live and at is None
        items, is_cut = _looked_at(view, oldest) if now else (None, False)
        duties = duties_at(state, instant, items)
        if live:
            duties = tuple(each for each in duties if each.live)
        asks = tuple(view.open.asks) if now else None
        coming = _coming(context, state, view.own, instant, asks)
        coming = tuple(without_idle(view, state, coming, given, instant))
        coming += tuple(onward_coming(state, view.own, instant, there))
        coming += tuple(reviews_coming(view, state, instant, reviewed))
        coming += drafted
        owed = Owed(agreement, instant, duties, coming, agreement_zone(view), is_cut)
        return _seen_by(state, by, owed)


async def list_urgent(
    context: Context, agreement: AgreementId, person: PersonId | None = None
) -> Owed:
    """List of what is open now what is late or has its reminder come, and all that comes up.

    Raises:
        StateError: no such agreement, or the person is not on the register.
    """
    view = await read_onward(context, agreement)
    by = None if person is None else await find_person(context, person)
    at = view.moment(context)
    there = gather_there(view, at)
    drafted = await _unasked_drafts(context, view)
    reviewed, given = await all_reviewed(context, view), await given_here(context, view)
    with view.fold.standing_at(at) as state:
        duties = urgent_at(state, at, _unanswered(view))
        coming = _coming(context, state, view.own, at, tuple(view.open.asks))
        coming = tuple(without_idle(view, state, coming, given, at))
        coming += tuple(onward_coming(state, view.own, at, there))
        coming += tuple(reviews_coming(view, state, at, reviewed))
        coming += drafted
        return _seen_by(state, by, Owed(agreement, at, duties, coming, agreement_zone(view)))


def agreement_zone(view: View) -> Zone:
    """Give the zone in which an agreement counts its days; UTC while it is not signed."""
    signed = view.find_agreement()
    return UTC if signed is None else signed.lifecycle.zone


def _seen_by(state: State, by: Person | None, owed: Owed) -> Owed:
    """Leave out what a person may not know of."""
    if by is None:
        return owed
    duties = (
        each for each in owed.duties if may_see_duty(state, by, each.about or each.trigger, owed.at)
    )
    coming = (each for each in owed.coming if may_see_coming(state, by, each.about))
    return replace(owed, duties=tuple(duties), coming=tuple(coming))


def _coming(
    context: Context, state: State, own: PartyId, at: Instant, asks: tuple[Place, ...] | None
) -> tuple[Coming, ...]:
    """Give what comes up by the registers, and by our own house's figures, which name no day."""
    months = context.config.schedule.security_visit_months
    return (*coming_at(state, own, at, asks), *security_visits_coming(state, own, at, months))


async def _unasked_drafts(context: Context, view: View) -> tuple[Coming, ...]:
    """Give one reminder where drafts wait that the others were to be asked about before."""
    signed = view.find_agreement()
    terms = None if signed is None else view.fold.state.files[signed.sha256]
    if terms is None or Action.RELEASE.value not in terms.asked_before:
        return ()
    drafts = await waiting_drafts(context)
    waiting = [each for each in drafts if each.item.agreement == view.agreement_id]
    found = (unasked_release(context, view, each.item.category) for each in waiting)
    article = next((each for each in found if each is not None), None)
    return () if article is None else (Coming(ASK_FIRST, view.own, article, None),)


async def find_one(context: Context, agreement: AgreementId, id: str) -> Duty:
    """Find the duty whose id begins so.

    Raises:
        InputError: it is too short, or several begin so.
        StateError: none does.
    """
    if len(id) < ID_CHARS_MIN:
        raise InputError(
            "duty.short-id",
            "this is too short for the id of a duty",
            expected=f"{ID_CHARS_MIN} digits or more",
            found=str(len(id)),
            hint="list them: comity duties",
        )
    owed = await list_duties(context, agreement)
    found = [each for each in owed.duties if each.id.startswith(id)]
    if len(found) > 1:
        raise InputError(
            "duty.which",
            "several duties have ids that begin so",
            expected="one",
            found=str(len(found)),
            hint="give more of the id",
        )
    if not found:
        raise StateError(
            "duty.unknown-id",
            "no duty has an id that begins so",
            where=agreement,
            hint="list them: comity duties",
        )
    return found[0]


def owed_json(owed: Owed) -> dict[str, list[JsonValue]]:
    """Give duties and what comes up as objects, each with its agreement."""
    return {
        "duties": [{"agreement": owed.agreement, **duty_json(each)} for each in owed.duties],
        "coming": [
            {"agreement": owed.agreement, **coming_json(each), "passed": each.has_passed(owed.at)}
            for each in owed.coming
        ],
    }


def _looked_at(view: View, oldest: int | None) -> tuple[Collection[Place] | None, bool]:
    """Give the releases that may be owed an answer, and whether others are left out.

    Among several, what goes on between two others is left out where there is much of it.
    """
    everything = _unanswered(view)
    if oldest is None or (everything is None and _is_short(view, oldest)):
        return everything, False
    items, is_cut = view.open.unanswered.oldest(oldest)
    return items, is_cut or everything is None


def _is_short(view: View, most: int) -> bool:
    return sum(head.size for head in view.heads.values()) <= most


def _unanswered(view: View) -> Collection[Place] | None:
    """Give the releases that may be owed an answer; None: look at all.

    Releases between two others are not among those that we look after.
    """
    return None if len(view.partners) > 1 else tuple(view.open.unanswered)


def may_see_duty(state: State, by: Person, about: Place, at: Instant) -> bool:
    """Say whether a person may know of a duty about an item, or one that a statement triggers.

    Nobody is told of what follows from nothing that counts here.
    """
    item = find_protected(state, about)
    if item is not None:
        return may_know(by, item)
    if not _knows_category(state, by, about):
        return False
    known = tuple(find_trigger(state, about, at))
    named = (item for trigger in known for item in subjects(state, trigger.act))
    return bool(known) and all(may_know(by, item) for item in named)


def may_see_coming(state: State, by: Person, about: Place | None) -> bool:
    """Say whether a person may know of something that comes up about a statement."""
    if about is None:
        return True
    request, ask = state.requests.get(about), state.asks.get(about)
    if request is not None:
        return knows_of(by, request.request.category)
    if not _knows_category(state, by, about):
        return False
    incident = state.incidents.get(about)
    items = (about,) if ask is None else ask.ask.items
    harmed = () if incident is None else (each.item for each in incident.report.affected)
    return may_know_all(state, by, (*items, *harmed))


def _knows_category(state: State, by: Person, about: Place) -> bool:
    """Say whether a person may know of the category that was asked about, if one was."""
    ask = state.asks.get(about)
    category = None if ask is None else ask.ask.category
    return category is None or knows_of(by, category)


def concerns(duty: Duty, party: PartyId) -> bool:
    """Say whether a party owes a duty, or it is owed to it."""
    return party == duty.owed_by or party in duty.owed_to
