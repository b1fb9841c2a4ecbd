# SPDX-License-Identifier: Apache-2.0
"""Both printed forms of one order: the 25 elements, and request, return and invoice on one sheet.

Quantities furnished, amounts and totals are worked out of the registers; nobody typed them.
Signatures are statements in registers that both sides signed: the form names their places.
Source: treaties.md 4.4; the names and order of the sheet's fields are remembered, not read
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from comity.basis.amounts import add, format_decimal, parse_decimal
from comity.basis.ids import AgreementId, Place, parse_place
from comity.basis.strict_json import JsonValue
from comity.flows.context import Context
from comity.flows.support.books import settled_lines
from comity.flows.support.shapes import read_order
from comity.flows.turns import read_view
from comity.flows.view import View, statement_at
from comity.marking.hidden import printable_text
from comity.statement.deliveries import DeliveryMake, DeliveryReceipt
from comity.statement.order_values import Officer
from comity.statement.orders import OrderRequest

_NONE: Final = "–"


@dataclass(frozen=True, slots=True)
class PrintedForm:
    """A form as text, and what stands in it."""

    text: str
    elements: dict[str, JsonValue]


ELEMENTS: Final = MappingProxyType(
    {
        1: "agreement",
        2: "date of order",
        3: "office to be billed",
        4: "stock numbers",
        5: "quantity and description asked for",
        6: "quantity furnished",
        7: "unit",
        8: "unit price",
        9: "amount",
        10: "currency",
        11: "total",
        12: "ordering person",
        13: "payee",
        14: "office that collects",
        15: "receipt",
        16: "document number",
        17: "receiving organisation",
        18: "issuing organisation",
        19: "transaction type",
        20: "fund citation",
        21: "transfer, and replacement schedule",
        22: "accepting person",
        23: "special needs",
        24: "limit of liability",
        25: "issuing person",
    }
)
"""The minimum essential data elements of an order. Source: treaties.md 4.4"""


async def print_form(
    context: Context, agreement: AgreementId, place: Place, shape: str
) -> PrintedForm:
    """Print an order as one of the forms.

    Raises:
        StateError: no such order.
    """
    view = await read_view(context, agreement)
    row = await read_order(context, agreement, place)
    elements = await _elements(context, view, row)
    named: dict[str, JsonValue] = {str(number): value for number, value in elements.items()}
    return PrintedForm("\n".join(FORMS[shape](row, elements)) + "\n", named)


_Elements = dict[int, list[JsonValue]]


async def _elements(context: Context, view: View, row: dict[str, Any]) -> _Elements:
    """Gather what stands in each element; an empty list: nothing yet."""
    lines, accepted, head = row["lines"], row["acceptance"], row["head"]
    made = await _statements(context, view, (each["place"] for each in row["deliveries"]))
    handed = [each for _, each in made if isinstance(each, DeliveryMake)]
    receipts = [each["receipt"]["place"] for each in row["deliveries"] if each["receipt"]]
    came = await _statements(context, view, receipts)
    asked = (await statement_at(context, view, parse_place(row["place"]))).body
    title = view.file(row["version"]).title.in_language("en")
    return {
        1: [f"{view.agreement_id}: {title}"],
        2: [row["at"][:10]],
        3: [head["billed"]],
        4: [line["stock"] or _NONE for line in lines],
        5: [f"{line['asked']} {line['description']}" for line in lines],
        6: [line["received"] for line in lines],
        7: [line["unit"] for line in lines],
        8: [line["price"] or _NONE for line in lines],
        9: [line["worth"] or _NONE for line in lines],
        10: [line["currency"] or _NONE for line in lines],
        11: [*_totals(lines)],
        12: [_officer_json(head["ordering"])],
        13: [accepted["payee"]] if accepted else [],
        14: [_officer_json(accepted["collects"])] if accepted else [],
        15: [
            f"{place}, {_officer(each.receiving)}, {each.on}"
            for place, each in came
            if isinstance(each, DeliveryReceipt)
        ],
        16: [head["number"], *([accepted["number"]] if accepted else [])],
        17: [head["organisation"]],
        18: [accepted["organisation"]] if accepted else [],
        19: [f"{line['nature']}, {line['method'] or head['method'] or _NONE}" for line in lines],
        20: [head["fund"]] if head["fund"] else [],
        21: [
            *(f"{each.on}, {each.at}" for each in handed),
            *_schedule(accepted),
        ],
        22: [_officer_json(accepted["accepting"])] if accepted else [],
        23: [*_needs(row, asked)],
        24: [*_liability(accepted)],
        25: [f"{_officer(each.issuing)}, {each.on}" for each in handed],
    }


async def _statements(
    context: Context, view: View, places: Iterable[str]
) -> list[tuple[str, object]]:
    return [
        (place, (await statement_at(context, view, parse_place(place))).body) for place in places
    ]


def _totals(lines: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Add the amounts of each currency, exactly."""
    sums: dict[str, str] = {}
    for line in lines:
        if line["worth"] is not None:
            so_far = parse_decimal(sums.get(line["currency"], "0"), "total")
            total = add(so_far, parse_decimal(line["worth"], "worth"))
            sums[line["currency"]] = format_decimal(total)
    for currency, total_text in sorted(sums.items()):
        yield f"{total_text} {currency}"


