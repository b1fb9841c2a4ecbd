# SPDX-License-Identifier: Apache-2.0
"""The books as other programs read them: a table, an object, and a Beancount file.

In the Beancount file every claim of one party is a debt of another, and its closing assertions are
the balances that the fold worked out: a checker that adds the entries up finds any difference.
Source: the Beancount language (entries, commodities, balance assertions)
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from comity.basis.amounts import add, format_decimal, from_millionths, parse_decimal, to_millionths
from comity.basis.ids import AgreementId, PartyId, Place
from comity.basis.instants import Date, Instant, format_date
from comity.flows.context import Context
from comity.flows.support.balances import end_of, read_balance
from comity.flows.support.shapes import whole_order
from comity.flows.turns import read_view
from comity.flows.view import judge_anew
from comity.marking.hidden import printable_text
from comity.state.goods_balance import balance_json
from comity.state.queries_goods import accounts_of, settlement_terms, today_of
from comity.state.records_goods import PlacedOrder, SettlementRow
from comity.state.state import State
from comity.state.tables import walk
from comity.statement.orders import Method
from comity.support.accounts import IN_KIND, LineAccount
from comity.support.arrivals import worths_of

_COLUMNS: Final = (
    "order",
    "number",
    "requester",
    "provider",
    "activity",
    "asked_at",
    "line",
    "category",
    "nature",
    "stock",
    "description",
    "unit",
    "asked",
    "accepted",
    "price",
    "currency",
    "method",
    "delivered",
    "received",
    "damaged",
    "worth",
    "given_back",
    "paid",
    "paid_instead",
    "unmatched",
    "life",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


async def export_books(
    context: Context, agreement: AgreementId, shape: str, on: Date | None = None
) -> str:
    """Write the books at the end of a day, or as they stand today."""
    return await BOOKS[shape](context, agreement, on)


async def _csv(context: Context, agreement: AgreementId, on: Date | None) -> str:
    """Write a row for each line; no cell begins as a formula would."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for order in await _orders(context, agreement, on):
        head = {
            "order": order["place"],
            "number": order["head"]["number"],
            "requester": order["by"],
            "provider": order["head"]["provider"],
            "activity": order["head"]["activity"],
            "asked_at": order["at"],
        }
        for line in order["lines"]:
            row = {**line, **head, "method": line["method"] or order["head"]["method"]}
            row["paid_instead"] = paid_instead(order["settlements"], line["line"])
            writer.writerow([_cell(row[name]) for name in _COLUMNS])
    return out.getvalue()


def paid_instead(settlements: list[dict[str, Any]], line: int) -> str:
    """Add up the cash that was paid for what of a line was owed in kind."""
    total = parse_decimal("0", "paid")
    for each in settled_lines(settlements):
        if each["line"] == line and each["quantity"] and each["amount"]:
            total = add(total, parse_decimal(each["amount"], "amount"))
    return format_decimal(total)


