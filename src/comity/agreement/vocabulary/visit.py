# SPDX-License-Identifier: Apache-2.0
"""`visit`: asked by one authority, granted by the host's, with the highest level to be shown.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 8 (treaties.md G8, G2a for oral disclosure)
"""

from __future__ import annotations

from comity.agreement.acts import Action, AgreementState, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import Among, OneOf, Rule, VisitGranted, WithinVisit

_KEYS = (
    "host",
    "asked_by",
    "asked_at",
    "granted_by",
    "from",
    "until",
    "level",
    "clearance",
    "clearance_until",
)

# Once it has been in force, what stops at its end is for the clause `ending` to say.
_STATES = tuple(
    state.value
    for state in AgreementState
    if state not in (AgreementState.PROPOSED, AgreementState.INITIALLED, AgreementState.SIGNED)
)


def _rules(clause: Clause, ground: Ground) -> tuple[Rule, ...]:
    if clause.text("of") == "security_staff":
        return ()
    begun = OneOf("agreement_state", _STATES, "agreement state {value} is not one of: {known}")
    granted = VisitGranted(ground.parties, clause.find_duration("lead_time"))
    visit = frozenset({Action.VISIT})
    disclose = frozenset({Action.DISCLOSE})
    own = Among(
        "actor.party",
        "item.originators",
        "party {value} is not an originator of the item: {known}",
    )
    showing = "the disclosure stays within the visit"
    return (
        Rule(
            clause.article,
            clause.kind,
            visit,
            visit,
            (begun, granted),
            "the host's authority has granted the visit",
        ),
        Rule(
            clause.article,
            clause.kind,
            frozenset(),
            disclose,
            (begun, WithinVisit(required=True), own),
            showing,
        ),
        Rule(
            clause.article,
            clause.kind,
            disclose,
            frozenset(),
            (WithinVisit(required=False),),
            showing,
        ),
    )


KIND = ClauseKind(
    name="visit",
    effect=Effect.PERMIT,
    meaning=(
        "A visit is asked for by one party's authority and granted by that of the host alone, "
        "which names the highest level that may be shown to visitors cleared at least to it, once "
        "the agreement is in force. What is disclosed in its course stays within its time and that "
        "level; a request that names no visit is none of this clause's business."
    ),
    keys=(
        KeySpec(
            "of",
            KeyType.WORD,
            "whose visits: those of whoever comes to see items; or those by which security staff "
            "compare procedures, of which the clause decides nothing: by its article one is "
            "reminded to propose the next",
            words=("visitors", "security_staff"),
            default="visitors",
        ),
        KeySpec(
            "granted_by",
            KeyType.WORD,
            "who may grant it: the party at whose place it is",
            words=("host_authority",),
            default="host_authority",
        ),
        KeySpec(
            "clearance",
            KeyType.WORD,
            "the visitors' clearance: the highest level that may be shown, or a higher one",
            words=("at_least_level",),
            default="at_least_level",
        ),
        KeySpec(
            "lead_time",
            KeyType.DURATION,
            "how long before it begins a visit must be asked for; left out: no time",
        ),
    ),
    speaks_of=(Action.VISIT, Action.DISCLOSE),
    permits=(Action.VISIT, Action.DISCLOSE),
    asks=(
        "agreement_state",
        "visit",
        *(f"visit.{key}" for key in _KEYS),
        "at",
        "recipient",
        "item.level",
        "actor.party",
        "item.originators",
    ),
    rules=_rules,
)
