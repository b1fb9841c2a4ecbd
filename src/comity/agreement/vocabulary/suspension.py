# SPDX-License-Identifier: Apache-2.0
"""`suspension`: which categories may be suspended for a time, by whom.

Source: AGREEMENTS.md section 3
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import REMIND_AFTER, ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import DutyRule, NotSuspended, Rule, Term

_TOLD_BY = "agreement.suspend_category"
_STOPPABLE = (
    Action.RELEASE,
    Action.TRANSMIT,
    Action.DISCLOSE,
    Action.THIRD_PARTY_RELEASE,
    Action.CONTRACTOR_RELEASE,
    Action.OPEN,
    Action.REPRODUCE,
    Action.TRANSLATE,
    Action.DERIVE,
    Action.USE,
)
"""What a node does stop for one category. A visit and an order have none, and what ends the
handling of an item, or changes its level, protects it and never waits.
"""


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
            trigger=_TOLD_BY,
            who="suspender",
            to="other_parties",
            within=clause.find_term("told"),
            remind_after=clause.find_duration("remind_after"),
            discharged_by=_TOLD_BY,
            how="itself",
        ),
    )


KIND = ClauseKind(
    name="suspension",
    effect=Effect.BOTH,
    meaning=(
        "A party suspends one of these categories by `agreement.suspend_category`, told to all "
        "others and never for a time past, and it alone resumes it; meanwhile the acts named here "
        "stop for items of that category. A release counts unless its speaker had seen that; what "
        "was told by word is put on record all the same, and shown as told meanwhile."
    ),
    keys=(
        KeySpec(
            "acts",
            KeyType.ACTIONS,
            "the acts that stop",
            words=tuple(act.value for act in _STOPPABLE),
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
            "who may suspend: any party for all items, or each for those that it originates; "
            "the same in every clause that names the category",
            words=("any_party", "originator"),
            default="any_party",
        ),
        KeySpec(
            "told",
            KeyType.TERM,
            "by when the others are told; it is told as it is said, by the statement itself",
            default=Term("promptly", None),
        ),
        REMIND_AFTER,
    ),
    acts_named_by="acts",
    asks=("suspended", "item.category"),
    rules=_rules,
    duties=_duties,
    source="[the agreement file](format.md); no treaty text that was read has such an article",
)
