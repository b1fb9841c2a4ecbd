# SPDX-License-Identifier: Apache-2.0
"""Chapter: reports both ways, at both levels; a revision, a request, a change of level."""

from __future__ import annotations

from comity.basis.errors import ComityError
from comity.basis.ids import PartyId
from comity.cli.demo.acts import (
    Parcel,
    clear_report,
    draft_report,
    open_report,
    opened,
    read_item,
    receipt,
    refuse_to_open,
    release,
    send,
    send_report,
    take_receipt,
)
from comity.cli.demo.cast import CITY, GSOMIA, JPN, KOR, other, post, read_shipped
from comity.cli.demo.checks import cited, entered, expect, failed, reasons, refused, unexpected
from comity.cli.demo.gist import gist_of
from comity.cli.demo.steps import Act, Chapter, Saw, Step
from comity.cli.demo.world import World
from comity.decision.stages import Refused
from comity.flows.drafts import find_draft
from comity.flows.promises import reclassify
from comity.flows.release import release_draft
from comity.flows.requests import answer, ask, decline
from comity.picture.reports import check_revision
from comity.sealing.payload import PayloadHeader
from comity.state.queries import item_level, open_requests

SIGHTING = Parcel(
    "sighting",
    "sighting-2013-04-musudan",
    KOR,
    "군사III급비밀",
    "missile-activity",
    "warning",
)
REVISED = Parcel(
    "revision",
    "sighting-2013-04-musudan-revised",
    KOR,
    "군사III급비밀",
    "missile-activity",
    "warning",
    supersedes="sighting",
)
THIRD_TEST = Parcel(
    "third-test", "nuclear-test-2013-02-12", KOR, "군사II급비밀", "nuclear-test", "analysis"
)
FOURTH_TEST = Parcel(
    "fourth-test", "nuclear-test-2016-01-06", JPN, "特定秘密", "nuclear-test", "analysis"
)
RANGE = Parcel(
    "range", "range-assessment-2016", JPN, "秘", "assessment", "analysis", answers="question"
)
_QUESTION = b"How far may it reach, and with which warhead? What is the figure assumed from?\n"


async def _revise(world: World) -> Saw:
    check_revision(read_shipped(SIGHTING.report), read_shipped(REVISED.report))
    cleared = await clear_report(world, REVISED)
    place = await send(world, REVISED)
    await take_receipt(world, JPN, place)
    await world.exchange(JPN, KOR)
    view = await world.view(JPN)
    found = view.fold.state.superseded_by.get(world.places["sighting"])
    expect(found == place, str(place), found)
    words = f"{place} supersedes {world.places['sighting']} on both nodes; nothing is deleted"
    return Saw(words, cited(cleared.decision.articles))


async def _demand_two_persons(world: World) -> Saw:
    officer = post(KOR, "officer")
    kept = await draft_report(world, THIRD_TEST, officer)
    if isinstance(kept, Refused):
        raise unexpected(kept)
    async with world.node(KOR) as context:
        outcome = await release_draft(context, officer, kept.number)
    findings = refused(outcome, "house").findings
    world.words["draft"] = str(kept.number)
    return Saw(f"not released. {reasons(findings)}", cited(findings))


async def _release_by_a_second(world: World) -> Saw:
    cleared = await clear_report(world, THIRD_TEST)
    async with world.node(KOR) as context:
        kept = await find_draft(context, int(world.words["draft"]))
    said = await release(world, THIRD_TEST, kept, post(KOR, "deputy"))
    await world.exchange(KOR, JPN)
    words = f"stands at {said.place} under {THIRD_TEST.marking} (SECRET), drafted by one officer"
    return Saw(f"{words}, released by another", cited(cleared.decision.articles))


async def _demand_a_choice(world: World) -> Saw:
    error: ComityError | None = None
    try:
        await take_receipt(world, JPN, world.places["third-test"])
    except ComityError as err:
        error = err
    found = failed(error, "marking.choose")
    view = await world.view(JPN)
    articles = tuple(each.article for each in view.agreement().clauses("marking"))
    return Saw(f"no receipt yet: {found.what}, {found.expected}", articles)


