# SPDX-License-Identifier: Apache-2.0
"""Notes that follow the text: of the entry into force, of its end, of how one is read, in public.

Each is delivered today by the agreement's own zone, and is about the note in question, unless it
says otherwise. Source: Japan-ROK GSOMIA Art. 21 (treaties.md G21); AGREEMENTS 2
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import UTC, Date, date_of
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.speak import Entered
from comity.flows.treaty.acts import NO_NOTE_YET, declare_by
from comity.flows.treaty.offices import ask_office
from comity.flows.turns import read_view
from comity.statement.kinds import Body
from comity.statement.treaty import (
    AgreementAnnouncement,
    AgreementEndNotice,
    AgreementEntryNotification,
    AgreementInterpretation,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
)


@dataclass(frozen=True, slots=True)
class Notes:
    """What a note may refer to: our notices in effect, our notes not withdrawn, the last note.

    `today` is the date by the agreement's own zone.
    """

    notices: tuple[Place, ...]
    open: tuple[Place, ...]
    latest: Place | None
    today: Date


async def find_notes(context: Context, agreement: AgreementId) -> Notes:
    """List our notices and suspensions that still stand, and the newest note of anybody."""
    view = await read_view(context, agreement)
    state = view.fold.state
    notes = sorted(state.notes.values(), key=lambda note: (note.at, note.place))
    own = [note for note in notes if note.place.party == view.own and note.withdrawn_by is None]
    suspended = {
        note.body.notice for note in own if isinstance(note.body, AgreementSuspendEndNotice)
    }
    notices = [note.place for note in own if isinstance(note.body, AgreementEndNotice)]
    kinds = AgreementEndNotice | AgreementSuspendEndNotice
    rules = state.life.rules
    return Notes(
        notices=tuple(place for place in notices if place not in suspended),
        open=tuple(sorted(note.place for note in own if isinstance(note.body, kinds))),
        latest=notes[-1].place if notes else None,
        today=date_of(view.moment(context), UTC if rules is None else rules.zone),
    )


async def notify_entry(
    context: Context,
    agreement: AgreementId,
    person: PersonId | None = None,
    *,
    delivered: Date | None = None,
) -> Entered | Refused:
    """Tell that our legal requirements for the entry into force are met."""

    def word(notes: Notes) -> AgreementEntryNotification:
        return AgreementEntryNotification(delivered or notes.today, NO_NOTE_YET)

    return await _note(context, agreement, person, AgreementEntryNotification.KIND, word)


async def give_notice(
    context: Context,
    agreement: AgreementId,
    person: PersonId | None = None,
    *,
    announced: Date | None = None,
    delivered: Date | None = None,
    effective: Date | None = None,
) -> Entered | Refused:
    """Give notice of termination; `effective` is the last day in force, if the note states one."""

    def word(notes: Notes) -> AgreementEndNotice:
        return AgreementEndNotice(announced, delivered or notes.today, effective, NO_NOTE_YET)

    return await _note(context, agreement, person, AgreementEndNotice.KIND, word)


async def suspend_notice(
    context: Context,
    agreement: AgreementId,
    person: PersonId | None = None,
    *,
    notice: Place | None = None,
    delivered: Date | None = None,
) -> Entered | Refused:
    """Suspend the effect of our notice: the one named, or the only one that takes effect.

    Raises:
        StateError: none of ours takes effect, or several do and none is named.
    """

    def word(notes: Notes) -> AgreementSuspendEndNotice:
        place = notice or _only_one(agreement, notes.notices)
        return AgreementSuspendEndNotice(place, delivered or notes.today, NO_NOTE_YET)

    return await _note(context, agreement, person, AgreementSuspendEndNotice.KIND, word)


async def withdraw_notice(
    context: Context,
    agreement: AgreementId,
    person: PersonId | None = None,
    *,
    notices: tuple[Place, ...] = (),
    delivered: Date | None = None,
) -> Entered | Refused:
    """Withdraw notices and suspensions of ours: those named, or all that stand.

    Raises:
        StateError: none stands.
    """

    def word(notes: Notes) -> AgreementWithdrawEndNotice:
        places = tuple(sorted(set(notices or notes.open)))
        if not places:
            raise _no_note(agreement)
        return AgreementWithdrawEndNotice(places, delivered or notes.today, NO_NOTE_YET)

    return await _note(context, agreement, person, AgreementWithdrawEndNotice.KIND, word)


async def interpret(
    context: Context,
    agreement: AgreementId,
    reading: str,
    person: PersonId | None = None,
    *,
    about: Place | None = None,
) -> Entered | Refused:
    """Declare how we read a note: the one named, or the newest.

    Raises:
        StateError: there is none.
    """

    def word(notes: Notes) -> AgreementInterpretation:
        place = about or notes.latest
        if place is None:
            raise _no_note(agreement)
        return AgreementInterpretation(place, reading, NO_NOTE_YET)

    return await _note(context, agreement, person, AgreementInterpretation.KIND, word)


async def announce(
    context: Context,
    agreement: AgreementId,
    subject: str,
    person: PersonId | None = None,
    *,
    announced: Date | None = None,
) -> Entered | Refused:
    """Put on record what was said in public; it changes nothing."""

    def word(notes: Notes) -> AgreementAnnouncement:
        return AgreementAnnouncement(subject, announced or notes.today, NO_NOTE_YET)

    return await _note(context, agreement, person, AgreementAnnouncement.KIND, word)


async def _note(
    context: Context,
    agreement: AgreementId,
    person: PersonId | None,
    kind: str,
    word: Callable[[Notes], Body],
) -> Entered | Refused:
    office = await ask_office(context, kind, person, agreement)
    if isinstance(office, Refused):
        return office
    body = word(await find_notes(context, agreement))
    return await declare_by(context, agreement, body, office)


def _only_one(agreement: AgreementId, notices: tuple[Place, ...]) -> Place:
    if not notices:
        raise _no_note(agreement)
    if len(notices) > 1:
        raise StateError(
            "agreement.which-notice",
            "several notices of ours stand",
            where=agreement,
            found=", ".join(str(each) for each in notices),
            hint="name one: --notice PLACE",
        )
    return notices[0]


def _no_note(agreement: AgreementId) -> StateError:
    return StateError(
        "agreement.no-notice",
        "no note of that kind stands",
        where=agreement,
        hint="see which notes stand: comity agreement state",
    )
