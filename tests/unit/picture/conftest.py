# SPDX-License-Identifier: Apache-2.0
"""The smallest sound report of each schema, as JSON values that tests change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Json = dict[str, Any]  # tests change JSON of any shape


def span(**stated: Any) -> Json:
    return {"low": None, "best": None, "high": None, "approximate": False} | stated


def credit(agency: str = "KMA", **changes: Any) -> Json:
    return {"agency": agency, "issued_at": None, "revision": 1, "supersedes": None} | changes


def figure(agency: str = "KMA", **changes: Any) -> Json:
    return {
        "value": span(best="10"),
        "basis": "observed",
        "assumptions": [],
        **credit(agency),
    } | changes


def head(schema: str) -> Json:
    return {
        "schema": schema,
        "event": "event-1",
        "title": "A title",
        "reported_by": "JPN",
        "issued_at": "2016-02-07T01:00:00Z",
        "revision": 1,
        "supersedes": None,
        "confidence": "high",
        "summary": "What happened.",
        "assumptions": [{"name": "mass", "value": span(high="1000"), "unit": "kg", "text": "…"}],
        "alternatives": [{"statement": "another reading", "confidence": "low"}],
        "source": ["a page"],
    }


def point(**changes: Any) -> Json:
    return {
        "name": None,
        "latitude": "39.6596",
        "longitude": "124.7057",
        "uncertainty_km": None,
    } | changes


def launched(**changes: Any) -> Json:
    return {
        "name": "first object",
        "system": None,
        "launched_at": "2016-02-07T00:30:00Z",
        "presumed_launch_point": point(),
        "flight_path": [
            {"at": None, "latitude": "39", "longitude": "124", "altitude_km": None},
            {
                "at": "2016-02-07T00:31:00Z",
                "latitude": "38",
                "longitude": "124",
                "altitude_km": "90.5",
            },
        ],
        "expected_impact_point": None,
        "impact_at": None,
        "bearing_degrees": "181",
        "apogee_km": [figure()],
        "distance_km": [],
        "duration_s": [],
        "outcome": "in_flight",
    } | changes


def _free() -> Json:
    return head("free_report/1") | {"text": "A text."}


def _launch() -> Json:
    return head("launch_report/1") | {"objects": [launched()]}


def _nuclear() -> Json:
    return head("nuclear_test_report/1") | {
        "site": None,
        "hypocentres": [
            {
                "origin_time": "2013-02-12T02:57:51.322Z",
                "latitude": "41.2926",
                "longitude": "129.0760",
                "depth_m": "490",
                **credit(),
            }
        ],
        "magnitudes": [{"value": "4.90", "scale": "ML", **credit()}],
        "yield_kt": [figure()],
    }


def _sighting() -> Json:
    return head("sighting_report/1") | {
        "seen_from": "2013-04-01",
        "seen_until": None,
        "place": None,
        "point": point(),
        "objects": [
            {
                "system": "Musudan",
                "count": span(best="2", approximate=True),
                "posture": None,
                "range_km": [figure(value=span(high="4000"))],
            }
        ],
        "outlook": [{"statement": "a launch", "confidence": "low", "until": "2013-04-15"}],
    }


def _assessment() -> Json:
    return head("range_assessment/1") | {"system": "Musudan", "range_km": [figure()]}


SMALLEST: dict[str, Callable[[], Json]] = {
    "free_report/1": _free,
    "launch_report/1": _launch,
    "nuclear_test_report/1": _nuclear,
    "sighting_report/1": _sighting,
    "range_assessment/1": _assessment,
}

Write = Callable[..., Json]


@pytest.fixture
def smallest() -> dict[str, Callable[[], Json]]:
    return SMALLEST


@pytest.fixture
def write() -> dict[str, Write]:
    return {
        "span": span,
        "credit": credit,
        "figure": figure,
        "point": point,
        "launched": launched,
    }
