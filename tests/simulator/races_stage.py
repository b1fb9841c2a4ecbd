# SPDX-License-Identifier: Apache-2.0
"""What stands before a race: an item of Tokyo's that Seoul holds, and all that acts on it need.

It is told once for each way to end it, and kept as bytes; every interleaving goes on from there.
"""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from comity.basis.ids import PartyId, PersonId, Place
from comity.basis.instants import Instant, date_of, parse_date
from comity.decision.people import Role
from comity.flows.affairs import open_dispute
from comity.flows.cases.contractors import assure_contractor, letters_asked
from comity.flows.cases.incidents import Report, give_findings, report_incident
from comity.flows.cases.visits import Grant, ask_visit, decide_visit
from comity.flows.drafts import KeptDraft
from comity.flows.duties.listing import list_duties
from comity.flows.keeping.ending import Returning, give_back
from comity.flows.keeping.making import CopyWish, Made, make_copy
from comity.flows.keeping.making_from import derive_item
from comity.flows.passing.onward import draft_onward
from comity.flows.passing.wishes import KeptPassing
from comity.flows.people.register import add_person
from comity.flows.promises import consent_to, promise
from comity.flows.receipts import receipt_item
from comity.flows.requests import ask
from comity.flows.set_up import pin_card
from comity.flows.treaty.acts import declare, propose
from comity.flows.treaty.suspending import suspend_category
from comity.flows.turns import read_view
from comity.keys.cards import fingerprint
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
    Topology,
    agreement_file,
    people_of,
)
from tests.simulator.disk import Disk
from tests.simulator.loop import SimulatedLoop, run_simulated
from tests.simulator.nodes import SimulatedNode
from tests.simulator.program import Trace, watch_crash_points
from tests.simulator.races_passed import (
    FIRST,
    HEADER,
    SECOND,
    Passed,
    Teller,
    drafted,
    item_to,
    onward_of,
    pass_items,
    released,
)
from tests.simulator.remembered import reading_once
from tests.simulator.suite import cheap_suite
from tests.simulator.unreal import nothing_real
from tests.simulator.world import World, found

SUSPENDABLE: Final = replace(FIRST, suspends=True)
TOPOLOGY: Final = Topology("race", (SUSPENDABLE, SECOND))
LOW, TRANSLATOR, WITNESS = (PersonId(each) for each in ("low", "translator", "witness"))
COPIES: Final = (2, 3, 4, 5, 6)
"""The copies of `item`: to be opened, destroyed, given back, handed over, and the one that was."""
FIRM: Final = ("firm", "plant")
FIRST_DAY: Final = parse_date("2016-11-23")
ASSURED_UNTIL: Final = parse_date("2017-06-30")


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


async def _engage(tell: Teller) -> None:
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


async def _items(tell: Teller) -> tuple[Place, Place, Place]:
    """Release two items that are receipted, one of them copied, and one that is not receipted."""
    level = "SECRET" if tell.is_high else "CONFIDENTIAL"
    item = await released(tell, item_to(KOR, JPN, level))
    coming = await released(tell, item_to(KOR, JPN))
    other = await released(tell, item_to(KOR, JPN))
    await tell.settle()
    for each in (item, other):
        await tell.do(KOR, receipt_item(tell.at(KOR), FIRST.id, each, REGISTRAR))
    holder = READER if tell.is_high else LOW
    for _ in COPIES:
        wish = CopyWish("warning", "the desk", holder, WITNESS)
        made = await tell.do(KOR, make_copy(tell.at(KOR), FIRST.id, item, holder, wish))
        assert isinstance(made, Made)
    return item, coming, other


async def _visits(tell: Teller) -> tuple[tuple[Place, Place], Place]:
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


async def _questions(tell: Teller, other: Place) -> tuple[tuple[Place, Place], ...]:
    """Let Seoul ask twice for information, and twice for leave."""
    at, requests, asks = tell.at(KOR), [], []
    for _ in range(2):
        asked = ask(at, FIRST.id, (JPN,), category=CATEGORIES[0], person=REGISTRAR)
        requests.append(await tell.entered(KOR, asked))
        wanted = ConsentAsk((other,), None, USA, "warning", A_YEAR)
        asks.append(await tell.entered(KOR, promise(at, FIRST.id, wanted, REGISTRAR)))
    return (requests[0], requests[1]), (asks[0], asks[1])


async def _cases(tell: Teller, other: Place) -> tuple[Place, Place]:
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


async def _amend(tell: Teller) -> None:
    """Let Tokyo put an amendment on the table, initial it and sign it."""
    at = tell.at(JPN)
    await tell.entered(JPN, propose(at, text_of(3)))
    for body in (AgreementInitial(""), AgreementSign("")):
        await tell.entered(JPN, declare(at, FIRST.id, body))


async def _disputes(tell: Teller) -> tuple[Place, Place]:
    """Let Tokyo open two disputes."""
    at = tell.at(JPN)
    one, other = [await tell.entered(JPN, open_dispute(at, FIRST.id, ("12(a)",))) for _ in range(2)]
    return one, other


async def _duties(tell: Teller, dispute: Place) -> tuple[str, str]:
    """Find two duties of Seoul's that nothing here discharges."""
    owed = (await tell.do(JPN, list_duties(tell.at(JPN), FIRST.id, live=True))).duties
    ours = [each for each in owed if JPN in each.owed_to]
    counting = next(each.id for each in ours if each.clause == "inventory")
    return next(each.id for each in ours if each.trigger == dispute), counting


async def _firm(tell: Teller) -> None:
    """Assure a firm's facility for every condition, cleared to no more than the item."""
    cleared = "SECRET" if tell.is_high else "CONFIDENTIAL"
    letters = await tell.do(KOR, letters_asked(tell.at(KOR), FIRST.id))
    wanted = ContractorAssure(
        *FIRM, None, letters, True, cleared, "inspection", "inspector", FIRST_DAY, A_YEAR
    )
    await tell.entered(KOR, assure_contractor(tell.at(KOR), FIRST.id, wanted, person=OFFICER))


async def _onward(tell: Teller, item: Place) -> tuple[Place, int]:
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


async def _derived(tell: Teller, item: Place) -> int:
    content = tell.draws.randbytes(16).hex().encode()
    tell.world.ledger.drafted.add(content)
    level = "SECRET" if tell.is_high else "CONFIDENTIAL"
    draft = replace(item_to(JPN, KOR, level), derived_from=(item,))
    kept = await tell.do(KOR, derive_item(tell.at(KOR), DRAFTER, draft, HEADER, [content]))
    assert isinstance(kept, KeptDraft)
    return kept.number


async def _ends(tell: Teller, ending: str) -> Instant | None:
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
    tell = Teller(world, ending == "lower")
    await found(world, ASSURED_UNTIL if ending == "assurance" else A_YEAR)
    await _engage(tell)
    card = (await read_view(tell.at(JPN), FIRST.id)).card(JPN)
    await tell.do(USA, pin_card(tell.at(USA), card.raw, compared=fingerprint(card)))
    theirs = (await read_view(tell.at(USA), SECOND.id)).card(USA)
    await tell.do(JPN, pin_card(tell.at(JPN), theirs.raw, compared=fingerprint(theirs)))
    item, coming, other = await _items(tell)
    waiting = (
        await drafted(tell, item_to(KOR, JPN)),
        await drafted(tell, item_to(KOR, JPN)),
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
    passed = await pass_items(tell)
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