def settled_lines(settlements: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give each line of what counts once, with its settlement's method, day, place and currency."""
    names = ("method", "on", "place", "currency")
    for said in settlements:
        if said["counted"] == said["place"]:
            yield from ({**line, **{name: said[name] for name in names}} for line in said["lines"])


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


async def _json(context: Context, agreement: AgreementId, on: Date | None) -> str:
    """Write orders whole, and the balance."""
    balance = await read_balance(context, agreement, on, with_lines=True)
    value = {
        "agreement": agreement,
        "balance": balance.value,
        "lines": [*balance.lines],
        "orders": await _orders(context, agreement, on),
    }
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


async def _orders(
    context: Context, agreement: AgreementId, on: Date | None
) -> list[dict[str, Any]]:
    view = await read_view(context, agreement)
    end = end_of(context, view, on)
    if not view.fold.reaches(end):
        view = await judge_anew(context, agreement)
    with view.fold.standing_at(end) as state:
        rows = [row for _, row in sorted(state.orders.items())]
        return [await whole_order(context, view, row, state, end) for row in rows]


class _Entry(NamedTuple):
    """What one party owes another from a day on, more or less of a commodity."""

    on: Date
    debtor: PartyId
    creditor: PartyId
    owed: int
    commodity: str
    why: str


async def _beancount(context: Context, agreement: AgreementId, on: Date | None) -> str:
    view = await read_view(context, agreement)
    end = end_of(context, view, on)
    if not view.fold.reaches(end):
        view = await judge_anew(context, agreement)
    with view.fold.standing_at(end) as state:
        return beancount_of(state, end)


def beancount_of(state: State, end: Instant) -> str:
    """Write the books of a state at the end of a day as Beancount reads them."""
    closing = today_of(state, end)
    entries = sorted(_entries(state, closing))
    lines = [f'option "title" "{state.agreement_id}, at the end of {format_date(closing)}"', ""]
    lines += [*_opened(entries), ""]
    for entry in entries:
        lines += _written(entry)
    balance: dict[str, Any] = balance_json(state, end)
    lines += _asserted(entries, balance, Date.fromordinal(closing.toordinal() + 1))
    return "\n".join(lines) + "\n"


def _entries(state: State, today: Date) -> Iterator[_Entry]:
    offsets = _offsets(state)
    for _, order in sorted(state.orders.items()):
        papers = (state.settlements.get(each) for each in walk(state.papers_of.get(order.place)))
        counted = [each for each in papers if each is not None and each.counted == each.place]
        for account in accounts_of(state, order):
            yield from _of_line(state, order, account, counted, today)
        ends = order.requester, order.provider
        for on, amount, currency, place in offsets.get(order.place, ()):
            yield _Entry(on, *ends, -amount, currency, f"{order.place}: taken by offset {place}")


def _offsets(state: State) -> dict[Place, list[tuple[Date, int, str, Place]]]:
    """Give what offsets took from orders of the other direction: day, amount, currency, paper."""
    found: dict[Place, list[tuple[Date, int, str, Place]]] = {}
    for _, row in sorted(state.settlements.items()):
        against, currency = row.record.against, row.record.currency
        if against is not None and currency is not None and row.counted == row.place:
            amounts = (each.amount for each in row.record.lines if each.amount is not None)
            total = sum(to_millionths(each) for each in amounts)
            taken = (_day_of(state, row), total, currency, row.place)
            found.setdefault(against, []).append(taken)
    return found


def _day_of(state: State, row: SettlementRow) -> Date:
    """Give the day on which a settlement counts: a confirmation names that of what it confirms."""
    confirmed = None if row.record.confirms is None else state.settlements.get(row.record.confirms)
    return row.record.on if confirmed is None else confirmed.record.on


def _of_line(
    state: State,
    order: PlacedOrder,
    account: LineAccount,
    papers: list[SettlementRow],
    today: Date,
) -> Iterator[_Entry]:
    """Give what came, what turned into cash, and what was settled, of one line."""
    terms = settlement_terms(state, order.version)
    kind = commodity_of(account.category, account.unit)
    in_kind = account.method in IN_KIND
    name = f"{order.place} line {account.line}"

    def entry(on: Date, count: int, commodity: str, why: str) -> _Entry:
        return _Entry(on, order.requester, order.provider, count, commodity, f"{name}: {why}")

    for each in worths_of(account, terms, today):
        if not in_kind:
            yield entry(each.on, each.worth, account.currency, "received")
            continue
        yield entry(each.on, each.quantity, kind, "received")
        if each.turned is not None and each.due is not None:
            day = Date.fromordinal(each.due.toordinal() + 1)
            yield entry(day, each.back - each.quantity, kind, "owed in cash from here on")
            yield entry(day, each.turned, account.currency, "owed in cash from here on")
    for paper in papers:
        for line in paper.record.lines:
            if line.line != account.line or paper.record.method is Method.CONVERTED:
                continue
            day, told = _day_of(state, paper), f"{paper.record.method.value} {paper.place}"
            if line.quantity is not None:
                yield entry(day, -to_millionths(line.quantity), kind, told)
            if line.quantity is not None and line.amount is not None:
                # Cash for what was owed in kind: owed in its place, and paid, on that day.
                instead = to_millionths(line.amount)
                yield entry(day, instead, account.currency, f"{told}, owed in its place")
                yield entry(day, -instead, account.currency, f"{told}, paid")
            elif line.amount is not None:
                yield entry(day, -to_millionths(line.amount), account.currency, told)


def commodity_of(category: str, unit: str) -> str:
    """Name what is owed in kind as Beancount names commodities: at most 24 of its letters."""
    word = re.sub(r"[^A-Z0-9]+", "-", category.upper()).strip("-")
    return f"X-{word[: 21 - len(unit)].rstrip('-')}-{unit}"


def _account(side: str, one: PartyId, other: PartyId) -> str:
    return f"{side}:{_word(one)}:{_word(other)}"


def _word(party: PartyId) -> str:
    return party.capitalize() if party[0].isdigit() else party


def _pair(debtor: PartyId, creditor: PartyId) -> tuple[str, str]:
    """Name the creditor's claim and the debtor's debt: what one has the other owes."""
    return _account("Assets", creditor, debtor), _account("Liabilities", debtor, creditor)


def _opened(entries: list[_Entry]) -> list[str]:
    if not entries:
        return []
    first = format_date(min(each.on for each in entries))
    named = {name for each in entries for name in _pair(each.debtor, each.creditor)}
    goods = {each.commodity for each in entries}
    return [
        *(f"{first} commodity {each}" for each in sorted(goods)),
        *(f"{first} open {each}" for each in sorted(named)),
    ]


def _written(entry: _Entry) -> list[str]:
    claim, debt = _pair(entry.debtor, entry.creditor)
    number = _signed(entry.owed)
    other = _signed(-entry.owed)
    return [
        f'{format_date(entry.on)} * "{_quoted(entry.why)}"',
        f"  {claim}  {number} {entry.commodity}",
        f"  {debt}  {other} {entry.commodity}",
        "",
    ]


def _asserted(entries: list[_Entry], value: dict[str, Any], on: Date) -> Iterator[str]:
    """Assert what the fold worked out of each commodity: nothing, where it names none."""
    owed = {(each.debtor, each.creditor, each.commodity): 0 for each in entries}
    for row in value["owed"]:
        if row["currency"] is None:
            commodity = commodity_of(row["category"], row["unit"])
        else:
            commodity = row["currency"]
        key = (PartyId(row["by"]), PartyId(row["to"]), commodity)
        owed[key] = owed.get(key, 0) + to_millionths(parse_decimal(row["open"], "owed"))
    for (debtor, creditor, commodity), count in sorted(owed.items()):
        claim, debt = _pair(debtor, creditor)
        yield f"{format_date(on)} balance {claim}  {_signed(count)} {commodity}"
        yield f"{format_date(on)} balance {debt}  {_signed(-count)} {commodity}"


def _signed(count: int) -> str:
    sign = "-" if count < 0 else ""
    return sign + format_decimal(from_millionths(abs(count)))


def _quoted(text: str) -> str:
    return printable_text(text).replace("\\", "\\\\").replace('"', '\\"')


_Writer = Callable[[Context, AgreementId, "Date | None"], Awaitable[str]]
BOOKS: Final[MappingProxyType[str, _Writer]] = MappingProxyType(
    {"csv": _csv, "json": _json, "beancount": _beancount}
)
"""The shapes that books are written in."""
