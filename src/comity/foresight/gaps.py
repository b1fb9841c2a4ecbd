# SPDX-License-Identifier: Apache-2.0
"""What a sound agreement file leaves open: acts that nothing allows, levels without marking.

A gap refuses nothing; it is told before anybody signs. Source: AGREEMENTS.md section 6
"""

from __future__ import annotations

from collections.abc import Iterator

from comity.agreement.acts import Action
from comity.agreement.model import Agreement
from comity.agreement.rules import ByChannel, Never, OneOf, Rule
from comity.agreement.vocabulary import CLAUSE_KINDS
from comity.basis.errors import Problem

_PERMITTED = tuple(
    action for action in Action if any(action in kind.permits for kind in CLAUSE_KINDS)
)


def check(agreement: Agreement) -> tuple[Problem, ...]:
    """List the gaps of an agreement, always in the same order.

    Codes: `foresight.never-allowed`, `foresight.no-marking`, `foresight.ending-stops-nothing`.
    """
    return (
        *_acts_never_allowed(agreement),
        *_levels_without_marking(agreement),
        *_endings_that_stop_nothing(agreement),
    )


def _acts_never_allowed(agreement: Agreement) -> Iterator[Problem]:
    """Tell the acts that nothing allows.

    What a file forbids by name is no gap of it, nor what no clause of this vocabulary permits.
    """
    for action in _PERMITTED:
        if any(action in clause.texts("acts") for clause in agreement.clauses("forbidden")):
            continue
        rules = agreement.rules.by_action.get(action, ())
        permits = tuple(rule for rule in rules if action in rule.permits)
        demands = tuple(rule for rule in rules if action in rule.speaks_of)
        if any(_can_hold((permit, *demands)) for permit in permits):
            continue
        yield Problem(
            "foresight.never-allowed",
            _cited(rules),
            f"nothing can ever allow: {action.value}",
            expected="a clause that permits it",
            found="permits and prohibitions that exclude each other" if permits else "none",
        )


def _can_hold(rules: tuple[Rule, ...]) -> bool:
    """Answer whether no two conditions on one closed list exclude each other.

    Conditions that compare facts with one another could always be met by some request.
    """
    left: dict[str, set[str]] = {}
    for rule in rules:
        for condition in rule.conditions:
            match condition:
                case OneOf():
                    fact, values = str(condition.fact), condition.values
                case ByChannel():
                    fact, values = "channel", condition.allowed
                case Never():
                    return False
                case _:
                    continue
            left[fact] = left.get(fact, set(values)) & set(values)
    return all(left.values())


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
    for clause in agreement.clauses("ending"):
        for act in clause.texts("stops"):
            rules = agreement.rules.by_action.get(Action(act), ())
            if not any(Action(act) in rule.permits for rule in rules):
                yield Problem(
                    "foresight.ending-stops-nothing",
                    clause.article,
                    f"the ending stops an act that no clause permits: {act}",
                    expected="an act that this agreement knows",
                    found=act,
                )


def _cited(rules: tuple[Rule, ...]) -> str:
    return ", ".join(dict.fromkeys(rule.article for rule in rules))
