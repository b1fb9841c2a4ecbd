# SPDX-License-Identifier: Apache-2.0
"""What is ordered, accepted, declined, cancelled and disputed: goods and services, line by line.

What is computed is never typed: amounts and totals follow from quantity and price.
Source: DESIGN 4 (family support); treaties.md 4.4, A1, A3, A9, A10, 10 U.S.C. 2344
"""

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Final

from msgspec import Struct

from comity.basis.amounts import (
    Money,
    Quantity,
    check_scale,
    format_decimal,
    read_currency,
    read_positive,
    read_quantity,
)
from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.ids import PartyId, Place, format_place
from comity.basis.instants import Date
from comity.basis.limits import ORDER_PROTECTED_MAX, ORDER_TAXES_MAX, ORDER_TEXT_CHARS_MAX
from comity.basis.strict_json import JsonValue
from comity.statement.order_values import (
    TEXT,
    Officer,
    format_officer,
    read_line_number,
    read_line_numbers,
    read_lines,
    read_nullable_number,
    read_nullable_text,
    read_number,
    read_officer,
    read_short_text,
    read_words,
)
from comity.statement.values import (
    ParcelRef,
    SealedRef,
    format_enclosed,
    format_nullable_date,
    read_enclosed,
    read_nullable_date,
    read_nullable_place,
    read_nullable_word,
    read_party,
    read_place,
    read_word,
)


class Nature(StrEnum):
    """What a line provides: goods to keep or consume, a service, or goods for a time."""

    SUPPLY = "supply"
    SERVICE = "service"
    LOAN = "loan"


class Method(StrEnum):
    """How a debt is settled. Source: treaties.md A9, A10; 10 U.S.C. 2344(a), 2345(c)"""

    CASH = "cash"
    RETURN = "return"
    REPLACEMENT_IN_KIND = "replacement_in_kind"
    EQUAL_VALUE = "equal_value"
    OFFSET = "offset"
    CONVERTED = "converted"


class OrderLine(Struct, frozen=True, gc=False):
    """One line of an order: what is asked for, and how much of it.

    `stock` is its stock number, `return_by` the day on which a loan comes back.
    """

    line: int
    category: str
    nature: Nature
    stock: str | None
    description: str
    quantity: Quantity
    return_by: Date | None = None


class OrderHead(Struct, frozen=True, gc=False):
    """What an order says beside its lines, by the elements of the form.

    `number` is the requester's document number (16), `organisation` the one that receives (17),
    `ordering` who asks (12), `billed` the office to be billed (3), `fund` its citation (20).
    `charter` confirms the use as the UN Charter demands, `authority` names the law. `asked_with`
    are others that ask with the requester, `through` is who passes it on. `protected` are control
    numbers of items under an information agreement. Source: treaties.md 4.4, A4, A5, U11
    """

    number: str
    provider: PartyId
    activity: str
    exercise: str | None
    method: Method | None
    charter: bool
    authority: str | None
    organisation: str
    ordering: Officer
    billed: str
    fund: str | None
    at: str
    by: Date | None
    asked_with: tuple[str, ...]
    through: str | None
    protected: tuple[str, ...]


class OrderRequest(Struct, frozen=True, gc=False):
    """A party asks another for goods or services; further lines name the order that they continue.

    Nobody must provide anything. Source: treaties.md A6, A16
    """

    KIND: ClassVar[str] = "order.request"
    head: OrderHead | None
    continues: Place | None
    lines: tuple[OrderLine, ...]
    parcel: ParcelRef | None = None
    sealed: SealedRef | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "OrderRequest":
        """Read the body."""
        inner, continues = fields.nullable_object("head"), read_nullable_place(fields, "continues")
        if (inner is None) is (continues is None):
            raise InputError(
                "statement.order-head",
                "an order has a head, or continues another: one of both",
                where=fields.place("continues"),
            )
        head = None if inner is None else _read_head(inner)
        return cls(head, continues, read_lines(fields, _read_line), *read_enclosed(fields))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "head": None if self.head is None else format_head(self.head),
            "continues": None if self.continues is None else format_place(self.continues),
            "lines": [_format_line(line) for line in self.lines],
            **format_enclosed(self.parcel, self.sealed),
        }


