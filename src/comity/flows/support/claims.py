# SPDX-License-Identifier: Apache-2.0
"""Settlements that one side alone has said: what looks like them, taken back, refused.

Both sides may record one payment before they hear of each other. Whatever says the same as another
record of the other side is therefore held up, until a person says that it is another one.
Source: treaties.md 4.5, A14, U12
"""

from __future__ import annotations

from collections.abc import Iterator

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PartyId, Place
from comity.decision.stages import Refused
from comity.flows.cases.speaking import Saying, say_case
from comity.flows.context import Context
from comity.flows.enclosures import Text
from comity.flows.speak import Entered
from comity.flows.support.finding import find_order, find_settlement, offices_for, other_end
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.records_goods import SettlementRow
from comity.state.tables import walk
from comity.statement.order_values import Officer
from comity.statement.settlements import SettlementDrop, SettlementRecord


def refuse_a_second(view: View, said: SettlementRecord) -> None:
    """Refuse a record of what looks settled already, or claimed, by the record of another.

    A confirmation is held against our own records, for the claim may be of the same payment; a
    record of ours against those of the other side that we have not confirmed.

    Raises:
        StateError: one looks like it.
    """
    alike = [row for row in _unpaired(view, said) if _figures(row.record) == _figures(said)]
    for row in alike:
        where = f"{view.agreement_id}/{row.place}"
        told = _hint(row, said, where)
        raise StateError(
            "settlement.looks-alike",
            f"it looks like what {row.place.party} has recorded of the same order",
            where=where,
            expected="another payment, return or replacement",
            found=f"{row.record.method.value}, {row.record.number}, on {row.record.on}",
            hint=f"{told}; if it is another one, say so with --another",
        )


def _hint(row: SettlementRow, said: SettlementRecord, where: str) -> str:
    if said.confirms is not None:
        claim = f"{where.partition('/')[0]}/{said.confirms}"
        return f"if it is the same, refuse the claim: comity settlement refuse {claim}"
    if row.counted is None:
        return f"if it is the same, confirm theirs: comity settlement confirm {where}"
    return "if it is the same, it counts already"


def _unpaired(view: View, said: SettlementRecord) -> Iterator[SettlementRow]:
    """Give the records of the side that matters that neither confirm nor were confirmed."""
    state = view.fold.state
    papers = [state.settlements.get(place) for place in walk(state.papers_of.get(said.order))]
    rows = sorted((row for row in papers if row is not None), key=lambda row: row.place)
    confirmed = {row.record.confirms for row in rows}
    for row in rows:
        if row.record.confirms is None and row.dropped is None:
            if said.confirms is not None:
                # An offset of ours counts by their word, and theirs is the same one all the same.
                if row.place.party == view.own and row.counted is not None:
                    yield row
            elif row.place.party != view.own and row.place not in confirmed:
                yield row


def _figures(record: SettlementRecord) -> tuple[object, ...]:
    lines = tuple((line.line, line.quantity, line.amount, line.price) for line in record.lines)
    return record.method, record.currency, lines, record.against


async def drop(
    context: Context,
    agreement: AgreementId,
    settlement: Place,
    acting: Officer,
    *,
    text: Text | None = None,
    own: bool,
) -> Entered | Refused:
    """Take back a settlement of ours (`own`) that does not count, or refuse one of the other side.

    Raises:
        StateError: no such settlement of that side.
        NotCounted: it counts already, or was dropped before.

    Source: treaties.md A14, U12
    """
    view = await read_view(context, agreement)
    row = find_settlement(view, settlement)
    _check_whose(view, row.place.party, settlement, own=own)
    to = other_end(view, find_order(view, row.record.order))
    saying = Saying(
        SettlementDrop(settlement, acting), acting.person, offices_for(row.record.method), text, to
    )
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
