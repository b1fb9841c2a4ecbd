# SPDX-License-Identifier: Apache-2.0
"""`contractor`: what a firm must meet before it is given anything, with evidence and expiry.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 6(d), 16(a) to (o) (treaties.md G6d, G16)
"""

from __future__ import annotations

import re

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import REMIND_AFTER, ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Checklist, Clause, Words
from comity.agreement.rules import (
    Condition,
    Consented,
    DutyRule,
    FirmsAssured,
    RightsConfirmed,
    Rule,
    Term,
)

_ACTS = (Action.CONTRACTOR_RELEASE,)
_LETTER = re.compile(r"\(([a-z])\)")


def _rules(clause: Clause, _ground: Ground) -> tuple[Rule, ...]:
    letters = clause.letters("conditions")
    cleared = clause.text("facility_clearance") == "at_least_level"
    conditions: list[Condition] = []
    if letters or cleared:
        conditions.append(FirmsAssured(letters, cleared))
    if clause.text("needs") == "written_consent":
        conditions.append(Consented("holder"))
    if clause.find_text("rights") is not None:
        conditions.append(RightsConfirmed())
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(_ACTS),
            frozenset(_ACTS),
            tuple(conditions),
            "the firm meets every condition",
        ),
    )


def _duties(clause: Clause) -> tuple[DutyRule, ...]:
    """Owe the next inspection; where the paragraph names a condition, by that condition alone."""
    every = clause.find_duration("inspect_every")
    if every is None:
        return ()
    letter = _LETTER.fullmatch(clause.para or "")
    return (
        DutyRule(
            clause.article,
            clause.kind,
            trigger="contractor.assure",
            who="speaker",
            to="addressee",
            within=Term(str(every), every),
            remind_after=clause.find_duration("remind_after"),
            discharged_by="contractor.assure",
            how="next",
            since="assured_on",
            until="until",
            when="met" if letter is None else f"met_conditions:{letter[1]}",
            needs=None if letter is None else f"conditions:{letter[1]}",
            same=("firm", "facility"),
        ),
    )


KIND = ClauseKind(
    name="contractor",
    effect=Effect.BOTH,
    meaning=(
        "An item goes to a firm only while every lettered condition is met by that firm on "
        "evidence that has not expired, its facility is cleared at least to the item's level, and "
        "the originators have consented where that is asked. A subcontractor meets them by a list "
        "of its own, and so does every firm above it; whenever somebody opens the item at the firm "
        "all of this is asked again, of a `contractor` in the place of the kind of person that "
        "`access` or `translation` names, and whoever makes sure of a condition says until when "
        "it holds."
    ),
    keys=(
        KeySpec(
            "needs",
            KeyType.WORD,
            "whether the originators' prior written consent is needed",
            words=("written_consent", "nothing"),
            default="written_consent",
        ),
        KeySpec(
            "facility_clearance",
            KeyType.WORD,
            "to what the firm's facility must be cleared: the item's level or higher, or any",
            words=("at_least_level", "any"),
            default="at_least_level",
        ),
        KeySpec(
            "conditions",
            KeyType.CHECKLIST,
            "the conditions by letter, in the file's own words; left out: none",
            example=Checklist((("a", Words((("en", "nobody has access by rank alone"),))),)),
        ),
        KeySpec(
            "rights",
            KeyType.WORD,
            "where the item bears private rights, their respect is confirmed; left out: not asked",
            words=("confirmed",),
        ),
        KeySpec(
            "inspect_every",
            KeyType.DURATION,
            "how long after an assurance the next inspection is owed, where `para` is a letter "
            "such as (g) by that condition alone, and at the latest when what was made sure of "
            "ends; what was made sure of without an end holds no longer than that; left out: "
            "none is owed, and such a word holds on",
        ),
        REMIND_AFTER,
    ),
    speaks_of=_ACTS,
    permits=_ACTS,
    asks=(
        "firms",
        "item.level",
        "at",
        "consents",
        "item.originators",
        "item.id",
        "item.category",
        "purpose",
        "recipient",
        "actor.party",
        "item.rights",
        "rights_confirmed",
    ),
    rules=_rules,
    duties=_duties,
)
