# SPDX-License-Identifier: Apache-2.0
"""How one party reads the notes that move an agreement's life, and what follows from each note.

The legal date of a note is the date on which it was delivered, as its speaker recorded it. Every
other party reads the date of its entry where that is later: nobody gains time by backdating.
A reading in which the agreement has ended does not move again by a note that came after.
Source: AGREEMENTS.md section 2; Japan-ROK GSOMIA Art. 21(1), 21(3); `spec/timeline.md` section 1
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from comity.agreement.acts import AgreementState
from comity.agreement.model import LifecycleRules
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Date, Instant, Zone
from comity.state.lifecycle_dates import day_end, day_of, day_start, expiry, notice_last_day

_STRICTNESS: Final = (
    AgreementState.IN_FORCE,
    AgreementState.NOTICE_SUSPENDED,
    AgreementState.NOTICE_GIVEN,
    AgreementState.SIGNED,
    AgreementState.INITIALLED,
    AgreementState.PROPOSED,
    AgreementState.TERMINATED,
)


def strictness(state: AgreementState) -> int:
    """Rank a state by how much it holds back new releases, 0 for the least."""
    return _STRICTNESS.index(state)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A note as recorded: who said it, when it was delivered, when it was entered."""

    place: Place
    delivered: Date
    at: Instant

    def legal_date(self, reader: PartyId, zone: Zone) -> Date:
        """Give the date that counts for `reader`."""
        if reader == self.place.party:
            return self.delivered
        return max(self.delivered, day_of(self.at, zone))


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of termination as one party reads it: it ends the agreement at `ends_at`.

    `suspended_by` names the note that suspends it; while it stands, nothing ends.
    """

    place: Place
    ends_at: Instant
    suspended_by: Place | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the agreement stands for one party. `notices` holds those that are not withdrawn.

    `declared` is a state that the party said it reads, against its computed one; it stands
    until the next note.
    """

    entered: Date
    in_force_at: Instant
    expires_at: Instant | None
    notices: tuple[Notice, ...] = ()
    declared: AgreementState | None = None

    def ended_at(self) -> Instant | None:
        """Give when the agreement ends or ended, as far as is known now."""
        ends = [notice.ends_at for notice in self.notices if notice.suspended_by is None]
        if self.expires_at is not None:
            ends.append(self.expires_at)
        return min(ends, default=None)

    def state_at(self, instant: Instant) -> AgreementState:
        """Work out the state at an instant at or after the entry into force."""
        ended_at = self.ended_at()
        if ended_at is not None and ended_at <= instant:
            return AgreementState.TERMINATED
        if any(notice.suspended_by is None for notice in self.notices):
            return AgreementState.NOTICE_GIVEN
        return AgreementState.NOTICE_SUSPENDED if self.notices else AgreementState.IN_FORCE

    def boundaries(self) -> tuple[Instant, ...]:
        """List the instants at which the state changes without anybody's word."""
        ended_at = self.ended_at()
        return (self.in_force_at,) if ended_at is None else (self.in_force_at, ended_at)


def enter_on(rules: LifecycleRules, entered: Date) -> Reading:
    """Begin a reading in force from the start of a day, in the zone of the file.

    Source: Japan-ROK GSOMIA Art. 21(1)
    """
    return Reading(entered, day_start(entered, rules.zone), expiry(rules, entered))


def enter_at(rules: LifecycleRules, instant: Instant) -> Reading:
    """Begin a reading in force from the last signature on."""
    entered = day_of(instant, rules.zone)
    return Reading(entered, instant, expiry(rules, entered))


@dataclass(frozen=True, slots=True)
class Heard:
    """A note on its way into one party's reading: the rules, and the date that counts for it."""

    rules: LifecycleRules
    note: Delivery
    legal: Date

    def comes_after(self, end: Instant | None) -> bool:
        """Say whether the note came when this reading had already ended."""
        return end is not None and end <= day_start(self.legal, self.rules.zone)


def hear_notice(reading: Reading, heard: Heard, *, stated: Date | None, own: bool) -> Reading:
    """Read a notice of termination.

    The speaker reads the last day that it stated itself; another party reads the day that the
    rules give, or the stated one where that is later, since a party may give more time.

    Source: Japan-ROK GSOMIA Art. 21(3)
    """
    if heard.comes_after(reading.ended_at()):
        return reading
    computed = notice_last_day(heard.rules, reading.entered, heard.legal)
    last_day = computed if stated is None else stated if own else max(computed, stated)
    notice = Notice(heard.note.place, day_end(last_day, heard.rules.zone))
    return replace(reading, notices=(*reading.notices, notice), declared=None)


def hear_suspension(reading: Reading, heard: Heard, notice: Place) -> Reading:
    """Read a note that suspends the effect of a notice; too late, it changes nothing."""
    if heard.comes_after(reading.ended_at()):
        return reading
    notices = tuple(
        replace(known, suspended_by=heard.note.place) if known.place == notice else known
        for known in reading.notices
    )
    return replace(reading, notices=notices, declared=None)


def hear_withdrawal(reading: Reading, heard: Heard, withdrawn: tuple[Place, ...]) -> Reading:
    """Read the withdrawal of notices, of their suspensions, or of both.

    A notice whose suspension alone is withdrawn takes effect again: at its own end, or, where
    that has passed, at once.
    """
    if heard.comes_after(reading.ended_at()):
        return reading
    again_at = min(heard.note.at, day_end(heard.legal, heard.rules.zone))
    notices = []
    for known in reading.notices:
        if known.place in withdrawn:
            continue
        if known.suspended_by in withdrawn:
            ends_at = max(known.ends_at, again_at)
            notices.append(replace(known, suspended_by=None, ends_at=ends_at))
        else:
            notices.append(known)
    return replace(reading, notices=tuple(notices), declared=None)
