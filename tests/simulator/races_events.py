# SPDX-License-Identifier: Apache-2.0
"""What ends or changes something: by a party's word, in a node's own house, or by time alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from comity.agreement.acts import Recalled
from comity.basis.ids import PartyId, Place
from comity.decision.people import Facility, Person
from comity.flows.affairs import change_authority
from comity.flows.cases.contractors import assure_contractor, letters_asked
from comity.flows.cases.visits import decide_visit
from comity.flows.keeping.calling_back import recall
from comity.flows.people.register import change_person, set_facility
from comity.flows.promises import promise, reclassify
from comity.flows.rotation import rotate_keys
from comity.flows.treaty.acts import declare
from comity.flows.treaty.suspending import resume_category, suspend_category
from comity.flows.turns import read_view
from comity.statement.cases import ContractorAssure, VisitDecide
from comity.statement.handling import ItemRecall
from comity.statement.information import ConsentWithdraw
from comity.statement.kinds import Body
from comity.statement.treaty import (
    AgreementEndNotice,
    AgreementInterpretation,
    AgreementSign,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
)
from tests.simulator.cast import (
    A_YEAR,
    CATEGORIES,
    DRAFTER,
    ENTRY,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    marking_of,
)
from tests.simulator.races_acts import Racing
from tests.simulator.races_passed import FIRST
from tests.simulator.races_stage import FIRM, FIRST_DAY, LOW, TRANSLATOR, WITNESS, Props

Happening = Callable[[Racing, PartyId], Awaitable[object]]
_STAFF: Final = (DRAFTER, OFFICER, READER, LOW, TRANSLATOR, WITNESS)


async def _note(race: Racing, party: PartyId) -> Place:
    """Find the party's last word about the end of the agreement."""
    state = (await read_view(race.at(party), FIRST.id)).fold.state
    return max(note.place for note in state.notes.values() if note.place.party == party)


async def read_as_ended(race: Racing, party: PartyId) -> object:
    """Read the agreement as ended: the strictest reading governs at once."""
    body = AgreementInterpretation(await _note(race, party), "terminated", "")
    return await declare(race.at(party), FIRST.id, body)


async def give_notice(race: Racing, party: PartyId) -> object:
    """Give notice of the agreement's end."""
    return await declare(race.at(party), FIRST.id, AgreementEndNotice(None, ENTRY, None, ""))


async def suspend_notice(race: Racing, party: PartyId) -> object:
    """Suspend a notice."""
    body = AgreementSuspendEndNotice(await _note(race, party), ENTRY, "")
    return await declare(race.at(party), FIRST.id, body)


async def withdraw_notice(race: Racing, party: PartyId) -> object:
    """Take a notice back."""
    body = AgreementWithdrawEndNotice((await _note(race, party),), ENTRY, "")
    return await declare(race.at(party), FIRST.id, body)


async def sign(race: Racing, party: PartyId) -> object:
    """Sign the amendment that the other party has signed."""
    return await declare(race.at(party), FIRST.id, AgreementSign(""))


async def withdraw_consent(race: Racing, party: PartyId) -> object:
    """Withdraw the consent that an onward release rests on."""
    body = ConsentWithdraw(race.props.consent)
    return await promise(race.at(party), FIRST.id, body, REGISTRAR)


def change_level(level: str) -> Happening:
    """Give the item another level."""

    async def change(race: Racing, party: PartyId) -> object:
        marking = marking_of(party, level)
        return await reclassify(race.at(party), FIRST.id, race.target, marking, REGISTRAR)

    return change


async def call_back(race: Racing, party: PartyId) -> object:
    """Call the item back."""
    body = ItemRecall((race.target,), Recalled.EITHER, "error", None)
    return await recall(race.at(party), FIRST.id, body, OFFICER)


async def suspend(race: Racing, party: PartyId) -> object:
    """Suspend the category of all items."""
    return await suspend_category(race.at(party), FIRST.id, CATEGORIES[0])


async def resume(race: Racing, party: PartyId) -> object:
    """End the suspension."""
    return await resume_category(race.at(party), FIRST.id)


async def take_visit_back(race: Racing, party: PartyId) -> object:
    """Take back the grant of a visit."""
    return await decide_visit(race.at(party), FIRST.id, race.props.granted, None, person=OFFICER)


