# SPDX-License-Identifier: Apache-2.0
"""`access`: who may open, reproduce, use and derive from a held item.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 7(1) to 7(4) (treaties.md G7.1 to G7.4)
"""

from __future__ import annotations

from typing import Final

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import Among, AtLeastLevel, Condition, NotPast, OneOf, Rule

KINDS_OF_PERSON = {
    "officials": ("official",),
    "contractors": ("contractor",),
    "officials_and_contractors": ("official", "contractor"),
}
_ACTS = (Action.OPEN, Action.REPRODUCE, Action.USE, Action.DERIVE)


CLEARANCE_FACTS: Final = (
    "actor.kind",
    "actor.clearance",
    "item.level",
    "actor.clearance_until",
    "at",
    "item.category",
    "actor.need_to_know",
)
"""What `clearance_conditions` ask for."""


def clearance_conditions(people: str, ground: Ground) -> tuple[Condition, ...]:
    """Ask for a person of the kind, cleared to the item's level, with need-to-know for it."""
    kinds = KINDS_OF_PERSON[people]
    return (
        OneOf("actor.kind", kinds, "kind of person {value} is not among: {known}"),
        AtLeastLevel(
            "actor.clearance", "item.level", "clearance {value} does not reach level {known}"
        ),
        NotPast("actor.clearance_until", "clearance expired on {value}"),
        OneOf(
            "item.category", ground.scope.categories, "category {value} is not in scope: {known}"
        ),
        Among("item.category", "actor.need_to_know", "need-to-know {value} is not held"),
    )


def _rules(clause: Clause, ground: Ground) -> tuple[Rule, ...]:
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(_ACTS),
            frozenset(_ACTS),
            clearance_conditions(clause.text("people"), ground),
            "cleared to the level, with need-to-know for the category",
        ),
    )


KIND = ClauseKind(
    name="access",
    effect=Effect.PERMIT,
    meaning=(
        "A person may open, reproduce, use and derive from an item only if of the named kind, "
        "cleared at least to its level by a clearance that has not expired, and with "
        "need-to-know for its category. Rank, post or clearance alone never suffice."
    ),
    keys=(
        KeySpec(
            "people",
            KeyType.WORD,
            "the kind of person: `official`, `contractor`, or either",
            words=tuple(KINDS_OF_PERSON),
            default="officials",
        ),
        KeySpec(
            "clearance",
            KeyType.WORD,
            "the clearance that is needed: the item's level or a higher one",
            words=("at_least_level",),
            default="at_least_level",
        ),
        KeySpec(
            "need_to_know",
            KeyType.WORD,
            "what need-to-know is held for: the item's category, which is one of the scope",
            words=("category",),
            default="category",
        ),
    ),
    speaks_of=_ACTS,
    permits=_ACTS,
    asks=CLEARANCE_FACTS,
    rules=_rules,
)