class Tax(Struct, frozen=True, gc=False):
    """A tax in a price, and why it stands there: prices bear none as far as law allows.

    Source: treaties.md A11, U10
    """

    amount: Decimal
    reason: str


class AcceptedLine(Struct, frozen=True, gc=False):
    """One line as it is provided: how much, at what price by what basis, settled how.

    `price` is for one of the line's unit, in `currency`. Source: 10 U.S.C. 2344(b)
    """

    line: int
    quantity: Decimal
    price: Decimal
    currency: str
    basis: str
    method: Method
    taxes: tuple[Tax, ...] = ()


class AcceptanceHead(Struct, frozen=True, gc=False):
    """What an acceptance says beside its lines, by the elements of the form.

    `number` is the provider's document number, `accepting` who accepts (22), `payee` and `collects`
    who is paid and who collects (13, 14), `organisation` the one that issues (18), `liability` the
    limit of the requester's liability (24), `replace_by` and `replace_at` when and where what is
    provided is replaced (21). Source: treaties.md 4.4
    """

    number: str
    accepting: Officer
    payee: str
    collects: Officer
    organisation: str
    liability: Money | None
    replace_by: Date | None
    replace_at: str | None


class OrderAccept(Struct, frozen=True, gc=False):
    """The provider accepts lines of an order, at prices that stand from then on.

    The first acceptance of an order has a head; further ones have none.
    """

    KIND: ClassVar[str] = "order.accept"
    order: Place
    head: AcceptanceHead | None
    lines: tuple[AcceptedLine, ...]

    @classmethod
    def parse(cls, fields: Fields) -> "OrderAccept":
        """Read the body."""
        inner = fields.nullable_object("head")
        return cls(
            read_place(fields, "order"),
            None if inner is None else _read_acceptance(inner),
            read_lines(fields, _read_accepted),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "order": format_place(self.order),
            "head": None if self.head is None else format_acceptance(self.head),
            "lines": [_format_accepted(line) for line in self.lines],
        }


class OrderDecline(Struct, frozen=True, gc=False):
    """The provider declines lines of an order, or all; no reason is owed.

    Source: treaties.md A16
    """

    KIND: ClassVar[str] = "order.decline"
    order: Place
    lines: tuple[int, ...]

    @classmethod
    def parse(cls, fields: Fields) -> "OrderDecline":
        """Read the body."""
        return cls(read_place(fields, "order"), read_line_numbers(fields))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {"order": format_place(self.order), "lines": list(self.lines)}


class OrderCancel(Struct, frozen=True, gc=False):
    """Either side cancels what is not delivered yet of lines of an order, or of all."""

    KIND: ClassVar[str] = "order.cancel"
    order: Place
    lines: tuple[int, ...]

    @classmethod
    def parse(cls, fields: Fields) -> "OrderCancel":
        """Read the body."""
        return cls(read_place(fields, "order"), read_line_numbers(fields))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {"order": format_place(self.order), "lines": list(self.lines)}


