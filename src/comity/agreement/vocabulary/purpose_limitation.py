# SPDX-License-Identifier: Apache-2.0
"""`purpose_limitation`: no other purpose than that of release, unless consented.

Source: AGREEMENTS.md section 1 rule 7, section 3; Japan-ROK GSOMIA Art. 6(c) (treaties.md G6c)
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import Among, AnyOf, Condition, Consented, Rule

_ACTS = (
    Action.OPEN,
    Action.REPRODUCE,
    Action.USE,
    Action.DERIVE,
    Action.TRANSLATE,
    Action.THIRD_PARTY_RELEASE,
    Action.CONTRACTOR_RELEASE,
)


def _rules(clause: Clause, _ground: Ground) -> tuple[Rule, ...]:
    condition: Condition = Among(
        "purpose",
        "item.purposes",
        "purpose {value} is not among the purposes of release: {known}",
    )
    if clause.text("otherwise") == "written_consent":
        condition = AnyOf((condition, Consented("holder")))
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(_ACTS),
            frozenset(),
            (condition,),
            "the purpose is one of release, or consented",
        ),
    )


KIND = ClauseKind(
    name="purpose_limitation",
    effect=Effect.PERMIT,
    meaning=(
        "An item serves only the purposes for which it was released. Another purpose needs the "
        "prior written consent of every originator, for the item or its category."
    ),
    keys=(
        KeySpec(
            "allowed",
            KeyType.WORD,
            "the purposes that are always allowed: those of release",
            words=("purpose_of_release",),
            default="purpose_of_release",
        ),
        KeySpec(
            "otherwise",
            KeyType.WORD,
            "what opens another purpose: consent, or nothing at all",
            words=("written_consent", "nothing"),
            default="written_consent",
        ),
    ),
    speaks_of=_ACTS,
    asks=(
        "purpose",
        "item.purposes",
        "consents",
        "item.originators",
        "recipient",
        "actor.party",
        "item.id",
        "item.category",
        "at",
    ),
    rules=_rules,
)
