# SPDX-License-Identifier: Apache-2.0
"""Chapter: Japan, Washington, Seoul: through the hub, item by item, three decisions, one proof.

It is told on nodes of its own, in a folder apart, and by discs; they stay with the others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.agreement.templates import template
from comity.basis.ids import AgreementId
from comity.basis.instants import Date
from comity.cli.demo.apart import begin_apart, carry_all_apart, carry_apart, on_apart
from comity.cli.demo.cast import GOVERNMENTS, JPN, KOR, USA, post, report_bytes, report_header
from comity.cli.demo.chapters.nodes import register_people
from comity.cli.demo.checks import cited, entered, expect, reasons, refused, unexpected
from comity.cli.demo.steps import Chapter, Saw, Step
from comity.cli.demo.world import World
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item
from comity.flows.passing.onward import draft_onward, pass_on
from comity.flows.passing.wishes import KeptPassing, OnwardDraft
from comity.flows.promises import consent_to, promise
from comity.flows.receipts import receipt_item
from comity.flows.release import release_draft
from comity.flows.set_up import pin_agreement, pin_card
from comity.flows.treaty import acts as treaty
from comity.flows.turns import read_view
from comity.keys.cards import fingerprint
from comity.statement.information import AssuranceGive
from comity.statement.passing import Sharing
from comity.statement.treaty import AgreementSign

_OF_2007, _OF_1987, _OF_2014 = (
    AgreementId(each) for each in ("jpn-usa-2007", "kor-usa-1987", "tisa-2014")
)
_PACTS: Final = {_OF_2007: (JPN, USA), _OF_1987: (KOR, USA), _OF_2014: (JPN, KOR, USA)}
_REPORT: Final = "launch-2016-02-07"
_UNTIL: Final = Date(2017, 12, 31)
_SYSTEMS: Final = ("system:courier", "system:node")


async def _sign_three(world: World) -> Saw:
    apart = await begin_apart(world, "through-washington", GOVERNMENTS)
    for party in apart.cards:
        await register_people(party)(apart)
    for party, card in apart.cards.items():
        async with apart.node(party) as context:
            for known in apart.cards.values():
                if known is not card:
                    await pin_card(context, known.raw, compared=fingerprint(known))
            for agreement, parties in _PACTS.items():
                for other in sorted({*parties} - {party} if party in parties else ()):
                    await pin_agreement(context, agreement, other)
    for agreement, parties in _PACTS.items():
        async with apart.node(parties[0]) as context:
            await treaty.propose(context, template(agreement))
    for sender, receiver in ((JPN, KOR), (JPN, USA), (KOR, USA)):
        await carry_apart(apart, sender, receiver)
    for party in apart.cards:
        async with apart.node(party) as context:
            for agreement, parties in _PACTS.items():
                if party in parties:
                    await treaty.declare(context, agreement, AgreementSign(treaty.NO_NOTE_YET))
    await carry_all_apart(apart)
    for party, agreement in ((USA, _OF_2007), (KOR, _OF_1987)):
        async with apart.node(party) as context:
            for named in (None, *_SYSTEMS):
                body = AssuranceGive("SECRET", named, True, True, _UNTIL)
                await promise(context, agreement, body, post(party, "officer"))
    await carry_apart(apart, USA, JPN)
    await carry_apart(apart, KOR, USA)
    words = ", ".join(f"{each}: {', '.join(parties)}" for each, parties in _PACTS.items())
    return Saw(f"in force, on nodes of their own: {words}; {_OF_2014} binds nobody")


async def _refuse_direct(apart: World) -> Saw:
    async with apart.node(JPN) as context:
        outcome = await _draft(context, _straight())
    findings = refused(outcome, "4").findings
    return Saw(f"refused. {reasons(findings)}", cited(findings))


async def _give_to_washington(apart: World) -> Saw:
    async with apart.node(JPN) as context:
        kept = await _draft(context, _ITEM)
        if not isinstance(kept, KeptDraft):
            raise unexpected(kept)
        said = entered(await release_draft(context, post(JPN, "officer"), kept.number))
    apart.places["given"] = said.place
    await carry_apart(apart, JPN, USA)
    async with apart.node(USA) as context:
        entered(await receipt_item(context, _OF_2007, said.place, post(USA, "registrar")))
    await carry_apart(apart, USA, JPN)
    words = f"{_OF_2007}/{said.place}, marked to be shared under {_OF_2014} with {KOR}; receipted"
    return Saw(words, ("4",))


async def _refuse_without_leave(apart: World) -> Saw:
    async with apart.node(USA) as context:
        outcome = await draft_onward(context, post(USA, "officer"), _wish(apart))
    findings = refused(outcome, "4", "6(a)").findings
    return Saw(f"refused. {reasons(findings)}", cited(findings))


async def _consent(apart: World) -> Saw:
    body = consent_to(
        items=(apart.places["given"],),
        category=None,
        recipient=KOR,
        purpose="warning",
        until=_UNTIL,
    )
    async with apart.node(JPN) as context:
        said = entered(await promise(context, _OF_2007, body, post(JPN, "officer")))
    await carry_apart(apart, JPN, USA)
    await carry_apart(apart, USA, JPN)
    await carry_apart(apart, JPN, USA)
    return Saw(f"given at {_OF_2007}/{said.place}, for this item, to {KOR}, for warning", ("6(a)",))


async def _three_decisions(apart: World) -> Saw:
    async with apart.node(USA) as context:
        kept = await draft_onward(context, post(USA, "drafter"), _wish(apart))
        if not isinstance(kept, KeptPassing):
            raise unexpected(kept)
        outcome = await pass_on(context, post(USA, "officer"), kept.number)
    if isinstance(outcome, Refused):
        raise unexpected(outcome)
    apart.places["onward"] = outcome.release
    told = [each.agreement for each in outcome.decisions]
    expect(told == [_OF_2007, _OF_2014, _OF_1987], "three agreements", ", ".join(told))
    words = "; ".join(
        f"{each.agreement} Art. {', '.join(cited(each.articles))}" for each in outcome.decisions
    )
    return Saw(f"released as {_OF_1987}/{outcome.release}, allowed by {words}")


async def _admit_in_seoul(apart: World) -> Saw:
    await carry_apart(apart, USA, KOR)
    place = apart.places["onward"]
    async with apart.node(KOR) as context:
        said = entered(await receipt_item(context, _OF_1987, place, post(KOR, "registrar")))
        label = (await read_view(context, _OF_1987)).item(place).release.label
    apart.places["receipt"] = said.place
    expect(label.originators == (JPN, USA), "Japan's name kept", ", ".join(label.originators))
    names = ", ".join(label.originators)
    return Saw(f"the proof verifies by pinned keys; receipted {said.place}; originators {names}")


async def _link_receipts(apart: World) -> Saw:
    await carry_apart(apart, KOR, USA)
    await carry_apart(apart, USA, JPN)
    async with apart.node(JPN) as context:
        state = (await read_view(context, _OF_2007)).fold.state
    (row,) = state.passed_on.values()
    expect(row.receipt == apart.places["receipt"], str(apart.places["receipt"]), row.receipt)
    own = state.receipts.get((row.said.item, USA))
    words = f"{row.said.item}: {own and own.place} in Washington, {row.receipt} in Seoul"
    return Saw(f"Tokyo reads both receipts in its own mirror: {words}", ("4",))


_ITEM: Final = ItemDraft(
    _OF_2007,
    (USA,),
    "秘",
    "missile-warning",
    "document",
    ("warning",),
    sharing=Sharing(_OF_2014, (KOR,), "dprk_missile"),
)


def _straight() -> ItemDraft:
    return replace(_ITEM, agreement=_OF_2014, to=(KOR,), category="dprk_missile")


def _wish(apart: World) -> OnwardDraft:
    return OnwardDraft(
        _OF_2007,
        apart.places["given"],
        _OF_1987,
        KOR,
        purpose="warning",
        marking="CONFIDENTIAL",
        category="missile-warning",
        form="document",
        arrangement=_OF_2014,
        channel="courier",
    )


async def _draft(context: Context, item: ItemDraft) -> KeptDraft | Refused:
    by_disc = replace(item, channel="courier")
    header, raw = report_header(_REPORT), report_bytes(_REPORT)
    return await draft_item(context, post(JPN, "drafter"), by_disc, header, [raw])


CHAPTER = Chapter(
    "Through Washington",
    "By the arrangement of 2014 Japan and the Republic of Korea give each other what they know of "
    "nuclear and missile threats through Washington, item by item, and only as the originator "
    "lets it. The arrangement binds nobody; what protects a report on each leg of its way is "
    "the agreement between the two at its ends. This is told on three nodes made for it.",
    (
        Step(
            "three-pacts-signed",
            USA,
            "Tokyo and Seoul each sign a pact with Washington, and all three the arrangement.",
            _sign_three,
            "2017-07-10T01:00:00Z",
        ),
        Step(
            "straight-to-seoul-refused",
            JPN,
            "May Tokyo release a report straight to Seoul under the arrangement?",
            on_apart(_refuse_direct),
        ),
        Step(
            "given-to-washington",
            JPN,
            "Tokyo gives it to Washington, under their agreement of 2007, and marks it for Seoul.",
            on_apart(_give_to_washington),
            "2017-07-10T02:00:00Z",
        ),
        Step(
            "washington-refused-without-leave",
            USA,
            "Washington would pass it on, but the mark is not yet Tokyo's consent. Its own node "
            "refuses.",
            on_apart(_refuse_without_leave),
            "2017-07-10T03:00:00Z",
        ),
        Step(
            "leave-for-seoul",
            JPN,
            "Tokyo consents: this item, to Seoul, for warning.",
            on_apart(_consent),
            "2017-07-10T04:00:00Z",
        ),
        Step(
            "three-decisions",
            USA,
            "Washington asks again. Three agreements have a say in it, and each decides by itself.",
            on_apart(_three_decisions),
            "2017-07-10T05:00:00Z",
        ),
        Step(
            "seoul-takes-it-with-its-proof",
            KOR,
            "Seoul is no party to the agreement of 2007, and takes Japan's item only with proof "
            "that Japan let it come.",
            on_apart(_admit_in_seoul),
            "2017-07-10T06:00:00Z",
        ),
        Step(
            "receipts-linked",
            JPN,
            "Washington tells Tokyo what became of it.",
            on_apart(_link_receipts, last=True, kept=True),
            "2017-07-10T07:00:00Z",
        ),
    ),
)
