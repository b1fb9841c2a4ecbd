# SPDX-License-Identifier: Apache-2.0
"""Bills and settlements: what the creditor says counts, what the debtor alone says is claimed.

Amounts are worked out from what was receipted and is owed; nobody types a total.
Source: treaties.md A9 to A12, U2 to U6, 10 U.S.C. 2344, 2345
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comity.basis.amounts import Money, from_millionths, to_millionths
from comity.basis.errors import InputError, StateError
from comity.basis.ids import AgreementId, Place
from comity.basis.instants import Date
from comity.decision.house import SETTLING_OFFICES
from comity.decision.stages import Allowed, Refused
from comity.flows.cases.speaking import Saying, say_case
from comity.flows.context import Context
from comity.flows.enclosures import Text
from comity.flows.speak import Entered
from comity.flows.support.claims import refuse_a_second
from comity.flows.support.finding import (
    ask_file,
    find_order,
    find_settlement,
    lines_of,
    offices_for,
    other_end,
)
from comity.flows.support.parts import say_parts, sheets_of
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.goods_bills import receipts_of
from comity.state.goods_decisions import bill_asks
from comity.state.goods_settling import asks_of
from comity.state.queries_goods import (
    accounts_of,
    billable_of,
    billed_lines,
    claims_at,
    find_line,
    settlement_terms,
    today_of,
)
from comity.state.records_goods import PlacedOrder, ReceiptRow
from comity.statement.order_values import Officer
from comity.statement.orders import Method
from comity.statement.settlements import InvoiceIssue, SettledLine, SettlementRecord
from comity.support.accounts import IN_KIND, LineAccount, Owed, amount_of
from comity.support.settling import cost_of

_OWED_IN = {
    Method.RETURN: frozenset({Owed.KIND}),
    Method.REPLACEMENT_IN_KIND: frozenset({Owed.KIND}),
    Method.CASH: frozenset({Owed.CASH}),
    Method.EQUAL_VALUE: frozenset({Owed.EQUAL_VALUE, Owed.CASH}),
    Method.OFFSET: frozenset({Owed.CASH}),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How lines of an order are settled; no lines: all that is open and settled so.

    `on` None: today, in the agreement's zone. Of a debt in kind that is met in cash a line names
    the quantity, and its amount is worked out. `another`: it is not what the other side recorded,
    though it looks like that.
    """

    order: Place
    number: str
    method: Method
    acting: Officer
    lines: tuple[SettledLine, ...] = ()
    on: Date | None = None
    reason: str | None = None
    against: Place | None = None
    text: Text | None = None
    another: bool = False


async def bill(
    context: Context,
    agreement: AgreementId,
    order: Place,
    number: str,
    billing: Officer,
    *,
    currency: str | None = None,
) -> Entered | Refused:
    """Bill all receipts of an order that are not billed yet; the total is worked out.

    Raises:
        StateError: no such order, or nothing of it is left to be billed.
        InputError: it is owed in several currencies, and none was named.
        NotCounted: it would not count, so it was not said.

    Source: 10 U.S.C. 2342(f); treaties.md U6
    """
    view = await read_view(context, agreement)
    placed = find_order(view, order)
    rows = tuple(_unbilled(context, view, placed))
    named = currency or _one_currency(agreement, order, {each for _, owed in rows for each in owed})
    due = [(row, owed[named]) for row, owed in rows if set(owed) == {named}]
    if not due:
        raise StateError(
            "invoice.nothing-open",
            "nothing of this order is receipted, payable in cash and not billed yet",
            where=f"{agreement}/{order}",
            hint=f"see how far it has come: comity order show {agreement}/{order}",
        )
    total = sum(owed for _, owed in due)
    money = Money(from_millionths(total), named)
    body = InvoiceIssue(number, order, tuple(sorted(row.place for row, _ in due)), billing, money)

    async def decide(view: View) -> Allowed | Refused:
        known = find_order(view, order)
        lines = billed_lines(view.fold.state, known, (row for row, _ in due))
        return ask_file(context, view, *bill_asks(known, billing.person, lines))

    to = other_end(view, placed)
    saying = Saying(body, billing.person, SETTLING_OFFICES, to=to, decide=decide)
    return await say_case(context, agreement, saying)


def _unbilled(
    context: Context, view: View, order: PlacedOrder
) -> Iterator[tuple[ReceiptRow, dict[str, int]]]:
    """Give what is not billed yet, and what of it is payable in cash today."""
    state = view.fold.state
    today = today_of(state, view.moment(context))
    for row in receipts_of(state, order):
        owed = billable_of(state, order, row, today)
        if owed:
            yield row, owed


