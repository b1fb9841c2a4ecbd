# SPDX-License-Identifier: Apache-2.0
"""The compiled rules as formulas for z3, over the variables of a world.

Each condition is written down anew from what it means, not from the evaluator's answers: that the
two agree is what the proofs are worth, and a test holds them to it. Needs `comity[check]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias, assert_never

import z3  # type: ignore[import-untyped]  # z3 ships no types

from comity.agreement.circles import ANYONE, CIRCLES, NAMED, Circle
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
    OneOf,
    OrderCondition,
    RightsConfirmed,
    ThroughHub,
    TwoPersons,
    UpToLevel,
    VisitGranted,
    WithinVisit,
)
from comity.basis.errors import InvariantError
from comity.basis.instants import Duration, DurationUnit
from comity.foresight.order_formulas import order_formula
from comity.foresight.worlds import JOIN, NO, NONE, OF_ITEM, PAST, YES, World

Formula: TypeAlias = z3.BoolRef

_WITHIN: Final[dict[tuple[str, str], str]] = {
    ("item.category", "actor.need_to_know"): "need_to_know",
    ("purpose", "item.purposes"): "purpose",
}
_A_MINUTE: Final = Duration(1, DurationUnit.MINUTES)


class Formulas:
    """The rules of one agreement as formulas over a world; several may share the world."""

    def __init__(self, world: World, agreement: Agreement) -> None:
        """Take the world's variables as whole numbers: the index of each word."""
        self.world = world
        self.book = agreement.rules
        self.parties = tuple(str(each) for each in agreement.party_ids())
        self._numbers = {each.name: z3.Int(each.name) for each in world.variables}
        self._index = {
            each.name: {word: index for index, word in enumerate(each.words)}
            for each in world.variables
        }

    def bounds(self) -> Formula:
        """Say that every variable is one of its words."""
        return z3.And(
            *(
                z3.And(self._numbers[each.name] >= 0, self._numbers[each.name] < len(each.words))
                for each in self.world.variables
            )
        )

    def allowed(self, action: str) -> Formula:
        """Say when an action is allowed. Source: AGREEMENTS.md section 4"""
        rules = self.book.by_action.get(action, ())
        demands = [self._all(r.conditions) for r in rules if action in r.speaks_of]
        permits = [self._all(r.conditions) for r in rules if action in r.permits]
        return z3.And(z3.Or(*permits), *demands)

    def among(self, name: str, words: Iterable[str]) -> Formula:
        """Say that a variable is one of some words; a word that it never is counts for nothing."""
        known = self._index[name]
        return z3.Or(*(self._numbers[name] == known[word] for word in words if word in known))

    def in_state(self, formula: Formula, state: str) -> Formula:
        """Put one state of the agreement into a formula."""
        number = self._numbers["agreement_state"]
        return z3.substitute(formula, (number, z3.IntVal(self._index["agreement_state"][state])))

    def third_party(self) -> Formula:
        """Say that the recipient is somebody, and no party."""
        return z3.Not(self.among("recipient", (*self.parties, NONE)))

    def consented(self) -> Formula:
        """Say that every originator has consented, for this recipient and purpose."""
        return self.holds(Consented("recipient"))

    def up_to(self, top: str) -> Formula:
        """Say that the item's level is on the ladder, and not above another."""
        levels = self.book.levels
        return self.among("item.level", levels[levels.index(top) :])

    def situation(self, model: z3.ModelRef) -> dict[str, str]:
        """Read a situation from a model; what it leaves open is each variable's first word."""
        return {
            each.name: each.words[
                model.eval(self._numbers[each.name], model_completion=True).as_long()
            ]
            for each in self.world.variables
        }

    def at(self, situation: Mapping[str, str]) -> list[tuple[z3.ArithRef, z3.ArithRef]]:
        """Give what puts a situation into a formula."""
        return [
            (self._numbers[name], z3.IntVal(self._index[name][word]))
            for name, word in situation.items()
        ]

    def within(self, scope: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Formula:
        """Say that the variables of a scope are one of some rows."""
        return z3.Or(
            *(
                z3.And(*(self.among(n, (w,)) for n, w in zip(scope, row, strict=True)))
                for row in rows
            )
        )

    def _all(self, conditions: tuple[Condition, ...]) -> Formula:
        return z3.And(*(self.holds(each) for each in conditions))

    def holds(self, condition: Condition) -> Formula:
        """Say when a condition holds."""
        if isinstance(condition, OrderCondition):
            return order_formula(self.world, self.among, condition)
        match condition:
            case OneOf():
                return self.among(condition.fact, condition.values)
            case Among():
                return self._stands_in(condition)
            case HoldsAll():
                return z3.Not(self.among("marks", (f"-{mark}" for mark in condition.values)))
            case AtLeastLevel():
                return self._reaches(condition.fact, condition.needed)
            case UpToLevel():
                return self.up_to(condition.top)
            case BelowLevel():
                return self.below(condition.limit)
            case NotPast() | IsTrue():
                return self.among(condition.fact, (YES,))
            case ByChannel():
                return self._by_channel(condition)
            case Assured():
                reached = self._reaches("assurance", "item.level")
                return z3.And(self._to_somebody(), reached)
            case Accredited():
                given = self.among("accreditation", (YES,))
                enough = z3.And(given, self._to_somebody(), self._on_ladder())
                by_hand = self.among("channel", condition.by_hand)
                return z3.Or(by_hand, self.below(condition.from_level), enough)
            case Consented():
                return self._consented(condition)
            case AnyOf():
                return z3.Or(*(self.holds(part) for part in condition.conditions))
            case Never():
                return z3.BoolVal(val=False)
            case _:
                return self._holds_else(condition)

    def _holds_else(
        self,
        condition: NotSuspended
        | ThroughHub
        | Inherits
        | FewerCopies
        | TwoPersons
        | NotedInLanguage
        | FirmsAssured
        | RightsConfirmed
        | VisitGranted
        | WithinVisit
        | InCircle,
    ) -> Formula:
        match condition:
            case NotSuspended():
                stopped = self.among("item.category", condition.categories)
                return z3.Not(z3.And(self.among("suspended", (YES,)), stopped))
            case ThroughHub():
                return self._through_hub(condition)
            case Inherits():
                return self._inherits(condition)
            case FewerCopies():
                few = (w for w in self.world.words("copies") if int(w) < condition.limit)
                return self.among("copies", few)
            case TwoPersons():
                two = self.among("second_person", (YES,))
                limit = condition.from_level
                return two if limit is None else z3.Or(two, self.below(limit))
            case NotedInLanguage():
                noted = self.among("note", (YES,))
                spoken = condition.languages
                return z3.And(noted, self.among("language", spoken)) if spoken else noted
            case FirmsAssured():
                return self._firms(condition)
            case RightsConfirmed():
                return z3.Not(self.among("rights", (NO,)))
            case VisitGranted():
                return self._visit_granted(condition)
            case WithinVisit():
                return self._within_visit(condition)
            case InCircle():
                return self._in_circle(condition)
            case _:
                assert_never(condition)

    def _stands_in(self, condition: Among) -> Formula:
        fact, within = condition.fact, condition.within
        known = _WITHIN.get((fact, within))
        if known is not None:
            return self.among(known, (YES,))
        if within != "item.originators":
            raise InvariantError(
                "foresight.no-formula", "no formula is known", where=fact, found=within
            )
        return z3.Or(
            *(
                z3.And(self.among("item.originators", (w,)), self.among(fact, (party,)))
                for w in self.world.words("item.originators")
                for party in w.split(JOIN)
            )
        )

    def _reaches(self, held: str, needed: str) -> Formula:
        levels = self.book.levels
        return z3.Or(
            *(
                z3.And(self.among(held, levels[: index + 1]), self.among(needed, (level,)))
                for index, level in enumerate(levels)
            )
        )

    def below(self, limit: str) -> Formula:
        """Say that the item's level is on the ladder, and below another."""
        levels = self.book.levels
        return self.among("item.level", levels[levels.index(limit) + 1 :])

    def _on_ladder(self) -> Formula:
        return self.among("item.level", self.book.levels)

    def _to_somebody(self) -> Formula:
        return z3.Not(self.among("recipient", (NONE,)))

    def _by_channel(self, condition: ByChannel) -> Formula:
        allowed = self.among("channel", condition.allowed)
        if condition.encrypted_from is None:
            return allowed
        encrypted = self.among("channel", condition.encrypted)
        return z3.And(allowed, z3.Or(encrypted, self.below(condition.encrypted_from)))

    def _consented(self, condition: Consented) -> Formula:
        known = self.among("item.category", self.book.categories)
        given = z3.And(self._given(), z3.Or(self._names_item(), known))
        return z3.And(given, self._to_somebody()) if condition.to == "recipient" else given

    def _given(self) -> Formula:
        alone = (w for w in self.world.words("item.originators") if JOIN not in w)
        first = z3.And(self.among("consent", ("first",)), self.among("item.originators", alone))
        return z3.Or(self.among("consent", (YES,)), first)

    def _names_item(self) -> Formula:
        return self.among("consent.of", (OF_ITEM,))

    def _through_hub(self, condition: ThroughHub) -> Formula:
        marked = z3.And(self.among("sharing", (YES,)), self._to_somebody())
        passed_on = [self.among("actor.party", (condition.hub,)), marked]
        if condition.by_consent:
            passed_on += [self._given(), self._names_item()]
        return z3.Or(self.among("recipient", (condition.hub,)), z3.And(*passed_on))

    def _inherits(self, condition: Inherits) -> Formula:
        lacking = [f"-{limit}" for limit in condition.limits]
        lacking += [f"-mark-{mark}" for mark in condition.carries]
        made = z3.Not(self.among("derived", (NONE, *lacking)))
        return z3.And(made, self._on_ladder()) if "level" in condition.limits else made

    def _firms(self, condition: FirmsAssured) -> Formula:
        failing = [NONE, *(f"-{letter}" for letter in condition.letters)]
        failing += ["uncleared"] if condition.cleared else []
        failing += ["sub"] if condition.cleared or condition.letters else []
        met = z3.Not(self.among("firm", failing))
        return z3.And(met, self._on_ladder()) if condition.cleared else met

    def _visit_granted(self, condition: VisitGranted) -> Formula:
        good = [YES]
        if condition.lead_time is None or condition.lead_time == _A_MINUTE:
            good.append("late")
        ends = all(party in condition.parties for party in self.world.hosts)
        return z3.And(
            z3.BoolVal(val=ends),
            self.among("visit", good),
            self.among("visit.level", self.book.levels),
        )

    def _within_visit(self, condition: WithinVisit) -> Formula:
        none = self.among("visit", (NONE,))
        granted = z3.Not(self.among("visit", (NONE, "refused", "guest", PAST)))
        _, host = self.world.hosts
        either = self.among("recipient", (*self.world.hosts, NONE))
        sides = z3.If(self.among("visit", ("self",)), self.among("recipient", (host, NONE)), either)
        within = z3.And(granted, sides, self._reaches("visit.level", "item.level"))
        return within if condition.required else z3.Or(none, within)

    def _in_circle(self, condition: InCircle) -> Formula:
        ways = []
        for level, circle in condition.circles:
            if circle == ANYONE:
                inside: Formula = z3.BoolVal(val=True)
            elif circle == NAMED:
                inside = self.among("actor.named", (YES,))
            else:
                inside = self._of_circle(CIRCLES[circle], condition.parties)
            ways.append(z3.And(self.among("item.level", (level,)), inside))
        return z3.Or(*ways)

    def _of_circle(self, circle: Circle, parties: tuple[str, ...]) -> Formula:
        of_kind = self.among("actor.kind", circle.kinds)
        inside = z3.And(self.among("actor.party", parties), of_kind)
        needed = self.among("need_to_know", (YES,))
        return z3.And(inside, needed) if circle.need_to_know else inside
