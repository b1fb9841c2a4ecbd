# SPDX-License-Identifier: Apache-2.0
"""What people say beside items: questions, consents, cases, disputes, laws and duties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from comity.basis.ids import PartyId
from comity.basis.instants import DAY_MS, Instant
from comity.flows.affairs import (
    Change,
    extend_duty,
    notify_authority,
    open_dispute,
    settle_dispute,
    tell_law_change,
    waive_duty,
)
from comity.flows.cases.contractors import assure_contractor, letters_asked
from comity.flows.cases.incidents import Report, close_incident, give_findings, report_incident
from comity.flows.cases.visits import ask_visit, decide_visit
from comity.flows.passing.telling import tell_incident_on, tell_on
from comity.flows.promises import consent_to, promise
from comity.flows.requests import ask, decline
from comity.flows.treaty.acts import declare
from comity.statement.cases import (
    Affected,
    Certainty,
    ContractorAssure,
    Harm,
    Outcome,
    VisitKind,
    VisitRequest,
)
from comity.statement.information import ConsentAsk, ConsentRefuse
from comity.statement.treaty import AgreementAnnouncement
from tests.simulator.cast import A_YEAR, CATEGORIES, JPN, KOR, OFFICER, READER, REGISTRAR, USA
from tests.simulator.races_acts import Act, Doing, Racing, says
from tests.simulator.races_passed import FIRST, SECOND
from tests.simulator.races_stage import FIRM, FIRST_DAY


def _asks(party: PartyId, other: PartyId) -> Doing:
    async def asks(race: Racing) -> object:
        wanted = race.at(party), FIRST.id, (other,)
        return await ask(*wanted, category=CATEGORIES[0], person=REGISTRAR)

    return asks


async def _decline(race: Racing) -> object:
    return await decline(race.at(JPN), FIRST.id, race.props.requests[1], REGISTRAR)


async def _ask_leave(race: Racing) -> object:
    body = ConsentAsk((race.props.other,), None, USA, "warning", A_YEAR)
    return await promise(race.at(KOR), FIRST.id, body, REGISTRAR)


async def _give_leave(race: Racing) -> object:
    props = race.props
    given = consent_to(
        items=(props.other,),
        category=None,
        recipient=USA,
        purpose="warning",
        until=A_YEAR,
        ask=props.asks[0],
    )
    return await promise(race.at(JPN), FIRST.id, given, REGISTRAR)


async def _refuse_leave(race: Racing) -> object:
    body = ConsentRefuse(race.props.asks[1])
    return await promise(race.at(JPN), FIRST.id, body, REGISTRAR)


async def _refuse_visit(race: Racing) -> object:
    visit = race.props.visits[1]
    return await decide_visit(race.at(JPN), FIRST.id, visit, None, person=OFFICER)


async def _ask_visit(race: Racing) -> object:
    wanted = VisitRequest(
        JPN, "hq", VisitKind.OFFICIAL, "SECRET", FIRST_DAY, A_YEAR, 2, "SECRET", None
    )
    return await ask_visit(race.at(KOR), FIRST.id, wanted, person=OFFICER)


async def _report(race: Racing) -> object:
    context = race.at(KOR)
    affected = (Affected(race.props.item),)
    report = Report(affected, Harm.LOSS, Certainty.POSSIBLE, context.ports.clock.now())
    return await report_incident(context, FIRST.id, report, person=READER)


async def _find(race: Racing) -> object:
    return await give_findings(
        race.at(KOR),
        FIRST.id,
        race.props.incidents[0],
        outcome=Outcome.NEITHER,
        measures=("lock",),
        person=OFFICER,
    )


async def _close(race: Racing) -> object:
    return await close_incident(race.at(JPN), FIRST.id, race.props.incidents[1], OFFICER)


async def _assure_firm(race: Racing) -> object:
    letters = await letters_asked(race.at(KOR), FIRST.id)
    wanted = ContractorAssure(
        "workshop", *FIRM[1:], None, letters, True, "SECRET", "inspection", "he", FIRST_DAY, A_YEAR
    )
    return await assure_contractor(race.at(KOR), FIRST.id, wanted, person=OFFICER)


async def _dispute(race: Racing) -> object:
    return await open_dispute(race.at(KOR), FIRST.id, ("6(a)",), about=(race.props.item,))


async def _settle(race: Racing) -> object:
    return await settle_dispute(race.at(KOR), FIRST.id, race.props.disputes[0])


async def _law(race: Racing) -> object:
    told = Change("Act 1", "marking", ("4(1)",), FIRST_DAY)
    return await tell_law_change(race.at(KOR), FIRST.id, told)


async def _authority(race: Racing) -> object:
    return await notify_authority(race.at(KOR), FIRST.id, "Ministry")


async def _waive(race: Racing) -> object:
    return await waive_duty(race.at(JPN), FIRST.id, race.props.duties[0])


async def _extend(race: Racing) -> object:
    until = Instant(race.at(JPN).ports.clock.now() + 800 * DAY_MS)
    return await extend_duty(race.at(JPN), FIRST.id, race.props.duties[1], until)


async def _announce(race: Racing) -> object:
    body = AgreementAnnouncement("what was agreed", FIRST_DAY, "")
    return await declare(race.at(KOR), FIRST.id, body)


async def _tell_level(race: Racing) -> object:
    item = race.props.passed.level.went
    return await tell_on(race.at(KOR), SECOND.id, item, OFFICER, marking=None)


async def _tell_recall(race: Racing) -> object:
    item = race.props.passed.recall.went
    return await tell_on(race.at(KOR), SECOND.id, item, OFFICER, marking=None)


async def _tell_level_in(race: Racing) -> object:
    item = race.props.passed.level_in.went
    return await tell_on(race.at(KOR), FIRST.id, item, OFFICER, marking=None)


async def _tell_loss(race: Racing) -> object:
    return await tell_incident_on(race.at(KOR), SECOND.id, race.props.passed.incident, READER)


def _says_there(act: Act) -> Act:
    return replace(act, under=SECOND.id)


TELLING_ON: Final[Mapping[str, Act]] = {
    "tell a level on": _says_there(says(KOR, _tell_level, "item.reclassify", OFFICER)),
    "tell a recall on": _says_there(says(KOR, _tell_recall, "item.recall", OFFICER)),
    "tell a level in": says(KOR, _tell_level_in, "item.reclassify", OFFICER),
    "tell a loss on": says(KOR, _tell_loss, "incident.report", READER),
}
"""What a forwarder says on: to Washington, to Tokyo, and of Washington's loss to Tokyo."""

