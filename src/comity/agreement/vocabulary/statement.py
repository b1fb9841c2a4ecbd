# SPDX-License-Identifier: Apache-2.0
"""`statement`: a balance that one party states and the other agrees, as often as the clause says.

Source: AGREEMENTS.md section 3; treaties.md 4.5, 10 U.S.C. 2342(f)
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
        who="each_party",
        to="other_parties",
        within=None if every is None else Term(str(every), every),
        remind_after=clause.find_duration("remind_after"),
        discharged_by="balance.state",
        how="next",
    )
    agreed = replace(
        first,
        trigger="balance.state",
        who="receiver",
        to="speaker",
        within=clause.find_term("agree_within"),
        discharged_by="balance.agree",
        how="names_trigger",
    )
    return (first, replace(first, trigger="balance.state", who="speaker"), agreed)


KIND = ClauseKind(
    name="statement",
    effect=Effect.DUTY,
    meaning=(
        "Each party states, as often as the clause names, what the registers amount to at the end "
        "of a day. The other agrees to it, or names the lines that differ."
    ),
    keys=(
        KeySpec(
            "every",
            KeyType.DURATION,
            "how long after one balance the next is owed",
            required=True,
            example=Duration(3, DurationUnit.MONTHS),
        ),
        KeySpec(
            "agree_within",
            KeyType.TERM,
            "by when the other party agrees or names what differs; left out: no time",
        ),
        REMIND_AFTER,
    ),
    duties=_duties,
)
