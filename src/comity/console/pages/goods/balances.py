# SPDX-License-Identifier: Apache-2.0
"""What is owed at the end of a day: sums, how old it is, caps, what does not match, books."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from itertools import islice
from typing import Any, Final

from comity.basis.errors import InputError
from comity.basis.ids import parse_place
from comity.basis.instants import Date, parse_date
from comity.console.names import party_names
from comity.console.pages.goods.charts import WIDTH, ageing_charts
from comity.console.pages.goods.places import (
    goods_agreement,
    goods_agreements,
    is_for_goods,
    order_path,
)
from comity.console.pages.goods.stating import STATE
from comity.console.pages.goods.words import Words
from comity.console.routes import Route
from comity.console.visit import Download, Elsewhere, Outcome, Page, Visit, done
from comity.decision.house import allow_goods_listing
from comity.flows.support.balances import read_balance
from comity.flows.support.books import BOOKS, export_books
from comity.flows.support.reports import yearly_report
from comity.front.answers import not_there
from comity.state.queries_goods import today_of

ROWS: Final = 50
STATED: Final = 25
OWING_MAX: Final = 500
"""Orders with a debt whose lines are gone through for their age, unless more are asked for."""
_FILES: Final = {"csv": "csv", "json": "json", "beancount": "beancount"}
_MEDIA: Final = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
_TEXT: Final = "text/plain; charset=utf-8"
_BEGINS: Final = "10-01"
_YEAR_CHARS: Final = 4
_FIRST_YEAR, _LAST_YEAR = 1990, 9998
_DIGITS_MAX: Final = 7


async def choose_agreement(visit: Visit) -> Outcome:
    """Choose the agreement; where there is one on goods, go there at once."""
    done(allow_goods_listing(visit.signed_in.person))
    known = await goods_agreements(visit)
    if len(known) == 1:
        return Elsewhere(f"/balances/{known[0]}")
    values = {"agreements": known, "to": "balances"}
    return Page("goods/choose.html", visit.say("Balances"), values)


async def show_balance(visit: Visit) -> Outcome:
    """Show what is owed at the end of a day, by default as it stands today."""
    agreement, view = await goods_agreement(visit)
    state = view.fold.state
    owing = sum(1 for _ in islice(state.owing.keys(), OWING_MAX + 1))
    is_aged = owing <= OWING_MAX or visit.query.text("ages") == "yes"
    found = await read_balance(visit.context, agreement, _day(visit), with_lines=is_aged)
    value: Any = found.value
    start = _start(visit)
    stated = sorted(state.balances.values(), key=lambda each: (each.at, each.place), reverse=True)
    values = {
        "agreement": agreement,
        "others": await goods_agreements(visit),
        "name": await party_names(visit, agreement),
        "words": Words(visit),
        "query": visit.query,
        "is_for_goods": is_for_goods(view),
        "on": found.on,
        "owed": value["owed"],
        "sha256": found.sha256,
        "charts": ageing_charts(found.ageing),
        "width": WIDTH,
        "is_aged": is_aged,
        "caps": found.caps,
        "unmatched": value["unmatched"][start : start + ROWS],
        "next": _next(start, len(value["unmatched"])),
        "claimed": value["claimed"][:ROWS],
        "claimed_more": len(value["claimed"]) > ROWS,
        "order_at": lambda text: order_path(agreement, parse_place(text)),
        "stated": stated[:STATED],
        "forbidden": STATE.forbidden(visit),
        "own": visit.node.own,
    }
    return Page("goods/balance.html", visit.say("Balance"), values)


def _day(visit: Visit) -> Date | None:
    text = visit.query.text("at")
    return parse_date(text, "at") if text else None


def _start(visit: Visit) -> int:
    text = visit.query.text("rows")
    is_number = text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX
    return int(text) if is_number else 0


def _next(start: int, count: int) -> int | None:
    return start + ROWS if start + ROWS < count else None


async def show_year(visit: Visit) -> Outcome:
    """Report a fiscal year by class of supply, and everything that is open for over a year."""
    agreement, view = await goods_agreement(visit)
    begins = visit.query.text("begins") or _BEGINS
    today = today_of(view.fold.state, view.moment(visit.context))
    year = _year(visit.query.text("year"), today)
    report: Any = await yearly_report(visit.context, agreement, year, begins)
    start = _start(visit)
    over = report["over_a_year"]
    values = {
        "agreement": agreement,
        "name": await party_names(visit, agreement),
        "words": Words(visit),
        "report": report,
        "begins": begins,
        "year": year,
        "over": over[start : start + ROWS],
        "next": _next(start, len(over)),
        "order_at": lambda text: order_path(agreement, parse_place(text)),
    }
    return Page("goods/year.html", visit.say("Report on a year"), values)


def _year(text: str, today: Date) -> int:
    """Read a fiscal year; none: the one that ended last.

    Raises:
        InputError: it is no year.
    """
    if not text:
        return today.year
    if not (text.isascii() and text.isdecimal() and len(text) == _YEAR_CHARS):
        raise _no_year(text)
    year = int(text)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise _no_year(text)
    return year


def _no_year(text: str) -> InputError:
    return InputError(
        "console.no-year",
        "this is no fiscal year",
        where="year",
        expected=f"{_FIRST_YEAR} to {_LAST_YEAR}",
        found=text[:16],
    )


async def take_books(visit: Visit) -> Outcome:
    """Give the books at the end of a day as a file."""
    agreement, _ = await goods_agreement(visit)
    shape = visit.values["shape"]
    if shape not in BOOKS:
        raise not_there()
    text = await export_books(visit.context, agreement, shape, _day(visit))
    name = f"{agreement}-books.{_FILES[shape]}"
    return Download(name, _MEDIA.get(shape, _TEXT), _chunks((text.encode(),)))


async def _chunks(raw: Iterable[bytes]) -> AsyncIterator[bytes]:
    for each in raw:
        yield each


BALANCES: Final = (
    Route("GET", "/balances", choose_agreement),
    Route("GET", "/balances/{agreement}", show_balance),
    Route("GET", "/balances/{agreement}/year", show_year),
    Route("GET", "/balances/{agreement}/books/{shape}", take_books),
)
