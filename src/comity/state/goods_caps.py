# SPDX-License-Identifier: Apache-2.0
"""The meters of yearly caps: what a party owes and is owed within its year, before it is netted.

Sums are kept as lines change. What is owed in cash or in equal value counts by the day of handing
over; what was owed in kind, by the day on which it turned into cash or was paid for. Beside it
stands what was accepted so and may still come, and what of that is past its day; an acceptance that
goes beyond a cap is refused. Source: 10 U.S.C. 2347
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct, structs

from comity.agreement.model import Agreement, Clause
from comity.basis.amounts import format_decimal, from_millionths
from comity.basis.ids import PartyId
from comity.basis.instants import Date, format_date
from comity.basis.strict_json import JsonValue
from comity.state.goods_overdue import hand_over_by
from comity.state.records_goods import PlacedOrder
from comity.state.state import State
from comity.statement.orders import Nature
from comity.support.accounts import (
    IN_KIND,
    MILLION,
    LineAccount,
    cash_for,
    schedule_of,
    share_of,
)
from comity.support.terms import SettlementTerms

_MONTHS: Final = 12
_WHOLE: Final = 100
_NAMES: Final = ("liabilities", "supplies", "credits")

_Cap = tuple[PartyId, int, str]
"""Whose cap it is, by which of its clauses (from 0), and which of `_NAMES`."""


class Meter(Struct, frozen=True, gc=False):
    """How far a cap of a party is used in the year `first` to `last`.

    `used` and `cap` are millionths of `currency`, and so is `coming`: what was accepted and may
    still be handed over; `overdue` is what of it was to be handed over before. `elsewhere` lists
    what counts in other currencies, which nobody converts. `warns` from the percentage of the
    clause on, what is coming included.
    """

    party: PartyId
    of: str
    article: str
    currency: str
    first: Date
    last: Date
    used: int
    coming: int
    overdue: int
    cap: int
    warns: bool
    elsewhere: tuple[tuple[str, int], ...]

    @property
    def committed(self) -> int:
        """Give what counts already and what may still come."""
        return self.used + self.coming


def meters_at(state: State, agreement: Agreement, today: Date) -> tuple[Meter, ...]:
    """Give the meters of every cap of a file on a day; none where no clause speaks of caps."""
    return tuple(
        _meter(state, agreement, cap, clause, today)
        for cap, clause in _caps(agreement)
        if _number(clause, cap[2]) is not None
    )


def year_of(today: Date, begins: int) -> tuple[Date, Date]:
    """Give the first and the last day of the year that a day is in; `begins` is a month."""
    month = min(begins, _MONTHS)
    first = Date(today.year - (today.month < month), month, 1)
    return first, Date.fromordinal(first.replace(year=first.year + 1).toordinal() - 1)


def note_caps(
    state: State,
    order: PlacedOrder,
    terms: SettlementTerms,
    lines: Iterable[tuple[LineAccount, LineAccount]],
) -> None:
    """Keep the sums as lines of an order change from the first account to the second."""
    caps = _caps(state.files[order.version].agreement)
    if not caps:
        return
    by = hand_over_by(order, terms, state.files[order.version].agreement.lifecycle.zone)
    changes: dict[tuple[PartyId, int, str, str, int], dict[int, int]] = {}
    for old, new in lines:
        for sign, account in ((-1, old), (1, new)):
            for cap in _counting(caps, order, account):
                for month, day, amount in _counted(account, terms, by):
                    days = changes.setdefault((*cap, account.currency, month), {})
                    days[day] = days.get(day, 0) + sign * amount
    for key, days in changes.items():
        for day, amount in state.cap_sums.get(key) or ():
            days[day] = days.get(day, 0) + amount
        kept = tuple((day, days[day]) for day in sorted(days) if days[day])
        if kept:
            state.cap_sums.put(key, kept)
        else:
            state.cap_sums.drop(key)


def find_exceeded(
    state: State,
    order: PlacedOrder,
    terms: SettlementTerms,
    accepted: Iterable[LineAccount],
    today: Date,
) -> Clause | None:
    """Find the clause of a cap that an acceptance would go beyond; None: it stays within all.

    Other currencies than the party's own nobody converts: they stop nothing. What is to come back
    in kind does not count before it is owed in cash. Source: 10 U.S.C. 2347
    """
    agreement = state.files[order.version].agreement
    caps = _caps(agreement)
    more: dict[tuple[_Cap, str], int] = {}
    for account in accepted if caps else ():
        for cap in _counting(caps, order, account):
            named = (cap, account.currency)
            more[named] = more.get(named, 0) + sum(n for *_, n in _counted(account, terms, None))
    for cap, clause in caps:
        if _number(clause, cap[2]) is not None:
            meter = _meter(state, agreement, cap, clause, today)
            extra = more.get((cap, meter.currency), 0)
            if extra and meter.committed + extra > meter.cap:
                return clause
    return None


def meter_json(meter: Meter) -> dict[str, JsonValue]:
    """Write one meter; `percent` is of what is used, rounded down."""
    return {
        "party": meter.party,
        "of": meter.of,
        "article": meter.article,
        "currency": meter.currency,
        "from": format_date(meter.first),
        "until": format_date(meter.last),
        "used": _figure(meter.used),
        "coming": _figure(meter.coming),
        "overdue": _figure(meter.overdue),
        "cap": _figure(meter.cap),
        "percent": meter.used * _WHOLE // meter.cap,
        "warns": meter.warns,
        "over": meter.used > meter.cap,
        "elsewhere": [
            {"currency": currency, "amount": _figure(amount)}
            for currency, amount in meter.elsewhere
        ],
    }


def _figure(count: int) -> str:
    return format_decimal(from_millionths(count))


def _caps(agreement: Agreement) -> tuple[tuple[_Cap, Clause], ...]:
    """List the caps of a file by its clauses, those of one party numbered in their order."""
    found: list[tuple[_Cap, Clause]] = []
    numbers: dict[PartyId, int] = {}
    for clause in agreement.clauses("caps"):
        party = PartyId(clause.text("party"))
        number = numbers[party] = numbers.get(party, -1) + 1
        found += [((party, number, name), clause) for name in _NAMES]
    return tuple(found)


def _meter(state: State, agreement: Agreement, cap: _Cap, clause: Clause, today: Date) -> Meter:
    party, _, name = cap
    currency = next(each.currency or "" for each in agreement.parties if each.id == party)
    first, last = year_of(today, _number(clause, "year_begins") or 1)
    since, until, coming, overdue = first.toordinal(), today.toordinal(), 0, 0
    sums: dict[str, int] = {}
    for (*of, measure, month), days in state.cap_sums.items():
        if tuple(of) == cap:
            counted = sum(amount for day, amount in days if month > 0 and since <= day <= until)
            sums[measure] = sums.get(measure, 0) + counted
            if month <= 0 and measure == currency:
                coming += sum(amount for _, amount in days)
                overdue += sum(amount for day, amount in days if 0 < day < until)
    used, most = sums.pop(currency, 0), (_number(clause, name) or 0) * MILLION
    return Meter(
        party,
        name,
        clause.article,
        currency,
        first,
        last,
        used,
        coming,
        overdue,
        most,
        (used + coming) * _WHOLE >= most * (_number(clause, "warn_percent") or _WHOLE),
        tuple(sorted((each, amount) for each, amount in sums.items() if amount)),
    )


def _counting(
    caps: Iterable[tuple[_Cap, Clause]], order: PlacedOrder, account: LineAccount
) -> Iterator[_Cap]:
    """Give the caps towards which a line of an order counts, by the file of the order."""
    for cap, clause in caps:
        party, _, name = cap
        service = account.nature is Nature.SERVICE
        at_end = party == (order.provider if name == "credits" else order.requester)
        waived = order.head.activity in clause.texts("waived_for")
        counts = account.category not in clause.texts("not_counted") and not waived
        if at_end and counts and not (service and name == "supplies"):
            yield cap


def _counted(
    account: LineAccount, terms: SettlementTerms, by: Date | None
) -> Iterator[tuple[int, int, int]]:
    """Give the amounts that count, each with its month and the ordinal of its day.

    What was accepted and is still to come has the day by which it is handed over, 0 where it has
    none or was handed over, and its month with a minus.
    """
    if account.method is None:
        return
    if account.method in IN_KIND:
        yield from (_on(day, amount) for day, amount in account.bought)
    else:
        came = _worth(account, 0, terms)
        awaited = _worth(account, account.awaited, terms)
        whole = _worth(account, account.awaited + account.open_to_deliver, terms)
        yield 0, 0, awaited - came
        day = 0 if by is None else by.toordinal()
        yield (-_month(by) if by is not None else 0), day, whole - awaited
    for each in account.arrivals:
        if account.method not in IN_KIND:
            share = share_of(account, each, each.quantity, account.price, terms.rounding)
            yield _on(each.on, share)
            continue
        _, turns = schedule_of(account, Date.fromordinal(each.on), terms)
        if turns is not None and turns < Date.max:
            yield _on(turns.toordinal() + 1, cash_for(account, each, terms.rounding))


def _on(day: int, amount: int) -> tuple[int, int, int]:
    return _month(Date.fromordinal(day)), day, amount


def _worth(account: LineAccount, more: int, terms: SettlementTerms) -> int:
    """Give what a line is worth once so much more of it came."""
    return structs.replace(account, received=account.received + more).value(terms.rounding)


def _month(day: Date) -> int:
    return day.year * _MONTHS + day.month


def _number(clause: Clause, key: str) -> int | None:
    value = clause.find(key)
    return value if isinstance(value, int) else None
