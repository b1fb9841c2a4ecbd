# SPDX-License-Identifier: Apache-2.0
"""`consultation`: the parties settle differences themselves, and ask before some acts.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 20 (treaties.md G20)
"""

from __future__ import annotations

from comity.agreement.acts import Effect
from comity.agreement.kinds import REMIND_AFTER, ClauseKind, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import DutyRule


def _duties(clause: Clause) -> tuple[DutyRule, ...]:
    return (
        DutyRule(
            clause.article,
            clause.kind,
            trigger="dispute.open",
            who="addressee",
            to="speaker",
            within=clause.find_term("answer_within"),
            remind_after=clause.find_duration("remind_after"),
            discharged_by="dispute.settle",
        ),
    )


KIND = ClauseKind(
    name="consultation",
    effect=Effect.DUTY,
    meaning=(
        "Differences are settled by consultation between the parties alone, and everything that "
        "protects held items goes on meanwhile. Before the acts named here a party asks the "
        "others for their understanding; what they answer is recorded, and stops nothing."
    ),
    keys=(
        KeySpec(
            "between",
            KeyType.WORD,
            "who settles: the parties themselves",
            words=("parties",),
            default="parties",
        ),
        KeySpec(
            "meanwhile",
            KeyType.WORD,
            "what goes on: protection",
            words=("protection",),
            default="protection",
        ),
        KeySpec(
            "before",
            KeyType.ACTIONS,
            "the acts before which the others are asked; left out: none",
        ),
        KeySpec(
            "answer_within",
            KeyType.TERM,
            "by when the others answer; left out: no time",
        ),
        REMIND_AFTER,
    ),
    duties=_duties,
)
