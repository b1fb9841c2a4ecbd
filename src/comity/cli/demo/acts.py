# SPDX-License-Identifier: Apache-2.0
"""Acts that many steps do: treaty statements, releases, receipts, opening, decisions.

Each makes the act that a step needs, from the story's words; none knows which step it serves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from comity.agreement.acts import AgreementState
from comity.agreement.model import Agreement
from comity.basis.errors import InvariantError
from comity.basis.ids import PartyId, PersonId, Place
from comity.basis.instants import Instant, Zone, date_of
from comity.cli.demo.cast import (
    CITY,
    GSOMIA,
    JPN,
    KOR,
    other,
    post,
    report_bytes,
    report_header,
)
from comity.cli.demo.checks import cited, entered, expect, in_order, reasons, refused, unexpected
from comity.cli.demo.gist import gist_of
from comity.cli.demo.steps import Act, Saw
from comity.cli.demo.world import World
from comity.decision.stages import Allowed, Cleared, Refused
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item, preview_release
from comity.flows.receipts import decide_on_item, open_item, receipt_item
from comity.flows.release import release_draft
from comity.flows.speak import Entered
from comity.flows.treaty.acts import declare
from comity.flows.view import gather_view
from comity.sealing.payload import PayloadHeader
from comity.state.lifecycle import LifecycleView
from comity.statement.kinds import Body

SEOUL_AND_TOKYO = Zone(9 * 60)

Wording = Callable[[World], Body]
"""Words a statement, once the places that it names are known."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One report on its way: who releases it to whom, under which label."""

    mark: str
    report: str
    by: PartyId
    marking: str
    category: str
    purpose: str
    supersedes: str | None = None
    answers: str | None = None

    def draft(self, world: World) -> ItemDraft:
        """Word the draft of this item."""
        return ItemDraft(
            agreement=GSOMIA,
            to=(other(self.by),),
            marking=self.marking,
            category=self.category,
            form="document",
            purposes=(self.purpose,),
            supersedes=None if self.supersedes is None else world.places[self.supersedes],
            answers=None if self.answers is None else world.places[self.answers],
        )


def treaty_act(
    party: PartyId,
    wording: Wording,
    state: AgreementState,
    *,
    mark: str | None = None,
    evidence: str | None = None,
) -> Act:
    """Say a treaty statement, carry it, and expect both nodes to be in the same state."""

    async def act(world: World) -> Saw:
        async with world.node(party) as context:
            said = entered(await declare(context, GSOMIA, wording(world), post(party, "officer")))
        if mark is not None:
            world.places[mark] = said.place
        await world.exchange(party, other(party))
        if evidence is not None:
            await world.exchange(other(party), party)
            await world.keep_evidence(evidence, party, said.place)
        standing = await both_say(world, state)
        words = f"{said.statement.kind} stands at {said.place}; {state_words(state)}"
        return Saw(f"{words}{_end(standing)}", article_of(standing), evidence)

    return act


async def both_say(world: World, state: AgreementState | None) -> LifecycleView:
    """Expect both parties' nodes to work out one state of the agreement."""
    standings = [await world.standing(party) for party in (JPN, KOR)]
    for standing in standings:
        expect(standing.state is state, str(state), standing.state)
    return standings[0]


def article_of(standing: LifecycleView) -> tuple[str, ...]:
    """Cite the article that the lifecycle rests on, once there is an agreement."""
    return () if standing.article is None else (standing.article,)


def state_words(state: AgreementState | None) -> str:
    """Say a state as both nodes show it."""
    return f"both nodes say {'nothing' if state is None else state.value}"


def _end(standing: LifecycleView) -> str:
    if standing.ends_at is None:
        return ""
    return f", ending {local_time(standing.ends_at)}"


