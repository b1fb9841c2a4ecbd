# SPDX-License-Identifier: Apache-2.0
"""Failed attempts as the journal has them: counted, so that a flood of them is no flood of entries.

Names that nobody here bears are counted together and never written down: one of them may be a
password that was typed in the wrong place.
"""

from __future__ import annotations

from comity.basis.ids import PersonId
from comity.basis.instants import UTC, Date, date_of
from comity.decision.house import allow_house_act
from comity.flows.context import Context
from comity.flows.journal import journal_entry
from comity.ports import Change


class Failures:
    """What failed today, by act and person; None stands for everybody unknown."""

    def __init__(self, context: Context) -> None:
        """Begin with none."""
        self._context = context
        self._day: Date | None = None
        self._counts: dict[tuple[str, PersonId | None], int] = {}

    async def note(self, act: str, person: PersonId | None) -> None:
        """Count a failure; the 1st, 2nd, 4th, 8th … of a day is journalled with its number."""
        today = date_of(self._context.ports.clock.now(), UTC)
        if today != self._day:
            self._day = today
            self._counts.clear()
        count = self._counts.get((act, person), 0) + 1
        self._counts[act, person] = count
        if count & (count - 1):
            return
        details = {"failed_today": count}
        entry = journal_entry(self._context, act, person, outcome="refused", details=details)
        await self._context.ports.store.commit(
            Change(allowed_by=allow_house_act(act), journal=(entry,))
        )
