# SPDX-License-Identifier: Apache-2.0
"""What is handed over and what is receipted, and the claim that arises from a receipt at once.

Source: DESIGN 4 (family support); treaties.md 4.4 (elements 6, 15, 21, 25), A12
"""

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Final

from msgspec import Struct

from comity.basis.amounts import format_decimal, read_positive
from comity.basis.fields import Fields
from comity.basis.ids import Place, format_place
from comity.basis.instants import Date, format_date
from comity.basis.strict_json import JsonValue
from comity.statement.order_values import (
    Officer,
    format_officer,
    read_line_number,
    read_lines,
    read_number,
    read_officer,
    read_short_text,
)
from comity.statement.values import (
    ParcelRef,
    SealedRef,
    format_enclosed,
    read_date,
    read_enclosed,
    read_place,
)


class Condition(StrEnum):
    """In what condition goods came: as asked for, or damaged."""

    GOOD = "good"
    DAMAGED = "damaged"


class DeliveredLine(Struct, frozen=True, gc=False):
    """So much of one line of an order, in that line's unit."""

    line: int
    quantity: Decimal


class DeliveryMake(Struct, frozen=True, gc=False):
    """The provider hands over some of what it accepted, on a day, at a place.

    `issuing` is who issues (25). All deadlines count from `on`. Source: treaties.md A12
    """

    KIND: ClassVar[str] = "delivery.make"
    order: Place
    number: str
    on: Date
    at: str
    issuing: Officer
    lines: tuple[DeliveredLine, ...]
    parcel: ParcelRef | None = None
    sealed: SealedRef | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "DeliveryMake":
        """Read the body."""
        return cls(
            read_place(fields, "order"),
            read_number(fields, "number"),
            read_date(fields, "on"),
            read_short_text(fields, "at"),
            read_officer(fields, "issuing"),
            read_lines(fields, _read_delivered),
            *read_enclosed(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "order": format_place(self.order),
            "number": self.number,
            "on": format_date(self.on),
            "at": self.at,
            "issuing": format_officer(self.issuing),
            "lines": [
                {"line": line.line, "quantity": format_decimal(line.quantity)}
                for line in self.lines
            ],
            **format_enclosed(self.parcel, self.sealed),
        }


class ReceivedLine(Struct, frozen=True, gc=False):
    """So much of one line of a delivery came, in that condition."""

    line: int
    quantity: Decimal
    condition: Condition


class DeliveryReceipt(Struct, frozen=True, gc=False):
    """The requester receipts a delivery: what came of each line, on which day (15).

    What it does not name did not come, and is shown as unmatched on both sides.
    """

    KIND: ClassVar[str] = "delivery.receipt"
    delivery: Place
    on: Date
    receiving: Officer
    lines: tuple[ReceivedLine, ...]
    parcel: ParcelRef | None = None
    sealed: SealedRef | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "DeliveryReceipt":
        """Read the body."""
        return cls(
            read_place(fields, "delivery"),
            read_date(fields, "on"),
            read_officer(fields, "receiving"),
            read_lines(fields, _read_received, min_items=0),
            *read_enclosed(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "delivery": format_place(self.delivery),
            "on": format_date(self.on),
            "receiving": format_officer(self.receiving),
            "lines": [
                {
                    "line": line.line,
                    "quantity": format_decimal(line.quantity),
                    "condition": line.condition.value,
                }
                for line in self.lines
            ],
            **format_enclosed(self.parcel, self.sealed),
        }


class ClaimNotice(Struct, frozen=True, gc=False):
    """A claim exists since goods were receipted, and this officer of the provider collects it.

    The requester's node enters it in the same commit as the receipt: that nobody told the officer
    who collects is what auditors found on both sides of the Pacific. Source: treaties.md 4.4, 4.5
    """

    KIND: ClassVar[str] = "claim.notice"
    receipt: Place
    collector: Officer

    @classmethod
    def parse(cls, fields: Fields) -> "ClaimNotice":
        """Read the body."""
        return cls(read_place(fields, "receipt"), read_officer(fields, "collector"))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {"receipt": format_place(self.receipt), "collector": format_officer(self.collector)}


def _read_delivered(fields: Fields) -> DeliveredLine:
    return DeliveredLine(read_line_number(fields), read_positive(fields, "quantity"))


def _read_received(fields: Fields) -> ReceivedLine:
    return ReceivedLine(
        read_line_number(fields),
        read_positive(fields, "quantity"),
        fields.choice("condition", Condition),
    )


DELIVERY_KINDS: Final = (DeliveryMake, DeliveryReceipt, ClaimNotice)

DeliveryBody = DeliveryMake | DeliveryReceipt | ClaimNotice
