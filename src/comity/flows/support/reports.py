# SPDX-License-Identifier: Apache-2.0
"""The yearly report on transactions: by class of supply, and everything that is over a year old.

Source: 10 U.S.C. 2342(h)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import structs

from comity.agreement.model import Agreement
from comity.basis.amounts import format_decimal, from_millionths
from comity.basis.errors import InputError, excerpt
from comity.basis.ids import AgreementId, format_place
from comity.basis.instants import (
    Date,
    Duration,
    DurationUnit,
    Instant,
    add_to_date,
    format_date,
)
from comity.basis.strict_json import JsonValue
from comity.flows.context import Context
from comity.flows.turns import read_view
from comity.state.goods_balance import OpenLine, is_disputed, open_line_json, open_lines
from comity.state.lifecycle import lifecycle_at
from comity.state.queries import current_version
from comity.state.queries_goods import accounts_of, find_line, settlement_terms, today_of
from comity.state.records_goods import PlacedOrder
from comity.state.state import State
from comity.support.accounts import LineAccount, Owed
from comity.support.arrivals import Worth, worths_of

_Row = dict[str, JsonValue]
_A_YEAR: Final = Duration(1, DurationUnit.YEARS)
_BEGINS: Final = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])")


def fiscal_year(year: int, begins: str) -> tuple[Date, Date]:
    """Give the first and the last day of a fiscal year, which is named by the year it ends in.

    Raises:
        InputError: `begins` is no month and day that every year has.
    """
    if _BEGINS.fullmatch(begins) is None:
        raise InputError(
            "goods.fiscal-year",
            "not the day on which a fiscal year begins",
            where="begins",
            expected="10-01",
            found=excerpt(begins),
        )
    month, day = int(begins[:2]), int(begins[3:])
    whole = (month, day) == (1, 1)
    first = Date(year if whole else year - 1, month, day)
    return first, Date.fromordinal(first.replace(year=first.year + 1).toordinal() - 1)


async def yearly_report(
    context: Context, agreement: AgreementId, year: int, begins: str
) -> dict[str, JsonValue]:
    """Sum up what was handed over in a fiscal year: total, collected, outstanding; caps waived.

    What is owed in kind stands with its worth at the accepted price. Beside it stands every line
    that is open more than a year after it was handed over, whenever that was; what nobody has
    receipted too.

    Raises:
        InputError: `begins` is no month and day.
    """
    first, last = fiscal_year(year, begins)
    view = await read_view(context, agreement)
    at = view.moment(context)
    with view.fold.standing_at(at) as state:
        today = today_of(state, at)
        version, since = current_version(state), lifecycle_at(state, at).in_force_at
        over = [*_over_a_year(state, at, today), *_never_receipted(state, today)]
        return {
            "agreement": agreement,
            "year": year,
            "from": format_date(first),
            "until": format_date(last),
            "made_on": format_date(today),
            "in_force_on": None if since is None else format_date(today_of(state, since)),
            "waivers": [] if version is None else [*_waivers(view.file(version))],
            "classes": [*_classes(state, first, last, today)],
            "over_a_year": [*sorted(over, key=_by_line)],
        }


def _waivers(agreement: Agreement) -> Iterator[JsonValue]:
    """Give for which activities the file waives a cap. Source: 10 U.S.C. 2342(h), 2347"""
    for clause in agreement.clauses("caps"):
        waived = clause.texts("waived_for")
        if waived:
            row: _Row = {"party": clause.text("party"), "article": clause.article}
            yield {**row, "waived_for": [*waived]}


def _over_a_year(state: State, at: Instant, today: Date) -> Iterator[_Row]:
    """Give what is open and over a year old, what is owed in kind with its worth."""
    for each in open_lines(state, at):
        if _is_over(each.claim.on, today):
            row, order = open_line_json(each, today), state.orders.get(each.order)
            value = each.claim.open
            if each.claim.owed is Owed.KIND and order is not None:
                value = _worth_of(state, order, each, today)
            yield {**row, **_value(value, each.currency), "receipted": True}


def _never_receipted(state: State, today: Date) -> Iterator[_Row]:
    """Give what was handed over more than a year ago, and nobody has said what came of it."""
    for place in sorted(state.unanswered.keys()):
        delivery = state.deliveries.get(place)
        order = None if delivery is None else state.orders.get(delivery.order)
        if delivery is None or order is None or not _is_over(delivery.on, today):
            continue
        for line, quantity in delivery.lines:
            account = find_line(state, order, line)
            if account is not None:
                yield {
                    "order": format_place(order.place),
                    "line": line,
                    "by": order.requester,
                    "to": order.provider,
                    "category": account.category,
                    "in": None,
                    "open": format_decimal(from_millionths(quantity)),
                    "unit": account.unit,
                    "currency": None,
                    "handed_over": format_date(delivery.on),
                    "due": None,
                    "late": False,
                    "converted": False,
                    "disputed": is_disputed(order, line),
                    **_value(_worth_of_more(state, order, account, quantity), account.currency),
                    "receipted": False,
                }


def _is_over(handed_over: Date, today: Date) -> bool:
    try:
        return add_to_date(handed_over, _A_YEAR) < today
    except InputError:  # beyond the calendar
        return False


def _worth_of(state: State, order: PlacedOrder, open_: OpenLine, today: Date) -> int:
    """Give what is worth what is open in kind of one arrival, its share of the taxes included."""
    account, terms = find_line(state, order, open_.line), settlement_terms(state, order.version)
    found = () if account is None else worths_of(account, terms, today)
    claim = open_.claim
    same = (
        each for each in found if (each.on, each.quantity - each.back) == (claim.on, claim.open)
    )
    return next((each.outstanding for each in same), 0)


def _worth_of_more(state: State, order: PlacedOrder, account: LineAccount, quantity: int) -> int:
    """Give what a quantity adds to the worth of what came of a line, taxes included."""
    rounding = settlement_terms(state, order.version).rounding
    whole = structs.replace(account, received=account.received + quantity)
    return whole.value(rounding) - account.value(rounding)


def _value(count: int, currency: str) -> _Row:
    return {"value": format_decimal(from_millionths(count)), "valued_in": currency}


def _by_line(row: _Row) -> tuple[str, str, int]:
    return str(row["handed_over"]), str(row["order"]), int(str(row["line"]))


def _classes(state: State, first: Date, last: Date, today: Date) -> Iterator[JsonValue]:
    sums: dict[tuple[str, str, str, str], list[int]] = {}
    for _, order in sorted(state.orders.items()):
        for category, currency, each in _arrived(state, order, today):
            if first <= each.on <= last:
                key = (order.provider, order.requester, category, currency)
                row = sums.setdefault(key, [0, 0, 0])
                for at, count in enumerate((each.worth, each.settled, each.outstanding)):
                    row[at] += count
    for (provider, recipient, category, currency), counts in sorted(sums.items()):
        total, collected, outstanding = (format_decimal(from_millionths(n)) for n in counts)
        yield {
            "provider": provider,
            "recipient": recipient,
            "category": category,
            "currency": currency,
            "total": total,
            "collected": collected,
            "outstanding": outstanding,
        }


def _arrived(state: State, order: PlacedOrder, today: Date) -> Iterator[tuple[str, str, Worth]]:
    terms = settlement_terms(state, order.version)
    for account in accounts_of(state, order):
        for each in worths_of(account, terms, today):
            yield account.category, account.currency, each
