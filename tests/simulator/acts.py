# SPDX-License-Identifier: Apache-2.0
"""What people do at the nodes, as the seed draws it: each act is a real flow, most are sensible."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from comity.basis.errors import ComityError, InvariantError, StateError
from comity.basis.ids import PartyId, PersonId, Place, digest_of
from comity.decision.stages import Refused
from comity.flows.anchors import anchor_journal
from comity.flows.context import Context
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item, waiting_drafts
from comity.flows.enclosures import OpenedText
from comity.flows.promises import consent_to, promise, reclassify
from comity.flows.receipts import Opened, open_item, receipt_item
from comity.flows.release import drop_draft, release_draft
from comity.flows.release_now import may_go_now, release_now
from comity.flows.requests import answer, ask, decline, open_question
from comity.flows.rotation import retire_sealing_keys, rotate_keys
from comity.flows.speak import Entered
from comity.flows.treaty.acts import declare
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.sealing.payload import PayloadHeader
from comity.statement.information import AssuranceGive, ConsentAsk, ConsentRefuse
from comity.statement.kinds import Body
from comity.statement.treaty import AgreementEntryNotification, AgreementInitial, AgreementSign
from tests.simulator.cast import (
    A_YEAR,
    CATEGORIES,
    CLERK,
    DRAFTER,
    ENTRY,
    OFFICER,
    OUT_OF_SCOPE,
    READER,
    REGISTRAR,
    Pact,
    marking_of,
)
from tests.simulator.disk import ACT, Doing
from tests.simulator.invariants import demand
from tests.simulator.ledger import Ledger
from tests.simulator.nodes import SimulatedNode

_SIZES = (40, 300, 2_000, 20_000, 70_000)
_HEADER = PayloadHeader("Launch", "text/plain")


@dataclass
class Scene:
    """One act: where, about which pact, and by which draws; `large` payloads are so many."""

    node: SimulatedNode
    pact: Pact
    draws: random.Random
    ledger: Ledger
    large: float

    @property
    def context(self) -> Context:
        """Give the node's ports and configuration."""
        return self.node.context

    @property
    def others(self) -> tuple[PartyId, ...]:
        """List the other parties to the pact."""
        return tuple(sorted(set(self.pact.parties) - {self.node.party}))

    def recipients(self) -> tuple[PartyId, ...]:
        """Draw to whom something goes."""
        others = self.others
        if len(others) > 1 and self.draws.random() < 0.5:
            return (self.draws.choice(others),)
        return others

    def content(self) -> bytes:
        """Draw a payload; no two are equal."""
        size = _SIZES[-1] if self.draws.random() < self.large else self.draws.choice(_SIZES[:3])
        return self.draws.randbytes(16).hex().encode() + bytes(size)

    async def view(self) -> View:
        """Give what the node knows of the pact, to read."""
        return await read_view(self.context, self.pact.id)

    def entered(self, outcome: object) -> None:
        """Take note of what a person was told."""
        if isinstance(outcome, Entered):
            origin = next(
                head.origin
                for head in self.node.disk.tables.heads(outcome.statement.agreement_id)
                if head.party == self.node.party
            )
            self.ledger.acknowledge(origin, outcome.place.index + 1)
            self.node.trace.note(self.node.party, "entered", origin, outcome.place)


async def assure(scene: Scene) -> object:
    """Assure in writing, up to a level."""
    level = scene.draws.choice(("SECRET", "SECRET", "CONFIDENTIAL"))
    body = AssuranceGive(level, None, True, True, A_YEAR)
    return await promise(scene.context, scene.pact.id, body, REGISTRAR)


def item_of(scene: Scene) -> ItemDraft:
    """Draw an item, sometimes of a category that is out of scope."""
    draws = scene.draws
    level = draws.choice(("SECRET", "CONFIDENTIAL", "CONFIDENTIAL"))
    category = OUT_OF_SCOPE if draws.random() < 0.05 else draws.choice(CATEGORIES)
    return ItemDraft(
        scene.pact.id,
        scene.recipients(),
        marking_of(scene.node.party, level),
        category,
        "document",
        ("warning",),
        channel=draws.choice(("node", "courier")),
    )


