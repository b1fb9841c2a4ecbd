# SPDX-License-Identifier: Apache-2.0
"""Turns: whatever writes about an agreement does so alone, one after the other, on one live view.

A turn is short and waits for no network. The view it gives is shared by all turns of this process:
it is gone on with where the store stands as it is known, and gathered anew where anything else has
moved (another command may write too) or where the last turn left it in doubt. Source: STYLE 2.6
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from comity.basis.ids import AgreementId
from comity.flows.context import Context, Live
from comity.flows.view import View, gather_view, stands


@asynccontextmanager
async def turn(context: Context, agreement: AgreementId) -> AsyncIterator[View]:
    """Give the live view of an agreement to one writer at a time, first come, first served.

    Turns do not nest: one that is asked for inside another of the same agreement waits for ever.
    After a block that raised, the view is gathered anew: it may have seen what was never said.

    Raises:
        StateError: the agreement id is not pinned with anyone.
    """
    live = context.live.setdefault(agreement, Live())
    async with live.lock(asyncio.get_running_loop()):
        view, live.view = live.view, None
        if not isinstance(view, View) or not await stands(context, view):
            view = await gather_view(context, agreement)
        yield view
        # Where the block raised, what the view saw may never have been committed: it is gone.
        live.view = view
