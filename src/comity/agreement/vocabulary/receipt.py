# SPDX-License-Identifier: Apache-2.0
"""`receipt`: who gives a receipt for an item, by when.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 12(a) (treaties.md G12a)
"""

from __future__ import annotations

from comity.agreement.acts import Effect
from comity.agreement.kinds import REMIND_AFTER, ClauseKind, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import DutyRule, Term
from comity.basis.instants import Duration, DurationUnit


def _duties(clause: Clause) -> tuple[DutyRule, ...]:
    return (
        DutyRule(
            clause.article,
            clause.kind,
            trigger="item.release",
            who=clause.text("who"),
            to="originator",
            within=clause.find_term("within"),
            remind_after=clause.find_duration("remind_after"),
            discharged_by="item.receipt",
            or_by=("item.refusal",),
        ),
    )


KIND = ClauseKind(
    name="receipt",
    effect=Effect.DUTY,
    meaning=(
        "The receiver of an item gives the originator a receipt within the time named. A receipt "
        "that is late stops nothing; it is owed until it is given."
    ),
    keys=(
        KeySpec(
            "who",
            KeyType.WORD,
            "who gives the receipt",
            words=("receiver",),
            default="receiver",
        ),
        KeySpec(
            "within",
            KeyType.TERM,
            "by when, from the release on",
            required=True,
            example=Term("5 days", Duration(5, DurationUnit.DAYS)),
        ),
        REMIND_AFTER,
    ),
    duties=_duties,
)
