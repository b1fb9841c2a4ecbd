# SPDX-License-Identifier: Apache-2.0
"""What the rules demand of a situation, as tables, and the search for one that meets them all.

A condition depends on few variables; which words of these meet it is asked of the evaluator
itself. The search goes through the finite world in one order, so that the same files give the same
situation on every node.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from comity.agreement.circles import CIRCLES
from comity.agreement.model import Agreement
from comity.agreement.rules import (
    Accredited,
    Among,
    AnyOf,
    Assured,
    AtLeastLevel,
    BelowLevel,
    ByChannel,
    Condition,
    Consented,
    FewerCopies,
    FirmsAssured,
    HoldsAll,
    InCircle,
    Inherits,
    IsTrue,
    Never,
    NotedInLanguage,
    NotPast,
    NotSuspended,
    OffsetDue,
    OneOf,
    OrderBetween,
    OrderCondition,
    OrderListed,
    OrderNotExcluded,
    OrderShows,
    PersonsApart,
    RightsConfirmed,
    Rule,
    SettledBy,
    ThroughHub,
    TwoPersons,
    UpToLevel,
    VisitGranted,
    WithinVisit,
)
from comity.basis.limits import FORESIGHT_ASKED_ROWS_MAX
from comity.decision.conditions import open_conditions
from comity.decision.request import Request
from comity.foresight.situations import request_of
from comity.foresight.worlds import Situation, World

Row = tuple[str, ...]

_FACTS: Final[dict[str, str]] = {"item.for": "actor.named", "actor.need_to_know": "need_to_know"}
_WITHIN: Final[dict[str, tuple[str, ...]]] = {
    "actor.need_to_know": ("need_to_know",),
    "item.purposes": ("purpose",),
    "item.originators": ("item.originators",),
    "item.for": ("actor.named",),
    "item.marked": ("marks",),
}


@dataclass(frozen=True, slots=True)
class Constraint:
    """The rows over `scope` that meet one condition of one rule."""

    scope: tuple[str, ...]
    rows: frozenset[Row]
    rule: Rule
    condition: Condition | None = None

    def meets(self, situation: Situation) -> bool:
        """Answer whether a situation meets it."""
        return tuple(situation[name] for name in self.scope) in self.rows

    def same_as(self, other: Constraint) -> bool:
        """Answer whether another demands the same of every situation."""
        return self.scope == other.scope and self.rows == other.rows


class Asked:
    """The requests that stand for the rows of some variables, each made once for one world."""

    def __init__(self, world: World) -> None:
        """Begin without any."""
        self.world = world
        self._made: dict[tuple[str, ...], tuple[tuple[Row, Request], ...]] = {}

    def of(self, scope: tuple[str, ...]) -> Iterable[tuple[Row, Request]]:
        """Give every row over some variables, with its request; few rows are kept."""
        if scope not in self._made:
            rows = self._rows(scope)
            if math.prod(len(self.world.words(name)) for name in scope) > FORESIGHT_ASKED_ROWS_MAX:
                return rows
            self._made[scope] = tuple(rows)
        return self._made[scope]

    def _rows(self, scope: tuple[str, ...]) -> Iterator[tuple[Row, Request]]:
        for row in itertools.product(*(self.world.words(name) for name in scope)):
            yield row, request_of(self.world, "", dict(zip(scope, row, strict=True)))


def constrain(
    asked: Asked, agreement: Agreement, rule: Rule, condition: Condition
) -> tuple[Constraint, ...]:
    """Ask the evaluator for each row of a condition's variables whether it holds, part by part."""
    return tuple(
        _constraint(asked, agreement, rule, condition, names) for names in scopes_of(condition)
    )


def _constraint(
    asked: Asked, agreement: Agreement, rule: Rule, condition: Condition, names: Collection[str]
) -> Constraint:
    scope = tuple(each.name for each in asked.world.variables if each.name in names)
    rows = frozenset(
        row
        for row, request in asked.of(scope)
        if not open_conditions((condition,), request, agreement.rules)
    )
    return Constraint(scope, rows, rule, condition)


def once(constraints: Iterable[Constraint]) -> tuple[Constraint, ...]:
    """Leave out what demands the same as one before it."""
    known: dict[tuple[tuple[str, ...], frozenset[Row]], Constraint] = {}
    for each in constraints:
        known.setdefault((each.scope, each.rows), each)
    return tuple(known.values())


def scopes_of(condition: Condition) -> tuple[tuple[str, ...], ...]:
    """Name the variables of each part of a condition, which holds where all of its parts do.

    A part is asked for with the first words of all else, by which the other parts hold. In one
    piece the rows of a consent, for whom and by whom and what for, would be too many to try.
    """
    match condition:
        case Consented():
            return scope_of(condition), ("consent.of", "item.category")
        case ThroughHub(_, True):
            return scope_of(condition), ("recipient", "actor.party", "consent.of")
        case AnyOf():
            _, *others = itertools.product(*(scopes_of(each) for each in condition.conditions))
            return scope_of(condition), *(tuple(itertools.chain(*each)) for each in others)
        case _:
            return (scope_of(condition),)


