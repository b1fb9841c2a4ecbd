# SPDX-License-Identifier: Apache-2.0
"""Goods and services asked for, accepted, declined, cancelled and disputed, each by a form."""

from __future__ import annotations

from typing import Final

from comity.agreement.vocabulary.settlement import PRICE_BASES
from comity.basis.amounts import format_decimal, from_millionths
from comity.basis.errors import InputError
from comity.basis.strict_json import JsonValue
from comity.console.forms import sealed_text, words_of
from comity.console.languages import phrase
from comity.console.pages.goods.acts import ORDER, Act, Desk
from comity.console.pages.goods.forms import (
    ROWS_MAX,
    Field,
    Form,
    Options,
    Row,
    choices,
    lines_named,
    row_count,
    rows_written,
    written,
)
from comity.console.pages.goods.places import order_path
from comity.console.pages.goods.words import METHODS, NATURES
from comity.decision.house import GOODS_OFFICES, ORDERING_OFFICES
from comity.decision.stages import Allowed, Refused
from comity.flows.support import orders
from comity.flows.support.order_previews import preview_acceptance, preview_asking
from comity.flows.support.orders import Asking
from comity.flows.support.reading import officer_json, read_acceptance, read_asking
from comity.foresight.words import language_index, say_names
from comity.foresight.words import say as say_word
from comity.state.queries_goods import accounts_of
from comity.statement.orders import (
    Method,
    OrderAccept,
    OrderCancel,
    OrderDecline,
    OrderDispute,
    OrderRequest,
)

_ASKED_MAX: Final = 60
_ASKED_LEAST: Final = 3
_ASKED: Final = ("category", "description", "quantity", "unit", "stock", "return_by")
_PRICED: Final = ("quantity", "price", "tax", "tax_reason")
_AGREED: Final = tuple(each for each in Method if each not in (Method.OFFSET, Method.CONVERTED))


def _methods(desk: Desk) -> Options:
    return tuple((each.value, desk.visit.say(METHODS[each])) for each in _AGREED)


def _names(desk: Desk, words: tuple[str, ...]) -> Options:
    index = language_index(desk.visit.tongue.code)
    return choices(words, [say_names((each,), index) for each in words])


async def _ask_form(desk: Desk) -> Form:
    say, scope = desk.visit.say, desk.view.agreement().scope
    nothing = ("", say("choose"))
    natures = tuple((each.value, say(words)) for each, words in NATURES.items())
    activities = (nothing, *_names(desk, scope.activities)) if scope.activities else ()
    count = row_count(desk.visit.form, _ASKED_LEAST, _ASKED_MAX)
    return Form(
        button=say("Ask for it"),
        fields=(
            Field("number", say("Document number"), is_needed=True),
            Field("provider", say("Provider"), options=choices(*[desk.view.partners] * 2)),
            Field("activity", say("Activity"), options=activities, is_needed=True),
            Field("exercise", say("Exercise")),
            Field("method", say("Settled by"), options=(nothing, *_methods(desk))),
            Field("authority", say("Law that it rests on")),
            Field("organisation", say("Receiving organisation"), is_needed=True),
            Field("office", say("Your office"), is_needed=True),
            Field("billed", say("Office to be billed"), is_needed=True),
            Field("fund", say("Fund")),
            Field("at", say("Where"), is_needed=True),
            Field("by", say("Wanted by"), "day"),
            Field("asked_with", say("Asked with")),
            Field("through", say("Passed on by")),
            Field("protected", say("Protected items")),
            Field("charter", say("It is used as the Charter of the United Nations asks"), "check"),
            Field("text", say("Names, signatures, special needs: sealed beside it"), "area"),
        ),
        columns=(
            Field("category", say("Category"), options=(nothing, *_names(desk, scope.categories))),
            Field("nature", say("Nature"), options=natures),
            Field("description", say("Description")),
            Field("quantity", say("Quantity")),
            Field("unit", say("Unit")),
            Field("stock", say("Stock number")),
            Field("return_by", say("Loan back by"), "day"),
        ),
        rows=tuple(Row(number, ()) for number in range(1, count + 1)),
        note=say("A row in which nothing is written is left out."),
        grows=True,
    )