def _ask(party: PartyId, category: str, *, question: bytes | None = None, mark: str) -> Act:
    async def act(world: World) -> Saw:
        sealed = (PayloadHeader("A question", "text/plain"), [question]) if question else None
        async with world.node(party) as context:
            said = entered(
                await ask(
                    context,
                    GSOMIA,
                    (other(party),),
                    category=category,
                    person=post(party, "officer"),
                    question=sealed,
                )
            )
        world.places[mark] = said.place
        await world.exchange(party, other(party))
        waiting = open_requests((await world.view(other(party))).fold.state, other(party))
        expect(said.place in {each.place for each in waiting}, "an open request", waiting)
        words = f"request {said.place} about {category} waits in {CITY[other(party)]}"
        return Saw(f"{words}; {'the question is sealed' if sealed else 'it sets no deadline'}")

    return act


async def _answer(world: World) -> Saw:
    cleared = await clear_report(world, RANGE)
    place = await send(world, RANGE)
    async with world.node(JPN) as context:
        said = entered(
            await answer(context, GSOMIA, world.places["question"], place, post(JPN, "officer"))
        )
    await world.exchange(JPN, KOR)
    waiting = open_requests((await world.view(KOR)).fold.state, JPN)
    expect(not waiting, "no open request", waiting)
    words = f"{said.place} says that {place} answers {world.places['question']}"
    return Saw(words, cited(cleared.decision.articles))


async def _decline(world: World) -> Saw:
    async with world.node(KOR) as context:
        said = entered(
            await decline(context, GSOMIA, world.places["second-question"], post(KOR, "officer"))
        )
    await world.exchange(KOR, JPN)
    waiting = open_requests((await world.view(JPN)).fold.state, KOR)
    expect(not waiting, "no open request", waiting)
    return Saw(f"{said.place} declines {world.places['second-question']}; no reason is owed")


async def _refuse_foreign_change(world: World) -> Saw:
    view = await world.view(KOR)
    articles = tuple(each.article for each in view.agreement().clauses("reclassification"))
    async with world.node(KOR) as context:
        place, who = world.places["fourth-test"], post(KOR, "officer")
        outcome = await reclassify(context, GSOMIA, place, "군사III급비밀", who)
    refused(outcome, *articles)
    return Saw("not said: the item is Tokyo's, and so is its level", articles)


async def _lower(world: World) -> Saw:
    place = world.places["fourth-test"]
    async with world.node(JPN) as context:
        said = entered(await reclassify(context, GSOMIA, place, "秘", post(JPN, "officer")))
    await world.exchange(JPN, KOR)
    view = await world.view(KOR)
    level = item_level(view.fold.state, view.item(place), view.fold.latest_at or world.now)
    expect(level == "CONFIDENTIAL", "CONFIDENTIAL", level)
    articles = tuple(each.article for each in view.agreement().clauses("reclassification"))
    return Saw(f"{said.place} lowers {place} to 秘: CONFIDENTIAL on both nodes", articles)


async def _read_at_the_lower_level(world: World) -> Saw:
    reading = opened(await read_item(world, KOR, "fourth-test", "clerk", "analysis"))
    return Saw(f"{gist_of(reading.content)}", reading.articles)