def scope_of(condition: Condition) -> tuple[str, ...]:
    """Name the variables that a condition's first part depends on; a test asks the evaluator."""
    if isinstance(condition, OrderCondition):
        return _scope_of_order(condition)
    match condition:
        case OneOf():
            return (_variable(condition.fact),)
        case Among():
            within = _WITHIN[condition.within]
            return (
                within if len(within) == 1 and _is_about(condition) else (condition.fact, *within)
            )
        case HoldsAll():
            return _WITHIN[condition.within]
        case AtLeastLevel():
            return (condition.fact, condition.needed)
        case UpToLevel() | BelowLevel():
            return (condition.fact,)
        case NotPast():
            return (condition.fact,)
        case IsTrue():
            return (condition.fact,)
        case ByChannel():
            return ("channel", "item.level")
        case Assured():
            return ("assurance", "item.level", "recipient")
        case Accredited():
            return ("accreditation", "channel", "item.level", "recipient")
        case Consented():
            to = ("recipient",) if condition.to == "recipient" else ()
            return ("consent", "item.originators", *to)
        case AnyOf():
            return tuple(name for part in condition.conditions for name in scope_of(part))
        case Never():
            return ()
        case NotSuspended():
            return ("suspended", "item.category")
        case ThroughHub():
            consent = ("consent", "item.originators") if condition.by_consent else ()
            return ("recipient", "actor.party", "sharing", *consent)
        case Inherits():
            return ("derived", "item.level", "item.originators")
        case FewerCopies():
            return ("copies",)
        case TwoPersons():
            return ("second_person", "item.level")
        case NotedInLanguage():
            return ("language", "note")
        case FirmsAssured():
            return ("firm", "item.level")
        case RightsConfirmed():
            return ("rights",)
        case VisitGranted():
            return ("visit", "visit.level")
        case WithinVisit():
            return ("visit", "visit.level", "item.level", "recipient")
        case InCircle():
            return _scope_of_circles(condition)
        case _:
            assert_never(condition)


def _scope_of_order(condition: OrderCondition) -> tuple[str, ...]:
    match condition:
        case OrderBetween():
            return ("order", "actor.party")
        case OrderListed() | OrderNotExcluded():
            return ("order", "order.category", "order.activity", "order.dated")
        case OrderShows():
            return ("order", "order.shows")
        case PersonsApart():
            return ("order", "order.acted")
        case SettledBy():
            return ("settlement", "settlement.nature", "settlement.reason")
        case OffsetDue():
            return ("settlement", "settlement.delivered", "settlement.approved", "order")
        case _:
            assert_never(condition)


class Way:
    """One way to meet constraints together, searched once and then gone on from.

    Variables that no constraint joins, directly or through others, are searched apart.
    """

    def __init__(self, world: World, constraints: Sequence[Constraint]) -> None:
        """Find the first situation that meets every constraint."""
        constraints = self._constraints = once(constraints)
        words = {each.name: each.words for each in world.variables}
        self._domains = _narrow(words, constraints)
        found = None if self._domains is None else _search(self._domains, constraints)
        self.first = None if found is None else {name: few[0] for name, few in found.items()}
        self._joined: dict[tuple[str, ...], tuple[Constraint, ...]] = {}

    def with_words(self, scope: tuple[str, ...], row: Row) -> dict[str, str] | None:
        """Find the first situation in which some variables have these words; None: none has."""
        if self.first is None or self._domains is None:
            return None
        fixed = dict(zip(scope, row, strict=True))
        if any(word not in self._domains[name] for name, word in fixed.items()):
            return None
        joined = self._joined_with(scope)
        settled = [each for each in joined if fixed.keys() >= set(each.scope)]
        if not all(each.meets(fixed) for each in settled):
            return None
        left = [each for each in joined if each not in settled]
        found = _search({**self._domains, **{n: (w,) for n, w in fixed.items()}}, left)
        if found is None:
            return None
        touched = {name for each in joined for name in each.scope} | fixed.keys()
        return {
            name: found[name][0] if name in touched else word for name, word in self.first.items()
        }

    def _joined_with(self, scope: tuple[str, ...]) -> tuple[Constraint, ...]:
        if scope not in self._joined:
            names, kept = set(scope), set[int]()
            while more := {
                i
                for i, each in enumerate(self._constraints)
                if i not in kept and names.intersection(each.scope)
            }:
                kept |= more
                names |= {name for i in more for name in self._constraints[i].scope}
            self._joined[scope] = tuple(
                each for i, each in enumerate(self._constraints) if i in kept
            )
        return self._joined[scope]


