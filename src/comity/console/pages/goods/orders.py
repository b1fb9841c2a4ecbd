# SPDX-License-Identifier: Apache-2.0
"""Orders, the newest first: how far each has come, and whose turn it is."""

from __future__ import annotations

from typing import Final

from comity.basis.errors import InputError
from comity.basis.ids import parse_party_id, parse_place
from comity.console.names import party_names
from comity.console.pages.goods.ordering import ASK
from comity.console.pages.goods.places import (
    goods_agreement,
    goods_agreements,
    is_for_goods,
    order_path,
)
from comity.console.pages.goods.words import Words
from comity.console.places import cursor_of
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Page, Visit, done
from comity.decision.house import allow_goods_listing
from comity.flows.support.order_search import OrderWish, search_orders
from comity.support.life import Life

PAGE: Final = 25


async def choose_agreement(visit: Visit) -> Outcome:
    """Choose the agreement; where there is one on goods, go there at once."""
    done(allow_goods_listing(visit.signed_in.person))
    known = await goods_agreements(visit)
    if len(known) == 1:
        return Elsewhere(f"/orders/{known[0]}")
    values = {"agreements": known, "to": "orders"}
    return Page("goods/choose.html", visit.say("Orders"), values)


async def list_orders(visit: Visit) -> Outcome:
    """List orders by what is looked for."""
    agreement, view = await goods_agreement(visit)
    before = cursor_of(visit.query.texts("before"))
    found = done(
        await search_orders(
            visit.context, agreement, visit.person, _wish(visit), before, limit=PAGE
        )
    )
    values = {
        "agreement": agreement,
        "others": await goods_agreements(visit),
        "name": await party_names(visit, agreement),
        "rows": [(each, order_path(agreement, each.order.place)) for each in found.rows],
        "next": [str(each) for each in found.next or ()],
        "is_cut": found.is_cut,
        "is_for_goods": is_for_goods(view),
        "asks": not ASK.forbidden(visit),
        "lives": [each.value for each in Life],
        "parties": sorted(view.heads),
        "query": visit.query,
        "words": Words(visit),
    }
    return Page("goods/orders.html", visit.say("Orders"), values)


def _wish(visit: Visit) -> OrderWish:
    """Read what is looked for.

    Raises:
        InputError: it does not read.
    """
    query = visit.query
    life, turn, by = query.text("life"), query.text("turn"), query.text("by")
    number = query.text("number")
    if life and life not in [each.value for each in Life]:
        raise InputError("console.no-life", "no order stands so", where="life")
    place = None
    if number:
        try:
            place = parse_place("/".join(number.split("/")[-2:]))
        except InputError:
            place = None  # it may be the number of a document
    return OrderWish(
        life=Life(life) if life else None,
        turn=parse_party_id(turn, "turn") if turn else None,
        by=parse_party_id(by, "by") if by else None,
        number=number or None,
        place=place,
    )


ORDERS: Final = (
    Route("GET", "/orders", choose_agreement),
    Route("GET", "/orders/{agreement}", list_orders),
)
