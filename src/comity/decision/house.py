# SPDX-License-Identifier: Apache-2.0
"""The rules of the node's own house: roles, two persons, and no content for administrators.

They narrow what the agreement allows and never widen it. Source: Japan-ROK GSOMIA Art. 7(1);
DESIGN.md section 4 (journal); issue text on people
"""

from __future__ import annotations

from collections.abc import Collection
from typing import overload

from comity.basis.ids import PersonId
from comity.decision.deciding import Citation
from comity.decision.people import Person, Role
from comity.decision.stages import Allowed, Refused
from comity.marking.levels import Ladder

HOUSE = "house"
CONTENT_ROLES = frozenset({Role.DRAFTER, Role.RELEASING_OFFICER, Role.READER, Role.TRANSLATOR})
KEEPING_OFFICES = frozenset({Role.RELEASING_OFFICER, Role.REGISTRAR})
"""Who promises, ends, reviews and settles for the party, and keeps its cases."""

ORDERING_OFFICES = frozenset({Role.LOGISTICS_OFFICER, Role.REGISTRAR})
"""Who asks for goods and services, accepts, hands over and receives for the party."""

SETTLING_OFFICES = frozenset({Role.FINANCE_OFFICER, Role.REGISTRAR})
"""Who bills, pays, settles and states balances for the party."""

GOODS_OFFICES = ORDERING_OFFICES | SETTLING_OFFICES

REGISTER_READERS = KEEPING_OFFICES | {Role.AUDITOR}
"""Who knows of everything on the registers."""

_EVERY_OFFICE = frozenset(Role) - {Role.ADMINISTRATOR}


@overload
def allow_house_act(act: str) -> Allowed: ...


@overload
def allow_house_act(
    act: str, roles: Collection[Role], needed: Collection[Role]
) -> Allowed | Refused: ...


def allow_house_act(
    act: str, roles: Collection[Role] = (), needed: Collection[Role] = ()
) -> Allowed | Refused:
    """Allow an act of the node's own house to a person who holds one of the roles needed.

    Without `needed` the act is the operator's own, such as founding the node. A role that
    leads to content is worth nothing to an administrator.

    Source: Japan-ROK GSOMIA Art. 7(1) (treaties.md G7.1)
    """
    if not needed:
        return Allowed(act, (Citation(HOUSE, "operator", f"{act} is the operator's own act"),))
    wanted = ", ".join(sorted(needed))
    held = frozenset(roles) & frozenset(needed)
    if not held:
        return Refused(act, (Citation(HOUSE, "roles", f"{act} needs one of the roles: {wanted}"),))
    if Role.ADMINISTRATOR in roles and held <= CONTENT_ROLES:
        why = "an administrator has no access to content"
        return Refused(act, (Citation(HOUSE, "administrator", why),))
    role = min(held)
    return Allowed(act, (Citation(HOUSE, "roles", f"{act} by a person with the role {role}"),))


def allow_listing(person: Person) -> Allowed | Refused:
    """Allow a person to look for items at all; which are shown, `allow_sight` says of each."""
    return allow_house_act("item.list", person.roles, _EVERY_OFFICE)


def allow_goods_listing(person: Person) -> Allowed | Refused:
    """Allow a person to read orders, and what is owed for them: every office, no administrator."""
    return allow_house_act("order.list", person.roles, _EVERY_OFFICE)


def allow_sight(person: Person, category: str) -> Allowed | Refused:
    """Allow a person to know that an item is there, and its label; never its content.

    Whoever keeps the registers knows of every item; others only where they hold the
    need-to-know for its category.

    Source: Japan-ROK GSOMIA Art. 7(1) (treaties.md G7.1)
    """
    act = "item.show"
    allowed = allow_house_act(act, person.roles, _EVERY_OFFICE)
    known = category in person.need_to_know or keeps_registers(person)
    if isinstance(allowed, Refused) or known:
        return allowed
    why = f"need-to-know '{category}' is not held"
    return Refused(act, (Citation(HOUSE, "need_to_know", why),))


def knows_of(person: Person, category: str) -> bool:
    """Answer whether a person may know that something of a category is there."""
    return isinstance(allow_sight(person, category), Allowed)


def keeps_registers(person: Person) -> bool:
    """Answer whether a person knows of every item, whatever its category."""
    return not REGISTER_READERS.isdisjoint(person.roles)


def check_two_persons(
    persons: tuple[PersonId, PersonId], level: str, *, from_level: str | None, ladder: Ladder
) -> Allowed | Refused:
    """Ask that drafter and releasing officer are two persons, from a level on.

    `from_level` is the node's own; None means at no level. A level outside the ladder, of the
    item or of the configuration, asks for two persons.
    """
    drafter, releasing_officer = persons
    act = "item.release"
    if drafter != releasing_officer:
        return Allowed(act, (Citation(HOUSE, "two_persons", "drafted and released by two"),))
    if from_level is None or _is_below(level, from_level, ladder):
        return Allowed(act, (Citation(HOUSE, "two_persons", f"one person suffices at {level}"),))
    since = f" from level {from_level} on" if ladder.knows(from_level) else ""
    why = f"drafter and releasing officer must be two persons{since}"
    return Refused(act, (Citation(HOUSE, "two_persons", why),))


def check_another_person(act: str, first: PersonId, second: PersonId) -> Allowed | Refused:
    """Ask that what one person began is confirmed by another."""
    if first != second:
        return Allowed(act, (Citation(HOUSE, "two_persons", "said by two"),))
    why = "two persons must say so, and this one has spoken"
    return Refused(act, (Citation(HOUSE, "two_persons", why),))


def join_refusals(*stages: object) -> Refused | None:
    """Put the findings of every refusal among some stages into one; None if none refused."""
    refusals = [stage for stage in stages if isinstance(stage, Refused)]
    if not refusals:
        return None
    findings = {finding for refusal in refusals for finding in refusal.findings}
    decisions = [refusal.decision for refusal in refusals if refusal.decision is not None]
    decision = decisions[0] if decisions else None
    asked = [each for refusal in refusals for each in refusal.asked]
    if asked or len({each.sha256 for each in decisions}) > 1:
        asked += decisions
    every = tuple(dict.fromkeys(asked))
    return Refused(refusals[0].act, tuple(sorted(findings)), decision, every)


def _is_below(level: str, from_level: str, ladder: Ladder) -> bool:
    if not (ladder.knows(level) and ladder.knows(from_level)):
        return False
    return ladder.rank(level) < ladder.rank(from_level)
