# SPDX-License-Identifier: Apache-2.0
"""Who appears in the story: three governments, their people by post, and what they exchange.

The people are invented posts; the reports are of real events, in `reports/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from comity.agreement.templates import template
from comity.basis.errors import InvariantError
from comity.basis.ids import AgreementId, Domain, PartyId, PersonId
from comity.basis.instants import Date, Instant
from comity.config import ClockKind, Config, TwoPersons
from comity.decision.people import Person, Role
from comity.node import EXERCISE_PASSPHRASES
from comity.picture.reports import Report, parse_report, schema_of
from comity.sealing.payload import PayloadHeader

JPN, KOR, USA = PartyId("JPN"), PartyId("KOR"), PartyId("USA")
ELSEWHERE = PartyId("AUS")
"""A third party that nobody asked leave for."""
AUDITOR: Final = "auditor"
GSOMIA = AgreementId("gsomia-jpn-kor")

CATEGORIES = ("assessment", "missile-activity", "missile-warning", "nuclear-test")


@dataclass(frozen=True, slots=True)
class Government:
    """One government of the story, and the node that it makes."""

    party: PartyId
    city: str
    domain: Domain
    names: tuple[tuple[str, str], ...]
    competent_authority: str

    @property
    def config(self) -> Config:
        """Give its node's configuration: an exercise, with a clock of the story's own."""
        return Config(
            party=self.party,
            domain=self.domain,
            names=self.names,
            competent_authority=self.competent_authority,
            exercise=True,
            clock=ClockKind.STORY,
            two_persons=TwoPersons("SECRET"),
            passphrases=EXERCISE_PASSPHRASES,
        )


TOKYO = Government(
    JPN,
    "Tokyo",
    Domain("mod.tokyo.example"),
    (("en", "Government of Japan"), ("ja", "日本国政府"), ("ko", "일본국 정부")),
    "Ministry of Defense",
)
SEOUL = Government(
    KOR,
    "Seoul",
    Domain("mnd.seoul.example"),
    (
        ("en", "Government of the Republic of Korea"),
        ("ja", "大韓民国政府"),
        ("ko", "대한민국 정부"),
    ),
    "Ministry of National Defense",
)
WASHINGTON = Government(
    USA,
    "Washington",
    Domain("dod.washington.example"),
    (("en", "Government of the United States of America"),),
    "Department of Defense",
)
GOVERNMENTS = (TOKYO, SEOUL, WASHINGTON)
CITY = {each.party: each.city for each in GOVERNMENTS}


def other(party: PartyId) -> PartyId:
    """Give the partner of a party to the agreement."""
    return KOR if party == JPN else JPN


def post(party: PartyId, name: str) -> PersonId:
    """Name the person who holds a post: `seoul-analyst`."""
    return PersonId(f"{CITY[party].lower()}-{name}")


def facility(party: PartyId) -> str:
    """Name the one facility that a party has in the story."""
    return f"{CITY[party].lower()}-1"


_LONG = Date(2030, 12, 31)


@dataclass(frozen=True, slots=True)
class _Post:
    name: str
    roles: tuple[Role, ...]
    clearance: str | None = "SECRET"
    need_to_know: tuple[str, ...] = CATEGORIES
    clearance_until: Date | None = _LONG


def _of_goods(name: str, role: Role) -> _Post:
    """Give a post that deals in goods and holds nothing protected; none does two parts of one."""
    return _Post(name, (role,), clearance=None, need_to_know=(), clearance_until=None)


_POSTS = (
    _Post("drafter", (Role.DRAFTER,)),
    _Post("officer", (Role.RELEASING_OFFICER,)),
    _Post("deputy", (Role.RELEASING_OFFICER,)),
    _Post("analyst", (Role.READER,)),
    _Post("clerk", (Role.READER,), clearance="CONFIDENTIAL"),
    _Post("planner", (Role.READER,), need_to_know=("maritime",)),
    _Post("retired", (Role.READER,), clearance_until=Date(2015, 12, 31)),
    _Post("auditor", (Role.AUDITOR,), need_to_know=()),
    _of_goods("logistics", Role.LOGISTICS_OFFICER),
    _of_goods("depot", Role.LOGISTICS_OFFICER),
    _of_goods("finance", Role.FINANCE_OFFICER),
    _Post("administrator", (Role.ADMINISTRATOR, Role.READER)),
    # Last: where there is a registrar, nobody else writes in the register of persons.
    _Post("registrar", (Role.REGISTRAR,), need_to_know=()),
)


def people(party: PartyId, since: Instant) -> tuple[Person, ...]:
    """List a party's people, in the order in which its register can be begun."""
    return tuple(
        Person(
            id=post(party, each.name),
            facility=facility(party),
            kind="official",
            posts=(each.name,),
            clearance=each.clearance,
            clearance_until=each.clearance_until,
            need_to_know=each.need_to_know,
            roles=each.roles,
            registered_from=since,
            registered_until=None,
        )
        for each in _POSTS
    )


def text_of_2016() -> bytes:
    """Give the agreement as it was signed: the template that ships with comity."""
    return template(GSOMIA)


def draft_of_2012() -> bytes:
    """Give the draft of 2012: the same, but for one word of Japan's list of markings."""
    text = text_of_2016().decode()
    changes = (
        (
            "version = 2                   # the draft of 2012 was version 1; any change is a new",
            "version = 1                   # the text of 2016 is version 2; any change is a new",
        ),
        (
            '{ text = "特定秘密", romanised = "Tokutei Himitsu", valid_from = 2014-12-10 }',
            '{ text = "防衛秘密", romanised = "Bouei Himitsu" }',
        ),
        (
            "# Markings are compared after NFKC and without spaces. On 10 December 2014 Japan's "
            "secrets law\n# came into force, and with it the marking 特定秘密 (remembered, not "
            "read).\n",
            "# Markings are compared after NFKC and without spaces.\n",
        ),
    )
    for new, old in changes:
        if text.count(new) != 1:
            raise InvariantError("demo.template", "the template no longer leads to its draft")
        text = text.replace(new, old)
    return text.encode()


def report_bytes(name: str) -> bytes:
    """Give a shipped report as it is sealed."""
    return files("comity.cli.demo").joinpath("reports", f"{name}.json").read_bytes()


def read_shipped(name: str) -> Report:
    """Read a shipped report."""
    return parse_report(report_bytes(name))


def report_header(name: str) -> PayloadHeader:
    """Describe a report inside its seal."""
    report = read_shipped(name)
    return PayloadHeader(report.head.title, "application/json", f"{name}.json", schema_of(report))
