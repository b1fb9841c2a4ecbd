# SPDX-License-Identifier: Apache-2.0
"""Wrong words on goods: refused by an article, on both nodes alike, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from comity.agreement.reading import read_agreement
from comity.basis.amounts import Money
from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.ids import Place
from comity.state.fold import Fold
from comity.statement.deliveries import ClaimNotice, DeliveredLine, DeliveryMake
from comity.statement.kinds import SPOKEN_KINDS
from comity.statement.orders import (
    Method,
    Nature,
    OrderAccept,
    OrderCancel,
    OrderDecline,
    OrderDispute,
    OrderRequest,
    Tax,
)
from comity.statement.settlements import InvoiceIssue, SettledLine, SettlementDrop
from tests.builders.support_bodies import sample_support_bodies
from tests.support_state import JPN, KOR, Teller, in_force
from tests.unit.state.test_fold_goods import (
    ASKING,
    COLLECTING,
    ISSUING,
    LINE,
    PRICED,
    TAKEN,
    accepted,
    agreement,
    asked,
    made,
    received,
    settled,
)

DAY = date(2016, 11, 23)
IN_CASH = {"method": Method.CASH, "currency": "JPY"}


@dataclass
class Deal:
    """An order of two lines under way, and what else there is to go wrong with."""

    teller: Teller
    order: Place
    delivery: Place
    receipt: Place
    fresh: Place
    settled: Place


@pytest.fixture
def deal() -> Deal:
    """Give an order of which half came and half of that is replaced, and one nobody answered."""
    teller = in_force(agreement=agreement())
    order = asked(teller)
    accepted(teller, order)
    receipt = received(teller, made(teller, order, 5000), 5000)
    delivery = made(teller, order, 2000)
    half = (SettledLine(1, Decimal(2500), None, None),)
    counted = settled(teller, order, by=JPN, lines=half)
    fresh = asked(teller, number="K-2")
    assert all(teller.why(place) is None for place in (order, receipt, delivery, counted, fresh))
    return Deal(teller, order, delivery, receipt, fresh, counted)


def _accept(deal: Deal, **changes: Any) -> Place:
    head = changes.pop("head", TAKEN)
    lines = changes.pop("lines", None) or (replace(PRICED, **changes),)
    return deal.teller.say(JPN, OrderAccept(deal.fresh, head, lines))


def _make(deal: Deal, quantity: int, **changes: Any) -> Place:
    said = DeliveryMake(
        changes.get("order", deal.order),
        "D",
        changes.get("on", DAY),
        "Bor",
        changes.get("by", ISSUING),
        (DeliveredLine(changes.get("line", 1), Decimal(quantity)),),
    )
    return deal.teller.say(JPN, said)


def _bill(deal: Deal, total: int, **changes: Any) -> Place:
    money = Money(Decimal(total), changes.get("currency", "JPY"))
    order, by = changes.get("order", deal.order), changes.get("by", JPN)
    return deal.teller.say(by, InvoiceIssue("I", order, (deal.receipt,), COLLECTING, money))


def _settle(deal: Deal, quantity: int | None, amount: int | None, **changes: Any) -> Place:
    line = SettledLine(
        1,
        None if quantity is None else Decimal(quantity),
        None if amount is None else Decimal(amount),
        None,
    )
    return settled(deal.teller, deal.order, by=changes.pop("by", JPN), lines=(line,), **changes)


ELSEWHERE = Place(KOR, 700)
"""A place that another agreement's register may well have."""

