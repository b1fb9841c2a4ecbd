# SPDX-License-Identifier: Apache-2.0
"""What came is billed and settled; what one side alone has said is confirmed, refused, taken back.

Amounts are worked out: nobody types a total.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.basis.amounts import format_decimal, from_millionths
from comity.basis.strict_json import JsonValue
from comity.console.forms import sealed_text
from comity.console.languages import phrase
from comity.console.pages.goods.acts import ORDER, Act, Desk
from comity.console.pages.goods.forms import (
    ROWS_MAX,
    Field,
    Form,
    Row,
    rows_written,
    written,
)
from comity.console.pages.goods.words import METHODS, OWED
from comity.decision.house import GOODS_OFFICES, SETTLING_OFFICES
from comity.decision.stages import Refused
from comity.flows.support import settlements
from comity.flows.support.claims import drop
from comity.flows.support.reading import officer_json, read_office, read_wanted
from comity.state.queries_goods import accounts_of, claims_at
from comity.statement.settlements import InvoiceIssue, SettlementDrop, SettlementRecord
from comity.support.accounts import Claim, LineAccount, Owed

_SETTLED: Final = ("quantity", "amount", "price", "damaged")
_AT: Final = f"{ORDER}/settlement/{{by}}/{{number}}"


async def _bill_form(desk: Desk) -> Form:
    say = desk.visit.say
    return Form(
        button=say("Send the bill"),
        fields=(
            Field("number", say("Document number"), is_needed=True),
            Field("office", say("Your office"), is_needed=True),
            Field("currency", say("Currency, where there are several")),
        ),
    )


async def _bill(desk: Desk) -> str | Refused:
    visit, form = desk.visit, desk.visit.form
    billing = read_office(visit.person, form.text("office"))
    billed = await settlements.bill(
        visit.context,
        desk.agreement,
        desk.order.place,
        form.text("number"),
        billing,
        currency=written(form, "currency"),
    )
    return billed if isinstance(billed, Refused) else desk.back


async def _settle_form(desk: Desk) -> Form:
    say, order, state = desk.visit.say, desk.order, desk.view.fold.state
    at = desk.view.moment(desk.visit.context)
    open_ = [
        (each, claims)
        for each in accounts_of(state, order)
        if (claims := claims_at(state, order, each, at))
    ]
    methods = tuple((each.value, say(words)) for each, words in METHODS.items())
    return Form(
        button=say("Say that it is settled"),
        fields=(
            Field("number", say("Document number"), is_needed=True),
            Field("method", say("Settled by"), options=methods),
            Field("office", say("Your office"), is_needed=True),
            Field("on", say("Day; none: today"), "day"),
            Field("reason", say("Reason, where cash is paid for supplies")),
            Field("against", say("Order that an offset takes from")),
            Field("another", say("It is another one than what is recorded already"), "check"),
            Field("text", say("Names, signatures, condition: sealed beside it"), "area"),
        ),
        heads=(say("Outstanding"),),
        columns=(
            Field("quantity", say("Quantity")),
            Field("amount", say("Amount")),
            Field("price", say("Price of the day")),
            Field("damaged", say("Damaged of it")),
        ),
        rows=tuple(
            Row(each.line, ("; ".join(_told(desk, each, claim) for claim in claims),))
            for each, claims in open_[:ROWS_MAX]
        ),
        note=say("Where nothing is written, all that is open and settled so is settled."),
        more=max(len(open_) - ROWS_MAX, 0),
    )


def _told(desk: Desk, account: LineAccount, claim: Claim) -> str:
    measure = account.unit if claim.owed is Owed.KIND else account.currency
    number = format_decimal(from_millionths(claim.open))
    return f"{number} {measure}, {desk.visit.say(OWED[claim.owed])}"


async def _settle(desk: Desk) -> str | Refused:
    visit, form = desk.visit, desk.visit.form
    said: dict[str, JsonValue] = {
        "number": form.text("number"),
        "method": form.text("method"),
        "acting": officer_json(visit.person, form.text("office")),
        **{each: written(form, each) for each in ("on", "reason", "against")},
    }
    lines: list[dict[str, JsonValue]] = [
        {"line": number, **{each: row.get(each) for each in _SETTLED}}
        for number, row in rows_written(form, _SETTLED).items()
    ]
    place = desk.order.place
    wanted = await read_wanted(visit.context, desk.agreement, place, said, lines)
    wanted = replace(wanted, text=sealed_text(form), another=form.text("another") == "yes")
    settled = await settlements.settle(visit.context, desk.agreement, wanted)
    return settled if isinstance(settled, Refused) else desk.back


async def _confirm_form(desk: Desk) -> Form:
    say = desk.visit.say
    return Form(
        button=say("Confirm it"),
        fields=(
            Field("number", say("Document number"), is_needed=True),
            Field("office", say("Your office"), is_needed=True),
            Field("another", say("It is another one than what is recorded already"), "check"),
        ),
        note=say("The same lines and figures count then."),
        links=((f"{_path(desk)}/refuse", say("Refuse it instead")),),
    )


async def _confirm(desk: Desk) -> str | Refused:
    visit, form = desk.visit, desk.visit.form
    confirmed = await settlements.confirm(
        visit.context,
        desk.agreement,
        desk.settlement.place,
        form.text("number"),
        read_office(visit.person, form.text("office")),
        another=form.text("another") == "yes",
    )
    return confirmed if isinstance(confirmed, Refused) else desk.back


async def _drop_form(desk: Desk, button: str, note: str = "") -> Form:
    say = desk.visit.say
    return Form(
        button=button,
        fields=(
            Field("office", say("Your office"), is_needed=True),
            Field("text", say("Why: sealed beside it"), "area"),
        ),
        note=note,
    )


async def _refuse_form(desk: Desk) -> Form:
    return await _drop_form(desk, desk.visit.say("Refuse it: it stays owed"))


async def _withdraw_form(desk: Desk) -> Form:
    say, note = desk.visit.say, ""
    if desk.settlement.counted is not None:
        note = say("It counts now. What it settled is owed again then, each of its own day.")
    return await _drop_form(desk, say("Take it back"), note)


async def _drop(desk: Desk, *, own: bool) -> str | Refused:
    visit, form = desk.visit, desk.visit.form
    acting = read_office(visit.person, form.text("office"))
    dropped = await drop(
        visit.context,
        desk.agreement,
        desk.settlement.place,
        acting,
        text=sealed_text(form),
        own=own,
    )
    return dropped if isinstance(dropped, Refused) else desk.back


async def _refuse(desk: Desk) -> str | Refused:
    return await _drop(desk, own=False)


async def _withdraw(desk: Desk) -> str | Refused:
    return await _drop(desk, own=True)


def _path(desk: Desk) -> str:
    return f"{desk.back}/settlement/{desk.settlement.place}"


BILL: Final = Act(
    f"{ORDER}/bill",
    phrase("Bill what came"),
    InvoiceIssue.KIND,
    SETTLING_OFFICES,
    _bill_form,
    _bill,
)
SETTLE: Final = Act(
    f"{ORDER}/settle",
    phrase("Settle an order"),
    SettlementRecord.KIND,
    GOODS_OFFICES,
    _settle_form,
    _settle,
)
CONFIRM: Final = Act(
    f"{_AT}/confirm",
    phrase("Confirm a settlement"),
    SettlementRecord.KIND,
    GOODS_OFFICES,
    _confirm_form,
    _confirm,
)
REFUSE: Final = Act(
    f"{_AT}/refuse",
    phrase("Refuse a settlement"),
    SettlementDrop.KIND,
    GOODS_OFFICES,
    _refuse_form,
    _refuse,
)
WITHDRAW: Final = Act(
    f"{_AT}/withdraw",
    phrase("Take a settlement back"),
    SettlementDrop.KIND,
    GOODS_OFFICES,
    _withdraw_form,
    _withdraw,
)
SETTLING: Final = (BILL, SETTLE, CONFIRM, REFUSE, WITHDRAW)
