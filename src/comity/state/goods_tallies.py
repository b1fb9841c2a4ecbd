# SPDX-License-Identifier: Apache-2.0
"""The sums of what is owed, kept as lines change, so that a balance is read without its orders.

What a line owes changes by the calendar alone too: a debt grows late, or turns into one in cash.
Each line is therefore noted as the changes that it brings, by day; the sum up to a day is what is
owed on it. Months are summed, so that the days of one month alone are looked at.
Source: DESIGN.md (speed); treaties.md U5
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comity.basis.ids import PartyId, Place
from comity.basis.instants import Date
from comity.state.goods_bills import BillDays, bill_days
from comity.state.records_goods import PlacedOrder, Tally, TallyKey
from comity.state.state import State
from comity.support.accounts import LineAccount, Owed, debts_of
from comity.support.terms import SettlementTerms

AccountKey = tuple[PartyId, PartyId, Owed, str, str]
"""Debtor, creditor, in what, the category if in kind, and unit or currency."""

_Change = tuple[AccountKey, int, int, int]
"""In which sum, from which day on (0: ever), by how much is more open, and late."""


def note_lines(
    state: State,
    order: PlacedOrder,
    terms: SettlementTerms,
    lines: Iterable[tuple[LineAccount, LineAccount]],
) -> None:
    """Keep sums and lists as lines of an order change from the first account to the second."""
    changes: list[_Change] = []
    days = bill_days(state, order, terms)
    owing = before = state.owing.get(order.place) or 0
    for old, new in lines:
        gone, come = _changes(order, old, terms, days), _changes(order, new, terms, days)
        owing += bool(come) - bool(gone)
        changes += ((key, day, -open_, -late) for key, day, open_, late in gone)
        changes += come
        _note_unmatched(state, order.place, old, new)
    if owing:
        state.owing.put(order.place, owing)
    elif before:
        state.owing.drop(order.place)
    _add(state, changes)


def note_disputes(
    state: State, before: PlacedOrder, terms: SettlementTerms, lines: Iterable[LineAccount]
) -> None:
    """Keep the sums as an order is disputed or no more: what is disputed is not called late."""
    after, days = state.orders.get(before.place) or before, bill_days(state, before, terms)
    _note_late(state, [(before, days), (after, days)], terms, lines)


def note_bill(
    state: State,
    order: PlacedOrder,
    terms: SettlementTerms,
    before: BillDays,
    lines: Iterable[LineAccount],
) -> None:
    """Keep the sums as lines of an order are billed, to be paid by days that were others before."""
    _note_late(state, [(order, before), (order, bill_days(state, order, terms))], terms, lines)


def _note_late(
    state: State,
    turn: list[tuple[PlacedOrder, BillDays]],
    terms: SettlementTerms,
    lines: Iterable[LineAccount],
) -> None:
    """Keep the sums as what is late of lines follows from the second, and no more the first."""
    changes: list[_Change] = []
    for account in lines:
        gone, come = (_changes(order, account, terms, days) for order, days in turn)
        changes += [(key, day, -open_, -late) for key, day, open_, late in gone]
        changes += come
    _add(state, changes)


def sums_at(state: State, today: Date) -> dict[AccountKey, tuple[int, int]]:
    """Give what is open on a day, and what of it is late, for each sum that is not nothing."""
    month, ordinal = _month(today), today.toordinal()
    sums: dict[AccountKey, tuple[int, int]] = {}
    for (debtor, creditor, owed, category, measure, of), tally in state.tallies.items():
        if of > month:
            continue
        if of < month:
            more, later = tally.open, tally.late
        else:
            over = [each for each in tally.days if each[0] <= ordinal]
            more, later = sum(each[1] for each in over), sum(each[2] for each in over)
        account = debtor, creditor, owed, category, measure
        open_, late = sums.get(account, (0, 0))
        sums[account] = open_ + more, late + later
    return {account: both for account, both in sums.items() if both[0]}


def _changes(
    order: PlacedOrder, account: LineAccount, terms: SettlementTerms, days: BillDays
) -> list[_Change]:
    disputed = order.dispute_of(account.line) is not None
    ends = order.requester, order.provider
    in_kind: AccountKey = (*ends, Owed.KIND, account.category, account.unit)
    in_cash: AccountKey = (*ends, Owed.CASH, "", account.currency)
    found: list[_Change] = []
    for debt in debts_of(account, terms):
        key = in_kind if debt.owed is Owed.KIND else (*ends, debt.owed, "", account.currency)
        billed = days.get((account.line, debt.on)) if debt.owed is Owed.CASH else None
        dues = [each for each in (debt.due, billed) if each is not None]
        late = min(dues).toordinal() + 1 if dues and not disputed else 0
        found.append((key, 0, debt.open, 0))
        if late:
            found.append((key, late, 0, debt.open))
        if debt.turns is not None:
            turned = debt.turns.toordinal() + 1
            found.append((key, turned, -debt.open, -debt.open if late else 0))
            found.append((in_cash, turned, debt.cash, debt.cash if late else 0))
    return found


def _note_unmatched(state: State, order: Place, old: LineAccount, new: LineAccount) -> None:
    key = (order, new.line)
    if new.unmatched:
        state.unmatched.put(key, new)
    elif old.unmatched:
        state.unmatched.drop(key)


def _add(state: State, changes: Iterable[_Change]) -> None:
    months: dict[TallyKey, dict[int, tuple[int, int]]] = {}
    for key, day, open_, late in changes:
        days = months.setdefault((*key, _month(Date.fromordinal(day)) if day else 0), {})
        before = days.get(day, (0, 0))
        days[day] = before[0] + open_, before[1] + late
    for place, days in months.items():
        moved = {day: both for day, both in days.items() if both != (0, 0)}
        if moved:
            _put(state, place, moved)


def _put(state: State, key: TallyKey, moved: dict[int, tuple[int, int]]) -> None:
    tally = state.tallies.get(key) or Tally(0, 0)
    known = {day: (open_, late) for day, open_, late in tally.days}
    for day, (open_, late) in moved.items():
        before = known.get(day, (0, 0))
        known[day] = before[0] + open_, before[1] + late
    days = tuple(_rows(known))
    if days:
        total = sum(each[1] for each in days), sum(each[2] for each in days)
        state.tallies.put(key, Tally(*total, days))
    else:
        state.tallies.drop(key)


def _rows(known: dict[int, tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    for day in sorted(known):
        if known[day] != (0, 0):
            yield (day, *known[day])


def _month(day: Date) -> int:
    return day.year * 12 + day.month
