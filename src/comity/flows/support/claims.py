# SPDX-License-Identifier: Apache-2.0
"""Settlements that look like others, and those that are taken back or refused.

Both sides may record one payment before they hear of each other, and one side may type it twice.
Whatever says the same as another record, or differs from it in one line alone, is therefore held
up, until a person says that it is another one.
Source: treaties.md 4.5, A14, U12
"""

from __future__ import annotations

from msgspec import structs

from comity.basis.amounts import format_decimal
from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PartyId, Place
from comity.basis.instants import Date
from comity.decision.stages import Allowed, Refused
from comity.flows.cases.speaking import Saying, say_case
from comity.flows.context import Context
from comity.flows.enclosures import Text
from comity.flows.speak import Entered
from comity.flows.support.finding import (
    ask_file,
    find_order,
    find_settlement,
    offices_for,
    other_end,
)
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.goods_settling import ask_of, work_back
from comity.state.records_goods import SettlementRow
from comity.state.tables import walk
from comity.statement.order_values import Officer
from comity.statement.settlements import SettlementDrop, SettlementRecord


def refuse_a_second(view: View, said: SettlementRecord) -> None:
    """Refuse a record of what looks settled already, or claimed, by another record.

    A record of ours is held against those of ours of the same day, and those of the other side that
    nobody has confirmed; a confirmation against our own, for the claim may be of the same payment.
    What differs in one line alone is held up too: one of both sides may have typed it wrong.

    Raises:
        StateError: one looks like it.
    """
    for row in _papers(view, said.order):
        unlike = _unlike(row.record, said)
        if unlike is None or not _may_be_the_same(view, row, said, alike=not unlike):
            continue
        where = f"{view.agreement_id}/{row.place}"
        known = f"{row.record.method.value}, {row.record.number}, on {row.record.on}"
        raise StateError(
            "settlement.looks-alike",
            f"it looks like what {row.place.party} has recorded of the same order",
            where=where,
            expected="another payment, return or replacement",
            found=f"{known}: {unlike}" if unlike else known,
            hint=f"{_hint(view, row, said, where)}; if it is another one, say so with --another",
        )


def _hint(view: View, row: SettlementRow, said: SettlementRecord, where: str) -> str:
    if said.confirms is not None:
        claim = f"{where.partition('/')[0]}/{said.confirms}"
        return f"if it is the same, refuse the claim: comity settlement refuse {claim}"
    if row.counted is not None:
        return "if it is the same, it counts already"
    if row.place.party == view.own:
        return "if it is the same, it waits for the other side to confirm it"
    return f"if it is the same, confirm theirs: comity settlement confirm {where}"


def _papers(view: View, order: Place) -> list[SettlementRow]:
    """Give the records of an order that were not taken back or refused, by their places."""
    state = view.fold.state
    papers = [state.settlements.get(place) for place in walk(state.papers_of.get(order))]
    rows = sorted((row for row in papers if row is not None), key=lambda row: row.place)
    return [row for row in rows if row.dropped is None]


def _may_be_the_same(
    view: View, row: SettlementRow, said: SettlementRecord, *, alike: bool
) -> bool:
    """Answer whether a record may be of the payment that is to be said.

    What differs, and counts without the word of the other side, is so only on the same day.
    """
    own = row.place.party == view.own
    same_day = _day_of(view, row.record) == _day_of(view, said)
    if said.confirms is not None:
        # An offset of ours counts by their word, and theirs is the same one all the same.
        counts = row.record.confirms is None and row.counted is not None
        return own and counts and (alike or same_day)
    if own:
        return alike and same_day
    unpaired = row.record.confirms is None and row.counted in (None, row.place)
    return unpaired and (alike or same_day or row.counted is None)


def _day_of(view: View, record: SettlementRecord) -> Date:
    """Give the day on which a record has something settled: of what it confirms, where it does."""
    claim = None if record.confirms is None else view.fold.state.settlements.get(record.confirms)
    return record.on if claim is None else claim.record.on


def _unlike(known: SettlementRecord, said: SettlementRecord) -> str | None:
    """Name the one line in which two records differ, with the figures of both.

    Empty: they say the same. None: they are of other lines, or differ in more than one.
    """
    ours, theirs = _figures(said), _figures(known)
    of = [(each.method, each.currency, each.against) for each in (known, said)]
    if of[0] != of[1] or ours.keys() != theirs.keys():
        return None
    lines = [line for line, figures in theirs.items() if figures != ours[line]]
    if len(lines) > 1:
        return None
    return "".join(f"line {n} is {theirs[n]} there and {ours[n]} here" for n in lines)


def _figures(record: SettlementRecord) -> dict[int, str]:
    """Give what a record says of each line: a quantity, an amount, or the price of the day."""
    return {
        line.line: ", ".join(
            format_decimal(each)
            for each in (line.quantity, line.amount, line.price)
            if each is not None
        )
        for line in record.lines
    }


async def drop(
    context: Context,
    agreement: AgreementId,
    settlement: Place,
    acting: Officer,
    *,
    text: Text | None = None,
    own: bool,
) -> Entered | Refused:
    """Take back a settlement of ours (`own`), or refuse one of the other side that does not count.

    What counts by our word alone, since we are owed it, is owed again of its own day.

    Raises:
        StateError: no such settlement of that side.
        NotCounted: it counts by the word of both, was billed or agreed since, or dropped before.

    Source: treaties.md A14, U12
    """
    view = await read_view(context, agreement)
    row = find_settlement(view, settlement)
    _check_whose(view, row.place.party, settlement, own=own)
    to = other_end(view, find_order(view, row.record.order))

    async def decide(view: View) -> Allowed | Refused:
        row = find_settlement(view, settlement)
        order = find_order(view, row.record.order)
        record = structs.replace(row.record, acting=acting)
        return ask_file(context, view, *ask_of(record, work_back(view.fold.state, order, row)))

    body, roles = SettlementDrop(settlement, acting), offices_for(row.record.method)
    is_claim = row.counted is None
    saying = Saying(body, acting.person, roles, text, to, None if is_claim else decide)
    return await say_case(context, agreement, saying)


def _check_whose(view: View, party: PartyId, settlement: Place, *, own: bool) -> None:
    if (party == view.own) is own:
        return
    act = "refuse" if own else "withdraw"
    raise StateError(
        "settlement.whose",
        "one takes back what one said oneself, and refuses what the other side said",
        where=f"{view.agreement_id}/{settlement}",
        found=party,
        hint=f"comity settlement {act} {view.agreement_id}/{settlement}",
    )
