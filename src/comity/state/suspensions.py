# SPDX-License-Identifier: Apache-2.0
"""Categories that parties have suspended: what stops of them, for whom, and from when until when.

Who releases is held to what it had seen: a suspension that was on its way undoes nothing that was
let go meanwhile, and no clock decides it. Source: AGREEMENTS.md section 3 (`suspension`)
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from comity.agreement.acts import Action
from comity.basis.ids import Digest, PartyId, Place, format_place
from comity.basis.instants import Date, Instant, Zone, format_instant
from comity.basis.strict_json import JsonValue
from comity.marking.labels import Label
from comity.state.findings import Finding, Uncounted
from comity.state.lifecycle_dates import day_of, day_start, until_passed
from comity.state.queries import Seen, within
from comity.state.records import Resumption, Said, Suspension
from comity.state.state import State
from comity.state.tables import Chain
from comity.state.terms import SuspensionRule
from comity.statement.treaty import AgreementResumeCategory, AgreementSuspendCategory

RELEASING: Final = frozenset({Action.RELEASE.value, Action.TRANSMIT.value})
"""The acts that a release is."""

_CLAUSE: Final = "suspension"


def apply_suspend_category(
    state: State, said: Said, body: AgreementSuspendCategory
) -> Uncounted | None:
    """Suspend a category that a clause lets be suspended; told to all, and never for a time past.

    A party has one suspension of a category at a time, that stands or is to begin.
    """
    refused = _not_now(state, said)
    if refused is not None:
        return refused
    terms = state.files[said.version]
    rules = [rule for rule in terms.suspensions if body.category in rule.categories]
    if not rules:
        return Uncounted(Finding.NOT_SUSPENDABLE, terms.article(_CLAUSE))
    article, zone = rules[0].article, terms.agreement.lifecycle.zone
    starts, ends = _start(said, body.since, zone), until_passed(body.until, zone)
    if starts is None:
        return Uncounted(Finding.SUSPENDED_EARLIER, article)
    if ends <= starts:
        return Uncounted(Finding.NEVER_SUSPENDED, article)
    key = (body.category, said.by)
    before = state.suspensions.get(key)
    if before is not None and _end_of(state, before.newest, None) > said.at:
        return Uncounted(Finding.ALREADY_SUSPENDED, article)
    row = Suspension(said.place, said.at, body, article, starts, ends)
    state.suspensions.put(key, Chain(row, before))
    state.suspended_by.put(said.place, row)
    return None


def apply_resume_category(
    state: State, said: Said, body: AgreementResumeCategory
) -> Uncounted | None:
    """End a suspension of the speaker's own, or end it sooner than was said of it before.

    What was said once to end it binds its speaker: it may be brought forward while it has not
    begun, so that a day that was named by mistake undoes itself; it is never put off.
    """
    refused = _not_now(state, said)
    if refused is not None:
        return refused
    known = state.suspended_by.get(body.suspension)
    if known is None or known.place.party != said.by or _end_of(state, known, None) <= said.at:
        return Uncounted(Finding.NOT_SUSPENDED, state.files[said.version].article(_CLAUSE))
    starts = _start(said, body.since, state.files[said.version].agreement.lifecycle.zone)
    if starts is None:
        return Uncounted(Finding.SUSPENDED_EARLIER, known.article)
    before = state.resumptions.get(known.place)
    if before is not None and starts >= before.newest.starts:
        return Uncounted(Finding.RESUMED_NO_SOONER, known.article)
    row = Resumption(said.place, said.at, body, starts)
    state.resumptions.put(known.place, Chain(row, before))
    return None


def act_suspended(
    state: State, said: Said, *, acts: Collection[str], label: Label, instant: Instant
) -> Uncounted | None:
    """Say which article stops an act on a label at an instant, as its speaker had seen, or None."""
    for rule in state.files[said.version].suspensions:
        if label.category in rule.categories and not rule.acts.isdisjoint(acts):
            seen = {**dict(said.seen), said.by: said.place.index}
            if _bites(rule, _suspenders(state, label.category, instant, seen), label.originators):
                return Uncounted(Finding.CATEGORY_SUSPENDED, rule.article)
    return None


def suspended_categories(
    state: State,
    version: Digest | None,
    originators: Collection[PartyId],
    instant: Instant,
    seen: Seen | None = None,
) -> tuple[str, ...]:
    """List the categories that are suspended at an instant for items of these originators.

    The clauses of this version say of whose items; no file has two that differ for a category.
    """
    terms = None if version is None else state.files.get(version)
    found: set[str] = set()
    for rule in () if terms is None else terms.suspensions:
        for category in rule.categories - found:
            if _bites(rule, _suspenders(state, category, instant, seen), originators):
                found.add(category)
    return tuple(sorted(found))


def standing_suspensions(state: State, instant: Instant) -> tuple[Place, ...]:
    """List every suspension that stands at an instant, whatever stops by it, by place."""
    rows = (row for row in _newest(state) if row.starts <= instant < _end_of(state, row, None))
    return tuple(sorted(row.place for row in rows))


def suspensions_at(state: State, instant: Instant) -> tuple[Suspension, ...]:
    """List the suspensions that stand at an instant or are to begin, by place."""
    live = (row for row in _newest(state) if _end_of(state, row, None) > instant)
    return tuple(sorted(live, key=lambda row: row.place))


def suspension_ends(state: State, row: Suspension) -> Instant:
    """Give the first instant at which a suspension is over: by its own word, or resumed."""
    return _end_of(state, row, None)


def agreed_rules(state: State) -> tuple[SuspensionRule, ...]:
    """Give what may be suspended by the text that all have signed last."""
    agreed = state.life.agreed
    return () if agreed is None else state.files[agreed].suspensions


def suspensions_json(state: State, at: Instant) -> list[JsonValue]:
    """Write every suspension by place, how it ended, and whether it stands at an instant."""
    rows = sorted(state.suspended_by.values(), key=lambda row: row.place)
    return [_row_json(state, row, at) for row in rows]


def _newest(state: State) -> tuple[Suspension, ...]:
    """Give the last suspension of each category by each party."""
    return tuple(chain.newest for chain in state.suspensions.values())


def _row_json(state: State, row: Suspension, at: Instant) -> dict[str, JsonValue]:
    said: dict[str, JsonValue] = row.body.to_json()
    del said["authority"]
    chain = state.resumptions.get(row.place)
    resumed = None if chain is None else chain.newest
    return {
        **said,
        "place": format_place(row.place),
        "by": row.place.party,
        "at": format_instant(row.at),
        "article": row.article,
        "starts": format_instant(row.starts),
        "own_items": _own_items(state, row.body.category),
        "resumed_by": None if resumed is None else format_place(resumed.place),
        "resumes": None if resumed is None else format_instant(resumed.starts),
        "stands": row.starts <= at < _end_of(state, row, None),
    }


def _not_now(state: State, said: Said) -> Uncounted | None:
    """Say why nothing is suspended or resumed under this version now, or to these parties alone."""
    terms = state.files[said.version]
    if state.life.agreed is None:
        return Uncounted(Finding.NOT_SIGNED, terms.lifecycle_article)
    if said.version != state.life.agreed:
        return Uncounted(Finding.SUPERSEDED_VERSION, terms.lifecycle_article)
    if not state.standing(said.at).alive:
        return Uncounted(Finding.ENDED, terms.lifecycle_article)
    if not terms.parties <= {said.by, *said.to}:
        return Uncounted(Finding.SUSPENDED_UNTOLD, terms.article(_CLAUSE))
    return None


def _start(said: Said, since: Date | Instant | None, zone: Zone) -> Instant | None:
    """Give from when it holds: never before it is said; None where a time before that is named."""
    match since:
        case None:
            return said.at
        case Date():
            is_past = since < day_of(said.at, zone)
            return None if is_past else max(day_start(since, zone), said.at)
        case _:
            return None if since < said.at else since


def _bites(
    rule: SuspensionRule, suspenders: Collection[PartyId], originators: Collection[PartyId]
) -> bool:
    """Say whether by one clause a suspension stops items of these originators."""
    if rule.own_items:
        return not frozenset(originators).isdisjoint(suspenders)
    return bool(suspenders)


def _suspenders(
    state: State, category: str, instant: Instant, seen: Seen | None
) -> tuple[PartyId, ...]:
    """Give the parties whose suspension of a category stands, as it was seen.

    Of each party's suspensions the newest that was seen and had begun decides: it was said when all
    before it were over.
    """
    found = []
    for party in state.life.parties:
        chain = state.suspensions.get((category, party))
        while chain is not None and not (
            within(chain.newest.place, seen) and chain.newest.starts <= instant
        ):
            chain = chain.before
        if chain is not None and instant < _end_of(state, chain.newest, seen):
            found.append(party)
    return tuple(found)


def _own_items(state: State, category: str) -> bool:
    """Say whether, by the text that all have signed last, each stops its own items alone."""
    return any(rule.own_items for rule in agreed_rules(state) if category in rule.categories)


def _end_of(state: State, row: Suspension, seen: Seen | None) -> Instant:
    """Give the end of a suspension as it was seen; of its resumptions each begins sooner."""
    chain = state.resumptions.get(row.place)
    while chain is not None and not within(chain.newest.place, seen):
        chain = chain.before
    return row.ends if chain is None else min(row.ends, chain.newest.starts)
