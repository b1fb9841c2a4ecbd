# SPDX-License-Identifier: Apache-2.0
"""`translation`: by cleared persons, with a note in the language of the translation.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 15 (treaties.md G15)
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import NotedInLanguage, Rule
from comity.agreement.vocabulary.access import (
    CLEARANCE_FACTS,
    KINDS_OF_PERSON,
    clearance_conditions,
)

_ACTS = (Action.TRANSLATE,)


def _rules(clause: Clause, ground: Ground) -> tuple[Rule, ...]:
    note = clause.find_words("note")
    languages = () if note is None else note.languages()
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(_ACTS),
            frozenset(_ACTS),
            (*clearance_conditions(clause.text("people"), ground), NotedInLanguage(languages)),
            "a cleared person translates, with a note in the language of the translation",
        ),
    )


KIND = ClauseKind(
    name="translation",
    effect=Effect.PERMIT,
    meaning=(
        "Only a person of the named kind, cleared at least to the item's level by a clearance "
        "that has not expired and with need-to-know for its category, translates it. The "
        "translation bears a note in its own language that it holds the originator's information."
    ),
    keys=(
        KeySpec(
            "people",
            KeyType.WORD,
            "the kind of person: `official`, `contractor`, or either",
            words=tuple(KINDS_OF_PERSON),
            default="officials",
        ),
        KeySpec(
            "note",
            KeyType.TEXT,
            "the note's text in each language into which may be translated, `{originator}` stands "
            "for the originators' names; left out: any language, and the party's own words",
        ),
    ),
    speaks_of=_ACTS,
    permits=_ACTS,
    asks=(
        *CLEARANCE_FACTS,
        "translation",
        "translation.language",
        "translation.note",
    ),
    rules=_rules,
)
