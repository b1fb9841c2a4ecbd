# SPDX-License-Identifier: Apache-2.0
"""What partners may ask of this node, route by route; there is no HTTP in it.

Source: DESIGN 5; docs/formats/wire.md
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from comity.basis.errors import ComityError, InvariantError
from comity.basis.ids import PartyId
from comity.flows.context import Context
from comity.flows.serving.callers import Callers
from comity.flows.serving.reads import Readers
from comity.flows.serving.strangers import Strangers
from comity.ports import WireReply, WireRequest
from comity.wire.limits import Lanes, WireLimits, known_already
from comity.wire.mirroring import Mirroring
from comity.wire.reading import Reading
from comity.wire.replies import not_found, refusal_of
from comity.wire.routes import Arrived, Route, nothing

OTHER: Final = "other"
"""The name in metrics of every path that is none."""

DEFAULTS: Final = WireLimits()


class PartnerWire:
    """Answers partners' requests, one by one; safe to ask many at a time."""

    def __init__(
        self,
        context: Context,
        arrived: Arrived = nothing,
        limits: WireLimits = DEFAULTS,
        *,
        proven: Callable[[PartyId], None] = known_already,
    ) -> None:
        """Answer for a node; `arrived` is told what came, `proven` whose request it is."""
        lanes = Lanes(limits, proven)
        callers, readers = Callers(context), Readers(context)
        strangers = Strangers(context, callers, readers)
        mirroring = Mirroring(context, arrived, lanes, strangers)
        reading = Reading(context, arrived, lanes, callers=callers, readers=readers)
        self.uploads = reading.uploads
        self._routes = (*mirroring.routes(), *reading.routes())

    @property
    def labels(self) -> tuple[str, ...]:
        """List the names of routes, for metrics."""
        return (*sorted({each.label for each in self._routes}), OTHER)

    def route(self, method: str, path: str) -> Route | None:
        """Find the route of a request."""
        found = self._find(method, path)
        return None if found is None else found[0]

    async def answer(self, request: WireRequest) -> WireReply:
        """Answer a request; what is refused is an answer as well.

        Raises:
            InvariantError: there is a mistake in the program.
        """
        found = self._find(request.method, request.path)
        if found is None:
            return not_found()
        route, match = found
        try:
            return await route.answer(request, match)
        except InvariantError:
            raise
        except ComityError as err:
            return refusal_of(err)

    def _find(self, method: str, path: str) -> tuple[Route, re.Match[str]] | None:
        for each in self._routes:
            if each.method == method:
                match = each.path.fullmatch(path)
                if match is not None:
                    return each, match
        return None