def _schedule(accepted: dict[str, Any] | None) -> Iterator[str]:
    if accepted and accepted["replace_by"]:
        at = "" if accepted["replace_at"] is None else f", {accepted['replace_at']}"
        yield f"replaced by {accepted['replace_by']}{at}"


def _needs(row: dict[str, Any], asked: object) -> Iterator[str]:
    if isinstance(asked, OrderRequest) and asked.sealed is not None:
        yield f"sealed beside {row['place']}"


def _liability(accepted: dict[str, Any] | None) -> Iterator[str]:
    if accepted and accepted["liability"]:
        yield f"{accepted['liability']['amount']} {accepted['liability']['currency']}"


def _officer(officer: Officer) -> str:
    return f"{officer.person}, {officer.office}"


def _officer_json(officer: dict[str, Any]) -> str:
    return f"{officer['person']}, {officer['office']}"


_PER_LINE: Final = (4, 5, 6, 7, 8, 9, 10, 19)


def _acsa(row: dict[str, Any], elements: _Elements) -> Iterator[str]:
    """Write the order form of 25 elements."""
    yield from _heading(f"ORDER {row['order']}", row)
    for number, name in ELEMENTS.items():
        if number not in _PER_LINE:
            yield _element(number, name, elements[number])
    for at, line in enumerate(row["lines"]):
        yield f"LINE {line['line']}"
        for number in _PER_LINE:
            yield _element(number, ELEMENTS[number], elements[number][at : at + 1])


def _three(row: dict[str, Any], elements: _Elements) -> Iterator[str]:
    """Write request, return and invoice on one sheet."""
    yield from _heading(f"SHEET {row['order']}", row)
    yield "A  REQUEST"
    for number in (1, 2, 16, 12, 17, 21):
        yield _element(number, ELEMENTS[number], elements[number])
    for line in row["lines"]:
        what = f"{line['asked']} {line['unit']} {line['description']}"
        yield f"    line {line['line']}: {_safe(what)}, stock {_safe(line['stock'] or _NONE)}"
    yield "B  RETURN"
    yield from _returned(row)
    yield "C  INVOICE"
    for number in (3, 13, 14, 11):
        yield _element(number, ELEMENTS[number], elements[number])
    for line in row["lines"]:
        if line["price"] is not None:
            sum_ = f"{line['received']} × {line['price']} = {line['worth']} {line['currency']}"
            yield f"    line {line['line']}: {sum_}"
    for each in row["invoices"]:
        yield f"    bill {_safe(each['number'])}: {each['total']} {each['currency']}"
    yield from _paid(row)


def _returned(row: dict[str, Any]) -> Iterator[str]:
    """Write what was given back or replaced; a loan in what condition."""
    units = {line["line"]: line["unit"] for line in row["lines"]}
    back = [each for each in settled_lines(row["settlements"]) if each["amount"] is None]
    back = [each for each in back if each["quantity"] is not None]
    for each in back:
        told = f"{each['quantity']} {units[each['line']]} by {each['method']}"
        damaged = f", {each['damaged']} of it damaged" if each.get("damaged") else ""
        yield f"    line {each['line']}: {told}{damaged}, {each['on']}, {each['place']}"
    if not back:
        yield f"    {_NONE}"


def _paid(row: dict[str, Any]) -> Iterator[str]:
    """Write what was paid, in cash, in equal value or by offset; for what was owed in kind too."""
    units = {line["line"]: line["unit"] for line in row["lines"]}
    for each in settled_lines(row["settlements"]):
        if each["amount"] is not None:
            told = f"{each['amount']} {each['currency']} by {each['method']}"
            if each["quantity"] is not None:
                told += f" for {each['quantity']} {units[each['line']]} owed in kind"
            yield f"    paid, line {each['line']}: {told}, {each['on']}, {each['place']}"


def _heading(title: str, row: dict[str, Any]) -> Iterator[str]:
    yield title
    yield f"{row['by']} asks {row['head']['provider']}: {row['life']}"
    yield ""


def _element(number: int, name: str, values: list[JsonValue]) -> str:
    told = "; ".join(_safe(str(each)) for each in values) or _NONE
    return f"{number:>3} {name:<36}{told}"


def _safe(text: str) -> str:
    return printable_text(text)


FORMS: Final[MappingProxyType[str, Callable[[dict[str, Any], _Elements], Iterator[str]]]] = (
    MappingProxyType({"acsa": _acsa, "three": _three})
)
"""The forms that an order is printed as."""
