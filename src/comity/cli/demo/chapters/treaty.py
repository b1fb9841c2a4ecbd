# SPDX-License-Identifier: Apache-2.0
"""Chapter: an agreement proposed, initialled, put off for four years, and signed in 2016."""

from __future__ import annotations

from comity.agreement.acts import AgreementState
from comity.agreement.reading import read_agreement
from comity.basis.ids import PartyId
from comity.basis.instants import Date
from comity.cli.demo.acts import Parcel, both_say, draft_report, state_words, treaty_act
from comity.cli.demo.cast import JPN, KOR, draft_of_2012, other, post, text_of_2016
from comity.cli.demo.checks import cited, entered, reasons, refused
from comity.cli.demo.steps import Act, Chapter, Saw, Step
from comity.cli.demo.world import World
from comity.flows.treaty.acts import NO_NOTE_YET, propose
from comity.statement.treaty import (
    AgreementAnnouncement,
    AgreementEntryNotification,
    AgreementInitial,
    AgreementPostpone,
    AgreementSign,
)

PROPOSED, INITIALLED = AgreementState.PROPOSED, AgreementState.INITIALLED
SIGNED, IN_FORCE = AgreementState.SIGNED, AgreementState.IN_FORCE


def _propose(party: PartyId, raw: bytes) -> Act:
    async def act(world: World) -> Saw:
        async with world.node(party) as context:
            said = entered(await propose(context, raw, post(party, "officer")))
        await world.exchange(party, other(party))
        await both_say(world, PROPOSED)
        file = read_agreement(raw)
        marks = ", ".join(
            mark.text for mark in file.table.entries if (mark.party, mark.level) == (JPN, "SECRET")
        )
        words = f"version {file.version} (SHA-256 {file.sha256[:12]}…) on the table at {said.place}"
        return Saw(f"{words}; Japan's SECRET reads {marks}; {state_words(PROPOSED)}")

    return act


def _initial(party: PartyId, state: AgreementState) -> Act:
    return treaty_act(party, lambda _: AgreementInitial(NO_NOTE_YET), state)


def _sign(party: PartyId, state: AgreementState, *, evidence: str | None = None) -> Act:
    return treaty_act(party, lambda _: AgreementSign(NO_NOTE_YET), state, evidence=evidence)


def _notify(party: PartyId, state: AgreementState) -> Act:
    body = AgreementEntryNotification(Date(2016, 11, 23), NO_NOTE_YET)
    return treaty_act(party, lambda _: body, state)


def announce(party: PartyId, subject: str, on: Date, state: AgreementState) -> Act:
    """Put on record what was said in public; the state must be what it was."""
    return treaty_act(party, lambda _: AgreementAnnouncement(subject, on, NO_NOTE_YET), state)


def into_force() -> tuple[Act, ...]:
    """List the acts that bring a text from nothing into force."""
    return (
        _propose(JPN, text_of_2016()),
        _initial(JPN, PROPOSED),
        _initial(KOR, INITIALLED),
        _sign(JPN, INITIALLED),
        _sign(KOR, SIGNED),
        _notify(JPN, SIGNED),
        _notify(KOR, IN_FORCE),
    )


async def _refuse_before_entry(world: World) -> Saw:
    parcel = Parcel("too-early", "launch-2016-02-07", JPN, "秘", "missile-warning", "warning")
    outcome = await draft_report(world, parcel, post(JPN, "drafter"))
    findings = refused(outcome, "2", "7(5)").findings
    return Saw(f"refused. {reasons(findings)}", cited(findings))


CHAPTER = Chapter(
    "An agreement, put off and signed",
    "The agreement is a file, and both sides sign its exact bytes. What a party says of it is "
    "entered in that party's own register, and the partner mirrors it; each of these statements "
    "also bears a note by the key of the competent authority, since the key for daily work "
    "cannot bind a state. Where the agreement stands is worked out from these statements alone.",
    (
        Step(
            "agreement-proposed",
            JPN,
            "Tokyo puts the draft of 2012 on the table, and the wire brings it to Seoul.",
            _propose(JPN, draft_of_2012()),
            "2012-04-20T01:00:00Z",
        ),
        Step(
            "initialled-by-tokyo",
            JPN,
            "The text is initialled: frozen, but binding nobody. One side alone changes nothing.",
            _initial(JPN, PROPOSED),
            "2012-04-23T02:00:00Z",
        ),
        Step(
            "initialled-by-seoul",
            KOR,
            "Seoul initials the same bytes.",
            _initial(KOR, INITIALLED),
            "2012-04-23T02:10:00Z",
        ),
        Step(
            "signing-postponed",
            KOR,
            "29 June 2012, less than an hour before the ceremony: Seoul calls it off. To postpone "
            "is a record, not a transition.",
            treaty_act(KOR, lambda _: AgreementPostpone(NO_NOTE_YET, "domestic"), INITIALLED),
            "2012-06-29T06:20:00Z",
        ),
        Step(
            "text-published",
            KOR,
            "Seoul publishes text and summary, in which Japan's marking is still 防衛秘密.",
            announce(KOR, "text and summary published", Date(2012, 7, 3), INITIALLED),
            "2012-07-03T05:00:00Z",
        ),
        Step(
            "ready-at-any-time",
            JPN,
            "April 2013: Japan's ambassador says that Tokyo is ready to sign at any time. That is "
            "on record too, and changes nothing.",
            announce(JPN, "ready to sign at any time", Date(2013, 4, 17), INITIALLED),
            "2013-04-17T06:00:00Z",
        ),
        Step(
            "text-of-2016-proposed",
            JPN,
            "November 2016: a new text takes the place of the draft. One word of the marking "
            "table has changed: 特定秘密 stands where 防衛秘密 stood.",
            _propose(JPN, text_of_2016()),
            "2016-11-14T01:00:00Z",
        ),
        Step(
            "text-of-2016-initialled-by-tokyo",
            JPN,
            "Both initial it the same day.",
            _initial(JPN, PROPOSED),
            "2016-11-14T02:00:00Z",
        ),
        Step(
            "text-of-2016-initialled-by-seoul",
            KOR,
            "The text is frozen again.",
            _initial(KOR, INITIALLED),
            "2016-11-14T02:10:00Z",
        ),
        Step(
            "signed-by-tokyo",
            JPN,
            "23 November 2016, Seoul: the ambassador and the minister sign.",
            _sign(JPN, INITIALLED),
            "2016-11-23T01:00:00Z",
        ),
        Step(
            "signed-by-seoul",
            KOR,
            "With the second signature the version is agreed.",
            _sign(KOR, SIGNED, evidence="signature"),
            "2016-11-23T01:05:00Z",
        ),
        Step(
            "release-refused-before-entry-into-force",
            JPN,
            "Signed is not in force. An eager officer in Tokyo tries to send a report.",
            _refuse_before_entry,
            "2016-11-23T01:30:00Z",
        ),
        Step(
            "entry-notified-by-tokyo",
            JPN,
            "Each side tells the other in writing that its own procedures are complete.",
            _notify(JPN, SIGNED),
            "2016-11-23T02:00:00Z",
        ),
        Step(
            "entry-notified-by-seoul",
            KOR,
            "The later of the two notifications brings it into force, the same day.",
            _notify(KOR, IN_FORCE),
            "2016-11-23T02:30:00Z",
        ),
    ),
)