REFUSED: dict[str, tuple[Callable[[Deal], Place], tuple[str, str]]] = {
    "a category that is not provided": (
        lambda deal: asked(deal.teller, number="K-3", lines=(replace(LINE, category="weapon"),)),
        ("order.not-permitted", "2"),
    ),
    "an activity that is not among those of its date": (
        lambda deal: asked(deal.teller, number="K-3", activity="armed_attack"),
        ("order.not-permitted", "2"),
    ),
    "a use that nobody confirms under the Charter": (
        lambda deal: asked(deal.teller, number="K-3", charter=False),
        ("order.not-permitted", "2"),
    ),
    "a loan without a day of return": (
        lambda deal: asked(deal.teller, number="K-3", lines=(replace(LINE, nature=Nature.LOAN),)),
        ("order.not-permitted", "2"),
    ),
    "a number that serves twice": (
        lambda deal: asked(deal.teller),
        ("order.number-twice", "2"),
    ),
    "further lines of an order that was answered": (
        lambda deal: deal.teller.say(KOR, OrderRequest(None, deal.order, (replace(LINE, line=9),))),
        ("order.answered", "2"),
    ),
    "an order of its own provider": (
        lambda deal: asked(deal.teller, number="K-3", provider=KOR),
        ("order.not-a-provider", "2"),
    ),
    "a price that is changed after it was accepted": (
        lambda deal: deal.teller.say(
            JPN, OrderAccept(deal.order, None, (replace(PRICED, price=Decimal(61)),))
        ),
        ("order.accepted-beyond", "2"),
    ),
    "more accepted than was asked for": (
        lambda deal: _accept(deal, quantity=Decimal(10_001)),
        ("order.accepted-beyond", "2"),
    ),
    "a price that no sum can hold": (
        lambda deal: _accept(deal, price=Decimal(10**14)),
        ("order.amount-too-large", "2"),
    ),
    "a price in another currency than its provider's": (
        lambda deal: _accept(deal, currency="KRW"),
        ("order.currency", "4"),
    ),
    "prices in two currencies": (
        lambda deal: _accept(deal, lines=(PRICED, replace(PRICED, line=2, currency="USD"))),
        ("order.mixed-currencies", "2"),
    ),
    "a price without a basis that the file knows": (
        lambda deal: _accept(deal, basis="whim"),
        ("order.price-basis", "4"),
    ),
    "an acceptance that lacks an element of the form": (
        lambda deal: _accept(deal, head=replace(TAKEN, replace_by=None)),
        ("order.acceptance-not-permitted", "2"),
    ),
    "a reply to an order of another agreement": (
        lambda deal: deal.teller.say(JPN, OrderDecline(ELSEWHERE, ())),
        ("order.unknown", "2"),
    ),
    "an order cancelled of which nothing is open": (
        lambda deal: deal.teller.say(KOR, OrderCancel(deal.order, (7,))),
        ("order.unknown-line", "2"),
    ),
    "a dispute taken back that nobody began": (
        lambda deal: deal.teller.say(KOR, OrderDispute(deal.order, (), stands=False)),
        ("order.not-disputed", "2"),
    ),
    "more handed over than was accepted": (
        lambda deal: _make(deal, 3001),
        ("delivery.beyond-acceptance", "2"),
    ),
    "goods handed over before anybody asked": (
        lambda deal: _make(deal, 1, on=date(2016, 11, 22)),
        ("delivery.dated-later", "2"),
    ),
    "one person who accepts and hands over": (
        lambda deal: _make(deal, 1, by=TAKEN.accepting),
        ("delivery.not-permitted", "2"),
    ),
    "a receipt beyond the delivery": (
        lambda deal: received(deal.teller, deal.delivery, 2001),
        ("delivery.beyond-delivery", "5"),
    ),
    "a receipt of a delivery of another agreement": (
        lambda deal: received(deal.teller, ELSEWHERE, 1),
        ("delivery.unknown", "5"),
    ),
    "a claim of another officer than the one who collects": (
        lambda deal: deal.teller.say(KOR, ClaimNotice(deal.receipt, ISSUING)),
        ("claim.other-collector", "4"),
    ),
    "a bill for another sum than the receipts amount to": (
        lambda deal: _bill(deal, 300_001),
        ("invoice.other-total", "4"),
    ),
    "a bill in another currency than the price": (
        lambda deal: _bill(deal, 300_000, currency="KRW"),
        ("invoice.other-total", "4"),
    ),
    "a bill by the debtor": (
        lambda deal: _bill(deal, 300_000, by=KOR),
        ("order.not-the-provider", "4"),
    ),
    "a bill for another order's receipt": (
        lambda deal: _bill(deal, 300_000, order=deal.fresh),
        ("delivery.unknown-receipt", "4"),
    ),
    "a settlement beyond the debt": (
        lambda deal: _settle(deal, 2501, None),
        ("settlement.beyond-debt", "4"),
    ),
    "a settlement by cash of what is owed in kind": (
        lambda deal: _settle(deal, None, 60, **IN_CASH),
        ("settlement.other-method", "4"),
    ),
    "a settlement in another currency than the price": (
        lambda deal: _settle(deal, None, 60, method=Method.CASH, currency="KRW"),
        ("order.currency", "4"),
    ),
    "cash for a quantity at another than its price": (
        lambda deal: _settle(deal, 1, 61, reason="consumed", **IN_CASH),
        ("settlement.figures", "4"),
    ),
    "a settlement of a day to come": (
        lambda deal: _settle(deal, 1, None, on=date(2016, 12, 1)),
        ("settlement.dated-later", "4"),
    ),
    "a settlement of a day before the goods came": (
        lambda deal: _settle(deal, 1, None, on=date(2016, 11, 22)),
        ("settlement.beyond-debt", "4"),
    ),
    "a settlement that confirms one's own": (
        lambda deal: _settle(deal, 1, None, confirms=deal.settled),
        ("settlement.unknown", "4"),
    ),
    "a settlement that confirms what counts already": (
        lambda deal: _settle(deal, 2500, None, by=KOR, confirms=deal.settled),
        ("settlement.already-counted", "4"),
    ),
    "a price of the day before anything is converted": (
        lambda deal: settled(
            deal.teller,
            deal.order,
            by=JPN,
            method=Method.CONVERTED,
            lines=(SettledLine(1, None, None, Decimal(61)),),
        ),
        ("settlement.not-converted", "4"),
    ),
    "an offset against an order of the same direction": (
        lambda deal: _settle(
            deal, None, 60, method=Method.OFFSET, currency="JPY", against=deal.fresh
        ),
        ("settlement.other-method", "4"),
    ),
}


