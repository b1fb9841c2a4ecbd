# SPDX-License-Identifier: Apache-2.0
"""The two apps that are served: partners' and people's. The one place that imports them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from comity.api.app import create_app
from comity.api.desk import ApiNode
from comity.flows.context import Context
from comity.ports import Passwords, WireRequest
from comity.signin.door import Door
from comity.wire.router import PartnerWire
from comity.wire.routes import Arrived

AsgiApp = Callable[[dict[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Any]], Any]


def people_app(
    context: Context,
    passwords: Passwords,
    *,
    seconds: Callable[[], float],
    not_ready: Callable[[], Awaitable[str | None]],
    fault: Callable[[Exception], None],
) -> Any:
    """Make the app for our own people and programs."""
    door = Door(context, passwords, seconds=seconds)
    return create_app(ApiNode(context, door, not_ready=not_ready, fault=fault))


def partners_app(context: Context, arrived: Arrived) -> AsgiApp:
    """Make the app for partners' nodes."""
    wire = PartnerWire(context, arrived)

    async def app(
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        async def body() -> AsyncIterator[bytes]:
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return
                yield message.get("body", b"")
                more = message.get("more_body", False)

        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
        )
        request = WireRequest(scope["method"], scope["path"], headers, body())
        reply = await wire.answer(request)
        await send(
            {
                "type": "http.response.start",
                "status": reply.status,
                "headers": [
                    *((name.encode(), value.encode()) for name, value in reply.headers),
                    (b"content-length", str(len(reply.body)).encode()),
                ],
            }
        )
        await send({"type": "http.response.body", "body": reply.body})

    return app
