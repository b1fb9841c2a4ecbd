# SPDX-License-Identifier: Apache-2.0
"""CAP 1.2 messages: the elements of its schema in their order, restricted, and marked."""

from dataclasses import replace

import pytest
from lxml import etree

from comity.basis.instants import Instant
from comity.formats.cap import NAMESPACE, format_cap
from comity.formats.sources import Source
from comity.picture.reports import Report
from tests.builders.foreign_formats import AT, LATER, SOURCE, launch, point, report

ORDER = {
    "alert": "identifier sender sent status msgType source scope restriction addresses code note"
    " references incidents info",
    "info": "language category event responseType urgency severity certainty audience eventCode"
    " effective onset expires senderName headline description instruction web contact parameter"
    " resource area",
    "area": "areaDesc polygon circle geocode altitude ceiling",
    "parameter": "valueName value",
}


def read(source: Source, about: Report | None = None) -> etree._Element:
    return etree.fromstring(format_cap(source, about))


def text(root: etree._Element, path: str) -> str | None:
    return root.findtext("/".join(f"{{{NAMESPACE}}}{each}" for each in path.split("/")))


def names(element: etree._Element) -> list[str]:
    return [str(each.tag).rpartition("}")[2] for each in element]


@pytest.mark.parametrize("exercise", [False, True])
@pytest.mark.parametrize("supersedes", [None, ("gsomia-jpn-kor/JPN/11", AT)])
@pytest.mark.parametrize("about", [None, launch(point("127.5", "39"), point("132", "40", "12.5"))])
def test_elements_stand_in_the_order_of_the_schema(
    about: Report | None, supersedes: tuple[str, Instant] | None, exercise: bool
) -> None:
    source = replace(SOURCE, exercise=exercise, supersedes=supersedes)
    root = read(source, about)
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2]
        if name in ORDER:
            order = ORDER[name].split()
            places = [order.index(each) for each in names(element)]
            assert places == sorted(places)
    for path in ("identifier", "sender", "sent", "status", "msgType", "scope", "restriction"):
        assert text(root, path)
    for path in ("category", "event", "urgency", "severity", "certainty"):
        assert text(root, f"info/{path}")


def test_a_message_is_restricted_and_bears_its_marking() -> None:
    root = read(SOURCE)
    assert text(root, "scope") == "Restricted"
    assert text(root, "restriction") == "極秘 · 군사 II급 비밀 / Japan"
    assert text(root, "status") == "Actual"
    assert text(root, "sent") == "2016-06-22T01:02:03-00:00"


def test_an_exercise_is_told_in_every_place_that_people_look_at() -> None:
    root = read(replace(SOURCE, exercise=True))
    assert text(root, "status") == "Exercise"
    assert (text(root, "restriction") or "").startswith("EXERCISE / ")
    assert (text(root, "note") or "").startswith("EXERCISE / ")


def test_a_later_item_updates_the_one_that_it_supersedes() -> None:
    source = replace(SOURCE, released_at=LATER, supersedes=("gsomia-jpn-kor/JPN/11", AT))
    root = read(source)
    assert text(root, "msgType") == "Update"
    assert text(root, "references") == "JPN,gsomia-jpn-kor/JPN/11,2016-06-22T01:02:03-00:00"


@pytest.mark.parametrize(
    ("precedence", "urgency"),
    [("FLASH", "Immediate"), ("IMMEDIATE", "Unknown"), ("ROUTINE", "Unknown")],
)
def test_no_urgency_is_read_into_anything_but_a_flash(precedence: str, urgency: str) -> None:
    assert text(read(replace(SOURCE, precedence=precedence)), "info/urgency") == urgency


@pytest.mark.parametrize(
    ("about", "category"),
    [
        (
            report("nuclear_test_report/1", site=None, hypocentres=[], magnitudes=[], yield_kt=[]),
            "CBRNE",
        ),
        (launch(None), "Security"),
        (report("free_report/1", text="a"), "Other"),
        (None, "Other"),
    ],
)
def test_the_category_follows_from_what_the_report_is(about: Report | None, category: str) -> None:
    assert text(read(SOURCE, about), "info/category") == category


def test_places_are_circles_with_what_is_uncertain_as_their_radius() -> None:
    root = read(SOURCE, launch(point("127.4817", "39"), point("-0.5", "-10", "12.5")))
    circles = [each.text for each in root.iter(f"{{{NAMESPACE}}}circle")]
    assert circles == ["39,127.4817 0", "-10,-0.5 12.5"]


def test_without_a_report_nothing_of_the_content_is_said() -> None:
    root = read(SOURCE)
    assert text(root, "info/headline") is None
    assert text(root, "info/event") == "event-report"


@pytest.mark.parametrize("hostile", ["\x00", "\x1b[2J", "\u202e", "<a>&", "\ufffe", "]]>"])
def test_hostile_characters_are_inert(hostile: str) -> None:
    root = read(SOURCE, report("free_report/1", text="a", title=f"x{hostile}y"))
    headline = text(root, "info/headline") or ""
    assert headline.startswith("x")
    assert headline.endswith("y")
    assert "\x1b" not in headline
    assert "\u202e" not in headline
