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
from unicodedata import east_asian_width

from comity.basis.amounts import add, format_decimal, parse_decimal
from comity.basis.ids import AgreementId, Place, parse_place
from comity.basis.strict_json import JsonValue
from comity.flows.context import Context
from comity.flows.support.books import settled_lines
from comity.flows.support.form_words import ELEMENT_WORDS, FormWords
from comity.flows.support.shapes import read_order
from comity.flows.turns import read_view
from comity.flows.view import View, statement_at
from comity.marking.hidden import printable_text
from comity.statement.deliveries import DeliveryMake, DeliveryReceipt
from comity.statement.order_values import Officer
from comity.statement.orders import Method, OrderRequest

_NONE: Final = "–"
_NAME_COLUMNS: Final = 36


@dataclass(frozen=True, slots=True)
class PrintedForm:
    """A form as text, and what stands in it."""

    text: str
    elements: dict[str, JsonValue]


ELEMENTS: Final = MappingProxyType({number: words[0] for number, words in ELEMENT_WORDS.items()})
"""The minimum essential data elements of an order, in English. Source: treaties.md 4.4"""


async def print_form(
    context: Context, agreement: AgreementId, place: Place, shape: str, language: str = "en"
) -> PrintedForm:
    """Print an order as one of the forms, in a language.

    Raises:
        StateError: no such order.
        InputError: there are no words in that language.
    """
    words = FormWords(language)
    view = await read_view(context, agreement)
    row = await read_order(context, agreement, place)
    elements = await _elements(context, view, row, words)
    named: dict[str, JsonValue] = {str(number): value for number, value in elements.items()}
    return PrintedForm("\n".join(FORMS[shape](row, elements, words)) + "\n", named)


_Elements = dict[int, list[JsonValue]]


async def _elements(
    context: Context, view: View, row: dict[str, Any], words: FormWords
) -> _Elements:
    """Gather what stands in each element; an empty list: nothing yet."""
    lines, accepted, head = row["lines"], row["acceptance"], row["head"]
    made = await _statements(context, view, (each["place"] for each in row["deliveries"]))
    handed = [each for _, each in made if isinstance(each, DeliveryMake)]
    receipts = [each["receipt"]["place"] for each in row["deliveries"] if each["receipt"]]
    receipts += [more["place"] for each in row["deliveries"] for more in each["further"]]
    came = await _statements(context, view, receipts)
    asked = (await statement_at(context, view, parse_place(row["place"]))).body
    title = view.file(row["version"]).title.in_language(words.language)
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
        19: [_transaction(line, head, words) for line in lines],
        20: [head["fund"]] if head["fund"] else [],
        21: [
            *(f"{each.on}, {each.at}" for each in handed),
            *_schedule(accepted, words),
        ],
        22: [_officer_json(accepted["accepting"])] if accepted else [],
        23: [*_needs(row, asked, words)],
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


def _transaction(line: dict[str, Any], head: dict[str, Any], words: FormWords) -> str:
    method = line["method"] or head["method"] or _NONE
    return f"{words.say(line['nature'])}, {words.say(method)}"


def _schedule(accepted: dict[str, Any] | None, words: FormWords) -> Iterator[str]:
    if accepted and accepted["replace_by"]:
        at = "" if accepted["replace_at"] is None else f", {accepted['replace_at']}"
        yield words.say("replaced", on=accepted["replace_by"]) + at


def _needs(row: dict[str, Any], asked: object, words: FormWords) -> Iterator[str]:
    if isinstance(asked, OrderRequest) and asked.sealed is not None:
        yield words.say("sealed", place=row["place"])


def _liability(accepted: dict[str, Any] | None) -> Iterator[str]:
    if accepted and accepted["liability"]:
        yield f"{accepted['liability']['amount']} {accepted['liability']['currency']}"


def _officer(officer: Officer) -> str:
    return f"{officer.person}, {officer.office}"


def _officer_json(officer: dict[str, Any]) -> str:
    return f"{officer['person']}, {officer['office']}"


_PER_LINE: Final = (4, 5, 6, 7, 8, 9, 10, 19)


def _acsa(row: dict[str, Any], elements: _Elements, words: FormWords) -> Iterator[str]:
    """Write the order form of 25 elements."""
    yield from _heading("order", row, words)
    for number in ELEMENTS:
        if number not in _PER_LINE:
            yield _element(number, words, elements[number])
    for at, line in enumerate(row["lines"]):
        yield words.say("line", line=line["line"])
        for number in _PER_LINE:
            yield _element(number, words, elements[number][at : at + 1])


