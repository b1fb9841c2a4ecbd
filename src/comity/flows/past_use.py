# SPDX-License-Identifier: Apache-2.0
"""An end of use that has passed is a slip of the pen: nobody could use the item for a moment.

Source: Japan-ROK GSOMIA Art. 6(h)
"""

from __future__ import annotations

from comity.agreement.model import Agreement
from comity.basis.errors import InputError
from comity.basis.instants import Instant
from comity.state.lifecycle_dates import until_passed
from comity.statement.values import Until, format_until


def refuse_past_use(agreement: Agreement, until: Until, at: Instant) -> None:
    """Refuse to label an item for a use that has ended; a day counts to its end.

    Raises:
        InputError: it has ended.
    """
    if until_passed(until, agreement.lifecycle.zone) <= at:
        raise InputError(
            "item.use-ended",
            "this end of use has passed already, so nobody could use the item",
            where="use_until",
            found=format_until(until) or "",
            hint="look at the year; without it, the agreement says how long it is kept",
        )
