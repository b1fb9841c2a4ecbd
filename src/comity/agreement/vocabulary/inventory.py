# SPDX-License-Identifier: Apache-2.0
"""`inventory`: what is counted, and how often.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 6(f) (treaties.md G6f)
"""

from __future__ import annotations

from dataclasses import replace

from comity.agreement.acts import Effect
from comity.agreement.kinds import REMIND_AFTER, ClauseKind, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import DutyRule, Term
from comity.basis.instants import Duration, DurationUnit


def _duties(clause: Clause) -> tuple[DutyRule, ...]:
    every = clause.find_duration("every")
    first = DutyRule(
        clause.article,
        clause.kind,
        trigger="agreement.in_force",
        who="each_holder",
        to="other_parties",
        within=None if every is None else Term(str(every), every),
        remind_after=clause.find_duration("remind_after"),
        discharged_by="inventory.result",
        how="next",
    )
    return (first, replace(first, trigger="inventory.result", who="speaker"))


KIND = ClauseKind(
    name="inventory",
    effect=Effect.DUTY,
    meaning=(
        "Every party that holds items counts the copies on its register, as often as the clause "
        "names. A copy that is missing opens a case of loss."
    ),
    keys=(
        KeySpec(
            "counts",
            KeyType.WORD,
            "what is counted: every numbered copy",
            words=("copies",),
            default="copies",
        ),
        KeySpec(
            "every",
            KeyType.DURATION,
            "how long after one inventory the next is owed",
            required=True,
            example=Duration(1, DurationUnit.YEARS),
        ),
        REMIND_AFTER,
    ),
    duties=_duties,
)
