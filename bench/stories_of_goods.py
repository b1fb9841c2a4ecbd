# SPDX-License-Identifier: Apache-2.0
"""Orders of ten lines that two parties ask of each other, told without end: everything counts.

Each is accepted, handed over and receipted, the claim is told, and half are billed: those in cash.
Nine in ten are settled, in cash or by replacement, and one in a thousand came short.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import islice
from typing import Final

from bench.telling import JPN, KOR, Story, Telling, Word, drawn, told
from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.amounts import Money, Quantity
from comity.basis.ids import PartyId, PersonId, Place
from comity.state.fold import Placed
from comity.statement.deliveries import (
    ClaimNotice,
    Condition,
    DeliveredLine,
    DeliveryMake,
    DeliveryReceipt,
    ReceivedLine,
)
from comity.statement.order_values import Officer
from comity.statement.orders import (
    AcceptanceHead,
    AcceptedLine,
    Method,
    Nature,
    OrderAccept,
    OrderHead,
    OrderLine,
    OrderRequest,
)
from comity.statement.settlements import InvoiceIssue, SettledLine, SettlementRecord
from comity.statement.treaty import AgreementEntryNotification, AgreementPropose, AgreementSign
from comity.statement.values import FileRef

LINES: Final = 10
AT_ONCE: Final = 100
_CURRENCY: Final = {JPN: "JPY", KOR: "KRW"}
_GOODS: Final = (("fuel", "LTR"), ("food", "EA"), ("water", "LTR"), ("clothing", "EA"))


@cache
def pact() -> Agreement:
    """Give the agreement that goods are ordered under: nobody is asked before each of them."""
    return read_agreement(template("acsa-jpn-kor").replace(b'before = ["order"]\n', b""))


def tell_goods(seed: int) -> Iterator[Placed]:
    """Tell how the pact came into force, then orders as they are drawn, a hundred side by side."""
    tell = Telling(pact(), random.Random(seed))
    yield from told(tell, [_opening(tell)], iter(()))
    orders = drawn(tell, ((_order, 1),))
    yield from told(tell, list(islice(orders, AT_ONCE)), orders)


def _opening(tell: Telling) -> Story:
    file = FileRef(tell.agreement.sha256, len(tell.agreement.raw))
    yield Word(JPN, AgreementPropose(file, tell.agreement.version, ""))
    for by in (JPN, KOR):
        yield Word(by, AgreementSign(""))
    for by in (JPN, KOR):
        yield Word(by, AgreementEntryNotification(tell.today, ""))


def _order(tell: Telling) -> Story:
    asks, gives = tell.pair()
    number, draws = tell.count("order"), tell.draws
    in_cash, is_short, is_settled = (draws.random() < share for share in (0.5, 0.001, 0.9))
    method = Method.CASH if in_cash else Method.REPLACEMENT_IN_KIND
    asked = tuple(
        _line(nth, *draws.choice(_GOODS), draws.randrange(1, 9_000)) for nth in range(1, LINES + 1)
    )
    order = yield Word(asks, OrderRequest(_head(asks, gives, number, method), None, asked))
    priced = tuple(_priced(each, draws.randrange(1, 900), gives, method) for each in asked)
    yield Word(gives, OrderAccept(order, _acceptance(tell, gives, number), priced))
    handed = tuple(DeliveredLine(each.line, each.quantity) for each in priced)
    made = DeliveryMake(order, f"D-{number}", tell.today, "Bor", _person(gives, 2), handed)
    delivery = yield Word(gives, made)
    came = tuple(
        ReceivedLine(
            each.line, each.quantity / (2 if is_short and each.line == 1 else 1), Condition.GOOD
        )
        for each in handed
    )
    receipt = yield Word(asks, DeliveryReceipt(delivery, tell.today, _person(asks, 2), came))
    yield Word(asks, ClaimNotice(receipt, _person(gives, 3)))
    pairs = zip(came, priced, strict=True)
    settled = tuple(_settled(one.line, one.quantity, each) for one, each in pairs)
    if in_cash:
        total = sum((each.amount or Decimal(0) for each in settled), Decimal(0))
        money, collects = Money(total, _CURRENCY[gives]), _person(gives, 3)
        yield Word(gives, InvoiceIssue(f"I-{number}", order, (receipt,), collects, money))
    if is_settled:
        yield Word(gives, _record(tell, order, gives, number, settled))


def _settled(line: int, quantity: Decimal, priced: AcceptedLine) -> SettledLine:
    if priced.method is not Method.CASH:
        return SettledLine(line, quantity, None, None)
    amount = (quantity * priced.price).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return SettledLine(line, None, amount, None)


def _record(
    tell: Telling, order: Place, gives: PartyId, number: int, lines: tuple[SettledLine, ...]
) -> SettlementRecord:
    in_cash = lines[0].amount is not None
    return SettlementRecord(
        f"S-{number}",
        order,
        Method.CASH if in_cash else Method.REPLACEMENT_IN_KIND,
        tell.today,
        _person(gives, 4),
        _CURRENCY[gives] if in_cash else None,
        lines,
        "nothing to replace it with" if in_cash else None,
        None,
        None,
    )


def _priced(line: OrderLine, price: int, gives: PartyId, method: Method) -> AcceptedLine:
    return AcceptedLine(
        line.line, line.quantity.number, Decimal(price), _CURRENCY[gives], "own_stock", method
    )


def _person(party: PartyId, which: int) -> Officer:
    return Officer(PersonId(f"{party.lower()}-{which}"), "J4")


def _line(number: int, category: str, unit: str, quantity: int) -> OrderLine:
    asked = Quantity(Decimal(quantity), unit)
    return OrderLine(number, category, Nature.SUPPLY, "9130", category, asked)


def _head(asks: PartyId, gives: PartyId, number: int, method: Method) -> OrderHead:
    return OrderHead(
        f"O-{number}", gives, "exercise", None, method, True, "the law", "Unit",
        _person(asks, 1), "J4", "F-1", "Bor", None, (), None, (),
    )  # fmt: skip


def _acceptance(tell: Telling, gives: PartyId, number: int) -> AcceptanceHead:
    return AcceptanceHead(
        f"A-{number}", _person(gives, 1), "Ministry", _person(gives, 3), "Base", None,
        tell.today.replace(year=tell.today.year + 1, day=1), "Bor",
    )  # fmt: skip
