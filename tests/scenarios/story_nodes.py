# SPDX-License-Identifier: Apache-2.0
"""Make exercise nodes with a story's clock, for sessions: `python story_nodes.py INSTANT PARTY …`.

Each stands in a folder of its party's name in lower case. `clock INSTANT` sets their clocks on.
Cards are exchanged, the agreement id is pinned, and each has the same people.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from comity.basis.ids import AgreementId, Domain, PartyId, PersonId
from comity.basis.instants import Instant, parse_date, parse_instant
from comity.config import ClockKind, Config, TwoPersons
from comity.decision.house import allow_house_act
from comity.decision.people import Facility, Person, Role, format_facility, format_person
from comity.flows.documents import FACILITY, PERSON
from comity.flows.set_up import pin_agreement, pin_card
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

AGREEMENT = AgreementId("gsomia-jpn-kor")
AT_HAND = AtHand("tester", ask_nobody)
NAMES = {"JPN": ("ja", "日本国"), "KOR": ("ko", "대한민국"), "USA": ("en", "United States")}
CATEGORIES = ("missile-warning", "nuclear-test", "assessment")
PEOPLE = {
    "drafter": (CATEGORIES, (Role.DRAFTER,)),
    "officer": (CATEGORIES, (Role.DRAFTER, Role.RELEASING_OFFICER)),
    "registrar": ((), (Role.REGISTRAR,)),
    "reader": (CATEGORIES, (Role.READER,)),
    "outsider": ((), (Role.READER,)),
    "auditor": ((), (Role.AUDITOR,)),
    "administrator": (CATEGORIES, (Role.ADMINISTRATOR, Role.READER)),
}


async def _found(party: PartyId, started: Instant) -> Card:
    config = Config(
        party=party,
        domain=Domain(f"mod.{party.lower()}.example"),
        names=(("en", party), NAMES[party]) if party != "USA" else (NAMES[party],),
        competent_authority="Ministry of Defense",
        exercise=True,
        clock=ClockKind.STORY,
        passphrases=EXERCISE_PASSPHRASES,
        two_persons=TwoPersons("SECRET"),
    )
    return await found(Path(party.lower()).absolute(), config, AT_HAND, started=started)


async def _furnish(party: PartyId, cards: dict[PartyId, Card], now: Instant) -> None:
    async with open_node(Path(party.lower()), AT_HAND, writing=True) as context:
        documents = [
            Document(FACILITY, "hq", format_facility(Facility("hq", PersonId("registrar"))))
        ]
        for name, (categories, roles) in PEOPLE.items():
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
                if "USA" not in (party, other):
                    await pin_agreement(context, AGREEMENT, other)


async def _make(parties: list[PartyId], started: Instant) -> None:
    os.umask(0o077)
    cards = {party: await _found(party, started) for party in parties}
    for party in parties:
        await _furnish(party, cards, started)
    lines = [f"{party} {fingerprint(card)}\n" for party, card in cards.items()]
    Path("trust").write_text("".join(lines), encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Make nodes, or set the clocks of those that stand here."""
    if arguments[0] == "clock":
        for folder in sorted(Path().iterdir()):
            if (folder / "comity.toml").is_file():
                set_story_clock(folder, parse_instant(arguments[1]))
    else:
        asyncio.run(_make([PartyId(each) for each in arguments[1:]], parse_instant(arguments[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
