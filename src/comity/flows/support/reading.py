# SPDX-License-Identifier: Apache-2.0
"""What people and programs say of goods, read as strictly as the statements that it goes into.

One reader for the command line and for the API: what it lets through, the statement lets through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import structs

from comity.basis.fields import Fields
from comity.basis.ids import AgreementId, PersonId, Place, format_place
from comity.basis.instants import Date, format_date
from comity.basis.limits import ORDER_LINES_MAX
from comity.basis.strict_json import JsonValue
from comity.flows.context import Context
from comity.flows.enclosures import Text
from comity.flows.support.deliveries import Handing, Receiving
from comity.flows.support.finding import find_order
from comity.flows.support.orders import Asking
from comity.flows.support.parts import sheets_of
from comity.flows.support.settlements import Wanted
from comity.flows.turns import read_view
from comity.state.queries_goods import accounts_of
from comity.statement.deliveries import DeliveryMake, DeliveryReceipt
from comity.statement.order_values import Officer, read_officer
from comity.statement.orders import OrderAccept, OrderLine, OrderRequest
from comity.statement.settlements import BalanceAgree, SettlementRecord

Said = Mapping[str, JsonValue]


def read_asking(head: Said, lines: Sequence[JsonValue]) -> Asking:
    """Read what is asked for; any number of lines.

    Raises:
        InputError: it would not read as a statement.
    """
    found: list[OrderLine] = []
    start, first = 0, None
    while first is None or start < len(lines):
        sheet: list[JsonValue] = [*lines[start : start + ORDER_LINES_MAX]]
        value: dict[str, JsonValue] = {"head": {**head}, "continues": None, "lines": sheet}
        body = OrderRequest.parse(_fields(OrderRequest.KIND, {**value, **_NO_TEXT}))
        first, start = first or body.head, start + ORDER_LINES_MAX
        found += body.lines
    return Asking(first, tuple(found))


def read_acceptance(order: Place, head: Said | None, lines: Sequence[JsonValue]) -> OrderAccept:
    """Read what is accepted, at what prices; any number of lines.

    Raises:
        InputError: it would not read as a statement.
    """
    value: dict[str, JsonValue] = {
        "order": format_place(order),
        "head": None if head is None else {**head},
    }
    bodies = [
        OrderAccept.parse(_fields(OrderAccept.KIND, {**value, "lines": [*sheet]}))
        for sheet in sheets_of(lines)
    ]
    return structs.replace(bodies[0], lines=tuple(each for body in bodies for each in body.lines))


def read_make(value: Said) -> DeliveryMake:
    """Read what is handed over.

    Raises:
        InputError: it would not read as a statement.
    """
    return DeliveryMake.parse(_fields(DeliveryMake.KIND, {**value, **_NO_TEXT}))


def read_receipt(value: Said) -> DeliveryReceipt:
    """Read what came.

    Raises:
        InputError: it would not read as a statement.
    """
    return DeliveryReceipt.parse(_fields(DeliveryReceipt.KIND, {**value, **_NO_TEXT}))


def read_record(value: Said) -> SettlementRecord:
    """Read what is settled.

    Raises:
        InputError: it would not read as a statement.
    """
    return SettlementRecord.parse(_fields(SettlementRecord.KIND, {**value, **_NO_TEXT}))


def read_differing(balance: Place, differs: Sequence[JsonValue]) -> BalanceAgree:
    """Read which lines differ.

    Raises:
        InputError: it would not read as a statement.
    """
    value: dict[str, JsonValue] = {"balance": format_place(balance), "differs": [*differs]}
    return BalanceAgree.parse(_fields(BalanceAgree.KIND, value))


def officer_json(person: PersonId, office: str) -> dict[str, JsonValue]:
    """Give who acts, and for which office."""
    return {"person": person, "office": office}


def read_office(person: PersonId, office: str) -> Officer:
    """Read who acts, and for which office.

    Raises:
        InputError: the office would not read.
    """
    return read_officer(Fields({"acting": officer_json(person, office)}), "acting")


_SOME_DAY: Final = Date(2000, 1, 1)
"""Stands where a day is left out, for the rest to be read; it is never said."""

_NO_TEXT: dict[str, JsonValue] = {"parcel": None, "sealed": None}


def _fields(kind: str, value: dict[str, JsonValue]) -> Fields:
    return Fields(value, kind)


def handing_of(
    order: Place,
    said: Mapping[str, str],
    person: PersonId,
    lines: Sequence[JsonValue],
    *,
    on: Date | None = None,
    text: Text | None = None,
) -> Handing:
    """Read what is handed over: `number`, `at` and `office` as they were told.

    Raises:
        InputError: it would not read as a statement.
    """
    anything: list[JsonValue] = [{"line": 1, "quantity": "1"}]  # none named: all that is open
    value: dict[str, JsonValue] = {
        "order": format_place(order),
        "number": said["number"],
        "on": format_date(on or _SOME_DAY),
        "at": said["at"],
        "issuing": officer_json(person, said["office"]),
    }
    bodies = [read_make({**value, "lines": [*sheet] or anything}) for sheet in sheets_of(lines)]
    body, handed = bodies[0], tuple(each for body in bodies for each in body.lines)
    return Handing(order, body.number, body.at, body.issuing, handed if lines else (), on, text)


def receiving_of(
    delivery: Place,
    person: PersonId,
    office: str,
    lines: Sequence[JsonValue] | None,
    *,
    on: Date | None = None,
    text: Text | None = None,
    further: bool = False,
    another: bool = False,
) -> Receiving:
    """Read what came; no lines: all of it.

    Raises:
        InputError: it would not read as a statement.
    """
    body = read_receipt(
        {
            "delivery": format_place(delivery),
            "on": format_date(on or _SOME_DAY),
            "receiving": officer_json(person, office),
            "lines": [*(lines or ())],
        }
    )
    came = None if lines is None else body.lines
    return Receiving(delivery, body.receiving, came, on, text, further, another)


async def read_wanted(
    context: Context,
    agreement: AgreementId,
    order: Place,
    said: Said,
    lines: Sequence[Mapping[str, JsonValue]],
) -> Wanted:
    """Read how lines are settled: `number`, `method`, `acting`, `on`, `reason`, `against`.

    Amounts are in the currency of the lines that they are of.

    Raises:
        InputError: it would not read as a statement.
        StateError: no such order.
    """
    view = await read_view(context, agreement)
    paid = [each["line"] for each in lines if each["amount"] is not None]
    known = accounts_of(view.fold.state, find_order(view, order))
    currencies = sorted({each.currency for each in known if each.line in paid and each.currency})
    anything: JsonValue = {"line": 1, "quantity": None, "amount": None, "price": None}
    value: dict[str, JsonValue] = {
        **said,
        "order": format_place(order),
        "on": said["on"] or format_date(_SOME_DAY),
        "currency": currencies[0] if currencies else None,
        "confirms": None,
    }
    told = [_without_null_damage(each) for each in lines]
    bodies = [read_record({**value, "lines": [*sheet] or [anything]}) for sheet in sheets_of(told)]
    body = bodies[0]
    on = body.on if said["on"] else None
    settled = tuple(each for body in bodies for each in body.lines) if lines else ()
    return Wanted(
        order, body.number, body.method, body.acting, settled, on, body.reason, body.against
    )


def _without_null_damage(line: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Leave out what is damaged where nothing is: the statement has no such key then."""
    return {key: value for key, value in line.items() if (key, value) != ("damaged", None)}
