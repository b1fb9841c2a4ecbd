# SPDX-License-Identifier: Apache-2.0
"""What stands before a race: an item of Tokyo's that Seoul holds, and all that acts on it need.

It is told once for each way to end it, and kept as bytes; every interleaving goes on from there.
"""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

from comity.agreement.acts import Recalled
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import Instant, date_of, parse_date
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows.affairs import open_dispute
from comity.flows.cases.contractors import assure_contractor, letters_asked
from comity.flows.cases.incidents import Report, give_findings, report_incident
from comity.flows.cases.visits import Grant, ask_visit, decide_visit
from comity.flows.context import Context
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item
from comity.flows.duties.listing import list_duties
from comity.flows.keeping.calling_back import recall as call_items_back
from comity.flows.keeping.ending import Returning, give_back
from comity.flows.keeping.making import CopyWish, Made, make_copy
from comity.flows.keeping.making_from import derive_item
from comity.flows.passing.onward import PassedOn, draft_onward, pass_on
from comity.flows.passing.telling import tell_on
from comity.flows.passing.wishes import KeptPassing, OnwardDraft
from comity.flows.people.register import add_person
from comity.flows.promises import consent_to, promise, reclassify
from comity.flows.receipts import receipt_item
from comity.flows.release import release_draft
from comity.flows.requests import ask
from comity.flows.set_up import pin_card
from comity.flows.speak import Entered
from comity.flows.treaty.acts import declare, propose
from comity.flows.treaty.suspending import suspend_category
from comity.flows.turns import read_view
from comity.keys.cards import fingerprint
from comity.sealing.payload import PayloadHeader
from comity.state.lifecycle import lifecycle_at
from comity.state.lifecycle_dates import day_end
from comity.statement.cases import (
    Affected,
    Certainty,
    ContractorAssure,
    Harm,
    Outcome,
    VisitKind,
    VisitRequest,
)
from comity.statement.handling import ItemRecall
from comity.statement.information import AssuranceGive, ConsentAsk
from comity.statement.treaty import AgreementEndNotice, AgreementInitial, AgreementSign
from tests.simulator.cast import (
    A_YEAR,
    CATEGORIES,
    DRAFTER,
    JPN,
    KOR,
    MORNING,
    OFFICER,
    READER,
    REGISTRAR,
    USA,
    Pact,
    Topology,
    agreement_file,
    marking_of,
    people_of,
)
from tests.simulator.disk import Disk
from tests.simulator.loop import SimulatedLoop, run_simulated
from tests.simulator.nodes import SimulatedNode
from tests.simulator.program import Trace, watch_crash_points
from tests.simulator.remembered import reading_once
from tests.simulator.suite import cheap_suite
from tests.simulator.unreal import nothing_real
from tests.simulator.world import World, found, settle

FIRST: Final = Pact(AgreementId("gsomia-jpn-kor"), (JPN, KOR))
SECOND: Final = Pact(AgreementId("gsomia-kor-usa"), (KOR, USA))
SUSPENDABLE: Final = replace(FIRST, suspends=True)
TOPOLOGY: Final = Topology("race", (SUSPENDABLE, SECOND))
LOW, TRANSLATOR, WITNESS = (PersonId(each) for each in ("low", "translator", "witness"))
COPIES: Final = (2, 3, 4, 5, 6)
"""The copies of `item`: to be opened, destroyed, given back, handed over, and the one that was."""
FIRM: Final = ("firm", "plant")
FIRST_DAY: Final = parse_date("2016-11-23")
ASSURED_UNTIL: Final = parse_date("2017-06-30")
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


@dataclass(frozen=True)
class Props:
    """Where things stand: `item` and `other` are held by Seoul, `coming` is not receipted yet.

    Of `item` there are copies for each thing that is done with one. Of two that are alike, the one
    is granted, answered, given or looked into, the other refused, declined or closed. `ends_at` is
    when what passes with time alone passes, if anything does.
    """

    item: Place
    coming: Place
    other: Place
    visits: tuple[Place, Place]
    granted: Place
    requests: tuple[Place, Place]
    asks: tuple[Place, Place]
    incidents: tuple[Place, Place]
    disputes: tuple[Place, Place]
    returned: Place
    duties: tuple[str, str]
    consent: Place
    waiting: tuple[int, int]
    derived: int
    onward: int
    passed: Passed
    ends_at: Instant | None = None


