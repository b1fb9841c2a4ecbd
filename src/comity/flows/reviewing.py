# SPDX-License-Identifier: Apache-2.0
"""Until when an item is kept: the day on which its need is looked at again, and what was found.

A review keeps an item longer, or says that its need has ended; it closes nothing. From then on it
is to be given back or destroyed, within the time that the file names.
Source: Japan-ROK GSOMIA Art. 6(h) (treaties.md G6h)
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from comity.agreement.model import Clause
from comity.basis.errors import InputError, StateError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import (
    Date,
    Instant,
    add_to_date,
    date_of,
    format_date,
    format_instant,
)
from comity.basis.strict_json import JsonValue
from comity.decision.house import KEEPING_OFFICES, allow_house_act, allow_listing
from comity.decision.stages import Refused
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.copies import held_since
from comity.flows.documents import REVIEWED, json_document
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person
from comity.flows.journal import journal_entry
from comity.flows.listing import may_know
from comity.flows.reviews_said import Reviewed, reviewed_last
from comity.flows.turns import turn
from comity.flows.view import View
from comity.ports import Basis, Change
from comity.state.closing import Keeping, keeping_of
from comity.state.duty_times import due_after
from comity.state.queries import items_for
from comity.state.records import Item

_ACT = "item.review"


@dataclass(frozen=True, slots=True)
class Review:
    """An item that we were given: until when it may be kept unlooked at, and where it stands.

    Once its need has ended, `due` is by when it is given up. None: no clause names a time.
    """

    item: Item
    due: Date | None
    overdue: bool
    keeping: Keeping
    reviewed: Reviewed | None

    @property
    def has_ended(self) -> bool:
        """Answer whether its need was found to have ended."""
        return self.reviewed is not None and self.reviewed.until is None


async def list_reviews(
    context: Context, agreement: AgreementId, person: PersonId
) -> tuple[Review, ...] | Refused:
    """List what we hold of others', as far as the person may know of it, by place."""
    by = await find_person(context, person)
    allowed = allow_listing(by)
    if isinstance(allowed, Refused):
        return allowed
    async with turn(context, agreement) as view:
        held = [
            item
            for item in items_for(view.fold.state, view.own)
            if may_know(by, item) and held_since(view.fold.state, view.own, item) is not None
        ]
        return tuple([await review_of(context, view, item) for item in held])


async def review_item(
    context: Context, agreement: AgreementId, place: Place, person: PersonId, until: Date | None
) -> Review | Refused:
    """Say that an item is needed until a day, and is looked at again then; None: no longer needed.

    Raises:
        InputError: the day has passed, or lies later than the file lets it be kept unlooked at.
        StateError: no such item; or its need is said to have ended, and we hold nothing of it.
    """

    async def attempt() -> Review | Refused:
        async with turn(context, agreement) as view:
            version = await context.ports.store.version(REVIEWED)
            item, by = view.item(place), await find_person(context, person)
            details: dict[str, JsonValue] = {"item": f"{agreement}/{place}"}
            allowed = allow_house_act(_ACT, by.roles, KEEPING_OFFICES)
            if isinstance(allowed, Refused):
                return await keep_refusal(context, allowed, person, details)
            now = view.moment(context)
            if until is None:
                _check_held(view, item)
            else:
                _check_until(view, item, now, until)
            said = None if until is None else format_date(until)
            details["until"] = said
            change = Change(
                allowed_by=allowed,
                basis=Basis(versions=((REVIEWED, version),)),
                documents=(
                    json_document(
                        REVIEWED,
                        f"{agreement}/{place}",
                        {
                            "at": format_instant(now),
                            "by": person,
                            "until": said,
                        },
                    ),
                ),
                journal=(journal_entry(context, _ACT, person, details=details),),
            )
            await commit_on(context, view, change)
            return await review_of(context, view, item)

    return await decide_again(attempt)


async def review_of(context: Context, view: View, item: Item) -> Review:
    """Work out until when an item may be kept, and whether that day has passed."""
    reviewed = await reviewed_last(context, view.agreement_id, item.place)
    today = _day(view, item, view.moment(context))
    if reviewed is None:
        due = first_due(view, item)
    else:
        due = give_up_by(view, item, reviewed) if reviewed.until is None else reviewed.until
    keeping = _keeping(view, item)
    overdue = due is not None and due < today and keeping is not Keeping.CLOSED
    return Review(item, due, overdue, keeping, reviewed)


def give_up_by(view: View, item: Item, ended: Reviewed) -> Date | None:
    """Give the last day to give up what is not needed any longer; None: no number is named."""
    terms = (clause.find_term("within") for clause in _clauses(view, item))
    longest = (None if each is None else each.duration for each in terms)
    zone = view.file(item.version).lifecycle.zone
    ends = [due_after(ended.at, each, zone) for each in longest if each is not None]
    return _day(view, item, Instant(min(ends) - 1)) if ends else None


def first_due(view: View, item: Item) -> Date | None:
    """Give the earliest day that a clause, or the label's end of use, names."""
    since, label = held_since(view.fold.state, view.own, item), item.release.label
    days = []
    for clause in _clauses(view, item):
        longest = clause.find_duration("at_most")
        if longest is not None and since is not None:
            with suppress(InputError):  # beyond the year 9999
                days.append(add_to_date(_day(view, item, since), longest))
    until = label.use_until
    if until is not None:
        days.append(until if isinstance(until, Date) else _day(view, item, until))
    return min(days, default=None)


def _check_held(view: View, item: Item) -> None:
    held = held_since(view.fold.state, view.own, item) is not None
    if item.place.party == view.own or not held or _keeping(view, item) is not Keeping.HELD:
        raise StateError(
            "item.not-held",
            "this item is not held here",
            where=f"{view.agreement_id}/{item.place}",
            hint="what others gave us and we hold: comity item reviews",
        )


def _keeping(view: View, item: Item) -> Keeping:
    return keeping_of(view.fold.state, item, view.own)


def _check_until(view: View, item: Item, now: Instant, until: Date) -> None:
    today = _day(view, item, now)
    longest = [clause.find_duration("at_most") for clause in _clauses(view, item)]
    latest = min((add_to_date(today, each) for each in longest if each is not None), default=None)
    last = "any day" if latest is None else format_date(latest)
    if until < today or (latest is not None and until > latest):
        raise InputError(
            "item.review-until",
            "an item is not kept until that day unlooked at",
            where="until",
            expected=f"{format_date(today)} to {last}",
            found=format_date(until),
        )


def _clauses(view: View, item: Item) -> tuple[Clause, ...]:
    return tuple(view.file(item.version).clauses("retention"))


def _day(view: View, item: Item, at: Instant) -> Date:
    return date_of(at, view.file(item.version).lifecycle.zone)
