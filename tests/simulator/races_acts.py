# SPDX-License-Identifier: Apache-2.0
"""What races what: the acts that people do with an item, and the events that end or change them."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from comity.agreement.acts import DestructionMeans, Recalled
from comity.basis.ids import PartyId, PersonId, Place
from comity.flows.cases.contractors import release_to_contractor
from comity.flows.cases.incidents import Report, report_incident
from comity.flows.cases.visits import Disclosed, Grant, decide_visit, record_disclosure
from comity.flows.context import Context
from comity.flows.drafts import KeptDraft
from comity.flows.keeping.calling_back import recall
from comity.flows.keeping.ending import Destroying, Returning, destroy, give_back
from comity.flows.keeping.handing import CopyAt
from comity.flows.keeping.making import CopyWish, TranslationWish, make_copy, translate
from comity.flows.keeping.making_from import derive_item
from comity.flows.keeping.reading import open_copy
from comity.flows.passing.onward import pass_on
from comity.flows.promises import promise, reclassify
from comity.flows.receipts import Opened, open_item, receipt_item
from comity.flows.release import release_draft
from comity.flows.release_now import release_now
from comity.flows.requests import answer
from comity.flows.treaty.acts import declare
from comity.flows.treaty.suspending import suspend_category
from comity.flows.turns import read_view
from comity.statement.cases import Affected, Certainty, Harm
from comity.statement.handling import ItemRecall
from comity.statement.information import ConsentWithdraw
from comity.statement.treaty import AgreementInterpretation
from tests.simulator.cast import (
    A_YEAR,
    CATEGORIES,
    DRAFTER,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    marking_of,
)
from tests.simulator.races_stage import (
    FIRM,
    FIRST,
    FIRST_DAY,
    HEADER,
    LOW,
    TRANSLATOR,
    WITNESS,
    Props,
    item_to,
)
from tests.simulator.world import World


@dataclass
class Racing:
    """A world on its stage, the draws of what people write, and the item that events are about."""

    world: World
    props: Props
    draws: random.Random
    target: Place

    def at(self, party: PartyId) -> Context:
        """Give a node's ports and configuration."""
        return self.world.nodes[party].context

    def content(self) -> bytes:
        """Draw a payload."""
        content = self.draws.randbytes(16).hex().encode()
        self.world.ledger.drafted.add(content)
        return content


Doing = Callable[[Racing], Awaitable[object]]


async def _release(race: Racing) -> object:
    return await release_draft(race.at(JPN), OFFICER, race.props.waiting)


async def _release_now(race: Racing) -> object:
    item = item_to(KOR, JPN)
    return await release_now(race.at(JPN), OFFICER, item, HEADER, race.content())


async def _answer(race: Racing) -> object:
    context, props = race.at(JPN), race.props
    return await answer(context, FIRST.id, props.request, props.item, REGISTRAR)


async def _disclose(race: Racing) -> object:
    said = _disclosed(race.props.granted)
    return await record_disclosure(race.at(JPN), FIRST.id, said, person=OFFICER)


async def _tell(race: Racing) -> object:
    return await record_disclosure(race.at(JPN), FIRST.id, _disclosed(None), person=OFFICER)


def _disclosed(visit: Place | None) -> Disclosed:
    marking = marking_of(JPN, "CONFIDENTIAL")
    return Disclosed((KOR,), marking, CATEGORIES[0], "oral", ("warning",), visit=visit)


async def _grant(race: Racing) -> object:
    grant = Grant("CONFIDENTIAL", FIRST_DAY, A_YEAR)
    return await decide_visit(race.at(JPN), FIRST.id, race.props.asked, grant, person=OFFICER)


async def _receipt(race: Racing) -> object:
    return await receipt_item(race.at(KOR), FIRST.id, race.props.coming, REGISTRAR)


def _opens(person: PersonId) -> Doing:
    async def opens(race: Racing) -> object:
        place = race.props.item
        opened = await open_item(race.at(KOR), FIRST.id, place, person, purpose="warning")
        if isinstance(opened, Opened):
            assert b"".join(opened.content) in race.world.ledger.drafted
        return opened

    return opens