def _three(row: dict[str, Any], elements: _Elements, words: FormWords) -> Iterator[str]:
    """Write request, return and invoice on one sheet."""
    yield from _heading("sheet", row, words)
    yield words.say("part request")
    for number in (1, 2, 16, 12, 17, 21):
        yield _element(number, words, elements[number])
    for line in row["lines"]:
        what = _safe(f"{line['asked']} {line['unit']} {line['description']}")
        stock = _safe(line["stock"] or _NONE)
        yield "    " + words.say("asked", line=line["line"], what=what, stock=stock)
    yield words.say("part return")
    yield from _returned(row, words)
    yield words.say("part invoice")
    yield from _invoiced(row, elements, words)
    yield from _paid(row, words)


def _invoiced(row: dict[str, Any], elements: _Elements, words: FormWords) -> Iterator[str]:
    """Write what is payable and its total; what is owed otherwise stands apart, under its method.

    What turned into cash later is on the bill of its day.
    """
    priced = [each for each in row["lines"] if each["price"] is not None]
    in_cash = [each for each in priced if each["method"] == Method.CASH.value]
    for number in (3, 13, 14):
        yield _element(number, words, elements[number])
    yield _element(11, words, [*_totals(in_cash)])
    for line in in_cash:
        yield "    " + _priced(line, words)
    for line in priced:
        if line not in in_cash:
            yield f"    {words.say(line['method'])}: {_priced(line, words)}"
    for each in row["invoices"]:
        total = f"{each['total']} {each['currency']}"
        yield "    " + words.say("bill", number=_safe(each["number"]), total=total)


def _priced(line: dict[str, Any], words: FormWords) -> str:
    facts = {"quantity": line["received"], "price": line["price"]}
    worth = f"{line['worth']} {line['currency']}"
    return words.say("priced", line=line["line"], worth=worth, **facts)


def _returned(row: dict[str, Any], words: FormWords) -> Iterator[str]:
    """Write what was given back or replaced; a loan in what condition."""
    back = [each for each in settled_lines(row["settlements"]) if each["amount"] is None]
    back = [each for each in back if each["quantity"] is not None]
    for each in back:
        damaged = each.get("damaged")
        key = "returned damaged" if damaged else "returned"
        yield "    " + words.say(key, **_settled(row, each, words), damaged=damaged)
    if not back:
        yield f"    {_NONE}"


def _paid(row: dict[str, Any], words: FormWords) -> Iterator[str]:
    """Write what was paid, in cash, in equal value or by offset; for what was owed in kind too."""
    for each in settled_lines(row["settlements"]):
        if each["amount"] is not None:
            key = "paid" if each["quantity"] is None else "paid for kind"
            amount = f"{each['amount']} {each['currency']}"
            yield "    " + words.say(key, **_settled(row, each, words), amount=amount)


def _settled(row: dict[str, Any], each: dict[str, Any], words: FormWords) -> dict[str, object]:
    """Give the facts of a line of a settlement as a form tells them."""
    units = {line["line"]: line["unit"] for line in row["lines"]}
    return {
        "line": each["line"],
        "quantity": f"{each['quantity']} {units[each['line']]}",
        "method": words.say(each["method"]),
        "on": each["on"],
        "place": each["place"],
    }


def _heading(title: str, row: dict[str, Any], words: FormWords) -> Iterator[str]:
    yield words.say(title, order=row["order"])
    life = words.say(f"life {row['life']}")
    yield words.say("asks", requester=row["by"], provider=row["head"]["provider"], life=life)
    for each in row["disputes"]:
        lines = ", ".join(str(line) for line in each["lines"])
        key = "disputed lines" if lines else "disputed"
        yield words.say(key, party=each["by"], lines=lines, place=each["place"])
    yield ""


def _element(number: int, words: FormWords, values: list[JsonValue]) -> str:
    """Write an element; wide letters take two columns each."""
    name = words.element(number)
    wide = sum(east_asian_width(letter) in "WF" for letter in name)
    told = "; ".join(_safe(str(each)) for each in values) or _NONE
    return f"{number:>3} {name:<{_NAME_COLUMNS - wide}}{told}"


def _safe(text: str) -> str:
    return printable_text(text)


FORMS: Final[
    MappingProxyType[str, Callable[[dict[str, Any], _Elements, FormWords], Iterator[str]]]
] = MappingProxyType({"acsa": _acsa, "three": _three})
"""The forms that an order is printed as."""
