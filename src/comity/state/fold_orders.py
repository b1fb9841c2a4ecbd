# SPDX-License-Identifier: Apache-2.0
"""The fold of orders: asked, accepted, declined, cancelled, disputed.

Each is decided by the file from register bytes alone, so that both nodes find the same, and is
cited by its article. What is refused changes nothing.
Source: treaties.md 4.1 (A1 to A10), 4.4, 10 U.S.C. 2342(f), 2344
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from msgspec import structs

from comity.agreement.acts import Action
from comity.basis.amounts import to_millionths
from comity.basis.ids import PartyId, PersonId
from comity.basis.limits import ORDER_SHEETS_MAX
from comity.state.findings import Finding, Uncounted
from comity.state.goods_caps import find_exceeded
from comity.state.goods_decisions import Asked, part_of, refuse_by_file
from comity.state.goods_disputes import disputed_less, disputed_more
from comity.state.goods_tallies import note_disputes
from comity.state.queries_goods import (
    accounts_of,
    ends_of_order,
    find_line,
    put_lines,
    settlement_clause,
    settlement_terms,
    today_of,
)
from comity.state.records import Said
from comity.state.records_goods import PlacedOrder
from comity.state.state import State
from comity.state.tables import Chain
from comity.statement.orders import (
    AcceptanceHead,
    AcceptedLine,
    Method,
    Nature,
    OrderAccept,
    OrderBody,
    OrderCancel,
    OrderDecline,
    OrderDispute,
    OrderHead,
    OrderLine,
    OrderRequest,
)
from comity.support.accounts import AMOUNT_MAX, LineAccount, amount_of
from comity.support.terms import due_day


def apply_order(state: State, said: Said, body: OrderBody) -> Uncounted | None:
    """Apply a statement about an order."""
    match body:
        case OrderRequest():
            return apply_request(state, said, body)
        case OrderAccept():
            return apply_accept(state, said, body)
        case OrderDecline():
            return apply_decline(state, said, body)
        case OrderCancel():
            return apply_cancel(state, said, body)
        case OrderDispute():
            return apply_dispute(state, said, body)
        case _:
            assert_never(body)


def apply_request(state: State, said: Said, body: OrderRequest) -> Uncounted | None:
    """Take an order, or further lines of one that nobody has answered yet.

    Source: treaties.md A1
    """
    if body.head is not None:
        return _apply_new(state, said, body.head, body.lines)
    order = None if body.continues is None else state.orders.get(body.continues)
    if order is None:
        return finding(state, said, Finding.UNKNOWN_ORDER)
    if said.by != order.requester:
        return finding(state, said, Finding.NOT_THE_REQUESTER)
    if order.answered:
        return finding(state, said, Finding.ORDER_ANSWERED)
    if len(order.sheets) >= ORDER_SHEETS_MAX:
        return finding(state, said, Finding.TOO_MANY_LINES)
    last = state.sheets.get(order.sheets[-1][1]) or ()
    if last and body.lines[0].line <= last[-1].line:
        return finding(state, said, Finding.LINE_TWICE)
    refused = _refuse_request(state, said, order.head, body.lines)
    if refused is None:
        sheets = (*order.sheets, (body.lines[0].line, said.place))
        state.orders.put(order.place, structs.replace(order, sheets=sheets))
        state.sheets.put(said.place, _asked(body.lines))
    return refused


def _apply_new(
    state: State, said: Said, head: OrderHead, lines: Sequence[OrderLine]
) -> Uncounted | None:
    parties = state.files[said.version].parties
    if head.provider == said.by or head.provider not in parties:
        return finding(state, said, Finding.NOT_A_PROVIDER)
    if head.provider not in said.to:
        return finding(state, said, Finding.ORDER_UNTOLD)
    if (said.by, head.number) in state.order_numbers:
        return finding(state, said, Finding.NUMBER_TWICE)
    refused = _refuse_request(state, said, head, lines)
    if refused is not None:
        return refused
    order = PlacedOrder(
        said.place,
        said.at,
        said.to,
        said.version,
        head,
        ((lines[0].line, said.place),),
        acted=((said.by, head.ordering.person, part_of(Action.ORDER)),),
    )
    state.orders.put(said.place, order)
    state.sheets.put(said.place, _asked(lines))
    state.order_numbers.put((said.by, head.number), said.place)
    if head.exercise is not None:
        named = Chain(said.place, state.exercises.get(head.exercise))
        state.exercises.put(head.exercise, named)
    return None


def apply_accept(state: State, said: Said, body: OrderAccept) -> Uncounted | None:
    """Take the provider's word that it provides lines, at prices that stand from then on.

    Source: treaties.md 4.4, A10; 10 U.S.C. 2344(b), 2347
    """
    order = state.orders.get(body.order)
    if order is None:
        return finding(state, said, Finding.UNKNOWN_ORDER)
    if said.by != order.provider:
        return finding(state, said, Finding.NOT_THE_PROVIDER)
    head = order.acceptance if body.head is None else body.head
    if head is None or (body.head is not None and order.acceptance is not None):
        return finding(state, said, Finding.ACCEPTANCE_HEAD)
    currencies = {line.currency for line in body.lines} | ({order.currency} - {""})
    if len(currencies) > 1:
        return finding(state, said, Finding.MIXED_CURRENCIES)
    accounts: dict[int, LineAccount] = {}
    for line in body.lines:
        accepted = _accepted(state, order, line)
        if isinstance(accepted, Finding):
            return finding(state, said, accepted)
        accounts[line.line] = accepted
    lacking = lacking_in(order, head, body.lines)
    person, every = head.accepting.person, tuple(accounts.values())
    asked = Asked(Action.APPROVE_ORDER, order, person, every, lacking=lacking)
    refused = _refuse_prices(state, said, order, body.lines, accounts) or refuse_by_file(
        state, said, asked
    )
    if refused is not None:
        return refused
    terms, today = settlement_terms(state, order.version), today_of(state, said.at)
    capped = find_exceeded(state, order, terms, every, today)
    if capped is not None:
        return Uncounted(Finding.BEYOND_CAP, capped.article)
    put_lines(state, order, accounts)
    known = structs.replace(
        order,
        acceptance=head,
        accepted_at=order.accepted_at or said.at,
        answered=True,
        currency=body.lines[0].currency,
        acted=with_person(order, said, person, Action.APPROVE_ORDER),
    )
    state.orders.put(order.place, known)
    return None


def _accepted(state: State, order: PlacedOrder, line: AcceptedLine) -> LineAccount | Finding:
    """Give the account of a line as it is accepted, or say why it cannot be."""
    account = find_line(state, order, line.line)
    if account is None:
        return Finding.UNKNOWN_LINE
    quantity, price = to_millionths(line.quantity), to_millionths(line.price)
    if quantity > account.open_to_accept:
        return Finding.ACCEPTED_BEYOND
    rounding = settlement_terms(state, order.version).rounding
    taxes = sum(to_millionths(tax.amount) for tax in line.taxes)
    if amount_of(quantity, price, line.currency, rounding) + taxes >= AMOUNT_MAX:
        return Finding.AMOUNT_TOO_LARGE
    return structs.replace(
        account,
        accepted=quantity,
        price=price,
        taxes=taxes,
        currency=line.currency,
        method=line.method,
    )


def apply_decline(state: State, said: Said, body: OrderDecline) -> Uncounted | None:
    """Take the provider's word that it does not provide lines; no reason is owed.

    Source: treaties.md A16
    """
    order = state.orders.get(body.order)
    if order is None:
        return finding(state, said, Finding.UNKNOWN_ORDER)
    if said.by != order.provider:
        return finding(state, said, Finding.NOT_THE_PROVIDER)
    refused = _end(state, said, order, body.lines, _declined)
    if refused is None:
        known = structs.replace(order, answered=True, declined=True)
        state.orders.put(order.place, known)
    return refused


def apply_cancel(state: State, said: Said, body: OrderCancel) -> Uncounted | None:
    """Take either side's word that what is still to come is not wanted, or not provided.

    The provider asks for no more of what did not come, or came damaged, of lines that it cancels.
    """
    order = state.orders.get(body.order)
    if order is None:
        return finding(state, said, Finding.UNKNOWN_ORDER)
    if said.by not in ends_of_order(order):
        return finding(state, said, Finding.NOT_OF_THE_ORDER)
    end = _given_up if said.by == order.provider else _cancelled
    refused = _end(state, said, order, body.lines, end)
    if refused is None:
        state.orders.put(order.place, structs.replace(order, answered=True))
    return refused


def apply_dispute(state: State, said: Said, body: OrderDispute) -> Uncounted | None:
    """Take either side's word that it disputes lines too, or some no more; none named: all.

    Source: treaties.md A14, U12
    """
    order = state.orders.get(body.order)
    if order is None:
        return finding(state, said, Finding.UNKNOWN_ORDER)
    if said.by not in ends_of_order(order):
        return finding(state, said, Finding.NOT_OF_THE_ORDER)
    found = [find_line(state, order, line) for line in body.lines]
    named = [each for each in found if each is not None]
    if len(named) < len(found):
        return finding(state, said, Finding.UNKNOWN_LINE)
    every = accounts_of(state, order)
    if body.stands:
        disputed = disputed_more(order, said.by, body.lines, said.place)
    else:
        disputed = disputed_less(order, said.by, body.lines, (each.line for each in every))
    if disputed == order.disputed:
        unchanged = Finding.ALREADY_DISPUTED if body.stands else Finding.NOT_DISPUTED
        return finding(state, said, unchanged)
    state.orders.put(order.place, structs.replace(order, disputed=disputed))
    touched = named or accounts_of(state, order)
    note_disputes(state, order, settlement_terms(state, order.version), touched)
    return None


def finding(state: State, said: Said, found: Finding, kind: str = "order") -> Uncounted:
    """Say why a statement does not count, by the article of the clause that speaks of it."""
    return Uncounted(found, state.files[said.version].article(kind))


def with_person(
    order: PlacedOrder, said: Said, person: PersonId, action: Action, *, bills: bool = False
) -> tuple[tuple[PartyId, PersonId, str], ...]:
    """Add a person to those that have acted on an order."""
    return tuple(sorted({*order.acted, (said.by, person, part_of(action, bills=bills))}))


def _end(
    state: State,
    said: Said,
    order: PlacedOrder,
    lines: tuple[int, ...],
    end: Callable[[LineAccount], LineAccount],
) -> Uncounted | None:
    """End what is left of lines, or of all; there must be something left of each that is named."""
    found = [find_line(state, order, line) for line in lines]
    named = [each for each in found if each is not None]
    if len(named) < len(lines):
        return finding(state, said, Finding.UNKNOWN_LINE)
    ended = {each.line: end(each) for each in named or accounts_of(state, order)}
    moved = {line: each for line, each in ended.items() if each != find_line(state, order, line)}
    if not moved or (named and len(moved) < len(named)):
        return finding(state, said, Finding.NOTHING_OPEN)
    put_lines(state, order, moved)
    return None


def _declined(account: LineAccount) -> LineAccount:
    return structs.replace(account, ended=account.ended + account.open_to_accept)


def _cancelled(account: LineAccount) -> LineAccount:
    left = account.open_to_accept + account.open_to_deliver
    return structs.replace(account, ended=account.ended + left)


def _given_up(account: LineAccount) -> LineAccount:
    return structs.replace(_cancelled(account), lost=account.lost + account.missing)


def _refuse_request(
    state: State, said: Said, head: OrderHead, lines: Sequence[OrderLine]
) -> Uncounted | None:
    order = PlacedOrder(said.place, said.at, said.to, said.version, head, ())
    return refuse_by_file(state, said, asked_for(order, lines))


def asked_for(order: PlacedOrder, lines: Sequence[OrderLine]) -> Asked:
    """Give the act of asking for lines, and what the order lacks for it."""
    loans = (each for each in lines if each.nature is Nature.LOAN)
    lacking = {
        "charter": not order.head.charter,
        "authority": order.head.authority is None,
        "method": order.head.method is None
        and any(each.nature is Nature.SERVICE for each in lines),
        "return_day": any(each.return_by is None for each in loans),
    }
    return Asked(
        Action.ORDER,
        order,
        order.head.ordering.person,
        _asked(lines),
        frozenset(need for need, lacks in lacking.items() if lacks),
    )


def _refuse_prices(
    state: State,
    said: Said,
    order: PlacedOrder,
    lines: Iterable[AcceptedLine],
    accounts: dict[int, LineAccount],
) -> Uncounted | None:
    """Hold prices, taxes and methods against the clause of settlement."""
    agreement = state.files[order.version].agreement
    clause = settlement_clause(agreement)
    if clause is None:
        return None
    currencies = {party.id: party.currency for party in agreement.parties}
    at_most = settlement_terms(state, order.version).at_most
    for line in lines:
        service = accounts[line.line].nature is Nature.SERVICE
        known = clause.texts("services" if service else "supplies")
        if line.method.value not in known:
            return finding(state, said, Finding.METHOD, "settlement")
        if line.basis not in clause.texts("price_bases"):
            return finding(state, said, Finding.PRICE_BASIS, "settlement")
        if line.taxes and clause.text("taxes") == "never":
            return finding(state, said, Finding.TAXED, "settlement")
        loan, bound = accounts[line.line].return_by, due_day(today_of(state, said.at), at_most)
        if loan is not None and bound is not None and loan > bound.toordinal():
            return finding(state, said, Finding.LOAN_TOO_LONG, "settlement")
        own = currencies[order.provider]
        if clause.text("currency") == "provider" and own not in (None, line.currency):
            return finding(state, said, Finding.CURRENCY, "settlement")
    return None


def lacking_in(
    order: PlacedOrder, head: AcceptanceHead, lines: Iterable[AcceptedLine]
) -> frozenset[str]:
    """Name what the form lacks of its elements once lines are accepted so.

    Source: treaties.md 4.4
    """
    methods = {each.method for each in lines}
    lacks = (methods & _EXCHANGED and head.replace_by is None) or (
        Method.CASH in methods and order.head.fund is None
    )
    return frozenset({"elements"} if lacks else ())


_EXCHANGED = frozenset({Method.REPLACEMENT_IN_KIND, Method.EQUAL_VALUE})


def _asked(lines: Iterable[OrderLine]) -> tuple[LineAccount, ...]:
    return tuple(
        LineAccount(
            line.line,
            line.category,
            line.nature,
            line.quantity.unit,
            to_millionths(line.quantity.number),
            None if line.return_by is None else line.return_by.toordinal(),
        )
        for line in lines
    )
