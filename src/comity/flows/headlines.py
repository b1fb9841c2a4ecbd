# SPDX-License-Identifier: Apache-2.0
"""What weighs most: notice of termination, suspensions, losses, named victims, debts that are late.

By either side, out of the registers alone; never content. Source: AGREEMENTS 2, 3; Japan-ROK
GSOMIA Art. 17, 21(3)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import DAY_MS, Date, Instant, format_date, format_instant
from comity.basis.strict_json import JsonValue
from comity.decision.people import Person
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.listing import may_know_all
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.goods_balance import is_late, open_lines
from comity.state.lifecycle import lifecycle_at
from comity.state.lifecycle_dates import day_of
from comity.state.queries import zone_of
from comity.state.queries_cases import is_closed, measures_and_outcome
from comity.state.queries_goods import collector_of, today_of
from comity.state.records_cases import Incident
from comity.state.suspensions import suspension_ends, suspensions_at
from comity.statement.cases import Certainty
from comity.statement.order_values import Officer

VICTIM_TOLD_MS: Final = 35 * DAY_MS
"""A named victim is never closed: it is told so long."""

COLLECTORS_NAMED: Final = 3
"""Officers who collect that a headline names."""


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the biggest events: what, by whom, where it was said, and what it names.

    `values` are texts ready to be said, by the names of the words of `what`.
    """

    agreement: AgreementId
    what: str
    by: PartyId
    place: Place
    values: dict[str, str] = field(default_factory=dict)


async def headlines(
    context: Context, person: PersonId | None = None, *, most: int | None = None
) -> tuple[Headline, ...]:
    """List what weighs most under every agreement, as far as a person may know of it.

    With `most`, so many of each kind under each agreement, of incidents the newest: a partner may
    report any number of them.

    Raises:
        StateError: the person is not on the register.
    """
    by = None if person is None else await find_person(context, person)
    found: list[Headline] = []
    for agreement in await pinned_agreements(context):
        view = await read_view(context, agreement)
        at = view.moment(context)
        incidents = _incidents(view, at, by, newest=most is not None)
        for kind in (_notices(view, at), _suspended(view, at), incidents, _overdue(view, at)):
            found += islice(kind, most)
    return tuple(found)


def headline_json(headline: Headline) -> dict[str, JsonValue]:
    """Write a headline."""
    return {
        "agreement": headline.agreement,
        "what": headline.what,
        "by": headline.by,
        "place": str(headline.place),
        **headline.values,
    }


def _notices(view: View, at: Instant) -> Iterator[Headline]:
    """Give the notices that stand in a reading, with the last day of the one that governs."""
    state = view.fold.state
    ends_at = lifecycle_at(state, at).ends_at
    stand = {
        notice.place
        for _, reading in state.life.readings
        for notice in reading.notices
        if notice.suspended_by is None
    }
    if ends_at is not None:
        day = format_date(day_of(Instant(ends_at - 1), zone_of(state)))
        what = "ended" if ends_at <= at else "notice"
        for place in sorted(stand):
            yield Headline(view.agreement_id, what, place.party, place, {"day": day})


def _suspended(view: View, at: Instant) -> Iterator[Headline]:
    state = view.fold.state
    for row in suspensions_at(state, at):
        resumed, until = state.resumptions.get(row.place), row.body.until
        values = {"category": row.body.category}
        if resumed is not None:
            values["day"] = format_instant(suspension_ends(state, row))
        elif until is not None:
            values["day"] = format_date(until) if isinstance(until, Date) else format_instant(until)
        what = "suspended" if "day" in values else "suspended_open"
        yield Headline(view.agreement_id, what, row.place.party, row.place, values)


def _overdue(view: View, at: Instant) -> Iterator[Headline]:
    """Give what is late of goods between two parties, one of them ours, and who collects it.

    Source: treaties.md A12, 4.5; 10 U.S.C. 2345
    """
    state, today = view.fold.state, today_of(view.fold.state, at)
    late: dict[tuple[PartyId, PartyId], dict[Place, Officer | None]] = {}
    for each in open_lines(state, at):
        order, ends = state.orders.get(each.order), (each.debtor, each.creditor)
        if order is not None and view.own in ends and is_late(each, today):
            late.setdefault(ends, {})[each.order] = collector_of(order)
    for (debtor, creditor), orders in sorted(late.items()):
        first = min(orders)
        named = sorted({f"{who.person} ({who.office})" for who in orders.values() if who})
        if len(named) > COLLECTORS_NAMED:
            named[COLLECTORS_NAMED:] = ["…"]
        values = {"to": creditor, "count": str(len(orders)), "collects": ", ".join(named)}
        yield Headline(view.agreement_id, "overdue", debtor, first, values)


def _incidents(view: View, at: Instant, by: Person | None, *, newest: bool) -> Iterator[Headline]:
    """Give the incidents that are open, by place, or the newest first."""
    state = view.fold.state
    rows = sorted(state.incidents.items())
    if newest:
        rows.sort(key=lambda row: row[1].at, reverse=True)
    for place, incident in rows:
        report = incident.report
        items = tuple(each.item for each in report.affected)
        if by is not None and not may_know_all(state, by, items):
            continue
        harm = str(report.harm.value)
        values = {"items": ", ".join(str(each) for each in items)}
        if report.names_victim:
            if at - incident.at > VICTIM_TOLD_MS:
                continue
            what, actors = "victim", incident.to
        elif is_closed(state, incident):
            continue
        else:
            what, actors = _who_acts(view, incident)
            harm = harm if report.certainty is Certainty.ACTUAL else f"possible {harm}"
        values |= {"harm": harm, "actors": ", ".join(actors)}
        yield Headline(view.agreement_id, what, place.party, place, values)


def _who_acts(view: View, incident: Incident) -> tuple[str, tuple[PartyId, ...]]:
    """Say who acts next: where it happened until all is told, then who has to close it."""
    state = view.fold.state
    measures, outcome = measures_and_outcome(state, incident.place)
    if not measures or outcome is None:
        return "incident", (incident.answers,)
    closes = state.incident_closes
    return "to_close", tuple(p for p in incident.closers if (incident.place, p) not in closes)
