# SPDX-License-Identifier: Apache-2.0
"""Launches and nuclear tests of 2012 to 2017 as reports, with figures as the agencies gave them.

Typed by hand from public accounts; what is uncertain there is left out here.
"""

from __future__ import annotations

import json
from typing import Any

from comity.picture.reports import Report, parse_report

Json = dict[str, Any]


def credit(agency: str, revision: int = 1) -> Json:
    supersedes = revision - 1 or None
    return {
        "agency": agency,
        "issued_at": None,
        "revision": revision,
        "supersedes": supersedes,
    }


def span(**stated: Any) -> Json:
    return {"low": None, "best": None, "high": None, "approximate": False} | stated


def figure(agency: str, value: Json, *assumed: str) -> Json:
    assumptions = [{"name": "a", "value": None, "unit": None, "text": each} for each in assumed]
    return {"value": value, "basis": "inferred", "assumptions": assumptions, **credit(agency)}


def head(schema: str, event: str, by: str) -> Json:
    return {
        "schema": schema,
        "event": event,
        "title": event,
        "reported_by": by,
        "issued_at": "2017-12-01T00:00:00.000Z",
        "revision": 1,
        "supersedes": None,
        "confidence": "high",
        "summary": "A summary.",
        "assumptions": [],
        "alternatives": [],
        "source": ["public accounts"],
    }


def point(latitude: str, longitude: str, name: str | None = None) -> Json:
    return {"name": name, "latitude": latitude, "longitude": longitude, "uncertainty_km": None}


def launched(system: str, at: str | None, place: tuple[str, str] | None, **changes: Any) -> Json:
    return {
        "name": system,
        "system": system,
        "launched_at": at,
        "presumed_launch_point": None if place is None else point(*place),
        "flight_path": [],
        "expected_impact_point": None,
        "impact_at": None,
        "bearing_degrees": None,
        "apogee_km": [],
        "distance_km": [],
        "duration_s": [],
        "outcome": "success",
    } | changes


LAUNCHES = (
    ("2016-06-21T23:03:00Z", "Musudan", ("39.1677", "127.4817"), "400", "73"),
    ("2017-07-04T00:40:00Z", "Hwasong-14", ("39.8722", "125.2692"), "933", "86"),
    ("2017-08-28T20:58:00Z", "Hwasong-12", ("39.2002", "125.6733"), "2700", "73"),
    ("2017-11-28T18:18:00Z", "Hwasong-15", ("39.282", "125.869"), "950", "76"),
)

TESTS = (
    ("2013-02-12", "02:57:51.322", "41.2926", "129.0760", ("5.1", "4.9", "5.2")),
    ("2016-01-06", "01:30:01.038", "41.2993", "129.0715", ("5.1", "4.8", "5.0")),
    ("2016-09-09", "00:30:01.353", "41.3001", "129.0776", ("5.3", "5.0", "5.3")),
    ("2017-09-03", "03:30:01.655", "41.3018", "129.0738", ("6.3", "5.7", "6.1")),
)
AGENCIES = (("USGS", "mb"), ("KMA", "ML"), ("JMA", "Mj"))


def read(value: Json) -> Report:
    return parse_report(json.dumps(value).encode())


def launch_json(by: str, row: tuple[str, str, tuple[str, str], str, str]) -> Json:
    at, system, place, km, bearing = row
    event = f"{system.lower()}-{at[:10]}"
    distance = [figure("CNS", span(best=km))]
    one = launched(system, at, place, bearing_degrees=bearing, distance_km=distance)
    return head("launch_report/1", event, by) | {"objects": [one]}


def nuclear_json(by: str, row: tuple[str, str, str, str, Any], *agencies: str) -> Json:
    day, time, latitude, longitude, values = row
    magnitudes = [
        {"value": value, "scale": scale, **credit(agency)}
        for (agency, scale), value in zip(AGENCIES, values, strict=True)
        if agency in agencies
    ]
    origin = {"origin_time": f"{day}T{time}Z", "latitude": latitude, "longitude": longitude}
    return head("nuclear_test_report/1", f"test-{day}", by) | {
        "site": "Punggye-ri",
        "hypocentres": [origin | {"depth_m": None} | credit("Yao")],
        "magnitudes": magnitudes,
        "yield_kt": [],
    }


def range_json(system: str, agency: str, value: Json, *assumed: str) -> Json:
    return head("range_assessment/1", f"range-{system.lower()}", agency) | {
        "system": system,
        "range_km": [figure(agency, value, *assumed)],
    }


HWASONG_15 = (
    ("UCS", span(best="13000"), "a light warhead"),
    ("ROK MND", span(best="13000", approximate=True)),
    ("USFK", span(best="12874")),
    ("another", span(low="8500", high="13000"), "a warhead of 500 kg"),
)

POINTS = (
    ("Seoul", "37.5665", "126.978"),
    ("Tokyo", "35.6895", "139.6917"),
    ("Guam", "13.4443", "144.7937"),
    ("Honolulu", "21.3069", "-157.8583"),
)


def points_json() -> bytes:
    points = [{"name": n, "latitude": a, "longitude": b} for n, a, b in POINTS]
    return json.dumps({"schema": "points_of_interest/1", "points": points}).encode()
