# SPDX-License-Identifier: Apache-2.0
"""Where a thing is looked at or done. A page that does not exist is not linked: None."""

from __future__ import annotations

from typing import Final

from comity.flows.standing import Matter

_AT_ITEMS: Final = frozenset({"item.receipt"})
_AT_ITEM: Final = frozenset({"item.receipt", "item.mark", "item.review", "courier.item"})

_OWED: Final = frozenset(
    {
        "item.receipt",
        "item.reclassify",
        "item.destroyed",
        "item.return",
        "item.end",
        "incident.report",
        "incident.findings",
        "consent.give",
        "dispute.settle",
        "agreement.suspend_category",
        "party.law_change",
        "party.authority",
        "law.answer",
    }
)
"""Owed, or coming up: at least the list of duties tells of it, with the article."""

_OF_THE_AGREEMENT: Final = frozenset(
    {"agreement.sign", "agreement.notice", "agreement.end", "suspension.end"}
)

_AT_ORDERS: Final = frozenset(
    {
        "order.accept",
        "order.disputed",
        "order.overdue",
        "order.short",
        "delivery.receipt",
        "invoice.issue",
        "settlement.confirm",
        "invoice.settled",
        "delivery.settled",
        "loan.return",
    }
)
_OF_AN_ORDER: Final = frozenset({"order.accept", "order.disputed", "order.overdue", "order.short"})
_AT_BALANCES: Final = frozenset({"balance.state", "balance.agree"})


def look_at(matter: Matter) -> str | None:
    """Give the path at which something that waits is looked at or done."""
    if matter.what == "alert.acknowledge":
        return "/alerts"
    if matter.what == "draft.approve":
        return "/drafts"
    if matter.what == "incident.close" and matter.first is not None:
        return f"/incidents/{matter.agreement}/{matter.first.party}/{matter.first.index}"
    if matter.what == "visit.decide":
        if matter.count == 1 and matter.first is not None:
            return f"/visits/{matter.agreement}/{matter.first.party}/{matter.first.index}"
        return f"/visits/{matter.agreement}?open=yes"
    if matter.what in ("contractor.assure", "contractor.ends"):
        return f"/contractors/{matter.agreement}"
    if matter.what == "inventory.result":
        return f"/inventories/{matter.agreement}"
    if matter.what == "visit.propose":
        return f"/visits/{matter.agreement}#ask"
    if matter.what == "consultation.answer":
        return f"/consultations/{matter.agreement}?open=yes"
    if matter.what == "consent.answer":
        return f"/consents/{matter.agreement}?open=yes"
    if matter.what == "request.answer":
        return f"/requests/{matter.agreement}?open=yes"
    if matter.what in _AT_BALANCES:
        return f"/balances/{matter.agreement}"
    if matter.what in _AT_ORDERS:
        one = matter.what in _OF_AN_ORDER and matter.count == 1
        if one and matter.first is not None:
            return f"/orders/{matter.agreement}/{matter.first.party}/{matter.first.index}"
        return f"/orders/{matter.agreement}?turn={matter.by}"
    if matter.what in _AT_ITEMS and matter.count > 1:
        return f"/items/{matter.agreement}?open=yes"
    if matter.what in _AT_ITEM and matter.first is not None:
        return f"/items/{matter.agreement}/{matter.first.party}/{matter.first.index}"
    if matter.what in _OF_THE_AGREEMENT:
        return f"/agreements/{matter.agreement}"
    if matter.what in _OWED:
        return f"/duties?agreement={matter.agreement}"
    return None
