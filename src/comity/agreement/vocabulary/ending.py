# SPDX-License-Identifier: Apache-2.0
"""`ending`: which acts stop when notice is given, or at the end. Protection goes on.

Source: AGREEMENTS.md sections 2 and 3; Japan-ROK GSOMIA Art. 21(4) (treaties.md G21.4)
"""

from __future__ import annotations

from comity.agreement.acts import Action, AgreementState, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import OneOf, Rule

_STOPPED = {
    "end": (AgreementState.TERMINATED,),
    "notice": (AgreementState.NOTICE_GIVEN, AgreementState.TERMINATED),
}


def _rules(clause: Clause, _ground: Ground) -> tuple[Rule, ...]:
    stopped = _STOPPED[clause.text("when")]
    going_on = tuple(state.value for state in AgreementState if state not in stopped)
    failing = "this act has stopped: agreement state is {value}"
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(Action(act) for act in clause.texts("stops")),
            frozenset(),
            (OneOf("agreement_state", going_on, failing),),
            "the agreement has not ended",
        ),
    )


KIND = ClauseKind(
    name="ending",
    effect=Effect.PERMIT,
    meaning=(
        "When the agreement has ended, or already when notice has been given, the acts named "
        "here stop. Every other rule goes on, so that what was exchanged stays protected."
    ),
    keys=(
        KeySpec(
            "stops",
            KeyType.ACTIONS,
            "the acts that stop",
            required=True,
            example=("release", "transmit"),
        ),
        KeySpec(
            "when",
            KeyType.WORD,
            "from when: the end, or the notice (a suspended notice does not count)",
            words=tuple(_STOPPED),
            default="end",
        ),
    ),
    acts_named_by="stops",
    asks=("agreement_state",),
    rules=_rules,
)
