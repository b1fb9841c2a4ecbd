# SPDX-License-Identifier: Apache-2.0
"""What itself ends or changes things, done while something else ends or changes them.

Such acts meet each other besides what they race, so what comes of each is not foretold: it has one
outcome, and whatever is refused is told by which article or field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from comity.agreement.acts import Action, DestructionMeans
from comity.basis.ids import PartyId, PersonId
from comity.decision.stages import Refused
from comity.flows.keeping.counting import count, expected_copies
from comity.flows.keeping.erasing import erase_item
from comity.flows.promises import promise
from comity.flows.treaty.acts import declare, propose
from comity.statement.information import AssuranceGive
from comity.statement.kinds import Body
from comity.statement.treaty import (
    AgreementEntryNotification,
    AgreementInitial,
    AgreementPostpone,
    AgreementSign,
)
from tests.simulator.cast import A_YEAR, ENTRY, JPN, KOR, OFFICER, REGISTRAR
from tests.simulator.races_acts import Act, Doing, Racing, says
from tests.simulator.races_events import (
    Happening,
    call_back,
    change_level,
    give_notice,
    read_as_ended,
    renew_keys,
    replace_authority,
    resume,
    suspend,
    suspend_notice,
    withdraw_consent,
    withdraw_notice,
)
from tests.simulator.races_passed import FIRST
from tests.simulator.races_stage import WITNESS, text_of


def _by(party: PartyId, happening: Happening) -> Doing:
    async def doing(race: Racing) -> object:
        return await happening(race, party)

    return doing


def _declares(party: PartyId, body: Body) -> Doing:
    async def declares(race: Racing) -> object:
        return await declare(race.at(party), FIRST.id, body)

    return declares


def _proposes(party: PartyId, version: int, *, counter: bool) -> Doing:
    async def proposes(race: Racing) -> object:
        return await propose(race.at(party), text_of(version), counter=counter)

    return proposes


def _assures(party: PartyId) -> Doing:
    async def assures(race: Racing) -> object:
        body = AssuranceGive("CONFIDENTIAL", None, True, True, A_YEAR)
        return await promise(race.at(party), FIRST.id, body, REGISTRAR)

    return assures


async def _count(race: Racing) -> object:
    context = race.at(KOR)
    rows = await expected_copies(context, FIRST.id, REGISTRAR)
    if isinstance(rows, Refused):
        return rows
    found = [(row.item, row.copy.number) for row in rows if not row.copy.in_node]
    return await count(context, FIRST.id, REGISTRAR, found)


async def _erase(race: Racing) -> object:
    means = DestructionMeans.CRYPTO_ERASE
    item = race.props.other
    return await erase_item(race.at(KOR), FIRST.id, item, REGISTRAR, means, second=WITNESS)


def _says(
    at: PartyId, happening: Happening, kind: str, by: PersonId | None, *actions: Action
) -> Act:
    return says(at, _by(at, happening), kind, by, *actions)


CHANGING: Final[Mapping[str, Act]] = {
    "raise": _says(JPN, change_level("SECRET"), "item.reclassify", REGISTRAR, Action.RECLASSIFY),
    "call back": _says(JPN, call_back, "item.recall", OFFICER),
    "withdraw the consent": _says(JPN, withdraw_consent, "consent.withdraw", REGISTRAR),
    "assure": says(JPN, _assures(JPN), "assurance.give", REGISTRAR),
    "assure again": says(KOR, _assures(KOR), "assurance.give", REGISTRAR),
    "give notice": _says(KOR, give_notice, "agreement.end_notice", None),
    "suspend the notice": _says(JPN, suspend_notice, "agreement.suspend_end_notice", None),
    "withdraw the notice": _says(JPN, withdraw_notice, "agreement.withdraw_end_notice", None),
    "read as ended": _says(JPN, read_as_ended, "agreement.interpretation", None),
    "suspend": _says(KOR, suspend, "agreement.suspend_category", None),
    "resume": _says(JPN, resume, "agreement.resume_category", None),
    "amend": says(JPN, _proposes(JPN, 5, counter=False), "agreement.amend", None),
    "counter": says(KOR, _proposes(KOR, 4, counter=True), "agreement.counter", None),
    "initial": says(KOR, _declares(KOR, AgreementInitial("")), "agreement.initial", None),
    "postpone": says(KOR, _declares(KOR, AgreementPostpone("")), "agreement.postpone", None),
    "sign": says(KOR, _declares(KOR, AgreementSign("")), "agreement.sign", None),
    "notify entry": says(
        KOR,
        _declares(KOR, AgreementEntryNotification(ENTRY, "")),
        "agreement.entry_notification",
        None,
    ),
    "renew keys": _says(KOR, renew_keys, "party.card", None),
    "replace the authority": _says(KOR, replace_authority, "party.authority", None),
    "count": says(KOR, _count, "inventory.result", REGISTRAR),
    "erase": Act(KOR, _erase, None, "item.erase", REGISTRAR, (Action.DESTROY,)),
}
