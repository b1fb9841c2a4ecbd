# SPDX-License-Identifier: Apache-2.0
"""An event report as lines for people: several agencies' figures side by side, revisions marked.

Everything that the report says is shown; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from comity.basis.limits import REPORT_BYTES_MAX
from comity.basis.strict_json import parse_json
from comity.marking.hidden import printable_text
from comity.picture.reports import Report, format_report

_UNITS: Final = {
    "_km": "km",
    "_kt": "kt",
    "_m": "m",
    "_s": "s",
    "_degrees": "degrees",
}
_SPAN: Final = frozenset({"low", "best", "high", "approximate"})
_OF_A_FIGURE: Final = frozenset(
    {"value", "scale", "basis", "assumptions", "agency", "issued_at", "revision", "supersedes"}
)
_WORDY: Final = frozenset({"summary", "text"})
_STEP: Final = "  "
_FIRST: Final = [
    "schema",
    "event",
    "reported_by",
    "issued_at",
    "revision",
    "supersedes",
    "statement",
    "confidence",
    "summary",
    "text",
    "name",
    "system",
    "count",
    "posture",
    "site",
    "place",
    "point",
    "origin_time",
    "seen_from",
    "seen_until",
    "launched_at",
    "at",
    "latitude",
    "longitude",
    "altitude_km",
    "uncertainty_km",
    "depth_m",
    "presumed_launch_point",
    "bearing_degrees",
    "flight_path",
    "apogee_km",
    "distance_km",
    "duration_s",
    "range_km",
    "expected_impact_point",
    "impact_at",
    "outcome",
    "hypocentres",
    "magnitudes",
    "yield_kt",
    "objects",
    "until",
]
_LAST: Final = ("assumptions", "alternatives", "outlook", "source")


def report_lines(report: Report) -> Iterator[str]:
    """Write a report as lines; its text comes from outside and is made safe to show."""
    raw = format_report(report)
    value: Any = parse_json(raw, bytes_max=max(len(raw), REPORT_BYTES_MAX))
    yield _text(value.pop("title"))
    yield from _object_lines(value, "")


def _object_lines(value: dict[str, Any], indent: str) -> Iterator[str]:
    for key, inner in sorted(value.items(), key=_rank):
        name, unit = _name(key)
        if inner is None or inner == []:
            continue
        if isinstance(inner, str) and key in _WORDY:
            yield f"{indent}{name}:"
            for line in printable_text(inner, lines=True).splitlines():
                yield f"{indent}{_STEP}{line}"
        elif isinstance(inner, list):
            yield f"{indent}{name}:"
            for each in inner:
                yield from _item_lines(each, unit, inner, indent + _STEP)
        elif isinstance(inner, dict) and inner.keys() != _SPAN:
            yield f"{indent}{name}:"
            yield from _object_lines(inner, indent + _STEP)
        else:
            yield f"{indent}{name}: {_value(inner, unit)}"


def _rank(row: tuple[str, Any]) -> tuple[int, str]:
    """Order keys for readers: what and when first, where it was read last."""
    key = row[0]
    if key in _LAST:
        return len(_FIRST) + 1 + _LAST.index(key), key
    return (_FIRST.index(key) if key in _FIRST else len(_FIRST)), key


def _item_lines(each: Any, unit: str, series: list[Any], indent: str) -> Iterator[str]:
    """Write one of a list: a word, a credited figure on one line, or an object under a dash."""
    if not isinstance(each, dict):
        yield f"{indent}- {_value(each, unit)}"
    elif "agency" in each:
        assumptions = each.get("assumptions") or []
        yield f"{indent}- {_credited(each, unit, series)}"
        for assumption in assumptions:
            yield f"{indent}{_STEP}assuming {_assumption(assumption)}"
    elif each.keys() == {"name", "value", "unit", "text"}:
        yield f"{indent}- {_assumption(each)}"
    else:
        lines = list(_object_lines(each, indent + _STEP))
        first = lines[0].strip() if lines else "–"
        yield f"{indent}- {first}"
        yield from lines[1:]


def _credited(each: dict[str, Any], unit: str, series: list[Any]) -> str:
    said = [
        f"{_name(key)[0]} {_value(inner, _name(key)[1])}"
        for key, inner in sorted(each.items(), key=_rank)
        if key not in _OF_A_FIGURE and inner is not None
    ]
    if "value" in each:
        said.insert(0, _value(each["value"], each.get("scale") or unit))
    if each.get("basis", "unknown") != "unknown":
        said.append(_text(each["basis"]))
    when = "" if each["issued_at"] is None else f", {_text(each['issued_at'])}"
    revision = "" if each["revision"] == 1 else f", revision {each['revision']}"
    replaced = " (superseded)" if _is_replaced(each, series) else ""
    return f"{', '.join(said)}: {_text(each['agency'])}{when}{revision}{replaced}"


def _is_replaced(each: dict[str, Any], series: list[Any]) -> bool:
    return any(
        other["supersedes"] == each["revision"]
        and other["agency"] == each["agency"]
        and other.get("scale") == each.get("scale")
        for other in series
    )


def _assumption(each: dict[str, Any]) -> str:
    number = "" if each["value"] is None else f" = {_value(each['value'], each['unit'] or '')}"
    return f"{_text(each['name'])}{number}: {_text(each['text'])}"


def _value(value: Any, unit: str) -> str:
    unit = f" {_text(unit)}" if unit else ""
    if isinstance(value, dict):
        return f"{_span(value)}{unit}"
    return f"{_text(str(value))}{unit}"


def _span(value: dict[str, Any]) -> str:
    low, best, high = value["low"], value["best"], value["high"]
    about = "about " if value["approximate"] else ""
    if low is None and high is None:
        return f"{about}{best}"
    if low is not None and high is not None:
        said = f"{about}{low} to {high}"
    else:
        said = f"at least {about}{low}" if high is None else f"up to {about}{high}"
    return said if best is None else f"{said}, best {best}"


def _name(key: str) -> tuple[str, str]:
    for ending, unit in _UNITS.items():
        if key.endswith(ending):
            return key.removesuffix(ending).replace("_", " "), unit
    return key.replace("_", " "), ""


def _text(text: str) -> str:
    return printable_text(text)
