# SPDX-License-Identifier: Apache-2.0
"""What the API takes and answers about orders, deliveries, settlements and balances.

Quantities and amounts are decimals as text, in their one spelling; who acts is who is signed in.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from comity.api.case_shapes import TextBody, When, Word
from comity.api.shapes import Anything, EnteredStatement, Reply
from comity.basis.limits import (
    BALANCE_LINES_MAX,
    ORDER_LINE_NUMBER_MAX,
    ORDER_LINES_MAX,
    ORDER_PROTECTED_MAX,
    ORDER_TAXES_MAX,
)

Decimal = Annotated[str, Meta(max_length=23, pattern=r"^(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$")]
Short = Annotated[str, Meta(max_length=200)]
LineNumber = Annotated[int, Meta(ge=1, le=ORDER_LINE_NUMBER_MAX)]
Method = Literal["cash", "return", "replacement_in_kind", "equal_value", "offset", "converted"]
_LINES_MAX = 8192
"""Of one act; what one statement does not hold goes in several of one commit."""
LinesNamed = Annotated[list[LineNumber], Meta(max_length=ORDER_LINES_MAX)]


class OrderLineBody(Struct, forbid_unknown_fields=True):
    """One line of an order: what is asked for, and how much of it."""

    line: LineNumber
    category: Word
    nature: Literal["supply", "service", "loan"]
    description: Short
    quantity: Decimal
    unit: Word
    stock: Word | None = None
    return_by: When | None = None


class OrderBody(Struct, forbid_unknown_fields=True):
    """Goods and services asked of a provider; `office` is that of whoever asks."""

    number: Word
    provider: Word
    activity: Word
    organisation: Short
    office: Short
    billed: Short
    place: Short
    lines: Annotated[list[OrderLineBody], Meta(min_length=1, max_length=_LINES_MAX)]
    exercise: Word | None = None
    method: Method | None = None
    charter: bool = False
    authority: Short | None = None
    fund: Short | None = None
    by: When | None = None
    asked_with: Annotated[list[Word], Meta(max_length=32)] = []
    through: Word | None = None
    protected: Annotated[list[Short], Meta(max_length=ORDER_PROTECTED_MAX)] = []
    text: TextBody | None = None


class TaxBody(Struct, forbid_unknown_fields=True):
    """A tax in a price, and why it stands there."""

    amount: Decimal
    reason: Short


class AcceptedLineBody(Struct, forbid_unknown_fields=True):
    """One line as it is provided: how much, at what price by what basis, settled how."""

    line: LineNumber
    quantity: Decimal
    price: Decimal
    currency: Word
    basis: Word
    method: Method
    taxes: Annotated[list[TaxBody], Meta(max_length=ORDER_TAXES_MAX)] = []


class MoneyBody(Struct, forbid_unknown_fields=True):
    """An amount in a currency."""

    amount: Decimal
    currency: Word


class OfficerBody(Struct, forbid_unknown_fields=True):
    """A person, and the office for which that one acts."""

    person: Word
    office: Short


class AcceptanceBody(Struct, forbid_unknown_fields=True):
    """What a first acceptance says beside its lines."""

    number: Word
    office: Short
    payee: Short
    collects: OfficerBody
    organisation: Short
    liability: MoneyBody | None = None
    replace_by: When | None = None
    replace_at: Short | None = None


class AcceptBody(Struct, forbid_unknown_fields=True):
    """Lines that are accepted; `head` where nothing of the order was accepted before."""

    lines: Annotated[list[AcceptedLineBody], Meta(min_length=1, max_length=_LINES_MAX)]
    head: AcceptanceBody | None = None


class LinesBody(Struct, forbid_unknown_fields=True):
    """Lines of an order; none: all that is open."""

    lines: LinesNamed = []


class DisputeGoodsBody(Struct, forbid_unknown_fields=True):
    """Lines that are disputed, or no more; none: all."""

    lines: LinesNamed = []
    stands: bool = True
    text: TextBody | None = None


class CountedLine(Struct, forbid_unknown_fields=True):
    """So much of one line."""

    line: LineNumber
    quantity: Decimal


class DeliveryBody(Struct, forbid_unknown_fields=True):
    """What is handed over; no lines: all that is open. `on` null: today."""

    number: Word
    place: Short
    office: Short
    lines: Annotated[list[CountedLine], Meta(max_length=_LINES_MAX)] = []
    on: When | None = None
    text: TextBody | None = None


class CameLine(Struct, forbid_unknown_fields=True):
    """So much of one line came, in that condition."""

    line: LineNumber
    quantity: Decimal
    condition: Literal["good", "damaged"] = "good"


class GoodsReceiptBody(Struct, forbid_unknown_fields=True):
    """What came of a delivery; `lines` null: all of it. `on` null: today.

    `further`: it came beside what was receipted before, which said too little; `another`: it is
    not what was receipted so before, though it looks like it.
    """

    office: Short
    lines: Annotated[list[CameLine], Meta(max_length=ORDER_LINES_MAX)] | None = None
    on: When | None = None
    further: bool = False
    another: bool = False
    text: TextBody | None = None


class BillBody(Struct, forbid_unknown_fields=True):
    """A bill for what is receipted and not billed yet; its total is worked out."""

    number: Word
    office: Short
    currency: Word | None = None


class SettledLineBody(Struct, forbid_unknown_fields=True):
    """What of one line is settled: a quantity, an amount, or the price of the day."""

    line: LineNumber
    quantity: Decimal | None = None
    amount: Decimal | None = None
    price: Decimal | None = None
    damaged: Decimal | None = None


class SettlementBody(Struct, forbid_unknown_fields=True):
    """Lines that are settled by one method; none: all that is open. `on` null: today."""

    number: Word
    method: Method
    office: Short
    lines: Annotated[list[SettledLineBody], Meta(max_length=_LINES_MAX)] = []
    on: When | None = None
    reason: Short | None = None
    against: Word | None = None
    another: bool = False
    text: TextBody | None = None


class ConfirmBody(Struct, forbid_unknown_fields=True):
    """A confirmation of what the other side settled.

    `another`: it is not what we recorded ourselves, though it looks like it.
    """

    number: Word
    office: Short
    another: bool = False


class DropBody(Struct, forbid_unknown_fields=True):
    """A settlement is taken back, or one that is claimed refused; why goes sealed beside it."""

    office: Short
    text: TextBody | None = None


class BalanceBody(Struct, forbid_unknown_fields=True):
    """The day at whose end a balance is stated; it is over."""

    until: When


class DifferingBody(Struct, forbid_unknown_fields=True):
    """One line of one order."""

    order: Word
    line: LineNumber


class AgreeBody(Struct, forbid_unknown_fields=True):
    """An answer to a balance; no line: agreed.

    Beside `differs` are named the lines that a `ledger` has otherwise, a table as `books/csv` is,
    and those that are `unmatched`.
    """

    differs: Annotated[list[DifferingBody], Meta(max_length=BALANCE_LINES_MAX)] = []
    ledger: str | None = None
    unmatched: bool = False


class OrdersReply(Reply, tag_field="schema", tag="comity/order-list/1", kw_only=True):
    """The orders, and how far each has come."""

    orders: list[Anything]


class OrderReply(Reply, tag_field="schema", tag="comity/order-show/1", kw_only=True):
    """One order with its deliveries, bills and settlements."""

    order: Anything


class FormReply(Reply, tag_field="schema", tag="comity/order-form/1", kw_only=True):
    """An order as a form: its elements by their numbers, and its text."""

    form: str
    elements: Anything
    text: str


class ExerciseReply(Reply, tag_field="schema", tag="comity/order-exercise/1", kw_only=True):
    """What hangs on one exercise."""

    exercise: str
    orders: list[Anything]
    visits: list[Anything]
    items: list[Anything]


class EnteredAllReply(Reply, tag_field="schema", tag="comity/order-ask/1", kw_only=True):
    """What was entered in one commit."""

    entered: list[EnteredStatement]


class DeliveriesReply(Reply, tag_field="schema", tag="comity/delivery-list/1", kw_only=True):
    """The deliveries, their receipts and the claims that these made."""

    deliveries: list[Anything]


class GoodsReceiptReply(Reply, tag_field="schema", tag="comity/delivery-receipt/1", kw_only=True):
    """A receipt of goods, and with it the claim that it made."""

    entered: list[EnteredStatement]


class SettlementsReply(Reply, tag_field="schema", tag="comity/settlement-list/1", kw_only=True):
    """Bills and settlements; `counted` null: one side alone has said it."""

    invoices: list[Anything]
    settlements: list[Anything]


class BalanceReply(Reply, tag_field="schema", tag="comity/balance-read/1", kw_only=True):
    """What is owed at the end of a day, its digest, how old it is, each open line, yearly caps."""

    balance: Anything
    sha256: str
    ageing: list[Anything]
    lines: list[Anything]
    caps: list[Anything]


class BalancesReply(Reply, tag_field="schema", tag="comity/balance-list/1", kw_only=True):
    """The balances that were stated, and what the others said to them."""

    balances: list[Anything]


class BooksReply(Reply, tag_field="schema", tag="comity/balance-export/1", kw_only=True):
    """The books in one shape, as text."""

    form: str
    text: str


class YearReply(Reply, tag_field="schema", tag="comity/balance-report/1", kw_only=True):
    """The report on a fiscal year."""

    report: Anything
