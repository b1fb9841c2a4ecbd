# SPDX-License-Identifier: Apache-2.0
"""Balances: the same bytes on both nodes, stated each quarter, agreed or told line by line.

Whole days count, in the agreement's zone, so that two nodes that heard the same say the same.
Source: treaties.md 4.5, 10 U.S.C. 2342(h), 2345
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Final

from comity.basis.amounts import Money, add, format_decimal, parse_decimal
from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, Digest, PartyId, PersonId, Place
from comity.basis.instants import (
    Date,
    Duration,
    DurationUnit,
    Instant,
    add_to_date,
    format_date,
    parse_date,
)
from comity.basis.strict_json import JsonValue, format_json
from comity.decision.house import SETTLING_OFFICES
from comity.decision.stages import Refused
from comity.flows.cases.speaking import Saying, say_case
from comity.flows.context import Context
from comity.flows.speak import Entered
from comity.flows.support.caps import meters_of
from comity.flows.support.finding import find_balance
from comity.flows.turns import read_view
from comity.flows.view import View, judge_anew
from comity.state.goods_balance import balance_json, open_line_json, open_lines
from comity.state.lifecycle_dates import day_end
from comity.state.queries import zone_of
from comity.state.queries_goods import today_of
from comity.statement.settlements import BalanceAgree, BalanceRow, BalanceState, LineRef


@dataclass(frozen=True, slots=True)
class Balance:
    """What the registers amount to at the end of a day: its exact bytes.

    `lines` are all open lines, where they were asked for: they may be many. `caps` are the meters
    of yearly caps, no part of what is stated and agreed.
    """

    on: Date
    value: dict[str, JsonValue]
    lines: tuple[dict[str, JsonValue], ...]
    caps: tuple[dict[str, JsonValue], ...] = ()

    @property
    def sha256(self) -> Digest:
        """Give the digest of its bytes."""
        return Digest(sha256(format_json(self.value)).hexdigest())

    @property
    def rows(self) -> tuple[BalanceRow, ...]:
        """Give what is owed in money or its value, by debtor, creditor and currency."""
        sums: dict[tuple[PartyId, PartyId, str], Decimal] = {}
        owed = self.value["owed"]
        for row in owed if isinstance(owed, list) else []:
            if isinstance(row, dict) and row["currency"] is not None:
                key = (PartyId(str(row["by"])), PartyId(str(row["to"])), str(row["currency"]))
                sums[key] = add(sums.get(key, Decimal(0)), parse_decimal(str(row["open"]), "owed"))
        return tuple(
            BalanceRow(by, to, Money(amount, currency))
            for (by, to, currency), amount in sorted(sums.items())
        )

    @property
    def ageing(self) -> tuple[dict[str, JsonValue], ...]:
        """Sum what is open by who owes whom, in what, and how many months since handing over."""
        sums: dict[tuple[str, str, str, str], Decimal] = {}
        for row in self.lines:
            measure = str(row["currency"] or f"{row['unit']} of {row['category']}")
            age = _age(parse_date(str(row["handed_over"])), self.on)
            key = (str(row["by"]), str(row["to"]), measure, age)
            sums[key] = add(sums.get(key, Decimal(0)), parse_decimal(str(row["open"]), "open"))
        return tuple(
            {"by": by, "to": to, "of": measure, "months": age, "open": format_decimal(amount)}
            for (by, to, measure, age), amount in sorted(sums.items())
        )


_AGES: Final = (6, 9, 12, 18)
"""Where ages part, in months: reminders, the term, and when credits may be offset."""


def _age(handed_over: Date, on: Date) -> str:
    """Name how long ago something was handed over; a term ends with its day."""
    begun = 0
    for months in _AGES:
        if on <= add_to_date(handed_over, Duration(months, DurationUnit.MONTHS)):
            return f"{begun:02}-{months:02}"
        begun = months
    return f"over {begun}"


async def read_balance(
    context: Context, agreement: AgreementId, on: Date | None = None, *, with_lines: bool = False
) -> Balance:
    """Give the balance at the end of a day, by what is held here; None: today, as it stands."""
    view = await read_view(context, agreement)
    day = on or _today(context, view)
    return await _balance(context, view, day, with_lines=with_lines)


def end_of(context: Context, view: View, on: Date | None) -> Instant:
    """Give the last moment of a day in the agreement's zone; None: of today."""
    day = on or _today(context, view)
    return Instant(day_end(day, zone_of(view.fold.state)) - 1)


def _today(context: Context, view: View) -> Date:
    return today_of(view.fold.state, view.moment(context))


async def _balance(context: Context, view: View, on: Date, *, with_lines: bool = False) -> Balance:
    end = end_of(context, view, on)
    if not view.fold.reaches(end):
        view = await judge_anew(context, view.agreement_id)
    with view.fold.standing_at(end) as state:
        today = today_of(state, end)
        found = open_lines(state, end) if with_lines else ()
        lines = tuple(open_line_json(each, today) for each in found)
        return Balance(on, balance_json(state, end), lines, meters_of(view, state, end))


async def state_balance(
    context: Context, agreement: AgreementId, until: Date, person: PersonId
) -> Entered | Refused:
    """State the balance at the end of a day that is over; figures and digest are worked out.

    Raises:
        NotCounted: the day is not over.
    """
    balance = await read_balance(context, agreement, until)
    body = BalanceState(until, balance.sha256, balance.rows)
    return await say_case(context, agreement, Saying(body, person, SETTLING_OFFICES))


async def agree_balance(
    context: Context,
    agreement: AgreementId,
    place: Place,
    person: PersonId,
    *,
    differs: tuple[LineRef, ...] = (),
) -> Entered | Refused:
    """Agree to a balance that another party stated, or name the lines that differ.

    Raises:
        StateError: no such balance; or it is not what our registers amount to, and no line of it
            was named.
        NotCounted: it is our own, or answered already.
    """
    view = await read_view(context, agreement)
    stated = find_balance(view, place).state
    ours = await _balance(context, view, stated.until)
    if not differs and ours.sha256 != stated.sha256:
        raise StateError(
            "balance.differs",
            "this is not what the registers amount to that are held here",
            where=f"{agreement}/{place}",
            expected=ours.sha256,
            found=stated.sha256,
            hint="take what the partner said since then, or name the lines with --differs; ours: "
            f"comity balance show --at {format_date(stated.until)}",
        )
    body = BalanceAgree(place, tuple(sorted(set(differs), key=_line_key)))
    return await say_case(context, agreement, Saying(body, person, SETTLING_OFFICES))


def _line_key(ref: LineRef) -> tuple[Place, int]:
    return ref.order, ref.line
