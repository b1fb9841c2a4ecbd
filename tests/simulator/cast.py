# SPDX-License-Identifier: Apache-2.0
"""Who takes part: parties, their markings and people, and the agreements between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from comity.agreement.templates import template
from comity.basis.ids import AgreementId, Domain, PartyId, PersonId
from comity.basis.instants import parse_date, parse_instant
from comity.config import Config, TwoPersons
from comity.decision.people import Person, Role

JPN, KOR, USA, AUS, CAN, NZL = (
    PartyId(each) for each in ("JPN", "KOR", "USA", "AUS", "CAN", "NZL")
)
DRAFTER, OFFICER, REGISTRAR, READER, CLERK, AUDITOR = (
    PersonId(each) for each in ("drafter", "officer", "registrar", "reader", "clerk", "auditor")
)
_PEOPLE: Final = {
    REGISTRAR: (Role.REGISTRAR,),
    DRAFTER: (Role.DRAFTER,),
    OFFICER: (Role.RELEASING_OFFICER,),
    READER: (Role.READER,),
    CLERK: (Role.READER,),
    AUDITOR: (Role.AUDITOR,),
}
_GSOMIA: Final = AgreementId("gsomia-jpn-kor")
MORNING: Final = parse_instant("2016-11-23T01:00:00Z")
ENTRY: Final = parse_date("2016-11-23")
A_YEAR: Final = parse_date("2017-12-31")
LEVELS: Final = ("SECRET", "CONFIDENTIAL")
_OWN_MARKINGS: Final = {
    JPN: {"SECRET": "極秘", "CONFIDENTIAL": "秘"},
    KOR: {"SECRET": "군사II급비밀", "CONFIDENTIAL": "군사III급비밀"},
}
CATEGORIES: Final = ("missile-warning", "nuclear-test")
OUT_OF_SCOPE: Final = "weather"


def marking_of(party: PartyId, level: str) -> str:
    """Give a party's marking of a level."""
    return _OWN_MARKINGS.get(party, {}).get(level, level)


def config_of(party: PartyId) -> Config:
    """Give a node's configuration."""
    return Config(
        party=party,
        domain=Domain(f"mod.{party.lower()}.example"),
        names=(("en", party.title()),),
        competent_authority=f"Authority of {party}",
        exercise=True,
        two_persons=TwoPersons("SECRET"),
    )


def people_of() -> tuple[Person, ...]:
    """Give one person of each role, registered at one facility."""
    return tuple(
        Person(
            id=person,
            facility="hq",
            kind="official",
            posts=(),
            clearance="SECRET",
            clearance_until=A_YEAR,
            need_to_know=() if person == CLERK else CATEGORIES[:1],
            roles=roles,
            registered_from=MORNING,
            registered_until=None,
        )
        for person, roles in _PEOPLE.items()
    )


@dataclass(frozen=True, slots=True)
class Pact:
    """An agreement, its parties, and whether it is in force when the people begin.

    With a `hub` its registers and parcels go through that party alone; where it `suspends`, a
    category may be suspended, and more copies are made.
    """

    id: AgreementId
    parties: tuple[PartyId, ...]
    signed: bool = True
    hub: PartyId | None = None
    suspends: bool = False

    def joins(self, one: PartyId, other: PartyId) -> bool:
        """Answer whether two parties exchange by it without anybody between."""
        return {one, other} <= set(self.parties) and self.hub in (None, one, other)


@dataclass(frozen=True, slots=True)
class Topology:
    """The nodes of a world and what they have agreed."""

    name: str
    pacts: tuple[Pact, ...]

    @property
    def parties(self) -> tuple[PartyId, ...]:
        """List the parties, sorted."""
        return tuple(sorted({party for pact in self.pacts for party in pact.parties}))

    def shared(self, one: PartyId, other: PartyId) -> bool:
        """Answer whether two parties share an agreement."""
        return any({one, other} <= set(pact.parties) for pact in self.pacts)

    def joined(self, one: PartyId, other: PartyId) -> bool:
        """Answer whether two parties exchange anything without anybody between."""
        return any(pact.joins(one, other) for pact in self.pacts)

    @property
    def hubs(self) -> dict[AgreementId, PartyId]:
        """Give the agreements that go through a hub."""
        return {pact.id: pact.hub for pact in self.pacts if pact.hub is not None}