def local_time(instant: Instant) -> str:
    """Write an instant as the clocks of Seoul and Tokyo show it, named."""
    day = date_of(instant, SEOUL_AND_TOKYO)
    minutes = (instant // 60_000 + 9 * 60) % (24 * 60)
    return f"{day.isoformat()} {minutes // 60:02d}:{minutes % 60:02d} in Seoul and Tokyo"


async def draft_report(world: World, parcel: Parcel, drafter: PersonId) -> KeptDraft | Refused:
    """Label, decide and seal a report at its originator's node."""
    async with world.node(parcel.by) as context:
        return await draft_item(
            context,
            drafter,
            parcel.draft(world),
            report_header(parcel.report),
            [report_bytes(parcel.report)],
        )


async def release(world: World, parcel: Parcel, kept: KeptDraft, officer: PersonId) -> Entered:
    """Enter a kept draft in the originator's register."""
    async with world.node(parcel.by) as context:
        said = entered(await release_draft(context, officer, kept.number))
    world.places[parcel.mark] = said.place
    return said


async def send(world: World, parcel: Parcel) -> Place:
    """Draft, release by a second person, and carry."""
    kept = await draft_report(world, parcel, post(parcel.by, "drafter"))
    if isinstance(kept, Refused):
        raise unexpected(kept)
    said = await release(world, parcel, kept, post(parcel.by, "officer"))
    await world.exchange(parcel.by, other(parcel.by), name=parcel.mark)
    await expect_in_custody(world, other(parcel.by), said.place)
    return said.place


async def expect_in_custody(world: World, party: PartyId, place: Place) -> None:
    """Expect a party to hold an item's payload, and its key under a key of its own."""
    async with world.node(party) as context:
        view = await gather_view(context, GSOMIA)
        ref = view.item_ref(place, view.item(place).release.sealed)
        held = await context.ports.keys.held_item_keys(frozenset({ref}))
    expect(held, "the item in custody", "no key of it")


async def clear_report(world: World, parcel: Parcel) -> Cleared:
    """Decide a release as it would be decided now; nothing is written."""
    async with world.node(parcel.by) as context:
        _, _, outcome = await preview_release(
            context, post(parcel.by, "drafter"), parcel.draft(world)
        )
    if isinstance(outcome, Refused):
        raise unexpected(outcome)
    return outcome


def send_report(parcel: Parcel) -> Act:
    """Send a report, and say under which level it went and what let it go."""

    async def act(world: World) -> Saw:
        cleared = await clear_report(world, parcel)
        place = await send(world, parcel)
        item = (await world.view(other(parcel.by))).item(place)
        label = item.release.label
        after = "" if parcel.supersedes is None else f", superseding {item.release.supersedes}"
        title = report_header(parcel.report).title
        words = f"“{title}” stands at {place} under {label.marking} ({label.level}){after}"
        return Saw(words, cited(cleared.decision.articles))

    return act


def clause_articles(agreement: Agreement, *kinds: str) -> tuple[str, ...]:
    """Cite where the file says what it says of some kinds of clauses."""
    clauses = (clause for kind in kinds for clause in agreement.clauses(kind))
    return in_order(clause.article for clause in clauses)


async def take_receipt(
    world: World, party: PartyId, place: Place, *, marking: str | None = None
) -> Entered:
    """Give the receipt for an item, as the registrar."""
    async with world.node(party) as context:
        return entered(
            await receipt_item(context, GSOMIA, place, post(party, "registrar"), marking=marking)
        )


def receipt(mark: str, party: PartyId, wanted: str, *, choice: str | None = None) -> Act:
    """Receipt an item and carry the receipt back; `wanted` is the receiver's own marking."""

    async def act(world: World) -> Saw:
        said = await take_receipt(world, party, world.places[mark], marking=choice)
        world.places[f"{mark}-receipt"] = said.place
        await world.exchange(party, other(party))
        view = await world.view(other(party))
        known = view.fold.state.receipts.get((world.places[mark], party))
        expect(known is not None and known.marking == wanted, wanted, known)
        how = "as its officer chose" if choice else "the only one that corresponds"
        words = f"receipt at {said.place}: held in {CITY[party]} under {wanted}, {how}"
        return Saw(words, clause_articles(view.agreement(), "marking", "receipt"))

    return act


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person who opened an item has before the eyes."""

    head: tuple[str, ...]
    header: PayloadHeader
    content: bytes
    articles: tuple[str, ...]


async def read_item(
    world: World, party: PartyId, mark: str, person: str, purpose: str
) -> Reading | Refused:
    """Open an item to its end, as a person, for a purpose."""
    place, who = world.places[mark], post(party, person)
    async with world.node(party) as context:
        decided = await decide_on_item(context, GSOMIA, place, who, action="open", purpose=purpose)
        opened = await open_item(context, GSOMIA, place, who, purpose=purpose)
        if isinstance(opened, Refused):
            return opened
        content = b"".join(opened.content)
        header = opened.header
    if isinstance(decided, Refused) or header is None:
        raise InvariantError("demo.opened", "an item was opened against the decision")
    return Reading(opened.banner.head, header, content, cited(decided.articles))


def refuse_to_open(
    mark: str, party: PartyId, person: str, *articles: str, purpose: str = "warning"
) -> Act:
    """Expect a person to be refused an item, with exactly these articles."""

    async def act(world: World) -> Saw:
        outcome = await read_item(world, party, mark, person, purpose)
        findings = refused(outcome, *(articles or ("house",))).findings
        return Saw(f"refused. {reasons(findings)}", cited(findings))

    return act


def open_report(mark: str, report: str, party: PartyId, person: str, purpose: str) -> Act:
    """Expect a person to read a report as it was written, under its banner."""

    async def act(world: World) -> Saw:
        reading = opened(await read_item(world, party, mark, person, purpose))
        expect(reading.content == report_bytes(report), "the report as sealed", "other bytes")
        banner = " | ".join(reading.head)
        return Saw(f"{gist_of(reading.content)}. Banner: {banner}", reading.articles)

    return act


def opened(outcome: Reading | Refused) -> Reading:
    """Take the outcome of opening that must be allowed."""
    if isinstance(outcome, Refused):
        raise unexpected(outcome)
    return outcome


async def decide_onward(
    world: World, mark: str, recipient: PartyId, purpose: str
) -> Allowed | Refused:
    """Decide in the receiver's node whether an item may go on to a third party."""
    place = world.places[mark]
    party = other(place.party)
    async with world.node(party) as context:
        return await decide_on_item(
            context,
            GSOMIA,
            place,
            post(party, "officer"),
            action="third_party_release",
            purpose=purpose,
            recipient=recipient,
            channel="courier",
        )


def refuse_onward(mark: str, recipient: PartyId, *articles: str, purpose: str = "warning") -> Act:
    """Expect that an item may not go on to a third party."""

    async def act(world: World) -> Saw:
        findings = refused(await decide_onward(world, mark, recipient, purpose), *articles).findings
        return Saw(f"refused. {reasons(findings)}", cited(findings))

    return act
