# SPDX-License-Identifier: Apache-2.0
"""What partners may ask of this node, route by route; there is no HTTP in it.

Source: DESIGN 5; docs/formats/wire.md
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import ComityError
from comity.basis.ids import AgreementId
from comity.flows.context import Context
from comity.flows.pending import OtherSize
from comity.flows.take_push import Cosigned, take_push
from comity.ports import WireReply, WireRequest
from comity.tlog.mirror_info import SIZE_TYPE, format_size
from comity.tlog.push import parse_push
from comity.wire.bodies import read_body
from comity.wire.replies import TEXT, bytes_reply, not_found, refusal_of

MISSING_HEADER: Final = "comity-missing"
"""The entry, by index, whose card has not come: nothing after it can be taken before."""

REFUSED_HEADER: Final = "comity-refused"
"""Parcels that are not those of their entries: register and index as in the push."""

Arrived = Callable[[AgreementId], None]
"""Told after something of an agreement was taken: what it makes due comes after the reply."""


@dataclass(frozen=True, slots=True)
class Route:
    """One thing that can be asked: `label` names it in metrics, where no path may stand."""

    method: str
    path: re.Pattern[str]
    label: str
    answer: Callable[[WireRequest, re.Match[str]], Awaitable[WireReply]]


def nothing(agreement: AgreementId) -> None:
    """Do nothing about what arrived."""


class PartnerWire:
    """Answers partners' requests, one by one; safe to ask many at a time."""

    def __init__(self, context: Context, arrived: Arrived = nothing) -> None:
        """Answer for a node; `arrived` is told what came."""
        self._context = context
        self._arrived = arrived
        self._routes = (Route("POST", re.compile(r"/push"), "/push", self._push),)

    def label(self, request: WireRequest) -> str:
        """Name the route of a request, for metrics: one of a closed list."""
        found = self._find(request)
        return "other" if found is None else found[0].label

    async def answer(self, request: WireRequest) -> WireReply:
        """Answer a request; what is refused is an answer as well."""
        found = self._find(request)
        if found is None:
            return not_found()
        route, match = found
        try:
            return await route.answer(request, match)
        except ComityError as err:
            return refusal_of(err)

    def _find(self, request: WireRequest) -> tuple[Route, re.Match[str]] | None:
        for route in self._routes:
            if route.method == request.method:
                match = route.path.fullmatch(request.path)
                if match is not None:
                    return route, match
        return None

    async def _push(self, request: WireRequest, match: re.Match[str]) -> WireReply:
        del match
        raw = await read_body(request, self._context.config.limits.push_bytes_max)
        push = parse_push(raw)
        outcome = await take_push(self._context, push)
        match outcome:
            case Cosigned():
                self._arrived(outcome.served.agreement)
                refused = ",".join(f"{one}/{index}" for one, index in outcome.refused)
                headers = ((REFUSED_HEADER, refused),) if refused else ()
                return bytes_reply(200, outcome.lines, TEXT, *headers)
            case OtherSize():
                missing = () if outcome.missing is None else (str(outcome.missing),)
                return bytes_reply(
                    409,
                    format_size(outcome.size),
                    SIZE_TYPE,
                    *((MISSING_HEADER, each) for each in missing),
                )
