# SPDX-License-Identifier: Apache-2.0
"""How an act on goods is shown, decided before it is done, and done; what was typed is never lost.

An act whose office the person does not hold is shown disabled, with the rule that forbids it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Final

from comity.basis.errors import ComityError, InvariantError
from comity.basis.ids import AgreementId
from comity.console.errors import Finding, closed_to, findings_of
from comity.console.pages.goods.forms import Form
from comity.console.pages.goods.places import goods_agreement, named_order, order_path
from comity.console.places import named_place
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Page, Visit
from comity.decision.people import Role
from comity.decision.stages import Allowed, Refused
from comity.flows.view import View
from comity.front.answers import is_absent, not_there
from comity.state.records_goods import BalanceRowSaid, PlacedOrder, SettlementRow

ORDER: Final = "/orders/{agreement}/{party}/{index}"
_MORE: Final = "more"


@dataclass(frozen=True, slots=True)
class Desk:
    """One visit at one agreement, mostly at one order, sometimes at a settlement of it."""

    visit: Visit
    agreement: AgreementId
    view: View
    placed: PlacedOrder | None = None
    said: SettlementRow | None = None
    stated: BalanceRowSaid | None = None

    @property
    def balance(self) -> BalanceRowSaid:
        """Give the balance that the path names.

        Raises:
            InvariantError: the path of this act names none.
        """
        if self.stated is None:
            raise InvariantError("console.no-balance", "this path names no balance")
        return self.stated

    @property
    def order(self) -> PlacedOrder:
        """Give the order that the path names.

        Raises:
            InvariantError: the path of this act names none.
        """
        if self.placed is None:
            raise InvariantError("console.no-order", "this path names no order")
        return self.placed

    @property
    def settlement(self) -> SettlementRow:
        """Give the settlement that the path names.

        Raises:
            InvariantError: the path of this act names none.
        """
        if self.said is None:
            raise InvariantError("console.no-settlement", "this path names no settlement")
        return self.said

    @property
    def back(self) -> str:
        """Give the path of the page on which the act stands."""
        if self.placed is None:
            return f"/{self.visit.path.split('/')[1]}/{self.agreement}"
        return order_path(self.agreement, self.placed.place)


@dataclass(frozen=True, slots=True)
class Act:
    """An act: where it stands, whose office does it, its form, and what it does.

    `do` gives where to go on, or the refusal. `decide` tells what would become of it.
    """

    path: str
    title: str
    kind: str
    roles: Collection[Role]
    form: Callable[[Desk], Awaitable[Form]]
    do: Callable[[Desk], Awaitable[str | Refused]]
    decide: Callable[[Desk], Awaitable[Allowed | Refused]] | None = None

    def routes(self) -> tuple[Route, ...]:
        """Give the act's routes."""
        found = (
            Route("GET", self.path, partial(_show, self)),
            Route("POST", self.path, partial(_do, self)),
        )
        if self.decide is None:
            return found
        return (*found, Route("POST", f"{self.path}/preview", partial(_preview, self)))

    def forbidden(self, visit: Visit) -> tuple[Finding, ...]:
        """Say why whoever looks may not do it; empty: their office does."""
        return closed_to(visit, self.kind, self.roles)


async def _desk(act: Act, visit: Visit) -> Desk:
    """Find what the path names.

    Raises:
        NotThere: it names nothing that is here.
    """
    if not act.path.startswith(ORDER):
        agreement, view = await goods_agreement(visit)
        row = _balance(visit, view) if "{index}" in act.path else None
        return Desk(visit, agreement, view, stated=row)
    agreement, view, order = await named_order(visit)
    if "{number}" not in act.path:
        return Desk(visit, agreement, view, order)
    return Desk(visit, agreement, view, order, _settlement(visit, view, order))


def _settlement(visit: Visit, view: View, order: PlacedOrder) -> SettlementRow:
    place = named_place(visit, "by", "number")
    row = view.fold.state.settlements.get(place)
    if row is None or row.record.order != order.place:
        raise not_there()
    return row


def _balance(visit: Visit, view: View) -> BalanceRowSaid:
    place = named_place(visit)
    row = view.fold.state.balances.get(place)
    if row is None:
        raise not_there()
    return row


async def _show(act: Act, visit: Visit) -> Outcome:
    """Show the form of an act; what was kept from before signing in stands in it."""
    return await _page(act, await _desk(act, visit))


async def _preview(act: Act, visit: Visit) -> Outcome:
    """Decide what stands in the form; nothing is said."""
    desk = await _desk(act, visit)
    if visit.is_kept or act.decide is None:
        return await _page(act, desk)
    try:
        decided = await act.decide(desk)
    except ComityError as error:
        if is_absent(error):
            raise
        return await _part_or_page(act, desk, error=error)
    return await _part_or_page(act, desk, decided=decided)


async def _do(act: Act, visit: Visit) -> Outcome:
    """Do an act; where that fails, its form is shown again with what was typed."""
    desk = await _desk(act, visit)
    if visit.is_kept or _MORE in visit.form:
        return await _page(act, desk)
    try:
        done = await act.do(desk)
    except ComityError as error:
        if is_absent(error):
            raise
        return await _page(act, desk, error=error, status=error.http_status or 500)
    if isinstance(done, Refused):
        return await _page(act, desk, refused=findings_of(done, visit), status=403)
    return Elsewhere(done)


async def _part_or_page(
    act: Act,
    desk: Desk,
    *,
    decided: Allowed | Refused | None = None,
    error: ComityError | None = None,
) -> Outcome:
    if not desk.visit.is_part:
        return await _page(act, desk, decided=decided, problem=error)
    return Page("goods/decision.html", values=_decision(desk, decided, error))


def _decision(
    desk: Desk, decided: Allowed | Refused | None, error: ComityError | None
) -> dict[str, object]:
    is_decided = decided is not None
    if isinstance(decided, Refused):
        found = findings_of(decided, desk.visit)
        return {"would": found, "articles": (), "is_decided": is_decided, "problem": error}
    cited = () if decided is None else (each.article for each in decided.articles)
    articles = tuple(dict.fromkeys(cited))
    return {"would": (), "articles": articles, "is_decided": is_decided, "problem": error}


async def _page(
    act: Act,
    desk: Desk,
    *,
    decided: Allowed | Refused | None = None,
    problem: ComityError | None = None,
    refused: tuple[Finding, ...] = (),
    error: ComityError | None = None,
    status: int = 200,
) -> Page:
    visit = desk.visit
    values = {
        "form": await act.form(desk),
        "fields": visit.form,
        "path": visit.path.removesuffix("/preview"),
        "back": desk.back,
        "place": f"{desk.agreement}/{desk.order.place}" if desk.placed else desk.agreement,
        "forbidden": act.forbidden(visit),
        "previews": act.decide is not None,
        "refused": refused,
        "error": error,
        **_decision(desk, decided, problem),
    }
    return Page("goods/act.html", visit.say(act.title), values, status)
