# SPDX-License-Identifier: Apache-2.0
"""`third_party_rule`: nothing to a third party without every originator's prior consent.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 6(a) (treaties.md G6a); 10 U.S.C. 2342(d)
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import AnyOf, BelowLevel, Condition, Consented, OneOf, Rule

_ACTS = (Action.THIRD_PARTY_RELEASE, Action.TRANSFER_GOODS)


def _rules(clause: Clause, _ground: Ground) -> tuple[Rule, ...]:
    listed = OneOf(
        "recipient",
        clause.texts("recipients"),
        "{value} has no such agreement of its own; these have: {known}",
    )
    if clause.text("needs") == "agreement":
        why = "the third party has such an agreement of its own"
        return (Rule(clause.article, clause.kind, frozenset(_ACTS), frozenset(), (listed,), why),)
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
            (condition, listed) if listed.values else (condition,),
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
        "that is itself an originator is not excepted; one that has no such agreement of its own "
        "gets nothing by any consent where a clause says so with `needs` agreement, which alone "
        "permits nothing."
    ),
    keys=(
        KeySpec(
            "needs",
            KeyType.WORD,
            "what is needed: consent; or that the third party has such an agreement of its own",
            words=("written_consent", "agreement"),
            default="written_consent",
        ),
        KeySpec(
            "recipients",
            KeyType.IDS,
            "the third parties that have such an agreement: nobody else gets anything; left out: "
            "with `needs` agreement none has one, and else nobody asks",
            example=("AUS", "GBR"),
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