@dataclass(frozen=True)
class Stage:
    """A founded world with its props, as bytes."""

    raw: bytes
    at_s: float
    props: Props


@dataclass
class _Teller:
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


async def _engage(tell: _Teller) -> None:
    """Put more people on the registers: for acts of two, for translations, and one cleared low."""
    usual = next(each for each in people_of() if each.id == READER)
    extra = (
        replace(usual, id=LOW, clearance="CONFIDENTIAL"),
        replace(usual, id=TRANSLATOR, roles=(Role.TRANSLATOR,)),
        replace(usual, id=WITNESS),
    )
    for party in TOPOLOGY.parties:
        for person in extra:
            await tell.do(party, add_person(tell.at(party), person, REGISTRAR))


async def _drafted(tell: _Teller, item: ItemDraft, by: PartyId = JPN) -> int:
    content = tell.draws.randbytes(16).hex().encode()
    tell.world.ledger.drafted.add(content)
    kept = await tell.do(by, draft_item(tell.at(by), DRAFTER, item, HEADER, [content]))
    assert isinstance(kept, KeptDraft)
    return kept.number


async def _released(tell: _Teller, item: ItemDraft, by: PartyId = JPN) -> Place:
    number = await _drafted(tell, item, by)
    return await tell.entered(by, release_draft(tell.at(by), OFFICER, number))


async def _items(tell: _Teller) -> tuple[Place, Place, Place]:
    """Release two items that are receipted, one of them copied, and one that is not receipted."""
    level = "SECRET" if tell.is_high else "CONFIDENTIAL"
    item = await _released(tell, item_to(KOR, JPN, level))
    coming = await _released(tell, item_to(KOR, JPN))
    other = await _released(tell, item_to(KOR, JPN))
    await tell.settle()
    for each in (item, other):
        await tell.do(KOR, receipt_item(tell.at(KOR), FIRST.id, each, REGISTRAR))
    holder = READER if tell.is_high else LOW
    for _ in COPIES:
        wish = CopyWish("warning", "the desk", holder, WITNESS)
        made = await tell.do(KOR, make_copy(tell.at(KOR), FIRST.id, item, holder, wish))
        assert isinstance(made, Made)
    return item, coming, other


async def _visits(tell: _Teller) -> tuple[tuple[Place, Place], Place]:
    """Ask Tokyo for three visits, and let it grant the last."""
    wanted = VisitRequest(
        JPN, "hq", VisitKind.OFFICIAL, "SECRET", FIRST_DAY, A_YEAR, 2, "SECRET", None
    )
    one, another, granted = [
        await tell.entered(KOR, ask_visit(tell.at(KOR), FIRST.id, wanted, person=OFFICER))
        for _ in range(3)
    ]
    await tell.settle()
    grant = Grant("CONFIDENTIAL", FIRST_DAY, A_YEAR)
    said = decide_visit(tell.at(JPN), FIRST.id, granted, grant, person=OFFICER)
    await tell.entered(JPN, said)
    return (one, another), granted


async def _questions(tell: _Teller, other: Place) -> tuple[tuple[Place, Place], ...]:
    """Let Seoul ask twice for information, and twice for leave."""
    at, requests, asks = tell.at(KOR), [], []
    for _ in range(2):
        asked = ask(at, FIRST.id, (JPN,), category=CATEGORIES[0], person=REGISTRAR)
        requests.append(await tell.entered(KOR, asked))
        wanted = ConsentAsk((other,), None, USA, "warning", A_YEAR)
        asks.append(await tell.entered(KOR, promise(at, FIRST.id, wanted, REGISTRAR)))
    return (requests[0], requests[1]), (asks[0], asks[1])


async def _cases(tell: _Teller, other: Place) -> tuple[Place, Place]:
    """Let Seoul report two losses, and tell what was found of the second."""
    at, told = tell.at(KOR), []
    for _ in range(2):
        now = at.ports.clock.now()
        report = Report((Affected(other),), Harm.LOSS, Certainty.POSSIBLE, now)
        told.append(await tell.entered(KOR, report_incident(at, FIRST.id, report, person=READER)))
    found = give_findings(
        at, FIRST.id, told[1], outcome=Outcome.NEITHER, measures=("lock",), person=OFFICER
    )
    await tell.entered(KOR, found)
    return told[0], told[1]


def text_of(version: int) -> bytes:
    """Write the agreement in another version."""
    return agreement_file(SUSPENDABLE).replace(b"version = 2 ", b"version = %d " % version, 1)


