# SPDX-License-Identifier: Apache-2.0
"""What parties say of the custody of items: what was counted.

Source: DESIGN 4; Japan-ROK GSOMIA Art. 6(f)
"""

from typing import ClassVar, Final

from msgspec import Struct

from comity.basis.fields import Fields
from comity.basis.ids import Place
from comity.basis.instants import Date, format_date
from comity.basis.limits import COPY_NUMBER_MAX
from comity.basis.strict_json import JsonValue
from comity.statement.values import (
    format_nullable_place,
    format_places,
    read_date,
    read_nullable_place,
    read_places,
)


class InventoryResult(Struct, frozen=True, gc=False):
    """A holder has counted the copies of what it was given; `missing` are items that lack one.

    `items` and `copies` count what should be there. `incident` is the report that the count
    led to, None where nothing is missing. Source: Japan-ROK GSOMIA Art. 6(f)
    """

    KIND: ClassVar[str] = "inventory.result"
    on: Date
    items: int
    copies: int
    missing: tuple[Place, ...]
    incident: Place | None

    @classmethod
    def parse(cls, fields: Fields) -> "InventoryResult":
        """Read the body."""
        return cls(
            read_date(fields, "on"),
            fields.integer("items", 0, COPY_NUMBER_MAX),
            fields.integer("copies", 0, COPY_NUMBER_MAX),
            read_places(fields, "missing"),
            read_nullable_place(fields, "incident"),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "on": format_date(self.on),
            "items": self.items,
            "copies": self.copies,
            "missing": format_places(self.missing),
            "incident": format_nullable_place(self.incident),
        }


CUSTODY_KINDS: Final = (InventoryResult,)

CustodyBody = InventoryResult
