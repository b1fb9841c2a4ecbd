# SPDX-License-Identifier: Apache-2.0
"""What is counted about requests, with bounded labels: route templates, never paths.

Source: traps.md (metric labels from request paths, CVE-2026-49835)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

METRICS_TYPE: Final = "text/plain; version=1.0.0"
"""The library's own type without its charset, which the framework adds: twice is no media type."""

NO_ROUTE: Final = "none"

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 60.0)


Flushes = Callable[[], Mapping[str, int]]


def no_flushes() -> Mapping[str, int]:
    """Stand in where nothing is written to a disk."""
    return {}


class FlushCounts(Collector):
    """How often the node's files were flushed; the files are few, and ours."""

    def __init__(self, flushes: Flushes) -> None:
        """Ask `flushes` whenever a scraper asks."""
        self._flushes = flushes

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Give a count for each file."""
        family = CounterMetricFamily(
            "comity_flushes", "Transactions that were made durable.", labels=("file",)
        )
        for file, count in sorted(self._flushes().items()):
            family.add_metric((file,), count)
        yield family


class Metrics:
    """One app's own counters, in a registry of their own."""

    def __init__(self, flushes: Flushes = no_flushes) -> None:
        """Begin at nought."""
        self.registry = CollectorRegistry()
        self.registry.register(FlushCounts(flushes))
        self._requests = Counter(
            "comity_http_requests",
            "Requests of our own people and programs, answered.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "comity_http_request_seconds",
            "How long they took.",
            ("route", "method"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.at_once = Gauge(
            "comity_http_requests_at_once", "Requests being answered.", registry=self.registry
        )

    def answered(self, route: str, method: str, status: int, *, seconds: float) -> None:
        """Count an answer. `route` is a template of our own or `NO_ROUTE`."""
        known = method if method in _METHODS else "other"
        self._requests.labels(route, known, f"{status // 100}xx").inc()
        self._seconds.labels(route, known).observe(seconds)

    def page(self) -> bytes:
        """Write everything as a scraper reads it."""
        return generate_latest(self.registry)
