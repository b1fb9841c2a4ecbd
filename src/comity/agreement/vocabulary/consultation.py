# SPDX-License-Identifier: Apache-2.0
"""`consultation`: the parties settle differences themselves, and ask before some acts.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 20 (treaties.md G20)
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import REMIND_AFTER, ClauseKind, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import DutyRule

BEFORE = (
    Action.RELEASE,
    Action.THIRD_PARTY_RELEASE,
    Action.DISCLOSE,
    Action.RECLASSIFY,
    Action.RETURN,
    Action.DESTROY,
    Action.VISIT,
    Action.ORDER,
)
"""The acts that a party does by telling the others, so that all can see whether it asked before."""


def _duties(clause: Clause) -> tuple[DutyRule, ...]:
    """Owe the settlement of a dispute, and an answer to whoever asks before an act."""
    remind = clause.find_duration("remind_after")
    settled = DutyRule(
        clause.article,
        clause.kind,
        trigger="dispute.open",
        who="addressee",
        to="speaker",
        within=clause.find_term("settle_within"),
        remind_after=remind,
        discharged_by="dispute.settle",
    )
    answered = (
        DutyRule(
            clause.article,
            clause.kind,
            trigger="consent.ask",
            who="addressee",
            to="speaker",
            within=clause.find_term("answer_within"),
            remind_after=remind,
            discharged_by="consent.give",
            or_by=("consent.refuse",),
            when=f"consulted:{act}",
        )
        for act in clause.texts("before")
    )
    return (settled, *answered)


KIND = ClauseKind(
    name="consultation",
    effect=Effect.DUTY,
    meaning=(
        "Differences are settled by consultation between the parties alone, and everything that "
        "protects held items goes on meanwhile. Before the acts named here a party asks the "
        "others for their understanding, about the item or its category; whoever acts unasked is "
        "reminded, the answer is recorded, and neither stops anything."
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
            words=tuple(act.value for act in BEFORE),
            example=(Action.RELEASE.value,),
        ),
        KeySpec(
            "answer_within",
            KeyType.TERM,
            "by when the others answer what they were asked before an act; left out: no time",
        ),
        KeySpec(
            "settle_within",
            KeyType.TERM,
            "by when a dispute is settled; left out: no time",
        ),
        REMIND_AFTER,
    ),
    duties=_duties,
)
