# SPDX-License-Identifier: Apache-2.0
"""`incident`: loss, compromise and every possibility of it are told, looked into and cured.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 17 (treaties.md G17)
"""

from __future__ import annotations

from comity.agreement.acts import Effect
from comity.agreement.kinds import REMIND_AFTER, ClauseKind, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import DutyRule, Term


def _duties(clause: Clause) -> tuple[DutyRule, ...]:
    tell = DutyRule(
        clause.article,
        clause.kind,
        trigger="incident.report",
        who="reporter",
        to="originator",
        within=clause.find_term("tell_within"),
        discharged_by="incident.report",
        how="itself",
        since="found_at",
        when="is_harm",
    )
    result, measures = (
        DutyRule(
            clause.article,
            clause.kind,
            trigger="incident.report",
            who="holder",
            to="originator",
            within=clause.find_term("report_within"),
            remind_after=clause.find_duration("remind_after"),
            discharged_by="incident.findings",
            when="is_harm",
            needs=part,
        )
        for part in ("outcome", "measures")
    )
    return (tell, result, measures)


KIND = ClauseKind(
    name="incident",
    effect=Effect.DUTY,
    meaning=(
        "Whoever holds an item tells its originator of every loss or compromise of it, and of "
        "every possibility of one, before anything is looked into. It then investigates, and "
        "tells the originator what it found and what it did against a repetition."
    ),
    keys=(
        KeySpec(
            "tell_within",
            KeyType.TERM,
            "by when the originator is told, from the finding on",
            default=Term("at once", None),
        ),
        KeySpec(
            "report_within",
            KeyType.TERM,
            "by when findings and measures are told, from the report on; left out: no time",
        ),
        REMIND_AFTER,
    ),
    duties=_duties,
)
