# SPDX-License-Identifier: Apache-2.0
"""Orders and deliveries over HTTP: whoever is signed in acts, for the office that is named."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from litestar import Request
from litestar.params import JSONBody, Parameter
from msgspec import to_builtins

from comity.api.case_shapes import text_of
from comity.api.desk import Desk, desk_of, done
from comity.api.goods_shapes import (
    AcceptBody,
    DeliveriesReply,
    DeliveryBody,
    DisputeGoodsBody,
    EnteredAllReply,
    ExerciseReply,
    FormReply,
    GoodsReceiptBody,
    GoodsReceiptReply,
    LinesBody,
    OrderBody,
    OrderReply,
    OrdersReply,
)
from comity.api.operations import get, post
from comity.api.places import (
    AgreementPath,
    IndexPath,
    PartyPath,
    agreement_of,
    place_of,
    refuse_own_party,
)
from comity.api.replies import not_there
from comity.api.shapes import EnteredReply, entered_reply, reply
from comity.basis.ids import AgreementId, Place, parse_party_id
from comity.basis.instants import parse_date
from comity.basis.strict_json import JsonValue
from comity.flows.listing import read_state
from comity.flows.shapes import entered_json
from comity.flows.support import deliveries, orders
from comity.flows.support.exercises import exercise_view
from comity.flows.support.forms import FORMS, print_form
from comity.flows.support.orders import Asking
from comity.flows.support.reading import (
    handing_of,
    officer_json,
    read_acceptance,
    read_asking,
    receiving_of,
)
from comity.flows.support.shapes import read_order, read_orders
from comity.flows.turns import read_view
from comity.signin.permissions import Permission
from comity.statement.orders import OrderDispute

_ORDERS: Final = "/agreements/{agreement:str}/orders"
_DELIVERIES: Final = "/agreements/{agreement:str}/deliveries"
_AT: Final = "{party:str}/{index:int}"
ExercisePath = Annotated[
    str, Parameter(max_length=100, description="The exercise, as orders name it.")
]

FormLanguage = Annotated[
    Literal["en", "ja", "ko"] | None,
    Parameter(description="The language of the form's words. [the node's own]"),
]


async def known_order(desk: Desk, agreement: AgreementId, place: Place) -> Place:
    """Give the place of an order that there is.

    Raises:
        ComityError: there is none, answered as what one may not know of.
    """
    if place not in (await read_view(desk.context, agreement)).fold.state.orders:
        raise not_there()
    return place


@get(_ORDERS, summary="List orders", tags=["goods"])
async def list_orders(request: Request[Any, Any, Any], agreement: AgreementPath) -> OrdersReply:
    """List the orders, and how far each has come."""
    desk = desk_of(request, Permission.GOODS_READ)
    rows = await read_orders(desk.context, agreement_of(agreement))
    return reply(desk, OrdersReply, {"orders": [*rows]})


@post(_ORDERS, summary="Ask for goods and services", tags=["goods"])
async def ask_order(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[OrderBody]
) -> EnteredAllReply:
    """Ask a provider, line by line; many lines go in several statements of one commit."""
    desk = desk_of(request, Permission.GOODS_WRITE)
    refuse_own_party(desk, (parse_party_id(data.provider, "provider"),))
    said: dict[str, JsonValue] = to_builtins(data)
    lines: Any = said.pop("lines")
    del said["text"]
    said |= {
        "ordering": officer_json(desk.person, str(said.pop("office"))),
        "at": said.pop("place"),
    }
    wanted = read_asking(said, lines)
    asking = Asking(wanted.head, wanted.lines, text_of(data.text))
    entered = done(await orders.ask_order(desk.context, agreement_of(agreement), asking))
    return reply(desk, EnteredAllReply, {"entered": [entered_json(each) for each in entered]})


@get(f"{_ORDERS}/{_AT}", summary="Show an order", tags=["goods"])
async def show_order(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> OrderReply:
    """Show an order with its deliveries, bills and settlements, and what is owed for it."""
    desk = desk_of(request, Permission.GOODS_READ)
    named = agreement_of(agreement)
    place = await known_order(desk, named, place_of(party, index))
    return reply(desk, OrderReply, {"order": await read_order(desk.context, named, place)})


@get(f"{_ORDERS}/{_AT}/forms/{{form:str}}", summary="Print an order", tags=["goods"])
async def print_order(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    *,
    form: Annotated[str, Parameter(max_length=16, description="acsa or three.")],
    lang: FormLanguage = None,
) -> FormReply:
    """Print an order as the form of 25 elements (`acsa`), or on one sheet (`three`)."""
    desk = desk_of(request, Permission.GOODS_READ)
    named = agreement_of(agreement)
    place = await known_order(desk, named, place_of(party, index))
    if form not in FORMS:
        raise not_there()
    language = lang or desk.context.config.default_language
    printed = await print_form(desk.context, named, place, form, language)
    value: dict[str, JsonValue] = {"form": form, "elements": printed.elements}
    return reply(desk, FormReply, {**value, "text": printed.text})


@post(f"{_ORDERS}/{_AT}/acceptance", summary="Accept an order", tags=["goods"])
async def accept_order(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[AcceptBody],
) -> EnteredReply:
    """Accept lines of an order, at prices that stand from then on."""
    desk = desk_of(request, Permission.GOODS_WRITE)
    named = agreement_of(agreement)
    place = await known_order(desk, named, place_of(party, index))
    said: dict[str, Any] = to_builtins(data)
    head = said["head"]
    if head is not None:
        head["accepting"] = officer_json(desk.person, head.pop("office"))
    body = read_acceptance(place, head, said["lines"])
    entered = await orders.accept_order(
        desk.context, named, place, body.head, body.lines, person=desk.person
    )
    return entered_reply(desk, done(entered))


@post(f"{_ORDERS}/{_AT}/refusal", summary="Decline an order", tags=["goods"])
async def decline_order(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[LinesBody],
) -> EnteredReply:
    """Decline an order, or lines of it; no reason is owed."""
    desk = desk_of(request, Permission.GOODS_WRITE)
    named = agreement_of(agreement)
    place = await known_order(desk, named, place_of(party, index))
    lines = tuple(sorted(set(data.lines)))
    return entered_reply(
        desk, done(await orders.decline_order(desk.context, named, place, lines, desk.person))
    )


@post(f"{_ORDERS}/{_AT}/cancellation", summary="Cancel an order", tags=["goods"])
async def cancel_order(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[LinesBody],
) -> EnteredReply:
    """Cancel what is still to come of an order, or of lines of it."""
    desk = desk_of(request, Permission.GOODS_WRITE)
    named = agreement_of(agreement)
    place = await known_order(desk, named, place_of(party, index))
    lines = tuple(sorted(set(data.lines)))
    return entered_reply(
        desk, done(await orders.cancel_order(desk.context, named, place, lines, desk.person))
    )


@post(f"{_ORDERS}/{_AT}/dispute", summary="Dispute an order", tags=["goods"])
async def dispute_order(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[DisputeGoodsBody],
) -> EnteredReply:
    """Dispute an order, or lines of it, with the reason sealed; or take our dispute back."""
    desk = desk_of(request, Permission.GOODS_WRITE)
    named = agreement_of(agreement)
    place = await known_order(desk, named, place_of(party, index))
    body = OrderDispute(place, tuple(sorted(set(data.lines))), stands=data.stands)
    entered = await orders.dispute_order(
        desk.context, named, body, person=desk.person, text=text_of(data.text)
    )
    return entered_reply(desk, done(entered))


@get("/exercises/{exercise:str}", summary="Show an exercise", tags=["goods"])
async def show_exercise(request: Request[Any, Any, Any], exercise: ExercisePath) -> ExerciseReply:
    """Show the orders, visits and items of one exercise, of every agreement."""
    desk = desk_of(request, Permission.GOODS_READ)
    rows: Any = await exercise_view(desk.context, exercise, desk.person)
    return reply(desk, ExerciseReply, {"exercise": exercise, **rows})


@get(_DELIVERIES, summary="List deliveries", tags=["goods"])
async def list_deliveries(
    request: Request[Any, Any, Any], agreement: AgreementPath
) -> DeliveriesReply:
    """List the deliveries, their receipts and the claims that these made."""
    desk = desk_of(request, Permission.GOODS_READ)
    state: Any = await read_state(desk.context, agreement_of(agreement), parts=("deliveries",))
    return reply(desk, DeliveriesReply, {"deliveries": state["deliveries"]})


@post(f"{_ORDERS}/{_AT}/deliveries", summary="Hand goods over", tags=["goods"])
async def make_delivery(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[DeliveryBody],
) -> EnteredReply:
    """Hand over what was accepted, in parts or whole; all deadlines count from that day."""
    desk = desk_of(request, Permission.GOODS_WRITE)
    named = agreement_of(agreement)
    place = await known_order(desk, named, place_of(party, index))
    handing = handing_of(
        place,
        {"number": data.number, "at": data.place, "office": data.office},
        desk.person,
        to_builtins(data.lines),
        on=None if data.on is None else parse_date(data.on, "on"),
        text=text_of(data.text),
    )
    return entered_reply(desk, done(await deliveries.deliver(desk.context, named, handing)))


@post(f"{_DELIVERIES}/{_AT}/receipt", summary="Receipt a delivery", tags=["goods"])
async def receipt_delivery(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[GoodsReceiptBody],
) -> GoodsReceiptReply:
    """Receipt a delivery, or whatever of an order is open; the claim is entered with it."""
    desk = desk_of(request, Permission.GOODS_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    state = (await read_view(desk.context, named)).fold.state
    if place not in state.deliveries and place not in state.orders:
        raise not_there()
    receiving = receiving_of(
        place,
        desk.person,
        data.office,
        None if data.lines is None else to_builtins(data.lines),
        on=None if data.on is None else parse_date(data.on, "on"),
        text=text_of(data.text),
        further=data.further,
        another=data.another,
    )
    came = done(await deliveries.receive(desk.context, named, receiving))
    said = (came.receipt._replace(further=()), *came.receipt.further)
    return reply(desk, GoodsReceiptReply, {"entered": [entered_json(each) for each in said]})


GOODS: Final = (
    list_orders,
    ask_order,
    show_order,
    print_order,
    accept_order,
    decline_order,
    cancel_order,
    dispute_order,
    show_exercise,
    list_deliveries,
    make_delivery,
    receipt_delivery,
)
