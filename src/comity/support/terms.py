# SPDX-License-Identifier: Apache-2.0
"""The numbers by which a support agreement has debts settled, as its clause `settlement` says.

Source: treaties.md A9 to A12, U3 to U6, 10 U.S.C. 2344, 2345
"""

from __future__ import annotations

from msgspec import Struct

from comity.basis.amounts import Rounding
from comity.basis.errors import InputError
from comity.basis.instants import Date, Duration, add_to_date


class SettlementTerms(Struct, frozen=True, gc=False):
    """When a debt is due, counted from the day of handing over, and what becomes of one in kind.

    `in_kind_within` is for return, replacement and equal value; past it what is open becomes a
    debt in cash where `converts`. `at_most` bounds every method. `pay_within` counts from a bill.
    None: the file names no time.
    """

    rounding: Rounding
    in_kind_within: Duration | None
    at_most: Duration | None
    converts: bool
    pay_within: Duration | None = None


def due_day(handed_over: Date, within: Duration | None) -> Date | None:
    """Give the last day on which a debt is not late; None where no time is named.

    Dates come from statements that anybody may write: beyond the calendar there is none either.
    Source: treaties.md A12 (handed over 2022-01-31 within 12 months: 2023-01-31)
    """
    if within is None:
        return None
    try:
        return add_to_date(handed_over, within)
    except InputError:
        return None
