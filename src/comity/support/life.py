# SPDX-License-Identifier: Apache-2.0
"""How far an order has come, line by line: from what was asked for to what both sides closed.

Source: treaties.md 4.4 (life of an order)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum

from comity.support.accounts import Claim, LineAccount, Owed


class Life(StrEnum):
    """How far a line, or an order, has come; in this order, what ended before it was provided last.

    A line in part handed over stands where the part stands that has come least far. What came short
    or damaged holds it up no more than what is unmatched does: the order is not closed.
    """

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    CONVERTED = "converted"
    REPLACEMENT_DUE = "replacement_due"
    RECEIPTED = "receipted"
    INVOICED = "invoiced"
    SETTLED = "settled"
    RECONCILED = "reconciled"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DECLINED = "declined"


_RANK = {life: rank for rank, life in enumerate(Life)}


def life_of_line(
    account: LineAccount, claims: Collection[Claim], *, billed: bool, declined: bool = False
) -> Life:
    """Give how far a line has come; `billed`: every receipt of its order is on a bill."""
    if account.method is None:
        if account.ended < account.asked:
            return Life.REQUESTED
        return Life.DECLINED if declined else Life.CANCELLED
    if account.never_handed_over:
        return Life.ACCEPTED
    if not account.delivered:
        return Life.CANCELLED
    if account.awaited:
        return Life.DELIVERED
    if not claims:
        return Life.SETTLED
    if any(each.converted for each in claims):
        return Life.CONVERTED
    if any(each.owed is not Owed.CASH for each in claims):
        return Life.REPLACEMENT_DUE
    return Life.INVOICED if billed else Life.RECEIPTED


def life_of_order(lines: Iterable[Life], *, agreed: bool, matched: bool) -> Life:
    """Give how far an order has come: as far as the line that has come least far.

    `agreed`: both sides agreed a balance after it was settled; `matched`: nothing of it is on the
    books of one side alone. What is both is closed.
    """
    least = min(lines, key=_RANK.__getitem__)
    if least is not Life.SETTLED or not agreed:
        return least
    return Life.CLOSED if matched else Life.RECONCILED
