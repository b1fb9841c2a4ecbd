# SPDX-License-Identifier: Apache-2.0
"""Reports and bundles, as small as they can be and still say something."""

from __future__ import annotations

import json
from typing import Any, Final

from comity.basis.instants import parse_instant
from comity.formats.sources import Source
from comity.formats.tlp import MARKING_IDS
from comity.picture.reports import Report, parse_report

Json = dict[str, Any]

AT: Final = parse_instant("2016-06-22T01:02:03.456Z")
LATER: Final = parse_instant("2016-06-22T02:00:00Z")
SOURCE: Final = Source(
    item="gsomia-jpn-kor/JPN/12",
    by="JPN",
    released_at=AT,
    category="event-report",
    level="2",
    precedence="FLASH",
    banner=("極秘 · 군사 II급 비밀", "Japan"),
)


def report(schema: str, **changes: Any) -> Report:
    """Give a report of a schema with the keys that it must have."""
    head = {
        "schema": schema,
        "event": "launch-2016-06-21",
        "title": "A launch",
        "reported_by": "Ministry",
        "issued_at": "2016-06-22T00:00:00.000Z",
        "revision": 1,
        "supersedes": None,
        "confidence": "high",
        "summary": "It rose and fell.",
        "assumptions": [],
        "alternatives": [],
        "source": ["public accounts"],
    }
    return parse_report(json.dumps({**head, **changes}).encode())


def point(longitude: str, latitude: str, around: str | None = None) -> Json:
    return {
        "name": None,
        "latitude": latitude,
        "longitude": longitude,
        "uncertainty_km": around,
    }


def launch(start: Json | None, end: Json | None = None) -> Report:
    thing: Json = {
        "name": "Musudan",
        "system": None,
        "launched_at": "2016-06-21T23:03:00Z",
        "presumed_launch_point": start,
        "flight_path": [],
        "expected_impact_point": end,
        "impact_at": None,
        "bearing_degrees": None,
        "apogee_km": [],
        "distance_km": [],
        "duration_s": [],
        "outcome": "success",
    }
    return report("launch_report/1", objects=[thing])


def assessment(*stated: tuple[str, str | None, str | None]) -> Report:
    figures: list[Json] = [
        {
            "value": {"low": low, "best": None, "high": high, "approximate": False},
            "basis": "inferred",
            "assumptions": [],
            "agency": agency,
            "issued_at": None,
            "revision": 1,
            "supersedes": None,
        }
        for agency, low, high in stated
    ]
    return report("range_assessment/1", system="Musudan", range_km=figures)


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def domain(kind: str, number: int, *tlp: str, **members: Any) -> Json:
    """Give an object that somebody made and may change, under markings."""
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{uuid(number)}",
        "created": "2026-11-01T00:00:00.000Z",
        "modified": "2026-11-01T00:00:00.000Z",
        "object_marking_refs": [MARKING_IDS.get(each, each) for each in tlp or ("TLP:AMBER",)],
        **members,
    }


def indicator(number: int = 1, *tlp: str, **members: Any) -> Json:
    said = {
        "pattern": "[domain-name:value = 'bad.example']",
        "pattern_type": "stix",
        "valid_from": "2026-11-01T00:00:00Z",
    }
    return domain("indicator", number, *tlp, **{**said, **members})


def observed(kind: str, number: int, **members: Any) -> Json:
    marked = [MARKING_IDS["TLP:GREEN"]]
    return {
        "type": kind,
        "id": f"{kind}--{uuid(number)}",
        "object_marking_refs": marked,
        **members,
    }


def statement(number: int, **changes: Any) -> Json:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{uuid(number)}",
        "created": "2026-11-01T00:00:00.000Z",
        "definition_type": "statement",
        "definition": {"statement": "For this circle alone."},
    } | changes


def bundle(*objects: Json, **changes: Any) -> bytes:
    value = {"type": "bundle", "id": f"bundle--{uuid(9)}", "objects": [*objects]}
    return json.dumps(value | changes).encode()


def every_kind() -> tuple[Json, ...]:
    """Give one object of every kind, with all that it may say."""
    who, seen = f"identity--{uuid(1)}", f"file--{uuid(12)}"
    common = {
        "created_by_ref": who,
        "revoked": False,
        "labels": ["a"],
        "confidence": 50,
        "lang": "en",
        "external_references": [
            {"source_name": "a", "url": "https://a.example"},
            {"source_name": "cve", "external_id": "CVE-1", "hashes": {"MD5": "a" * 32}},
        ],
    }
    phases = [{"kill_chain_name": "chain", "phase_name": "delivery"}]
    return (
        statement(20, name="Circle", created_by_ref=who),
        domain("identity", 1, name="Team A", identity_class="organization", **common),
        indicator(2, valid_until="2026-12-01T00:00:00Z", kill_chain_phases=phases, **common),
        domain(
            "malware",
            3,
            "TLP:RED",
            f"marking-definition--{uuid(20)}",
            is_family=False,
            first_seen="2026-11-01T00:00:00Z",
            last_seen="2026-11-01T00:00:00.1Z",
            sample_refs=[seen],
        ),
        domain(
            "observed-data",
            4,
            first_observed="2026-11-01T00:00:00Z",
            last_observed="2026-11-01T00:00:00Z",
            number_observed=3,
            object_refs=[seen],
        ),
        domain("report", 5, name="Month", published="2026-11-03T00:00:00Z", object_refs=[seen]),
        domain(
            "relationship",
            6,
            relationship_type="indicates",
            source_ref=f"indicator--{uuid(2)}",
            target_ref=f"malware--{uuid(3)}",
        ),
        observed("ipv4-addr", 7, value="192.0.2.1", defanged=True, spec_version="2.1"),
        observed("ipv6-addr", 8, value="2001:db8::1"),
        observed("domain-name", 9, value="bad.example"),
        observed("url", 10, value="https://bad.example/"),
        observed("email-addr", 11, value="a@bad.example", display_name="A"),
        observed("file", 12, hashes={"SHA-256": "a" * 64}, name="a.exe", size=3),
    )
