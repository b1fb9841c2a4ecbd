# SPDX-License-Identifier: Apache-2.0
"""`derived`: what an item made from others inherits from them.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 4(3) (treaties.md G4.3)
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import Inherits, Rule

_ACTS = (Action.DERIVE,)
LIMITS = ("level", "originators", "purposes", "use_until", "for")
_MARKS = ("level", "originator")


def _rules(clause: Clause, _ground: Ground) -> tuple[Rule, ...]:
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(_ACTS),
            frozenset(),
            (Inherits(clause.texts("inherits"), clause.texts("carries")),),
            "what is made inherits from what it is made of",
        ),
    )


KIND = ClauseKind(
    name="derived",
    effect=Effect.PERMIT,
    meaning=(
        "What is made from an item inherits its level, its originators, its purposes, its end of "
        "use and the persons that it is for, and shows whose information it holds. Where it is "
        "made from several items each of them is asked about on its own, so that the strictest "
        "of them governs."
    ),
    keys=(
        KeySpec(
            "inherits",
            KeyType.WORDS,
            "what the new item takes over: a level at least as high, all originators, no further "
            "purpose, no later end of use, and where it names persons or posts no others than it",
            words=LIMITS,
            default=LIMITS,
        ),
        KeySpec(
            "carries",
            KeyType.WORDS,
            "what the new item must show: its level, the name of every originator",
            words=_MARKS,
            default=_MARKS,
        ),
    ),
    speaks_of=_ACTS,
    asks=(
        "derived",
        "derived.level",
        "derived.originators",
        "derived.purposes",
        "derived.use_until",
        "derived.for",
        "derived.marked",
        "item.level",
        "item.originators",
        "item.purposes",
        "item.use_until",
        "item.for",
    ),
    rules=_rules,
)
