# SPDX-License-Identifier: Apache-2.0
"""The two apps that are served: partners' and people's. The one place that imports them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from comity.api.app import create_app
from comity.api.desk import ApiNode, no_lines
from comity.api.metrics import Flushes, Metrics, no_flushes
from comity.flows.context import Context
from comity.flows.delivery_line import LineStatus
from comity.ports import Passwords
from comity.signin.door import Door
from comity.wire.asgi import PartnersApp, ignore_fault
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
    lines: Callable[[], tuple[LineStatus, ...]] = no_lines,
    flushes: Flushes = no_flushes,
) -> Any:
    """Make the app for our own people and programs; `lines` says how delivery goes."""
    door = Door(context, passwords, seconds=seconds)
    return create_app(
        ApiNode(
            context,
            door,
            not_ready=not_ready,
            fault=fault,
            lines=lines,
            metrics=Metrics(flushes),
        )
    )


def partners_app(
    context: Context, arrived: Arrived, fault: Callable[[Exception], None] = ignore_fault
) -> AsgiApp:
    """Make the app for partners' nodes."""
    return PartnersApp(PartnerWire(context, arrived), fault=fault)