async def _amend(tell: _Teller) -> None:
    """Let Tokyo put an amendment on the table, initial it and sign it."""
    at = tell.at(JPN)
    await tell.entered(JPN, propose(at, text_of(3)))
    for body in (AgreementInitial(""), AgreementSign("")):
        await tell.entered(JPN, declare(at, FIRST.id, body))


async def _disputes(tell: _Teller) -> tuple[Place, Place]:
    """Let Tokyo open two disputes."""
    at = tell.at(JPN)
    one, other = [await tell.entered(JPN, open_dispute(at, FIRST.id, ("12(a)",))) for _ in range(2)]
    return one, other


async def _duties(tell: _Teller, dispute: Place) -> tuple[str, str]:
    """Find two duties of Seoul's that nothing here discharges."""
    owed = (await tell.do(JPN, list_duties(tell.at(JPN), FIRST.id, live=True))).duties
    ours = [each for each in owed if JPN in each.owed_to]
    counting = next(each.id for each in ours if each.clause == "inventory")
    return next(each.id for each in ours if each.trigger == dispute), counting


async def _firm(tell: _Teller) -> None:
    """Assure a firm's facility for every condition, cleared to no more than the item."""
    cleared = "SECRET" if tell.is_high else "CONFIDENTIAL"
    letters = await tell.do(KOR, letters_asked(tell.at(KOR), FIRST.id))
    wanted = ContractorAssure(
        *FIRM, None, letters, True, cleared, "inspection", "inspector", FIRST_DAY, A_YEAR
    )
    await tell.entered(KOR, assure_contractor(tell.at(KOR), FIRST.id, wanted, person=OFFICER))


async def _onward(tell: _Teller, item: Place) -> tuple[Place, int]:
    """Give leave for the item to go to Washington, and draft that."""
    if tell.is_high:
        assurance = AssuranceGive("SECRET", None, True, True, A_YEAR)
        await tell.entered(USA, promise(tell.at(USA), SECOND.id, assurance, REGISTRAR))
    given = consent_to(items=(item,), category=None, recipient=USA, purpose="warning", until=A_YEAR)
    consent = await tell.entered(JPN, promise(tell.at(JPN), FIRST.id, given, REGISTRAR))
    await tell.settle()
    draft = onward_of(item, is_high=tell.is_high)
    kept = await tell.do(KOR, draft_onward(tell.at(KOR), DRAFTER, draft))
    assert isinstance(kept, KeptPassing)
    return consent, kept.number


async def _derived(tell: _Teller, item: Place) -> int:
    content = tell.draws.randbytes(16).hex().encode()
    tell.world.ledger.drafted.add(content)
    level = "SECRET" if tell.is_high else "CONFIDENTIAL"
    draft = replace(item_to(JPN, KOR, level), derived_from=(item,))
    kept = await tell.do(KOR, derive_item(tell.at(KOR), DRAFTER, draft, HEADER, [content]))
    assert isinstance(kept, KeptDraft)
    return kept.number


async def _given(tell: _Teller, pact: Pact, by: PartyId, to: PartyId, count: int) -> list[Place]:
    """Release items to Seoul, which takes them, with leave to go on to another."""
    items = []
    for _ in range(count):
        draft = replace(item_to(KOR, by), agreement=pact.id)
        items.append(await _released(tell, draft, by))
    given = consent_to(
        items=tuple(items), category=None, recipient=to, purpose="warning", until=A_YEAR
    )
    await tell.entered(by, promise(tell.at(by), pact.id, given, REGISTRAR))
    await tell.settle()
    for each in items:
        await tell.do(KOR, receipt_item(tell.at(KOR), pact.id, each, REGISTRAR))
    return items


async def _goes_on(tell: _Teller, draft: OnwardDraft) -> Untold:
    kept = await tell.do(KOR, draft_onward(tell.at(KOR), DRAFTER, draft))
    passed = await tell.do(KOR, pass_on(tell.at(KOR), OFFICER, kept.number))
    assert isinstance(passed, PassedOn)
    await tell.settle()
    taken = receipt_item(tell.at(draft.to), draft.under, passed.release, REGISTRAR)
    await tell.do(draft.to, taken)
    await tell.settle()
    return Untold(draft.item, passed.release)