def _asking(desk: Desk) -> Asking:
    """Read what is asked for.

    Raises:
        InputError: it would not read as a statement.
    """
    form, partners = desk.visit.form, desk.view.partners
    if form.text("provider") not in partners:
        raise InputError(
            "console.no-partner",
            "goods are asked of a partner of this agreement",
            where="provider",
            expected=", ".join(partners),
        )
    head: dict[str, JsonValue] = {
        **{each: form.text(each) for each in ("number", "provider", "activity", "organisation")},
        **{each: written(form, each) for each in ("exercise", "method", "authority", "fund")},
        "protected": [*words_of(form, "protected")],
        "asked_with": [*words_of(form, "asked_with")],
        "ordering": officer_json(desk.visit.person, form.text("office")),
        "billed": form.text("billed"),
        "at": form.text("at"),
        "by": written(form, "by"),
        "through": written(form, "through"),
        "charter": form.text("charter") == "yes",
    }
    rows = rows_written(form, _ASKED)
    lines = [_asked_line(desk, number, row) for number, row in rows.items()]
    if not lines:
        raise InputError("order.no-lines", "an order asks for something", expected="a line")
    asked = read_asking(head, lines)
    return Asking(asked.head, asked.lines, sealed_text(form))


def _asked_line(desk: Desk, number: int, row: dict[str, str]) -> JsonValue:
    nature = desk.visit.form.text(f"nature-{number}")
    texts = {each: row.get(each, "") for each in ("category", "description", "quantity", "unit")}
    more = {each: row.get(each) for each in ("stock", "return_by")}
    return {"line": number, "nature": nature, **texts, **more}


async def _ask(desk: Desk) -> str | Refused:
    entered = await orders.ask_order(desk.visit.context, desk.agreement, _asking(desk))
    if isinstance(entered, Refused):
        return entered
    return order_path(desk.agreement, entered[0].place)


async def _decide_asking(desk: Desk) -> Allowed | Refused:
    return await preview_asking(desk.visit.context, desk.agreement, _asking(desk))


async def _accept_form(desk: Desk) -> Form:
    say, order = desk.visit.say, desk.order
    state = desk.view.fold.state
    open_ = [each for each in accounts_of(state, order) if each.open_to_accept]
    described = {
        each.line: each.description
        for each in await orders.asked_lines(desk.visit.context, desk.view, order)
    }
    rows = [
        Row(
            each.line,
            (described[each.line], f"{_number(each.asked)} {each.unit}"),
            (("quantity", _number(each.open_to_accept)),),
        )
        for each in open_[:ROWS_MAX]
    ]
    index = language_index(desk.visit.tongue.code)
    bases = choices(PRICE_BASES, [say_word(each, index) for each in PRICE_BASES])
    own = desk.view.agreement().find_party(desk.view.own)
    currency = "" if own is None else own.currency or ""
    method = "" if order.head.method is None else order.head.method.value
    return Form(
        button=say("Accept"),
        fields=(
            *(() if order.acceptance is not None else _head_fields(desk)),
            Field("currency", say("Currency"), is_needed=True, value=currency),
            Field("basis", say("Basis of the price"), options=bases),
            Field("method", say("Settled by"), options=_methods(desk), value=method),
        ),
        heads=(say("What"), say("Asked for")),
        columns=(
            Field("quantity", say("Quantity")),
            Field("price", say("Price of one unit")),
            Field("tax", say("Tax in it")),
            Field("tax_reason", say("Why the tax")),
        ),
        rows=tuple(rows),
        note=say("A line without a price is not accepted now. Prices stand from then on."),
        more=max(len(open_) - ROWS_MAX, 0),
        links=((f"{desk.back}/decline", say("Decline instead")),),
    )


def _head_fields(desk: Desk) -> tuple[Field, ...]:
    say = desk.visit.say
    return (
        Field("number", say("Document number"), is_needed=True),
        Field("office", say("Your office"), is_needed=True),
        Field("organisation", say("Issuing organisation"), is_needed=True),
        Field("payee", say("Payee"), is_needed=True),
        Field("collector", say("Person who collects"), is_needed=True),
        Field("collecting", say("Office that collects"), is_needed=True),
        Field("liability", say("Limit of liability")),
        Field("replace_by", say("To be replaced by"), "day"),
        Field("replace_at", say("Where it is replaced")),
    )


def _acceptance(desk: Desk) -> OrderAccept:
    """Read what is accepted.

    Raises:
        InputError: it would not read as a statement.
    """
    form, order = desk.visit.form, desk.order
    lines: list[JsonValue] = []
    for number, row in rows_written(form, _PRICED).items():
        if "price" in row:
            lines.append(_priced(desk, number, row))
    if not lines:
        raise InputError(
            "console.no-price",
            "no line has a price yet",
            expected="a price for each line that is accepted",
        )
    head = None if order.acceptance is not None else _accepting(desk)
    return read_acceptance(order.place, head, lines)


