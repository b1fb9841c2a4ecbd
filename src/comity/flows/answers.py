# SPDX-License-Identifier: Apache-2.0
"""What our node answers by itself: entries that fail, releases that the agreement does not let in.

Content that fails is stored and cosigned; the answer says why, with the article. Nothing that was
answered is answered again, and no answer to an answer is made. Source: DESIGN 4, STYLE 2.5
"""

from __future__ import annotations

from typing import Final

from comity.basis.ids import AgreementId, Digest, Place
from comity.decision.stages import Refused
from comity.flows.admission import admit_items
from comity.flows.arrivals import named_clear
from comity.flows.context import Context, decide_again
from comity.flows.parcels import Parcel
from comity.flows.speak import (
    Entered,
    NotCounted,
    draft_for,
    house_act,
    reject_ahead,
    speak,
    standing_version,
)
from comity.flows.view import View, Views, own_register
from comity.state.findings import Finding, Uncounted
from comity.state.records import Item
from comity.statement.information import ItemRefusal, ItemRelease
from comity.statement.trust import StatementReject, TimeDispute

ANSWERS_MAX: Final = 256
NOT_ADMITTED: Final = "release.not-admitted"
_NO_ANSWER_TO: Final = ("statement.reject", "time.dispute", "journal.anchor")

Answer = StatementReject | TimeDispute | ItemRefusal


async def answer_partners(
    context: Context,
    views: Views,
    agreement: AgreementId,
    unreadable: tuple[tuple[Parcel, str], ...] = (),
) -> tuple[Entered, ...]:
    """Answer what partners said and we do not take, each once; at most `ANSWERS_MAX` a time.

    1. entries dated ahead of our clock;
    2. entries that their own bytes reject, and admitted ones that do not count;
    3. times that our clock disputes;
    4. releases to us that the agreement does not let in, and parcels that cannot be opened.

    What cannot be said now is left for the next time: an answer never stops what it follows.
    While no file is known that names us, nothing that we say would count, so all of it waits.
    """
    view = await views.of(agreement)
    version = standing_version(view)
    if version is None or view.registers.judged_size(view.own) != own_register(view).size:
        return ()
    spoken = list(await _reject_ahead(context, views, agreement, version))  # 1
    view = await views.of(agreement)
    bodies: list[Answer] = [
        *_rejections(view),  # 2
        *_time_disputes(context, view),  # 3
        *_refusals(view, unreadable),  # 4
    ]
    for body in bodies[:ANSWERS_MAX]:
        entered = await _say(context, views, agreement, body)
        spoken += [] if entered is None else [entered]
    return tuple(spoken)


async def _reject_ahead(
    context: Context, views: Views, agreement: AgreementId, version: Digest
) -> tuple[Entered, ...]:
    async def attempt() -> tuple[Entered, ...]:
        return await reject_ahead(context, await views.of(agreement), version)

    return await decide_again(attempt)


async def _say(
    context: Context, views: Views, agreement: AgreementId, body: Answer
) -> Entered | None:
    """Say one answer, unless another command has said it meanwhile, or it would not count."""

    async def attempt() -> Entered:
        view = await views.of(agreement)
        draft = draft_for(context, view, body, version=standing_version(view))
        return await speak(context, view, draft, house_act(body.KIND))

    try:
        return await decide_again(attempt)
    except NotCounted:
        return None


def _rejections(view: View) -> list[StatementReject]:
    state = view.fold.state
    pending = named_clear(view.statements.values()) - view.known
    found: list[StatementReject] = []
    for judged in view.judged:
        place, rejected, statement = judged.place, judged.rejected, judged.statement
        if place.party == view.own or (view.own, place) in state.rejections:
            continue
        if rejected is not None:
            found.append(_reject(place, rejected.code, rejected.article))
        elif statement is not None and statement.kind not in _NO_ANSWER_TO:
            uncounted = state.uncounted.get(place)
            versions = {statement.agreement_sha256, *named_clear([statement])}
            if uncounted is not None and not _may_yet_count(uncounted, versions & pending):
                found.append(_reject(place, uncounted.finding.value, uncounted.article))
    return found


def _reject(place: Place, code: str, article: str | None) -> StatementReject:
    return StatementReject(place.party, place.index, code, article)


def _may_yet_count(uncounted: Uncounted, pending: frozenset[Digest] | set[Digest]) -> bool:
    """Answer whether only a file is missing that somebody has named: it is asked for first."""
    return uncounted.finding is Finding.UNKNOWN_VERSION and bool(pending)


def _time_disputes(context: Context, view: View) -> list[TimeDispute]:
    """Say what our clock makes of new statements; both times then stand on record.

    A date that only follows one that was said before is no word on the speaker's clock, and an
    answer is not answered: two nodes would dispute each other's disputes for ever.
    """
    now = context.ports.clock.now()
    limit_ms = context.config.time_dispute_limit_s * 1000
    said_at = {each.at for each in view.statements.values()}
    ahead = view.ahead(now)
    found: list[TimeDispute] = []
    for judged in view.judged:
        place, statement = judged.place, judged.statement
        if statement is None or not judged.admitted or place.party == view.own:
            continue
        if statement.at <= now + limit_ms or place in ahead:
            continue
        if statement.kind in _NO_ANSWER_TO or statement.at - 1 in said_at:
            continue
        if (view.own, place) not in view.fold.state.disputed_times:
            found.append(TimeDispute(place.party, place.index, now, limit_ms))
    return found


def _refusals(
    view: View, unreadable: tuple[tuple[Parcel, str], ...]
) -> list[ItemRefusal | StatementReject]:
    """Refuse items that may not be held here, and parcels that are here and cannot be opened."""
    state = view.fold.state
    broken = {parcel.place: (parcel, code) for parcel, code in unreadable}
    found: list[ItemRefusal | StatementReject] = []
    for place, outcome in sorted(admit_items(view, _unanswered(view)).items()):
        if isinstance(outcome, Refused):
            articles = tuple(sorted({each.article for each in outcome.findings}))
            found.append(ItemRefusal(place, NOT_ADMITTED, articles))
        elif place in broken:
            found.append(ItemRefusal(place, broken[place][1], ()))
    for place, (parcel, code) in sorted(broken.items()):
        asked = not isinstance(parcel.statement.body, ItemRelease)
        if asked and (view.own, place) not in state.rejections:
            found.append(_reject(place, code, None))
    return found


def _unanswered(view: View) -> list[Item]:
    """List the items to us that we have neither receipted, refused nor rejected."""
    state = view.fold.state
    return [
        item
        for place, item in state.items.items()
        if view.own in item.to
        and (place, view.own) not in state.refusals
        and (place, view.own) not in state.receipts
        and (view.own, place) not in state.rejections
    ]
