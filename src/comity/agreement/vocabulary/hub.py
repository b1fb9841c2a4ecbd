# SPDX-License-Identifier: Apache-2.0
"""`hub`: exchange goes only through one named participant, item by item.

Source: AGREEMENTS.md section 3; TISA 2014, paragraph 4 (treaties.md T4, T4b, T5)
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import Rule, ThroughHub

_ACTS = (Action.RELEASE, Action.TRANSMIT)


def _rules(clause: Clause, _ground: Ground) -> tuple[Rule, ...]:
    by_consent = clause.text("approval") == "written_consent"
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(_ACTS),
            frozenset(),
            (ThroughHub(clause.text("party"), by_consent),),
            "it goes through the hub",
        ),
    )


KIND = ClauseKind(
    name="hub",
    effect=Effect.PERMIT,
    meaning=(
        "The parties exchange items only by giving them to the hub, which passes on those that "
        "are marked to be shared under this agreement with that recipient. The originator "
        "approves item by item, by a written consent that names the item, or by that mark."
    ),
    keys=(
        KeySpec(
            "party",
            KeyType.PARTY,
            "the party through which everything goes",
            required=True,
            example="KOR",
        ),
        KeySpec(
            "approval",
            KeyType.WORD,
            "what counts as the originator's approval to pass an item on: a written consent that "
            "names it beside the mark, or the mark alone; what the hub itself makes of others' "
            "items and releases under this agreement has no number before: there a consent for its "
            "category counts",
            words=("written_consent", "mark"),
            default="written_consent",
        ),
    ),
    speaks_of=_ACTS,
    asks=(
        "recipient",
        "actor.party",
        "sharing",
        "sharing.under",
        "sharing.with",
        "consents",
        "item.originators",
        "item.id",
        "item.category",
        "purpose",
        "at",
    ),
    rules=_rules,
)
