# SPDX-License-Identifier: Apache-2.0
"""From clauses to the rule book: each clause's rules, indexed by action, sorted by citation.

Source: AGREEMENTS.md sections 3 and 4
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import MappingProxyType

from comity.agreement.acts import Action, OtherAct
from comity.agreement.kinds import Ground
from comity.agreement.model import Article, Clause
from comity.agreement.rules import DutyRule, Rule, RuleBook
from comity.agreement.vocabulary import CLAUSE_KINDS
from comity.basis.instants import Zone

_KINDS = {kind.name: kind for kind in CLAUSE_KINDS}


def compile_rules(
    agreement: str, articles: tuple[Article, ...], ground: Ground, zone: Zone
) -> RuleBook:
    """Compile every clause of the file once; `agreement` is its id."""
    clauses = [clause for article in articles for clause in article.clauses]
    rules = [rule for clause in clauses for rule in _rules_of(clause, ground)]
    # Equal citations keep the order of the file: the sort is stable.
    rules.sort(key=lambda rule: (rule.article, rule.clause))
    by_action: dict[str, tuple[Rule, ...]] = {
        action: tuple(r for r in rules if action in r.speaks_of or action in r.permits)
        for action in (*Action, *OtherAct)
    }
    return RuleBook(
        by_action=MappingProxyType(by_action),
        duties=tuple(_numbered(duty for clause in clauses for duty in _duties_of(clause))),
        agreement=agreement,
        levels=ground.levels,
        categories=ground.scope.categories,
        zone=zone,
        default_article=ground.scope.article,
    )


def _rules_of(clause: Clause, ground: Ground) -> tuple[Rule, ...]:
    return _KINDS[clause.kind].rules(clause, ground)


def _duties_of(clause: Clause) -> tuple[DutyRule, ...]:
    return _KINDS[clause.kind].duties(clause)


def _numbered(rules: Iterable[DutyRule]) -> Iterator[DutyRule]:
    """Number the rules that would otherwise oblige to the same under one id."""
    seen: Counter[tuple[str | None, ...]] = Counter()
    for rule in rules:
        alike = (rule.article, rule.clause, rule.trigger, rule.discharged_by, rule.needs)
        seen[alike] += 1
        yield replace(rule, number=seen[alike])
