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
    of_kind, *needed = _needed(people, ground)
    return (
        of_kind,
        AtLeastLevel(
            "actor.clearance", "item.level", "clearance {value} does not reach level {known}"
        ),
        NotPast("actor.clearance_until", "clearance expired on {value}"),
        *needed,
    )


def _needed(people: str, ground: Ground) -> tuple[Condition, ...]:
    kinds = KINDS_OF_PERSON[people]
    return (
        OneOf("actor.kind", kinds, "kind of person {value} is not among: {known}"),
        OneOf(
            "item.category", ground.scope.categories, "category {value} is not in scope: {known}"
        ),
        Among("item.category", "actor.need_to_know", "need-to-know {value} is not held"),
    )


def _rules(clause: Clause, ground: Ground) -> tuple[Rule, ...]:
    people, acts = clause.text("people"), frozenset(_ACTS)
    if clause.text("clearance") == "any":
        why = "need-to-know for the category is held"
        needed = _needed(people, ground)
        return (Rule(clause.article, clause.kind, acts, frozenset(), needed, why),)
    return (
        Rule(
            clause.article,
            clause.kind,
            acts,
            acts,
            clearance_conditions(people, ground),
            "cleared to the level, with need-to-know for the category",
        ),
    )


KIND = ClauseKind(
    name="access",
    effect=Effect.PERMIT,
    meaning=(
        "A person may open, reproduce, use and derive from an item only if of the named kind, "
        "cleared at least to its level by a clearance that has not expired, and with "
        "need-to-know for its category. Rank, post or clearance alone never suffice: a file that "
        "says this in a paragraph of its own writes it there with `clearance` any, beside the "
        "clause that asks for the clearance; by itself such a clause opens nothing to anyone."
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
            "the clearance that is needed: the item's level or a higher one; `any`: this clause "
            "asks for none, and permits nothing",
            words=("at_least_level", "any"),
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