IN_WORDS: Final[Mapping[str, Act]] = {
    "ask for information": says(KOR, _asks(KOR, JPN), "request.make", REGISTRAR),
    "decline": says(JPN, _decline, "request.decline", REGISTRAR),
    "ask for leave": says(KOR, _ask_leave, "consent.ask", REGISTRAR),
    "give leave": says(JPN, _give_leave, "consent.give", REGISTRAR),
    "refuse leave": says(JPN, _refuse_leave, "consent.refuse", REGISTRAR),
    "ask for a visit": says(KOR, _ask_visit, "visit.request", OFFICER),
    "refuse a visit": says(JPN, _refuse_visit, "visit.decide", OFFICER),
    "report a loss": says(KOR, _report, "incident.report", READER),
    "tell what was found": says(KOR, _find, "incident.findings", OFFICER),
    "close a case": says(JPN, _close, "incident.close", OFFICER),
    "assure another firm": says(KOR, _assure_firm, "contractor.assure", OFFICER),
    "open a dispute": says(KOR, _dispute, "dispute.open", None),
    "settle a dispute": says(KOR, _settle, "dispute.settle", None),
    "tell of a law": says(KOR, _law, "party.law_change", None),
    "name an authority": says(KOR, _authority, "party.authority", None),
    "waive a duty": says(JPN, _waive, "duty.waive", None),
    "give a duty more time": says(JPN, _extend, "duty.extend", None),
    "announce": says(KOR, _announce, "agreement.announcement", None),
    **TELLING_ON,
}
