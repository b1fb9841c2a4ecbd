# SPDX-License-Identifier: Apache-2.0
"""What waits, for whom, and what is late: duties, answers, receipts, drafts and discs at a glance.

Counts, places and days out of the registers and this node's own drafts; never content, and nothing
is stored. Source: AGREEMENTS 5; DESIGN 5 (what travels by disc)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import DAY_MS, Instant, format_instant
from comity.basis.strict_json import JsonValue
from comity.decision.people import Person, Role
from comity.flows.alerting.board import read_board
from comity.flows.channels import goes_by_disc
from comity.flows.context import Context
from comity.flows.courier.loads import acknowledged_size, sent_name
from comity.flows.delivery_routes import is_direct
from comity.flows.documents import PARCEL_SENT
from comity.flows.drafts import waiting_drafts
from comity.flows.duties.listing import Owed, concerns, list_duties
from comity.flows.facts import find_person
from comity.flows.left_open import is_consultation, left_open
from comity.flows.listing import may_know
from comity.flows.passing.wishes import kept_passings
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.flows.view import View, own_register
from comity.foresight.matters import coming_matter, owed_matter
from comity.state.coming import Coming
from comity.state.duties import Duty, DutyState
from comity.state.duty_triggers import IN_FORCE, RELEASE
from comity.state.queries import open_asks, open_requests
from comity.state.records import Item
from comity.statement.order_values import Officer, format_officer

SOON_MS: Final = 35 * DAY_MS
"""What is owed later than that, and is not to be reminded of yet, waits only if another asked."""

COLLECTORS_MAX: Final = 8
"""Officers who collect that are named of what is told together."""

_SPEAKERS: Final = (Role.RELEASING_OFFICER, Role.REGISTRAR)
_KEEPERS: Final = (Role.REGISTRAR,)
_LOGISTICS: Final = (Role.LOGISTICS_OFFICER, Role.REGISTRAR)
_FINANCE: Final = (Role.FINANCE_OFFICER, Role.REGISTRAR)
_GOODS: Final = (Role.LOGISTICS_OFFICER, Role.FINANCE_OFFICER, Role.REGISTRAR)
_DONE_BY: Final = {
    "draft.approve": (Role.RELEASING_OFFICER,),
    "onward.approve": (Role.RELEASING_OFFICER,),
    "alert.acknowledge": (*_SPEAKERS, Role.DRAFTER, Role.READER, Role.TRANSLATOR),
    "item.receipt": _KEEPERS,
    "item.mark": _KEEPERS,
    "inventory.result": _KEEPERS,
    "item.review": _KEEPERS,
    "copy.take_back": _KEEPERS,
    "need.ended": (Role.REGISTRAR, Role.RELEASING_OFFICER),
    "need.return": (Role.REGISTRAR, Role.RELEASING_OFFICER),
    "need.destroy": (Role.REGISTRAR, Role.RELEASING_OFFICER),
    "order.accept": _LOGISTICS,
    "delivery.receipt": _LOGISTICS,
    "order.disputed": _GOODS,
    "order.overdue": _LOGISTICS,
    "order.short": _LOGISTICS,
    "loan.return": _GOODS,
    "settlement.confirm": _FINANCE,
    "invoice.issue": _FINANCE,
    "invoice.settled": _FINANCE,
    "delivery.settled": _FINANCE,
    "balance.state": _FINANCE,
    "balance.agree": _FINANCE,
}

_ANSWERS: Final = frozenset({"request.answer", "law.answer", "consent.answer", "visit.decide"})


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that waits for a party: `count` alike, of which `late` are overdue.

    `first` is the one that is due first, `due` its day; None: no day is named for it. `partner` is
    to whom it goes, where it waits for a disc. `collects` names the creditor's officers who collect
    what is owed for goods, at most COLLECTORS_MAX of them. Source: treaties.md A12, 4.5
    """

    agreement: AgreementId
    what: str
    by: PartyId
    first: Place | None = None
    due: Instant | None = None
    partner: PartyId | None = None
    count: int = 1
    late: int = 0
    collects: tuple[Officer, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What waits; and of what has a day that is still to come, the first, however far off."""

    matters: tuple[Matter, ...]
    next: Matter | None = None


async def what_waits(context: Context, person: PersonId | None = None) -> tuple[Matter, ...]:
    """List what waits under every agreement, as far as a person may know of it.

    Raises:
        StateError: the person is not on the register.
    """
    return (await what_stands(context, person)).matters


async def what_stands(context: Context, person: PersonId | None = None) -> Standing:
    """List what waits as `what_waits`, and find the next day of what this party owes.

    Raises:
        StateError: the person is not on the register.
    """
    by = None if person is None else await find_person(context, person)
    found: list[Matter] = []
    ahead: list[Matter] = []
    for agreement in await pinned_agreements(context):
        view = await read_view(context, agreement)
        single = {(each.what, each.by, each.first): each for each in _receipts(view, by)}
        for left in await left_open(context, view, by):
            kept = Matter(
                agreement, left.what, left.by, left.about, collects=_officers(left.collects)
            )
            single[kept.what, kept.by, kept.first] = kept
        owed = await list_duties(context, agreement, person, live=True)
        ahead += _ahead(view.own, owed)
        for each in _owed(view.own, owed):
            single[each.what, each.by, each.first] = each
        found += [_named(view, each) for each in (*single.values(), *_asked_by_us(view))]
        found += [each async for each in _discs(context, view, by)]
    found += await _drafts(context)
    found += await _alerts(context, by)
    first = min(ahead, key=_rank, default=None)
    return Standing(tuple(sorted(_together(found), key=_rank)), first)


def done_by(what: str) -> tuple[Role, ...]:
    """Give whose work it is that waits, whose usually first; else those who speak for the party.

    It decides nothing: whether a person may is decided when it is said. Source: Japan-ROK GSOMIA
    Art. 12; treaties.md A6, 10 U.S.C. 2342(f)
    """
    return _DONE_BY.get(what, _SPEAKERS)


async def _alerts(context: Context, by: Person | None) -> list[Matter]:
    """Give the alerts that nobody here acknowledged; late are those that were told again."""
    found: list[Matter] = []
    for alert in (await read_board(context)).alerts:
        item = (await read_view(context, alert.agreement)).fold.state.items.get(alert.place)
        if alert.is_open and item is not None and (by is None or may_know(by, item)):
            late = int(alert.escalated_at is not None)
            own = context.config.party
            found.append(Matter(alert.agreement, "alert.acknowledge", own, alert.place, late=late))
    return found


def matter_json(matter: Matter) -> dict[str, JsonValue]:
    """Write what waits."""
    return {
        "agreement": matter.agreement,
        "what": matter.what,
        "by": matter.by,
        "partner": matter.partner,
        "count": matter.count,
        "late": matter.late,
        "first": None if matter.first is None else str(matter.first),
        "due": None if matter.due is None else format_instant(matter.due),
        "collects": [format_officer(each) for each in matter.collects],
    }


def _receipts(view: View, by: Person | None) -> Iterator[Matter]:
    """Give the items that a recipient has neither receipted nor refused, ours and to us."""
    for item, party in _unanswered(view, by):
        if view.own in (party, item.place.party):
            yield Matter(view.agreement_id, "item.receipt", party, item.place)


def _unanswered(view: View, by: Person | None) -> Iterator[tuple[Item, PartyId]]:
    state = view.fold.state
    for place in view.open.unanswered:
        item = state.items.get(place)
        if item is None or (by is not None and not may_know(by, item)):
            continue
        for party in item.to:
            if (place, party) not in state.receipts and (place, party) not in state.refusals:
                yield item, party


def _owed(own: PartyId, owed: Owed) -> Iterator[Matter]:
    for duty in owed.duties:
        late = duty.state is DutyState.LATE
        reminded = duty.remind_at is not None and duty.remind_at <= owed.at
        soon = duty.due is None or duty.due - owed.at <= SOON_MS
        if concerns(duty, own) and (late or reminded or soon or _is_asked(duty)):
            about = duty.about or duty.trigger
            what = owed_matter(duty.owes, duty.because, duty.or_by)
            yield Matter(
                owed.agreement,
                what,
                duty.owed_by,
                about,
                duty.due,
                late=1 if late else 0,
                collects=_officers(duty.collects),
            )
    for coming in owed.coming:
        if coming.what in _ANSWERS or _is_reminded(coming, owed.at):
            what = coming_matter(coming.what)
            named = (coming.for_party, coming.about, coming.due)
            yield Matter(owed.agreement, what, *named, late=int(coming.has_passed(owed.at)))


def _ahead(own: PartyId, owed: Owed) -> Iterator[Matter]:
    """Give what a party owes, and what comes up for it, whose day is still to come."""
    for duty in owed.duties:
        if duty.owed_by == own and duty.due is not None and duty.due > owed.at:
            what = owed_matter(duty.owes, duty.because, duty.or_by)
            yield Matter(owed.agreement, what, own, duty.about or duty.trigger, duty.due)
    for coming in owed.coming:
        if coming.for_party == own and coming.due is not None and coming.due > owed.at:
            what = coming_matter(coming.what)
            yield Matter(owed.agreement, what, own, coming.about, coming.due)


def _is_asked(duty: Duty) -> bool:
    """Answer whether another party's act made it, as a recall: then it waits at once, however far.

    What follows from a release or from the entry into force was to be foreseen.
    """
    return duty.trigger.party != duty.owed_by and duty.because not in (RELEASE, IN_FORCE)


def _named(view: View, matter: Matter) -> Matter:
    """Call the answer to a consultation by its name: it is said as a consent, and is no leave."""
    place = matter.first if matter.what == "consent.answer" else None
    if place is not None and is_consultation(view, place):
        return replace(matter, what="consultation.answer")
    return matter


def _is_reminded(coming: Coming, at: Instant) -> bool:
    return any(each <= at for each in coming.remind_at)


def _asked_by_us(view: View) -> Iterator[Matter]:
    """Give what we asked of partners and they have not answered; they need not."""
    state, own = view.fold.state, view.own
    for party in view.partners:
        for request in open_requests(state, party):
            if request.place.party == own:
                yield Matter(view.agreement_id, "request.answer", party, request.place)
        for place in open_asks(state, party):
            if place.party == own:
                yield Matter(view.agreement_id, "consent.answer", party, place)


async def _discs(context: Context, view: View, by: Person | None) -> AsyncIterator[Matter]:
    """Give what only a disc brings to a partner, and what none has acknowledged yet."""
    own, agreement = own_register(view), view.agreement_id
    for party in (each for each in view.partners if is_direct(view, each)):
        acknowledged = await acknowledged_size(context, own.origin, party)
        if acknowledged < own.size:
            first, count = Place(view.own, acknowledged), own.size - acknowledged
            yield Matter(agreement, "courier.statement", view.own, first, None, party, count)
        for item, recipient in _unanswered(view, by):
            if recipient != party or item.place.party != view.own:
                continue
            sent = sent_name(party, agreement, item.place)
            carried = await context.ports.store.document(PARCEL_SENT, sent) is not None
            if goes_by_disc(view, item.version) and not carried:
                yield Matter(agreement, "courier.item", view.own, item.place, None, party)


async def _drafts(context: Context) -> list[Matter]:
    own = context.config.party
    drafts = [
        Matter(each.item.agreement, "draft.approve", own) for each in await waiting_drafts(context)
    ]
    return drafts + [
        Matter(each.draft.agreement, "onward.approve", own, each.draft.item)
        for each in await kept_passings(context)
        if each.release is None
    ]


def _together(found: Iterable[Matter]) -> Iterable[Matter]:
    """Count what is alike together; what is due first stands for the others."""
    kept: dict[tuple[AgreementId, str, PartyId, PartyId | None], Matter] = {}
    for each in sorted(found, key=_rank):
        key = (each.agreement, each.what, each.by, each.partner)
        known = kept.get(key)
        kept[key] = (
            each
            if known is None
            else replace(
                known,
                count=known.count + each.count,
                late=known.late + each.late,
                collects=_with(known.collects, each.collects),
            )
        )
    return kept.values()


def _officers(named: Officer | None) -> tuple[Officer, ...]:
    return () if named is None else (named,)


def _with(known: tuple[Officer, ...], more: tuple[Officer, ...]) -> tuple[Officer, ...]:
    """Name officers beside others, each once; a partner may name any number of them."""
    fresh = tuple(each for each in more if each not in known)
    return (*known, *fresh)[:COLLECTORS_MAX]


def _rank(matter: Matter) -> tuple[bool, bool, int, str, str, str]:
    """Order by what is late, then by the day, then by name."""
    due, first = matter.due or 0, str(matter.first)
    return not matter.late, matter.due is None, due, matter.agreement, matter.what, first
