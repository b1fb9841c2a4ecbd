# SPDX-License-Identifier: Apache-2.0
"""What a party's own law has it tell, and how long ahead, before it signs: asked when it does.

A node cannot see that a legislature was told: whoever signs says on which days, and the journal
keeps them with the signature. Source: 10 U.S.C. 2342(a), (b) (treaties.md 2342(a,b))
"""

from __future__ import annotations

from collections.abc import Mapping

from comity.agreement.model import Agreement, BeforeSigning
from comity.basis.errors import InputError, StateError
from comity.basis.ids import PartyId
from comity.basis.instants import Date, Instant, date_of, format_date
from comity.basis.strict_json import JsonValue
from comity.state.lifecycle_dates import earlier_day, later_day


def refuse_untold(
    text: Agreement, party: PartyId, told: Mapping[str, Date], at: Instant
) -> dict[str, JsonValue]:
    """Refuse a party's signature before its law allows it; give what the journal keeps of it.

    `told` gives for each notice the day on which it was given. Days count in the text's zone.

    Raises:
        InputError: a notice that the text does not ask of this party, or one given later than now.
        StateError: a notice is not given, or less long ago than the text asks.
    """
    found = text.find_party(party)
    rule = None if found is None else found.before_signing
    known = () if rule is None else rule.notices
    today = date_of(at, text.lifecycle.zone)
    for notice, day in told.items():
        if notice not in known:
            raise InputError(
                "agreement.unknown-notice",
                "the text asks no such notice of this party before it signs",
                where=text.id,
                expected=", ".join(known) or "none",
                found=notice,
            )
        if day > today:
            raise InputError(
                "agreement.notice-to-come",
                "a notice is told of that is not given yet",
                where=notice,
                expected=f"{format_date(today)} or before",
                found=format_date(day),
            )
    if rule is not None:
        for notice in rule.notices:
            _refuse_early(text, rule, notice, told.get(notice), today)
    return {"told": {name: format_date(day) for name, day in sorted(told.items())}} if told else {}


def _refuse_early(
    text: Agreement, rule: BeforeSigning, notice: str, day: Date | None, today: Date
) -> None:
    if day is not None and later_day(day, rule.ahead) <= today:
        return
    cited = f"{text.id} Art. {rule.article}"
    last = format_date(earlier_day(today, rule.ahead))
    if day is None:
        raise StateError(
            "agreement.not-told",
            "a notice that this party gives before it signs is not told of",
            where=cited,
            expected=f"{notice}, on {last} or before",
            found="none",
            hint=f"say when it was given: --told '{notice} DATE'",
        )
    raise StateError(
        "agreement.told-too-late",
        "a notice that this party gives before it signs was given less long ago than is asked",
        where=cited,
        expected=f"{notice}, on {last} or before",
        found=format_date(day),
        hint=f"sign on {format_date(later_day(day, rule.ahead))} or later",
    )
