# SPDX-License-Identifier: Apache-2.0
"""Bills, settlements, balances, books and reports over HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final

from litestar import Request
from litestar.params import JSONBody, Parameter
from msgspec import to_builtins

from comity.api.case_shapes import text_of
from comity.api.desk import Desk, desk_of, done
from comity.api.goods import known_order
from comity.api.goods_shapes import (
    AgreeBody,
    BalanceBody,
    BalanceReply,
    BalancesReply,
    BillBody,
    BooksReply,
    ConfirmBody,
    DropBody,
    SettlementBody,
    SettlementsReply,
    YearReply,
)
from comity.api.operations import get, post
from comity.api.places import AgreementPath, IndexPath, PartyPath, agreement_of, place_of
from comity.api.replies import not_there
from comity.api.shapes import EnteredReply, entered_reply, reply
from comity.basis.ids import AgreementId, Place
from comity.basis.instants import parse_date
from comity.flows.listing import read_state
from comity.flows.support import balances, settlements
from comity.flows.support.books import BOOKS, export_books
from comity.flows.support.claims import drop
from comity.flows.support.ledgers import lines_to_name, read_ledger
from comity.flows.support.reading import (
    officer_json,
    read_differing,
    read_office,
    read_wanted,
)
from comity.flows.support.reports import yearly_report
from comity.flows.turns import read_view
from comity.signin.permissions import Permission

_ORDERS: Final = "/agreements/{agreement:str}/orders"
_SETTLEMENTS: Final = "/agreements/{agreement:str}/settlements"
_BALANCES: Final = "/agreements/{agreement:str}/balances"
_BALANCE: Final = "/agreements/{agreement:str}/balance"
_AT: Final = "{party:str}/{index:int}"

Day = Annotated[str | None, Parameter(max_length=10, description="At the end of this day. [today]")]
Begins = Annotated[
    str, Parameter(max_length=5, description="On which month and day a fiscal year begins.")
]
Year = Annotated[
    int, Parameter(ge=1990, le=9998, description="The fiscal year, named by its last day.")
]
Shape = Annotated[str, Parameter(max_length=16, description="csv, json or beancount.")]


@get(_SETTLEMENTS, summary="List bills and settlements", tags=["goods"])
async def list_settlements(
    request: Request[Any, Any, Any], agreement: AgreementPath
) -> SettlementsReply:
    """List bills and settlements; what one side alone has said does not count."""
    desk = desk_of(request, Permission.GOODS_READ)
    parts = ("invoices", "settlements")
    state: Any = await read_state(desk.context, agreement_of(agreement), parts=parts)
    return reply(desk, SettlementsReply, {name: state[name] for name in parts})


@post(f"{_ORDERS}/{_AT}/bills", summary="Bill what was receipted", tags=["goods"])
async def issue_bill(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[BillBody],
) -> EnteredReply:
    """Bill what was receipted of an order and not billed yet; the total is worked out."""
    desk = desk_of(request, Permission.GOODS_WRITE)
    named = agreement_of(agreement)
    place = await known_order(desk, named, place_of(party, index))
    billing = read_office(desk.person, data.office)
    entered = await settlements.bill(
        desk.context, named, place, data.number, billing, currency=data.currency
    )
    return entered_reply(desk, done(entered))


@post(f"{_ORDERS}/{_AT}/settlements", summary="Settle an order", tags=["goods"])
async def settle_order(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[SettlementBody],
) -> EnteredReply:
    """Say that an order is settled, whole or line by line."""
    desk = desk_of(request, Permission.GOODS_WRITE)
    named = agreement_of(agreement)
    place = await known_order(desk, named, place_of(party, index))
    said: dict[str, Any] = to_builtins(data)
    lines, another = said.pop("lines"), said.pop("another")
    del said["text"]
    said["acting"] = officer_json(desk.person, said.pop("office"))
    wanted = await read_wanted(desk.context, named, place, said, lines)
    wanted = replace(wanted, text=text_of(data.text), another=another)
    return entered_reply(desk, done(await settlements.settle(desk.context, named, wanted)))


@post(f"{_SETTLEMENTS}/{_AT}/confirmation", summary="Confirm a settlement", tags=["goods"])
async def confirm_settlement(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[ConfirmBody],
) -> EnteredReply:
    """Confirm what the other side said: the same lines and figures."""
    desk = desk_of(request, Permission.GOODS_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    await _known_settlement(desk, named, place)
    acting = read_office(desk.person, data.office)
    entered = await settlements.confirm(
        desk.context, named, place, data.number, acting, another=data.another
    )
    return entered_reply(desk, done(entered))


@post(f"{_SETTLEMENTS}/{_AT}/withdrawal", summary="Take a settlement back", tags=["goods"])
async def withdraw_settlement(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[DropBody],
) -> EnteredReply:
    """Take back a settlement of ours: a claim, or what counts by our word alone.

    Not what the other side said too, what was billed since, or what both agreed a balance of.
    """
    desk = desk_of(request, Permission.GOODS_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    return await _drop(desk, named, place, data, own=True)


@post(f"{_SETTLEMENTS}/{_AT}/refusal", summary="Refuse a claim", tags=["goods"])
async def refuse_settlement(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[DropBody],
) -> EnteredReply:
    """Refuse what the other side claims to have settled; what is owed stays owed."""
    desk = desk_of(request, Permission.GOODS_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    return await _drop(desk, named, place, data, own=False)


async def _drop(
    desk: Desk, agreement: AgreementId, place: Place, data: DropBody, *, own: bool
) -> EnteredReply:
    await _known_settlement(desk, agreement, place)
    acting, text = read_office(desk.person, data.office), text_of(data.text)
    dropped = await drop(desk.context, agreement, place, acting, text=text, own=own)
    return entered_reply(desk, done(dropped))


async def _known_settlement(desk: Desk, agreement: AgreementId, place: Place) -> None:
    if place not in (await read_view(desk.context, agreement)).fold.state.settlements:
        raise not_there()


@get(_BALANCE, summary="Show what is owed", tags=["goods"])
async def show_balance(
    request: Request[Any, Any, Any], agreement: AgreementPath, at: Day = None
) -> BalanceReply:
    """Show what is owed at the end of a day, what is late, and what one side alone has."""
    desk = desk_of(request, Permission.GOODS_READ)
    on = None if at is None else parse_date(at, "at")
    found = await balances.read_balance(desk.context, agreement_of(agreement), on, with_lines=True)
    value = {
        "balance": found.value,
        "sha256": found.sha256,
        "ageing": [*found.ageing],
        "lines": [*found.lines],
        "caps": [*found.caps],
    }
    return reply(desk, BalanceReply, value)


@get(f"{_BALANCE}/books/{{form:str}}", summary="Write the books", tags=["goods"])
async def write_books(
    request: Request[Any, Any, Any], agreement: AgreementPath, form: Shape, at: Day = None
) -> BooksReply:
    """Write every line as `csv`, `json` or `beancount`."""
    desk = desk_of(request, Permission.GOODS_READ)
    named = agreement_of(agreement)
    if form not in BOOKS:
        raise not_there()
    on = None if at is None else parse_date(at, "at")
    text = await export_books(desk.context, named, form, on)
    return reply(desk, BooksReply, {"form": form, "text": text})


@get(f"{_BALANCE}/years/{{year:int}}", summary="Report a fiscal year", tags=["goods"])
async def report_year(
    request: Request[Any, Any, Any], agreement: AgreementPath, year: Year, begins: Begins = "10-01"
) -> YearReply:
    """Report a year by class of supply, and everything that is open for over a year."""
    desk = desk_of(request, Permission.GOODS_READ)
    found = await yearly_report(desk.context, agreement_of(agreement), year, begins)
    return reply(desk, YearReply, {"report": found})


@get(_BALANCES, summary="List balances", tags=["goods"])
async def list_balances(request: Request[Any, Any, Any], agreement: AgreementPath) -> BalancesReply:
    """List the balances that were stated, and what the others said to them."""
    desk = desk_of(request, Permission.GOODS_READ)
    state: Any = await read_state(desk.context, agreement_of(agreement), parts=("balances",))
    return reply(desk, BalancesReply, {"balances": state["balances"]})


@post(_BALANCES, summary="State a balance", tags=["goods"])
async def state_balance(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[BalanceBody]
) -> EnteredReply:
    """State the balance at the end of a day; figures and digest are worked out."""
    desk = desk_of(request, Permission.GOODS_WRITE)
    until = parse_date(data.until, "until")
    named = agreement_of(agreement)
    entered = await balances.state_balance(desk.context, named, until, desk.person)
    return entered_reply(desk, done(entered))


@post(f"{_BALANCES}/{_AT}/answer", summary="Answer a balance", tags=["goods"])
async def answer_balance(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[AgreeBody],
) -> EnteredReply:
    """Agree to a balance that the other side stated, or name the lines that differ."""
    desk = desk_of(request, Permission.GOODS_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    if place not in (await read_view(desk.context, named)).fold.state.balances:
        raise not_there()
    body = read_differing(place, to_builtins(data.differs))
    held = None if data.ledger is None else read_ledger(data.ledger.encode())
    found = await lines_to_name(desk.context, named, place, ledger=held, unmatched=data.unmatched)
    entered = await balances.agree_balance(
        desk.context, named, place, desk.person, differs=tuple({*body.differs, *found})
    )
    return entered_reply(desk, done(entered))


BALANCES: Final = (
    list_settlements,
    issue_bill,
    settle_order,
    confirm_settlement,
    withdraw_settlement,
    refuse_settlement,
    show_balance,
    write_books,
    report_year,
    list_balances,
    state_balance,
    answer_balance,
)
