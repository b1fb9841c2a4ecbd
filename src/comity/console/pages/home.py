# SPDX-License-Identifier: Apache-2.0
"""The home page: what needs me now. Counts, places and days; never content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comity.basis.ids import AgreementId, PartyId
from comity.console.kinds import say_kind
from comity.console.languages import phrase
from comity.console.links import look_at
from comity.console.navigation import entries_for
from comity.console.pages.people import person_path
from comity.console.routes import Route
from comity.console.visit import Outcome, Page, Visit
from comity.decision.clearances import END, REVIEW, Renewal
from comity.decision.last_days import passes_at
from comity.flows.delivery_line import LineStatus
from comity.flows.headlines import Headline, headlines
from comity.flows.last_heard import last_heard
from comity.flows.own_acts import last_act
from comity.flows.people.clearances import list_renewals
from comity.flows.set_up import pinned_agreements
from comity.flows.standing import Matter, done_by, what_stands
from comity.flows.turns import read_view
from comity.foresight.headlines import say_headline
from comity.foresight.matters import say_matter

RENEWALS_MAX: Final = 25
_FIRST_STEPS: Final = frozenset({"/agreements", "/partners", "/people"})
_NEXT_STEPS: Final = frozenset({"/duties", "/items", "/write", "/orders", "/journal"})
"""Where one goes on whom nothing waits for: without an agreement, and with one."""
_PINNING: Final = "comity agreement pin %s --party PARTY"
_RENEWAL: Final = {
    END: phrase("the clearance ends"),
    REVIEW: phrase("the clearance is to be looked at again"),
}
TOP_MAX: Final = 10
"""Of what weighs most, lines of one kind under one agreement; the list of incidents has all."""

_OF_INCIDENTS: Final = frozenset({"incident", "to_close", "victim"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of what waits: its words, and the page where it is done, if there is one."""

    matter: Matter
    words: str
    path: str | None


@dataclass(frozen=True, slots=True)
class Unreached:
    """An agreement under which nothing of some partners was ever here; none: none is pinned."""

    agreement: AgreementId
    partners: tuple[PartyId, ...]


@dataclass(frozen=True, slots=True)
class Needs:
    """What a home page shows: for whoever looks, for others of the party, for partners."""

    mine: tuple[Waiting, ...]
    ours: tuple[Waiting, ...]
    partners: tuple[Waiting, ...]
    top: tuple[tuple[Headline, str], ...]
    more_incidents: tuple[AgreementId, ...]
    out_of_reach: tuple[LineStatus, ...]
    renewals: tuple[Renewal, ...]
    """Clearances that end or are looked at again, the earliest first; at most RENEWALS_MAX."""
    next: Waiting | None
    """What of our own has the next day that is still to come."""
    unreached: tuple[Unreached, ...]


async def show_home(visit: Visit) -> Outcome:
    """Show what needs the person now."""
    held = bool(await pinned_agreements(visit.context))
    steps = _NEXT_STEPS if held else _FIRST_STEPS
    values = {
        "needs": await gather(visit),
        "held": held,
        "last": await last_act(visit.context, visit.person),
        "act": lambda act: say_kind(act, visit.tongue),
        "pinning": _PINNING,
        "steps": [each for each in entries_for(visit) if each.path in steps],
        "renewal": lambda each: visit.say(_RENEWAL[each.what]),
        "passed": lambda each: passes_at(each.day) <= visit.context.ports.clock.now(),
        "person": person_path,
    }
    return Page("home/home.html", visit.say("What needs me now"), values)


async def gather(visit: Visit) -> Needs:
    """Gather what waits as far as the person may know of it."""
    context, code = visit.context, visit.tongue.code
    standing = await what_stands(context, visit.person)
    matters = standing.matters
    own = visit.node.own
    held = frozenset(visit.signed_in.person.roles)
    ours = [each for each in matters if each.by == own]
    mine = [each for each in ours if held.intersection(done_by(each.what))]
    top, cut = _bounded(await headlines(context, visit.person, most=TOP_MAX + 1))
    return Needs(
        tuple(_waiting(mine, code)),
        tuple(_waiting((each for each in ours if each not in mine), code)),
        tuple(_waiting((each for each in matters if each.by != own), code)),
        tuple((each, _headline(each, code)) for each in top),
        cut,
        tuple(each for each in visit.node.lines() if each.problem is not None),
        (await list_renewals(context, visit.person))[:RENEWALS_MAX],
        None if standing.next is None else next(iter(_waiting((standing.next,), code))),
        await _unreached(visit),
    )


async def _unreached(visit: Visit) -> tuple[Unreached, ...]:
    """Name the agreements of which no partner was heard yet: what is next is done outside them."""
    context, found = visit.context, []
    for agreement in await pinned_agreements(context):
        partners = (await read_view(context, agreement)).partners
        silent = [each for each in partners if await last_heard(context, agreement, each) is None]
        if len(silent) == len(partners):
            found.append(Unreached(agreement, tuple(silent)))
    return tuple(found)


def _bounded(found: Iterable[Headline]) -> tuple[list[Headline], tuple[AgreementId, ...]]:
    """Keep TOP_MAX of a kind under each agreement, and name those with further incidents."""
    kept: list[Headline] = []
    counts: Counter[tuple[AgreementId, str]] = Counter()
    for each in found:
        kind = "incident" if each.what in _OF_INCIDENTS else each.what
        counts[each.agreement, kind] += 1
        if counts[each.agreement, kind] <= TOP_MAX:
            kept.append(each)
    more = (key for key, count in counts.items() if count > TOP_MAX)
    return kept, tuple(agreement for agreement, kind in more if kind == "incident")


def _waiting(matters: Iterable[Matter], code: str) -> Iterable[Waiting]:
    return (Waiting(each, say_matter(each.what, code), look_at(each)) for each in matters)


def _headline(headline: Headline, code: str) -> str:
    named = {
        "agreement": headline.agreement,
        "by": headline.by,
        "place": str(headline.place),
    }
    return say_headline(headline.what, code, **named, **headline.values)


HOME: Final = (Route("GET", "/", show_home),)
