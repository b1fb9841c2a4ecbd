# SPDX-License-Identifier: Apache-2.0
"""What a sound agreement file leaves open: acts that nothing allows, levels without marking.

A gap refuses nothing; it is told before anybody signs. Source: AGREEMENTS.md section 6
"""

from __future__ import annotations

from collections.abc import Iterator

from comity.agreement.acts import Action
from comity.agreement.model import Agreement, Clause
from comity.agreement.rules import Rule
from comity.agreement.vocabulary import CLAUSE_KINDS
from comity.basis.errors import Problem
from comity.foresight.comparing import Demands
from comity.foresight.constraints import Way
from comity.foresight.situations import world_of

_GOODS = frozenset({Action.ORDER, Action.APPROVE_ORDER, Action.DELIVER, Action.SETTLE})
_OF_GOODS = frozenset(kind.name for kind in CLAUSE_KINDS if not _GOODS.isdisjoint(kind.permits))
_OF_INFORMATION = frozenset({"release", "access", "audience"})


def check(agreement: Agreement) -> tuple[Problem, ...]:
    """List the gaps of an agreement, always in the same order.

    Codes: `foresight.never-allowed`, `foresight.no-marking`, `foresight.ending-stops-nothing`,
    `foresight.suspension-stops-nothing`.
    """
    return (
        *_acts_never_allowed(agreement),
        *_levels_without_marking(agreement),
        *_endings_that_stop_nothing(agreement),
        *_suspensions_that_stop_nothing(agreement),
    )


def _acts_never_allowed(agreement: Agreement) -> Iterator[Problem]:
    """Tell the acts that nothing allows, whatever the facts: the whole finite world is searched.

    What a file forbids by name is no gap of it; nor are acts of goods where it is about information
    alone, and the other way about.
    """
    world = world_of(agreement)
    demands = Demands(world, agreement)
    for action in _meant(agreement):
        if any(action in clause.texts("acts") for clause in agreement.clauses("forbidden")):
            continue
        demand = demands.of(action.value)
        if any(Way(world, (*demand.always, *each)).first for each in demand.permits):
            continue
        yield Problem(
            "foresight.never-allowed",
            _cited(agreement.rules.by_action.get(action, ())),
            f"nothing can ever allow: {action.value}",
            expected="a clause that permits it",
            found="permits and prohibitions that exclude each other" if demand.permits else "none",
        )


def _meant(agreement: Agreement) -> tuple[Action, ...]:
    """Give the acts that an agreement is about, by its clauses and activities."""
    kinds = {clause.kind for article in agreement.articles for clause in article.clauses}
    goods = bool(agreement.scope.activities) or not kinds.isdisjoint(_OF_GOODS)
    information = not goods or not kinds.isdisjoint(_OF_INFORMATION)
    return tuple(
        each
        for each in Action
        if (goods and each in {*_GOODS, Action.TRANSFER_GOODS})
        or (information and each not in _GOODS)
    )


def _levels_without_marking(agreement: Agreement) -> Iterator[Problem]:
    cited = {row.level: row.article for row in agreement.equivalence}
    for level in agreement.levels.order:
        for party in agreement.parties:
            marked = any(
                entry.party == party.id and entry.level == level
                for entry in agreement.table.entries
            )
            if not marked:
                yield Problem(
                    "foresight.no-marking",
                    cited.get(level) or agreement.levels_article or "",
                    f"{party.id} has no marking for {level}",
                    expected="a marking of every party for every level",
                    found="none",
                    hint="it could neither send nor receive an item of this level",
                )


def _endings_that_stop_nothing(agreement: Agreement) -> Iterator[Problem]:
    for clause, act in _unknown_acts(agreement, "ending", "stops"):
        yield Problem(
            "foresight.ending-stops-nothing",
            clause.article,
            f"the ending stops an act that no clause permits: {act}",
            expected="an act that this agreement knows",
            found=act,
        )


def _suspensions_that_stop_nothing(agreement: Agreement) -> Iterator[Problem]:
    for clause, act in _unknown_acts(agreement, "suspension", "acts"):
        yield Problem(
            "foresight.suspension-stops-nothing",
            clause.article,
            f"the suspension stops an act that no clause permits: {act}",
            expected="an act that this agreement knows",
            found=act,
        )


def _unknown_acts(agreement: Agreement, kind: str, key: str) -> Iterator[tuple[Clause, str]]:
    for clause in agreement.clauses(kind):
        for act in clause.texts(key):
            rules = agreement.rules.by_action.get(Action(act), ())
            if not any(Action(act) in rule.permits for rule in rules):
                yield clause, act


def _cited(rules: tuple[Rule, ...]) -> str:
    return ", ".join(dict.fromkeys(rule.article for rule in rules))