def _priced(desk: Desk, number: int, row: dict[str, str]) -> JsonValue:
    form = desk.visit.form
    taxes: list[JsonValue] = []
    if "tax" in row:
        taxes.append({"amount": row["tax"], "reason": row.get("tax_reason", "")})
    return {
        "line": number,
        "quantity": row.get("quantity", ""),
        "price": row["price"],
        **{each: form.text(each) for each in ("currency", "basis", "method")},
        "taxes": taxes,
    }


def _accepting(desk: Desk) -> dict[str, JsonValue]:
    form = desk.visit.form
    limit = written(form, "liability")
    liability: JsonValue = None
    if limit is not None:
        liability = {"amount": limit, "currency": form.text("currency")}
    return {
        "number": form.text("number"),
        "accepting": officer_json(desk.visit.person, form.text("office")),
        "payee": form.text("payee"),
        "collects": {"person": form.text("collector"), "office": form.text("collecting")},
        "organisation": form.text("organisation"),
        "liability": liability,
        "replace_by": written(form, "replace_by"),
        "replace_at": written(form, "replace_at"),
    }


async def _accept(desk: Desk) -> str | Refused:
    body, visit = _acceptance(desk), desk.visit
    entered = await orders.accept_order(
        visit.context, desk.agreement, body.order, body.head, body.lines, person=visit.person
    )
    return entered if isinstance(entered, Refused) else desk.back


async def _decide_acceptance(desk: Desk) -> Allowed | Refused:
    visit = desk.visit
    return await preview_acceptance(visit.context, desk.agreement, _acceptance(desk), visit.person)


def _lines_field(desk: Desk) -> Field:
    return Field("lines", desk.visit.say("Lines, with commas; none: all that is open"))


async def _decline_form(desk: Desk) -> Form:
    return Form(button=desk.visit.say("Decline"), fields=(_lines_field(desk),))


async def _decline(desk: Desk) -> str | Refused:
    visit = desk.visit
    said = await orders.decline_order(
        visit.context, desk.agreement, desk.order.place, lines_named(visit.form), visit.person
    )
    return said if isinstance(said, Refused) else desk.back


async def _cancel_form(desk: Desk) -> Form:
    return Form(button=desk.visit.say("Cancel what is open"), fields=(_lines_field(desk),))


async def _cancel(desk: Desk) -> str | Refused:
    visit = desk.visit
    said = await orders.cancel_order(
        visit.context, desk.agreement, desk.order.place, lines_named(visit.form), visit.person
    )
    return said if isinstance(said, Refused) else desk.back


async def _dispute_form(desk: Desk) -> Form:
    say = desk.visit.say
    stands = (
        ("yes", say("We dispute it")),
        ("no", say("We take our dispute back, of these lines")),
    )
    return Form(
        button=say("Say so"),
        fields=(
            Field("stands", say("Dispute"), options=stands),
            Field("lines", say("Lines, with commas; none: all")),
            Field("text", say("Why: sealed beside it"), "area"),
        ),
    )


async def _dispute(desk: Desk) -> str | Refused:
    visit, form = desk.visit, desk.visit.form
    stands = form.text("stands") != "no"
    body = OrderDispute(desk.order.place, lines_named(form), stands=stands)
    said = await orders.dispute_order(
        visit.context, desk.agreement, body, person=visit.person, text=sealed_text(form)
    )
    return said if isinstance(said, Refused) else desk.back


def _number(count: int) -> str:
    return format_decimal(from_millionths(count))


ASK: Final = Act(
    "/orders/{agreement}/ask",
    phrase("Ask for goods and services"),
    OrderRequest.KIND,
    ORDERING_OFFICES,
    _ask_form,
    _ask,
    _decide_asking,
)
ACCEPT: Final = Act(
    f"{ORDER}/accept",
    phrase("Accept an order"),
    OrderAccept.KIND,
    ORDERING_OFFICES,
    _accept_form,
    _accept,
    _decide_acceptance,
)
DECLINE: Final = Act(
    f"{ORDER}/decline",
    phrase("Decline an order"),
    OrderDecline.KIND,
    ORDERING_OFFICES,
    _decline_form,
    _decline,
)
CANCEL: Final = Act(
    f"{ORDER}/cancel",
    phrase("Cancel an order"),
    OrderCancel.KIND,
    ORDERING_OFFICES,
    _cancel_form,
    _cancel,
)
DISPUTE: Final = Act(
    f"{ORDER}/dispute",
    phrase("Dispute an order"),
    OrderDispute.KIND,
    GOODS_OFFICES,
    _dispute_form,
    _dispute,
)
ORDERING: Final = (ASK, ACCEPT, DECLINE, CANCEL, DISPUTE)