async def settle(context: Context, agreement: AgreementId, wanted: Wanted) -> Entered | Refused:
    """Say that lines of an order are settled, by one method, on a day.

    Raises:
        StateError: no such order, nothing of it is owed so, or the other side has recorded it.
        InputError: lines are in several currencies.
        NotCounted: it would not count, so it was not said.

    Source: treaties.md A9, A10; 10 U.S.C. 2344(a), 2345(c)
    """
    view = await read_view(context, agreement)
    order = find_order(view, wanted.order)
    lines = tuple(_filled(context, view, order, wanted)) or tuple(
        _all_owed(context, view, order, wanted)
    )
    if not lines:
        raise StateError(
            "settlement.nothing-owed",
            "nothing of this order is owed so that this method settles it",
            where=f"{agreement}/{wanted.order}",
            found=wanted.method.value,
            hint=f"see what is owed: comity order show {agreement}/{wanted.order}",
        )
    accounts = lines_of(view, order, (each.line for each in lines))
    paid = {each.line for each in lines if each.amount is not None}
    currencies = {each.currency for each in accounts if each.line in paid}
    currency = _one_currency(agreement, wanted.order, currencies) if paid else None
    on = wanted.on or today_of(view.fold.state, view.moment(context))
    bodies = [
        SettlementRecord(
            wanted.number,
            wanted.order,
            wanted.method,
            on,
            wanted.acting,
            currency if any(each.amount is not None for each in sheet) else None,
            sheet,
            wanted.reason,
            wanted.against,
            None,
        )
        for sheet in sheets_of(lines)
    ]
    return await _say(context, agreement, bodies, wanted.text, another=wanted.another)


async def confirm(
    context: Context,
    agreement: AgreementId,
    settlement: Place,
    number: str,
    acting: Officer,
    *,
    another: bool = False,
) -> Entered | Refused:
    """Confirm what the other side said of a settlement: the same lines and figures, today.

    Raises:
        StateError: no such settlement, or we have recorded the same and this is not `another`.
        NotCounted: it counts already, or is our own.

    Source: 10 U.S.C. 2345(c), treaties.md U5
    """
    view = await read_view(context, agreement)
    said = find_settlement(view, settlement).record
    body = SettlementRecord(
        number,
        said.order,
        said.method,
        today_of(view.fold.state, view.moment(context)),
        acting,
        said.currency,
        said.lines,
        said.reason,
        said.against,
        settlement,
    )
    return await _say(context, agreement, [body], None, another=another)


async def _say(
    context: Context,
    agreement: AgreementId,
    bodies: Sequence[SettlementRecord],
    text: Text | None,
    *,
    another: bool,
) -> Entered | Refused:
    view, first = await read_view(context, agreement), bodies[0]
    to = other_end(view, find_order(view, first.order))

    def part(body: SettlementRecord) -> Saying[SettlementRecord]:
        async def decide(view: View) -> Allowed | Refused:
            if not another:
                refuse_a_second(view, body)
            asks = asks_of(view.fold.state, find_order(view, body.order), body)
            answers = [ask_file(context, view, *each) for each in asks]
            refused = [each for each in answers if isinstance(each, Refused)]
            return refused[0] if refused else answers[0]

        roles = offices_for(body.method)
        return Saying(body, body.acting.person, roles, text, to, decide)

    return await say_parts(context, agreement, [part(body) for body in bodies])


def _filled(
    context: Context, view: View, order: PlacedOrder, wanted: Wanted
) -> Iterator[SettledLine]:
    """Work out the amounts of quantities that are met in cash."""
    terms = settlement_terms(view.fold.state, order.version)
    day = wanted.on or today_of(view.fold.state, view.moment(context))
    for each in wanted.lines:
        account = find_line(view.fold.state, order, each.line)
        if wanted.method is not Method.CASH or each.amount is not None:
            yield each
        elif account is None or each.quantity is None or not account.currency:
            yield each  # what is wrong with it the fold says
        else:
            count = to_millionths(each.quantity)
            cost = cost_of(account, terms, day, count)
            if cost is None:
                # More than is owed: the fold says so.
                cost = amount_of(count, account.price, account.currency, terms.rounding)
            yield SettledLine(each.line, each.quantity, from_millionths(cost), None)


def _all_owed(
    context: Context, view: View, order: PlacedOrder, wanted: Wanted
) -> Iterator[SettledLine]:
    """Give what is open of each line and settled by the method; the price of a day is nobody's.

    An offset takes no more than the other order owes.
    """
    owed_in = _OWED_IN.get(wanted.method)
    if owed_in is None:
        return
    left = _can_offset(context, view, wanted) if wanted.method is Method.OFFSET else None
    for account in accounts_of(view.fold.state, order):
        claims = claims_at(view.fold.state, order, account, view.moment(context))
        count = sum(each.open for each in claims if each.owed in owed_in)
        if left is not None:
            count = min(count, left)
            left -= count
        if count:
            yield _settled(account, wanted.method, count)


def _settled(account: LineAccount, method: Method, count: int) -> SettledLine:
    number = from_millionths(count)
    if method in IN_KIND:
        return SettledLine(account.line, number, None, None)
    return SettledLine(account.line, None, number, None)


def _can_offset(context: Context, view: View, wanted: Wanted) -> int:
    """Give what is owed in cash on the order of the other direction."""
    if wanted.against is None:
        raise InputError(
            "settlement.no-other-order",
            "an offset names the order of the other direction that it takes from",
            where="against",
        )
    state, other = view.fold.state, find_order(view, wanted.against)
    return sum(
        claim.open
        for account in accounts_of(state, other)
        for claim in claims_at(state, other, account, view.moment(context))
        if claim.owed is Owed.CASH
    )


def _one_currency(agreement: AgreementId, order: Place, found: set[str]) -> str:
    if len(found) > 1:
        raise InputError(
            "settlement.currencies",
            "one statement is in one currency",
            where=f"{agreement}/{order}",
            expected="one",
            found=", ".join(sorted(found)),
            hint="name lines of one currency, and say the others by themselves",
        )
    return next(iter(found), "")