async def draft(scene: Scene) -> object:
    """Draft an item."""
    content, item = scene.content(), item_of(scene)
    person = scene.draws.choice((DRAFTER, DRAFTER, OFFICER, READER))
    pieces = [content[at : at + 30_000] for at in range(0, len(content), 30_000)]
    scene.ledger.drafted.add(content)
    return await draft_item(scene.context, person, item, _HEADER, pieces)


async def release_alone(scene: Scene) -> object:
    """Release a small item at once, as one person who may or may not."""
    content, item = scene.content(), item_of(scene)
    if not may_go_now(scene.context, item, content):
        return None
    person = scene.draws.choice((OFFICER, OFFICER, OFFICER, DRAFTER))
    scene.ledger.drafted.add(content)
    return await release_now(scene.context, person, item, _HEADER, content)


async def release(scene: Scene) -> object:
    """Release a draft that waits, as somebody who may or may not."""
    waiting = await waiting_drafts(scene.context)
    if not waiting:
        return await draft(scene)
    kept = scene.draws.choice(waiting)
    person = scene.draws.choice((OFFICER, OFFICER, OFFICER, DRAFTER))
    return await release_draft(scene.context, person, kept.number)


async def release_new(scene: Scene) -> object:
    """Draft an item and release it at once."""
    kept = await draft(scene)
    if not isinstance(kept, KeptDraft):
        return kept
    return await release_draft(scene.context, OFFICER, kept.number)


async def drop(scene: Scene) -> object:
    """Drop a draft that waits."""
    waiting = await waiting_drafts(scene.context)
    if not waiting:
        return None
    return await drop_draft(scene.context, OFFICER, scene.draws.choice(waiting).number)


async def receipt(scene: Scene) -> object:
    """Give the receipt of an item that came."""
    view = await scene.view()
    state, own = view.fold.state, scene.node.party
    open_ = [
        place
        for place, item in sorted(state.items.items(), key=lambda row: row[0])
        if own in item.to and (place, own) not in state.receipts and place.party != own
    ]
    if not open_:
        return None
    place = scene.draws.choice(open_)
    return await receipt_item(scene.context, scene.pact.id, place, REGISTRAR)


async def read(scene: Scene) -> object:
    """Open an item; what is read must be what was drafted."""
    view = await scene.view()
    places = sorted(view.fold.state.items.keys())
    if not places:
        return None
    place = scene.draws.choice(places)
    person: PersonId = scene.draws.choice((READER, READER, CLERK))
    opened = await open_item(scene.context, scene.pact.id, place, person, purpose="warning")
    if isinstance(opened, Opened):
        content = b"".join(opened.content)
        demand(content in scene.ledger.drafted, "an item reads as nothing that was drafted", place)
    return opened


async def request(scene: Scene) -> object:
    """Ask partners for information."""
    question = None
    if scene.draws.random() < 0.7:
        question = (PayloadHeader("Question", "text/plain"), [scene.content()])
    return await ask(
        scene.context,
        scene.pact.id,
        scene.recipients(),
        category=scene.draws.choice(CATEGORIES),
        person=REGISTRAR,
        question=question,
    )


async def answer_request(scene: Scene) -> object:
    """Answer a request with an item of ours, decline it, or read its question."""
    view = await scene.view()
    state, own, draws = view.fold.state, scene.node.party, scene.draws
    asked = [
        place
        for place, each in sorted(state.requests.items(), key=lambda row: row[0])
        if own in each.to
    ]
    if not asked:
        return None
    place, roll = draws.choice(asked), draws.random()
    ours = [each for each in sorted(state.items.keys()) if each.party == own]
    if roll < 0.4 and ours:
        return await answer(scene.context, scene.pact.id, place, draws.choice(ours), REGISTRAR)
    if roll < 0.6:
        return await decline(scene.context, scene.pact.id, place, REGISTRAR)
    question = await open_question(scene.context, scene.pact.id, place, REGISTRAR)
    if isinstance(question, OpenedText):
        return b"".join(question.content)
    return question


