# SPDX-License-Identifier: Apache-2.0
"""The state of an agreement at an instant, in every party's reading, and which one governs.

`Life` is what treaty statements add up to; it changes only with them. States that come with
time alone (entry into force, the end after a notice) are worked out from it here.
Source: AGREEMENTS.md section 2
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from comity.agreement.acts import AgreementState
from comity.agreement.model import LifecycleRules
from comity.basis.ids import Digest, PartyId
from comity.basis.instants import INSTANT_MAX, INSTANT_MIN, Date, Instant
from comity.state.lifecycle_dates import (
    day_end,
    day_of,
    last_day_of_term,
    last_notice_day,
    term_at,
)
from comity.state.readings import Delivery, Reading, strictness

_TERMS_KEPT: Final = 256


@dataclass(frozen=True, slots=True)
class Life:
    """What the parties' words amount to so far.

    `on_table` is the text under negotiation, `agreed` the version that every party signed.
    `stage` is the state before entry into force; `readings`, one for each party, begin with it.
    """

    on_table: Digest | None = None
    agreed: Digest | None = None
    rules: LifecycleRules | None = None
    parties: tuple[PartyId, ...] = ()
    stage: AgreementState | None = None
    signed_at: Instant | None = None
    notified: tuple[Delivery, ...] = ()
    readings: tuple[tuple[PartyId, Reading], ...] = ()


NO_LIFE: Final = Life()
"""Before anything was proposed."""


@dataclass(frozen=True, slots=True)
class TermView:
    """The term that an instant falls in: its end, and the last day of notice for it."""

    ends_at: Instant
    last_notice_day: Date


@dataclass(frozen=True, slots=True)
class ReadingView:
    """One party's reading at an instant.

    `computed` follows from the notes; `state` is what the party declared instead, if it did.
    `ends_at` is set once an end is known, by notice or because nothing renews the agreement.
    """

    party: PartyId
    state: AgreementState
    computed: AgreementState
    in_force_at: Instant
    term: TermView | None
    ends_at: Instant | None


@dataclass(frozen=True, slots=True)
class LifecycleView:
    """The agreement at an instant.

    `state` governs new releases: the strictest reading, and never laxer than what at least
    one party's reading computes. None before anything was proposed. The dates are those of
    the governing reading; `governed_by` is the party whose reading that is, where they differ.
    """

    state: AgreementState | None
    readings: tuple[ReadingView, ...]
    interpretation_disputed: bool
    governed_by: PartyId | None
    in_force_at: Instant | None
    term: TermView | None
    ends_at: Instant | None
    article: str | None

    @property
    def agreement_state(self) -> str | None:
        """Give the state as requests for a decision name it."""
        return None if self.state is None else self.state.value


class HasLife(Protocol):
    """Whatever holds a `Life`: the state of the fold."""

    @property
    def life(self) -> Life:
        """Give what the treaty statements amount to."""


def lifecycle_at(state: HasLife, instant: Instant) -> LifecycleView:
    """Work out the lifecycle at `instant` from every statement folded so far.

    Statements entered after `instant` are not taken away here; `Fold.standing_at` does that.
    """
    life = state.life
    article = None if life.rules is None else life.rules.article
    if life.rules is None or not life.readings:
        return LifecycleView(life.stage, (), False, None, None, None, None, article)
    rules = life.rules
    views = tuple(_view(rules, party, reading, instant) for party, reading in life.readings)
    governing = max(views, key=_severity)
    said = {(view.state, view.in_force_at, view.ends_at) for view in views}
    return LifecycleView(
        standing_at(life, instant).state,
        views,
        len(said) > 1,
        governing.party if len(said) > 1 else None,
        governing.in_force_at,
        governing.term,
        governing.ends_at,
        article,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """The governing state of one `Life`, from `since` until just before `until`.

    `alive` says whether the agreement has not ended in at least one reading.
    """

    life: Life
    since: Instant
    until: Instant
    state: AgreementState | None
    alive: bool

    def holds(self, life: Life, instant: Instant) -> bool:
        """Say whether this still answers for `life` at `instant`."""
        return self.life is life and self.since <= instant < self.until


def standing_at(life: Life, instant: Instant) -> Standing:
    """Work out the governing state, and for how long the answer holds if nobody speaks.

    The strictest reading governs. What a party declares can hold releases back, and can go
    along with another party's reading, but never beyond what some reading computes: words
    alone neither bring an agreement into force nor back to life.

    Source: AGREEMENTS.md section 2
    """
    edges = [edge for _, reading in life.readings for edge in reading.boundaries()]
    since = max((edge for edge in edges if edge <= instant), default=INSTANT_MIN)
    until = min((edge for edge in edges if edge > instant), default=Instant(INSTANT_MAX + 1))
    computed = [_computed(reading, instant) for _, reading in life.readings]
    if not computed:
        return Standing(life, since, until, life.stage, True)
    said = [reading.declared or _computed(reading, instant) for _, reading in life.readings]
    mildest = min(computed, key=strictness)
    state = max(*said, mildest, key=strictness)
    return Standing(life, since, until, state, mildest is not AgreementState.TERMINATED)


def _computed(reading: Reading, instant: Instant) -> AgreementState:
    return AgreementState.SIGNED if instant < reading.in_force_at else reading.state_at(instant)


def _view(rules: LifecycleRules, party: PartyId, reading: Reading, instant: Instant) -> ReadingView:
    computed = _computed(reading, instant)
    return ReadingView(
        party,
        reading.declared or computed,
        computed,
        reading.in_force_at,
        _term(rules, reading.entered, day_of(instant, rules.zone)),
        reading.ended_at(),
    )


@lru_cache(maxsize=_TERMS_KEPT)
def _term(rules: LifecycleRules, entered: Date, day: Date) -> TermView | None:
    """Find the term of a day; every decision of that day asks for the same."""
    number = term_at(rules, entered, day)
    last_day = last_day_of_term(rules, entered, number)
    notice_day = last_notice_day(rules, entered, number)
    if last_day is None or notice_day is None:
        return None
    return TermView(day_end(last_day, rules.zone), notice_day)


def _severity(view: ReadingView) -> tuple[int, int, int]:
    ends_at = INSTANT_MAX if view.ends_at is None else view.ends_at
    return strictness(view.state), strictness(view.computed), -ends_at