class OrderDispute(Struct, frozen=True, gc=False):
    """Either side disputes lines of an order too, or all, or takes such of its own back.

    No lines: all. Why is payload. A dispute is settled between the parties.
    Source: treaties.md A14, U12
    """

    KIND: ClassVar[str] = "order.dispute"
    order: Place
    lines: tuple[int, ...]
    stands: bool
    parcel: ParcelRef | None = None
    sealed: SealedRef | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "OrderDispute":
        """Read the body."""
        return cls(
            read_place(fields, "order"),
            read_line_numbers(fields),
            fields.boolean("stands"),
            *read_enclosed(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "order": format_place(self.order),
            "lines": list(self.lines),
            "stands": self.stands,
            **format_enclosed(self.parcel, self.sealed),
        }


def _read_head(fields: Fields) -> OrderHead:
    method = fields.nullable_text("method")
    head = OrderHead(
        read_number(fields, "number"),
        read_party(fields, "provider"),
        read_word(fields, "activity"),
        read_nullable_word(fields, "exercise"),
        None if method is None else fields.choice("method", Method),
        fields.boolean("charter"),
        read_nullable_text(fields, "authority"),
        read_short_text(fields, "organisation"),
        read_officer(fields, "ordering"),
        read_short_text(fields, "billed"),
        read_nullable_text(fields, "fund"),
        read_short_text(fields, "at"),
        read_nullable_date(fields, "by"),
        read_words(fields, "asked_with"),
        read_nullable_word(fields, "through"),
        fields.texts(
            "protected",
            max_items=ORDER_PROTECTED_MAX,
            max_chars=ORDER_TEXT_CHARS_MAX,
            pattern=TEXT,
        ),
    )
    fields.finish()
    return head


def format_head(head: OrderHead) -> dict[str, JsonValue]:
    """Write what an order says beside its lines."""
    return {
        "number": head.number,
        "provider": head.provider,
        "activity": head.activity,
        "exercise": head.exercise,
        "method": None if head.method is None else head.method.value,
        "charter": head.charter,
        "authority": head.authority,
        "organisation": head.organisation,
        "ordering": format_officer(head.ordering),
        "billed": head.billed,
        "fund": head.fund,
        "at": head.at,
        "by": format_nullable_date(head.by),
        "asked_with": list(head.asked_with),
        "through": head.through,
        "protected": list(head.protected),
    }


def _read_line(fields: Fields) -> OrderLine:
    return OrderLine(
        read_line_number(fields),
        read_word(fields, "category"),
        fields.choice("nature", Nature),
        read_nullable_number(fields, "stock"),
        read_short_text(fields, "description"),
        read_quantity(fields),
        read_nullable_date(fields, "return_by"),
    )


def _format_line(line: OrderLine) -> dict[str, JsonValue]:
    return {
        "line": line.line,
        "category": line.category,
        "nature": line.nature.value,
        "stock": line.stock,
        "description": line.description,
        "quantity": format_decimal(line.quantity.number),
        "unit": line.quantity.unit,
        "return_by": format_nullable_date(line.return_by),
    }


def _read_acceptance(fields: Fields) -> AcceptanceHead:
    head = AcceptanceHead(
        read_number(fields, "number"),
        read_officer(fields, "accepting"),
        read_short_text(fields, "payee"),
        read_officer(fields, "collects"),
        read_short_text(fields, "organisation"),
        _read_nullable_money(fields, "liability"),
        read_nullable_date(fields, "replace_by"),
        read_nullable_text(fields, "replace_at"),
    )
    fields.finish()
    return head


def format_acceptance(head: AcceptanceHead) -> dict[str, JsonValue]:
    """Write what an acceptance says beside its lines."""
    return {
        "number": head.number,
        "accepting": format_officer(head.accepting),
        "payee": head.payee,
        "collects": format_officer(head.collects),
        "organisation": head.organisation,
        "liability": None if head.liability is None else _format_money(head.liability),
        "replace_by": format_nullable_date(head.replace_by),
        "replace_at": head.replace_at,
    }


def _read_accepted(fields: Fields) -> AcceptedLine:
    currency = read_currency(fields)
    taxes = []
    for inner in fields.objects("taxes", max_items=ORDER_TAXES_MAX):
        amount = check_scale(read_positive(inner, "amount"), currency, inner.place("amount"))
        taxes.append(Tax(amount, read_short_text(inner, "reason")))
        inner.finish()
    return AcceptedLine(
        read_line_number(fields),
        read_positive(fields, "quantity"),
        read_positive(fields, "price"),
        currency,
        read_word(fields, "basis"),
        fields.choice("method", Method),
        tuple(taxes),
    )


def _format_accepted(line: AcceptedLine) -> dict[str, JsonValue]:
    return {
        "line": line.line,
        "quantity": format_decimal(line.quantity),
        "price": format_decimal(line.price),
        "currency": line.currency,
        "basis": line.basis,
        "method": line.method.value,
        "taxes": [
            {"amount": format_decimal(tax.amount), "reason": tax.reason} for tax in line.taxes
        ],
    }


def _read_nullable_money(fields: Fields, key: str) -> Money | None:
    inner = fields.nullable_object(key)
    if inner is None:
        return None
    currency = read_currency(inner)
    amount = check_scale(read_positive(inner, "amount"), currency, inner.place("amount"))
    inner.finish()
    return Money(amount, currency)


def _format_money(money: Money) -> dict[str, JsonValue]:
    return {"amount": format_decimal(money.amount), "currency": money.currency}


ORDER_KINDS: Final = (OrderRequest, OrderAccept, OrderDecline, OrderCancel, OrderDispute)

OrderBody = OrderRequest | OrderAccept | OrderDecline | OrderCancel | OrderDispute
