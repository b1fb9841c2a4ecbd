# SPDX-License-Identifier: Apache-2.0
"""Losses, visits, disclosures and firms, as the seed draws them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from comity.basis.ids import Place
from comity.flows.cases.contractors import assure_contractor, letters_asked, release_to_contractor
from comity.flows.cases.incidents import Report, close_incident, give_findings, report_incident
from comity.flows.cases.visits import Disclosed, Grant, ask_visit, decide_visit, record_disclosure
from comity.sealing.payload import PayloadHeader
from comity.state.state import State
from comity.statement.cases import (
    Affected,
    Certainty,
    ContractorAssure,
    Harm,
    Outcome,
    VisitKind,
    VisitRequest,
)
from tests.simulator.cast import A_YEAR, CATEGORIES, OFFICER, READER, marking_of

if TYPE_CHECKING:
    from tests.simulator.acts import Scene

_HEADER = PayloadHeader("Case", "text/plain")
_FIRM = ("firm", "plant")
_FIRST = date(2016, 1, 1)


async def case(scene: Scene) -> object:
    """Report a loss, look into it or close it; ask, decide or use a visit; deal with a firm."""
    state, draws = (await scene.view()).fold.state, scene.draws
    act = draws.choice(("incident", "incident", "visit", "visit", "disclose", "firm"))
    match act:
        case "incident":
            return await _incident(scene, state)
        case "visit":
            return await _visit(scene, state)
        case "disclose":
            return await _disclose(scene, state)
        case _:
            return await _firm(scene, state)


async def _incident(scene: Scene, state: State) -> object:
    context, pact, draws = scene.context, scene.pact.id, scene.draws
    items, known = sorted(state.items.keys()), sorted(state.incidents.keys())
    if known and draws.random() < 0.6:
        place = draws.choice(known)
        if draws.random() < 0.5:
            return await close_incident(context, pact, place, OFFICER)
        measures = ("new-lock",) if draws.random() < 0.7 else ()
        return await give_findings(
            context, pact, place, outcome=Outcome.NEITHER, measures=measures, person=OFFICER
        )
    if not items:
        return None
    affected = (Affected(draws.choice(items)),)
    report = Report(affected, Harm.LOSS, Certainty.POSSIBLE, context.ports.clock.now())
    text = (_HEADER, [scene.content()]) if draws.random() < 0.5 else None
    return await report_incident(context, pact, report, person=READER, text=text)


async def _visit(scene: Scene, state: State) -> object:
    context, pact, draws = scene.context, scene.pact.id, scene.draws
    known = sorted(state.visits.keys())
    if known and draws.random() < 0.7:
        grant = Grant("CONFIDENTIAL", _FIRST, A_YEAR) if draws.random() < 0.8 else None
        return await decide_visit(context, pact, draws.choice(known), grant, person=OFFICER)
    host = draws.choice(scene.recipients())
    wanted = VisitRequest(
        host, "hq", VisitKind.OFFICIAL, "SECRET", _FIRST, A_YEAR, 2, "SECRET", None
    )
    text = (_HEADER, [scene.content()]) if draws.random() < 0.5 else None
    return await ask_visit(context, pact, wanted, person=OFFICER, text=text)


async def _disclose(scene: Scene, state: State) -> object:
    draws = scene.draws
    visits: list[Place | None] = [None, *sorted(state.visits.keys())]
    said = Disclosed(
        to=scene.recipients(),
        marking=marking_of(scene.node.party, draws.choice(("SECRET", "CONFIDENTIAL"))),
        category=draws.choice(CATEGORIES),
        form="oral",
        purposes=("warning",),
        visit=draws.choice(visits),
    )
    return await record_disclosure(scene.context, scene.pact.id, said, person=OFFICER)


async def _firm(scene: Scene, state: State) -> object:
    context, pact, draws = scene.context, scene.pact.id, scene.draws
    items = sorted(state.items.keys())
    if items and draws.random() < 0.5:
        return await release_to_contractor(
            context, pact, draws.choice(items), _FIRM, person=OFFICER, purpose="warning"
        )
    letters = await letters_asked(context, pact) or ("a",)
    wanted = ContractorAssure(
        *_FIRM,
        None,
        letters if draws.random() < 0.7 else letters[:1],
        draws.random() < 0.8,
        "SECRET",
        "inspection",
        "inspector",
        _FIRST,
        A_YEAR,
    )
    return await assure_contractor(context, pact, wanted, person=OFFICER)
