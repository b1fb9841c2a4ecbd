# SPDX-License-Identifier: Apache-2.0
"""Chapters: notice given, what would have followed, the notice suspended, disputed, withdrawn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from comity.agreement.acts import AgreementState
from comity.basis.errors import InvariantError
from comity.basis.instants import Date, Instant, parse_instant
from comity.cli.demo.acts import (
    Parcel,
    article_of,
    both_say,
    clear_report,
    draft_report,
    local_time,
    opened,
    read_item,
    refuse_onward,
    state_words,
    treaty_act,
)
from comity.cli.demo.cast import JPN, KOR, USA, post
from comity.cli.demo.chapters.treaty import announce
from comity.cli.demo.checks import cited, expect, reasons, refused
from comity.cli.demo.gist import gist_of
from comity.cli.demo.steps import Act, Chapter, Saw, Step
from comity.cli.demo.world import World
from comity.flows.treaty.acts import NO_NOTE_YET
from comity.statement.treaty import (
    AgreementEndNotice,
    AgreementInterpretation,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
)

IN_FORCE, NOTICE_GIVEN = AgreementState.IN_FORCE, AgreementState.NOTICE_GIVEN
NOTICE_SUSPENDED = AgreementState.NOTICE_SUSPENDED
THE_END: Instant = parse_instant("2019-11-22T15:00:00Z")
"""Midnight at the beginning of 23 November 2019 in Seoul and Tokyo."""
_NEXT = Parcel("next", "launch-2016-02-07", JPN, "秘", "missile-warning", "warning")


async def _give_notice_dates(world: World) -> Saw:
    standing = await both_say(world, NOTICE_GIVEN)
    expect(standing.ends_at == THE_END, local_time(THE_END), standing.ends_at)
    cleared = await clear_report(world, _NEXT)
    words = f"a release would be allowed: {state_words(NOTICE_GIVEN)}"
    return Saw(words, cited(cleared.decision.articles))


async def _let_notice_run_out(world: World) -> Saw:
    await world.take_off(JPN, KOR)
    world.copies = copies = world.copy("what-if", (JPN, KOR))
    before = await _tls_pin(world)
    await world.serve(JPN, KOR)
    expect(await _tls_pin(world) != before, "Tokyo's new TLS key in use", "the old one")
    copies.reach(THE_END)
    standing = await both_say(copies, AgreementState.TERMINATED)
    words = f"what if nothing had followed, on copies: {state_words(standing.state)}"
    return Saw(words, article_of(standing), at=copies.now)


async def _tls_pin(world: World) -> str:
    async with world.node(JPN) as context:
        return (await context.ports.keys.tls_pins())[0]


def _on_copies(act: Act) -> Act:
    """Do a step on the copies, at their time."""

    async def do(world: World) -> Saw:
        copies = _copies(world)
        saw = await act(copies)
        return replace(saw, words=f"what if, on copies: {saw.words}", at=copies.now)

    return do


def _copies(world: World) -> World:
    if world.copies is None:
        raise InvariantError("demo.no-copies", "a step on copies comes after their making")
    return world.copies


async def _refuse_after_end(world: World) -> Saw:
    outcome = await draft_report(world, _NEXT, post(JPN, "drafter"))
    findings = refused(outcome, "2", "21(3)").findings
    return Saw(f"refused. {reasons(findings)}", cited(findings))


async def _read_after_end(world: World) -> Saw:
    reading = opened(await read_item(world, KOR, "first-release", "analyst", "warning"))
    return Saw(f"{gist_of(reading.content)}", reading.articles)


def _last(act: Callable[[World], Awaitable[Saw]]) -> Act:
    async def do(world: World) -> Saw:
        saw = await act(world)
        _copies(world).remove()
        world.copies = None
        return saw

    return do


async def _go_on_while_suspended(world: World) -> Saw:
    await both_say(world, NOTICE_SUSPENDED)
    cleared = await clear_report(world, _NEXT)
    words = f"a release would be allowed: {state_words(NOTICE_SUSPENDED)}"
    return Saw(words, cited(cleared.decision.articles))


def _give_notice(world: World) -> AgreementEndNotice:
    del world
    announced, delivered = Date(2019, 8, 22), Date(2019, 8, 23)
    return AgreementEndNotice(announced, delivered, Date(2019, 11, 22), NO_NOTE_YET)


def _suspend(world: World) -> AgreementSuspendEndNotice:
    return AgreementSuspendEndNotice(world.places["notice"], Date(2019, 11, 22), NO_NOTE_YET)


def _withdraw(world: World) -> AgreementWithdrawEndNotice:
    notes = (world.places["notice"], world.places["suspension"])
    return AgreementWithdrawEndNotice(notes, Date(2023, 3, 21), NO_NOTE_YET)


async def _differ(world: World) -> Saw:
    def read(state: AgreementState) -> Callable[[World], AgreementInterpretation]:
        return lambda world: AgreementInterpretation(
            world.places["suspension"], state.value, NO_NOTE_YET
        )

    await treaty_act(KOR, read(NOTICE_SUSPENDED), NOTICE_SUSPENDED)(world)
    await treaty_act(JPN, read(IN_FORCE), NOTICE_SUSPENDED)(world)
    standing = await both_say(world, NOTICE_SUSPENDED)
    expect(standing.interpretation_disputed, "a dispute", "none")
    said = ", ".join(f"{each.party} reads {each.state.value}" for each in standing.readings)
    words = f"{said}; both nodes show both, and the stricter, {standing.governed_by}'s, governs"
    return Saw(words, article_of(standing))


CHAPTER = Chapter(
    "Notice given",
    "The agreement runs a year at a time, unless one side gives ninety days' notice in writing.",
    (
        Step(
            "end-announced",
            KOR,
            "22 August 2019: Seoul tells the press that it will end the agreement. The press is "
            "not the diplomatic channel.",
            announce(KOR, "decision to end the agreement", Date(2019, 8, 22), IN_FORCE),
            "2019-08-22T09:20:00Z",
        ),
        Step(
            "notice-given",
            KOR,
            "23 August: the note is delivered, one day before the last on which it could be.",
            treaty_act(KOR, _give_notice, NOTICE_GIVEN, mark="notice", evidence="notice"),
            "2019-08-23T06:00:00Z",
        ),
        Step(
            "releases-go-on-under-notice",
            JPN,
            "Until the end comes, nothing stops.",
            _give_notice_dates,
            "2019-10-01T03:00:00Z",
        ),
    ),
)

WHAT_IF = Chapter(
    "What if: the agreement ends",
    "It did not come to this. To see what would have followed, the demo stops both nodes for as "
    "long as it takes to copy them, starts them again, sets "
    "the copies' clock to the first instant of 23 November 2019 in Seoul and Tokyo, and removes "
    "them afterwards. The nodes themselves never hear of it.",
    (
        Step(
            "notice-runs-out-on-copies",
            KOR,
            "Nobody says anything more, and the notice takes effect.",
            _let_notice_run_out,
        ),
        Step(
            "release-refused-after-termination",
            JPN,
            "Tokyo would send another report.",
            _on_copies(_refuse_after_end),
        ),
        Step(
            "reading-goes-on-after-termination",
            KOR,
            "What was exchanged stays protected and readable, under the same rules.",
            _on_copies(_read_after_end),
        ),
        Step(
            "washington-still-refused-after-termination",
            KOR,
            "Nor does the end set anything free.",
            _last(_on_copies(refuse_onward("first-release", USA, "6(a)"))),
        ),
    ),
)

WITHDRAWN = Chapter(
    "Notice suspended, disputed, withdrawn",
    "The treaty has no word for suspending a notice. It happened all the same, and the node has "
    "to show what stood: still in force, unsettled, read in two ways.",
    (
        Step(
            "notice-suspended",
            KOR,
            "What really happened: six hours before the end Seoul suspends its notice by a "
            "second note.",
            treaty_act(KOR, _suspend, NOTICE_SUSPENDED, mark="suspension", evidence="suspension"),
            "2019-11-22T09:00:00Z",
        ),
        Step(
            "releases-go-on-while-suspended",
            JPN,
            "23 November 2019 comes, and exchange goes on.",
            _go_on_while_suspended,
            "2019-11-22T15:00:00Z",
        ),
        Step(
            "readings-differ",
            KOR,
            "August 2020: Seoul says that it may end the agreement on any day, Tokyo does not "
            "accept that.",
            _differ,
            "2020-08-24T03:00:00Z",
        ),
        Step(
            "normalisation-declared",
            KOR,
            "16 March 2023: a summit declares complete normalisation, in words.",
            announce(KOR, "complete normalisation", Date(2023, 3, 16), NOTICE_SUSPENDED),
            "2023-03-16T09:00:00Z",
        ),
        Step(
            "notice-withdrawn",
            KOR,
            "21 March 2023: Seoul withdraws both notes in writing.",
            treaty_act(KOR, _withdraw, IN_FORCE, mark="withdrawal", evidence="withdrawal"),
            "2023-03-21T06:00:00Z",
        ),
    ),
)
