# SPDX-License-Identifier: Apache-2.0
"""`audience`: which circle may see which level, as in the traffic light protocol.

Source: AGREEMENTS.md section 3; FIRST TLP 2.0 and IEP 2.0
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.circles import NAMED, WORDS
from comity.agreement.kinds import ClauseKind, Ground
from comity.agreement.model import Clause
from comity.agreement.rules import InCircle, Rule

_ACTS = (Action.OPEN, Action.REPRODUCE, Action.USE, Action.DERIVE)


def _rules(clause: Clause, ground: Ground) -> tuple[Rule, ...]:
    circles = tuple((level, clause.find_text(level) or NAMED) for level in ground.levels)
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(_ACTS),
            frozenset(_ACTS),
            (InCircle(circles, ground.parties),),
            "the person belongs to the circle of the level",
        ),
    )


KIND = ClauseKind(
    name="audience",
    effect=Effect.PERMIT,
    meaning=(
        "Every level has its circle, and only those in it open, reproduce, use and derive from an "
        "item of that level. The keys are the levels of the ladder, each of which must be given: "
        "`named_persons` are those in `item.for`, `organisation` the officials of a party, "
        "`organisation_and_clients` also persons of the kind `client`, `community` also those of "
        "the kind `community`, `anyone` everybody; those with `_need_to_know` at the end are the "
        "persons of the same circle who hold need-to-know for the item's category."
    ),
    level_words=WORDS,
    speaks_of=_ACTS,
    permits=_ACTS,
    asks=(
        "item.level",
        "item.for",
        "item.category",
        "actor.id",
        "actor.party",
        "actor.kind",
        "actor.need_to_know",
    ),
    rules=_rules,
)
