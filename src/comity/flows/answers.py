# SPDX-License-Identifier: Apache-2.0
"""What our node answers by itself: entries that fail, releases that the agreement does not let in.

Content that fails is stored and cosigned; the answer says why, with the article. Nothing that was
answered is answered again. Source: DESIGN 4, STYLE 2.5
"""

from __future__ import annotations

from typing import Final

from comity.basis.errors import StateError
from comity.basis.ids import Digest, Place
from comity.decision.admission import Admitted, MirroredRelease, admit_release
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.facts import assurance_fact, consent_fact
from comity.flows.speak import Entered, draft_for, house_act, speak
from comity.flows.view import View
from comity.state.lifecycle import lifecycle_at
from comity.state.queries import assurances_in_force, consents_for
from comity.state.records import Item
from comity.statement.envelope import Statement
from comity.statement.information import ItemRefusal, ItemRelease
from comity.statement.judgement import find_time_ahead
from comity.statement.trust import StatementReject, TimeDispute

ANSWERS_MAX: Final = 256
_NO_ANSWER_TO: Final = ("statement.reject", "time.dispute", "journal.anchor")
NOT_ADMITTED: Final = "release.not-admitted"


async def answer_partners(context: Context, view: View) -> tuple[Entered, ...]:
    """Answer what partners said and we do not take, each once; at most `ANSWERS_MAX` a time.

    1. entries that their own bytes reject, and admitted ones that do not count;
    2. entries dated ahead of our clock;
    3. releases to us that the agreement does not let in.
    """
    if view.find_agreement() is None and not view.files:
        return ()
    bodies: list[StatementReject | TimeDispute | ItemRefusal] = [
        *_rejections(view),
        *_time_disputes(context, view),
        *_refusals(view),
    ]
    spoken: list[Entered] = []
    for body in bodies[:ANSWERS_MAX]:
        draft = draft_for(context, view, body, version=_version(view))
        spoken.append(await speak(context, view, draft, house_act(body.KIND)))
    return tuple(spoken)


def _version(view: View) -> Digest:
    life = view.fold.state.life
    return life.agreed or life.on_table or next(iter(sorted(view.files)))


def _rejections(view: View) -> list[StatementReject]:
    state = view.fold.state
    found: list[StatementReject] = []
    for judged in view.judged:
        place, rejected = judged.place, judged.rejected
        if place.party == view.own or (view.own, place) in state.rejections:
            continue
        kind = "" if judged.statement is None else judged.statement.kind
        uncounted = state.uncounted.get(place)
        if rejected is not None:
            found.append(_reject(place, rejected.code, rejected.article))
        elif uncounted is not None and kind not in _NO_ANSWER_TO:
            found.append(_reject(place, uncounted.finding.value, uncounted.article))
    return found


def _reject(place: Place, code: str, article: str | None) -> StatementReject:
    return StatementReject(place.party, place.index, code, article)


def _time_disputes(context: Context, view: View) -> list[StatementReject | TimeDispute]:
    """Say what our clock makes of new statements; both times then stand on record."""
    now = context.ports.clock.now()
    limit_ms = context.config.time_dispute_limit_s * 1000
    found: list[StatementReject | TimeDispute] = []
    for judged in view.judged:
        place, statement = judged.place, judged.statement
        if statement is None or not judged.admitted or place.party == view.own:
            continue
        state = view.fold.state
        ahead = find_time_ahead(statement, now)
        if ahead is not None and (view.own, place) not in state.rejections:
            found.append(_reject(place, ahead.code, None))
        elif statement.at > now + limit_ms and (view.own, place) not in state.disputed_times:
            found.append(TimeDispute(place.party, place.index, now, limit_ms))
    return found


def _refusals(view: View) -> list[ItemRefusal]:
    state = view.fold.state
    found: list[ItemRefusal] = []
    for place, item in sorted(state.items.items(), key=lambda each: each[0]):
        answered = (place, view.own) in state.refusals or (place, view.own) in state.receipts
        if answered or view.own not in item.to:
            continue
        outcome = admit_item(view, item)
        if isinstance(outcome, Refused):
            articles = tuple(sorted({each.article for each in outcome.findings}))
            found.append(ItemRefusal(place, NOT_ADMITTED, articles))
    return found


def admit_item(view: View, item: Item, *, channel: str = "courier") -> Admitted | Refused:
    """Decide whether a partner's release may be held here, by what stood at its own place.

    Our assurances count only if the release's speaker had seen them (DESIGN 4).

    Raises:
        StateError: the version that it was released under is not here.
    """
    agreement = view.files.get(item.version)
    statement = _statement_at(view, item.place)
    if agreement is None or statement is None:
        raise StateError("agreement.unknown-version", "the agreement file is not here")
    seen = {**dict(statement.seen), item.place.party: item.place.index}
    with view.fold.standing_at(item.at) as state:
        standing = lifecycle_at(state, item.at)
        assurances = assurances_in_force(state, view.own, item.at, seen=seen)
        consents = consents_for(state, item, item.at, seen=seen)
    release = MirroredRelease(
        item_id=str(item.place),
        by=item.place.party,
        receiver=view.own,
        at=item.at,
        label=item.release.label,
        channel=channel,
        agreement_state=standing.agreement_state or "",
        suite=item.release.sealed.suite,
        assurances=tuple(assurance_fact(each) for each in assurances),
        consents=tuple(consent_fact(each) for each in consents),
    )
    return admit_release(agreement, release)


def _statement_at(view: View, place: Place) -> Statement | None:
    for judged in view.judged:
        if judged.place == place:
            return judged.statement
    return None


async def refuse_unreadable(
    context: Context, view: View, failed: tuple[tuple[Statement, str], ...]
) -> tuple[Entered, ...]:
    """Say that a parcel came and cannot be opened: the partner sends it again."""
    spoken: list[Entered] = []
    for statement, code in failed:
        place = _place_of(view, statement)
        state = view.fold.state
        done = (place, view.own) in state.refusals or (place, view.own) in state.receipts
        if done or not isinstance(statement.body, ItemRelease) or place not in state.items:
            continue
        body = ItemRefusal(place, code, ())
        spoken.append(
            await speak(context, view, draft_for(context, view, body), house_act(body.KIND))
        )
    return tuple(spoken)


def _place_of(view: View, statement: Statement) -> Place:
    return next(each.place for each in view.judged if each.statement is statement)
