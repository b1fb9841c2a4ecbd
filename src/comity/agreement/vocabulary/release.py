# SPDX-License-Identifier: Apache-2.0
"""`release`: who may release and transmit what, while the agreement is in force.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 2 and 21 (treaties.md G2, G21)
"""

from __future__ import annotations

from comity.agreement.acts import Action, AgreementState, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import Among, Condition, OneOf, Rule, UpToLevel

_STATES = (
    AgreementState.IN_FORCE.value,
    AgreementState.NOTICE_GIVEN.value,
    AgreementState.NOTICE_SUSPENDED.value,
)


def _rules(clause: Clause, ground: Ground) -> tuple[Rule, ...]:
    top = clause.find_text("top_level") or ground.levels[0]
    categories = clause.texts("categories") or ground.scope.categories
    forms = clause.texts("forms") or ground.scope.forms
    conditions: list[Condition] = [
        OneOf("agreement_state", _STATES, "agreement state {value} is not one of: {known}"),
        OneOf("actor.party", ground.parties, "party {value} is not a party: {known}"),
        Among(
            "actor.party",
            "item.originators",
            "party {value} is not an originator of the item: {known}",
        ),
        OneOf("recipient", ground.parties, "recipient {value} is not a party: {known}"),
        UpToLevel("item.level", top, "level {value} is not among those released: {known}"),
        OneOf("item.category", categories, "category {value} is not in scope: {known}"),
    ]
    if forms:
        conditions.append(OneOf("item.form", forms, "form {value} is not in scope: {known}"))
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(KIND.speaks_of),
            frozenset(KIND.permits),
            tuple(conditions),
            "an originator releases within the scope while the agreement is in force",
        ),
    )


KIND = ClauseKind(
    name="release",
    effect=Effect.PERMIT,
    meaning=(
        "Only the originator's authority may release and transmit an item, to a party, within "
        "the scope and up to the top level. It may do so while the agreement is in force, and "
        "still after notice has been given."
    ),
    keys=(
        KeySpec(
            "who",
            KeyType.WORD,
            "who may release: a party that originated the item",
            words=("originator",),
            default="originator",
        ),
        KeySpec(
            "top_level",
            KeyType.LEVEL,
            "the highest level that may be released; left out: the top of the ladder",
        ),
        KeySpec(
            "categories",
            KeyType.CATEGORIES,
            "the categories that may be released; left out: all of the scope",
        ),
        KeySpec(
            "forms",
            KeyType.FORMS,
            "the forms that may be released; left out: all of the scope, or any form where the "
            "scope names none",
        ),
    ),
    speaks_of=(Action.RELEASE, Action.TRANSMIT),
    permits=(Action.RELEASE, Action.TRANSMIT, Action.DISCLOSE),
    asks=(
        "agreement_state",
        "actor.party",
        "item.originators",
        "recipient",
        "item.level",
        "item.category",
        "item.form",
    ),
    rules=_rules,
)
