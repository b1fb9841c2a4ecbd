# SPDX-License-Identifier: Apache-2.0
"""`forbidden`: acts that are never allowed, whatever else the file permits.

Source: AGREEMENTS.md section 3; FIRST IEP 2.0 (attribution, resale)
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect, OtherAct
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import Never, Rule


def _rules(clause: Clause, _ground: Ground) -> tuple[Rule, ...]:
    acts = frozenset(_act(act) for act in clause.texts("acts"))
    why = "this act is forbidden"
    return (Rule(clause.article, clause.kind, acts, frozenset(), (Never(why),), why),)


def _act(word: str) -> Action | OtherAct:
    return OtherAct(word) if word in tuple(OtherAct) else Action(word)


KIND = ClauseKind(
    name="forbidden",
    effect=Effect.PERMIT,
    meaning=(
        "The acts named here are never allowed, whatever other clauses permit. Beside the actions "
        "of a request two further acts may be named, `attribute` (to name the source) and "
        "`resell`, so that whoever asks is told."
    ),
    keys=(
        KeySpec(
            "acts",
            KeyType.ACTS,
            "the acts that are never allowed",
            required=True,
            example=("transfer_goods", "attribute"),
        ),
    ),
    acts_named_by="acts",
    asks=("action",),
    rules=_rules,
)
