# SPDX-License-Identifier: Apache-2.0
"""How a stage of races is told, and what Seoul passed on there and is still to tell on."""

from __future__ import annotations

import random
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, Final

from comity.agreement.acts import Recalled
from comity.basis.ids import AgreementId, PartyId, Place
from comity.decision.stages import Refused
from comity.flows.cases.incidents import Report, report_incident
from comity.flows.context import Context
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item
from comity.flows.keeping.calling_back import recall as call_items_back
from comity.flows.passing.onward import PassedOn, draft_onward, pass_on
from comity.flows.passing.telling import tell_on
from comity.flows.passing.wishes import OnwardDraft
from comity.flows.promises import consent_to, promise, reclassify
from comity.flows.receipts import receipt_item
from comity.flows.release import release_draft
from comity.flows.speak import Entered
from comity.sealing.payload import PayloadHeader
from comity.statement.cases import (
    Affected,
    Certainty,
    Harm,
)
from comity.statement.handling import ItemRecall
from tests.simulator.cast import (
    A_YEAR,
    CATEGORIES,
    DRAFTER,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    USA,
    Pact,
    marking_of,
)
from tests.simulator.world import World, settle

FIRST: Final = Pact(AgreementId("gsomia-jpn-kor"), (JPN, KOR))
SECOND: Final = Pact(AgreementId("gsomia-kor-usa"), (KOR, USA))
HEADER: Final = PayloadHeader("Launch", "text/plain")


@dataclass(frozen=True)
class Untold:
    """An item that Seoul passed on, of which something is still to be told on.

    It came under one agreement as `came`, and went on under the other as `went`.
    """

    came: Place
    went: Place


@dataclass(frozen=True)
class Passed:
    """What Seoul passed on and has not told on: a level, a recall and a level, and a loss.

    All but `level_in` are Tokyo's and went to Washington; that one is Washington's and is Tokyo's
    to hear of. `incident` is the loss, as Washington told it.
    """

    level: Untold
    recall: Untold
    loss: Untold
    level_in: Untold
    incident: Place


@dataclass
class Teller:
    world: World
    is_high: bool = False
    draws: random.Random = field(default_factory=lambda: random.Random("stage"))

    def at(self, party: PartyId) -> Context:
        return self.world.nodes[party].context

    async def do(self, party: PartyId, flow: Coroutine[Any, Any, Any]) -> Any:
        outcome = await self.world.call(self.world.nodes[party], flow)
        assert not isinstance(outcome, Refused), outcome
        return outcome

    async def entered(self, party: PartyId, flow: Coroutine[Any, Any, Any]) -> Place:
        outcome = await self.do(party, flow)
        assert isinstance(outcome, Entered), outcome
        return outcome.place

    async def settle(self) -> None:
        await settle(self.world)


def item_to(party: PartyId, by: PartyId, level: str = "CONFIDENTIAL") -> ItemDraft:
    """Word an item in scope."""
    marking = marking_of(by, level)
    return ItemDraft(FIRST.id, (party,), marking, CATEGORIES[0], "document", ("warning",))


def onward_of(item: Place, *, is_high: bool) -> OnwardDraft:
    """Word that an item is to go on to Washington."""
    marking = marking_of(KOR, "SECRET" if is_high else "CONFIDENTIAL")
    return OnwardDraft(
        FIRST.id, item, SECOND.id, USA, "warning", marking, CATEGORIES[0], "document"
    )


async def drafted(tell: Teller, item: ItemDraft, by: PartyId = JPN) -> int:
    content = tell.draws.randbytes(16).hex().encode()
    tell.world.ledger.drafted.add(content)
    kept = await tell.do(by, draft_item(tell.at(by), DRAFTER, item, HEADER, [content]))
    assert isinstance(kept, KeptDraft)
    return kept.number


async def released(tell: Teller, item: ItemDraft, by: PartyId = JPN) -> Place:
    number = await drafted(tell, item, by)
    return await tell.entered(by, release_draft(tell.at(by), OFFICER, number))


async def _given(tell: Teller, pact: Pact, by: PartyId, to: PartyId, count: int) -> list[Place]:
    """Release items to Seoul, which takes them, with leave to go on to another."""
    items = []
    for _ in range(count):
        draft = replace(item_to(KOR, by), agreement=pact.id)
        items.append(await released(tell, draft, by))
    given = consent_to(
        items=tuple(items), category=None, recipient=to, purpose="warning", until=A_YEAR
    )
    await tell.entered(by, promise(tell.at(by), pact.id, given, REGISTRAR))
    await tell.settle()
    for each in items:
        await tell.do(KOR, receipt_item(tell.at(KOR), pact.id, each, REGISTRAR))
    return items


async def _goes_on(tell: Teller, draft: OnwardDraft) -> Untold:
    kept = await tell.do(KOR, draft_onward(tell.at(KOR), DRAFTER, draft))
    passed = await tell.do(KOR, pass_on(tell.at(KOR), OFFICER, kept.number))
    assert isinstance(passed, PassedOn)
    await tell.settle()
    taken = receipt_item(tell.at(draft.to), draft.under, passed.release, REGISTRAR)
    await tell.do(draft.to, taken)
    await tell.settle()
    return Untold(draft.item, passed.release)


async def _changed(tell: Teller, pact: Pact, by: PartyId, item: Place, level: str) -> None:
    await tell.entered(by, reclassify(tell.at(by), pact.id, item, marking_of(by, level), REGISTRAR))
    await tell.settle()


async def pass_items(tell: Teller) -> Passed:
    """Pass items on, and let happen what Seoul is to tell on.

    The level is the one that the races begin with, so that an event may take it back.
    """
    items = await _given(tell, FIRST, JPN, USA, 3)
    level, recall, loss = [await _goes_on(tell, onward_of(each, is_high=False)) for each in items]
    (theirs,) = await _given(tell, SECOND, USA, JPN, 1)
    back = replace(onward_of(theirs, is_high=False), agreement=SECOND.id, under=FIRST.id, to=JPN)
    level_in = await _goes_on(tell, back)
    for each in (level, recall):
        await _changed(tell, FIRST, JPN, each.came, "SECRET")
    await _changed(tell, SECOND, USA, level_in.came, "SECRET")
    if not tell.is_high:
        told = tell_on(tell.at(KOR), SECOND.id, level.went, OFFICER, marking=None)
        await tell.do(KOR, told)
        await _changed(tell, FIRST, JPN, level.came, "CONFIDENTIAL")
    called = ItemRecall((recall.came,), Recalled.EITHER, "error", None)
    await tell.entered(JPN, call_items_back(tell.at(JPN), FIRST.id, called, OFFICER))
    at = tell.at(USA)
    lost = Report((Affected(loss.went),), Harm.LOSS, Certainty.ACTUAL, at.ports.clock.now())
    incident = await tell.entered(USA, report_incident(at, SECOND.id, lost, person=READER))
    await tell.settle()
    return Passed(level, recall, loss, level_in, incident)
