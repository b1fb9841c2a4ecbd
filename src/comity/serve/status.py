# SPDX-License-Identifier: Apache-2.0
"""How a node is served: where it is met, since when, and where each line to a partner stands."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from comity.basis.errors import ComityError
from comity.basis.ids import Digest
from comity.basis.instants import Instant, format_instant
from comity.basis.strict_json import JsonValue, format_json
from comity.config import Config, Endpoint
from comity.flows.context import Context
from comity.flows.delivery import Delivery
from comity.flows.delivery_line import LineStatus
from comity.flows.last_heard import last_heard
from comity.serve.follow_ups import FollowUps


@dataclass(frozen=True, slots=True)
class Announcement:
    """Where a served node is met; `story_now` is the time of an exercise's own clock."""

    config: Config
    folder: Path
    partners: Endpoint
    people: Endpoint
    pins: tuple[Digest, ...]
    story_now: Instant | None = None


Announce = Callable[[Announcement], None]


class Status:
    """What `comity status` asks for."""

    def __init__(
        self, told: Announcement, context: Context, delivery: Delivery, follow_ups: FollowUps
    ) -> None:
        """Count from now on."""
        self._told = told
        self._context = context
        self._delivery = delivery
        self._follow_ups = follow_ups
        self._since = context.ports.clock.now()
        self._began = time.monotonic()

    async def page(self, not_ready: str | None) -> bytes:
        """Write it as canonical JSON; `not_ready` is why readiness is refused, if it is.

        A TLS key that waits takes over once every partner knows it.
        """
        tls_keys = await self._context.ports.keys.tls_pins()
        value: dict[str, JsonValue] = {
            "partners": f"https://{self._told.partners}",
            "people": f"https://{self._told.people}",
            "tls_pins": [*tls_keys[:1], *self._told.config.serve.tls_pins],
            "tls_pins_waiting": list(tls_keys[1:]),
            "since": format_instant(self._since),
            "seconds": int(time.monotonic() - self._began),
            "not_ready": not_ready,
            "follow_ups": self._follow_ups.waiting,
            "lines": [await self._line(each) for each in self._delivery.status()],
        }
        return format_json(value)

    async def _line(self, line: LineStatus) -> JsonValue:
        heard = line.last_heard
        with suppress(ComityError):  # how it is served is told where registers do not read
            heard = await last_heard(self._context, line.agreement, line.partner, heard)
        return {**_line(line), "last_heard": _or_null(heard)}


def _line(line: LineStatus) -> dict[str, JsonValue]:
    problem = line.problem
    return {
        "agreement": line.agreement,
        "register": line.register,
        "partner": line.partner,
        "state": line.state.value,
        "size": line.size,
        "known": line.known,
        "acknowledged": line.acknowledged,
        "parcels_waiting": line.parcels_waiting,
        "last_success": _or_null(line.last_success),
        "problem": None if problem is None else {**problem.as_json()},
        "troubled_since": _or_null(line.troubled_since),
        "retry_seconds": None if line.retry_s is None else max(0, round(line.retry_s)),
    }


def _or_null(instant: Instant | None) -> str | None:
    return None if instant is None else format_instant(instant)
