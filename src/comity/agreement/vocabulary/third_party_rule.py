# SPDX-License-Identifier: Apache-2.0
"""`third_party_rule`: nothing to a third party without every originator's prior consent.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 6(a) (treaties.md G6a)
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import AnyOf, BelowLevel, Condition, Consented, Rule

_ACTS = (Action.THIRD_PARTY_RELEASE, Action.TRANSFER_GOODS)


def _rules(clause: Clause, _ground: Ground) -> tuple[Rule, ...]:
    condition: Condition = Consented("recipient")
    from_level = clause.find_text("from_level")
    if from_level is not None:
        below = BelowLevel("item.level", from_level, "level {value} is not below {known}")
        condition = AnyOf((condition, below))
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(_ACTS),
            frozenset(_ACTS),
            (condition,),
            "every originator's prior consent holds, or the level needs none"
            if from_level is not None
            else "every originator's prior consent holds",
        ),
    )


KIND = ClauseKind(
    name="third_party_rule",
    effect=Effect.PERMIT,
    meaning=(
        "An item or goods may go to a third party only with the prior written consent of every "
        "originator, for the item or its category, that recipient and that purpose. A recipient "
        "that is itself an originator is not excepted."
    ),
    keys=(
        KeySpec(
            "needs",
            KeyType.WORD,
            "what is needed",
            words=("written_consent",),
            default="written_consent",
        ),
        KeySpec(
            "from",
            KeyType.WORD,
            "whose consent: that of every originator",
            words=("originator",),
            default="originator",
        ),
        KeySpec(
            "from_level",
            KeyType.LEVEL,
            "from which level on; an item below it needs no consent; left out: every item",
        ),
    ),
    speaks_of=_ACTS,
    permits=_ACTS,
    asks=(
        "item.originators",
        "recipient",
        "purpose",
        "consents",
        "item.id",
        "item.category",
        "at",
        "item.level",
    ),
    rules=_rules,
)
