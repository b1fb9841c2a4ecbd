# SPDX-License-Identifier: Apache-2.0
"""Two real nodes in folders, with an agreement in force, for measuring whole exchanges.

Files, SQLite and keys are those of the product; only the clock tells a story.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.agreement.templates import template
from comity.basis.ids import AgreementId, Domain, PartyId, PersonId, Place
from comity.basis.instants import parse_date, parse_instant
from comity.config import ClockKind, Config
from comity.decision.people import Facility, Person, Role
from comity.decision.stages import Refused
from comity.flows import drafts, promises, receipts, set_up
from comity.flows import release as releasing
from comity.flows.context import Context
from comity.flows.courier import packing as courier_pack
from comity.flows.courier import taking as courier_take
from comity.flows.people import register as people
from comity.flows.speak import Entered
from comity.flows.treaty import acts as treaty
from comity.keys.cards import Card, fingerprint
from comity.node import EXERCISE_PASSPHRASES, AtHand, ask_nobody, found, open_node
from comity.sealing.payload import PayloadHeader
from comity.statement.information import AssuranceGive
from comity.statement.treaty import (
    AgreementEntryNotification,
    AgreementInitial,
    AgreementSign,
)

AGREEMENT: Final = AgreementId("gsomia-jpn-kor")
JPN, KOR = PartyId("JPN"), PartyId("KOR")
_PARTNER: Final = {JPN: KOR, KOR: JPN}
_DOMAINS: Final = {JPN: Domain("mod.tokyo.example"), KOR: Domain("mnd.seoul.example")}
_STARTED: Final = parse_instant("2016-11-23T01:00:00Z")
_AT_HAND: Final = AtHand("bench", ask_nobody)
_HEADER: Final = PayloadHeader("A launch", "application/octet-stream")
DRAFTER, OFFICER, REGISTRAR, READER = map(PersonId, ("d1", "r1", "g1", "o1"))


@dataclass(frozen=True, slots=True)
class Nodes:
    """Two open nodes, and the disc that goes between them."""

    contexts: dict[PartyId, Context]
    disc: Path

    async def release(self, content: Iterable[bytes]) -> Place:
        """Draft and release one item from Japan to Korea, by two persons."""
        context = self.contexts[JPN]
        item = drafts.ItemDraft(
            AGREEMENT, (KOR,), "秘", "missile-warning", "document", ("warning",)
        )
        kept = await drafts.draft_item(context, DRAFTER, item, _HEADER, content)
        assert not isinstance(kept, Refused), kept
        return _done(await releasing.release_draft(context, OFFICER, kept.number))

    async def carry(self, by: PartyId) -> None:
        """Pack everything that the partner lacks, and let it take the disc."""
        to = _PARTNER[by]
        packed = await courier_pack.pack_bundle(self.contexts[by], to, str(self.disc))
        for name in packed.names:
            await courier_take.take_bundle(self.contexts[to], name)
            Path(name).unlink()

    async def receipt(self, place: Place) -> Place:
        """Let Korea give the receipt for an item."""
        context = self.contexts[KOR]
        return _done(await receipts.receipt_item(context, AGREEMENT, place, REGISTRAR))

    async def open(self, place: Place) -> int:
        """Let a Korean officer read an item to its end; return how many bytes it has."""
        context = self.contexts[KOR]
        opened = await receipts.open_item(context, AGREEMENT, place, READER, purpose="warning")
        assert not isinstance(opened, Refused), opened
        return sum(len(chunk) for chunk in opened.content)


@asynccontextmanager
async def two_nodes(folder: Path) -> AsyncIterator[Nodes]:
    """Make both nodes in `folder`, bring the agreement in force, and keep them open."""
    cards = {party: await _found(folder, party) for party in (JPN, KOR)}
    async with reopened(folder) as nodes:
        for party in (JPN, KOR):
            await _prepare(nodes.contexts[party], cards[_PARTNER[party]])
        await _bring_in_force(nodes)
        yield nodes


@asynccontextmanager
async def reopened(folder: Path) -> AsyncIterator[Nodes]:
    """Open both nodes again."""
    async with AsyncExitStack() as held:
        contexts = {
            party: await held.enter_async_context(opened(folder, party)) for party in (JPN, KOR)
        }
        yield Nodes(contexts, folder / "disc")


def opened(folder: Path, party: PartyId) -> AbstractAsyncContextManager[Context]:
    """Open one node as a command does."""
    return open_node(folder / party.lower(), _AT_HAND, writing=True)


async def _found(folder: Path, party: PartyId) -> Card:
    config = Config(
        party=party,
        domain=_DOMAINS[party],
        names=(("en", party),),
        competent_authority="Ministry of Defense",
        exercise=True,
        clock=ClockKind.STORY,
        passphrases=EXERCISE_PASSPHRASES,
    )
    return await found(folder / party.lower(), config, _AT_HAND, started=_STARTED)


async def _prepare(context: Context, partner: Card) -> None:
    await set_up.pin_card(context, partner.raw, compared=fingerprint(partner))
    await set_up.pin_agreement(context, AGREEMENT, partner.party)
    await people.set_facility(context, Facility("hq", None), None)
    roles = {
        DRAFTER: Role.DRAFTER,
        OFFICER: Role.RELEASING_OFFICER,
        READER: Role.READER,
        REGISTRAR: Role.REGISTRAR,
    }
    for person, role in roles.items():
        record = Person(
            id=person,
            facility="hq",
            kind="official",
            posts=(),
            clearance="SECRET",
            clearance_until=parse_date("2020-01-01"),
            need_to_know=("missile-warning",),
            roles=(role,),
            registered_from=_STARTED,
            registered_until=None,
        )
        await people.add_person(context, record, None)
    await people.set_facility(context, Facility("hq", OFFICER), REGISTRAR)


async def _bring_in_force(nodes: Nodes) -> None:
    await treaty.propose(nodes.contexts[JPN], template(AGREEMENT))
    await nodes.carry(JPN)
    notified = AgreementEntryNotification(parse_date("2016-11-23"), "")
    for body in (AgreementInitial(""), AgreementSign(""), notified):
        for party in (JPN, KOR):
            await treaty.declare(nodes.contexts[party], AGREEMENT, body)
            await nodes.carry(party)
    assured = AssuranceGive("SECRET", None, True, True, parse_date("2017-12-31"))
    _done(await promises.promise(nodes.contexts[KOR], AGREEMENT, assured, REGISTRAR))
    await nodes.carry(KOR)


def _done(outcome: Entered | Refused) -> Place:
    assert not isinstance(outcome, Refused), outcome
    return outcome.place
