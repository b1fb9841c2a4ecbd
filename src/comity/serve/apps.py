# SPDX-License-Identifier: Apache-2.0
"""The two apps that are served: partners' and people's. The one place that imports them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from comity.api.app import create_app
from comity.api.desk import ApiNode
from comity.api.metrics import Metrics
from comity.flows.context import Context
from comity.flows.delivery_line import LineStatus
from comity.flows.parcel_upload import ParcelUploads
from comity.ports import Passwords
from comity.signin.door import Door
from comity.wire.asgi import Answered, PartnersApp
from comity.wire.router import PartnerWire
from comity.wire.routes import Arrived


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
            metrics=metrics,
            is_stopping=is_stopping,
        )
    )


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
) -> PartnersSide:
    """Make the app for partners' nodes."""
    wire = PartnerWire(context, arrived)
    return PartnersSide(PartnersApp(wire, fault=fault, answered=answered), wire.uploads)
