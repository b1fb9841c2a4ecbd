# SPDX-License-Identifier: Apache-2.0
"""Make exercise nodes with a story's clock, for sessions: `python story_nodes.py new INSTANT`.

Tokyo and Seoul stand in `jpn` and `kor`: cards exchanged, the agreement id pinned, the same people
in each. `in-force INSTANT` brings the agreement into force besides, with assurances both ways.
`pacts INSTANT` makes one for Washington in `usa` too, under the pacts of 2007, 1987 and 2014.
`goods INSTANT` brings the one of 2016 on goods into force between Tokyo and Washington; `exchange
INSTANT` carries what was said both ways. `clock INSTANT` sets the clocks on.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from comity.agreement.templates import template
from comity.basis.ids import AgreementId, Domain, PartyId, PersonId
from comity.basis.instants import UTC, Instant, date_of, parse_date, parse_instant
from comity.config import ClockKind, Config, TwoPersons
from comity.decision.house import allow_house_act
from comity.decision.people import Facility, Person, Role, format_facility, format_person
from comity.flows import promises
from comity.flows.context import Context
from comity.flows.courier.packing import pack_bundle
from comity.flows.courier.taking import take_bundle
from comity.flows.documents import FACILITY, PERSON
from comity.flows.set_up import pin_agreement, pin_card
from comity.flows.treaty import acts as treaty
from comity.keys.cards import Card, fingerprint
from comity.node import (
    EXERCISE_PASSPHRASES,
    AtHand,
    ask_nobody,
    found,
    open_node,
    set_story_clock,
)
from comity.ports import Change, Document
from comity.statement.information import AssuranceGive
from comity.statement.treaty import AgreementEntryNotification, AgreementSign

AGREEMENT = AgreementId("gsomia-jpn-kor")
AT_HAND = AtHand("tester", ask_nobody)
HERE = Path()
JPN, KOR = PARTIES = (PartyId("JPN"), PartyId("KOR"))
USA = PartyId("USA")
PACTS = {
    AgreementId("jpn-usa-2007"): (JPN, USA),
    AgreementId("kor-usa-1987"): (KOR, USA),
    AgreementId("tisa-2014"): (JPN, KOR, USA),
}
NAMES = {JPN: ("ja", "日本国"), KOR: ("ko", "대한민국"), USA: ("es", "Estados Unidos")}
CATEGORIES = ("missile-warning", "nuclear-test", "assessment")
ACSA = AgreementId("acsa-jpn-usa-2016")
GOODS = {ACSA: (JPN, USA)}
Pacts = Mapping[AgreementId, tuple[PartyId, ...]]
BILATERAL: Pacts = {AGREEMENT: PARTIES}
PEOPLE = {
    "drafter": (CATEGORIES, (Role.DRAFTER,)),
    "officer": (CATEGORIES, (Role.DRAFTER, Role.RELEASING_OFFICER)),
    "registrar": ((), (Role.REGISTRAR,)),
    "reader": (CATEGORIES, (Role.READER,)),
    "outsider": ((), (Role.READER,)),
    "auditor": ((), (Role.AUDITOR,)),
    "administrator": (CATEGORIES, (Role.ADMINISTRATOR, Role.READER)),
}
OFFICES = {
    "logistics": Role.LOGISTICS_OFFICER,
    "depot": Role.LOGISTICS_OFFICER,
    "finance": Role.FINANCE_OFFICER,
    "books": Role.FINANCE_OFFICER,
}
"""Who is there besides under an agreement on goods: nobody does two parts of one order."""


async def _found(party: PartyId, started: Instant) -> Card:
    config = Config(
        party=party,
        domain=Domain(f"mod.{party.lower()}.example"),
        names=(("en", party), NAMES[party]),
        competent_authority="Ministry of Defense",
        exercise=True,
        clock=ClockKind.STORY,
        passphrases=EXERCISE_PASSPHRASES,
        two_persons=TwoPersons("SECRET"),
    )
    return await found(Path(party.lower()).absolute(), config, AT_HAND, started=started)


async def _furnish(party: PartyId, cards: dict[PartyId, Card], now: Instant, pacts: Pacts) -> None:
    async with _opened(party) as context:
        documents = [
            Document(FACILITY, "hq", format_facility(Facility("hq", PersonId("registrar"))))
        ]
        offices = {name: ((), (role,)) for name, role in OFFICES.items() if ACSA in pacts}
        for name, (categories, roles) in (PEOPLE | offices).items():
            person = Person(
                id=PersonId(name),
                facility="hq",
                kind="official",
                posts=(),
                clearance="SECRET",
                clearance_until=parse_date("2030-12-31"),
                need_to_know=tuple(sorted(categories)),
                roles=tuple(sorted(roles)),
                registered_from=now,
                registered_until=None,
            )
            documents.append(Document(PERSON, name, format_person(person)))
        change = Change(allowed_by=allow_house_act("test"), documents=tuple(documents))
        await context.ports.store.commit(change)
        for other, card in cards.items():
            if other != party:
                await pin_card(context, card.raw, compared=fingerprint(card))
            for agreement, parties in pacts.items():
                if other != party and {party, other} <= set(parties):
                    await pin_agreement(context, agreement, other)


async def make(started: Instant, pacts: Pacts = BILATERAL) -> None:
    """Make a node for each party in this folder, and the file `trust` with their fingerprints."""
    os.umask(0o077)
    everybody = sorted({party for parties in pacts.values() for party in parties})
    cards = {party: await _found(party, started) for party in everybody}
    for party in everybody:
        await _furnish(party, cards, started, pacts)
    lines = [f"{party} {fingerprint(card)}\n" for party, card in cards.items()]
    Path("trust").write_text("".join(lines), encoding="utf-8")


async def sign_pacts(folder: Path = HERE) -> None:
    """Sign every pact, and let the parties of two assure one another, all exchanged.

    What goes through a hub is signed last of all: then its hub alone is spoken to.
    """
    for agreement, parties in PACTS.items():
        async with _opened(parties[0], folder) as context:
            await treaty.propose(context, template(agreement))
        await _carry_all(parties, folder)
        for party in parties:
            async with _opened(party, folder) as context:
                await treaty.declare(context, agreement, AgreementSign(""))
        await _carry_all(parties, folder)
    for agreement, parties in PACTS.items():
        for party in parties if len(parties) == 2 else ():
            async with _opened(party, folder) as context:
                for named in (None, "system:node", "system:courier"):
                    assured = AssuranceGive("SECRET", named, True, True, parse_date("2017-12-31"))
                    await promises.promise(context, agreement, assured, PersonId("registrar"))
    await _carry_all((JPN, KOR, USA), folder)


async def _carry_all(parties: tuple[PartyId, ...], folder: Path = HERE) -> None:
    for by in parties:
        for to in parties:
            if by != to:
                await _carry(by, to, folder)


async def bring_into_force() -> None:
    """Sign the agreement, notify its entry, and give assurances both ways, all exchanged."""
    async with _opened(JPN) as context:
        await treaty.propose(context, template(AGREEMENT))
        today = date_of(context.ports.clock.now(), UTC)
    await _carry(JPN, KOR)
    for body in (AgreementSign(""), AgreementEntryNotification(today, "")):
        for party, other in ((JPN, KOR), (KOR, JPN)):
            async with _opened(party) as context:
                await treaty.declare(context, AGREEMENT, body)
            await _carry(party, other)
    assured = AssuranceGive("SECRET", None, True, True, parse_date("2017-12-31"))
    for party in (KOR, JPN):
        async with _opened(party) as context:
            await promises.promise(context, AGREEMENT, assured, PersonId("registrar"))
        await _carry(party, JPN if party == KOR else KOR)
    for party, other in ((KOR, JPN), (JPN, KOR), (KOR, JPN)):
        await _carry(party, other)


async def bring_goods_into_force() -> None:
    """Sign the agreement on goods, and notify its entry, all exchanged."""
    async with _opened(JPN) as context:
        await treaty.propose(context, template(ACSA))
        today = date_of(context.ports.clock.now(), UTC)
    await _carry(JPN, USA)
    for body in (AgreementSign(""), AgreementEntryNotification(today, "")):
        for party in (JPN, USA):
            async with _opened(party) as context:
                await treaty.declare(context, ACSA, body)
        await _carry_all((JPN, USA))


def _opened(party: PartyId, folder: Path = HERE) -> AbstractAsyncContextManager[Context]:
    return open_node(folder / party.lower(), AT_HAND, writing=True)


async def _carry(by: PartyId, to: PartyId, folder: Path = HERE) -> None:
    disc = folder / "carried"
    async with _opened(by, folder) as context:
        await pack_bundle(context, to, str(disc))
    async with _opened(to, folder) as context:
        await take_bundle(context, str(disc))
    disc.unlink()


def main(arguments: list[str]) -> None:
    """Make nodes, or set the clocks of those that stand here."""
    what, instant = arguments[0], parse_instant(arguments[1])
    if what == "clock":
        for party in (JPN, KOR, USA):
            if Path(party.lower()).is_dir():
                set_story_clock(Path(party.lower()), instant)
        return
    if what == "exchange":
        asyncio.run(_carry_all((JPN, USA)))
        return
    kinds: dict[str, Pacts] = {"pacts": PACTS, "goods": GOODS}
    asyncio.run(make(instant, kinds.get(what, BILATERAL)))
    if what == "goods":
        asyncio.run(bring_goods_into_force())
    if what == "in-force":
        asyncio.run(bring_into_force())
    if what == "pacts":
        asyncio.run(sign_pacts())


if __name__ == "__main__":
    main(sys.argv[1:])