async def firm_lacks(race: Racing, party: PartyId) -> object:
    """Say that a firm does not meet a condition any more."""
    letters = (await letters_asked(race.at(party), FIRST.id))[:1]
    body = ContractorAssure(
        *FIRM, None, letters, False, None, "inspection", "inspector", FIRST_DAY, A_YEAR
    )
    return await assure_contractor(race.at(party), FIRST.id, body, person=OFFICER)


async def renew_keys(race: Racing, party: PartyId) -> object:
    """Let the next card replace every key but those of authority."""
    return (await rotate_keys(race.at(party)))[1]


async def replace_authority(race: Racing, party: PartyId) -> object:
    """Let another authority act, by keys of its own."""
    return await change_authority(race.at(party), "Ministry")


def change_staff(change: Callable[[Racing, PartyId, Person], Person]) -> Happening:
    """Change the record of everybody but the registrar."""

    async def changes(race: Racing, party: PartyId) -> object:
        last: object = None
        for person in _STAFF:
            context = race.at(party)
            last = await change_person(
                context, person, lambda known: change(race, party, known), REGISTRAR
            )
        return last

    return changes


async def leave_no_officer(race: Racing, party: PartyId) -> object:
    """Leave the facility without a control officer: nobody there is registered any more."""
    return await set_facility(race.at(party), Facility("hq", None), REGISTRAR)


def _not_cleared(race: Racing, party: PartyId, person: Person) -> Person:
    del race, party
    return replace(person, clearance=None, clearance_until=None)


def _without_need(race: Racing, party: PartyId, person: Person) -> Person:
    del race, party
    return replace(person, need_to_know=())


def _left(race: Racing, party: PartyId, person: Person) -> Person:
    return replace(person, registered_until=race.at(party).ports.clock.now())


@dataclass(frozen=True)
class Event:
    """What ends or changes things on that stage: by itself in time, or (`do`) by what is done.

    It is said as `kind` by the party `at`; or else both parties write it into their own registers
    of persons, by as many entries of the journal as `entries` says. Of a kind that is said of other
    things too, `about` tells which it is.
    """

    ending: str
    do: Happening | None = None
    kind: str | None = None
    at: PartyId = JPN
    journal: str | None = None
    entries: int = 1
    about: Callable[[Body, Props], bool] = lambda body, props: True


def _is_of_visit(body: Body, props: Props) -> bool:
    return isinstance(body, VisitDecide) and body.visit == props.granted


def _is_of_firm(body: Body, props: Props) -> bool:
    del props
    return isinstance(body, ContractorAssure) and body.firm == FIRM[0]


def _of_staff(change: Callable[[Racing, PartyId, Person], Person]) -> Event:
    return Event("none", change_staff(change), journal="person.change", entries=len(_STAFF))


EVENTS: Final[Mapping[str, Event]] = {
    "end by time": Event("notice"),
    "end as read": Event("notice", read_as_ended, "agreement.interpretation"),
    "notice given": Event("none", give_notice, "agreement.end_notice"),
    "notice suspended": Event("notice", suspend_notice, "agreement.suspend_end_notice"),
    "notice withdrawn": Event("notice", withdraw_notice, "agreement.withdraw_end_notice"),
    "assurance ends": Event("assurance"),
    "amended": Event("none", sign, "agreement.sign", KOR),
    "consent withdrawn": Event("none", withdraw_consent, "consent.withdraw"),
    "raised": Event("none", change_level("SECRET"), "item.reclassify"),
    "lowered": Event("lower", change_level("CONFIDENTIAL"), "item.reclassify"),
    "recalled": Event("none", call_back, "item.recall"),
    "suspended": Event("none", suspend, "agreement.suspend_category"),
    "resumed": Event("suspended", resume, "agreement.resume_category"),
    "visit taken back": Event("none", take_visit_back, "visit.decide", about=_is_of_visit),
    "firm lacks a condition": Event(
        "none", firm_lacks, "contractor.assure", KOR, about=_is_of_firm
    ),
    "keys renewed": Event("none", renew_keys, "party.card"),
    "another authority": Event("none", replace_authority, "party.authority"),
    "clearances withdrawn": _of_staff(_not_cleared),
    "need-to-know withdrawn": _of_staff(_without_need),
    "staff left": _of_staff(_left),
    "no control officer": Event("none", leave_no_officer, journal="facility.change"),
}
