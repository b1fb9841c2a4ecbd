# SPDX-License-Identifier: Apache-2.0
"""What our node answers by itself: entries that fail, releases that the agreement does not let in.

Content that fails is stored and cosigned; the answer says why, with the article. Nothing that was
answered is answered again, and no answer to an answer is made. Source: DESIGN 4, STYLE 2.5
"""

from __future__ import annotations

from typing import Final

from comity.basis.errors import ComityError
from comity.basis.ids import Digest, Place
from comity.basis.instants import Instant
from comity.flows.admission import decide_items
from comity.flows.context import Context
from comity.flows.foreign_items import articles_of
from comity.flows.not_counted import NotCounted
from comity.flows.parcels import Parcel
from comity.flows.refute import refute_claims
from comity.flows.signing import sign_last
from comity.flows.speak import (
    Entered,
    Prepare,
    Utterance,
    draft_for,
    enter_all,
    house_act,
    reject_ahead,
    standing_version,
)
from comity.flows.view import View, own_register, statement_at
from comity.state.findings import Finding, Uncounted
from comity.statement.information import ItemRefusal, ItemRelease
from comity.statement.trust import StatementReject, TimeDispute

ANSWERS_MAX: Final = 256
NOT_ADMITTED: Final = "release.not-admitted"
_NO_ANSWER_TO: Final = ("statement.reject", "time.dispute", "journal.anchor")

Answer = StatementReject | TimeDispute | ItemRefusal


async def answer_partners(
    context: Context, view: View, unreadable: tuple[tuple[Parcel, str], ...] = ()
) -> tuple[Entered, ...]:
    """Answer what partners said and we do not take, each once; at most `ANSWERS_MAX` a time.

    1. entries dated ahead of our clock, and such as claim what we never said;
    2. entries that their own bytes reject, and admitted ones that do not count;
    3. times that our clock disputes;
    4. releases to us that the agreement does not let in, and parcels that cannot be opened.

    What cannot be said now is left for the next time: an answer never stops what it follows.
    While no file is known that names us, nothing that we say would count, so all of it waits.

    Raises:
        BasisMoved: something that this rested on has changed: gather and decide again.
    """
    version = standing_version(view)
    if version is None or view.registers.judged_size(view.own) != own_register(view).size:
        return ()
    spoken = list(await reject_ahead(context, view, version))  # 1
    spoken += await refute_claims(context, view, version)
    await decide_items(context, view)
    bodies: list[Answer] = [
        *_rejections(view),  # 2
        *await _time_disputes(context, view),  # 3
        *_refusals(view, unreadable),  # 4
    ]
    if not bodies:
        return tuple(spoken)
    said = [_answer(context, body) for body in bodies[:ANSWERS_MAX]]
    outcomes = await enter_all(context, view, said)
    await sign_last(context, view)
    for outcome in outcomes:
        if isinstance(outcome, Entered):
            spoken.append(outcome)
        elif isinstance(outcome, ComityError) and not isinstance(outcome, NotCounted):
            raise outcome
    return tuple(spoken)


def _answer(context: Context, body: Answer) -> Prepare:
    async def prepare(view: View) -> Utterance:
        draft = draft_for(context, view, body, version=standing_version(view))
        return Utterance(draft, house_act(body.KIND))

    return prepare


def _rejections(view: View) -> list[StatementReject]:
    """Reject entries that their bytes reject, and admitted ones that do not count."""
    state, pending = view.fold.state, view.open.named - view.known
    found = {place: (each.code, each.article) for place, each in view.open.rejected.items()}
    for place, versions in view.open.uncounted.items():
        uncounted = state.uncounted.get(place)
        if uncounted is not None and not _may_yet_count(uncounted, versions & pending):
            found[place] = uncounted.finding.value, uncounted.article
    return [_reject(place, *found[place]) for place in sorted(found)]


def _reject(place: Place, code: str, article: str | None) -> StatementReject:
    return StatementReject(place.party, place.index, code, article)


def _may_yet_count(uncounted: Uncounted, pending: frozenset[Digest]) -> bool:
    """Answer whether only a file is missing that somebody has named: it is asked for first."""
    return uncounted.finding is Finding.UNKNOWN_VERSION and bool(pending)


async def _time_disputes(context: Context, view: View) -> list[TimeDispute]:
    """Say what our clock makes of new statements; both times then stand on record.

    A date that only follows one that was said before is no word on the speaker's clock, and an
    answer is not answered: two nodes would dispute each other's disputes for ever.
    """
    now = context.ports.clock.now()
    limit_ms = context.config.time_dispute_limit_s * 1000
    greatest = (view.registers.position(party).greatest_at for party in view.partners)
    if all(at is None or at <= now + limit_ms for at in greatest):
        return []
    later = sorted(view.registers.later_than(Instant(now - 1)))
    said_at = {at for _, at in later}
    ahead = view.ahead(now)
    found: list[TimeDispute] = []
    for place, at in later:
        if place.party == view.own or at <= now + limit_ms or place in ahead or at - 1 in said_at:
            continue
        if (view.own, place) in view.fold.state.disputed_times:
            continue
        if (await statement_at(context, view, place)).kind not in _NO_ANSWER_TO:
            found.append(TimeDispute(place.party, place.index, now, limit_ms))
    return found


def _refusals(
    view: View, unreadable: tuple[tuple[Parcel, str], ...]
) -> list[ItemRefusal | StatementReject]:
    """Refuse items that may not be held here, and parcels that are here and cannot be opened."""
    broken = {parcel.place: (parcel, code) for parcel, code in unreadable}
    found: list[ItemRefusal | StatementReject] = []
    unanswered = {place for place in broken if _is_unanswered(view, place)}
    for place in sorted(view.open.refused.keys() | unanswered):
        articles = view.open.refused.get(place)
        if articles is not None:
            found.append(ItemRefusal(place, NOT_ADMITTED, articles))
        else:
            parcel, code = broken[place]
            found.append(ItemRefusal(place, code, articles_of(view, parcel, code)))
    for place, (parcel, code) in sorted(broken.items()):
        asked = not isinstance(parcel.statement.body, ItemRelease)
        if asked and (view.own, place) not in view.fold.state.rejections:
            found.append(_reject(place, code, None))
    return found


def _is_unanswered(view: View, place: Place) -> bool:
    """Answer whether an item is to us, and neither receipted, refused nor rejected by us."""
    state, key = view.fold.state, (place, view.own)
    item = state.items.get(place)
    answered = key in state.receipts or key in state.refusals
    return item is not None and not answered and (view.own, place) not in state.rejections
