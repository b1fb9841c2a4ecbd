# SPDX-License-Identifier: Apache-2.0
"""Chapter: what the receiver may not do with an item, and what consent changes."""

from __future__ import annotations

from comity.basis.instants import Date
from comity.cli.demo.acts import decide_onward, refuse_onward, refuse_to_open
from comity.cli.demo.cast import ELSEWHERE, GSOMIA, JPN, KOR, USA, post
from comity.cli.demo.checks import cited, entered, unexpected
from comity.cli.demo.steps import Chapter, Saw, Step
from comity.cli.demo.world import World
from comity.decision.stages import Refused
from comity.flows.promises import consent_to, promise
from comity.statement.information import ConsentAsk, ConsentWithdraw

_UNTIL = Date(2017, 12, 31)
_ITEM = "first-release"


async def _ask_consent(world: World) -> Saw:
    body = ConsentAsk((world.places[_ITEM],), None, USA, "warning", _UNTIL)
    async with world.node(KOR) as context:
        said = entered(await promise(context, GSOMIA, body, post(KOR, "officer")))
    world.places["ask"] = said.place
    await world.exchange(KOR, JPN)
    return Saw(f"asked at {said.place}: {world.places[_ITEM]} to Washington, for warning")


async def _give_consent(world: World) -> Saw:
    body = consent_to(
        items=(world.places[_ITEM],),
        category=None,
        recipient=USA,
        purpose="warning",
        until=_UNTIL,
        ask=world.places["ask"],
    )
    async with world.node(JPN) as context:
        said = entered(await promise(context, GSOMIA, body, post(JPN, "officer")))
    world.places["consent"] = said.place
    await world.exchange(JPN, KOR)
    await world.exchange(KOR, JPN)
    await world.keep_evidence("consent", JPN, said.place)
    words = f"given at {said.place} with the authority key, until {_UNTIL.isoformat()}"
    view = await world.view(KOR)
    articles = tuple(each.article for each in view.agreement().clauses("third_party_rule"))
    return Saw(f"{words}; Seoul holds it", articles, "consent")


async def _allow_with_consent(world: World) -> Saw:
    outcome = await decide_onward(world, _ITEM, USA, "warning")
    if isinstance(outcome, Refused):
        raise unexpected(outcome)
    words = f"allowed, by the consent {world.places['consent']}"
    return Saw(words, cited(outcome.articles))


async def _withdraw_consent(world: World) -> Saw:
    body = ConsentWithdraw(world.places["consent"])
    async with world.node(JPN) as context:
        said = entered(await promise(context, GSOMIA, body, post(JPN, "officer")))
    await world.exchange(JPN, KOR)
    return Saw(f"{said.place} withdraws {world.places['consent']}; Seoul holds it")


CHAPTER = Chapter(
    "What the receiver may not do",
    "Tokyo gave the report for one purpose, to one party, under one level. Seoul's own node "
    "holds Seoul's own people to that. A refusal is an answer: it names the article and the "
    "reason, and stands in the journal.",
    (
        Step(
            "open-refused-without-need-to-know",
            KOR,
            "A planner with the highest clearance, whose duties are elsewhere, asks to read it.",
            refuse_to_open(_ITEM, KOR, "planner", "7(1)", "7(2)"),
            "2016-12-17T01:00:00Z",
        ),
        Step(
            "open-refused-for-another-purpose",
            KOR,
            "The analyst who read it yesterday would like to use it for a study.",
            refuse_to_open(_ITEM, KOR, "analyst", "6(c)", purpose="study"),
        ),
        Step(
            "open-refused-with-expired-clearance",
            KOR,
            "A reader whose clearance ran out at the end of 2015 asks.",
            refuse_to_open(_ITEM, KOR, "retired", "7(2)"),
        ),
        Step(
            "administrator-kept-out",
            KOR,
            "The administrator of Seoul's machine is cleared and needs to know, but runs the "
            "machine: that office has no access to content, by a rule of the node itself.",
            refuse_to_open(_ITEM, KOR, "administrator"),
        ),
        Step(
            "washington-refused-without-consent",
            KOR,
            "May Seoul pass the report on to Washington? It is Tokyo's.",
            refuse_onward(_ITEM, USA, "6(a)"),
            "2016-12-17T02:00:00Z",
        ),
        Step(
            "consent-asked",
            KOR,
            "Seoul asks Tokyo in writing.",
            _ask_consent,
            "2016-12-17T02:10:00Z",
        ),
        Step(
            "consent-given",
            JPN,
            "Tokyo gives its consent: for this item, this recipient, this purpose, until a day.",
            _give_consent,
            "2016-12-17T06:00:00Z",
        ),
        Step(
            "washington-allowed-with-consent",
            KOR,
            "The same question again, now that the consent has come.",
            _allow_with_consent,
            "2016-12-17T09:00:00Z",
        ),
        Step(
            "washington-refused-for-another-purpose",
            KOR,
            "The consent is for warning. For a study it is worth nothing.",
            refuse_onward(_ITEM, USA, "6(a)", "6(c)", purpose="study"),
        ),
        Step(
            "another-recipient-refused",
            KOR,
            "Nor does it reach a party that it does not name.",
            refuse_onward(_ITEM, ELSEWHERE, "6(a)"),
        ),
        Step(
            "consent-withdrawn",
            JPN,
            "Tokyo withdraws it.",
            _withdraw_consent,
            "2016-12-18T01:00:00Z",
        ),
        Step(
            "washington-refused-after-withdrawal",
            KOR,
            "What was allowed yesterday is refused again today.",
            refuse_onward(_ITEM, USA, "6(a)"),
        ),
    ),
)
