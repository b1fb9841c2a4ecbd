# SPDX-License-Identifier: Apache-2.0
"""`suspension`: which categories may be suspended for a time, by whom.

Source: AGREEMENTS.md section 3
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import REMIND_AFTER, ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import DutyRule, NotSuspended, Rule, Term


def _rules(clause: Clause, ground: Ground) -> tuple[Rule, ...]:
    categories = clause.texts("categories") or ground.scope.categories
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(Action(act) for act in clause.texts("acts")),
            frozenset(),
            (NotSuspended(categories),),
            "the category is not suspended",
        ),
    )


def _duties(clause: Clause) -> tuple[DutyRule, ...]:
    return (
        DutyRule(
            clause.article,
            clause.kind,
            trigger="category_suspended",
            who="suspender",
            to="other_parties",
            within=clause.find_term("told"),
            remind_after=clause.find_duration("remind_after"),
            discharged_by="agreement.interpretation",
        ),
    )


KIND = ClauseKind(
    name="suspension",
    effect=Effect.BOTH,
    meaning=(
        "While a category is suspended, the acts named here stop for items of that category. Only "
        "the categories listed may be suspended, by whom the clause names, who tells the others; "
        "no node of this version sets one as suspended, and people stop these acts."
    ),
    keys=(
        KeySpec(
            "acts",
            KeyType.ACTIONS,
            "the acts that stop",
            required=True,
            example=("release", "transmit"),
        ),
        KeySpec(
            "categories",
            KeyType.CATEGORIES,
            "the categories that may be suspended; left out: all of the scope",
        ),
        KeySpec(
            "by",
            KeyType.WORD,
            "who may suspend",
            words=("any_party", "originator"),
            default="any_party",
        ),
        KeySpec(
            "told",
            KeyType.TERM,
            "by when the others are told",
            default=Term("promptly", None),
        ),
        REMIND_AFTER,
    ),
    acts_named_by="acts",
    asks=("suspended", "item.category"),
    rules=_rules,
    duties=_duties,
)
