# SPDX-License-Identifier: Apache-2.0
"""Turns: whatever works on an agreement does so alone, one after the other, on one live view.

A turn is short and waits for no network. The view it gives is shared by all turns of this process:
it is gone on with from where the store stands, for another command may have written, and gathered
anew only where what was judged is no longer the beginning of the registers. Source: STYLE 2.6
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from comity.basis.ids import AgreementId
from comity.flows.context import Context, Live
from comity.flows.view import View, current_view


@asynccontextmanager
async def turn(context: Context, agreement: AgreementId) -> AsyncIterator[View]:
    """Give the live view of an agreement to one task at a time, first come, first served.

    What is done to the view stays in it: only what is committed may be. Where a block raises, the
    view is gone on with, unless it is spent.

    Raises:
        StateError: the agreement id is not pinned with anyone.
        InvariantError: the task holds the turn of this agreement already.
    """
    live = context.live.setdefault(agreement, Live())
    async with live.turn():
        view = live.view = await current_view(context, agreement, live)
        try:
            yield view
        finally:
            if view.spent:
                live.view = None
