# SPDX-License-Identifier: Apache-2.0
"""The two apps that are served: partners' and people's. The one place that imports them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from comity.api.app import BASE, OF_PROGRAMS, create_app
from comity.basis.ids import PartyId
from comity.console.app import create_console
from comity.flows.context import Context
from comity.flows.delivery_line import LineStatus
from comity.flows.serving.parcel_uploads import ParcelUploads
from comity.front.asgi import App, Receive, Scope, Send
from comity.front.cookie import CALLER
from comity.front.metrics import Metrics
from comity.front.node import FrontNode
from comity.ports import Passwords
from comity.signin.door import Caller, Door
from comity.wire.asgi import Answered, PartnersApp, asking_address
from comity.wire.router import PartnerWire
from comity.wire.routes import Arrived

Vouch = Callable[[str, str], None]
"""Told of an address from which somebody has proven who it is, and of who that is."""


def people_app(
    context: Context,
    passwords: Passwords,
    *,
    seconds: Callable[[], float],
    not_ready: Callable[[], Awaitable[str | None]],
    fault: Callable[[Exception], None],
    lines: Callable[[], tuple[LineStatus, ...]],
    metrics: Metrics,
    is_stopping: Callable[[], bool],
    vouch: Vouch,
) -> Any:
    """Make the console and the API of our own people; `lines` says how delivery goes."""
    door = Door(context, passwords, seconds=seconds)
    node = FrontNode(
        context,
        door,
        not_ready=not_ready,
        fault=fault,
        lines=lines,
        metrics=metrics,
        is_stopping=is_stopping,
    )
    return vouching(both(create_app(node), create_console(node)), vouch)


def both(api: App, console: App) -> App:
    """Let the API answer what programs ask for, and the console everything else."""

    async def by_path(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        for_programs = path in OF_PROGRAMS or path.startswith(f"{BASE}/")
        await (api if for_programs else console)(scope, receive, send)

    return by_path


def vouching(app: Any, vouch: Vouch) -> Any:
    """Tell from where each request came whose caller the app found."""

    async def known(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        finally:
            caller, client = scope.get(CALLER), scope.get("client")
            if client and isinstance(caller, Caller):
                vouch(client[0], caller.id)

    return known


@dataclass(frozen=True, slots=True)
class PartnersSide:
    """The app for partners' nodes, and the uploads that it holds open between requests."""

    app: PartnersApp
    uploads: ParcelUploads


def partners_side(
    context: Context,
    arrived: Arrived,
    *,
    fault: Callable[[Exception], None],
    answered: Callable[[Answered], None],
    vouch: Vouch,
) -> PartnersSide:
    """Make the app for partners' nodes."""

    def proven(party: PartyId) -> None:
        vouch(asking_address(), party)

    wire = PartnerWire(context, arrived, proven=proven)
    return PartnersSide(PartnersApp(wire, fault=fault, answered=answered), wire.uploads)
