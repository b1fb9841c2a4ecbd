# SPDX-License-Identifier: Apache-2.0
"""`facility_register`: only persons on the register of a facility with a control officer.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 6(e) and 10 (treaties.md G6e, G10)
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import ClauseKind, Ground
from comity.agreement.model import Clause
from comity.agreement.rules import IsTrue, Rule

_ACTS = (Action.OPEN, Action.REPRODUCE, Action.USE, Action.DERIVE, Action.TRANSLATE)


def _rules(clause: Clause, _ground: Ground) -> tuple[Rule, ...]:
    failing = "the person is not on the register of a facility with a control officer"
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(_ACTS),
            frozenset(),
            (IsTrue("actor.registered", failing),),
            "on the register of a facility with a control officer",
        ),
    )


KIND = ClauseKind(
    name="facility_register",
    effect=Effect.PERMIT,
    meaning=(
        "Only a person on the register of a facility may open, reproduce, use, derive from or "
        "translate an item. A person counts as registered only where the facility has a control "
        "officer."
    ),
    speaks_of=_ACTS,
    asks=("actor.registered",),
    rules=_rules,
)
