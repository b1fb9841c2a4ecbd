# SPDX-License-Identifier: Apache-2.0
"""What is billed and settled, and the balances that both sides state and agree.

What the creditor says of a settlement counts; what the debtor alone says is claimed, and shown.
Source: DESIGN 4 (family support); treaties.md A9, A10, A12, U5, 10 U.S.C. 2344, 2345
"""

from decimal import Decimal
from typing import ClassVar, Final

from msgspec import Struct

from comity.basis.amounts import (
    Money,
    check_scale,
    format_decimal,
    read_currency,
    read_money,
    read_nullable_positive,
    read_positive,
)
from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.ids import Digest, PartyId, Place, format_place
from comity.basis.instants import Date, format_date
from comity.basis.limits import BALANCE_LINES_MAX, BALANCE_ROWS_MAX
from comity.basis.strict_json import JsonValue
from comity.statement.order_values import (
    Officer,
    format_officer,
    read_line_number,
    read_lines,
    read_nullable_text,
    read_number,
    read_officer,
)
from comity.statement.orders import Method
from comity.statement.values import (
    ParcelRef,
    SealedRef,
    format_enclosed,
    format_nullable_place,
    format_places,
    read_date,
    read_digest,
    read_enclosed,
    read_nullable_place,
    read_party,
    read_place,
    read_places,
)


class InvoiceIssue(Struct, frozen=True, gc=False):
    """The provider bills what was receipted; the total must be what the receipts amount to."""

    KIND: ClassVar[str] = "invoice.issue"
    number: str
    order: Place
    receipts: tuple[Place, ...]
    billing: Officer
    total: Money

    @classmethod
    def parse(cls, fields: Fields) -> "InvoiceIssue":
        """Read the body."""
        return cls(
            read_number(fields, "number"),
            read_place(fields, "order"),
            read_places(fields, "receipts", min_items=1),
            read_officer(fields, "billing"),
            read_money(fields, "total"),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "number": self.number,
            "order": format_place(self.order),
            "receipts": format_places(self.receipts),
            "billing": format_officer(self.billing),
            "total": format_decimal(self.total.amount),
            "currency": self.total.currency,
        }


class SettledLine(Struct, frozen=True, gc=False):
    """What of one line is settled: a quantity given back or replaced, or an amount.

    `price` is that of the day, where a debt in kind is converted into cash. `damaged` is how much
    of what is returned comes back damaged; None: nothing of it. Source: treaties.md U5, U7
    """

    line: int
    quantity: Decimal | None
    amount: Decimal | None
    price: Decimal | None
    damaged: Decimal | None = None


class SettlementRecord(Struct, frozen=True, gc=False):
    """Lines of an order are settled by one method, on a day.

    `reason` says why in cash where return or replacement comes first. `against` is the order of the
    other direction that an offset takes from. `confirms` is the other side's record of the same.
    Source: treaties.md A9, A10; 10 U.S.C. 2344(a), 2345(c)
    """

    KIND: ClassVar[str] = "settlement.record"
    number: str
    order: Place
    method: Method
    on: Date
    acting: Officer
    currency: str | None
    lines: tuple[SettledLine, ...]
    reason: str | None
    against: Place | None
    confirms: Place | None
    parcel: ParcelRef | None = None
    sealed: SealedRef | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "SettlementRecord":
        """Read the body."""
        currency = None if fields.value("currency") is None else read_currency(fields)
        method = fields.choice("method", Method)

        def read(inner: Fields) -> SettledLine:
            return _read_settled(inner, currency, method)

        return cls(
            read_number(fields, "number"),
            read_place(fields, "order"),
            method,
            read_date(fields, "on"),
            read_officer(fields, "acting"),
            currency,
            read_lines(fields, read),
            read_nullable_text(fields, "reason"),
            read_nullable_place(fields, "against"),
            read_nullable_place(fields, "confirms"),
            *read_enclosed(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "number": self.number,
            "order": format_place(self.order),
            "method": self.method.value,
            "on": format_date(self.on),
            "acting": format_officer(self.acting),
            "currency": self.currency,
            "lines": [_format_settled(line) for line in self.lines],
            "reason": self.reason,
            "against": format_nullable_place(self.against),
            "confirms": format_nullable_place(self.confirms),
            **format_enclosed(self.parcel, self.sealed),
        }


class SettlementDrop(Struct, frozen=True, gc=False):
    """A settlement is taken back by whoever said it, or refused by the other where it is claimed.

    Why goes sealed beside it. What counts by the word of both is dropped by nobody.
    """

    KIND: ClassVar[str] = "settlement.drop"
    settlement: Place
    acting: Officer
    parcel: ParcelRef | None = None
    sealed: SealedRef | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "SettlementDrop":
        """Read the body."""
        return cls(
            read_place(fields, "settlement"), read_officer(fields, "acting"), *read_enclosed(fields)
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "settlement": format_place(self.settlement),
            "acting": format_officer(self.acting),
            **format_enclosed(self.parcel, self.sealed),
        }


class BalanceRow(Struct, frozen=True, gc=False):
    """So much is owed by one party to another, in one currency."""

    by: PartyId
    to: PartyId
    money: Money


class BalanceState(Struct, frozen=True, gc=False):
    """What the registers amount to at the end of a day; `sha256` is of the balance's bytes."""

    KIND: ClassVar[str] = "balance.state"
    until: Date
    sha256: Digest
    rows: tuple[BalanceRow, ...]

    @classmethod
    def parse(cls, fields: Fields) -> "BalanceState":
        """Read the body; its rows are sorted by debtor, creditor and currency, each once."""
        rows = tuple(_read_row(each) for each in fields.objects("rows", max_items=BALANCE_ROWS_MAX))
        keys = [(row.by, row.to, row.money.currency) for row in rows]
        if keys != sorted(set(keys)):
            raise InputError(
                "statement.not-sorted",
                "rows of a balance must be sorted and stand once",
                where=fields.place("rows"),
            )
        return cls(read_date(fields, "until"), read_digest(fields, "sha256"), rows)

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "until": format_date(self.until),
            "sha256": self.sha256,
            "rows": [
                {
                    "by": row.by,
                    "to": row.to,
                    "currency": row.money.currency,
                    "amount": format_decimal(row.money.amount),
                }
                for row in self.rows
            ],
        }