def _search(
    domains: dict[str, tuple[str, ...]], constraints: Sequence[Constraint]
) -> dict[str, tuple[str, ...]] | None:
    """Take every first word if that will do, or narrow the domains and try words of a wide one."""
    first = {name: words[0] for name, words in domains.items()}
    if all(each.meets(first) for each in constraints):
        return {name: (word,) for name, word in first.items()}
    narrowed = _narrow(domains, constraints)
    if narrowed is None:
        return None
    asked = {name for each in constraints for name in each.scope}
    wide = next((n for n, words in narrowed.items() if n in asked and len(words) > 1), None)
    if wide is None:
        return narrowed
    for word in narrowed[wide]:
        found = _search({**narrowed, wide: (word,)}, constraints)
        if found is not None:
            return found
    return None


def _narrow(
    domains: dict[str, tuple[str, ...]], constraints: Sequence[Constraint]
) -> dict[str, tuple[str, ...]] | None:
    """Leave out of every domain what no row of some constraint allows any more."""
    domains = dict(domains)
    waiting = list(constraints)
    while waiting:
        each = waiting.pop(0)
        rows = _rows_left(each, domains)
        if not rows:
            return None
        for index, name in enumerate(each.scope):
            kept = {row[index] for row in rows}
            words = tuple(word for word in domains[name] if word in kept)
            if len(words) < len(domains[name]):
                domains[name] = words
                waiting += [
                    c for c in constraints if name in c.scope and c is not each and c not in waiting
                ]
    return domains


def _rows_left(constraint: Constraint, domains: Mapping[str, tuple[str, ...]]) -> Sequence[Row]:
    """Give the rows whose every word is still in its domain, one column after the other."""
    rows: Sequence[Row] = tuple(constraint.rows)
    for index, name in enumerate(constraint.scope):
        allowed = frozenset(domains[name])
        if len(allowed) == 1:
            [word] = allowed
            rows = [row for row in rows if row[index] == word]
        else:
            rows = [row for row in rows if row[index] in allowed]
    return rows


def rows_without(world: World, constraint: Constraint) -> Iterator[Row]:
    """Give the rows that do not meet a constraint, in the world's order."""
    for row in itertools.product(*(world.words(name) for name in constraint.scope)):
        if row not in constraint.rows:
            yield row


def either(world: World, parts: Sequence[Constraint]) -> Constraint:
    """Join constraints by "or" into one over all their variables."""
    if len(parts) == 1:
        return parts[0]
    asked = frozenset(name for part in parts for name in part.scope)
    scope = tuple(each.name for each in world.variables if each.name in asked)
    rows = frozenset(
        row
        for row in itertools.product(*(world.words(name) for name in scope))
        if any(part.meets(dict(zip(scope, row, strict=True))) for part in parts)
    )
    return Constraint(scope, rows, parts[0].rule, parts[0].condition)


def project(
    world: World, scope: tuple[str, ...], rows: tuple[Row, ...]
) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Leave out the variables that do not matter to a set of rows: any word of theirs is in it."""
    for index in range(len(scope) - 1, -1, -1):
        kept = dict.fromkeys((*row[:index], *row[index + 1 :]) for row in rows)
        if len(kept) * len(world.words(scope[index])) == len(rows):
            scope, rows = (*scope[:index], *scope[index + 1 :]), tuple(kept)
    return scope, rows


def boxes(scope: Sequence[str], rows: Iterable[Row]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Join rows into few products of words, one tuple of words for each variable."""
    found: dict[tuple[tuple[str, ...], ...], None] = {
        tuple((word,) for word in row): None for row in rows
    }
    for index in range(len(scope)):
        joined: dict[tuple[object, ...], list[tuple[tuple[str, ...], ...]]] = {}
        for box in found:
            joined.setdefault((*box[:index], *box[index + 1 :]), []).append(box)
        found = {
            (
                *group[0][:index],
                tuple(word for box in group for word in box[index]),
                *group[0][index + 1 :],
            ): None
            for group in joined.values()
        }
    return tuple(found)


def _variable(fact: str) -> str:
    return _FACTS.get(fact, fact)


def _scope_of_circles(condition: InCircle) -> tuple[str, ...]:
    kept = (CIRCLES.get(circle) for _, circle in condition.circles)
    asked = any(circle is not None and circle.need_to_know for circle in kept)
    needed = ("need_to_know",) if asked else ()
    return ("item.level", "actor.named", "actor.party", "actor.kind", *needed)


def _is_about(condition: Among) -> bool:
    """Answer whether the list holds the very fact by how a situation is made."""
    return (condition.fact, condition.within) in {
        ("item.category", "actor.need_to_know"),
        ("purpose", "item.purposes"),
    }
