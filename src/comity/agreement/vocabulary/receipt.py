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
    if clause.text("of") == "goods":
        return (
            DutyRule(
                clause.article,
                clause.kind,
                trigger="delivery.make",
                who="debtor",
                to="creditor",
                within=clause.find_term("within"),
                remind_after=clause.find_duration("remind_after"),
                discharged_by="delivery.receipt",
                since="on",
            ),
        )
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
        "The receiver of an item gives the originator a receipt within the time named, or the "
        "receiver of goods their provider. A receipt that is late stops nothing; it is owed until "
        "it is given."
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
            "of",
            KeyType.WORD,
            "what is receipted: items, or goods that are handed over",
            words=("items", "goods"),
            default="items",
        ),
        KeySpec(
            "within",
            KeyType.TERM,
            "by when, from the release or the day of handing over on",
            required=True,
            example=Term("5 days", Duration(5, DurationUnit.DAYS)),
        ),
        REMIND_AFTER,
    ),
    duties=_duties,
)
