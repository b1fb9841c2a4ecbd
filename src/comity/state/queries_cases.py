# SPDX-License-Identifier: Apache-2.0
"""What flows ask of incidents, visits, disclosures and contractors."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from comity.agreement.model import Agreement
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Instant, Zone
from comity.basis.limits import FIRM_CHAIN_MAX
from comity.marking.labels import Label
from comity.state.lifecycle_dates import day_end
from comity.state.protected import find_protected
from comity.state.queries import zone_of
from comity.state.records_cases import Condition, FirmKey, Incident, Visit, VisitDecision
from comity.state.state import State
from comity.state.tables import walk
from comity.statement.cases import Outcome


@dataclass(frozen=True, slots=True)
class Involved:
    """Who has to do with something protected: its originators, and everybody who may hold it."""

    label: Label
    originators: frozenset[PartyId]
    everybody: frozenset[PartyId]


def involved_of(state: State, place: Place) -> Involved | None:
    """Give who has to do with an item, or with what was told or shown; None: neither counts."""
    item = find_protected(state, place)
    if item is None:
        return None
    label = item.release.label
    originators = frozenset(label.originators)
    return Involved(label, originators, originators | {place.party, *item.to})


def measures_and_outcome(state: State, incident: Place) -> tuple[tuple[str, ...], Outcome | None]:
    """Give all measures of an incident, sorted, and the newest result; None: none was given."""
    measures: set[str] = set()
    outcome: Outcome | None = None
    for found in walk(state.incident_findings.get(incident)):
        measures.update(found.findings.measures)
        outcome = found.findings.outcome or outcome
    return tuple(sorted(measures)), outcome


def is_closed(state: State, incident: Incident) -> bool:
    """Answer whether every party that has to has taken an incident as closed."""
    return all((incident.place, party) in state.incident_closes for party in incident.closers)


def granted(state: State, visit: Visit, at: Instant) -> VisitDecision | None:
    """Give the grant that a visit stood under at an instant; None: not granted, or taken back."""
    said = [each for each in walk(state.visit_decisions.get(visit.place)) if each.at <= at]
    return said[-1] if said and said[-1].decide.level is not None else None


def contractor_letters(agreement: Agreement) -> tuple[str, ...]:
    """List the letters of the conditions that an agreement asks of firms.

    Source: Japan-ROK GSOMIA Art. 16(a) to (o)
    """
    letters = (clause.letters("conditions") for clause in agreement.clauses("contractor"))
    return tuple(sorted({letter for each in letters for letter in each}))


def contractor_article(agreement: Agreement) -> str:
    """Give the article that asks conditions of firms, else the first on firms, or the default."""
    clauses = agreement.clauses("contractor")
    asking = [each.article for each in clauses if each.letters("conditions")]
    cited = [*asking, *(each.article for each in clauses), agreement.rules.default_article]
    return cited[0]


def missing_conditions(
    state: State, firm: FirmKey, letters: Iterable[str], instant: Instant
) -> tuple[str, ...]:
    """List the letters that do not stand now at a firm's facility: never met, past, taken back."""
    known, zone = state.firms.get(firm), zone_of(state)
    current = {
        each.letter
        for each in (() if known is None else known.conditions)
        if holds(each, instant, zone)
    }
    return tuple(letter for letter in letters if letter not in current)


def firm_chain(
    state: State, firm: FirmKey, letters: Collection[str], instant: Instant
) -> tuple[FirmKey, ...]:
    """Give a firm's facility, and one facility of each firm above it: that which lacks least.

    Above `FIRM_CHAIN_MAX` of them it ends with a firm that has no facility, and so lacks all.

    Source: Japan-ROK GSOMIA Art. 16 (subcontractors included)
    """
    party, name, _ = firm
    chain, seen = [firm], {name}
    parent = _works_for(state, firm)
    while parent is not None and parent not in seen and len(chain) < FIRM_CHAIN_MAX:
        seen.add(parent)
        places = sorted((party, parent, at) for at in walk(state.facilities.get((party, parent))))
        chain.append(
            min(
                places,
                key=lambda key: len(missing_conditions(state, key, letters, instant)),
                default=(party, parent, ""),
            )
        )
        parent = _works_for(state, chain[-1])
    if parent is not None and parent not in seen:  # above the bound: of it nothing is known
        chain.append((party, parent, ""))
    return tuple(chain)


def _works_for(state: State, firm: FirmKey) -> str | None:
    """Give the firm that a facility works for: as said of it, else as said last of its firm."""
    known = state.firms.get(firm)
    if known is not None and known.parent is not None:
        return known.parent
    return state.firm_parents.get(firm[:2])


def firm_lacks(
    state: State, agreement: Agreement, firm: FirmKey, instant: Instant
) -> tuple[tuple[str, str], ...]:
    """List what a firm lacks now, or one above it: each firm with the letter of a condition."""
    letters = contractor_letters(agreement)
    return tuple(
        (key[1], letter)
        for key in firm_chain(state, firm, letters, instant)
        for letter in missing_conditions(state, key, letters, instant)
    )


def holds(condition: Condition, instant: Instant, zone: Zone) -> bool:
    """Answer whether a condition is met and not past: a day is to its end."""
    until = condition.until
    return condition.assure.met and (until is None or instant < day_end(until, zone))
