# SPDX-License-Identifier: Apache-2.0
"""What people do with items: the acts that whatever ends or changes something may meet."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from comity.agreement.acts import Action, DestructionMeans
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.flows.cases.contractors import release_to_contractor
from comity.flows.cases.visits import Disclosed, Grant, decide_visit, record_disclosure
from comity.flows.context import Context
from comity.flows.drafts import draft_item
from comity.flows.keeping.calling_back import receipt_return
from comity.flows.keeping.ending import Destroying, Returning, destroy, give_back
from comity.flows.keeping.handing import CopyAt, hand_over
from comity.flows.keeping.making import CopyWish, TranslationWish, make_copy, translate
from comity.flows.keeping.making_from import derive_item
from comity.flows.keeping.reading import open_copy
from comity.flows.passing.onward import draft_onward, pass_on
from comity.flows.receipts import Opened, open_item, receipt_item
from comity.flows.release import drop_draft, release_draft
from comity.flows.release_now import release_now
from comity.flows.requests import answer
from comity.flows.reviewing import review_item
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
from tests.simulator.races_passed import FIRST, HEADER, item_to, onward_of
from tests.simulator.races_stage import COPIES, FIRM, FIRST_DAY, LOW, TRANSLATOR, WITNESS, Props
from tests.simulator.world import World


@dataclass
class Racing:
    """A world on its stage, the draws of what people write, and the item that events are about.

    `is_high`: that item was released as SECRET.
    """

    world: World
    props: Props
    draws: random.Random
    target: Place
    is_high: bool = False

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
    return await release_draft(race.at(JPN), OFFICER, race.props.waiting[0])


async def _release_now(race: Racing) -> object:
    item = item_to(KOR, JPN)
    return await release_now(race.at(JPN), OFFICER, item, HEADER, race.content())


async def _answer(race: Racing) -> object:
    context, props = race.at(JPN), race.props
    return await answer(context, FIRST.id, props.requests[0], props.item, REGISTRAR)


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
    return await decide_visit(race.at(JPN), FIRST.id, race.props.visits[0], grant, person=OFFICER)


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
    which = CopyAt(FIRST.id, race.props.item, COPIES[0])
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
    return await derive_item(race.at(KOR), DRAFTER, draft, HEADER, [race.content()])


async def _release_derived(race: Racing) -> object:
    return await release_draft(race.at(KOR), OFFICER, race.props.derived)


async def _draft_onward(race: Racing) -> object:
    draft = onward_of(race.props.item, is_high=race.is_high)
    return await draft_onward(race.at(KOR), OFFICER, draft)


async def _pass_on(race: Racing) -> object:
    return await pass_on(race.at(KOR), OFFICER, race.props.onward)


async def _to_firm(race: Racing) -> object:
    context, item = race.at(KOR), race.props.item
    return await release_to_contractor(
        context, FIRST.id, item, FIRM, person=OFFICER, purpose="warning", rights_confirmed=True
    )


async def _destroy(race: Racing) -> object:
    how = Destroying(DestructionMeans.SHRED, (COPIES[1],), second=WITNESS)
    return await destroy(race.at(KOR), FIRST.id, race.props.item, REGISTRAR, how)


async def _give_back(race: Racing) -> object:
    how = Returning((COPIES[2],))
    return await give_back(race.at(KOR), FIRST.id, race.props.item, REGISTRAR, how)


async def _hand_over(race: Racing) -> object:
    which = CopyAt(FIRST.id, race.props.item, COPIES[3])
    holder = READER if race.is_high else LOW
    return await hand_over(race.at(KOR), which, holder, to=TRANSLATOR, purpose="warning")


async def _review(race: Racing) -> object:
    return await review_item(race.at(KOR), FIRST.id, race.props.item, REGISTRAR, A_YEAR)


async def _draft(race: Racing) -> object:
    item = item_to(KOR, JPN)
    return await draft_item(race.at(JPN), DRAFTER, item, HEADER, [race.content()])


async def _drop(race: Racing) -> object:
    return await drop_draft(race.at(JPN), OFFICER, race.props.waiting[1])


async def _receipt_return(race: Racing) -> object:
    return await receipt_return(race.at(JPN), FIRST.id, race.props.returned, REGISTRAR)


@dataclass(frozen=True)
class Act:
    """What somebody does at one node; `kind` is what it says, and None if it says nothing.

    `journal` is what the journal calls it, and `by` who does it. `actions` are those of AGREEMENTS
    that it is decided as. `under` is the agreement that it is said under.
    """

    at: PartyId
    do: Doing
    kind: str | None
    journal: str
    by: PersonId | None
    actions: tuple[Action, ...] = ()
    under: AgreementId = FIRST.id


def says(at: PartyId, do: Doing, kind: str, by: PersonId | None, *actions: Action) -> Act:
    """Describe an act that says something, by which the journal calls it too."""
    return Act(at, do, kind, kind, by, actions)


WITH_ITEMS: Final[Mapping[str, Act]] = {
    "draft": Act(JPN, _draft, None, "item.draft", DRAFTER, (Action.RELEASE,)),
    "drop a draft": Act(JPN, _drop, None, "item.drop", OFFICER),
    "release": says(JPN, _release, "item.release", OFFICER, Action.RELEASE),
    "release now": says(JPN, _release_now, "item.release", OFFICER, Action.RELEASE),
    "answer": says(JPN, _answer, "request.answer", REGISTRAR),
    "disclose on a visit": says(JPN, _disclose, "disclosure.record", OFFICER, Action.DISCLOSE),
    "disclose": says(JPN, _tell, "disclosure.record", OFFICER, Action.DISCLOSE),
    "grant a visit": says(JPN, _grant, "visit.decide", OFFICER, Action.VISIT),
    "receipt what came back": says(JPN, _receipt_return, "item.receipt", REGISTRAR),
    "receipt": says(KOR, _receipt, "item.receipt", REGISTRAR),
    "open": Act(KOR, _opens(READER), None, "item.open", READER, (Action.OPEN,)),
    "open, cleared low": Act(KOR, _opens(LOW), None, "item.open", LOW, (Action.OPEN,)),
    "open a copy, cleared low": Act(KOR, _open_copy, None, "copy.open", LOW, (Action.OPEN,)),
    "reproduce, cleared low": Act(
        KOR, _reproduce, None, "copy.make", LOW, (Action.REPRODUCE, Action.OPEN)
    ),
    "translate": Act(KOR, _translate, None, "copy.translate", TRANSLATOR, (Action.TRANSLATE,)),
    "hand a copy over": Act(KOR, _hand_over, None, "copy.hand-over", None, (Action.OPEN,)),
    "derive": Act(KOR, _derive, None, "item.draft", DRAFTER, (Action.DERIVE, Action.RELEASE)),
    "release what was derived": says(
        KOR, _release_derived, "item.release", OFFICER, Action.RELEASE
    ),
    "draft what goes on": Act(
        KOR, _draft_onward, None, "item.draft", OFFICER, (Action.THIRD_PARTY_RELEASE,)
    ),
    "pass on": says(KOR, _pass_on, "item.third_party_release", OFFICER, Action.THIRD_PARTY_RELEASE),
    "give to a firm": Act(
        KOR, _to_firm, None, "item.contractor_release", OFFICER, (Action.CONTRACTOR_RELEASE,)
    ),
    "destroy": says(KOR, _destroy, "item.destroyed", REGISTRAR, Action.DESTROY),
    "give back": says(KOR, _give_back, "item.return", REGISTRAR, Action.RETURN),
    "review": Act(KOR, _review, None, "item.review", REGISTRAR),
}