def _pact(*parties: PartyId, signed: bool = True, hub: PartyId | None = None) -> Pact:
    name = "-".join(party.lower() for party in parties)
    return Pact(AgreementId(f"gsomia-{name}"), parties, signed, hub)


TOPOLOGIES: Final = (
    Topology("three", (_pact(JPN, KOR), _pact(KOR, USA), _pact(JPN, KOR, USA))),
    Topology("late", (_pact(JPN, KOR), _pact(JPN, USA, signed=False))),
    Topology("four", (_pact(JPN, KOR, USA), _pact(USA, AUS), _pact(JPN, AUS))),
    Topology(
        "six",
        (_pact(JPN, KOR), _pact(KOR, USA), _pact(USA, AUS), _pact(AUS, CAN), _pact(CAN, NZL)),
    ),
    Topology("hub", (_pact(JPN, KOR, USA, hub=USA), _pact(USA, AUS))),
)


def agreement_file(pact: Pact) -> bytes:
    """Write a pact's file: the template, with these parties."""
    text = template(_GSOMIA).decode()
    text = text.replace(f'id = "{_GSOMIA}"', f'id = "{pact.id}"', 1)
    before, _, rest = text.partition("[parties.JPN]")
    _, _, after = rest.partition("[levels]")
    parties = "".join(_party(party) for party in pact.parties)
    text = f"{before}{parties}[levels]{after}"
    for level in LEVELS:
        text = re.sub(
            rf'level = "{level}"\n.*?(?=\n\[)',
            f'level = "{level}"\n{_rows(pact.parties, level)}',
            text,
            count=1,
            flags=re.DOTALL,
        )
    if WITH_GOODS:
        text = text.replace("[scope]\n", '[scope]\nactivities = ["exercise"]\n', 1) + _GOODS
        text = re.sub(
            r"(\[scope\].*?categories = \[)", r'\1"fuel", ', text, count=1, flags=re.DOTALL
        )
    if pact.suspends:
        text = text.replace("limit = 3 ", "limit = 9 ", 1) + _SUSPENSION
    return text.encode()


WITH_GOODS = False
"""Whether goods and services are lent under every pact too: set for seeds of their own."""

_GOODS: Final = """
[[article]]
number = "23"
title = { en = "Goods", ja = "x", ko = "x" }
summary = { en = "Goods are lent and given back.", ja = "x", ko = "x" }
[article.order]
allowed = [{ categories = ["fuel"], activities = ["exercise"] }]
needs = ["charter", "elements"]
apart = false
[article.settlement]
supplies = ["cash", "replacement_in_kind", "equal_value"]
currency = "any"
apart = false
[article.statement]
every = "3 months"
"""

_SUSPENSION: Final = """
[[article]]
number = "22"
title = { en = "Suspension", ja = "x", ko = "x" }
summary = { en = "A category may be suspended.", ja = "x", ko = "x" }
[article.suspension]
acts = [
  "release", "transmit", "disclose", "third_party_release", "contractor_release",
  "reproduce", "translate", "derive",
]
"""


def _party(party: PartyId) -> str:
    return (
        f'[parties.{party}]\ncompetent_authority = "Authority of {party}"\n'
        f'[parties.{party}.name]\nen = "Government {party}"\nja = "{party}"\nko = "{party}"\n\n'
    )


def _rows(parties: Sequence[PartyId], level: str) -> str:
    return "".join(f'{party} = [{{ text = "{marking_of(party, level)}" }}]\n' for party in parties)