async def _open_copy(race: Racing) -> object:
    which = CopyAt(FIRST.id, race.props.item, 2)
    return await open_copy(race.at(KOR), which, LOW, purpose="warning")


async def _reproduce(race: Racing) -> object:
    wish = CopyWish("warning", "the desk", LOW, WITNESS)
    return await make_copy(race.at(KOR), FIRST.id, race.props.item, LOW, wish)


async def _translate(race: Racing) -> object:
    text = (HEADER, [race.content()])
    copy = CopyWish("warning", "the desk", TRANSLATOR, WITNESS)
    wish = TranslationWish(copy, "ko", "ko", text)
    return await translate(race.at(KOR), FIRST.id, race.props.item, TRANSLATOR, wish)


async def _derive(race: Racing) -> object:
    draft = replace(item_to(JPN, KOR), marking="", derived_from=(race.props.item,))
    kept = await derive_item(race.at(KOR), DRAFTER, draft, HEADER, [race.content()])
    if not isinstance(kept, KeptDraft):
        return kept
    return await release_draft(race.at(KOR), OFFICER, kept.number)


async def _release_derived(race: Racing) -> object:
    return await release_draft(race.at(KOR), OFFICER, race.props.derived)


async def _pass_on(race: Racing) -> object:
    return await pass_on(race.at(KOR), OFFICER, race.props.onward)


async def _to_firm(race: Racing) -> object:
    context, item = race.at(KOR), race.props.item
    return await release_to_contractor(
        context, FIRST.id, item, FIRM, person=OFFICER, purpose="warning", rights_confirmed=True
    )


async def _destroy(race: Racing) -> object:
    how = Destroying(DestructionMeans.SHRED, (2,), second=WITNESS)
    return await destroy(race.at(KOR), FIRST.id, race.props.item, REGISTRAR, how)


async def _give_back(race: Racing) -> object:
    return await give_back(race.at(KOR), FIRST.id, race.props.item, REGISTRAR, Returning((2,)))


async def _report(race: Racing) -> object:
    context = race.at(KOR)
    affected = (Affected(race.props.item),)
    report = Report(affected, Harm.LOSS, Certainty.POSSIBLE, context.ports.clock.now())
    return await report_incident(context, FIRST.id, report, person=READER)


@dataclass(frozen=True)
class Act:
    """What somebody does at one node; `kind` is what it says, and None if it says nothing.

    `journal` is what the journal calls it.
    """

    at: PartyId
    do: Doing
    kind: str | None
    journal: str


ACTS: Final[Mapping[str, Act]] = {
    "release": Act(JPN, _release, "item.release", "item.release"),
    "release now": Act(JPN, _release_now, "item.release", "item.release"),
    "answer": Act(JPN, _answer, "request.answer", "request.answer"),
    "disclose on a visit": Act(JPN, _disclose, "disclosure.record", "disclosure.record"),
    "disclose": Act(JPN, _tell, "disclosure.record", "disclosure.record"),
    "grant a visit": Act(JPN, _grant, "visit.decide", "visit.decide"),
    "receipt": Act(KOR, _receipt, "item.receipt", "item.receipt"),
    "open": Act(KOR, _opens(READER), None, "item.open"),
    "open, cleared low": Act(KOR, _opens(LOW), None, "item.open"),
    "open a copy, cleared low": Act(KOR, _open_copy, None, "copy.open"),
    "reproduce, cleared low": Act(KOR, _reproduce, None, "copy.make"),
    "translate": Act(KOR, _translate, None, "copy.translate"),
    "derive": Act(KOR, _derive, "item.release", "item.release"),
    "release what was derived": Act(KOR, _release_derived, "item.release", "item.release"),
    "pass on": Act(KOR, _pass_on, "item.third_party_release", "item.third_party_release"),
    "give to a firm": Act(KOR, _to_firm, None, "item.contractor_release"),
    "destroy": Act(KOR, _destroy, "item.destroyed", "item.destroyed"),
    "give back": Act(KOR, _give_back, "item.return", "item.return"),
    "report a loss": Act(KOR, _report, "incident.report", "incident.report"),
}


