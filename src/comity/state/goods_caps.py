# SPDX-License-Identifier: Apache-2.0
"""The meters of yearly caps: what a party owes and is owed within its year, before it is netted.

A debt in cash counts on the day of handing over; one in kind that became one in cash, on the day
on which it did. Nothing is typed: every amount is worked out of the registers.
Source: 10 U.S.C. 2347
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from comity.agreement.model import Agreement, Clause
from comity.basis.amounts import format_decimal, from_millionths
from comity.basis.ids import PartyId
from comity.basis.instants import Date, format_date
from comity.basis.strict_json import JsonValue
from comity.state.queries_goods import accounts_of, settlement_terms
from comity.state.records_goods import PlacedOrder
from comity.state.state import State
from comity.statement.orders import Method, Nature
from comity.support.accounts import IN_KIND, MILLION, LineAccount
from comity.support.arrivals import worths_of
from comity.support.terms import SettlementTerms

_MONTHS: Final = 12
_WHOLE: Final = 100


class Meter(Struct, frozen=True, gc=False):
    """How far a cap of a party is used in the year `first` to `last`.

    `used` and `cap` are millionths of `currency`; `elsewhere` lists what counts in other
    currencies, which nobody converts. `warns` from the percentage of the clause on.
    """

    party: PartyId
    of: str
    article: str
    currency: str
    first: Date
    last: Date
    used: int
    cap: int
    warns: bool
    elsewhere: tuple[tuple[str, int], ...]


class _Counted(Struct, frozen=True, gc=False):
    """An amount in cash that counts: who owes it to whom, since when, and what for."""

    on: Date
    debtor: PartyId
    creditor: PartyId
    category: str
    nature: Nature
    activity: str
    currency: str
    amount: int


def meters_at(state: State, agreement: Agreement, today: Date) -> tuple[Meter, ...]:
    """Give the meters of every cap of a file on a day; none where no clause speaks of caps."""
    clauses = tuple(agreement.clauses("caps"))
    if not clauses:
        return ()
    amounts = tuple(_amounts(state, today))
    currencies = {party.id: party.currency or "" for party in agreement.parties}
    return tuple(
        meter
        for clause in clauses
        for meter in _meters(clause, amounts, today, currencies[PartyId(clause.text("party"))])
    )


def year_of(today: Date, begins: int) -> tuple[Date, Date]:
    """Give the first and the last day of the year that a day is in; `begins` is a month."""
    month = min(begins, _MONTHS)
    first = Date(today.year - (today.month < month), month, 1)
    return first, Date.fromordinal(first.replace(year=first.year + 1).toordinal() - 1)


def meter_json(meter: Meter) -> dict[str, JsonValue]:
    """Write one meter; `percent` is rounded down."""
    return {
        "party": meter.party,
        "of": meter.of,
        "article": meter.article,
        "currency": meter.currency,
        "from": format_date(meter.first),
        "until": format_date(meter.last),
        "used": _figure(meter.used),
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


def _meters(
    clause: Clause, amounts: Iterable[_Counted], today: Date, currency: str
) -> Iterator[Meter]:
    party = PartyId(clause.text("party"))
    first, last = year_of(today, _number(clause, "year_begins") or 1)
    counted = [each for each in amounts if first <= each.on <= last and _counts(clause, each)]
    owes = [each for each in counted if each.debtor == party]
    of = {
        "liabilities": owes,
        "supplies": [each for each in owes if each.nature is not Nature.SERVICE],
        "credits": [each for each in counted if each.creditor == party],
    }
    for name, rows in of.items():
        cap = _number(clause, name)
        if cap is not None:
            sums: dict[str, int] = {}
            for each in rows:
                sums[each.currency] = sums.get(each.currency, 0) + each.amount
            used, most = sums.pop(currency, 0), cap * MILLION
            warns = used * _WHOLE >= most * (_number(clause, "warn_percent") or _WHOLE)
            elsewhere = tuple(sorted(sums.items()))
            yield Meter(
                party, name, clause.article, currency, first, last, used, most, warns, elsewhere
            )


def _counts(clause: Clause, each: _Counted) -> bool:
    return each.category not in clause.texts("not_counted") and each.activity not in clause.texts(
        "waived_for"
    )


def _amounts(state: State, today: Date) -> Iterator[_Counted]:
    for _, order in state.orders.items():
        terms = settlement_terms(state, order.version)
        for account in accounts_of(state, order):
            for on, amount in _in_cash(account, terms, today):
                yield _counted(order, account, on, amount)


def _in_cash(
    account: LineAccount, terms: SettlementTerms, today: Date
) -> Iterator[tuple[Date, int]]:
    if account.method is None or account.method is Method.EQUAL_VALUE:
        return
    for each in worths_of(account, terms, today):
        if account.method not in IN_KIND:
            yield each.on, each.worth
        elif each.turned is not None and each.due is not None:
            yield Date.fromordinal(each.due.toordinal() + 1), each.turned


def _counted(order: PlacedOrder, account: LineAccount, on: Date, amount: int) -> _Counted:
    return _Counted(
        on,
        order.requester,
        order.provider,
        account.category,
        account.nature,
        order.head.activity,
        account.currency,
        amount,
    )


def _number(clause: Clause, key: str) -> int | None:
    value = clause.find(key)
    return value if isinstance(value, int) else None