@pytest.mark.row("A1", "A3", "A4", "A6", "A9", "2342f", "2344b", "2350.4", "U5", "U7", "U8")
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_refused_by_its_article_and_changes_nothing(name: str, deal: Deal) -> None:
    say, why = REFUSED[name]
    before = _rest(deal.teller)
    place = say(deal)
    assert deal.teller.why(place) == why
    assert _rest(deal.teller) == before
    other = Fold(deal.teller.agreement.id, deal.teller.files)
    for where, statement in reversed(deal.teller.told):
        other.insert(where, statement)
    assert other.export() == deal.teller.fold.export()


def _rest(teller: Teller) -> dict[str, Any]:
    """Give the exported state, but for what does not count and when it was exported."""
    state = teller.exported("2018-02-01")
    return {key: value for key, value in state.items() if key not in ("not_counted", "at")}


@pytest.mark.row("A11", "U10")
def test_a11_a_price_bears_no_tax_where_the_file_says_never_and_elsewhere_only_with_a_reason() -> (
    None
):
    taxed = replace(PRICED, taxes=(Tax(Decimal(1), "not exempt there"),))
    for terms, why in (("never", ("order.taxed", "4")), ("with_reason", None)):
        text = agreement().raw.decode().replace("converts = true", f'taxes = "{terms}"')
        teller = in_force(agreement=read_agreement(text.encode()))
        said = teller.say(JPN, OrderAccept(asked(teller), TAKEN, (taxed,)))
        assert teller.why(said) == why
    members = sample_support_bodies()["order.accept"].to_json()
    lines: Any = members["lines"]
    lines[0]["taxes"][0]["reason"] = ""
    with pytest.raises(InputError):
        SPOKEN_KINDS["order.accept"].parse(Fields(members))


@pytest.mark.row("A9", "U5")
def test_both_sides_may_settle_at_once_and_it_counts_once(deal: Deal) -> None:
    """The debtor's word and the creditor's cross: what the creditor says counts, once."""
    teller, rest = deal.teller, (SettledLine(1, Decimal(2500), None, None),)
    moment = teller.now + 60_000
    theirs = settled(teller, deal.order, by=KOR, lines=rest)
    teller.now = type(teller.now)(moment)
    ours = settled(teller, deal.order, by=JPN, lines=rest)
    assert (teller.why(theirs), teller.why(ours)) == (None, None)
    again = settled(teller, deal.order, by=JPN, lines=rest, confirms=theirs)
    assert teller.why(again) == ("settlement.beyond-debt", "4")
    backwards = Fold(teller.agreement.id, teller.files)
    for place, statement in reversed(teller.told):
        backwards.insert(place, statement)
    assert backwards.export() == teller.fold.export()
    account = next(iter(teller.state.sheets.get(deal.order) or ()))
    assert account.given_back == account.received


@pytest.mark.row("A16")
def test_a16_what_is_declined_needs_no_reason(deal: Deal) -> None:
    assert deal.teller.why(deal.teller.say(JPN, OrderDecline(deal.fresh, ()))) is None
    members = OrderDecline(deal.fresh, ()).to_json()
    assert set(members) == {"order", "lines"}


@pytest.mark.row("2342f")
def test_2342_f_whoever_asked_neither_receives_nor_pays(deal: Deal) -> None:
    paying = settled(
        deal.teller, deal.order, lines=(SettledLine(1, Decimal(1), None, None),), acting=ASKING
    )
    assert deal.teller.why(paying) == ("settlement.not-permitted", "4")
    other = settled(deal.teller, deal.order, lines=(SettledLine(1, Decimal(1), None, None),))
    assert deal.teller.why(other) is None


def _drop(deal: Deal, place: Place, by: Any = JPN) -> Place:
    return deal.teller.say(by, SettlementDrop(place, COLLECTING))


def test_a14_a_claim_is_refused_once_and_what_counts_is_not(deal: Deal) -> None:
    teller = deal.teller
    part = (SettledLine(1, Decimal(100), None, None),)
    claim = settled(teller, deal.order, by=KOR, lines=part)
    assert teller.why(_drop(deal, deal.settled, KOR)) == ("settlement.already-counted", "4")
    assert teller.why(_drop(deal, Place(KOR, 700))) == ("settlement.unknown", "4")
    assert list(teller.state.claimed.keys()) == [claim]
    dropped = _drop(deal, claim)
    assert teller.why(dropped) is None
    assert list(teller.state.claimed.keys()) == []
    assert teller.why(_drop(deal, claim, KOR)) == ("settlement.already-dropped", "4")
    confirmed = settled(teller, deal.order, by=JPN, lines=part, confirms=claim)
    assert teller.why(confirmed) == ("settlement.already-dropped", "4")
    backwards = Fold(teller.agreement.id, teller.files)
    for place, statement in reversed(teller.told):
        backwards.insert(place, statement)
    assert backwards.export() == teller.fold.export()
    (row,) = (each for each in teller.exported("2018-02-01")["settlements"] if each["dropped"])
    assert (row["place"], row["dropped"]) == (str(claim), str(dropped))