async def _end(race: Racing) -> object:
    """Declare the agreement ended: the strictest reading governs at once."""
    view = await read_view(race.at(JPN), FIRST.id)
    note = max(note.place for note in view.fold.state.notes.values() if note.place.party == JPN)
    body = AgreementInterpretation(note, "terminated", "")
    return await declare(race.at(JPN), FIRST.id, body)


async def _withdraw(race: Racing) -> object:
    body = ConsentWithdraw(race.props.consent)
    return await promise(race.at(JPN), FIRST.id, body, REGISTRAR)


def _changes(level: str) -> Doing:
    async def change(race: Racing) -> object:
        marking = marking_of(JPN, level)
        return await reclassify(race.at(JPN), FIRST.id, race.target, marking, REGISTRAR)

    return change


async def _recall(race: Racing) -> object:
    body = ItemRecall((race.target,), Recalled.EITHER, "error", None)
    return await recall(race.at(JPN), FIRST.id, body, OFFICER)


async def _suspend(race: Racing) -> object:
    return await suspend_category(race.at(JPN), FIRST.id, CATEGORIES[0])


@dataclass(frozen=True)
class Event:
    """What ends or changes things: said by Tokyo, or (`do` None) by time alone on that stage."""

    ending: str
    do: Doing | None
    kind: str | None


EVENTS: Final[Mapping[str, Event]] = {
    "end by time": Event("notice", None, None),
    "end as read": Event("notice", _end, "agreement.interpretation"),
    "assurance ends": Event("assurance", None, None),
    "consent withdrawn": Event("none", _withdraw, "consent.withdraw"),
    "raised": Event("none", _changes("SECRET"), "item.reclassify"),
    "lowered": Event("lower", _changes("CONFIDENTIAL"), "item.reclassify"),
    "recalled": Event("none", _recall, "item.recall"),
    "suspended": Event("suspendable", _suspend, "agreement.suspend_category"),
}

_AT_SEOUL: Final = tuple(name for name, act in ACTS.items() if act.at == KOR)
_LOW: Final = frozenset({"open, cleared low", "open a copy, cleared low", "reproduce, cleared low"})
_ANEW: Final = frozenset({"derive", "release what was derived"})
_GIVING: Final = _ANEW | {
    "release",
    "release now",
    "disclose on a visit",
    "disclose",
    "grant a visit",
    "give to a firm",
}

MEETS: Final[Mapping[str, tuple[str, ...]]] = {
    "end by time": tuple(ACTS),
    "end as read": tuple(ACTS),
    "assurance ends": (
        "release",
        "release now",
        "disclose",
        "receipt",
        "open",
        "pass on",
        *sorted(_ANEW),
    ),
    "consent withdrawn": ("pass on", "give to a firm", "open", *sorted(_ANEW)),
    "raised": ("answer", *_AT_SEOUL),
    "lowered": ("answer", *_AT_SEOUL),
    "recalled": ("answer", *_AT_SEOUL),
    "suspended": ("release", "release now", "disclose", "receipt", "open", *sorted(_ANEW)),
}
"""Which acts an event can meet."""

STOPS: Final[Mapping[str, frozenset[str]]] = {
    "end by time": _GIVING,
    "end as read": _GIVING,
    "assurance ends": _ANEW | {"release", "release now", "pass on"},
    "consent withdrawn": frozenset({"pass on"}),
    "raised": _LOW | {"release what was derived", "pass on"},
    "lowered": frozenset(),
    "suspended": _ANEW | {"release", "release now", "disclose"},
    "recalled": _ANEW | {"reproduce, cleared low", "translate", "pass on", "give to a firm"},
}
"""Which acts are over once the event is known, by the agreement's file or a rule of the house."""

PAIRS: Final = tuple((event, act) for event, acts in MEETS.items() for act in acts)
