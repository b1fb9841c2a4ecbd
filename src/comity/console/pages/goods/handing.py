# SPDX-License-Identifier: Apache-2.0
"""Goods handed over in parts or whole, and receipted; a receipt makes the claim by itself.

What a first receipt said too little of is receipted by a form of its own, so that nothing typed
twice passes for what came besides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from comity.basis.amounts import format_decimal, from_millionths
from comity.basis.errors import InputError, StateError
from comity.basis.ids import Place, parse_place
from comity.basis.strict_json import JsonValue
from comity.console.forms import sealed_text
from comity.console.languages import phrase
from comity.console.pages.goods.acts import ORDER, Act, Desk
from comity.console.pages.goods.forms import (
    Field,
    Form,
    Row,
    day_of,
    rows_written,
)
from comity.decision.house import ORDERING_OFFICES
from comity.decision.stages import Refused
from comity.flows.support import deliveries
from comity.flows.support.orders import asked_lines
from comity.flows.support.reading import handing_of, receiving_of
from comity.front.answers import not_there
from comity.state.fold_deliveries import to_receipt
from comity.state.queries_goods import accounts_of
from comity.statement.deliveries import Condition, DeliveryMake, DeliveryReceipt

_ROWS_MAX: Final = 100
_CONDITIONS: Final = {
    Condition.GOOD: phrase("in good condition"),
    Condition.DAMAGED: phrase("damaged"),
}


async def _deliver_form(desk: Desk) -> Form:
    say, order = desk.visit.say, desk.order
    open_ = [each for each in accounts_of(desk.view.fold.state, order) if each.open_to_deliver]
    described = await _described(desk)
    rows = [
        Row(each.line, (described[each.line], f"{_number(each.open_to_deliver)} {each.unit}"))
        for each in open_[:_ROWS_MAX]
    ]
    return Form(
        button=say("Hand over"),
        fields=(
            Field("number", say("Document number"), is_needed=True),
            Field("office", say("Your office"), is_needed=True),
            Field("at", say("Where"), is_needed=True, value=order.head.at),
            Field("on", say("Day; none: today"), "day"),
            Field("text", say("Names, signatures, special needs: sealed beside it"), "area"),
        ),
        heads=(say("What"), say("Still to come")),
        columns=(Field("quantity", say("Quantity")),),
        rows=tuple(rows),
        note=say("Where no quantity is written, all that is open is handed over."),
        more=max(len(open_) - _ROWS_MAX, 0),
    )


async def _deliver(desk: Desk) -> str | Refused:
    visit, form = desk.visit, desk.visit.form
    lines: list[JsonValue] = [
        {"line": number, **row} for number, row in rows_written(form, ("quantity",)).items()
    ]
    said = {each: form.text(each) for each in ("number", "at", "office")}
    handing = handing_of(
        desk.order.place,
        said,
        visit.person,
        lines,
        on=day_of(form, "on"),
        text=sealed_text(form),
    )
    made = await deliveries.deliver(visit.context, desk.agreement, handing)
    return made if isinstance(made, Refused) else desk.back


async def _receipt_form(desk: Desk) -> Form:
    say, order, state = desk.visit.say, desk.order, desk.view.fold.state
    open_ = [each for each in order.deliveries if each not in state.receipt_of]
    chosen = _chosen(desk, open_)
    delivery = None if chosen is None else state.deliveries.get(chosen)
    came = await _came(desk, () if delivery is None else delivery.lines)
    rows = tuple(replace(row, values=(("quantity", _number(quantity)),)) for row, quantity in came)
    return Form(
        button=say("Receipt it"),
        fields=(
            Field("delivery", "", "hidden", value="" if chosen is None else str(chosen)),
            Field("office", say("Your office"), is_needed=True),
            Field("on", say("Day; none: today"), "day"),
            Field("text", say("Names and signatures: sealed beside it"), "area"),
        ),
        heads=(say("What"), say("Handed over")),
        columns=_came_columns(desk),
        rows=rows,
        note=say("Of a line without a quantity nothing came. What is owed follows from this."),
        links=tuple(
            (f"{desk.back}/receipt?delivery={each}", say("Delivery %(place)s", place=each))
            for each in open_
            if each != chosen
        ),
    )


async def _further_form(desk: Desk) -> Form:
    """Ask for what came of a delivery beside what was receipted of it: to be typed, not offered."""
    say = desk.visit.say
    short = _short(desk)
    chosen = _chosen(desk, list(short))
    came = await _came(desk, short.get(chosen, ()) if chosen else ())
    return Form(
        button=say("Receipt it"),
        fields=(
            Field("delivery", "", "hidden", value="" if chosen is None else str(chosen)),
            Field("office", say("Your office"), is_needed=True),
            Field("on", say("Day; none: today"), "day"),
            Field("another", say("It is another one than what is recorded already"), "check"),
            Field("text", say("Names and signatures: sealed beside it"), "area"),
        ),
        heads=(say("What"), say("Missing by your receipts")),
        columns=_came_columns(desk),
        rows=tuple(row for row, _ in came),
        note=say(
            "Write only what came beside what was receipted. It has a claim and a bill of its own."
        ),
        links=tuple(
            (f"{desk.back}/further?delivery={each}", say("Delivery %(place)s", place=each))
            for each in short
            if each != chosen
        ),
    )


def _short(desk: Desk) -> dict[Place, tuple[tuple[int, int], ...]]:
    """Give the deliveries of which a further receipt may say more, with what is missing by line."""
    state, found = desk.view.fold.state, {}
    for place in desk.order.deliveries:
        delivery = state.deliveries.get(place)
        if delivery is not None and place in state.receipt_of:
            rest = to_receipt(state, desk.order, delivery)
            found[place] = tuple((line, quantity) for line, quantity in rest.items() if quantity)
    return {place: rest for place, rest in found.items() if rest}


async def _came(desk: Desk, lines: Iterable[tuple[int, int]]) -> list[tuple[Row, int]]:
    """Give a row for each line of which something may have come, and how much."""
    described = await _described(desk)
    units = {each.line: each.unit for each in accounts_of(desk.view.fold.state, desk.order)}
    return [
        (Row(line, (described[line], f"{_number(quantity)} {units[line]}")), quantity)
        for line, quantity in lines
    ]


def _came_columns(desk: Desk) -> tuple[Field, ...]:
    say = desk.visit.say
    conditions = tuple((each.value, say(words)) for each, words in _CONDITIONS.items())
    return (
        Field("quantity", say("What came")),
        Field("condition", say("Condition"), options=conditions),
    )


def _chosen(desk: Desk, open_: list[Place]) -> Place | None:
    """Give the delivery that is receipted: the one that is named, else the first.

    Raises:
        NotThere: what is named is no open delivery of this order.
    """
    text = desk.visit.form.text("delivery") or desk.visit.query.text("delivery")
    if not text:
        return open_[0] if open_ else None
    try:
        place = parse_place(text)
    except InputError:
        raise not_there() from None
    if place not in desk.order.deliveries:
        raise not_there()
    return place


async def _receipt(desk: Desk) -> str | Refused:
    return await _receive(desk, further=False)


async def _further(desk: Desk) -> str | Refused:
    return await _receive(desk, further=True)


async def _receive(desk: Desk, *, further: bool) -> str | Refused:
    visit, form = desk.visit, desk.visit.form
    delivery = _chosen(desk, [])
    if delivery is None:
        raise StateError(
            "delivery.nothing-open", "nothing of this order is handed over and not receipted yet"
        )
    lines: list[JsonValue] = [
        {"line": number, "quantity": row["quantity"], "condition": row.get("condition", "good")}
        for number, row in rows_written(form, ("quantity", "condition")).items()
        if row.get("quantity", "0") != "0"
    ]
    receiving = receiving_of(
        delivery,
        visit.person,
        form.text("office"),
        lines,
        on=day_of(form, "on"),
        text=sealed_text(form),
        further=further,
        another=form.text("another") == "yes",
    )
    came = await deliveries.receive(visit.context, desk.agreement, receiving)
    return came if isinstance(came, Refused) else desk.back


async def _described(desk: Desk) -> dict[int, str]:
    asked = await asked_lines(desk.visit.context, desk.view, desk.order)
    return {each.line: each.description for each in asked}


def _number(count: int) -> str:
    return format_decimal(from_millionths(count))


DELIVER: Final = Act(
    f"{ORDER}/deliver",
    phrase("Hand goods over"),
    DeliveryMake.KIND,
    ORDERING_OFFICES,
    _deliver_form,
    _deliver,
)
RECEIPT: Final = Act(
    f"{ORDER}/receipt",
    phrase("Receipt what came"),
    DeliveryReceipt.KIND,
    ORDERING_OFFICES,
    _receipt_form,
    _receipt,
)
FURTHER: Final = Act(
    f"{ORDER}/further",
    phrase("Receipt what came besides"),
    DeliveryReceipt.KIND,
    ORDERING_OFFICES,
    _further_form,
    _further,
)
HANDING: Final = (DELIVER, RECEIPT, FURTHER)
