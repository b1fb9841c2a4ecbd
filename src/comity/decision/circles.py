# SPDX-License-Identifier: Apache-2.0
"""Conditions on circles and ways: audience, hub, suspension, accreditation, forbidden acts.

Source: AGREEMENTS.md section 3 (audience, hub, suspension, forbidden, channel)
"""

from __future__ import annotations

from collections.abc import Iterator

from comity.agreement.circles import ANYONE, CIRCLES, NAMED, Circle
from comity.agreement.rules import (
    Accredited,
    InCircle,
    Never,
    NotSuspended,
    RuleBook,
    ThroughHub,
)
from comity.decision.kleene import HOLDS, Outcome, every, fails, unknown
from comity.decision.promises import is_accredited, is_consented
from comity.decision.request import MISSING, Flag, Request, Text, missing_of
from comity.decision.wording import listed, quoted


def never(condition: Never, _request: Request, _book: RuleBook) -> Outcome:
    """Fail, whatever the facts are."""
    return fails(condition.failing)


def not_suspended(condition: NotSuspended, request: Request, _book: RuleBook) -> Outcome:
    """Ask whether the item's category is not suspended now."""
    suspended, category = request.suspended, request.item.category
    if suspended == ():
        return HOLDS
    if suspended is MISSING or category is MISSING:
        names = (("suspended", suspended), ("item.category", category))
        return unknown(*missing_of(*names))
    if category in suspended and category in condition.categories:
        return fails(f"category {quoted(category)} is suspended")
    return HOLDS


def through_hub(condition: ThroughHub, request: Request, book: RuleBook) -> Outcome:
    """Ask whether the item goes to the hub, or is passed on by it with the originators' leave.

    Source: TISA 2014, paragraph 4
    """
    hub, by, to = condition.hub, request.actor.party, request.recipient
    if to == hub:
        return HOLDS
    if to is MISSING or by is MISSING:
        names = (("actor.party", by), ("recipient", to))
        return unknown(*missing_of(*names))
    if by != hub:
        return fails(f"between {quoted(by)} and {quoted(to)} it goes only through {hub}")
    return every(_passed_on(condition, request, book))


def _passed_on(condition: ThroughHub, request: Request, book: RuleBook) -> Iterator[Outcome]:
    yield _marked(request, book)
    if condition.by_consent:
        by_item = _is_given(condition.hub, request.item.id)
        yield is_consented(request, "recipient", book, by_item=by_item)


def _is_given(hub: str, item: Text) -> Flag:
    """Answer whether an item was given to the hub, whose approval it needs item by item.

    What the hub itself makes has no number before it is released.
    """
    if item is MISSING:
        return MISSING
    return item is not None and item.partition("/")[0] != hub


def _marked(request: Request, book: RuleBook) -> Outcome:
    sharing, to = request.sharing, request.recipient
    if sharing is MISSING:
        return unknown("sharing")
    if sharing is None:
        return fails("the item bears no mark that it is to be shared")
    under, recipients = sharing.under, sharing.recipients
    if under is MISSING or recipients is MISSING:
        names = (("sharing.under", under), ("sharing.with", recipients))
        return unknown(*missing_of(*names))
    if under != book.agreement:
        return fails(f"the item is marked to be shared under {quoted(under)}")
    if to in recipients:
        return HOLDS
    return fails(f"the item is to be shared with: {listed(recipients)}, not with {quoted(to)}")  # type: ignore[arg-type]  # a missing recipient is asked for before


def accredited(condition: Accredited, request: Request, book: RuleBook) -> Outcome:
    """Ask whether the recipient's system for the channel is accredited, where the level asks it.

    Source: Japan-ROK GSOMIA Art. 12(c)
    """
    level, levels, channel = request.item.level, book.levels, request.channel
    if channel in condition.by_hand:
        return HOLDS
    if level is MISSING:
        return unknown("item.level")
    if level in levels[levels.index(condition.from_level) + 1 :]:
        return HOLDS
    return is_accredited(request, book)


def in_circle(condition: InCircle, request: Request, _book: RuleBook) -> Outcome:
    """Ask whether the person belongs to the circle of the item's level.

    Source: FIRST TLP 2.0
    """
    level = request.item.level
    if level is MISSING:
        return unknown("item.level")
    circle = dict(condition.circles).get(level or "")
    if circle is None:
        return fails(f"no circle may see level {quoted(level)}")
    if circle == ANYONE:
        return HOLDS
    if circle == NAMED:
        return _named(request)
    return every(_of_circle(CIRCLES[circle], condition.parties, request))


def _named(request: Request) -> Outcome:
    person, named = request.actor.id, request.item.named_for
    if person is MISSING or named is MISSING:
        names = (("actor.id", person), ("item.for", named))
        return unknown(*missing_of(*names))
    if person in named:
        return HOLDS
    return fails(f"person {quoted(person)} is not among those named: {listed(named)}")


def _of_circle(circle: Circle, parties: tuple[str, ...], request: Request) -> Iterator[Outcome]:
    party, kind = request.actor.party, request.actor.kind
    if party is MISSING:
        yield unknown("actor.party")
    elif party not in parties:
        yield fails(f"party {quoted(party)} is not a party: {listed(parties)}")
    if kind is MISSING:
        yield unknown("actor.kind")
    elif kind not in circle.kinds:
        yield fails(f"kind of person {quoted(kind)} is not among: {listed(circle.kinds)}")
    if circle.need_to_know:
        yield _needs_to_know(request)


def _needs_to_know(request: Request) -> Outcome:
    """Ask whether the person holds the need-to-know for the item's category.

    Source: FIRST TLP 2.0, AMBER and AMBER+STRICT
    """
    category, held = request.item.category, request.actor.need_to_know
    if category is MISSING or held is MISSING:
        names = (("item.category", category), ("actor.need_to_know", held))
        return unknown(*missing_of(*names))
    value = quoted(category)
    return HOLDS if category in held else fails(f"need-to-know {value} is not held")
