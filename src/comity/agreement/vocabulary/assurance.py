# SPDX-License-Identifier: Apache-2.0
"""`assurance`: what the receiving party must have assured before anything is sent.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 7(5) (treaties.md G7.5)
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import Assured, Rule

_ACTS = (Action.RELEASE, Action.TRANSMIT)


def _rules(clause: Clause, _ground: Ground) -> tuple[Rule, ...]:
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(_ACTS),
            frozenset(),
            (Assured(),),
            "the recipient has given the assurance",
        ),
    )


KIND = ClauseKind(
    name="assurance",
    effect=Effect.PERMIT,
    meaning=(
        "Before anything is sent the recipient must have assured in writing, by an assurance "
        "that has not expired, clearance to at least the item's level, official need and "
        "equivalent protection. Where the item names persons or posts there must be one for "
        "each of them, else one for any; what is said of a channel's system (`channel`, "
        "`accredited_from`) is none."
    ),
    keys=(
        KeySpec(
            "level",
            KeyType.WORD,
            "the level that must be assured: the item's or a higher one",
            words=("at_least_item",),
            default="at_least_item",
        ),
        KeySpec(
            "named",
            KeyType.WORD,
            "whom it must name: each name in `item.for`; anybody where that is empty",
            words=("each_in_item_for",),
            default="each_in_item_for",
        ),
    ),
    speaks_of=_ACTS,
    asks=("recipient", "item.level", "item.for", "assurances", "at"),
    rules=_rules,
)