async def consent(scene: Scene) -> object:
    """Ask for leave to pass something on, give it, or refuse it."""
    view = await scene.view()
    state, own, draws = view.fold.state, scene.node.party, scene.draws
    theirs = [each for each in sorted(state.items.keys()) if each.party != own]
    ours = [each for each in sorted(state.items.keys()) if each.party == own]
    third = PartyId("FRA")
    if theirs and draws.random() < 0.5:
        body = ConsentAsk((draws.choice(theirs),), None, third, "warning", A_YEAR)
        return await promise(scene.context, scene.pact.id, body, REGISTRAR)
    asks = sorted(place for place, _ in state.asks.items() if place.party != own)
    if asks and draws.random() < 0.5:
        return await promise(
            scene.context, scene.pact.id, ConsentRefuse(draws.choice(asks)), REGISTRAR
        )
    if not ours:
        return None
    given = consent_to(
        items=(draws.choice(ours),), category=None, recipient=third, purpose="warning", until=A_YEAR
    )
    return await promise(scene.context, scene.pact.id, given, REGISTRAR)


async def change_level(scene: Scene) -> object:
    """Give an item of ours another level."""
    view = await scene.view()
    ours = [each for each in sorted(view.fold.state.items.keys()) if each.party == scene.node.party]
    if not ours:
        return None
    marking = marking_of(scene.node.party, scene.draws.choice(("SECRET", "CONFIDENTIAL")))
    place: Place = scene.draws.choice(ours)
    return await reclassify(scene.context, scene.pact.id, place, marking, REGISTRAR)


async def rotate(scene: Scene) -> object:
    """Make our next card."""
    _card, entered = await rotate_keys(scene.context)
    return entered


async def anchor(scene: Scene) -> object:
    """Say where the journal stands, as the schedule does."""
    return await anchor_journal(scene.context)


async def retire(scene: Scene) -> object:
    """Destroy sealing keys that nobody needs, as the schedule does."""
    await retire_sealing_keys(scene.context)
    return None


async def sign(scene: Scene) -> object:
    """Go one step on towards an agreement in force, where it is not."""
    bodies: tuple[Body, ...] = (
        AgreementInitial(""),
        AgreementSign(""),
        AgreementEntryNotification(ENTRY, ""),
    )
    view = await scene.view()
    if view.find_agreement() is not None:
        bodies = bodies[2:]
    body = scene.draws.choice(bodies)
    return await declare(scene.context, scene.pact.id, body)


Act = Callable[[Scene], Awaitable[object]]
WEIGHTS: tuple[tuple[Act, int], ...] = (
    (assure, 4),
    (draft, 3),
    (release, 8),
    (release_new, 5),
    (release_alone, 8),
    (drop, 1),
    (receipt, 12),
    (read, 8),
    (request, 4),
    (answer_request, 4),
    (consent, 3),
    (change_level, 2),
    (rotate, 2),
    (anchor, 2),
    (retire, 2),
)


def draw_act(scene: Scene, more: tuple[str, ...] = ()) -> Act:
    """Draw what somebody does next, every second time one of `more`."""
    if not scene.pact.signed and scene.draws.random() < 0.5:
        return sign
    if more and scene.draws.random() < 0.5:
        wanted = scene.draws.choice(more)
        return next(act for act, _ in WEIGHTS if act.__name__ == wanted)
    acts, weights = zip(*WEIGHTS, strict=True)
    drawn: Act = scene.draws.choices(acts, weights)[0]
    return drawn


async def perform(scene: Scene, act: Act, number: int) -> None:
    """Do one act; that it is refused, comes at the wrong moment or meets a sick disk is no bug."""
    node, name = scene.node, act.__name__
    doing = Doing(number)
    ACT.set(doing)
    try:
        outcome = await act(scene)
    except InvariantError:
        raise
    except ComityError as err:
        demand(
            isinstance(err, StateError) or err.code.partition(".")[0] in ("disk", "store"),
            "an honest act fails otherwise than by the moment or the disk",
            node.party,
            name,
            err.code,
            err,
        )
        node.trace.note(node.party, name, scene.pact.id, err.code)
        return
    finally:
        doing.is_over = True
    said = type(outcome).__name__
    if isinstance(outcome, Refused):
        said = f"refused {len(outcome.findings)}"
    node.trace.note(node.party, name, scene.pact.id, said)
    scene.entered(outcome)
    if isinstance(outcome, tuple):
        for each in outcome:
            if isinstance(each, Entered):
                node.trace.note(node.party, "said", each.place, digest_of(each.statement.raw)[:8])
