# SPDX-License-Identifier: Apache-2.0
"""What becomes of a posted form: it is done, or its page says why not, and keeps the text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from comity.basis.errors import ComityError, InputError, StateError
from comity.console.errors import Finding, findings_of
from comity.console.visit import Outcome, Page, Visit
from comity.decision.stages import Refused

Done = TypeVar("Done")


class Again(Protocol):
    """Makes the page of the form again, with what kept it from being done."""

    def __call__(
        self, *, error: ComityError | None = None, refused: tuple[Finding, ...] = ()
    ) -> Awaitable[Page]:
        """Make the page."""


async def answer_form(
    visit: Visit,
    act: Callable[[], Awaitable[Done | Refused]],
    again: Again,
    then: Callable[[Done], Outcome],
) -> Outcome:
    """Do what a form asks for, and go on from what was done.

    1. what was kept from before signing in is shown again, and nothing is done;
    2. what does not read, cannot be done now, or is refused stands on the form's own page.
    """
    if visit.is_kept:
        return await again()
    try:
        outcome = await act()
    except (InputError, StateError) as error:
        return await again(error=error)
    if isinstance(outcome, Refused):
        return await again(refused=findings_of(outcome, visit))
    return then(outcome)
