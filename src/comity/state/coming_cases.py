# SPDX-License-Identifier: Apache-2.0
"""What comes up in cases: visits that wait to be decided, conditions at firms that end.

Source: Japan-ROK GSOMIA Art. 8, 16(g) (treaties.md G8, G16: reminders)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from comity.agreement.model import Agreement
from comity.basis.errors import InputError
from comity.basis.ids import PartyId, Place
from comity.basis.instants import (
    DAY_MS,
    INSTANT_MIN,
    Duration,
    Instant,
    Zone,
    subtract_duration,
)
from comity.state.lifecycle_dates import day_end, day_start
from comity.state.queries import zone_of
from comity.state.queries_cases import contractor_article
from comity.state.records_cases import Condition, Firm
from comity.state.state import State

_INSPECTION_DAYS: Final = 60

CaseComing = tuple[str, str | None, Instant, Instant, Place | None]
"""What comes up, its article, when it is due, when one is reminded, and about what."""


def cases_coming(state: State, own: PartyId, at: Instant) -> Iterator[CaseComing]:
    """List what comes up for a party, in no order."""
    terms = state.files.get(state.life.agreed) if state.life.agreed is not None else None
    if terms is None:
        return
    yield from _visits(state, own, at, terms.agreement)
    yield from _firms(state, own, at, terms.agreement)


def _visits(state: State, own: PartyId, at: Instant, agreement: Agreement) -> Iterator[CaseComing]:
    """Give the visits that wait for us; one is reminded so long before as the file asks for.

    Source: Japan-ROK GSOMIA Art. 8
    """
    clauses, zone = agreement.clauses("visit"), zone_of(state)
    lead = next((each.find_duration("lead_time") for each in clauses), None)
    article = next((each.article for each in clauses), None)
    for visit in state.visits.values():
        begins = day_start(visit.request.first_day, zone)
        if visit.request.host != own or visit.place in state.visit_decisions or begins <= at:
            continue
        remind = visit.at if lead is None else max(visit.at, _before(begins, lead, zone))
        yield "visit.decide", article, begins, Instant(remind), visit.place


def _firms(state: State, own: PartyId, at: Instant, agreement: Agreement) -> Iterator[CaseComing]:
    """Give the conditions at our firms that end soon or ended: each is to be made sure of again.

    One that ended stays until it is made sure of anew, and is told of once more. One that was taken
    back ended then.

    Source: Japan-ROK GSOMIA Art. 16(g)
    """
    article = contractor_article(agreement)
    for (party, _, _), firm in state.firms.items():
        for condition in _assured(firm) if party == own else ():
            ends = _ends(condition, zone_of(state))
            if ends is not None and (remind := _reminded(ends, at)) <= at:
                cited = f"{article}({condition.letter})" if condition.letter else article
                yield "contractor.assure", cited, ends, remind, condition.place


def _reminded(ends: Instant, at: Instant) -> Instant:
    """Give when one is reminded of an end: some time before it, and once it has come."""
    soon = Instant(max(INSTANT_MIN, ends - _INSPECTION_DAYS * DAY_MS))
    return soon if at < ends else ends


def _ends(condition: Condition, zone: Zone) -> Instant | None:
    """Give when what was said of a condition ends; None: no end is named or follows."""
    if not condition.assure.met:
        return condition.at
    return None if condition.until is None else day_end(condition.until, zone)


def _assured(firm: Firm) -> Iterator[Condition]:
    """Give what was made sure of: each condition, and the clearance where it was said by itself."""
    yield from firm.conditions
    said = {each.place for each in firm.conditions}
    if firm.cleared is not None and firm.cleared.place not in said:
        yield firm.cleared


def _before(begins: Instant, lead: Duration, zone: Zone) -> Instant:
    """Give the last moment at which so much time is left; before the calendar, its first."""
    try:
        return subtract_duration(begins, lead, zone)
    except InputError:
        return INSTANT_MIN
