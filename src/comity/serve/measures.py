# SPDX-License-Identifier: Apache-2.0
"""What is counted about partners, beside what the API counts: bounded labels, never paths or names.

Source: spec/traps.md (metric labels from request paths, CVE-2026-49835)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from comity.flows.delivery_line import LineState, LineStatus
from comity.wire.asgi import Answered

_SECONDS: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 60.0)

Lines = Callable[[], tuple[LineStatus, ...]]
Connections = Callable[[], Mapping[str, int]]


class WireMeasures:
    """Requests of partners: `answered` is told of each."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Begin at nought."""
        self._requests = Counter(
            "comity_wire_requests",
            "Requests of partners, answered.",
            ("route", "status"),
            registry=registry,
        )
        self._bytes = Counter(
            "comity_wire_bytes",
            "Bytes of partners' requests and of the answers.",
            ("direction",),
            registry=registry,
        )
        self._seconds = Histogram(
            "comity_wire_request_seconds",
            "How long they took.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )

    def answered(self, told: Answered) -> None:
        """Count an answer; labels are those of a closed list."""
        self._requests.labels(told.label, f"{told.status // 100}xx").inc()
        self._bytes.labels("in").inc(told.bytes_in)
        self._bytes.labels("out").inc(told.bytes_out)
        self._seconds.labels(told.label).observe(told.seconds)


class Standing(Collector):
    """How many lines are in which state, what waits on them, and how many are connected."""

    def __init__(self, lines: Lines, connections: Connections) -> None:
        """Ask these whenever a scraper asks."""
        self._lines = lines
        self._connections = connections

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give the figures of this moment."""
        lines = self._lines()
        states = GaugeMetricFamily(
            "comity_delivery_lines", "Lines to partners by state.", labels=("state",)
        )
        for state in LineState:
            states.add_metric((state.value,), sum(each.state is state for each in lines))
        yield states
        yield GaugeMetricFamily(
            "comity_delivery_unacknowledged_entries",
            "Entries that partners have not acknowledged.",
            value=sum(each.size - each.acknowledged for each in lines),
        )
        yield GaugeMetricFamily(
            "comity_delivery_parcels_waiting",
            "Parcels on their way to partners.",
            value=sum(each.parcels_waiting for each in lines),
        )
        connected = GaugeMetricFamily(
            "comity_connections", "Connections that are open.", labels=("listener",)
        )
        for listener, count in sorted(self._connections().items()):
            connected.add_metric((listener,), count)
        yield connected