async def _changed(tell: _Teller, pact: Pact, by: PartyId, item: Place, level: str) -> None:
    await tell.entered(by, reclassify(tell.at(by), pact.id, item, marking_of(by, level), REGISTRAR))
    await tell.settle()


async def _passed(tell: _Teller) -> Passed:
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


async def _ends(tell: _Teller, ending: str) -> Instant | None:
    """Let what ends with time be on its way, and tell when it ends."""
    if ending == "suspended":
        await tell.do(JPN, suspend_category(tell.at(JPN), FIRST.id, CATEGORIES[0]))
    if ending == "notice":
        await tell.settle()
        now = tell.at(JPN).ports.clock.now()
        zone = (await read_view(tell.at(JPN), FIRST.id)).agreement().lifecycle.zone
        body = AgreementEndNotice(None, date_of(now, zone), None, "")
        await tell.do(JPN, declare(tell.at(JPN), FIRST.id, body))
        await tell.settle()
        view = await read_view(tell.at(KOR), FIRST.id)
        return lifecycle_at(view.fold.state, view.moment(tell.at(KOR))).ends_at
    if ending == "assurance":
        view = await read_view(tell.at(KOR), FIRST.id)
        return day_end(ASSURED_UNTIL, view.agreement().lifecycle.zone)
    return None


async def _tell(world: World, ending: str) -> Props:
    tell = _Teller(world, ending == "lower")
    await found(world, ASSURED_UNTIL if ending == "assurance" else A_YEAR)
    await _engage(tell)
    card = (await read_view(tell.at(JPN), FIRST.id)).card(JPN)
    await tell.do(USA, pin_card(tell.at(USA), card.raw, compared=fingerprint(card)))
    theirs = (await read_view(tell.at(USA), SECOND.id)).card(USA)
    await tell.do(JPN, pin_card(tell.at(JPN), theirs.raw, compared=fingerprint(theirs)))
    item, coming, other = await _items(tell)
    waiting = (
        await _drafted(tell, item_to(KOR, JPN)),
        await _drafted(tell, item_to(KOR, JPN)),
    )
    visits, granted = await _visits(tell)
    await _firm(tell)
    requests, asks = await _questions(tell, other)
    await _amend(tell)
    incidents, disputes = await _cases(tell, other), await _disputes(tell)
    returned = await tell.entered(
        KOR, give_back(tell.at(KOR), FIRST.id, item, REGISTRAR, Returning((COPIES[-1],)))
    )
    consent, onward = await _onward(tell, item)
    derived = await _derived(tell, item)
    passed = await _passed(tell)
    ends_at = await _ends(tell, ending)
    await tell.settle()
    await tell.settle()
    duties = await _duties(tell, disputes[1])
    return Props(
        item,
        coming,
        other,
        visits,
        granted,
        requests,
        asks,
        incidents,
        disputes,
        returned,
        duties,
        consent,
        waiting,
        derived,
        onward,
        passed,
        ends_at,
    )


@cache
def stage(ending: str) -> Stage:
    """Tell what stands before the races of one way to end; `ending` is "notice" and the like."""
    watch_crash_points()

    def main(loop: SimulatedLoop) -> Callable[[], Coroutine[Any, Any, Stage]]:
        async def tell() -> Stage:
            world = World(TOPOLOGY, f"stage/{ending}", Trace(loop.time))
            props = await _tell(world, ending)
            await _stop(world)
            disks = {party: node.disk for party, node in world.nodes.items()}
            return Stage(pickle.dumps((disks, world.ledger)), loop.time(), props)

        return tell

    with cheap_suite(f"stage/{ending}"), reading_once(), nothing_real():
        return run_simulated(random.Random(f"stage/{ending}"), main)


async def _stop(world: World) -> None:
    for node in world.nodes.values():
        node.stop()
        node.disk.lose_unsynced()
        node.disk.tables.undo.clear()
    world.raise_if_violated()


def set_stage(told: Stage, world: World) -> None:
    """Put what stands before the race on a world's disks; clocks go on from there."""
    disks: dict[PartyId, Disk]
    disks, world.ledger = pickle.loads(told.raw)
    for party, node in world.nodes.items():
        node.disk = disks[party]
        node.clock.offset_ms = int(told.at_s * 1000) + 1000


def set_clock(node: SimulatedNode, at: Instant, in_s: float) -> None:
    """Let a node's clock show an instant in so many seconds from now."""
    clock = node.clock
    clock.offset_ms = int(at - MORNING - (clock.now_s() + in_s) * 1000)
