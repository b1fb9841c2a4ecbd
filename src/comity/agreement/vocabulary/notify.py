# SPDX-License-Identifier: Apache-2.0
"""`notify`: when something happens, who tells whom, by when.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 2(d) and 3 (treaties.md G2d, G3)
"""

from __future__ import annotations

from dataclasses import replace

from comity.agreement.acts import Effect
from comity.agreement.kinds import REMIND_AFTER, ClauseKind, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import DutyRule, Term

_TOLD_BY = {
    "law_changed": "party.law_change",
    "authority_changed": "party.authority",
    "victim_named": "incident.report",
}


def _duties(clause: Clause) -> tuple[DutyRule, ...]:
    when = clause.text("when")
    told = DutyRule(
        clause.article,
        clause.kind,
        trigger=when,
        who=clause.text("who"),
        to=clause.text("to"),
        within=clause.find_term("within"),
        remind_after=clause.find_duration("remind_after"),
        discharged_by=_TOLD_BY[when],
    )
    match when:
        case "law_changed":
            table = replace(told, trigger="agreement.table", how="next")
            said = replace(told, trigger=told.discharged_by, how="itself", since="effective")
            return (table, replace(said, when="is_change"), _asked(told))
        case "authority_changed":
            return (replace(told, trigger=told.discharged_by, how="itself", since="valid_from"),)
        case _:  # told by who has found it, if that is who is to tell
            said = replace(told, trigger=told.discharged_by, how="itself", since="found_at")
            return (replace(said, when="names_victim"),)


def _asked(told: DutyRule) -> DutyRule:
    """Make the duty to answer a request for one's laws: no text gives it a time.

    Source: Japan-ROK GSOMIA Art. 3 (treaties.md G3)
    """
    return replace(
        told,
        trigger="request.make",
        who="addressee",
        to="asker",
        within=None,
        how="names_trigger",
        when="subject",
    )


KIND = ClauseKind(
    name="notify",
    effect=Effect.DUTY,
    meaning=(
        "When the named event happens, one party tells the others within the time named, and its "
        "laws whenever it is asked for them, without a time. The node reminds; it stops nothing."
    ),
    keys=(
        KeySpec(
            "when",
            KeyType.WORD,
            "the event to be told; that a victim is named counts from `found_at` of the report "
            "that tells it, and asks for no findings",
            words=tuple(_TOLD_BY),
            required=True,
            example="law_changed",
        ),
        KeySpec(
            "who",
            KeyType.WORD,
            "who tells",
            words=("changer", "receiver", "originator"),
            required=True,
            example="changer",
        ),
        KeySpec(
            "to",
            KeyType.WORD,
            "who is told",
            words=("other_parties", "receiver", "originator"),
            required=True,
            example="other_parties",
        ),
        KeySpec(
            "within",
            KeyType.TERM,
            "by when, from the event on",
            required=True,
            example=Term("promptly", None),
        ),
        REMIND_AFTER,
    ),
    duties=_duties,
)