CHAPTER = Chapter(
    "Reports both ways",
    "What each side knew of real events, as it might have told the other. Several agencies' "
    "figures stand side by side, a revision supersedes and deletes nothing, and an assumption "
    "stays with the figure that rests on it.",
    (
        Step(
            "sighting-released",
            KOR,
            "April 2013, reported now: a couple of mid-range missiles in a shelter on the east "
            "coast.",
            send_report(SIGHTING),
            "2016-12-19T01:00:00Z",
        ),
        Step(
            "sighting-receipted",
            JPN,
            "군사III급비밀 has one counterpart in Japan, so nobody has to choose.",
            receipt("sighting", JPN, "秘"),
        ),
        Step(
            "sighting-opened",
            JPN,
            "Tokyo's analyst reads it.",
            open_report("sighting", SIGHTING.report, JPN, "analyst", "warning"),
        ),
        Step(
            "sighting-revised",
            KOR,
            "The anniversary of 15 April passed without a launch. Seoul revises its report.",
            _revise,
            "2016-12-20T01:00:00Z",
        ),
        Step(
            "revision-opened",
            JPN,
            "Tokyo reads the revision; the first report stays where it was.",
            open_report("revision", REVISED.report, JPN, "analyst", "warning"),
        ),
        Step(
            "two-persons-demanded",
            KOR,
            "The third nuclear test, at level SECRET. An officer who drafted the report would "
            "release it too; Seoul's own configuration asks for two persons from SECRET on.",
            _demand_two_persons,
            "2016-12-21T01:00:00Z",
        ),
        Step(
            "third-test-released",
            KOR,
            "A second officer releases it.",
            _release_by_a_second,
            "2016-12-21T01:20:00Z",
        ),
        Step(
            "choice-of-marking-demanded",
            JPN,
            "군사II급비밀 has two counterparts in Japan. Tokyo's node does not choose by itself.",
            _demand_a_choice,
            "2016-12-21T06:00:00Z",
        ),
        Step(
            "third-test-receipted",
            JPN,
            "The receiving officer chooses 特定秘密, and the choice stands in the receipt.",
            receipt("third-test", JPN, "特定秘密", choice="特定秘密"),
            "2016-12-21T06:10:00Z",
        ),
        Step(
            "third-test-opened",
            JPN,
            "Four agencies, three scales, two revisions: none overwrites another.",
            open_report("third-test", THIRD_TEST.report, JPN, "analyst", "analysis"),
        ),
        Step(
            "fourth-test-released",
            JPN,
            "Tokyo's report on the fourth nuclear test, of January 2016, goes the other way.",
            send_report(FOURTH_TEST),
            "2017-01-06T01:00:00Z",
        ),
        Step(
            "fourth-test-receipted",
            KOR,
            "Seoul has one marking for both of Japan's.",
            receipt("fourth-test", KOR, "군사II급비밀"),
        ),
        Step(
            "question-asked",
            KOR,
            "Seoul asks how far the missile may reach. The question is sealed like any item.",
            _ask(KOR, "assessment", question=_QUESTION, mark="question"),
            "2017-02-07T01:00:00Z",
        ),
        Step(
            "question-answered",
            JPN,
            "Tokyo answers with the assessment that its defence minister gave in spring 2016.",
            _answer,
            "2017-02-08T01:00:00Z",
        ),
        Step(
            "range-receipted",
            KOR,
            "Seoul gives the receipt.",
            receipt("range", KOR, "군사III급비밀"),
        ),
        Step(
            "range-opened",
            KOR,
            "The figure comes with the warhead that it assumes.",
            open_report("range", RANGE.report, KOR, "analyst", "analysis"),
        ),
        Step(
            "second-question-asked",
            JPN,
            "Tokyo asks something in its turn.",
            _ask(JPN, "maritime", mark="second-question"),
            "2017-03-01T01:00:00Z",
        ),
        Step(
            "second-question-declined",
            KOR,
            "Seoul declines. The agreement obliges nobody to answer.",
            _decline,
            "2017-03-02T01:00:00Z",
        ),
        Step(
            "open-refused-below-the-level",
            KOR,
            "A clerk cleared to CONFIDENTIAL asks for the SECRET report on the fourth test.",
            refuse_to_open("fourth-test", KOR, "clerk", "7(2)", purpose="analysis"),
            "2017-06-01T01:00:00Z",
        ),
        Step(
            "change-of-level-refused-to-the-receiver",
            KOR,
            "Seoul would lower the level itself.",
            _refuse_foreign_change,
        ),
        Step(
            "level-lowered-by-the-originator",
            JPN,
            "Tokyo, whose report it is, lowers it in writing.",
            _lower,
            "2017-06-02T01:00:00Z",
        ),
        Step(
            "opened-at-the-lower-level",
            KOR,
            "Now the clerk may read it: the change took effect with Tokyo's word.",
            _read_at_the_lower_level,
        ),
    ),
)
