# SPDX-License-Identifier: Apache-2.0
"""Whether the process lives, whether the node can work, and what was counted.

Ready is what was tried: keys that sign, a store that takes writes, a rule that decides. Nothing of
what is protected shows here. Source: traps.md (health says yes while keys are locked)
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any, Final, Literal

import msgspec
from litestar import Request, Response, get

from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.api.desk import beside, node_of
from comity.basis.errors import ComityError
from comity.decision.deciding import decide
from comity.decision.request import Request as Question
from comity.flows.set_up import the_card
from comity.front.metrics import METRICS_TYPE
from comity.front.node import FrontNode
from comity.tlog.checkpoints import Checkpoint

READINESS: Final = "comity.readiness"
HOLDS_S: Final = 2.0

_TRIED: Final = "gsomia-jpn-kor"


class HealthReply(msgspec.Struct):
    """The process lives and answers."""

    schema: Literal["comity/health/1"]
    alive: bool


class ReadyReply(msgspec.Struct):
    """Whether the node can sign, write and decide; if not, the first reason."""

    schema: Literal["comity/ready/1"]
    ready: bool
    reason: str | None


@get("/healthz", summary="Whether the process lives", tags=["health"])
async def healthz() -> HealthReply:
    """Answer, which is all that is asked."""
    return HealthReply("comity/health/1", alive=True)


@get(
    "/readyz",
    summary="Whether the node can sign, write and decide",
    tags=["health"],
)
async def readyz(request: Request[Any, Any, Any]) -> Response[ReadyReply]:
    """Try it, and say the first reason why not, with 503."""
    readiness: Readiness = beside(request, READINESS)
    reason = await readiness.reason()
    reply = ReadyReply("comity/ready/1", reason is None, reason)
    return Response(reply, status_code=200 if reason is None else 503)


@get(
    "/metrics",
    summary="What was counted, for a scraper",
    tags=["health"],
    media_type=METRICS_TYPE,
)
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Write the counters."""
    return Response(node_of(request).metrics.page(), media_type=METRICS_TYPE)


class Readiness:
    """What was tried last, for a moment: a flood of questions signs nothing."""

    def __init__(self, node: FrontNode) -> None:
        """Begin with nothing tried."""
        self._node = node
        self._lock: asyncio.Lock | None = None
        self._until = float("-inf")
        self._reason: str | None = None

    async def reason(self) -> str | None:
        """Give the first reason why the node is not ready; None: it is."""
        self._lock = self._lock or asyncio.Lock()
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now >= self._until:
                self._reason = await find_reason(self._node)
                self._until = now + HOLDS_S
            return self._reason


async def find_reason(node: FrontNode) -> str | None:
    """Find the first reason why the node is not ready; None: it is.

    1. the store takes writes, and reads;
    2. the keys sign what nobody ever gets: the journal as it stands;
    3. a rule decides;
    4. whoever serves the node knows nothing against it.
    """
    ports = node.context.ports
    try:
        reason = await ports.store.read_only()  # 1
        if reason is not None:
            return reason
        head, card = await ports.store.journal(), await the_card(node.context, node.own)
        if head is None:
            return "the store holds no journal"
        checkpoint = Checkpoint(head.origin, head.size, head.root_hash)
        await ports.keys.sign_checkpoint(checkpoint, card.version)  # 2
        decide(_some_agreement(), Question())  # 3
    except ComityError as error:
        return f"{error.what} [{error.code}]"
    return await node.not_ready()  # 4


@cache
def _some_agreement() -> Agreement:
    return read_agreement(template(_TRIED))
