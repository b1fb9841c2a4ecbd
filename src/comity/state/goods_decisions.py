# SPDX-License-Identifier: Apache-2.0
"""What the file says to an act on an order, asked from register bytes alone.

Both nodes ask the same of the same bytes: what a house knows of its people is not asked here.
Source: AGREEMENTS.md sections 3 and 4; treaties.md A1 to A10
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.agreement.acts import Action
from comity.agreement.vocabulary.order import NEEDS
from comity.basis.ids import PartyId, PersonId
from comity.basis.instants import Date, Instant
from comity.decision.deciding import decide
from comity.decision.request import NO_ITEM, Actor, Request, Settlement
from comity.decision.request import Order as OrderFacts
from comity.state.findings import Finding, Uncounted
from comity.state.queries import standing_state
from comity.state.records import Said
from comity.state.records_goods import PlacedOrder
from comity.state.state import State
from comity.statement.orders import Method
from comity.support.accounts import LineAccount

_FINDINGS: Final = {
    Action.ORDER: Finding.ORDER_NOT_PERMITTED,
    Action.APPROVE_ORDER: Finding.ACCEPTANCE_NOT_PERMITTED,
    Action.DELIVER: Finding.DELIVERY_NOT_PERMITTED,
    Action.SETTLE: Finding.SETTLEMENT_NOT_PERMITTED,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An act on an order: who does it for the speaker, on which lines, and what the order lacks.

    `bills` tells the bill from what is settled by it: the file knows one act for both.
    """

    action: Action
    order: PlacedOrder
    person: PersonId
    accounts: tuple[LineAccount, ...]
    lacking: frozenset[str] = frozenset()
    bills: bool = False

    @property
    def part(self) -> str:
        """Name the part that it is of the order: nobody does two of them."""
        return part_of(self.action, bills=self.bills)


@dataclass(frozen=True, slots=True)
class Settling:
    """How lines are settled: by which method and why, owed since when, with whose leave."""

    method: Method
    reason: str | None
    delivered: Date | None
    approved_by: tuple[PartyId, ...]


def refuse_by_file(
    state: State, said: Said, asked: Asked, settling: Settling | None = None
) -> Uncounted | None:
    """Ask the file under which the order stands; None: it allows the act."""
    terms = state.files[asked.order.version]
    decision = decide(terms.agreement, request_for(state, said.by, said.at, asked, settling))
    if decision.allowed:
        return None
    articles = [each.article for each in (*decision.articles, *decision.unmet)]
    articles += [each.article for each in decision.unknown]
    article = articles[0] if articles else terms.agreement.rules.default_article
    return Uncounted(_FINDINGS[asked.action], article)


def request_for(
    state: State, by: PartyId, at: Instant, asked: Asked, settling: Settling | None = None
) -> Request:
    """Give the facts of an act on an order: whoever does it asks the file just what is folded."""
    order = asked.order
    return Request(
        at=at,
        action=asked.action.value,
        agreement_state=standing_state(state, at),
        actor=Actor(party=by, id=asked.person),
        item=NO_ITEM,
        order=OrderFacts(
            requester=order.requester,
            provider=order.provider,
            activity=order.head.activity,
            categories=tuple(sorted({each.category for each in asked.accounts})),
            dated=order.at,
            shows=tuple(need for need in NEEDS if need not in asked.lacking),
            acted=_acted(order, by, asked.part),
        ),
        settlement=None if settling is None else _facts(settling, asked.accounts),
    )


def bill_asks(
    order: PlacedOrder, person: PersonId, accounts: tuple[LineAccount, ...]
) -> tuple[Asked, Settling]:
    """Give the act of billing lines: it asks for cash, which a payment then gives as its reason.

    Whoever bills an order records no payment of it: these are two parts.
    Source: 10 U.S.C. 2342(f); treaties.md U6
    """
    asked = Asked(Action.SETTLE, order, person, accounts, bills=True)
    return asked, Settling(Method.CASH, "billed", None, ())


def _facts(settling: Settling, accounts: tuple[LineAccount, ...]) -> Settlement:
    return Settlement(
        method=settling.method.value,
        natures=tuple(sorted({each.nature.value for each in accounts})),
        reason=settling.reason,
        delivered=settling.delivered,
        approved_by=settling.approved_by,
    )


def _acted(order: PlacedOrder, by: PartyId, part: str) -> tuple[str, ...]:
    """List a party's persons that have done another part of the order.

    Who did the same part before does it again for further lines: that is no second part.
    """
    return tuple(person for party, person, done in order.acted if party == by and done != part)


_BILLING: Final = "billing"
_PARTS: Final = {
    Action.ORDER: "asking",
    Action.APPROVE_ORDER: "accepting",
    Action.DELIVER: "handling",
    Action.SETTLE: "settling",
}


def part_of(action: Action, *, bills: bool = False) -> str:
    """Name the part that an act is of an order: nobody does two of them."""
    return _BILLING if bills else _PARTS[action]