class LineRef(Struct, frozen=True, gc=False):
    """One line of one order."""

    order: Place
    line: int


class BalanceAgree(Struct, frozen=True, gc=False):
    """A party agrees to a balance that another stated, or names the lines that differ."""

    KIND: ClassVar[str] = "balance.agree"
    balance: Place
    differs: tuple[LineRef, ...]

    @classmethod
    def parse(cls, fields: Fields) -> "BalanceAgree":
        """Read the body; what differs is sorted by order and line, each once."""
        differs = tuple(
            _read_ref(each) for each in fields.objects("differs", max_items=BALANCE_LINES_MAX)
        )
        keys = [(ref.order, ref.line) for ref in differs]
        if keys != sorted(set(keys)):
            raise InputError(
                "statement.not-sorted",
                "lines that differ must be sorted and stand once",
                where=fields.place("differs"),
            )
        return cls(read_place(fields, "balance"), differs)

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "balance": format_place(self.balance),
            "differs": [
                {"order": format_place(ref.order), "line": ref.line} for ref in self.differs
            ],
        }


def _read_settled(fields: Fields, currency: str | None, method: Method) -> SettledLine:
    line = SettledLine(
        read_line_number(fields),
        read_nullable_positive(fields, "quantity"),
        read_nullable_positive(fields, "amount"),
        read_nullable_positive(fields, "price"),
        read_positive(fields, "damaged") if fields.has("damaged") else None,
    )
    _check_damaged(line, method, fields.place("damaged"))
    if line.amount is None:
        return line
    if currency is None:
        raise InputError(
            "statement.no-currency",
            "an amount needs a currency",
            where=fields.place("amount"),
            hint="name the currency of the order's price",
        )
    check_scale(line.amount, currency, fields.place("amount"))
    return line


def _check_damaged(line: SettledLine, method: Method, where: str) -> None:
    """Hold what is damaged against what is returned: nothing else comes back itself."""
    if line.damaged is None:
        return
    if method is not Method.RETURN or line.quantity is None or line.damaged > line.quantity:
        raise InputError(
            "statement.damaged",
            "so much of a line cannot come back damaged",
            where=where,
            expected="at most the quantity that is returned",
            found=format_decimal(line.damaged),
        )


def _format_settled(line: SettledLine) -> dict[str, JsonValue]:
    damaged = {} if line.damaged is None else {"damaged": format_decimal(line.damaged)}
    return {
        "line": line.line,
        "quantity": _format_nullable(line.quantity),
        "amount": _format_nullable(line.amount),
        "price": _format_nullable(line.price),
        **damaged,
    }


def _format_nullable(value: Decimal | None) -> str | None:
    return None if value is None else format_decimal(value)


def _read_row(fields: Fields) -> BalanceRow:
    currency = read_currency(fields)
    amount = check_scale(read_positive(fields, "amount"), currency, fields.place("amount"))
    row = BalanceRow(read_party(fields, "by"), read_party(fields, "to"), Money(amount, currency))
    fields.finish()
    return row


def _read_ref(fields: Fields) -> LineRef:
    ref = LineRef(read_place(fields, "order"), read_line_number(fields))
    fields.finish()
    return ref


SETTLEMENT_KINDS: Final = (
    InvoiceIssue,
    SettlementRecord,
    SettlementDrop,
    BalanceState,
    BalanceAgree,
)

SettlementBody = InvoiceIssue | SettlementRecord | SettlementDrop | BalanceState | BalanceAgree
