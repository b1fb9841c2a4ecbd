# SPDX-License-Identifier: Apache-2.0
"""Chapter: numbered copies of a held item, and what is made of two items."""

from __future__ import annotations

from typing import Final

from comity.cli.demo.acts import (
    clause_articles,
    refuse_onward,
    take_receipt,
)
from comity.cli.demo.cast import GSOMIA, JPN, KOR, USA, post, report_bytes
from comity.cli.demo.checks import cited, entered, expect, reasons, refused, unexpected
from comity.cli.demo.gist import gist_of
from comity.cli.demo.steps import Chapter, Saw, Step
from comity.cli.demo.world import World
from comity.decision.stages import Refused
from comity.flows.drafts import ItemDraft, KeptDraft
from comity.flows.keeping.making import CopyWish, Made, make_copy
from comity.flows.keeping.making_from import derive_item
from comity.flows.release import release_draft
from comity.sealing.payload import PayloadHeader

_THEIRS: Final = "third-test"
"""Seoul's SECRET report, held in Tokyo."""
_OWN: Final = "fourth-test"
"""Tokyo's own, which it lowered to CONFIDENTIAL."""
_MADE: Final = "derived"
_COPY: Final = 2
_COMPARED: Final = PayloadHeader("The third and the fourth test compared", "text/plain")


async def _copy(world: World, second: str | None) -> Made | Refused:
    analyst = post(JPN, "analyst")
    wish = CopyWish(
        "analysis", "for the duty desk", analyst, None if second is None else post(JPN, second)
    )
    async with world.node(JPN) as context:
        return await make_copy(context, GSOMIA, world.places[_THEIRS], analyst, wish)


async def _refuse_copy(world: World) -> Saw:
    findings = refused(await _copy(world, None), "14").findings
    return Saw(f"refused. {reasons(findings)}", cited(findings))


async def _make_copy(world: World) -> Saw:
    made = await _copy(world, "drafter")
    if isinstance(made, Refused):
        raise unexpected(made)
    expect(made.copy.number == _COPY, str(_COPY), made.copy.number)
    hand = made.copy.hand
    words = f"copy {made.copy.number} of {made.item}, held by {hand.holder} at {hand.facility}"
    agreement = (await world.view(JPN)).agreement()
    return Saw(
        f"{words}. Banner: {' | '.join(made.banner.head)}", clause_articles(agreement, "copies")
    )


async def _derive(world: World, marking: str) -> KeptDraft | Refused:
    item = ItemDraft(
        GSOMIA,
        (KOR,),
        marking,
        "nuclear-test",
        "document",
        (),
        derived_from=tuple(sorted((world.places[_OWN], world.places[_THEIRS]))),
    )
    compared = [
        report_bytes(each) for each in ("nuclear-test-2013-02-12", "nuclear-test-2016-01-06")
    ]
    text = [f"{gist_of(each)}\n".encode() for each in compared]
    async with world.node(JPN) as context:
        return await derive_item(context, post(JPN, "drafter"), item, _COMPARED, text)


async def _refuse_lower(world: World) -> Saw:
    findings = refused(await _derive(world, "秘"), "4(3)").findings
    return Saw(f"refused. {reasons(findings)}", cited(findings))


async def _release_derived(world: World) -> Saw:
    kept = await _derive(world, "特定秘密")
    if isinstance(kept, Refused):
        raise unexpected(kept)
    async with world.node(JPN) as context:
        said = entered(await release_draft(context, post(JPN, "officer"), kept.number))
    world.places[_MADE] = said.place
    await world.exchange(JPN, KOR)
    await take_receipt(world, KOR, said.place)
    await world.exchange(KOR, JPN)
    view = await world.view(KOR)
    label = view.item(said.place).release.label
    expect(label.originators == (JPN, KOR), "both originators", ", ".join(label.originators))
    words = f"{said.place} is {label.level}, originators {', '.join(label.originators)}"
    return Saw(
        f"{words}, for {', '.join(label.purposes)}", clause_articles(view.agreement(), "derived")
    )


CHAPTER = Chapter(
    "A copy, and what is made of two reports",
    "Paper is copied, and analysts write new papers out of old ones. Each copy has a number, a "
    "holder and a place; what is made of two reports is never less protected than either, and "
    "belongs to both originators.",
    (
        Step(
            "copy-refused-to-one-person",
            JPN,
            "A Tokyo analyst wants a copy of Seoul's SECRET report for the duty desk, and makes it "
            "alone.",
            _refuse_copy,
            "2017-06-12T01:00:00Z",
        ),
        Step("copy-made-by-two", JPN, "Two persons make it.", _make_copy),
        Step(
            "less-protection-refused",
            JPN,
            "Tokyo compares its own report, now CONFIDENTIAL, with Seoul's, which is SECRET. The "
            "drafter would mark the comparison CONFIDENTIAL.",
            _refuse_lower,
            "2017-06-13T01:00:00Z",
        ),
        Step(
            "comparison-released",
            JPN,
            "Under the higher marking it goes to Seoul, which gives its receipt.",
            _release_derived,
        ),
        Step(
            "comparison-not-passed-on",
            KOR,
            "May Seoul give the comparison to Washington? Half of it is Tokyo's.",
            refuse_onward(_MADE, USA, "6(a)", purpose="analysis"),
        ),
    ),
)
