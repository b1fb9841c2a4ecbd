# SPDX-License-Identifier: Apache-2.0
"""Chapter: a copy that nobody finds: told at once, looked into, closed by its originator."""

from __future__ import annotations

from typing import Final

from comity.basis.errors import ComityError, InvariantError
from comity.cli.demo.acts import clause_articles
from comity.cli.demo.cast import GSOMIA, JPN, KOR, post
from comity.cli.demo.checks import entered, expect, uncounted, unexpected
from comity.cli.demo.owed import see_owed
from comity.cli.demo.steps import Chapter, Saw, Step
from comity.cli.demo.world import World
from comity.decision.stages import Refused
from comity.flows.case_texts import open_incident_text
from comity.flows.cases.incidents import (
    close_incident,
    give_findings,
    incident_clock,
)
from comity.flows.keeping.counting import count
from comity.flows.keeping.handing import CopyAt, take_over
from comity.sealing.payload import PayloadHeader
from comity.statement.cases import Outcome

_ITEM: Final = "third-test"
_COPY: Final = 2
_INCIDENT: Final = "incident"
_SECOND_MS: Final = 1000
_MEASURES: Final = ("locked-tray", "signed-hand-over")
_WHAT_WAS_FOUND: Final = b"Copy 2 lay under another file in the locked safe of the duty desk.\n"
_HEADER: Final = PayloadHeader("What became of copy 2", "text/plain")


async def _count(world: World) -> Saw:
    async with world.node(JPN) as context:
        counted = await count(context, GSOMIA, post(JPN, "registrar"), ())
    if isinstance(counted, Refused):
        raise unexpected(counted)
    missing = [(row.item, row.copy.number) for row in counted.missing]
    expect(missing == [(world.places[_ITEM], _COPY)], f"copy {_COPY} missing", missing)
    if counted.incident is None:
        raise InvariantError("demo.no-report", "a missing copy of a partner's item is reported")
    world.places[_INCIDENT] = counted.incident
    articles = clause_articles((await world.view(JPN)).agreement(), "inventory", "incident")
    words = f"{len(counted.rows)} copies, 1 of them missing: copy {_COPY} of {world.places[_ITEM]}"
    return Saw(f"{words}; {counted.incident} reports it, before any review", articles)


async def _tell(world: World) -> Saw:
    await world.exchange(JPN, KOR)
    place = world.places[_INCIDENT]
    async with world.node(KOR) as context:
        clock = await incident_clock(context, GSOMIA, place)
    known = (await world.view(KOR)).fold.state.incidents.get(place)
    expect(known is not None and known.closers == (KOR,), "an incident that Seoul closes", known)
    acknowledged = clock.acknowledged_ms(KOR)
    within = acknowledged is not None and max(clock.since_found_ms, acknowledged) < _SECOND_MS
    expect(within, "told at once", acknowledged)
    return Saw("found, entered and acknowledged by Seoul within one second of the story's clock")


async def _refuse_early_close(world: World) -> Saw:
    error: ComityError | None = None
    async with world.node(KOR) as context:
        try:
            await close_incident(context, GSOMIA, world.places[_INCIDENT], post(KOR, "officer"))
        except ComityError as err:
            error = err
    why, article = uncounted(error, "incident.no-findings")
    return Saw(f"not said: {why}", (article,))


async def _find_again(world: World) -> Saw:
    which = CopyAt(GSOMIA, world.places[_ITEM], _COPY)
    analyst = post(JPN, "analyst")
    async with world.node(JPN) as context:
        copy = await take_over(
            context, which, analyst, purpose="analysis", gap="in the safe from 1 to 4 August"
        )
    if isinstance(copy, Refused):
        raise unexpected(copy)
    words = f"copy {copy.number} is with {copy.hand.holder} again; a link of its chain is reported"
    return Saw(f"{words} as missing: {copy.hand.gap}")


async def _findings(world: World) -> Saw:
    async with world.node(JPN) as context:
        said = entered(
            await give_findings(
                context,
                GSOMIA,
                world.places[_INCIDENT],
                outcome=Outcome.NEITHER,
                measures=_MEASURES,
                person=post(JPN, "registrar"),
                text=(_HEADER, [_WHAT_WAS_FOUND]),
            )
        )
    await world.exchange(JPN, KOR)
    async with world.node(KOR) as context:
        opened = await open_incident_text(context, GSOMIA, said.place, post(KOR, "officer"))
        if isinstance(opened, Refused):
            raise unexpected(opened)
        text = b"".join(opened.content)
    expect(text == _WHAT_WAS_FOUND, "the text as sealed", "other bytes")
    return Saw(f"{said.place}: {text.decode().strip()} Measures: {', '.join(_MEASURES)}")


async def _close(world: World) -> Saw:
    async with world.node(KOR) as context:
        said = entered(
            await close_incident(context, GSOMIA, world.places[_INCIDENT], post(KOR, "officer"))
        )
    await world.exchange(KOR, JPN)
    return Saw(f"closed at {said.place}")


CHAPTER = Chapter(
    "A copy that nobody finds",
    "What is lost, or may be lost, is told to its originator at once: first the report, then the "
    "review. The agreement's file says what is owed after it and by when, and each node works that "
    "out by itself, from the same registers.",
    (
        Step(
            "copy-not-found",
            JPN,
            "Tokyo's registrar counts all copies. The node looks for what lies in it; nobody finds "
            "the paper.",
            _count,
            "2017-08-01T01:00:00Z",
        ),
        Step("loss-told-at-once", KOR, "Seoul, whose report it was, hears of it.", _tell),
        Step(
            "owed-for-the-loss",
            KOR,
            "What does Tokyo owe now? It has reported; the result of its review and the measures "
            "against a repetition are a duty each.",
            see_owed(_INCIDENT, "done", "open", "open"),
        ),
        Step(
            "closing-refused-before-findings",
            KOR,
            "Might Seoul call the matter closed already?",
            _refuse_early_close,
            "2017-08-02T01:00:00Z",
        ),
        Step(
            "copy-found-again",
            JPN,
            "The paper turns up. Whoever takes it must say where it was meanwhile.",
            _find_again,
            "2017-08-04T01:00:00Z",
        ),
        Step(
            "findings-told",
            JPN,
            "Tokyo tells what it found, and what it does against a repetition. The text is sealed; "
            "Seoul's officer opens it.",
            _findings,
            "2017-08-07T01:00:00Z",
        ),
        Step(
            "loss-closed",
            KOR,
            "Seoul has read result and measures, and takes the matter as closed.",
            _close,
            "2017-08-08T01:00:00Z",
        ),
        Step(
            "nothing-owed-for-the-loss",
            JPN,
            "What Tokyo owed is done.",
            see_owed(_INCIDENT, "done", "done", "done"),
        ),
    ),
)
