# SPDX-License-Identifier: Apache-2.0
"""`marking`: what a held item must show before anyone may open it.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 4(2) (treaties.md G4.2)
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import HoldsAll, Rule

_ACTS = (Action.OPEN, Action.REPRODUCE, Action.USE, Action.DERIVE, Action.TRANSLATE)
_MARKS = ("level", "originator", "receiver_mark")


def _rules(clause: Clause, _ground: Ground) -> tuple[Rule, ...]:
    condition = HoldsAll("item.marked", clause.texts("carries"), "the item does not show: {value}")
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(_ACTS),
            frozenset(),
            (condition,),
            "the item shows its markings",
        ),
    )


KIND = ClauseKind(
    name="marking",
    effect=Effect.PERMIT,
    meaning=(
        "Nobody may open, reproduce, use, derive from or translate a held item before it shows "
        "what this clause lists. That is the originator's level as given, the originator's name "
        "and the receiver's own corresponding marking."
    ),
    keys=(
        KeySpec(
            "carries",
            KeyType.WORDS,
            "what the item must show",
            words=_MARKS,
            default=_MARKS,
        ),
    ),
    speaks_of=_ACTS,
    asks=("item.marked",),
    rules=_rules,
)
