# SPDX-License-Identifier: Apache-2.0
"""Reports and alerts as CAP 1.2 messages, for programs that warn; never public.

Every message has the scope `Restricted` and says its restriction: the marking. What nobody stated
is `Unknown`; no urgency is read into a report but that of a FLASH. Flown ways are no areas and are
left out. Source: OASIS Common Alerting Protocol 1.2, 3.2 and its schema
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, assert_never

from lxml import etree

from comity.basis.instants import Instant, format_instant
from comity.formats.sources import Source
from comity.marking.hidden import printable_text
from comity.picture.assessments import RangeAssessment
from comity.picture.free_reports import FreeReport
from comity.picture.launches import LaunchReport
from comity.picture.nuclear_tests import NuclearTestReport
from comity.picture.reports import Report, schema_of
from comity.picture.sightings import SightingReport
from comity.picture.traces import Mark, trace_of

MEDIA_TYPE: Final = "application/cap+xml"
NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
_UNKNOWN: Final = "Unknown"
_AT_ONCE: Final = "FLASH"
_SECONDS_CHARS: Final = len("2016-01-06T01:30:01")


def format_cap(source: Source, report: Report | None = None) -> bytes:
    """Write one message about an item; without a report, of its label alone."""
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={"cap": NAMESPACE})
    is_update = source.supersedes is not None
    for name, text in (
        ("identifier", source.item),
        ("sender", source.by),
        ("sent", _moment(source.released_at)),
        ("status", "Exercise" if source.exercise else "Actual"),
        ("msgType", "Update" if is_update else "Alert"),
        ("scope", "Restricted"),
        ("restriction", source.marking),
    ):
        _child(root, name, text)
    if source.exercise:
        _child(root, "note", source.marking)
    if source.supersedes is not None:
        item, at = source.supersedes
        _child(root, "references", f"{source.by},{item},{_moment(at)}")
    _info(root, source, report)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _info(root: etree._Element, source: Source, report: Report | None) -> None:
    info = etree.SubElement(root, f"{{{NAMESPACE}}}info")
    head = None if report is None else report.head
    for name, text in (
        ("category", _category(report)),
        ("event", source.category if head is None else head.event),
        ("urgency", "Immediate" if source.precedence == _AT_ONCE else _UNKNOWN),
        ("severity", _UNKNOWN),
        ("certainty", _UNKNOWN),
    ):
        _child(info, name, text)
    if head is not None:
        _child(info, "senderName", head.reported_by)
        _child(info, "headline", head.title)
        _child(info, "description", head.summary)
    for name, value in _parameters(source, report):
        parameter = etree.SubElement(info, f"{{{NAMESPACE}}}parameter")
        _child(parameter, "valueName", name)
        _child(parameter, "value", value)
    for mark in () if report is None else trace_of(report).marks:
        _area(info, mark)


def _parameters(source: Source, report: Report | None) -> Iterator[tuple[str, str]]:
    yield "precedence", source.precedence
    yield "level", source.level
    yield "category", source.category
    if report is not None:
        yield "schema", schema_of(report)
        yield "confidence", report.head.confidence.value
        yield "issued_at", format_instant(report.head.issued_at)
        yield "revision", str(report.head.revision)


def _area(info: etree._Element, mark: Mark) -> None:
    area = etree.SubElement(info, f"{{{NAMESPACE}}}area")
    said = "" if mark.said_by is None else f" ({mark.said_by})"
    _child(area, "areaDesc", f"{mark.name or mark.sign.value}{said}")
    radius = 0.0 if mark.uncertainty_km is None else mark.uncertainty_km
    place = f"{_plain(mark.spot.latitude)},{_plain(mark.spot.longitude)}"
    _child(area, "circle", f"{place} {_plain(radius)}")


def _category(report: Report | None) -> str:
    match report:
        case NuclearTestReport():
            return "CBRNE"
        case LaunchReport() | SightingReport() | RangeAssessment():
            return "Security"
        case FreeReport() | None:
            return "Other"
        case _:
            assert_never(report)


def _plain(number: float) -> str:
    """Write a number without an exponent and without needless zeros."""
    return f"{number:.7f}".rstrip("0").rstrip(".")


def _moment(instant: Instant) -> str:
    """Write a time as the standard wants it: whole seconds, and UTC as `-00:00`."""
    return f"{format_instant(instant)[:_SECONDS_CHARS]}-00:00"


def _child(parent: etree._Element, name: str, text: str) -> None:
    """Put in an element; no character goes in that XML cannot hold or nobody could see."""
    etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = printable_text(text, lines=True)
