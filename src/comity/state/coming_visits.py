# SPDX-License-Identifier: Apache-2.0
"""A visit by our security staff that is to be proposed again: so often as our own house has it.

The treaty names no time and obliges nobody; the figure is the node's own setting. The article is
that of the clause on visits by security staff; a file that has none for them has none to cite.
Source: Japan-ROK GSOMIA Art. 18 (treaties.md G18: a yearly proposal is reminded of)
"""

from __future__ import annotations

from comity.basis.ids import PartyId
from comity.basis.instants import Duration, DurationUnit, Instant, Zone, add_duration, date_of
from comity.state.coming import Coming
from comity.state.lifecycle import lifecycle_at
from comity.state.lifecycle_dates import day_end
from comity.state.queries import zone_of
from comity.state.queries_cases import granted
from comity.state.records_cases import Visit
from comity.state.state import State
from comity.statement.cases import VisitKind


def security_visits_coming(
    state: State, own: PartyId, at: Instant, months: int
) -> tuple[Coming, ...]:
    """Give the proposal that is due again by our own figure, under an agreement with visits.

    It counts from the last day of our staff's last visit, from the last that was asked for, or
    from the entry into force; and comes again each time that nothing was asked for since.
    """
    life = lifecycle_at(state, at)
    terms = None if state.life.agreed is None else state.files.get(state.life.agreed)
    clauses = () if terms is None else terms.agreement.clauses("visit")
    if not clauses or life.in_force_at is None or (life.ends_at is not None and life.ends_at <= at):
        return ()
    zone = zone_of(state)
    asked = (
        (_until(state, each, at, zone), each.place)
        for each in state.visits.values()
        if each.place.party == own and each.request.purpose is VisitKind.SECURITY
    )
    since, about = max(asked, default=(life.in_force_at, None))
    moment = _latest(since, at, months, zone)
    if moment is None:
        return ()
    of_staff = (each.article for each in clauses if each.text("of") == "security_staff")
    return (Coming("visit.propose", own, next(of_staff, None), None, (moment,), about),)


def _until(state: State, visit: Visit, at: Instant, zone: Zone) -> Instant:
    """Give when a visit is over; where it is not granted, when it was asked for."""
    grant = granted(state, visit, at)
    last = None if grant is None else grant.decide.last_day
    return visit.at if last is None else day_end(last, zone)


def _latest(since: Instant, at: Instant, months: int, zone: Zone) -> Instant | None:
    """Give the latest of the instants by `at` that are a whole number of spans after `since`."""
    first, last = date_of(since, zone), date_of(at, zone)
    spans = ((last.year - first.year) * 12 + last.month - first.month) // months
    for count in (spans, spans - 1):
        if count > 0:
            moment = add_duration(since, Duration(count * months, DurationUnit.MONTHS), zone)
            if moment <= at:
                return moment
    return None
