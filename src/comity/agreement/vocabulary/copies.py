# SPDX-License-Identifier: Apache-2.0
"""`copies`: numbered copies, no more than the limit, by two persons from a level on.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 14 (treaties.md G14)
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import Condition, FewerCopies, Rule, TwoPersons

_ACTS = (Action.REPRODUCE,)


def _rules(clause: Clause, _ground: Ground) -> tuple[Rule, ...]:
    conditions: list[Condition] = []
    limit, from_level = clause.find_count("limit"), clause.find_text("two_persons_from")
    if limit is not None:
        conditions.append(FewerCopies(limit))
    if from_level is not None:
        conditions.append(TwoPersons(from_level))
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(_ACTS),
            frozenset(),
            tuple(conditions),
            "one more copy may be made",
        ),
    )


KIND = ClauseKind(
    name="copies",
    effect=Effect.PERMIT,
    meaning=(
        "Every copy of an item bears a number and all markings of the original, and stands on "
        "the register with its holder and place. There may be no more copies than the limit, and "
        "from the named level on two persons make one."
    ),
    keys=(
        KeySpec(
            "limit",
            KeyType.COUNT,
            "how many copies of an item a party may hold at one time, the first included; left "
            "out: as many as official purposes need; a translation is made whatever the limit, and "
            "counts when a further copy is asked for",
            example=3,
        ),
        KeySpec(
            "two_persons_from",
            KeyType.LEVEL,
            "from which level on a second person takes part; left out: at no level",
            example="SECRET",
        ),
    ),
    speaks_of=_ACTS,
    asks=("item.copies", "item.level", "second_person", "second_person.id", "actor.id"),
    rules=_rules,
)
