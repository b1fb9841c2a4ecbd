# SPDX-License-Identifier: Apache-2.0
"""`reclassification`: the level is changed by the originator alone, who tells it.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 6(g) (treaties.md G6g)
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import REMIND_AFTER, ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import Among, DutyRule, OneOf, Rule, Term

_ACTS = (Action.RECLASSIFY,)


def _rules(clause: Clause, ground: Ground) -> tuple[Rule, ...]:
    conditions = (
        OneOf("actor.party", ground.parties, "party {value} is not a party: {known}"),
        Among(
            "actor.party",
            "item.originators",
            "party {value} is not an originator of the item: {known}",
        ),
    )
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(_ACTS),
            frozenset(_ACTS),
            conditions,
            "an originator changes the level of its own item",
        ),
    )


def _duties(clause: Clause) -> tuple[DutyRule, ...]:
    return (
        DutyRule(
            clause.article,
            clause.kind,
            trigger="item.reclassify",
            who="speaker",
            to="receiver",
            within=clause.find_term("told"),
            remind_after=clause.find_duration("remind_after"),
            discharged_by="item.reclassify",
            how="itself",
            since="effective",
        ),
    )


KIND = ClauseKind(
    name="reclassification",
    effect=Effect.BOTH,
    meaning=(
        "Only the originator changes the level of an item, and tells the receiver in writing. "
        "The change applies to all copies and to everything derived from the item."
    ),
    keys=(
        KeySpec(
            "by",
            KeyType.WORD,
            "who may change the level",
            words=("originator",),
            default="originator",
        ),
        KeySpec(
            "told",
            KeyType.TERM,
            "by when the receiver is told",
            default=Term("promptly", None),
        ),
        REMIND_AFTER,
    ),
    speaks_of=_ACTS,
    permits=_ACTS,
    asks=("actor.party", "item.originators"),
    rules=_rules,
    duties=_duties,
)
