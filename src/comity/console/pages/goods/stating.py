# SPDX-License-Identifier: Apache-2.0
"""A balance is stated at the end of a day that is over; the other side agrees, or names lines."""

from __future__ import annotations

from typing import Final

from comity.basis.amounts import format_decimal
from comity.basis.errors import InputError
from comity.basis.instants import Date, format_date
from comity.basis.strict_json import JsonValue
from comity.console.languages import phrase
from comity.console.pages.goods.acts import Act, Desk
from comity.console.pages.goods.forms import Field, Form, day_of
from comity.decision.house import SETTLING_OFFICES
from comity.decision.stages import Refused
from comity.flows.support.balances import agree_balance, read_balance, state_balance
from comity.flows.support.ledgers import lines_to_name
from comity.flows.support.reading import read_differing
from comity.state.queries_goods import today_of
from comity.statement.settlements import BalanceAgree, BalanceState, LineRef

_DIGITS_MAX: Final = 7
_WORDS_OF_A_LINE: Final = 2


async def _state_form(desk: Desk) -> Form:
    say = desk.visit.say
    today = today_of(desk.view.fold.state, desk.view.moment(desk.visit.context))
    yesterday = Date.fromordinal(today.toordinal() - 1)
    return Form(
        button=say("State it"),
        fields=(
            Field(
                "until",
                say("At the end of the day"),
                "day",
                is_needed=True,
                value=format_date(yesterday),
            ),
        ),
        note=say("Figures and digest are worked out from the registers."),
    )


async def _state(desk: Desk) -> str | Refused:
    visit = desk.visit
    until = day_of(visit.form, "until")
    if until is None:
        raise InputError(
            "console.no-day",
            "a balance is stated at the end of a day",
            where="until",
            expected="2027-12-31",
        )
    said = await state_balance(visit.context, desk.agreement, until, visit.person)
    return said if isinstance(said, Refused) else desk.back


async def _answer_form(desk: Desk) -> Form:
    say, row = desk.visit.say, desk.balance
    ours = await read_balance(desk.visit.context, desk.agreement, row.state.until)
    same = say("the same") if ours.sha256 == row.state.sha256 else say("not the same")
    sums = [
        f"{each.by} → {each.to}: {format_decimal(each.money.amount)} {each.money.currency}"
        for each in row.state.rows
    ]
    return Form(
        button=say("Send the answer"),
        facts=(
            (say("Stated by"), row.place.party),
            (say("At the end of the day"), format_date(row.state.until)),
            (say("Owed"), "; ".join(sums) or "–"),
            (say("Digest stated"), row.state.sha256),
            (say("Digest of our registers"), f"{ours.sha256}: {same}"),
        ),
        fields=(
            Field("unmatched", say("Name every line that one side alone has"), "check"),
            Field(
                "differs",
                say("Lines that differ, one on each row: order and line, such as USA/3 1"),
                "area",
            ),
        ),
        note=say("Where no line is named, the balance is agreed."),
    )


async def _answer(desk: Desk) -> str | Refused:
    visit, place = desk.visit, desk.balance.place
    differs = {*_written(desk)}
    if visit.form.text("unmatched") == "yes":
        named = await lines_to_name(
            visit.context, desk.agreement, place, ledger=None, unmatched=True
        )
        differs |= {*named}
    said = await agree_balance(
        visit.context, desk.agreement, place, visit.person, differs=tuple(differs)
    )
    return said if isinstance(said, Refused) else desk.back


def _written(desk: Desk) -> tuple[LineRef, ...]:
    """Read the lines that are named.

    Raises:
        InputError: one does not read.
    """
    rows = [each.split() for each in desk.visit.form.raw("differs").splitlines() if each.strip()]
    refs: list[JsonValue] = []
    for words in rows:
        number = words[-1]
        is_number = number.isascii() and number.isdecimal() and len(number) <= _DIGITS_MAX
        if len(words) != _WORDS_OF_A_LINE or not is_number:
            raise InputError(
                "console.no-line",
                "a line that differs is named by its order and its number",
                where="differs",
                expected="USA/3 1",
            )
        order = "/".join(words[0].split("/")[-2:])
        refs.append({"order": order, "line": int(number)})
    found = [read_differing(desk.balance.place, [each]).differs for each in refs]
    return tuple(each for one in found for each in one)


STATE: Final = Act(
    "/balances/{agreement}/state",
    phrase("State a balance"),
    BalanceState.KIND,
    SETTLING_OFFICES,
    _state_form,
    _state,
)
ANSWER: Final = Act(
    "/balances/{agreement}/{party}/{index}",
    phrase("Answer a balance"),
    BalanceAgree.KIND,
    SETTLING_OFFICES,
    _answer_form,
    _answer,
)
STATING: Final = (STATE, ANSWER)
