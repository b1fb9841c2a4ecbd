# SPDX-License-Identifier: Apache-2.0
"""`destruction`: by which means, by how many persons, and with which report.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 13 (treaties.md G13)
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import REMIND_AFTER, ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import Condition, DutyRule, OneOf, Rule, TwoPersons

_ACTS = (Action.DESTROY,)
MEANS = (
    "burn",
    "shred",
    "pulp",
    "other",
    "equipment_destroy",
    "equipment_modify",
    "crypto_erase",
)


def _rules(clause: Clause, _ground: Ground) -> tuple[Rule, ...]:
    failing = "the means {value} is not among those allowed: {known}"
    conditions: list[Condition] = [OneOf("means", clause.texts("means"), failing)]
    if clause.flag("two_persons"):
        conditions.append(TwoPersons(None))
    elif (from_level := clause.find_text("two_persons_from")) is not None:
        conditions.append(TwoPersons(from_level))
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(_ACTS),
            frozenset(_ACTS),
            tuple(conditions),
            "it is destroyed by an allowed means",
        ),
    )


def _duties(clause: Clause) -> tuple[DutyRule, ...]:
    within = clause.find_term("report_within")
    if within is None and not clause.flag("certificate"):
        return ()
    return (
        DutyRule(
            clause.article,
            clause.kind,
            trigger="item.destroyed",
            who="speaker",
            to="originator",
            within=within,
            remind_after=clause.find_duration("remind_after"),
            discharged_by="item.destroyed",
            how="itself",
            since="on",
        ),
    )


KIND = ClauseKind(
    name="destruction",
    effect=Effect.BOTH,
    meaning=(
        "An item, or a copy of it, is destroyed by the means listed only, which leave nothing to "
        "rebuild, and by two persons where the clause asks for them. The destruction of the key "
        "counts as destruction only where `crypto_erase` is listed."
    ),
    keys=(
        KeySpec(
            "means",
            KeyType.WORDS,
            "the means that are allowed",
            words=MEANS,
            default=MEANS[:-1],
        ),
        KeySpec(
            "two_persons",
            KeyType.FLAG,
            "whether two persons destroy an item of any level",
            default=False,
        ),
        KeySpec(
            "two_persons_from",
            KeyType.LEVEL,
            "from which level on two persons destroy it; left out: at no level",
        ),
        KeySpec(
            "certificate",
            KeyType.FLAG,
            "whether the originator is given a certificate with means, place, date and persons",
            default=False,
        ),
        KeySpec(
            "report_within",
            KeyType.TERM,
            "by when the originator is told; left out: no time",
        ),
        REMIND_AFTER,
    ),
    speaks_of=_ACTS,
    permits=_ACTS,
    asks=("means", "second_person", "second_person.id", "actor.id", "item.level"),
    rules=_rules,
    duties=_duties,
)
